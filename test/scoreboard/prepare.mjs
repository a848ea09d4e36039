// Brings what the scripts of this folder need and git does not keep: the peers, the build, and the package by its name.
import { execSync } from 'node:child_process'
import { existsSync, lstatSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const packages = join(import.meta.dirname, 'node_modules')
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' })

// npm writes this file last.
if (!existsSync(join(packages, '.package-lock.json'))) {
  run('npm ci --prefix test/scoreboard --no-audit --no-fund --ignore-scripts')
}
// Always, or an older library than that of the sources would be scored.
run('npm run build --silent -- --silent')

// A folder with a package.json of its own cannot import the package around it by name: it is linked, as npm would link
// a dependency "file:../..", whose development dependencies would all come into the lock file.
const link = join(packages, 'tittle')
if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync('../../..', link, 'junction')
