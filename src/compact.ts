// The JWS Compact Serialization (RFC 7515 §3.1, §5.1, §5.2), for the JWS and the JWT functions alike.
import { algorithmRow, type Algorithm } from './algorithms.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { chooser, isKeySet, type Chooser, type Guard, type VerificationKeys } from './candidates.ts'
import { after, isPromise, settled, type Awaitable } from './crypto/provider.ts'
import { JwtError } from './errors.ts'
import { isExtension, readHeader, type HeaderPolicy, type UnverifiedHeader } from './header.ts'
import { ownMember, stringifyJsonObject, type JsonObject } from './json.ts'
import { handleOf, type SigningKey, type VerificationKey } from './key.ts'
import { holdsObjects, type Memo, type OpenedJws } from './memo.ts'
import { readStringArray } from './options.ts'

/** How tokens are read and which are let through to their key. */
export interface CompactPolicy extends HeaderPolicy {
  readonly maxTokenLength: number
  readonly choose: Chooser
  /** Whether a promise from `choose` is that of a key set, which a token and not the program has caused. */
  readonly mayFetch: boolean
  /** Headers that the policy has let through and a signature has vouched for, by their segment. */
  readonly known: Map<string, UnverifiedHeader>
  /** Tokens that have been accepted; whoever accepts one puts it there. */
  readonly memo: Memo | undefined
}

/** The options that become a {@link CompactPolicy}. */
export interface CompactOptions {
  readonly algorithms: readonly Algorithm[]
  readonly crit?: readonly string[] | undefined
  readonly maxTokenLength?: number | undefined
}

const MAX_TOKEN_LENGTH = 16_384

// An issuer's headers differ by their kid, if at all.
const MAX_KNOWN = 100

/** Checks options and keys; a TypeError names the member that is wrong. */
export function compactPolicy(
  keys: VerificationKeys,
  options: CompactOptions,
  typ: readonly (string | undefined)[] | undefined,
  memo?: Memo,
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
    memo,
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
  // Where there is no first one there is no second one.
  if (second < 0 || token.includes('.', second + 1)) {
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
  return { header, payload: octets, key, copyClaims: undefined }
}

function remember(known: Map<string, UnverifiedHeader>, protectedHeader: string, header: UnverifiedHeader): void {
  if (holdsObjects(header)) return
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

/** Errors with their stacks, as those that are thrown have them. */
export const plainly: Guard = (work) => work()

/** Verifies a token: reads it, chooses the key, checks the signature, and only then opens the payload. */
export function open(token: string, policy: CompactPolicy, guard: Guard, content?: string): Awaitable<OpenedJws> {
  const remembered = policy.memo?.take(token)
  if (!remembered) return openAnew(token, policy, guard, content)
  return after(policy.choose(remembered.header, guard), (keys) =>
    keys.includes(remembered.key) ? remembered : openAnew(token, policy, guard, content),
  )
}

function openAnew(
  token: string,
  policy: CompactPolicy,
  guard: Guard,
  content: string | undefined,
): Awaitable<OpenedJws> {
  const parsed = guard(() => parse(token, policy, content))
  const attempt = (keys: readonly VerificationKey[], i: number): Awaitable<OpenedJws> => {
    const key = keys[i]
    if (!key) throw guard(() => refusal(parsed))
    const handle = handleOf('the key', key)
    return after((handle.pooled ?? handle).verify(parsed.input, parsed.signature), (verified) =>
      verified ? guard(() => disclose(parsed, key, policy)) : attempt(keys, i + 1),
    )
  }
  return after(policy.choose(parsed.header, guard), (keys) => attempt(keys, 0))
}

/** {@link open} for keys and platforms that answer at once; a TypeError where one does not. */
export function openSync(token: string, policy: CompactPolicy, content?: string): OpenedJws {
  const remembered = policy.memo?.take(token)
  if (remembered && chooseSync(remembered.header, policy).includes(remembered.key)) return remembered
  const parsed = parse(token, policy, content)
  for (const key of chooseSync(parsed.header, policy)) {
    if (settled(handleOf('the key', key).verify(parsed.input, parsed.signature), LATER))
      return disclose(parsed, key, policy)
  }
  throw refusal(parsed)
}

function chooseSync(header: UnverifiedHeader, { choose, mayFetch }: CompactPolicy): readonly VerificationKey[] {
  const chosen = choose(header, plainly)
  if (mayFetch && isPromise(chosen)) {
    chosen.catch(() => {})
    throw new JwtError(
      'ERR_KEYSET_UNAVAILABLE',
      'the key set is fetching, which only the functions without "Sync" await',
    )
  }
  return settled(chosen, LATER)
}

/** What is signed, and what of it stands in the token before the signature. */
export interface Unsigned {
  readonly input: string
  readonly shown: string
}

/** Signs: the token in compact serialization. */
export function seal({ input, shown }: Unsigned, key: SigningKey): Awaitable<string> {
  const handle = handleOf('the key', key, 'sign')
  return after((handle.pooled ?? handle).sign(input), (signature) => `${shown}.${signature}`)
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
