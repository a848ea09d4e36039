// What the tests of session stores share: the conformance suite, and a store that can be built wrongly.
import { test } from 'vitest'
import { isOver, rotatedRow, rotationOutcome, type SessionRow, type SessionStore } from 'tittle/session'
import { storeConformance } from 'tittle/session/conformance'

/** Registers the conformance suite for a store. */
export function testConformance(makeStore: () => SessionStore | Promise<SessionStore>): void {
  for (const { name, run } of storeConformance(makeStore)) test(name, run)
}

/** What the conformance suite says of a store: the error by the name of each test that fails. */
export async function failuresOf(makeStore: () => SessionStore): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>()
  for (const { name, run } of storeConformance(makeStore)) {
    await run().catch((error: unknown) => failures.set(name, error))
  }
  return failures
}

/** What a store is made of, each of which may be made wrongly. */
export interface Parts {
  readonly outcomeOf: typeof rotationOutcome
  readonly rowAfter: typeof rotatedRow
  readonly isOver: typeof isOver
  readonly clock: () => number
  /** How a row is kept, and given back. */
  readonly keep: (row: SessionRow) => SessionRow
  /** How the names of what it keeps begin. */
  readonly denied: string
  readonly consumed: string
  /** Where it keeps everything. */
  readonly rows: Map<string, SessionRow>
  readonly ids: Map<string, number>
}

/** The smallest store that keeps its promises, unless its parts are wrong: every step between two turns of the loop. */
export function tinyStore(wrong: Partial<Parts> = {}): SessionStore {
  const right = { outcomeOf: rotationOutcome, rowAfter: rotatedRow, isOver, clock: () => Date.now() / 1000 }
  const places = { keep: (row: SessionRow) => row, denied: 'denied:', consumed: 'consumed:' }
  const parts: Parts = { ...right, ...places, rows: new Map(), ids: new Map(), ...wrong }
  const { clock, rows, ids } = parts
  const write = (row: SessionRow): SessionRow => {
    rows.set(row.sid, parts.keep(row))
    return row
  }
  const revoke = (row: SessionRow, now: number): SessionRow => write({ ...row, revokedAt: now })
  const live = (subject: string, now: number): SessionRow[] =>
    [...rows.values()]
      .filter((row) => row.subject === subject && !parts.isOver(row, now))
      .sort((a, b) => a.createdAt - b.createdAt)
  const isKept = (id: string, now: number): boolean => (ids.get(id) ?? now) > now

  return {
    create: async (row) => void write(row),
    rotate: async (rotation, now = clock()) => {
      const row = rows.get(rotation.sid)
      const outcome = parts.outcomeOf(row, rotation, now)
      if (row && outcome === 'rotated') return { outcome, row: write(parts.rowAfter(row, rotation, now)) }
      return { outcome, row: row && outcome === 'reused' ? revoke(row, now) : row }
    },
    find: async (sid) => rows.get(sid),
    revoke: async (sid, now = clock()) => {
      const row = rows.get(sid)
      return row && !parts.isOver(row, now) ? revoke(row, now) : undefined
    },
    revokeAll: async (subject, now = clock()) => live(subject, now).map((row) => revoke(row, now)),
    list: async (subject, now = clock()) => live(subject, now),
    deny: async (jti, until) => void ids.set(parts.denied + jti, until),
    isDenied: async (jti, now = clock()) => isKept(parts.denied + jti, now),
    consume: async (jti, until, now = clock()) => {
      if (isKept(parts.consumed + jti, now)) return false
      ids.set(parts.consumed + jti, until)
      return true
    },
  }
}
