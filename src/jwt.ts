// Verifying JSON Web Tokens (RFC 7519 §7.2).
import { isHmac, type Algorithm, type HmacAlgorithm } from './algorithms.ts'
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
import { compactPolicy, open, openSync, plainly, type CompactPolicy } from './compact.ts'
import { isPromise } from './crypto/provider.ts'
import { isJwtError, JwtError, withoutStacks } from './errors.ts'
import { isNested, normaliseTyp, type JwsHeader } from './header.ts'
import { ownMember, parseJsonObject, type JsonObject } from './json.ts'
import type { Key, VerificationKey } from './key.ts'
import { Memo, type MemoOptions, type OpenedJws } from './memo.ts'
import { copyLists, isSame, isUnchanged, readOptions, readStrings } from './options.ts'
import { readSchema, type Applied, type StandardSchema } from './schema.ts'

/** Whether tokens must have an `exp`. */
export type Expiry = 'required' | 'optional'

/**
 * What a token must satisfy. All of it is read once, when the verifier is made; a mistake is a TypeError then.
 *
 * `verify` and `verifySync` make a verifier when they first see a policy, and another when anything in it has changed.
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

/** What {@link createVerifier} takes: a policy, and a memo if you want one. */
export interface VerifierPolicy<
  A extends Algorithm = Algorithm,
  R extends string = string,
  E extends Expiry = Expiry,
  C = unknown,
> extends VerifyPolicy<A, R, E, C> {
  /**
   * Remembers the tokens that were accepted last, so that the signature of one that comes again is not computed again;
   * by default none. That its key is still in the set, its claims and the clock are looked at anew.
   *
   * For asymmetric algorithms only, as an HMAC is cheaper than remembering. Tokens of more than 8,192 characters, and
   * those with objects in their header, are not remembered. An entry takes about 950 bytes for a token of 300 characters.
   */
  readonly memo?: MemoFor<A> | undefined
}

/** A memo, where the type of the policy says that no algorithm is an HMAC. */
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
   * Verifies without throwing a JwtError, and lists every failure of the claims; the errors have no stack.
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
  const given = copyLists(readOptions<MemoPolicy<C>>('policy', policy, [...MEMBERS, 'memo']))
  const memo = given.memo === undefined ? undefined : new Memo(given.memo)
  const verifier = makeVerifier(keys, given, memo)
  if (memo && given.algorithms.some(isHmac))
    throw new TypeError('policy.memo is for asymmetric algorithms only: an HMAC is cheaper than remembering it')
  return verifier
}

/** A checked policy. */
interface Rules<C> {
  readonly compact: CompactPolicy
  readonly claims: ClaimRules
  readonly applySchema: ((claims: JsonObject) => Applied<C>) | undefined
}

type AnyPolicy<C> = VerifyPolicy<Algorithm, string, Expiry, C>

type MemoPolicy<C> = AnyPolicy<C> & { readonly memo?: MemoOptions | undefined }

/** A verifier of the one-shot functions, with what it was made of. */
interface Kept {
  readonly keys: VerificationKeys
  readonly policy: AnyPolicy<unknown>
  readonly verifier: Verifier<unknown>
}

// By policy and keys, as most programs write their policy once: then a verifier need not be made for each token.
const kept = /* @__PURE__ */ new WeakMap<object, WeakMap<object, Kept>>()

function keptVerifier<C>(keys: VerificationKeys, policy: AnyPolicy<C>): Verifier<C> {
  const verifiers = kept.get(policy) ?? new WeakMap<object, Kept>()
  const last = verifiers.get(keys)
  if (last && isSame(last.keys, keys) && isUnchanged<AnyPolicy<unknown>>(last.policy, policy))
    return last.verifier as Verifier<C>
  const given = copyLists(readOptions('policy', policy, MEMBERS))
  const list = Array.isArray(keys) ? [...keys] : keys
  const verifier = makeVerifier(list, given)
  // A schema may change inside, and is read anew.
  if (given.schema === undefined) kept.set(policy, verifiers.set(keys, { keys: list, policy: given, verifier }))
  return verifier
}

function makeVerifier<C>(keys: VerificationKeys, given: AnyPolicy<C>, memo?: Memo): Verifier<C> {
  const typ = given.typ === undefined ? [undefined, 'jwt'] : readStrings('policy.typ', given.typ).map(normaliseTyp)
  const compact = compactPolicy(keys, given, typ, memo)
  if (compact.crit.includes('b64')) {
    throw new TypeError('policy.crit must not name b64: the payload of a JWT is never unencoded (RFC 7797 §7)')
  }
  const applySchema = given.schema === undefined ? undefined : readSchema<C>(given.schema)
  const rules: Rules<C> = { compact, claims: claimRules(given), applySchema }
  return Object.freeze<Verifier<C>>({
    verify: async (token) => {
      const opened = open(token, compact, plainly)
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
  const claims = opened.copyClaims ? opened.copyClaims() : parseJsonObject(opened.payload)
  if (!claims) return { ok: false, failures: NO_CLAIMS }
  if (isNested(opened.header)) return { ok: false, failures: NESTED }
  const now = rules.claims.clock()
  const failures = claimFailures(claims, rules.claims, now)
  if (isSome(failures)) return { ok: false, failures }
  // Before the schema, which may change them.
  const expires = ownMember(claims, 'exp')
  const applied = rules.applySchema?.(claims)
  if (applied && isSome(applied.failures)) return { ok: false, failures: applied.failures }
  const { memo } = rules.compact
  memo?.put(token, opened, typeof expires === 'number' ? expires : Infinity, now)
  const { header, key } = opened
  const accepted = { header: { ...header }, claims: applied ? applied.value : claims, key }
  return { ok: true, jwt: accepted as VerifiedJwt<unknown> as VerifiedJwt<C> }
}

const malformed = (message: string): Some<ClaimFailure> => [{ code: 'ERR_TOKEN_MALFORMED', claim: undefined, message }]

const NO_CLAIMS = malformed('the payload is not one strict JSON object')
const NESTED = malformed('the payload is another token, by the "cty" of the header, and none is opened inside another')

type Some<T> = readonly [T, ...T[]]

const isSome = <T>(list: readonly T[]): list is Some<T> => list.length > 0

const toError = ({ code, message, claim }: ClaimFailure): JwtError => new JwtError(code, message, claim)

function accept<C>(verdict: Verdict<C>): VerifiedJwt<C> {
  if (verdict.ok) return verdict.jwt
  throw toError(verdict.failures[0])
}

async function check<C>(token: string, rules: Rules<C>): Promise<CheckResult<C>> {
  try {
    const opened = open(token, rules.compact, withoutStacks)
    const verdict = judge(token, isPromise(opened) ? await opened : opened, rules)
    if (verdict.ok) return { ok: true, ...verdict.jwt }
    const failures = withoutStacks(() => verdict.failures.map(toError))
    return { ok: false, error: failures[0] as JwtError, failures }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { ok: false, error, failures: [error] }
  }
}
