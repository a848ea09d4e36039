import { describe, expect, test } from 'vitest'
import { generateKeyPair, generateSecret, isJwtError, JwtError, sign, verify, type SecretKey } from 'tittle'
import { checkCsrf, csrfCookie, csrfToken, type CsrfOptions, type HttpRequest, type NodeHeaders } from 'tittle/http'
import { createSessions } from 'tittle/session'
import { csrfCheck } from '../src/http-csrf.ts'
import { expectSwift, MILLION, nodeRequest, received } from './setup/http.ts'
import { polluted } from './setup/pollution.ts'
import { expectSilence } from './setup/silence.ts'
import { claimsOf, headerOf, thrownBy, verdictOf } from './setup/tokens.ts'

const key = generateSecret('HS256')
const otherKey = generateSecret('HS256')
const hs512 = generateSecret('HS512')
const SID = 'b7a1c2d4'
const APP = 'https://app.example'
const options: CsrfOptions = { key, sid: SID, origins: APP }

/** A request that passes, as Node has it, but for what is changed in it. */
async function requestWith(headers: NodeHeaders = {}, more: Omit<HttpRequest, 'headers'> = {}): Promise<HttpRequest> {
  const token = await csrfToken(SID, key)
  const cookie = `theme=dark; __Host-csrf=${token}`
  const all = { origin: APP, 'sec-fetch-site': 'same-origin', 'x-csrf-token': token, cookie, ...headers }
  return nodeRequest(all, { method: 'POST', ...more })
}

/** The same, with this token in the header and in the cookie. */
const requestOf = (token: string, more: NodeHeaders = {}): Promise<HttpRequest> =>
  requestWith({ 'x-csrf-token': token, cookie: `__Host-csrf=${token}`, ...more })

const check = (request: HttpRequest, changed: Partial<CsrfOptions> = {}) =>
  verdictOf(() => checkCsrf(request, { ...options, ...changed }))

describe('a CSRF token', () => {
  test('is a JWT of its own type, bound to the session, random, and without an expiry', async () => {
    const [token, other] = [await csrfToken(SID, key), await csrfToken(SID, key)]
    expect(token).not.toBe(other)
    expect(headerOf(token)).toEqual({ alg: 'HS256', typ: 'csrf+jwt' })
    expect(claimsOf(token)).toEqual({ sid: SID, iat: expect.any(Number), jti: expect.any(String) })
  })

  test('is no token of anything else', async () => {
    const token = await csrfToken(SID, key)
    const policy = { algorithms: ['HS256'], issuer: null, audience: null, expiry: 'optional' } as const
    expect(await verdictOf(() => verify(token, key, policy))).toBe('ERR_HEADER_TYPE')
    expect(await verdictOf(() => verify(token, key, { ...policy, typ: 'at+jwt' }))).toBe('ERR_HEADER_TYPE')
  })

  test('fits a cookie', async () => {
    expect(csrfCookie(await csrfToken(SID, key))).toContain('__Host-csrf=')
  })

  test('is not made of what is no session and no secret', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    for (const wrong of [undefined, null, privateKey, publicKey, 'a secret', {}]) {
      await expect(csrfToken(SID, wrong as SecretKey)).rejects.toThrow(
        new TypeError('csrfToken: the key must be a secret'),
      )
    }
    for (const wrong of [undefined, null, '', 1, {}]) {
      await expect(csrfToken(wrong as string, key)).rejects.toThrow('csrfToken: sid must be a non-empty string')
    }
  })
})

describe('a request passes', () => {
  test.each<[string, NodeHeaders, Omit<HttpRequest, 'headers'>, Partial<CsrfOptions>]>([
    ['with the token twice, from the origin', {}, {}, {}],
    ['by any method', {}, { method: 'DELETE' }, {}],
    ['by a method that is not known', {}, { method: undefined }, {}],
    ['from one of several origins', {}, {}, { origins: ['https://a.example', APP] }],
    ['from an origin with a port', { origin: 'http://localhost:3000' }, {}, { origins: 'http://localhost:3000' }],
    ['from the same site, which is one of the origins', { 'sec-fetch-site': 'same-site' }, {}, {}],
    ['of a browser that says nothing of sites', { 'sec-fetch-site': undefined }, {}, {}],
    ['whatever comes with it', { referer: 'https://evil.example/', authorization: 'Basic YTpi' }, {}, {}],
  ])('%s', async (_, headers, more, changed) => {
    expect(await check(await requestWith(headers, more), changed)).toBe('accepted')
  })

  test('with a token of any algorithm for secrets', async () => {
    expect(await check(await requestOf(await csrfToken(SID, hs512)), { key: hs512 })).toBe('accepted')
  })

  test('with another cookie and another header, whose name ignores case', async () => {
    const token = await csrfToken(SID, key)
    const names = { cookie: '__Secure-c', header: 'X-Csrf' }
    const request = nodeRequest({ origin: APP, 'x-csrf': token, cookie: `__Secure-c=${token}` }, { method: 'PUT' })
    expect(await check(request, names)).toBe('accepted')
    expect(await check(await requestWith({}), names)).toBe('ERR_CSRF')
    expect(await check(request)).toBe('ERR_CSRF')
  })

  test('as a Request, as Headers, and as node:http has received it', async () => {
    const { headers } = await requestWith()
    const fetched = new Headers(headers as Record<string, string>)
    await checkCsrf(new Request(APP, { method: 'POST', headers: fetched }), options)
    await checkCsrf(fetched, options)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const line = 'POST /orders HTTP/1.1'
    expect(await received(lines, (request) => verdictOf(() => checkCsrf(request, options)), { line })).toBe('accepted')
    const twice = [...lines, `origin: ${APP}`]
    expect(await received(twice, (request) => verdictOf(() => checkCsrf(request, options)), { line })).toBe('ERR_CSRF')
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('by %s, which changes nothing', async (method) => {
    expect(await check(nodeRequest({}, { method }))).toBe('accepted')
    expect(await verdictOf(() => checkCsrf(new Request(APP, { method }), options))).toBe('accepted')
  })
})

describe('a request is refused', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'Get', 'GET ', 'TRACE', 'CONNECT', 'QUERY', '', undefined])(
    'by the method %j',
    async (method) => {
      expect(await check(nodeRequest({}, { method }))).toBe('ERR_CSRF')
    },
  )

  test('as Headers, of which nobody knows the method', async () => {
    expect(await verdictOf(() => checkCsrf(new Headers(), options))).toBe('ERR_CSRF')
    expect(await verdictOf(() => checkCsrf(new Headers({ method: 'GET' }), options))).toBe('ERR_CSRF')
  })

  test('whatever method it claims to stand for', async () => {
    const headers = { origin: 'https://evil.example', 'x-http-method-override': 'GET', 'x-http-method': 'GET' }
    expect(await check(await requestWith(headers))).toBe('ERR_CSRF')
  })

  test.each<[string | undefined]>([
    [undefined],
    ['null'],
    [''],
    ['https://evil.example'],
    ['http://app.example'],
    ['https://app.example/'],
    ['https://app.example:443'],
    ['https://app.example:8443'],
    ['https://APP.example'],
    ['https://app.example.evil.example'],
    ['https://evil.example/https://app.example'],
    ['https://sub.app.example'],
    ['https://app.example, https://app.example'],
    ['https://app.example https://evil.example'],
    ['app.example'],
    ['*'],
  ])('from the origin %j', async (origin) => {
    expect(await check(await requestWith({ origin }))).toBe('ERR_CSRF')
  })

  test.each(['cross-site', 'none', '', 'Same-Origin', 'same-origin, cross-site', 'same-origin ', 'unknown'])(
    'where the browser calls the site %j',
    async (site) => {
      expect(await check(await requestWith({ 'sec-fetch-site': site }))).toBe('ERR_CSRF')
    },
  )

  test.each<[string, (token: string, other: string) => NodeHeaders]>([
    ['no token', () => ({ 'x-csrf-token': undefined, cookie: undefined })],
    ['no token in the header', () => ({ 'x-csrf-token': undefined })],
    ['no token in the cookie', () => ({ cookie: 'theme=dark' })],
    ['an empty token in both', () => ({ 'x-csrf-token': '', cookie: '__Host-csrf=' })],
    ['no text in both', () => ({ 'x-csrf-token': 'undefined', cookie: '__Host-csrf=undefined' })],
    ['two tokens of the session', (_, other) => ({ 'x-csrf-token': other })],
    ['a token twice in the header', (token) => ({ 'x-csrf-token': [token, token] })],
    ['a token and more in the header', (token) => ({ 'x-csrf-token': `${token} ` })],
    ['a cookie beside one that was planted', (token) => ({ cookie: `__Host-csrf=${token}; __Host-csrf=planted` })],
    ['the token in a cookie without a prefix', (token) => ({ cookie: `csrf=${token}` })],
    ['the token in a cookie of a name alike', (token) => ({ cookie: `\u00a0__Host-csrf=${token}` })],
    ['the token in a header of another name', (token) => ({ 'x-csrf-token': undefined, 'x-xsrf-token': token })],
  ])('with %s', async (_, headersFor) => {
    const [token, other] = [await csrfToken(SID, key), await csrfToken(SID, key)]
    expect(await check(await requestOf(token))).toBe('accepted')
    expect(await check(await requestOf(token, headersFor(token, other)))).toBe('ERR_CSRF')
  })

  const untimed = { expiresIn: null } as const
  test.each<[string, () => Promise<string> | string]>([
    ['a token of another session', () => csrfToken('another', key)],
    ['a token of a session that begins alike', () => csrfToken(`${SID}0`, key)],
    ['a token of another key', () => csrfToken(SID, otherKey)],
    ['a token of another algorithm', () => csrfToken(SID, hs512)],
    ['a token without a type', () => sign({ sid: SID }, key, untimed)],
    ['a token of another type', () => sign({ sid: SID }, key, { ...untimed, typ: 'JWT' })],
    ['an access token', () => sign({ sid: SID }, key, { expiresIn: '10m', typ: 'at+jwt' })],
    ['a refresh token', () => sign({ sid: SID, gen: 0 }, key, { expiresIn: '7d', typ: 'rt+jwt' })],
    ['a token without a session', () => sign({}, key, { ...untimed, typ: 'csrf+jwt' })],
    ['a token with several sessions', () => sign({ sid: [SID] }, key, { ...untimed, typ: 'csrf+jwt' })],
    ['an expired token', () => sign({ sid: SID, exp: 1, iat: 0 }, key, { typ: 'csrf+jwt' })],
    ['a token whose session is changed', async () => changed(await csrfToken(SID, key))],
    ['a token without its signature', async () => (await csrfToken(SID, key)).replace(/[^.]+$/, '')],
    ['an unsigned token', () => `${encode({ alg: 'none', typ: 'csrf+jwt' })}.${encode({ sid: SID })}.`],
    ['the id of the session', () => SID],
    ['what is no token', () => 'planted'],
  ])('with %s in the header and the cookie', async (_, make) => {
    expect(await check(await requestOf(await make()))).toBe('ERR_CSRF')
  })

  test('with the access token of the very session, signed with the very key', async () => {
    const sessions = createSessions({
      issuer: 'https://issuer.example',
      audience: 'api',
      clientId: 'web',
      signingKey: key,
      refreshKey: otherKey,
    })
    const { accessToken, refreshToken, session } = await sessions.start('alice')
    const { sid } = session
    expect(await check(await requestOf(await csrfToken(sid, key)), { sid })).toBe('accepted')
    for (const token of [accessToken, refreshToken])
      expect(await check(await requestOf(token), { sid })).toBe('ERR_CSRF')
    expect(await verdictOf(async () => sessions.verifyAccess(await csrfToken(sid, key)))).toBe('ERR_HEADER_TYPE')
  })

  test.each<[string, NodeHeaders]>([
    ['the request names no Origin', { origin: undefined }],
    ['the request comes from another Origin', { origin: 'https://evil.example' }],
    ['the browser says that the request comes from another site', { 'sec-fetch-site': 'cross-site' }],
    ['the CSRF token is missing in the header or the cookie', { cookie: undefined }],
    ['the CSRF token is missing in the header or the cookie', { 'x-csrf-token': undefined }],
    ['the CSRF tokens of the header and the cookie differ', { 'x-csrf-token': 'another' }],
    ['the CSRF token is not one of this session', { 'x-csrf-token': 'a', cookie: '__Host-csrf=a' }],
  ])('because %s', async (reason, headers) => {
    const words = `${reason}; reload the page, and send the CSRF cookie's value as a header`
    await expect(checkCsrf(await requestWith(headers), options)).rejects.toThrow(new JwtError('ERR_CSRF', words))
  })

  test('by words that repeat nothing of it', async () => {
    const token = await csrfToken('another', key)
    const requests = [
      await requestOf(token),
      await requestOf(token, { cookie: '__Host-csrf=planted-token' }),
      await requestWith({ origin: 'https://evil.example' }),
      await requestWith({ 'sec-fetch-site': 'cross-site-planted' }),
      await requestWith({ cookie: undefined }),
    ]
    for (const request of requests) {
      const error = await thrownBy(() => checkCsrf(request, options))
      expect(error).toMatchObject({ name: 'JwtError', code: 'ERR_CSRF', message: expect.stringMatching(/; reload/) })
      if (isJwtError(error)) expectSilence(error.message, [request.headers, SID, token])
    }
  })

  test('in one go, however long its headers are', async () => {
    const token = 'a'.repeat(MILLION)
    const request = await requestOf(token)
    let verdict: Promise<string> | undefined
    expectSwift(() => (verdict = check(request)))
    expect(await verdict).toBe('ERR_CSRF')
  })

  const changed = (token: string): string => token.replace(/\..*\./, `.${encode({ sid: SID, iat: 1 })}.`)
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
})

describe('options are checked', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a key', { key: undefined }, 'checkCsrf: the key must be a secret'],
    ['a key that is a text', { key: 'secret' }, 'checkCsrf: the key must be a secret'],
    ['a session', { sid: undefined }, 'checkCsrf: sid must be a non-empty string'],
    ['a session that is empty', { sid: '' }, 'checkCsrf: sid must be a non-empty string'],
    ['origins', { origins: undefined }, 'checkCsrf: origins must be a non-empty string or a non-empty array'],
    ['no origin', { origins: [] }, 'checkCsrf: origins must be a non-empty array'],
    ['an origin that is empty', { origins: '' }, 'checkCsrf: origins must be a non-empty string'],
    ['any origin', { origins: '*' }, 'checkCsrf: origins must be origins'],
    ['the origin null', { origins: 'null' }, 'checkCsrf: origins must be origins'],
    ['an origin and a slash', { origins: 'https://app.example/' }, 'checkCsrf: origins must be origins'],
    ['an origin with a path', { origins: [APP, 'https://app.example/a'] }, 'checkCsrf: origins must be origins'],
    ['a host', { origins: 'app.example' }, 'checkCsrf: origins must be origins'],
    ['an origin with its default port', { origins: 'https://app.example:443' }, 'checkCsrf: origins must be origins'],
    ['an origin in capitals', { origins: 'https://APP.example' }, 'checkCsrf: origins must be origins'],
    ['a scheme that has no origin', { origins: 'file:///app' }, 'checkCsrf: origins must be origins'],
    ['several in one text', { origins: `${APP} ${APP}` }, 'checkCsrf: origins must be origins'],
    ['a pattern', { origins: /app/ }, 'checkCsrf: origins must be a non-empty string'],
    ['an empty cookie', { cookie: '' }, 'checkCsrf: cookie must be a non-empty string'],
    ['an empty header', { header: '' }, 'checkCsrf: header must be a non-empty string'],
    ['a header that is none', { header: 1 }, 'checkCsrf: header must be a non-empty string'],
    ['what there is not', { origin: APP }, 'checkCsrf: there is no option "origin"; there are key, origins,'],
  ])('for %s, though the request would pass', async (_, wrong, words) => {
    for (const method of ['GET', 'POST']) {
      const request = await requestWith({}, { method })
      const error = await thrownBy(() => checkCsrf(request, { ...options, ...wrong } as CsrfOptions))
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toContain(words)
    }
  })

  test('for a public key, which everybody could sign with', async () => {
    const { publicKey } = await generateKeyPair('ES256')
    await expect(checkCsrf(await requestWith(), { ...options, key: publicKey as never })).rejects.toThrow(TypeError)
  })

  test('once, where a check is made of them', async () => {
    const origins = [APP]
    const run = csrfCheck('owner', { key, origins })
    origins[0] = 'https://evil.example'
    await run(await requestWith(), SID)
    expect(await verdictOf(async () => run(await requestWith({ origin: 'https://evil.example' }), SID))).toBe(
      'ERR_CSRF',
    )
    expect(await verdictOf(async () => run(await requestWith(), 'another'))).toBe('ERR_CSRF')
    expect(() => csrfCheck('owner', { key, origins: '*' })).toThrow('owner: origins must be origins')
    expect(() => csrfCheck('owner', options)).toThrow('owner: there is no option "sid"')
  })

  test('and what a broken key does is not taken for a forgery', async () => {
    const imposter = { alg: 'HS256', role: 'secret', kid: undefined } as never
    const request = await requestWith()
    await expect(checkCsrf(request, { ...options, key: imposter })).rejects.toThrow(TypeError)
  })
})

describe('what every object inherits', () => {
  test.each<[string, unknown]>([
    ['method', 'GET'],
    ['origin', APP],
    ['sec-fetch-site', 'same-origin'],
    ['x-csrf-token', 'planted'],
    ['cookie', '__Host-csrf=planted'],
    ['headers', { origin: APP }],
    ['get', () => APP],
    ['sid', SID],
    ['origins', 'https://evil.example'],
    ['key', otherKey],
    ['header', 'x-planted'],
  ])('excuses nobody, and accuses nobody: %s', async (name, value) => {
    const token = await sign({}, key, { expiresIn: null, typ: 'csrf+jwt' })
    const runs: readonly [HttpRequest | Headers, string][] = [
      [await requestWith(), 'accepted'],
      [nodeRequest({}, { method: 'POST' }), 'ERR_CSRF'],
      [new Headers(), 'ERR_CSRF'],
      [await requestWith({ origin: undefined }), 'ERR_CSRF'],
      [await requestWith({ origin: 'https://evil.example' }), 'ERR_CSRF'],
      [await requestWith({ 'sec-fetch-site': 'cross-site' }), 'ERR_CSRF'],
      [await requestWith({ 'x-csrf-token': undefined }), 'ERR_CSRF'],
      [await requestOf(token), 'ERR_CSRF'],
      [await requestOf(await csrfToken(SID, otherKey)), 'ERR_CSRF'],
    ]
    for (const [request, verdict] of runs) {
      expect(await polluted({ [name]: value }, () => verdictOf(() => checkCsrf(request, options)))).toBe(verdict)
    }
  })
})
