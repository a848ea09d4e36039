// Sessions: log-in, access, refresh, rotation, reuse, log-out and revocation.
import type { VerifiedJwt } from '../index.ts'
import { Access, type AccessChecks } from './access.ts'
import { emitter } from './events.ts'
import { Lifecycle, type IssuedTokens, type StartOptions } from './lifecycle.ts'
import { outside } from './outside.ts'
import type { Session } from './session.ts'
import { sessionRules, type SessionOptions } from './settings.ts'
import { sessionTokens, type AccessClaims, type AccessToken, type RefreshToken } from './tokens.ts'

/**
 * Log-ins of an issuer's, from `start` to `end`.
 *
 * Whatever needs the store throws a JwtError `ERR_STORE_UNAVAILABLE` where that fails or takes too long. Access tokens
 * stay good until they expire, wherever they are verified without a look at the session.
 */
export interface Sessions {
  /** Starts a session, once the subject has proved who it is. A claim that looks like a secret is a TypeError. */
  readonly start: (subject: string, options?: StartOptions) => Promise<IssuedTokens>
  /**
   * Gives the successor of a refresh token, in one round trip to the store; a forged token makes none.
   * Again within the grace, it gives the very same refresh token and a fresh access token. Later, or for an older
   * token, it revokes the session: the token or its successor was stolen.
   * @throws JwtError `ERR_SESSION_REUSED`, `ERR_SESSION_REVOKED`, `ERR_SESSION_EXPIRED`, or those of `verify`
   */
  readonly refresh: (refreshToken: RefreshToken) => Promise<IssuedTokens>
  /** Ends a session by its id or by any of its refresh tokens, which must be genuine; tells whether it was still on. */
  readonly end: (refreshTokenOrSid: RefreshToken) => Promise<boolean>
  /** Ends all sessions of a subject: log-out everywhere. Gives their number. */
  readonly endAll: (subject: string) => Promise<number>
  /** The sessions of a subject that are on, oldest first. */
  readonly list: (subject: string) => Promise<readonly Session[]>
  /**
   * Verifies an access token, by RFC 9068 §4, without the store unless it is told to ask.
   * @throws JwtError those of `verify`; with checks, `ERR_SESSION_REVOKED` and `ERR_SESSION_EXPIRED`
   */
  readonly verifyAccess: (token: AccessToken, checks?: AccessChecks) => Promise<VerifiedJwt<AccessClaims>>
  /** Denies one access token, by its `jti` and `exp`; kept until it would have expired anyway. One round trip. */
  readonly deny: (jti: string, exp: number) => Promise<void>
  /** Tells whether a token was denied. One round trip. */
  readonly isDenied: (jti: string) => Promise<boolean>
  /** True the first time, and false ever after: for tokens that are good once, as for a new password. One round trip. */
  readonly consume: (jti: string, exp: number) => Promise<boolean>
}

/**
 * Makes sessions: short-lived access tokens, and refresh tokens that are replaced at each use.
 *
 * @throws TypeError where an option is wrong
 * @example
 * const { privateKey, publicKey } = await generateKeyPair('ES256')
 * const sessions = createSessions({
 *   issuer: 'https://issuer.example', audience: 'api', clientId: 'web',
 *   signingKey: privateKey, verifyKey: publicKey, refreshKey: generateSecret('HS256'),
 * })
 * const { accessToken, refreshToken } = await sessions.start('alice', { claims: { role: 'admin' } })
 * const { claims } = await sessions.verifyAccess(accessToken)
 * await sessions.end((await sessions.refresh(refreshToken)).refreshToken)
 */
export function createSessions(options: SessionOptions): Sessions {
  const rules = sessionRules(options)
  const emit = emitter(rules.onEvent)
  const tokens = sessionTokens(rules)
  const asked = outside(rules, emit)
  const lifecycle = new Lifecycle(rules, tokens, asked, emit)
  const access = new Access(rules, tokens, asked)
  return Object.freeze<Sessions>({
    start: (subject, start) => lifecycle.start(subject, start),
    refresh: (refreshToken) => lifecycle.refresh(refreshToken),
    end: (refreshTokenOrSid) => lifecycle.end(refreshTokenOrSid),
    endAll: (subject) => lifecycle.endAll(subject),
    list: (subject) => lifecycle.list(subject),
    verifyAccess: (token, checks) => access.verify(token, checks),
    deny: (jti, exp) => access.deny(jti, exp),
    isDenied: (jti) => access.isDenied(jti),
    consume: (jti, exp) => access.consume(jti, exp),
  })
}
