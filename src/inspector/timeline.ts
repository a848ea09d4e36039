// Where the dates of a token stand on a line, in per cent of its length.
import { datePhrase, datesOf } from '../dates.ts'

/** A point on the line, with all that happens there. */
export interface Mark {
  readonly label: string
  readonly at: number
}

/** A line from the first date of a token to its last, and now. */
export interface Timeline {
  readonly marks: readonly Mark[]
  /** From where to where the token is valid, as its own dates have it. */
  readonly valid: { readonly from: number; readonly to: number }
  readonly now: number
  /** Now is so far away that the line is broken. */
  readonly broken: boolean
  /** The same in words. */
  readonly summary: string
}

// Now is shown at most so many lengths away from the dates of the token.
const REACH = 0.6
// Left free at both ends.
const MARGIN = 8
// Marks that are nearer than this share a label.
const NEAR = 7

/** The line of a token's `iat`, `nbf` and `exp`; `undefined` where it has none of them. */
export function timeline(claims: Readonly<Record<string, unknown>>, now: number): Timeline | undefined {
  const dates = datesOf(claims).filter(({ name }) => name === 'iat' || name === 'nbf' || name === 'exp')
  const times = dates.map(({ at }) => at)
  const first = Math.min(...times)
  const last = Math.max(...times)
  if (dates.length === 0) return undefined
  const reach = Math.max(last - first, 60) * REACH
  const shown = Math.min(Math.max(now, first - reach), last + reach)
  const start = Math.min(first, shown)
  const length = Math.max(last, shown) - start || 1
  const place = (time: number): number => round(MARGIN + ((time - start) / length) * (100 - 2 * MARGIN))
  const of = (name: string): number | undefined => dates.find((date) => date.name === name)?.at
  const from = of('nbf') ?? of('iat')
  const exp = of('exp')
  return {
    marks: merge(dates.map(({ name, at }) => ({ label: name, at: place(at) }))),
    valid: { from: from === undefined ? 0 : place(from), to: exp === undefined ? 100 : place(exp) },
    now: place(shown),
    broken: shown !== now,
    summary: `${capital(dates.map((date) => datePhrase(date, now)).join(', '))}.`,
  }
}

const round = (share: number): number => Math.round(share * 10) / 10

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function merge(marks: readonly Mark[]): readonly Mark[] {
  const merged: Mark[] = []
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const last = merged.at(-1)
    if (last && mark.at - last.at < NEAR) merged.splice(-1, 1, { label: `${last.label}, ${mark.label}`, at: last.at })
    else merged.push(mark)
  }
  return merged
}
