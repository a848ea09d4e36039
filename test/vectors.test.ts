import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  exportJwk,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  importSecret,
  isJwtError,
  publicKeyOf,
  thumbprint,
  verify,
} from 'tittle'
import type { Algorithm, Hash, Jwk, SigningKey } from 'tittle'
import { signJws, verifyJws } from 'tittle/jws'

interface Signature {
  readonly id: string
  readonly alg: Algorithm
  readonly key: Jwk
  readonly privateKey?: Jwk
  readonly token: string
  readonly crit?: readonly string[]
  readonly detachedPayload?: string
  readonly jws: 'valid' | 'invalid'
  readonly code?: string
  readonly payload?: string
  readonly signatureIsDeterministic?: boolean
  readonly jwt?: { readonly now: number; readonly verdict: 'valid' | 'invalid'; readonly code?: string }
}

interface Thumbprint {
  readonly id: string
  readonly jwk: Jwk
  readonly hash: Hash
  readonly thumbprint: string
}

interface VectorFile {
  readonly rfc: string
  readonly signatures?: readonly Signature[]
  readonly thumbprints?: readonly Thumbprint[]
}

const folder = resolve(import.meta.dirname, '../vectors')
const names = readdirSync(folder)
  .filter((name) => /^rfc\d+\.json$/.test(name))
  .sort()
const files = names.map((name): VectorFile => JSON.parse(readFileSync(resolve(folder, name), 'utf8')))

const octets = (base64url: string): Uint8Array => Uint8Array.from(Buffer.from(base64url, 'base64url'))
const hasMlDsa = await generateKeyPair('ML-DSA-44').then(
  () => true,
  () => false,
)

for (const { rfc, signatures = [], thumbprints = [] } of files) {
  describe(rfc, () => {
    for (const vector of signatures) {
      if (vector.key.kty !== 'AKP' || hasMlDsa) testSignature(vector)
      else test.skip(`${vector.id} (this runtime has no ${vector.alg})`)
    }
    for (const vector of thumbprints) testThumbprint(vector)
  })
}

test('no file is missing, and no id is there twice', () => {
  expect(names).toEqual([
    'rfc7515.json',
    'rfc7519.json',
    'rfc7520.json',
    'rfc7638.json',
    'rfc7797.json',
    'rfc8037.json',
    'rfc9964.json',
  ])
  const ids = files
    .flatMap(({ signatures = [], thumbprints = [] }) => [...signatures, ...thumbprints])
    .map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)])
  expect(ids).toHaveLength(58)
})

function testSignature(vector: Signature): void {
  const { id, alg, token, jwt, payload } = vector
  const key = vector.key.kty === 'oct' ? importSecret({ ...vector.key, alg }) : importPublicKey({ ...vector.key, alg })
  const options = {
    algorithms: [alg],
    ...(vector.crit && { crit: vector.crit }),
    ...(vector.detachedPayload !== undefined && { payload: octets(vector.detachedPayload) }),
  }

  test(`${id} is ${vector.code ?? 'valid'} as a JWS`, async () => {
    const verified = verifyJws(token, key, options)
    expect(await verdictOf(verified)).toEqual({ verdict: vector.jws, code: vector.code })
    if (payload !== undefined) expect((await verified).payload).toEqual(octets(payload))
  })

  if (jwt) {
    test(`${id} is ${jwt.code ?? 'valid'} as a JWT at ${jwt.now}`, async () => {
      const verified = verify(token, key, { algorithms: [alg], issuer: null, audience: null, now: () => jwt.now })
      expect(await verdictOf(verified)).toEqual({ verdict: jwt.verdict, code: jwt.code })
    })
  }

  const signer = signingKey(vector)
  if (signer && payload !== undefined) {
    const json = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()
    const { alg: _, ...header } = JSON.parse(json)
    const detached = vector.detachedPayload !== undefined
    // The library writes compact JSON, so it cannot repeat a header that has line breaks.
    const isRepeated = vector.signatureIsDeterministic && json === JSON.stringify({ alg, ...header })

    test(`${id} is signed again${isRepeated ? ', to the letter' : ''}`, async () => {
      const again = await signJws(octets(payload), signer, { header, detached })
      if (isRepeated) expect(again).toBe(token)
      expect((await verifyJws(again, key, options)).payload).toEqual(octets(payload))
    })
  }

  const { privateKey } = vector
  if (privateKey) {
    test(`${id} has a private key whose public half is its key`, async () => {
      const half = await publicKeyOf(importPrivateKey({ ...privateKey, alg }))
      expect(await exportJwk(half)).toMatchObject(vector.key)
    })
  }
}

function testThumbprint({ id, jwk, hash, thumbprint: expected }: Thumbprint): void {
  test(`${id} is the ${hash} thumbprint of its key`, async () => {
    expect(await thumbprint(jwk, hash)).toBe(expected)
  })
}

function signingKey({ alg, key, privateKey }: Signature): SigningKey | undefined {
  if (key.kty === 'oct') return importSecret({ ...key, alg })
  return privateKey && importPrivateKey({ ...privateKey, alg })
}

async function verdictOf(verified: Promise<unknown>): Promise<{ verdict: string; code?: string }> {
  try {
    await verified
    return { verdict: 'valid' }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { verdict: 'invalid', code: error.code }
  }
}
