// What the tests of keys share: the keys of keys.json as the platforms hold them, and what is expected of them.
import { constants, createHmac, createPrivateKey, createPublicKey, sign as nodeSign, webcrypto } from 'node:crypto'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { importPrivateKey, importPublicKey, importSecret, sign, verify } from 'tittle'
import type { Algorithm, AsymmetricAlgorithm, HmacAlgorithm, Jwk, Key, SigningKey, VerificationKey } from 'tittle'
import { provider } from '../../src/crypto/index.ts'
import { webProvider } from '../../src/crypto/web.ts'
import { handleOf } from '../../src/key.ts'
import keys from '../fixtures/keys.json' with { type: 'json' }

export { keys }

/** Whether this run is on WebCrypto, where what only an import shows is told at first use. */
export const onWeb = provider === webProvider

/** A secret that resembles no key, of as many octets as HS512 wants. */
export const secretText = 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsAx4Rb9Wc2Vn7Gk1Dt6Ye3Fq8Lz5Hu0JiE'
export const secret: Uint8Array = Uint8Array.from(Buffer.from(secretText))
export const secretJwk = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }

export const hmac: readonly HmacAlgorithm[] = ['HS256', 'HS384', 'HS512']

/** The algorithms for key pairs that every runtime knows. */
export type PairAlgorithm = Exclude<AsymmetricAlgorithm, `ML-DSA-${string}`>

interface Pair extends Readonly<Record<'publicPem' | 'privatePem', string>> {
  readonly publicJwk: Jwk
  readonly privateJwk: Jwk
}

interface WebName {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
}

/** What there is for an algorithm: a key pair, what WebCrypto calls its keys, and the octets of a signature. */
interface Sample extends Pair {
  readonly web: WebName
  readonly size: number
}

const pkcs1 = (hash: string): Sample => ({ ...keys.rsa, web: { name: 'RSASSA-PKCS1-v1_5', hash }, size: 256 })
const pss = (hash: string): Sample => ({ ...keys.rsa, web: { name: 'RSA-PSS', hash }, size: 256 })
const ecdsa = (pair: Pair, namedCurve: string, size: number): Sample => ({
  ...pair,
  web: { name: 'ECDSA', namedCurve },
  size,
})
const eddsa: Sample = { ...keys.ed25519, web: { name: 'Ed25519' }, size: 64 }

export const pairs: Readonly<Record<PairAlgorithm, Sample>> = {
  RS256: pkcs1('SHA-256'),
  RS384: pkcs1('SHA-384'),
  RS512: pkcs1('SHA-512'),
  PS256: pss('SHA-256'),
  PS384: pss('SHA-384'),
  PS512: pss('SHA-512'),
  ES256: ecdsa(keys.p256, 'P-256', 64),
  ES384: ecdsa(keys.p384, 'P-384', 96),
  ES512: ecdsa(keys.p521, 'P-521', 132),
  Ed25519: eddsa,
  EdDSA: eddsa,
}
export const asymmetric = Object.keys(pairs) as readonly PairAlgorithm[]

/** One algorithm for each kind of key and padding, for what is the same with its siblings. */
export const representatives = ['RS256', 'PS256', 'ES256', 'ES384', 'Ed25519'] as const
export type Representative = (typeof representatives)[number]

/** A CryptoKey of a PEM, for whatever use. */
export function toCryptoKey(
  pem: string,
  name: WebName,
  usages: readonly webcrypto.KeyUsage[],
  extractable = true,
): Promise<webcrypto.CryptoKey> {
  const [format, der] = pem.includes('PRIVATE')
    ? (['pkcs8', createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })] as const)
    : (['spki', createPublicKey(pem).export({ format: 'der', type: 'spki' })] as const)
  return webcrypto.subtle.importKey(format, der, name, extractable, [...usages])
}

/** A CryptoKey for HMAC. */
export function toHmacKey(
  bytes: Uint8Array,
  usages: readonly webcrypto.KeyUsage[] = ['sign', 'verify'],
  { hash = 'SHA-256', extractable = true } = {},
): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, extractable, [...usages])
}

/** The imports as a caller without types has them. */
export const imports = {
  importSecret: (source: unknown, alg?: unknown, options?: unknown): Key =>
    importSecret(source as never, alg as never, options as never),
  importPublicKey: (source: unknown, alg?: unknown, options?: unknown): Key =>
    importPublicKey(source as never, alg as never, options as never),
  importPrivateKey: (source: unknown, alg?: unknown, options?: unknown): Key =>
    importPrivateKey(source as never, alg as never, options as never),
}

export type Importer = keyof typeof imports

/** Uses a key for what it can do, as its first use does. */
export async function use(key: Key): Promise<void> {
  const handle = handleOf('the key', key)
  if (key.role !== 'public') return void (await handle.sign('input'))
  // Of the right length, so that it reaches the platform.
  const zeros = Buffer.alloc(isPairAlgorithm(key.alg) ? pairs[key.alg].size : 0).toString('base64url')
  expect(await handle.verify('input', zeros)).toBe(false)
}

/** Expects that a token of the one key verifies with the other, and a changed one does not. */
export async function expectPair(signer: SigningKey, verifier: VerificationKey): Promise<void> {
  await expectVerified(await sign({ sub: 'alice' }, signer, { expiresIn: '1m' }), verifier)
}

/** Expects that alice's token verifies, and a changed one does not. */
export async function expectVerified(token: string, verifier: VerificationKey): Promise<void> {
  const policy = { algorithms: [verifier.alg], issuer: null, audience: null }
  expect((await verify(token, verifier, policy)).claims.sub).toBe('alice')
  const changed = token.replace(/\.[^.]+\./, `.${encode({ sub: 'mallory', exp: 4_000_000_000 })}.`)
  await expect(verify(changed, verifier, policy)).rejects.toMatchObject({ code: 'ERR_SIGNATURE' })
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token of alice's that owes nothing to the library. */
export function foreignToken(alg: HmacAlgorithm | PairAlgorithm): string {
  const input = `${encode({ alg })}.${encode({ sub: 'alice', exp: 4_000_000_000 })}`
  const hash = alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`
  const signature = isPairAlgorithm(alg)
    ? nodeSign(hash, Buffer.from(input), { key: pairs[alg].privatePem, ...foreignOptions(alg) })
    : createHmac(hash ?? '', secret)
        .update(input)
        .digest()
  return `${input}.${signature.toString('base64url')}`
}

export const isPairAlgorithm = (alg: Algorithm): alg is PairAlgorithm => Object.hasOwn(pairs, alg)

/** What node:crypto must be told of an algorithm (RFC 7518 §3.4 and §3.5). */
export function foreignOptions(alg: PairAlgorithm): object {
  if (!alg.startsWith('PS')) return { dsaEncoding: 'ieee-p1363' }
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

/** What an attempt is refused with; `undefined` where it is not. */
export async function refusalOf(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    return error
  }
}

/** Expects a TypeError with these words, which holds no key material, not even where only a debugger looks. */
export function expectRefusal(error: unknown, words: RegExp): void {
  expect(error).toBeInstanceOf(TypeError)
  expect((error as TypeError).message).toMatch(words)
  expectNone(inspect(error, { showHidden: true, depth: Infinity }), material)
}

/** Expects that an import is refused: at once, or with the words of `late` at first use on WebCrypto. */
export async function expectRefused(
  by: Importer,
  source: unknown,
  alg: unknown,
  words: RegExp,
  late?: RegExp,
): Promise<void> {
  const mayBeLate = late && onWeb
  const error = await refusalOf(() => {
    const key = imports[by](source, alg)
    return mayBeLate && use(key)
  })
  expectRefusal(error, mayBeLate ? new RegExp(`${words.source}|${late.source}`) : words)
}

/** Expects that a text gives nothing of these away. */
export function expectNone(text: string, secrets: readonly string[]): void {
  expect(leaksIn(text, secrets)).toEqual([])
}

/** What a text gives away, however its lines are broken. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const line = inOneLine(text)
  return secrets.filter((each) => line.includes(each))
}

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ')

/** The ways in which octets could come to light, their beginning being enough. */
export function spellings(octets: Uint8Array): readonly string[] {
  // A multiple of three, at which base64 can be cut.
  const buffer = Buffer.from(octets.subarray(0, 24))
  const hex = buffer.toString('hex')
  return [
    buffer.toString('latin1'),
    buffer.toString('base64url'),
    buffer.toString('base64'),
    hex,
    hex.toUpperCase(),
    hex.replace(/..(?=.)/g, '$& '),
    [...buffer].join(','),
    [...buffer].join(', '),
  ].map(inOneLine)
}

const stringsIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [String(value)]

const { note: _, ...published } = keys

/** The secret, and every line of a PEM and number of a JWK in keys.json: public ones too, for messages have none. */
export const material: readonly string[] = [
  ...spellings(secret),
  ...stringsIn(published)
    .flatMap((text) => text.split(/[\n ]/))
    .filter((word) => word.length >= 20),
]
