// What createSessions is told, read and checked once.
import {
  createSigner,
  type Algorithm,
  type Duration,
  type Key,
  type PrivateKey,
  type PublicKey,
  type SecretKey,
  type Signer,
  type SignOptions,
} from '../index.ts'
import type { KeyRing, KeySet } from '../jwks.ts'
import { readOptions, readStrings, readText } from '../options.ts'
import { toClock, toSeconds, type Clock } from '../time.ts'
import type { SessionEvent } from './events.ts'
import { memoryStore } from './memory.ts'
import type { SessionStore } from './store.ts'

/** The keys of access tokens: a secret, a pair, or a ring. They must not sign anything else. */
export type AccessKeys =
  | {
      readonly signingKey: SecretKey
      /** Other secrets that still verify, when one replaces another. */
      readonly verifyKey?: SecretKey | readonly SecretKey[] | undefined
      readonly keyRing?: undefined
    }
  | {
      readonly signingKey: PrivateKey
      readonly verifyKey: PublicKey | readonly PublicKey[] | KeySet
      readonly keyRing?: undefined
    }
  | { readonly keyRing: KeyRing; readonly signingKey?: undefined; readonly verifyKey?: undefined }

/** How access tokens live. */
export interface AccessOptions {
  /** For how long one is good: 10 m by default, at most 15 m. */
  readonly ttl?: Duration | undefined
  /** Says in writing that `ttl` may be longer, and a stolen token so long good. */
  readonly long?: boolean | undefined
}

/** How sessions live. */
export interface RefreshOptions {
  /** Ends a session that is not refreshed for so long: 7 d by default. */
  readonly idle?: Duration | undefined
  /** Ends every session: 30 d by default. */
  readonly absolute?: Duration | undefined
  /** For how long the token before the current one gives the same successor again: 10 s by default, at most 60 s. */
  readonly grace?: Duration | undefined
}

/** Options of {@link createSessions}, beside the keys. */
export interface SessionSettings {
  /** `iss` of both kinds of token, and `aud` of refresh tokens. */
  readonly issuer: string
  /** `aud` of access tokens; of several, one is enough for `verifyAccess`. */
  readonly audience: string | readonly string[]
  /** `client_id` of access tokens (RFC 9068 §2.2), and the one client that refresh tokens are good for. */
  readonly clientId: string
  /** The key of refresh tokens, which only this server needs; of several the first signs and all verify. */
  readonly refreshKey: SecretKey | readonly SecretKey[]
  /** Where sessions are kept: in the memory of this process by default. */
  readonly store?: SessionStore | undefined
  readonly access?: AccessOptions | undefined
  readonly refresh?: RefreshOptions | undefined
  /** How far the clocks of servers may differ, for access tokens: 0 by default, at most 300 s. */
  readonly clockTolerance?: Duration | undefined
  /** Further claims of each access token, asked for at every start and refresh: roles that may have changed, say. */
  readonly claims?: ((subject: string, sid: string) => object | Promise<object>) | undefined
  /** Claims that may look like secrets. */
  readonly allowClaims?: readonly string[] | undefined
  /**
   * The version of a subject's tokens, a whole number. Tokens and sessions of another version are refused, so that
   * raising it, after a change of password say, ends them all. Asked for at every start, refresh and check.
   */
  readonly tokenVersion?: ((subject: string) => number | Promise<number>) | undefined
  /** For how long the store may take: 2 s by default, at most 60 s. */
  readonly storeTimeout?: Duration | undefined
  /** `'open'` says in writing that `verifyAccess` accepts what it could not look up; nothing else ever does. */
  readonly onStoreFailure?: 'closed' | 'open' | undefined
  /** Is told what happens; what it throws is dropped. */
  readonly onEvent?: ((event: SessionEvent) => void | Promise<void>) | undefined
  /** The clock, in seconds since 1970; for tests, and for the store too then. */
  readonly now?: Clock | undefined
}

/** Options of {@link createSessions}. */
export type SessionOptions = SessionSettings & AccessKeys

const MEMBERS = [
  'issuer',
  'audience',
  'clientId',
  'signingKey',
  'verifyKey',
  'keyRing',
  'refreshKey',
  'store',
  'access',
  'refresh',
  'clockTolerance',
  'claims',
  'allowClaims',
  'tokenVersion',
  'storeTimeout',
  'onStoreFailure',
  'onEvent',
  'now',
] as const satisfies readonly (keyof SessionSettings | keyof AccessKeys)[]

const LONGEST_TTL = 15 * 60
const LONGEST_GRACE = 60
const LONGEST_TIMEOUT = 60

/** Checked settings. */
export interface SessionRules {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly clientId: string
  /** What makes the signer of access tokens. */
  readonly signer: (options: SignOptions & { readonly expiresIn: Duration }) => Signer
  readonly verifyKeys: readonly Key<Algorithm, 'secret' | 'public'>[] | KeySet
  readonly algorithms: readonly Algorithm[]
  readonly refreshKeys: readonly [SecretKey, ...SecretKey[]]
  readonly store: SessionStore
  readonly ttl: number
  readonly idle: number
  readonly absolute: number
  readonly grace: number
  readonly tolerance: number
  readonly claims: SessionSettings['claims']
  readonly allowClaims: readonly string[]
  readonly tokenVersion: SessionSettings['tokenVersion']
  readonly storeTimeout: number
  readonly failsOpen: boolean
  readonly onEvent: SessionSettings['onEvent']
  readonly clock: Clock
  /** What stores are told of the time: nothing, unless a test has brought a clock. */
  readonly storeTime: () => number | undefined
}

/** Checks the options of {@link createSessions}; a TypeError names the member that is wrong. */
export function sessionRules(options: SessionOptions): SessionRules {
  const given: SessionSettings & Keys = readOptions<SessionSettings & Keys>('createSessions', options, MEMBERS)
  const audience = readStrings('createSessions: audience', given.audience)
  const refreshKeys = [given.refreshKey].flat()
  if (!isFilled(refreshKeys) || refreshKeys.some((key) => key?.role !== 'secret')) {
    throw new TypeError('createSessions: refreshKey must be a secret, or a non-empty array of secrets')
  }
  return Object.freeze({
    issuer: readText('createSessions: issuer', given.issuer),
    audience,
    clientId: readText('createSessions: clientId', given.clientId),
    ...accessKeys(given, refreshKeys),
    refreshKeys,
    store: readStore(given.store),
    ...lifetimes(given),
    tolerance: toSeconds('createSessions: clockTolerance', given.clockTolerance ?? 0),
    claims: readFunction('claims', given.claims),
    allowClaims: given.allowClaims === undefined ? [] : readStrings('createSessions: allowClaims', given.allowClaims),
    tokenVersion: readFunction('tokenVersion', given.tokenVersion),
    storeTimeout: readTimeout(given.storeTimeout),
    failsOpen: failsOpen(given.onStoreFailure),
    onEvent: readFunction('onEvent', given.onEvent),
    clock: toClock('createSessions: now', given.now),
    storeTime: given.now === undefined ? () => undefined : toClock('createSessions: now', given.now),
  })
}

const isFilled = <T>(items: readonly T[]): items is readonly [T, ...T[]] => items.length > 0

/** The keys of access tokens, whichever of the three shapes they have. */
interface Keys {
  readonly signingKey?: AccessKeys['signingKey']
  readonly verifyKey?: AccessKeys['verifyKey']
  readonly keyRing?: AccessKeys['keyRing']
}

function accessKeys(
  { signingKey, verifyKey, keyRing }: Keys,
  refreshKeys: readonly SecretKey[],
): Pick<SessionRules, 'signer' | 'verifyKeys' | 'algorithms'> {
  if (keyRing !== undefined) {
    if (signingKey ?? verifyKey) throw new TypeError('createSessions: give a keyRing or keys, not both')
    if (typeof keyRing?.signer !== 'function' || !isKeySet(keyRing.keySet)) {
      throw new TypeError('createSessions: keyRing must be one of createKeyRing() or importKeyRing()')
    }
    const signer: SessionRules['signer'] = (options) => keyRing.signer(options)
    return { signer, verifyKeys: keyRing.keySet, algorithms: [keyRing.algorithm] }
  }
  if (signingKey?.role !== 'secret' && signingKey?.role !== 'private') {
    throw new TypeError('createSessions: signingKey must be a secret or a private key, unless there is a keyRing')
  }
  const signer: SessionRules['signer'] = (options) => createSigner(signingKey, options)
  const isSecret = signingKey.role === 'secret'
  if (!isSecret && isKeySet(verifyKey)) return { signer, verifyKeys: verifyKey, algorithms: [signingKey.alg] }
  const given = [verifyKey ?? []].flat() as readonly Key<Algorithm, 'secret' | 'public'>[]
  const verifyKeys = [...new Set(isSecret ? [signingKey, ...given] : given)]
  if (verifyKeys.some((key) => key?.role !== (isSecret ? 'secret' : 'public'))) {
    throw new TypeError('createSessions: verifyKey must be made of public keys, or of secrets where signingKey is one')
  }
  if (!verifyKeys.some(({ alg }) => alg === signingKey.alg)) {
    throw new TypeError('createSessions: verifyKey must be, or have in it, the public half of signingKey')
  }
  if (verifyKeys.some((key) => refreshKeys.some((refreshKey) => refreshKey === key))) throw sameKey()
  return { signer, verifyKeys, algorithms: [...new Set(verifyKeys.map(({ alg }) => alg))] }
}

/** One key for both would leave nothing but `typ` between a long-lived token and the API. */
export function sameKey(): TypeError {
  return new TypeError('createSessions: refreshKey must be another key than those of access tokens')
}

function isKeySet(keys: unknown): keys is KeySet {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys) || Object.hasOwn(keys, 'role')) return false
  return 'candidates' in keys && typeof keys.candidates === 'function'
}

function lifetimes({
  access = {},
  refresh = {},
}: SessionSettings): Pick<SessionRules, 'ttl' | 'idle' | 'absolute' | 'grace'> {
  const { ttl = '10m', long = false } = readOptions('createSessions: access', access, ['ttl', 'long'])
  const {
    idle = '7d',
    absolute = '30d',
    grace = '10s',
  } = readOptions('createSessions: refresh', refresh, ['idle', 'absolute', 'grace'])
  const seconds = {
    ttl: toSeconds('createSessions: access.ttl', ttl),
    idle: toSeconds('createSessions: refresh.idle', idle),
    absolute: toSeconds('createSessions: refresh.absolute', absolute),
    grace: toSeconds('createSessions: refresh.grace', grace),
  }
  if (typeof long !== 'boolean') throw new TypeError('createSessions: access.long must be true or false')
  if (seconds.ttl === 0) throw new TypeError('createSessions: access.ttl must not be 0')
  if (seconds.ttl > LONGEST_TTL && !long) {
    throw new TypeError(
      'createSessions: access.ttl is longer than 15 minutes; a token cannot be called back, so refresh more often, or write { ttl, long: true }',
    )
  }
  if (seconds.grace > LONGEST_GRACE) throw new TypeError('createSessions: refresh.grace must be at most 60 s')
  if (!(seconds.grace < seconds.idle && seconds.idle <= seconds.absolute)) {
    throw new TypeError('createSessions: refresh.grace must be shorter than idle, and idle not longer than absolute')
  }
  return seconds
}

const STORE = ['create', 'rotate', 'find', 'revoke', 'revokeAll', 'list', 'deny', 'isDenied', 'consume'] as const

function readStore(store: SessionStore | undefined): SessionStore {
  if (store === undefined) return memoryStore()
  const missing = STORE.filter((step) => typeof store?.[step] !== 'function')
  if (missing.length > 0) throw new TypeError(`createSessions: the store lacks ${missing.join(', ')}`)
  return store
}

// A timer of more than 24 days fires at once.
function readTimeout(given: Duration = 2): number {
  const seconds = toSeconds('createSessions: storeTimeout', given)
  if (seconds >= 1 && seconds <= LONGEST_TIMEOUT) return seconds
  throw new TypeError('createSessions: storeTimeout must be from 1 s to 60 s')
}

function failsOpen(onStoreFailure: unknown = 'closed'): boolean {
  if (onStoreFailure === 'open' || onStoreFailure === 'closed') return onStoreFailure === 'open'
  throw new TypeError("createSessions: onStoreFailure must be 'closed' or 'open'")
}

function readFunction<T>(name: string, value: T): T {
  if (value === undefined || typeof value === 'function') return value
  throw new TypeError(`createSessions: ${name} must be a function`)
}
