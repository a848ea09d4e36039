// 2. Signing and verifying by promises: one by one, and 32 in flight, with the time that they hold the event loop.
import { algorithms, claims, materialOf } from '../material.mjs'
import { measure } from '../measure.mjs'
import { micros, ratio } from '../report.mjs'
import { setUp } from '../setup.mjs'

export const title = 'Sign and verify, async'

const LANES = 32
const OWN_SYNC = 'tittle, sync'

export async function run(scale) {
  const single = new Map()
  const flight = new Map()
  for (const operation of ['verify', 'sign']) {
    for (const name of algorithms) {
      const subjects = await subjectsOf(name, operation)
      single.set(`${name} ${operation}`, await measure(subjects, scale))
      // A batch has to be long enough for the start and the end of it, with fewer in flight, to weigh little.
      const batches = { ...scale, rounds: Math.ceil(scale.rounds / 3), slice: scale.slice * 4, lanes: LANES }
      flight.set(`${name} ${operation}`, await measure(subjects, batches))
    }
  }
  return {
    notes: [
      `Multiples of tittle's async functions; more is slower. One by one: the time of a call. ${LANES} in flight: the time that`,
      'all of them take divided by their number, and after the slash the time of it in which the event loop was busy.',
    ],
    tables: [table('one by one', single, cellOf), table(`${LANES} in flight`, flight, cellWithLoop)],
    figures: { ...figures('one by one', single), ...figures('in flight', flight) },
  }
}

async function subjectsOf(name, operation) {
  const { token } = await materialOf(name)
  const argument = operation === 'verify' ? token : claims
  const libraries = await setUp(name)
  const subjects = { [OWN_SYNC]: () => libraries.tittle.sync[operation](argument) }
  for (const [library, { async }] of Object.entries(libraries)) {
    if (async) subjects[library] = () => async[operation](argument)
  }
  return subjects
}

function table(caption, results, cell) {
  const libraries = [...new Set([...results.values()].flatMap(({ names }) => names))]
  const rows = [...results].map(([operation, result]) => [
    operation,
    ...libraries.map((library) => (result.has(library) ? cell(result, library) : '-')),
  ])
  return [[caption, ...libraries], ...rows]
}

function cellOf(result, library) {
  return library === 'tittle' ? micros(result.median('tittle')) : ratio(result.ratio(library, 'tittle'))
}

function cellWithLoop(result, library) {
  if (library === 'tittle') return `${micros(result.median('tittle'))} / ${micros(result.median('tittle', 'loop'))}`
  return `${ratio(result.ratio(library, 'tittle'))} / ${ratio(result.ratio(library, 'tittle', 'loop'))}`
}

function figures(mode, results) {
  const found = {}
  for (const [operation, result] of results) {
    const label = `${operation} ${mode}`
    found[`${label}, tittle / own sync`] = result.ratio('tittle', OWN_SYNC).median
    found[`${label}, jose / tittle`] = result.ratio('jose', 'tittle').median
    found[`${label}, loop: tittle / jose`] = result.ratio('tittle', 'jose', 'loop').median
  }
  return found
}
