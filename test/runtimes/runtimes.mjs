// The packed package on every runtime: `npm run test:runtimes`. Words behind `--` pick rows.
import { toTable } from '../setup/table.mjs'
import { chromiumNames, hasChromium, record, rows } from './rows.mjs'
import { makeStage } from './stage.mjs'

const SUITES = ['vectors', 'attacks', 'claims', 'keys', 'interop']

const words = process.argv.slice(2).map((word) => word.toLowerCase())
const withNames = words.includes('--names')
const isPicked = (row) => words.every((word) => word.startsWith('--') || label(row).toLowerCase().includes(word))
const picked = rows.filter(isPicked)

const begun = performance.now()
const stage = await makeStage(record)
const results = []
try {
  // Two at once, as many as the smallest machine of a CI has cores.
  const queue = [...picked.entries()]
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await resultOf(next[1])
  }
  await Promise.all([work(), work()])
} finally {
  stage.remove()
}

console.log(toTable([['runtime', 'cryptography', ...SUITES, 'lacking', 'seconds'], ...results.map(toRow)]))
console.log('\nEach cell: the cases that passed. Each suite had cases with wrong expectations, too, which all failed.')

const lacking = lackingOf(results)
if (lacking.length > 0)
  console.log('\nLacking, which is why the counts differ (npm run test:runtimes -- --names names each case):')
for (const { why, where, suites } of lacking) {
  const counts = [...suites].map(([suite, names]) => `${names.length} of ${suite}`)
  console.log(`- ${why}: ${counts.join(', ')} (${where.join('; ')})`)
  if (withNames) for (const [suite, names] of suites) for (const name of names) console.log(`    ${suite}: ${name}`)
}

const failures = [
  ...results.flatMap(({ row, failures }) => failures.map((text) => `${label(row)}: ${text}`)),
  ...uneven(),
]
console.log()
for (const failure of failures.slice(0, 200)) console.log(`FAILED  ${failure}`)
if (failures.length > 200) console.log(`FAILED  and ${failures.length - 200} more`)
const missing = hasChromium ? [] : chromiumNames
if (missing.length > 0) {
  console.log(
    `missing: Chromium, for ${missing.join(' and ')}: install it (.ci/install does), or name it by CHROMIUM=…`,
  )
}
const passed = results.reduce((sum, { report }) => sum + countOf(report, ({ passed }) => passed), 0)
console.log(`${results.length} runtimes in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 && results.length > 0 ? 0 : 1

async function resultOf(row) {
  const begun = performance.now()
  const failures = []
  const report = await row.run(stage.folder).catch((error) => {
    failures.push(`it did not run: ${error.stderr || error.message}`.slice(0, 3000))
    return { runtime: '', platform: '', suites: {} }
  })
  if (failures.length === 0) {
    if (!row.isIt(report.runtime)) failures.push(`it is ${report.runtime}`)
    if (report.platform !== row.platform) failures.push(`the library has taken ${report.platform}`)
  }
  for (const [suite, { failed, lacking }] of Object.entries(report.suites)) {
    const odd = lacking.filter(({ why }) => !row.mayLack.some((known) => known.test(why)))
    failures.push(...[...failed, ...odd].map(({ name, why }) => `${suite}: ${name}: ${why}`))
  }
  return { row, report, failures, seconds: (performance.now() - begun) / 1000 }
}

/** A name for each row; where two share it, with what tells them apart. */
function label({ name, platform }) {
  return rows.filter((row) => row.name === name).length > 1 ? `${name} on ${platform}` : name
}

function toRow({ row, report, seconds }) {
  const cells = SUITES.map((suite) => {
    const { passed, failed } = report.suites[suite] ?? { passed: 0, failed: ['all'] }
    return failed.length > 0 ? `${passed}, ${failed.length} FAILED` : `${passed}`
  })
  const lacking = countOf(report, ({ lacking }) => lacking.length)
  return [versionOf(row, report), report.platform, ...cells, `${lacking}`, seconds.toFixed(1)]
}

function versionOf({ name }, { runtime }) {
  const [product, ...more] = name.split(', ')
  return [`${product.split(' ')[0]} ${/[\d.]+$/.exec(runtime)?.[0] ?? '?'}`, ...more].join(', ')
}

function countOf({ suites }, count) {
  return Object.values(suites).reduce((sum, suite) => sum + count(suite), 0)
}

/** What is lacking and why, with the rows that lack the very same. */
function lackingOf(results) {
  const groups = new Map()
  for (const { row, report } of results) {
    for (const [why, suites] of reasonsOf(report)) {
      const group = JSON.stringify([why, [...suites]])
      if (!groups.has(group)) groups.set(group, { why, suites, where: [] })
      groups.get(group).where.push(label(row))
    }
  }
  return [...groups.values()]
}

/** The names of what a row lacks, by reason and suite. */
function reasonsOf({ suites }) {
  const reasons = new Map()
  for (const [suite, { lacking }] of Object.entries(suites)) {
    for (const { name, why } of lacking) {
      if (!reasons.has(why)) reasons.set(why, new Map())
      const named = reasons.get(why)
      named.set(suite, [...(named.get(suite) ?? []), name])
    }
  }
  return reasons
}

/** The suites whose cases are not as many on one row as on the others, whatever became of them. */
function uneven() {
  return SUITES.flatMap((suite) => {
    const totals = results.flatMap(({ row, report }) => {
      const { passed, failed, lacking } = report.suites[suite] ?? {}
      return failed ? [[label(row), passed + failed.length + lacking.length]] : []
    })
    const [, most] = totals.reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
    return totals
      .filter(([, total]) => total !== most)
      .map(([where, total]) => `${where}: ${suite}: ${total} of ${most}`)
  })
}
