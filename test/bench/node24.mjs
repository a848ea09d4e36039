// Runs the bench on a Node 24: that of test/mldsa, for it is the same.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { nodeOf } from '../setup/prepare.mjs'

const bench = join(import.meta.dirname, 'bench.mjs')
const options = ['--no-warnings', bench, '--to', 'node24', ...process.argv.slice(2)]
const { status } = spawnSync(nodeOf('mldsa'), options, { stdio: 'inherit' })
process.exitCode = status ?? 1
