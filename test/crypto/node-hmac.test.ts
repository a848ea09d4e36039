import * as nodeCrypto from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hmacOf } from '../../src/crypto/node-hmac.ts'

const secretOf = (length: number): nodeCrypto.KeyObject =>
  nodeCrypto.createSecretKey(Buffer.from(Array.from({ length }, (_, i) => (i * 37) % 256)))

// Around the lengths of the block, beyond which a secret is hashed first (RFC 2104 §2), and of what is streamed.
const secrets = [32, 48, 63, 64, 65, 127, 128, 129, 1000]
const inputs = [0, 1, 55, 56, 64, 300, 4095, 4096, 4097, 16_384].map((length) => 'x'.repeat(length))

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

  test('takes octets above 127 as what they are', () => {
    const secret = secretOf(64)
    const expected = nodeCrypto.createHmac(name, secret).update('\x80\xff', 'latin1').digest('base64url')
    expect(hmacOf(nodeCrypto, name, secret)('\x80\xff')).toBe(expected)
  })
})
