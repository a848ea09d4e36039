// 4. What a bad token costs: in no case may it cost more than a good one.
import { createVerifier } from 'tittle'
import { claims, materialOf } from '../material.mjs'
import { measure, middle, wall } from '../measure.mjs'
import { tittleKeys } from '../peers.mjs'
import { micros, ratio } from '../report.mjs'
import { setUp } from '../setup.mjs'

export const title = 'Refusals'

export async function run(scale) {
  const material = await materialOf('HS256')
  const { alg, issuer, audience } = material
  const verifier = createVerifier(tittleKeys(material).verifying, { algorithms: [alg], issuer, audience })
  const libraries = await setUp('HS256')
  const subjects = {}
  for (const [kind, token] of tokens(material)) {
    subjects[`${kind}, check`] = () => verifier.check(token)
    subjects[`${kind}, verify`] = () => settle(verifier.verify(token))
    subjects[`${kind}, verifySync`] = () => attempt(verifier.verifySync, token)
    for (const library of PEERS) subjects[`${kind}, ${library}`] = () => attempt(libraries[library].sync.verify, token)
  }
  const result = await measure(subjects, scale)
  const long = await garbage(verifier)
  return {
    notes: ["HS256. Multiples of the first cell, the acceptance of a good token by tittle's check."],
    tables: [table(material, result), long.table],
    figures: { ...figures(material, result), '5 MB of garbage, µs': long.slowest },
  }
}

// Nothing of it leaves the thread, so that the processor's time tells more than the clock.
const FIGURE = 'processor'

const PEERS = ['fast-jwt', 'jsonwebtoken']
const WAYS = ['check', 'verify', 'verifySync', ...PEERS]

function tokens({ token, sign }) {
  const [header, payload, signature] = token.split('.')
  const other = (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
  return [
    ['accepted', token],
    ['expired', sign({ ...claims, exp: claims.iat })],
    ['wrong audience', sign({ ...claims, aud: 'https://other.example' })],
    ['tampered signature', `${header}.${payload}.${other(signature)}`],
    ['tampered payload', `${header}.${sign({ ...claims, sub: 'admin' }).split('.')[1]}.${signature}`],
    ['garbage', 'no token at all, but for its length '.repeat(8)],
  ]
}

function attempt(verify, token) {
  try {
    return verify(token)
  } catch (error) {
    return error
  }
}

async function settle(promise) {
  try {
    return await promise
  } catch (error) {
    return error
  }
}

function table(material, result) {
  const kinds = tokens(material).map(([kind]) => kind)
  const base = 'accepted, check'
  const cell = (name) => (name === base ? micros(result.median(name, FIGURE)) : ratio(result.ratio(name, base)))
  return [['', ...WAYS], ...kinds.map((kind) => [kind, ...WAYS.map((way) => cell(`${kind}, ${way}`))])]
}

function figures(material, result) {
  const [, ...refused] = tokens(material)
  return Object.fromEntries(
    refused.map(([kind]) => [
      `${kind}, check / acceptance`,
      result.ratio(`${kind}, check`, 'accepted, check', FIGURE).median,
    ]),
  )
}

const LENGTH = 5_000_000

async function garbage({ check }) {
  const kinds = {
    'one letter': 'x'.repeat(LENGTH),
    dots: '.'.repeat(LENGTH),
    'three segments': ['a', 'b', 'c'].map((letter) => letter.repeat(LENGTH / 3)).join('.'),
    'not ASCII': '\u{1F511}'.repeat(LENGTH / 2),
  }
  const rows = []
  for (const [kind, text] of Object.entries(kinds)) rows.push([kind, await medianOf(() => check(text))])
  return {
    table: [['5 MB of garbage', 'check'], ...rows.map(([kind, time]) => [kind, micros(time)])],
    slowest: Math.max(...rows.map(([, time]) => time)) * 1000,
  }
}

async function medianOf(run) {
  const times = []
  for (let i = 0; i < 201; i++) {
    const start = wall()
    await run()
    times.push(wall() - start)
  }
  return middle(times)
}
