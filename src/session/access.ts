// Access tokens after the signature: the looks at what may have been revoked since.
import { isJwtError, type VerifiedJwt } from '../index.ts'
import { readOptions } from '../options.ts'
import { isNumericDate } from '../time.ts'
import type { Outside } from './outside.ts'
import { readName, sessionExpired, sessionRevoked } from './session.ts'
import type { SessionRules } from './settings.ts'
import { isOver } from './store.ts'
import type { AccessClaims, AccessToken, SessionTokens } from './tokens.ts'

/** What `verifyAccess` looks at beside the token; each costs a round trip to the store. */
export interface AccessChecks {
  /** `'live'` looks the session up, so that a log-out counts at once; `'stateless'`, the default, does not. */
  readonly session?: 'stateless' | 'live' | undefined
  /** Whether the token's `jti` is looked up in the deny list: `false` by default. */
  readonly denied?: boolean | undefined
}

// For so long a consumed id is kept beyond its time: a store whose clock is ahead, or that gets two calls only after
// that time, must not say yes to both.
const MARGIN = 600

/** Verifies access tokens, and keeps the lists of those that are no longer good. */
export class Access {
  readonly #rules: SessionRules
  readonly #tokens: SessionTokens
  readonly #outside: Outside

  constructor(rules: SessionRules, tokens: SessionTokens, outside: Outside) {
    this.#rules = rules
    this.#tokens = tokens
    this.#outside = outside
  }

  async verify(token: AccessToken, checks: AccessChecks = {}): Promise<VerifiedJwt<AccessClaims>> {
    const { session = 'stateless', denied = false } = readOptions('verifyAccess', checks, ['session', 'denied'])
    if (session !== 'stateless' && session !== 'live') {
      throw new TypeError("verifyAccess: session must be 'stateless' or 'live'")
    }
    if (typeof denied !== 'boolean') throw new TypeError('verifyAccess: denied must be true or false')
    const verified = await this.#tokens.verifyAccess(token)
    const { claims } = verified
    await this.#tolerating(() => this.#checkVersion(claims))
    if (session === 'live') await this.#tolerating(() => this.#checkSession(claims))
    if (denied) await this.#tolerating(() => this.#checkDenied(claims))
    return verified
  }

  // Each check for itself: that one cannot be made excuses none of the others.
  async #tolerating(check: () => Promise<void>): Promise<void> {
    try {
      await check()
    } catch (error) {
      if (!this.#rules.failsOpen || !isJwtError(error) || error.code !== 'ERR_STORE_UNAVAILABLE') throw error
    }
  }

  async #checkVersion(claims: AccessClaims): Promise<void> {
    if (!this.#rules.tokenVersion) return
    const ver = Object.hasOwn(claims, 'ver') ? claims.ver : undefined
    if ((await this.#outside.versionOf(claims.sub)) !== ver) throw sessionRevoked()
  }

  async #checkSession({ sid, sub }: AccessClaims): Promise<void> {
    const row = await this.#outside.find(sid)
    if (!row || row.revokedAt !== null || row.subject !== sub) throw sessionRevoked()
    if (isOver(row, this.#rules.clock())) throw sessionExpired()
  }

  async #checkDenied({ jti }: AccessClaims): Promise<void> {
    if (await this.isDenied(jti)) throw sessionRevoked()
  }

  async deny(jti: string, exp: number): Promise<void> {
    const until = this.#untilOf('deny', jti, exp)
    if (until > this.#rules.clock()) await this.#outside.deny(jti, until)
  }

  async isDenied(jti: string): Promise<boolean> {
    return this.#outside.isDenied(readName('isDenied: jti', jti))
  }

  async consume(jti: string, exp: number): Promise<boolean> {
    const until = this.#untilOf('consume', jti, exp)
    return until > this.#rules.clock() && this.#outside.consume(jti, until + MARGIN)
  }

  #untilOf(step: string, jti: string, exp: number): number {
    readName(`${step}: jti`, jti)
    if (!isNumericDate(exp)) throw new TypeError(`${step}: exp must be in seconds since 1970, as the claim "exp" is`)
    return exp + this.#rules.tolerance
  }
}
