// Shows the fixtures of test/attacks to other libraries and prints who accepts what: `npm run scoreboard [-- --cases]`.
import { parseArgs } from 'node:util'
import { loadFixtures } from './collect.mjs'
import { contenders } from './contenders.mjs'
import { exceptions, notes, notesBySentence } from './notes.mjs'
import { faults, heading, line, sums } from './report.mjs'
import { askAll } from './tally.mjs'

const { values } = parseArgs({ options: { cases: { type: 'boolean', default: false } } })
const start = performance.now()
// Warnings of the libraries about the policies and keys of the attacks are no part of the answer.
process.removeAllListeners('warning')

const fixtures = await loadFixtures()
const libraries = contenders(fixtures)
const keys = new Map(Object.entries(fixtures.fixtures).map(([key, sentence]) => [sentence, key]))
const noteOf = (sentence) => notesBySentence[sentence] ?? notes[keys.get(sentence)]

await assertNoticed()

console.log(`Node ${process.versions.node}; ${libraries.map(({ name, version }) => `${name} ${version}`).join(', ')}`)
console.log(
  'Each attack is one token under one key and one policy, as strict as the documentation of each library shows.',
)
console.log(
  '"n of m": accepts n of the m that it could be asked; –: it lacks the algorithm, the option or the key format.\n',
)
console.log(heading(libraries))

const scores = []
const marks = []
const unasked = []
for (const [chapter, classes] of Object.entries(fixtures.chapters)) {
  console.log(`\n${chapter}`)
  for (const attackClass of classes) {
    const sentence = fixtures.sentenceOf(attackClass.name)
    const score = await askAll(attackClass, fixtures, libraries)
    scores.push({ sentence, ...score })
    if (score.attacks === 0) unasked.push(sentence)
    else print(sentence, score)
  }
}

console.log(`\n${sums(scores, libraries)}\n\nWhat the standards say:\n`)
for (const [index, note] of marks.entries()) console.log(`[${index + 1}] ${note}`)
console.log('\nNot a question of one token, one key and one policy, and so not asked:\n')
for (const sentence of unasked) console.log(`- ${sentence}`)
console.log('\nControls that may be refused:\n')
for (const { library, why } of exceptions) console.log(`- ${library}: ${why}`)

const silent = scores.filter(({ sentence, says }) => isAccepted(says) && !noteOf(sentence))
const wrong = [
  ...faults(scores, libraries),
  ...silent.map(({ sentence }) => `some accept it, and there is no note on what the standards say: "${sentence}"`),
]
console.log(`\n${((performance.now() - start) / 1000).toFixed(1)} s`)
for (const fault of wrong) console.log(`FAILED  ${fault}`)
const count = scores.reduce((total, { attacks, controls }) => total + attacks + controls, 0)
console.log(`${count - wrong.length} passed, ${wrong.length} failed`)
process.exitCode = wrong.length === 0 ? 0 : 1

/** A library in the place of ours that accepts all, or refuses all, must be found out; else the board shows nothing. */
async function assertNoticed() {
  const [first] = fixtures.chapters['confusion of algorithms and keys']
  const straw = {
    'accepts all': () => {},
    'refuses all': () => {
      throw new Error('refused')
    },
  }
  for (const [name, ask] of Object.entries(straw)) {
    const [ours] = libraries
    const others = [{ ...ours, ask }]
    const score = { sentence: name, ...(await askAll(first, fixtures, others)) }
    if (faults([score], others).length === 0) throw new Error(`nobody notices a library that ${name}`)
  }
}

function print(sentence, score) {
  const note = isAccepted(score.says) ? noteOf(sentence) : undefined
  if (note && !marks.includes(note)) marks.push(note)
  console.log(line(sentence, note && marks.indexOf(note) + 1, score, libraries))
  if (!values.cases) return
  for (const { name } of libraries) {
    for (const [what, count] of counted(score.says[name].accepted)) {
      console.log(`      ${name} accepts ${what}${count > 1 ? ` (${count} times)` : ''}`)
    }
  }
}

function isAccepted(says) {
  return Object.values(says).some(({ accepted }) => accepted.length > 0)
}

function counted(texts) {
  const counts = new Map()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
