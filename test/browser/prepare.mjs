// Brings what the scripts of this folder need and git does not keep: the browser's client, and the build.
import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' })

// npm writes this file last.
if (!existsSync(join(import.meta.dirname, 'node_modules/.package-lock.json'))) {
  run('npm ci --prefix test/browser --no-audit --no-fund --ignore-scripts')
}
if (!['session.js', 'inspector.html'].every((name) => existsSync(join(root, 'dist', name)))) run('npm run build')
