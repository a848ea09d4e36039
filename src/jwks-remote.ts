// A JWK Set on a server, kept through outages and rotation.
import type { KeySet } from './candidates.ts'
import type { Awaitable } from './crypto/provider.ts'
import { isJwtError, JwtError } from './errors.ts'
import type { UnverifiedHeader } from './header.ts'
import { checkUrl, fetchJson, inTime } from './jwks-fetch.ts'
import { readSettings, type RemoteKeySetOptions, type RemoteSettings } from './jwks-settings.ts'
import { readForeignKeySet, type JwkSet, type LocalKeySet } from './jwks-local.ts'
import type { JsonObject } from './json.ts'
import type { VerificationKey } from './key.ts'

/**
 * A key set on a server. While it is fresh and has the key it answers at once, so that `verifySync` works with it;
 * where it would have to fetch first, `verifySync` throws `ERR_KEYSET_UNAVAILABLE`, and the fetch goes on.
 */
export interface RemoteKeySet extends KeySet {
  /** Fetches the set if there is no fresh one, as is good before the first request. */
  readonly preload: () => Promise<void>
  /** Fetches the set, or joins the fetch that is under way; a cold set may come from the cache. */
  readonly refresh: () => Promise<void>
}

const MAX_KEYS = 1000

// Seconds. What the server says of caching is heard within these bounds.
const MIN_AGE = 60
const MAX_AGE = 86_400
const DEFAULT_AGE = 600
const MAX_BACKOFF = 60

// A fifth of its life before it expires, a set that is in use is fetched anew in the background.
const REFRESH_AHEAD = 0.2

/**
 * Makes a key set of a JWK Set on a server.
 *
 * The set is fetched when it is first wanted, kept as long as `Cache-Control` says, from 1 minute to 24 hours (10 minutes
 * where it says nothing), revalidated by ETag, and fetched ahead of its expiry in the background. An unknown `kid` causes
 * at most one fetch in `cooldown`. While the server is away, the old set serves on for `staleIfError`, and the server is
 * asked again after 1 s, 2 s, 4 s … 1 min. Once it answers, removed keys no longer verify. At most 512 KiB and 1,000 keys.
 *
 * Verification throws `ERR_KEYSET_UNAVAILABLE` or `ERR_KEYSET_INVALID` where no set is to be had: an answer of 503.
 *
 * @throws TypeError where the URL is not https (or http on loopback) or an option is wrong
 * @example
 * import { createVerifier } from 'tittle'
 * import { createRemoteKeySet } from 'tittle/jwks'
 *
 * const keySet = createRemoteKeySet('https://issuer.example/jwks.json', { onEvent: (event) => console.log(event.type) })
 * createVerifier(keySet, { algorithms: ['RS256'], issuer: 'https://issuer.example', audience: 'api' })
 */
export function createRemoteKeySet(
  url: string | { readonly href: string },
  options: RemoteKeySetOptions = {},
): RemoteKeySet {
  const href = checkUrl('createRemoteKeySet: the URL', url)
  return makeRemote(async () => href, readSettings('createRemoteKeySet', options))
}

/** Makes a remote key set whose address may have to be found out first, and anew after a failure. */
export function makeRemote(locate: (anew: boolean) => Promise<string>, settings: RemoteSettings): RemoteKeySet {
  const source = new RemoteSource(locate, settings)
  return Object.freeze<RemoteKeySet>({
    candidates: (header) => source.candidates(header),
    preload: () => source.preload(),
    refresh: () => source.update(),
  })
}

/** A set as it was fetched, with the times that matter. */
interface Snapshot {
  readonly set: LocalKeySet
  readonly jwks: JsonObject
  readonly etag: string | undefined
  readonly refreshAt: number
  readonly expiresAt: number
}

class RemoteSource {
  readonly #locate: (anew: boolean) => Promise<string>
  readonly #settings: RemoteSettings
  #snapshot: Snapshot | undefined
  #pending: Promise<void> | undefined
  // Where the ETag is from.
  #url: string | undefined
  #triedAt = -Infinity
  #failure: { readonly error: JwtError; readonly count: number; readonly retryAt: number } | undefined

  constructor(locate: (anew: boolean) => Promise<string>, settings: RemoteSettings) {
    this.#locate = locate
    this.#settings = settings
  }

  candidates(header: UnverifiedHeader): Awaitable<readonly VerificationKey[]> {
    const now = this.#settings.clock()
    if (now < this.#triedAt - MIN_AGE) this.#forgetTimes(now)
    const snapshot = this.#snapshot
    if (snapshot && now < snapshot.expiresAt) {
      if (now >= snapshot.refreshAt) this.#updateInBackground(now)
      return this.#find(snapshot, header, now)
    }
    // In an outage that is known nobody waits for another failure.
    if (this.#failure && (this.#isUsable(now) || now < this.#failure.retryAt)) {
      this.#updateInBackground(now)
      return this.#findStale(header, now, this.#failure.error)
    }
    return this.update().then(
      () => this.candidates(header),
      (error: JwtError) => this.#findStale(header, now, error),
    )
  }

  // For a clock that was set back, all that was kept would stay young.
  #forgetTimes(now: number): void {
    this.#triedAt = -Infinity
    this.#failure = undefined
    if (this.#snapshot) this.#snapshot = { ...this.#snapshot, expiresAt: now }
  }

  async preload(): Promise<void> {
    if (!this.#snapshot || this.#settings.clock() >= this.#snapshot.expiresAt) await this.update()
  }

  // One fetch at a time, so that no older answer can overwrite a newer one.
  update(): Promise<void> {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  #updateInBackground(now: number): void {
    if (now >= (this.#failure?.retryAt ?? -Infinity)) this.update().catch(() => {})
  }

  #isUsable(now: number): boolean {
    return this.#snapshot !== undefined && now < this.#snapshot.expiresAt + this.#settings.staleIfError
  }

  #findStale(header: UnverifiedHeader, now: number, error: JwtError): Awaitable<readonly VerificationKey[]> {
    if (!this.#snapshot || !this.#isUsable(now)) throw error
    this.#settings.emit({ type: 'stale', until: this.#snapshot.expiresAt + this.#settings.staleIfError })
    return this.#find(this.#snapshot, header, now)
  }

  #find({ set }: Snapshot, header: UnverifiedHeader, now: number): Awaitable<readonly VerificationKey[]> {
    const found = set.candidates(header)
    if (found.length > 0) return found
    const again = (): readonly VerificationKey[] => this.#snapshot?.set.candidates(header) ?? []
    if (this.#pending) return this.#pending.then(again)
    if (this.#failure) {
      // The key may be new: who knows, while the server is away?
      this.#updateInBackground(now)
      throw this.#failure.error
    }
    const until = this.#triedAt + this.#settings.cooldown
    if (now >= until) return this.update().then(again)
    this.#settings.emit({ type: 'cooldown', until })
    return []
  }

  async #fetch(): Promise<void> {
    const { clock, emit, fetch, timeout } = this.#settings
    if (!this.#snapshot && (await this.#readCache())) return
    this.#triedAt = clock()
    try {
      const url = await this.#locate(this.#failure !== undefined)
      const { document, etag, maxAge } = await fetchJson(
        fetch,
        url,
        timeout,
        url === (this.#url ?? url) ? this.#snapshot?.etag : undefined,
      )
      const old = this.#snapshot?.jwks ?? {}
      const jwks = document ?? old
      const age = Math.min(Math.max(maxAge ?? DEFAULT_AGE, MIN_AGE), MAX_AGE)
      const { size } = this.#keep(jwks, etag, age)
      this.#url = url
      const changed = JSON.stringify(jwks) !== JSON.stringify(old)
      emit({ type: 'fetched', keys: size, changed, expiresAt: clock() + age })
      await this.#writeCache()
    } catch (caught) {
      const message = `the key server answers with what is no JWK Set: ${(caught as Error).message}`
      const error = isJwtError(caught) ? caught : new JwtError('ERR_KEYSET_INVALID', message)
      const count = (this.#failure?.count ?? 0) + 1
      const retryAt = clock() + Math.min(2 ** (count - 1), MAX_BACKOFF)
      this.#failure = { error, count, retryAt }
      emit({ type: 'failed', error, retryAt })
      throw error
    }
  }

  #keep(jwks: JsonObject, etag: string | undefined, age: number): LocalKeySet {
    const now = this.#settings.clock()
    const set = jwks === this.#snapshot?.jwks ? this.#snapshot.set : readForeignKeySet(jwks, MAX_KEYS)
    this.#snapshot = { set, jwks, etag, refreshAt: now + age * (1 - REFRESH_AHEAD), expiresAt: now + age }
    this.#failure = undefined
    return set
  }

  // Tells whether the cache had a set that is fresh.
  async #readCache(): Promise<boolean> {
    const { cache, clock, emit, timeout } = this.#settings
    try {
      const cached = cache && (await inTime(cache.get(), AbortSignal.timeout(timeout * 1000)))
      if (!cached) return false
      const age = Math.min(cached.expiresAt - clock(), MAX_AGE)
      this.#keep({ ...cached.jwks }, cached.etag, age)
      return age > 0
    } catch (error) {
      emit({ type: 'cache-failed', error })
      return false
    }
  }

  async #writeCache(): Promise<void> {
    const { cache, emit, timeout } = this.#settings
    if (!cache || !this.#snapshot) return
    const { jwks, etag, expiresAt } = this.#snapshot
    try {
      const late = AbortSignal.timeout(timeout * 1000)
      await inTime(cache.set({ jwks: jwks as JwkSet & JsonObject, etag, expiresAt }), late)
    } catch (error) {
      emit({ type: 'cache-failed', error })
    }
  }
}
