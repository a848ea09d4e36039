// How a token looks to people.
import { relativeTime } from '../relative-time.ts'
import { isNumericDate } from '../time.ts'
import { colouredJson, type Paint } from './style.ts'

/** What a token says. */
export interface Content {
  readonly header: object
  readonly claims: { readonly [name: string]: unknown }
}

/** The header and the claims in lines, and what their dates mean by `now`. */
export function tokenText(paint: Paint, { header, claims }: Content, now: number): string {
  const parts = [
    paint('bold', 'Header'),
    colouredJson(paint, header),
    paint('bold', 'Claims'),
    colouredJson(paint, claims),
    ...dateLines(paint, claims, now),
  ]
  return parts.join('\n')
}

const DATES = [
  { claim: 'iat', past: 'issued', future: 'to be issued' },
  { claim: 'nbf', past: 'became valid', future: 'becomes valid' },
  { claim: 'exp', past: 'expired', future: 'expires' },
  { claim: 'auth_time', past: 'logged in', future: 'to log in' },
] as const

function dateLines(paint: Paint, claims: Content['claims'], now: number): readonly string[] {
  const present = DATES.filter(({ claim }) => Object.hasOwn(claims, claim))
  const width = Math.max(...present.map(({ claim }) => claim.length))
  return present.map(({ claim, past, future }) => {
    const value = claims[claim]
    const name = paint('cyan', claim.padEnd(width))
    if (!isNumericDate(value)) return `${name}  ${paint('red', 'no date in seconds since 1970')}`
    const ahead = value - now
    const alarming = (claim === 'exp') === ahead <= 0
    const words = `${ahead > 0 ? future : past} ${relativeTime(ahead)}`
    return `${name}  ${localTime(value)}  ${paint(alarming ? 'red' : 'green', words)}`
  })
}

/** A date as the clocks here have it, with its distance to UTC: `2027-01-15 09:00:00 +01:00`. */
export function localTime(seconds: number): string {
  const offset = -new Date(seconds * 1000).getTimezoneOffset()
  const shifted = new Date(seconds * 1000 + offset * 60_000).toISOString()
  const twoDigits = (count: number): string => String(Math.trunc(count)).padStart(2, '0')
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.abs(offset) / 60)}:${twoDigits(Math.abs(offset) % 60)}`
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} ${zone}`
}
