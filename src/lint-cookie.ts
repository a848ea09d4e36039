// What is unwise in a Set-Cookie header whose cookie carries a token (RFC 6265bis §4.1).
import { applyRules, when, type LintFinding, type Rule } from './lint-rule.ts'

interface Cookie {
  readonly name: string
  readonly value: string
  /** By their names in lower case. */
  readonly attributes: ReadonlyMap<string, string>
}

const LONGEST = 4096

// There are ten attributes at most, and a text of a million semicolons is no cookie.
const MOST_PARTS = 1000

// Browsers read the prefixes in any case (RFC 6265bis §5.4).
const PREFIX = /^__(host-http|host|http|secure)-/i

// An empty one is none (RFC 6265bis §5.7).
const hasDomain = (attributes: Cookie['attributes']): boolean => (attributes.get('domain') ?? '') !== ''

const octetsOf = (text: string): number => new TextEncoder().encode(text).length

const RULES: readonly Rule<Cookie>[] = [
  {
    rule: 'cookie-not-secure',
    severity: 'error',
    fix: 'add Secure, or it is sent in the clear to whoever asks by http',
    reference: 'RFC 6265bis §4.1.2.5',
    finds: ({ attributes }) => when(!attributes.has('secure'), 'the cookie has no Secure'),
  },
  {
    rule: 'cookie-not-http-only',
    severity: 'error',
    fix: 'add HttpOnly, or any script on the page can take it away',
    reference: 'RFC 6265bis §4.1.2.6',
    // A CSRF token is there for the scripts of the page.
    finds: ({ name, attributes }) =>
      when(!attributes.has('httponly') && !/[cx]srf/i.test(name), 'the cookie has no HttpOnly'),
  },
  {
    rule: 'cookie-no-same-site',
    severity: 'warning',
    fix: 'add SameSite=Lax, or SameSite=Strict where no link from outside needs it',
    reference: 'RFC 6265bis §4.1.2.7',
    finds: ({ attributes }) =>
      when(
        !/^(?:strict|lax|none)$/i.test(attributes.get('samesite') ?? ''),
        'the cookie has no SameSite of Strict, Lax or None',
      ),
  },
  {
    rule: 'cookie-same-site-none',
    severity: 'warning',
    fix: 'use Lax or Strict; where other sites must send it, check Origin and a CSRF token',
    reference: 'RFC 6265bis §4.1.2.7',
    finds: ({ attributes }) =>
      when(
        /^none$/i.test(attributes.get('samesite') ?? ''),
        'the cookie has SameSite=None: requests from every site carry it',
      ),
  },
  {
    rule: 'cookie-no-prefix',
    severity: 'warning',
    fix: 'begin its name with __Host-, or with __Secure- where it has a path of its own',
    reference: 'RFC 6265bis §4.1.3',
    finds: ({ name }) =>
      when(!PREFIX.test(name), 'the cookie has no prefix, so that other hosts of the site can set it'),
  },
  {
    rule: 'cookie-prefix-broken',
    severity: 'error',
    fix: 'have Secure with every prefix; with __Host- also Path=/ and no Domain; with __Http- also HttpOnly',
    reference: 'RFC 6265bis §4.1.3',
    finds: ({ name, attributes }) => {
      const prefix = PREFIX.exec(name)?.[1]?.toLowerCase() ?? ''
      const isBroken =
        (prefix !== '' && !attributes.has('secure')) ||
        (prefix.startsWith('host') && (hasDomain(attributes) || attributes.get('path') !== '/')) ||
        (prefix.endsWith('http') && !attributes.has('httponly'))
      return when(isBroken, 'the cookie does not keep what its prefix promises, so that browsers drop it')
    },
  },
  {
    rule: 'cookie-domain',
    severity: 'warning',
    fix: 'leave Domain out, so that the host that sets it is the only one to get it',
    reference: 'RFC 6265bis §4.1.2.3',
    finds: ({ attributes }) =>
      when(hasDomain(attributes), 'the cookie has a Domain, and every host under it gets the cookie'),
  },
  {
    rule: 'cookie-too-long',
    severity: 'error',
    fix: 'put fewer claims into the token',
    reference: 'RFC 6265bis §5.6',
    finds: ({ name, value }) =>
      when(
        octetsOf(name + value) > LONGEST,
        `the name and the value have more than ${LONGEST} octets: browsers drop it`,
      ),
  },
]

/**
 * Finds what is unwise in a `Set-Cookie` header of a cookie that carries a token, with or without the header's name.
 *
 * @example
 * import { lintCookie } from 'tittle/lint'
 *
 * const findings = lintCookie('session=e30.e30.c2ln; Path=/; SameSite=Lax')
 * console.log(findings.map(({ rule }) => rule)) // cookie-not-secure, cookie-not-http-only, cookie-no-prefix
 */
export function lintCookie(setCookie: string): readonly LintFinding[] {
  const cookie = typeof setCookie === 'string' ? parse(setCookie) : undefined
  return cookie ? applyRules(RULES, cookie) : [MALFORMED]
}

function parse(setCookie: string): Cookie | undefined {
  const [pair = '', ...rest] = setCookie.replace(/^\s*set-cookie:/i, '').split(';', MOST_PARTS)
  const [name, value] = split(pair)
  if (name === '' || !pair.includes('=')) return undefined
  return { name, value, attributes: new Map(rest.map(split).map(([key, value]) => [key.toLowerCase(), value])) }
}

function split(pair: string): readonly [string, string] {
  const end = pair.indexOf('=')
  return end < 0 ? [pair.trim(), ''] : [pair.slice(0, end).trim(), pair.slice(end + 1).trim()]
}

const MALFORMED: LintFinding = {
  rule: 'cookie-malformed',
  severity: 'error',
  message: 'this is no Set-Cookie header: it does not begin with a name and an equals sign',
  fix: 'have it as "__Host-access=…; Path=/; Secure; HttpOnly; SameSite=Lax"',
  reference: 'RFC 6265bis §4.1',
}
