// One test for each promise that SessionStore makes, to be run on any store by any runner.
import { systemClock } from '../time.ts'
import { ROTATION } from './conformance-rotation.ts'
import { atOnce, IDLE, keep, rotateAt, sampleRow, tally, want, type Check, type Checks } from './conformance-sample.ts'
import type { SessionRow, SessionStore } from './store.ts'

export { sampleRow }

/** One test of a store. */
export interface ConformanceTest {
  readonly name: string
  /** Rejects with an Error that says what was seen and what is wanted. */
  readonly run: () => Promise<void>
}

/**
 * Makes the tests that tell a store that keeps the promises of `SessionStore` from one that does not.
 *
 * They may run in any order, also at once, and on a store that is in use: they touch only rows of their own, which are
 * over within five minutes. The store's clock and the one here have to agree to half a minute.
 *
 * @throws TypeError where `makeStore` is no function
 * @example
 * for (const { name, run } of storeConformance(() => memoryStore())) {
 *   await run() // or test(name, run), as runners have it
 * }
 */
export function storeConformance(makeStore: () => SessionStore | Promise<SessionStore>): readonly ConformanceTest[] {
  if (typeof makeStore !== 'function') throw new TypeError('storeConformance wants a function that makes the store')
  const checks = Object.entries({ ...CREATION, ...ROTATION, ...END, ...LISTS, ...IDS, ...CLOCK })
  return checks.map(([name, check]) => ({ name, run: async () => check(await makeStore()) }))
}

// What patterns, templates, databases and Unicode make something of.
const ODD = `\u00e9 e\u0301 \u{1f98a} \u2028 "'\\ $1 ? %s {0} * : NULL `

const LOOKALIKES: readonly (readonly [string, string])[] = [
  ['a', 'A'],
  ['a', 'a '],
  ['\u00e9', 'e\u0301'],
  ['ab', 'a*'],
  ['ab', 'a_'],
  ['ab', 'a%'],
]

const isKept =
  (membersAt: (now: number) => Partial<SessionRow>): Check =>
  async (store) => {
    const row = await keep(store, membersAt(Math.floor(systemClock())))
    want('the row found', await store.find(row.sid), row)
    want('the sessions listed', await store.list(row.subject, row.createdAt), [row])
  }

const CREATION: Checks = {
  'create: fractions of seconds are kept': isKept((now) => ({
    createdAt: now + 0.123,
    rotatedAt: now + 0.456,
    idleExpiresAt: now + 60.789,
    expiresAt: now + 90.999,
  })),
  'create: the generation is kept': isKept(() => ({ generation: 1_000_000_007 })),
  'create: a subject of any characters is kept': isKept(() => ({ subject: `${ODD}${crypto.randomUUID()}` })),
  'create: the spelling of data is kept': isKept(() => ({
    data: `{"b":1.0,  "a":[1e2, "\\u0000 \\ud83e"],"b":2,"c":${JSON.stringify(ODD)}}`,
  })),
  'create: 10 KB of data are kept': isKept(() => ({ data: JSON.stringify('0123456789abcde\u00e9'.repeat(640)) })),

  'create: what only looks alike is told apart': async (store) => {
    for (const [one, other] of LOOKALIKES) {
      const id = crypto.randomUUID()
      const row = await keep(store, { sid: id + one, subject: id + one })
      want('a session that only looks alike', await store.find(id + other), undefined)
      want('the sessions of a subject that only looks alike', await store.list(id + other, row.createdAt), [])
      want('those of it that were revoked', await store.revokeAll(id + other, row.createdAt), [])
      want('the row found then', await store.find(row.sid), row)
    }
  },

  'create: of 20 at once for one subject, none is lost': async (store) => {
    const { subject, createdAt } = sampleRow()
    await atOnce(20, (index) => keep(store, { subject, createdAt: createdAt + index / 8 }))
    want('the number of sessions listed', (await store.list(subject, createdAt)).length, 20)
  },
}

const END: Checks = {
  'find, rotate, revoke, revokeAll, list: what was never created is unknown, and stays so': async (store) => {
    const row = sampleRow()
    const rotated = await rotateAt(store, row, 0, 0)
    want('the outcome of a rotation', rotated.outcome, 'unknown')
    want('its row', rotated.row, undefined)
    want('the row revoked', await store.revoke(row.sid, row.createdAt), undefined)
    want('the rows revoked', await store.revokeAll(row.subject, row.createdAt), [])
    want('the sessions listed', await store.list(row.subject, row.createdAt), [])
    want('the row found then', await store.find(row.sid), undefined)
  },

  'find: a session that has idled too long is found nevertheless': async (store) => {
    const row = await keep(store, { createdAt: Math.floor(systemClock()) - 150 })
    want('the row found', await store.find(row.sid), row)
  },

  'revoke: the row is answered the first time, and found ever after': async (store) => {
    const row = await keep(store)
    const revoked = { ...row, revokedAt: row.createdAt + 5.125 }
    want('the row revoked', await store.revoke(row.sid, revoked.revokedAt), revoked)
    want('the row revoked again', await store.revoke(row.sid, row.createdAt + 6), undefined)
    want('the row found then', await store.find(row.sid), revoked)
    want('the sessions listed then', await store.list(row.subject, row.createdAt), [])
    want('the outcome of a rotation then', (await rotateAt(store, row, 0, 6)).outcome, 'revoked')
  },

  'revoke: nothing is written where the session is over': async (store) => {
    const row = await keep(store)
    for (const end of [row.idleExpiresAt, row.expiresAt]) {
      want('the row revoked', await store.revoke(row.sid, end), undefined)
    }
    want('the row found then', await store.find(row.sid), row)
    const revoked = { ...row, revokedAt: row.idleExpiresAt - 0.125 }
    want('the row revoked shortly before the end', await store.revoke(row.sid, revoked.revokedAt), revoked)
  },

  'revoke: of 20 at once, one gets the row': async (store) => {
    const row = await keep(store)
    const seen = await atOnce(20, (index) => store.revoke(row.sid, row.createdAt + index))
    const [revoked, ...more] = seen.filter((each) => each !== undefined)
    want('how many more got the row', more.length, 0)
    want('the row found then', await store.find(row.sid), revoked)
  },
}

const bySid = (rows: readonly SessionRow[]): SessionRow[] => [...rows].sort((a, b) => (a.sid < b.sid ? -1 : 1))

const LISTS: Checks = {
  'revokeAll: the sessions of one subject that are not over, and no others': async (store) => {
    const { subject, createdAt } = sampleRow()
    const [one, two, revoked, idle] = [
      await keep(store, { subject, createdAt }),
      await keep(store, { subject, createdAt, generation: 3 }),
      await keep(store, { subject, createdAt }),
      await keep(store, { subject, createdAt, idleExpiresAt: createdAt + 5 }),
    ]
    const other = await keep(store, { createdAt })
    await store.revoke(revoked.sid, createdAt + 1)

    const ended = [one, two].map((row) => ({ ...row, revokedAt: createdAt + 5 }))
    want('the rows revoked', bySid(await store.revokeAll(subject, createdAt + 5)), bySid(ended))
    want('the rows revoked again', await store.revokeAll(subject, createdAt + 6), [])
    for (const row of [...ended, { ...revoked, revokedAt: createdAt + 1 }, idle, other]) {
      want('a row found then', await store.find(row.sid), row)
    }
  },

  'list: the sessions of one subject that are not over, oldest first': async (store) => {
    const { subject, createdAt: now } = sampleRow()
    const newest = await keep(store, { subject, createdAt: now + 2, rotatedAt: now - 1 })
    const oldest = await keep(store, { subject, createdAt: now, expiresAt: now + IDLE })
    const middle = await keep(store, { subject, createdAt: now + 1, idleExpiresAt: now + 50 })
    const revoked = await keep(store, { subject, createdAt: now + 1.5 })
    await keep(store, { createdAt: now })
    await store.revoke(revoked.sid, now + 2)

    const listed: readonly (readonly [at: number, rows: readonly SessionRow[]])[] = [
      [49.875, [oldest, middle, newest]],
      [50, [oldest, newest]],
      [99.875, [oldest, newest]],
      [IDLE, [newest]],
      [IDLE + 2, []],
    ]
    for (const [at, rows] of listed) want(`the sessions after ${at} s`, await store.list(subject, now + at), rows)
  },
}

const IDS: Checks = {
  'deny: an id is denied until the time given': async (store) => {
    const { sid: jti, createdAt: now } = sampleRow()
    want('isDenied before', await store.isDenied(jti, now), false)
    await store.deny(jti, now + 60, now)
    await store.deny(jti, now + 60, now + 1)
    const denied = await Promise.all([0, 59.875, 60, 61].map((at) => store.isDenied(jti, now + at)))
    want('isDenied at once, shortly before the end, at the end and after it', denied, [true, true, false, false])
  },

  'deny: a time gone by denies nothing': async (store) => {
    const { sid: jti, createdAt: now } = sampleRow()
    await store.deny(jti, now - 1, now)
    want('isDenied', await store.isDenied(jti, now), false)
  },

  'consume: once, until the time given': async (store) => {
    const { sid: jti, createdAt: now } = sampleRow()
    const consumed = []
    for (const at of [0, 0, 9.875]) consumed.push(await store.consume(jti, now + 10, now + at))
    want('consume at first, again, and shortly before the end', consumed, [true, false, false])
    const anew = await atOnce(50, () => store.consume(jti, now + 60, now + 10))
    want('50 at once at the end', tally(anew.map(String)), '1 true, 49 false')
  },

  'consume: of 50 at once, one may': async (store) => {
    const { sid: jti, createdAt: now } = sampleRow()
    const consumed = await atOnce(50, () => store.consume(jti, now + 60, now))
    want('the answers', tally(consumed.map(String)), '1 true, 49 false')
  },

  'deny, consume: ids that only look alike are told apart': async (store) => {
    for (const [one, other] of [...LOOKALIKES, [ODD, `${ODD}.`] as const]) {
      const { sid: id, createdAt: now } = sampleRow()
      await store.deny(id + one, now + 60, now)
      want('consume', await store.consume(id + one, now + 60, now), true)
      want('isDenied of the same', await store.isDenied(id + one, now), true)
      want('isDenied of the other', await store.isDenied(id + other, now), false)
      want('consume of the other', await store.consume(id + other, now + 60, now), true)
    }
  },

  'deny, consume, create: none knows the ids of the others': async (store) => {
    const { sid: denied, subject: consumed, createdAt: now } = sampleRow()
    const { sid } = await keep(store)
    await store.deny(denied, now + 60, now)
    await store.consume(consumed, now + 60, now)
    want('isDenied of a session', await store.isDenied(sid, now), false)
    want('isDenied of what was consumed', await store.isDenied(consumed, now), false)
    want('consume of a session', await store.consume(sid, now + 60, now), true)
    want('consume of what was denied', await store.consume(denied, now + 60, now), true)
    want('find of what was denied', await store.find(denied), undefined)
    want('find of what was consumed', await store.find(consumed), undefined)
  },
}

const isNow = (what: string, seen: number | null | undefined): void => {
  const now = systemClock()
  if (typeof seen === 'number' && Math.abs(seen - now) < 30) return
  want(`${what}, in seconds and to half a minute`, seen, now)
}

const CLOCK: Checks = {
  'every step: without a time, it is the time of the store': async (store) => {
    const row = sampleRow()
    await store.create(row)
    want('the sessions listed', await store.list(row.subject), [row])
    const rotated = await store.rotate({ sid: row.sid, generation: 0, idle: IDLE, grace: 60 })
    want('the outcome of a rotation', rotated.outcome, 'rotated')
    isNow('rotatedAt', rotated.row?.rotatedAt)
    isNow('idleExpiresAt, but for the idle time', (rotated.row?.idleExpiresAt ?? NaN) - IDLE)
    isNow('revokedAt', (await store.revoke(row.sid))?.revokedAt)
    const [other] = await store.revokeAll((await keep(store)).subject)
    isNow('revokedAt of all', other?.revokedAt)

    const idle = await keep(store, { createdAt: Math.floor(systemClock()) - 150 })
    const late = await store.rotate({ sid: idle.sid, generation: 0, idle: IDLE, grace: 60 })
    want('the outcome where the session has idled too long', late.outcome, 'expired')
    want('its row revoked', await store.revoke(idle.sid), undefined)
    want('the rows revoked', await store.revokeAll(idle.subject), [])
    want('the sessions listed', await store.list(idle.subject), [])
  },

  'deny, isDenied, consume: without a time, it is the time of the store': async (store) => {
    const now = systemClock()
    const [denied, past, once] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
    await store.deny(denied, now + 60)
    await store.deny(past, now - 60)
    want('isDenied', await store.isDenied(denied), true)
    want('isDenied after the time given', await store.isDenied(past), false)
    want('consume', await store.consume(once, now + 60), true)
    want('consume again', await store.consume(once, now + 60), false)
  },
}
