// The dates of a token as people read them.
import { relativeTime } from './relative-time.ts'
import { isNumericDate } from './time.ts'

/** A claim that is a date. */
export interface DateClaim {
  readonly name: DateName
  /** Seconds since 1970. */
  readonly at: number
}

type DateName = 'iat' | 'nbf' | 'exp' | 'auth_time' | 'updated_at' | 'toe'

const PHRASES: Readonly<Record<DateName, readonly [past: string, ahead: string]>> = {
  iat: ['issued', 'to be issued'],
  nbf: ['became valid', 'becomes valid'],
  exp: ['expired', 'expires'],
  auth_time: ['logged in', 'to log in'],
  updated_at: ['changed', 'to be changed'],
  toe: ['happened', 'to happen'],
}

/** The names of the claims that are dates, in the order in which they mostly come. */
export const dateNames = Object.keys(PHRASES) as readonly DateName[]

/** The claims that are dates, in that order. */
export function datesOf(claims: Readonly<Record<string, unknown>>): readonly DateClaim[] {
  return dateNames.flatMap((name) => {
    const at = Object.hasOwn(claims, name) ? claims[name] : undefined
    return isNumericDate(at) ? [{ name, at }] : []
  })
}

/** What a date says at a given time: `expires in 4 min 10 s`. */
export function datePhrase({ name, at }: DateClaim, now: number): string {
  const [past, ahead] = PHRASES[name]
  return `${at > now ? ahead : past} ${relativeTime(at - now)}`
}

/** A date as the clocks here have it, with its distance to UTC: `2027-01-15 09:00:00 +01:00`. */
export function localTime(seconds: number): string {
  const offset = -new Date(seconds * 1000).getTimezoneOffset()
  const shifted = new Date(seconds * 1000 + offset * 60_000).toISOString()
  const twoDigits = (count: number): string => String(Math.trunc(count)).padStart(2, '0')
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.abs(offset) / 60)}:${twoDigits(Math.abs(offset) % 60)}`
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} ${zone}`
}
