// A session as callers see it, made of the row of a store.
import { JwtError, type JwtClaims } from '../index.ts'
import { bare, isPlainObject, readText } from '../options.ts'
import type { SessionRow } from './store.ts'

/** A log-in, from `start` to `end`. Times are seconds since 1970, with fractions. */
export interface Session {
  readonly sid: string
  readonly subject: string
  /** How often it has been refreshed. */
  readonly generation: number
  readonly createdAt: number
  /** When it was last refreshed, or started. */
  readonly rotatedAt: number
  /** When it ends if it is not refreshed. */
  readonly idleExpiresAt: number
  /** When it ends in any case. */
  readonly expiresAt: number
  /** The claims that its access tokens carry, beside those of RFC 9068. */
  readonly claims: JwtClaims
  readonly scope: string | undefined
  /** What only the server sees: the name of the device, say. */
  readonly info: { readonly [name: string]: unknown } | undefined
}

/** What a row keeps as `data`. */
export interface SessionData extends Pick<Session, 'claims' | 'scope' | 'info'> {
  /** The token version at the start. */
  readonly version: number | undefined
}

/** Makes the session of a row, whose data only this library writes. */
export function toSession(row: SessionRow): { readonly session: Session; readonly version: number | undefined } {
  // Bare, for what the data leaves out must not be found on a polluted Object.prototype.
  const data: SessionData = bare(JSON.parse(row.data))
  return { session: sessionOf(row, data), version: data.version }
}

/** Makes the session of a row and what its data says. */
export function sessionOf(
  { sid, subject, generation, createdAt, rotatedAt, idleExpiresAt, expiresAt }: SessionRow,
  { claims, scope, info }: Pick<Session, 'claims' | 'scope' | 'info'>,
): Session {
  const times = { createdAt, rotatedAt, idleExpiresAt, expiresAt }
  return Object.freeze({ sid, subject, generation, ...times, claims: Object.freeze(claims), scope, info })
}

/** Reads a subject or an id: text that every store can keep, and that none takes for another one. */
export function readName(label: string, value: unknown): string {
  const name = readText(label, value)
  // Databases refuse a NUL, and half of a surrogate pair becomes U+FFFD in UTF-8, whichever it was.
  if (/[\0\p{Surrogate}]/u.test(name)) throw new TypeError(`${label} must be well-formed text without NUL`)
  return name
}

const DEEPEST = 32

/** A copy of a plain object, as it is now; a TypeError names what JSON would drop or change. */
export function jsonCopy(label: string, object: unknown): { readonly [name: string]: unknown } {
  if (!isPlainObject(object)) throw new TypeError(`${label} must be a plain object`)
  const offender = offenderIn(label, object, DEEPEST)
  if (offender === undefined) return JSON.parse(JSON.stringify(object))
  throw new TypeError(
    `${offender} cannot be said in JSON; use strings, finite numbers, booleans, null, arrays and plain objects`,
  )
}

function offenderIn(label: string, value: unknown, depth: number): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value)) {
    return undefined
  }
  const isList = Array.isArray(value)
  if (depth < 1 || !(isList || isPlainObject(value)) || Object.getOwnPropertySymbols(value).length > 0) return label
  // Of an array the holes too, which Array.from fills. The first is enough, for a circle has no end of them.
  const members = isList ? Array.from(value, (item: unknown, i) => [`[${i}]`, item] as const) : Object.entries(value)
  for (const [name, member] of members) {
    const offender = offenderIn(isList ? `${label}${name}` : `${label}.${name}`, member, depth - 1)
    if (offender !== undefined) return offender
  }
  return undefined
}

/** The session was ended before its time. */
export function sessionRevoked(): JwtError {
  return new JwtError('ERR_SESSION_REVOKED', 'the session has been ended; log in again')
}

/** The session has come to its time. */
export function sessionExpired(): JwtError {
  return new JwtError('ERR_SESSION_EXPIRED', 'the session has expired; log in again')
}
