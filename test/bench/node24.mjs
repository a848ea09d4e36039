// Runs the bench on a Node 24: that of test/mldsa, for it is the same.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const home = resolve(import.meta.dirname, '../mldsa')
const node = join(home, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
const bench = join(import.meta.dirname, 'bench.mjs')
const options = ['--no-warnings', bench, '--to', 'node24', ...process.argv.slice(2)]
const { status } = spawnSync(node, options, { stdio: 'inherit' })
process.exitCode = status ?? 1
