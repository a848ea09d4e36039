// Everything that an attacker or a careless issuer may send, made without the library.
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  webcrypto,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import {
  createVerifier,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  importSecret,
  signSync,
  verify,
  verifySync,
  type Algorithm,
  type VerificationKey,
} from 'tittle'
import { verifyJws, verifyJwsSync } from 'tittle/jws'
import { resultOf } from './attack.ts'
import fixture from './keys.json'

/** The material of every key of the suite. */
export const material = fixture

/** Makes the signature of a signing input. */
export type Sign = (input: string) => Uint8Array

/** A part of a token: octets, text as it is, or a value that becomes JSON. */
type Part = Uint8Array | string | object

export const base64url = (part: Part): string => Buffer.from(toOctets(part)).toString('base64url')

const toOctets = (part: Part): Uint8Array =>
  part instanceof Uint8Array ? part : new TextEncoder().encode(typeof part === 'string' ? part : JSON.stringify(part))

/** A token of any header, payload and signature. */
export function forge(header: Part, payload: Part, signer: Sign): string {
  return seal(`${base64url(header)}.${base64url(payload)}`, signer)
}

/** A token of any two segments. */
export const seal = (input: string, signer: Sign): string => `${input}.${base64url(signer(input))}`

export const hs256 =
  (secret: Uint8Array | string): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest()

export const rs256 =
  (key: KeyObject): Sign =>
  (input) =>
    sign('sha256', Buffer.from(input), key)

export const es256 =
  (key: KeyObject): Sign =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })

export const privateOf = (jwk: JsonWebKey): KeyObject => createPrivateKey({ key: jwk, format: 'jwk' })

export const publicOf = (jwk: JsonWebKey): KeyObject => createPublicKey({ key: jwk, format: 'jwk' })

/** The public half of a JWK. */
export function publicJwk({ kty, crv, x, y, n, e }: JsonWebKey): { readonly [member: string]: string } {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))
}

/** A CryptoKey for the algorithm that this suite uses keys of the type with. */
export function webKeyOf(jwk: JsonWebKey, usages: readonly ('sign' | 'verify')[]): Promise<webcrypto.CryptoKey> {
  const algorithm = { oct: 'HMAC', RSA: 'RSASSA-PKCS1-v1_5', EC: 'ECDSA' }[jwk.kty ?? '']
  const parameters = { name: algorithm ?? '', hash: 'SHA-256', namedCurve: jwk.crv ?? '' }
  const { alg: _, ...bare } = jwk
  return webcrypto.subtle.importKey('jwk', bare, parameters, true, [...usages])
}

export const NOW = 1_800_000_000

/** What no message may carry. */
const CANARY = 'alice-whom-no-message-names'

export const CLAIMS = { iss: 'https://issuer.example', aud: 'api', sub: CANARY, iat: NOW, exp: NOW + 900 }

/** Options and policies, right or wrong. */
export type Options = { readonly [name: string]: unknown }

/** An issuer's algorithm, his signatures, and the key by which a verifier knows him. */
export interface Party {
  readonly alg: Algorithm
  readonly sign: Sign
  readonly key: VerificationKey
  readonly attacker: Sign
}

export const hs: Party = {
  alg: 'HS256',
  sign: hs256(fixture.secret),
  key: importSecret(fixture.secret, 'HS256'),
  attacker: hs256(fixture.secretOfAttacker),
}

export const rs: Party = {
  alg: 'RS256',
  sign: rs256(privateOf(fixture.rsa)),
  key: importPublicKey(publicJwk(fixture.rsa), 'RS256'),
  attacker: rs256(privateOf(fixture.rsaOfAttacker)),
}

export const es: Party = {
  alg: 'ES256',
  sign: es256(privateOf(fixture.p256)),
  key: importPublicKey(publicJwk(fixture.p256), 'ES256'),
  attacker: es256(privateOf(fixture.p256OfAttacker)),
}

export const parties = [hs, rs, es] as const

/** The key by which a party with a pair signs. */
export const privateKeyOf = ({ alg }: Party) =>
  importPrivateKey(alg === 'ES256' ? fixture.p256 : fixture.rsa, alg as 'ES256' | 'RS256')

/** A token as the party issues it; members of `header` and `claims` come in addition, or instead. */
export function issue({ alg, sign }: Party, claims: object = {}, header: object = {}): string {
  return forge({ alg, ...header }, { ...CLAIMS, ...claims }, sign)
}

export const POLICY = { issuer: CLAIMS.iss, audience: CLAIMS.aud, now: () => NOW }

export const policyFor = ({ alg }: Party): Options => ({ ...POLICY, algorithms: [alg] })

// On WebCrypto nothing answers at once.
const answersAtOnce = signsAtOnce()

function signsAtOnce(): boolean {
  try {
    signSync({}, generateSecret('HS256'), { expiresIn: 60 })
    return true
  } catch {
    return false
  }
}

/** Verifies by every way that the library offers, which must agree, with anything as an argument. */
export async function openWith(token: unknown, keys: unknown, policy: unknown): Promise<unknown> {
  const [t, k, p] = [token, keys, policy] as [string, VerificationKey, typeof POLICY & { algorithms: Algorithm[] }]
  return agree(
    () => verify(t, k, p),
    async () => {
      const result = await createVerifier(k, p).check(t)
      if (!result.ok) throw result.error
      return result
    },
    ...(answersAtOnce ? [() => verifySync(t, k, p)] : []),
  )
}

/** {@link openWith} for the key of a party, whose policy has `policy` in addition. */
export function open(token: unknown, party: Party, policy: Options = {}): Promise<unknown> {
  return openWith(token, party.key, { ...policyFor(party), ...policy })
}

/** {@link open} for tokens of any payload. */
export async function openJws(token: unknown, party: Party, options: Options = {}): Promise<unknown> {
  const [t, o] = [token, { algorithms: [party.alg], ...options }] as [string, { algorithms: Algorithm[] }]
  return agree(() => verifyJws(t, party.key, o), ...(answersAtOnce ? [() => verifyJwsSync(t, party.key, o)] : []))
}

async function agree(...ways: readonly (() => unknown)[]): Promise<unknown> {
  const results = []
  for (const way of ways) results.push(await resultOf(way))
  const outcomes = new Set(results.map(({ outcome }) => outcome))
  if (outcomes.size > 1) throw new Error(`the ways to verify disagree: ${[...outcomes].join(', ')}`)
  for (const { error } of results) if (error !== undefined) throw error
  return results[0]?.value
}
