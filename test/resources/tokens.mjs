// Tokens that cost whoever reads them too early.
import { createHmac } from 'node:crypto'

export const NOW = 1_800_000_000
export const SECRET = Buffer.alloc(32, 'resources')
/** What no one may have read of a payload that is not verified. */
export const MARK = 'read before its signature'
export const MB = 1_000_000

export const encode = (text) => Buffer.from(text).toString('base64url')
export const header = encode('{"alg":"HS256"}')
export const payload = encode(JSON.stringify({ mark: MARK, exp: NOW + 60 }))
const WRONG = 'A'.repeat(43)

export const valid = `${header}.${payload}.${createHmac('sha256', SECRET).update(`${header}.${payload}`).digest('base64url')}`

/** A token that nobody signed, in one piece as it comes from a socket. */
export const token = (head, body = payload, signature = WRONG) => flat(`${head}.${body}.${signature}`)

/** A text that is not made of parts any more. */
export const flat = (text) => Buffer.from(text, 'latin1').toString('latin1')

/** Base64url of so many characters, another one for each number. */
export const filler = (length, i) => `${String(i).padStart(8, '0')}${'A'.repeat(length - 8)}`

/** A header with further members, another one for each number. */
export const headerWith = (json, i, alg = 'HS256') => encode(`{"alg":"${alg}",${json},"i":${i}}`)

/** Arrays within arrays. */
export const nested = (depth) => `"n":${'['.repeat(depth)}${']'.repeat(depth)}`

/** A token of exactly as many characters as are read, whose header is filled up by a function of a length. */
export function longest(fill, i) {
  const room = 16_384 - payload.length - WRONG.length - 2
  const octets = Math.floor((room * 3) / 4) - 60
  return token(headerWith(fill(octets), i))
}
