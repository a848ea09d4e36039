// Brings the databases' clients, which the tests of the stores do without where they cannot be had.
import { execSync, spawnSync } from 'node:child_process'
import { install } from '../setup/prepare.mjs'

install('stores')

// It holds machine code: a binary for this Node that its maker has published, or what a compiler makes of it here.
if (!canLoad('better-sqlite3')) {
  try {
    execSync('npm rebuild better-sqlite3', { cwd: import.meta.dirname, stdio: 'inherit' })
  } catch {
    console.error('better-sqlite3 could not be built; its tests will be skipped.')
  }
}

function canLoad(database) {
  const script = `new (require('${database}'))(':memory:').close()`
  return spawnSync(process.execPath, ['--eval', script], { cwd: import.meta.dirname, stdio: 'ignore' }).status === 0
}
