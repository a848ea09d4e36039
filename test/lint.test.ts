import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportJwk, generateKeyPair, generateSecret } from 'tittle'
import { accessCookie, clearCookies, csrfCookie, csrfToken, refreshCookie } from 'tittle/http'
import { createKeyRing } from 'tittle/jwks'
import { lintCookie, lintKeySet, lintPolicy, lintToken, type LintFinding } from 'tittle/lint'
import { createSessions } from 'tittle/session'
import { header, octets, samples, secretJwk, tokenOf } from './fixtures/lint.ts'
import { polluted } from './setup/pollution.ts'
import { settings } from './setup/sessions.ts'
import { base64url } from './setup/tokens.ts'

const linters: Readonly<Record<string, (subject: unknown) => readonly LintFinding[]>> = {
  lintToken: (subject) => lintToken(subject as string),
  lintKeySet,
  lintPolicy,
  lintCookie: (subject) => lintCookie(subject as string),
}

const rulesOf = (findings: readonly LintFinding[]): string[] => findings.map(({ rule }) => rule)

/** Everything that findings say. */
const wordsOf = (findings: readonly LintFinding[]): string =>
  findings.flatMap(({ message, fix, reference }) => [message, fix, reference]).join('\n')

describe.each(Object.entries(samples))('%s', (rule, { fires, passes }) => {
  test.each(fires)('is found in $name', ({ lint, finds }) => {
    expect(finds).toContain(rule)
    expect(rulesOf(lint())).toEqual(finds)
  })

  test.each(passes)('is not found in $name', ({ lint, finds }) => {
    expect(finds).not.toContain(rule)
    expect(rulesOf(lint())).toEqual(finds)
  })

  test('says what is there, what to do, and where it is written', () => {
    const findings = fires.flatMap(({ lint }) => lint()).filter((finding) => finding.rule === rule)
    for (const { severity, message, fix, reference } of findings) {
      expect(['error', 'warning', 'info']).toContain(severity)
      expect(message).toMatch(/^(the|this|policy|keys\[\d+\]|")[^\n]{10,400}[^.\s]$/)
      expect(fix).toMatch(/^[a-z][^\n]{10,200}[^.\s]$/)
      expect(reference).toMatch(/^RFC \d{4}(bis)? §\d+(\.\d+)*(, §\d+(\.\d+)*)?$/)
    }
    expect(new Set(findings.map(({ reference }) => reference)).size).toBe(1)
  })
})

test('a token with five faults has five findings', () => {
  const token = tokenOf(
    { exp: undefined, aud: undefined, password: 'hunter2', email: 'alice@example.com' },
    { alg: 'none' },
  )
  expect(rulesOf(lintToken(token))).toEqual(['alg-none', 'no-exp', 'no-aud', 'secret-claim', 'personal-claim'])
})

describe('what this library makes is clean', () => {
  test('the tokens of a session, and their cookies', async () => {
    const sessions = createSessions(settings)
    const tokens = await sessions.start('alice', { claims: { role: 'admin' }, scope: 'orders:read' })
    const csrf = await csrfToken(tokens.session.sid, generateSecret('HS256'))
    expect(lintToken(tokens.accessToken)).toEqual([])
    expect(lintToken(tokens.refreshToken).filter(({ severity }) => severity !== 'info')).toEqual([])
    const cookies = [accessCookie(tokens), refreshCookie(tokens, { path: '/auth' }), csrfCookie(csrf)]
    for (const cookie of [...cookies, ...clearCookies({ refreshPath: '/auth' })]) expect(lintCookie(cookie)).toEqual([])
  })

  test('a key ring as it is published', async () => {
    const ring = await createKeyRing({ algorithm: 'ES256', tokenLifetime: '15m', rotateEvery: '30d' })
    expect(lintKeySet((await ring.publicJwks()).jwks)).toEqual([])
  })

  test.each(['ES256', 'RS256', 'Ed25519'] as const)('a key pair for %s, but for its use', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { kid: 'thumbprint' })
    const jwks = [await exportJwk(privateKey), { keys: [await exportJwk(publicKey)] }]
    for (const jwk of jwks) expect(lintKeySet(jwk).filter(({ severity }) => severity !== 'info')).toEqual([])
  })

  test.each(['HS256', 'HS384', 'HS512'] as const)('a secret for %s, but for its use', async (alg) => {
    const jwk = await exportJwk(generateSecret(alg, { kid: 'a' }))
    expect(lintKeySet(jwk).filter(({ severity }) => severity !== 'info')).toEqual([])
  })
})

describe('whatever it is given', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  })
  // What the rules look at, with anything in it.
  const names = fc.constantFrom(
    ...['kty', 'alg', 'kid', 'use', 'key_ops', 'k', 'n', 'e', 'd', 'crv', 'x', 'y', 'keys', '__proto__', 'toString'],
    ...['algorithms', 'issuer', 'audience', 'expiry', 'clockTolerance', 'schema', 'now', 'memo', 'crit', 'typ'],
  )
  const values = fc.oneof(anything, fc.constantFrom('oct', 'RSA', 'EC', 'OKP', 'AKP', 'HS256', 'ES256', 'P-256', null))
  const members = fc.array(fc.tuple(names, values), { maxLength: 8 }).map((entries) => Object.fromEntries(entries))
  const subject = fc.oneof(
    anything,
    members,
    fc.array(fc.oneof(members, anything)).map((keys) => ({ keys })),
  )

  test.each(Object.keys(linters))('%s throws nothing', (name) => {
    fc.assert(
      fc.property(subject, (value) => {
        expect(Array.isArray(linters[name]?.(value))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('lintToken throws nothing at any claims and any header', () => {
    const json = fc.oneof(fc.jsonValue(), fc.constantFrom({ toString: 1 }, { __proto__: 1 }, [[]], 1e400))
    const claimNames = fc.constantFrom('iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'alg', 'typ', 'jwk', 'email', 'otp')
    const object = fc.dictionary(fc.oneof(claimNames, fc.string()), json)
    fc.assert(
      fc.property(object, object, (header, claims) => {
        const token = [header, claims].map((part) => base64url(JSON.stringify(part))).join('.')
        expect(Array.isArray(lintToken(`${token}.`))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test.each(Object.keys(linters))('%s throws nothing at getters that do', (name) => {
    const trap = {
      get keys(): never {
        throw new Error('a trap')
      },
    }
    expect(linters[name]?.(trap)).toHaveLength(1)
    expect(Array.isArray(linters[name]?.({ keys: [trap] }))).toBe(true)
  })

  const garbage: readonly [string, string][] = [
    ['a', 'a'.repeat(5_000_000)],
    ['.', '.'.repeat(5_000_000)],
    [';', ';'.repeat(1_000_000)],
    ['=', '='.repeat(5_000_000)],
    ['; Secure=', '; Secure='.repeat(200_000)],
    ['eyJ', 'eyJ'.repeat(1_500_000)],
    ['\ud800', '\ud800'.repeat(1_000_000)],
    ['set-cookie:', 'set-cookie:'.repeat(100_000)],
    ['white space', ' \t'.repeat(1_000_000)],
    ['@a.', '@a.'.repeat(1_000_000)],
  ]

  // No clock is asked: the square of a million steps would take an hour.
  test.each(garbage)('is done with megabytes of %j', (_, text) => {
    for (const lint of Object.values(linters)) {
      for (const subject of [text, { [text]: text }, { kty: 'oct', k: text, alg: text }, { issuer: text }])
        expect(lint(subject).length).toBeGreaterThan(0)
      expect(lint(`__Host-a=b; ${text}`).length).toBeGreaterThan(0)
    }
    expect(rulesOf(lintToken(tokenOf({ [text.slice(0, 100_000)]: text, last: 'alice@example.com' })))).toContain(
      'personal-claim',
    )
  })

  test('is done with many keys, claims and attributes', () => {
    const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 30_000 }, (_, i) => make(i))
    expect(lintKeySet({ keys: many(() => 5) })).toHaveLength(30_000)
    expect(rulesOf(lintKeySet({ keys: many((i) => ({ kty: 'new', kid: `${i}` })) }))).not.toContain('kid-twice')
    expect(rulesOf(lintPolicy({ algorithms: many((i) => `${i}`) }))).toContain('algorithms-many')
    expect(lintToken(tokenOf({ list: many((i) => `a${i}@example.com`) })).length).toBeGreaterThan(30_000)
    expect(lintCookie(`__Host-a=b; ${many((i) => `a${i}=b`).join(';')}`).length).toBeGreaterThan(0)
  })
})

describe('no value is repeated', () => {
  // Marked, so that it stands in no message of its own accord.
  const marked = fc.string().map((text) => `<${text}>`)
  const number = fc.integer({ min: 7_000_000, max: 2 ** 50 })
  const value = fc.oneof(marked, number, fc.array(marked), fc.dictionary(fc.constantFrom('a', 'b', 'email'), marked))

  /** Finds something, and says nothing of the values, nor anything that is no plain text. */
  function expectSilence(findings: readonly LintFinding[], subject: unknown): void {
    const words = wordsOf(findings)
    expect(words).not.toMatch(/[<>]|(?!\n)\p{C}/u)
    for (const number of JSON.stringify(subject).match(/\d{7,}/g) ?? []) expect(words).not.toContain(number)
  }

  test('of a token', () => {
    // Plain names may be shown; the marked ones here are none.
    const name = fc.constantFrom(
      ...[
        'iss',
        'sub',
        'aud',
        'exp',
        'nbf',
        'iat',
        'jti',
        'email',
        'password',
        'card',
        'address',
        'apiKey',
        '__proto__',
      ],
      ...['<4111111111111111>', 'alice@example.com<', 'line\n<', '\u001b[31m<', '\u202e<', '"<', '<'.repeat(101)],
    )
    const members = fc.dictionary(name, value)
    const parts = fc.tuple(fc.dictionary(fc.constantFrom('alg', 'typ', 'kid', 'jku', 'jwk', 'x5u'), value), members)
    fc.assert(
      fc.property(parts, ([head, claims]) => {
        expectSilence(lintToken(tokenOf({ ...claims, password: '<always>' }, head)), [head, claims])
      }),
      { numRuns: 500 },
    )
  })

  test('of a key set', () => {
    const name = fc.constantFrom('kty', 'alg', 'kid', 'use', 'key_ops', 'k', 'n', 'e', 'd', 'p', 'x', 'y', 'crv')
    const key = fc.tuple(
      fc.dictionary(name, value),
      fc.constantFrom({}, { kty: 'oct' }, { kty: 'RSA' }, { kty: 'EC', crv: 'P-256' }, { kty: 'OKP', alg: 'EdDSA' }),
    )
    const keys = fc.array(
      key.map(([members, more]) => ({ ...members, ...more })),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(keys, (keys) => {
        expectSilence([...lintKeySet({ keys }), ...lintKeySet(keys[0])], keys)
      }),
      { numRuns: 500 },
    )
  })

  test('of a policy, nor a name that no policy has', () => {
    const name = fc.oneof(
      fc.constantFrom('algorithms', 'issuer', 'audience', 'subject', 'typ', 'expiry', 'maxAge', 'clockTolerance'),
      fc.constantFrom('crit', 'schema', 'memo', 'maxTokenLength', 'requiredClaims', 'now'),
      marked,
    )
    fc.assert(
      fc.property(fc.dictionary(name, value), (policy) => {
        expectSilence(lintPolicy(policy), policy)
        expectSilence(lintPolicy({ algorithms: ['ES256'], issuer: null, audience: null, ...policy }), policy)
      }),
      { numRuns: 500 },
    )
  })

  test('of a cookie', () => {
    const name = fc.constantFrom('Path', 'Domain', 'SameSite', 'Secure', 'HttpOnly', 'Max-Age', 'Expires')
    const attribute = fc.oneof(
      marked,
      fc.tuple(name, marked).map(([name, text]) => `${name}=${text}`),
    )
    fc.assert(
      fc.property(marked, marked, fc.array(attribute), (name, text, attributes) => {
        const cookie = [`${name}=${text}`, ...attributes].join('; ')
        expectSilence(lintCookie(cookie), cookie)
      }),
      { numRuns: 500 },
    )
  })

  test('of a secret', () => {
    const secrets = ['a'.repeat(40), 'your-256-bit-secret-goes-in-here', octets.toString('hex').slice(0, 32), 'secret']
    for (const secret of secrets) {
      const findings = lintKeySet({ keys: [secretJwk(secret)] })
      expect(rulesOf(findings).some((rule) => rule.startsWith('secret-'))).toBe(true)
      for (const spelling of [secret, base64url(secret)].filter((text) => text !== 'secret'))
        expect(wordsOf(findings)).not.toContain(spelling)
    }
  })
})

describe('a polluted Object.prototype makes no difference', () => {
  const subjects: readonly [string, () => readonly LintFinding[]][] = [
    ['a clean token', () => lintToken(tokenOf())],
    ['a token of nothing', () => lintToken('e30.e30.')],
    ['a clean set', () => lintKeySet({ keys: [{ ...secretJwk(octets) }] })],
    ['a key of nothing but its type', () => lintKeySet({ kty: 'EC' })],
    ['a set of nothing', () => lintKeySet({ keys: [{}] })],
    ['nothing as a set', () => lintKeySet({})],
    ['a clean policy', () => lintPolicy({ algorithms: ['ES256'], issuer: 'issuer', audience: 'api' })],
    ['a policy of nothing', () => lintPolicy({})],
    ['a clean cookie', () => lintCookie('__Host-a=b; Path=/; Secure; HttpOnly; SameSite=Lax')],
    ['a cookie of nothing', () => lintCookie('a=b')],
  ]
  const pollutions: readonly object[] = [
    { ...header, iss: 'issuer', aud: ['one', 'two'], exp: 5_000, iat: 0, jti: 'a', email: 'alice@example.com' },
    { kty: 'oct', alg: 'none', kid: 'a', use: 'enc', key_ops: [], k: 'AA', d: 'AA', crv: 'P-256', keys: [{}] },
    { algorithms: ['none'], issuer: null, audience: null, expiry: 'optional', clockTolerance: 300, memo: {} },
    { secure: '', httponly: '', samesite: 'None', domain: 'evil.example', path: '/', name: '__Host-a', value: 'b' },
    { rule: 'alg-none', severity: 'error', message: 'evil', fix: 'evil', reference: 'evil', finds: () => ['evil'] },
  ]

  test.each(subjects)('to %s', (_, lint) => {
    const clean = lint()
    for (const members of pollutions) expect(polluted({ ...members }, lint)).toEqual(clean)
  })
})
