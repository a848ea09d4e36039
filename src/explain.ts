// What verify did with a token, check by check: by running it, and looking where its errors belong.
import { algorithms as allAlgorithms, isHmac, type Algorithm } from './algorithms.ts'
import { decodeBase64url } from './base64url.ts'
import { isKeySet, type KeyFunction, type VerificationKeys } from './candidates.ts'
import { claimFailures, claimRules, type ClaimRules } from './claims.ts'
import { JwtError, type JwtErrorCode } from './errors.ts'
import { ownMember, parseJsonObject, type JsonObject } from './json.ts'
import { createVerifier, type VerifyPolicy } from './jwt.ts'
import { bare } from './options.ts'

/**
 * How a check went. `off`: the policy does not ask for it, or the token has nothing to check; `unreached`: an earlier
 * one has failed, which it builds on.
 */
export type Outcome = 'passed' | 'failed' | 'off' | 'unreached'

/** One check that `verify` makes. */
export interface Step {
  readonly check: string
  /** The section of the RFC that asks for it. */
  readonly reference: string
  readonly outcome: Outcome
  /** Why it failed, or would fail if it were reached; why it is off. */
  readonly note?: string
  readonly code?: JwtErrorCode
}

/** A policy of which anything may be left out, and is off then. */
export type ExplainPolicy = Partial<Omit<VerifyPolicy, 'schema'>>

/** A policy in full, but for the schema: the claims as they are in the token are what is explained. */
type Policy = Omit<VerifyPolicy, 'schema'>

/** What is wrong, as an error or as a failure of a claim tells it. */
interface Failure {
  readonly code: JwtErrorCode
  readonly message: string
  readonly claim?: string | undefined
}

interface Check {
  readonly check: string
  readonly reference: string
  readonly fails: (failure: Failure) => boolean
  /** Why the policy does not ask for it. */
  readonly off?: (policy: ExplainPolicy, rules: ClaimRules) => string | false
  /** The claims that it compares. */
  readonly reads?: readonly string[]
}

const withCode =
  (code: JwtErrorCode) =>
  (failure: Failure): boolean =>
    failure.code === code

const malformed =
  (beginning: string) =>
  ({ code, message }: Failure): boolean =>
    code === 'ERR_TOKEN_MALFORMED' && message.startsWith(beginning)

// A key set and a key function may refuse with any code: what belongs to no other check belongs here.
const HAS_KEY: Check = {
  check: 'there is a key for it, of the same algorithm',
  reference: 'RFC 8725 §3.1',
  fails: (failure) => ![...FORM, ...CLAIMS].some((check) => check !== HAS_KEY && check.fails(failure)),
}

// In the order in which verify makes them: each is reached only where the one before has passed.
const FORM: readonly Check[] = [
  {
    check: 'the token is not too long',
    reference: 'a limit of this library',
    fails: withCode('ERR_TOKEN_TOO_LONG'),
  },
  {
    check: 'it is three segments with two dots between them',
    reference: 'RFC 7519 §7.2',
    fails: malformed('the token'),
  },
  {
    check: 'the header is canonical base64url of one strict JSON object',
    reference: 'RFC 7515 §5.2',
    fails: malformed('the header'),
  },
  {
    check: 'its parameters have their types, and it is no JWE',
    reference: 'RFC 7515 §4.1',
    fails: withCode('ERR_HEADER_INVALID'),
  },
  {
    check: 'its "alg" is on the allowlist',
    reference: 'RFC 8725 §3.1',
    fails: ({ code, message }) => code === 'ERR_ALGORITHM' && message.includes('allowlist'),
    off: ({ algorithms }) => !algorithms && 'no algorithms were named, so that the keys decide',
  },
  {
    check: 'it asks for no extension that nobody handles',
    reference: 'RFC 7515 §4.1.11',
    fails: withCode('ERR_HEADER_CRITICAL'),
  },
  { check: 'its "typ" is the one that is wanted', reference: 'RFC 8725 §3.11', fails: withCode('ERR_HEADER_TYPE') },
  HAS_KEY,
  {
    check: 'the signature verifies',
    reference: 'RFC 7515 §5.2',
    fails: (failure) => failure.code === 'ERR_SIGNATURE' || malformed('the signature')(failure),
  },
  {
    check: 'the payload is canonical base64url of one strict JSON object',
    reference: 'RFC 7519 §7.2',
    fails: malformed('the payload'),
  },
]

const isNoDate = ({ message }: Failure): boolean => message.includes('seconds since 1970')

const ofClaim =
  (claim: string, code: JwtErrorCode) =>
  (failure: Failure): boolean =>
    failure.claim === claim && failure.code === code && !isNoDate(failure)

const unnamed =
  (member: keyof ExplainPolicy, words: string = member) =>
  (policy: ExplainPolicy): string | false =>
    (policy[member] ?? null) === null && `no ${words} was named`

const HAVE_TYPES: Check = {
  check: 'the registered claims have their types, and dates are in seconds',
  reference: 'RFC 7519 §4.1',
  fails: (failure) => failure.code === 'ERR_CLAIM_TYPE' || (failure.code === 'ERR_CLAIM_VALUE' && isNoDate(failure)),
}

const ARE_THERE: Check = {
  check: 'the claims that are wanted are there',
  reference: 'RFC 7519 §4',
  fails: withCode('ERR_CLAIM_MISSING'),
  off: (_, { required }) => required.length === 0 && 'no claim is wanted',
}

// All of them are made, and any number may fail.
const CLAIMS: readonly Check[] = [
  HAVE_TYPES,
  ARE_THERE,
  {
    check: '"iss" is the issuer that is expected',
    reference: 'RFC 8725 §3.8',
    fails: ofClaim('iss', 'ERR_CLAIM_VALUE'),
    off: unnamed('issuer'),
    reads: ['iss'],
  },
  {
    check: '"aud" names an audience that is expected',
    reference: 'RFC 8725 §3.9',
    fails: ofClaim('aud', 'ERR_CLAIM_VALUE'),
    off: unnamed('audience'),
    reads: ['aud'],
  },
  {
    check: '"sub" is the subject that is expected',
    reference: 'RFC 8725 §3.8',
    fails: ofClaim('sub', 'ERR_CLAIM_VALUE'),
    off: unnamed('subject'),
    reads: ['sub'],
  },
  { check: '"exp" is ahead', reference: 'RFC 7519 §4.1.4', fails: ofClaim('exp', 'ERR_EXPIRED'), reads: ['exp'] },
  {
    check: '"nbf" is not ahead',
    reference: 'RFC 7519 §4.1.5',
    fails: ofClaim('nbf', 'ERR_NOT_YET_VALID'),
    reads: ['nbf'],
  },
  {
    check: '"iat" is not ahead',
    reference: 'RFC 7519 §4.1.6',
    fails: ofClaim('iat', 'ERR_NOT_YET_VALID'),
    reads: ['iat'],
  },
  {
    check: 'the token is no older than the policy allows',
    reference: 'RFC 7519 §4.1.6',
    fails: ofClaim('iat', 'ERR_TOO_OLD'),
    off: unnamed('maxAge', 'greatest age'),
    reads: ['iat'],
  },
  {
    check: 'it lives no longer than the policy allows',
    reference: 'RFC 7519 §4.1.4',
    fails: ofClaim('exp', 'ERR_CLAIM_VALUE'),
    off: unnamed('maxLifetime', 'greatest lifetime'),
    reads: ['exp', 'iat'],
  },
]

/**
 * Verifies a token, and tells of each check that `verify` makes, in its order, how it went.
 *
 * Without keys the token falls at the key. What the claims would fail by is told even where they are not reached.
 *
 * @throws TypeError where a key or a member of the policy is wrong
 */
export async function explain(
  token: string,
  keys: VerificationKeys | undefined,
  policy: ExplainPolicy,
): Promise<readonly Step[]> {
  const given: ExplainPolicy = bare({ ...policy })
  const [header, claims] = String(token)
    .split('.', 2)
    .map((segment) => parseJsonObject(decodeBase64url(segment)))
  const algorithms = given.algorithms ?? algorithmsFor(keys, header)
  const full: Policy = { ...given, algorithms, issuer: given.issuer ?? null, audience: given.audience ?? null }
  const chosen: VerificationKeys = keys ?? withoutKeys
  const result = await createVerifier(chosen, full).check(token)
  const failures: readonly Failure[] = result.ok ? [] : result.failures
  const rules = claimRules(full)
  const judge = (check: Check): Step => judged(check, failures, check.off?.(given, rules) || undefined, claims)
  const fallen = FORM.findIndex(({ fails }) => failures.some(fails))
  if (fallen < 0) return [...FORM, ...CLAIMS].map(judge)
  const expected = claims ? claimFailures(claims, rules) : []
  return [
    ...FORM.map((check, i) => (i > fallen ? stepOf(check, 'unreached') : judge(check))),
    ...CLAIMS.map((check) => foreseen(check, expected.filter(check.fails))),
  ]
}

const withoutKeys: KeyFunction = () => {
  throw new JwtError('ERR_KEY_NOT_FOUND', 'no key was given')
}

// A list that lets the token come as far as it can: HMAC and asymmetric algorithms are not to be mixed.
function algorithmsFor(keys: VerificationKeys | undefined, header: JsonObject = {}): readonly Algorithm[] {
  const own = keys === undefined || typeof keys === 'function' || isKeySet(keys) ? [] : [keys].flat()
  if (own.length > 0) return [...new Set(own.map(({ alg }) => alg))]
  const alg = ownMember(header, 'alg')
  const wanted = allAlgorithms.some((name) => name === alg && isHmac(name))
  return allAlgorithms.filter((name) => isHmac(name) === wanted)
}

function judged(check: Check, failures: readonly Failure[], off: string | undefined, claims: JsonObject = {}): Step {
  const { fails, reads = [] } = check
  const found = failures.filter(fails)
  if (found[0]) return { ...stepOf(check, 'failed', [...wordsOf(found), off]), code: found[0].code }
  if (off !== undefined) return stepOf(check, 'off', [off])
  const unfit = failures.filter((failure) => isUnfit(failure) && reads.some((claim) => claim === failure.claim))
  if (unfit.length > 0) return stepOf(check, 'unreached', wordsOf(unfit))
  const absent = reads.find((claim) => !Object.hasOwn(claims, claim))
  return absent === undefined ? stepOf(check, 'passed') : stepOf(check, 'off', [`the token has no "${absent}"`])
}

// What is not there, or of another type, is compared with nothing.
const isUnfit = (failure: Failure): boolean => HAVE_TYPES.fails(failure) || ARE_THERE.fails(failure)

const foreseen = (check: Check, found: readonly Failure[]): Step =>
  stepOf(check, 'unreached', found.length > 0 ? [`it would fail: ${wordsOf(found).join('; ')}`] : [])

const wordsOf = (failures: readonly Failure[]): readonly string[] => failures.map(({ message }) => message)

function stepOf({ check, reference }: Check, outcome: Outcome, words: readonly (string | undefined)[] = []): Step {
  const note = words.filter((word) => word !== undefined).join('; ')
  return { check, reference, outcome, ...(note !== '' && { note }) }
}
