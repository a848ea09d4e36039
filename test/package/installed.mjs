// The package as npm would publish it, unpacked as npm would install it, in a project that uses it from outside.
import { execFileSync, execSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
export const consumer = mkdtempSync(join(tmpdir(), 'tittle-package-'))
export const installed = join(consumer, 'node_modules/tittle')
process.on('exit', () => rmSync(consumer, { recursive: true }))

cpSync(join(import.meta.dirname, 'consumer'), consumer, { recursive: true })
// A shell, as npm is npm.cmd on Windows.
execSync(`npm pack --silent --ignore-scripts --pack-destination "${consumer}"`, {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
const tarball = readdirSync(consumer).find((name) => name.endsWith('.tgz'))

/** Unpacks the tarball, in place of what was there. */
export function install() {
  rmSync(installed, { recursive: true, force: true })
  mkdirSync(installed, { recursive: true })
  // Relative paths, as GNU tar takes C: for the name of a host.
  execFileSync('tar', ['-xzf', tarball, '-C', 'node_modules/tittle', '--strip-components=1'], { cwd: consumer })
}

export const read = (file) => readFileSync(join(installed, file), 'utf8')
export const manifest = () => JSON.parse(read('package.json'))

/** Paths of all files below a folder, with slashes on every system. */
export function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
}

/** Runs a script of Node in the project; throws what it printed where it fails. */
export function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: consumer, encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout + stderr)
  return stdout
}

// What follows damages the package on purpose.

export function editManifest(edit) {
  const edited = manifest()
  edit(edited)
  write('package.json', JSON.stringify(edited))
}

export const editFile = (file, edit) => write(file, edit(read(file)))
export const append = (file, text) => editFile(file, (before) => before + text)
export const remove = (file) => rmSync(join(installed, file))
export const write = (file, text) => writeFileSync(join(installed, file), text)
