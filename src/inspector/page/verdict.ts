// What verification has found: the verdict, and the walk through every check.
import type { Outcome, Step } from '../../explain.ts'
import type { Verdict } from '../verification.ts'
import { el, foreign, part, sentence } from './dom.ts'

const TITLES: Readonly<Record<Verdict['outcome'], string>> = {
  verified: 'VERIFIED',
  refused: 'REFUSED',
  keyless: 'UNVERIFIED',
  unusable: 'UNVERIFIED',
}

const SIGNS: Readonly<Record<Outcome, readonly [sign: string, name: string]>> = {
  passed: ['✓', 'passed'],
  failed: ['✗', 'failed'],
  off: ['–', 'not asked for'],
  unreached: ['·', 'not reached'],
}

/** Shows a verdict, or that there is nothing to judge. */
export function showVerdict(verdict: Verdict | undefined): void {
  const banner = part('verdict')
  banner.className = verdict?.outcome ?? 'empty'
  banner.replaceChildren(...(verdict ? sentences(verdict) : [el('p', 'quiet', 'There is no token yet.')]))
  part('steps').replaceChildren(...(verdict?.steps ?? []).map(stepOf))
  part('walk').hidden = !verdict
  mark(verdict?.outcome === 'verified')
}

/** Marks header and claims as verified, or as not. */
export function mark(isVerified: boolean): void {
  for (const badge of document.querySelectorAll('.badge')) {
    badge.textContent = isVerified ? 'VERIFIED' : 'UNVERIFIED'
    badge.classList.toggle('verified', isVerified)
  }
}

function sentences({ outcome, code, message, advice, reference, unchecked }: Verdict): readonly Node[] {
  const title = el('p', 'title', TITLES[outcome], ...(code ? [' ', el('code', '', code)] : []))
  if (outcome === 'keyless') {
    const foreseen = message ? [el('p', '', ...foreign(`Even then ${message}.`))] : []
    return [title, el('p', '', 'Give the key of the issuer, or the secret, to verify it.'), ...foreseen]
  }
  if (outcome === 'unusable') {
    return [title, el('p', '', ...foreign(sentence(message ?? '')))]
  }
  if (outcome === 'verified') {
    const open =
      unchecked.length > 0 ? `Not checked: ${unchecked.join(' and ')}.` : 'It is from whom, and for whom, you expect.'
    return [title, el('p', '', 'A holder of the key signed it, and by its dates it is valid now.'), el('p', '', open)]
  }
  return [
    title,
    el('p', '', ...foreign(sentence(message ?? '')), ' ', el('span', 'reference', reference ?? '')),
    el('p', '', advice ?? ''),
  ]
}

function stepOf({ check, reference, outcome, note, code }: Step): Node {
  const [sign, name] = SIGNS[outcome]
  const icon = el('span', 'sign', sign)
  icon.setAttribute('aria-hidden', 'true')
  return el(
    'li',
    outcome,
    icon,
    el(
      'div',
      '',
      el('span', 'spoken', `${name}: `),
      check,
      ...(note ? [el('p', 'quiet', ...(code ? [el('code', '', code), ' '] : []), ...foreign(note))] : []),
    ),
    el('span', 'reference', reference),
  )
}
