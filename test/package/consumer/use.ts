import { generateSecret, importPublicKey, isJwtError, signSync, verifySync, type JwtErrorCode } from 'tittle'
import { decode } from 'tittle/decode'
import { authenticate, challenge } from 'tittle/http'
import { createKeySet, type JwkSet } from 'tittle/jwks'
import { verifyJwsSync } from 'tittle/jws'
import { lintToken, type LintFinding } from 'tittle/lint'
import { createSessions, memoryStore, type SessionStore } from 'tittle/session'
import { storeConformance } from 'tittle/session/conformance'
import { postgresStore } from 'tittle/session/postgres'
import { redisStore } from 'tittle/session/redis'
import { sqliteStore } from 'tittle/session/sqlite'

const key = generateSecret('HS256')
const token: string = signSync({ sub: 'alice' }, key, { expiresIn: '15m' })
const { claims } = verifySync(token, key, { algorithms: ['HS256'], issuer: null, audience: null })
const subject: string | undefined = claims.sub
const { payload }: { payload: Uint8Array } = verifyJwsSync(token, key, { algorithms: ['HS256'] })
export const seen: readonly unknown[] = [subject, payload, decode(token).unverified, isJwtError(token)]
if (subject !== 'alice') throw new Error('the claims are not those that were signed')

// @ts-expect-error a policy names its algorithms, its issuer and its audience
export const unchecked = (): unknown => verifySync(token, key, {})

// @ts-expect-error a secret verifies by HMAC alone
export const confused = (): unknown => verifySync(token, key, { algorithms: ['ES256'], issuer: null, audience: null })

export const codeOf = (error: unknown): JwtErrorCode | undefined => (isJwtError(error) ? error.code : undefined)

const jwks: JwkSet = { keys: [] }
export const sources: readonly unknown[] = [createKeySet(jwks), importPublicKey]

const store: SessionStore = memoryStore()
const [signingKey, refreshKey] = [generateSecret('HS256'), generateSecret('HS256')]
const sessions = createSessions({ issuer: 'i', audience: 'a', clientId: 'c', signingKey, refreshKey, store })
export const guard: unknown = authenticate({ verify: sessions.verifyAccess })
export const made: readonly unknown[] = [challenge, storeConformance, postgresStore, redisStore, sqliteStore]
export const findings: readonly LintFinding[] = lintToken(token)
