// Which keys a token is verified with: those whose algorithm is the header's (RFC 8725 §3.1), and whose kid is.
import type { Algorithm } from './algorithms.ts'
import { isPromise, type Awaitable } from './crypto/provider.ts'
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

/** Chooses keys by a header that is unverified; a JwtError where none fits. */
export type Chooser = (header: UnverifiedHeader) => Awaitable<readonly VerificationKey[]>

/** What one token may cost: more signatures than this are not checked for it. */
export const MAX_CANDIDATES: number = 4

/** Checks the keys; a TypeError names what is wrong with them. */
export function chooser(keys: VerificationKeys, algorithms: readonly Algorithm[]): Chooser {
  const find = typeof keys === 'function' ? asList(keys) : isKeySet(keys) ? keys.candidates.bind(keys) : undefined
  if (find) {
    return (header) => {
      // A copy, as the header may be one that is remembered.
      const found = find({ ...header })
      return isPromise(found) ? found.then((list) => admit(list, header)) : admit(found, header)
    }
  }
  const list: readonly VerificationKey[] = Object.freeze(Array.isArray(keys) ? [...keys] : [keys])
  if (list.length === 0) throw new TypeError('the keys must not be an empty array')
  for (const key of list) {
    handleOf('each of the keys', key, 'verify')
    if (!algorithms.includes(key.alg)) {
      throw new TypeError(`a key for ${key.alg} was given, which is not among policy.algorithms`)
    }
  }
  return (header) => select(list, header)
}

/** Tells a key set. */
export function isKeySet(keys: unknown): keys is KeySet {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys) || isKey(keys)) return false
  return 'candidates' in keys && typeof keys.candidates === 'function'
}

function asList(choose: KeyFunction): KeySet['candidates'] {
  const toList = (key: VerificationKey | undefined): readonly VerificationKey[] => (key === undefined ? [] : [key])
  return (header) => {
    const key = choose(header)
    return isPromise(key) ? key.then(toList) : toList(key)
  }
}

// RFC 8725 §3.1: the algorithm is the key's, and the header may only agree.
function admit(found: readonly VerificationKey[], header: UnverifiedHeader): readonly VerificationKey[] {
  if (!Array.isArray(found)) throw new TypeError('a key set must answer with an array of keys')
  // A copy, as the set may change its own while the keys are tried.
  const keys: readonly VerificationKey[] = [...found]
  if (keys.length === 0) throw new JwtError('ERR_KEY_NOT_FOUND', 'there is no key for the header')
  for (const key of bounded(keys)) {
    handleOf('each of the keys found', key, 'verify')
    if (key.alg !== header.alg) {
      throw new JwtError('ERR_ALGORITHM', 'the header names another algorithm than that of the key')
    }
  }
  return keys
}

function bounded(keys: readonly VerificationKey[]): readonly VerificationKey[] {
  if (keys.length <= MAX_CANDIDATES) return keys
  throw new JwtError(
    'ERR_KEY_AMBIGUOUS',
    `more than ${MAX_CANDIDATES} keys fit the header; give keys and tokens a "kid"`,
  )
}

function select(keys: readonly VerificationKey[], header: UnverifiedHeader): readonly VerificationKey[] {
  const kid = ownMember(header, 'kid')
  const fits = (key: VerificationKey): boolean =>
    key.alg === header.alg && (kid === undefined || key.kid === undefined || key.kid === kid)
  const able = keys.every(fits) ? keys : keys.filter(fits)
  if (able.length > 0) return bounded(able)
  if (keys.some((key) => key.alg === header.alg)) {
    throw new JwtError('ERR_KEY_NOT_FOUND', 'the header names a "kid" that none of the keys has')
  }
  throw new JwtError('ERR_ALGORITHM', 'the header names another algorithm than that of the key')
}
