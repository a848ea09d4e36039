import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Algorithm, Jwk, SecretEncoding } from 'tittle'
import { algorithmRow } from '../src/algorithms.ts'
import { assertSecret, decodeSecret } from '../src/secret.ts'
import { expectSilence, expectTypeError } from './setup/silence.ts'

const row = algorithmRow('alg', 'HS256')

const ofText = (text: string): Uint8Array => decodeSecret(text, 'utf8')
const accept = (secret: Uint8Array) => expect(() => assertSecret(secret, row)).not.toThrow()

/** Whether it is refused as a key, by a TypeError that says so and does not repeat it. */
function isRefusedAsKey(secret: Uint8Array): boolean {
  try {
    assertSecret(secret, row)
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    const { message } = error as TypeError
    expectSilence(message, secret)
    return message.includes('was given where an HMAC secret is wanted')
  }
}

describe('a secret as text', () => {
  test.each<[SecretEncoding, string, number[]]>([
    ['utf8', '', []],
    ['utf8', 'abc', [97, 98, 99]],
    ['utf8', 'é€😀', [0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80]],
    ['utf8', ' a\n', [32, 97, 10]],
    ['utf8', '\ufeff', [0xef, 0xbb, 0xbf]],
    ['base64url', '', []],
    ['base64url', 'AP8', [0, 255]],
    ['base64url', '-_-_', [0xfb, 0xff, 0xbf]],
    ['base64', '', []],
    ['base64', 'AP8=', [0, 255]],
    ['base64', 'AP8', [0, 255]],
    ['base64', 'AA==', [0]],
    ['base64', 'AA', [0]],
    ['base64', '+/+/', [0xfb, 0xff, 0xbf]],
    ['hex', '', []],
    ['hex', '00ff', [0, 255]],
    ['hex', '00FF', [0, 255]],
    ['hex', 'aBcD', [0xab, 0xcd]],
  ])('in %s reads %j as %j', (encoding, text, bytes) => {
    expect(decodeSecret(text, encoding)).toEqual(Uint8Array.from(bytes))
  })

  test.each<[SecretEncoding, string]>([
    ['base64url', 'AP8='],
    ['base64url', '+/+/'],
    ['base64url', 'AP8\n'],
    ['base64url', 'AP9'],
    ['base64url', 'A'],
    ['base64url', 'received value'],
    ['base64', '-_-_'],
    ['base64', 'AP8=\n'],
    ['base64', ' AP8='],
    ['base64', 'AP8=='],
    ['base64', 'AP9='],
    ['base64', 'AB=='],
    ['base64', 'AA='],
    ['base64', 'AA==='],
    ['base64', 'AAAA='],
    ['base64', 'AAAA=='],
    ['base64', 'AAAA===='],
    ['base64', 'A==='],
    ['base64', 'A'],
    ['base64', '='],
    ['base64', '=='],
    ['base64', '===='],
    ['base64', 'AA==AA=='],
    ['base64', 'AAA=AAAA'],
    ['base64', 'received value'],
    ['hex', '0'],
    ['hex', '00f'],
    ['hex', '0x00'],
    ['hex', '00 ff'],
    ['hex', '00:ff'],
    ['hex', '00ff\n'],
    ['hex', '0g'],
    ['hex', '٠٠'],
    ['hex', 'received value'],
  ])('is not %s where it is %j', (encoding, text) => {
    expectTypeError(() => decodeSecret(text, encoding), `the secret is not ${encoding}`, text)
  })

  test.each(['\ud800'.repeat(32), `${'a'.repeat(32)}\udc00`])(
    'is not utf8 where it has half a surrogate pair',
    (text) => {
      expectTypeError(() => decodeSecret(text, 'utf8'), 'the secret is not utf8', text)
    },
  )

  test.each<[unknown]>([['latin1'], ['UTF8'], ['utf-8'], ['toString'], ['__proto__'], [''], [null], [undefined], [8]])(
    'has no encoding %j',
    (encoding) => {
      expectTypeError(() => decodeSecret('received value', encoding as SecretEncoding), 'encoding must be one of utf8')
    },
  )

  test('reads back whatever Buffer spells', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('base64url', 'base64', 'hex'), (bytes, encoding) => {
        const text = Buffer.from(bytes).toString(encoding)
        expect(decodeSecret(text, encoding)).toEqual(Uint8Array.from(bytes))
      }),
    )
  })
})

describe('the length of a secret', () => {
  test.each<[Algorithm, number]>([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('is for %s at least %i octets, those of its hash', (alg, size) => {
    const check = (octets: number) => assertSecret(new Uint8Array(octets).fill(97), algorithmRow('alg', alg))
    expectTypeError(
      () => check(size - 1),
      `${alg} wants a secret of at least ${size} octets, and ${size - 1} were given`,
    )
    expect(() => check(size)).not.toThrow()
  })

  test.each([0, 1, 2, 16, 31])('is not %i octets for HS256', (size) => {
    expectTypeError(
      () => assertSecret(new Uint8Array(size).fill(97), row),
      `at least 32 octets, and ${size} were given`,
    )
    expectTypeError(() => assertSecret(new Uint8Array(size).fill(97), row), "generateSecret('HS256')")
  })

  test.each([32, 33, 64, 65, 1000])('may be %i octets for HS256', (size) => {
    accept(new Uint8Array(size).fill(97))
    accept(new Uint8Array(size))
  })

  test('is counted in octets and not in characters', () => {
    accept(ofText('é'.repeat(16)))
    expectTypeError(() => assertSecret(ofText('é'.repeat(15)), row), '30 were given')
  })

  test('is nothing to algorithms without secrets', () => {
    expect(() => assertSecret(new Uint8Array(1), algorithmRow('alg', 'ES256'))).not.toThrow()
  })
})

const { signatures } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../vectors/rfc7515.json'), 'utf8'))
const jwkOf = (id: string): Jwk => {
  const { key, privateKey } = signatures.find((signature: { id: string }) => signature.id === id)
  return privateKey ?? key
}
const oct = jwkOf('rfc7515-A.1')
const rsa = jwkOf('rfc7515-A.2')
const ec = jwkOf('rfc7515-A.3')

const privateKeyOf = (jwk: Jwk): KeyObject => createPrivateKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' })
const rsaKey = privateKeyOf(rsa)
const ecKey = privateKeyOf(ec)
const edKey = generateKeyPairSync('ed25519').privateKey
const encrypted = { cipher: 'aes-256-cbc', passphrase: 'a' }

const certificate =
  'MIIBbzCCARWgAwIBAgIUJzHRBAZRBPGe1WySO3ujJkVD/RUwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjMxNjU4NTha' +
  'GA8yMTI2MTAzMDE2NTg1OFowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIrdilD0Sg/8elogugVfw+0eQd/0' +
  'b/VNSjjIZlHOh/hYzcBEqzufep13ReRjdOaACOi7ClXgO/5X1mbS6laaffijUzBRMB0GA1UdDgQWBBRKyDSjUbVq8L7rKVo8OilkyQfs' +
  '8TAfBgNVHSMEGDAWgBRKyDSjUbVq8L7rKVo8OilkyQfs8TAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCICTTT9hfjLGa' +
  'Kql79RBHzwHpGmcO4qofLh2RT7qodmJVAiEAjyONibB8K9FiwSOcmlgolFCVQXoibYI2TxXXQKE9d8c='

const keys: readonly [name: string, label: string, der: Buffer][] = [
  ['an RSA public key', 'PUBLIC KEY', createPublicKey(rsaKey).export({ type: 'spki', format: 'der' })],
  ['an RSA public key (PKCS#1)', 'RSA PUBLIC KEY', createPublicKey(rsaKey).export({ type: 'pkcs1', format: 'der' })],
  ['an RSA private key', 'PRIVATE KEY', rsaKey.export({ type: 'pkcs8', format: 'der' })],
  ['an RSA private key (PKCS#1)', 'RSA PRIVATE KEY', rsaKey.export({ type: 'pkcs1', format: 'der' })],
  ['an EC public key', 'PUBLIC KEY', createPublicKey(ecKey).export({ type: 'spki', format: 'der' })],
  ['an EC private key', 'PRIVATE KEY', ecKey.export({ type: 'pkcs8', format: 'der' })],
  ['an EC private key (SEC 1)', 'EC PRIVATE KEY', ecKey.export({ type: 'sec1', format: 'der' })],
  ['an Ed25519 public key', 'PUBLIC KEY', createPublicKey(edKey).export({ type: 'spki', format: 'der' })],
  ['an Ed25519 private key', 'PRIVATE KEY', edKey.export({ type: 'pkcs8', format: 'der' })],
  ['an encrypted private key', 'ENCRYPTED PRIVATE KEY', ecKey.export({ type: 'pkcs8', format: 'der', ...encrypted })],
  ['an X.509 certificate', 'CERTIFICATE', Buffer.from(certificate, 'base64')],
]

const lines = (der: Buffer): string => der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
const pem = (label: string, der: Buffer): string => `-----BEGIN ${label}-----\n${lines(der)}\n-----END ${label}-----\n`

const sshBlob = (type: string): string =>
  Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type), Buffer.alloc(40, 7)]).toString('base64')
const ssh = (type: string): string => `${type} ${sshBlob(type)} alice@laptop`

const texts: readonly [name: string, text: string][] = [
  ...keys.map(([name, label, der]): [string, string] => [`${name} as PEM`, pem(label, der)]),
  ['an OpenSSH private key', pem('OPENSSH PRIVATE KEY', Buffer.alloc(99, 7))],
  ['a PGP public key', pem('PGP PUBLIC KEY BLOCK', Buffer.alloc(99, 7))],
  ['a PEM block cut short', '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI'],
  ['a JWK of an RSA key', JSON.stringify({ kty: 'RSA', n: rsa.n, e: rsa.e })],
  ['a JWK of an EC key', JSON.stringify({ kty: 'EC', crv: ec.crv, x: ec.x, y: ec.y })],
  ['a JWK of a secret', JSON.stringify(oct)],
  ['a JWK whose kty comes last', JSON.stringify({ x: ec.x, y: ec.y, crv: ec.crv, kty: 'EC' })],
  ['a JWK over several lines', JSON.stringify(ec, null, 2)],
  ['a JWK with space before the colon', JSON.stringify(ec).replace('"kty":', '"kty" \t\n: ')],
  ['a JWK set', JSON.stringify({ keys: [ec] })],
  ['an empty JWK set', JSON.stringify({ keys: [], comment: 'a comment to make it long enough' })],
  ...[
    'ssh-rsa',
    'ssh-dss',
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp521',
    'sk-ssh-ed25519@openssh.com',
    'sk-ecdsa-sha2-nistp256@openssh.com',
    'ssh-ed25519-cert-v01@openssh.com',
  ].map((type): [string, string] => [`an SSH public key of ${type}`, ssh(type)]),
  ['an SSH public key without its type before it', sshBlob('ssh-rsa')],
  ['the begin of an SSH key, whose rest is cut off', 'ssh-rsa AAAA: the rest is not here at all'],
  ['the same after two spaces', 'ssh-rsa  AAAA: the rest is not here at all'],
  ['the begin of the key of a token', 'sk-ssh-ed25519@openssh.com AAAA: the rest is not here'],
  ['an SSH public key with options', `from="*.example.com",no-pty ${ssh('ssh-rsa')}`],
  [
    'an SSH public key by RFC 4716',
    `---- BEGIN SSH2 PUBLIC KEY ----\n${sshBlob('ssh-rsa')}\n---- END SSH2 PUBLIC KEY ----\n`,
  ],
]

const disguises: readonly [name: string, disguise: (text: string) => string][] = [
  ['as it is', (text) => text],
  ['after spaces', (text) => `   ${text}`],
  ['after a line feed', (text) => `\n${text}`],
  ['after CRLF', (text) => `\r\n\r\n${text}`],
  ['after a byte order mark', (text) => `\ufeff${text}`],
  ['after NUL', (text) => `\0${text}`],
  ['after a no-break space', (text) => `\u00a0${text}`],
  ['before white space', (text) => `${text}\r\n \n`],
  ['before NUL', (text) => `${text}\0`],
  ['after a letter', (text) => `a${text}`],
  ['after two letters', (text) => `ab${text}`],
  ['after three letters', (text) => `abc${text}`],
  ['after a long word', (text) => `correct-horse-battery-staple.${text}`],
  ['after a comment', (text) => `# my key, do not share\n${text}`],
  ['after text on its line', (text) => `key=${text}`],
  ['before text', (text) => `${text} and so on`],
  ['in quotes', (text) => `'${text}'`],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['indented', (text) => text.replaceAll('\n', '\n\t')],
]
describe('what may be known to others is no secret, however disguised:', () => {
  const undetected = (text: string): string[] =>
    disguises.filter(([, disguise]) => !isRefusedAsKey(ofText(disguise(text)))).map(([name]) => name)

  test.each(texts)('%s', (_, text) => {
    expect(undetected(text)).toEqual([])
  })

  test.each(keys)('%s as base64', (_, __, der) => {
    expect(undetected(der.toString('base64'))).toEqual([])
    expect(undetected(der.toString('base64').replaceAll('=', ''))).toEqual([])
  })

  test.each(keys)('%s as base64url', (_, __, der) => {
    expect(undetected(der.toString('base64url'))).toEqual([])
  })

  test('a key that has the characters in which base64 and base64url differ', () => {
    for (const [head, spelling] of [
      [Buffer.of(0x30, 0x82, 0x0f, 0xff, 2, 0x82, 0x0f, 0xfb, 0), /^MIIP[/_]wKCD[/_]sA$/],
      [Buffer.of(0x30, 0x82, 0x0f, 0xfb, 2, 0x82, 0x0f, 0xfb, 0), /^MIIP[+-]wKCD[/_]sA$/],
    ] as const) {
      for (const encoding of ['base64', 'base64url'] as const) {
        expect(head.toString(encoding)).toMatch(spelling)
        expect(undetected(Buffer.concat([head, Buffer.alloc(60, 7)]).toString(encoding))).toEqual([])
      }
    }
  })

  test.each(keys)('%s as lines of base64', (_, __, der) => {
    expect(undetected(lines(der))).toEqual([])
    expect(undetected(der.toString('base64').replaceAll(/.{16}/g, '$&\n'))).toEqual([])
  })

  test.each(keys)('%s as DER', (_, __, der) => {
    expect(isRefusedAsKey(Uint8Array.from(der))).toBe(true)
    expect(isRefusedAsKey(Uint8Array.from([...Buffer.alloc(33), ...der, 0]))).toBe(true)
    expect(isRefusedAsKey(decodeSecret(der.toString('hex'), 'hex'))).toBe(true)
    expect(isRefusedAsKey(decodeSecret(der.toString('base64'), 'base64'))).toBe(true)
  })
})

describe('what only looks like a key is a secret:', () => {
  test.each<[string, string]>([
    ['text', 'correct horse battery staple, and some more'],
    ['a word like a label', 'BEGIN PUBLIC KEY is not how a secret should begin'],
    ['dashes', '-----------------------------------------'],
    ['four dashes and a word', '----BEGIN of a secret, and more of it, and more----'],
    ['JSON without a key', '{"secret":"kty and keys are words of JSON here"}'],
    ['ssh- without a key', 'ssh-rsa is what this secret does not hold at all'],
    ['AAAA', 'AAAA'.repeat(10)],
    ['base64 of a secret', Buffer.alloc(48, 0x35).toString('base64')],
    ['base64url of a secret', Buffer.alloc(32, 0xfb).toString('base64url')],
  ])('%s', (_, text) => {
    accept(ofText(text))
  })

  const marks: [name: string, mark: number[]][] = [
    ['the identifier of RSA keys', [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1]],
    ['the identifier of EC keys', [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]],
    ['the identifier of Ed25519 keys', [6, 3, 0x2b, 0x65, 0x70]],
    ['the head of an RSA public key', [0x30, 0x82, 1, 10, 2, 0x82, 1, 1, 0]],
    ['the head of an RSA private key', [0x30, 0x82, 4, 0xa2, 2, 1, 0, 2]],
    ['the head of an EC private key of 32 octets', [2, 1, 1, 4, 0x20]],
    ['the head of an EC private key of 48 octets', [2, 1, 1, 4, 0x30]],
    ['the head of an EC private key of 66 octets', [2, 1, 1, 4, 0x42]],
  ]
  const around = (mark: readonly number[]): Uint8Array[] =>
    [0, 1, 20, 40 - mark.length].map((at) => {
      const bytes = new Uint8Array(40).fill(0xa7)
      bytes.set(mark, at)
      return bytes
    })

  test.each(marks)('but not where it holds %s', (_, mark) => {
    for (const secret of around(mark)) expect(isRefusedAsKey(secret)).toBe(true)
  })

  test.each(marks)('where it misses %s by an octet', (_, mark) => {
    for (const secret of [...around(mark.slice(0, -1)), ...around(mark.slice(1))]) accept(secret)
    for (const secret of around([...mark.slice(0, -1), 0xff])) accept(secret)
  })

  test('any 32 random octets, 20,000 times', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret) => assertSecret(secret, row)),
      // A seed of its own, as one secret in some thousand million does hold a mark.
      { numRuns: 20_000, seed: 7518 },
    )
  })
})
