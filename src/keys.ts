// Where keys come from and go to: import, generation, export (RFC 7517, RFC 7468, RFC 7638).
import {
  algorithmRow,
  type Algorithm,
  type AlgorithmRow,
  type AsymmetricAlgorithm,
  type Hash,
  type HmacAlgorithm,
} from './algorithms.ts'
import { decodeBase64url, isBytes, toBytes } from './base64url.ts'
import { provider, randomBytes } from './crypto/index.ts'
import { isCryptoKey, isKeyObject, type CryptoKeyLike, type NativeKey } from './crypto/provider.ts'
import {
  isJwk,
  pickMaterial,
  readJwk,
  thumbprintInput,
  usagesOf,
  wrongRole,
  type Jwk,
  type KeyRole,
  type KeyUsage,
} from './jwk.ts'
import { handleOf, isKey, Key, makeKey, type PrivateKey, type PublicKey, type SecretKey } from './key.ts'
import { readOptions, readString } from './options.ts'
import { encodePem, parsePem } from './pem.ts'
import { decodeSecret, type SecretEncoding } from './secret.ts'

/** Options of every function that makes a key. */
export interface KeyOptions {
  /** The key id, which goes into the header of tokens and is matched with it. A JWK's own is the default. */
  readonly kid?: string | undefined
}

/** Options of {@link importSecret}. */
export interface SecretOptions extends KeyOptions {
  /** How a string spells the secret's octets: `'utf8'` by default. */
  readonly encoding?: SecretEncoding | undefined
}

/** A KeyObject of node:crypto, or a CryptoKey. */
export type { NativeKey }

/** The algorithm that a JWK's type fixes; any of the possible ones where it fixes none. */
export type AlgorithmOf<J extends Jwk, A extends Algorithm> = J extends { readonly alg: infer N extends A } ? N : A

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
  const { kid, encoding = 'utf8' } = readOptions('importSecret', options, ['kid', 'encoding'])
  const bytes = typeof source === 'string' ? decodeSecret(source, encoding) : source
  return importKey({ by: 'importSecret', role: 'secret', alg, kid }, bytes)
}

/**
 * Imports a public key: a PEM `PUBLIC KEY` (SubjectPublicKeyInfo), a JWK, a KeyObject or a CryptoKey.
 *
 * `alg` may be left out only where a JWK names it. RSA keys must have at least 2048 bits.
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
  source: string | Jwk | NativeKey,
  alg: A,
  options?: KeyOptions,
): PublicKey<A>
export function importPublicKey(source: unknown, alg?: AsymmetricAlgorithm, options: KeyOptions = {}): Key {
  const { kid } = readOptions('importPublicKey', options, ['kid'])
  return importKey({ by: 'importPublicKey', role: 'public', alg, kid }, source)
}

/**
 * Imports a private key: a PEM `PRIVATE KEY` (PKCS#8), a JWK, a KeyObject or a CryptoKey.
 *
 * `alg` may be left out only where a JWK names it. RSA keys must have at least 2048 bits.
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
  options?: KeyOptions,
): PrivateKey<AlgorithmOf<J, AsymmetricAlgorithm>>
export function importPrivateKey<A extends AsymmetricAlgorithm>(
  source: string | Jwk | NativeKey,
  alg: A,
  options?: KeyOptions,
): PrivateKey<A>
export function importPrivateKey(source: unknown, alg?: AsymmetricAlgorithm, options: KeyOptions = {}): Key {
  const { kid } = readOptions('importPrivateKey', options, ['kid'])
  return importKey({ by: 'importPrivateKey', role: 'private', alg, kid }, source)
}

/** What an import was asked for. */
interface Request {
  readonly by: string
  readonly role: KeyRole
  readonly alg: Algorithm | undefined
  readonly kid: string | undefined
}

function importKey(request: Request, source: unknown): Key {
  const { role } = request
  const kid = readString(`${request.by}: kid`, request.kid)
  if (isJwk(source)) return importJwk(request, kid, Object.assign(Object.create(null), source))
  const { alg } = rowOf(request)
  if (isKeyObject(source) || isCryptoKey(source))
    return makeKey({ format: 'native', key: source }, alg, role, kid, nativeUsages(source, role))
  if (role === 'secret') {
    if (!isBytes(source))
      throw new TypeError('importSecret wants a string, a Uint8Array, a JWK, a KeyObject or a CryptoKey')
    return makeKey({ format: 'raw', bytes: Uint8Array.from(source) }, alg, role, kid)
  }
  const pem = typeof source === 'string' && parsePem(source)
  if (!pem) throw new TypeError(`${request.by} wants one PEM block as a string, a JWK, a KeyObject or a CryptoKey`)
  if (pem.label !== `${role.toUpperCase()} KEY`) throw wrongRole(`a PEM ${pem.label}`, role)
  return makeKey({ format: 'der', bytes: pem.der }, alg, role, kid)
}

function importJwk(request: Request, kid: string | undefined, jwk: Jwk): Key {
  const { role } = request
  const row = rowOf(request, jwk.alg)
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
    throw new TypeError(
      `${by}: ${row.alg} is an algorithm for ${row.kty === 'oct' ? 'secrets; use importSecret()' : 'key pairs, not for secrets'}`,
    )
  }
  return row
}

function nativeUsages(key: NativeKey | CryptoKeyLike, role: KeyRole): readonly KeyUsage[] {
  return 'usages' in key ? usagesOf[role].filter((usage) => key.usages.includes(usage)) : usagesOf[role]
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
  return makeKey(
    { format: 'raw', bytes: randomBytes(row.kty === 'oct' ? row.size : 0) },
    alg,
    'secret',
    readString('generateSecret: kid', kid),
  )
}

/** A key pair; both halves have the same `kid`. */
export interface KeyPair<A extends AsymmetricAlgorithm = AsymmetricAlgorithm> {
  readonly publicKey: PublicKey<A>
  readonly privateKey: PrivateKey<A>
}

/**
 * Makes a key pair: RSA keys of 2048 bits, EC keys on the algorithm's curve.
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
  return {
    publicKey: new Key(alg, kid, 'public', { handle: pair.publicKey, usages: usagesOf.public }),
    privateKey: new Key(alg, kid, 'private', { handle: pair.privateKey, usages: usagesOf.private }),
  }
}

/**
 * The public half of a private key, with the same `alg` and `kid`.
 *
 * @throws TypeError where the key is not private, or not extractable
 */
export async function publicKeyOf<A extends AsymmetricAlgorithm>(key: PrivateKey<A>): Promise<PublicKey<A>> {
  const handle = handleOf('publicKeyOf: the key', key)
  if (key.role !== 'private') throw wrongRole(`a ${key.role} key`, 'private')
  const jwk = pickMaterial(await handle.exportJwk(), algorithmRow('alg', key.alg), 'public')
  return makeKey({ format: 'jwk', jwk }, key.alg, 'public', key.kid)
}

/**
 * Exports a key as a JWK with its `alg` and, if it has one, its `kid`. A secret or private key leaves unprotected.
 *
 * @throws TypeError where the key is a CryptoKey that is not extractable
 */
export async function exportJwk(key: Key): Promise<Jwk> {
  const jwk = await handleOf('exportJwk: the key', key).exportJwk()
  return { ...jwk, alg: key.alg, use: 'sig', ...(key.kid !== undefined && { kid: key.kid }) }
}

/**
 * Exports a public key as a PEM `PUBLIC KEY`, a private one as an unencrypted PEM `PRIVATE KEY` (PKCS#8).
 *
 * @throws TypeError where the key is a secret, or a CryptoKey that is not extractable
 */
export async function exportPem(key: PublicKey | PrivateKey): Promise<string> {
  const handle = handleOf('exportPem: the key', key)
  if ((key.role as KeyRole) === 'secret') throw new TypeError('exportPem: a secret has no PEM form; use exportJwk()')
  return encodePem({ label: `${key.role.toUpperCase()} KEY`, der: await handle.exportDer() })
}

/**
 * The thumbprint of a key or a JWK: base64url of the hash, SHA-256 by default (RFC 7638).
 *
 * The halves of a pair have the same thumbprint. That of a secret tells whoever guesses it that he is right.
 *
 * @throws TypeError where a JWK lacks a member
 * @example
 * const jwk = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }
 * console.log(await thumbprint(jwk)) // oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U
 */
export async function thumbprint(key: Key | Jwk, hash: Hash = 'SHA-256'): Promise<string> {
  if (!HASHES.includes(hash)) throw new TypeError(`thumbprint: hash must be one of ${HASHES.join(', ')}`)
  const jwk = isKey(key) ? await handleOf('key', key).exportJwk() : key
  return provider.digest(hash, thumbprintInput(jwk))
}

const HASHES: readonly Hash[] = ['SHA-256', 'SHA-384', 'SHA-512']
