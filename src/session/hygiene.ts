// Claims that look like secrets. A token is signed, not encrypted: whoever holds it, or a log that has it, can read it.

/** What a claim looks like. */
export type SecretKind =
  | 'password'
  | 'password hash'
  | 'one-time code'
  | 'card number'
  | 'card security code'
  | 'private key'
  | 'API key'
  | 'token'
  | 'secret'

/** A claim that looks like a secret; its value is not repeated. */
export interface SecretClaim {
  /** As `profile.password`, or `cards[0]`; a name that is itself a secret is shown as `*`. */
  readonly path: string
  readonly kind: SecretKind
  /** Whether its name gave it away, or its value. */
  readonly by: 'name' | 'value'
}

// Names are matched as words in lower case with one space between them; a name in one case has no such spaces.
const NAMES: readonly (readonly [SecretKind, RegExp])[] = [
  ['one-time code', /\b(?:sms|email|user|login|[ht])?otp(?: ?(?:code|secret|seed|key|value))?s?\b|one ?time ?p[aiw]/],
  [
    'one-time code',
    /(?:[2m]fa|factor|one ?time|sms|e ?mail|verification|access|auth(?:orization)?|backup|recovery) ?code/,
  ],
  ['card security code', /\b(?:card ?)?cv[cv](?: ?(?:code|number|value))?\b|security ?code|card ?verification/],
  ['card number', /^(?:(?:bank|payment|user) ?)?(?:card|cc) ?(?:number|num|no)$|(?:credit|debit) ?card/],
  ['private key', /(?:private|priv|secret|signing|encryption|master) ?key|(?:seed|mnemonic|recovery) ?phrase/],
  ['API key', /(?:api|access) ?key|api ?(?:secret|token)/],
  ['token', /(?:access|refresh|auth|bearer|session|reset|\bid) ?token/],
  ['password', /pass ?(?:word(?!less)|wd|phrase|code)|\b(?:user|new|old|db)?pwd\b|\bpw\b|^(?:(?:user|db) ?)?pass$/],
  ['password', /\b(?:card|user|[mt])?pin(?: ?(?:code|number|value|hash|confirm(?:ation)?))?$/],
  ['secret', /secret(?![aeil])|(?:secret|security) ?answer/],
]

// What tells of a secret and is none, by the beginning or end of its name, as has_password, or by the last word of it.
const ABOUT =
  /^(?:has|is|was|no|needs|must|requires?|allows?) |(?:e[ds]at|enabled|required|changed|expired|expiry|hint)$/
const ABOUT_WORDS: ReadonlySet<string> = new Set(
  `at on by id ids url uri link ref arn path date day days month year time since until period age ttl exp expires
  expiration change updated created set reset disabled verified policy strength score level length digits count attempts
  method type kind status state mode version format alg provider channel brand holder name network issuer country bin
  last four question result check`.split(/\s+/),
)

// The private members of a JWK: RFC 7518 §6.2.2, §6.3.2, §6.4.1, and that of the AKP keys; `oth` never stands alone.
const JWK_MEMBERS = 'd|k|p|q|dp|dq|qi|priv'

// Each is linear on any text: what repeats is bounded, or ends at a character that it cannot hold.
const VALUES: readonly (readonly [SecretKind, RegExp])[] = [
  ['private key', /---- ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|\bPuTTY-User-Key-File-\d|\bAGE-SECRET-KEY-1[0-9A-Z]{58}/],
  // A PEM in base64, in which "PRIVATE" has three spellings.
  ['private key', /LS0tLS1CRUdJTi[\w+/]{0,24}(?:UFJJVkFU|QUklWQVRF|BSSVZBV)/],
  ['private key', new RegExp(String.raw`^(?=[^]*"kty\\*"\s*:)(?=[^]*"(?:${JWK_MEMBERS})\\*"\s*:)`)],
  ['password hash', /\$(?:2[abxy]?|argon2i?d?|scrypt|7|g?y|[156]|pbkdf2(?:-\w{1,8})?)\$[\w./$=,+-]{20}/],
  // As in postgres://user:password@host.
  ['password', /:\/\/[^\s/:@]{0,64}:[^\s/@]{1,256}@/],
  ['one-time code', /\botpauth:\/\//],
  // RFC 7515 §7.1, RFC 7516 §7.1: a header begins with {" in base64url.
  ['token', /(?<![\w-])eyJ[\w-]{10,}\.[\w-]*\.[\w-]/],
  ['API key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{35}|\bGOCSPX-[\w-]{28}|\bSG\.[\w-]{22}\.[\w-]{43}/],
  ['API key', /\bgh[opsru]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgEI/],
  ['API key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16}|\bwhsec_[\w+/]{24}|\bxox[abeoprs]-[\w-]{10}|\bxapp-\d-[\w-]{10}/],
  ['API key', /\bsk-(?:(?:ant|proj|svcacct)-[\w-]{20}|[A-Za-z0-9]{48})|\bhf_[A-Za-z]{34}\b/],
]

// No sign, decimal point or hyphen before it, as telephone numbers, fractions and UUIDs have.
const DIGITS = /(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![ -]?\d|\w)/g

// Visa's old 13 digits are left out, for they are those of telephone numbers and of GTINs.
const ISSUERS: readonly RegExp[] = [
  /^(?=\d{16}(?:\d{3})?$)4/, // Visa
  /^(?=\d{16}$)(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, // Mastercard
  /^(?=\d{15}$)3[47]/, // American Express
  /^(?=\d{16,19}$)(?:6011|64[4-9]|65)/, // Discover
  /^(?=\d{16,19}$)35(?:2[89]|[3-8])/, // JCB
  /^(?=\d{14}(?:\d\d)?$)3(?:0[0-5]|095|[689])/, // Diners Club
  /^(?=\d{16,19}$)(?:62|81)/, // UnionPay
]

// sign() refuses what is nested deeper.
const MAX_DEPTH = 32

interface Place {
  readonly path: string
  /** What the name says; the items of an array go by the name of the array. */
  readonly named: SecretKind | undefined
  readonly value: unknown
  readonly depth: number
}

/**
 * Finds the claims that look like secrets, those nearest to the top first.
 *
 * Names count in any case and with any marks between their words, where the value is a string, a number or an array of
 * them; values count under any name. A name in `allowed`, exactly, lets that member pass wherever it stands, with all
 * that is in it. Each member is read once.
 */
export function secretClaims(
  claims: { readonly [name: string]: unknown },
  allowed: readonly string[] = [],
): readonly SecretClaim[] {
  const found: SecretClaim[] = []
  const seen = new Map<SecretKind | undefined, Set<unknown>>()
  // By breadth, so that what is met twice is met first where the limit of depth is farthest.
  const places: Place[] = [{ path: '', named: undefined, value: claims, depth: 0 }]
  for (const { path, named, value, depth } of places) {
    const byName = (typeof value === 'number' || (typeof value === 'string' && value !== '')) && named
    const kind = byName || kindOfValue(value)
    if (kind) found.push({ path, kind, by: byName ? 'name' : 'value' })
    const met = seen.get(named) ?? new Set()
    if (typeof value !== 'object' || value === null || depth === MAX_DEPTH || met.has(value)) continue
    seen.set(named, met.add(value))
    const members: readonly (readonly [string, unknown])[] = Object.entries(value)
    for (const [name, member] of members) {
      const next = { value: member, depth: depth + 1 }
      if (Array.isArray(value)) places.push({ ...next, path: `${path}[${name}]`, named })
      else if (!allowed.includes(name)) {
        const kind = kindOfValue(name)
        const inner = (depth > 0 ? `${path}.` : '') + (kind ? '*' : name)
        if (kind) found.push({ path: inner, kind, by: 'name' })
        places.push({ ...next, path: inner, named: kindOfName(name, value) })
      }
    }
  }
  return found
}

function kindOfName(name: string, parent: object): SecretKind | undefined {
  if (Object.hasOwn(parent, 'kty') && JWK_MEMBERS.split('|').includes(name)) return 'private key'
  const words = name
    .replace(/(?!2fa)\d+/gi, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z2]+/g, ' ')
    .trim()
  if (ABOUT.test(words) || ABOUT_WORDS.has(words.slice(words.lastIndexOf(' ') + 1))) return undefined
  return NAMES.find(([, pattern]) => pattern.test(words))?.[0]
}

function kindOfValue(value: unknown): SecretKind | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string') return undefined
  if (text.match(DIGITS)?.some(isCardNumber)) return 'card number'
  return VALUES.find(([, pattern]) => pattern.test(text))?.[0]
}

// The Luhn algorithm (ISO/IEC 7812-1 annex B).
function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '')
  const counted = [...digits].reverse().map((digit, i) => (i % 2 === 0 ? digit : '0246813579'[Number(digit)]))
  const sum = counted.reduce((sum, digit) => sum + Number(digit), 0)
  return sum % 10 === 0 && ISSUERS.some((issuer) => issuer.test(digits))
}
