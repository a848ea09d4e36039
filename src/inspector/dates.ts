// Dates as people read them.
import { relativeTime } from '../relative-time.ts'
import { isNumericDate } from '../time.ts'

/** A claim that is a date. */
export interface DateClaim {
  readonly name: DateName
  /** Seconds since 1970. */
  readonly at: number
}

type DateName = (typeof NAMES)[number]

const NAMES = ['iat', 'nbf', 'exp', 'auth_time', 'updated_at', 'toe'] as const

const PHRASES: Readonly<Record<DateName, readonly [ahead: string, past: string]>> = {
  iat: ['issued', 'issued'],
  nbf: ['valid', 'valid since'],
  exp: ['expires', 'expired'],
  auth_time: ['logged in', 'logged in'],
  updated_at: ['changed', 'changed'],
  toe: ['happened', 'happened'],
}

/** The claims that are dates, in the order in which they mostly come. */
export function datesOf(claims: Readonly<Record<string, unknown>>): readonly DateClaim[] {
  return NAMES.flatMap((name) => {
    const at = Object.hasOwn(claims, name) ? claims[name] : undefined
    return isNumericDate(at) ? [{ name, at }] : []
  })
}

/** What a date says at a given time: `expires in 4 min 10 s`. */
export function datePhrase({ name, at }: DateClaim, now: number): string {
  const [ahead, past] = PHRASES[name]
  return `${at > now ? ahead : past} ${relativeTime(at - now)}`
}

/** A date where the reader is: `15 Jan 2027, 09:15:00 CET`. */
export function localTime(seconds: number, timeZone?: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long', timeZone })
  return format.format(new Date(seconds * 1000))
}
