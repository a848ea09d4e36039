import * as nodeCrypto from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hmacOf } from '../../src/crypto/node-hmac.ts'

const secretOf = (length: number): nodeCrypto.KeyObject =>
  nodeCrypto.createSecretKey(Buffer.from(Array.from({ length }, (_, i) => (i * 37) % 256)))

// Around the lengths of the block, beyond which a secret is hashed first (RFC 2104 §2), and of what is streamed.
const secrets = [32, 48, 63, 64, 65, 127, 128, 129, 1000]
// Around the block, the padding within it (FIPS 180-4 §5.1), several blocks, and what is streamed.
const lengths = [
  0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 300, 3967, 3968, 4032, 4095, 4096, 4097, 4160, 16_384,
]
const inputs = lengths.map((length) => 'x'.repeat(length))

describe.each(['sha256', 'sha384', 'sha512'])('HMAC with %s', (name) => {
  test.each([
    ['two hashes', nodeCrypto],
    ['an Hmac, where crypto.hash is not there', { ...nodeCrypto, hash: undefined }],
  ])('is that of node:crypto, by %s', (_, crypto) => {
    for (const length of secrets) {
      const secret = secretOf(length)
      const hmac = hmacOf(crypto as typeof nodeCrypto, name, secret)
      for (const input of inputs) {
        expect(hmac(input)).toBe(nodeCrypto.createHmac(name, secret).update(input).digest('base64url'))
      }
    }
  })

  test('forgets the input before, be it longer', () => {
    const secret = secretOf(64)
    const hmac = hmacOf(nodeCrypto, name, secret)
    hmac('y'.repeat(4096))
    expect(hmac('x')).toBe(nodeCrypto.createHmac(name, secret).update('x').digest('base64url'))
  })

  test('is the same by both ways, for inputs one after another that are longer and shorter', () => {
    const secret = secretOf(64)
    const hmac = hmacOf(nodeCrypto, name, secret)
    const streamed = hmacOf({ ...nodeCrypto, hash: undefined } as never, name, secret)
    for (const length of [4096, 0, 4097, 1, 4096, 4095, 64, 16_384, 63, 128, 4096, 127]) {
      const input = Array.from({ length }, (_, i) => String.fromCharCode((i * 31 + length) % 256)).join('')
      expect(hmac(input), `of ${length}`).toBe(streamed(input))
    }
  })

  test('is that of its own secret, where there are others', () => {
    const secrets = [32, 64, 65, 128, 200].map(secretOf)
    const hmacs = secrets.map((secret) => hmacOf(nodeCrypto, name, secret))
    for (const input of ['a', 'b'.repeat(100), '']) {
      expect(hmacs.map((hmac) => hmac(input))).toEqual(
        secrets.map((secret) => nodeCrypto.createHmac(name, secret).update(input).digest('base64url')),
      )
    }
  })

  test('takes octets above 127 as what they are', () => {
    const secret = secretOf(64)
    const expected = nodeCrypto.createHmac(name, secret).update('\x80\xff', 'latin1').digest('base64url')
    expect(hmacOf(nodeCrypto, name, secret)('\x80\xff')).toBe(expected)
  })
})
