// What is unwise in a token that may verify all the same.
import { isNumericDate } from './time.ts'
import { decode, type DecodedJwt } from './decode.ts'
import { ownMember, type JsonObject } from './json.ts'
import { algorithmRules } from './lint-algorithms.ts'
import { applyRules, when, type LintFinding, type Rule } from './lint-rule.ts'
import { secretClaims } from './session/hygiene.ts'

/** A token as the rules look at it. */
interface Subject {
  readonly length: number
  readonly header: JsonObject
  readonly claims: JsonObject
}

// Personal data by the names that OpenID Connect Core §5.1 and plain use give it.
const PERSONAL =
  /^(?:e-?mail(?:_?address)?|(?:phone|mobile|telephone)(?:_?number)?|birth_?da(?:te|y)|date_?of_?birth|dob|(?:street_?)?address|ssn|social_?security(?:_?number)?|national_?id|passport(?:_?number)?|tax_?id|iban|gender|ip_?address)$/i

// The last label has a letter first, which versions of packages have not.
const EMAIL = /^[^\s@]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}$/u

const QUARTER_HOUR = 900
const COOKIE_LIMIT = 4096
const HEADER_LIMIT = 8192

// Tokens that are meant to last, by their types: refresh tokens, and what OpenID Federation and others sign for good.
const LASTING = /^(?:application\/)?(?:rt|entity-statement|trust-mark|vc|dc|kb)\+/i

// Proofs and events, which are told once: they need no `exp`, and may bring their key (RFC 9449 §4.2, RFC 8417 §2.2).
const ONCE = /^(?:application\/)?(?:dpop|kb|secevent|openid4vci-proof)\+jwt$/i

const DATES = ['exp', 'nbf', 'iat'] as const

const memberAsText = (object: JsonObject, name: string): string => {
  const value = ownMember(object, name)
  return typeof value === 'string' ? value : ''
}

const isTyped = ({ header }: Subject, types: RegExp): boolean => types.test(memberAsText(header, 'typ'))

const isString = (value: unknown): boolean => typeof value === 'string' && value !== ''

const isAudience = (value: unknown): boolean =>
  isString(value) || (Array.isArray(value) && value.length > 0 && value.every(isString))

/** What is missing where no such member fits; `wanted` is for one that is there and does not. */
function missing(object: JsonObject, name: string, fits: (value: unknown) => boolean, wanted: string): string[] {
  if (fits(ownMember(object, name))) return []
  return [Object.hasOwn(object, name) ? `no "${name}" that is ${wanted}` : `no "${name}"`]
}

const lacks =
  (claim: string, fits: (value: unknown) => boolean, wanted: string) =>
  ({ claims }: Subject): readonly string[] =>
    missing(claims, claim, fits, wanted).map((lack) => `the token has ${lack}`)

const isNumber = (value: unknown): boolean => typeof value === 'number'

/** A rule for all but the tokens that are told once. */
const unlessOnce =
  (finds: Rule<Subject>['finds']): Rule<Subject>['finds'] =>
  (subject) =>
    isTyped(subject, ONCE) ? [] : finds(subject)

const RULES: readonly Rule<Subject>[] = [
  ...algorithmRules(({ header }: Subject) => [{ of: 'the header', alg: ownMember(header, 'alg') }]),
  {
    rule: 'hmac-audiences',
    severity: 'error',
    fix: 'sign with a private key, whose public half cannot sign, or make a token for each audience',
    reference: 'RFC 7515 §10.5',
    finds: ({ header, claims }) => {
      const aud = ownMember(claims, 'aud')
      return when(
        memberAsText(header, 'alg').startsWith('HS') && Array.isArray(aud) && new Set(aud).size > 1,
        'the token is for several audiences, each of which has the secret and can make tokens for the others',
      )
    },
  },
  {
    rule: 'header-key',
    severity: 'warning',
    fix: 'name the key by "kid", and have verifiers take it from a key set that they trust',
    reference: 'RFC 8725 §3.10',
    finds: unlessOnce(({ header }) =>
      ['jku', 'jwk', 'x5u', 'x5c']
        .filter((name) => Object.hasOwn(header, name))
        .map((name) => `the header brings a key of its own, by "${name}": whoever uses it trusts whoever sent it`),
    ),
  },
  {
    rule: 'no-typ',
    severity: 'warning',
    fix: 'give each kind of token a "typ" of its own, as "at+jwt", and have verifiers ask for it',
    reference: 'RFC 8725 §3.11',
    finds: ({ header }) =>
      missing(header, 'typ', isString, 'a non-empty string').map(
        (lack) => `the header has ${lack}, so that tokens of one kind may pass for another`,
      ),
  },
  {
    rule: 'no-exp',
    severity: 'error',
    fix: 'let it expire: minutes for access tokens, days for refresh tokens',
    reference: 'RFC 7519 §4.1.4',
    finds: unlessOnce(lacks('exp', isNumber, 'a number')),
  },
  {
    rule: 'no-iat',
    severity: 'info',
    fix: 'say when it was issued, so that verifiers can bound its age and its lifetime',
    reference: 'RFC 7519 §4.1.6',
    finds: lacks('iat', isNumber, 'a number'),
  },
  {
    rule: 'no-iss',
    severity: 'warning',
    fix: 'name the issuer, and have verifiers ask for it',
    reference: 'RFC 8725 §3.8',
    finds: unlessOnce(lacks('iss', isString, 'a non-empty string')),
  },
  {
    rule: 'no-aud',
    severity: 'warning',
    fix: 'name whom it is for, and have verifiers ask for themselves',
    reference: 'RFC 8725 §3.9',
    finds: unlessOnce(lacks('aud', isAudience, 'a string, or an array of strings')),
  },
  {
    rule: 'no-jti',
    severity: 'info',
    fix: 'give it an id, by which it can be denied, and found in logs',
    reference: 'RFC 7519 §4.1.7',
    finds: lacks('jti', isString, 'a non-empty string'),
  },
  {
    rule: 'date-in-milliseconds',
    severity: 'error',
    fix: 'divide it by 1000: dates are seconds since 1970',
    reference: 'RFC 7519 §2',
    finds: ({ claims }) =>
      DATES.filter((claim) => {
        const value = ownMember(claims, claim)
        return typeof value === 'number' && isNumericDate(value / 1000) && !isNumericDate(value)
      }).map((claim) => `"${claim}" is in milliseconds`),
  },
  {
    rule: 'long-lived',
    severity: 'warning',
    fix: 'let access tokens live for 15 minutes at most, and renew them by a refresh token',
    reference: 'RFC 6750 §5.3',
    finds: (subject) => {
      const [exp, nbf, iat] = DATES.map((claim) => ownMember(subject.claims, claim))
      const start = isNumericDate(iat) ? iat : nbf
      if (!isNumericDate(exp) || !isNumericDate(start) || isTyped(subject, LASTING)) return []
      return when(exp - start > QUARTER_HOUR, `the token lives for ${spanOf(exp - start)}`)
    },
  },
  {
    rule: 'secret-claim',
    severity: 'error',
    fix: 'keep it on the server: a token is signed, not encrypted, and whoever holds it can read it',
    reference: 'RFC 7519 §12',
    finds: ({ claims }) =>
      secretClaims(claims).map(
        ({ path, kind }) => `the claim "${shown(path)}" looks like ${kind === 'API key' ? 'an' : 'a'} ${kind}`,
      ),
  },
  {
    rule: 'personal-claim',
    severity: 'warning',
    fix: 'leave personal data out, and look it up by an opaque "sub": tokens end up in logs and histories',
    reference: 'RFC 7519 §12',
    finds: ({ claims }) => personalClaims(claims).map((path) => `the claim "${shown(path)}" looks like personal data`),
  },
  {
    rule: 'over-cookie-limit',
    severity: 'warning',
    fix: 'put fewer claims into it; what is looked up by "sub" need not travel',
    reference: 'RFC 6265 §6.1',
    finds: ({ length }) =>
      when(length > COOKIE_LIMIT, `the token has ${length} characters: browsers drop cookies over ${COOKIE_LIMIT}`),
  },
  {
    rule: 'over-header-limit',
    severity: 'error',
    fix: 'put fewer claims into it: lists of roles and groups are what grows',
    reference: 'RFC 9110 §5.4',
    finds: ({ length }) =>
      when(
        length > HEADER_LIMIT,
        `the token has ${length} characters: common servers refuse headers over ${HEADER_LIMIT}`,
      ),
  },
]

/**
 * Finds what is unwise or dangerous in a token, without verifying it.
 *
 * A token without findings may still be forged: linting is for those who issue tokens, verifying for those who take them.
 *
 * @example
 * import { lintToken } from 'tittle/lint'
 *
 * const findings = lintToken('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.')
 * console.log(findings.map(({ rule }) => rule)) // alg-none, no-typ, no-exp, no-iat, no-iss, no-aud, no-jti
 */
export function lintToken(token: string): readonly LintFinding[] {
  const decoded = decodeOrNone(token)
  return decoded ? applyRules(RULES, { length: token.length, ...decoded.unverified }) : [MALFORMED]
}

// The paths to personal data, by name or by value, at any depth; strict JSON has but 32 levels.
function personalClaims(members: object, path = ''): readonly string[] {
  return Object.entries(members).flatMap(([name, value]: readonly [string, unknown]) => {
    const here = Array.isArray(members) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
    const isSaid = value !== null && value !== '' && typeof value !== 'boolean'
    if (isPersonal(value) || isPersonal(name) || (isSaid && PERSONAL.test(name))) return [here]
    return typeof value === 'object' && value !== null ? personalClaims(value, here) : []
  })
}

const isPersonal = (value: unknown): boolean => typeof value === 'string' && (EMAIL.test(value) || isIban(value))

// ISO 13616: as a number, with the first four characters last, it leaves 1.
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}$/.test(text)) return false
  const compact = text.replaceAll(' ', '')
  const digits = (compact.slice(4) + compact.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  )
  return BigInt(digits) % 97n === 1n
}

/** A path as a message may show it: none that is long, breaks out of its line, or has a secret or an address in it. */
function shown(path: string): string {
  const isPlain = path.length <= 100 && !/[\p{C}"@]/u.test(path) && secretClaims({ [path]: true }).length === 0
  return isPlain ? path : '*'
}

function spanOf(seconds: number): string {
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} minutes`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} hours` : `${Math.floor(seconds / 86_400)} days`
}

function decodeOrNone(token: string): DecodedJwt | undefined {
  try {
    return decode(token)
  } catch {
    return undefined
  }
}

const MALFORMED: LintFinding = {
  rule: 'token-malformed',
  severity: 'error',
  message: 'this is not a strict JWT',
  fix: 'have three segments of canonical base64url, the first two of them strict JSON objects',
  reference: 'RFC 7519 §7.2',
}
