import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionStore } from 'tittle/session'
import { sampleRow } from 'tittle/session/conformance'
import { postgresStore, type PostgresQueryClient, type PostgresStore } from 'tittle/session/postgres'
import { PGlite } from '../setup/databases.ts'
import { testConformance } from '../setup/stores.ts'

const NOW = 1_800_000_000
const rotation = { generation: 0, idle: 100, grace: 10 }
const row = sampleRow({ createdAt: NOW, sid: 'secret sid', subject: 'secret subject', data: '{"secret":"data"}' })

const steps: readonly (readonly [name: string, step: (store: SessionStore, now?: number) => Promise<unknown>])[] = [
  ['create', (store, now) => store.create(row, now)],
  ['rotate', (store, now) => store.rotate({ sid: row.sid, ...rotation }, now)],
  ['find', (store) => store.find(row.sid)],
  ['revoke', (store, now) => store.revoke(row.sid, now)],
  ['revokeAll', (store, now) => store.revokeAll(row.subject, now)],
  ['list', (store, now) => store.list(row.subject, now)],
  ['deny', (store, now) => store.deny('secret jti', NOW + 10, now)],
  ['isDenied', (store, now) => store.isDenied('secret jti', now)],
  ['consume', (store, now) => store.consume('secret jti', NOW + 10, now)],
]

describe.skipIf(!PGlite)('PGlite', () => {
  let db: InstanceType<NonNullable<typeof PGlite>>
  let store: PostgresStore
  // It takes some seconds to start, and so there is one.
  beforeAll(async () => {
    if (PGlite) db = new PGlite()
    store = postgresStore(db)
    for (const [, step] of steps) await expect(step(store)).rejects.toThrow(/does not exist/)
    await store.migrate()
  }, 60_000)
  afterAll(() => db.close())

  const valueOf = async (sql: string): Promise<unknown> => Object.values((await db.query(sql, [])).rows[0] as object)[0]

  describe('keeps the promises of a store', () => {
    testConformance(() => store)
  })

  test('is migrated again, also by several at once, and loses nothing', async () => {
    const kept = sampleRow()
    await store.create(kept)
    await Promise.all([1, 2, 3].map(() => postgresStore(db).migrate()))
    expect(await store.find(kept.sid)).toEqual(kept)
  })

  test('is never read from one end to the other, however much it holds', async () => {
    const times = `${NOW}, ${NOW}, ${NOW + 1e6}, ${NOW + 1e6}`
    await db.query(
      `INSERT INTO tittle_sessions SELECT i, i % 5000, 0, ${times}, NULL, '' FROM generate_series(1, 20000) AS i`,
      [],
    )
    await db.query(`INSERT INTO tittle_tokens SELECT i, ${NOW + 1e6} FROM generate_series(1, 20000) AS i`, [])
    await db.query('ANALYZE', [])
    const plans: string[] = []
    const explaining = postgresStore({
      query: async (text, values) => {
        const { rows } = await db.query(`EXPLAIN ${text}`, values)
        plans.push(JSON.stringify(rows))
        return { rows: [] }
      },
    })
    for (const [, step] of steps) await step(explaining)
    expect(plans).toHaveLength(steps.length)
    for (const plan of plans) expect(plan).not.toContain('Seq Scan')
    await db.query(`DELETE FROM tittle_sessions WHERE data = ''`, [])
    await db.query(`DELETE FROM tittle_tokens WHERE expires_at = ${NOW + 1e6}`, [])
  })

  test('is swept of what has expired with what comes, so that the tables do not grow', async () => {
    const sessions = 'SELECT count(*)::integer FROM tittle_sessions'
    const tokens = 'SELECT count(*)::integer FROM tittle_tokens'
    const before = [Number(await valueOf(sessions)), Number(await valueOf(tokens))]
    for (let i = 0; i < 100; i++) {
      const now = NOW + i * 100
      await store.create(sampleRow({ createdAt: now }), now)
      await store.deny(`denied ${i}`, now + 100, now)
      await store.consume(`consumed ${i}`, now + 100, now)
    }
    const after = [Number(await valueOf(sessions)), Number(await valueOf(tokens))]
    expect(after[0]).toBeLessThanOrEqual((before[0] ?? 0) + 3)
    expect(after[1]).toBeLessThanOrEqual((before[1] ?? 0) + 2)
  })

  test('keeps a session that another one of the same sid would replace', async () => {
    const kept = sampleRow({ createdAt: NOW })
    await store.create(kept, NOW)
    for (const now of [NOW, NOW + 250]) {
      await expect(store.create({ ...kept, subject: 'another' }, now)).rejects.toThrow(/duplicate key/)
    }
    expect(await store.find(kept.sid)).toEqual(kept)
  })

  test('answers rows with the members of a row, and no others', async () => {
    const kept = sampleRow({ createdAt: NOW })
    await store.create(kept, NOW)
    const rows = [
      (await store.rotate({ sid: kept.sid, ...rotation }, NOW)).row,
      await store.find(kept.sid),
      ...(await store.list(kept.subject, NOW)),
      await store.revoke(kept.sid, NOW),
    ]
    for (const each of rows) expect(Object.keys(each ?? {}).sort()).toEqual(Object.keys(kept).sort())
  })

  test('is asked in the same way by a client as of postgres.js', async () => {
    const unsafe = async (text: string, values: never[]): Promise<readonly unknown[]> =>
      (await db.query(text, values)).rows
    const other = postgresStore({ unsafe })
    const kept = sampleRow({ createdAt: NOW })
    await other.create(kept, NOW)
    const rotated = await other.rotate({ sid: kept.sid, ...rotation }, NOW)
    expect(rotated).toEqual({ outcome: 'rotated', row: await store.find(kept.sid) })
    expect(await other.consume('by unsafe', NOW + 10, NOW)).toBe(true)
    expect(await store.consume('by unsafe', NOW + 10, NOW)).toBe(false)
  })
})

interface Sent {
  readonly client: unknown
  readonly text: string
  readonly values: readonly unknown[]
  readonly options?: unknown
}

/** Clients that answer nothing, and what they were sent. */
function clients(): readonly (readonly [name: string, store: PostgresStore, client: unknown, sent: Sent[]])[] {
  const sent: Sent[] = []
  const pool = {
    async query(this: unknown, text: string, values: unknown[]) {
      sent.push({ client: this, text, values })
      return { rows: [] }
    },
  }
  const tagged: Sent[] = []
  const sql = Object.assign(() => {}, {
    async unsafe(this: unknown, text: string, values: never[], options: { prepare: boolean }) {
      tagged.push({ client: this, text, values, options })
      return []
    },
    query: () => {
      throw new Error('postgres.js has no query')
    },
  })
  return [
    ['pg', postgresStore(pool), pool, sent],
    ['postgres.js', postgresStore(sql), sql, tagged],
  ]
}

describe.each(clients())('a client of %s', (_, store, client, sent) => {
  test.each(steps)('is sent one statement by %s, and no value within it', async (_, step) => {
    sent.length = 0
    await step(store, NOW + 0.5)
    const [statement, ...more] = sent
    expect(more).toEqual([])
    expect(statement?.client).toBe(client)
    expect(statement?.text).not.toMatch(/secret|;/)
    const placeholders = new Set(statement?.text.match(/\$\d+/g))
    expect([...placeholders].sort()).toEqual(statement?.values.map((_, index) => `$${index + 1}`).sort())
  })

  test.each(steps.filter(([name]) => name !== 'find'))(
    'is sent the time by %s, or null for its own',
    async (_, step) => {
      sent.length = 0
      await step(store, NOW + 0.5)
      await step(store)
      expect(sent.map(({ values }) => values.at(-1))).toEqual([NOW + 0.5, null])
      for (const { text } of sent) expect(text).toContain('clock_timestamp()')
    },
  )

  test('is asked to prepare its statements, where it does not do so by itself', async () => {
    sent.length = 0
    await store.find(row.sid)
    expect(sent[0]?.options).toEqual(typeof client === 'function' ? { prepare: true } : undefined)
  })

  test('is believed where it finds nothing', async () => {
    expect(await store.rotate({ sid: row.sid, ...rotation })).toEqual({ outcome: 'unknown', row: undefined })
    expect(await store.find(row.sid)).toBeUndefined()
    expect(await store.revoke(row.sid)).toBeUndefined()
    expect(await store.list(row.subject)).toEqual([])
    expect(await store.isDenied('jti')).toBe(false)
    expect(await store.consume('jti', NOW)).toBe(false)
  })
})

test('a client that fails makes every step fail', async () => {
  const away = new Error('the connection is closed')
  const store = postgresStore({ query: () => Promise.reject(away) })
  for (const [, step] of steps) await expect(step(store)).rejects.toBe(away)
  await expect(store.migrate()).rejects.toBe(away)
})

test('it cannot be changed', () => {
  expect(clients().map(([, store]) => Object.isFrozen(store))).toEqual([true, true])
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a URL', 'postgres://localhost'],
  ['an object', {}],
  ['what has a query that is no function', { query: 'SELECT 1' }],
  ['a function', () => {}],
])('%s is no client', (_, client) => {
  expect(() => postgresStore(client as PostgresQueryClient)).toThrow(
    new TypeError('postgresStore wants a pool or client of pg, what postgres() of postgres.js returns, or a PGlite'),
  )
})
