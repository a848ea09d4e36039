import * as nodeCrypto from 'node:crypto'
import fc from 'fast-check'
import { createVerifier, isJwtError, sign } from 'tittle'
import { beforeAll, describe, expect, test } from 'vitest'
import { algorithmRow } from '../../src/algorithms.ts'
import { nodeProvider } from '../../src/crypto/node.ts'
import type { CryptoProvider, KeySource } from '../../src/crypto/provider.ts'
import { webProvider } from '../../src/crypto/web.ts'
import { Key, type VerificationKey } from '../../src/key.ts'
import { secret } from '../setup/keys.ts'
import { character, NOW } from '../setup/tokens.ts'
import { rows, type Row } from './algorithms.ts'

const now = (): number => NOW

/** A key of a platform, whatever that of this run is. */
function keyOn(provider: CryptoProvider, { alg, publicJwk }: Row): VerificationKey {
  const source: KeySource = publicJwk
    ? { format: 'jwk', jwk: { ...publicJwk } as Record<string, string> }
    : { format: 'raw', bytes: secret }
  const role = publicJwk ? 'public' : 'secret'
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

describe.each(rows)('$alg', (row) => {
  const policy = { algorithms: [row.alg], issuer: null, audience: null, now }
  const onNode = createVerifier(keyOn(nodeProvider(nodeCrypto), row), policy)
  const onWeb = createVerifier(keyOn(webProvider, row), policy)
  let token: string

  beforeAll(async () => {
    token = await sign({ sub: 'alice' }, row.signer, { expiresIn: '1m', now })
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
