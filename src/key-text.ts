// Keys as people have them: the text of a file or of a field, which says itself what it holds, or is asked by its algorithm.
import {
  algorithmRow,
  algorithms as allAlgorithms,
  type Algorithm,
  type AlgorithmRow,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
} from './algorithms.ts'
import { fromBytes, fromText } from './base64url.ts'
import type { VerificationKeys } from './candidates.ts'
import { readDerKey, type DerKey } from './der.ts'
import { isJwk, type Jwk } from './jwk.ts'
import { createKeySet } from './jwks-local.ts'
import { parseJsonObject } from './json.ts'
import { publicKeyOf } from './key-export.ts'
import type { Key, PrivateKey, VerificationKey } from './key.ts'
import { importPrivateKey, importPublicKey, importSecret } from './keys.ts'
import { bare, readOptions } from './options.ts'
import { parsePem } from './pem.ts'

/** What goes with the text of a key. */
export interface KeyTextOptions {
  /** The `kid` of the key, instead of the one that a JWK has; a key set keeps its own. */
  readonly kid?: string | undefined
}

/** What a text holds before anything is imported. */
type Held =
  | { readonly format: 'jwks'; readonly jwks: readonly Jwk[] }
  | { readonly format: 'jwk'; readonly jwk: Jwk }
  | { readonly format: 'der'; readonly source: string | Uint8Array; readonly der: DerKey; readonly info: Uint8Array }

/**
 * Reads one PEM, DER, JWK or JWK Set, private, public or secret, as a key for each algorithm that it may serve.
 *
 * `algorithms` are those that the user has named; where there is none, the key must fix its algorithm itself. What
 * serves none of them in a JWK Set is passed over (RFC 7517 §5).
 *
 * @throws TypeError that says what to give instead
 */
export function readKeys(
  source: string | Uint8Array,
  algorithms: readonly Algorithm[],
  options: KeyTextOptions = {},
): readonly Key[] {
  const given = readOptions('the key', options, ['kid'])
  return importHeld(hold(source), algorithms, given)
}

/**
 * Reads the same as what `verify` takes: a private key gives its public half, a JWK Set a key set.
 *
 * @throws TypeError that says what to give instead
 */
export async function readVerificationKeys(
  source: string | Uint8Array,
  algorithms: readonly Algorithm[],
  options: KeyTextOptions = {},
): Promise<VerificationKeys> {
  const given = readOptions('the key', options, ['kid'])
  const held = hold(source)
  if (held.format === 'jwks') {
    const keySet = createKeySet(held.jwks)
    if (keySet.size > 0) return keySet
    throw new TypeError(`the JWK Set ${SERVES_NONE}`)
  }
  const keys = importHeld(held, algorithms, given)
  return Promise.all(
    keys.map((key) => (key.role === 'private' ? publicKeyOf(key as PrivateKey) : (key as VerificationKey))),
  )
}

/**
 * The algorithms that a text fixes by itself. The keys of a JWK Set that fix none are passed over where others do.
 *
 * @throws TypeError where nothing fixes one
 */
export function algorithmsOf(source: string | Uint8Array): readonly Algorithm[] {
  const held = hold(source)
  if (held.format !== 'jwks') return choose(...possibleOf(held))
  const serving = held.jwks.map(possibleInSet).filter((possible) => possible.length > 0)
  if (serving.length === 0) throw new TypeError(`the JWK Set ${SERVES_NONE}`)
  const fixed = new Set(serving.map(unguessed).flatMap((own) => (own.length === 1 ? own : [])))
  if (fixed.size === 0) throw new TypeError(`no key of the JWK Set fixes its algorithm; ${NAME_IT}`)
  return allAlgorithms.filter((alg) => fixed.has(alg))
}

/** How many keys a text holds, without those of a JWK Set that serve nothing here. */
export function countKeys(source: string | Uint8Array): number {
  const held = hold(source)
  return held.format === 'jwks' ? held.jwks.filter((jwk) => possibleInSet(jwk).length > 0).length : 1
}

/** Tells an encrypted private key, which shows what it serves only when it is decrypted. */
export function isEncrypted(source: string | Uint8Array): boolean {
  const held = hold(source)
  return held.format === 'der' && held.der.structure === ENCRYPTED
}

const ENCRYPTED = 'encrypted pkcs8'

const NAME_IT = 'name the algorithm that it is for'

const SERVES_NONE =
  'serves none of the algorithms there are, by its type, its curve or its "alg": give one for HMAC, RSA, P-256, P-384, P-521, Ed25519 or ML-DSA'

function hold(source: string | Uint8Array): Held {
  const text = (typeof source === 'string' ? source : new TextDecoder().decode(source)).trim()
  if (text.startsWith('{')) return holdJson(text)
  const pem = parsePem(text)
  const der = pem ? readDerKey(pem.der) : typeof source === 'string' ? undefined : readDerKey(source)
  if (der?.info) return { format: 'der', source: pem ? text : source, der, info: der.info }
  const [, advice] = MISTAKES.find(([mistake]) => mistake.test(text)) ?? []
  throw new TypeError(
    advice ?? 'no key was found: one PEM block, a JWK, a JWK Set, or the DER of a key in a file is wanted',
  )
}

function holdJson(text: string): Held {
  const json = parseJsonObject(fromText(text))
  if (!json) throw new TypeError('the key is not strict JSON: a JWK or a JWK Set is one object, each name in it once')
  if (!Object.hasOwn(json, 'keys')) {
    if (isJwk(json)) return { format: 'jwk', jwk: bare(json) }
    throw new TypeError('the JSON has neither "kty" nor "keys": a JWK or a JWK Set is wanted')
  }
  const { keys } = json
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new TypeError('the JWK Set has no keys: { "keys": [ … ] } with a JWK or more is wanted')
  }
  const jwks = keys.map((key: unknown, i): Jwk => {
    if (isJwk(key)) return bare(key)
    throw new TypeError(`keys[${i}] of the JWK Set is no JWK: an object with a "kty" is wanted`)
  })
  return { format: 'jwks', jwks }
}

// What people take for a key, and what they should do with it; the first that fits is the one.
const MISTAKES: readonly (readonly [mistake: RegExp, advice: string])[] = [
  [/^$/, 'there is no key, but only white space: one PEM block, a JWK, a JWK Set or DER is wanted'],
  // Not to be decoded as UTF-8: its byte order mark, and a zero beside each character.
  [/^\ufffd\ufffd(?:.\0|\0.)/s, 'the file is UTF-16, as PowerShell 5 writes it by >: save it as UTF-8'],
  [
    /^(Bearer\s+)?[\w-]+\.[\w-]*\.[\w-]*$/i,
    'a token was given where a key is wanted: give the key of its issuer, as PEM, JWK or JWK Set',
  ],
  [
    /^(?:sk-)?(?:ssh|ecdsa)-\S+\s+AAAA/,
    'an SSH public key was given: ssh-keygen -e -m PKCS8 -f FILE writes it as the PEM that is wanted',
  ],
  [
    /-----BEGIN OPENSSH PRIVATE KEY-----/,
    'an SSH private key was given: ssh-keygen -p -m PKCS8 -f COPY makes a copy of it the PEM that is wanted',
  ],
  [
    /^Proc-Type: 4,ENCRYPTED/m,
    'the key is encrypted in an outdated way: openssl pkcs8 -topk8 -in FILE writes it as ENCRYPTED PRIVATE KEY',
  ],
  [
    /-----BEGIN [^]*-----BEGIN /,
    'more than one PEM block was given: give one alone; of a chain of certificates it is the first',
  ],
  [
    /-----BEGIN /,
    'the PEM cannot be read: it is damaged, not of a kind that holds a key, or not alone; give one block whole, from its first dash to its last',
  ],
  [/^\[/, 'a JSON array was given: a JWK Set is one object, { "keys": [ … ] }'],
  [
    /^M[\w+/\s]{39,}={0,2}$/,
    'base64 was given without the lines that say what it is: put -----BEGIN PUBLIC KEY----- or -----BEGIN PRIVATE KEY----- before it, and its END line after it',
  ],
]

function importHeld(held: Held, algorithms: readonly Algorithm[], options: KeyTextOptions): readonly Key[] {
  if (held.format === 'jwks') return importJwks(held.jwks, algorithms, options)
  if (held.format === 'jwk') return importJwk(held.jwk, algorithms, options)
  const { source, der } = held
  return choose(...possibleOf(held), algorithms).map((alg) =>
    der.half === 'private'
      ? importPrivateKey(source, alg as AsymmetricAlgorithm, options)
      : importPublicKey(source, alg as AsymmetricAlgorithm, options),
  )
}

function importJwks(jwks: readonly Jwk[], algorithms: readonly Algorithm[], options: KeyTextOptions): readonly Key[] {
  const keys = jwks.flatMap((jwk, i) => {
    const possible = possibleInSet(jwk)
    const wanted = algorithms.length > 0 ? algorithms : possible
    if (!wanted.some((alg) => possible.includes(alg))) return []
    try {
      return importJwk(jwk, algorithms, options)
    } catch (error) {
      throw new TypeError(`keys[${i}]: ${(error as TypeError).message}`)
    }
  })
  if (keys.length > 0) return keys
  throw new TypeError(
    algorithms.length > 0
      ? 'no key of the JWK Set serves the algorithm that is named: name that of the key that you mean'
      : `the JWK Set ${SERVES_NONE}`,
  )
}

const isForOtherUse = ({ use, key_ops: operations }: Jwk): boolean =>
  (use !== undefined && use !== 'sig') ||
  (Array.isArray(operations) && !operations.includes('sign') && !operations.includes('verify'))

function importJwk(jwk: Jwk, algorithms: readonly Algorithm[], options: KeyTextOptions): readonly Key[] {
  return choose(...possibleOf({ format: 'jwk', jwk }), algorithms).map((alg) => {
    if (jwk.kty === 'oct') return importSecret(jwk, alg as HmacAlgorithm, options)
    const isPrivate = jwk.d !== undefined || jwk.priv !== undefined
    const pairAlg = alg as AsymmetricAlgorithm
    return isPrivate ? importPrivateKey(jwk, pairAlg, options) : importPublicKey(jwk, pairAlg, options)
  })
}

/** What one key may serve, and what it is called in messages. */
function possibleOf(held: Exclude<Held, { format: 'jwks' }>): readonly [possible: readonly Algorithm[], what: string] {
  if (held.format === 'jwk') return [possibleFor(held.jwk), 'the JWK']
  const { der, info } = held
  if (der.structure !== ENCRYPTED) return [allAlgorithms.filter(servedBy(info)), `the key (${der.structure})`]
  throw new TypeError('the key is encrypted: decrypt it first, with openssl pkcs8 -in FILE')
}

const possibleInSet = (jwk: Jwk): readonly Algorithm[] => (isForOtherUse(jwk) ? [] : possibleFor(jwk))

const possibleFor = (jwk: Jwk): readonly Algorithm[] =>
  allAlgorithms.filter((alg) => fits(algorithmRow('alg', alg), jwk))

function fits(row: AlgorithmRow, { kty, alg, crv }: Jwk): boolean {
  if (row.kty !== kty || (alg !== undefined && alg !== row.alg)) return false
  return (row.kty !== 'EC' && row.kty !== 'OKP') || row.crv === crv
}

// The object identifiers of what a key is for, as they stand at the beginning of its SubjectPublicKeyInfo or PKCS #8:
// RFC 8017 appendix A.1 and A.2.3, RFC 5480 §2.1.1.1, RFC 8410 §3, RFC 9881 §2.
const IDENTIFIERS: readonly (readonly [string, (row: AlgorithmRow) => boolean])[] = [
  ['\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01', ({ kty }) => kty === 'RSA'],
  ['\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a', ({ web }) => web === 'RSA-PSS'],
  ['\x2a\x86\x48\xce\x3d\x03\x01\x07', ({ alg }) => alg === 'ES256'],
  ['\x2b\x81\x04\x00\x22', ({ alg }) => alg === 'ES384'],
  ['\x2b\x81\x04\x00\x23', ({ alg }) => alg === 'ES512'],
  ['\x06\x03\x2b\x65\x70', ({ kty }) => kty === 'OKP'],
  ['\x60\x86\x48\x01\x65\x03\x04\x03\x11', ({ alg }) => alg === 'ML-DSA-44'],
  ['\x60\x86\x48\x01\x65\x03\x04\x03\x12', ({ alg }) => alg === 'ML-DSA-65'],
  ['\x60\x86\x48\x01\x65\x03\x04\x03\x13', ({ alg }) => alg === 'ML-DSA-87'],
]

// The octets in which the identifier stands, before those of the key itself.
const IDENTIFIED_WITHIN = 48

function servedBy(info: Uint8Array): (alg: Algorithm) => boolean {
  const start = fromBytes(info.subarray(0, IDENTIFIED_WITHIN))
  const [, serves] = IDENTIFIERS.find(([identifier]) => start.includes(identifier)) ?? []
  return (alg) => serves?.(algorithmRow('alg', alg)) ?? false
}

// EdDSA is the older name of what Ed25519 is, and never a guess.
const unguessed = (possible: readonly Algorithm[]): readonly Algorithm[] =>
  possible.filter((alg) => alg !== 'EdDSA' || possible.length === 1)

function choose(possible: readonly Algorithm[], what: string, wanted: readonly Algorithm[] = []): readonly Algorithm[] {
  const own = unguessed(possible)
  if (possible.length === 0) throw new TypeError(`${what} ${SERVES_NONE}`)
  if (wanted.length === 0 && own.length === 1) return own
  if (wanted.length === 0) throw new TypeError(`${what} serves ${list(own)}; ${NAME_IT}`)
  const chosen = [...new Set(wanted)].filter((alg) => possible.includes(alg))
  if (chosen.length > 0) return chosen
  throw new TypeError(`${what} serves ${list(possible)}, and not the algorithm that is named`)
}

const list = (names: readonly string[]): string => names.join(', ')
