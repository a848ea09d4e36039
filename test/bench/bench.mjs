// Measures tittle, the bare work and the peers side by side, and tells which goals are met.
//
// --quick      a short run, which writes nothing
// --strict     exits with 1 where a goal is missed
// --only a,b   these sections alone, which writes nothing either
// --to NAME    writes RESULTS-NAME.md and results-NAME.svg
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from './goals.mjs'
import { toSvg } from './plot.mjs'
import { circumstances, toSection, toTable } from './report.mjs'
import { assertFair } from './setup.mjs'

const SECTIONS = ['sync', 'async', 'memo', 'refusals', 'growth', 'decode', 'cold', 'memory', 'bundles']

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    only: { type: 'string' },
    to: { type: 'string' },
  },
})
// Rounds of so many milliseconds for each subject, after so many to warm up.
const scale = options.quick
  ? { rounds: 9, slice: 2, warmUp: 50, processes: 5, verifications: 100_000, entries: 1_000 }
  : { rounds: 41, slice: 8, warmUp: 400, processes: 25, verifications: 1_000_000, entries: 10_000 }

const begun = performance.now()
const [load] = loadavg()
console.log(`${circumstances([load]).join('\n')}\n`)
await assertFair()

const sections = []
for (const name of options.only?.split(',') ?? SECTIONS) {
  const { title, run } = await import(`./sections/${name}.mjs`)
  const section = { title: `${SECTIONS.indexOf(name) + 1}. ${title}`, ...(await run(scale)) }
  console.log(`${toSection(section)}\n`)
  sections.push(section)
}

const verdicts = judge(Object.assign({}, ...sections.map(({ figures }) => figures)))
const goals = toTable([
  ['goal', '', 'measured'],
  ...verdicts.map(({ goal, verdict, parts }) => [goal, verdict, parts.join('; ')]),
])
console.log(`## Goals\n\n${goals}\n`)
console.log(`${Math.round((performance.now() - begun) / 1000)} seconds`)

if (!options.quick && !options.only) write()
if (options.strict && verdicts.some(({ verdict }) => verdict !== 'met')) process.exitCode = 1

function write() {
  const lines = circumstances([load, loadavg()[0]])
  const suffix = options.to ? `-${options.to}` : ''
  const { plot } = sections.find((section) => section.plot)
  const file = (name) => resolve(import.meta.dirname, name)
  writeFileSync(
    file(`results${suffix}.svg`),
    toSvg(plot, `${lines[0]}; jose and hono/jwt only promise, and are awaited`),
  )
  const text = [
    '# What `npm run bench` has measured',
    lines.map((line) => `- ${line}`).join('\n'),
    'Medians of rounds in one process, in turn: A B C, C B A, A B C …; after ± is half the distance between the first and\nthe last eighth of the rounds.',
    `![Operations per second, as multiples of the bare work](results${suffix}.svg)`,
    `## Goals\n\n${goals}`,
    ...sections.map(toSection),
  ]
  writeFileSync(file(`RESULTS${suffix}.md`), `${text.join('\n\n')}\n`)
}
