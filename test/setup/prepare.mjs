// Brings what scripts need and git does not keep: the build, and the packages of a folder that is named.
import { execSync } from 'node:child_process'
import { lstatSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' })
const changedAt = (...path) => statSync(join(root, ...path), { throwIfNoEntry: false })?.mtimeMs ?? -Infinity

// The install scripts of a Node, Bun, Deno or workerd put a binary in place; others are not run.
const COMMANDS = {
  // Its lock file lacks binaries for other platforms, of which npm ci makes an error.
  bench: 'install --no-save --ignore-scripts',
  mldsa: 'ci',
  // The plugin would bring a vitest of its own, beside the one that the tests import.
  mutation: 'ci --legacy-peer-deps',
  runtimes: 'ci',
}

/** Installs the packages of a folder under test/, where its lock file is newer than what is there. */
export function install(name) {
  const packages = join('test', name, 'node_modules')
  // npm writes this file last.
  if (changedAt(packages, '.package-lock.json') < changedAt('test', name, 'package-lock.json')) {
    const command = COMMANDS[name] ?? 'ci --ignore-scripts'
    run(`npm ${command} --prefix test/${name} --no-audit --no-fund --loglevel=error`)
  }
  // A folder with a package.json of its own cannot import the package around it by name: it is linked, as npm would
  // link a dependency "file:../..", whose development dependencies would all come into the lock file.
  const link = join(root, packages, 'tittle')
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync('../../..', link, 'junction')
}

/** The Node that a folder under test/ has of npm's package `node`. */
export const nodeOf = (name) =>
  join(root, 'test', name, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Builds the package, where a source is newer than what was built. */
export function build() {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', name))
  const built = ['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts', 'cli.js', 'inspector.html']
  const newest = Math.max(...['src', ...sources, 'package.json', 'tsup.config.ts'].map((name) => changedAt(name)))
  const oldest = Math.min(...built.map((name) => changedAt('dist', name)))
  if (oldest < newest) run('npm run build --silent -- --silent')
}

if (resolve(process.argv[1]) === import.meta.filename) {
  for (const name of process.argv.slice(2)) install(name)
  build()
}
