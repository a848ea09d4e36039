// The examples of the RFCs in vectors/.
import {
  exportJwk,
  importPrivateKey,
  importPublicKey,
  importSecret,
  isJwtError,
  publicKeyOf,
  thumbprint,
  verify,
  type Algorithm,
  type AsymmetricAlgorithm,
  type Hash,
  type HmacAlgorithm,
  type Jwk,
  type SigningKey,
} from 'tittle'
import { signJws, verifyJws } from 'tittle/jws'
import rfc7515 from '../../../vectors/rfc7515.json'
import rfc7519 from '../../../vectors/rfc7519.json'
import rfc7520 from '../../../vectors/rfc7520.json'
import rfc7638 from '../../../vectors/rfc7638.json'
import rfc7797 from '../../../vectors/rfc7797.json'
import rfc8037 from '../../../vectors/rfc8037.json'
import rfc9964 from '../../../vectors/rfc9964.json'
import { expectSame, type Case, type Suite } from './case.ts'
import { fromBase64url, toText } from './octets.ts'

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
  readonly signatures?: readonly Signature[]
  readonly thumbprints?: readonly Thumbprint[]
}

const files = [rfc7515, rfc7519, rfc7520, rfc7638, rfc7797, rfc8037, rfc9964] as unknown as readonly VectorFile[]
const signatures = files.flatMap(({ signatures = [] }) => signatures)
const thumbprints = files.flatMap(({ thumbprints = [] }) => thumbprints)

const toPublic = ({ key, alg }: Signature) =>
  key.kty === 'oct'
    ? importSecret({ ...key, alg: alg as HmacAlgorithm })
    : importPublicKey({ ...key, alg: alg as AsymmetricAlgorithm })

function toSigner({ key, privateKey, alg }: Signature): SigningKey | undefined {
  if (key.kty === 'oct') return importSecret({ ...key, alg: alg as HmacAlgorithm })
  return privateKey && importPrivateKey({ ...privateKey, alg: alg as AsymmetricAlgorithm })
}

async function verdictOf(verified: Promise<unknown>): Promise<string> {
  try {
    await verified
    return 'valid'
  } catch (error) {
    if (!isJwtError(error)) throw error
    return `invalid ${error.code}`
  }
}

const expected = (verdict: string, code: string | undefined): string => [verdict, code].filter(Boolean).join(' ')

const optionsOf = ({ alg, crit, detachedPayload }: Signature) => ({
  algorithms: [alg] as const,
  ...(crit && { crit }),
  ...(detachedPayload !== undefined && { payload: fromBase64url(detachedPayload) }),
})

function* casesOf(vector: Signature): Generator<Case> {
  const { id, alg, token, jws, code, payload, jwt, privateKey } = vector

  yield {
    name: `${id} is ${expected(jws, code)} as a JWS`,
    run: async () => {
      const verified = verifyJws(token, toPublic(vector), optionsOf(vector))
      expectSame(await verdictOf(verified), expected(jws, code))
      if (payload !== undefined) expectSame((await verified).payload, fromBase64url(payload))
    },
  }

  if (jwt) {
    yield {
      name: `${id} is ${expected(jwt.verdict, jwt.code)} as a JWT at ${jwt.now}`,
      run: async () => {
        const policy = { algorithms: [alg] as const, issuer: null, audience: null, now: () => jwt.now }
        expectSame(await verdictOf(verify(token, toPublic(vector), policy)), expected(jwt.verdict, jwt.code))
      },
    }
  }

  if (payload !== undefined && (vector.key.kty === 'oct' || privateKey)) {
    yield { name: `${id} is signed again`, run: () => signAgain(vector, fromBase64url(payload)) }
  }

  if (privateKey) {
    yield {
      name: `${id} has a private key whose public half is its key`,
      run: async () => {
        const { kty, ...members } = vector.key
        const half = await publicKeyOf(importPrivateKey({ ...privateKey, alg: alg as AsymmetricAlgorithm }))
        const exported = (await exportJwk(half)) as { readonly [member: string]: unknown }
        expectSame(Object.fromEntries(Object.keys(members).map((name) => [name, exported[name]])), members)
        expectSame(exported['kty'], kty)
      },
    }
  }
}

async function signAgain(vector: Signature, payload: Uint8Array): Promise<void> {
  const { token, detachedPayload } = vector
  const signer = toSigner(vector)
  if (!signer) throw new Error('there is no private key')
  const json = toText(fromBase64url(token.slice(0, token.indexOf('.'))))
  const { alg, ...header } = JSON.parse(json)
  const again = await signJws(payload, signer, { header, detached: detachedPayload !== undefined })
  // The library writes compact JSON, so it cannot repeat a header that has line breaks.
  if (vector.signatureIsDeterministic && json === JSON.stringify({ alg, ...header })) expectSame(again, token)
  expectSame((await verifyJws(again, toPublic(vector), optionsOf(vector))).payload, payload)
}

const thumbprintCase = ({ id, jwk, hash, thumbprint: wanted }: Thumbprint): Case => ({
  name: `${id} is the ${hash} thumbprint of its key`,
  run: async () => expectSame(await thumbprint(jwk, hash), wanted),
})

function* straws(): Generator<Case> {
  const valid = signatures.filter(({ jws, alg }) => jws === 'valid' && alg === 'ES256').slice(0, 1)
  for (const vector of valid) yield* [...casesOf({ ...vector, jws: 'invalid', code: 'ERR_SIGNATURE' })].slice(0, 1)
  for (const vector of valid) yield* [...casesOf({ ...vector, payload: 'AAAA' })].slice(0, 1)
  for (const vector of thumbprints.slice(0, 1)) yield thumbprintCase({ ...vector, thumbprint: 'AAAA' })
}

export const vectors: Suite = {
  cases: () => [
    ...signatures.flatMap((vector) => [...casesOf(vector)]),
    ...thumbprints.map(thumbprintCase),
    {
      name: 'no vector is missing, and none is there twice',
      run: () => expectSame(new Set([...signatures, ...thumbprints].map(({ id }) => id)).size, 58),
    },
  ],
  straws,
}
