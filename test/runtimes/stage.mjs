// A project that has the packed package as its dependency, and the cases as one file that imports it by its names.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import * as esbuild from 'esbuild'

const here = import.meta.dirname
const root = resolve(here, '../..')
const standIn = (name) => join(here, 'stand-ins', name)

/** Makes the project. `record` runs its script.mjs where there is node:crypto, and gives the report. */
export async function makeStage(record) {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-runtimes-'))
  pack(folder)
  cpSync(join(here, 'node_modules/jose'), join(folder, 'node_modules/jose'), { recursive: true })
  cpSync(join(here, 'drivers'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  await buildCases(folder, null)
  const { tape } = await record(folder)
  await buildCases(folder, tape)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function pack(folder) {
  const installed = join(folder, 'node_modules/tittle')
  mkdirSync(installed, { recursive: true })
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'ignore',
  })
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components=1'])
  rmSync(join(folder, tarball))
}

/** The cases on the tape of what node:crypto has said, or `null` where it is to be asked. */
function buildCases(folder, tape) {
  const attacks = join(root, 'test/attacks') + sep
  return esbuild.build({
    entryPoints: [join(here, 'cases/run.ts')],
    outfile: join(folder, 'cases.mjs'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['tittle/*', 'jose'],
    alias: {
      'node:crypto': standIn('node-crypto.ts'),
      'node:util': standIn('node-util.ts'),
      'node:zlib': standIn('node-zlib.ts'),
      'node:assert/strict': standIn('node-assert.ts'),
    },
    inject: [standIn('globals.ts')],
    plugins: [
      {
        name: 'stage',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^tittle$/ }, ({ importer }) =>
            importer.startsWith(attacks) ? { path: standIn('tittle.ts') } : { path: 'tittle', external: true },
          )
          onResolve({ filter: /^tape$/ }, () => ({ path: 'tape', namespace: 'tape' }))
          onLoad({ filter: /.*/, namespace: 'tape' }, () => ({ contents: JSON.stringify(tape), loader: 'json' }))
        },
      },
    ],
    logLevel: 'error',
  })
}

/** Where each entry of a package is, below the folder that node_modules is in. */
export function importMap(folder) {
  const imports = {}
  for (const [name, pick] of [
    ['tittle', ({ import: { default: path } }) => path],
    ['jose', ({ default: path }) => path],
  ]) {
    const { exports } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'))
    for (const [entry, target] of Object.entries(exports)) {
      if (typeof target === 'string') continue
      imports[entry.replace('.', name)] = `/node_modules/${name}/${pick(target).replace('./', '')}`
    }
  }
  return { imports }
}
