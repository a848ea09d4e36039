// What is unwise in a JWK Set, or in a single JWK.
import { algorithmRow, algorithms, type AlgorithmRow } from './algorithms.ts'
import { decodeBase64url } from './base64url.ts'
import { ownMember } from './json.ts'
import { bitLength, readJwk, type Jwk } from './jwk.ts'
import { algorithmRules } from './lint-algorithms.ts'
import { applyRules, snapshot, when, type LintFinding, type Rule } from './lint-rule.ts'
import { secretWeakness, type SecretWeakness } from './lint-secret.ts'
import { bare } from './options.ts'

/** A key as the rules look at it. */
interface Entry {
  /** As `keys[0]`, or `the key`. */
  readonly label: string
  readonly jwk: Jwk
  /** What it is for, as far as that can be told. */
  readonly row: AlgorithmRow | undefined
}

interface Subject {
  readonly isSet: boolean
  readonly all: readonly Entry[]
  /** Those for signatures. */
  readonly keys: readonly Entry[]
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
const SHORTEST_RSA = 2048

const ROWS = /* @__PURE__ */ algorithms.map((alg) => algorithmRow('alg', alg))

type Find = (entry: Entry) => string | false

const eachOf = (entries: readonly Entry[], find: Find): readonly string[] =>
  entries.flatMap((entry) => {
    const problem = find(entry)
    return problem === false ? [] : [`${entry.label} ${problem}`]
  })

const each =
  (find: Find) =>
  ({ keys }: Subject): readonly string[] =>
    eachOf(keys, find)

const RULES: readonly Rule<Subject>[] = [
  {
    rule: 'key-private',
    severity: 'error',
    fix: 'publish the public halves alone, and make new keys: these are known to whoever has seen the set',
    reference: 'RFC 7517 §9.2',
    // Those for encryption, too.
    finds: ({ isSet, all }) =>
      eachOf(all, ({ jwk }) => isSet && isPrivate(jwk) && 'is private or symmetric, in a set that is handed about'),
  },
  {
    rule: 'families-mixed',
    severity: 'error',
    fix: 'keep secrets and public keys apart: a public key could be taken for a secret',
    reference: 'RFC 8725 §2.1',
    finds: ({ keys }) => {
      const secrets = keys.filter(({ jwk }) => jwk.kty === 'oct').length
      return when(secrets > 0 && secrets < keys.length, 'the set has secrets and public keys')
    },
  },
  {
    rule: 'key-short',
    severity: 'error',
    fix: 'make a new key: of 2048 bits or more for RSA, of as many octets as the hash has for HMAC',
    reference: 'RFC 7518 §3.2, §3.3',
    finds: each(shortnessOf),
  },
  {
    rule: 'key-malformed',
    severity: 'error',
    fix: 'export it again, from where it was made',
    reference: 'RFC 7518 §6',
    finds: each((entry) => shortnessOf(entry) === false && problemOf(entry)),
  },
  ...algorithmRules(({ keys }: Subject) =>
    keys.filter(({ jwk }) => jwk.alg !== undefined).map(({ label, jwk }) => ({ of: label, alg: jwk.alg })),
  ),
  {
    rule: 'key-no-alg',
    severity: 'warning',
    fix: 'name its algorithm: a key is for one',
    reference: 'RFC 8725 §3.1',
    finds: each(({ jwk }) => jwk.alg === undefined && 'has no "alg"'),
  },
  {
    rule: 'key-no-use',
    severity: 'info',
    fix: 'give it "use": "sig"',
    reference: 'RFC 7517 §4.2',
    finds: each(({ jwk }) => jwk.use === undefined && jwk.key_ops === undefined && 'has neither "use" nor "key_ops"'),
  },
  {
    rule: 'key-no-kid',
    severity: 'warning',
    fix: 'give it a "kid", as its RFC 7638 thumbprint, so that keys can be replaced without a guess',
    reference: 'RFC 7517 §4.5',
    finds: each(({ jwk }) => !isText(jwk.kid) && 'has no "kid" that is a non-empty string'),
  },
  {
    rule: 'kid-twice',
    severity: 'warning',
    fix: 'give each key a "kid" of its own',
    reference: 'RFC 7517 §4.5',
    finds: ({ keys }) => {
      const seen = new Set<string>()
      return eachOf(keys, ({ jwk: { kid, kty } }) => {
        if (!isText(kid)) return false
        // Keys of different types may share one.
        const id = `${kty} ${kid}`
        const isTwice = seen.has(id)
        seen.add(id)
        return isTwice && 'has the "kid" of a key before it'
      })
    },
  },
  {
    rule: 'secret-repeated',
    severity: 'error',
    fix: 'use random octets: tittle keygen HS256 makes them',
    reference: 'RFC 8725 §3.5',
    finds: each((entry) => isWeak(entry, 'repeated') && 'is a secret that repeats itself'),
  },
  {
    rule: 'secret-guessable',
    severity: 'error',
    fix: 'use random octets: tittle keygen HS256 makes them',
    reference: 'RFC 8725 §3.5',
    finds: each((entry) => isWeak(entry, 'guessable') && 'is a secret made of words, which is guessed in minutes'),
  },
  {
    rule: 'secret-typed',
    severity: 'warning',
    fix: 'use as many random octets, or more characters: each stands for 4 to 6 bits, and not for 8',
    reference: 'RFC 8725 §3.5',
    finds: each(
      (entry) => isWeak(entry, 'typed') && 'is a secret of printable characters, and no longer than it must be',
    ),
  },
]

/**
 * Finds what is unwise or dangerous in a JWK Set, or in a single JWK, which may then be private.
 *
 * Of keys for other uses than signatures only that they are private is found.
 *
 * @example
 * import { lintKeySet } from 'tittle/lint'
 *
 * const findings = lintKeySet({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })
 * console.log(findings.map(({ rule }) => rule)) // key-private, key-short, key-no-alg, key-no-use, key-no-kid, secret-guessable
 */
export function lintKeySet(jwks: unknown): readonly LintFinding[] {
  const object = snapshot(jwks) ?? {}
  const isSet = !Object.hasOwn(object, 'kty')
  const keys = isSet ? ownMember(object, 'keys') : [object]
  if (!Array.isArray(keys)) return [malformed('this is neither a JWK Set nor a JWK')]
  const entries = keys.map((key: unknown, i) => toEntry(key, isSet ? `keys[${i}]` : 'the key'))
  const all = entries.filter(isTyped)
  return [
    ...entries
      .filter((entry) => !isTyped(entry))
      .map(({ label }) => malformed(`${label} is no JWK: it has no "kty" that is a string`)),
    ...applyRules(RULES, { isSet, all, keys: all.filter(isForSignatures) }),
  ]
}

const malformed = (message: string): LintFinding => ({
  rule: 'jwks-malformed',
  severity: 'error',
  message,
  fix: 'have an object with an array "keys" of objects that have a "kty"',
  reference: 'RFC 7517 §5',
})

function toEntry(key: unknown, label: string): Entry {
  const jwk: Jwk = bare(snapshot(key) ?? {})
  return { label, jwk, row: ROWS.find((row) => isFor(row, jwk)) }
}

// By its "alg" or, where it names none, by its type and curve; EdDSA is the name for two curves (RFC 8037 §3.1).
function isFor(row: AlgorithmRow, { kty, alg, crv }: Jwk): boolean {
  if (alg !== undefined) return alg === row.alg && !(alg === 'EdDSA' && crv === 'Ed448')
  return row.kty === kty && ((row.kty !== 'EC' && row.kty !== 'OKP') || row.crv === crv)
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isTyped = ({ jwk }: Entry): boolean => typeof jwk.kty === 'string'

function isForSignatures({ jwk: { use, key_ops: operations } }: Entry): boolean {
  if (use !== undefined) return use === 'sig'
  return !Array.isArray(operations) || operations.includes('sign') || operations.includes('verify')
}

const isPrivate = (jwk: Jwk): boolean => PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))

function shortnessOf(entry: Entry): string | false {
  const { kty, n } = entry.jwk
  if (kty === 'RSA')
    return octetsOf(n) !== '' && bitLength(n) < SHORTEST_RSA && `is too short: it has ${bitLength(n)} bits`
  const secret = secretOf(entry)
  if (!secret || secret.octets.length >= secret.shortest) return false
  return `is too short: it has ${secret.octets.length} octets, and ${secret.shortest} are wanted`
}

// Empty where there are none, or where they are misspelled.
const octetsOf = (text: unknown): string => (typeof text === 'string' && decodeBase64url(text)) || ''

interface Secret {
  readonly octets: string
  readonly shortest: number
}

function secretOf({ jwk: { kty, k }, row }: Entry): Secret | undefined {
  const octets = kty === 'oct' ? octetsOf(k) : ''
  return row?.kty === 'oct' && octets !== '' ? { octets, shortest: row.size } : undefined
}

function problemOf({ jwk, row }: Entry): string | false {
  // What is of a type, a curve or an algorithm that nobody here knows may well be right (RFC 7517 §5).
  if (!row) return false
  const half = jwk.d !== undefined || jwk.priv !== undefined ? 'private' : 'public'
  try {
    readJwk(jwk, row, row.kty === 'oct' ? 'secret' : half)
    return false
  } catch (error) {
    return `cannot be read: ${(error as TypeError).message}`
  }
}

function isWeak(entry: Entry, weakness: SecretWeakness): boolean {
  const secret = secretOf(entry)
  return secret !== undefined && secretWeakness(secret.octets, secret.shortest) === weakness
}
