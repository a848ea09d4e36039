// Sessions: access and refresh tokens, rotation and revocation.
export type { AccessChecks } from './access.ts'
export type { SessionEvent } from './events.ts'
export type { IssuedTokens, StartOptions } from './lifecycle.ts'
export { memoryStore, type MemoryStoreOptions } from './memory.ts'
export type { Session } from './session.ts'
export { createSessions, type Sessions } from './sessions.ts'
export type { AccessKeys, AccessOptions, RefreshOptions, SessionOptions, SessionSettings } from './settings.ts'
export {
  isOver,
  rotatedRow,
  rotationOutcome,
  type Rotated,
  type Rotation,
  type RotationOutcome,
  type SessionRow,
  type SessionStore,
} from './store.ts'
export type { AccessClaims, AccessToken, RefreshToken } from './tokens.ts'
