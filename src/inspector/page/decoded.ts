// What a token says of itself: its header, its claims, its dates, and what the linter thinks of them.
import { decode } from '../../decode.ts'
import { lintToken, type LintFinding, type LintSeverity } from '../../lint.ts'
import { systemClock } from '../../time.ts'
import { datePhrase, datesOf, localTime, type DateClaim } from '../../dates.ts'
import { claimMeaning, parameterMeaning, type Entry } from '../glossary.ts'
import { timeline, type Timeline } from '../timeline.ts'
import { el, foreign, part, sentence, shape } from './dom.ts'

type Members = Readonly<Record<string, unknown>>

/** Header and claims, as they are in the token. */
export interface Decoded {
  readonly header: Members
  readonly claims: Members
}

// Four times what verify takes at most: enough for what people want to know why it is refused.
const MAX_SHOWN = 65_536

// Thousands of rows would bring the page to a stand.
const MAX_ROWS = 500

const SEVERITIES: readonly LintSeverity[] = ['error', 'warning', 'info']

/** Reads a token; `undefined` where it is none, or too long to be shown. */
export function read(token: string): Decoded | undefined {
  if (token.length > MAX_SHOWN) return undefined
  try {
    return decode(token).unverified
  } catch {
    return undefined
  }
}

/** Shows what a token holds, or nothing. */
export function showDecoded(token: string, decoded: Decoded | undefined): void {
  const { header = {}, claims = {} } = decoded ?? {}
  const dates = datesOf(claims)
  part('header-list').replaceChildren(...membersOf(header, parameterMeaning, []))
  part('claims-list').replaceChildren(...membersOf(claims, claimMeaning, dates))
  showFindings(decoded ? lintToken(token) : [])
  for (const id of ['header', 'claims', 'lint']) part(id).hidden = !decoded
  showTime(claims)
}

/** Shows anew what changes from second to second. */
export function showTime(claims: Members): void {
  const now = systemClock()
  const line = timeline(claims, now)
  part('dates').hidden = !line
  part('timeline').replaceChildren(...(line ? [draw(line), el('p', '', line.summary)] : []))
  for (const date of datesOf(claims)) {
    // It may be beyond the rows that are shown.
    const phrase = document.getElementById(`date-${date.name}`)
    if (phrase) phrase.textContent = datePhrase(date, now)
  }
}

function membersOf(
  members: Members,
  explain: (name: string) => Entry | undefined,
  dates: readonly DateClaim[],
): readonly Node[] {
  const rowOf = ([name, value]: readonly [string, unknown]): Node => {
    const entry = explain(name)
    const date = dates.find((one) => one.name === name)
    return row(
      foreign(name),
      el('pre', 'code', ...foreign(JSON.stringify(value, undefined, 2))),
      ...(date ? [when(date)] : []),
      entry
        ? el('p', 'quiet', `${entry.meaning} `, el('span', 'reference', entry.reference))
        : el('p', 'quiet', 'Not a registered name: it means what the issuer says.'),
    )
  }
  return firstOf(Object.entries(members), rowOf, (said) => row(['…'], said))
}

const row = (name: readonly (Node | string)[], ...about: readonly Node[]): Node =>
  el('div', '', el('dt', 'code', ...name), el('dd', '', ...about))

function firstOf<T>(items: readonly T[], show: (item: T) => Node, last: (said: Node) => Node): readonly Node[] {
  const shown = items.slice(0, MAX_ROWS).map(show)
  if (items.length <= MAX_ROWS) return shown
  return [...shown, last(el('p', 'quiet', `There are ${items.length}; the first ${MAX_ROWS} are shown.`))]
}

function when({ name, at }: DateClaim): Node {
  const phrase = el('strong', '')
  phrase.id = `date-${name}`
  return el('p', 'date', phrase, ` · ${localTime(at)}`)
}

function showFindings(findings: readonly LintFinding[]): void {
  part('lint-count').textContent = `${findings.length || 'no'} finding${findings.length === 1 ? '' : 's'}`
  const gravest = [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
  part('findings').replaceChildren(...firstOf(gravest, findingOf, (said) => el('li', '', said)))
}

const findingOf = ({ rule, severity, message, fix, reference }: LintFinding): Node =>
  el(
    'li',
    severity,
    el('p', '', el('span', 'severity', severity), ' ', el('code', 'quiet', rule)),
    el('p', '', ...foreign(sentence(message))),
    el('p', 'quiet', ...foreign(sentence(fix)), ' ', el('span', 'reference', reference)),
  )

function draw({ marks, valid, now, broken }: Timeline): Node {
  const line = (from: number, to: number, name: string): SVGElement =>
    shape('line', { x1: `${from}%`, x2: `${to}%`, y1: 34, y2: 34, class: name })
  const label = (at: number, y: number, text: string, name: string): SVGElement =>
    shape('text', { x: `${at}%`, y, class: name }, text)
  return shape(
    'svg',
    { 'aria-hidden': 'true', class: `timeline${now < valid.to ? '' : ' over'}` },
    line(0, 100, broken ? 'line broken' : 'line'),
    ...(valid.from < valid.to ? [line(valid.from, valid.to, 'valid')] : []),
    ...marks.map(({ at }) => shape('circle', { cx: `${at}%`, cy: 34, r: 5, class: 'mark' })),
    ...marks.map(({ at, label: text }) => label(at, 18, text, 'code')),
    shape('line', { x1: `${now}%`, x2: `${now}%`, y1: 23, y2: 47, class: 'now' }),
    label(now, 62, 'now', 'now'),
  )
}
