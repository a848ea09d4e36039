// The one table of signature algorithms (RFC 7518 §3.1, RFC 8037, RFC 9864, RFC 9964). Everything else asks it, and names none.

/** The name of a supported algorithm, as the RFCs spell it. */
export type Algorithm = HmacAlgorithm | AsymmetricAlgorithm

/** An algorithm that signs and verifies with one shared secret. */
export type HmacAlgorithm = 'HS256' | 'HS384' | 'HS512'

/**
 * An algorithm that signs with a private key and verifies with its public half.
 *
 * `Ed25519` is the name of RFC 9864; `EdDSA` is the older one for the same signature. ML-DSA needs a recent runtime.
 */
export type AsymmetricAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'Ed25519'
  | 'EdDSA'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'

/** A hash function, as WebCrypto spells it. */
export type Hash = 'SHA-256' | 'SHA-384' | 'SHA-512'

/** What there is to know of an algorithm; `web` is WebCrypto's name of it, `kty` its key type (RFC 7518 §6.1). */
export type AlgorithmRow = { readonly alg: Algorithm; readonly web: string } & (
  | HashRow<'oct'> // `size`: octets of the hash, the signature and the shortest secret.
  | HashRow<'RSA'> // `size`: octets of the hash and of the PSS salt.
  | (HashRow<'EC'> & OpensslRow & { readonly crv: string }) // `size`: octets of a coordinate; a signature has two.
  | (OpensslRow & { readonly kty: 'OKP'; readonly crv: string }) // `size`: octets of a half; a signature has twice as many.
  | (OpensslRow & { readonly kty: 'AKP'; readonly signature: number }) // `size`: octets of a public key.
)

interface HashRow<T extends string> {
  readonly kty: T
  readonly hash: Hash
  readonly size: number
}

interface OpensslRow {
  /** OpenSSL's name of the curve or, where there is but one, of the key type. */
  readonly openssl: string
  readonly size: number
}

const table: readonly AlgorithmRow[] = [
  { alg: 'HS256', kty: 'oct', web: 'HMAC', hash: 'SHA-256', size: 32 },
  { alg: 'HS384', kty: 'oct', web: 'HMAC', hash: 'SHA-384', size: 48 },
  { alg: 'HS512', kty: 'oct', web: 'HMAC', hash: 'SHA-512', size: 64 },
  { alg: 'RS256', kty: 'RSA', web: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', size: 32 },
  { alg: 'RS384', kty: 'RSA', web: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384', size: 48 },
  { alg: 'RS512', kty: 'RSA', web: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', size: 64 },
  { alg: 'PS256', kty: 'RSA', web: 'RSA-PSS', hash: 'SHA-256', size: 32 },
  { alg: 'PS384', kty: 'RSA', web: 'RSA-PSS', hash: 'SHA-384', size: 48 },
  { alg: 'PS512', kty: 'RSA', web: 'RSA-PSS', hash: 'SHA-512', size: 64 },
  { alg: 'ES256', kty: 'EC', web: 'ECDSA', hash: 'SHA-256', crv: 'P-256', openssl: 'prime256v1', size: 32 },
  { alg: 'ES384', kty: 'EC', web: 'ECDSA', hash: 'SHA-384', crv: 'P-384', openssl: 'secp384r1', size: 48 },
  { alg: 'ES512', kty: 'EC', web: 'ECDSA', hash: 'SHA-512', crv: 'P-521', openssl: 'secp521r1', size: 66 },
  { alg: 'Ed25519', kty: 'OKP', web: 'Ed25519', crv: 'Ed25519', openssl: 'ed25519', size: 32 },
  { alg: 'EdDSA', kty: 'OKP', web: 'Ed25519', crv: 'Ed25519', openssl: 'ed25519', size: 32 },
  { alg: 'ML-DSA-44', kty: 'AKP', web: 'ML-DSA-44', openssl: 'ml-dsa-44', size: 1312, signature: 2420 },
  { alg: 'ML-DSA-65', kty: 'AKP', web: 'ML-DSA-65', openssl: 'ml-dsa-65', size: 1952, signature: 3309 },
  { alg: 'ML-DSA-87', kty: 'AKP', web: 'ML-DSA-87', openssl: 'ml-dsa-87', size: 2592, signature: 4627 },
]

/**
 * The names of the supported algorithms. Those of ML-DSA are there on every runtime, and their keys only on some.
 *
 * @example
 * console.log(algorithms.includes('ES256')) // true
 */
export const algorithms: readonly Algorithm[] = Object.freeze(table.map(({ alg }) => alg))

/** Tells an algorithm that signs with a shared secret. */
export function isHmac(alg: Algorithm): alg is HmacAlgorithm {
  return algorithmRow('alg', alg).kty === 'oct'
}

/** The row of an algorithm; a TypeError lists the names where `alg` is none of them. */
export function algorithmRow(label: string, alg: unknown): AlgorithmRow {
  const row = table.find((candidate) => candidate.alg === alg)
  if (!row) throw new TypeError(`${label} must be one of ${algorithms.join(', ')}, in exactly this spelling`)
  return row
}
