// What must become of a token, by the README's list alone: slow, plain, and with nothing of the library's.
import { isDeepStrictEqual } from 'node:util'
import type { JwtErrorCode } from 'tittle'
import { MAX_TOKEN_LENGTH, NOW, type Scene, type ScenePolicy } from './scenes.ts'
import { readJson } from './strict-json.ts'

/** What becomes of a token: a code, or what it says. */
export type Verdict =
  { readonly code: JwtErrorCode } | { readonly code: 'accepted'; readonly header: unknown; readonly claims: unknown }

type Members = { readonly [name: string]: unknown }

class Refusal extends Error {
  readonly code: JwtErrorCode

  constructor(code: JwtErrorCode) {
    super(code)
    this.code = code
  }
}

/** The verdict that the README promises. */
export function modelVerdict(token: string, scene: Scene): Verdict {
  try {
    if (token.length > MAX_TOKEN_LENGTH) throw new Refusal('ERR_TOKEN_TOO_LONG')
    const segments = token.split('.')
    const [protectedHeader = '', payload = '', signature = ''] = segments
    if (segments.length !== 3) throw new Refusal('ERR_TOKEN_MALFORMED')
    const header = readObject(protectedHeader)
    judgeHeader(header, scene)
    judgeSignature(header, `${protectedHeader}.${payload}`, signature, scene)
    const claims = readObject(payload)
    // RFC 7519 §5.2: these claims are another token, and none is opened inside another.
    if (has(header, 'cty') && bareType(String(header['cty'])) === 'jwt') throw new Refusal('ERR_TOKEN_MALFORMED')
    judgeClaims(claims, scene.policy)
    return { code: 'accepted', header, claims }
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code }
    throw error
  }
}

/** Tells equal verdicts, of which an acceptance says the same. */
export function isSameVerdict(a: Verdict, b: Verdict): boolean {
  if (a.code !== 'accepted' || b.code !== 'accepted') return a.code === b.code
  return isDeepStrictEqual(a.header, b.header) && isDeepStrictEqual(a.claims, b.claims)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** RFC 4648 §5, sextet by sextet; `undefined` for whatever is not the one spelling of its octets. */
export function readBase64url(text: string): Buffer | undefined {
  const octets: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text) {
    const sextet = ALPHABET.indexOf(letter)
    if (sextet < 0) return undefined
    bits = (bits << 6) | sextet
    held += 6
    if (held < 8) continue
    held -= 8
    octets.push(bits >> held)
    bits &= (1 << held) - 1
  }
  return held < 6 && bits === 0 ? Buffer.from(octets) : undefined
}

function readObject(segment: string): Members {
  const octets = readBase64url(segment)
  const text = octets && readUtf8(octets)
  const read = text === undefined ? undefined : readJson(text)
  if (!read || read.doubts.size > 0) throw new Refusal('ERR_TOKEN_MALFORMED')
  return read.value as Members
}

/** The text of UTF-8 octets, with a byte order mark where there is one; `undefined` where they are none. */
export function readUtf8(octets: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets)
  } catch {
    return undefined
  }
}

const has = (members: Members, name: string): boolean => Object.hasOwn(members, name)

const REGISTERED = 'alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit enc zip'.split(' ')

function judgeHeader(header: Members, { material, policy }: Scene): void {
  if (!has(header, 'alg') || typeof header['alg'] !== 'string') throw new Refusal('ERR_HEADER_INVALID')
  for (const name of ['kid', 'typ', 'cty']) {
    if (has(header, name) && typeof header[name] !== 'string') throw new Refusal('ERR_HEADER_INVALID')
  }
  if (has(header, 'enc')) throw new Refusal('ERR_HEADER_INVALID')
  if (header['alg'] !== material.alg) throw new Refusal('ERR_ALGORITHM')
  const handled = policy.crit ?? []
  const crit: unknown = has(header, 'crit') ? header['crit'] : undefined
  if (has(header, 'crit')) {
    const names: readonly unknown[] = Array.isArray(crit) ? crit : []
    const isFine = (name: unknown): boolean =>
      typeof name === 'string' && has(header, name) && !REGISTERED.includes(name) && handled.includes(name)
    const isDistinct = names.every((name, i) => names.indexOf(name) === i)
    if (names.length === 0 || !isDistinct || !names.every(isFine)) throw new Refusal('ERR_HEADER_CRITICAL')
  }
  // No scene handles b64, so that whoever comes here with one has not said that it is critical.
  if (has(header, 'b64')) throw new Refusal('ERR_HEADER_CRITICAL')
  const wanted = policy.typ === undefined ? [undefined, 'jwt'] : [policy.typ].flat().map(bareType)
  const typ = has(header, 'typ') ? bareType(String(header['typ'])) : undefined
  if (!wanted.includes(typ)) throw new Refusal('ERR_HEADER_TYPE')
}

function bareType(typ: string): string {
  const lower = typ.toLowerCase()
  const rest = lower.startsWith('application/') ? lower.slice('application/'.length) : lower
  return rest.includes('/') ? lower : rest
}

function judgeSignature(header: Members, input: string, signature: string, { keys, given }: Scene): void {
  const kid = has(header, 'kid') ? header['kid'] : undefined
  // A function and a set of one's own choose as they like; these hand out all that they have.
  const fitting =
    given === 'set' || given === 'function'
      ? keys
      : keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid)
  if (fitting.length === 0) throw new Refusal('ERR_KEY_NOT_FOUND')
  const octets = readBase64url(signature)
  if (!octets) throw new Refusal('ERR_TOKEN_MALFORMED')
  const verifies = fitting.some(({ material }) => octets.length === material.size && material.verify(input, octets))
  if (!verifies) throw new Refusal('ERR_SIGNATURE')
}

const LAST_DATE = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

function judgeClaims(claims: Members, policy: ScenePolicy): void {
  for (const name of ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'])
    if (has(claims, name)) judgeType(name, claims[name])
  const { issuer, audience, subject, expiry, maxAge, maxLifetime, requiredClaims = [] } = policy
  const required = [
    ...requiredClaims,
    issuer && 'iss',
    audience && 'aud',
    subject !== undefined && 'sub',
    (expiry !== 'optional' || maxLifetime !== undefined) && 'exp',
    (maxAge !== undefined || maxLifetime !== undefined) && 'iat',
  ]
  if (required.some((name) => name && !has(claims, name))) throw new Refusal('ERR_CLAIM_MISSING')
  if (issuer && !issuer.includes(String(claims['iss']))) throw new Refusal('ERR_CLAIM_VALUE')
  if (audience && ![claims['aud']].flat().some((one) => audience.includes(String(one)))) {
    throw new Refusal('ERR_CLAIM_VALUE')
  }
  if (subject !== undefined && claims['sub'] !== subject) throw new Refusal('ERR_CLAIM_VALUE')
  judgeTimes(claims, policy)
}

function judgeType(name: string, value: unknown): void {
  if (['exp', 'nbf', 'iat'].includes(name)) {
    if (typeof value !== 'number') throw new Refusal('ERR_CLAIM_TYPE')
    if (value < 0 || value > LAST_DATE) throw new Refusal('ERR_CLAIM_VALUE')
    return
  }
  const isList = name === 'aud' && Array.isArray(value) && value.length > 0
  const strings: readonly unknown[] = isList ? value : [value]
  if (!strings.every((one) => typeof one === 'string')) throw new Refusal('ERR_CLAIM_TYPE')
}

function judgeTimes(claims: Members, { clockTolerance, maxAge, maxLifetime }: ScenePolicy): void {
  const tolerance = seconds(clockTolerance ?? 0)
  const date = (name: string): number => (has(claims, name) ? Number(claims[name]) : NaN)
  if (date('exp') + tolerance <= NOW) throw new Refusal('ERR_EXPIRED')
  if (date('nbf') > NOW + tolerance || date('iat') > NOW + tolerance) throw new Refusal('ERR_NOT_YET_VALID')
  if (NOW - date('iat') > seconds(maxAge ?? Infinity) + tolerance) throw new Refusal('ERR_TOO_OLD')
  if (date('exp') - date('iat') > seconds(maxLifetime ?? Infinity)) throw new Refusal('ERR_CLAIM_VALUE')
}

function seconds(duration: number | string): number {
  if (typeof duration === 'number') return duration
  return Number.parseInt(duration, 10) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[duration.slice(-1)] ?? NaN)
}
