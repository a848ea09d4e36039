// Installs a Node that has ML-DSA, and runs on it what the Node at hand may have to skip.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
if (!existsSync(join(root, 'dist/index.js'))) {
  console.error('dist/ is missing: run npm run build first')
  process.exit(1)
}

const isWindows = process.platform === 'win32'
run('npm', ['ci', '--no-audit', '--no-fund'], import.meta.dirname)
const node = join(import.meta.dirname, 'node_modules/node/bin', isWindows ? 'node.exe' : 'node')
// A Node without ML-DSA would skip everything, and look like a success.
run(node, ['--eval', "require('node:crypto').generateKeyPairSync('ml-dsa-44'); console.log('Node', process.version)"])
run(node, [join(root, 'test/matrix/matrix.mjs')])
const files = ['test/vectors.test.ts', 'test/formats.test.ts', 'test/der.test.ts', 'test/properties']
run(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', ...files])

function run(command, args, cwd = root) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: isWindows && command === 'npm' })
  if (status !== 0) process.exit(status ?? 1)
}
