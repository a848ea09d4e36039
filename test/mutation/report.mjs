// What became of the mutants: by file, with the reason of each that lives.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const STRICT = ['base64url', 'json', 'header', 'claims', 'jws', 'jwt'].map((name) => `src/${name}.ts`)
const reasons = JSON.parse(readFileSync(join(import.meta.dirname, 'survivors.json'), 'utf8'))

/** Prints the scores of Stryker's report; tells whether they suffice and each survivor has its reason. */
export function report(files) {
  const rows = Object.entries(files)
    .map(([name, file]) => ({ name, ...countsOf(file.mutants) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const total = sum(rows)
  const strict = sum(rows.filter(({ name }) => STRICT.includes(name)))
  // What does not run at all says nothing of the tests.
  console.log(line('file', 'no run', 'mutants', 'caught', 'timed out', 'alive', 'score'))
  for (const row of [
    ...rows,
    { name: `${STRICT.length} files of the core`, ...strict },
    { name: 'all but the command and the page', ...total },
  ]) {
    console.log(line(row.name, row.invalid, row.valid, row.killed, row.timedOut, row.alive, percent(row)))
  }

  const alive = Object.entries(files).flatMap(([name, file]) => survivorsOf(name, file))
  const explained = new Set(reasons.flatMap(({ mutants }) => mutants))
  const unexplained = alive.filter((mutant) => !explained.has(mutant))
  const seen = new Set(Object.keys(files))
  const stale = [...explained].filter((mutant) => seen.has(mutant.split(':')[0]) && !alive.includes(mutant))
  const faults = [
    ...(score(total) < 90 ? ['the score of all files is below 90 %'] : []),
    ...(score(strict) < 95 ? ['the score of the core is below 95 %'] : []),
    ...unexplained.map((mutant) => `alive without a reason: ${mutant}`),
    ...stale.map((mutant) => `a reason for what is not alive: ${mutant}`),
  ]
  console.log(`\n${alive.length} alive, for ${reasons.length} reasons: test/mutation/survivors.json`)
  for (const fault of faults) console.log(`FAILED  ${fault}`)
  console.log(`${total.killed + total.timedOut + alive.length - unexplained.length} passed, ${faults.length} failed`)
  return faults.length === 0
}

const isAlive = ({ status }) => status === 'Survived' || status === 'NoCoverage'

function countsOf(mutants) {
  const count = (wanted) => mutants.filter(({ status }) => wanted.includes(status)).length
  const [killed, timedOut] = [count(['Killed']), count(['Timeout'])]
  const alive = mutants.filter(isAlive).length
  return { invalid: count(['RuntimeError']), valid: killed + timedOut + alive, killed, timedOut, alive }
}

function sum(rows) {
  const total = { invalid: 0, valid: 0, killed: 0, timedOut: 0, alive: 0 }
  for (const row of rows) for (const key of Object.keys(total)) total[key] += row[key]
  return total
}

const percent = (row) => (row.valid === 0 ? '-' : `${score(row).toFixed(1)} %`)

const score = ({ valid, alive }) => (valid === 0 ? 100 : (100 * (valid - alive)) / valid)

/** Names that outlive an edit elsewhere in the file: the file, the line as it is written, and what has become of it. */
function survivorsOf(name, { source, mutants }) {
  const lines = source.split('\n')
  return mutants.filter(isAlive).map(({ location: { start, end }, replacement }) => {
    const original = lines.slice(start.line - 1, end.line)
    original[original.length - 1] = original.at(-1).slice(0, end.column - 1)
    original[0] = original[0].slice(start.column - 1)
    const [where, from, to] = [lines[start.line - 1], original.join('\n'), replacement].map(oneLine)
    return `${name}: ${where} | ${from} -> ${to}`
  })
}

const oneLine = (text) => text.trim().replaceAll(/\s+/g, ' ')

function line(name, ...figures) {
  return name.padEnd(40) + figures.map((figure) => String(figure).padStart(10)).join('')
}
