// What a store keeps of a session, and the one decision that it makes: what becomes of a refresh.

/**
 * A session as a store keeps it: one row for a session, not for a token. Times are seconds since 1970, with fractions.
 */
export interface SessionRow {
  readonly sid: string
  readonly subject: string
  /** How often the refresh token was rotated: the token that bears this number is the current one. */
  readonly generation: number
  readonly createdAt: number
  readonly rotatedAt: number
  /** When the session ends if it is not refreshed. */
  readonly idleExpiresAt: number
  /** When it ends in any case; a store may forget the row from then on. */
  readonly expiresAt: number
  readonly revokedAt: number | null
  /** JSON of the sessions' own, to be kept to the letter. */
  readonly data: string
}

/** A refresh token that asks for its successor. */
export interface Rotation {
  readonly sid: string
  /** The generation that the token bears. */
  readonly generation: number
  /** Seconds until an unused session ends. */
  readonly idle: number
  /** Seconds within which the generation before the current one may ask again. */
  readonly grace: number
}

/** What became of a {@link Rotation}. */
export type RotationOutcome = 'rotated' | 'repeated' | 'reused' | 'revoked' | 'expired' | 'unknown'

/** What became of a {@link Rotation}, and the row after it. */
export interface Rotated {
  readonly outcome: RotationOutcome
  readonly row: SessionRow | undefined
}

/**
 * Where sessions are kept. Each method is one step that happens whole or not at all; a store that cannot do it rejects.
 *
 * `now` is for tests: without it a store reads its own clock, when it acts and not when it was asked, so that servers
 * need not agree on the time, and a command that waited for the store to come back does not act in the past.
 */
export interface SessionStore {
  /** Keeps a new session. */
  readonly create: (row: SessionRow, now?: number) => Promise<void>
  /** Decides as {@link rotationOutcome} does, and changes the row as {@link rotatedRow} does: one compare-and-set. */
  readonly rotate: (rotation: Rotation, now?: number) => Promise<Rotated>
  /** The row of a session, also of one that has been revoked. */
  readonly find: (sid: string) => Promise<SessionRow | undefined>
  /** Revokes a session; the row, or nothing where it was over already. */
  readonly revoke: (sid: string, now?: number) => Promise<SessionRow | undefined>
  /** Revokes all sessions of a subject; the rows of those that were not over already. */
  readonly revokeAll: (subject: string, now?: number) => Promise<readonly SessionRow[]>
  /** The sessions of a subject that are not over, oldest first. */
  readonly list: (subject: string, now?: number) => Promise<readonly SessionRow[]>
  /** Keeps the id of a token that is no longer good, until the time given. */
  readonly deny: (jti: string, until: number, now?: number) => Promise<void>
  /** Tells whether the id is kept. */
  readonly isDenied: (jti: string, now?: number) => Promise<boolean>
  /** Keeps an id that may be used once, until the time given; true for the first who asks, and for nobody else. */
  readonly consume: (jti: string, until: number, now?: number) => Promise<boolean>
}

/**
 * What a refresh by the token of `generation` does to a session: the rule that every store follows.
 *
 * A generation that is ahead of the row is one of a rotation that the store has confirmed and then lost, as after a
 * fail-over: it counts as the current one, for only this server can have made its token.
 */
export function rotationOutcome(
  row: SessionRow | undefined,
  { generation, grace }: Rotation,
  now: number,
): RotationOutcome {
  if (!row) return 'unknown'
  if (row.revokedAt !== null) return 'revoked'
  const isCurrent = generation >= row.generation
  if (!isCurrent && !(generation === row.generation - 1 && now < row.rotatedAt + grace)) return 'reused'
  if (isOver(row, now)) return 'expired'
  return isCurrent ? 'rotated' : 'repeated'
}

/** The row after a rotation. Of a reuse, `revokedAt` is all that changes. */
export function rotatedRow(row: SessionRow, { generation, idle }: Rotation, now: number): SessionRow {
  return { ...row, generation: generation + 1, rotatedAt: now, idleExpiresAt: Math.min(now + idle, row.expiresAt) }
}

/** Tells whether a session has been revoked or has expired. */
export function isOver(row: SessionRow, now: number): boolean {
  return row.revokedAt !== null || now >= row.expiresAt || now >= row.idleExpiresAt
}
