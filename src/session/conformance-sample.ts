// What the tests of a store are made of: sessions of nobody's, many calls at once, and what is seen against what is wanted.
import { systemClock } from '../time.ts'
import type { Rotated, SessionRow, SessionStore } from './store.ts'

/** One step of a test, which rejects where the store breaks a promise. */
export type Check = (store: SessionStore) => Promise<void>

/** Checks by name. */
export type Checks = Readonly<Record<string, Check>>

/** For how many seconds sessions idle, unless a check says otherwise. */
export const IDLE = 100

/** For how many seconds a rotation is repeated, unless a check says otherwise. */
export const GRACE = 10

/**
 * Makes a new session with a random `sid` and `subject`, which idles for 100 s and ends after 250 s.
 *
 * @example
 * const store = memoryStore()
 * await store.create(sampleRow({ subject: 'alice' }))
 */
export function sampleRow(members: Partial<SessionRow> = {}): SessionRow {
  // Sums of eighths of a second are exact, whatever a store reckons with.
  const { createdAt = Math.floor(systemClock()) + 0.125 } = members
  return {
    sid: crypto.randomUUID(),
    subject: crypto.randomUUID(),
    generation: 0,
    createdAt,
    rotatedAt: createdAt,
    idleExpiresAt: createdAt + IDLE,
    expiresAt: createdAt + 250,
    revokedAt: null,
    data: '{}',
    ...members,
  }
}

/** Creates a session, at the time that it bears. */
export async function keep(store: SessionStore, members?: Partial<SessionRow>): Promise<SessionRow> {
  const row = sampleRow(members)
  await store.create(row, row.createdAt)
  return row
}

/** Rotates a session, so many seconds after it was created. */
export function rotateAt(
  store: SessionStore,
  { sid, createdAt }: SessionRow,
  generation: number,
  at: number,
): Promise<Rotated> {
  return store.rotate({ sid, generation, idle: IDLE, grace: GRACE }, createdAt + at)
}

/** Acts many times before it waits for the first answer. */
export function atOnce<T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => act(index)))
}

/** Counts equal words: `'1 rotated, 199 repeated'`, the rarest first. */
export function tally(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const sorted = [...counts].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1))
  return sorted.map(([word, count]) => `${count} ${word}`).join(', ')
}

/** Throws where what is seen is not what is wanted: a row, a list of them, or any plain value. */
export function want(what: string, seen: unknown, wanted: unknown): void {
  const [saw, wish] = [spell(seen), spell(wanted)]
  if (saw === wish) return
  // Rows may be long: the place where they part is what counts.
  let parting = 0
  while (parting < saw.length && saw[parting] === wish[parting]) parting++
  const from = Math.max(0, parting - 40)
  const cut = (text: string): string =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + 120)}${from + 120 < text.length ? '…' : ''}`
  throw new Error(`${what}: seen ${cut(saw)}, wanted ${cut(wish)}`)
}

const COLUMNS = Object.keys(sampleRow())

function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(', ')}]`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return `${String(value)}${typeof value === 'bigint' ? 'n' : ''}`
  const members: { readonly [name: string]: unknown } = { ...value }
  return `{ ${COLUMNS.map((name) => `${name}: ${spell(members[name])}`).join(', ')} }`
}
