import fc from 'fast-check'
import { sign, verify } from 'tittle'
import { decode } from 'tittle/decode'
import { signJws, verifyJws } from 'tittle/jws'
import { describe, expect, test } from 'vitest'
import { mayMisread } from '../fuzz/engine.ts'
import { NOW } from '../setup/tokens.ts'
import { rows } from './algorithms.ts'

const REGISTERED = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']
const PARAMETERS = ['alg', 'kid', 'typ', 'cty', 'crit', 'b64', 'enc']

const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'toString', 'then', '', '0', 'q"\\'))
const members = (reserved: readonly string[]) =>
  fc.dictionary(
    name.filter((text) => !reserved.includes(text)),
    fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }),
    { maxKeys: 6 },
  )

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe.each(rows)('$alg', ({ alg, signer, verifier, runs }) => {
  const now = (): number => NOW
  const policy = { algorithms: [alg], issuer: null, audience: null, now }

  test('gives back any claims and any header parameters', async () => {
    const property = fc.asyncProperty(members(REGISTERED), members(PARAMETERS), async (given, header) => {
      fc.pre(!mayMisread(JSON.stringify([given, header])))
      const token = await sign({ ...given, sub: 'alice' }, signer, { header, expiresIn: '1m', now })
      const verified = await verify(token, verifier, policy)
      const claims = { ...given, sub: 'alice', iat: NOW, exp: NOW + 60 }
      expect(asJson(verified.claims)).toEqual(asJson(claims))
      expect(asJson(verified.header)).toEqual(asJson({ alg, typ: 'JWT', ...header }))
      expect(decode(token).unverified).toEqual({ header: verified.header, claims: verified.claims })
      expect(verified.key).toBe(verifier)
    })
    await fc.assert(property, { numRuns: runs })
  })

  test('gives back any octets', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (payload, detached) => {
      const token = await signJws(payload, signer, { detached })
      const verified = await verifyJws(token, verifier, { algorithms: [alg], ...(detached && { payload }) })
      expect(verified.payload).toEqual(payload)
    })
    await fc.assert(property, { numRuns: runs / 2 })
  })
})
