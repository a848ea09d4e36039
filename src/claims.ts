// The claims set: its types, the policy for it, and its validation, which is pure (RFC 7519 §4).
import type { JwtErrorCode } from './errors.ts'
import { ownMember, type JsonObject } from './json.ts'
import { readString, readStringArray, readStrings } from './options.ts'
import { isNumericDate, toClock, toSeconds, type Clock, type Duration } from './time.ts'

/** The registered claims of RFC 7519 §4.1, each of which may be left out. */
export interface RegisteredClaims {
  /** Issuer. */
  readonly iss?: string
  /** Subject. */
  readonly sub?: string
  /** Audience. */
  readonly aud?: string | readonly string[]
  /** Expiry: seconds since 1970 from which on the token is refused. */
  readonly exp?: number
  /** Not before: seconds since 1970 until which the token is refused. */
  readonly nbf?: number
  /** Issued at: seconds since 1970. */
  readonly iat?: number
  /** Id of the token. */
  readonly jti?: string
}

/** A claims set: the registered claims, and any others. */
export interface JwtClaims extends RegisteredClaims {
  readonly [name: string]: unknown
}

/** What is wanted of the claims. Durations are seconds, or have their unit: `'15m'`. */
export interface ClaimsPolicy<R extends string = string, E extends 'required' | 'optional' = 'required' | 'optional'> {
  /** The issuer, or those of which the token must name one, exactly; `null` says in writing that it is not checked. */
  readonly issuer: string | readonly string[] | null
  /** The audience, or those of which the token must name at least one; `null` says in writing that it is not checked. */
  readonly audience: string | readonly string[] | null
  /** The subject, exactly. */
  readonly subject?: string | undefined
  /** Whether a token without `exp` is refused, as it is by default. */
  readonly expiry?: E | undefined
  /** The most that may have passed since `iat`. */
  readonly maxAge?: Duration | undefined
  /** The most that may lie between `iat` and `exp`. */
  readonly maxLifetime?: Duration | undefined
  /** How far the clocks of issuer and verifier may differ: 0 by default, at most 300 s. */
  readonly clockTolerance?: Duration | undefined
  /** Claims that must be there. */
  readonly requiredClaims?: readonly R[] | undefined
  /** The clock, in seconds since 1970; for tests. */
  readonly now?: Clock | undefined
}

/** One thing that is wrong with a claims set. */
export interface ClaimFailure {
  readonly code: JwtErrorCode
  readonly claim: string | undefined
  readonly message: string
}

/** A checked {@link ClaimsPolicy}. */
export interface ClaimRules {
  readonly issuer: readonly string[] | null
  readonly audience: readonly string[] | null
  readonly subject: string | undefined
  readonly maxAge: number
  readonly maxLifetime: number
  readonly tolerance: number
  readonly required: readonly string[]
  readonly clock: Clock
}

const MAX_TOLERANCE = 300

/** Checks a policy, of which each member is read once; a TypeError names the member that is wrong. */
export function claimRules(policy: ClaimsPolicy): ClaimRules {
  const { expiry = 'required', maxAge, maxLifetime, clockTolerance = 0, requiredClaims } = policy
  const issuer = readExpected('issuer', policy.issuer)
  const audience = readExpected('audience', policy.audience)
  const subject = readString('policy.subject', policy.subject)
  if (expiry !== 'required' && expiry !== 'optional')
    throw new TypeError("policy.expiry must be 'required' or 'optional'")
  const tolerance = toSeconds('policy.clockTolerance', clockTolerance)
  if (tolerance > MAX_TOLERANCE) throw new TypeError(`policy.clockTolerance must be at most ${MAX_TOLERANCE} seconds`)
  const required = new Set(requiredClaims === undefined ? [] : readStringArray('policy.requiredClaims', requiredClaims))
  if (issuer) required.add('iss')
  if (audience) required.add('aud')
  if (subject !== undefined) required.add('sub')
  if (expiry === 'required' || maxLifetime !== undefined) required.add('exp')
  if (maxAge !== undefined || maxLifetime !== undefined) required.add('iat')
  return Object.freeze({
    issuer,
    audience,
    subject,
    maxAge: maxAge === undefined ? Infinity : toSeconds('policy.maxAge', maxAge),
    maxLifetime: maxLifetime === undefined ? Infinity : toSeconds('policy.maxLifetime', maxLifetime),
    tolerance,
    required: Object.freeze([...required]),
    clock: toClock('policy.now', policy.now),
  })
}

function readExpected(name: 'issuer' | 'audience', value: unknown): readonly string[] | null {
  if (value === undefined)
    throw new TypeError(
      `policy.${name} is required: name the ${name} that you expect, or write null to leave it unchecked`,
    )
  return value === null ? null : readStrings(`policy.${name}`, value)
}

const isString = (value: unknown): value is string => typeof value === 'string'

const isAudience = (value: unknown): value is string | readonly string[] =>
  isString(value) || (Array.isArray(value) && value.length > 0 && value.every(isString))

// RFC 7519 §4.1.1 to §4.1.7.
const TYPES = [
  { claim: 'iss', fits: isString, wanted: 'a string' },
  { claim: 'sub', fits: isString, wanted: 'a string' },
  { claim: 'aud', fits: isAudience, wanted: 'a string or a non-empty array of strings' },
  { claim: 'exp', fits: isNumericDate, wanted: 'a number' },
  { claim: 'nbf', fits: isNumericDate, wanted: 'a number' },
  { claim: 'iat', fits: isNumericDate, wanted: 'a number' },
  { claim: 'jti', fits: isString, wanted: 'a string' },
] as const

/**
 * Everything that is wrong with the claims by the rules, the gravest first; nothing is thrown.
 *
 * The clock speaks last, so that a failure of time that comes first says: all else is right.
 */
export function claimFailures(
  claims: JsonObject,
  rules: ClaimRules,
  now: number = rules.clock(),
): readonly ClaimFailure[] {
  const failures = typeFailures(claims)
  for (const claim of rules.required) {
    if (!Object.hasOwn(claims, claim)) fail(failures, 'ERR_CLAIM_MISSING', claim, `the claim "${claim}" is missing`)
  }
  addValueFailures(failures, claims, rules)
  addTimeFailures(failures, claims, rules, now)
  return failures
}

/** The registered claims whose type or range is not that of RFC 7519 §4.1, wanted or not. */
export function typeFailures(claims: JsonObject): ClaimFailure[] {
  const failures: ClaimFailure[] = []
  for (const { claim, fits, wanted } of TYPES) {
    const value = claims[claim]
    // What is inherited is none of the token's, and is asked for last, as hardly anything is.
    if (value === undefined || fits(value) || !Object.hasOwn(claims, claim)) continue
    if (fits !== isNumericDate || typeof value !== 'number') {
      fail(failures, 'ERR_CLAIM_TYPE', claim, `the claim "${claim}" is not ${wanted}`)
    } else {
      fail(
        failures,
        'ERR_CLAIM_VALUE',
        claim,
        `the claim "${claim}" is no date in seconds since 1970; is it in milliseconds?`,
      )
    }
  }
  return failures
}

function addValueFailures(
  failures: ClaimFailure[],
  claims: JsonObject,
  { issuer, audience, subject }: ClaimRules,
): void {
  const iss = issuer && ownMember(claims, 'iss')
  if (isString(iss) && !issuer?.includes(iss)) {
    fail(failures, 'ERR_CLAIM_VALUE', 'iss', 'the claim "iss" names another issuer than the policy')
  }
  const aud = audience && ownMember(claims, 'aud')
  if (isAudience(aud) && !(isString(aud) ? audience?.includes(aud) : aud.some((one) => audience?.includes(one)))) {
    fail(failures, 'ERR_CLAIM_VALUE', 'aud', 'the claim "aud" names no audience that the policy names')
  }
  const sub = subject !== undefined && ownMember(claims, 'sub')
  if (isString(sub) && sub !== subject) {
    fail(failures, 'ERR_CLAIM_VALUE', 'sub', 'the claim "sub" names another subject than the policy')
  }
}

function addTimeFailures(failures: ClaimFailure[], claims: JsonObject, rules: ClaimRules, now: number): void {
  const exp = dateOf(claims, 'exp')
  const nbf = dateOf(claims, 'nbf')
  const iat = dateOf(claims, 'iat')
  if (exp <= now - rules.tolerance) fail(failures, 'ERR_EXPIRED', 'exp', 'the token has expired; get a new one')
  if (nbf > now + rules.tolerance) fail(failures, 'ERR_NOT_YET_VALID', 'nbf', 'the token is not valid yet')
  if (iat > now + rules.tolerance)
    fail(failures, 'ERR_NOT_YET_VALID', 'iat', 'the token was issued in the future; do the clocks differ?')
  if (now - iat > rules.maxAge + rules.tolerance)
    fail(failures, 'ERR_TOO_OLD', 'iat', 'the token was issued longer ago than the policy allows')
  if (exp - iat > rules.maxLifetime)
    fail(failures, 'ERR_CLAIM_VALUE', 'exp', 'the token lives longer than the policy allows')
}

// NaN for what is absent or no date: no comparison with it is true, and its absence or type has been told already.
function dateOf(claims: JsonObject, claim: 'exp' | 'nbf' | 'iat'): number {
  const value = claims[claim]
  return isNumericDate(value) && Object.hasOwn(claims, claim) ? value : NaN
}

function fail(failures: ClaimFailure[], code: JwtErrorCode, claim: string, message: string): void {
  failures.push({ code, claim, message })
}
