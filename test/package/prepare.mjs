// Brings what the checks of the packed tarball need and git does not keep: jest, linters and compilers; and the build.
import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' })

// npm writes this file last.
if (!existsSync(join(import.meta.dirname, 'node_modules/.package-lock.json'))) {
  run('npm ci --prefix test/package --no-audit --no-fund --ignore-scripts')
}
if (!existsSync(join(root, 'dist/index.js'))) run('npm run build')
