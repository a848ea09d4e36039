// Brings what the scripts of this folder need and git does not keep: the runtimes, the bundlers, and the build.
import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' })

// npm writes this file last. The install scripts of bun, deno, node and workerd put their binaries in place.
if (!existsSync(join(import.meta.dirname, 'node_modules/.package-lock.json'))) {
  run('npm ci --prefix test/runtimes --no-audit --no-fund --loglevel=error')
}
// Always, or an older library than that of the sources would be tried.
run('npm run build --silent -- --silent')
