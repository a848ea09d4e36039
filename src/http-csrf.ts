// Cross-site request forgery: a token bound to the session, sent twice, and the word of the browser on where it comes from.
import { createVerifier, JwtError, sign, type JwtClaims, type SecretKey, type Verifier } from './index.ts'
import { cookieNames, readCookies } from './http-cookies.ts'
import { headerOf, memberOf, type HttpRequest, type RequestOrHeaders } from './http-request.ts'
import { readOptions, readString, readStrings, readText } from './options.ts'

/** What {@link checkCsrf} wants to know. */
export interface CsrfOptions {
  /** The secret that {@link csrfToken} was given. */
  readonly key: SecretKey
  /** The session of the request. */
  readonly sid: string
  /** The origins of your pages, as `'https://app.example'`. */
  readonly origins: string | readonly string[]
  /** The name of the cookie: `__Host-csrf` by default. */
  readonly cookie?: string | undefined
  /** The name of the header: `x-csrf-token` by default. */
  readonly header?: string | undefined
}

const MEMBERS = ['key', 'origins', 'cookie', 'header'] as const

const SAFE_METHODS: readonly unknown[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Makes a CSRF token of a session: a JWT of a type of its own, for a cookie that the page reads and sends as a header.
 *
 * It has no expiry, as it is good for this session alone.
 *
 * @throws TypeError where the key is no secret
 * @example
 * const cookie = csrfCookie(await csrfToken('a session', generateSecret('HS256')))
 */
export async function csrfToken(sid: string, key: SecretKey): Promise<string> {
  if (key?.role !== 'secret') throw new TypeError('csrfToken: the key must be a secret')
  return sign({ sid: readText('csrfToken: sid', sid) }, key, { typ: 'csrf+jwt', jti: true, expiresIn: null })
}

/**
 * Checks that a request which a cookie speaks for was made by a page of yours; `GET`, `HEAD` and `OPTIONS` always pass.
 *
 * `Origin` must be one of yours, `Sec-Fetch-Site`, where the browser sends it, must not be another site's, and the
 * header and the cookie must be the same token, made for this session. Requests with a bearer token need no such check.
 *
 * @throws JwtError `ERR_CSRF`
 * @throws TypeError where an option is wrong
 */
export async function checkCsrf(request: RequestOrHeaders, options: CsrfOptions): Promise<void> {
  const { sid, ...others } = readOptions('checkCsrf', options, [...MEMBERS, 'sid'])
  return csrfCheck('checkCsrf', others)(request, readText('checkCsrf: sid', sid))
}

/** Reads the options of {@link checkCsrf}, all but the session, and makes the check. */
export function csrfCheck(
  owner: string,
  options: Omit<CsrfOptions, 'sid'>,
): (request: RequestOrHeaders, sid: string) => Promise<void> {
  const given = readOptions<Omit<CsrfOptions, 'sid'>>(owner, options, MEMBERS)
  const origins = readOrigins(`${owner}: origins`, given.origins)
  const cookieName = readString(`${owner}: cookie`, given.cookie) ?? cookieNames.csrf
  const headerName = readString(`${owner}: header`, given.header)?.toLowerCase() ?? 'x-csrf-token'
  const verifier = verifierOf(owner, given.key)
  return async (request, sid) => {
    if (SAFE_METHODS.includes(memberOf(request as HttpRequest, 'method'))) return
    checkOrigin(request, origins)
    const header = headerOf(request, headerName)
    const cookie = readCookies(request).get(cookieName)
    if (header === undefined || cookie === undefined) {
      throw forged('the CSRF token is missing in the header or the cookie')
    }
    if (header !== cookie) throw forged('the CSRF tokens of the header and the cookie differ')
    if ((await sidOf(header, verifier)) !== sid) throw forged('the CSRF token is not one of this session')
  }
}

function checkOrigin(request: RequestOrHeaders, origins: readonly string[]): void {
  const origin = headerOf(request, 'origin')
  if (origin === undefined) throw forged('the request names no Origin')
  if (!origins.includes(origin)) throw forged('the request comes from another Origin')
  const site = headerOf(request, 'sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'same-site') {
    throw forged('the browser says that the request comes from another site')
  }
}

function readOrigins(label: string, value: unknown): readonly string[] {
  const origins = readStrings(label, value)
  if (origins.every(isOrigin)) return origins
  throw new TypeError(`${label} must be origins, as 'https://app.example', without a path or a slash at the end`)
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text
  } catch {
    return false
  }
}

// A key is used for many requests, and a verifier is made once.
const verifiers = new WeakMap<SecretKey, Verifier<JwtClaims>>()

function verifierOf(owner: string, key: SecretKey): Verifier<JwtClaims> {
  if (key?.role !== 'secret') throw new TypeError(`${owner}: the key must be a secret`)
  const policy = { algorithms: [key.alg], issuer: null, audience: null, typ: 'csrf+jwt', expiry: 'optional' } as const
  const verifier = verifiers.get(key) ?? createVerifier(key, policy)
  verifiers.set(key, verifier)
  return verifier
}

async function sidOf(token: string, verifier: Verifier<JwtClaims>): Promise<unknown> {
  const result = await verifier.check(token)
  return result.ok && Object.hasOwn(result.claims, 'sid') ? result.claims['sid'] : undefined
}

function forged(reason: string): JwtError {
  return new JwtError('ERR_CSRF', `${reason}; reload the page, and send the CSRF cookie's value as a header`)
}
