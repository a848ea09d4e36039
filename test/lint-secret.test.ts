import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { secretWeakness, type SecretWeakness } from '../src/lint-secret.ts'

const judge = (secret: string | Uint8Array, shortest = 32): SecretWeakness | undefined =>
  secretWeakness(typeof secret === 'string' ? secret : Buffer.from(secret).toString('latin1'), shortest)

// From tutorials, documentation and .env files, some made longer as their authors do it when a library complains.
const bad: readonly (readonly [SecretWeakness, readonly string[]])[] = [
  [
    'guessable',
    [
      'a-string-secret-at-least-256-bits-long',
      'your-256-bit-secret-your-256-bit-secret-1',
      'your-super-secret-jwt-token-with-at-least-32-characters-long',
      'this-is-a-very-long-secret-key-for-hs256',
      'this_is_my_super_secret_key_do_not_share',
      'ThisIsMySuperSecretKeyForJwtTokens123456!',
      'MySuperSecretKeyThatIsAtLeast32CharactersLong',
      'mySecretKeyForJWTAuthenticationInSpringBoot2024',
      'THIS_IS_A_DEVELOPMENT_SECRET_CHANGE_IN_PRODUCTION',
      'please-change-this-secret-in-production!!',
      'change-me-in-production-this-is-not-secure',
      'jwt_secret_key_for_my_application_2023',
      'your_jwt_secret_key_here_change_in_production',
      'YOUR_SECRET_KEY_GOES_HERE_PLEASE_REPLACE_ME',
      'replace-this-with-a-long-random-string',
      'insert-your-secret-key-here-at-least-32-chars',
      'some-random-secret-string-for-development',
      'development-secret-key-do-not-use-in-production',
      'local-development-only-secret-key-1234567890',
      'super-secret-session-password-for-my-app!',
      'nextauth-secret-for-local-development-only',
      'django-insecure-change-this-secret-key-please',
      'laravel-jwt-secret-key-1234567890-abcdef',
      'MyVerySecureAndStrongPassword1234567890!!',
      'abcdefghijklmnopqrstuvwxyz123456',
      'abcdefghijklmnopqrstuvwxyz0123456789',
      'qwertyuiopasdfghjklzxcvbnm123456',
      'helloworldhelloworld-this-is-a-test-key',
      'keyboard cat is my secret session key!!',
      'iloveyou-iloveme-trustno1-letmein-password',
      'supersecretpassword1234567890abcdefgh',
      'secretpassword-secretkey-adminadmin-1234',
      'test-secret-key-for-unit-tests-only-32chars',
      'P@ssw0rdP@ssw0rd-Adm1n-S3cr3t-K3y!',
      'sup3r-s3cr3t-k3y-f0r-my-w3b-4pp-2025',
      'admin123456789-root-user-password-2022',
      'lorem-ipsum-dolor-secret-key-example-key',
      'firebase-auth-shared-secret-key-for-testing',
      'access-token-secret-for-my-company-api',
      'refresh_token_secret_key_for_my_backend_server',
      'the-secret-of-my-application-server\n',
    ],
  ],
  [
    'repeated',
    [
      '00000000000000000000000000000000',
      'secretsecretsecretsecretsecretsecret',
      'changeme-changeme-changeme-changeme',
      '12345678901234567890123456789012',
      '0123456789abcdef0123456789abcdef',
      'keyboard cat keyboard cat keyboard cat',
      'deadbeefdeadbeefdeadbeefdeadbeef',
      'abababababababababababababababab',
      'xxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxx',
      'aaaabbbbccccddddeeeeffffgggggggg',
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`',
    ],
  ],
]

describe.each(bad)('%s are', (weakness, secrets) => {
  test.each(secrets)('%j', (secret) => {
    expect(secret.length).toBeGreaterThanOrEqual(32)
    expect(judge(secret)).toBe(weakness)
  })
})

/** So many octets, of the same seed always the same. */
function stream(seed: string, count: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 64) }, (_, i) =>
    createHash('sha512').update(`${seed} ${i}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, count)
}

describe('20,000 random secrets', () => {
  const lengths = Array.from({ length: 20_000 }, (_, i) => 32 + (i % 33))
  const drawn = stream('lint-secret', 64 * 20_000)
  const secrets = lengths.map((length, i) => drawn.subarray(i * 64, i * 64 + length))

  test('of 32 to 64 octets are strong', () => {
    expect(secrets.filter((secret) => judge(secret) !== undefined)).toEqual([])
  })

  test.each(['hex', 'base64', 'base64url'] as const)('are strong as longer text in %s, too', (encoding) => {
    expect(secrets.map((secret) => secret.toString(encoding)).filter((text) => judge(text) !== undefined)).toEqual([])
  })

  test.each(['hex', 'base64', 'base64url'] as const)('are typed as text in %s of the least length', (encoding) => {
    const texts = secrets.map((secret) => secret.toString(encoding).slice(0, 32))
    expect(texts.filter((text) => judge(text) !== 'typed')).toEqual([])
  })

  test('of printable characters are at worst typed', () => {
    const texts = secrets.map((secret) => String.fromCharCode(...secret.map((octet) => 33 + (octet % 94))))
    const worse = texts.filter((text) => judge(text) !== (text.length <= 32 ? 'typed' : undefined))
    expect(worse).toEqual([])
  })
})

describe('the limits', () => {
  const random = stream('limits', 64)
  const hex = random.toString('hex')

  test.each([
    ['as text of the least length', hex.slice(0, 32), 32, 'typed'],
    ['as text of one character more', hex.slice(0, 33), 32, undefined],
    ['as text of the least length for HS512', hex.slice(0, 64), 64, 'typed'],
    ['as text with one octet that nobody types', `${hex.slice(0, 31)}\x80`, 32, undefined],
    ['as text with a new line', `${hex.slice(0, 31)}\n`, 32, 'typed'],
    ['as text that is too short', hex.slice(0, 10), 32, 'typed'],
    ['twice', random.toString('latin1').repeat(2), 32, 'repeated'],
    ['twice but for one octet', random.toString('latin1') + random.toString('latin1').slice(1), 32, undefined],
    ['once and a half', random.toString('latin1') + random.toString('latin1').slice(0, 32), 32, undefined],
    ['of seven kinds of octets', 'acegbdfgfedcbaacegbdfabdgcfeabgc', 32, 'repeated'],
    ['of eight kinds of octets', 'acegbdfhhgfedcbaacegbdfhabdgfceh', 32, 'typed'],
    ['upwards', String.fromCharCode(...Array(32).keys()), 32, 'repeated'],
    ['downwards by threes', String.fromCharCode(...[...Array(32).keys()].map((i) => 200 - 3 * i)), 32, 'repeated'],
    ['short words', 'secret', 32, 'guessable'],
    ['of nothing but marks', '!"#$%&()*+,-./:;<=>?@[]^_{|}~!#%', 32, 'typed'],
    ['words that are on no list', 'vertical otter plum hydrant mosaic', 32, undefined],
    ['nothing', '', 32, 'repeated'],
  ] as const)('%s', (_, secret, shortest, weakness) => {
    expect(judge(secret, shortest)).toBe(weakness)
  })
})

describe('time', () => {
  // No clock is asked: the square of a million steps would take an hour.
  const pieces = ['a', 'abcdefghi', 'secret', '\0', 'é', ' ', 'abcdefghijklmnopqrstuvwxy', '1234', '20', '@']

  test.each(pieces)('is linear on %j, over and over', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length)
    expect(judge(text)).toBe('repeated')
    expect(['repeated', 'guessable', undefined]).toContain(judge(`${text}!`))
    expect(judge(`Kd8#qLz2Vt${text}Xw`)).not.toBe('typed')
    for (let i = 0; i < 100; i++) judge(text)
  })
})
