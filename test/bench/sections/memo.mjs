// 3. The same tokens seen again: the memo against fast-jwt's cache. Each call has a string of its own, as a server has.
import { createVerifier as createFastVerifier } from 'fast-jwt'
import { createVerifier } from 'tittle'
import { claims, materialOf, pairs } from '../material.mjs'
import { measure } from '../measure.mjs'
import { tittleKeys } from '../peers.mjs'
import { micros, ratio } from '../report.mjs'

export const title = 'The same token seen again'

const TOKENS = 100

export async function run(scale) {
  const results = new Map()
  for (const name of pairs) results.set(name, await measure(await subjects(await materialOf(name)), scale))
  const names = [...results.values()][0].names
  const rows = [...results].map(([name, result]) => [
    `${name} verify`,
    ...names.map((subject) =>
      subject === names[0] ? micros(result.median(subject)) : ratio(result.ratio(subject, names[0])),
    ),
  ])
  return {
    notes: [
      `${TOKENS} tokens in turn, after each has been seen. Multiples of the first column. The memo checks the claims anew on`,
      'each hit; the caches of fast-jwt answer with the payload as it was found at first. By default its key is a hash of',
      'the token; its documentation offers the token itself to those who do not mind the leak it warns of.',
    ],
    tables: [[['', ...names], ...rows]],
    figures: {
      'memo hit, fast-jwt / tittle': results.get('ES256').ratio('fast-jwt, cache', 'tittle, memo').median,
    },
  }
}

async function subjects(material) {
  const { alg, issuer, audience, publicPem } = material
  const { verifying } = tittleKeys(material)
  const policy = { algorithms: [alg], issuer, audience }
  const fast = { key: publicPem, algorithms: [alg], allowedIss: issuer, allowedAud: audience }
  const tokens = Array.from({ length: TOKENS }, (_, i) => material.sign({ ...claims, jti: `id-${i}` }))
  return {
    'tittle, memo': fresh(tokens, createVerifier(verifying, { ...policy, memo: { max: 1000 } }).verifySync),
    'fast-jwt, cache': fresh(tokens, createFastVerifier({ ...fast, cache: 1000 })),
    'fast-jwt, cache by token': fresh(
      tokens,
      createFastVerifier({ ...fast, cache: 1000, cacheKeyBuilder: (token) => token }),
    ),
    'tittle, no memo': fresh(tokens, createVerifier(verifying, policy).verifySync),
    'fast-jwt, no cache': fresh(tokens, createFastVerifier(fast)),
  }
}

// No Map has hashed these strings before.
function fresh(tokens, verify) {
  let copies = []
  return {
    prepare(calls) {
      copies = Array.from({ length: calls }, (_, i) => Buffer.from(tokens[i % TOKENS]).toString('latin1'))
    },
    run: (i) => verify(copies[i]),
  }
}
