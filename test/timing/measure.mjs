// How long verifySync takes to refuse a MAC, by the place of its first wrong character.
import { createHmac, randomBytes } from 'node:crypto'
import { fill } from './random.mjs'

const ISSUER = 'https://issuer.example'
const NOW = 1_800_000_000
const TOKENS = 64
const WARM_UP = 20_000

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const encode = (object) => Buffer.from(JSON.stringify(object)).toString('base64url')

/** The octets of a token, the first and the last place of its signature, and what each class has at both. */
function issue(secret, jti) {
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: ISSUER, iat: NOW, exp: NOW + 900, jti })}`
  const text = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  const [first, last] = [input.length + 1, text.length - 1]
  const right = [first, last].map((place) => text.charCodeAt(place))
  // Four up, the last character still has no bits to spare, so that the token is as canonical as it was.
  const wrong = [first, last].map((place) => ALPHABET.charCodeAt((ALPHABET.indexOf(text[place]) + 4) % 64))
  const atFirst = Uint8Array.of(wrong[0], right[0])
  const atLast = Uint8Array.of(right[1], wrong[1])
  return { octets: Buffer.from(text), text, first, last, atFirst, atLast }
}

/** A verifier by the library, and tokens that it accepts but for one character. */
function setUp({ createVerifier, importSecret, isJwtError }) {
  const secret = randomBytes(32)
  const key = importSecret(secret, 'HS256')
  const policy = { algorithms: ['HS256'], issuer: ISSUER, audience: null, now: () => NOW }
  const { verifySync } = createVerifier(key, policy)
  const tokens = Array.from({ length: TOKENS }, (_, index) => issue(secret, `token ${100 + index}`))
  for (const token of tokens) {
    verifySync(token.text)
    for (const place of [0, 1]) assertRefused(() => verifySync(spell(token, place)), isJwtError)
  }
  return { verifySync, tokens }
}

function assertRefused(run, isJwtError) {
  try {
    run()
  } catch (error) {
    if (isJwtError(error) && error.code === 'ERR_SIGNATURE') return
    throw error
  }
  throw new Error('a wrong signature was accepted')
}

// Both classes come the same way: a fresh string, of the same length, from the same octets, of which the same two are
// written. No branch and no address depends on the class, and nothing lives on from one sample to the next.
function spell({ octets, first, last, atFirst, atLast }, place) {
  octets[first] = atFirst[place]
  octets[last] = atLast[place]
  return octets.latin1Slice(0, octets.length)
}

/** Nanoseconds of so many samples for each class, in pairs of random order. */
export function measure(library, samples, random) {
  const { verifySync, tokens } = setUp(library)
  const classes = [new Float64Array(samples), new Float64Array(samples)]
  const orders = fill(samples + WARM_UP, random)
  // A stack costs more than all the rest of a refusal, and is no part of what is asked.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  for (let pair = -WARM_UP; pair < samples; pair++) {
    const order = orders[pair + WARM_UP]
    const token = tokens[order % TOKENS]
    const leader = order >>> 31
    for (let turn = 0; turn < 2; turn++) {
      const place = leader ^ turn
      const text = spell(token, place)
      const nanoseconds = time(verifySync, text)
      if (pair >= 0) classes[place][pair] = nanoseconds
    }
  }
  Error.stackTraceLimit = stackTraceLimit
  return classes
}

function time(verifySync, text) {
  const start = performance.now()
  try {
    verifySync(text)
  } catch {}
  return (performance.now() - start) * 1e6
}
