import * as nodeCrypto from 'node:crypto'
import fc from 'fast-check'
import { createVerifier, importPrivateKey, importSecret, isJwtError, sign } from 'tittle'
import { beforeAll, describe, expect, test } from 'vitest'
import { algorithmRow } from '../../src/algorithms.ts'
import { nodeProvider } from '../../src/crypto/node.ts'
import type { CryptoProvider, KeySource } from '../../src/crypto/provider.ts'
import { webProvider } from '../../src/crypto/web.ts'
import { Key, type SigningKey, type VerificationKey } from '../../src/key.ts'
import { asymmetric, hmac, pairs, secret } from '../setup/keys.ts'
import { character, NOW } from '../setup/tokens.ts'

type Alg = (typeof hmac)[number] | (typeof asymmetric)[number]

const isHmac = (alg: Alg): alg is (typeof hmac)[number] => hmac.some((one) => one === alg)
const now = (): number => NOW

/** A key of a platform, whatever that of this run is. */
function keyOn(provider: CryptoProvider, alg: Alg): VerificationKey {
  const source: KeySource = isHmac(alg)
    ? { format: 'raw', bytes: secret }
    : { format: 'jwk', jwk: { ...pairs[alg].publicJwk } as Record<string, string> }
  const role = isHmac(alg) ? 'secret' : 'public'
  return new Key(alg, undefined, role, {
    handle: provider.importKey(source, algorithmRow('alg', alg), role),
    usages: ['verify'],
  })
}

/** What a function says of a token: all of it, or why not. */
async function told(run: () => unknown): Promise<unknown> {
  try {
    const { header, claims } = (await run()) as { header: unknown; claims: unknown }
    return { header, claims }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return [error.code, error.claim, error.message]
  }
}

describe.each([...hmac, ...asymmetric])('%s', (alg) => {
  const policy = { algorithms: [alg], issuer: null, audience: null, now }
  const onNode = createVerifier(keyOn(nodeProvider(nodeCrypto), alg), policy)
  const onWeb = createVerifier(keyOn(webProvider, alg), policy)
  let token: string

  beforeAll(async () => {
    const signer: SigningKey = isHmac(alg) ? importSecret(secret, alg) : importPrivateKey(pairs[alg].privateJwk, alg)
    token = await sign({ sub: 'alice' }, signer, { expiresIn: '1m', now })
  })

  const splice = fc.record({ place: fc.double({ min: 0, max: 1, noNaN: true }), removed: fc.nat(3), put: character })

  test('every function says the same of any text that was a token, on both platforms', async () => {
    const property = fc.asyncProperty(fc.array(splice, { maxLength: 3 }), async (splices) => {
      const changed = splices.reduce((text, { place, removed, put }) => {
        const at = Math.floor(place * text.length)
        return text.slice(0, at) + put + text.slice(at + removed)
      }, token)
      const said = await told(() => onNode.verify(changed))
      expect(said instanceof Array).toBe(changed !== token)
      expect(await told(() => onNode.verifySync(changed))).toEqual(said)
      expect(await told(() => onWeb.verify(changed))).toEqual(said)
      for (const { check } of [onNode, onWeb]) {
        const result = await check(changed)
        const again = result.ok ? { header: result.header, claims: result.claims } : undefined
        expect(again ?? (await told(() => Promise.reject(result.ok || result.error)))).toEqual(said)
      }
    })
    await fc.assert(property, { numRuns: 40 })
  })
})
