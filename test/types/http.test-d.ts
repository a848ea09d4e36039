import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { describe, expectTypeOf, test } from 'vitest'
import { createVerifier, type JwtClaims, type PublicKey, type SecretKey, type VerifiedJwt, type Verifier } from 'tittle'
import { decode } from 'tittle/decode'
import {
  accessCookie,
  authenticate,
  bearerToken,
  challenge,
  checkCsrf,
  clearCookies,
  cookieNames,
  csrfCookie,
  csrfToken,
  readCookies,
  refreshCookie,
  requireHttps,
  requireScope,
  type AuthenticateOptions,
  type Challenge,
  type HttpRequest,
  type RequestOrHeaders,
  type TokenVerifier,
} from 'tittle/http'
import type { AccessClaims, IssuedTokens, Sessions } from 'tittle/session'

declare const request: Request
declare const incoming: IncomingMessage
declare const http2: Http2ServerRequest
declare const verified: VerifiedJwt
declare const token: string
declare const key: SecretKey<'HS256'>
declare const publicKey: PublicKey<'RS256'>
declare const sessions: Sessions
declare const tokens: IssuedTokens
declare const verifier: Verifier<JwtClaims & { readonly role: string }>

const csrf = { key, origins: 'https://app.example' } as const

describe('a request', () => {
  test('is one of fetch or of Node, or the headers of one', () => {
    expectTypeOf<Request>().toExtend<HttpRequest>()
    expectTypeOf<IncomingMessage>().toExtend<HttpRequest>()
    expectTypeOf<Http2ServerRequest>().toExtend<HttpRequest>()
    expectTypeOf<Headers>().toExtend<RequestOrHeaders>()
    expectTypeOf(bearerToken(request)).toEqualTypeOf<string>()
    expectTypeOf(readCookies(request.headers)).toEqualTypeOf<ReadonlyMap<string, string>>()
    bearerToken(incoming)
    bearerToken(http2)
    requireHttps(request)
    requireHttps(incoming, { trustedProxies: ['10.0.0.0/8'] })
  })

  test('is no token and no text', () => {
    // @ts-expect-error
    bearerToken(token)
    // @ts-expect-error
    bearerToken({ authorization: token })
    // @ts-expect-error
    bearerToken({ headers: { authorization: 1 } })
    // @ts-expect-error
    bearerToken(undefined)
    // @ts-expect-error -- headers do not say what they came over.
    requireHttps(request.headers)
  })
})

describe('a scope', () => {
  test('is looked for in what was verified', () => {
    requireScope(verified, 'orders:read')
    requireScope(verified, 'orders:read', 'orders:write')
    requireScope({} as VerifiedJwt<AccessClaims>, 'orders:read')
    requireScope({} as Awaited<ReturnType<Sessions['verifyAccess']>>, 'orders:read')
    expectTypeOf(requireScope(verified, 'a')).toEqualTypeOf<void>()
  })

  test('is not looked for in what was only decoded, or made by hand', () => {
    // @ts-expect-error
    requireScope(decode(token), 'orders:read')
    // @ts-expect-error
    requireScope(decode(token).unverified, 'orders:read')
    // @ts-expect-error
    requireScope(verified.claims, 'orders:read')
    // @ts-expect-error
    requireScope({ header: verified.header, claims: { scope: 'orders:read' }, key }, 'orders:read')
    // @ts-expect-error
    requireScope(token, 'orders:read')
  })

  test('is named', () => {
    // @ts-expect-error
    requireScope(verified)
    // @ts-expect-error
    requireScope(verified, ['orders:read'])
    // @ts-expect-error -- it may be empty.
    requireScope(verified, ...([] as string[]))
  })
})

describe('cookies', () => {
  test('hold what sessions issue', () => {
    expectTypeOf(accessCookie(tokens)).toEqualTypeOf<string>()
    expectTypeOf(refreshCookie(tokens, { path: '/auth' })).toEqualTypeOf<string>()
    expectTypeOf(csrfCookie(token, { sameSite: 'Lax' })).toEqualTypeOf<string>()
    expectTypeOf(clearCookies({ refreshPath: '/auth' })).toEqualTypeOf<readonly string[]>()
    accessCookie(tokens, { name: '__Secure-a', path: undefined, sameSite: undefined })
    clearCookies({ refreshPath: '/auth', names: { access: '__Host-a' } })
    // @ts-expect-error
    accessCookie(token)
    // @ts-expect-error
    csrfCookie(csrfToken('sid', key))
  })

  test('of a refresh token have a path', () => {
    // @ts-expect-error
    refreshCookie(tokens)
    // @ts-expect-error
    refreshCookie(tokens, {})
    // @ts-expect-error
    refreshCookie(tokens, { path: undefined })
    // @ts-expect-error
    clearCookies({})
  })

  test('are always secure', () => {
    // @ts-expect-error
    accessCookie(tokens, { secure: false })
    // @ts-expect-error
    accessCookie(tokens, { httpOnly: false })
    // @ts-expect-error
    accessCookie(tokens, { domain: 'example.com' })
    // @ts-expect-error
    accessCookie(tokens, { sameSite: 'lax' })
    // @ts-expect-error
    cookieNames.access = 'access'
  })
})

describe('CSRF tokens', () => {
  test('are made and checked with a secret, for a session', () => {
    expectTypeOf(csrfToken('sid', key)).toEqualTypeOf<Promise<string>>()
    expectTypeOf(checkCsrf(request, { ...csrf, sid: 'sid' })).toEqualTypeOf<Promise<void>>()
    void checkCsrf(incoming, { ...csrf, sid: 'sid', cookie: undefined, header: 'x-csrf' })
    // @ts-expect-error
    void csrfToken('sid', publicKey)
    // @ts-expect-error
    void csrfToken('sid', 'a secret')
    // @ts-expect-error
    void csrfToken(undefined, key)
    // @ts-expect-error
    void checkCsrf(request, csrf)
    // @ts-expect-error
    void checkCsrf(request, { key, sid: 'sid' })
    // @ts-expect-error
    void checkCsrf(request, { ...csrf, sid: 'sid', key: publicKey })
  })
})

test('a challenge is of what was caught, whatever it is', () => {
  expectTypeOf(challenge({} as unknown)).toEqualTypeOf<Challenge>()
  expectTypeOf<Challenge['status']>().toEqualTypeOf<400 | 401 | 403 | 503>()
  const { body, ...init } = challenge(undefined, { realm: 'api', scope: undefined })
  expectTypeOf(new Response(body, init)).toEqualTypeOf<Response>()
  // @ts-expect-error
  challenge({}, { error: 'invalid_token' })
})

describe('a guard', () => {
  test('hands over the request and the claims as they are', () => {
    const handler = authenticate(verifier)((given: Request, { claims }) => {
      expectTypeOf(claims.role).toEqualTypeOf<string>()
      return given.json()
    })
    expectTypeOf(handler).parameter(0).toEqualTypeOf<Request>()
    authenticate({ verify: sessions.verifyAccess })((_, { claims }) => {
      expectTypeOf(claims).toEqualTypeOf<AccessClaims>()
      return new Response(claims.sid)
    })
    const respond = authenticate(verifier)((_: Request) => new Response())
    expectTypeOf(respond).toEqualTypeOf<(request: Request) => Promise<Response>>()
    const later = authenticate(verifier)(async (_: IncomingMessage) => 1)
    expectTypeOf(later).toEqualTypeOf<(request: IncomingMessage) => Promise<number | Response>>()
  })

  test('verifies', () => {
    expectTypeOf<Verifier<JwtClaims>>().toExtend<TokenVerifier<JwtClaims>>()
    // @ts-expect-error -- sessions have several things to verify.
    authenticate(sessions)
    // @ts-expect-error
    authenticate(key)
    // @ts-expect-error
    authenticate({ verify: async (text: string) => ({ claims: { sub: text } }) })
    // @ts-expect-error -- it answers whether, and does not throw.
    authenticate({ verify: createVerifier(key, { algorithms: ['HS256'], issuer: null, audience: null }).check })
  })

  test('takes a cookie with CSRF protection alone', () => {
    authenticate(verifier, { cookie: '__Host-access', csrf })
    authenticate(verifier, { realm: 'api', scopes: 'a' })
    authenticate(verifier, { scopes: ['a', 'b'], cookie: undefined, csrf: undefined })
    // @ts-expect-error
    authenticate(verifier, { cookie: '__Host-access' })
    // @ts-expect-error
    authenticate(verifier, { cookie: '__Host-access', csrf: undefined })
    // @ts-expect-error
    authenticate(verifier, { cookie: '__Host-access', csrf: false })
    // @ts-expect-error
    authenticate(verifier, { csrf })
    // @ts-expect-error -- the session is the token's.
    authenticate(verifier, { cookie: '__Host-access', csrf: { ...csrf, sid: 'sid' } })
    expectTypeOf<{ readonly cookie: string }>().not.toExtend<AuthenticateOptions>()
  })
})
