/**
 * The closed list of what can be wrong with a token, a key set, a session, a store or a request.
 */
export type JwtErrorCode =
  // The form: three segments of canonical base64url, strict JSON, a length that is bearable.
  | 'ERR_TOKEN_MALFORMED'
  | 'ERR_TOKEN_TOO_LONG'
  // The header: its parameters, its extensions, its type.
  | 'ERR_HEADER_INVALID'
  | 'ERR_HEADER_CRITICAL'
  | 'ERR_HEADER_TYPE'
  // The key and the signature.
  | 'ERR_ALGORITHM'
  | 'ERR_KEY_NOT_FOUND'
  | 'ERR_KEY_AMBIGUOUS'
  | 'ERR_SIGNATURE'
  // The claims.
  | 'ERR_CLAIM_MISSING'
  | 'ERR_CLAIM_TYPE'
  | 'ERR_CLAIM_VALUE'
  | 'ERR_EXPIRED'
  | 'ERR_NOT_YET_VALID'
  | 'ERR_TOO_OLD'
  // Key sets, sessions and stores.
  | 'ERR_KEYSET_UNAVAILABLE'
  | 'ERR_KEYSET_INVALID'
  | 'ERR_SESSION_REUSED'
  | 'ERR_SESSION_REVOKED'
  | 'ERR_SESSION_EXPIRED'
  | 'ERR_STORE_UNAVAILABLE'
  // The request that should carry a token.
  | 'ERR_TOKEN_MISSING'
  | 'ERR_REQUEST_INVALID'
  | 'ERR_HTTPS_REQUIRED'
  | 'ERR_CSRF'
  | 'ERR_SCOPE'

const brand: unique symbol = Symbol.for('tittle.JwtError')

/**
 * The one error that a bad token, key set or store raises; a mistake in the program is a `TypeError`.
 *
 * `claim` names the claim at fault, where there is one. A message never carries a token,
 * a key or a received value, so it is safe to log and to show.
 *
 * @example
 * try {
 *   await verify('not.a.token', generateSecret('HS256'), { algorithms: ['HS256'], issuer: null, audience: null })
 * } catch (error) {
 *   if (!isJwtError(error)) throw error
 *   console.log(error.code) // ERR_TOKEN_MALFORMED
 * }
 */
export class JwtError extends Error {
  declare readonly name: 'JwtError'
  declare readonly code: JwtErrorCode
  declare readonly claim?: string

  static {
    // On the prototype, so that the stack starts with the name and a printed error does not repeat it.
    Object.assign(this.prototype, { name: 'JwtError', [brand]: true })
  }

  constructor(code: JwtErrorCode, message: string, claim?: string, options?: { readonly cause: unknown }) {
    super(message, options)
    this.code = code
    if (claim !== undefined) this.claim = claim
  }
}

/**
 * Tells whether a caught value is a {@link JwtError}, from this copy of the library or another one in the process.
 *
 * @example
 * console.log(isJwtError(new TypeError('a mistake in the program'))) // false
 */
export function isJwtError(value: unknown): value is JwtError {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * Does work whose errors are handed on as values, so that nobody misses their stacks: four fifths of what they cost.
 */
export function withoutStacks<T>(work: () => T): T {
  const limit = Error.stackTraceLimit
  try {
    // Nothing is set where an engine has no limit.
    if (typeof limit === 'number') Error.stackTraceLimit = 0
  } catch {
    // Error is frozen, and the stacks stay.
    return work()
  }
  try {
    return work()
  } finally {
    if (typeof limit === 'number') Error.stackTraceLimit = limit
  }
}
