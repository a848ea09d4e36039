import { describe, expect, test } from 'vitest'
import { importSecret, sign, verify, type SecretKey } from 'tittle'
import { createKeyRing, createKeySet } from 'tittle/jwks'
import { createSessions, type SessionOptions, type SessionRow, type SessionSettings } from 'tittle/session'
import { polluted } from '../setup/pollution.ts'
import {
  accessClaims,
  AUDIENCE,
  bench,
  DAY,
  forgeAccess,
  forgeRefresh,
  HOUR,
  ISSUER,
  MINUTE,
  NOW,
  otherSecret,
  refreshClaims,
  settings,
  TestClock,
} from '../setup/sessions.ts'
import { expectTypeError } from '../setup/silence.ts'
import {
  base64url,
  claimsOf,
  es256,
  forge,
  headerOf,
  hs256,
  kinds,
  rs256,
  SECRET,
  segment,
  thrownBy,
  verdictOf,
} from '../setup/tokens.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('an access token', () => {
  describe.each(kinds)('of $alg', ({ alg, signer, verifier }) => {
    const keys =
      signer.role === 'secret'
        ? { signingKey: otherSecret, verifyKey: undefined }
        : { signingKey: signer, verifyKey: verifier }

    test('has the header and the claims of RFC 9068, and no others', async () => {
      const { sessions } = bench(keys)
      const { accessToken, session } = await sessions.start('alice')
      expect(headerOf(accessToken)).toEqual({ alg, typ: 'at+jwt' })
      expect(claimsOf(accessToken)).toEqual({
        iss: ISSUER,
        sub: 'alice',
        aud: AUDIENCE,
        exp: NOW + 600,
        iat: NOW,
        jti: expect.stringMatching(/^[\w-]{22}$/),
        client_id: 'web',
        sid: session.sid,
      })
      expect(session.sid).toMatch(UUID)
      const { claims, header } = await sessions.verifyAccess(accessToken)
      expect(claims).toEqual(claimsOf(accessToken))
      expect(header).toEqual({ alg, typ: 'at+jwt' })
    })
  })

  test('has the scope, the version and the claims that the session has', async () => {
    const { sessions } = bench({ tokenVersion: () => 4, audience: ['one', 'two'], access: { ttl: '2m' } })
    const { accessToken, accessExpiresIn } = await sessions.start('alice', {
      claims: { role: 'admin', nested: { list: [1, null] } },
      scope: 'read write',
    })
    expect(claimsOf(accessToken)).toMatchObject({
      aud: ['one', 'two'],
      exp: NOW + 120,
      scope: 'read write',
      ver: 4,
      role: 'admin',
      nested: { list: [1, null] },
    })
    expect(accessExpiresIn).toBe(120)
    expect((await sessions.verifyAccess(accessToken)).claims.scope).toBe('read write')
  })

  test('has the kid of its key, and an id of its own', async () => {
    const { signingKey } = { signingKey: importSecret('a secret that has a name, and signs', 'HS256', { kid: '2026' }) }
    const { sessions } = bench({ signingKey, verifyKey: undefined })
    const login = await sessions.start('alice')
    const again = await sessions.refresh(login.refreshToken)
    expect(headerOf(login.accessToken)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: '2026' })
    expect(claimsOf(login.accessToken)['jti']).not.toBe(claimsOf(again.accessToken)['jti'])
  })

  test('is one that verify takes by RFC 9068 §4, with the public key alone', async () => {
    const { sessions, clock } = bench()
    const { accessToken } = await sessions.start('alice')
    const policy = { algorithms: ['ES256'], issuer: ISSUER, audience: AUDIENCE, now: clock.now } as const
    const { claims } = await verify(accessToken, es256.publicKey, { ...policy, typ: 'at+jwt' })
    expect(claims.sub).toBe('alice')
    // An ID token's verifier must not take it (RFC 9068 §5).
    expect(await verdictOf(() => verify(accessToken, es256.publicKey, policy))).toBe('ERR_HEADER_TYPE')
  })

  test('expires on the second, but for the tolerance', async () => {
    const { sessions, twin, clock } = bench()
    const { accessToken } = await sessions.start('alice')
    const tolerant = twin({ clockTolerance: 30 })
    for (const [after, verdict, tolerated] of [
      [599.999, 'accepted', 'accepted'],
      [600, 'ERR_EXPIRED', 'accepted'],
      [629.999, 'ERR_EXPIRED', 'accepted'],
      [630, 'ERR_EXPIRED', 'ERR_EXPIRED'],
    ] as const) {
      clock.time = NOW + after
      expect(await verdictOf(() => sessions.verifyAccess(accessToken))).toBe(verdict)
      expect(await verdictOf(() => tolerant.verifyAccess(accessToken))).toBe(tolerated)
    }
  })

  test.each<[string, object, string]>([
    ['as it should be', {}, 'accepted'],
    ['for several, one of whom this is', { aud: ['x', AUDIENCE] }, 'accepted'],
    ['with a scope', { scope: '' }, 'accepted'],
    ['with a version that nobody looks at', { ver: 1 }, 'accepted'],
    ['of another issuer', { iss: 'https://other.example' }, 'ERR_CLAIM_VALUE iss'],
    ['for another audience', { aud: 'https://other.example' }, 'ERR_CLAIM_VALUE aud'],
    ['for the issuer', { aud: ISSUER }, 'ERR_CLAIM_VALUE aud'],
    ['that has expired', { exp: NOW }, 'ERR_EXPIRED exp'],
    ['of the future', { iat: NOW + 1 }, 'ERR_NOT_YET_VALID iat'],
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti'].map((claim): [string, object, string] => [
      `without ${claim}`,
      { [claim]: undefined },
      `ERR_CLAIM_MISSING ${claim}`,
    ]),
    ...['client_id', 'sid'].map((claim): [string, object, string] => [
      `without ${claim}`,
      { [claim]: undefined },
      `ERR_CLAIM_VALUE ${claim}`,
    ]),
    ['with a number for client_id', { client_id: 5 }, 'ERR_CLAIM_VALUE client_id'],
    ['with a list for sid', { sid: ['a-session'] }, 'ERR_CLAIM_VALUE sid'],
    ['with a list for scope', { scope: ['read'] }, 'ERR_CLAIM_VALUE scope'],
    ['with null for scope', { scope: null }, 'ERR_CLAIM_VALUE scope'],
    ['with text for ver', { ver: '1' }, 'ERR_CLAIM_VALUE ver'],
    ['with a negative ver', { ver: -1 }, 'ERR_CLAIM_VALUE ver'],
    ['with null for ver', { ver: null }, 'ERR_CLAIM_VALUE ver'],
    ['with text for exp', { exp: `${NOW + 600}` }, 'ERR_CLAIM_TYPE exp'],
  ])('%s has its verdict', async (_, claims, verdict) => {
    const { sessions } = bench()
    const token = forgeAccess(claims)
    const error = await thrownBy(() => sessions.verifyAccess(token))
    const { code = 'accepted', claim } = (error ?? {}) as { code?: string; claim?: string }
    expect([code, claim].filter(Boolean).join(' ')).toBe(verdict)
  })

  test.each([
    ['no typ', { typ: undefined }],
    ['JWT', { typ: 'JWT' }],
    ['rt+jwt', { typ: 'rt+jwt' }],
    ['at', { typ: 'at' }],
    ['logout+jwt', { typ: 'logout+jwt' }],
  ])('is refused with %s', async (_, header) => {
    expect(await verdictOf(() => bench().sessions.verifyAccess(forgeAccess({}, header)))).toBe('ERR_HEADER_TYPE')
  })

  test('is the session’s own, whatever a store was made to say of its claims', async () => {
    const { sessions, store, clock } = bench({ tokenVersion: () => 2 })
    const { session } = await sessions.start('alice')
    const row = await store.find(session.sid)
    const claims = { sub: 'mallory', client_id: 'other', sid: 'another', scope: 'admin', ver: 7 }
    const data = JSON.stringify({ claims, scope: 'read', version: 2 })
    await store.create({ ...row, sid: 'b-session', subject: 'bob', createdAt: clock.time, data } as SessionRow)
    const { accessToken } = await sessions.refresh(forgeRefresh({ sid: 'b-session' }))
    const own = { sub: 'bob', client_id: 'web', sid: 'b-session', scope: 'read', ver: 2 }
    expect((await sessions.verifyAccess(accessToken)).claims).toMatchObject(own)
  })

  test('inherits no claim from a polluted Object.prototype', async () => {
    const { sessions } = bench()
    const members = { sid: 'a-session', client_id: 'web', scope: 'admin', ver: 1, value: {}, issues: [] }
    for (const claim of ['sid', 'client_id']) {
      const token = forgeAccess({ [claim]: undefined })
      const error = await polluted(members, () => sessions.verifyAccess(token).catch((caught: unknown) => caught))
      expect(error).toMatchObject({ code: 'ERR_CLAIM_VALUE', claim })
    }
    const { refreshToken } = await sessions.start('alice')
    const { accessToken } = await polluted(members, () => sessions.refresh(refreshToken))
    expect(claimsOf(accessToken)).not.toHaveProperty('scope')
    expect(claimsOf(accessToken)).not.toHaveProperty('ver')
  })
})

describe('a refresh token', () => {
  test('has the session and the generation in it, and little else', async () => {
    const { sessions, clock } = bench({ audience: ['one', 'two'], tokenVersion: () => 4 })
    const options = { claims: { role: 'admin' }, scope: 'read', info: { device: 'phone' } }
    const { refreshToken, refreshExpiresIn, session } = await sessions.start('alice', options)
    const claims = { iss: ISSUER, aud: ISSUER, sub: 'alice', client_id: 'web', sid: session.sid, exp: NOW + 30 * DAY }
    expect(headerOf(refreshToken)).toEqual({ alg: 'HS256', typ: 'rt+jwt' })
    expect(claimsOf(refreshToken)).toEqual({ ...claims, gen: 0, iat: NOW })
    expect(refreshExpiresIn).toBe(7 * DAY)
    clock.advance(90.5)
    const next = await sessions.refresh(refreshToken)
    expect(claimsOf(next.refreshToken)).toEqual({ ...claims, gen: 1, iat: NOW + 90 })
    expect(next.refreshExpiresIn).toBe(7 * DAY)
  })

  test('may be signed by HS384 and HS512, and have a kid', async () => {
    for (const alg of ['HS384', 'HS512'] as const) {
      const refreshKey = importSecret('0123456789abcdef'.repeat(4), alg, { kid: 'r1' })
      const { sessions } = bench({ refreshKey })
      const { refreshToken } = await sessions.start('alice')
      expect(headerOf(refreshToken)).toEqual({ alg, typ: 'rt+jwt', kid: 'r1' })
      expect((await sessions.refresh(refreshToken)).session.generation).toBe(1)
    }
  })

  test('that is right reaches the store once', async () => {
    const { sessions, calls } = bench()
    expect(await verdictOf(() => sessions.refresh(forgeRefresh({ sid: 'unknown' })))).toBe('ERR_SESSION_REVOKED')
    expect(calls).toEqual(['rotate'])
  })
})

const right = forgeRefresh({ sid: 'a-session' })
const [header = '', payload = '', signature = ''] = right.split('.')
const none = (alg: string) => `${segment({ alg, typ: 'rt+jwt' })}.${payload}.`
const megabytes = 'A'.repeat(5_000_000)
const byAccessKey = (claims: object, typ: string): Promise<string> =>
  sign(claims as { exp: number }, es256.privateKey, { typ, expiresIn: undefined })

/** What is no refresh token, and the code that says why. */
const forged: readonly (readonly [string, unknown, string])[] = [
  ['nothing', undefined, 'ERR_TOKEN_MALFORMED'],
  ['null', null, 'ERR_TOKEN_MALFORMED'],
  ['a number', 5, 'ERR_TOKEN_MALFORMED'],
  ['an object', { toString: () => right }, 'ERR_TOKEN_MALFORMED'],
  ['a list', [right], 'ERR_TOKEN_MALFORMED'],
  ['an object of String', Object(right), 'ERR_TOKEN_MALFORMED'],
  ['an empty string', '', 'ERR_TOKEN_MALFORMED'],
  ['a sid', '0b5ed4c5-6b0b-4f0e-8d3f-0f1a2b3c4d5e', 'ERR_TOKEN_MALFORMED'],
  ['dots', '..', 'ERR_TOKEN_MALFORMED'],
  ['garbage', 'a.b.c', 'ERR_TOKEN_MALFORMED'],
  ['5 MB of a header', `${megabytes}.${payload}.${signature}`, 'ERR_TOKEN_TOO_LONG'],
  ['5 MB of a signature', `${header}.${payload}.${megabytes}`, 'ERR_TOKEN_TOO_LONG'],
  ['5 MB of dots', '.'.repeat(5_000_000), 'ERR_TOKEN_TOO_LONG'],
  ['alg none', none('none'), 'ERR_ALGORITHM'],
  ['alg None', none('None'), 'ERR_ALGORITHM'],
  ['no signature', `${header}.${payload}.`, 'ERR_SIGNATURE'],
  ['another payload', `${header}.${segment(refreshClaims({ sid: 'b-session' }))}.${signature}`, 'ERR_SIGNATURE'],
  ['another header', `${segment({ alg: 'HS256', typ: 'RT+JWT' })}.${payload}.${signature}`, 'ERR_SIGNATURE'],
  ['another signature', `${header}.${payload}.${base64url(Buffer.alloc(32))}`, 'ERR_SIGNATURE'],
  ['another spelling of the signature', `${right}=`, 'ERR_TOKEN_MALFORMED'],
  ['a space at the end', `${right} `, 'ERR_TOKEN_MALFORMED'],
  ['a fourth segment', `${right}.${signature}`, 'ERR_TOKEN_MALFORMED'],
  ['another typ', forgeRefresh({ sid: 'a-session' }, { typ: 'at+jwt' }), 'ERR_HEADER_TYPE'],
  ['the typ JWT', forgeRefresh({ sid: 'a-session' }, { typ: 'JWT' }), 'ERR_HEADER_TYPE'],
  ['no typ', forgeRefresh({ sid: 'a-session' }, { typ: undefined }), 'ERR_HEADER_TYPE'],
  ['a critical extension', forgeRefresh({ sid: 'a-session' }, { crit: ['x'], x: 1 }), 'ERR_HEADER_CRITICAL'],
  ['another issuer', forgeRefresh({ sid: 'a-session', iss: 'https://other.example' }), 'ERR_CLAIM_VALUE'],
  ['another audience', forgeRefresh({ sid: 'a-session', aud: AUDIENCE }), 'ERR_CLAIM_VALUE'],
  ['another client', forgeRefresh({ sid: 'a-session', client_id: 'mobile' }), 'ERR_CLAIM_VALUE'],
  ['no client', forgeRefresh({ sid: 'a-session', client_id: undefined }), 'ERR_CLAIM_VALUE'],
  ['no sid', forgeRefresh({}), 'ERR_CLAIM_VALUE'],
  ['a number for sid', forgeRefresh({ sid: 5 }), 'ERR_CLAIM_VALUE'],
  ['no expiry', forgeRefresh({ sid: 'a-session', exp: undefined }), 'ERR_CLAIM_MISSING'],
  ['an expiry in text', forgeRefresh({ sid: 'a-session', exp: `${NOW + DAY}` }), 'ERR_CLAIM_TYPE'],
  ['its time up', forgeRefresh({ sid: 'a-session', exp: NOW - 300 }), 'ERR_SESSION_EXPIRED'],
  ['a date in the far future', forgeRefresh({ sid: 'a-session', iat: NOW + 301 }), 'ERR_NOT_YET_VALID'],
  ...[undefined, null, -1, 1.5, '0', 2 ** 53, [0], true].map(
    (gen) => [`the generation ${gen}`, forgeRefresh({ sid: 'a-session', gen }), 'ERR_CLAIM_VALUE'] as const,
  ),
  ['text for claims', forge({ alg: 'HS256', typ: 'rt+jwt' }, base64url('"claims"')), 'ERR_TOKEN_MALFORMED'],
  [
    'a generation twice',
    forge({ alg: 'HS256', typ: 'rt+jwt' }, base64url(`{"gen":0,${JSON.stringify(refreshClaims({})).slice(1)}`)),
    'ERR_TOKEN_MALFORMED',
  ],
]

describe('what is no refresh token never reaches the store', () => {
  test.each(forged)('%s', async (_, token, code) => {
    const { sessions, calls, events } = bench()
    expect(await verdictOf(() => sessions.refresh(token as string))).toBe(code)
    expect(calls).toEqual([])
    expect(events).toEqual([])
  })

  test.each(forged.filter(([, token]) => typeof token === 'string' && token.includes('.')))(
    '%s, nor to end a session',
    async (_, token, code) => {
      const { sessions, calls, events } = bench()
      const verdict = await verdictOf(() => sessions.end(token as string))
      expect(verdict).toBe(code === 'ERR_SESSION_EXPIRED' ? 'accepted' : code)
      expect(calls).toEqual([])
      expect(events).toEqual([])
    },
  )
})

describe('the kinds are told apart', () => {
  const secrets = { signingKey: otherSecret, verifyKey: undefined }

  test('an access token is no refresh token', async () => {
    for (const [keys, code] of [
      [{}, 'ERR_ALGORITHM'],
      [secrets, 'ERR_HEADER_TYPE'],
    ] as const) {
      const { sessions, calls } = bench(keys)
      const { accessToken } = await sessions.start('alice')
      calls.length = 0
      // As a caller without types may do.
      expect(await verdictOf(() => sessions.refresh(accessToken as string))).toBe(code)
      expect(await verdictOf(() => sessions.end(accessToken as string))).toBe(code)
      expect(calls).toEqual([])
    }
  })

  test('a refresh token is no access token', async () => {
    for (const [keys, code] of [
      [{}, 'ERR_ALGORITHM'],
      [secrets, 'ERR_HEADER_TYPE'],
    ] as const) {
      const { sessions, calls } = bench(keys)
      const { refreshToken } = await sessions.start('alice')
      calls.length = 0
      for (const session of ['live', 'stateless'] as const) {
        expect(await verdictOf(() => sessions.verifyAccess(refreshToken as string, { session }))).toBe(code)
      }
      expect(calls).toEqual([])
    }
  })

  test('by their keys, even where the type and the claims are those of the other', async () => {
    const { sessions, calls } = bench(secrets)
    const asRefresh = await sign(refreshClaims({ sid: 'a-session' }) as { exp: number }, otherSecret, { typ: 'rt+jwt' })
    expect(await verdictOf(() => sessions.refresh(asRefresh))).toBe('ERR_SIGNATURE')
    const asAccess = forge({ alg: 'HS256', typ: 'at+jwt' }, accessClaims({}))
    expect(await verdictOf(() => sessions.verifyAccess(asAccess))).toBe('ERR_SIGNATURE')
    const pair = bench()
    const byPair = await byAccessKey(refreshClaims({ sid: 'a-session' }), 'rt+jwt')
    expect(await verdictOf(() => pair.sessions.refresh(byPair))).toBe('ERR_ALGORITHM')
    expect(await verdictOf(() => pair.sessions.verifyAccess(asAccess))).toBe('ERR_ALGORITHM')
    expect([...calls, ...pair.calls]).toEqual([])
  })

  test('a MAC with the public key is neither', async () => {
    const { sessions, calls } = bench()
    const mac = forge({ alg: 'HS256', typ: 'at+jwt' }, accessClaims({}))
    expect(await verdictOf(() => sessions.verifyAccess(mac))).toBe('ERR_ALGORITHM')
    expect(calls).toEqual([])
  })

  test('one secret for both is refused, however often it was imported, before anything is kept', async () => {
    const copy = (): SecretKey => importSecret(SECRET, 'HS256', { kid: crypto.randomUUID() })
    const other = importSecret('another secret that signs access tokens', 'HS256')
    for (const keys of [
      { signingKey: copy(), verifyKey: undefined },
      { signingKey: other, verifyKey: [copy()] },
      { signingKey: copy(), verifyKey: undefined, refreshKey: [other, hs256] },
    ]) {
      const { sessions, calls } = bench(keys)
      for (const _ of 'twice') {
        const error = await thrownBy(() => sessions.start('alice'))
        expectTypeError(
          () => {
            throw error
          },
          'refreshKey must be another key',
          SECRET,
        )
      }
      expect(calls).toEqual([])
    }
    const { sessions } = bench({ signingKey: other, verifyKey: [otherSecret] })
    expect(await verdictOf(() => sessions.start('alice'))).toBe('accepted')
  })
})

describe('services that share a key, and a store', () => {
  test('take no refresh token of another client', async () => {
    const { sessions, twin, calls } = bench()
    const { refreshToken } = await sessions.start('alice')
    calls.length = 0
    const mobile = twin({ clientId: 'mobile', audience: 'https://admin.example' })
    expect(await thrownBy(() => mobile.refresh(refreshToken))).toMatchObject({
      code: 'ERR_CLAIM_VALUE',
      claim: 'client_id',
    })
    expect(calls).toEqual([])
    expect((await sessions.refresh(refreshToken)).session.generation).toBe(1)
  })

  test('take no token of another issuer, nor an access token for another audience', async () => {
    const { sessions, twin } = bench()
    const { accessToken, refreshToken } = await sessions.start('alice')
    const other = twin({ issuer: 'https://other.example' })
    expect(await thrownBy(() => other.refresh(refreshToken))).toMatchObject({ code: 'ERR_CLAIM_VALUE', claim: 'iss' })
    expect(await thrownBy(() => other.verifyAccess(accessToken))).toMatchObject({ claim: 'iss' })
    const api = twin({ audience: 'https://other-api.example' })
    expect(await thrownBy(() => api.verifyAccess(accessToken))).toMatchObject({ claim: 'aud' })
  })

  test('know no session that another store keeps', async () => {
    const { refreshToken, session } = await bench().sessions.start('alice')
    const { sessions } = bench()
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
    expect(await sessions.end(refreshToken)).toBe(false)
    expect(await sessions.end(session.sid)).toBe(false)
  })
})

describe('keys are replaced', () => {
  const [first, second] = ['the first of two secrets that take turns', 'the second of two secrets that take turns']
  const keyOf = (text: string, kid?: string): SecretKey => importSecret(text, 'HS256', { kid })

  test.each([undefined, 'by kid'])('those of refresh tokens: the first signs, all verify (%s)', async (kids) => {
    const [old, young] = [keyOf(first, kids && 'k1'), keyOf(second, kids && 'k2')]
    const { twin } = bench()
    const [before, during, after] = [[old], [young, old], [young]].map((refreshKey) => twin({ refreshKey }))
    const login = await before?.start('alice')
    const next = await during?.refresh(login?.refreshToken ?? '')
    expect(await verdictOf(() => before?.refresh(next?.refreshToken ?? ''))).toMatch(/ERR_(SIGNATURE|KEY_NOT_FOUND)/)
    const last = await after?.refresh(next?.refreshToken ?? '')
    expect(last?.session.generation).toBe(2)
    expect(await verdictOf(() => after?.refresh(login?.refreshToken ?? ''))).toMatch(/ERR_(SIGNATURE|KEY_NOT_FOUND)/)
  })

  test('those of refresh tokens may change their algorithm', async () => {
    const { twin } = bench()
    const strong = importSecret(first.repeat(2), 'HS512')
    const { refreshToken } = await twin({ refreshKey: keyOf(first) }).start('alice')
    const next = await twin({ refreshKey: [strong, keyOf(first)] }).refresh(refreshToken)
    expect(headerOf(next.refreshToken)['alg']).toBe('HS512')
  })

  test('those of access tokens: secrets, public keys and key sets', async () => {
    const [old, young] = [keyOf(first), keyOf(second)]
    const publicKeys = [rs256.publicKey, es256.publicKey]
    for (const [before, after] of [
      [
        { signingKey: old, verifyKey: undefined },
        { signingKey: young, verifyKey: old },
      ],
      [
        { signingKey: es256.privateKey, verifyKey: es256.publicKey },
        { signingKey: rs256.privateKey, verifyKey: publicKeys },
      ],
      [
        { signingKey: es256.privateKey, verifyKey: createKeySet(publicKeys) },
        { signingKey: es256.privateKey, verifyKey: createKeySet([es256.publicKey]) },
      ],
    ]) {
      const { twin } = bench()
      const { accessToken } = await twin(before).start('alice')
      const next = await twin(after).start('bob')
      for (const token of [accessToken, next.accessToken]) {
        expect(await verdictOf(() => twin(after).verifyAccess(token))).toBe('accepted')
      }
    }
  })

  test('those of a ring take turns while its tokens live', async () => {
    const clock = new TestClock()
    const options = { tokenLifetime: '15m', publishAhead: '2m', rotateEvery: null, now: clock.now } as const
    const keyRing = await createKeyRing({ algorithm: 'ES256', ...options })
    const { sessions } = bench({ keyRing, signingKey: undefined, verifyKey: undefined, now: clock.now })
    const login = await sessions.start('alice')
    await keyRing.rotate()
    clock.advance(2 * MINUTE)
    const next = await sessions.refresh(login.refreshToken)
    const [old, young] = keyRing.states().map(({ kid }) => kid)
    expect(headerOf(login.accessToken)['kid']).toBe(old)
    expect(headerOf(next.accessToken)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: young })
    for (const { accessToken } of [login, next]) {
      expect(await verdictOf(() => sessions.verifyAccess(accessToken))).toBe('accepted')
    }
    await keyRing.remove(old ?? '')
    expect(await verdictOf(() => sessions.verifyAccess(login.accessToken))).toBe('ERR_KEY_NOT_FOUND')
    expect(await verdictOf(() => sessions.verifyAccess(next.accessToken))).toBe('accepted')
  })
})

describe('time', () => {
  test.each<[string, object, string, string]>([
    ['a tolerance beyond five minutes', { clockTolerance: 301 }, 'clockTolerance', 'at most 300'],
    ['a tolerance that is none', { clockTolerance: 'soon' }, 'clockTolerance', 'whole number'],
  ])('%s is refused', (_, options, name, words) => {
    const create = (): unknown => createSessions({ ...settings, ...options } as SessionOptions)
    expectTypeError(create, name)
    expectTypeError(create, words)
  })

  test('of the store may be five minutes ahead, for refresh tokens', async () => {
    const { sessions, clock, twin } = bench()
    const { refreshToken } = await sessions.start('alice')
    clock.advance(HOUR)
    const { refreshToken: next } = await sessions.refresh(refreshToken)
    const slow =
      (seconds: number): SessionSettings['now'] =>
      () =>
        clock.time - seconds
    expect(await verdictOf(() => twin({ now: slow(300) }).refresh(next))).toBe('accepted')
    expect(await verdictOf(() => twin({ now: slow(301) }).refresh(next))).toBe('ERR_NOT_YET_VALID')
  })
})
