import { describe, expect, test } from 'vitest'
import { createVerifier, generateSecret, JwtError, sign, type JwtClaims, type VerifiedJwt, type Verifier } from 'tittle'
import { authenticate, csrfToken, type AuthenticateOptions, type HttpRequest, type TokenVerifier } from 'tittle/http'
import { createSessions, memoryStore, type SessionStore, type Sessions } from 'tittle/session'
import { received } from './setup/http.ts'
import { polluted } from './setup/pollution.ts'

const key = generateSecret('HS256')
const csrfKey = generateSecret('HS256')
const SID = 'b7a1c2d4'
const APP = 'https://app.example'
const URL = 'https://api.example/orders'
const verifier = createVerifier(key, { algorithms: ['HS256'], issuer: null, audience: null })
const csrf = { key: csrfKey, origins: APP }
const withCookie = { cookie: '__Host-access', csrf }

const tokenWith = (claims: JwtClaims = {}): Promise<string> =>
  sign({ sub: 'alice', sid: SID, scope: 'orders:read orders:write', ...claims }, key, { expiresIn: '1m' })
const expiredToken = (): Promise<string> => sign({ sub: 'alice', sid: SID }, key, { expiresIn: '1m', now: () => 0 })

type Init = { readonly method?: string; readonly headers?: Record<string, string> }

/** What a guard answers: the status, the challenge, and the body, which is the subject where the handler has run. */
async function answerTo(
  { method = 'GET', headers = {} }: Init,
  options?: AuthenticateOptions,
  by: TokenVerifier<JwtClaims> = verifier,
): Promise<readonly [number, string | null, string]> {
  const handler = authenticate(by, options)((_, { claims }) => new Response(claims.sub))
  const response = await handler(new Request(URL, { method, headers }))
  return [response.status, response.headers.get('www-authenticate'), await response.text()]
}

const bearer = (token: string): Init => ({ headers: { authorization: `Bearer ${token}` } })
const PASSED = [200, null, 'alice']
const MISSING = [401, 'Bearer', '{"error":"unauthorized"}']
const INVALID = [401, 'Bearer error="invalid_token"', '{"error":"invalid_token"}']
const FORBIDDEN = [403, null, '{"error":"forbidden"}']
const LACKING = '{"error":"insufficient_scope"}'

describe('a bearer token', () => {
  test('lets the request pass to the handler, with what was verified', async () => {
    const request = new Request(URL, bearer(await tokenWith()))
    const seen: unknown[] = []
    const handler = authenticate(verifier)((...given) => seen.push(...given))
    expect(await handler(request)).toBe(2)
    expect(seen).toEqual([request, expect.objectContaining({ header: { alg: 'HS256', typ: 'JWT' }, key })])
    expect(seen[0]).toBe(request)
    expect((seen[1] as VerifiedJwt).claims).toMatchObject({ sub: 'alice', sid: SID })
  })

  test.each<[string, () => Init | Promise<Init>, readonly unknown[]]>([
    ['one', async () => bearer(await tokenWith()), PASSED],
    ['none', () => ({}), MISSING],
    ['another scheme', () => ({ headers: { authorization: 'Basic YTpi' } }), MISSING],
    ['what is none', () => bearer('e30.e30.c2ln'), INVALID],
    ['one that has expired', async () => bearer(await expiredToken()), INVALID],
    ['one of another key', async () => bearer(await sign({}, csrfKey, { expiresIn: 60 })), INVALID],
    ['two', () => bearer('a, Bearer b'), [400, 'Bearer error="invalid_request"', '{"error":"invalid_request"}']],
    ['one in a cookie', async () => ({ headers: { cookie: `__Host-access=${await tokenWith()}` } }), MISSING],
  ])('is asked for where there is %s', async (_, init, answer) => {
    const given = await init()
    expect(await answerTo(given)).toEqual(answer)
    expect(await answerTo({ ...given, method: 'POST' })).toEqual(answer)
  })

  test('is asked for in a realm', async () => {
    expect(await answerTo({}, { realm: 'api' })).toEqual([401, 'Bearer realm="api"', MISSING[2]])
  })

  test('is not read from the query string', async () => {
    const handler = authenticate(verifier)(() => new Response('passed'))
    const response = await handler(new Request(`${URL}?access_token=${await tokenWith()}`))
    expect(response.status).toBe(401)
  })

  test('does for a request of Node too, however it is answered', async () => {
    const handler = authenticate(verifier)((request: HttpRequest, { claims }) => [request.url, claims.sub])
    const token = await tokenWith()
    expect(await received([`Authorization: Bearer ${token}`], handler)).toEqual(['/', 'alice'])
    const refused = await received([`Authorization: Bearer ${token}`, 'Authorization: Bearer b'], handler)
    expect((refused as Response).status).toBe(400)
  })

  test('is refused in an answer that nobody keeps', async () => {
    const response = await authenticate(verifier)(() => new Response())(new Request(URL))
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('application/json')
  })
})

describe('scopes', () => {
  test.each<[unknown, string | readonly string[], number]>([
    ['orders:read orders:write', 'orders:read', 200],
    ['orders:read orders:write', ['orders:read'], 200],
    ['orders:read orders:write', ['orders:write', 'orders:read'], 200],
    ['orders:read', ['orders:read', 'orders:write'], 403],
    ['orders:write', ['orders:read', 'orders:write'], 403],
    ['orders', 'orders:read', 403],
    ['', 'orders:read', 403],
    [undefined, 'orders:read', 403],
    [['orders:read'], 'orders:read', 403],
  ])('of a token with %j are %j: %i', async (scope, scopes, status) => {
    const token = await sign({ sub: 'alice', ...(scope === undefined ? {} : { scope }) }, key, { expiresIn: 60 })
    const asked = `Bearer realm="api", scope="${[scopes].flat().join(' ')}", error="insufficient_scope"`
    const answer = await answerTo(bearer(token), { realm: 'api', scopes })
    expect(answer).toEqual(status === 200 ? PASSED : [403, asked, LACKING])
  })

  test('are asked for of whoever has no token', async () => {
    expect(await answerTo({}, { scopes: ['a', 'b'] })).toEqual([401, 'Bearer scope="a b"', MISSING[2]])
  })

  test('are those of the time when the guard was made', async () => {
    const scopes = ['admin']
    const guard = authenticate(verifier, { scopes })
    scopes[0] = 'orders:read'
    const response = await guard(() => new Response())(new Request(URL, bearer(await tokenWith())))
    expect(response.status).toBe(403)
  })
})

describe('a cookie', () => {
  /** A request that passes, but for what is changed in it. */
  const fromPage = async (changed: Record<string, string | undefined> = {}, claims: JwtClaims = {}): Promise<Init> => {
    const token = await csrfToken(SID, csrfKey)
    const cookie = `__Host-access=${await tokenWith(claims)}; __Host-csrf=${token}`
    const headers = { origin: APP, 'x-csrf-token': token, cookie, ...changed }
    const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return { method: 'POST', headers: Object.fromEntries(kept) }
  }

  test('passes with the CSRF token of its session', async () => {
    expect(await answerTo(await fromPage(), withCookie)).toEqual(PASSED)
  })

  test.each<[string, Record<string, string | undefined>]>([
    ['no CSRF token', { 'x-csrf-token': undefined }],
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin', { origin: undefined }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused with %s', async (_, changed) => {
    expect(await answerTo(await fromPage(changed), withCookie)).toEqual(FORBIDDEN)
    expect(await answerTo({ ...(await fromPage(changed)), method: 'GET' }, withCookie)).toEqual(PASSED)
  })

  test('is refused with the CSRF token of another session', async () => {
    expect(await answerTo(await fromPage({}, { sid: 'another' }), withCookie)).toEqual(FORBIDDEN)
  })

  test.each<[unknown]>([[''], [1], [null], [['b7a1c2d4']]])('is refused where the session is %j', async (sid) => {
    expect(await answerTo(await fromPage({}, { sid }), withCookie)).toEqual(FORBIDDEN)
    expect(await answerTo({ ...(await fromPage({}, { sid })), method: 'GET' }, withCookie)).toEqual(FORBIDDEN)
  })

  test.each<[string, (token: string) => string | undefined]>([
    ['there is none', () => undefined],
    ['it has another name', (token) => `access=${token}`],
    ['another one was planted', (token) => `__Host-access=${token}; __Host-access=planted`],
  ])('is missed where %s', async (_, cookieOf) => {
    expect(await answerTo(await fromPage({ cookie: cookieOf(await tokenWith()) }), withCookie)).toEqual(MISSING)
  })

  test('is refused where it holds no good token', async () => {
    for (const token of ['', 'planted', await csrfToken(SID, csrfKey), await expiredToken()]) {
      expect(await answerTo(await fromPage({ cookie: `__Host-access=${token}` }), withCookie)).toEqual(INVALID)
    }
  })

  test('is not looked at where there is an Authorization header', async () => {
    const page = await fromPage()
    const withHeader = (authorization: string) =>
      answerTo({ ...page, headers: { ...page.headers, authorization } }, withCookie)
    expect(await withHeader('Basic YTpi')).toEqual(MISSING)
    expect(await withHeader('')).toEqual(MISSING)
    expect(await withHeader('Bearer planted')).toEqual(INVALID)
    const bob = await tokenWith({ sub: 'bob' })
    expect(await withHeader(`Bearer ${bob}`)).toEqual([200, null, 'bob'])
  })

  test('may be left to those who have a bearer token, which needs no CSRF token', async () => {
    const init = { method: 'POST', headers: { authorization: `Bearer ${await tokenWith()}` } }
    expect(await answerTo(init, withCookie)).toEqual(PASSED)
    expect(await answerTo({}, withCookie)).toEqual(MISSING)
  })

  test('has to have the scopes', async () => {
    const answer = await answerTo(await fromPage(), { ...withCookie, scopes: 'admin' })
    expect(answer).toEqual([403, 'Bearer scope="admin", error="insufficient_scope"', LACKING])
    expect(await answerTo(await fromPage(), { ...withCookie, scopes: 'orders:read' })).toEqual(PASSED)
  })
})

describe('sessions', () => {
  const start = async (store: SessionStore, claims?: object) => {
    const sessions = createSessions({
      issuer: 'https://issuer.example',
      audience: 'api',
      clientId: 'web',
      signingKey: key,
      refreshKey: generateSecret('HS256'),
      store,
    })
    return { sessions, tokens: await sessions.start('alice', claims) }
  }
  const live = ({ verifyAccess }: Sessions) => ({ verify: (token: string) => verifyAccess(token, { session: 'live' }) })

  test('verify', async () => {
    const { sessions, tokens } = await start(memoryStore(), { scope: 'orders:read' })
    const by = { verify: sessions.verifyAccess }
    expect(await answerTo(bearer(tokens.accessToken), { scopes: 'orders:read' }, by)).toEqual(PASSED)
    expect(await answerTo(bearer(tokens.refreshToken), {}, by)).toEqual(INVALID)
    expect(await answerTo(bearer(await tokenWith()), {}, by)).toEqual(INVALID)
  })

  test('that have ended are refused', async () => {
    const { sessions, tokens } = await start(memoryStore())
    expect(await answerTo(bearer(tokens.accessToken), {}, live(sessions))).toEqual(PASSED)
    await sessions.end(tokens.refreshToken)
    expect(await answerTo(bearer(tokens.accessToken), {}, live(sessions))).toEqual(INVALID)
  })

  test('whose store is away are answered with 503, and not with a challenge', async () => {
    const find = async (): Promise<never> => {
      throw new Error('the connection to 10.0.0.1 was lost')
    }
    const { sessions, tokens } = await start({ ...memoryStore(), find })
    const handler = authenticate(live(sessions), { realm: 'api' })(() => new Response())
    const response = await handler(new Request(URL, bearer(tokens.accessToken)))
    expect(response.status).toBe(503)
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.text()).toBe('{"error":"temporarily_unavailable"}')
  })
})

describe('what the guard does not answer for', () => {
  test.each<[string, unknown]>([
    ['an Error', new Error('the disk is full')],
    ['a TypeError', new TypeError('a mistake of the program')],
    ['a JwtError', new JwtError('ERR_EXPIRED', 'the token of somebody else')],
    ['no error', undefined],
  ])('is %s of the handler, which passes untouched', async (_, error) => {
    const request = new Request(URL, bearer(await tokenWith()))
    const guard = authenticate(verifier)
    const rejecting = guard(async () => Promise.reject(error))
    const throwing = guard(() => {
      throw error
    })
    for (const handler of [rejecting, throwing]) {
      const outcome = await handler(request).then(
        () => 'answered',
        (thrown: unknown) => [thrown],
      )
      expect(outcome).toEqual([error])
      if (Array.isArray(outcome)) expect(outcome[0]).toBe(error)
    }
  })

  test('is what the handler returns, which need be no Response', async () => {
    const request = new Request(URL, bearer(await tokenWith()))
    const guard = authenticate(verifier)
    expect(await guard(() => undefined)(request)).toBeUndefined()
    expect(await guard(async () => 'text')(request)).toBe('text')
  })

  test('is a mistake of the program while it verifies', async () => {
    const mistakes = [new TypeError('a key function has answered wrongly'), new RangeError('full'), 'text', undefined]
    for (const mistake of mistakes) {
      const handler = authenticate({ verify: () => Promise.reject(mistake) })(() => new Response())
      const outcome = handler(new Request(URL, bearer('a'))).then(
        () => 'answered',
        (thrown: unknown) => [thrown],
      )
      expect(await outcome).toEqual([mistake])
    }
  })

  test('runs once, after it has verified', async () => {
    let runs = 0
    const handler = authenticate(verifier)(() => ++runs)
    for (const init of [{}, bearer('planted'), bearer('a, b')]) await handler(new Request(URL, init))
    expect(runs).toBe(0)
    expect(await handler(new Request(URL, bearer(await tokenWith())))).toBe(1)
  })
})

describe('a guard is not made', () => {
  test.each<[string, unknown, string]>([
    ['a cookie without csrf', { cookie: '__Host-access' }, 'authenticate: a cookie needs csrf, and only a cookie does'],
    ['a cookie with csrf undefined', { cookie: '__Host-access', csrf: undefined }, 'a cookie needs csrf'],
    ['csrf without a cookie', { csrf }, 'authenticate: a cookie needs csrf, and only a cookie does'],
    ['an empty cookie', { cookie: '', csrf }, 'authenticate: cookie must be a non-empty string'],
    ['csrf switched off', { cookie: 'a', csrf: false }, 'authenticate: csrf: the options must be a plain object'],
    ['csrf null', { cookie: 'a', csrf: null }, 'authenticate: csrf: the options must be a plain object'],
    ['csrf without a key', { cookie: 'a', csrf: { origins: APP } }, 'authenticate: csrf: the key must be a secret'],
    ['csrf without origins', { cookie: 'a', csrf: { key: csrfKey } }, 'authenticate: csrf: origins must be'],
    ['csrf for all origins', { cookie: 'a', csrf: { ...csrf, origins: '*' } }, 'authenticate: csrf: origins must be'],
    [
      'csrf of one session',
      { cookie: 'a', csrf: { ...csrf, sid: SID } },
      'authenticate: csrf: there is no option "sid"',
    ],
    ['no scope', { scopes: [] }, 'authenticate: scopes must be a non-empty array'],
    ['an empty scope', { scopes: '' }, 'authenticate: scopes must be a non-empty string'],
    ['two scopes in one text', { scopes: 'a b' }, 'authenticate: scopes must be names of scopes, each for itself'],
    ['a scope that no header carries', { scopes: ['a"'] }, 'authenticate: scopes must be names of scopes'],
    ['a realm that no header carries', { realm: 'a"' }, 'challenge: realm must be printable ASCII'],
    ['an empty realm', { realm: '' }, 'challenge: realm must be printable ASCII'],
    ['an option that there is not', { scope: 'a' }, 'authenticate: there is no option "scope"'],
    ['options that are none', null, 'authenticate: the options must be a plain object'],
  ])('of %s', (_, options, words) => {
    expect(() => authenticate(verifier, options as AuthenticateOptions)).toThrow(TypeError)
    expect(() => authenticate(verifier, options as AuthenticateOptions)).toThrow(words)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a key', key],
    ['sessions', { verifyAccess: verifier.verify }],
    ['a function', verifier.verify],
  ])('of %s as a verifier', (_, wrong) => {
    expect(() => authenticate(wrong as Verifier<JwtClaims>)).toThrow(
      new TypeError('authenticate: the verifier has no function verify'),
    )
  })

  test('whose options change afterwards', async () => {
    const options = { cookie: '__Host-access', csrf: { ...csrf, origins: [APP] } }
    const guard = authenticate(verifier, options)
    options.csrf.origins[0] = 'https://evil.example'
    Object.assign(options.csrf, { key })
    Object.assign(options, { cookie: 'planted' })
    const token = await csrfToken(SID, csrfKey)
    const from = async (origin: string) => {
      const cookie = `__Host-access=${await tokenWith()}; __Host-csrf=${token}`
      const request = new Request(URL, { method: 'POST', headers: { origin, cookie, 'x-csrf-token': token } })
      return (await guard(() => new Response())(request)).status
    }
    expect([await from(APP), await from('https://evil.example')]).toEqual([200, 403])
  })
})

test('what every object inherits lets nobody pass, and keeps nobody out', async () => {
  const token = await tokenWith()
  const own = await csrfToken(SID, csrfKey)
  const planted: Record<string, unknown> = {
    authorization: `Bearer ${token}`,
    cookie: '__Host-access',
    csrf,
    scopes: 'planted',
    realm: 'planted',
    sid: SID,
    scope: 'admin',
    verify: verifier.verify,
    origins: 'https://evil.example',
  }
  const nameless = await sign({ sub: 'alice' }, key, { expiresIn: '1m' })
  const headers = { origin: APP, 'x-csrf-token': own, cookie: `__Host-access=${token}; __Host-csrf=${own}` }
  const cases: readonly [HttpRequest, AuthenticateOptions, number][] = [
    [new Request(URL, bearer(token)), {}, 200],
    [{ headers: bearer(token).headers ?? {} }, {}, 200],
    [{ headers: {} }, {}, 401],
    [new Request(URL), {}, 401],
    [new Request(URL, { headers: { cookie: headers.cookie } }), {}, 401],
    [new Request(URL, bearer(token)), { scopes: 'admin' }, 403],
    [new Request(URL, bearer(nameless)), { scopes: 'admin' }, 403],
    [new Request(URL, { method: 'POST', headers }), withCookie, 200],
    [new Request(URL, { method: 'POST', headers: { ...headers, origin: 'https://evil.example' } }), withCookie, 403],
    [new Request(URL, { headers: { cookie: `__Host-access=${nameless}` } }), withCookie, 403],
  ]
  for (const [name, value] of Object.entries(planted)) {
    for (const [request, options, status] of cases) {
      const answer = polluted({ [name]: value }, () => authenticate(verifier, options)(() => 200)(request))
      const given = await answer
      expect(given instanceof Response ? given.status : given, name).toBe(status)
    }
  }
})
