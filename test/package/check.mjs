// Packs the package as npm would publish it, unpacks it as npm would install it, and uses it from outside.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
if (!existsSync(join(root, 'dist/index.js'))) {
  console.error('dist/ is missing: run npm run build first')
  process.exit(1)
}

const consumer = mkdtempSync(join(tmpdir(), 'tittle-package-'))
const installed = join(consumer, 'node_modules/tittle')
let passed = 0
let failed = 0

try {
  pack()
  checkContent()
  checkRuntime()
  checkTypes()
} finally {
  rmSync(consumer, { recursive: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function pack() {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', consumer], {
    cwd: root,
    stdio: 'ignore',
  })
  const [tarball] = readdirSync(consumer)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(consumer, tarball), '-C', installed, '--strip-components=1'])
  cpSync(join(import.meta.dirname, 'consumer'), consumer, { recursive: true })
}

function checkContent() {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const named = JSON.stringify([
    manifest.main,
    manifest.module,
    manifest.types,
    manifest.exports,
    manifest.typesVersions,
    Object.values(manifest.bin).map((path) => `./${path}`),
  ]).match(/\.\/dist\/[\w./-]+/g)

  check('the tarball holds LICENSE, README.md, dist and package.json', () =>
    none(readdirSync(installed).filter((name) => !['LICENSE', 'README.md', 'dist', 'package.json'].includes(name))),
  )
  check('the tarball lacks none of them', () =>
    none(['LICENSE', 'README.md', 'dist', 'package.json'].filter((name) => !existsSync(join(installed, name)))),
  )
  check('dist holds JavaScript, types and the page of the inspector only', () =>
    none(filesIn(join(installed, 'dist')).filter((path) => !/\.c?js$|\.d\.c?ts$|^inspector\.html$/.test(path))),
  )
  check('every file that package.json names is there', () =>
    none(named.filter((path) => !existsSync(join(installed, path)))),
  )
  check('there are no dependencies', () =>
    none(Object.keys(manifest).filter((key) => /dependencies$/i.test(key) && key !== 'devDependencies')),
  )
}

function checkRuntime() {
  check('ESM imports every entry', () => run('esm.mjs'))
  check('CJS requires every entry, and they share one JwtError', () => run('cjs.cjs'))
  check('ESM and CJS export the same names', () => run('names.mjs'))
  check('a JwtError of one copy is recognised by the other', () => run('errors.mjs'))
  check('a Key of one copy works in the other', () => run('keys.mjs'))
  check('the command runs, and has its page beside it', () => {
    run(join(installed, 'dist/cli.js'), '--version')
    none(['dist/inspector.html'].filter((path) => !existsSync(join(installed, path))))
  })
}

function checkTypes() {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
  const compiler = join(dirname(typescript), 'bin/tsc')
  for (const name of ['use.mts', 'use.cts']) copyFileSync(join(consumer, 'use.ts'), join(consumer, name))

  for (const [moduleResolution, module, files] of [
    ['node16', 'node16', ['use.mts', 'use.cts']],
    ['nodenext', 'nodenext', ['use.mts', 'use.cts']],
    ['bundler', 'esnext', ['use.ts']],
  ]) {
    // No types of Node and no DOM: the declarations must stand on the language alone.
    const compilerOptions = {
      module,
      moduleResolution,
      noEmit: true,
      strict: true,
      target: 'es2022',
      lib: ['es2022'],
      types: [],
    }
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    check(`the types compile under moduleResolution ${moduleResolution}`, () => run(compiler, '--project', consumer))
  }
}

function check(name, action) {
  try {
    action()
    passed++
    console.log(`ok      ${name}`)
  } catch (error) {
    failed++
    console.log(`FAILED  ${name}\n${error.message}`)
  }
}

function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

function none(strangers) {
  if (strangers.length > 0) throw new Error(strangers.join('\n'))
}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: consumer, encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout + stderr)
}
