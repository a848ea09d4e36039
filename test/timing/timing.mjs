// Whether the time of a refusal tells where a MAC is wrong: `npm run test:timing -- [--samples N] [--seed N]`.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import * as tittle from '../../dist/index.js'
import { importLeaky } from './leaky.mjs'
import { measure } from './measure.mjs'
import { generator } from './random.mjs'
import { strongest, tests } from './welch.mjs'

// The bound of dudect for "no leak found", and what a leak must exceed to be sure that this machine could see one.
const SILENT = 4.5
const LOUD = 10
const FEWEST_SAMPLES = 200_000

const { values } = parseArgs({ options: { samples: { type: 'string' }, seed: { type: 'string' } } })
const samples = Math.max(FEWEST_SAMPLES, Number(values.samples ?? 400_000))
const seed = Number(values.seed ?? randomInt(1, 2 ** 31))
if (!Number.isSafeInteger(samples) || !Number.isSafeInteger(seed)) throw new TypeError('a number is no whole number')
const random = generator(seed)

console.log(`verifySync, HS256, Node ${process.versions.node}: a MAC wrong at its first character, or at its last`)
console.log(`${samples.toLocaleString('en')} samples for each class, in pairs of random order; seed ${seed}\n`)

const SUBJECTS = [
  { name: 'tittle', library: tittle, holds: (t) => Math.abs(t) < SILENT, wanted: `|t| < ${SILENT}` },
  {
    name: 'tittle, with a comparison that stops early',
    library: await importLeaky(),
    holds: (t) => Math.abs(t) > LOUD,
    wanted: `|t| > ${LOUD}`,
  },
]

let failed = 0
for (const { name, library, holds, wanted } of SUBJECTS) {
  const all = tests(measure(library, samples, random))
  const { t } = strongest(all)
  console.log(`${name}\n`)
  console.log('   samples kept          t   difference')
  for (const test of shown(all)) console.log(row(test))
  const verdict = holds(t) ? 'as wanted' : 'NOT as wanted'
  console.log(`\n   the greatest of ${all.length}: t = ${t.toFixed(2)}; ${wanted}: ${verdict}\n`)
  if (!holds(t)) failed++
}

console.log(`${SUBJECTS.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** All samples, every fifth threshold, and the one that tells the most. */
function shown(all) {
  const best = strongest(all)
  return all.filter((test, index) => index === 0 || index % 5 === 0 || test === best)
}

function row({ share, t, difference }) {
  const percent = `${(100 * share).toFixed(2)} %`
  return `   ${percent.padStart(12)} ${t.toFixed(2).padStart(10)} ${`${difference.toFixed(1)} ns`.padStart(12)}`
}
