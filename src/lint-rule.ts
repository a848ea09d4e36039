// What a linter's rule is: data, and a test of one kind of subject.
import type { JsonObject } from './json.ts'
import { bare, isPlainObject } from './options.ts'

/** How grave a finding is: broken or dangerous; unwise; good to know. */
export type LintSeverity = 'error' | 'warning' | 'info'

/** The names of the rules, which stay what they are. */
export type LintRule =
  // Tokens.
  | 'token-malformed'
  | 'alg-none'
  | 'alg-deprecated'
  | 'alg-eddsa'
  | 'alg-unknown'
  | 'hmac-audiences'
  | 'header-key'
  | 'no-typ'
  | 'no-exp'
  | 'no-iat'
  | 'no-iss'
  | 'no-aud'
  | 'no-jti'
  | 'date-in-milliseconds'
  | 'long-lived'
  | 'secret-claim'
  | 'personal-claim'
  | 'over-cookie-limit'
  | 'over-header-limit'
  // Key sets.
  | 'jwks-malformed'
  | 'key-malformed'
  | 'key-short'
  | 'key-private'
  | 'key-no-kid'
  | 'key-no-alg'
  | 'key-no-use'
  | 'kid-twice'
  | 'families-mixed'
  | 'secret-repeated'
  | 'secret-guessable'
  | 'secret-typed'
  // Policies.
  | 'policy-malformed'
  | 'issuer-unchecked'
  | 'audience-unchecked'
  | 'expiry-optional'
  | 'tolerance-long'
  | 'algorithms-many'
  // Cookies.
  | 'cookie-malformed'
  | 'cookie-not-secure'
  | 'cookie-not-http-only'
  | 'cookie-no-same-site'
  | 'cookie-same-site-none'
  | 'cookie-no-prefix'
  | 'cookie-prefix-broken'
  | 'cookie-domain'
  | 'cookie-too-long'

/** Something that a linter has found; no member repeats a received value. */
export interface LintFinding {
  readonly rule: LintRule
  readonly severity: LintSeverity
  /** What is there. */
  readonly message: string
  /** What to do about it. */
  readonly fix: string
  /** Where it is written. */
  readonly reference: string
}

/** A rule: what a finding of it says, and what it finds in a subject. */
export interface Rule<S> extends Omit<LintFinding, 'message'> {
  /** One message for each finding. */
  readonly finds: (subject: S) => readonly string[]
}

/** All that the rules find, in their order. */
export function applyRules<S>(rules: readonly Rule<S>[], subject: S): readonly LintFinding[] {
  return rules.flatMap(({ rule, severity, fix, reference, finds }) =>
    finds(subject).map((message): LintFinding => ({ rule, severity, message, fix, reference })),
  )
}

/** A message where a condition holds. */
export function when(condition: boolean, message: string): readonly string[] {
  return condition ? [message] : []
}

/** The own members of a subject, each read once; `undefined` where it is no plain object, or will not be read. */
export function snapshot(subject: unknown): JsonObject | undefined {
  try {
    return isPlainObject(subject) ? bare(subject) : undefined
  } catch {
    return undefined
  }
}
