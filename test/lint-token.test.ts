import { describe, expect, test } from 'vitest'
import { lintToken } from '../src/lint-token.ts'
import { claims, tokenOf, tokenOfLength } from './fixtures/lint.ts'
import { keys } from './setup/keys.ts'

const rulesOf = (token: string): string[] => lintToken(token).map(({ rule }) => rule)

const messagesOf = (token: string): string[] => lintToken(token).map(({ message }) => message)

describe('a message says what is seen', () => {
  test.each<[object, object, string]>([
    [{ exp: undefined }, {}, 'the token has no "exp"'],
    [{ exp: '1800000000' }, {}, 'the token has no "exp" that is a number'],
    [{ aud: [] }, {}, 'the token has no "aud" that is a string, or an array of strings'],
    [
      {},
      { typ: 5 },
      'the header has no "typ" that is a non-empty string, so that tokens of one kind may pass for another',
    ],
    [{ exp: claims.iat + 901 }, {}, 'the token lives for 16 minutes'],
    [{ exp: claims.iat + 3600 }, {}, 'the token lives for 60 minutes'],
    [{ exp: claims.iat + 7199 }, {}, 'the token lives for 120 minutes'],
    [{ exp: claims.iat + 7200 }, {}, 'the token lives for 2 hours'],
    [{ exp: claims.iat + 172_799 }, {}, 'the token lives for 47 hours'],
    [{ exp: claims.iat + 172_800 }, {}, 'the token lives for 2 days'],
    [{ exp: claims.iat + 30 * 86_400 }, {}, 'the token lives for 30 days'],
    [{ nbf: claims.iat * 1000 }, {}, '"nbf" is in milliseconds'],
    [{ user: { pin: 1234 } }, {}, 'the claim "user.pin" looks like a password'],
    [{ apiKey: 'abc' }, {}, 'the claim "apiKey" looks like an API key'],
    [{ otp: '123456' }, {}, 'the claim "otp" looks like a one-time code'],
    [{ users: [{ mail: 'alice@example.com' }] }, {}, 'the claim "users[0].mail" looks like personal data'],
    [{ address: ['Bratislava'] }, {}, 'the claim "address" looks like personal data'],
  ])('%j %j', (moreClaims, moreHeader, message) => {
    expect(messagesOf(tokenOf(moreClaims, moreHeader))).toEqual([message])
  })

  test('and how long a token is', () => {
    expect(messagesOf(tokenOfLength(8193))).toEqual([
      'the token has 8193 characters: browsers drop cookies over 4096',
      'the token has 8193 characters: common servers refuse headers over 8192',
    ])
  })
})

describe('a name is shown as * where it', () => {
  const card = '4111111111111111'

  test.each<[string, object, string[]]>([
    ['is a card number', { [card]: 'alice@example.com' }, ['*', '*']],
    ['is an address', { 'alice@example.com': 5 }, ['*']],
    ['holds an address', { 'alice@example.com': { password: 'x' } }, ['*', '*']],
    ['is a token', { [tokenOf()]: { email: 'x' } }, ['*', '*']],
    ['breaks the line', { a: { 'b\n': { email: 'x' } } }, ['*']],
    ['colours the terminal', { '\u001b[31m': { email: 'x' } }, ['*']],
    ['turns the line around', { '\u202eabc': { email: 'x' } }, ['*']],
    ['ends its quotes', { '"': { email: 'x' } }, ['*']],
    ['is half a character', { '\ud800': { email: 'x' } }, ['*']],
    ['is long', { ['a'.repeat(95)]: { email: 'x' } }, ['*']],
    ['none of these', { ['a'.repeat(94)]: { email: 'x' } }, [`${'a'.repeat(94)}.email`]],
    ['nor these', { 'имя 名': { email: 'x' } }, ['имя 名.email']],
  ])('%s', (_, moreClaims, names) => {
    expect(messagesOf(tokenOf(moreClaims)).map((message) => /"(.*)"/s.exec(message)?.[1])).toEqual(names)
  })
})

describe('everyday tokens of others', () => {
  // RFC 9068 §2.2, OpenID Connect Core §2, Entra ID, Cognito, Auth0, Keycloak.
  const everyday = {
    ...{ auth_time: 1_800_000_000, nonce: 'n-0S6_WzA2Mj', acr: 'urn:mace:incommon:iap:silver', amr: ['pwd', 'otp'] },
    ...{ azp: 's6BhdRkqt3', at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng', c_hash: 'LDktKdoQak3Pk0cnXxCltA', sid: '08a5019c-17e1' },
    ...{ scope: 'openid profile email', scp: 'user.read', roles: ['admin'], groups: ['/staff'], client_id: 'web' },
    ...{
      name: 'Alice',
      preferred_username: 'alice',
      given_name: 'Alice',
      locale: 'sk-SK',
      zoneinfo: 'Europe/Bratislava',
    },
    ...{ tid: '9122040d-6c67-4c5b-b112-36a304b66dad', oid: '00000000-0000-0000-66f3-3332eca7ea81', ver: '2.0' },
    ...{ 'cognito:groups': ['staff'], token_use: 'access', event_id: '4d9c0a5e', origin_jti: 'aaaa-bbbb' },
    ...{ 'https://app.example/tenant': 'acme', permissions: ['read:orders'], gty: 'client-credentials' },
    ...{ realm_access: { roles: ['user'] }, resource_access: { account: { roles: ['manage-account'] } } },
    ...{ email_verified: true, phone_number_verified: false, updated_at: 1_800_000_000, sub: '110169484474386276334' },
    ...{ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }, tokenVersion: 3 },
  }

  test('have no finding for their claims', () => {
    expect(rulesOf(tokenOf(everyday))).toEqual([])
    for (const [name, value] of Object.entries(everyday)) expect(rulesOf(tokenOf({ [name]: value })), name).toEqual([])
  })

  test('with an ID token of an hour: for its life and its address', () => {
    const idToken = tokenOf({ ...everyday, exp: claims.iat + 3600, email: 'alice@example.com' }, { typ: 'JWT' })
    expect(rulesOf(idToken)).toEqual(['long-lived', 'personal-claim'])
  })

  test('of proof of possession bring their key and do not expire (RFC 9449 §4.2)', () => {
    const proof = {
      iss: undefined,
      sub: undefined,
      aud: undefined,
      exp: undefined,
      htm: 'POST',
      htu: 'https://a.example',
    }
    expect(rulesOf(tokenOf(proof, { typ: 'dpop+jwt', jwk: keys.p256.publicJwk }))).toEqual([])
    expect(rulesOf(tokenOf(proof, { typ: 'dpop', jwk: keys.p256.publicJwk }))).toEqual([
      'header-key',
      'no-exp',
      'no-iss',
      'no-aud',
    ])
  })
})

test.each([
  '',
  'www',
  'https://user@host',
  'a@b',
  'a@b.c',
  'a@b.1',
  '@example.com',
  'a b@example.com',
  'a@@example.com',
])('%j is no address', (value) => {
  expect(rulesOf(tokenOf({ value }))).toEqual([])
})

test.each([
  ...['a@b.co', 'first.last+tag@sub.example.com', 'mailto:alice@example.com', 'alice@xn--e1afmkfd.xn--p1ai'],
  ...['ünïcode@exämple.de', 'DE89370400440532013000', 'FR14 2004 1010 0505 0001 3M02 606', 'NO9386011117947'],
])('%j is personal', (value) => {
  expect(rulesOf(tokenOf({ value }))).toEqual(['personal-claim'])
})

test.each([
  ...['email', 'e-mail', 'email_address', 'emailAddress', 'EMAIL', 'phone', 'phone_number', 'mobile'],
  ...['mobileNumber', 'telephone', 'birthdate', 'birth_date', 'birthday', 'birth_day', 'date_of_birth', 'dateOfBirth'],
  ...['dob', 'address', 'street_address', 'streetAddress', 'ssn', 'social_security', 'socialSecurityNumber'],
  ...['social_security_number', 'national_id', 'nationalId', 'passport', 'passport_number', 'passportNumber'],
  ...['tax_id', 'taxId', 'iban', 'gender', 'ip_address', 'ipAddress'],
])('%j is the name of something personal', (name) => {
  expect(rulesOf(tokenOf({ [name]: 5 }))).toEqual(['personal-claim'])
})

test.each(['emailed', 'no_email', 'phones', 'birthright', 'addressee', 'my_gender', 'ip', 'number', 'passports'])(
  '%j is not',
  (name) => expect(rulesOf(tokenOf({ [name]: 5 }))).toEqual([]),
)

test.each(['alice@example.com, and others', 'X DE89370400440532013000', 'DE89370400440532013000, at your bank'])(
  '%j is text, of which no more than a part is personal',
  (value) => expect(rulesOf(tokenOf({ value }))).toEqual([]),
)

describe('a token of the type', () => {
  const [lasting, once] = [{ exp: claims.iat + 30 * 86_400 }, { exp: undefined }]

  test.each<[string, object, string[]]>([
    ['rt+jwt', lasting, []],
    ['application/rt+jwt', lasting, []],
    ['entity-statement+jwt', lasting, []],
    ['smart+jwt', lasting, ['long-lived']],
    ['secevent+jwt', once, []],
    ['application/dpop+jwt', once, []],
    ['xdpop+jwt', once, ['no-exp']],
    ['dpop+jwt+x', once, ['no-exp']],
  ])('%s', (typ, moreClaims, rules) => {
    expect(rulesOf(tokenOf(moreClaims, { typ }))).toEqual(rules)
  })
})

test('how grave a finding is', () => {
  const worst = tokenOf(
    { exp: claims.iat + 901, iss: undefined, aud: ['a', 'b'], jti: undefined, otp: '1', email: 'x' },
    { alg: 'HS256', typ: undefined, jku: 'https://evil.example' },
  )
  expect(lintToken(worst).map(({ rule, severity }) => `${rule}: ${severity}`)).toEqual([
    'hmac-audiences: error',
    'header-key: warning',
    'no-typ: warning',
    'no-iss: warning',
    'no-jti: info',
    'long-lived: warning',
    'secret-claim: error',
    'personal-claim: warning',
  ])
  const severityOf = (alg: string): unknown => lintToken(tokenOf({}, { alg }))[0]?.severity
  expect(['none', 'RS1', 'EdDSA', 'ES256K'].map(severityOf)).toEqual(['error', 'error', 'info', 'warning'])
})
