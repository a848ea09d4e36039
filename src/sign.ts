// Creating JSON Web Tokens (RFC 7519 §7.1).
import { encodeBase64url, fromBytes } from './base64url.ts'
import { typeFailures, type RegisteredClaims } from './claims.ts'
import { seal, sealSync, writeHeader, type Unsigned } from './compact.ts'
import { randomBytes } from './crypto/index.ts'
import { isNested } from './header.ts'
import { ownMember, stringifyJsonObject, type JsonObject } from './json.ts'
import { handleOf, type SigningKey } from './key.ts'
import { isPlainObject, isSame, readOptions, readString, readStrings } from './options.ts'
import { isNumericDate, toClock, toSeconds, type Clock, type Duration } from './time.ts'

/** What goes into a token beside its claims. Durations are seconds, or have their unit: `'15m'`. */
export interface SignOptions {
  /** `iss`. */
  readonly issuer?: string | undefined
  /** `aud`. */
  readonly audience?: string | readonly string[] | undefined
  /** `sub`. */
  readonly subject?: string | undefined
  /** `exp`, from `iat` on; `null` says in writing that the token never expires. Required where the claims have no `exp`. */
  readonly expiresIn?: Duration | null | undefined
  /** `nbf`, from `iat` on. */
  readonly notBefore?: Duration | undefined
  /** `jti`; `true` makes a random one of 128 bits. */
  readonly jti?: string | true | undefined
  /** The header's `typ`: `'JWT'` by default, none for `null`. */
  readonly typ?: string | null | undefined
  /** The header's `kid`: the key's by default, none for `null`. */
  readonly kid?: string | null | undefined
  /** Further header parameters. */
  readonly header?: { readonly [name: string]: unknown } | undefined
  /** The clock, in seconds since 1970; for tests. */
  readonly now?: Clock | undefined
}

const MEMBERS = [
  'issuer',
  'audience',
  'subject',
  'expiresIn',
  'notBefore',
  'jti',
  'typ',
  'kid',
  'header',
  'now',
] as const satisfies readonly (keyof SignOptions)[]

/** What the options must say of the expiry, where the claims do not. */
export type ExpiryOption<C> = C extends { readonly exp: number } ? unknown : { readonly expiresIn: Duration | null }

/** A key with sign options, checked and frozen. */
export interface Signer<C = object> {
  /** Signs claims. */
  readonly sign: <const T extends C>(claims: T & RegisteredClaims) => Promise<string>
  /** Signs claims at once; only where node:crypto is there. */
  readonly signSync: <const T extends C>(claims: T & RegisteredClaims) => string
}

/**
 * Signs claims as a JWT. `iat` is always set: to the clock, or as the claims have it.
 *
 * @throws TypeError where the key cannot sign, an option is wrong, a claim is given twice with different values,
 * has the wrong type, or is one that JSON would drop or change
 * @example
 * const { privateKey } = await generateKeyPair('ES256')
 * const token = await sign({ sub: 'alice', role: 'admin' }, privateKey, { issuer: 'https://issuer.example', expiresIn: '15m' })
 * console.log(token.split('.').length) // 3
 */
export async function sign<const C extends object>(
  claims: C & RegisteredClaims,
  key: SigningKey,
  options: SignOptions & ExpiryOption<C>,
): Promise<string> {
  return makeSigner(key, options).sign(claims)
}

/**
 * Signs as {@link sign} does, at once; only where node:crypto is there.
 *
 * @throws TypeError as {@link sign}, and on platforms that have WebCrypto alone
 */
export function signSync<const C extends object>(
  claims: C & RegisteredClaims,
  key: SigningKey,
  options: SignOptions & ExpiryOption<C>,
): string {
  return makeSigner(key, options).signSync(claims)
}

/**
 * Makes a signer of a key and options, which are checked here, once.
 *
 * @throws TypeError where the key cannot sign or an option is wrong
 * @example
 * const { sign } = createSigner(generateSecret('HS256'), { issuer: 'https://issuer.example', expiresIn: '15m', jti: true })
 * const token = await sign({ sub: 'alice' })
 */
export function createSigner(key: SigningKey, options: SignOptions & { readonly expiresIn: Duration | null }): Signer
export function createSigner(
  key: SigningKey,
  options: SignOptions & { readonly expiresIn?: undefined },
): Signer<{ readonly exp: number }>
export function createSigner(key: SigningKey, options: SignOptions): Signer {
  return makeSigner(key, options)
}

/** Checked options. */
interface Rules {
  readonly header: string
  readonly fixed: readonly (readonly [claim: string, option: string, value: unknown])[]
  readonly randomId: boolean
  readonly lifetime: number | null | undefined
  readonly delay: number | undefined
  readonly clock: Clock
}

function makeSigner(key: SigningKey, options: SignOptions): Signer {
  handleOf('the key', key, 'sign')
  const rules = readRules(key, readOptions('sign', options, MEMBERS))
  return Object.freeze<Signer>({
    sign: async (claims) => seal(toUnsigned(claims, rules), key),
    signSync: (claims) => sealSync(toUnsigned(claims, rules), key),
  })
}

function readRules(key: SigningKey, options: SignOptions): Rules {
  const { typ = 'JWT', kid = key.kid, header = {}, jti, expiresIn, notBefore } = options
  if (!isPlainObject(header)) throw new TypeError('options.header must be a plain object')
  for (const name of ['typ', 'kid', 'b64']) {
    if (Object.hasOwn(header, name)) {
      throw new TypeError(
        `options.header must not have "${name}": ${name === 'b64' ? 'the payload of a JWT is never unencoded' : `it is options.${name}`}`,
      )
    }
  }
  const parameters: JsonObject = {
    ...(typ !== null && { typ: readString('options.typ', typ) }),
    ...(kid !== null && kid !== undefined && { kid: readString('options.kid', kid) }),
    ...header,
  }
  const segment = writeHeader(key.alg, parameters)
  if (isNested(parameters)) throw new TypeError('options.header must not say "cty": "JWT": claims are no other token')
  const audience = options.audience
  const fixed = [
    ['iss', 'issuer', readString('options.issuer', options.issuer)],
    ['sub', 'subject', readString('options.subject', options.subject)],
    [
      'aud',
      'audience',
      Array.isArray(audience) ? readStrings('options.audience', audience) : readString('options.audience', audience),
    ],
    ['jti', 'jti', jti === true ? undefined : readString('options.jti', jti)],
  ] as const
  return {
    header: segment,
    fixed: fixed.filter(([, , value]) => value !== undefined),
    randomId: jti === true,
    lifetime: expiresIn === undefined || expiresIn === null ? expiresIn : toSeconds('options.expiresIn', expiresIn),
    delay: notBefore === undefined ? undefined : toSeconds('options.notBefore', notBefore),
    clock: toClock('options.now', options.now),
  }
}

function toUnsigned(claims: object, rules: Rules): Unsigned {
  if (!isPlainObject(claims)) throw new TypeError('the claims must be a plain object')
  // A copy, of which no member is a getter any more, nor inherited.
  const set: JsonObject = { ...claims }
  for (const [claim, option, value] of rules.fixed) put(set, claim, option, value)
  if (rules.randomId) put(set, 'jti', 'jti', encodeBase64url(fromBytes(randomBytes(16))))
  const aud = ownMember(set, 'aud')
  if (Array.isArray(aud)) set['aud'] = [...aud]
  const iat = Object.hasOwn(set, 'iat') ? set['iat'] : Math.floor(rules.clock())
  set['iat'] = iat
  if (!isNumericDate(iat)) throw new TypeError('claims.iat must be in seconds since 1970')
  if (rules.delay !== undefined) put(set, 'nbf', 'notBefore', iat + rules.delay)
  if (typeof rules.lifetime === 'number') put(set, 'exp', 'expiresIn', iat + rules.lifetime)
  else if (rules.lifetime === undefined && !Object.hasOwn(set, 'exp')) {
    throw new TypeError(
      "options.expiresIn is required, as '15m', unless the claims have an exp; null says in writing that the token never expires",
    )
  }
  const payload = stringifyJsonObject('claims', set)
  const [wrong] = typeFailures(set)
  if (wrong) throw new TypeError(wrong.message)
  const input = `${rules.header}.${encodeBase64url(payload)}`
  return { input, shown: input }
}

function put(set: JsonObject, claim: string, option: string, value: unknown): void {
  if (Object.hasOwn(set, claim) && !isSame(set[claim], value)) {
    throw new TypeError(`claims.${claim} and options.${option} say different things; say one of them`)
  }
  set[claim] = value
}
