// Refusals under the default policy: each in less than a millisecond, none remembered, no payload read.
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { load } from '../fuzz/build.mjs'
import { codeOf, inKiB, inMs, measure, readsOfPayload } from './measure.mjs'
import {
  encode,
  filler,
  flat,
  header,
  headerWith,
  longest,
  MB,
  nested,
  NOW,
  payload,
  SECRET,
  token,
  valid,
} from './tokens.mjs'

const tittle = await load('test/resources/library.ts')
const { createKeySet, createRemoteKeySet, createVerifier, decode, importPublicKey, importSecret } = tittle

// Ten thousand that were kept would be a hundred times as much, and a collector leaves some tens of KiB behind.
const MOST_GROWTH = 256 * 1024
const MOST_TIME = 1
// On a machine where all is slow, so much more than an acceptance.
const MOST_RATIO = 50

// Not by generateKeyPairSync: Node 20 exports a JWK under a lock that the collector of what made the key waits for.
const generate = promisify(generateKeyPair)
const jwks = []
for (let i = 0; i < 1000; i++) {
  const { publicKey } = await generate('ec', { namedCurve: 'P-256' })
  jwks.push({ ...publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: `known-${i}` })
}
let fetches = 0
const fetch = async () => {
  fetches++
  return new Response(JSON.stringify({ keys: jwks.slice(0, 100) }), { headers: { 'content-type': 'application/json' } })
}
const remote = createRemoteKeySet('https://issuer.example/jwks.json', { fetch, now: () => NOW })

const secret = importSecret(SECRET, 'HS256')
const hs256 = { algorithms: ['HS256'], issuer: null, audience: null, now: () => NOW }
const es256 = { ...hs256, algorithms: ['ES256'] }
const plain = createVerifier(secret, hs256)
const byKid = new Map([['known', secret]])
const publicKey = importPublicKey(jwks[0])

const kid = (i, alg) => token(headerWith(`"kid":"unknown-${i}"`, i, alg))
const LONG = 'ERR_TOKEN_TOO_LONG'
const rows = [
  { name: '5 MB tokens', count: 200, code: LONG, of: (i) => token(header, filler(5 * MB, i)) },
  { name: 'a million dots', count: 300, code: LONG, of: (i) => flat('.'.repeat(MB) + i) },
  { name: 'a header nested a million deep', count: 100, code: LONG, of: (i) => token(headerWith(nested(MB), i)) },
  {
    name: 'a payload nested a million deep',
    count: 100,
    code: LONG,
    of: (i) => token(header, encode(`{${nested(MB)},"i":${i}}`)),
  },
  { name: 'headers of 1 MB', count: 300, code: LONG, of: (i) => token(headerWith(`"x":"${'x'.repeat(MB)}"`, i)) },
  { name: '16,384 dots', count: 10_000, code: 'ERR_TOKEN_MALFORMED', of: (i) => flat(`${i}`.padEnd(16_384, '.')) },
  {
    name: 'the longest payload',
    count: 10_000,
    code: 'ERR_SIGNATURE',
    of: (i) => token(header, payload + filler(16_000, i)),
  },
  {
    name: 'the longest header',
    count: 5000,
    code: 'ERR_SIGNATURE',
    of: (i) => longest((size) => `"x":"${'x'.repeat(size)}"`, i),
  },
  {
    name: 'the deepest header',
    count: 5000,
    code: 'ERR_TOKEN_MALFORMED',
    of: (i) => longest((size) => nested(size / 2 - 4), i),
  },
  { name: 'the header of most members', count: 3000, code: 'ERR_SIGNATURE', of: (i) => longest(members, i) },
  {
    name: 'the header of most escapes',
    count: 3000,
    code: 'ERR_SIGNATURE',
    of: (i) => longest((size) => `"x":"${'\\"'.repeat(size / 2 - 4)}"`, i),
  },
  {
    name: '10,000 headers, bad signatures',
    count: 10_000,
    code: 'ERR_SIGNATURE',
    of: (i) => token(headerWith('"a":[1]', i)),
  },
  {
    name: '10,000 headers, bad ES256',
    count: 10_000,
    code: 'ERR_SIGNATURE',
    verifier: createVerifier(publicKey, es256),
    of: badEs256,
  },
  {
    name: '10,000 bad ES256, with a memo',
    count: 10_000,
    code: 'ERR_SIGNATURE',
    verifier: createVerifier(publicKey, { ...es256, memo: { max: 10_000 } }),
    of: badEs256,
  },
  { name: '10,000 kids, a key', count: 10_000, code: 'ERR_SIGNATURE', of: (i) => kid(i) },
  {
    name: '10,000 kids, a key set',
    count: 10_000,
    code: 'ERR_KEY_NOT_FOUND',
    verifier: createVerifier(createKeySet(jwks), es256),
    of: (i) => kid(i, 'ES256'),
  },
  {
    name: '10,000 kids, a remote key set',
    count: 10_000,
    code: 'ERR_KEY_NOT_FOUND',
    verifier: createVerifier(remote, es256),
    of: (i) => kid(i, 'ES256'),
  },
  {
    name: '10,000 kids, a key function',
    count: 10_000,
    code: 'ERR_KEY_NOT_FOUND',
    verifier: createVerifier(({ kid }) => byKid.get(kid), hs256),
    of: (i) => kid(i),
  },
  {
    name: '10,000 kids, a function that has one key',
    count: 10_000,
    code: 'ERR_SIGNATURE',
    verifier: createVerifier(async () => secret, hs256),
    of: (i) => kid(i),
  },
]

// Random enough to pass as a signature, and of the right length.
function badEs256(i) {
  return token(headerWith('"a":"b"', i, 'ES256'), payload, encode(`${i}`.padEnd(64, 'x')))
}

function members(size) {
  const names = []
  for (let left = size; left > 12; left -= 12) names.push(`"m${String(names.length).padStart(6, '0')}":0`)
  return names.join(',')
}

let passed = 0
const failures = []
function expect(holds, what) {
  if (holds) passed++
  else failures.push(what)
}

const acceptance = await measure(
  5000,
  () => valid,
  (one) => plain.verify(one),
)
const MOST = Math.max(MOST_TIME, MOST_RATIO * acceptance.median)
console.log(`Node ${process.versions.node}, 64 MiB of heap; an acceptance takes ${inMs(acceptance.median)} ms`)
console.log(
  `held to a median of less than ${inMs(MOST)} ms and ${inKiB(MOST_GROWTH)} KiB of growth, with no payload read\n`,
)
console.log('                                          tokens   median ms   99 % ms   growth KiB')
for (const { name, count, code, of, verifier = plain } of rows) {
  const codes = new Set()
  const reads = await readsOfPayload(async () => {
    for (let i = 0; i < 10; i++) codes.add(await codeOf(() => verifier.verify(of(i))))
  })
  expect(codes.size === 1 && codes.has(code), `${name}: ${[...codes].join()} instead of ${code}`)
  expect(reads === 0, `${name}: the payload was read`)
  const { median, p99, growth } = await measure(count, of, (one) => verifier.verify(one).catch(() => {}))
  expect(median < MOST, `${name}: takes too long`)
  expect(growth < MOST_GROWTH, `${name}: memory grows by ${inKiB(growth)} KiB`)
  const figures = [
    count.toLocaleString('en').padStart(7),
    inMs(median).padStart(11),
    inMs(p99).padStart(9),
    inKiB(growth).padStart(12),
  ]
  console.log(`${name.padEnd(41)}${figures.join(' ')}`)
}
expect(fetches === 1, `the remote key set fetched ${fetches} times, and not once`)

// Each must be seen by what has seen nothing above.
const kept = []
const leak = await measure(
  10_000,
  (i) => token(headerWith('"a":[1]', i)),
  async (one) => kept.push(one),
)
expect(leak.growth > MOST_GROWTH, 'control: a growth of ten thousand tokens is not seen')
expect((await readsOfPayload(() => plain.verify(valid))) > 0, 'control: the reading of an accepted payload is not seen')
expect((await readsOfPayload(() => decode(valid))) > 0, "control: decode's reading of a payload is not seen")
const late = await measure(
  3,
  (i) => token(header, encode(`{"x":"${filler(4 * MB, i)}"}`)),
  async (one) => decode(one),
)
expect(late.median > MOST, 'control: to decode a token of 5 MB takes no longer than a refusal')
console.log(
  `\ncontrols: ten thousand tokens kept, ${inKiB(leak.growth)} KiB; decode of a token of 5 MB, ${inMs(late.median)} ms`,
)

for (const failure of failures) console.log(`FAILED: ${failure}`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
