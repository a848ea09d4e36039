import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportJwk, generateKeyPair, generateSecret, sign, type JwtClaims } from 'tittle'
import { secretClaims, type SecretKind } from '../../src/session/hygiene.ts'
import { polluted } from '../setup/pollution.ts'

/** What is found, as `path: kind by name` or `path: kind by value`. */
function find(claims: JwtClaims, allowed?: readonly string[]): string[] {
  return secretClaims(claims, allowed).map(({ path, kind, by }) => `${path}: ${kind} by ${by}`)
}

// Spelled in parts, or the scanners of repositories take this file for a leak.
const body = (length: number): string => 'a1B2c3D4'.repeat(8).slice(0, length)
const CARD = '4111111111111111'
const JWS = `${'eyJ'}hbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln`
const pem = (label: string): string => `-----BEGIN ${label}-----\nMC4CAQAwBQYDK2Vw\n-----END ${label}-----\n`

const secretNames: readonly [SecretKind, string][] = [
  [
    'password',
    `password passwd passphrase pass_phrase passcode PassWord userPassword user-password oldpassword pwd
    new_password_confirm newPasswordConfirmation password1 password_2 passwordHash PASSWORD db.password userPwd
    user_pass pass pw login_pw pin PIN userPIN pin_code pinCode pincode pinHash cardPin pin1 userpwd newpwd oldpwd
    dbpwd userpass dbPass cardpin userpin mpin tPin pinNumber pinValue pinConfirm pinConfirmation userPWDHash
    casinoPassword changedPassword app1pwd`,
  ],
  [
    'one-time code',
    `otp OTP otpCode otp_code otpcode sms-otp totp_seed totpSecret hotp emailOtp otps oneTimePassword mfaCode
    2fa_code my2FACode twoFactorCode smsCode email_code emailCode e-mail-code verificationCode backup_codes recoveryCodes accessCode smsotp emailotp
    userotp loginotp otpsecret otpseed otpkey otpvalue authorization_code authCode one_time_pin one-time.code otp2
    onetimepin onetimecode`,
  ],
  [
    'card security code',
    `cvv CVV cvv2 cvc cardCvv card_cvc cardcvv cvvCode cvc_number securityCode cardVerificationValue cvvcode
    cvcnumber cvvvalue securitycode cardverification`,
  ],
  [
    'card number',
    `cardNumber card_number card-no cardnum ccNumber creditCard debit_card creditCardNumber bankCardNumber
    paymentCardNumber userCardNumber bankcardnumber creditcard`,
  ],
  [
    'private key',
    `privateKey private_key PRIVATEKEY sshPrivateKey privKey secretKey signing_key encryptionKey masterKey seedPhrase
    recovery_phrase mnemonicPhrase seedphrase`,
  ],
  [
    'API key',
    `apiKey api_key APIKey x-api-key googleApiKey apikey api__key apiSecret apisecret api.token accessKey
    secretAccessKey`,
  ],
  [
    'token',
    'accessToken access_token refreshToken id_token authToken bearer-token sessionToken resetToken accesstoken',
  ],
  [
    'secret',
    `secret clientSecret client_secret clientsecret sharedSecret secrets secretAnswer secretanswer security_answer`,
  ],
]

const innocentNames = `
  pinned spin pins_at spinning pint pinterest opinion shipping pinColor passport passportNumber passenger bypass
  compass boardingPass pass_type passwordless passwordless_login secretary secretariat tokenized token_type token_use
  tokenVersion hotpink footprint photo option cv cvs cvvResult cvc_check cardHolder cardBrand idCardNumber creditLimit
  keyboard otpEnabled otp_enabled otpMethod totp_period otpDigits mfa mfa_method password_changed_at passwordChangedAt
  passwordchangedat passwordExpired passwordexpired has_password hasPassword is_pin_set pwd_reset_required pwd_exp
  pwd_url pwdLastSet password_hint passwordExpiry password_policy passwordStrength pinAttempts failedPasswordCount
  secretId client_secret_expires_at apiKeyId api_key_name access_token_ttl card_number_last4 creditCardType
  credit_card_last_four cardNotes require_password allow_password is_password was_password no_password must_password allowsPassword requires_password needsOtp
  secretQuestion publicKey keyId code country_code postalCode session_id sid id_token_hint 2fa`

const words = (text: string): string[] => text.trim().split(/\s+/)

describe('a name that is found', () => {
  test.each(secretNames.flatMap(([kind, names]) => words(names).map((name) => [name, kind] as const)))(
    '%s, as a %s',
    (name, kind) => {
      const expected = `${name}: ${kind} by name`
      expect(find({ [name]: 'something' })).toEqual([expected])
      expect(find({ [name]: 12 })).toEqual([expected])
      expect(find({ [name]: 0 })).toEqual([expected])
    },
  )

  test.each(
    words('new_password new-password new.password newPassword NewPassword NEW_PASSWORD newpassword NEWPASSWORD'),
  )('%s, whatever stands between the words', (name) => {
    expect(find({ [name]: 'x' })).toEqual([`${name}: password by name`])
  })

  test('with spaces, and around it', () => {
    expect(find({ ' New  Password ': 'x' })).toEqual([' New  Password : password by name'])
  })

  test('with the items of its array, and of the arrays in it', () => {
    expect(find({ backupCodes: ['123', 456, null, '', ['789']] })).toEqual([
      'backupCodes[0]: one-time code by name',
      'backupCodes[1]: one-time code by name',
      'backupCodes[4][0]: one-time code by name',
    ])
  })

  test('once, though its value would be found too', () => {
    expect(find({ cardNumber: CARD, password: JWS })).toEqual([
      'cardNumber: card number by name',
      'password: password by name',
    ])
  })
})

// The last word of a name that tells of a secret.
const about = `
  at on by id ids url uri link ref arn path date day days month year time since until period age ttl exp expires
  expiration change updated created set reset disabled verified policy strength score level length digits count
  attempts method type kind status state mode version format alg provider channel brand holder name network issuer
  country bin last last4 last_four question result check enabled required changed expired expiry hint`

describe('a name that is not found', () => {
  test.each([...words(innocentNames), ...words(about).map((word) => `password_${word}`)])('%s', (name) => {
    expect(find({ [name]: 'something' })).toEqual([])
    expect(find({ [name]: 12 })).toEqual([])
    expect(find({ [name]: ['something'] })).toEqual([])
  })

  test.each<[string, unknown]>([
    ['true', true],
    ['false', false],
    ['null', null],
    ['an empty string', ''],
    ['an empty array', []],
    ['an array of booleans', [true]],
    ['an object', { length: 12, of: 'something' }],
    ['an array of objects', [{ changed: 12 }]],
    ['undefined', undefined],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
  ])('for the value is %s', (_, value) => {
    expect(find({ password: value, otp: value })).toEqual([])
  })
})

const secretValues: readonly [SecretKind, string, string][] = [
  ['private key', 'PKCS #8', pem('PRIVATE KEY')],
  ['private key', 'an encrypted PKCS #8', pem('ENCRYPTED PRIVATE KEY')],
  ['private key', 'PKCS #1', pem('RSA PRIVATE KEY')],
  ['private key', 'SEC 1', pem('EC PRIVATE KEY')],
  ['private key', 'OpenSSH', pem('OPENSSH PRIVATE KEY')],
  ['private key', 'PGP', pem('PGP PRIVATE KEY BLOCK')],
  ['private key', 'SSH.com', '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAA\n'],
  ['private key', 'a PEM in one line', pem('PRIVATE KEY').replaceAll('\n', '\\n')],
  ['private key', 'PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519'],
  ['private key', 'age', `AGE-SECRET-KEY-1${'QPZRY9X8'.repeat(8).slice(0, 58)}`],
  ...['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'].map(
    (label) => ['private key', `a ${label} in base64`, btoa(pem(label))] as [SecretKind, string, string],
  ),
  ['private key', 'an EC JWK in JSON', '{"kty":"EC","crv":"P-256","x":"x","y":"y","d":"d"}'],
  ['private key', 'an oct JWK in a set', '{"keys":[\n{ "k" : "AA", "kty" : "oct" }]}'],
  ['private key', 'a JWK in JSON in JSON', JSON.stringify('{"kty":"AKP","priv":"AA"}')],
  ['password hash', 'bcrypt', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
  ['password hash', 'bcrypt of the first days', '$2$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
  ['password hash', 'bcrypt of PHP', '$2y$10$vI8aWBnW3fID.ZQ4/zo1G.q1lRps.9cGLcZEiGDMVr5yUP1KUOYTa'],
  ['password hash', 'argon2id', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b7dWRWJTmaaJObG'],
  ['password hash', 'argon2d', '$argon2d$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub'],
  ['password hash', 'argon2i', '$argon2i$m=120,t=5000,p=2$c29tZXNhbHQ'],
  ['password hash', 'scrypt', '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q'],
  ['password hash', 'scrypt of crypt(3)', '$7$CU..../....vA7YJbGa0uZ5pGJZBB0Lz.'],
  ['password hash', 'SHA-512 of crypt(3)', '$6$rounds=5000$usesomesillystri$D4IrlXatmP7rx3P3'],
  ['password hash', 'yescrypt', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o'],
  ['password hash', 'gost-yescrypt', '$gy$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o'],
  ['password hash', 'PBKDF2 of SHA-1', '$pbkdf2$29000$N2YMIWQsBWBMae09x1jrPQ'],
  ['password hash', 'PBKDF2', '$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ'],
  ['password', 'a connection string', 'postgres://app:hunter2@db.example:5432/app'],
  ['password', 'a connection string without a user', 'redis://:hunter2@cache.example'],
  ['one-time code', 'the seed of an authenticator', 'otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP'],
  ['token', 'a JWS', JWS],
  ['token', 'a detached JWS', JWS.replace(/\..*\./, '..')],
  ['token', 'a JWE', `${JWS}.${body(22)}.${body(22)}`],
  ['API key', 'AWS', `AKIA${'ABCD2345'.repeat(2)}`],
  ['API key', 'AWS, temporary', `ASIA${'ABCD2345'.repeat(2)}`],
  ...[
    ['ghp_', 36],
    ['gho_', 36],
    ['ghs_', 36],
    ['github_pat_', 22],
    ['glpat-', 20],
    ['npm_', 36],
    ['pypi-AgEI', 16],
    ['sk_live_', 24],
    ['sk_test_', 24],
    ['rk_live_', 24],
    ['whsec_', 32],
    ['xoxb-', 24],
    ['xoxp-', 24],
    ['xapp-1-', 24],
    ['AIza', 35],
    ['GOCSPX-', 28],
    ['sk-ant-', 40],
    ['sk-proj-', 40],
    ['sk-svcacct-', 40],
    ['sk-', 48],
  ].map(([prefix, length]): [SecretKind, string, string] => [
    'API key',
    `${prefix}`,
    `${prefix}${body(Number(length))}`,
  ]),
  ['API key', 'hf_', `hf_${'abCD'.repeat(9).slice(0, 34)}`],
  ['API key', 'SendGrid', `SG.${body(22)}.${body(43)}`],
]

const innocentValues: readonly [string, unknown][] = [
  ['an empty string', ''],
  ['words', 'the quick brown fox'],
  ['a public key', pem('PUBLIC KEY')],
  ['a public RSA key', pem('RSA PUBLIC KEY')],
  ['a certificate', pem('CERTIFICATE')],
  ['a PGP public key', pem('PGP PUBLIC KEY BLOCK')],
  ['a public key in base64', btoa(pem('PUBLIC KEY'))],
  ['a certificate in base64', btoa(pem('CERTIFICATE'))],
  ['talk of private keys', 'BEGIN with your PRIVATE KEY'],
  ['a public JWK in JSON', '{"kty":"EC","crv":"P-256","x":"x","y":"y","kid":"d"}'],
  ['JSON with a d', '{"d":"d","k":"kty"}'],
  ['a public SSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ alice@example'],
  ['prices', '$2$ or $5$ or $6$ each'],
  ['a short bcrypt', '$2b$12$short'],
  ['an address on the web', 'https://example.com:8080/a@b?c=d:e@f'],
  ['a user in an address', 'https://alice@example.com/'],
  ['an e-mail address', 'mailto:alice@example.com'],
  ['the header of a token', JWS.split('.')[0]],
  ['an unsecured token', JWS.replace(/[^.]*$/, '')],
  ['a token that goes on from another word', `a${JWS}`],
  ['a short eyJ', 'eyJ.a.b'],
  ['a UUID', '550e8400-e29b-41d4-a716-446655440000'],
  ['a ULID', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ['a slug', 'sk-bratislava-is-a-city-on-the-river-danube-in-slovakia'],
  ['a task', 'task-ant-' + body(24)],
  ['a publishable key', `pk_live_${body(24)}`],
  ['a customer of Stripe', `cus_${body(14)}`],
  ['an account of Twilio', `AC${'0123456789abcdef'.repeat(2)}`],
  ...words(
    `AKIAABCD AGE-SECRET-KEY-1A AIzaAbCd GOCSPX-a SG.${body(22)}.a ghp_a github_pat_a glpat-a npm_a sk_live_a whsec_a
    xoxb-a xapp-1-a sk-ant-a`,
  ).map((begun): [string, string] => [`the begin of a key: ${begun}`, begun]),
  ['a SHA-256 in hexadecimal', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ['a telephone number', '+4915112345678'],
  ['a telephone number of 13 digits that passes Luhn', '4222222222222'],
  ['a snowflake', '175928847299117063'],
  ['a snowflake that passes Luhn', '1541815603606036480'],
  ['a subject of 21 digits', '110169484474386276334'],
  ['milliseconds', 1_700_000_000_000],
  ['microseconds', 1_700_000_000_000_000],
  ['an IMEI', '490154203237518'],
  ['an ICCID', '8991101200003204510'],
  ['a GTIN', '4006381333931'],
  ['an IBAN', 'DE89 3704 0044 0532 0130 00'],
  ['a fraction', `0.${CARD}`],
  ['a negative number', -4111111111111111],
  ['a large double', 4111111111111111e3],
  ['NaN', NaN],
  ['a card number in a longer run', `${CARD}${CARD}`],
  ['a card number in a longer run with spaces', `${CARD} 1234`],
  ['a card number within an identifier', `ch_${CARD}`],
  ['a card number that goes on as a word', `${CARD}abc`],
  ['a masked card number', '**** **** **** 1111'],
  ['the first six and the last four', '411111******1111'],
  ['a boolean', true],
  ['null', null],
]

describe('a value that is found', () => {
  test.each(secretValues)('%s: %s', (kind, _, value) => {
    expect(find({ a: value })).toEqual([`a: ${kind} by value`])
    expect(find({ a: `see "${value}" there`, b: [{ c: value }] })).toEqual([
      `a: ${kind} by value`,
      `b[0].c: ${kind} by value`,
    ])
  })

  test('private keys as Node makes them', () => {
    const { privateKey: ed } = generateKeyPairSync('ed25519')
    const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const keys = [ed.export({ format: 'pem', type: 'pkcs8' }), ec.export({ format: 'pem', type: 'sec1' })]
    for (const key of keys) expect(find({ key })).toEqual(['key: private key by value'])
    expect(find({ key: JSON.stringify(ec.export({ format: 'jwk' })) })).toEqual(['key: private key by value'])
  })

  test('tokens as sign makes them', async () => {
    const token = await sign({ sub: 'alice' }, generateSecret('HS256'), { expiresIn: '1m' })
    expect(find({ act: `Bearer ${token}` })).toEqual(['act: token by value'])
  })
})

describe('a value that is not found', () => {
  test.each(innocentValues)('%s', (_, value) => {
    expect(find({ a: value, b: [{ c: value }] })).toEqual([])
  })
})

describe('a JWK', () => {
  test('is found by each of its private members', () => {
    const rsa = { kty: 'RSA', n: 'n', e: 'AQAB', d: 'd', p: 'p', q: 'q', dp: 'a', dq: 'b', qi: 'c', oth: [{ r: 'r' }] }
    expect(find({ cnf: { jwk: rsa } })).toEqual(
      ['d', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => `cnf.jwk.${name}: private key by name`),
    )
    expect(find({ keys: [{ k: 'AA', kty: 'oct' }] })).toEqual(['keys[0].k: private key by name'])
    expect(find({ kty: 'AKP', priv: 'AA' })).toEqual(['priv: private key by name'])
  })

  test('is found as exportJwk makes it, and passes when it is public', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    expect(find({ jwk: await exportJwk(privateKey) })).toEqual(['jwk.d: private key by name'])
    expect(find({ cnf: { jwk: await exportJwk(publicKey) } })).toEqual([])
  })

  test('is nothing that has no kty, or no text in its members', () => {
    expect(find({ a: { d: 'd', k: 'k', p: 'p' }, b: { kty: 'EC', d: true, k: null } })).toEqual([])
    expect(polluted({ kty: 'oct' }, () => find({ a: { k: 'k' } }))).toEqual([])
  })
})

// RFC 7519 §4.1, RFC 8417, RFC 8693, RFC 8747, RFC 9068, OpenID Connect Core §2 and §5.1, Entra ID, Cognito.
test('the claims of everyday tokens pass', () => {
  const claims = {
    ...{ iss: 'https://issuer.example/', sub: '110169484474386276334', aud: ['api'], exp: 1_700_000_900, nbf: 0 },
    ...{ iat: 1_700_000_000, jti: '01ARZ3NDEKTSV4RRFFQ69G5FAV', client_id: 'web', scope: 'openid profile', sid: 's-1' },
    ...{ auth_time: 1_700_000_000, nonce: 'n-0S6_WzA2Mj', acr: '0', amr: ['pwd', 'otp', 'pin', 'mfa'], azp: 'web' },
    ...{ at_hash: '77QmUPtjPfzWtF2AnpK9RQ', c_hash: 'LDktKdoQak3Pk0cnXxCltA', txn: '8675309', toe: 1_700_000_000 },
    ...{
      act: { sub: 'admin' },
      may_act: { sub: 'admin' },
      cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN' },
    },
    ...{ name: 'Alice Pinner', given_name: 'Alice', nickname: 'Al', preferred_username: 'alice', locale: 'en-GB' },
    ...{ profile: 'https://example.com/@alice', picture: 'https://example.com/a.png?s=80', zoneinfo: 'Europe/London' },
    ...{ email: 'alice@example.com', email_verified: true, phone_number: '+1 (604) 555-1234;ext=5678', gender: 'f' },
    ...{ birthdate: '1990-01-02', updated_at: 1_700_000_000, address: { postal_code: 'SW1A 1AA', country: 'GB' } },
    ...{ oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474', tid: 'organizations', ver: '2.0', uti: 'AbCdEf', pwd_exp: 3600 },
    ...{
      pwd_url: 'https://portal.example/ChangePassword',
      'cognito:groups': ['admin'],
      token_use: 'access',
      rh: '0.A',
    },
    ...{ roles: ['reader'], groups: ['a1'], entitlements: ['x'], events: { 'https://example.com/password-reset': {} } },
  }
  expect(find(claims)).toEqual([])
})

// Numbers that the schemes and their processors publish for tests.
const cards: readonly [string, readonly string[]][] = [
  ['Visa', ['4111111111111111', '4012888888881881', '4242424242424242', '4000056655665556']],
  ['Mastercard', ['5555555555554444', '5105105105105100', '5200828282828210']],
  ['Mastercard of the 2 series', ['2223003122003222', '2223000048400011']],
  ['American Express', ['378282246310005', '371449635398431', '378734493671000', '341111111111111']],
  ['Discover', ['6011111111111117', '6011000990139424', '6011981111111113']],
  ['JCB', ['3530111333300000', '3566002020360505']],
  ['Diners Club', ['30569309025904', '38520000023237', '36227206271667', '3056930009020004']],
  ['UnionPay', ['6200000000000005', '6205500000000000004', '8171999927660000']],
]

/** Appends the digit that makes the number pass Luhn, by another way than the source's. */
function withCheckDigit(prefix: string, length: number): string {
  const digits = [...prefix.padEnd(length - 1, '0')].map(Number)
  const doubled = digits.map((digit, i) => ((length - i) % 2 === 0 ? digit * 2 : digit))
  const sum = doubled.reduce((sum, digit) => sum + Math.floor(digit / 10) + (digit % 10), 0)
  return `${digits.join('')}${(10 - (sum % 10)) % 10}`
}

describe('a card number', () => {
  test.each(cards.flatMap(([scheme, numbers]) => numbers.map((number) => [scheme, number] as const)))(
    'of %s: %s',
    (_, number) => {
      const found = ['a: card number by value']
      const groups = number.match(/\d{1,4}/g) ?? []
      const spellings = [number, groups.join(' '), groups.join('-'), `paid by ${number}.`, `{"n":${number}}`]
      for (const a of spellings) expect(find({ a }), a).toEqual(found)
      if (Number.isSafeInteger(Number(number))) expect(find({ a: Number(number) })).toEqual(found)
      const last = Number(number.at(-1))
      for (let i = 1; i < 10; i++) expect(find({ a: `${number.slice(0, -1)}${(last + i) % 10}` })).toEqual([])
    },
  )

  test.each([
    ['4', '31 50 60', '16 19', '13 14 15 17 18'],
    ['51 55 2221 2229 2230 2299 23 26 270 271 2720', '50 56 2220 2721 273 22', '16', '15 17 19'],
    ['34 37', '33 36 38', '15', '14 16'],
    ['6011 644 649 65', '6010 6012 643 66 60', '16 17 18 19', '15'],
    ['3528 3529 353 358', '3527 359 34 351', '16 17 18 19', '14 15'],
    ['300 305 3095 36 38 39', '306 3094 3096 37 31', '14 16', '13 17'],
    ['62 81', '80 82 61 63', '16 17 18 19', '15'],
  ])('of a known issuer: %s, not %s; of %s digits, not %s', (prefixes, others, lengths, otherLengths) => {
    const [length = ''] = words(lengths)
    const fires = (prefix: string, length: string): boolean =>
      find({ a: withCheckDigit(prefix, Number(length)) }).length > 0
    for (const prefix of words(prefixes)) {
      for (const length of words(lengths)) expect(fires(prefix, length), `${prefix} ${length}`).toBe(true)
      for (const length of words(otherLengths)) expect(fires(prefix, length), `${prefix} ${length}`).toBe(false)
    }
    for (const prefix of words(others)) expect(fires(prefix, length), prefix).toBe(false)
  })

  test.each([
    ['9004', 19],
    ['937', 16],
    ['96011', 17],
    ['93528', 17],
    ['962', 17],
  ])('begins with its issuer, and %s does not', (prefix, length) => {
    expect(find({ a: withCheckDigit(prefix, length) })).toEqual([])
    expect(find({ a: withCheckDigit('4', 16) })).toEqual(['a: card number by value'])
  })

  test('is seen beside a number that is none', () => {
    expect(find({ a: `4006381333931 and ${CARD}` })).toEqual(['a: card number by value'])
  })

  test.each([
    [13, 19, 0.02],
    [16, 16, 0.04],
  ])('is seen in few random numbers of %i to %i digits: in less than %d of all', (min, max, most) => {
    const [seed = 0] = fc.sample(fc.nat(), 1)
    const numbers = fc
      .integer({ min, max })
      .chain((length) => fc.array(fc.nat(9), { minLength: length, maxLength: length }))
      .map((digits) => digits.join(''))
    const sample = fc.sample(numbers, { numRuns: 10_000, seed })
    const seen = sample.filter((a) => secretClaims({ a }).length > 0).length
    expect(seen, `seed ${seed}`).toBeGreaterThan(0)
    expect(seen / sample.length, `seed ${seed}`).toBeLessThan(most)
  })
})

describe('the walk', () => {
  /** An object, or an array, so many deep, that holds the value. */
  const nest = (depth: number, value: unknown, wrap = (inner: unknown): unknown => ({ a: inner })): JwtClaims => {
    let nested = value
    for (let i = 1; i < depth; i++) nested = wrap(nested)
    return { a: nested }
  }

  test('names the path, those nearest to the top first', () => {
    expect(
      find({ profile: { password: 'x', cards: [CARD, { note: CARD }] }, list: [[JWS]], pin: 1, '': { '': CARD } }),
    ).toEqual([
      'pin: password by name',
      'profile.password: password by name',
      '.: card number by value',
      'profile.cards[0]: card number by value',
      'list[0][0]: token by value',
      'profile.cards[1].note: card number by value',
    ])
  })

  test('goes 32 deep, as sign does, and no deeper', () => {
    const array = (inner: unknown): unknown => [inner]
    expect(find(nest(32, CARD))).toEqual([`a${'.a'.repeat(31)}: card number by value`])
    expect(find(nest(32, CARD, array))).toEqual([`a${'[0]'.repeat(31)}: card number by value`])
    expect(find(nest(33, CARD))).toEqual([])
    expect(find(nest(33, CARD, array))).toEqual([])
    expect(find(nest(100_000, CARD))).toEqual([])
  })

  test('ends on cycles, however many ways there are round', () => {
    const nodes = Array.from({ length: 20 }, (): Record<string, unknown> => ({}))
    for (const node of nodes) nodes.forEach((other, i) => (node[`to${'abcdefghijklmnopqrst'[i]}`] = other))
    const ring: unknown[] = []
    ring.push(ring, ring, nodes)
    const claims = { ...nodes[0], ring, otp: ring, code: 'x', password: 'x' }
    expect(find(claims)).toEqual(['password: password by name'])
  })

  test('finds what is met twice, first far too deep and then not', () => {
    const shared = { b: { c: CARD } }
    expect(find({ ...nest(31, shared), z: shared })).toEqual(['z.b.c: card number by value'])
  })

  test('finds what is met twice, first under a name that says nothing or may pass', () => {
    const shared = ['x']
    expect(find({ tags: shared, otp: shared, password: shared })).toEqual([
      'otp[0]: one-time code by name',
      'password[0]: password by name',
    ])
    const profile = { pin: 1 }
    expect(find({ a: profile, b: profile }, ['a'])).toEqual(['b.pin: password by name'])
  })

  test('reads each member once', () => {
    const asked: string[] = []
    const claims = new Proxy(
      { profile: { kty: 'oct', k: 'AA' }, a: [CARD], password: 'x' },
      { get: (target, name, self) => (asked.push(String(name)), Reflect.get(target, name, self)) },
    )
    expect(find(claims)).toHaveLength(3)
    expect(asked.sort()).toEqual(['a', 'password', 'profile'])

    let reads = 0
    const fickle = {
      get password() {
        return reads++ === 0 ? 'x' : true
      },
    }
    expect(find({ fickle })).toEqual(['fickle.password: password by name'])
    expect(reads).toBe(1)
  })

  test('sees own members only, __proto__ among them', () => {
    expect(find(JSON.parse('{"__proto__":{"password":"x"}}'))).toEqual(['__proto__.password: password by name'])
    expect(find(Object.assign(Object.create(null), { pin: 1 }))).toEqual(['pin: password by name'])
    expect(find(Object.create({ password: 'x' }))).toEqual([])
    expect(polluted({ password: 'x', a: CARD }, () => find({ b: {}, c: [] }))).toEqual([])
    expect(find({ sparse: Object.assign(new Array(4_000_000_000), { 7: CARD }) })).toEqual([
      'sparse[7]: card number by value',
    ])
  })

  test('changes nothing, and finds the same again', () => {
    const claims = Object.freeze({ password: 'x', a: Object.freeze([CARD]) })
    expect(find(claims)).toEqual(find(claims))
  })
})

describe('allowed names', () => {
  const claims = { password: 'x', profile: { password: 'y', card: { note: CARD, pin: 1 } }, cards: [CARD, [CARD]] }
  const all = [
    'password: password by name',
    'profile.password: password by name',
    'cards[0]: card number by value',
    'profile.card.note: card number by value',
    'profile.card.pin: password by name',
    'cards[1][0]: card number by value',
  ]

  test.each<[readonly string[], (finding: string) => boolean]>([
    [[], () => true],
    [['password'], (finding) => !finding.includes('password: ')],
    [['note', 'pin'], (finding) => !finding.includes('.card.')],
    [['card'], (finding) => !finding.includes('.card.')],
    [['profile'], (finding) => !finding.startsWith('profile')],
    [['cards'], (finding) => !finding.startsWith('cards')],
    [['password', 'card', 'cards'], () => false],
    // Exactly those names, and no paths, items or spellings.
    [['Password', 'PASSWORD', 'profile.password', 'cards[0]', '0', '', 'x', CARD, 'toString'], () => true],
  ])('%j', (allowed, stays) => {
    expect(find(claims, allowed)).toEqual(all.filter(stays))
  })

  test('silence every name and value there is', () => {
    for (const name of secretNames.flatMap(([, names]) => words(names)))
      expect(find({ [name]: 'x' }, [name])).toEqual([])
    for (const [, , a] of secretValues) expect(find({ a, b: { a: [a] } }, ['a'])).toEqual([])
    expect(find({ [CARD]: 1 }, [CARD])).toEqual([])
  })
})

describe('no value is repeated', () => {
  test('not even one that is a name', () => {
    const claims = { [CARD]: true, tokens: { [JWS]: { password: 'x' } } }
    expect(find(claims)).toEqual([
      '*: card number by name',
      'tokens.*: token by name',
      'tokens.*.password: password by name',
    ])
  })

  test('whatever the claims are', () => {
    const secretTexts = [CARD, ...secretValues.map(([, , value]) => JSON.stringify(value).slice(1, -1))]
    // Marked, so that it stands in no name, and no kind.
    const secret = fc.constantFrom(...secretValues.map(([, , value]) => value), CARD)
    const value = fc.oneof(fc.string(), secret).map((text) => `<${text}>`)
    const name = fc.oneof(fc.constantFrom('password', 'pin', 'a', 'jwk', 'kty', 'd', '__proto__'), secret)
    const { tree } = fc.letrec<{ tree: unknown; leaf: string }>((tie) => ({
      leaf: value,
      tree: fc.oneof(
        { depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
      ),
    }))
    fc.assert(
      fc.property(tree, (a) => {
        const result = JSON.stringify(secretClaims({ a, password: '<always>' }))
        expect(result).toContain('"password"')
        expect(result).not.toMatch(/[<>]/)
        for (const secret of secretTexts) expect(result).not.toContain(secret)
      }),
      { numRuns: 300 },
    )
  })
})

describe('time', () => {
  // What the patterns begin with. No clock is asked: the square of a million steps would take an hour.
  const pieces = words(
    `a A aA 1 4- 2fa otp pass card secret ----BEGIN ----BEGINA eyJ eyJ- eyJ. eyJaaaaaaaaaa. LS0tLS1CRUdJTi " "kty" "kty":
    "kty":"d":\\" $2b$ $6$ $pbkdf2- :// ://a: ://: : @ sk-ant- ghp_ xoxb- SG. AKIA \\ é \ud800`,
  ).concat(' ', '4 ', '\n', '-----BEGIN ', '"kty" ', 'pin ', 'auth ', 'ed at ', 'last ')

  test.each(pieces)('is linear on %j, over and over', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length)
    const claims = { a: text, b: `"kty"${text}`, [text.slice(0, 100_000)]: true, z: CARD }
    expect(find(claims).at(-1)).toBe('z: card number by value')
  })

  test('is linear on many claims', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ [`claim${i}`]: `value ${i}` }))
    expect(find({ many, last: [CARD] })).toEqual(['last[0]: card number by value'])
  })
})
