// A store in PostgreSQL, by the client of the caller's: pg, postgres.js or PGlite, taken by structure.
import type { Rotated, Rotation, SessionRow, SessionStore } from './store.ts'

/** A Pool or Client of pg, or a PGlite. */
export interface PostgresQueryClient {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** What `postgres()` of postgres.js returns. */
export interface PostgresUnsafeClient {
  unsafe(text: string, values: never[], options: { prepare: boolean }): PromiseLike<readonly unknown[]>
}

/** A store that has a schema. */
export interface PostgresStore extends SessionStore {
  /** Makes the tables where they are missing; call it before the first use, as often as you like. */
  readonly migrate: () => Promise<void>
}

// One statement each, as the extended protocol takes no more.
const SCHEMA = [
  // Several servers may start at once, and IF NOT EXISTS alone lets two of them collide.
  `DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tittle'));
    CREATE TABLE IF NOT EXISTS tittle_sessions (
      sid text PRIMARY KEY,
      subject text NOT NULL,
      generation integer NOT NULL,
      created_at double precision NOT NULL,
      rotated_at double precision NOT NULL,
      idle_expires_at double precision NOT NULL,
      expires_at double precision NOT NULL,
      revoked_at double precision,
      data text NOT NULL
    );
    CREATE INDEX IF NOT EXISTS tittle_sessions_subject ON tittle_sessions (subject);
    CREATE INDEX IF NOT EXISTS tittle_sessions_expires_at ON tittle_sessions (expires_at);
    CREATE TABLE IF NOT EXISTS tittle_tokens (
      id text PRIMARY KEY,
      expires_at double precision NOT NULL
    );
    CREATE INDEX IF NOT EXISTS tittle_tokens_expires_at ON tittle_tokens (expires_at);
  END $$`,
]

const COLUMNS = `sid, subject, generation, created_at AS "createdAt", rotated_at AS "rotatedAt",
  idle_expires_at AS "idleExpiresAt", expires_at AS "expiresAt", revoked_at AS "revokedAt", data`

// The server's clock when it acts, not when its transaction began; a test may bring another. A subquery, for the time
// of one statement is then one, and an index can be asked for it.
const now = (parameter: string): string =>
  `(SELECT coalesce(${parameter}::double precision, extract(epoch FROM clock_timestamp())::double precision))`

const isLive = (time: string): string => `revoked_at IS NULL AND least(idle_expires_at, expires_at) > ${time}`

// A few at a time, with each row that comes; not that very row, nor those that another connection is sweeping. In order,
// or the planner takes many to have expired, and looks for them everywhere.
const sweep = (table: string, key: string, time: string): string => `swept AS (
  DELETE FROM ${table} WHERE ${key} IN (
    SELECT ${key} FROM ${table} WHERE expires_at <= ${time} AND ${key} <> $1
    ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED))`

const CREATE = `WITH ${sweep('tittle_sessions', 'sid', now('$10'))}
INSERT INTO tittle_sessions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

// The lock is what makes it one step: whoever waits for it reads the row as the one before has left it.
const ROTATE = `WITH found AS (
  SELECT *, ${now('$5')} AS now FROM tittle_sessions WHERE sid = $1 FOR UPDATE
), judged AS (
  SELECT *, CASE
    WHEN revoked_at IS NOT NULL THEN 'revoked'
    WHEN generation > $2::integer + 1 OR (generation = $2::integer + 1 AND now >= rotated_at + $4::double precision)
      THEN 'reused'
    WHEN now >= least(idle_expires_at, expires_at) THEN 'expired'
    WHEN generation > $2::integer THEN 'repeated'
    ELSE 'rotated'
  END AS outcome FROM found
), after AS (
  SELECT outcome, sid, subject, created_at, expires_at, data,
    CASE outcome WHEN 'rotated' THEN $2::integer + 1 ELSE generation END AS generation,
    CASE outcome WHEN 'rotated' THEN now ELSE rotated_at END AS rotated_at,
    CASE outcome WHEN 'rotated' THEN least(now + $3::double precision, expires_at) ELSE idle_expires_at END
      AS idle_expires_at,
    CASE outcome WHEN 'reused' THEN now ELSE revoked_at END AS revoked_at
  FROM judged
), written AS (
  UPDATE tittle_sessions AS s SET generation = after.generation, rotated_at = after.rotated_at,
    idle_expires_at = after.idle_expires_at, revoked_at = after.revoked_at
  FROM after WHERE s.sid = after.sid AND outcome IN ('rotated', 'reused')
)
SELECT outcome, ${COLUMNS} FROM after`

const FIND = `SELECT ${COLUMNS} FROM tittle_sessions WHERE sid = $1`

const revokeWhere = (column: 'sid' | 'subject'): string => `UPDATE tittle_sessions SET revoked_at = ${now('$2')}
WHERE ${column} = $1 AND ${isLive(now('$2'))} RETURNING ${COLUMNS}`

const LIST = `SELECT ${COLUMNS} FROM tittle_sessions WHERE subject = $1 AND ${isLive(now('$2'))} ORDER BY created_at`

const DENY = `WITH ${sweep('tittle_tokens', 'id', now('$3'))}
INSERT INTO tittle_tokens VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at`

const IS_DENIED = `SELECT FROM tittle_tokens WHERE id = $1 AND expires_at > ${now('$2')}`

// An id that has expired may be used anew, and the one who updates its row is the one who uses it.
const CONSUME = `WITH ${sweep('tittle_tokens', 'id', now('$3'))}
INSERT INTO tittle_tokens AS t VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at WHERE t.expires_at <= ${now('$3')}
RETURNING id`

/**
 * Keeps sessions in PostgreSQL, by a pool or client of pg, by postgres.js or by PGlite: one statement, and so one
 * round trip, for each step.
 *
 * `migrate()` makes two tables, `tittle_sessions` and `tittle_tokens`, in the first schema of the search path; what has
 * expired is deleted, a few rows with each new one. Times are those of the database server.
 *
 * @throws TypeError where the client is none
 * @example
 * import { postgresStore } from 'tittle/session/postgres'
 *
 * const pool = { query: async () => ({ rows: [] }) } // new pg.Pool(), postgres() or new PGlite()
 * const store = postgresStore(pool)
 * await store.migrate()
 */
export function postgresStore(client: PostgresQueryClient | PostgresUnsafeClient): PostgresStore {
  return Object.freeze(new Postgres(queryOf(client)))
}

type Query = (text: string, ...values: readonly (string | number | null | undefined)[]) => Promise<readonly unknown[]>

// postgres.js has to be asked first: what it returns is a function, of which `query` may be anything.
function queryOf(client: Partial<PostgresQueryClient & PostgresUnsafeClient> | undefined): Query {
  if (typeof client?.unsafe === 'function') {
    const { unsafe } = client as PostgresUnsafeClient
    // Unprepared, each statement would be described first, in a round trip of its own.
    return async (text, ...values) => unsafe.call(client, text, values.map(orNull) as never[], { prepare: true })
  }
  if (typeof client?.query === 'function') {
    const { query } = client as PostgresQueryClient
    return async (text, ...values) => (await query.call(client, text, values.map(orNull))).rows
  }
  throw new TypeError('postgresStore wants a pool or client of pg, what postgres() of postgres.js returns, or a PGlite')
}

const orNull = <T>(value: T | undefined): T | null => value ?? null

class Postgres implements PostgresStore {
  readonly #query: Query

  constructor(query: Query) {
    this.#query = query
  }

  readonly migrate = async (): Promise<void> => {
    for (const statement of SCHEMA) await this.#query(statement)
  }

  readonly create = async (row: SessionRow, time?: number): Promise<void> => {
    const { sid, subject, generation, createdAt, rotatedAt, idleExpiresAt, expiresAt, revokedAt, data } = row
    const values = [sid, subject, generation, createdAt, rotatedAt, idleExpiresAt, expiresAt, revokedAt, data]
    await this.#query(CREATE, ...values, time)
  }

  readonly rotate = async (rotation: Rotation, time?: number): Promise<Rotated> => {
    const { sid, generation, idle, grace } = rotation
    const [found] = await this.#query(ROTATE, sid, generation, idle, grace, time)
    if (!found) return { outcome: 'unknown', row: undefined }
    const { outcome, ...row } = found as SessionRow & Pick<Rotated, 'outcome'>
    return { outcome, row }
  }

  readonly find = async (sid: string): Promise<SessionRow | undefined> => {
    const [row] = await this.#query(FIND, sid)
    return row as SessionRow | undefined
  }

  readonly revoke = async (sid: string, time?: number): Promise<SessionRow | undefined> => {
    const [row] = await this.#query(revokeWhere('sid'), sid, time)
    return row as SessionRow | undefined
  }

  readonly revokeAll = async (subject: string, time?: number): Promise<readonly SessionRow[]> =>
    (await this.#query(revokeWhere('subject'), subject, time)) as readonly SessionRow[]

  readonly list = async (subject: string, time?: number): Promise<readonly SessionRow[]> =>
    (await this.#query(LIST, subject, time)) as readonly SessionRow[]

  readonly deny = async (jti: string, until: number, time?: number): Promise<void> => {
    await this.#query(DENY, `denied:${jti}`, until, time)
  }

  readonly isDenied = async (jti: string, time?: number): Promise<boolean> =>
    (await this.#query(IS_DENIED, `denied:${jti}`, time)).length > 0

  readonly consume = async (jti: string, until: number, time?: number): Promise<boolean> =>
    (await this.#query(CONSUME, `consumed:${jti}`, until, time)).length > 0
}
