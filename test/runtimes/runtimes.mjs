// The packed package on every runtime: `npm run test:runtimes`. Words behind `--` pick rows by their names.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toTable } from '../interop/table.mjs'
import { chromiumNames, hasChromium, record, rows } from './rows.mjs'
import { makeStage } from './stage.mjs'

const SUITES = ['vectors', 'attacks', 'claims', 'keys', 'interop']

const words = process.argv.slice(2).map((word) => word.toLowerCase())
const picked = rows.filter(({ name, platform }) => words.every((word) => `${name} ${platform}`.toLowerCase().includes(word)))
const begun = performance.now()
const stage = await makeStage(record)
const results = []
try {
  for (const row of picked) results.push(await resultOf(row))
} finally {
  stage.remove()
}

console.log(toTable([['runtime', 'cryptography', ...SUITES, 'lacking', 'seconds'], ...results.map(toRow)]))
console.log('\nEach cell: the cases that passed. Each suite had cases with wrong expectations, too, which all failed.')

const names = join(import.meta.dirname, 'node_modules/lacking.json')
const lacking = lackingOf(results)
if (lacking.length > 0) console.log(`\nLacking (every case by its name: ${names}):`)
for (const { suite, why, names, where } of lacking) {
  console.log(`- ${where.join('; ')}: ${why}: ${names.length} of ${suite}`)
}
writeFileSync(names, JSON.stringify(lacking, null, 2))

const failures = [...results.flatMap(({ row, failures }) => failures.map((text) => `${label(row)}: ${text}`)), ...uneven()]
console.log()
for (const failure of failures.slice(0, 200)) console.log(`FAILED  ${failure}`)
if (failures.length > 200) console.log(`FAILED  and ${failures.length - 200} more`)
const missing = hasChromium ? [] : chromiumNames
if (missing.length > 0) {
  console.log(`missing: Chromium, for ${missing.join(' and ')}: install it (.ci/install does), or name it by CHROMIUM=…`)
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
  for (const [suite, { failed }] of Object.entries(report.suites)) {
    failures.push(...failed.map(({ name, why }) => `${suite}: ${name}: ${why}`))
  }
  return { row, report, failures, seconds: (performance.now() - begun) / 1000 }
}

function label({ name, platform }) {
  return `${name}, ${platform}`
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

/** What is lacking, with the rows that lack the very same. */
function lackingOf(results) {
  const groups = new Map()
  for (const { row, report } of results) {
    for (const [suite, { lacking }] of Object.entries(report.suites)) {
      for (const [why, remarks] of groupBy(lacking)) {
        const names = remarks.map(({ name }) => name)
        const group = [suite, why, ...names].join('\n')
        if (!groups.has(group)) groups.set(group, { suite, why, names, where: [] })
        groups.get(group).where.push(label(row))
      }
    }
  }
  return [...groups.values()]
}

function groupBy(remarks) {
  const groups = new Map()
  for (const remark of remarks) groups.set(remark.why, [...(groups.get(remark.why) ?? []), remark])
  return groups
}

/** The suites whose cases are not as many on one row as on the others, whatever became of them. */
function uneven() {
  return SUITES.flatMap((suite) => {
    const totals = results.flatMap(({ row, report }) => {
      const { passed, failed, lacking } = report.suites[suite] ?? {}
      return failed ? [[label(row), passed + failed.length + lacking.length]] : []
    })
    const [, most] = totals.reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
    return totals.filter(([, total]) => total !== most).map(([where, total]) => `${where}: ${suite}: ${total} of ${most}`)
  })
}
