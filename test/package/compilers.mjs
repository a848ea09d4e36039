// TypeScript projects of every kind that people have, compiled and then run.
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { append, consumer, remove, root, run } from './installed.mjs'

const require = createRequire(import.meta.url)
const compilers = ['typescript-5.4', join(root, 'node_modules/typescript'), 'typescript-7.0'].map((place) => {
  const manifest = require.resolve(`${place}/package.json`)
  return { version: require(manifest).version, tsc: join(dirname(manifest), 'bin/tsc') }
})
const [oldest, ours, newest] = compilers

// No types of Node, no DOM, and no declaration unchecked: they must stand on the language alone.
const bare = { strict: true, target: 'es2022', lib: ['es2022'], types: [], skipLibCheck: false }
const strictest = {
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
}
const both = ['use.mts', 'use.cts']

export const types = [
  project(ours, 'node16', { module: 'node16' }, both),
  project(ours, 'nodenext', { module: 'nodenext' }, both),
  project(ours, 'bundler', { module: 'esnext', moduleResolution: 'bundler' }, ['use.mts']),
  project(ours, 'commonjs', { module: 'commonjs' }, ['use.ts']),
  project(
    ours,
    'commonjs, moduleResolution node10',
    { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
    ['use.ts'],
  ),
  project(ours, 'nodenext, the strictest options', { module: 'nodenext', ...strictest }, ['use.mts']),
  project(ours, 'nodenext, without strictNullChecks', { module: 'nodenext', strictNullChecks: false }, both),
  project(oldest, 'commonjs', { module: 'commonjs' }, ['use.ts']),
  project(oldest, 'node16', { module: 'node16' }, both),
  project(oldest, 'bundler', { module: 'esnext', moduleResolution: 'bundler' }, ['use.mts']),
  project(newest, 'commonjs', { module: 'commonjs' }, ['use.ts']),
  project(newest, 'nodenext', { module: 'nodenext' }, both),
  project(newest, 'bundler', { module: 'esnext', moduleResolution: 'bundler' }, ['use.mts']),
  {
    ...project(ours, 'nodenext', { module: 'nodenext' }, both),
    name: 'the types stand on the language alone: `types: []`, no DOM, skipLibCheck: false',
    faults: {
      'a type of the DOM': [() => declare('export declare function f(request: Request): void'), /'Request'/],
      'a type of Node': [() => declare('export declare function f(octets: Buffer): void'), /'Buffer'/],
      'a module of Node': [() => declare("export type Key = import('node:crypto').KeyObject"), /'node:crypto'/],
    },
  },
]

function project(compiler, name, options, files) {
  return {
    name: `TypeScript ${compiler.version}: ${name}`,
    holds: () => compileAndRun(compiler, options, files),
    faults: { 'an entry without types': [forgetTypes, /TS(2307|7016): .*tittle\/jws/] },
  }
}

function compileAndRun({ tsc }, options, files) {
  for (const file of files) if (file !== 'use.ts') copyFileSync(join(consumer, 'use.ts'), join(consumer, file))
  const compilerOptions = { ...bare, ...options, rootDir: '.', outDir: 'out' }
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  rmSync(join(consumer, 'out'), { recursive: true, force: true })
  run(tsc, '--project', '.')
  for (const script of readdirSync(join(consumer, 'out'))) run(join('out', script))
}

function forgetTypes() {
  for (const end of ['ts', 'cts']) remove(`dist/jws.d.${end}`)
}

function declare(text) {
  for (const end of ['ts', 'cts']) append(`dist/http.d.${end}`, text)
}
