import { describe, expectTypeOf, test } from 'vitest'
import type { JwtClaims, PrivateKey, PublicKey, SecretKey, VerifiedJwt } from 'tittle'
import type { KeyRing, KeySet } from 'tittle/jwks'
import {
  createSessions,
  memoryStore,
  type AccessChecks,
  type AccessClaims,
  type AccessKeys,
  type AccessToken,
  type IssuedTokens,
  type RefreshToken,
  type RotationOutcome,
  type Session,
  type SessionEvent,
  type SessionOptions,
  type Sessions,
  type SessionStore,
} from 'tittle/session'

declare const sessions: Sessions
declare const tokens: IssuedTokens
declare const text: string
declare const secret: SecretKey
declare const privateKey: PrivateKey<'ES256'>
declare const publicKey: PublicKey<'ES256'>
declare const keySet: KeySet
declare const keyRing: KeyRing

const given = { issuer: 'https://issuer.example', audience: 'api', clientId: 'web', refreshKey: secret }

describe('the kinds of token', () => {
  test('are told apart', () => {
    void sessions.verifyAccess(tokens.accessToken)
    void sessions.refresh(tokens.refreshToken)
    void sessions.end(tokens.refreshToken)
    // @ts-expect-error -- a refresh token is not for the API.
    void sessions.verifyAccess(tokens.refreshToken)
    // @ts-expect-error -- nor is an access token for a refresh,
    void sessions.refresh(tokens.accessToken)
    // @ts-expect-error -- or for a log-out.
    void sessions.end(tokens.accessToken)
    expectTypeOf<AccessToken>().not.toExtend<RefreshToken>()
    expectTypeOf<RefreshToken>().not.toExtend<AccessToken>()
  })

  test('are text, and text from a request is taken for either', () => {
    expectTypeOf<AccessToken>().toExtend<string>()
    expectTypeOf<RefreshToken>().toExtend<string>()
    void sessions.verifyAccess(text)
    void sessions.refresh(text)
    void sessions.end(tokens.session.sid)
    // @ts-expect-error
    void sessions.refresh(undefined)
    // @ts-expect-error
    void sessions.verifyAccess(5)
  })
})

describe('what sessions give', () => {
  test('at a start and a refresh', () => {
    expectTypeOf(sessions.start('alice')).toEqualTypeOf<Promise<IssuedTokens>>()
    expectTypeOf(sessions.refresh(text)).toEqualTypeOf<Promise<IssuedTokens>>()
    expectTypeOf(tokens.accessToken).toEqualTypeOf<AccessToken>()
    expectTypeOf(tokens.refreshToken).toEqualTypeOf<RefreshToken>()
    expectTypeOf(tokens.accessExpiresIn).toEqualTypeOf<number>()
    expectTypeOf(tokens.session).toEqualTypeOf<Session>()
    expectTypeOf(tokens.session.claims).toEqualTypeOf<JwtClaims>()
    // @ts-expect-error -- what a row has and a session has not.
    void tokens.session.revokedAt
  })

  test('of an access token', async () => {
    const verified = await sessions.verifyAccess(text)
    expectTypeOf(verified).toEqualTypeOf<VerifiedJwt<AccessClaims>>()
    const { claims } = verified
    expectTypeOf(claims.sub).toEqualTypeOf<string>()
    expectTypeOf(claims.exp).toEqualTypeOf<number>()
    expectTypeOf(claims.client_id).toEqualTypeOf<string>()
    expectTypeOf(claims.sid).toEqualTypeOf<string>()
    expectTypeOf(claims.jti).toEqualTypeOf<string>()
    expectTypeOf(claims.scope).toEqualTypeOf<string | undefined>()
    expectTypeOf(claims.ver).toEqualTypeOf<number | undefined>()
    expectTypeOf(claims['role']).toEqualTypeOf<unknown>()
  })

  test('of the others', () => {
    expectTypeOf(sessions.end(text)).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(sessions.endAll('alice')).toEqualTypeOf<Promise<number>>()
    expectTypeOf(sessions.list('alice')).toEqualTypeOf<Promise<readonly Session[]>>()
    expectTypeOf(sessions.deny('a-token', 5)).toEqualTypeOf<Promise<void>>()
    expectTypeOf(sessions.isDenied('a-token')).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(sessions.consume('a-token', 5)).toEqualTypeOf<Promise<boolean>>()
    // @ts-expect-error
    void sessions.deny('a-token')
  })

  test('is read-only', () => {
    // @ts-expect-error
    tokens.session.subject = 'mallory'
    // @ts-expect-error
    tokens.accessToken = text
    // @ts-expect-error
    sessions.refresh = sessions.refresh
  })
})

describe('what sessions are asked', () => {
  test('at a start', () => {
    interface Claims {
      role: string
    }
    const claims: Claims = { role: 'admin' }
    void sessions.start('alice', { claims, scope: 'read', info: { device: 'phone' } })
    void sessions.start('alice', { claims: undefined, scope: undefined, info: undefined })
    // @ts-expect-error
    void sessions.start()
    // @ts-expect-error
    void sessions.start('alice', { scope: ['read'] })
    // @ts-expect-error
    void sessions.start('alice', { claims: 'admin' })
    // @ts-expect-error
    void sessions.start('alice', { role: 'admin' })
  })

  test('at a check', () => {
    void sessions.verifyAccess(text, { session: 'live', denied: true })
    void sessions.verifyAccess(text, { session: 'stateless' })
    expectTypeOf<AccessChecks>().toEqualTypeOf<{
      readonly session?: 'stateless' | 'live' | undefined
      readonly denied?: boolean | undefined
    }>()
    // @ts-expect-error
    void sessions.verifyAccess(text, { session: 'alive' })
    // @ts-expect-error
    void sessions.verifyAccess(text, { live: true })
  })
})

describe('the keys', () => {
  test('are a secret, a pair, or a ring', () => {
    createSessions({ ...given, signingKey: secret })
    createSessions({ ...given, signingKey: secret, verifyKey: secret })
    createSessions({ ...given, signingKey: secret, verifyKey: [secret] })
    createSessions({ ...given, signingKey: privateKey, verifyKey: publicKey })
    createSessions({ ...given, signingKey: privateKey, verifyKey: [publicKey] })
    createSessions({ ...given, signingKey: privateKey, verifyKey: keySet })
    createSessions({ ...given, keyRing })
    createSessions({ ...given, keyRing, refreshKey: [secret, secret] })
    expectTypeOf<{ readonly keyRing: KeyRing }>().toExtend<AccessKeys>()
  })

  test('and nothing else', () => {
    // @ts-expect-error -- the public half is wanted.
    createSessions({ ...given, signingKey: privateKey })
    // @ts-expect-error
    createSessions({ ...given, signingKey: publicKey, verifyKey: publicKey })
    // @ts-expect-error
    createSessions({ ...given, signingKey: secret, verifyKey: publicKey })
    // @ts-expect-error
    createSessions({ ...given, signingKey: secret, verifyKey: keySet })
    // @ts-expect-error
    createSessions({ ...given, signingKey: privateKey, verifyKey: secret })
    // @ts-expect-error
    createSessions({ ...given, signingKey: privateKey, verifyKey: privateKey })
    // @ts-expect-error
    createSessions({ ...given, keyRing, signingKey: secret })
    // @ts-expect-error
    createSessions(given)
    // @ts-expect-error -- a pair cannot sign refresh tokens.
    createSessions({ ...given, keyRing, refreshKey: privateKey })
    // @ts-expect-error
    createSessions({ ...given, keyRing, refreshKey: 'a secret as text' })
  })
})

describe('the options', () => {
  test('that must be there', () => {
    const { issuer, audience, clientId, refreshKey } = given
    // @ts-expect-error
    createSessions({ audience, clientId, refreshKey, keyRing })
    // @ts-expect-error
    createSessions({ issuer, clientId, refreshKey, keyRing })
    // @ts-expect-error
    createSessions({ issuer, audience, refreshKey, keyRing })
    // @ts-expect-error
    createSessions({ issuer, audience, clientId, keyRing })
  })

  test('have their types', () => {
    createSessions({
      ...given,
      keyRing,
      store: memoryStore(),
      access: { ttl: '1h', long: true },
      refresh: { idle: '7d', absolute: '30d', grace: 10 },
      clockTolerance: 5,
      claims: async (subject, sid) => ({ roles: [subject, sid] }),
      tokenVersion: async (subject) => subject.length,
      onStoreFailure: 'open',
      onEvent: (event) => void event.type,
      now: () => 0,
    })
    // @ts-expect-error -- without its unit.
    createSessions({ ...given, keyRing, access: { ttl: '10' } })
    // @ts-expect-error
    createSessions({ ...given, keyRing, onStoreFailure: 'ignore' })
    // @ts-expect-error
    createSessions({ ...given, keyRing, tokenVersion: () => '1' })
    // @ts-expect-error
    createSessions({ ...given, keyRing, claims: () => 'admin' })
    // @ts-expect-error
    createSessions({ ...given, keyRing, store: new Map() })
    expectTypeOf<SessionOptions['store']>().toEqualTypeOf<SessionStore | undefined>()
  })
})

test('an event is known by its type', () => {
  const log = (event: SessionEvent): void => {
    if (event.type === 'store-failed') expectTypeOf(event.error).toBeUnknown()
    else expectTypeOf(event.session).toEqualTypeOf<Session>()
    if (event.type === 'reused') expectTypeOf(event.generation).toEqualTypeOf<number>()
    // @ts-expect-error -- no event carries a token.
    void event.refreshToken
  }
  expectTypeOf(log).toBeFunction()
  expectTypeOf<SessionEvent['type']>().toEqualTypeOf<
    'started' | 'refreshed' | 'replayed' | 'reused' | 'ended' | 'store-failed'
  >()
  expectTypeOf<RotationOutcome>().toEqualTypeOf<'rotated' | 'repeated' | 'reused' | 'revoked' | 'expired' | 'unknown'>()
})
