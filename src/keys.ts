// Where keys come from: import and generation (RFC 7517, RFC 7468).
import {
  algorithmRow,
  type Algorithm,
  type AlgorithmRow,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
} from './algorithms.ts'
import { decodeBase64url, isBytes, toBytes } from './base64url.ts'
import { provider, randomBytes } from './crypto/index.ts'
import { isCryptoKey, isKeyObject, type CryptoKeyLike, type KeySource, type NativeKey } from './crypto/provider.ts'
import { readDerKey } from './der.ts'
import { isJwk, readJwk, usagesOf, wrongRole, type Jwk, type KeyRole, type KeyUsage } from './jwk.ts'
import { noSecretThumbprint, thumbprint, thumbprintNow } from './key-export.ts'
import { Key, makeKey, renameKey, type PrivateKey, type PublicKey, type SecretKey } from './key.ts'
import { bare, readOptions, readString } from './options.ts'
import { parsePem, PEM_STRUCTURES } from './pem.ts'
import { decodeSecret, type SecretEncoding } from './secret.ts'

/** Options of every function that makes a key. */
export interface KeyOptions {
  /**
   * The key id, which goes into the header of tokens and is matched with it. A JWK's own is the default.
   *
   * `'thumbprint'` takes the RFC 7638 thumbprint; where that takes a promise, on WebCrypto alone, `generateKeyPair` only.
   */
  readonly kid?: string | undefined
}

/** Options of {@link importSecret}. */
export interface SecretOptions extends KeyOptions {
  /** How a string spells the secret's octets: `'utf8'` by default. */
  readonly encoding?: SecretEncoding | undefined
}

/** Options of {@link importPrivateKey}. */
export interface PrivateKeyOptions extends KeyOptions {
  /** Decrypts an `ENCRYPTED PRIVATE KEY`; only where node:crypto is there. */
  readonly passphrase?: string | undefined
}

/** A KeyObject of node:crypto, or a CryptoKey. */
export type { NativeKey }

/** The algorithm that a JWK's type fixes; any of the possible ones where it fixes none. */
export type AlgorithmOf<J extends Jwk, A extends Algorithm> = J extends { readonly alg: infer N extends A }
  ? N
  : J extends { readonly crv: 'Ed25519' }
    ? Extract<A, 'Ed25519'>
    : A

/**
 * Imports a shared secret for HMAC.
 *
 * A secret must have at least as many octets as the hash (RFC 7518 §3.2): 32 for HS256. Text that is a
 * PEM, a JWK, an SSH or a DER key is refused, for such a key may be public.
 *
 * @throws TypeError where the secret or an option does not fit
 * @example
 * const key = importSecret('k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA', 'HS256')
 * console.log(String(key)) // Key { alg: HS256, kid: undefined, role: secret }
 */
export function importSecret<const J extends Jwk>(
  jwk: J,
  alg?: undefined,
  options?: KeyOptions,
): SecretKey<AlgorithmOf<J, HmacAlgorithm>>
export function importSecret<A extends HmacAlgorithm>(
  source: string | Uint8Array | Jwk | NativeKey,
  alg: A,
  options?: SecretOptions,
): SecretKey<A>
export function importSecret(source: unknown, alg?: HmacAlgorithm, options: SecretOptions = {}): Key {
  const { kid, encoding } = readOptions('importSecret', options, ['kid', 'encoding'])
  if (encoding !== undefined && typeof source !== 'string') {
    throw new TypeError('importSecret: encoding says how a string spells the secret, and no string was given')
  }
  const bytes = typeof source === 'string' ? decodeSecret(source, encoding === undefined ? 'utf8' : encoding) : source
  return importKey({ by: 'importSecret', role: 'secret', alg, kid }, bytes)
}

/**
 * Imports a public key: a PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`, `CERTIFICATE`) or its DER, a JWK, a KeyObject or a CryptoKey.
 *
 * `alg` may be left out only where a JWK fixes it: by its `alg`, or by the curve Ed25519. RSA keys must have at
 * least 2048 bits. Of a certificate the key is taken: no chain, name or date is checked.
 *
 * @throws TypeError where the key is private, damaged, weak, or not one for the algorithm
 * @example
 * const { publicKey } = await generateKeyPair('ES256')
 * const key = importPublicKey(await exportPem(publicKey), 'ES256', { kid: '2026-11' })
 * console.log(key.role) // public
 */
export function importPublicKey<const J extends Jwk>(
  jwk: J,
  alg?: undefined,
  options?: KeyOptions,
): PublicKey<AlgorithmOf<J, AsymmetricAlgorithm>>
export function importPublicKey<A extends AsymmetricAlgorithm>(
  source: string | Uint8Array | Jwk | NativeKey,
  alg: A,
  options?: KeyOptions,
): PublicKey<A>
export function importPublicKey(source: unknown, alg?: AsymmetricAlgorithm, options: KeyOptions = {}): Key {
  const { kid } = readOptions('importPublicKey', options, ['kid'])
  return importKey({ by: 'importPublicKey', role: 'public', alg, kid }, source)
}

/**
 * Imports a private key: a PEM (`PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`) or its
 * DER, a JWK, a KeyObject or a CryptoKey.
 *
 * `alg` may be left out only where a JWK fixes it: by its `alg`, or by the curve Ed25519. RSA keys must have at
 * least 2048 bits.
 *
 * @throws TypeError where the key is public, damaged, weak, or not one for the algorithm
 * @example
 * const { privateKey } = await generateKeyPair('ES256')
 * const key = importPrivateKey(await exportJwk(privateKey))
 * console.log(key.alg) // ES256
 */
export function importPrivateKey<const J extends Jwk>(
  jwk: J,
  alg?: undefined,
  options?: PrivateKeyOptions,
): PrivateKey<AlgorithmOf<J, AsymmetricAlgorithm>>
export function importPrivateKey<A extends AsymmetricAlgorithm>(
  source: string | Uint8Array | Jwk | NativeKey,
  alg: A,
  options?: PrivateKeyOptions,
): PrivateKey<A>
export function importPrivateKey(source: unknown, alg?: AsymmetricAlgorithm, options: PrivateKeyOptions = {}): Key {
  const { kid, passphrase } = readOptions('importPrivateKey', options, ['kid', 'passphrase'])
  return importKey({ by: 'importPrivateKey', role: 'private', alg, kid, passphrase }, source)
}

/** What an import was asked for. */
interface Request {
  readonly by: string
  readonly role: KeyRole
  readonly alg: Algorithm | undefined
  readonly kid: string | undefined
  readonly passphrase?: string | undefined
}

function importKey(request: Request, source: unknown): Key {
  const kid = readString(`${request.by}: kid`, request.kid)
  const key = isJwk(source) ? importJwk(request, kid, bare(source)) : importOther(request, kid, source)
  return kid === 'thumbprint' ? renameKey(key, thumbprintNow(key)) : key
}

function importOther(request: Request, kid: string | undefined, source: unknown): Key {
  const { role } = request
  const { alg } = rowOf(request)
  if (isKeyObject(source) || isCryptoKey(source)) {
    return makeKey({ format: 'native', key: source }, alg, role, kid, nativeUsages(source, role))
  }
  if (role !== 'secret') return makeKey(readDer(request, source), alg, role, kid)
  if (!isBytes(source)) {
    throw new TypeError('importSecret wants a string, a Uint8Array, a JWK, a KeyObject or a CryptoKey')
  }
  return makeKey({ format: 'raw', bytes: Uint8Array.from(source) }, alg, role, kid)
}

function readDer({ by, role, passphrase }: Request, source: unknown): KeySource {
  const pem = typeof source === 'string' ? parsePem(source) : undefined
  const der = isBytes(source) ? Uint8Array.from(source) : pem?.der
  if (!der) {
    throw new TypeError(`${by} wants one PEM block as a string, its DER as bytes, a JWK, a KeyObject or a CryptoKey`)
  }
  const key = readDerKey(der)
  const name = pem ? `PEM ${pem.label}` : `DER ${key?.structure ?? 'key'}`
  if (!key?.info || (pem && PEM_STRUCTURES.get(pem.label) !== key.structure)) {
    throw new TypeError(`${by}: the ${name} cannot be read: it is damaged, or not of a kind that holds a key`)
  }
  if (key.half !== role) throw wrongRole(`a ${name}`, role)
  // Without a prototype, as a polluted one could say a passphrase.
  if (key.structure !== 'encrypted pkcs8') return bare({ format: 'der', bytes: key.info })
  if (passphrase === undefined) throw new TypeError(`${by}: the ${name} is encrypted; the option passphrase is wanted`)
  return { format: 'der', bytes: key.info, passphrase }
}

function importJwk(request: Request, kid: string | undefined, jwk: Jwk): Key {
  const { role } = request
  const row = rowOf(request, jwk.alg ?? (jwk.crv === 'Ed25519' ? 'Ed25519' : undefined))
  const { material, usages } = readJwk(jwk, row, role)
  const source =
    row.kty === 'oct'
      ? ({ format: 'raw', bytes: toBytes(decodeBase64url(material['k'] ?? '') ?? '') } as const)
      : ({ format: 'jwk', jwk: material } as const)
  return makeKey(source, row.alg, role, kid ?? readString('the "kid" of the JWK', jwk.kid), usages)
}

function rowOf({ by, alg, role }: Request, named?: string): AlgorithmRow {
  const row = algorithmRow(`${by}: alg`, alg ?? named)
  if ((row.kty === 'oct') !== (role === 'secret')) {
    const use = row.kty === 'oct' ? 'secrets; use importSecret()' : 'key pairs, not for secrets'
    throw new TypeError(`${by}: ${row.alg} is an algorithm for ${use}`)
  }
  return row
}

function nativeUsages(key: NativeKey | CryptoKeyLike, role: KeyRole): readonly KeyUsage[] {
  return isCryptoKey(key) ? usagesOf[role].filter((usage) => key.usages.includes(usage)) : usagesOf[role]
}

/**
 * Makes a random secret, as long as the hash of the algorithm.
 *
 * @example
 * const key = generateSecret('HS256', { kid: 'session-1' })
 * console.log(key.kid) // session-1
 */
export function generateSecret<A extends HmacAlgorithm>(alg: A, options: KeyOptions = {}): SecretKey<A> {
  const { kid } = readOptions('generateSecret', options, ['kid'])
  const row = rowOf({ by: 'generateSecret', role: 'secret', alg, kid })
  const name = readString('generateSecret: kid', kid)
  if (name === 'thumbprint') throw noSecretThumbprint()
  return makeKey({ format: 'raw', bytes: randomBytes(row.size) }, alg, 'secret', name)
}

/** A key pair; both halves have the same `kid`. */
export interface KeyPair<A extends AsymmetricAlgorithm = AsymmetricAlgorithm> {
  readonly publicKey: PublicKey<A>
  readonly privateKey: PrivateKey<A>
}

/**
 * Makes a key pair: RSA keys of 2048 bits, all others of the one size that the algorithm has.
 *
 * @throws TypeError where the runtime does not know the algorithm, as older ones do not know ML-DSA
 *
 * @example
 * const { publicKey, privateKey } = await generateKeyPair('ES256', { kid: 'k1' })
 * console.log(publicKey.role, privateKey.role) // public private
 */
export async function generateKeyPair<A extends AsymmetricAlgorithm>(
  alg: A,
  options: KeyOptions = {},
): Promise<KeyPair<A>> {
  const given = readOptions('generateKeyPair', options, ['kid'])
  const kid = readString('generateKeyPair: kid', given.kid)
  const pair = await provider.generateKeyPair(rowOf({ by: 'generateKeyPair', role: 'private', alg, kid }))
  const publicKey = new Key(alg, kid, 'public', { handle: pair.publicKey, usages: usagesOf.public })
  const privateKey = new Key(alg, kid, 'private', { handle: pair.privateKey, usages: usagesOf.private })
  if (kid !== 'thumbprint') return { publicKey, privateKey }
  const digest = await thumbprint(publicKey)
  return { publicKey: renameKey(publicKey, digest), privateKey: renameKey(privateKey, digest) }
}
