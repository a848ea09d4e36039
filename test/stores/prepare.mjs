// Brings what the tests of stores need and git does not keep: the databases' clients, and the package by its name.
import { execSync, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const packages = join(import.meta.dirname, 'node_modules')
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' })

// npm writes this file last.
if (!existsSync(join(packages, '.package-lock.json'))) {
  run('npm ci --prefix test/stores --no-audit --no-fund --ignore-scripts')
}

// It holds machine code: a binary for this Node that its maker has published, or what a compiler makes of it here.
if (!canLoad('better-sqlite3')) {
  try {
    run('npm rebuild --prefix test/stores better-sqlite3')
  } catch {
    console.error('better-sqlite3 could not be built; its tests will be skipped.')
  }
}

// A folder with a package.json of its own cannot import the package around it by name: it is linked, as npm would link
// a dependency "file:../..", whose development dependencies would all come into the lock file.
const link = join(packages, 'tittle')
if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync('../../..', link, 'junction')

function canLoad(database) {
  const script = `new (require('${database}'))(':memory:').close()`
  return spawnSync(process.execPath, ['--eval', script], { cwd: import.meta.dirname, stdio: 'ignore' }).status === 0
}
