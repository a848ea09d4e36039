// Cookies that carry tokens (RFC 6265bis §4.1): Secure always, and prefixed, so that no other site can set them.
import { headerOf, type RequestOrHeaders } from './http-request.ts'
import { readOptions, readText } from './options.ts'
import { toSeconds, type Duration } from './time.ts'

/** Options of the cookies that are set. */
export interface CookieOptions {
  /** The name, which begins with `__Host-` (then `path` is `/`) or `__Secure-`. */
  readonly name?: string | undefined
  /** Where the browser sends it: `/` by default. */
  readonly path?: string | undefined
  /** Whether other sites' requests carry it. `'None'` says in writing that they all do. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined
}

/** Options of a refresh cookie. */
export interface RefreshCookieOptions extends CookieOptions {
  /** The path of the endpoints that take it, those for refresh and log-out; it is sent nowhere else. */
  readonly path: string
}

/** Options of a CSRF cookie. */
export interface CsrfCookieOptions extends CookieOptions {
  /** For how long the browser keeps it: until it closes by default. Give it that of the session's refresh token. */
  readonly maxAge?: Duration | undefined
}

/** The names that the cookies have by default. */
export const cookieNames: { readonly access: string; readonly refresh: string; readonly csrf: string } = Object.freeze({
  access: '__Host-access',
  refresh: '__Secure-refresh',
  csrf: '__Host-csrf',
})

// What browsers take, name and attributes included, before they drop a cookie without a word.
const LONGEST_COOKIE = 4096

/**
 * The cookies of a request, as they were sent: neither unquoted nor decoded, which tokens do not need.
 *
 * A name that comes twice with different values is left out, for one of the two may have been planted; so is one
 * that is not ASCII.
 *
 * @example
 * const cookies = readCookies(new Headers({ cookie: '__Host-access=e30.e30.c2ln; theme=dark' }))
 * console.log(cookies.get('__Host-access')) // e30.e30.c2ln
 */
export function readCookies(request: RequestOrHeaders): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const pair of (headerOf(request, 'cookie') ?? '').split(';')) {
    const end = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, end))
    const [key, value] = [name.trim(), pair.slice(end + 1).trim()]
    // Browsers let any page set `__Host-a` after a space that is not ASCII, and trim() takes that space away.
    if (key === '' || /[^\t\x20-\x7e]/.test(name)) continue
    if (cookies.has(key) && cookies.get(key) !== value) ambiguous.add(key)
    cookies.set(key, value)
  }
  for (const name of ambiguous) cookies.delete(name)
  return cookies
}

/**
 * A `Set-Cookie` for an access token, which lives as long as the token does: HttpOnly, and `SameSite=Lax` by default.
 *
 * @throws TypeError where an option is wrong, or the cookie longer than the 4,096 octets that browsers take
 * @example
 * console.log(accessCookie({ accessToken: 'e30.e30.c2ln', accessExpiresIn: 600 }))
 * // __Host-access=e30.e30.c2ln; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax
 */
export function accessCookie(
  tokens: { readonly accessToken: string; readonly accessExpiresIn: number },
  options: CookieOptions = {},
): string {
  const { name = cookieNames.access, path, sameSite = 'Lax' } = read('accessCookie', options)
  const token = readText('accessCookie: accessToken', tokens.accessToken)
  return spell({ name, path, sameSite, scripts: false }, token, tokens.accessExpiresIn)
}

/**
 * A `Set-Cookie` for a refresh token, sent to one path alone: HttpOnly, and `SameSite=Strict` by default.
 *
 * @throws TypeError as {@link accessCookie}
 * @example
 * console.log(refreshCookie({ refreshToken: 'e30.e30.c2ln', refreshExpiresIn: 604_800 }, { path: '/auth' }))
 * // __Secure-refresh=e30.e30.c2ln; Max-Age=604800; Path=/auth; Secure; HttpOnly; SameSite=Strict
 */
export function refreshCookie(
  tokens: { readonly refreshToken: string; readonly refreshExpiresIn: number },
  options: RefreshCookieOptions,
): string {
  const { name = cookieNames.refresh, path, sameSite = 'Strict' } = read('refreshCookie', options)
  const token = readText('refreshCookie: refreshToken', tokens.refreshToken)
  const cookie = { name, path: readText('refreshCookie: path', path), sameSite, scripts: false }
  return spell(cookie, token, tokens.refreshExpiresIn)
}

/**
 * A `Set-Cookie` for a token of `csrfToken`, which scripts of the page can read: `SameSite=Strict` by default.
 *
 * @throws TypeError as {@link accessCookie}
 * @example
 * const cookie = csrfCookie(await csrfToken('a session', generateSecret('HS256')))
 * console.log(cookie.endsWith('; Path=/; Secure; SameSite=Strict')) // true
 */
export function csrfCookie(token: string, options: CsrfCookieOptions = {}): string {
  const members = ['name', 'path', 'sameSite', 'maxAge'] as const
  const { name = cookieNames.csrf, path, sameSite = 'Strict', maxAge } = readOptions('csrfCookie', options, members)
  const seconds = maxAge === undefined ? null : toSeconds('csrfCookie: maxAge', maxAge)
  return spell({ name, path, sameSite, scripts: true }, readText('csrfCookie: token', token), seconds)
}

/**
 * The `Set-Cookie` headers that make a browser forget all three cookies, on log-out.
 *
 * @throws TypeError as {@link accessCookie}
 * @example
 * const headers = new Headers()
 * for (const cookie of clearCookies({ refreshPath: '/auth' })) headers.append('set-cookie', cookie)
 */
export function clearCookies(options: {
  /** The path that the refresh cookie was set with. */
  readonly refreshPath: string
  /** The paths of the others, where it was not `/`. */
  readonly accessPath?: string | undefined
  readonly csrfPath?: string | undefined
  /** The names that the cookies were set with, where they are not the default ones. */
  readonly names?: Partial<typeof cookieNames> | undefined
}): readonly string[] {
  const members = ['refreshPath', 'accessPath', 'csrfPath', 'names'] as const
  const { refreshPath, accessPath, csrfPath, names = {} } = readOptions('clearCookies', options, members)
  const { access, refresh, csrf } = readOptions('clearCookies: names', names, NAMES)
  const path = readText('clearCookies: refreshPath', refreshPath)
  return [
    spell({ name: access ?? cookieNames.access, path: accessPath, sameSite: 'Lax', scripts: false }, '', 0),
    spell({ name: refresh ?? cookieNames.refresh, path, sameSite: 'Strict', scripts: false }, '', 0),
    spell({ name: csrf ?? cookieNames.csrf, path: csrfPath, sameSite: 'Strict', scripts: true }, '', 0),
  ]
}

const NAMES = ['access', 'refresh', 'csrf'] as const

function read<T extends CookieOptions>(owner: string, options: T): Readonly<T> {
  return readOptions<T>(owner, options, ['name', 'path', 'sameSite'])
}

interface Cookie {
  readonly name: string
  readonly path: string | undefined
  readonly sameSite: CookieOptions['sameSite']
  /** Whether scripts may read it. */
  readonly scripts: boolean
}

function spell({ name, path = '/', sameSite, scripts }: Cookie, value: string, maxAge: number | null): string {
  // Browsers keep other hosts, and pages without TLS, from setting a cookie of these names.
  if (!/^__(?:Host|Secure)-[\w-]+$/.test(name) || (name.startsWith('__Host-') && path !== '/')) {
    throw new TypeError('the name of a cookie must begin with __Host-, with the path /, or with __Secure-')
  }
  if (!/^\/[\w./~%-]*$/.test(path)) throw new TypeError('the path of a cookie must begin with / and be a plain one')
  if (sameSite !== 'Strict' && sameSite !== 'Lax' && sameSite !== 'None') {
    throw new TypeError("sameSite must be 'Strict', 'Lax' or 'None'")
  }
  if (!/^[\w.~+/=-]*$/.test(value)) throw new TypeError('the value of the cookie is not a token')
  const lifetime = maxAge === null ? '' : `; Max-Age=${Math.max(0, Math.floor(maxAge))}`
  if (!/^(?:; Max-Age=\d+)?$/.test(lifetime)) throw new TypeError('the lifetime of the cookie must be in seconds')
  const cookie = `${name}=${value}${lifetime}; Path=${path}; Secure${scripts ? '' : '; HttpOnly'}; SameSite=${sameSite}`
  if (cookie.length <= LONGEST_COOKIE) return cookie
  throw new TypeError(`a cookie of ${cookie.length} octets is dropped by browsers, which take 4096; use fewer claims`)
}
