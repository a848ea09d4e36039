// Valid tokens, changed and signed anew: `npm run fuzz -- [--seed N] [--count N] [--from N]`.
import { createHash, randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, cache, fileOf } from './build.mjs'
import { nodeSubject, webSubject } from './libraries.mjs'

const CASES = 1_000_000
const EVERY = 10_000
const MOST_FINDINGS = 20

const { values } = parseArgs({
  options: { seed: { type: 'string' }, count: { type: 'string' }, from: { type: 'string' } },
})
const progressFile = join(cache, 'progress.json')
const { newTally, run, changeNames } = await build('test/fuzz/campaign.ts')
// What an older library was found to do says nothing of this one.
const code = createHash('sha256')
  .update(readFileSync(fileOf('test/fuzz/campaign.ts')))
  .digest('hex')
const count = whole('count', values.count ?? CASES)
const saved = values.from === undefined ? unfinished(read(progressFile)) : undefined
const seed = whole('seed', values.seed ?? saved?.seed ?? randomInt(1, 2 ** 31))
const isSame = saved?.seed === seed
const from = whole('from', values.from ?? (isSame ? saved.next : 0))
const end = values.from === undefined ? count : from + count
const tally = isSame ? saved.tally : newTally()
let seconds = isSame ? saved.seconds : 0

console.log(`Node ${process.versions.node}, seed ${seed}, cases ${from} to ${end - 1}${isSame ? ', resumed' : ''}`)
const begun = performance.now() - seconds * 1000
await run([nodeSubject, webSubject], tally, { seed, from, count: end - from, every: EVERY, onProgress })

const idle = tally.cases < EVERY ? [] : changeNames.filter((name) => !tally.changes[name])
for (const [code, number] of Object.entries(tally.verdicts).sort(([, a], [, b]) => b - a)) {
  console.log(`   ${number.toLocaleString('en').padStart(9)} ${code}`)
}
for (const finding of tally.findings.slice(0, MOST_FINDINGS)) console.log(`\n${describe(finding)}`)
for (const name of idle) console.log(`idle: ${name}`)
if (tally.passedOver > 0) console.log(`passed over, as this engine misreads their names: ${tally.passedOver}`)
const failed = new Set(tally.findings.map(({ index }) => index)).size + idle.length
console.log(`\nseed ${seed}, ${tally.cases.toLocaleString('en')} cases in ${seconds.toFixed(0)} s`)
console.log(`${tally.cases - tally.passedOver - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && tally.cases > tally.passedOver ? 0 : 1

function onProgress(next, { cases, findings }) {
  seconds = (performance.now() - begun) / 1000
  if (values.from === undefined) {
    mkdirSync(cache, { recursive: true })
    writeFileSync(progressFile, JSON.stringify({ code, seed, next, seconds, tally }))
  }
  if (next % (10 * EVERY) === 0 && next < end)
    console.log(`   ${next}: ${cases} cases, ${findings.length} findings, ${seconds.toFixed(0)} s`)
}

function describe({ index, what, scene, changes, token }) {
  const again = `npm run fuzz -- --seed ${seed} --from ${index} --count 1`
  return [what, `  ${scene}: ${changes.join(', ')}`, `  ${token.slice(0, 3000)}`, `  ${again}`].join('\n')
}

function unfinished(progress) {
  return progress?.code === code && progress.next < count ? progress : undefined
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function whole(name, text) {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new TypeError(`--${name} must be a whole number`)
}
