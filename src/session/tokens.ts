// The two kinds of token of a session: access tokens (RFC 9068) and refresh tokens, each of its own type and key.
import {
  createSigner,
  createVerifier,
  isJwtError,
  thumbprint,
  type JwtClaims,
  type Key,
  type SchemaResult,
  type SecretKey,
  type Signer,
  type StandardSchema,
  type VerifiedJwt,
} from '../index.ts'
import type { KeySet } from '../jwks.ts'
import { sessionExpired, type Session } from './session.ts'
import { sameKey, type SessionRules } from './settings.ts'

declare const kind: unique symbol

/** An access token: good for the API, for minutes. A plain string is taken for one, a {@link RefreshToken} is not. */
export type AccessToken = string & { readonly [kind]?: 'access' }

/** A refresh token: good for its successor, once. A plain string is taken for one, an {@link AccessToken} is not. */
export type RefreshToken = string & { readonly [kind]?: 'refresh' }

/** The claims of an access token, by RFC 9068 §2.2. */
export interface AccessClaims extends JwtClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly exp: number
  readonly iat: number
  readonly jti: string
  readonly client_id: string
  /** The session. */
  readonly sid: string
  readonly scope?: string
  /** The version of the subject's tokens, where the sessions have a `tokenVersion`. */
  readonly ver?: number
}

/** What a refresh token says. */
export interface RefreshClaims {
  readonly subject: string
  readonly sid: string
  readonly generation: number
}

/** Makes and reads both kinds of token. */
export interface SessionTokens {
  readonly signAccess: (session: Session, claims: object, version: number | undefined) => Promise<AccessToken>
  /** The same text each time for the same generation. */
  readonly signRefresh: (session: Session) => Promise<RefreshToken>
  readonly verifyAccess: (token: AccessToken) => Promise<VerifiedJwt<AccessClaims>>
  readonly verifyRefresh: (token: RefreshToken) => Promise<RefreshClaims>
}

/** Claims that callers cannot set: the token's own. */
export const RESERVED_CLAIMS: readonly string[] = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
  'sid',
  'scope',
  'ver',
]

// The most characters that verify() takes.
const LONGEST_TOKEN = 16_384

// What `iat` of a refresh token, which may be the store's time, may differ from the time here. When the session ends
// is for the store to say, so that nothing is lost by it.
const REFRESH_TOLERANCE = 300

/** Makes the signers and verifiers of both kinds. */
export function sessionTokens(rules: SessionRules): SessionTokens {
  const { issuer, clientId } = rules
  const accessSigner = accessSignerOf(rules)
  const accessVerifier = createVerifier(rules.verifyKeys, {
    algorithms: rules.algorithms,
    issuer,
    audience: rules.audience,
    typ: 'at+jwt',
    requiredClaims: ['sub', 'iat', 'jti'],
    schema: accessSchema,
    clockTolerance: rules.tolerance,
    now: rules.clock,
  })
  const [refreshKey] = rules.refreshKeys
  const refreshSigner = createSigner(refreshKey, { issuer, audience: issuer, typ: 'rt+jwt' })
  let apart: Promise<void> | undefined
  const refreshVerifier = createVerifier(rules.refreshKeys, {
    algorithms: [...new Set(rules.refreshKeys.map(({ alg }) => alg))],
    issuer,
    audience: issuer,
    typ: 'rt+jwt',
    schema: refreshSchemaOf(clientId),
    clockTolerance: REFRESH_TOLERANCE,
    now: rules.clock,
  })
  return {
    signAccess: async ({ subject, sid, scope }, claims, version) => {
      const own = { sub: subject, client_id: clientId, sid }
      const further = { ...(scope !== undefined && { scope }), ...(version !== undefined && { ver: version }) }
      const token = await accessSigner.sign({ ...claims, ...own, ...further })
      if (token.length <= LONGEST_TOKEN) return token
      throw new TypeError(`an access token of more than ${LONGEST_TOKEN} characters verifies nowhere; use fewer claims`)
    },
    signRefresh: async ({ subject: sub, sid, generation: gen, rotatedAt, expiresAt }) => {
      await (apart ??= assertApart(rules))
      const times = { iat: Math.floor(rotatedAt), exp: Math.floor(expiresAt) }
      // HMAC has one signature for a text, and nothing in it is random or of this moment.
      return refreshSigner.sign({ sub, client_id: clientId, sid, gen, ...times })
    },
    verifyAccess: (token) => accessVerifier.verify(token),
    verifyRefresh: async (token) => (await refreshVerifier.verify(token).catch(toSessionExpired)).claims,
  }
}

function accessSignerOf({ issuer, audience: [first = '', ...more], clock, ttl, signer }: SessionRules): Signer {
  const audience = more.length > 0 ? [first, ...more] : first
  return signer({ issuer, audience, typ: 'at+jwt', jti: true, expiresIn: ttl, now: clock })
}

// One secret that was imported twice is two keys, of one thumbprint (RFC 7638).
async function assertApart({ verifyKeys, refreshKeys }: SessionRules): Promise<void> {
  const accessSecrets = isList(verifyKeys) ? verifyKeys.filter(isSecret) : []
  const taken = await Promise.all(accessSecrets.map((key) => thumbprint(key)))
  const own = await Promise.all(refreshKeys.map((key) => thumbprint(key)))
  if (own.some((print) => taken.includes(print))) throw sameKey()
}

const isList = <T>(keys: readonly T[] | KeySet): keys is readonly T[] => Array.isArray(keys)

const isSecret = (key: Key): key is SecretKey => key.role === 'secret'

function toSessionExpired(error: unknown): never {
  if (!isJwtError(error) || error.code !== 'ERR_EXPIRED') throw error
  throw sessionExpired()
}

const isText = (value: unknown): boolean => typeof value === 'string'

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

const accessSchema = schemaOf(
  {
    client_id: isText,
    sid: isText,
    scope: (scope) => scope === undefined || isText(scope),
    ver: (version) => version === undefined || isCount(version),
  },
  (claims) => claims as AccessClaims,
)

// RFC 6749 §10.4: a refresh token is good for the client that it was issued to, though others share key and store.
const refreshSchemaOf = (clientId: string): StandardSchema<RefreshClaims> =>
  schemaOf({ client_id: (id) => id === clientId, sub: isText, sid: isText, gen: isCount }, ({ sub, sid, gen }) => ({
    subject: String(sub),
    sid: String(sid),
    generation: Number(gen),
  }))

function schemaOf<T>(
  checks: { readonly [claim: string]: (value: unknown) => boolean },
  toOutput: (claims: JwtClaims) => T,
): StandardSchema<T> {
  const validate = (value: unknown): SchemaResult<T> => {
    const claims = value as JwtClaims
    const wrong = Object.keys(checks).filter(
      (claim) => !checks[claim]?.(Object.hasOwn(claims, claim) ? claims[claim] : undefined),
    )
    if (wrong.length === 0) return { value: toOutput(claims) }
    return { issues: wrong.map((claim) => ({ message: 'of the wrong type', path: [claim] })) }
  }
  return { '~standard': { version: 1, vendor: 'tittle', validate } }
}
