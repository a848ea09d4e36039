import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { exportJwk, generateKeyPair, generateSecret, isJwtError } from 'tittle'
import { createKeyRing } from 'tittle/jwks'
import { createSessions, memoryStore, type SessionEvent, type SessionStore, type Sessions } from 'tittle/session'
import { printed } from '../attacks/leaks.ts'
import { leaksIn } from '../setup/keys.ts'
import { polluted } from '../setup/pollution.ts'
import { bench, DAY, forgeAccess, forgeRefresh, HOUR, keys, MINUTE, NOW, settings, settle } from '../setup/sessions.ts'
import { claimsOf, SECRET, thrownBy, verdictOf } from '../setup/tokens.ts'

describe('the life of a session', () => {
  test('from log-in to log-out', async () => {
    const { sessions, clock, told } = bench()
    const login = await sessions.start('alice', { claims: { role: 'admin' } })
    expect((await sessions.verifyAccess(login.accessToken)).claims).toMatchObject({ sub: 'alice', role: 'admin' })

    clock.advance(10 * MINUTE)
    expect(await verdictOf(() => sessions.verifyAccess(login.accessToken))).toBe('ERR_EXPIRED')
    const second = await sessions.refresh(login.refreshToken)
    expect((await sessions.verifyAccess(second.accessToken)).claims.sid).toBe(login.session.sid)

    // The second tab, a moment later.
    clock.advance(3)
    const tab = await sessions.refresh(login.refreshToken)
    expect(tab.refreshToken).toBe(second.refreshToken)

    clock.advance(HOUR)
    const third = await sessions.refresh(second.refreshToken)
    expect(await sessions.end(third.refreshToken)).toBe(true)
    for (const { refreshToken } of [login, second, third]) {
      expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
    }
    expect(await verdictOf(() => sessions.verifyAccess(third.accessToken, { session: 'live' }))).toBe(
      'ERR_SESSION_REVOKED',
    )
    expect(await verdictOf(() => sessions.verifyAccess(third.accessToken))).toBe('accepted')
    clock.advance(10 * MINUTE)
    expect(await verdictOf(() => sessions.verifyAccess(third.accessToken))).toBe('ERR_EXPIRED')
    expect(told()).toEqual(['started', 'refreshed', 'replayed', 'refreshed', 'ended'])
  })

  test('with a thief, who is noticed when the victim comes back', async () => {
    const { sessions, clock, events, told } = bench()
    const login = await sessions.start('alice')
    const phone = await sessions.start('alice')
    clock.advance(MINUTE)
    const thief = await sessions.refresh(login.refreshToken)
    clock.advance(MINUTE)
    const thiefAgain = await sessions.refresh(thief.refreshToken)
    clock.advance(HOUR)
    expect(await verdictOf(() => sessions.refresh(login.refreshToken))).toBe('ERR_SESSION_REUSED')
    for (const { refreshToken } of [login, thief, thiefAgain]) {
      expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
    }
    expect(await verdictOf(() => sessions.refresh(phone.refreshToken))).toBe('accepted')
    expect(told()).toEqual(['started', 'started', 'refreshed', 'refreshed', 'reused', 'refreshed'])
    expect(events[4]).toMatchObject({ generation: 0, session: { sid: login.session.sid, subject: 'alice' } })
  })

  test('or with a thief who comes last', async () => {
    const { sessions, clock, told } = bench()
    const login = await sessions.start('alice')
    const victim = await sessions.refresh(login.refreshToken)
    clock.advance(10)
    expect(await verdictOf(() => sessions.refresh(login.refreshToken))).toBe('ERR_SESSION_REUSED')
    expect(await verdictOf(() => sessions.refresh(victim.refreshToken))).toBe('ERR_SESSION_REVOKED')
    expect(told()).toEqual(['started', 'refreshed', 'reused'])
  })

  test('ends in log-out everywhere', async () => {
    const { sessions, told } = bench()
    const logins = await Promise.all(['alice', 'alice', 'bob', 'alice'].map((subject) => sessions.start(subject)))
    expect(await sessions.endAll('alice')).toBe(3)
    const verdicts = logins.map(({ refreshToken }) => verdictOf(() => sessions.refresh(refreshToken)))
    const revoked = 'ERR_SESSION_REVOKED'
    expect(await Promise.all(verdicts)).toEqual([revoked, revoked, 'accepted', revoked])
    expect(await sessions.list('alice')).toEqual([])
    expect(told()).toEqual(['started', 'started', 'started', 'started', 'ended', 'ended', 'ended', 'refreshed'])
  })

  test('goes on for a month, if it is used, and not a second longer', async () => {
    const { sessions, clock } = bench()
    let { refreshToken } = await sessions.start('alice')
    for (let day = 6; day < 30; day += 6) {
      clock.time = NOW + day * DAY
      refreshToken = (await sessions.refresh(refreshToken)).refreshToken
    }
    clock.time = NOW + 30 * DAY - 0.001
    refreshToken = (await sessions.refresh(refreshToken)).refreshToken
    clock.time = NOW + 30 * DAY
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_EXPIRED')
  })

  test('is the same on every server that shares keys and store, and survives a restart', async () => {
    const { sessions, twin, clock } = bench()
    let { accessToken, refreshToken } = await sessions.start('alice')
    for (let round = 1; round < 5; round++) {
      clock.advance(MINUTE)
      const next = twin()
      expect(await verdictOf(() => next.verifyAccess(accessToken, { session: 'live' }))).toBe('accepted')
      const issued = await next.refresh(refreshToken)
      expect(issued.session.generation).toBe(round)
      accessToken = issued.accessToken
      refreshToken = issued.refreshToken
    }
    expect(await sessions.end(refreshToken)).toBe(true)
    expect(await verdictOf(() => twin().refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
  })
})

describe('createSessions', () => {
  test('works on the clock of the machine, in the memory of the process', async () => {
    const sessions = createSessions(settings)
    const { accessToken, refreshToken, refreshExpiresIn } = await sessions.start('alice')
    expect(refreshExpiresIn).toBe(7 * DAY)
    expect((await sessions.verifyAccess(accessToken, { session: 'live', denied: true })).claims.sub).toBe('alice')
    const next = await sessions.refresh(refreshToken)
    expect((await sessions.refresh(refreshToken)).refreshToken).toBe(next.refreshToken)
    expect(next.refreshExpiresIn).toBe(7 * DAY)
    expect(await sessions.list('alice')).toEqual([next.session])
    expect(await sessions.end(next.refreshToken)).toBe(true)
  })

  test('gives functions that need no object, and that nobody can replace', async () => {
    const sessions = createSessions(settings)
    expect(Object.isFrozen(sessions)).toBe(true)
    expect(Object.keys(sessions).sort()).toEqual(
      ['consume', 'deny', 'end', 'endAll', 'isDenied', 'list', 'refresh', 'start', 'verifyAccess'].sort(),
    )
    const { start, refresh, verifyAccess, end } = sessions
    const { accessToken, refreshToken } = await start('alice')
    await verifyAccess(accessToken)
    expect(await end((await refresh(refreshToken)).refreshToken)).toBe(true)
  })

  test('reads its options once', async () => {
    const options = { ...settings, refresh: { grace: 30 }, audience: ['a'], refreshKey: [settings.refreshKey] }
    const sessions = createSessions(options)
    options.refresh.grace = 0
    options.audience.push('b')
    options.refreshKey.pop()
    const { accessToken, refreshToken } = await sessions.start('alice')
    await sessions.refresh(refreshToken)
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('accepted')
    expect(claimsOf(accessToken)['aud']).toBe('a')
  })

  test('rejects and never throws at once', async () => {
    const { sessions } = bench({ now: () => NaN })
    for (const step of Object.values(sessions) as readonly ((...args: never[]) => unknown)[]) {
      const promise = step()
      expect(promise).toBeInstanceOf(Promise)
      expect(await thrownBy(() => promise)).toBeInstanceOf(Error)
    }
  })

  test('works under a polluted Object.prototype', async () => {
    const { sessions, told } = bench()
    const members = {
      ...{ sid: 'x', sub: 'mallory', gen: 7, scope: 'admin', claims: { role: 'admin' }, info: {}, version: 3, ver: 3 },
      ...{
        outcome: 'rotated',
        row: {},
        generation: 9,
        revokedAt: 5,
        subject: 'mallory',
        data: '{}',
        kid: 'x',
        typ: 'x',
      },
    }
    const { accessToken, refreshToken } = await polluted(members, () => sessions.start('alice'))
    const next = await polluted(members, () => sessions.refresh(refreshToken))
    await polluted(members, () => sessions.verifyAccess(accessToken, { session: 'live', denied: true }))
    expect(next.session).toMatchObject({ subject: 'alice', generation: 1, claims: {}, scope: undefined })
    expect(await polluted(members, () => sessions.end(next.refreshToken))).toBe(true)
    expect(told()).toEqual(['started', 'refreshed', 'ended'])
  })
})

describe('the cost in round trips', () => {
  test.each<[string, (sessions: Sessions, tokens: Awaited<ReturnType<Sessions['start']>>) => unknown, string[]]>([
    ['start', (sessions) => sessions.start('bob'), ['create']],
    ['refresh', (sessions, { refreshToken }) => sessions.refresh(refreshToken), ['rotate']],
    ['end by token', (sessions, { refreshToken }) => sessions.end(refreshToken), ['revoke']],
    ['end by sid', (sessions, { session }) => sessions.end(session.sid), ['revoke']],
    ['endAll', (sessions) => sessions.endAll('alice'), ['revokeAll']],
    ['list', (sessions) => sessions.list('alice'), ['list']],
    ['verifyAccess', (sessions, { accessToken }) => sessions.verifyAccess(accessToken), []],
    [
      'verifyAccess, live',
      (sessions, { accessToken }) => sessions.verifyAccess(accessToken, { session: 'live' }),
      ['find'],
    ],
    ['deny', (sessions) => sessions.deny('a-token', NOW + 60), ['deny']],
    ['isDenied', (sessions) => sessions.isDenied('a-token'), ['isDenied']],
    ['consume', (sessions) => sessions.consume('a-token', NOW + 60), ['consume']],
  ])('%s', async (_, run, cost) => {
    for (const options of [{}, { tokenVersion: () => 1, claims: () => ({ role: 'admin' }) }]) {
      const { sessions, calls } = bench(options)
      const tokens = await sessions.start('alice')
      calls.length = 0
      await run(sessions, tokens)
      expect(calls).toEqual(cost)
    }
  })
})

describe('events', () => {
  test('are told in order, after what they tell of has happened, and before the answer', async () => {
    const seen: string[] = []
    const { twin, store } = bench()
    const sessions = twin({
      onEvent: async (event: SessionEvent) => {
        if (!('session' in event)) return
        const row = await store.find(event.session.sid)
        seen.push(`${event.type}: ${row?.generation} ${row?.revokedAt === null ? 'on' : 'over'}`)
      },
    })
    const { refreshToken } = await sessions.start('alice')
    await settle()
    await sessions.refresh(refreshToken)
    await settle()
    await sessions.refresh(refreshToken)
    await settle()
    await sessions.end(refreshToken)
    await settle()
    expect(seen).toEqual(['started: 0 on', 'refreshed: 1 on', 'replayed: 1 on', 'ended: 1 over'])
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('the log is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
    ['never answers', () => new Promise(() => {})],
  ])('are no matter where the listener %s', async (_, listener) => {
    const onEvent = vi.fn(listener)
    const { sessions, clock } = bench({ onEvent })
    const { refreshToken } = await sessions.start('alice')
    const next = await sessions.refresh(refreshToken)
    await sessions.refresh(refreshToken)
    clock.advance(10)
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REUSED')
    expect(await verdictOf(() => sessions.refresh(next.refreshToken))).toBe('ERR_SESSION_REVOKED')
    await sessions.end((await sessions.start('alice')).refreshToken)
    expect(onEvent).toHaveBeenCalledTimes(6)
  })

  test('are what listeners need to end what is left of a stolen session', async () => {
    const { twin, clock } = bench()
    const sessions: Sessions = twin({
      onEvent: async (event: SessionEvent) => {
        if (event.type === 'reused') await sessions.endAll(event.session.subject)
      },
    })
    const stolen = await sessions.start('alice')
    const other = await sessions.start('alice')
    await sessions.refresh(stolen.refreshToken)
    clock.advance(MINUTE)
    await verdictOf(() => sessions.refresh(stolen.refreshToken))
    await settle()
    expect(await verdictOf(() => sessions.refresh(other.refreshToken))).toBe('ERR_SESSION_REVOKED')
  })
})

describe('nothing is told that should not be', () => {
  const canary = 'a-value-that-no-message-names'
  const secrets = [SECRET.toString('base64url').slice(0, 24), SECRET.toString('hex').slice(0, 24), canary]
  // A token begins so.
  const token = /eyJ[\w-]{5}/

  const leaksOf = (value: unknown, tokens: readonly string[] = []): unknown[] => {
    const text = printed(value) + inspect(value, { depth: Infinity })
    return [...leaksIn(text, [...secrets, ...tokens.map((each) => each.slice(-40))]), ...(token.exec(text) ?? [])]
  }

  test('this would be noticed', async () => {
    const { refreshToken } = await bench().sessions.start('alice')
    expect(leaksOf(new Error(refreshToken))).not.toEqual([])
    expect(leaksOf({ error: { cause: canary } })).not.toEqual([])
    expect(leaksOf({ a: { b: [refreshToken.slice(-40)] } }, [refreshToken])).not.toEqual([])
  })

  test('no event carries a token or a key', async () => {
    const { sessions, twin, clock, events, store } = bench()
    const login = await sessions.start('alice', { claims: { role: 'admin' }, scope: 'read' })
    const next = await sessions.refresh(login.refreshToken)
    const again = await sessions.refresh(login.refreshToken)
    const away: SessionStore = { ...store, rotate: () => Promise.reject(new Error('away')) }
    await verdictOf(() => twin({ store: away }).refresh(next.refreshToken))
    clock.advance(MINUTE)
    await verdictOf(() => sessions.refresh(login.refreshToken))
    const other = await sessions.start('alice')
    await sessions.end(other.refreshToken)
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['started', 'refreshed', 'replayed', 'store-failed', 'reused', 'ended']),
    )
    const tokens = [login, next, again, other].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken])
    expect(leaksOf(events, tokens)).toEqual([])
  })

  test('nothing of a token ever reaches the store', async () => {
    const seen: unknown[] = []
    const store = memoryStore()
    const telling = Object.fromEntries(
      Object.entries(store).map(([step, act]: [string, (...args: never[]) => unknown]) => [
        step,
        (...args: never[]) => {
          seen.push(args)
          return act(...args)
        },
      ]),
    )
    const { sessions } = bench({ store: telling })
    const login = await sessions.start('alice')
    const next = await sessions.refresh(login.refreshToken)
    await sessions.verifyAccess(next.accessToken, { session: 'live', denied: true })
    await sessions.end(next.refreshToken)
    expect(seen).toHaveLength(5)
    expect(
      leaksOf(
        seen,
        [login, next].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
      ),
    ).toEqual([])
  })

  test('the sessions show neither keys nor rules', () => {
    expect(leaksOf(createSessions(settings))).toEqual([])
  })

  const wrong: readonly (readonly [string, (sessions: Sessions) => unknown])[] = [
    ['start: the subject', (sessions) => sessions.start(`${canary}\0`)],
    ['start: a claim', (sessions) => sessions.start('alice', { claims: { password: canary } })],
    ['start: a card number', (sessions) => sessions.start('alice', { claims: { a: '4111111111111111', b: canary } })],
    ['start: a reserved claim', (sessions) => sessions.start('alice', { claims: { sub: canary } })],
    ['start: a Date', (sessions) => sessions.start('alice', { claims: { a: new Date(), b: canary } })],
    ['start: a class', (sessions) => sessions.start('alice', { claims: { a: new (class A {})(), b: canary } })],
    ['start: a function', (sessions) => sessions.start('alice', { info: { a: () => canary } })],
    ['start: scope', (sessions) => sessions.start('alice', { scope: [canary] as never })],
    ['refresh: garbage', (sessions) => sessions.refresh(canary)],
    ['refresh: garbage with dots', (sessions) => sessions.refresh(`${canary}.${canary}.${canary}`)],
    ['refresh: a claim', (sessions) => sessions.refresh(forgeRefresh({ sid: [canary] }))],
    ['refresh: another client', (sessions) => sessions.refresh(forgeRefresh({ sid: 'a', client_id: canary }))],
    ['refresh: a generation', (sessions) => sessions.refresh(forgeRefresh({ sid: 'a', gen: canary }))],
    ['refresh: unknown', (sessions) => sessions.refresh(forgeRefresh({ sid: canary }))],
    ['end: garbage', (sessions) => sessions.end(`${canary}.${canary}.${canary}`)],
    ['list', (sessions) => sessions.list(`${canary}\0`)],
    ['endAll', (sessions) => sessions.endAll([canary] as never)],
    ['verifyAccess: garbage', (sessions) => sessions.verifyAccess(canary)],
    ['verifyAccess: a claim', (sessions) => sessions.verifyAccess(forgeAccess({ scope: [canary] }))],
    ['verifyAccess: the issuer', (sessions) => sessions.verifyAccess(forgeAccess({ iss: canary }))],
    ['verifyAccess: revoked', (sessions) => sessions.verifyAccess(forgeAccess({ sid: canary }), { session: 'live' })],
    ['verifyAccess: checks', (sessions) => sessions.verifyAccess('a', { session: canary as 'live' })],
    ['deny', (sessions) => sessions.deny(`${canary}\0`, NOW)],
    ['deny: exp', (sessions) => sessions.deny('a', canary as never)],
    ['consume: exp', (sessions) => sessions.consume('a', canary as never)],
  ]

  test.each(wrong)('%s: the error carries nothing that was received', async (_, run) => {
    const { sessions } = bench()
    const error = await thrownBy(() => run(sessions))
    expect(isJwtError(error) || error instanceof TypeError).toBe(true)
    expect(leaksOf(error)).toEqual([])
  })
})

describe('the other ways to sign', () => {
  test.each(['ES256', 'RS256', 'Ed25519'] as const)('a ring of %s', async (algorithm) => {
    const { clock, store } = bench()
    const keyRing = await createKeyRing({ algorithm, tokenLifetime: '15m', now: clock.now })
    const { signingKey: _, verifyKey: __, ...rest } = settings
    const sessions = createSessions({ ...rest, keyRing, store, now: clock.now })
    const { accessToken, refreshToken } = await sessions.start('alice')
    expect((await sessions.verifyAccess(accessToken)).key.alg).toBe(algorithm)
    expect((await sessions.refresh(refreshToken)).session.generation).toBe(1)
  })

  test('fresh keys, as the README has them', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const options = { ...settings, signingKey: privateKey, verifyKey: publicKey, refreshKey: generateSecret('HS256') }
    const { accessToken } = await createSessions(options).start('alice')
    expect(await verdictOf(() => createSessions(settings).verifyAccess(accessToken))).toBe('ERR_SIGNATURE')
    expect(JSON.stringify(await exportJwk(keys.verifyKey))).not.toBe(JSON.stringify(await exportJwk(publicKey)))
  })
})
