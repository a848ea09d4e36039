// What the library wants of a platform's cryptography, and what every platform checks of a key.
import type { AlgorithmRow, Hash } from '../algorithms.ts'
import { bare } from '../options.ts'
import { usagesOf, wrongRole, type JwkMaterial, type KeyRole } from '../jwk.ts'

/** A value, or on platforms that take their time a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Tells a promise, of any realm. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  if (typeof value !== 'object' || Array.isArray(value)) return false
  return Object.prototype.toString.call(value) === '[object Promise]'
}

/** Goes on with a value: at once, if it is there, for to await it would take as long as half an HMAC. */
export function after<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** A value that must be there at once; a TypeError with the message where it is promised. */
export function settled<T>(value: Awaitable<T>, message: string): T {
  if (!isPromise(value)) return value
  // Nobody will await it.
  value.catch(() => {})
  throw new TypeError(message)
}

/** A key as a platform takes it in; `der` is SubjectPublicKeyInfo or, of a private key, PKCS #8, encrypted where there is a passphrase. */
export type KeySource =
  | { readonly format: 'raw'; readonly bytes: Uint8Array }
  | { readonly format: 'der'; readonly bytes: Uint8Array; readonly passphrase?: string }
  | { readonly format: 'jwk'; readonly jwk: JwkMaterial }
  | { readonly format: 'native'; readonly key: NativeKey }

/** A key inside a platform: opaque, bound to one algorithm and one role. Inputs are octet strings, signatures base64url. */
export interface KeyHandle {
  sign(input: string): Awaitable<string>
  verify(input: string, signature: string): Awaitable<boolean>
  /** Both, off the event loop, where they would hold it for long. */
  readonly pooled: Pick<KeyHandle, 'sign' | 'verify'> | undefined
  exportJwk(): Awaitable<JwkMaterial>
  exportDer(): Awaitable<Uint8Array>
}

/** A platform's cryptography. */
export interface CryptoProvider {
  /** A key that does not fit is a TypeError, here or, where importing takes time, at first use. */
  importKey(source: KeySource, row: AlgorithmRow, role: KeyRole): KeyHandle
  generateKeyPair(row: AlgorithmRow): Promise<{ readonly publicKey: KeyHandle; readonly privateKey: KeyHandle }>
  digest(hash: Hash, octets: string): Awaitable<string>
}

/** A KeyObject of node:crypto or a CryptoKey, as far as both platforms look at it. */
export interface NativeKey {
  readonly type: string
}

/** A CryptoKey, as far as it is looked at. */
export interface CryptoKeyLike extends NativeKey {
  readonly algorithm: {
    readonly name: string
    readonly hash?: { readonly name: string }
    readonly namedCurve?: string
    readonly length?: number
    readonly modulusLength?: number
    readonly publicExponent?: Uint8Array
  }
  readonly usages: readonly string[]
  readonly extractable: boolean
}

/** Tells a CryptoKey by its tag, as `instanceof` would not tell one of another realm. */
export function isCryptoKey(key: unknown): key is CryptoKeyLike {
  if (Object.prototype.toString.call(key) !== '[object CryptoKey]') return false
  const { algorithm, usages } = key as Partial<CryptoKeyLike>
  return typeof algorithm === 'object' && Array.isArray(usages)
}

/** A KeyObject, as far as it is looked at where node:crypto is not at hand. */
export interface KeyObjectLike extends NativeKey {
  export(options: { readonly format: 'jwk' }): JwkMaterial
}

/** Tells a KeyObject by its tag. */
export function isKeyObject(key: unknown): key is KeyObjectLike {
  return Object.prototype.toString.call(key) === '[object KeyObject]'
}

/** The parameters of WebCrypto for an algorithm. */
export interface WebAlgorithm {
  readonly name: string
  readonly hash?: Hash
  readonly namedCurve?: string
  readonly saltLength?: number
}

/** The algorithm as WebCrypto wants it described, for every operation. */
export function webAlgorithm(row: AlgorithmRow): WebAlgorithm {
  const name = row.web
  if (row.kty === 'EC') return bare({ name, hash: row.hash, namedCurve: row.crv })
  // RFC 7518 §3.5: the salt is as long as the hash. PKCS #1 v1.5 has none, and ignores this.
  if (row.kty === 'RSA') return bare({ name, hash: row.hash, saltLength: row.size })
  return bare(row.kty === 'oct' ? { name, hash: row.hash } : { name })
}

/** Refuses a CryptoKey of another role or algorithm. */
export function assertCryptoKey({ type, algorithm, usages }: CryptoKeyLike, row: AlgorithmRow, role: KeyRole): void {
  if (type !== role) throw wrongRole(`a ${type} CryptoKey`, role)
  const wanted = webAlgorithm(row)
  const hash = algorithm.hash?.name ?? wanted.hash
  if (algorithm.name !== wanted.name || hash !== wanted.hash || algorithm.namedCurve !== wanted.namedCurve) {
    const seen = [algorithm.name, algorithm.hash?.name, algorithm.namedCurve].filter(Boolean).join(' ')
    throw new TypeError(`a CryptoKey for ${seen} was given where a key for ${row.alg} is wanted`)
  }
  if (row.kty === 'oct' && (algorithm.length ?? 0) < 8 * row.size) {
    throw new TypeError(`a CryptoKey of ${algorithm.length} bits was given; ${row.alg} wants at least ${8 * row.size}`)
  }
  if (!usagesOf[role].some((usage) => usages.includes(usage))) {
    throw new TypeError(
      `a CryptoKey with the usages "${usages.join(', ')}" was given where "${usagesOf[role].join('" or "')}" is wanted`,
    )
  }
}

/** Refuses to export what was made not to be. */
export function assertExtractable(extractable: boolean): void {
  if (!extractable) throw new TypeError('the CryptoKey was made not extractable, so that it cannot be exported')
}

/** What to say where the platform does not know an algorithm. */
export function notSupported(row: AlgorithmRow): TypeError {
  return new TypeError(`this runtime has no ${row.alg}`)
}

/** The octets of a signature; `bits` is the size of an RSA modulus (RFC 8017 §8.1.2, RFC 7518 §3.2 and §3.4, RFC 8037 §3.1). */
export function signatureSize(row: AlgorithmRow, bits: number): number {
  if (row.kty === 'RSA') return Math.ceil(bits / 8)
  if (row.kty === 'AKP') return row.signature
  return row.kty === 'oct' ? row.size : 2 * row.size
}
