// The JWS Compact Serialization (RFC 7515 §3.1, §5.1, §5.2), for the JWS and the JWT functions alike.
import { algorithmRow, type Algorithm } from './algorithms.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { isPromise, settled, type Awaitable } from './crypto/provider.ts'
import { JwtError } from './errors.ts'
import { isExtension, readHeader, type HeaderPolicy, type JwsHeader, type UnverifiedHeader } from './header.ts'
import { ownMember, stringifyJsonObject, type JsonObject } from './json.ts'
import { handleOf, isKey, type SigningKey, type VerificationKey } from './key.ts'
import { readStringArray } from './options.ts'

/**
 * Chooses the key for a token by its header, which is unverified: use it to look up, never to decide.
 *
 * `undefined` says that there is no such key.
 */
export type KeyFunction<A extends Algorithm = Algorithm> = (
  header: UnverifiedHeader,
) => Awaitable<VerificationKey<A> | undefined>

/** Keys to choose among by a token's unverified header: `tittle/jwks` makes them, and so may you. */
export interface KeySet {
  /** The keys whose `alg` is that of the header and whose `kid`, if both have one, is too; an empty array for none. */
  readonly candidates: (header: UnverifiedHeader) => Awaitable<readonly VerificationKey[]>
}

/** What a token may be verified with: a key, several, a key set, or a function that chooses a key. */
export type VerificationKeys = VerificationKey | readonly VerificationKey[] | KeySet | KeyFunction

/** How tokens are read and which are let through to their key. */
export interface CompactPolicy extends HeaderPolicy {
  readonly maxTokenLength: number
  readonly choose: (header: UnverifiedHeader) => Awaitable<readonly VerificationKey[]>
  /** Whether a promise from `choose` is that of a key set, which a token and not the program has caused. */
  readonly mayFetch: boolean
  /** Headers that the policy has let through and a signature has vouched for, by their segment. */
  readonly known: Map<string, UnverifiedHeader>
}

/** The options that become a {@link CompactPolicy}. */
export interface CompactOptions {
  readonly algorithms: readonly Algorithm[]
  readonly crit?: readonly string[] | undefined
  readonly maxTokenLength?: number | undefined
}

/** A token whose signature has been verified; the payload is an octet string. */
export interface OpenedJws {
  readonly header: JwsHeader
  readonly payload: string
  readonly key: VerificationKey
}

const MAX_TOKEN_LENGTH = 16_384

/** What one token may cost: more signatures than this are not checked for it. */
export const MAX_CANDIDATES: number = 4

// An issuer's headers differ by their kid, if at all.
const MAX_KNOWN = 100

/** Checks options and keys; a TypeError names the member that is wrong. */
export function compactPolicy(
  keys: VerificationKeys,
  options: CompactOptions,
  typ: readonly (string | undefined)[] | undefined,
): CompactPolicy {
  const { maxTokenLength = MAX_TOKEN_LENGTH } = options
  if (!Number.isSafeInteger(maxTokenLength) || maxTokenLength < 1)
    throw new TypeError('policy.maxTokenLength must be a positive whole number of characters')
  const algorithms = readAlgorithms(options.algorithms)
  const crit = options.crit === undefined ? [] : readStringArray('policy.crit', options.crit)
  if (!crit.every(isExtension))
    throw new TypeError('policy.crit must name extensions, not parameters that the RFCs define themselves')
  return Object.freeze({
    algorithms,
    crit,
    maxTokenLength,
    choose: chooser(keys, algorithms),
    known: new Map(),
    mayFetch: isKeySet(keys),
    typ,
  })
}

function readAlgorithms(given: unknown): readonly Algorithm[] {
  if (!Array.isArray(given))
    throw new TypeError(
      "policy.algorithms must be an array of names, as ['ES256']: it says which algorithms you accept",
    )
  const rows = readStringArray('policy.algorithms', given).map((alg) => algorithmRow('each of policy.algorithms', alg))
  if (new Set(rows.map(({ kty }) => kty === 'oct')).size > 1) {
    throw new TypeError(
      'policy.algorithms must not mix HMAC with asymmetric algorithms: a public key could be taken for a secret (RFC 8725 §2.1)',
    )
  }
  return Object.freeze(rows.map(({ alg }) => alg))
}

function chooser(keys: VerificationKeys, algorithms: readonly Algorithm[]): CompactPolicy['choose'] {
  const find = typeof keys === 'function' ? asList(keys) : isKeySet(keys) ? keys.candidates.bind(keys) : undefined
  if (find) {
    return (header) => {
      // A copy, as the header may be one that is remembered.
      const found = find({ ...header })
      return isPromise(found) ? found.then((list) => admit(list, header)) : admit(found, header)
    }
  }
  const list: readonly VerificationKey[] = Object.freeze(Array.isArray(keys) ? [...keys] : [keys])
  if (list.length === 0) throw new TypeError('the keys must not be an empty array')
  for (const key of list) {
    handleOf('each of the keys', key, 'verify')
    if (!algorithms.includes(key.alg)) {
      throw new TypeError(`a key for ${key.alg} was given, which is not among policy.algorithms`)
    }
  }
  return (header) => select(list, header)
}

function isKeySet(keys: unknown): keys is KeySet {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys) || isKey(keys)) return false
  return 'candidates' in keys && typeof keys.candidates === 'function'
}

function asList(choose: KeyFunction): KeySet['candidates'] {
  const toList = (key: VerificationKey | undefined): readonly VerificationKey[] => (key === undefined ? [] : [key])
  return (header) => {
    const key = choose(header)
    return isPromise(key) ? key.then(toList) : toList(key)
  }
}

// RFC 8725 §3.1: the algorithm is the key's, and the header may only agree.
function admit(found: readonly VerificationKey[], header: UnverifiedHeader): readonly VerificationKey[] {
  if (!Array.isArray(found)) throw new TypeError('a key set must answer with an array of keys')
  // A copy, as the set may change its own while the keys are tried.
  const keys: readonly VerificationKey[] = [...found]
  if (keys.length === 0) throw new JwtError('ERR_KEY_NOT_FOUND', 'there is no key for the header')
  for (const key of bounded(keys)) {
    handleOf('each of the keys found', key, 'verify')
    if (key.alg !== header.alg) {
      throw new JwtError('ERR_ALGORITHM', 'the header names another algorithm than that of the key')
    }
  }
  return keys
}

function bounded(keys: readonly VerificationKey[]): readonly VerificationKey[] {
  if (keys.length <= MAX_CANDIDATES) return keys
  throw new JwtError(
    'ERR_KEY_AMBIGUOUS',
    `more than ${MAX_CANDIDATES} keys fit the header; give keys and tokens a "kid"`,
  )
}

function select(keys: readonly VerificationKey[], header: UnverifiedHeader): readonly VerificationKey[] {
  const kid = ownMember(header, 'kid')
  const fits = (key: VerificationKey): boolean =>
    key.alg === header.alg && (kid === undefined || key.kid === undefined || key.kid === kid)
  const able = keys.every(fits) ? keys : keys.filter(fits)
  if (able.length > 0) return bounded(able)
  if (keys.some((key) => key.alg === header.alg)) {
    throw new JwtError('ERR_KEY_NOT_FOUND', 'the header names a "kid" that none of the keys has')
  }
  throw new JwtError('ERR_ALGORITHM', 'the header names another algorithm than that of the key')
}

/** A token in parts, of which nothing is verified. */
interface Parsed {
  readonly header: UnverifiedHeader
  /** The segment of the header, as it stands in the token. */
  readonly protectedHeader: string
  /** What is signed (RFC 7515 §2, JWS Signing Input). */
  readonly input: string
  readonly payload: string
  readonly signature: string
}

// Length, shape, header, in this order. The payload stays closed until the signature has been verified.
function parse(token: unknown, policy: CompactPolicy, content: string | undefined): Parsed {
  if (typeof token !== 'string') throw new JwtError('ERR_TOKEN_MALFORMED', 'the token is not a string')
  if (token.length > policy.maxTokenLength) {
    throw new JwtError('ERR_TOKEN_TOO_LONG', `the token is longer than ${policy.maxTokenLength} characters`)
  }
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 0 || second < 0 || token.includes('.', second + 1)) {
    throw new JwtError('ERR_TOKEN_MALFORMED', 'the token is not three segments with two dots between them')
  }
  const protectedHeader = token.slice(0, first)
  const header = policy.known.get(protectedHeader) ?? readHeader(protectedHeader, policy)
  const payload = token.slice(first + 1, second)
  const signature = token.slice(second + 1)
  if (content !== undefined) {
    // RFC 7515 appendix F: detached content stands for a segment that is empty.
    if (payload !== '')
      throw new JwtError('ERR_TOKEN_MALFORMED', 'the token has a payload, though its content is detached')
    const detached = isEncoded(header) ? encodeBase64url(content) : content
    return { header, protectedHeader, input: `${protectedHeader}.${detached}`, payload: detached, signature }
  }
  if (!isEncoded(header) && !isUnencodedPayload(payload)) {
    throw new JwtError('ERR_TOKEN_MALFORMED', 'the unencoded payload is not printable ASCII')
  }
  return { header, protectedHeader, input: token.slice(0, second), payload, signature }
}

const isEncoded = (header: UnverifiedHeader): boolean => ownMember(header, 'b64') !== false

/** Tells what may stand unencoded between the dots of a token: printable ASCII but for the dot (RFC 7797 §5.2). */
export function isUnencodedPayload(octets: string): boolean {
  return /^[ -\-/-~]*$/.test(octets)
}

// Only now, with the signature verified, is there a payload to open and a header to remember.
function disclose(
  { header, protectedHeader, payload }: Parsed,
  key: VerificationKey,
  { known }: CompactPolicy,
): OpenedJws {
  const octets = isEncoded(header) ? decodeBase64url(payload) : payload
  if (octets === undefined) throw new JwtError('ERR_TOKEN_MALFORMED', 'the payload is not canonical base64url')
  if (!known.has(protectedHeader)) remember(known, protectedHeader, header)
  return { header: { ...header }, payload: octets, key }
}

// A header that holds objects is not remembered, for who gets it could change them for the next.
function remember(known: Map<string, UnverifiedHeader>, protectedHeader: string, header: UnverifiedHeader): void {
  if (Object.values(header).some((value) => typeof value === 'object')) return
  if (known.size >= MAX_KNOWN) known.clear()
  // Spelled anew, as a slice would keep its whole token in memory.
  known.set(encodeBase64url(decodeBase64url(protectedHeader) as string), header)
}

function refusal({ signature }: Parsed): JwtError {
  if (decodeBase64url(signature) === undefined)
    return new JwtError('ERR_TOKEN_MALFORMED', 'the signature is not canonical base64url')
  return new JwtError(
    'ERR_SIGNATURE',
    'the signature does not verify: the token was changed, or signed with another key',
  )
}

/** Verifies a token: reads it, chooses the key, checks the signature, and only then opens the payload. */
export async function open(token: string, policy: CompactPolicy, content?: string): Promise<OpenedJws> {
  const parsed = parse(token, policy, content)
  for (const key of await policy.choose(parsed.header)) {
    const handle = handleOf('the key', key)
    if (await (handle.pooled ?? handle).verify(parsed.input, parsed.signature)) return disclose(parsed, key, policy)
  }
  throw refusal(parsed)
}

/** {@link open} for keys and platforms that answer at once; a TypeError where one does not. */
export function openSync(token: string, policy: CompactPolicy, content?: string): OpenedJws {
  const parsed = parse(token, policy, content)
  const chosen = policy.choose(parsed.header)
  if (policy.mayFetch && isPromise(chosen)) {
    chosen.catch(() => {})
    throw new JwtError(
      'ERR_KEYSET_UNAVAILABLE',
      'the key set is fetching, which only the functions without "Sync" await',
    )
  }
  for (const key of settled(chosen, LATER)) {
    if (settled(handleOf('the key', key).verify(parsed.input, parsed.signature), LATER))
      return disclose(parsed, key, policy)
  }
  throw refusal(parsed)
}

/** What is signed, and what of it stands in the token before the signature. */
export interface Unsigned {
  readonly input: string
  readonly shown: string
}

/** Signs: the token in compact serialization. */
export async function seal({ input, shown }: Unsigned, key: SigningKey): Promise<string> {
  const handle = handleOf('the key', key, 'sign')
  return `${shown}.${await (handle.pooled ?? handle).sign(input)}`
}

/** {@link seal} for platforms that answer at once; a TypeError where one does not. */
export function sealSync({ input, shown }: Unsigned, key: SigningKey): string {
  return `${shown}.${settled(handleOf('the key', key, 'sign').sign(input), LATER)}`
}

/** Spells a header as a segment; a TypeError says why {@link readHeader} would refuse it. */
export function writeHeader(alg: Algorithm, parameters: JsonObject): string {
  if (Object.hasOwn(parameters, 'alg')) throw new TypeError('the header must not have an "alg": it is that of the key')
  const segment = encodeBase64url(stringifyJsonObject('header', { alg, ...parameters }))
  const crit = ownMember(parameters, 'crit')
  try {
    readHeader(segment, { algorithms: [alg], crit: Array.isArray(crit) ? crit : [], typ: undefined })
  } catch (error) {
    throw new TypeError((error as JwtError).message)
  }
  return segment
}

const LATER = 'the key or this platform answers by a promise; use the function without "Sync" in its name, and await it'
