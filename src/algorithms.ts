// The one table of signature algorithms (RFC 7518 §3.1). Everything else asks it, and names none.

/** The name of a supported algorithm, as RFC 7518 §3.1 spells it. */
export type Algorithm = HmacAlgorithm | AsymmetricAlgorithm

/** An algorithm that signs and verifies with one shared secret. */
export type HmacAlgorithm = 'HS256'

/** An algorithm that signs with a private key and verifies with its public half. */
export type AsymmetricAlgorithm = 'RS256' | 'ES256'

/** A hash function, as WebCrypto spells it. */
export type Hash = 'SHA-256' | 'SHA-384' | 'SHA-512'

/** What there is to know of an algorithm; `kty` is its key type (RFC 7518 §6.1). */
export type AlgorithmRow = { readonly alg: Algorithm; readonly hash: Hash } & (
  | { readonly kty: 'oct'; /** Octets of the signature and of the shortest secret. */ readonly size: number }
  | { readonly kty: 'RSA'; readonly scheme: 'RSASSA-PKCS1-v1_5' }
  | {
      readonly kty: 'EC'
      readonly crv: string
      /** Octets of a coordinate; a signature has two. */ readonly size: number
    }
)

const table: readonly AlgorithmRow[] = [
  { alg: 'HS256', kty: 'oct', hash: 'SHA-256', size: 32 },
  { alg: 'RS256', kty: 'RSA', hash: 'SHA-256', scheme: 'RSASSA-PKCS1-v1_5' },
  { alg: 'ES256', kty: 'EC', hash: 'SHA-256', crv: 'P-256', size: 32 },
]

/**
 * The names of the supported algorithms.
 *
 * @example
 * console.log(algorithms.includes('ES256')) // true
 */
export const algorithms: readonly Algorithm[] = Object.freeze(table.map(({ alg }) => alg))

/** The row of an algorithm; a TypeError lists the names where `alg` is none of them. */
export function algorithmRow(label: string, alg: unknown): AlgorithmRow {
  const row = table.find((candidate) => candidate.alg === alg)
  if (!row) throw new TypeError(`${label} must be one of ${algorithms.join(', ')}, in exactly this spelling`)
  return row
}
