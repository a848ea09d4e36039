// The token of a request (RFC 6750 §2), and its scope (RFC 8693 §4.2).
import { JwtError, type JwtClaims, type VerifiedJwt } from './index.ts'
import { headerOf, type RequestOrHeaders } from './http-request.ts'
import { readStrings } from './options.ts'

// credentials = "Bearer" 1*SP b64token, of which the scheme ignores case (RFC 9110 §11.1).
const CREDENTIALS = /^bearer +([\w.~+/-]+=*)$/i

/**
 * Reads the bearer token of the `Authorization` header; never one from the body or the query string, which are logged.
 *
 * @throws JwtError `ERR_TOKEN_MISSING` where there is none, `ERR_REQUEST_INVALID` where it has another form or comes twice
 * @example
 * const token = bearerToken(new Headers({ authorization: 'Bearer e30.e30.c2ln' }))
 * console.log(token) // e30.e30.c2ln
 */
export function bearerToken(request: RequestOrHeaders): string {
  const authorization = headerOf(request, 'authorization')
  if (authorization === undefined || !/^bearer(?: |$)/i.test(authorization)) {
    throw new JwtError('ERR_TOKEN_MISSING', 'the request has no bearer token; send Authorization: Bearer <token>')
  }
  const [, token] = CREDENTIALS.exec(authorization) ?? []
  if (token !== undefined) return token
  throw new JwtError('ERR_REQUEST_INVALID', 'the Authorization header is not "Bearer" and one token')
}

/**
 * Requires that a verified token has all of the scopes, in its claim `scope`.
 *
 * @throws JwtError `ERR_SCOPE`
 * @throws TypeError where no scope is named, or one that is none: each is an argument of its own
 * @example
 * const key = generateSecret('HS256')
 * const token = await sign({ scope: 'orders:read orders:write' }, key, { expiresIn: '10m' })
 * requireScope(await verify(token, key, { algorithms: ['HS256'], issuer: null, audience: null }), 'orders:read')
 */
export function requireScope(verified: VerifiedJwt<JwtClaims>, ...scopes: readonly [string, ...string[]]): void {
  readScopes('requireScope: scopes', scopes)
  const { claims } = verified
  const scope = Object.hasOwn(claims, 'scope') ? claims['scope'] : undefined
  const granted = typeof scope === 'string' ? scope.split(' ') : []
  const [missing] = scopes.filter((wanted) => !granted.includes(wanted))
  if (missing !== undefined) throw new JwtError('ERR_SCOPE', `the token lacks the scope "${missing}"`, 'scope')
}

/** Reads names of scopes (RFC 6749 §3.3), of which several in one text would never be granted. */
export function readScopes(label: string, value: unknown): readonly string[] {
  const scopes = readStrings(label, value)
  if (scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) return scopes
  throw new TypeError(`${label} must be names of scopes, each for itself, without spaces, quotes and backslashes`)
}
