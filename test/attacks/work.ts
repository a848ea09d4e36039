// Work that the sender of a token orders, and the receiver must not do.
import assert from 'node:assert/strict'
import { createVerifier } from 'tittle'
import { verifyJws } from 'tittle/jws'
import { accepted, each, expecting, type AttackClass } from './attack.ts'
import { base64url, CLAIMS, hs, issue, open, parties, policyFor, publicJwk, material, type Party } from './forge.ts'

const COUNTS = [1, 1000, 2 ** 31 - 1, 2 ** 53 - 1, 1e300]
const PASSWORD_ALGORITHMS = ['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW']
const AGREEMENTS = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-1PU', 'RSA1_5', 'RSA-OAEP-256', 'A256GCMKW']

const POINTS = [
  publicJwk(material.p256OfAttacker),
  { kty: 'EC', crv: 'P-256', x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) },
  { kty: 'EC', crv: 'P-256', x: base64url(Buffer.alloc(32, 255)), y: base64url(Buffer.alloc(32, 1)) },
  { kty: 'EC', crv: 'P-521', x: '', y: '' },
  { kty: 'OKP', crv: 'X25519', x: base64url(Buffer.alloc(32)) },
]

/** Refuses a token in less than 5 ms: the fastest of several tries, as a busy machine only adds to them. */
async function quick(token: string, party: Party): Promise<void> {
  const { check } = createVerifier(party.key, policyFor(party) as never)
  let fastest = Infinity
  for (let turn = 0; turn < 5; turn++) {
    const start = performance.now()
    await check(token)
    fastest = Math.min(fastest, performance.now() - start)
  }
  assert.ok(fastest < 5)
}

/** A signed token with its payload left out, whose content comes another way (RFC 7797). */
function detached(party: Party, content: string, segment = ''): string {
  const header = base64url({ alg: party.alg, b64: false, crit: ['b64'] })
  return `${header}.${segment}.${base64url(party.sign(`${header}.${content}`))}`
}

export const work: readonly AttackClass[] = [
  {
    name: 'no key is derived in as many rounds as a header orders (CVE-2022-36083, CVE-2023-31582, CVE-2023-52428, WS-2023-0431)',
    attempts: () =>
      parties.flatMap((party) => {
        const token = (alg: string, p2c: number) => issue(party, {}, { alg, p2c, p2s: base64url('salt') })
        return [
          ...each(
            `a token for ${party.alg} that says p2c, which is nothing to a signature:`,
            COUNTS,
            'accepted',
            (p2c) => open(token(party.alg, p2c), party),
          ),
          ...PASSWORD_ALGORITHMS.flatMap((alg) => [
            ...each(`${alg} with the count`, COUNTS, 'ERR_ALGORITHM', (p2c) => open(token(alg, p2c), party)),
            ...accepted({ [`${alg} is refused in less than 5 ms`]: () => quick(token(alg, 2 ** 31 - 1), party) }),
          ]),
        ]
      }),
  },
  {
    name: 'nothing is computed with a point of the header (CVE-2023-25653, CVE-2024-42459)',
    attempts: () =>
      parties.flatMap((party) => [
        ...each(`a token for ${party.alg} with the epk`, POINTS, 'accepted', (epk) =>
          open(issue(party, {}, { epk, apu: 'AA', apv: 'AA' }), party),
        ),
        ...AGREEMENTS.flatMap((alg) =>
          each(`${alg} with the epk`, POINTS, 'ERR_ALGORITHM', (epk) => open(issue(party, {}, { alg, epk }), party)),
        ),
      ]),
  },
  {
    name: 'a detached payload is read once, after its header, and no other in its place (CVE-2026-48525)',
    attempts: () =>
      parties.flatMap((party) => {
        const content = 'x'.repeat(100_000)
        const read = (token: string, payload: string | undefined = content, crit?: string[]) =>
          verifyJws(token, party.key, {
            algorithms: [party.alg],
            payload,
            ...(crit && { crit }),
            maxTokenLength: 200_000,
          })
        const asked = ['b64']
        return [
          ...accepted({
            'a detached payload': () => read(detached(party, content), content, asked),
          }),
          ...expecting('ERR_SIGNATURE', {
            'another payload': () => read(detached(party, content), `${content}y`, asked),
            'a shorter payload': () => read(detached(party, content), content.slice(1), asked),
            'no payload at all': () =>
              verifyJws(detached(party, content), party.key, { algorithms: [party.alg], crit: asked }),
          }),
          ...expecting('ERR_TOKEN_MALFORMED', {
            'a payload in the token, and one beside it': () => read(detached(party, content, content), content, asked),
          }),
          ...expecting('ERR_HEADER_CRITICAL', {
            'an unencoded payload that nobody asked for': () => read(detached(party, content)),
          }),
        ]
      }),
  },
  {
    name: 'a forgery costs no more than its signature, whatever its claims hold (CVE-2025-61920, hono)',
    attempts: () => {
      const filler = 'x'.repeat(8000)
      const forged = issue({ ...hs, sign: hs.attacker }, { filler })
      return [
        ...accepted({
          'a long token': () => open(issue(hs, { filler }), hs),
          'a forged one is refused in less than 5 ms': () => quick(forged, hs),
        }),
        ...expecting('ERR_SIGNATURE', {
          'a forged one': () => open(forged, hs),
          'one whose claims are wrong as well': () =>
            open(issue({ ...hs, sign: hs.attacker }, { ...CLAIMS, exp: 1, aud: 5, filler }), hs),
        }),
      ]
    },
  },
]
