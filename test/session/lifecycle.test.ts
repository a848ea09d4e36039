import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  memoryStore,
  type IssuedTokens,
  type RotationOutcome,
  type SessionStore,
  type StartOptions,
} from 'tittle/session'
import { until } from '../setup/key-server.ts'
import { polluted } from '../setup/pollution.ts'
import {
  bench,
  DAY,
  forgeRefresh,
  HOUR,
  NOW,
  otherSecret,
  settle,
  stopTimers,
  unhandled,
  type Bench,
} from '../setup/sessions.ts'
import { expectTypeError } from '../setup/silence.ts'
import { claimsOf, thrownBy, verdictOf } from '../setup/tokens.ts'

afterEach(() => {
  vi.useRealTimers()
})

async function expectRejection(run: () => unknown, words: string, received?: unknown): Promise<void> {
  const error = await thrownBy(run)
  expectTypeError(
    () => {
      throw error
    },
    words,
    received,
  )
}

/** A session with the refresh tokens of its generations, each a minute after the other. */
async function grown(hands: Bench, generations: number): Promise<readonly string[]> {
  const tokens = [(await hands.sessions.start('alice')).refreshToken]
  for (let generation = 1; generation <= generations; generation++) {
    hands.clock.advance(60)
    tokens.push((await hands.sessions.refresh(tokens.at(-1) ?? '')).refreshToken)
  }
  hands.calls.length = hands.events.length = 0
  return tokens
}

describe('a start', () => {
  test('keeps one row, in one step', async () => {
    const kept: unknown[] = []
    const { sessions, calls } = bench({ tokenVersion: () => 3 }, { create: async (...args) => void kept.push(args) })
    const { session } = await sessions.start('alice', {
      claims: { role: 'admin' },
      scope: 'read',
      info: { device: 'phone' },
    })
    expect(calls).toEqual(['create'])
    const data = '{"claims":{"role":"admin"},"scope":"read","info":{"device":"phone"},"version":3}'
    const times = { createdAt: NOW, rotatedAt: NOW, idleExpiresAt: NOW + 7 * DAY, expiresAt: NOW + 30 * DAY }
    const row = { sid: session.sid, subject: 'alice', generation: 0, ...times, revokedAt: null, data }
    expect(kept).toEqual([[row, NOW]])
  })

  test.each(['read', 'read write', 'orders:read orders:write a'])('takes the scope %j', async (scope) => {
    const { accessToken, session } = await bench().sessions.start('alice', { scope })
    expect(claimsOf(accessToken)).toMatchObject({ scope })
    expect(session.scope).toBe(scope)
  })

  test('gives the tokens and the session', async () => {
    const { sessions } = bench()
    const options = { claims: { role: 'admin' }, scope: 'read', info: { device: 'phone' } }
    expect(await sessions.start('alice', options)).toStrictEqual({
      accessToken: expect.any(String),
      accessExpiresIn: 600,
      refreshToken: expect.any(String),
      refreshExpiresIn: 7 * DAY,
      session: {
        sid: expect.any(String),
        subject: 'alice',
        generation: 0,
        createdAt: NOW,
        rotatedAt: NOW,
        idleExpiresAt: NOW + 7 * DAY,
        expiresAt: NOW + 30 * DAY,
        ...options,
      },
    })
  })

  test.each(['é', 'e\u0301', '🦊', ' ', '__proto__', 'constructor', '\u2028"\\', 'ﬁ', 'a.b', 'a'.repeat(255)])(
    'is for the subject %j, to the letter',
    async (subject) => {
      const { sessions } = bench()
      const { accessToken, refreshToken } = await sessions.start(subject)
      await sessions.start(`${subject} `)
      await sessions.start(subject.normalize('NFKD') === subject ? 'bob' : subject.normalize('NFKD'))
      expect((await sessions.verifyAccess(accessToken, { session: 'live' })).claims.sub).toBe(subject)
      expect((await sessions.refresh(refreshToken)).session.subject).toBe(subject)
      expect((await sessions.list(subject)).map((session) => session.subject)).toEqual([subject])
      expect(await sessions.endAll(subject)).toBe(1)
    },
  )

  test.each([undefined, null, '', 5, {}, ['alice'], 'a\0', '\ud83e', 'alice in half a fox \ud83e'])(
    'is not for %j, nor is anything else',
    async (subject) => {
      const { sessions, calls, events } = bench()
      for (const step of ['start', 'endAll', 'list'] as const) {
        await expectRejection(() => sessions[step](subject as string), `${step}: the subject`, subject)
      }
      expect([...calls, ...events]).toEqual([])
    },
  )

  test.each<[string, unknown, string]>([
    ['options that are null', null, 'start: the options'],
    ['options that are text', 'read', 'start: the options'],
    ['an option of another name', { claim: {} }, 'there is no option "claim"'],
    ['claims that are null', { claims: null }, 'start: claims must be a plain object'],
    ['claims that are text', { claims: 'the role of an admin' }, 'start: claims must be a plain object'],
    ['claims that are a list', { claims: ['admin'] }, 'start: claims must be a plain object'],
    ['claims that are a Map', { claims: new Map([['role', 'admin']]) }, 'start: claims must be a plain object'],
    ['an undefined claim', { claims: { role: undefined } }, 'start: claims.role'],
    ['a function as a claim', { claims: { role: () => 'admin' } }, 'start: claims.role'],
    ['a date as a claim', { claims: { born: new Date(0) } }, 'start: claims.born'],
    ['a bigint as a claim', { claims: { id: 5n } }, 'start: claims.id'],
    ['NaN as a claim', { claims: { list: [1, NaN] } }, 'start: claims.list[1]'],
    ['a Map as a claim', { claims: { a: { b: new Map() } } }, 'start: claims.a.b'],
    ['an empty scope', { scope: '' }, 'start: scope'],
    ['a scope that is a list', { scope: ['read'] }, 'start: scope'],
    ['a scope that is null', { scope: null }, 'start: scope'],
    ['a scope with a quote', { scope: 'read "write"' }, 'start: scope'],
    ['a scope with two spaces', { scope: 'read  write' }, 'start: scope'],
    ['info that is text', { info: 'the phone of alice' }, 'start: info must be a plain object'],
    ['info that is null', { info: null }, 'start: info must be a plain object'],
    ['info that JSON changes', { info: { seen: new Date(0) } }, 'start: info.seen'],
  ])('refuses %s, and leaves nothing behind', async (_, options, words) => {
    const { sessions, calls, events } = bench()
    await expectRejection(() => sessions.start('alice', options as StartOptions), words, options)
    expect([...calls, ...events]).toEqual([])
  })

  test.each(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'sid', 'scope', 'ver'])(
    'refuses the claim %s, also of the hook',
    async (claim) => {
      const { sessions, twin, calls } = bench()
      const claims = { role: 'admin', [claim]: claim === 'exp' ? NOW + 10 * DAY : 'what the session sets' }
      const words = `the claim "${claim}" is set by the session itself`
      await expectRejection(() => sessions.start('alice', { claims }), `start: claims: ${words}`, claims)
      await expectRejection(() => twin({ claims: () => claims }).start('alice'), `claims(): ${words}`, claims)
      expect(calls).toEqual([])
    },
  )

  test('takes claims of odd names for what they are', async () => {
    const { sessions } = bench()
    const claims = JSON.parse('{ "__proto__": { "role": "admin" }, "constructor": "x", "Sub": "bob", "toString": 1 }')
    const { accessToken, refreshToken } = await sessions.start('alice', { claims })
    const next = await sessions.refresh(refreshToken)
    for (const token of [accessToken, next.accessToken]) {
      const seen = (await sessions.verifyAccess(token)).claims
      expect(JSON.parse(JSON.stringify(seen))).toMatchObject(claims)
      expect(Object.hasOwn(seen, '__proto__')).toBe(true)
      expect(seen['role']).toBeUndefined()
      expect(seen.sub).toBe('alice')
    }
  })

  test('is of the moment: what becomes of the objects later is no matter', async () => {
    const { sessions } = bench({ tokenVersion: async () => settle().then(() => 1) })
    const claims = { role: 'user', nested: { admin: false } }
    const options: { claims: object; scope: string; info: { device: string } } = {
      claims,
      scope: 'read',
      info: { device: 'phone' },
    }
    const starting = sessions.start('alice', options)
    claims.role = 'admin'
    claims.nested.admin = true
    options.scope = 'write'
    options.info.device = 'toaster'
    const { accessToken, refreshToken, session } = await starting
    const next = await sessions.refresh(refreshToken)
    for (const token of [accessToken, next.accessToken]) {
      expect(claimsOf(token)).toMatchObject({ role: 'user', nested: { admin: false }, scope: 'read' })
    }
    expect(session).toMatchObject({ claims: { role: 'user', nested: { admin: false } }, info: { device: 'phone' } })
  })

  test('inherits nothing from a polluted Object.prototype', async () => {
    const { sessions } = bench()
    const members = { claims: { role: 'admin' }, scope: 'admin', info: { a: 1 }, version: 1, role: 'admin', ver: 1 }
    for (const options of [undefined, {}]) {
      const { accessToken, session } = await polluted(members, () => sessions.start('alice', options))
      expect(Object.keys(claimsOf(accessToken)).sort()).toEqual(
        ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'].sort(),
      )
      expect(session).toMatchObject({ claims: {}, scope: undefined, info: undefined })
    }
  })

  test('that the store refuses gives no tokens, and tells nobody of a session', async () => {
    const full = memoryStore({ capacity: 1 })
    const { twin, told } = bench()
    const sessions = twin({ store: full })
    await sessions.start('alice')
    expect(await verdictOf(() => sessions.start('alice'))).toBe('ERR_STORE_UNAVAILABLE')
    expect(told()).toEqual(['started', 'store-failed'])
    expect(await sessions.list('alice')).toHaveLength(1)
  })
})

describe('what only the server sees', () => {
  test('is with the session, and in no token', async () => {
    const info = { device: 'the phone of alice', agents: [{ name: 'firefox' }] }
    const { sessions, events } = bench()
    const login = await sessions.start('alice', { info })
    const next = await sessions.refresh(login.refreshToken)
    for (const { accessToken, refreshToken } of [login, next]) {
      for (const token of [accessToken, refreshToken]) expect(JSON.stringify(claimsOf(token))).not.toContain('phone')
    }
    const [listed] = await sessions.list('alice')
    const told = events.map((event) => 'session' in event && event.session)
    for (const session of [login.session, next.session, listed, ...told]) expect(session).toMatchObject({ info })
    const { accessToken } = next
    expect(JSON.stringify((await sessions.verifyAccess(accessToken, { session: 'live' })).claims)).not.toContain(
      'phone',
    )
  })
})

describe('claims that look like secrets', () => {
  const secrets: readonly (readonly [string, object, string])[] = [
    ['a password', { password: 'correct horse battery staple' }, 'password'],
    ['a one-time code', { otp: '493817' }, 'otp'],
    ['a card security code', { cvv: '737' }, 'cvv'],
    ['a card number by Luhn', { account: '4111 1111 1111 1111' }, 'account'],
    ['a private key', { key: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg' }, 'key'],
    ['one that is nested', { user: { list: [{ password: 'correct horse battery staple' }] } }, 'password'],
  ]

  test.each(secrets)('are refused by start and by the hook: %s', async (_, claims, name) => {
    const { sessions, twin, calls, events } = bench()
    await expectRejection(() => sessions.start('alice', { claims }), name, claims)
    await expectRejection(() => sessions.start('alice', { claims }), 'allowClaims', claims)
    await expectRejection(() => twin({ claims: () => claims }).start('alice'), 'claims()', claims)
    expect([...calls, ...events]).toEqual([])
  })

  test('are let through by name, and only those', async () => {
    const { twin } = bench()
    const sessions = twin({ allowClaims: ['otp', 'account'], claims: () => ({ account: '4111111111111111' }) })
    const { accessToken } = await sessions.start('alice', { claims: { otp: true } })
    expect(claimsOf(accessToken)).toMatchObject({ otp: true, account: '4111111111111111' })
    await expectRejection(() => sessions.start('alice', { claims: { cvv: '737' } }), 'cvv')
  })

  test('may be in what only the server sees', async () => {
    const { sessions } = bench()
    expect(await verdictOf(() => sessions.start('alice', { info: { otp: '493817' } }))).toBe('accepted')
  })
})

describe('the claims hook', () => {
  test('is asked at every start and refresh, and its claims are those of one token', async () => {
    let role = 'user'
    const hook = vi.fn(async (_subject: string, _sid: string) => ({ role }))
    const { sessions } = bench({ claims: hook })
    const login = await sessions.start('alice', {
      claims: { tenant: 'acme', role: 'guest' },
      info: { device: 'phone' },
    })
    role = 'admin'
    const next = await sessions.refresh(login.refreshToken)
    const again = await sessions.refresh(login.refreshToken)
    expect([login, next, again].map(({ accessToken }) => claimsOf(accessToken))).toMatchObject([
      { tenant: 'acme', role: 'user' },
      { tenant: 'acme', role: 'admin' },
      { tenant: 'acme', role: 'admin' },
    ])
    expect(hook.mock.calls).toEqual(Array(3).fill(['alice', login.session.sid]))
    expect(next.session.claims).toEqual({ tenant: 'acme', role: 'guest' })
  })

  test.each([undefined, null, 'the role of an admin', ['admin'], new Map(), { role: undefined }])(
    'must not answer with %o',
    async (answer) => {
      const { sessions, calls } = bench({ claims: () => answer })
      await expectRejection(() => sessions.start('alice'), 'claims()', answer)
      expect(calls).toEqual([])
    },
  )

  test('that fails or hangs leaves the refresh token unused', async () => {
    const away = new Error('the role service is away')
    let fails = true
    const { sessions, twin, told, calls } = bench()
    const { refreshToken } = await sessions.start('alice')
    calls.length = 0
    const hooked = twin({
      claims: async () => {
        if (fails) throw away
        return { role: 'admin' }
      },
    })
    for (const run of [() => hooked.start('alice'), () => hooked.refresh(refreshToken)]) {
      expect(await thrownBy(run)).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', cause: away })
    }
    expect(calls).toEqual([])
    fails = false
    const next = await hooked.refresh(refreshToken)
    expect(next.session.generation).toBe(1)
    expect(told()).toEqual(['started', 'store-failed', 'store-failed', 'refreshed'])
    expect(await sessions.list('alice')).toHaveLength(1)
  })
})

describe('a refresh', () => {
  test('gives a new pair, in one round trip', async () => {
    const { sessions, clock, calls, told } = bench()
    const login = await sessions.start('alice', { claims: { role: 'admin' }, scope: 'read', info: { device: 'phone' } })
    calls.length = 0
    clock.advance(HOUR)
    const next = await sessions.refresh(login.refreshToken)
    expect(calls).toEqual(['rotate'])
    expect(next.session).toStrictEqual({
      ...login.session,
      generation: 1,
      rotatedAt: NOW + HOUR,
      idleExpiresAt: NOW + HOUR + 7 * DAY,
    })
    expect(next.refreshToken).not.toBe(login.refreshToken)
    expect(next.accessToken).not.toBe(login.accessToken)
    expect(claimsOf(next.accessToken)).toMatchObject({ sub: 'alice', role: 'admin', scope: 'read', iat: NOW + HOUR })
    expect((await sessions.verifyAccess(next.accessToken)).claims.sid).toBe(login.session.sid)
    expect(told()).toEqual(['started', 'refreshed'])
  })

  test('moves the end of the session, but not beyond the absolute one', async () => {
    const { sessions, clock } = bench({ refresh: { idle: 100, absolute: 250 } })
    let { refreshToken } = await sessions.start('alice')
    const lives: number[] = []
    for (let round = 0; round < 3; round++) {
      clock.advance(80)
      const next: IssuedTokens = await sessions.refresh(refreshToken)
      refreshToken = next.refreshToken
      lives.push(next.refreshExpiresIn)
    }
    expect(lives).toEqual([100, 90, 10])
    clock.advance(9.999)
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('accepted')
  })

  test.each<[string, object, number, string, string]>([
    ['idles', { idle: 100, absolute: 250 }, 99.999, 'accepted', 'refreshed'],
    ['has idled too long', { idle: 100, absolute: 250 }, 100, 'ERR_SESSION_EXPIRED', ''],
    ['has come to its absolute end', { idle: 250, absolute: 250 }, 250, 'ERR_SESSION_EXPIRED', ''],
    ['has come to it a year ago', { idle: 250, absolute: 250 }, 365 * DAY, 'ERR_SESSION_EXPIRED', ''],
  ])('of a session that %s has its verdict', async (_, refresh, after, verdict, told) => {
    const hands = bench({ refresh })
    const { refreshToken } = await hands.sessions.start('alice')
    hands.events.length = 0
    hands.clock.advance(after)
    expect(await verdictOf(() => hands.sessions.refresh(refreshToken))).toBe(verdict)
    expect(hands.told().join()).toBe(told)
    expect(await hands.sessions.list('alice')).toHaveLength(verdict === 'accepted' ? 1 : 0)
  })

  test('asks for the version of the subject once, before the store', async () => {
    const order: string[] = []
    const { sessions, twin, store, told } = bench()
    const { refreshToken } = await sessions.start('alice')
    const watching: SessionStore = {
      ...store,
      rotate: (...args) => {
        order.push('rotate')
        return store.rotate(...args)
      },
    }
    const tokenVersion = (subject: string): number => order.push(subject)
    expect(await verdictOf(() => twin({ store: watching, tokenVersion }).refresh(refreshToken))).toBe(
      'ERR_SESSION_REVOKED',
    )
    expect(order).toEqual(['alice', 'rotate'])
    expect(told()).toEqual(['started', 'ended'])
  })

  test('leaves the token unused where the version cannot be had, and makes none that verify() would refuse', async () => {
    const { sessions, twin, calls } = bench()
    const { refreshToken } = await sessions.start('alice')
    calls.length = 0
    const tokenVersion = (): never => {
      throw new Error('away')
    }
    expect(await verdictOf(() => twin({ tokenVersion }).refresh(refreshToken))).toBe('ERR_STORE_UNAVAILABLE')
    expect(calls).toEqual([])
    const claims = { text: 'x'.repeat(12_500) }
    await expect(sessions.start('alice', { claims })).rejects.toThrow(/more than 16384 characters/)
  })

  test.each<[RotationOutcome | undefined, string]>([
    ['rotated', 'accepted'],
    ['repeated', 'accepted'],
    ['reused', 'ERR_SESSION_REUSED'],
    ['revoked', 'ERR_SESSION_REVOKED'],
    ['expired', 'ERR_SESSION_EXPIRED'],
    ['unknown', 'ERR_SESSION_REVOKED'],
    [undefined, 'ERR_SESSION_REVOKED'],
    ['Rotated' as RotationOutcome, 'ERR_SESSION_REVOKED'],
    ['__proto__' as RotationOutcome, 'ERR_SESSION_REVOKED'],
  ])('takes the word %s of a store for what it is', async (outcome, verdict) => {
    const { sessions, store } = bench()
    const { refreshToken, session } = await sessions.start('alice')
    const row = await store.find(session.sid)
    for (const answer of [row, undefined]) {
      const { sessions: told } = bench({}, { rotate: async () => ({ outcome, row: answer }) as never })
      const wanted = answer || outcome === 'expired' ? verdict : 'ERR_SESSION_REVOKED'
      expect(await verdictOf(() => told.refresh(refreshToken))).toBe(wanted)
    }
  })
})

describe('a refresh token that comes again', () => {
  test('within the grace gives the very same successor, to the letter, and a fresh access token', async () => {
    const { sessions, clock, calls, told } = bench()
    const { refreshToken } = await sessions.start('alice')
    const next = await sessions.refresh(refreshToken)
    calls.length = 0
    for (const at of [0, 5, 9.999]) {
      clock.time = NOW + at
      const again = await sessions.refresh(refreshToken)
      expect(again.refreshToken).toBe(next.refreshToken)
      expect(again.session).toEqual(next.session)
      expect(again.accessToken).not.toBe(next.accessToken)
      expect(claimsOf(again.accessToken)).toMatchObject({ sid: next.session.sid, iat: Math.floor(clock.time) })
    }
    expect(calls).toEqual(['rotate', 'rotate', 'rotate'])
    expect(told()).toEqual(['started', 'refreshed', 'replayed', 'replayed', 'replayed'])
    expect((await sessions.refresh(next.refreshToken)).session.generation).toBe(2)
  })

  test('does so also on another server that shares the store and the keys', async () => {
    const { sessions, twin, clock } = bench()
    clock.advance(0.123456789)
    const { refreshToken } = await sessions.start('alice')
    const elsewhere = twin({ now: () => clock.time + 250 })
    const next = await sessions.refresh(refreshToken)
    const again = await twin().refresh(refreshToken)
    expect(again.refreshToken).toBe(next.refreshToken)
    expect((await elsewhere.refresh(again.refreshToken)).session.generation).toBe(2)
  })

  test('by 200 clients at once is one rotation, and all get the same', async () => {
    const { sessions, twin, told } = bench()
    const { refreshToken } = await sessions.start('alice')
    const servers = [sessions, twin(), twin()]
    const issued = await Promise.all(
      Array.from({ length: 200 }, (_, i) => servers[i % servers.length]?.refresh(refreshToken)),
    )
    expect(new Set(issued.map((tokens) => tokens?.refreshToken)).size).toBe(1)
    expect(new Set(issued.map((tokens) => tokens?.accessToken)).size).toBe(200)
    expect(told().sort()).toEqual(['refreshed', ...Array<string>(199).fill('replayed'), 'started'])
  })

  // Generation 3 is the current one since a minute ago, when these tokens come.
  test.each<[string, number, number, string]>([
    ['the current one', 3, 0, 'refreshed'],
    ['the current one, later', 3, HOUR, 'refreshed'],
    ['the previous one at once', 2, 0, 'replayed'],
    ['the previous one shortly before the end of the grace', 2, 9.999, 'replayed'],
    ['the previous one at the end of the grace', 2, 10, 'reused'],
    ['the previous one after the grace', 2, 10.001, 'reused'],
    ['the one before', 1, 0, 'reused'],
    ['the first', 0, 5, 'reused'],
    ['the first, much later', 0, 6 * DAY, 'reused'],
  ])('is judged by its age: %s', async (_, generation, after, event) => {
    const hands = bench()
    const tokens = await grown(hands, 3)
    hands.clock.advance(after)
    const verdict = await verdictOf(() => hands.sessions.refresh(tokens[generation] ?? ''))
    expect(verdict).toBe(event === 'reused' ? 'ERR_SESSION_REUSED' : 'accepted')
    expect(hands.told()).toEqual([event])
    const current = await verdictOf(() => hands.sessions.refresh(tokens[3] ?? ''))
    expect(current).toBe(event === 'reused' ? 'ERR_SESSION_REVOKED' : 'accepted')
  })

  test.each([
    [0, 'ERR_SESSION_REUSED'],
    [60, 'accepted'],
  ])('has a grace of %i s, if that is wanted', async (grace, verdict) => {
    const { sessions, clock } = bench({ refresh: { grace } })
    const { refreshToken } = await sessions.start('alice')
    await sessions.refresh(refreshToken)
    clock.advance(grace === 0 ? 0 : 59.999)
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe(verdict)
  })

  test('kills its family where it is reused: no token of it is good any more, and the event says so', async () => {
    const hands = bench()
    const { sessions, clock, events, calls } = hands
    const tokens = await grown(hands, 3)
    const other = await sessions.start('alice')
    events.length = calls.length = 0
    const error = await thrownBy(() => sessions.refresh(tokens[1] ?? ''))
    expect(error).toMatchObject({
      name: 'JwtError',
      code: 'ERR_SESSION_REUSED',
      message: 'a refresh token was used again; the session is revoked, log in again',
    })
    expect(calls).toEqual(['rotate'])
    expect(events).toEqual([
      { type: 'reused', generation: 1, session: expect.objectContaining({ subject: 'alice', generation: 3 }) },
    ])
    for (const token of tokens) expect(await verdictOf(() => sessions.refresh(token))).toBe('ERR_SESSION_REVOKED')
    expect(await sessions.list('alice')).toEqual([other.session])
    clock.advance(60)
    expect(await verdictOf(() => sessions.refresh(other.refreshToken))).toBe('accepted')
    // Only the first who was caught is told of.
    expect(hands.told()).toEqual(['reused', 'refreshed'])
  })

  test('is of the current generation where it is ahead of a store that has lost a rotation', async () => {
    const { sessions } = bench()
    const { session } = await sessions.start('alice')
    const ahead = forgeRefresh({ sid: session.sid, gen: 5 })
    const next = await sessions.refresh(ahead)
    expect(next.session.generation).toBe(6)
    expect((await sessions.refresh(ahead)).refreshToken).toBe(next.refreshToken)
  })

  test('of a session that is over is not reuse', async () => {
    const hands = bench()
    const tokens = await grown(hands, 2)
    await hands.sessions.end(tokens[2] ?? '')
    expect(await verdictOf(() => hands.sessions.refresh(tokens[0] ?? ''))).toBe('ERR_SESSION_REVOKED')
    expect(hands.told()).toEqual(['ended'])
  })
})

describe('an end', () => {
  test('is by a sid or by any refresh token of the session, and comes once', async () => {
    for (const by of ['sid', 'current', 'previous', 'first'] as const) {
      const hands = bench()
      const { sessions, events, calls } = hands
      const [first = '', previous = '', current = ''] = await grown(hands, 2)
      const [session] = await sessions.list('alice')
      const other = await sessions.start('alice')
      events.length = calls.length = 0
      const given = { sid: session?.sid ?? '', current, previous, first }[by]
      expect(await sessions.end(given)).toBe(true)
      expect(await sessions.end(given)).toBe(false)
      expect(events).toEqual([{ type: 'ended', session }])
      expect(calls).toEqual(['revoke', 'revoke'])
      expect(await verdictOf(() => sessions.refresh(current))).toBe('ERR_SESSION_REVOKED')
      expect(await sessions.list('alice')).toEqual([other.session])
    }
  })

  test('of a session that has expired is no news', async () => {
    const hands = bench({ refresh: { idle: 100, absolute: 1000 } })
    const { refreshToken, session } = await hands.sessions.start('alice')
    for (const after of [100, 1000]) {
      hands.clock.time = NOW + after
      expect(await hands.sessions.end(refreshToken)).toBe(false)
      expect(await hands.sessions.end(session.sid)).toBe(false)
    }
    expect(hands.told()).toEqual(['started'])
    // Beyond all tolerance the store is not asked.
    hands.clock.time = NOW + 1300
    hands.calls.length = 0
    expect(await hands.sessions.end(refreshToken)).toBe(false)
    expect(hands.calls).toEqual([])
  })

  test.each(['unknown', '0b5ed4c5-6b0b-4f0e-8d3f-0f1a2b3c4d5e', '__proto__', 'constructor'])(
    'of the session %s, which nobody knows, is none',
    async (sid) => {
      const { sessions, events } = bench()
      expect(await sessions.end(sid)).toBe(false)
      expect(events).toEqual([])
    },
  )

  test.each(['\0', 'a b', 'é', '\ud83e', 'a'.repeat(65), 'A'.repeat(5_000_000), "' OR 1=1", '{}', '*'])(
    'by what is neither sid nor token never reaches the store (%#)',
    async (text) => {
      const { sessions, calls } = bench()
      expect(await sessions.end(text)).toBe(false)
      expect(calls).toEqual([])
    },
  )

  test.each([undefined, null, '', 5, {}, ['a-session']])('wants a token or a sid, not %j', async (given) => {
    const { sessions, calls } = bench()
    await expectRejection(() => sessions.end(given as string), 'end: the refresh token or sid')
    expect(calls).toEqual([])
  })

  test('by a forged token is refused, and ends nothing', async () => {
    const { sessions } = bench()
    const { refreshToken, session } = await sessions.start('alice')
    const { refreshToken: forged } = await bench({ refreshKey: otherSecret }).sessions.start('alice')
    expect(await verdictOf(() => sessions.end(forged))).toBe('ERR_SIGNATURE')
    expect(await verdictOf(() => sessions.end(`${refreshToken.slice(0, -8)}AAAAAAAA`))).toBe('ERR_SIGNATURE')
    expect(await sessions.list('alice')).toEqual([session])
  })

  test('everywhere ends all sessions of a subject, of nobody else, and tells of each', async () => {
    const { sessions, clock, events, calls } = bench({ refresh: { idle: 100, absolute: 1000 } })
    const idle = await sessions.start('alice')
    clock.advance(50)
    const [one, two, ended] = [
      await sessions.start('alice'),
      await sessions.start('alice'),
      await sessions.start('alice'),
    ]
    const bob = await sessions.start('bob')
    await sessions.end(ended.refreshToken)
    clock.advance(50)
    events.length = calls.length = 0
    expect(await sessions.endAll('alice')).toBe(2)
    expect(await sessions.endAll('alice')).toBe(0)
    expect(await sessions.endAll('nobody')).toBe(0)
    expect(calls).toEqual(['revokeAll', 'revokeAll', 'revokeAll'])
    expect(events).toEqual([
      { type: 'ended', session: one.session },
      { type: 'ended', session: two.session },
    ])
    for (const { refreshToken } of [one, two, ended]) {
      expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
    }
    expect(await verdictOf(() => sessions.refresh(idle.refreshToken))).toBe('ERR_SESSION_EXPIRED')
    expect(await verdictOf(() => sessions.refresh(bob.refreshToken))).toBe('accepted')
  })

  test('and refreshes at the same time leave no session behind', async () => {
    const { sessions } = bench()
    const { refreshToken } = await sessions.start('alice')
    const [, tokens] = await Promise.all([
      sessions.endAll('alice'),
      sessions.refresh(refreshToken).catch(() => undefined),
    ])
    const last = tokens?.refreshToken ?? refreshToken
    expect(await verdictOf(() => sessions.refresh(last))).toBe('ERR_SESSION_REVOKED')
  })
})

describe('a list', () => {
  test('has the sessions that are on, oldest first, and not how their tokens end', async () => {
    const { sessions, clock, calls } = bench({ refresh: { idle: 100, absolute: 1000 } })
    const first = await sessions.start('alice', { info: { device: 'phone' } })
    clock.advance(1)
    const second = await sessions.start('alice')
    await sessions.start('bob')
    const third = await sessions.start('alice')
    clock.advance(1)
    const refreshed = await sessions.refresh(first.refreshToken)
    await sessions.end(third.session.sid)
    calls.length = 0
    expect(await sessions.list('alice')).toEqual([refreshed.session, second.session])
    expect(await sessions.list('nobody')).toEqual([])
    expect(calls).toEqual(['list', 'list'])
    clock.advance(99)
    expect(await sessions.list('alice')).toEqual([refreshed.session])
  })
})

describe('where the store hangs', () => {
  test('a rotation that was done nevertheless is repeated, and nobody is logged out', async () => {
    stopTimers()
    const { sessions, store, twin, told } = bench()
    const { refreshToken } = await sessions.start('alice')
    let asked = false
    const slow: SessionStore = {
      ...store,
      rotate: async (...args) => {
        await store.rotate(...args)
        asked = true
        return new Promise(() => {})
      },
    }
    const verdict = verdictOf(() => twin({ store: slow }).refresh(refreshToken))
    await until(() => asked)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await verdict).toBe('ERR_STORE_UNAVAILABLE')
    const next = await sessions.refresh(refreshToken)
    expect(next.session.generation).toBe(1)
    expect((await sessions.refresh(next.refreshToken)).session.generation).toBe(2)
    expect(told()).toEqual(['started', 'store-failed', 'replayed', 'refreshed'])
  })

  test('what it says too late is dropped, be it a failure', async () => {
    stopTimers()
    const watch = unhandled()
    let fail = (): void => {}
    const { sessions } = bench(
      {},
      {
        create: () =>
          new Promise((_, reject) => {
            fail = () => reject(new Error('the socket was closed'))
          }),
      },
    )
    const verdict = verdictOf(() => sessions.start('alice'))
    await until(() => vi.getTimerCount() > 0)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await verdict).toBe('ERR_STORE_UNAVAILABLE')
    fail()
    await settle()
    expect(watch.reasons).toEqual([])
    watch.stop()
  })
})

describe('a refresh token that comes again while the store has not answered', () => {
  const slow = () => {
    const { twin, store, clock, told } = bench({ refresh: { grace: '60s' } })
    const release: (() => void)[] = []
    const rotate = vi.fn<SessionStore['rotate']>(async (...args) => {
      await new Promise<void>((resolve) => release.push(resolve))
      return store.rotate(...args)
    })
    // Asked for by each refresh just before it turns to the store.
    const claims = vi.fn(() => ({}))
    return { sessions: twin({ store: { ...store, rotate }, claims }), rotate, claims, release, clock, told }
  }

  test('waits for that answer, which tells of one rotation', async () => {
    const { sessions, rotate, claims, release, told } = slow()
    const { refreshToken } = await sessions.start('alice')
    const answers = [sessions.refresh(refreshToken), sessions.refresh(refreshToken), sessions.refresh(refreshToken)]
    await until(() => release.length === 1 && claims.mock.calls.length === 4)
    await new Promise((resolve) => setImmediate(resolve))
    release[0]?.()
    const tokens = (await Promise.all(answers)).map((answer) => answer.refreshToken)
    expect(new Set(tokens).size).toBe(1)
    expect(rotate).toHaveBeenCalledTimes(1)
    expect(told().sort()).toEqual(['refreshed', 'replayed', 'replayed', 'started'])
  })

  test('asks once more, where that takes five times as long as a store may', async () => {
    const { sessions, rotate, release, clock } = slow()
    const { refreshToken } = await sessions.start('alice')
    const first = sessions.refresh(refreshToken)
    await until(() => release.length === 1)
    clock.advance(10)
    const second = sessions.refresh(refreshToken)
    await until(() => release.length === 2)
    for (const answer of release) answer()
    expect((await first).refreshToken).toBe((await second).refreshToken)
    expect(rotate).toHaveBeenCalledTimes(2)
  })

  test('asks anew after that answer, be it a failure', async () => {
    const { twin, store } = bench()
    const rotate = vi.fn<SessionStore['rotate']>(() => Promise.reject(new Error('away')))
    const sessions = twin({ store: { ...store, rotate } })
    const { refreshToken } = await sessions.start('alice')
    for (const _ of [1, 2]) expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_STORE_UNAVAILABLE')
    expect(rotate).toHaveBeenCalledTimes(2)
  })
})
