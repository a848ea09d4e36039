// What a key set costs by its size, as multiples of the set of ten keys. `npm run build` first.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createSigner, createVerifier, importPrivateKey } from 'tittle'
import { createKeySet } from 'tittle/jwks'

const SIZES = [10, 100, 1_000, 10_000]
const ROUNDS = 41
const GOAL = 1.5

const now = 1_800_000_000
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
const policy = { algorithms: ['ES256'], issuer: null, audience: null, now: () => now }

/** Kids all over the set, so that no look-up profits from the one before. */
const sets = SIZES.map((size) => {
  const kids = Array.from({ length: 10 }, (_, i) => `key-${Math.floor((i * size) / 10)}`)
  const keySet = createKeySet({ keys: Array.from({ length: size }, (_, i) => ({ ...jwk, kid: `key-${i}` })) })
  const tokens = kids.map((kid) =>
    createSigner(importPrivateKey(privateKey, 'ES256', { kid }), { expiresIn: '1h', now: policy.now }).signSync({}),
  )
  return { size, keySet, headers: kids.map((kid) => ({ alg: 'ES256', typ: 'JWT', kid })), tokens }
})

const operations = [
  { name: 'candidates(header)', times: 2_000, prepare: lookUp },
  { name: 'verifySync', times: 5, prepare: verification },
]

console.log(`Node ${process.version}, ${process.platform} ${process.arch}; medians of ${ROUNDS} interleaved rounds\n`)
console.log(`operation           ${SIZES.map((size) => `${size} keys`.padEnd(13)).join('')}goal`)
for (const { name, times, prepare } of operations) {
  const ratios = compare(sets.map(prepare), times)
  const cells = ratios.map((ratio) => ratio.toFixed(2).padEnd(13)).join('')
  const isMet = ratios.at(-1) <= GOAL
  if (!isMet) process.exitCode = 1
  console.log(`${name.padEnd(20)}${cells}≤ ${GOAL} ${isMet ? 'met' : 'MISSED'}`)
}

function lookUp({ keySet, headers }) {
  return (i) => {
    if (keySet.candidates(headers[i % headers.length]).length !== 1) throw new Error('a key is missing')
  }
}

function verification({ keySet, tokens }) {
  const { verifySync } = createVerifier(keySet, policy)
  return (i) => verifySync(tokens[i % tokens.length])
}

/** What each subject takes, as a multiple of the first. */
function compare(subjects, times) {
  const taken = subjects.map(() => [])
  for (let round = -5; round < ROUNDS; round++) {
    // The first rounds warm up, and every other one goes backwards, so that no subject is always after the same one.
    const order = subjects.map((_, i) => (round % 2 ? subjects.length - 1 - i : i))
    for (const i of order) {
      const duration = time(subjects[i], times)
      if (round >= 0) taken[i].push(duration)
    }
  }
  const [first] = taken
  return taken.map((durations) => median(durations.map((duration, round) => duration / first[round])))
}

function time(run, times) {
  const start = performance.now()
  for (let i = 0; i < times * 10; i++) run(i)
  return performance.now() - start
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
}
