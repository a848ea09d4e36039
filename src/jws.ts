// JSON Web Signatures over any payload (RFC 7515), detached and unencoded ones too (its appendix F, RFC 7797).
import type { Algorithm } from './algorithms.ts'
import { encodeBase64url, fromBytes, fromText, isBytes, toBytes } from './base64url.ts'
import {
  compactPolicy,
  isUnencodedPayload,
  open,
  openSync,
  plainly,
  seal,
  sealSync,
  writeHeader,
  type CompactPolicy,
  type Unsigned,
} from './compact.ts'
import type { VerificationKeys } from './candidates.ts'
import type { JwsHeader } from './header.ts'
import { ownMember, type JsonObject } from './json.ts'
import { handleOf, type SigningKey, type VerificationKey } from './key.ts'
import type { OpenedJws } from './memo.ts'
import { isPlainObject, readOptions } from './options.ts'

export type { KeyFunction, VerificationKeys } from './candidates.ts'
export type { JwsHeader, UnverifiedHeader } from './header.ts'

/** Options of {@link signJws}. */
export interface SignJwsOptions {
  /** Header parameters beside `alg`, which is the key's, and `kid`, which is the key's unless it is given here. */
  readonly header?: { readonly [name: string]: unknown } | undefined
  /** Leaves the payload out of the token (RFC 7515 appendix F): the verifier gets it another way. */
  readonly detached?: boolean | undefined
}

/** Options of {@link verifyJws}. */
export interface VerifyJwsOptions {
  /** The algorithms that you accept. */
  readonly algorithms: readonly Algorithm[]
  /** The header extensions that you handle; `b64` (RFC 7797) the library handles for you. Any other `crit` is refused. */
  readonly crit?: readonly string[] | undefined
  /** The content of a detached payload. */
  readonly payload?: Uint8Array | string | undefined
  /** The most characters that a token may have: 16,384 by default. */
  readonly maxTokenLength?: number | undefined
}

/** A verified JWS. */
export interface VerifiedJws {
  readonly header: JwsHeader
  readonly payload: Uint8Array
  readonly key: VerificationKey
}

/**
 * Signs any payload, a string as its UTF-8 octets, in compact serialization (RFC 7515 §5.1).
 *
 * The header parameter `b64: false` with `crit: ['b64']` signs the payload unencoded (RFC 7797).
 *
 * @throws TypeError where the key cannot sign or the header is not valid
 * @example
 * import { generateSecret } from 'tittle'
 * import { signJws, verifyJws } from 'tittle/jws'
 *
 * const key = generateSecret('HS256')
 * const token = await signJws('any octets', key, { header: { cty: 'text/plain' } })
 * const { payload } = await verifyJws(token, key, { algorithms: ['HS256'] })
 * console.log(new TextDecoder().decode(payload)) // any octets
 */
export async function signJws(
  payload: Uint8Array | string,
  key: SigningKey,
  options: SignJwsOptions = {},
): Promise<string> {
  return seal(toUnsigned(payload, key, options), key)
}

/**
 * Signs as {@link signJws} does, at once; only where node:crypto is there.
 *
 * @throws TypeError as {@link signJws}, and on platforms that have WebCrypto alone
 */
export function signJwsSync(payload: Uint8Array | string, key: SigningKey, options: SignJwsOptions = {}): string {
  return sealSync(toUnsigned(payload, key, options), key)
}

function toUnsigned(payload: Uint8Array | string, key: SigningKey, options: SignJwsOptions): Unsigned {
  handleOf('the key', key, 'sign')
  const { header = {}, detached = false } = readOptions('signJws', options, ['header', 'detached'])
  if (!isPlainObject(header)) throw new TypeError('signJws: header must be a plain object')
  if (typeof detached !== 'boolean') throw new TypeError('signJws: detached must be true or false')
  const parameters: JsonObject = { ...(key.kid !== undefined && { kid: key.kid }), ...header }
  const protectedHeader = writeHeader(key.alg, parameters)
  const octets = toOctets('signJws: payload', payload)
  const encoded = ownMember(parameters, 'b64') !== false
  const segment = encoded ? encodeBase64url(octets) : octets
  if (!encoded && !detached && !isUnencodedPayload(octets)) {
    throw new TypeError(
      'signJws: an unencoded payload may hold printable ASCII but for the dot, unless it is detached (RFC 7797 §5.2)',
    )
  }
  const input = `${protectedHeader}.${segment}`
  return { input, shown: detached ? `${protectedHeader}.` : input }
}

/**
 * Verifies a JWS in compact serialization (RFC 7515 §5.2) and returns its payload.
 *
 * What the payload means is not looked at: for claims use `verify`.
 *
 * @throws JwtError every `ERR_TOKEN_`, `ERR_HEADER_`, `ERR_KEY_` and `ERR_KEYSET_` code, `ERR_ALGORITHM`, `ERR_SIGNATURE`
 * @throws TypeError where a key or an option is wrong
 */
export async function verifyJws(
  token: string,
  keys: VerificationKeys,
  options: VerifyJwsOptions,
): Promise<VerifiedJws> {
  const { policy, content } = readPolicy(keys, options)
  return disclose(await open(token, policy, plainly, content))
}

/**
 * Verifies as {@link verifyJws} does, at once; only where node:crypto is there and no key is promised.
 *
 * @throws JwtError as {@link verifyJws}
 * @throws TypeError as {@link verifyJws}, and where something answers by a promise
 */
export function verifyJwsSync(token: string, keys: VerificationKeys, options: VerifyJwsOptions): VerifiedJws {
  const { policy, content } = readPolicy(keys, options)
  return disclose(openSync(token, policy, content))
}

function readPolicy(
  keys: VerificationKeys,
  options: VerifyJwsOptions,
): { readonly policy: CompactPolicy; readonly content: string | undefined } {
  const given = readOptions('verifyJws', options, ['algorithms', 'crit', 'payload', 'maxTokenLength'])
  const content = given.payload === undefined ? undefined : toOctets('verifyJws: payload', given.payload)
  return { policy: compactPolicy(keys, given, undefined), content }
}

const disclose = ({ header, payload, key }: OpenedJws): VerifiedJws => ({
  header: { ...header },
  payload: toBytes(payload),
  key,
})

function toOctets(label: string, payload: Uint8Array | string): string {
  const octets = typeof payload === 'string' ? fromText(payload) : isBytes(payload) ? fromBytes(payload) : undefined
  if (octets === undefined) throw new TypeError(`${label} must be a string of whole characters, or a Uint8Array`)
  return octets
}
