// What refusals cost in 64 MiB of heap: `npm run test:resources`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from '../fuzz/build.mjs'

const HEAP = ['--max-old-space-size=64', '--expose-gc', '--no-warnings']
// Minutes on a busy machine; who takes longer hangs.
const TIMEOUT = 600_000

// Compiled here, where there is room for it.
await build('test/resources/library.ts')
let passed = 0
let failed = 0
console.log(run('held.mjs').stdout.replace(/^\d+ passed, .*\n/m, ''))

console.log(
  'with maxTokenLength at 10 MB, and by decode: told, and failed only where the verdict is wrong, memory grows,',
)
console.log('or the process dies without an asterisk')
for (let row = 0; ; row++) {
  const { stdout, status } = run('told.mjs', String(row))
  if (stdout === '') {
    // Behind the last row there is nothing to say, and nothing to die of.
    if (status === 0) break
    console.log(`FAILED: told.mjs died before row ${row}`)
    count(0, 1)
    break
  }
  const [name = '', ...lines] = stdout.split('\n')
  const death = name.trim().endsWith('*') ? '   dies, for want of memory' : '   FAILED: dies'
  const figures = status === 0 ? lines.join(' ') : death
  console.log(`${name}${figures}`)
  count(1, 0)
  if (figures.includes('FAILED')) count(-1, 1)
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function run(file, ...more) {
  const options = {
    encoding: 'utf8',
    timeout: TIMEOUT,
    stdio: ['ignore', 'pipe', file === 'held.mjs' ? 'inherit' : 'ignore'],
  }
  const result = spawnSync(process.execPath, [...HEAP, join(import.meta.dirname, file), ...more], options)
  if (file === 'told.mjs') return result
  const [, good, bad] = /^(\d+) passed, (\d+) failed$/m.exec(result.stdout) ?? []
  // Whoever dies before the end has failed, whatever was counted.
  if (good === undefined) console.log(`FAILED: ${file} died of ${result.signal ?? `status ${result.status}`}`)
  count(Number(good ?? 0), Number(bad ?? 1))
  return result
}

function count(good, bad) {
  passed += good
  failed += bad
}
