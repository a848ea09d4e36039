import { afterEach, describe, expect, test, vi } from 'vitest'
import { JwtError } from 'tittle'
import type { AccessChecks, SessionStore } from 'tittle/session'
import { until } from '../setup/key-server.ts'
import { polluted } from '../setup/pollution.ts'
import { bench, DAY, forgeAccess, NOW, stopTimers } from '../setup/sessions.ts'
import { expectTypeError } from '../setup/silence.ts'
import { claimsOf, thrownBy, verdictOf } from '../setup/tokens.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** Expects that a promise is rejected with a TypeError of these words. */
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

const checked = { session: 'live', denied: true } as const

describe('what a check costs', () => {
  test.each<[string, AccessChecks | undefined, string[]]>([
    ['nothing without checks', undefined, []],
    ['nothing without a session to look at', {}, []],
    ['nothing where it is stateless', { session: 'stateless', denied: false }, []],
    ['nothing where the members are undefined', { session: undefined, denied: undefined }, []],
    ['one look where it is live', { session: 'live' }, ['find']],
    ['one look in the deny list', { denied: true }, ['isDenied']],
    ['two for both', checked, ['find', 'isDenied']],
  ])('%s', async (_, checks, cost) => {
    const { sessions, calls } = bench()
    const { accessToken } = await sessions.start('alice')
    calls.length = 0
    const { claims } = await sessions.verifyAccess(accessToken, checks)
    expect(claims).toEqual(claimsOf(accessToken))
    expect(calls).toEqual(cost)
  })

  test('nothing, for a token that is refused anyway', async () => {
    const versionOf = vi.fn(() => 0)
    const { sessions, calls, clock } = bench({ tokenVersion: versionOf })
    const { accessToken } = await sessions.start('alice')
    calls.length = 0
    versionOf.mockClear()
    clock.advance(600)
    expect(await verdictOf(() => sessions.verifyAccess(accessToken, checked))).toBe('ERR_EXPIRED')
    expect(await verdictOf(() => sessions.verifyAccess('a.b.c', checked))).toBe('ERR_TOKEN_MALFORMED')
    expect(calls).toEqual([])
    expect(versionOf).not.toHaveBeenCalled()
  })
})

describe('the checks', () => {
  test.each<[unknown, string]>([
    [{ session: 'Live' }, 'session'],
    [{ session: true }, 'session'],
    [{ session: null }, 'session'],
    [{ denied: 'false' }, 'denied'],
    [{ denied: null }, 'denied'],
    [{ denied: 0 }, 'denied'],
    [{ live: true }, 'live'],
    [null, 'options'],
    ['live', 'options'],
    [['live'], 'options'],
  ])('%j are refused before the token is looked at', async (checks, name) => {
    const { sessions } = bench()
    await expectRejection(() => sessions.verifyAccess('a.b.c', checks as never), name)
    await expectRejection(() => sessions.verifyAccess('a.b.c', checks as never), 'verifyAccess')
  })

  test('are those of the call, whatever Object.prototype says', async () => {
    const { sessions, calls } = bench()
    const { accessToken } = await sessions.start('alice')
    await sessions.end(claimsOf(accessToken)['sid'] as string)
    calls.length = 0
    const members = { session: 'stateless', denied: true }
    const error = await polluted(members, () =>
      sessions.verifyAccess(accessToken, { session: 'live' }).catch((caught: unknown) => caught),
    )
    expect(error).toMatchObject({ code: 'ERR_SESSION_REVOKED' })
    await polluted(members, () => sessions.verifyAccess(accessToken, {}))
    expect(calls).toEqual(['find'])
  })
})

describe('a session that is looked up', () => {
  const verdicts = async (
    { sessions }: Pick<ReturnType<typeof bench>, 'sessions'>,
    token: string,
  ): Promise<readonly string[]> =>
    Promise.all(
      (['stateless', 'live'] as const).map((session) => verdictOf(() => sessions.verifyAccess(token, { session }))),
    )

  test('may be on, and refreshed', async () => {
    const hands = bench()
    const { accessToken, refreshToken } = await hands.sessions.start('alice')
    expect(await verdicts(hands, accessToken)).toEqual(['accepted', 'accepted'])
    const next = await hands.sessions.refresh(refreshToken)
    for (const token of [accessToken, next.accessToken]) {
      expect(await verdicts(hands, token)).toEqual(['accepted', 'accepted'])
    }
  })

  test('counts a log-out at once, where the signature alone does not', async () => {
    const hands = bench()
    const { accessToken, refreshToken } = await hands.sessions.start('alice')
    await hands.sessions.end(refreshToken)
    expect(await verdicts(hands, accessToken)).toEqual(['accepted', 'ERR_SESSION_REVOKED'])
  })

  test('counts a stolen refresh token at once', async () => {
    const hands = bench()
    const { accessToken, refreshToken } = await hands.sessions.start('alice')
    await hands.sessions.refresh(refreshToken)
    hands.clock.advance(10)
    await verdictOf(() => hands.sessions.refresh(refreshToken))
    expect(await verdicts(hands, accessToken)).toEqual(['accepted', 'ERR_SESSION_REVOKED'])
  })

  test('may have come to its time, to the second', async () => {
    for (const refresh of [
      { idle: 300, absolute: '1d' },
      { idle: 300, absolute: 300 },
    ]) {
      const hands = bench({ refresh })
      const { accessToken } = await hands.sessions.start('alice')
      hands.clock.time = NOW + 299.999
      expect(await verdicts(hands, accessToken)).toEqual(['accepted', 'accepted'])
      hands.clock.time = NOW + 300
      expect(await verdicts(hands, accessToken)).toEqual(['accepted', 'ERR_SESSION_EXPIRED'])
    }
  })

  test('must be known, and the subject’s', async () => {
    const hands = bench()
    const { session } = await hands.sessions.start('alice')
    expect(await verdicts(hands, forgeAccess({ sid: session.sid }))).toEqual(['accepted', 'accepted'])
    expect(await verdicts(hands, forgeAccess({ sid: 'another' }))).toEqual(['accepted', 'ERR_SESSION_REVOKED'])
    expect(await verdicts(hands, forgeAccess({ sid: session.sid, sub: 'mallory' }))).toEqual([
      'accepted',
      'ERR_SESSION_REVOKED',
    ])
  })
})

describe('a token version', () => {
  test('that was raised ends all of a subject’s tokens and sessions, and nobody else’s', async () => {
    const versions = new Map([
      ['alice', 0],
      ['bob', 7],
    ])
    const { sessions, told } = bench({ tokenVersion: async (subject: string) => versions.get(subject) ?? NaN })
    const [alice, laptop, bob] = [
      await sessions.start('alice'),
      await sessions.start('alice'),
      await sessions.start('bob'),
    ]
    expect([claimsOf(alice.accessToken)['ver'], claimsOf(bob.accessToken)['ver']]).toEqual([0, 7])
    versions.set('alice', 1)
    for (const { accessToken, refreshToken } of [alice, laptop]) {
      expect(await verdictOf(() => sessions.verifyAccess(accessToken))).toBe('ERR_SESSION_REVOKED')
      expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
      // Once more, for the session is over now.
      expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
    }
    const next = await sessions.start('alice')
    expect(claimsOf(next.accessToken)['ver']).toBe(1)
    for (const { accessToken, refreshToken } of [next, bob]) {
      expect(await verdictOf(() => sessions.verifyAccess(accessToken))).toBe('accepted')
      expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('accepted')
    }
    expect(told()).toEqual([...Array(3).fill('started'), 'ended', 'ended', 'started', 'refreshed', 'refreshed'])
    expect(await sessions.list('alice')).toHaveLength(1)
  })

  test('that went back does not count as the right one', async () => {
    let version = 5
    const { sessions } = bench({ tokenVersion: () => version })
    const { accessToken, refreshToken } = await sessions.start('alice')
    version = 4
    expect(await verdictOf(() => sessions.verifyAccess(accessToken))).toBe('ERR_SESSION_REVOKED')
    expect(await verdictOf(() => sessions.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
  })

  test('must be in the token, and not on Object.prototype', async () => {
    const { sessions } = bench({ tokenVersion: () => 1 })
    const verdict = (): Promise<unknown> => sessions.verifyAccess(forgeAccess({})).catch((caught: unknown) => caught)
    expect(await verdict()).toMatchObject({ code: 'ERR_SESSION_REVOKED' })
    expect(await polluted({ ver: 1 }, verdict)).toMatchObject({ code: 'ERR_SESSION_REVOKED' })
    expect(await verdictOf(() => sessions.verifyAccess(forgeAccess({ ver: 1 })))).toBe('accepted')
  })

  test('of those that began before there was one is none', async () => {
    const { sessions, twin } = bench()
    const { accessToken, refreshToken } = await sessions.start('alice')
    const versioned = twin({ tokenVersion: () => 0 })
    expect(await verdictOf(() => versioned.verifyAccess(accessToken))).toBe('ERR_SESSION_REVOKED')
    expect(await verdictOf(() => versioned.refresh(refreshToken))).toBe('ERR_SESSION_REVOKED')
  })

  test('of a token is not looked at where sessions have none any more', async () => {
    const { sessions, twin } = bench({ tokenVersion: () => 1 })
    const { accessToken } = await sessions.start('alice')
    const unversioned = twin({ tokenVersion: undefined })
    expect(await verdictOf(() => unversioned.verifyAccess(accessToken))).toBe('accepted')
  })

  test('that cannot be had is ERR_STORE_UNAVAILABLE, and nonsense a TypeError', async () => {
    const away = new Error('the user service is away')
    for (const tokenVersion of [
      () => {
        throw away
      },
      () => Promise.reject(away),
    ]) {
      const { sessions, twin, events, calls } = bench()
      const { refreshToken } = await sessions.start('alice')
      calls.length = events.length = 0
      const versioned = twin({ tokenVersion })
      for (const run of [
        () => versioned.start('alice'),
        () => versioned.refresh(refreshToken),
        () => versioned.verifyAccess(forgeAccess({ ver: 1 })),
      ]) {
        const error = await thrownBy(run)
        expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
        expect((error as Error).cause).toBe(away)
      }
      expect(events).toEqual(Array(3).fill({ type: 'store-failed', error: away }))
      expect(calls).toEqual([])
    }
    const { sessions, calls } = bench({ tokenVersion: () => 'version 1 of alice' as never })
    for (const run of [() => sessions.start('alice'), () => sessions.verifyAccess(forgeAccess({ ver: 1 }))]) {
      await expectRejection(run, 'tokenVersion', 'version 1 of alice')
    }
    expect(calls).toEqual([])
  })

  test('that hangs is waited for no longer than the store', async () => {
    stopTimers()
    const tokenVersion = vi.fn(() => new Promise<number>(() => {}))
    const { sessions } = bench({ tokenVersion })
    const verdict = verdictOf(() => sessions.verifyAccess(forgeAccess({ ver: 1 })))
    await until(() => tokenVersion.mock.calls.length > 0)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await verdict).toBe('ERR_STORE_UNAVAILABLE')
  })
})

describe('a token that was denied', () => {
  test('is refused where the deny list is looked at, and no other is', async () => {
    const { sessions } = bench()
    const [login, other] = [await sessions.start('alice'), await sessions.start('alice')]
    const { claims } = await sessions.verifyAccess(login.accessToken)
    await sessions.deny(claims.jti, claims.exp)
    expect(await sessions.isDenied(claims.jti)).toBe(true)
    expect(await verdictOf(() => sessions.verifyAccess(login.accessToken))).toBe('accepted')
    expect(await verdictOf(() => sessions.verifyAccess(login.accessToken, { denied: true }))).toBe(
      'ERR_SESSION_REVOKED',
    )
    expect(await verdictOf(() => sessions.verifyAccess(login.accessToken, { session: 'live' }))).toBe('accepted')
    expect(await verdictOf(() => sessions.verifyAccess(other.accessToken, checked))).toBe('accepted')
    const next = await sessions.refresh(login.refreshToken)
    expect(await verdictOf(() => sessions.verifyAccess(next.accessToken, checked))).toBe('accepted')
  })

  test.each([0, 30])('is kept until it would have expired, with a tolerance of %i s', async (clockTolerance) => {
    const { sessions, clock } = bench({ clockTolerance })
    const { accessToken } = await sessions.start('alice')
    const { claims } = await sessions.verifyAccess(accessToken)
    await sessions.deny(claims.jti, claims.exp)
    clock.time = claims.exp + clockTolerance - 0.001
    expect(await sessions.isDenied(claims.jti)).toBe(true)
    expect(await verdictOf(() => sessions.verifyAccess(accessToken, { denied: true }))).toBe('ERR_SESSION_REVOKED')
    clock.time = claims.exp + clockTolerance
    expect(await sessions.isDenied(claims.jti)).toBe(false)
    expect(await verdictOf(() => sessions.verifyAccess(accessToken, { denied: true }))).toBe('ERR_EXPIRED')
  })

  test('costs nothing once it has expired', async () => {
    const { sessions, calls } = bench({ clockTolerance: 30 })
    await sessions.deny('a-token', NOW - 30)
    expect(calls).toEqual([])
    await sessions.deny('a-token', NOW - 29.5)
    expect(calls).toEqual(['deny'])
  })
})

describe('a token that may be used once', () => {
  test('is, by whoever comes first, until it expires', async () => {
    const { sessions, clock, calls } = bench()
    expect(await sessions.consume('a-token', NOW + 60)).toBe(true)
    expect(await sessions.consume('a-token', NOW + 60)).toBe(false)
    expect(await sessions.consume('b-token', NOW + 60)).toBe(true)
    const all = await Promise.all(Array.from({ length: 50 }, () => sessions.consume('c-token', NOW + 60)))
    expect(all.filter(Boolean)).toHaveLength(1)
    expect(calls).toEqual(Array(53).fill('consume'))
    clock.advance(60)
    calls.length = 0
    for (const jti of ['a-token', 'd-token']) expect(await sessions.consume(jti, NOW + 60)).toBe(false)
    expect(calls).toEqual([])
  })

  test('is so until its time and the tolerance are over', async () => {
    const { sessions, clock } = bench({ clockTolerance: 30 })
    clock.time = NOW + 29.5
    expect(await sessions.consume('a-token', NOW)).toBe(true)
    expect(await sessions.consume('a-token', NOW)).toBe(false)
    clock.time = NOW + 30
    expect(await sessions.consume('b-token', NOW)).toBe(false)
  })

  test('is not used twice where the store gets both calls only after its time, or has a fast clock', async () => {
    const { sessions, store, twin, clock } = bench()
    for (const [jti, late] of [
      ['a-token', 0.5],
      ['b-token', 299],
    ] as const) {
      const lateStore: SessionStore = {
        ...store,
        consume: (id, end, now = 0) => store.consume(id, end, now + late),
      }
      const behind = twin({ store: lateStore })
      clock.time = NOW + 59.75
      const answers = await Promise.all([behind.consume(jti, NOW + 60), behind.consume(jti, NOW + 60)])
      expect(answers).toEqual([true, false])
      expect(await sessions.consume(jti, NOW + 60)).toBe(false)
    }
  })

  test('is not denied by it, nor a denied one used', async () => {
    const { sessions } = bench()
    await sessions.consume('a-token', NOW + 60)
    expect(await sessions.isDenied('a-token')).toBe(false)
    await sessions.deny('b-token', NOW + 60)
    expect(await sessions.consume('b-token', NOW + 60)).toBe(true)
  })
})

describe.each(['deny', 'consume'] as const)('%s', (step) => {
  test.each([undefined, null, '', 5, ['a-token'], 'a\0', '\ud83e'])('wants a jti, not %j', async (jti) => {
    const { sessions, calls } = bench()
    await expectRejection(() => sessions[step](jti as string, NOW + 60), `${step}: jti`)
    await expectRejection(() => sessions.isDenied(jti as string), 'isDenied: jti')
    expect(calls).toEqual([])
  })

  test.each([undefined, null, NaN, Infinity, -1, `${NOW + 60}`, (NOW + 60) * 1000, new Date()])(
    'wants an exp in seconds, not %j',
    async (exp) => {
      const { sessions, calls } = bench()
      await expectRejection(() => sessions[step]('a-token', exp as number), `${step}: exp`, exp)
      expect(calls).toEqual([])
    },
  )
})

/** Sessions that are on, on a store of which some steps then fail. */
async function failing(broken: readonly (keyof SessionStore)[], options: object = {}) {
  const hands = bench({ tokenVersion: () => 0 })
  const login = await hands.sessions.start('alice')
  hands.calls.length = hands.events.length = 0
  const away = (): Promise<never> => Promise.reject(new Error('the database is away'))
  const store = { ...hands.store, ...Object.fromEntries(broken.map((step) => [step, away])) }
  return { ...hands, ...login, sessions: hands.twin({ store, ...options }) }
}

const every = ['create', 'rotate', 'find', 'revoke', 'revokeAll', 'list', 'deny', 'isDenied', 'consume'] as const

describe('a store that fails', () => {
  test.each([{}, { onStoreFailure: 'closed' }, { onStoreFailure: undefined }])(
    'refuses every check that asks it, by default (%j)',
    async (options) => {
      const { sessions, accessToken, told } = await failing(every, options)
      expect(await verdictOf(() => sessions.verifyAccess(accessToken))).toBe('accepted')
      for (const checks of [{ session: 'live' }, { denied: true }, checked] as const) {
        expect(await verdictOf(() => sessions.verifyAccess(accessToken, checks))).toBe('ERR_STORE_UNAVAILABLE')
      }
      expect(told()).toEqual(Array(3).fill('store-failed'))
    },
  )

  test('lets access checks through where that is wanted in writing, and tells of it', async () => {
    const { sessions, accessToken, told } = await failing(every, { onStoreFailure: 'open' })
    expect(await verdictOf(() => sessions.verifyAccess(accessToken, checked))).toBe('accepted')
    expect(told()).toEqual(['store-failed', 'store-failed'])
  })

  test('lets nothing else through', async () => {
    const { sessions, accessToken, refreshToken, session, told } = await failing(every, { onStoreFailure: 'open' })
    const { jti, exp } = claimsOf(accessToken) as { jti: string; exp: number }
    const all = [
      () => sessions.start('alice'),
      () => sessions.refresh(refreshToken),
      () => sessions.end(refreshToken),
      () => sessions.end(session.sid),
      () => sessions.endAll('alice'),
      () => sessions.list('alice'),
      () => sessions.deny(jti, exp),
      () => sessions.isDenied(jti),
      () => sessions.consume(jti, exp),
    ]
    for (const run of all) expect(await verdictOf(run)).toBe('ERR_STORE_UNAVAILABLE')
    expect(told()).toEqual(Array(all.length).fill('store-failed'))
  })

  test('excuses each check for itself', async () => {
    const open = { onStoreFailure: 'open' }
    const away = (): never => {
      throw new Error('the user service is away')
    }
    const ended = await failing(['isDenied'], { ...open, tokenVersion: away })
    await ended.sessions.end(ended.refreshToken)
    expect(await verdictOf(() => ended.sessions.verifyAccess(ended.accessToken, checked))).toBe('ERR_SESSION_REVOKED')
    expect(await verdictOf(() => ended.sessions.verifyAccess(ended.accessToken))).toBe('accepted')

    const denied = await failing(['find'], { ...open, tokenVersion: away })
    const { jti, exp } = claimsOf(denied.accessToken) as { jti: string; exp: number }
    await denied.sessions.deny(jti, exp)
    expect(await verdictOf(() => denied.sessions.verifyAccess(denied.accessToken, checked))).toBe('ERR_SESSION_REVOKED')
    expect(denied.told()).toEqual(['store-failed', 'store-failed'])

    const raised = await failing(every, { ...open, tokenVersion: () => 1 })
    expect(await verdictOf(() => raised.sessions.verifyAccess(raised.accessToken, checked))).toBe('ERR_SESSION_REVOKED')
  })

  test('excuses no bad token, and no version that is nonsense', async () => {
    const { sessions, accessToken, clock } = await failing(every, { onStoreFailure: 'open' })
    expect(await verdictOf(() => sessions.verifyAccess(`${accessToken}A`, checked))).toMatch(/^ERR_(SIGN|TOKEN)/)
    clock.advance(DAY)
    expect(await verdictOf(() => sessions.verifyAccess(accessToken, checked))).toBe('ERR_EXPIRED')
    const nonsense = bench({ onStoreFailure: 'open', tokenVersion: () => NaN })
    await expectRejection(() => nonsense.sessions.verifyAccess(forgeAccess({})), 'tokenVersion')
  })

  test('by words of its own cannot say what a session is', async () => {
    const cause = new JwtError('ERR_SESSION_EXPIRED', 'the session has expired')
    const { sessions } = bench({}, { find: () => Promise.reject(cause) })
    const error = await thrownBy(() => sessions.verifyAccess(forgeAccess({}), { session: 'live' }))
    expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    expect((error as Error).cause).toBe(cause)
  })
})
