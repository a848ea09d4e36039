// A guard in front of a fetch handler.
import { JwtError, type JwtClaims, type VerifiedJwt } from './index.ts'
import { bearerToken, readScopes, requireScope } from './http-bearer.ts'
import { challenge } from './http-challenge.ts'
import { readCookies } from './http-cookies.ts'
import { csrfCheck, type CsrfOptions } from './http-csrf.ts'
import { headerOf, type HttpRequest } from './http-request.ts'
import { readOptions, readString } from './options.ts'

/** What verifies: a Verifier, or `{ verify: sessions.verifyAccess }`. */
export interface TokenVerifier<C extends JwtClaims> {
  readonly verify: (token: string) => Promise<VerifiedJwt<C>>
}

/** Options of {@link authenticate}. A cookie needs CSRF protection, and a bearer token does not. */
export type AuthenticateOptions = {
  /** `realm` of the challenge. */
  readonly realm?: string | undefined
  /** Scopes, all of which the token must have. */
  readonly scopes?: string | readonly string[] | undefined
} & (
  | { readonly cookie?: undefined; readonly csrf?: undefined }
  | {
      /** The cookie that may carry the token, where there is no `Authorization` header. */
      readonly cookie: string
      /** As {@link checkCsrf} has it; the session is the token's `sid`. */
      readonly csrf: Omit<CsrfOptions, 'sid'>
    }
)

/** The platform's Response, where the types of one are there. */
export type PlatformResponse = typeof globalThis extends { readonly Response: { readonly prototype: infer R } }
  ? R
  : never

/**
 * Makes guards: what passes reaches the handler with its verified token, and what does not is answered with a challenge.
 *
 * @throws TypeError where an option is wrong
 * @example
 * const key = generateSecret('HS256')
 * const guard = authenticate(createVerifier(key, { algorithms: ['HS256'], issuer: null, audience: 'api' }))
 * const handler = guard((request, { claims }) => new Response(`Hello ${claims.sub}`))
 * console.log((await handler(new Request('https://api.example/'))).status) // 401
 */
export function authenticate<C extends JwtClaims>(
  verifier: TokenVerifier<C>,
  options: AuthenticateOptions = {},
): <Q extends HttpRequest, A>(
  handler: (request: Q, verified: VerifiedJwt<C>) => A | Promise<A>,
) => (request: Q) => Promise<A | PlatformResponse> {
  const given = readOptions<AuthenticateOptions>('authenticate', options, ['realm', 'scopes', 'cookie', 'csrf'])
  const scopes = given.scopes === undefined ? [] : readScopes('authenticate: scopes', given.scopes)
  const cookie = readString('authenticate: cookie', given.cookie)
  if ((cookie === undefined) !== (given.csrf === undefined)) {
    throw new TypeError('authenticate: a cookie needs csrf, and only a cookie does')
  }
  if (typeof verifier?.verify !== 'function') throw new TypeError('authenticate: the verifier has no function verify')
  const checkCsrf = given.csrf === undefined ? undefined : csrfCheck('authenticate: csrf', given.csrf)
  const answer = { realm: given.realm, ...(scopes.length > 0 && { scope: scopes.join(' ') }) }
  // What no header can carry is a mistake now, and not when the first request is refused.
  challenge(tokenMissing(), answer)
  const admit = async (request: HttpRequest): Promise<VerifiedJwt<C>> => {
    const fromCookie = cookie !== undefined && headerOf(request, 'authorization') === undefined
    const verified = await verifier.verify(fromCookie ? cookieToken(request, cookie) : bearerToken(request))
    if (fromCookie) await checkCsrf?.(request, sidOf(verified))
    for (const scope of scopes) requireScope(verified, scope)
    return verified
  }
  return (handler) => async (request) => {
    let verified: VerifiedJwt<C>
    try {
      verified = await admit(request)
    } catch (error) {
      const { body, ...init } = challenge(error, answer)
      return new Response(body, init) as PlatformResponse
    }
    return handler(request, verified)
  }
}

function cookieToken(request: HttpRequest, name: string): string {
  const token = readCookies(request).get(name)
  if (token !== undefined) return token
  throw tokenMissing()
}

function tokenMissing(): JwtError {
  return new JwtError('ERR_TOKEN_MISSING', 'the request has neither a bearer token nor the cookie of one; log in')
}

function sidOf({ claims }: VerifiedJwt<JwtClaims>): string {
  const sid = Object.hasOwn(claims, 'sid') ? claims['sid'] : undefined
  if (typeof sid === 'string' && sid !== '') return sid
  throw new JwtError('ERR_CSRF', 'the token names no session, so that no CSRF token can belong to it', 'sid')
}
