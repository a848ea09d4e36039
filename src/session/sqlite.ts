// A store in a file: SQLite by node:sqlite or better-sqlite3, whose calls are synchronous.
import { systemClock } from '../time.ts'
import {
  isOver,
  rotatedRow,
  rotationOutcome,
  type Rotated,
  type Rotation,
  type SessionRow,
  type SessionStore,
} from './store.ts'

/** A database as `new DatabaseSync(path)` of node:sqlite or `new Database(path)` of better-sqlite3 makes it. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
}

/** A prepared statement of a {@link SqliteDatabase}. */
export interface SqliteStatement {
  run(...values: (string | number | null)[]): { readonly changes: number | bigint }
  get(...values: (string | number | null)[]): unknown
  all(...values: (string | number | null)[]): unknown[]
}

/** A store that has a schema. */
export interface SqliteStore extends SessionStore {
  /** Makes the tables where they are missing; call it before the first use, as often as you like. */
  readonly migrate: () => Promise<void>
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS tittle_sessions (
  sid TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  generation INTEGER NOT NULL,
  created_at REAL NOT NULL,
  rotated_at REAL NOT NULL,
  idle_expires_at REAL NOT NULL,
  expires_at REAL NOT NULL,
  revoked_at REAL,
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tittle_sessions_subject ON tittle_sessions (subject);
CREATE INDEX IF NOT EXISTS tittle_sessions_expires_at ON tittle_sessions (expires_at);
CREATE TABLE IF NOT EXISTS tittle_tokens (
  id TEXT PRIMARY KEY,
  expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tittle_tokens_expires_at ON tittle_tokens (expires_at);
`

// In the order of SessionRow.
const COLUMNS = `sid, subject, generation, created_at AS "createdAt", rotated_at AS "rotatedAt",
  idle_expires_at AS "idleExpiresAt", expires_at AS "expiresAt", revoked_at AS "revokedAt", data`

// A few at a time, with each row that comes: the tables do not grow, and nobody waits.
const SWEEP_SESSIONS = `DELETE FROM tittle_sessions WHERE sid IN
  (SELECT sid FROM tittle_sessions WHERE expires_at <= ? LIMIT 10)`
const SWEEP_TOKENS = `DELETE FROM tittle_tokens WHERE id IN
  (SELECT id FROM tittle_tokens WHERE expires_at <= ? LIMIT 10)`

/**
 * Keeps sessions in a SQLite database, which is put in WAL mode: each change is on the disk before it is answered.
 *
 * The connection is for the store alone. `migrate()` makes two tables, `tittle_sessions` and `tittle_tokens`;
 * what has expired is deleted, a few rows with each new one.
 *
 * @throws TypeError where the database is none
 * @example
 * import { sqliteStore } from 'tittle/session/sqlite'
 *
 * if (process.getBuiltinModule?.('node:sqlite')) {
 *   const store = sqliteStore(new (await import('node:sqlite')).DatabaseSync(':memory:'))
 *   await store.migrate()
 * }
 */
export function sqliteStore(db: SqliteDatabase): SqliteStore {
  if (typeof db?.exec !== 'function' || typeof db.prepare !== 'function') {
    throw new TypeError('sqliteStore wants a DatabaseSync of Node, or a Database of better-sqlite3')
  }
  // Another process that writes is waited for, instead of an error at once. And better-sqlite3 is built to let the last
  // changes go where the power fails, unless it is told otherwise.
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL')
  return Object.freeze(new Sqlite(db))
}

class Sqlite implements SqliteStore {
  readonly #db: SqliteDatabase
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(db: SqliteDatabase) {
    this.#db = db
  }

  readonly migrate = async (): Promise<void> => {
    this.#db.exec(`PRAGMA journal_mode = WAL; ${SCHEMA}`)
  }

  readonly create = async (row: SessionRow, time?: number): Promise<void> =>
    this.#whole(time, (now) => {
      this.#prepare(SWEEP_SESSIONS).run(now)
      this.#prepare('INSERT INTO tittle_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        row.sid,
        row.subject,
        row.generation,
        row.createdAt,
        row.rotatedAt,
        row.idleExpiresAt,
        row.expiresAt,
        row.revokedAt,
        row.data,
      )
    })

  readonly rotate = async (rotation: Rotation, time?: number): Promise<Rotated> =>
    this.#whole(time, (now) => {
      const row = this.#find(rotation.sid)
      const outcome = rotationOutcome(row, rotation, now)
      if (row && outcome === 'reused') return { outcome, row: this.#revoke(row, now) }
      if (!row || outcome !== 'rotated') return { outcome, row }
      const after = rotatedRow(row, rotation, now)
      this.#prepare('UPDATE tittle_sessions SET generation = ?, rotated_at = ?, idle_expires_at = ? WHERE sid = ?').run(
        after.generation,
        after.rotatedAt,
        after.idleExpiresAt,
        after.sid,
      )
      return { outcome, row: after }
    })

  readonly find = async (sid: string): Promise<SessionRow | undefined> => this.#find(sid)

  readonly revoke = async (sid: string, time?: number): Promise<SessionRow | undefined> =>
    this.#whole(time, (now) => {
      const row = this.#find(sid)
      return row && !isOver(row, now) ? this.#revoke(row, now) : undefined
    })

  readonly revokeAll = async (subject: string, time?: number): Promise<readonly SessionRow[]> =>
    this.#whole(time, (now) => this.#live(subject, now).map((row) => this.#revoke(row, now)))

  readonly list = async (subject: string, now: number = systemClock()): Promise<readonly SessionRow[]> =>
    this.#live(subject, now)

  readonly deny = async (jti: string, until: number, time?: number): Promise<void> =>
    this.#whole(time, (now) => this.#keep(`denied:${jti}`, until, now))

  readonly isDenied = async (jti: string, now: number = systemClock()): Promise<boolean> =>
    this.#isKept(`denied:${jti}`, now)

  readonly consume = async (jti: string, until: number, time?: number): Promise<boolean> =>
    this.#whole(time, (now) => {
      if (this.#isKept(`consumed:${jti}`, now)) return false
      this.#keep(`consumed:${jti}`, until, now)
      return true
    })

  #find(sid: string): SessionRow | undefined {
    // Spread, as node:sqlite gives objects without a prototype.
    const row = this.#prepare(`SELECT ${COLUMNS} FROM tittle_sessions WHERE sid = ?`).get(sid)
    return row ? { ...(row as SessionRow) } : undefined
  }

  #live(subject: string, now: number): readonly SessionRow[] {
    const rows = this.#prepare(`SELECT ${COLUMNS} FROM tittle_sessions WHERE subject = ? ORDER BY created_at`).all(
      subject,
    )
    return rows.map((row) => ({ ...(row as SessionRow) })).filter((row) => !isOver(row, now))
  }

  #revoke(row: SessionRow, now: number): SessionRow {
    this.#prepare('UPDATE tittle_sessions SET revoked_at = ? WHERE sid = ?').run(now, row.sid)
    return { ...row, revokedAt: now }
  }

  #keep(id: string, until: number, now: number): void {
    this.#prepare(SWEEP_TOKENS).run(now)
    this.#prepare('INSERT OR REPLACE INTO tittle_tokens VALUES (?, ?)').run(id, until)
  }

  #isKept(id: string, now: number): boolean {
    return this.#prepare('SELECT 1 FROM tittle_tokens WHERE id = ? AND expires_at > ?').get(id, now) !== undefined
  }

  // Prepared when it is first wanted, for the tables may not be there before migrate().
  #prepare(sql: string): SqliteStatement {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #whole<T>(time: number | undefined, work: (now: number) => T): T {
    // IMMEDIATE takes the lock before it reads, so that no other process writes between reading and writing. Waiting
    // for it takes time, too.
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work(time ?? systemClock())
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // After some errors, as of a full disk, SQLite has done so by itself; those are what the caller has to know.
    }
  }
}
