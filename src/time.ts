// NumericDate, durations and the clock (RFC 7519 §2). One unit everywhere: seconds.

/**
 * A span of time: whole seconds, or a whole number with its unit: `'30s'`, `'15m'`, `'8h'`, `'7d'`.
 */
export type Duration = number | `${bigint}${'s' | 'm' | 'h' | 'd'}`

/** A clock: seconds since 1970-01-01T00:00:00Z, fractions allowed. */
export type Clock = () => number

const SECONDS: ReadonlyMap<string | undefined, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

// 9999-12-31T23:59:59Z. Today in milliseconds is seven times as much, so the mistake never passes for a date.
const LAST_DATE = 253_402_300_799

/** The clock of the machine. */
export const systemClock: Clock = () => Date.now() / 1000

/** Tells whether a value is a NumericDate: a number of seconds from 1970 to the end of 9999. */
export function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_DATE
}

/** Reads a duration as seconds; `label` names it in the TypeError that anything else gets. */
export function toSeconds(label: string, duration: Duration): number {
  const [, count, unit] = typeof duration === 'string' ? (/^(\d{1,12})([smhd])$/.exec(duration) ?? []) : []
  const seconds = typeof duration === 'string' ? Number(count) * (SECONDS.get(unit) ?? NaN) : duration
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds
  throw new TypeError(`${label} must be a whole number of seconds, or one with its unit, as '30s', '15m', '8h' or '7d'`)
}

/** A clock from the option `now`; one that does not tell seconds is a TypeError when it is read. */
export function toClock(label: string, now: Clock | undefined): Clock {
  if (now === undefined) return systemClock
  if (typeof now !== 'function') throw new TypeError(`${label} must be a function that returns seconds since 1970`)
  return () => {
    const seconds = now()
    if (!isNumericDate(seconds))
      throw new TypeError(`${label} must return seconds since 1970, as Date.now() / 1000 does`)
    return seconds
  }
}
