// Runs on a Node that has ML-DSA what the Node at hand may have to skip.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { nodeOf } from '../setup/prepare.mjs'

const root = resolve(import.meta.dirname, '../..')
const node = nodeOf('mldsa')

// A Node without ML-DSA would skip everything, and look like a success.
run(node, ['--eval', "require('node:crypto').generateKeyPairSync('ml-dsa-44'); console.log('Node', process.version)"])
run(node, [join(root, 'test/matrix/matrix.mjs')])
const files = ['test/vectors.test.ts', 'test/formats.test.ts', 'test/der.test.ts', 'test/properties']
run(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', ...files])

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
