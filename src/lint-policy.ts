// What is unwise in a policy that a verifier would take, and wrong in one that it would not.
import { algorithms as allAlgorithms, type Algorithm } from './algorithms.ts'
import { ownMember, type JsonObject } from './json.ts'
import { createKeySet } from './jwks-local.ts'
import { createVerifier, type VerifyPolicy } from './jwt.ts'
import { algorithmRules } from './lint-algorithms.ts'
import { applyRules, snapshot, when, type LintFinding, type Rule } from './lint-rule.ts'
import { toSeconds, type Duration } from './time.ts'

const LONG_TOLERANCE = 60

// One that the issuer signs with, and one that it goes over to.
const MANY_ALGORITHMS = 2

const MALFORMED: LintFinding = {
  rule: 'policy-malformed',
  severity: 'error',
  message: 'this is no policy: it is not an object',
  fix: 'have it as { "algorithms": ["ES256"], "issuer": "https://…", "audience": "…" }',
  reference: 'RFC 8725 §3',
}

const RULES: readonly Rule<JsonObject>[] = [
  { ...MALFORMED, fix: 'correct it: verify refuses it with a TypeError', finds: mistakes },
  // A verifier refuses what it does not know.
  ...algorithmRules(
    (policy: JsonObject) => namesOf(policy).map((alg, i) => ({ of: `policy.algorithms[${i}]`, alg })),
    'error',
  ),
  {
    rule: 'algorithms-many',
    severity: 'warning',
    fix: 'accept the one that the issuer signs with, and a second while it changes over',
    reference: 'RFC 8725 §3.1',
    finds: (policy) =>
      when(namesOf(policy).length > MANY_ALGORITHMS, `the policy accepts ${namesOf(policy).length} algorithms`),
  },
  {
    rule: 'issuer-unchecked',
    severity: 'warning',
    fix: 'name the issuer that you trust',
    reference: 'RFC 8725 §3.8',
    finds: (policy) => when(ownMember(policy, 'issuer') === null, 'the policy leaves the issuer unchecked'),
  },
  {
    rule: 'audience-unchecked',
    severity: 'warning',
    fix: 'name yourself: a token for another service is not for you',
    reference: 'RFC 8725 §3.9',
    finds: (policy) => when(ownMember(policy, 'audience') === null, 'the policy leaves the audience unchecked'),
  },
  {
    rule: 'expiry-optional',
    severity: 'warning',
    fix: 'refuse tokens without "exp", which are good for ever',
    reference: 'RFC 7519 §4.1.4',
    finds: (policy) => when(ownMember(policy, 'expiry') === 'optional', 'the policy takes tokens that never expire'),
  },
  {
    rule: 'tolerance-long',
    severity: 'warning',
    fix: `allow for ${LONG_TOLERANCE} s at most, and have the clocks set by NTP`,
    reference: 'RFC 7519 §4.1.4',
    finds: (policy) =>
      when(
        secondsOf(ownMember(policy, 'clockTolerance')) > LONG_TOLERANCE,
        `the policy takes tokens for more than ${LONG_TOLERANCE} s after they have expired`,
      ),
  },
]

/**
 * Finds what is unwise in a policy of `verify`, and what would be a TypeError; one parsed from JSON will do.
 *
 * @example
 * import { lintPolicy } from 'tittle/lint'
 *
 * const findings = lintPolicy({ algorithms: ['ES256'], issuer: null, audience: 'api', clockTolerance: '5m' })
 * console.log(findings.map(({ rule }) => rule)) // issuer-unchecked, tolerance-long
 */
export function lintPolicy(policy: unknown): readonly LintFinding[] {
  const members = snapshot(policy)
  return members ? applyRules(RULES, members) : [MALFORMED]
}

// The names that no verifier knows have findings of their own.
function mistakes(policy: JsonObject): readonly string[] {
  const names = namesOf(policy)
  const known = names.filter((alg): alg is Algorithm => (allAlgorithms as readonly unknown[]).includes(alg))
  const algorithms = names.length > 0 && known.length === 0 ? allAlgorithms.slice(0, 1) : known
  const given: Partial<VerifyPolicy> = { ...withPlainNames(policy), ...(names.length > 0 && { algorithms }) }
  try {
    createVerifier(createKeySet([]), given as VerifyPolicy)
    return []
  } catch (error) {
    return [(error as TypeError).message]
  }
}

// A message repeats the name that no policy has, which could be anything.
function withPlainNames(policy: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(policy).map(([name, value]) => [/^[a-z_]{1,40}$/i.test(name) ? name : '*', value]),
  )
}

function namesOf(policy: JsonObject): readonly unknown[] {
  const names = ownMember(policy, 'algorithms')
  return Array.isArray(names) ? names : []
}

function secondsOf(duration: unknown): number {
  try {
    return toSeconds('clockTolerance', duration as Duration)
  } catch {
    return NaN
  }
}
