// Key sets: at hand, on a server, and one's own (RFC 7517 §5).
export type { KeySet } from './candidates.ts'
export type { Fetch, FetchReader, FetchResponse } from './jwks-fetch.ts'
export { discoverKeySet } from './jwks-discovery.ts'
export { createKeySet, type JwkSet, type LocalKeySet } from './jwks-local.ts'
export { createRemoteKeySet, type RemoteKeySet } from './jwks-remote.ts'
export type { CachedKeySet, KeySetCache, KeySetEvent, RemoteKeySetOptions } from './jwks-settings.ts'
export {
  createKeyRing,
  importKeyRing,
  type ExportedKeyRing,
  type KeyRing,
  type KeyRingOptions,
  type KeyState,
  type PublishedJwks,
} from './jwks-ring.ts'
