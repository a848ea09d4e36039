// What a remote key set is told, and what it tells.
import type { JwtError } from './errors.ts'
import type { Fetch } from './jwks-fetch.ts'
import type { JwkSet } from './jwks-local.ts'
import { readOptions } from './options.ts'
import { toClock, toSeconds, type Clock, type Duration } from './time.ts'

/** What happens to a remote key set. */
export type KeySetEvent =
  | { readonly type: 'fetched'; readonly keys: number; readonly changed: boolean; readonly expiresAt: number }
  | { readonly type: 'failed'; readonly error: JwtError; readonly retryAt: number }
  /** The server is away, and the old set serves on until `until`. */
  | { readonly type: 'stale'; readonly until: number }
  /** An unknown key was asked for so soon after a fetch that no other was made. */
  | { readonly type: 'cooldown'; readonly until: number }
  /** The cache failed; the set does without. */
  | { readonly type: 'cache-failed'; readonly error: unknown }

/** What is kept in a {@link KeySetCache}: JSON, all of it. */
export interface CachedKeySet {
  readonly jwks: JwkSet
  readonly etag?: string | undefined
  readonly expiresAt: number
}

/** A place outside the process where a key set outlives it, as serverless platforms need. */
export interface KeySetCache {
  readonly get: () => Promise<CachedKeySet | undefined>
  readonly set: (cached: CachedKeySet) => Promise<void>
}

/** Options of {@link createRemoteKeySet}. */
export interface RemoteKeySetOptions {
  /** For how long a fetch may take: 5 s by default. */
  readonly timeout?: Duration | undefined
  /** How long after a fetch an unknown `kid` causes no other: 30 s by default. */
  readonly cooldown?: Duration | undefined
  /** For how long an expired set serves on while the server is away: 1 h by default. */
  readonly staleIfError?: Duration | undefined
  /** The fetch to use; by default that of the platform. */
  readonly fetch?: Fetch | undefined
  /** A cache outside the process. */
  readonly cache?: KeySetCache | undefined
  /** Is told what happens; what it throws is dropped. */
  readonly onEvent?: ((event: KeySetEvent) => void | Promise<void>) | undefined
  /** The clock, in seconds since 1970; for tests. */
  readonly now?: Clock | undefined
}

const MEMBERS = ['timeout', 'cooldown', 'staleIfError', 'fetch', 'cache', 'onEvent', 'now'] as const
const MAX_TIMEOUT = 3600

/** Checked options. */
export interface RemoteSettings {
  readonly fetch: Fetch
  readonly timeout: number
  readonly cooldown: number
  readonly staleIfError: number
  readonly cache: KeySetCache | undefined
  readonly emit: (event: KeySetEvent) => void
  readonly clock: Clock
}

/** Checks options; a TypeError names the member that is wrong. */
export function readSettings(owner: string, options: RemoteKeySetOptions): RemoteSettings {
  const given = readOptions(owner, options, MEMBERS)
  const { onEvent, cache } = given
  const fetch: Fetch = given.fetch ?? globalThis.fetch
  if (typeof fetch !== 'function') throw new TypeError(`${owner}: fetch must be a function`)
  if (onEvent !== undefined && typeof onEvent !== 'function')
    throw new TypeError(`${owner}: onEvent must be a function`)
  if (cache !== undefined && (typeof cache?.get !== 'function' || typeof cache.set !== 'function')) {
    throw new TypeError(`${owner}: cache must have the functions get and set`)
  }
  const timeout = toSeconds(`${owner}: timeout`, given.timeout ?? 5)
  if (timeout < 1 || timeout > MAX_TIMEOUT) throw new TypeError(`${owner}: timeout must be from 1 s to 1 h`)
  return {
    fetch: async (url, init) => fetch(url, init),
    timeout,
    cooldown: toSeconds(`${owner}: cooldown`, given.cooldown ?? 30),
    staleIfError: toSeconds(`${owner}: staleIfError`, given.staleIfError ?? 3600),
    cache,
    clock: toClock(`${owner}: now`, given.now),
    emit(event) {
      // A listener must not decide whether a token is good, neither at once nor later.
      new Promise((resolve) => resolve(onEvent?.(event))).catch(() => {})
    },
  }
}
