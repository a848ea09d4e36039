// Verifying JSON Web Tokens (RFC 7519 §7.2).
import { algorithmRow, type Algorithm, type HmacAlgorithm } from './algorithms.ts'
import {
  claimFailures,
  claimRules,
  type ClaimFailure,
  type ClaimRules,
  type ClaimsPolicy,
  type JwtClaims,
  type RegisteredClaims,
} from './claims.ts'
import type { KeyFunction, VerificationKeys } from './candidates.ts'
import { compactPolicy, open, openSync, type CompactPolicy } from './compact.ts'
import { isPromise } from './crypto/provider.ts'
import { isJwtError, JwtError, withoutStacks } from './errors.ts'
import { normaliseTyp, type JwsHeader } from './header.ts'
import { ownMember, type JsonObject } from './json.ts'
import type { Key, VerificationKey } from './key.ts'
import { claimsOf, Memo, type MemoOptions, type OpenedJws } from './memo.ts'
import { copyLists, isUnchanged, readOptions, readStrings } from './options.ts'
import { readSchema, type Applied, type StandardSchema } from './schema.ts'

/** Whether tokens must have an `exp`. */
export type Expiry = 'required' | 'optional'

/**
 * What a token must satisfy. All of it is read once, when the verifier is made; a mistake is a TypeError then.
 */
export interface VerifyPolicy<
  A extends Algorithm = Algorithm,
  R extends string = string,
  E extends Expiry = Expiry,
  C = unknown,
> extends ClaimsPolicy<R, E> {
  /** The algorithms that you accept, in exact spelling; HMAC and asymmetric ones do not mix. */
  readonly algorithms: readonly A[]
  /** The `typ`, or those, that the header must have, as `'at+jwt'`; by default `JWT` or none. */
  readonly typ?: string | readonly string[] | undefined
  /** The header extensions that you handle; any other `crit` is refused. */
  readonly crit?: readonly string[] | undefined
  /** A Standard Schema (zod, valibot, arktype …) that validates, transforms and types the claims. */
  readonly schema?: StandardSchema<C> | undefined
  /** The most characters that a token may have: 16,384 by default. */
  readonly maxTokenLength?: number | undefined
}

/** The policy of a verifier that is kept. */
export interface VerifierPolicy<
  A extends Algorithm = Algorithm,
  R extends string = string,
  E extends Expiry = Expiry,
  C = unknown,
> extends VerifyPolicy<A, R, E, C> {
  /**
   * Remembers the tokens that were accepted last, so that the signature of one that comes again is not computed again;
   * none by default. All else is checked anew: the header, that the key is still in the set, the claims, the clock.
   *
   * For asymmetric algorithms only, as an HMAC is cheaper than remembering. Tokens with objects in their header
   * are not remembered. An entry takes about 1 KB for a token of 300 characters.
   */
  readonly memo?: MemoFor<A> | undefined
}

/** A memo, where no algorithm is an HMAC. */
export type MemoFor<A extends Algorithm> = [Extract<A, HmacAlgorithm>] extends [never]
  ? MemoOptions
  : MemoOptions & 'an HMAC is cheaper than a memo'

const MEMBERS = [
  'algorithms',
  'issuer',
  'audience',
  'subject',
  'typ',
  'expiry',
  'maxAge',
  'maxLifetime',
  'clockTolerance',
  'requiredClaims',
  'crit',
  'schema',
  'maxTokenLength',
  'now',
] as const satisfies readonly (keyof VerifyPolicy)[]

/** The claims that a policy ensures: required ones are not optional. */
export type VerifiedClaims<R extends string = never, E extends Expiry = 'required'> = JwtClaims &
  (E extends 'required' ? { readonly exp: number } : unknown) & {
    readonly [N in R]: N extends keyof RegisteredClaims ? NonNullable<RegisteredClaims[N]> : unknown
  }

declare const verified: unique symbol

/** A token that has been verified: its header, its claims, and the key that signed it. Only this library makes one. */
export interface VerifiedJwt<C = VerifiedClaims> {
  readonly [verified]: true
  readonly header: JwsHeader
  readonly claims: C
  readonly key: VerificationKey
}

/** What `check` answers: a verified token, or everything that is wrong with it, `error` being the first of `failures`. */
export type CheckResult<C = VerifiedClaims> =
  | ({ readonly ok: true } & VerifiedJwt<C>)
  | { readonly ok: false; readonly error: JwtError; readonly failures: readonly JwtError[] }

/** A policy with its keys, checked and frozen. */
export interface Verifier<C = VerifiedClaims> {
  /** Verifies, or throws the JwtError that says why not. */
  readonly verify: (token: string) => Promise<VerifiedJwt<C>>
  /** Verifies at once; a TypeError where the platform or a key function answers by a promise. */
  readonly verifySync: (token: string) => VerifiedJwt<C>
  /**
   * Verifies without throwing a JwtError, and lists every failure of the claims.
   *
   * `ERR_KEYSET_UNAVAILABLE` and `ERR_KEYSET_INVALID` say nothing of the token: answer with 503, not 401.
   */
  readonly check: (token: string) => Promise<CheckResult<C>>
}

/** The algorithms that keys may have, by their type. */
type AlgorithmsOf<K> = K extends readonly (infer One)[]
  ? AlgorithmsOf<One>
  : K extends Key<infer A>
    ? A
    : K extends KeyFunction<infer A>
      ? A
      : Algorithm

/** Keys of which at least one has an algorithm that is on the allowlist. */
export type Fitting<K, A extends Algorithm> = [Extract<AlgorithmsOf<K>, A>] extends [never]
  ? 'the algorithm of the key is not on the allowlist'
  : K

/**
 * Verifies a token: its form, header, signature and claims, in this order, and returns what it says.
 *
 * @throws JwtError with any code but the session's; a claim's failure names the claim
 * @throws TypeError where a key or a member of the policy is wrong
 * @example
 * const key = generateSecret('HS256')
 * const token = await sign({ sub: 'alice' }, key, { issuer: 'https://issuer.example', audience: 'api', expiresIn: '15m' })
 * const { claims } = await verify(token, key, { algorithms: ['HS256'], issuer: 'https://issuer.example', audience: 'api' })
 * console.log(claims.sub) // alice
 */
export async function verify<
  const A extends Algorithm,
  K extends VerificationKeys,
  R extends string = never,
  E extends Expiry = 'required',
  C = VerifiedClaims<R, E>,
>(token: string, keys: K & Fitting<K, A>, policy: VerifyPolicy<A, R, E, C>): Promise<VerifiedJwt<NoInfer<C>>> {
  return keptVerifier<C>(keys, policy).verify(token)
}

/**
 * Verifies as {@link verify} does, at once; only where node:crypto is there and no key is promised.
 *
 * @throws JwtError as {@link verify}
 * @throws TypeError as {@link verify}, and where something answers by a promise
 */
export function verifySync<
  const A extends Algorithm,
  K extends VerificationKeys,
  R extends string = never,
  E extends Expiry = 'required',
  C = VerifiedClaims<R, E>,
>(token: string, keys: K & Fitting<K, A>, policy: VerifyPolicy<A, R, E, C>): VerifiedJwt<NoInfer<C>> {
  return keptVerifier<C>(keys, policy).verifySync(token)
}

/**
 * Makes a verifier of keys and a policy, which are checked here, once.
 *
 * @throws TypeError where a key or a member of the policy is wrong
 * @example
 * const key = generateSecret('HS256')
 * const { check } = createVerifier(key, { algorithms: ['HS256'], issuer: 'https://issuer.example', audience: 'api' })
 * const result = await check('not.a.token')
 * console.log(result.ok ? result.claims : result.error.code) // ERR_TOKEN_MALFORMED
 */
export function createVerifier<
  const A extends Algorithm,
  K extends VerificationKeys,
  R extends string = never,
  E extends Expiry = 'required',
  C = VerifiedClaims<R, E>,
>(keys: K & Fitting<K, A>, policy: VerifierPolicy<A, R, E, C>): Verifier<NoInfer<C>> {
  return makeVerifier<C>(keys, readOptions<AnyPolicy<C>>('policy', policy, [...MEMBERS, 'memo']))
}

/** A checked policy. */
interface Rules<C> {
  readonly compact: CompactPolicy
  readonly claims: ClaimRules
  readonly applySchema: ((claims: JsonObject) => Applied<C>) | undefined
}

interface AnyPolicy<C> extends VerifyPolicy<Algorithm, string, Expiry, C> {
  readonly memo?: MemoOptions | undefined
}

/** A verifier of the one-shot functions, with what it was made of. */
interface Kept {
  readonly keys: VerificationKeys
  readonly policy: AnyPolicy<unknown>
  readonly verifier: Verifier<unknown>
}

// Most programs write their policy once, and then a verifier need not be made for each token.
const kept = /* @__PURE__ */ new WeakMap<object, Kept>()

function keptVerifier<C>(keys: VerificationKeys, policy: VerifyPolicy<Algorithm, string, Expiry, C>): Verifier<C> {
  const last = kept.get(policy)
  if (last && last.keys === keys && isUnchanged<AnyPolicy<unknown>>(policy, last.policy)) return last.verifier as Verifier<C>
  const given = readOptions('policy', policy, MEMBERS)
  const verifier = makeVerifier(keys, given)
  // Only keys that cannot change unseen.
  if (typeof keys === 'function' || Object.isFrozen(keys))
    kept.set(policy, { keys, policy: copyLists(given), verifier })
  return verifier
}

function makeVerifier<C>(keys: VerificationKeys, given: AnyPolicy<C>): Verifier<C> {
  const typ = given.typ === undefined ? [undefined, 'jwt'] : readStrings('policy.typ', given.typ).map(normaliseTyp)
  const claims = claimRules(given)
  const memo = given.memo === undefined ? undefined : new Memo(given.memo, claims.clock)
  const compact = compactPolicy(keys, given, typ, memo)
  if (memo && compact.algorithms.some((alg) => algorithmRow('alg', alg).kty === 'oct')) {
    throw new TypeError('policy.memo is for asymmetric algorithms only: an HMAC is cheaper than remembering it')
  }
  if (compact.crit.includes('b64')) {
    throw new TypeError('policy.crit must not name b64: the payload of a JWT is never unencoded (RFC 7797 §7)')
  }
  const applySchema = given.schema === undefined ? undefined : readSchema<C>(given.schema)
  const rules: Rules<C> = { compact, claims, applySchema }
  return Object.freeze<Verifier<C>>({
    verify: async (token) => {
      const opened = open(token, compact)
      return accept(judge(token, isPromise(opened) ? await opened : opened, rules))
    },
    verifySync: (token) => accept(judge(token, openSync(token, compact), rules)),
    check: (token) => check(token, rules),
  })
}

type Verdict<C> =
  { readonly ok: true; readonly jwt: VerifiedJwt<C> } | { readonly ok: false; readonly failures: Some<ClaimFailure> }

// RFC 7519 §7.2 steps 8 to 10, and the claims.
function judge<C>(token: string, opened: OpenedJws, rules: Rules<C>): Verdict<C> {
  const claims = claimsOf(opened)
  if (!claims) return { ok: false, failures: [NO_CLAIMS] }
  const failures = claimFailures(claims, rules.claims)
  if (isSome(failures)) return { ok: false, failures }
  const expires = ownMember(claims, 'exp')
  const applied = rules.applySchema?.(claims)
  if (applied && isSome(applied.failures)) return { ok: false, failures: applied.failures }
  rules.compact.memo?.put(token, opened, typeof expires === 'number' ? expires : Infinity)
  const { header, key } = opened
  const accepted = { header: { ...header }, claims: applied ? applied.value : claims, key }
  return { ok: true, jwt: accepted as VerifiedJwt<unknown> as VerifiedJwt<C> }
}

const NO_CLAIMS: ClaimFailure = {
  code: 'ERR_TOKEN_MALFORMED',
  claim: undefined,
  message: 'the payload is not one strict JSON object',
}

type Some<T> = readonly [T, ...T[]]

const isSome = <T>(list: readonly T[]): list is Some<T> => list.length > 0

const toError = ({ code, message, claim }: ClaimFailure): JwtError => new JwtError(code, message, claim)

function accept<C>(verdict: Verdict<C>): VerifiedJwt<C> {
  if (verdict.ok) return verdict.jwt
  throw toError(verdict.failures[0])
}

async function check<C>(token: string, rules: Rules<C>): Promise<CheckResult<C>> {
  try {
    const opened = open(token, rules.compact, undefined, withoutStacks)
    const verdict = judge(token, isPromise(opened) ? await opened : opened, rules)
    if (verdict.ok) return { ok: true, ...verdict.jwt }
    const [first, ...others] = verdict.failures
    const failures = withoutStacks(() => [toError(first), ...others.map(toError)] as const)
    return { ok: false, error: failures[0], failures }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { ok: false, error, failures: [error] }
  }
}
