// JSON Web Keys: their shape (RFC 7517 §4, RFC 7518 §6) and what a thumbprint hashes (RFC 7638 §3).
import type { AlgorithmRow } from './algorithms.ts'
import { decodeBase64url, toBytes } from './base64url.ts'
import { bare } from './options.ts'

/** A JSON Web Key (RFC 7517). Members of other names are ignored. */
export interface Jwk {
  readonly kty?: string | undefined
  readonly alg?: string | undefined
  readonly kid?: string | undefined
  readonly use?: string | undefined
  readonly key_ops?: readonly string[] | undefined
  readonly crv?: string | undefined
  readonly x?: string | undefined
  readonly y?: string | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
  readonly k?: string | undefined
  readonly d?: string | undefined
  readonly p?: string | undefined
  readonly q?: string | undefined
  readonly dp?: string | undefined
  readonly dq?: string | undefined
  readonly qi?: string | undefined
  readonly pub?: string | undefined
  readonly priv?: string | undefined
}

/** What a key is for: a shared secret, or one half of a pair. */
export type KeyRole = 'secret' | 'public' | 'private'

/** What a key may do (RFC 7517 §4.3). */
export type KeyUsage = 'sign' | 'verify'

/** What the keys of each role may do. */
export const usagesOf: Readonly<Record<KeyRole, readonly KeyUsage[]>> = {
  secret: ['sign', 'verify'],
  public: ['verify'],
  private: ['sign'],
}

/** What to say where a key of another role than the wanted one was given. */
export function wrongRole(seen: string, wanted: KeyRole): TypeError {
  const hint =
    wanted === 'public' && /private/i.test(seen)
      ? '; import it with importPrivateKey() and pass that through publicKeyOf()'
      : ''
  return new TypeError(`${seen} was given where a ${wanted} key is wanted${hint}`)
}

type Material = Exclude<keyof Jwk, 'kty' | 'kid' | 'use' | 'key_ops'>

// The members by key type: those of the public half, and those that are secret (RFC 7518 §6.2 to §6.4,
// RFC 8037 §2, RFC 9964 §3).
const MEMBERS: Readonly<
  Record<AlgorithmRow['kty'], { readonly half: readonly Material[]; readonly secret: readonly Material[] }>
> = {
  oct: { half: [], secret: ['k'] },
  RSA: { half: ['n', 'e'], secret: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { half: ['crv', 'x', 'y'], secret: ['d'] },
  OKP: { half: ['crv', 'x'], secret: ['d'] },
  AKP: { half: ['alg', 'pub'], secret: ['priv'] },
}

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

// The seed that an ML-DSA key pair is made of (RFC 9964 §3).
const SEED_SIZE = 32

/** The key type and the key material of a JWK, all else left out. */
export interface JwkMaterial {
  readonly [member: string]: string
}

/** A JWK whose shape has been checked. */
export interface JwkReading {
  readonly material: JwkMaterial
  readonly usages: readonly KeyUsage[]
}

/** Tells an object with a `kty` from all else that may be given as a key. */
export function isJwk(source: unknown): source is Jwk {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, 'kty')
}

/**
 * Checks a snapshot of a JWK, member by member, as a key of the algorithm and the role; a TypeError names the member.
 */
export function readJwk(jwk: Jwk, row: AlgorithmRow, role: KeyRole): JwkReading {
  const given: { readonly [name: string]: unknown } = bare({ ...jwk })
  assert(given['kty'] === row.kty, `"kty" must be "${row.kty}" for ${row.alg}`)
  assert(given['alg'] === undefined || given['alg'] === row.alg, `"alg" is another algorithm than ${row.alg}`)
  assert(given['use'] === undefined || given['use'] === 'sig', '"use" must be "sig"')
  if (role === 'public' && PRIVATE.some((name) => given[name] !== undefined)) throw wrongRole('a private JWK', role)
  if (role === 'private' && given[MEMBERS[row.kty].secret[0] ?? ''] === undefined) throw wrongRole('a public JWK', role)
  assert(given['oth'] === undefined, '"oth": RSA keys of more than two primes are not supported')
  const material: { [member: string]: string } = bare({ kty: row.kty })
  for (const name of membersOf(row, role)) material[name] = readMember(given[name], name, row)
  if (row.kty === 'RSA')
    assertRsa(bitLength(material['n']), toBigInt(toBytes(decodeBase64url(material['e'] ?? '') ?? '')))
  return { material, usages: readUsages(given['key_ops'], role) }
}

/** The material of a role, out of a JWK that a platform has exported. */
export function pickMaterial(
  jwk: { readonly [member: string]: unknown },
  row: AlgorithmRow,
  role: KeyRole,
): JwkMaterial {
  return bare(Object.fromEntries(['kty', ...membersOf(row, role)].map((name) => [name, String(jwk[name])])))
}

function membersOf(row: AlgorithmRow, role: KeyRole): readonly Material[] {
  const { half, secret } = MEMBERS[row.kty]
  return role === 'public' ? half : [...half, ...secret]
}

function readMember(text: unknown, name: Material, row: AlgorithmRow): string {
  assert(typeof text === 'string', `"${name}" must be a string`)
  if (name === 'alg') return text
  if (name === 'crv') {
    assert(
      (row.kty === 'EC' || row.kty === 'OKP') && text === row.crv,
      `"crv" is another curve than that of ${row.alg}`,
    )
    return text
  }
  const octets = decodeBase64url(text)
  assert(octets, `"${name}" must be canonical base64url, and not empty`)
  const size = name === 'priv' ? SEED_SIZE : row.size
  // RFC 7518 §2: a Base64urlUInt has the fewest octets that can hold it; all else has as many as the algorithm wants.
  if (row.kty === 'RSA') assert(octets[0] !== '\0', `"${name}" must not begin with a zero octet`)
  else if (row.kty !== 'oct') assert(octets.length === size, `"${name}" must have ${size} octets for ${row.alg}`)
  return text
}

function readUsages(operations: unknown, role: KeyRole): readonly KeyUsage[] {
  if (operations === undefined) return usagesOf[role]
  assert(
    Array.isArray(operations) &&
      operations.every((operation) => typeof operation === 'string') &&
      new Set(operations).size === operations.length,
    '"key_ops" must be an array of distinct strings',
  )
  const usages = usagesOf[role].filter((usage) => operations.includes(usage))
  assert(usages.length > 0, `"key_ops" must hold "${usagesOf[role].join('" or "')}"`)
  return usages
}

/** The octets that a thumbprint hashes: the required members in lexicographic order, no white space (RFC 7638 §3). */
export function thumbprintInput(jwk: Jwk): string {
  const given: { readonly [name: string]: unknown } = bare({ ...jwk })
  const { kty } = given
  assert(isKeyType(kty), `"kty" must be one of ${Object.keys(MEMBERS).join(', ')}`)
  const required = kty === 'oct' ? MEMBERS.oct.secret : MEMBERS[kty].half
  const entries = ['kty', ...required].sort().map((name) => {
    const value = given[name]
    assert(typeof value === 'string' && /^[\w-]+$/.test(value), `"${name}" must be a string, as RFC 7518 has it`)
    return [name, value]
  })
  return JSON.stringify(Object.fromEntries(entries))
}

const isKeyType = (kty: unknown): kty is AlgorithmRow['kty'] => typeof kty === 'string' && Object.hasOwn(MEMBERS, kty)

/** The bits of a number in base64url, from its first one on. */
export function bitLength(text = ''): number {
  const [first = 0, ...others] = toBytes(decodeBase64url(text) ?? '')
  return others.length * 8 + 32 - Math.clz32(first)
}

/** The number that octets spell, the most significant first. */
export function toBigInt(bytes: Uint8Array): bigint {
  // By text, as BigInt multiplies in time that grows with the square.
  return BigInt(bytes.reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '0x0'))
}

/**
 * Refuses an RSA key of fewer than 2048 bits (RFC 7518 §3.3) or with a public exponent that is even or tiny
 * (RFC 8017 §3.1), and one that is so large that a verification would take minutes.
 */
export function assertRsa(bits: number, exponent: bigint): void {
  if (bits < 2048) throw new TypeError(`an RSA key of ${bits} bits was given; at least 2048 are wanted`)
  if (bits > 16_384) throw new TypeError(`an RSA key of ${bits} bits was given; at most 16384 are wanted`)
  if (exponent < 3n || exponent % 2n === 0n) {
    throw new TypeError('an RSA key was given whose public exponent is even, or less than 3')
  }
  if (exponent >= 2n ** 256n) throw new TypeError('an RSA key was given whose public exponent has more than 256 bits')
}

function assert(condition: unknown, problem: string): asserts condition {
  if (!condition) throw new TypeError(`the JWK does not fit: ${problem}`)
}
