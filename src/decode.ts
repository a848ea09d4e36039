// Reading a token without trusting it: for browsers, people and logs. May reach floors 0 and 1 only.
import { decodeWithAtob, isBase64url } from './base64url.ts'
import { JwtError } from './errors.ts'
import { parseJsonObject, type JsonObject } from './json.ts'
import { systemClock } from './time.ts'

/** What a token says of itself, unchecked. */
export interface DecodedJwt {
  readonly unverified: { readonly header: JsonObject; readonly claims: JsonObject }
}

/**
 * Reads a token's header and claims, strictly, without verifying anything.
 *
 * Whoever made the token chose its words: show them, never decide by them.
 *
 * @throws JwtError `ERR_TOKEN_MALFORMED`
 * @example
 * const { unverified } = decode('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln')
 * console.log(unverified.claims['sub']) // alice
 */
export function decode(token: string): DecodedJwt {
  const text = typeof token === 'string' ? token : ''
  // Where the second and the third segment begin.
  const second = text.indexOf('.') + 1
  const third = text.indexOf('.', second) + 1
  const header = parseJsonObject(decodeWithAtob(text.slice(0, second - 1)))
  const claims = parseJsonObject(decodeWithAtob(text.slice(second, third - 1)))
  if (!(third && header && claims && isBase64url(text.slice(third)))) {
    throw new JwtError('ERR_TOKEN_MALFORMED', 'not a strict JWT')
  }
  return { unverified: { header, claims } }
}

/**
 * Seconds until a token's `exp`, by `now` in seconds since 1970; `NaN`, which no comparison accepts, without one.
 *
 * @throws JwtError `ERR_TOKEN_MALFORMED`
 * @example
 * const token = 'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjkwMH0.c2ln'
 * console.log(secondsUntilExpiry(token, 600)) // 300
 */
export function secondsUntilExpiry(token: string, now: number = systemClock()): number {
  const { exp }: JsonObject = { __proto__: null, ...decode(token).unverified.claims }
  return typeof exp === 'number' ? exp - now : NaN
}
