// A session from its start to its end.
import { isJwtError, JwtError, type JwtClaims } from '../index.ts'
import { readOptions, readString, readText } from '../options.ts'
import type { SessionEvent } from './events.ts'
import { secretClaims } from './hygiene.ts'
import type { Outside } from './outside.ts'
import {
  jsonCopy,
  readName,
  sessionExpired,
  sessionOf,
  sessionRevoked,
  toSession,
  type Session,
  type SessionData,
} from './session.ts'
import type { SessionRules } from './settings.ts'
import type { SessionRow } from './store.ts'
import { RESERVED_CLAIMS, type AccessToken, type RefreshToken, type SessionTokens } from './tokens.ts'

/** What a session begins with. */
export interface StartOptions {
  /** Claims that every access token of the session carries. Those of RFC 9068 are the session's own to set. */
  readonly claims?: object | undefined
  /** `scope` (RFC 8693 §4.2): names with a space between them. */
  readonly scope?: string | undefined
  /** What only the server sees, as JSON: the name of the device, say. */
  readonly info?: { readonly [name: string]: unknown } | undefined
}

/** What `start` and `refresh` give: for the client, but for `session`. */
export interface IssuedTokens {
  readonly accessToken: AccessToken
  /** Seconds for which the access token is good. */
  readonly accessExpiresIn: number
  readonly refreshToken: RefreshToken
  /** Seconds within which the refresh token has to be used. */
  readonly refreshExpiresIn: number
  readonly session: Session
}

/** Starts, refreshes, ends and lists sessions. */
export class Lifecycle {
  readonly #rules: SessionRules
  readonly #tokens: SessionTokens
  readonly #outside: Outside
  readonly #emit: (event: SessionEvent) => void

  constructor(rules: SessionRules, tokens: SessionTokens, outside: Outside, emit: (event: SessionEvent) => void) {
    this.#rules = rules
    this.#tokens = tokens
    this.#outside = outside
    this.#emit = emit
  }

  async start(subject: string, options: StartOptions = {}): Promise<IssuedTokens> {
    readName('start: the subject', subject)
    const data = await this.#dataOf(subject, readOptions('start', options, ['claims', 'scope', 'info']))
    const { clock, idle, absolute } = this.#rules
    const now = clock()
    const row: SessionRow = {
      sid: crypto.randomUUID(),
      subject,
      generation: 0,
      createdAt: now,
      rotatedAt: now,
      idleExpiresAt: now + idle,
      expiresAt: now + absolute,
      revokedAt: null,
      data: JSON.stringify(data),
    }
    // Signed before it is kept: claims that cannot be signed leave nothing behind.
    const further = await this.#furtherClaims(subject, row.sid)
    const issued = await this.#issue(sessionOf(row, data), data.version, further)
    await this.#outside.create(row)
    this.#emit({ type: 'started', session: issued.session })
    return issued
  }

  async #dataOf(subject: string, { claims = {}, scope, info }: StartOptions): Promise<SessionData> {
    // Read before anything is waited for: what the caller does with the objects then is another session's.
    const data = {
      claims: this.#readClaims('start: claims', claims),
      scope: readScope('start: scope', scope),
      info: info === undefined ? undefined : jsonCopy('start: info', info),
    }
    return { ...data, version: await this.#outside.versionOf(subject) }
  }

  async refresh(refreshToken: RefreshToken): Promise<IssuedTokens> {
    const { subject, sid, generation } = await this.#tokens.verifyRefresh(refreshToken)
    const { idle, grace } = this.#rules
    // Asked before the token is used up, so that a failure costs nothing.
    const current = await this.#outside.versionOf(subject)
    const further = await this.#furtherClaims(subject, sid)
    const { outcome, row } = await this.#outside.rotate({ sid, generation, idle, grace })
    if (row && outcome === 'reused') throw this.#reused(row, generation)
    if (outcome === 'expired') throw sessionExpired()
    // Whatever else a store may say, only these two words are a yes.
    if (!row || (outcome !== 'rotated' && outcome !== 'repeated')) throw sessionRevoked()
    const { session, version } = toSession(row)
    if (version !== current) {
      await this.end(sid)
      throw sessionRevoked()
    }
    const issued = await this.#issue(session, version, further)
    this.#emit({ type: outcome === 'rotated' ? 'refreshed' : 'replayed', session })
    return issued
  }

  #reused(row: SessionRow, generation: number): JwtError {
    this.#emit({ type: 'reused', session: toSession(row).session, generation })
    return new JwtError('ERR_SESSION_REUSED', 'a refresh token was used again; the session is revoked, log in again')
  }

  async #furtherClaims(subject: string, sid: string): Promise<JwtClaims> {
    return this.#readClaims('claims()', await this.#outside.claimsOf(subject, sid))
  }

  async #issue(session: Session, version: number | undefined, further: JwtClaims): Promise<IssuedTokens> {
    const { ttl, clock } = this.#rules
    return {
      accessToken: await this.#tokens.signAccess(session, { ...session.claims, ...further }, version),
      accessExpiresIn: ttl,
      refreshToken: await this.#tokens.signRefresh(session),
      refreshExpiresIn: Math.ceil(session.idleExpiresAt - clock()),
      session,
    }
  }

  async end(refreshTokenOrSid: string): Promise<boolean> {
    readText('end: the refresh token or sid', refreshTokenOrSid)
    // No sid has a dot, and no token has none. What is neither is not worth a look.
    if (!/[.]|^[\w-]{1,64}$/.test(refreshTokenOrSid)) return false
    const sid = refreshTokenOrSid.includes('.') ? await this.#sidOf(refreshTokenOrSid) : refreshTokenOrSid
    const row = sid === undefined ? undefined : await this.#outside.revoke(sid)
    if (row) this.#emit({ type: 'ended', session: toSession(row).session })
    return row !== undefined
  }

  async #sidOf(refreshToken: RefreshToken): Promise<string | undefined> {
    try {
      return (await this.#tokens.verifyRefresh(refreshToken)).sid
    } catch (error) {
      // A session that has expired is over: who logs out has what they want.
      if (isJwtError(error) && error.code === 'ERR_SESSION_EXPIRED') return undefined
      throw error
    }
  }

  async endAll(subject: string): Promise<number> {
    const rows = await this.#outside.revokeAll(readName('endAll: the subject', subject))
    for (const row of rows) this.#emit({ type: 'ended', session: toSession(row).session })
    return rows.length
  }

  async list(subject: string): Promise<readonly Session[]> {
    const rows = await this.#outside.list(readName('list: the subject', subject))
    return rows.map((row) => toSession(row).session)
  }

  #readClaims(label: string, given: unknown): JwtClaims {
    const claims: JwtClaims = jsonCopy(label, given)
    const taken = Object.keys(claims).find((claim) => RESERVED_CLAIMS.includes(claim))
    if (taken !== undefined) throw new TypeError(`${label}: the claim "${taken}" is set by the session itself`)
    const [secret] = secretClaims(claims, this.#rules.allowClaims)
    if (!secret) return claims
    throw new TypeError(
      `${label}: the claim "${secret.path}" looks like a secret (${secret.kind}), and whoever holds a token can read it; leave it out, or name it in allowClaims`,
    )
  }
}

// RFC 6749 §3.3.
function readScope(label: string, scope: unknown): string | undefined {
  const text = readString(label, scope)
  if (text === undefined || /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/.test(text)) return text
  throw new TypeError(
    `${label} must be names of printable ASCII, without quotes and backslashes, and one space between`,
  )
}
