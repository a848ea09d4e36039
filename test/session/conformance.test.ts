import { describe, expect, test } from 'vitest'
import { isOver, memoryStore, rotationOutcome, type SessionRow, type SessionStore } from 'tittle/session'
import { sampleRow, storeConformance } from 'tittle/session/conformance'
import { ROTATION } from '../../src/session/conformance-rotation.ts'
import { failuresOf, testConformance, tinyStore, type Parts } from '../setup/stores.ts'

describe('a store that keeps its promises passes', () => {
  testConformance(() => memoryStore())
})

describe('a store that forgets a session at its end passes', () => {
  const forgetting = (row: SessionRow | undefined, now: number): SessionRow | undefined =>
    row && now < row.expiresAt ? row : undefined

  testConformance(() =>
    tinyStore({ outcomeOf: (row, rotation, now) => rotationOutcome(forgetting(row, now), rotation, now) }),
  )
})

describe('the tests', () => {
  test('have names of their own', () => {
    const names = storeConformance(() => memoryStore()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(30)
  })

  test('may all run at once on one store, again and again, beside what it keeps already', async () => {
    const store = memoryStore()
    const row = sampleRow()
    await store.create(row)
    await store.deny('somebody else', row.expiresAt)
    const tests = [1, 2].flatMap(() => storeConformance(async () => store))
    await Promise.all(tests.map(({ run }) => run()))
    expect(await store.find(row.sid)).toEqual(row)
    expect(await store.isDenied('somebody else')).toBe(true)
  })

  test('ask for the store when they run, and not before', async () => {
    let made = 0
    const [first] = storeConformance(() => {
      made++
      return memoryStore()
    })
    expect(made).toBe(0)
    await first?.run()
    expect(made).toBe(1)
  })

  test('fail as the store fails', async () => {
    const away = new Error('the database is away')
    for (const { run } of storeConformance(() => Promise.reject(away))) await expect(run()).rejects.toBe(away)
  })

  test.each([undefined, null, memoryStore(), 'a store'])('are not made for %s', (makeStore) => {
    expect(() => storeConformance(makeStore as never)).toThrow(
      new TypeError('storeConformance wants a function that makes the store'),
    )
  })
})

interface Place {
  readonly good: SessionStore
  readonly rows: Map<string, SessionRow>
}

/** A store that keeps its promises but for the parts, or for the methods, that are wrong. */
const store =
  (parts: Partial<Parts>, methods: (place: Place) => Partial<SessionStore> = () => ({})) =>
  (): SessionStore => {
    const rows = new Map<string, SessionRow>()
    const good = tinyStore({ rows, ...parts })
    return { ...good, ...methods({ good, rows }) }
  }

const method = (methods: (good: SessionStore) => Partial<SessionStore>): (() => SessionStore) =>
  store({}, ({ good }) => methods(good))

const keeping = (change: (row: SessionRow) => Partial<SessionRow>): (() => SessionStore) =>
  store({ keep: (row) => ({ ...row, ...change(row) }) })

const spellingIds = (spell: (jti: string) => string): (() => SessionStore) =>
  method((good) => ({
    deny: (jti, until, now) => good.deny(spell(jti), until, now),
    isDenied: (jti, now) => good.isDenied(spell(jti), now),
    consume: (jti, until, now) => good.consume(spell(jti), until, now),
  }))

/** Lists the sessions of every subject that it takes for the one asked for. */
const listing = (isAlike: (subject: string, asked: string) => boolean): (() => SessionStore) =>
  store({}, ({ rows }) => ({
    list: async (asked, now = 0) =>
      [...rows.values()].filter((row) => isAlike(row.subject, asked) && !isOver(row, now)),
  }))

const literally = (text: string): string => text.replaceAll(/[*.%()]/g, '\\$&')

/** Whether a subject fits a pattern, in which one character stands for others. */
const byPattern = (wildcard: string, meaning: string) => (subject: string, pattern: string) =>
  new RegExp(`^${pattern.split(wildcard).map(literally).join(meaning)}$`).test(subject)

const elsewhere = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Keeps a list of the sessions of each subject, which it reads in one step and writes in another. */
const listingInTwoSteps = (): SessionStore => {
  const good = tinyStore()
  const sids = new Map<string, readonly string[]>()
  return {
    ...good,
    create: async (row, now) => {
      const before = sids.get(row.subject) ?? []
      await good.create(row, now)
      sids.set(row.subject, [...before, row.sid])
    },
    list: async (subject, now) => (await good.list(subject, now)).filter(({ sid }) => sids.get(subject)?.includes(sid)),
  }
}

const LOOKALIKES = 'create: what only looks alike is told apart'
const ONE_SUBJECT = 'revokeAll: the sessions of one subject that are not over, and no others'
const OLDEST_FIRST = 'list: the sessions of one subject that are not over, oldest first'
const REVOKED_ONCE = 'revoke: the row is answered the first time, and found ever after'
const UNKNOWN = 'find, rotate, revoke, revokeAll, list: what was never created is unknown, and stays so'
const CLOCK = 'every step: without a time, it is the time of the store'

const faults: readonly (readonly [fault: string, make: () => SessionStore, caughtBy: string])[] = [
  [
    'keeps whole seconds',
    keeping(({ createdAt }) => ({ createdAt: Math.floor(createdAt) })),
    'create: fractions of seconds are kept',
  ],
  [
    'keeps times as numbers of 32 bits',
    keeping(({ createdAt }) => ({ createdAt: Math.fround(createdAt) })),
    'create: fractions of seconds are kept',
  ],
  ['lets every row begin anew', keeping(() => ({ generation: 0 })), 'create: the generation is kept'],
  [
    'normalises subjects',
    keeping(({ subject }) => ({ subject: subject.normalize() })),
    'create: a subject of any characters is kept',
  ],
  [
    'parses data, and writes them anew',
    keeping(({ data }) => ({ data: JSON.stringify(JSON.parse(data)) })),
    'create: the spelling of data is kept',
  ],
  ['cuts data off', keeping(({ data }) => ({ data: data.slice(0, 8192) })), 'create: 10 KB of data are kept'],
  ['lists subjects without regard to case', listing((a, b) => a.toLowerCase() === b.toLowerCase()), LOOKALIKES],
  ['lists subjects without their last spaces', listing((a, b) => a.trimEnd() === b.trimEnd()), LOOKALIKES],
  ['lists subjects in a normal form', listing((a, b) => a.normalize() === b.normalize()), LOOKALIKES],
  ['lists subjects by patterns of Redis', listing(byPattern('*', '.*')), LOOKALIKES],
  ['lists subjects by patterns of SQL, of one character', listing(byPattern('_', '.')), LOOKALIKES],
  ['lists subjects by patterns of SQL, of any characters', listing(byPattern('%', '.*')), LOOKALIKES],
  ['adds to lists in two steps', listingInTwoSteps, 'create: of 20 at once for one subject, none is lost'],
  [
    'takes what it does not know for expired',
    store({ outcomeOf: (row, rotation, now) => (row ? rotationOutcome(row, rotation, now) : 'expired') }),
    UNKNOWN,
  ],
  ['finds null', method((good) => ({ find: async (sid) => (await good.find(sid)) ?? (null as never) })), UNKNOWN],
  [
    'finds only what is not over',
    method((good) => ({
      find: async (sid) => {
        const row = await good.find(sid)
        return row && !isOver(row, Date.now() / 1000) ? row : undefined
      },
    })),
    'find: a session that has idled too long is found nevertheless',
  ],
  [
    'answers revoke again and again',
    method((good) => ({ revoke: async (sid, now) => (await good.revoke(sid, now)) ?? good.find(sid) })),
    REVOKED_ONCE,
  ],
  [
    'answers the row as it was before',
    method((good) => ({
      revoke: async (sid, now) => {
        const row = await good.find(sid)
        return (await good.revoke(sid, now)) && row
      },
    })),
    REVOKED_ONCE,
  ],
  [
    'deletes what is revoked',
    store({}, ({ good, rows }) => ({
      revoke: async (sid, now) => {
        const row = await good.revoke(sid, now)
        rows.delete(sid)
        return row
      },
    })),
    REVOKED_ONCE,
  ],
  [
    'revokes what is over',
    store({ isOver: ({ revokedAt }) => revokedAt !== null }),
    'revoke: nothing is written where the session is over',
  ],
  [
    'revokes in two steps',
    store({}, ({ rows }) => ({
      revoke: async (sid, now = 0) => {
        const row = rows.get(sid)
        await elsewhere()
        if (!row || isOver(row, now)) return undefined
        rows.set(sid, { ...row, revokedAt: now })
        return rows.get(sid)
      },
    })),
    'revoke: of 20 at once, one gets the row',
  ],
  [
    'revokes the sessions of all subjects',
    store({}, ({ good, rows }) => ({
      revokeAll: async (_, now) => {
        const revoked = await Promise.all([...rows.keys()].map((sid) => good.revoke(sid, now)))
        return revoked.filter((row) => row !== undefined)
      },
    })),
    ONE_SUBJECT,
  ],
  [
    'answers what it would revoke, and writes nothing',
    method((good) => ({
      revokeAll: async (subject, now = 0) => (await good.list(subject, now)).map((row) => ({ ...row, revokedAt: now })),
    })),
    ONE_SUBJECT,
  ],
  [
    'answers what was over already among what it revokes',
    store({}, ({ good, rows }) => ({
      revokeAll: async (subject, now) => {
        await good.revokeAll(subject, now)
        return [...rows.values()].filter((row) => row.subject === subject)
      },
    })),
    ONE_SUBJECT,
  ],
  [
    'lists the sessions of all subjects',
    store({}, ({ rows }) => ({ list: async (_, now = 0) => [...rows.values()].filter((row) => !isOver(row, now)) })),
    OLDEST_FIRST,
  ],
  [
    'lists in the order of creation',
    store({}, ({ good, rows }) => ({
      list: async (subject, now) => {
        const listed = new Set((await good.list(subject, now)).map(({ sid }) => sid))
        return [...rows.values()].filter(({ sid }) => listed.has(sid))
      },
    })),
    OLDEST_FIRST,
  ],
  [
    'lists a session in its last moment',
    method((good) => ({ list: (subject, now = 0) => good.list(subject, now - 0.001) })),
    OLDEST_FIRST,
  ],
  [
    'denies an id in its last moment',
    method((good) => ({ isDenied: (jti, now = 0) => good.isDenied(jti, now - 0.001) })),
    'deny: an id is denied until the time given',
  ],
  [
    'cannot deny an id twice',
    method((good) => ({
      deny: async (jti, until, now) => {
        if (await good.isDenied(jti, now)) throw new Error('duplicate: seen twice, wanted once')
        await good.deny(jti, until, now)
      },
    })),
    'deny: an id is denied until the time given',
  ],
  [
    'denies every id for a second at least',
    method((good) => ({ deny: (jti, until, now = 0) => good.deny(jti, Math.max(until, now + 1), now) })),
    'deny: a time gone by denies nothing',
  ],
  [
    'lets nobody consume an id again, ever',
    method((good) => ({ consume: (jti, _, now) => good.consume(jti, Infinity, now) })),
    'consume: once, until the time given',
  ],
  [
    'looks for an id in one step and writes it in another',
    method((good) => ({
      consume: async (jti, until, now) => {
        if (await good.isDenied(`consumed:${jti}`, now)) return false
        await good.deny(`consumed:${jti}`, until, now)
        return true
      },
    })),
    'consume: of 50 at once, one may',
  ],
  ['cuts ids off', spellingIds((jti) => jti.slice(0, 36)), 'deny, consume: ids that only look alike are told apart'],
  [
    'consumes what it denies',
    store({ denied: '', consumed: '' }),
    'deny, consume, create: none knows the ids of the others',
  ],
  ['has a clock of milliseconds', store({ clock: Date.now }), CLOCK],
  [
    'has a clock that is a minute behind where it revokes',
    method((good) => ({ revoke: (sid, now = Date.now() / 1000 - 60) => good.revoke(sid, now) })),
    CLOCK,
  ],
  ['has a clock that stands still', store({ clock: () => 1_700_000_000 }), CLOCK],
  [
    'has no clock for ids',
    method((good) => ({ isDenied: (jti, now = 0) => good.isDenied(jti, now) })),
    'deny, isDenied, consume: without a time, it is the time of the store',
  ],
  [
    'goes by its own clock, whatever the time given',
    method((good) => ({ list: (subject) => good.list(subject) })),
    OLDEST_FIRST,
  ],
]

describe('a store that breaks one is caught', () => {
  test.each(faults)('where it %s', async (_, make, caughtBy) => {
    const failure = (await failuresOf(make)).get(caughtBy)
    expect(failure).toBeInstanceOf(Error)
    expect((failure as Error).message).toMatch(/^.+: seen .+, wanted .+$/s)
  })

  test('and every test is there to catch one', () => {
    const names = storeConformance(() => memoryStore()).map(({ name }) => name)
    const others = names.filter((name) => !Object.hasOwn(ROTATION, name))
    expect([...new Set(faults.map(([, , caughtBy]) => caughtBy))].sort()).toEqual(others.sort())
  })
})
