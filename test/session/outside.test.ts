import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isJwtError } from 'tittle'
import { memoryStore, type SessionEvent, type SessionOptions, type SessionRow, type SessionStore } from 'tittle/session'
import type { Rotated } from 'tittle/session'
import { outside, type Outside } from '../../src/session/outside.ts'
import { sessionRules } from '../../src/session/settings.ts'
import { NOW, settings, settle, stopTimers, unhandled } from '../setup/sessions.ts'
import { expectTypeError } from '../setup/silence.ts'
import { thrownBy } from '../setup/tokens.ts'

const row: SessionRow = {
  ...{ sid: 'a-session', subject: 'alice', generation: 0, createdAt: NOW, rotatedAt: NOW },
  ...{ idleExpiresAt: NOW + 60, expiresAt: NOW + 90, revokedAt: null, data: '{}' },
}
const rotation = { sid: 'a-session', generation: 0, idle: 60, grace: 10 }

/** What can be asked, and what a store must be asked for it at NOW. */
const asked: Readonly<Record<keyof SessionStore, readonly [(all: Outside) => Promise<unknown>, readonly unknown[]]>> = {
  create: [(all) => all.create(row), [row, NOW]],
  rotate: [(all) => all.rotate(rotation), [rotation, NOW]],
  find: [(all) => all.find('a-session'), ['a-session']],
  revoke: [(all) => all.revoke('a-session'), ['a-session', NOW]],
  revokeAll: [(all) => all.revokeAll('alice'), ['alice', NOW]],
  list: [(all) => all.list('alice'), ['alice', NOW]],
  deny: [(all) => all.deny('a-token', NOW + 60), ['a-token', NOW + 60, NOW]],
  isDenied: [(all) => all.isDenied('a-token'), ['a-token', NOW]],
  consume: [(all) => all.consume('a-token', NOW + 60), ['a-token', NOW + 60, NOW]],
}
const steps = Object.entries(asked).map(([step, [ask, args]]) => ({ step, ask, args }))
const questions = [...steps, { step: 'tokenVersion', ask: (all: Outside) => all.versionOf('alice'), args: ['alice'] }]

/** Everything outside, where one step does as it is told; and the events of it. */
function replacing(step: string, act: (...args: unknown[]) => unknown, options: object = {}) {
  const events: SessionEvent[] = []
  const store = { ...memoryStore(), ...(step !== 'tokenVersion' && { [step]: act }) }
  const given = {
    ...settings,
    store,
    now: () => NOW,
    ...(step === 'tokenVersion' && { tokenVersion: act }),
    ...options,
  }
  return { all: outside(sessionRules(given as SessionOptions), (event) => void events.push(event)), events }
}

let watch: ReturnType<typeof unhandled>
beforeEach(() => {
  watch = unhandled()
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

/** Expects the one way in which all that is asked of the outside fails. */
function expectFailure(error: unknown, events: readonly SessionEvent[], cause: unknown): void {
  expect(isJwtError(error)).toBe(true)
  expect(error).toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    message: 'the session store cannot be asked; error.cause says why, so try again',
  })
  expect((error as Error).cause).toEqual(cause)
  expect(events).toEqual([{ type: 'store-failed', error: cause }])
}

describe.each(questions)('$step', ({ step, ask, args }) => {
  test('is asked once, with the time of an injected clock, and its answer given', async () => {
    const answer = step === 'tokenVersion' ? 5 : { step }
    for (const act of [vi.fn(() => answer), vi.fn(async () => answer)]) {
      const { all, events } = replacing(step, act)
      expect(await ask(all)).toBe(answer)
      expect(act.mock.calls).toEqual([args])
      expect(events).toEqual([])
    }
  })

  test('is not told the time by the clock of the machine', async () => {
    const act = vi.fn((..._: unknown[]) => 5)
    await ask(replacing(step, act, { now: undefined }).all)
    const told = act.mock.calls[0]?.filter((arg) => arg !== undefined)
    // Of ids, the clock that verifies tokens is to say whether they are still kept.
    if (step === 'deny' || step === 'isDenied')
      expect(Math.abs(Number(told?.pop()) - Date.now() / 1000)).toBeLessThan(5)
    expect(told).toEqual(args.filter((arg) => arg !== NOW))
  })

  test('fails as it throws', async () => {
    const cause = new Error('ECONNREFUSED')
    const { all, events } = replacing(step, () => {
      throw cause
    })
    expectFailure(await thrownBy(() => ask(all)), events, cause)
  })

  test.each([new Error('ECONNRESET'), 'a text', undefined])('fails as it rejects with %o', async (cause) => {
    const { all, events } = replacing(step, () => Promise.reject(cause))
    expectFailure(await thrownBy(() => ask(all)), events, cause)
  })

  test('fails when it is late, and not before', async () => {
    stopTimers()
    const { all, events } = replacing(step, () => new Promise(() => {}), { storeTimeout: 3 })
    const thrown = thrownBy(() => ask(all))
    await vi.advanceTimersByTimeAsync(2999)
    expect(events).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expectFailure(await thrown, events, new Error('no answer within 3 s'))
    expect(vi.getTimerCount()).toBe(0)
  })

  test('may answer as late as it likes then, or fail, and nobody hears of it', async () => {
    stopTimers()
    const ends: (() => void)[] = []
    const late = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        ends.push(
          () => reject(new Error('the socket was closed')),
          () => resolve(7),
        )
      })
    for (const end of [0, 1]) {
      const { all, events } = replacing(step, late)
      const thrown = thrownBy(() => ask(all))
      await vi.advanceTimersByTimeAsync(2000)
      expect(await thrown).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      ends.splice(0)[end]?.()
      await settle()
      expect(events).toHaveLength(1)
    }
    expect(watch.reasons).toEqual([])
  })

  test('leaves no timer behind', async () => {
    stopTimers()
    const fail = (): never => {
      throw new Error('away')
    }
    for (const act of [() => 5, async () => 5, fail, async () => fail()]) {
      await thrownBy(() => ask(replacing(step, act).all))
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  test('is not blamed for a clock that is wrong', async () => {
    const act = vi.fn(() => 5)
    const { all, events } = replacing(step, act, { now: () => NOW * 1000 })
    const error = await thrownBy(() => ask(all))
    expectTypeError(
      () => {
        throw error
      },
      'createSessions: now must return seconds',
      NOW * 1000,
    )
    expect(act).not.toHaveBeenCalled()
    expect(events).toEqual([])
  })
})

test('a store is asked as the object that it is', async () => {
  class Store {
    readonly sid = 'a-session'
    async find(sid: string) {
      return sid === this.sid ? row : undefined
    }
  }
  const store = Object.assign(new Store(), { ...memoryStore(), find: Store.prototype.find })
  const all = outside(sessionRules({ ...settings, store }), () => {})
  expect(await all.find('a-session')).toBe(row)
})

describe('a refresh token that comes again while the store has not answered', () => {
  /** A store that answers when it is told to, and the time of the clock. */
  function held() {
    const answers: ((rotated: Rotated) => void)[] = []
    const time = { now: NOW }
    const rotate = () => new Promise((resolve) => answers.push(resolve))
    const { all } = replacing('rotate', rotate, { now: () => time.now })
    return { all, answers, time }
  }

  test('waits for the same answer, and is given it as a repeat', async () => {
    const { all, answers } = held()
    const both = [all.rotate(rotation), all.rotate(rotation)]
    expect(answers).toHaveLength(1)
    answers[0]?.({ outcome: 'rotated', row })
    expect(await Promise.all(both)).toEqual([
      { outcome: 'rotated', row },
      { outcome: 'repeated', row },
    ])
  })

  test.each(['repeated', 'reused', 'revoked', 'expired'] as const)('is %s as the first one is', async (outcome) => {
    const { all, answers } = held()
    const both = [all.rotate(rotation), all.rotate(rotation)]
    answers[0]?.({ outcome, row })
    expect(await Promise.all(both)).toEqual([
      { outcome, row },
      { outcome, row },
    ])
  })

  test('is not another token, nor one that comes after the answer', async () => {
    const { all, answers } = held()
    const first = all.rotate(rotation)
    const others = [all.rotate({ ...rotation, generation: 1 }), all.rotate({ ...rotation, sid: 'another' })]
    expect(answers).toHaveLength(3)
    for (const answer of answers) answer({ outcome: 'rotated', row })
    expect(await Promise.all([first, ...others])).toEqual(Array(3).fill({ outcome: 'rotated', row }))
    const next = all.rotate(rotation)
    answers[3]?.({ outcome: 'rotated', row })
    expect(await next).toEqual({ outcome: 'rotated', row })
  })

  test('waits no longer than five times what the store may take, for an answer may never come', async () => {
    const { all, answers, time } = held()
    const first = all.rotate(rotation)
    time.now += 9.5
    const second = all.rotate(rotation)
    expect(answers).toHaveLength(1)
    time.now += 0.5
    const third = all.rotate(rotation)
    expect(answers).toHaveLength(2)
    // The old answer comes after all, and the new question is still open.
    answers[0]?.({ outcome: 'rotated', row })
    expect(await Promise.all([first, second])).toHaveLength(2)
    const fourth = all.rotate(rotation)
    expect(answers).toHaveLength(2)
    answers[1]?.({ outcome: 'rotated', row })
    expect(await Promise.all([third, fourth])).toEqual([
      { outcome: 'rotated', row },
      { outcome: 'repeated', row },
    ])
  })
})

describe('the version of a subject', () => {
  test('is nothing where nobody tells it', async () => {
    const { all } = replacing('find', () => undefined)
    expect(await all.versionOf('alice')).toBeUndefined()
  })

  test.each([0, 1, Number.MAX_SAFE_INTEGER])('may be %d', async (version) => {
    expect(await replacing('tokenVersion', () => version).all.versionOf('alice')).toBe(version)
  })

  test.each([undefined, null, -1, 1.5, NaN, Infinity, '1', 'the version 1', true, {}, [1], 2 ** 53, 1n])(
    'must not be %o, which the program has to answer for',
    async (version) => {
      const { all, events } = replacing('tokenVersion', () => version)
      const error = await thrownBy(() => all.versionOf('alice'))
      expectTypeError(
        () => {
          throw error
        },
        'tokenVersion must answer with a whole number',
        version,
      )
      expect(events).toEqual([])
    },
  )
})
