// The store of one process: for tests, and for servers that may forget.
import { readOptions } from '../options.ts'
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

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The most sessions, denied and consumed ids that it keeps, of each: 100,000 by default. What is over is refused. */
  readonly capacity?: number | undefined
}

/**
 * Makes a store in the memory of the process. What has expired is swept; nothing else is ever dropped.
 *
 * @throws TypeError where an option is wrong
 * @example
 * const sessions = createSessions({
 *   issuer: 'https://issuer.example', audience: 'api', clientId: 'web', store: memoryStore({ capacity: 1000 }),
 *   signingKey: generateSecret('HS256'), refreshKey: generateSecret('HS256'),
 * })
 */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore {
  const { capacity = 100_000 } = readOptions('memoryStore', options, ['capacity'])
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new TypeError('memoryStore: capacity must be a positive integer')
  return Object.freeze(new MemoryStore(capacity))
}

class MemoryStore implements SessionStore {
  readonly #sessions: Shelf<SessionRow>
  readonly #denied: Shelf<number>
  readonly #consumed: Shelf<number>
  // Kept beside the sessions, so that a subject's are found without a look at all the others.
  readonly #sidsOf = new Map<string, Set<string>>()

  constructor(capacity: number) {
    this.#denied = new Shelf(capacity, (until) => until)
    this.#consumed = new Shelf(capacity, (until) => until)
    this.#sessions = new Shelf(
      capacity,
      ({ expiresAt }) => expiresAt,
      ({ sid, subject }) => {
        const sids = this.#sidsOf.get(subject)
        sids?.delete(sid)
        if (sids?.size === 0) this.#sidsOf.delete(subject)
      },
    )
  }

  readonly create = async (row: SessionRow, now: number = systemClock()): Promise<void> => {
    this.#sessions.add(row.sid, row, now)
    const sids = this.#sidsOf.get(row.subject) ?? new Set()
    this.#sidsOf.set(row.subject, sids.add(row.sid))
  }

  readonly rotate = async (rotation: Rotation, now: number = systemClock()): Promise<Rotated> => {
    const row = this.#sessions.get(rotation.sid)
    const outcome = rotationOutcome(row, rotation, now)
    if (!row || (outcome !== 'rotated' && outcome !== 'reused')) return { outcome, row }
    const after = outcome === 'rotated' ? rotatedRow(row, rotation, now) : { ...row, revokedAt: now }
    this.#sessions.put(row.sid, after)
    return { outcome, row: after }
  }

  readonly find = async (sid: string): Promise<SessionRow | undefined> => this.#sessions.get(sid)

  readonly revoke = async (sid: string, now: number = systemClock()): Promise<SessionRow | undefined> => {
    const row = this.#sessions.get(sid)
    if (!row || isOver(row, now)) return undefined
    const revoked = { ...row, revokedAt: now }
    this.#sessions.put(sid, revoked)
    return revoked
  }

  readonly revokeAll = async (subject: string, now?: number): Promise<readonly SessionRow[]> => {
    const revoked = await Promise.all(this.#of(subject).map(({ sid }) => this.revoke(sid, now)))
    return revoked.filter((row) => row !== undefined)
  }

  readonly list = async (subject: string, now: number = systemClock()): Promise<readonly SessionRow[]> =>
    this.#of(subject).filter((row) => !isOver(row, now))

  #of(subject: string): readonly SessionRow[] {
    const rows = [...(this.#sidsOf.get(subject) ?? [])].map((sid) => this.#sessions.get(sid))
    return rows.filter((row) => row !== undefined).sort((a, b) => a.createdAt - b.createdAt)
  }

  readonly deny = async (jti: string, until: number, now: number = systemClock()): Promise<void> =>
    this.#denied.add(jti, until, now)

  readonly isDenied = async (jti: string, now: number = systemClock()): Promise<boolean> =>
    (this.#denied.get(jti) ?? now) > now

  readonly consume = async (jti: string, until: number, now: number = systemClock()): Promise<boolean> => {
    if ((this.#consumed.get(jti) ?? now) > now) return false
    this.#consumed.add(jti, until, now)
    return true
  }
}

/** A bounded map whose members are dropped once they have expired. */
class Shelf<T> {
  readonly #members = new Map<string, T>()
  readonly #capacity: number
  readonly #expiryOf: (member: T) => number
  readonly #onDrop: (member: T) => void
  // Sweeping when the number has doubled since the last time costs each member a constant share.
  #sweepAt = 1000
  // Of those that the last sweep has left: before it, there is nothing to sweep.
  #firstExpiry = 0

  constructor(capacity: number, expiryOf: (member: T) => number, onDrop: (member: T) => void = () => {}) {
    this.#capacity = capacity
    this.#expiryOf = expiryOf
    this.#onDrop = onDrop
  }

  get(name: string): T | undefined {
    return this.#members.get(name)
  }

  put(name: string, member: T): void {
    this.#members.set(name, member)
  }

  add(name: string, member: T, now: number): void {
    const { size } = this.#members
    if ((size >= this.#sweepAt || size >= this.#capacity) && now >= this.#firstExpiry) this.#sweep(now)
    if (this.#members.size >= this.#capacity && !this.#members.has(name)) {
      throw new RangeError(
        'the memory store is full; raise its capacity, or use a store that keeps a file or a database',
      )
    }
    this.#members.set(name, member)
    this.#firstExpiry = Math.min(this.#firstExpiry, this.#expiryOf(member))
  }

  #sweep(now: number): void {
    this.#firstExpiry = Infinity
    for (const [name, member] of this.#members) {
      const expiry = this.#expiryOf(member)
      if (expiry > now) {
        this.#firstExpiry = Math.min(this.#firstExpiry, expiry)
        continue
      }
      this.#members.delete(name)
      this.#onDrop(member)
    }
    this.#sweepAt = Math.max(1000, 2 * this.#members.size)
  }
}
