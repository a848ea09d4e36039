// 5. How cost grows: by the size of the token, by the shape of its payload, and by the number of keys.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createSigner, createVerifier, importPrivateKey } from 'tittle'
import { createKeySet } from 'tittle/jwks'
import { claims, materialOf } from '../material.mjs'
import { measure } from '../measure.mjs'
import { micros, number, ratio } from '../report.mjs'
import { setUp } from '../setup.mjs'

export const title = 'How cost grows'

export async function run(scale) {
  const sizes = await bySize(scale)
  const shapes = await byShape(scale)
  const keySets = await byKeys(scale)
  return {
    notes: ['HS256 verifySync by size and shape, ES256 by keys; MB are millions of characters of tokens.'],
    tables: [sizes.table, shapes.table, keySets.table],
    figures: { ...sizes.figures, ...keySets.figures },
  }
}

const SIZES = [200, 500, 1_000, 2_000, 4_000, 8_000, 16_000]

async function bySize(scale) {
  const material = await materialOf('HS256')
  const tokens = SIZES.map((size) => ofSize(material, size, ...SHAPES['array of strings']))
  const result = await measure(await subjectsOf(tokens), scale)
  const speed = (token, i) => token.length / result.median(`tittle ${i}`) / 1000
  const rows = tokens.map((token, i) => [
    `${token.length}`,
    micros(result.median(`tittle ${i}`)),
    ratio(result.ratio(`tittle ${i}`, `bare ${i}`)),
    `${number(speed(token, i))} MB/s`,
  ])
  const [middling, last] = [SIZES.indexOf(4_000), SIZES.length - 1]
  const growth = result.ratio(`tittle ${last}`, `tittle ${middling}`).median
  return {
    table: [['characters of token', 'tittle', 'multiple of bare', 'throughput'], ...rows],
    figures: {
      'cost by character, 16 KB / 4 KB': growth / (tokens[last].length / tokens[middling].length),
      '16 KB, MB/s': speed(tokens[last], last),
    },
  }
}

const SHAPES = {
  'array of strings': [(items) => ({ roles: items }), (i) => `orders:read:${i}`],
  'one string': [(items) => ({ text: items.join('') }), () => 'x'.repeat(16)],
  members: [(items) => Object.fromEntries(items.map((item) => [item, true])), (i) => `member-${i}`],
  numbers: [(items) => ({ ids: items }), (i) => 1_000_000 + i],
  'objects in an array': [(items) => ({ grants: items }), (i) => ({ id: i, name: 'orders', may: ['read', 'write'] })],
  'nested 30 deep': [(items) => nest({ roles: items }, 28), String],
  escapes: [(items) => ({ lines: items }), (i) => `"line"\t\\${i}\n`],
  'not ASCII': [(items) => ({ names: items }), (i) => `Zoë Müller №${i}`],
}

const nest = (value, depth) => (depth === 0 ? value : { deeper: nest(value, depth - 1) })

async function byShape(scale) {
  const material = await materialOf('HS256')
  const tokens = Object.values(SHAPES).map(([wrap, item]) => ofSize(material, 4_000, wrap, item))
  const result = await measure(await subjectsOf(tokens), scale)
  const rows = Object.keys(SHAPES).map((shape, i) => [
    shape,
    micros(result.median(`tittle ${i}`)),
    ratio(result.ratio(`tittle ${i}`, `bare ${i}`)),
    ratio(result.ratio(`tittle ${i}`, 'tittle 0')),
  ])
  return { table: [['payload, token of 4 KB', 'tittle', 'multiple of bare', 'of the first'], ...rows] }
}

async function subjectsOf(tokens) {
  const { bare, tittle } = await setUp('HS256')
  const pairs = tokens.flatMap((token, i) => [
    [`bare ${i}`, () => bare.sync.verify(token)],
    [`tittle ${i}`, () => tittle.sync.verify(token)],
  ])
  return Object.fromEntries(pairs)
}

/** The longest token of at most so many characters, with as many items as fit; the smallest has few claims. */
function ofSize({ sign, issuer, audience }, size, wrap, item) {
  const base = size < 300 ? { iss: issuer, aud: audience, exp: claims.exp } : claims
  const token = (count) => sign({ ...base, ...wrap(Array.from({ length: count }, (_, i) => item(i))) })
  let [low, high] = [0, size]
  while (low < high) {
    const count = Math.ceil((low + high) / 2)
    if (token(count).length <= size) low = count
    else high = count - 1
  }
  return token(low)
}

const KEYS = [1, 10, 100, 1_000, 10_000]
// So many tokens in turn that no look-up profits from the one before.
const KIDS = 10

async function byKeys(scale) {
  const sets = keySets()
  const lookUps = Object.fromEntries(sets.map(({ size, lookUp }) => [size, lookUp]))
  const verifications = Object.fromEntries(sets.map(({ size, verify }) => [size, verify]))
  const found = {
    'candidates(header)': await measure(lookUps, scale),
    'ES256 verifySync': await measure(verifications, scale),
  }
  const rows = Object.entries(found).map(([operation, result]) => [
    operation,
    micros(result.median('10')),
    ...KEYS.map((size) => ratio(result.ratio(`${size}`, '10'))),
  ])
  return {
    table: [['multiple of 10 keys', 'of 10', ...KEYS.map((size) => `${size} ${size === 1 ? 'key' : 'keys'}`)], ...rows],
    figures: Object.fromEntries(
      Object.entries(found).map(([operation, result]) => [
        `${operation}, 10,000 keys / 10`,
        result.ratio('10000', '10').median,
      ]),
    ),
  }
}

/** Kids all over each set. */
function keySets() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  return KEYS.map((size) => {
    const keySet = createKeySet({ keys: Array.from({ length: size }, (_, i) => ({ ...jwk, kid: `key-${i}` })) })
    const kids = Array.from({ length: KIDS }, (_, i) => `key-${Math.floor((i * size) / KIDS)}`)
    const headers = kids.map((kid) => ({ alg: 'ES256', typ: 'JWT', kid }))
    const tokens = kids.map((kid) =>
      createSigner(importPrivateKey(privateKey, 'ES256', { kid }), { expiresIn: '1d' }).signSync({}),
    )
    const { verifySync } = createVerifier(keySet, { algorithms: ['ES256'], issuer: null, audience: null })
    return {
      size,
      lookUp: (i) => keySet.candidates(headers[i % KIDS]),
      verify: (i) => verifySync(tokens[i % KIDS]),
    }
  })
}
