import { describe, expectTypeOf, test } from 'vitest'
import { createVerifier, verify, verifySync } from 'tittle'
import type { Jwk, KeySet as CoreKeySet, Signer, UnverifiedHeader, VerificationKey, VerificationKeys } from 'tittle'
import { createKeyRing, createKeySet, createRemoteKeySet, discoverKeySet, importKeyRing } from 'tittle/jwks'
import type {
  CachedKeySet,
  ExportedKeyRing,
  Fetch,
  JwkSet,
  KeyRing,
  KeyRingOptions,
  KeySet,
  KeySetCache,
  KeySetEvent,
  KeyState,
  LocalKeySet,
  PublishedJwks,
  RemoteKeySet,
  RemoteKeySetOptions,
} from 'tittle/jwks'

declare const token: string
declare const jwk: Jwk
declare const key: VerificationKey
declare const local: LocalKeySet
declare const remote: RemoteKeySet
declare const ring: KeyRing
declare const header: UnverifiedHeader

const unchecked = { issuer: null, audience: null } as const

describe('a key set', () => {
  test('is accepted with any allowlist', () => {
    for (const keySet of [local, remote, ring.keySet]) {
      void verify(token, keySet, { algorithms: ['HS256'], ...unchecked })
      void verify(token, keySet, { algorithms: ['ES256', 'RS256', 'ML-DSA-65'], ...unchecked })
      createVerifier(keySet, { algorithms: ['EdDSA'], ...unchecked })
      verifySync(token, keySet, { algorithms: ['PS512'], ...unchecked })
    }
    // @ts-expect-error
    void verify(token, local, { algorithms: ['none'], ...unchecked })
    // @ts-expect-error -- The allowlist is required whatever the keys.
    void verify(token, local, unchecked)
  })

  test('is one of the keys that verify takes, and the type of both entries is the same', () => {
    expectTypeOf<LocalKeySet>().toExtend<VerificationKeys>()
    expectTypeOf<RemoteKeySet>().toExtend<VerificationKeys>()
    expectTypeOf<KeySet>().toEqualTypeOf<CoreKeySet>()
  })

  test('is made of a JWK Set, of keys, of JWKs, or of both', () => {
    expectTypeOf(createKeySet({ keys: [jwk] })).toEqualTypeOf<LocalKeySet>()
    createKeySet([jwk, key])
    createKeySet([] as const)
    // @ts-expect-error
    createKeySet(jwk)
    // @ts-expect-error
    createKeySet()
  })

  test('that is local answers at once, and one that is remote may not', () => {
    expectTypeOf(local.candidates(header)).toEqualTypeOf<readonly VerificationKey[]>()
    expectTypeOf(remote.candidates(header)).toEqualTypeOf<
      readonly VerificationKey[] | Promise<readonly VerificationKey[]>
    >()
    expectTypeOf(local.size).toEqualTypeOf<number>()
    expectTypeOf(remote.preload()).toEqualTypeOf<Promise<void>>()
    expectTypeOf(remote.refresh()).toEqualTypeOf<Promise<void>>()
  })
})

describe('a remote key set', () => {
  test('takes the fetch of the platform, and one that is like it', () => {
    expectTypeOf(globalThis.fetch).toExtend<Fetch>()
    expectTypeOf(discoverKeySet('https://issuer.example', { fetch })).toEqualTypeOf<RemoteKeySet>()
    createRemoteKeySet('https://issuer.example', { fetch: globalThis.fetch })
    createRemoteKeySet('https://issuer.example', { fetch: (url, init) => fetch(url, init) })
    createRemoteKeySet('https://issuer.example', { fetch: async () => new Response('{}') })
    // @ts-expect-error -- It must promise a response.
    createRemoteKeySet('https://issuer.example', { fetch: async () => '{}' })
  })

  test('takes text or a URL object, and durations with their unit', () => {
    createRemoteKeySet(new URL('https://issuer.example'), { timeout: '2s', cooldown: 30, staleIfError: '1h' })
    // @ts-expect-error
    createRemoteKeySet('https://issuer.example', { timeout: '2 s' })
    // @ts-expect-error
    createRemoteKeySet('https://issuer.example', { ttl: 1 })
    // @ts-expect-error -- An issuer is compared to the letter.
    discoverKeySet(new URL('https://issuer.example'))
    expectTypeOf<RemoteKeySetOptions>().toExtend<Parameters<typeof discoverKeySet>[1]>()
  })

  test('tells typed events', () => {
    createRemoteKeySet('https://issuer.example', {
      onEvent(event) {
        if (event.type === 'fetched') expectTypeOf(event.keys).toEqualTypeOf<number>()
        else if (event.type === 'failed') expectTypeOf(event.error.code).toExtend<string>()
        else if (event.type !== 'cache-failed') expectTypeOf(event.until).toEqualTypeOf<number>()
      },
    })
    expectTypeOf<KeySetEvent['type']>().toEqualTypeOf<'fetched' | 'failed' | 'stale' | 'cooldown' | 'cache-failed'>()
  })

  test('keeps JSON in its cache', () => {
    const kept = new Map<string, CachedKeySet>()
    const cache: KeySetCache = {
      get: async () => kept.get('keys'),
      set: async (cached) => void kept.set('keys', cached),
    }
    createRemoteKeySet('https://issuer.example', { cache })
    // @ts-expect-error
    createRemoteKeySet('https://issuer.example', { cache: { get: cache.get } })
    // @ts-expect-error
    createRemoteKeySet('https://issuer.example', { cache: { get: async () => '{}', set: cache.set } })
  })
})

describe('a key ring', () => {
  test('wants an algorithm of key pairs and the lifetime of tokens', () => {
    expectTypeOf(createKeyRing({ algorithm: 'ES256', tokenLifetime: '15m' })).toEqualTypeOf<Promise<KeyRing>>()
    void createKeyRing({ algorithm: 'Ed25519', tokenLifetime: 900, publishAhead: '1h', rotateEvery: null })
    // @ts-expect-error -- A shared secret cannot be published.
    void createKeyRing({ algorithm: 'HS256', tokenLifetime: '15m' })
    // @ts-expect-error
    void createKeyRing({ algorithm: 'ES256' })
    // @ts-expect-error
    void createKeyRing({ tokenLifetime: '15m' })
    // @ts-expect-error -- null would say for ever, and a key would never go.
    void createKeyRing({ algorithm: 'ES256', tokenLifetime: null })
    expectTypeOf<KeyRingOptions<'ES256'>>().toExtend<KeyRingOptions>()
  })

  test('has a signer of tokens that expire', () => {
    expectTypeOf(ring.signer({ expiresIn: '15m', issuer: 'i' })).toEqualTypeOf<Signer>()
    // @ts-expect-error -- expiresIn is required.
    ring.signer({})
    // @ts-expect-error
    ring.signer()
    // @ts-expect-error -- A token that never expires would never let its key go.
    ring.signer({ expiresIn: null })
    // @ts-expect-error
    ring.signer({ expiresIn: undefined })
  })

  test('publishes what a key set is made of, and exports what a ring is', async () => {
    expectTypeOf(ring.publicJwks()).toEqualTypeOf<Promise<PublishedJwks>>()
    const { jwks, cacheControl } = await ring.publicJwks()
    expectTypeOf(jwks).toEqualTypeOf<JwkSet>()
    expectTypeOf(cacheControl).toEqualTypeOf<string>()
    createKeySet(jwks)
    expectTypeOf(ring.export()).toEqualTypeOf<Promise<ExportedKeyRing>>()
    expectTypeOf(importKeyRing(await ring.export(), { algorithm: 'ES256', tokenLifetime: 900 })).toEqualTypeOf<
      Promise<KeyRing>
    >()
    // @ts-expect-error -- What is published has no private keys.
    void importKeyRing(jwks, { algorithm: 'ES256', tokenLifetime: 900 })
  })

  test('tells the state of its keys', () => {
    expectTypeOf<ReturnType<KeyRing['states']>[number]['state']>().toEqualTypeOf<KeyState>()
    expectTypeOf<KeyState>().toEqualTypeOf<'pending' | 'active' | 'retiring' | 'removed'>()
  })
})
