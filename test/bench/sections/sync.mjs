// 1. Signing and verifying, at once; the libraries that only promise are awaited, and marked with a star.
import { createVerifier, verifySync } from 'tittle'
import { algorithms, claims, materialOf, pairs } from '../material.mjs'
import { measure } from '../measure.mjs'
import { peers, tittleKeys } from '../peers.mjs'
import { micros, ratio } from '../report.mjs'
import { setUp } from '../setup.mjs'

export const title = 'Sign and verify, sync'

export async function run(scale) {
  const results = new Map()
  for (const operation of ['verify', 'sign']) {
    for (const name of algorithms) {
      results.set(`${name} ${operation}`, await measure(await subjects(name, operation), scale))
    }
  }
  const oneShot = await measure(await oneShots(), scale)
  return {
    notes: [
      'Multiples of the bare work, which checks nothing; less is faster. A star: this library only promises, and is awaited.',
    ],
    tables: [table(results), oneShotTable(oneShot)],
    figures: { ...figures(results), 'HS256 one-shot / prepared': oneShot.ratio('one-shot', 'prepared').median },
    plot: plot(results),
  }
}

async function subjects(name, operation) {
  const { token } = await materialOf(name)
  const argument = operation === 'verify' ? token : claims
  const libraries = Object.entries(await setUp(name))
  return Object.fromEntries(
    libraries.map(([library, { sync, async }]) => {
      const work = (sync ?? async)[operation]
      return [library, () => work(argument)]
    }),
  )
}

async function oneShots() {
  const material = await materialOf('HS256')
  const { token, alg, issuer, audience } = material
  const { verifying } = tittleKeys(material)
  const policy = { algorithms: [alg], issuer, audience }
  const verifier = createVerifier(verifying, policy)
  return { prepared: () => verifier.verifySync(token), 'one-shot': () => verifySync(token, verifying, policy) }
}

function table(results) {
  const [, ...others] = Object.keys(peers)
  const stars = { jose: 'jose *', 'hono/jwt': 'hono/jwt *' }
  const head = ['operation', 'bare', ...others.map((library) => stars[library] ?? library)]
  const rows = [...results].map(([operation, result]) => [
    operation,
    micros(result.median('bare')),
    ...others.map((library) => (result.has(library) ? ratio(result.ratio(library, 'bare')) : '-')),
  ])
  return [head, ...rows]
}

const oneShotTable = (result) => [
  ['HS256 verifySync', 'multiple of the prepared verifier'],
  ['createVerifier(…).verifySync(token)', micros(result.median('prepared'))],
  ['verifySync(token, key, policy)', ratio(result.ratio('one-shot', 'prepared'))],
]

function figures(results) {
  const found = {}
  for (const [operation, result] of results) {
    for (const library of result.names) {
      if (library === 'tittle') found[`${operation} / bare`] = result.ratio('tittle', 'bare').median
      else found[`${operation}, ${library} / tittle`] = result.ratio(library, 'tittle').median
    }
  }
  return found
}

/** The bars of the plot: operations a second, those of the bare work being 1. */
function plot(results) {
  return [...results].map(([operation, result]) => ({
    operation,
    bars: Object.keys(peers)
      .slice(1)
      .map((library) => ({
        library,
        speed: result.has(library) ? 1 / result.ratio(library, 'bare').median : undefined,
      })),
  }))
}

/** The names of the figures that compare asymmetric work to the bare, and to each peer. */
export const pairFigures = {
  bare: pairs.flatMap((name) => [`${name} verify / bare`, `${name} sign / bare`]),
  peers: pairs.flatMap((name) =>
    ['verify', 'sign'].flatMap((operation) =>
      Object.keys(peers)
        .slice(2)
        .map((library) => `${name} ${operation}, ${library} / tittle`),
    ),
  ),
}
