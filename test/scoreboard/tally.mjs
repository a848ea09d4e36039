// What every library says to every question.
import { setTime } from './clock.mjs'
import { NotAsked } from './contenders.mjs'
import { questionsOf } from './collect.mjs'

/** What a library has said to the questions of one class. */
const nothing = () => ({ attacks: 0, accepted: [], controls: 0, refused: [] })

/** Asks every library every question of a class: `{ attacks, controls, says: { [library]: … } }`. */
export async function askAll(attackClass, fixtures, libraries) {
  const says = Object.fromEntries(libraries.map(({ name }) => [name, nothing()]))
  const count = { attacks: 0, controls: 0 }
  for await (const question of questionsOf(attackClass, fixtures)) {
    count[question.wanted === 'refused' ? 'attacks' : 'controls']++
    for (const library of libraries) note(says[library.name], question, await verdictOf(library, question))
  }
  return { ...count, says }
}

function note(said, { what, wanted }, { verdict, reason }) {
  if (verdict === 'not asked') return
  if (wanted === 'refused') said.attacks++
  else said.controls++
  if (wanted === 'refused' && verdict === 'accepted') said.accepted.push(what)
  if (wanted === 'accepted' && verdict === 'refused') said.refused.push(`${what}: ${reason}`)
}

async function verdictOf(library, question) {
  const { now } = question.policy
  const time = typeof now === 'function' ? now() : undefined
  setTime(typeof time === 'number' && Number.isFinite(time) ? time : undefined)
  try {
    await library.ask(question)
    return { verdict: 'accepted' }
  } catch (error) {
    if (error instanceof NotAsked) return { verdict: 'not asked' }
    return {
      verdict: 'refused',
      reason: String(error?.message ?? error)
        .split('\n', 1)[0]
        .slice(0, 80),
    }
  } finally {
    setTime(undefined)
  }
}
