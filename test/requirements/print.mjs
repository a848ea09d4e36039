// Prints the table of requirements as Markdown, counts it, and names what is not proved. With --write, the page is written.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { summary, toMarkdown } from './markdown.mjs'
import { testsOf } from './names.mjs'
import { problemsOf, stateOf } from './rules.mjs'

const folder = resolve(import.meta.dirname, '../../vectors')
const table = JSON.parse(readFileSync(resolve(folder, 'requirements.json'), 'utf8'))
const { documents, requirements } = table

const page = toMarkdown(table)
if (process.argv.includes('--write')) writeFileSync(resolve(folder, 'REQUIREMENTS.md'), page)
else console.log(page)

const [onNode, onWeb] = await Promise.all(['node:crypto', 'WebCrypto'].map((platform) => testsOf(table, platform)))
const problems = problemsOf(
  table,
  [...onNode].filter((test) => onWeb.has(test)),
)

const named = (state) =>
  requirements
    .filter((row) => stateOf(row) === state)
    .map(({ id }) => id)
    .join(', ') || 'none'
console.log(summary(documents, requirements).join('\n'))
console.log(`\ndeparted from: ${named('departed from')}`)
console.log(`left to the application: ${named('the application’s')}`)
console.log(`unproved: ${problems.length === 0 ? named('unproved') : `see below\n${problems.join('\n')}`}`)

const failed = requirements.filter(({ id }) => problems.some((problem) => problem.startsWith(`${id} `))).length
console.log(`\n${requirements.length - failed} passed, ${Math.max(failed, Math.min(problems.length, 1))} failed`)
process.exitCode = problems.length === 0 ? 0 : 1
