// The keys of formats.json, and what there is to import of each.
import { createPrivateKey, createPublicKey, createSecretKey, webcrypto } from 'node:crypto'
import { importPrivateKey, importPublicKey, importSecret } from 'tittle'
import type { AsymmetricAlgorithm, HmacAlgorithm, Jwk, PrivateKey, PublicKey, SecretKey } from 'tittle'
import formats from '../fixtures/formats.json' with { type: 'json' }
import { secret, secretJwk, secretText, toHmacKey } from '../setup/keys.ts'
import { passphrase, type FormatPair } from './openssl.ts'

export { formats }

type Awaitable<T> = T | Promise<T>

/** What there is to know of an algorithm: its keys in formats.json, WebCrypto's name of it, the octets of a signature. */
interface FormatCase {
  readonly kind: keyof typeof formats.keys
  readonly web: webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams | webcrypto.Algorithm
  readonly size: number
}

const rsa = (name: string, hash: string): FormatCase => ({ kind: 'rsa', web: { name, hash }, size: 256 })
const ec = (kind: 'p256' | 'p384' | 'p521', namedCurve: string, size: number): FormatCase => ({
  kind,
  web: { name: 'ECDSA', namedCurve },
  size,
})
const ed25519: FormatCase = { kind: 'ed25519', web: { name: 'Ed25519' }, size: 64 }
const mldsa = (kind: FormatCase['kind'], name: string, size: number): FormatCase => ({ kind, web: { name }, size })

export const cases: Readonly<Record<AsymmetricAlgorithm, FormatCase>> = {
  RS256: rsa('RSASSA-PKCS1-v1_5', 'SHA-256'),
  RS384: rsa('RSASSA-PKCS1-v1_5', 'SHA-384'),
  RS512: rsa('RSASSA-PKCS1-v1_5', 'SHA-512'),
  PS256: rsa('RSA-PSS', 'SHA-256'),
  PS384: rsa('RSA-PSS', 'SHA-384'),
  PS512: rsa('RSA-PSS', 'SHA-512'),
  ES256: ec('p256', 'P-256', 64),
  ES384: ec('p384', 'P-384', 96),
  ES512: ec('p521', 'P-521', 132),
  Ed25519: ed25519,
  EdDSA: ed25519,
  'ML-DSA-44': mldsa('mldsa44', 'ML-DSA-44', 2420),
  'ML-DSA-65': mldsa('mldsa65', 'ML-DSA-65', 3309),
  'ML-DSA-87': mldsa('mldsa87', 'ML-DSA-87', 4627),
}

/** The octets in a PEM block. */
export const derOf = (pem: unknown): Buffer => Buffer.from(String(pem).replaceAll(/-----.*-----/g, ''), 'base64')

type Forms<K> = Readonly<Record<string, () => Awaitable<K>>>

/** The imports of a public key: of each format that the pair has as a PEM and as DER, of JWK, KeyObject and CryptoKey. */
export function publicForms(alg: AsymmetricAlgorithm, pair: FormatPair): Forms<PublicKey> {
  const spki = String(pair.public['spki'])
  return {
    ...pemForms(pair.public, (source) => importPublicKey(source, alg)),
    'a JWK': () => importPublicKey(pair.public.jwk as Jwk, alg),
    'a JWK that names its algorithm': () => importPublicKey({ ...pair.public.jwk, alg } as Jwk & { alg: typeof alg }),
    'a KeyObject': () => importPublicKey(createPublicKey(spki), alg),
    'a CryptoKey': async () =>
      importPublicKey(await webcrypto.subtle.importKey('spki', derOf(spki), cases[alg].web, true, ['verify']), alg),
  }
}

/** The imports of a private key, in the same way; what is encrypted is not among them. */
export function privateForms(alg: AsymmetricAlgorithm, pair: FormatPair): Forms<PrivateKey> {
  const { encrypted: _, ...plain } = pair.private
  const pkcs8 = String(pair.private['pkcs8'])
  return {
    ...pemForms(plain, (source) => importPrivateKey(source, alg)),
    'a JWK': () => importPrivateKey(pair.private.jwk as Jwk, alg),
    'a JWK that names its algorithm': () => importPrivateKey({ ...pair.private.jwk, alg } as Jwk & { alg: typeof alg }),
    'a KeyObject': () => importPrivateKey(createPrivateKey(pkcs8), alg),
    'a CryptoKey': async () =>
      importPrivateKey(await webcrypto.subtle.importKey('pkcs8', derOf(pkcs8), cases[alg].web, true, ['sign']), alg),
  }
}

/** The imports of an encrypted private key. */
export function encryptedForms(alg: AsymmetricAlgorithm, pair: FormatPair): Forms<PrivateKey> {
  return pemForms({ 'encrypted PKCS #8': pair.private['encrypted'] ?? '' }, (source) =>
    importPrivateKey(source, alg, { passphrase }),
  )
}

/** The imports of a secret. */
export function secretForms(alg: HmacAlgorithm): Forms<SecretKey> {
  const text = Buffer.from(secret)
  const encoded = (encoding: 'base64url' | 'base64' | 'hex') => (): SecretKey =>
    importSecret(text.toString(encoding), alg, { encoding })
  return {
    text: () => importSecret(secretText, alg),
    base64url: encoded('base64url'),
    base64: encoded('base64'),
    hex: encoded('hex'),
    'a Uint8Array': () => importSecret(secret, alg),
    'a JWK': () => importSecret(secretJwk, alg),
    'a KeyObject': () => importSecret(createSecretKey(secret), alg),
    'a CryptoKey': async () =>
      importSecret(await toHmacKey(secret, ['sign', 'verify'], { hash: alg.replace('HS', 'SHA-') }), alg),
  }
}

function pemForms<K>(half: Readonly<Record<string, unknown>>, make: (source: string | Uint8Array) => K): Forms<K> {
  return Object.fromEntries(
    Object.entries(half).flatMap(([format, pem]) =>
      typeof pem === 'string'
        ? [
            [`a PEM of ${format}`, () => make(pem)],
            [`DER of ${format}`, () => make(Uint8Array.from(derOf(pem)))],
          ]
        : [],
    ),
  )
}
