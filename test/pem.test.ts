import fc from 'fast-check'
import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodePem, parsePem, PEM_STRUCTURES } from '../src/pem.ts'

const der = Uint8Array.from({ length: 100 }, (_, index) => index)
const body = Buffer.from(der).toString('base64')
const block = (label: string, text = body): string => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`

describe('a PEM block is read', () => {
  test.each<[string, string]>([
    ['in one line of base64', block('PUBLIC KEY')],
    ['in lines of 64', block('PUBLIC KEY', body.replace(/.{64}/g, '$&\n'))],
    ['in lines of 76', block('PUBLIC KEY', body.replace(/.{76}/g, '$&\n'))],
    ['with CRLF', block('PUBLIC KEY', body.replace(/.{64}/g, '$&\n')).replaceAll('\n', '\r\n')],
    ['with CR', block('PUBLIC KEY').replaceAll('\n', '\r')],
    ['without any line end', block('PUBLIC KEY').replaceAll('\n', '')],
    ['without the last line end', block('PUBLIC KEY').trimEnd()],
    ['with white space around', `\r\n \t${block('PUBLIC KEY')}\n\n `],
    ['with indented lines', block('PUBLIC KEY', body.replace(/.{64}/g, '  $&\n  '))],
    ['after a byte order mark', `\ufeff${block('PUBLIC KEY')}`],
  ])('%s', (_, text) => {
    expect(parsePem(text)).toEqual({ label: 'PUBLIC KEY', der })
  })

  test.each([
    'PUBLIC KEY',
    'PRIVATE KEY',
    'RSA PUBLIC KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'CERTIFICATE',
    'X509 CRL',
  ])('with the label %s', (label) => {
    expect(parsePem(block(label))).toEqual({ label, der })
  })

  test('after the parameters that OpenSSL writes before an EC key', () => {
    const parameters = block('EC PARAMETERS', 'BggqhkjOPQMBBw==')
    expect(parsePem(parameters + block('EC PRIVATE KEY'))).toEqual({ label: 'EC PRIVATE KEY', der })
    expect(parsePem(`\n${parameters}\r\n${block('EC PRIVATE KEY')}`)).toEqual({ label: 'EC PRIVATE KEY', der })
    expect(parsePem(parameters)?.label).toBe('EC PARAMETERS')
    expect(parsePem(parameters + parameters + block('EC PRIVATE KEY'))).toBeUndefined()
    expect(parsePem(block('EC PRIVATE KEY') + parameters)).toBeUndefined()
    expect(parsePem(block('DH PARAMETERS') + block('EC PRIVATE KEY'))).toBeUndefined()
  })

  test('from a key of node:crypto, to the octet', () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const pem = key.export({ format: 'pem', type: 'spki' }) as string
    const spki = Uint8Array.from(key.export({ format: 'der', type: 'spki' }))
    expect(parsePem(pem)).toEqual({ label: 'PUBLIC KEY', der: spki })
    expect(encodePem({ label: 'PUBLIC KEY', der: spki })).toBe(pem)
  })
})

describe('no PEM block is', () => {
  const half = block('PUBLIC KEY').slice(0, -10)

  test.each<[string, string]>([
    ['nothing', ''],
    ['base64 alone', body],
    ['a block without content', '-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----'],
    ['two blocks', block('PUBLIC KEY') + block('PUBLIC KEY')],
    ['a private and a public block', block('PRIVATE KEY') + block('PUBLIC KEY')],
    ['a block with another label at its end', block('PUBLIC KEY').replace('END PUBLIC', 'END PRIVATE')],
    ['a block whose last label only begins the same', block('PUBLIC KEY').replace('END PUBLIC KEY', 'END PUBLIC KEYS')],
    ['a block cut short', half],
    ['a block without its first line', block('PUBLIC KEY').slice(28)],
    ['a block after text', `a comment\n${block('PUBLIC KEY')}`],
    ['a block before text', `${block('PUBLIC KEY')}a comment`],
    ['a block with headers', block('RSA PRIVATE KEY', `Proc-Type: 4,ENCRYPTED\n\n${body}`)],
    ['a block with four dashes', block('PUBLIC KEY').replaceAll('-----', '----')],
    ['a label in small letters', block('public key')],
    ['an empty label', block('')],
    ['a label that is too long', block('A'.repeat(41))],
    ['a label with a dash', block('PUBLIC-KEY')],
    ['a label over two lines', block('PUBLIC\nKEY')],
    ['base64url in a block', block('PUBLIC KEY', `${body.slice(0, -2)}_-`)],
    ['a stray character', block('PUBLIC KEY', `${body.slice(0, -1)}!`)],
    ['a dot', block('PUBLIC KEY', `${body.slice(0, -1)}.`)],
    ['NUL', block('PUBLIC KEY', `${body}\0`)],
    ['padding in the middle', block('PUBLIC KEY', `AA==${body}`)],
    ['too much padding', block('PUBLIC KEY', 'AAAA=')],
    ['an impossible length', block('PUBLIC KEY', 'AAAAA')],
    ['white space that is not ASCII', block('PUBLIC KEY', `${body}\u00a0`)],
  ])('%s', (_, text) => {
    expect(parsePem(text)).toBeUndefined()
  })

  test('a megabyte of white space, which costs no time', () => {
    const space = ' '.repeat(1_000_000)
    const begun = performance.now()
    expect(parsePem(`${space}a`)).toBeUndefined()
    expect(parsePem(`-----BEGIN PUBLIC KEY-----${space}a-`)).toBeUndefined()
    expect(parsePem(`${block('PUBLIC KEY')}${space}a`)).toBeUndefined()
    expect(parsePem(`-----BEGIN EC PARAMETERS-----${space}-----END EC PARAMETERS-----${space}a`)).toBeUndefined()
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})

describe('a PEM block is written', () => {
  test.each([1, 47, 48, 49, 96, 97, 144])('of %i octets in lines of 64 characters', (size) => {
    const text = encodePem({ label: 'PUBLIC KEY', der: new Uint8Array(size).fill(255) })
    const lines = text.split('\n')
    expect(lines.at(0)).toBe('-----BEGIN PUBLIC KEY-----')
    expect(lines.at(-2)).toBe('-----END PUBLIC KEY-----')
    expect(lines.at(-1)).toBe('')
    const content = lines.slice(1, -2)
    expect(content).toHaveLength(Math.ceil(size / 48))
    for (const line of content.slice(0, -1)) expect(line).toHaveLength(64)
    expect(content.join('')).toBe(Buffer.alloc(size, 255).toString('base64'))
  })

  test('of no octets without a line between', () => {
    expect(encodePem({ label: 'A', der: new Uint8Array() })).toBe('-----BEGIN A-----\n-----END A-----\n')
  })

  test('that is read back, whatever the octets', () => {
    fc.assert(
      fc.property(fc.constantFrom('PUBLIC KEY', 'PRIVATE KEY'), fc.uint8Array({ minLength: 1 }), (label, der) => {
        expect(parsePem(encodePem({ label, der }))).toEqual({ label, der: Uint8Array.from(der) })
      }),
    )
  })
})

test.each([
  ['PUBLIC KEY', 'spki'],
  ['CERTIFICATE', 'certificate'],
  ['X509 CERTIFICATE', 'certificate'],
  ['RSA PUBLIC KEY', 'pkcs1 public'],
  ['PRIVATE KEY', 'pkcs8'],
  ['ENCRYPTED PRIVATE KEY', 'encrypted pkcs8'],
  ['RSA PRIVATE KEY', 'pkcs1 private'],
  ['EC PRIVATE KEY', 'sec1'],
  ['OPENSSH PRIVATE KEY', undefined],
  ['PRIVATE KEYS', undefined],
])('the label %s announces the structure %s', (label, structure) => {
  expect(PEM_STRUCTURES.get(label)).toBe(structure)
})
