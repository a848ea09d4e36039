// Which keys a token is verified with: those whose algorithm is the header's (RFC 8725 §3.1), and whose kid is.
import type { Algorithm } from './algorithms.ts'
import { after, type Awaitable } from './crypto/provider.ts'
import { JwtError } from './errors.ts'
import type { UnverifiedHeader } from './header.ts'
import { ownMember } from './json.ts'
import { handleOf, isKey, type VerificationKey } from './key.ts'

/**
 * Chooses the key for a token by its header, which is unverified: use it to look up, never to decide.
 *
 * `undefined` says that there is no such key.
 */
export type KeyFunction<A extends Algorithm = Algorithm> = (
  header: UnverifiedHeader,
) => Awaitable<VerificationKey<A> | undefined>

/** Keys to choose among by a token's unverified header: `tittle/jwks` makes them, and so may you. */
export interface KeySet {
  /** The keys whose `alg` is that of the header and whose `kid`, if both have one, is too; an empty array for none. */
  readonly candidates: (header: UnverifiedHeader) => Awaitable<readonly VerificationKey[]>
}

/** What a token may be verified with: a key, several, a key set, or a function that chooses a key. */
export type VerificationKeys = VerificationKey | readonly VerificationKey[] | KeySet | KeyFunction

/** Makes the error of a refusal, or does what may end in one, as the caller wants it done. */
export type Guard = <T>(work: () => T) => T

/** Chooses keys by a header that is unverified; a JwtError where none fits. */
export type Chooser = (header: UnverifiedHeader, guard: Guard) => Awaitable<readonly VerificationKey[]>

/** What one token may cost: more signatures than this are not checked for it. */
export const MAX_CANDIDATES: number = 4

/** Checks the keys; a TypeError names what is wrong with them. */
export function chooser(keys: VerificationKeys, algorithms: readonly Algorithm[]): Chooser {
  const find =
    typeof keys === 'function'
      ? asList(keys)
      : isKeySet(keys)
        ? (header: UnverifiedHeader) => keys.candidates(header)
        : undefined
  if (find) {
    // A copy, as the header may be one that is remembered.
    return (header, guard) => after(find({ ...header }), (found) => admit(found, header, guard))
  }
  const list: readonly VerificationKey[] = Object.freeze(Array.isArray(keys) ? [...keys] : [keys])
  if (list.length === 0) throw new TypeError('the keys must not be an empty array')
  for (const key of list) {
    handleOf('each of the keys', key, 'verify')
    if (!algorithms.includes(key.alg)) {
      throw new TypeError(`a key for ${key.alg} was given, which is not among policy.algorithms`)
    }
  }
  return (header, guard) => select(list, header, guard)
}

/** Tells a key set. */
export function isKeySet(keys: unknown): keys is KeySet {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys) || isKey(keys)) return false
  return 'candidates' in keys && typeof keys.candidates === 'function'
}

function asList(choose: KeyFunction): KeySet['candidates'] {
  const toList = (key: VerificationKey | undefined): readonly VerificationKey[] => (key === undefined ? [] : [key])
  return (header) => after(choose(header), toList)
}

// RFC 8725 §3.1: the algorithm is the key's, and the header may only agree.
function admit(found: readonly VerificationKey[], header: UnverifiedHeader, guard: Guard): readonly VerificationKey[] {
  if (!Array.isArray(found)) throw new TypeError('a key set must answer with an array of keys')
  // A copy, as the set may change its own while the keys are tried.
  const keys: readonly VerificationKey[] = [...found]
  for (const key of bounded(keys, guard)) handleOf('each of the keys found', key, 'verify')
  if (keys.length === 0) throw guard(() => new JwtError('ERR_KEY_NOT_FOUND', 'there is no key for the header'))
  if (keys.some((key) => key.alg !== header.alg)) throw guard(otherAlgorithm)
  return keys
}

function select(keys: readonly VerificationKey[], header: UnverifiedHeader, guard: Guard): readonly VerificationKey[] {
  const kid = ownMember(header, 'kid')
  const fits = (key: VerificationKey): boolean =>
    key.alg === header.alg && (kid === undefined || key.kid === undefined || key.kid === kid)
  const able = keys.every(fits) ? keys : keys.filter(fits)
  if (able.length > 0) return bounded(able, guard)
  if (!keys.some((key) => key.alg === header.alg)) throw guard(otherAlgorithm)
  throw guard(() => new JwtError('ERR_KEY_NOT_FOUND', 'the header names a "kid" that none of the keys has'))
}

function bounded(keys: readonly VerificationKey[], guard: Guard): readonly VerificationKey[] {
  if (keys.length <= MAX_CANDIDATES) return keys
  const message = `more than ${MAX_CANDIDATES} keys fit the header; give keys and tokens a "kid"`
  throw guard(() => new JwtError('ERR_KEY_AMBIGUOUS', message))
}

const otherAlgorithm = (): JwtError =>
  new JwtError('ERR_ALGORITHM', 'the header names another algorithm than that of the key')
