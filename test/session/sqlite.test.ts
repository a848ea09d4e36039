import { describe, expect, test } from 'vitest'
import { sampleRow } from 'tittle/session/conformance'
import { sqliteStore, type SqliteDatabase, type SqliteStore } from 'tittle/session/sqlite'
import { databasePath, sqlites, type OpenSqlite } from '../setup/databases.ts'
import { testConformance } from '../setup/stores.ts'

const NOW = 1_800_000_000
const rotation = { generation: 0, idle: 100, grace: 10 }

async function migrated(db: SqliteDatabase): Promise<SqliteStore> {
  const store = sqliteStore(db)
  await store.migrate()
  return store
}

const valueOf = (db: SqliteDatabase, sql: string): unknown => Object.values(db.prepare(sql).get() as object)[0]

const countOf = (db: SqliteDatabase, table: string): unknown => valueOf(db, `SELECT count(*) FROM ${table}`)

for (const [name, opener] of sqlites) {
  describe.skipIf(!opener)(`a database of ${name}`, () => {
    const open = (path?: string): OpenSqlite => opener?.(path) as OpenSqlite

    describe('keeps the promises of a store', () => {
      testConformance(() => migrated(open()))
    })

    describe('in a file', () => {
      test('is in WAL mode, syncs each change, and waits for other writers', async () => {
        const db = open(databasePath())
        await migrated(db)
        expect(valueOf(db, 'PRAGMA journal_mode')).toBe('wal')
        expect(valueOf(db, 'PRAGMA synchronous')).toBe(2)
        expect(valueOf(db, 'PRAGMA busy_timeout')).toBe(5000)
      })

      test('syncs each change also where another process has migrated it', async () => {
        const path = databasePath()
        await migrated(open(path))
        const db = open(path)
        await sqliteStore(db).find('any')
        expect(valueOf(db, 'PRAGMA synchronous')).toBe(2)
      })

      test('keeps everything when it is closed', async () => {
        const path = databasePath()
        const db = open(path)
        const row = sampleRow({ createdAt: NOW })
        const before = await migrated(db)
        await before.create(row, NOW)
        const rotated = await before.rotate({ sid: row.sid, ...rotation }, NOW + 1)
        await before.deny('jti', NOW + 10, NOW)
        db.close()

        const after = await migrated(open(path))
        expect(await after.find(row.sid)).toEqual(rotated.row)
        expect(await after.rotate({ sid: row.sid, ...rotation }, NOW + 2)).toEqual({ ...rotated, outcome: 'repeated' })
        expect(await after.isDenied('jti', NOW)).toBe(true)
      })

      test('is one for two connections, whose rotations make one', async () => {
        const path = databasePath()
        const stores = [await migrated(open(path)), await migrated(open(path))] as const
        const row = sampleRow({ createdAt: NOW })
        await stores[0].create(row, NOW)
        const rotated = await Promise.all(
          [0, 1, 0, 1].map((index) => stores[index === 0 ? 0 : 1].rotate({ sid: row.sid, ...rotation }, NOW)),
        )
        expect(rotated.map(({ outcome }) => outcome)).toEqual(['rotated', 'repeated', 'repeated', 'repeated'])
        await stores[1].revoke(row.sid, NOW)
        expect((await stores[0].rotate({ sid: row.sid, ...rotation }, NOW)).outcome).toBe('revoked')
        expect(await stores[0].consume('jti', NOW + 10, NOW)).toBe(true)
        expect(await stores[1].consume('jti', NOW + 10, NOW)).toBe(false)
      })

      test('is read while another connection writes, and not written', async () => {
        const path = databasePath()
        const [db, other] = [open(path), open(path)]
        const store = await migrated(db)
        const row = sampleRow({ createdAt: NOW })
        await store.create(row, NOW)
        db.exec('PRAGMA busy_timeout = 0')
        other.exec('BEGIN IMMEDIATE')
        expect(await store.find(row.sid)).toEqual(row)
        await expect(store.revoke(row.sid, NOW)).rejects.toThrow(/locked/)
        other.exec('COMMIT')
        expect(await store.revoke(row.sid, NOW)).toEqual({ ...row, revokedAt: NOW })
      })
    })

    describe('migrate()', () => {
      test('may be called again, and loses nothing', async () => {
        const store = await migrated(open())
        const row = sampleRow({ createdAt: NOW })
        await store.create(row, NOW)
        await store.migrate()
        expect(await store.find(row.sid)).toEqual(row)
      })

      test('has to come first: every step rejects where there are no tables', async () => {
        const store = sqliteStore(open())
        const row = sampleRow({ createdAt: NOW })
        const steps = [
          () => store.create(row),
          () => store.rotate({ sid: row.sid, ...rotation }),
          () => store.find(row.sid),
          () => store.revoke(row.sid),
          () => store.revokeAll(row.subject),
          () => store.list(row.subject),
          () => store.deny('jti', NOW),
          () => store.isDenied('jti'),
          () => store.consume('jti', NOW),
        ]
        for (const step of steps) await expect(step()).rejects.toThrow(/no such table/)
        await store.migrate()
        for (const step of steps) await expect(step()).resolves.not.toThrow()
      })
    })

    test('what has expired is swept with what comes, so that the tables do not grow', async () => {
      const db = open()
      const store = await migrated(db)
      for (let i = 0; i < 300; i++) {
        const now = NOW + i * 10
        await store.create(sampleRow({ createdAt: now }), now)
        await store.deny(`denied ${i}`, now + 100, now)
        await store.consume(`consumed ${i}`, now + 100, now)
      }
      expect(countOf(db, 'tittle_sessions')).toBe(25)
      expect(countOf(db, 'tittle_tokens')).toBe(20)
    })

    test('a row is an object as any other, whichever step answers it', async () => {
      const store = await migrated(open())
      const row = sampleRow({ createdAt: NOW })
      await store.create(row, NOW)
      const rows = [
        (await store.rotate({ sid: row.sid, ...rotation }, NOW)).row,
        await store.find(row.sid),
        ...(await store.list(row.subject, NOW)),
        await store.revoke(row.sid, NOW),
      ]
      expect(rows.map((each) => Object.getPrototypeOf(each))).toEqual(Array(4).fill(Object.prototype))
      for (const each of rows) expect(Object.keys(each ?? {})).toEqual(Object.keys(row))
    })

    test('a step that fails leaves nothing behind, and the next one succeeds', async () => {
      const db = open()
      const store = await migrated(db)
      const [row, old] = [sampleRow({ createdAt: NOW }), sampleRow({ createdAt: NOW - 200 })]
      await store.create(row, NOW)
      await store.create(old, NOW)
      await expect(store.create(row, NOW + 50)).rejects.toThrow(/UNIQUE/)
      expect(await store.find(old.sid)).toEqual(old)
      await store.create(sampleRow({ createdAt: NOW }), NOW + 50)
      expect(await store.find(old.sid)).toBeUndefined()
    })

    test('a database that was closed rejects', async () => {
      const db = open()
      const store = await migrated(db)
      db.close()
      await expect(store.find('any')).rejects.toThrow(/not open/)
      await expect(store.consume('jti', NOW)).rejects.toThrow(/not open/)
    })
  })
}

test('a step that fails tells why, also where the database has rolled back already', async () => {
  const sent: string[] = []
  const db: SqliteDatabase = {
    exec: (sql) => {
      sent.push(sql)
      if (sql === 'ROLLBACK') throw new Error('cannot rollback - no transaction is active')
    },
    prepare: () => {
      throw new Error('database or disk is full')
    },
  }
  await expect(sqliteStore(db).deny('jti', NOW)).rejects.toThrow('database or disk is full')
  expect(sent.slice(-2)).toEqual(['BEGIN IMMEDIATE', 'ROLLBACK'])
})

test('it cannot be changed', () => {
  const db: SqliteDatabase = {
    exec: () => {},
    prepare: () => ({ run: () => ({ changes: 0 }), get: () => {}, all: () => [] }),
  }
  expect(Object.isFrozen(sqliteStore(db))).toBe(true)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a path', 'sessions.db'],
  ['an object', {}],
  ['what only executes', { exec: () => {} }],
  ['what only prepares', { prepare: () => {} }],
  ['a class', class {}],
])('%s is no database', (_, db) => {
  expect(() => sqliteStore(db as SqliteDatabase)).toThrow(
    new TypeError('sqliteStore wants a DatabaseSync of Node, or a Database of better-sqlite3'),
  )
})
