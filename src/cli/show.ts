// How a token looks to people.
import { dateNames, datePhrase, localTime } from '../dates.ts'
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

function dateLines(paint: Paint, claims: Content['claims'], now: number): readonly string[] {
  const present = dateNames.filter((name) => Object.hasOwn(claims, name))
  const width = Math.max(...present.map((name) => name.length))
  return present.map((name) => {
    const at = claims[name]
    const label = paint('cyan', name.padEnd(width))
    if (!isNumericDate(at)) return `${label}  ${paint('red', 'no date in seconds since 1970')}`
    const alarming = (name === 'exp') === at <= now
    return `${label}  ${localTime(at)}  ${paint(alarming ? 'red' : 'green', datePhrase({ name, at }, now))}`
  })
}
