// The JOSE header (RFC 7515 §4, RFC 8725 §3.11).
import { decodeBase64url } from './base64url.ts'
import { JwtError } from './errors.ts'
import { ownMember, parseJsonObject, type JsonObject } from './json.ts'

/**
 * A JOSE header of the right shape, which proves nothing: whoever made the token chose it.
 *
 * Members of other names are there as they came.
 */
export interface UnverifiedHeader {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
  readonly cty?: string
  readonly crit?: readonly string[]
  readonly [name: string]: unknown
}

/** The JOSE header of a token whose signature has been verified. */
export interface JwsHeader extends UnverifiedHeader {}

/** What a header must satisfy. */
export interface HeaderPolicy {
  /** The allowlist. */
  readonly algorithms: readonly string[]
  /** The extensions that the caller handles. */
  readonly crit: readonly string[]
  /** The accepted types, normalised, `undefined` among them where it may be absent; `undefined` where any will do. */
  readonly typ: readonly (string | undefined)[] | undefined
}

// What the RFCs define themselves is no extension and must not be in `crit` (RFC 7515 §4.1.11).
const REGISTERED: ReadonlySet<unknown> = new Set([
  'alg',
  'jku',
  'jwk',
  'kid',
  'x5u',
  'x5c',
  'x5t',
  'x5t#S256',
  'typ',
  'cty',
  'crit',
  'enc',
  'zip',
])

/**
 * Reads the first segment of a token and checks it by the policy.
 *
 * `jwk`, `jku`, `x5u` and `x5c` are never used, and `zip` and unknown members are ignored, as RFC 7515 §4 wants.
 *
 * @throws JwtError `ERR_TOKEN_MALFORMED`, `ERR_HEADER_INVALID`, `ERR_ALGORITHM`, `ERR_HEADER_CRITICAL`, `ERR_HEADER_TYPE`
 */
export function readHeader(segment: string, policy: HeaderPolicy): UnverifiedHeader {
  const octets = decodeBase64url(segment)
  const header = octets === undefined ? undefined : parseJsonObject(octets)
  if (!header)
    throw new JwtError('ERR_TOKEN_MALFORMED', 'the header is not one strict JSON object in canonical base64url')
  assertShape(header)
  if (!policy.algorithms.includes(header.alg)) {
    throw new JwtError('ERR_ALGORITHM', 'the header names an algorithm that is not on the allowlist')
  }
  assertCritical(header, policy.crit)
  const typ = ownMember(header, 'typ') as string | undefined
  if (policy.typ && !policy.typ.includes(typ && normaliseTyp(typ))) {
    throw new JwtError('ERR_HEADER_TYPE', 'the header has another "typ" than the one that is wanted')
  }
  return header
}

function assertShape(header: JsonObject): asserts header is JsonObject & UnverifiedHeader {
  if (typeof ownMember(header, 'alg') !== 'string')
    throw new JwtError('ERR_HEADER_INVALID', 'the header has no "alg" that is a string')
  for (const name of ['kid', 'typ', 'cty']) {
    if (Object.hasOwn(header, name) && typeof header[name] !== 'string') {
      throw new JwtError('ERR_HEADER_INVALID', `the header has a "${name}" that is no string`)
    }
  }
  if (Object.hasOwn(header, 'enc'))
    throw new JwtError('ERR_HEADER_INVALID', 'the header has an "enc": this is a JWE, not a JWS')
}

// RFC 7515 §4.1.11, and RFC 7797 §6 for b64.
function assertCritical(header: JsonObject, understood: readonly string[]): void {
  const crit = ownMember(header, 'crit')
  const names: readonly unknown[] = Array.isArray(crit) ? crit : []
  if (Object.hasOwn(header, 'crit')) {
    if (names.length === 0 || new Set(names).size < names.length) {
      throw new JwtError('ERR_HEADER_CRITICAL', 'the header has a "crit" that is no array of distinct names')
    }
    for (const name of names) {
      if (
        typeof name !== 'string' ||
        !Object.hasOwn(header, name) ||
        !isExtension(name) ||
        !understood.includes(name)
      ) {
        throw new JwtError(
          'ERR_HEADER_CRITICAL',
          'the header has a "crit" with a name that the caller does not handle, or that must not be there',
        )
      }
    }
  }
  if (!Object.hasOwn(header, 'b64')) return
  if (!names.includes('b64'))
    throw new JwtError('ERR_HEADER_CRITICAL', 'the header has a "b64" that its "crit" does not name')
  if (typeof header['b64'] !== 'boolean')
    throw new JwtError('ERR_HEADER_INVALID', 'the header has a "b64" that is neither true nor false')
}

/** Tells whether `crit` may name a header parameter. */
export function isExtension(name: string): boolean {
  return !REGISTERED.has(name)
}

/** A media type as it is compared: in lower case, without `application/` (RFC 7515 §4.1.9). */
export function normaliseTyp(typ: string): string {
  return typ.toLowerCase().replace(/^application\/(?=[^/]*$)/, '')
}

/** Tells a header whose payload is a JWT of its own (RFC 7519 §5.2). */
export function isNested(header: JsonObject): boolean {
  const cty = ownMember(header, 'cty')
  return typeof cty === 'string' && normaliseTyp(cty) === 'jwt'
}
