// Runs the bench on a Node 24, which it installs: that of test/mldsa, for it is the same.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const home = resolve(import.meta.dirname, '../mldsa')
const isWindows = process.platform === 'win32'
const node = join(home, 'node_modules/node/bin', isWindows ? 'node.exe' : 'node')

if (!existsSync(node)) run('npm', ['ci', '--no-audit', '--no-fund'], home)
const bench = join(import.meta.dirname, 'bench.mjs')
run(node, ['--no-warnings', bench, '--to', 'node24', ...process.argv.slice(2)])

function run(command, args, cwd = resolve(import.meta.dirname, '../..')) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: isWindows && command === 'npm' })
  if (status !== 0) process.exit(status ?? 1)
}
