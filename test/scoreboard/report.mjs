// The scoreboard in text.
import { exceptions } from './notes.mjs'

const WIDTH = 82

const fit = (text, mark = '') => {
  const room = WIDTH - mark.length
  return (text.length > room ? `${text.slice(0, room - 1)}…${mark}` : `${text}${mark}`).padEnd(WIDTH)
}

/** How many attacks of a class a library has accepted, of how many it could be asked. */
function cell({ attacks: asked, accepted }, { attacks }) {
  if (asked === 0) return '–'
  return asked === attacks ? String(accepted.length) : `${accepted.length} of ${asked}`
}

const columns = (cells) => cells.map((text) => text.padStart(15)).join('')

export const heading = (libraries) =>
  `${fit('attacks accepted')}${columns(['attacks', ...libraries.map(({ name }) => name)])}`

/** One line of a class. */
export function line(sentence, mark, score, libraries) {
  const cells = libraries.map(({ name }) => cell(score.says[name], score))
  return `${fit(`  ${sentence}`, mark && ` [${mark}]`)}${columns([String(score.attacks), ...cells])}`
}

/** The sums of all classes. */
export function sums(scores, libraries) {
  const sum = (name, read) => scores.reduce((total, { says }) => total + read(says[name]), 0)
  const row = (what, read) => `${fit(what)}${columns(['', ...libraries.map(({ name }) => String(sum(name, read)))])}`
  return [
    row('attacks asked', ({ attacks }) => attacks),
    row('attacks accepted', ({ accepted }) => accepted.length),
    row('controls asked', ({ controls }) => controls),
    row('controls refused', ({ refused }) => refused.length),
  ].join('\n')
}

const isExcepted = (name, text) => exceptions.some(({ library, what }) => library === name && what.test(text))

/** What must not be: an attack that tittle accepts, a control that anybody refuses, a library that accepted none. */
export function faults(scores, libraries) {
  const found = scores.flatMap(({ sentence, attacks, controls, says }) => [
    ...(attacks > says.tittle.attacks ? [`tittle was not asked all of "${sentence}"`] : []),
    ...says.tittle.accepted.map((what) => `tittle accepts ${what} (${sentence})`),
    ...(controls > says.tittle.controls ? [`tittle was not asked all controls of "${sentence}"`] : []),
    ...libraries.flatMap(({ name }) =>
      says[name].refused
        .filter((text) => !isExcepted(name, text))
        .map((text) => `${name} refuses a control: ${text} (${sentence})`),
    ),
  ])
  const mute = libraries.filter(({ name }) =>
    scores.every(({ says }) => says[name].controls === says[name].refused.length),
  )
  return [...found, ...mute.map(({ name }) => `${name} accepts no control`)]
}
