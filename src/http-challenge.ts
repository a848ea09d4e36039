// What to answer where a request is refused (RFC 6750 §3).
import { isJwtError, type JwtErrorCode } from './index.ts'
import { readOptions } from './options.ts'

/** Every code has its answer: one that is new does not compile until it has one, too. */
const STATUS: Readonly<Record<JwtErrorCode, 400 | 401 | 403 | 503>> = {
  ERR_TOKEN_MALFORMED: 401,
  ERR_TOKEN_TOO_LONG: 401,
  ERR_HEADER_INVALID: 401,
  ERR_HEADER_CRITICAL: 401,
  ERR_HEADER_TYPE: 401,
  ERR_ALGORITHM: 401,
  ERR_KEY_NOT_FOUND: 401,
  ERR_KEY_AMBIGUOUS: 401,
  ERR_SIGNATURE: 401,
  ERR_CLAIM_MISSING: 401,
  ERR_CLAIM_TYPE: 401,
  ERR_CLAIM_VALUE: 401,
  ERR_EXPIRED: 401,
  ERR_NOT_YET_VALID: 401,
  ERR_TOO_OLD: 401,
  ERR_KEYSET_UNAVAILABLE: 503,
  ERR_KEYSET_INVALID: 503,
  ERR_SESSION_REUSED: 401,
  ERR_SESSION_REVOKED: 401,
  ERR_SESSION_EXPIRED: 401,
  ERR_STORE_UNAVAILABLE: 503,
  ERR_TOKEN_MISSING: 401,
  ERR_REQUEST_INVALID: 400,
  ERR_HTTPS_REQUIRED: 403,
  ERR_CSRF: 403,
  ERR_SCOPE: 403,
}

/** What to answer: for `new Response(body, { status, headers })`, or `response.writeHead(status, headers).end(body)`. */
export interface Challenge {
  readonly status: 400 | 401 | 403 | 503
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** Options of {@link challenge}. */
export interface ChallengeOptions {
  /** `realm` of the challenge. */
  readonly realm?: string | undefined
  /** `scope` of the challenge: what the endpoint asks for. */
  readonly scope?: string | undefined
}

/**
 * What to answer to a request that a {@link JwtError} has refused: status, `WWW-Authenticate`, and a body without details.
 *
 * Anything else is thrown on: a mistake of the program is no answer for a client.
 *
 * @throws TypeError where an option is wrong
 * @example
 * const { status, headers, body } = challenge(new JwtError('ERR_EXPIRED', 'the token has expired'), { realm: 'api' })
 * console.log(status, headers['www-authenticate']) // 401 Bearer realm="api", error="invalid_token"
 */
export function challenge(error: unknown, options: ChallengeOptions = {}): Challenge {
  const { realm, scope } = readOptions('challenge', options, ['realm', 'scope'])
  // A code that is not there is one of another version, and no status would be 200.
  if (!isJwtError(error) || !Object.hasOwn(STATUS, error.code)) throw error
  const status = STATUS[error.code]
  const name = nameOf(status, error.code)
  const bearer = [quoted('realm', realm), quoted('scope', scope), ...(name === undefined ? [] : [`error="${name}"`])]
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(speaksOfTheToken(status, error.code) && {
        'www-authenticate': `Bearer ${bearer.filter((part) => part !== '').join(', ')}`.trim(),
      }),
      ...(status === 503 && { 'retry-after': '1' }),
    },
    body: JSON.stringify({ error: name ?? 'unauthorized' }),
  }
}

// Without an error where the request has no token at all (RFC 6750 §3.1).
function nameOf(status: Challenge['status'], code: JwtErrorCode): string | undefined {
  if (code === 'ERR_TOKEN_MISSING') return undefined
  if (code === 'ERR_SCOPE') return 'insufficient_scope'
  return { 400: 'invalid_request', 401: 'invalid_token', 403: 'forbidden', 503: 'temporarily_unavailable' }[status]
}

function speaksOfTheToken(status: Challenge['status'], code: JwtErrorCode): boolean {
  return status === 400 || status === 401 || code === 'ERR_SCOPE'
}

function quoted(name: string, value: string | undefined): string {
  if (value === undefined) return ''
  // Printable ASCII without the quote and the backslash (RFC 6750 §3).
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) return `${name}="${value}"`
  throw new TypeError(`challenge: ${name} must be printable ASCII, without quotes and backslashes`)
}
