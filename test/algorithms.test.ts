import { describe, expect, test } from 'vitest'
import { algorithms } from 'tittle'
import type { Algorithm } from 'tittle'
import { algorithmRow, isHmac } from '../src/algorithms.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError, thrownBy } from './setup/silence.ts'

const rows: Record<Algorithm, object> = {
  // RFC 7518 §3.2: a key as long as the hash, by the names of WebCrypto and, further on, of OpenSSL.
  HS256: { kty: 'oct', web: 'HMAC', hash: 'SHA-256', size: 32 },
  HS384: { kty: 'oct', web: 'HMAC', hash: 'SHA-384', size: 48 },
  HS512: { kty: 'oct', web: 'HMAC', hash: 'SHA-512', size: 64 },
  // RFC 7518 §3.3.
  RS256: { kty: 'RSA', web: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', size: 32 },
  RS384: { kty: 'RSA', web: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384', size: 48 },
  RS512: { kty: 'RSA', web: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', size: 64 },
  // RFC 7518 §3.5: a salt as long as the hash.
  PS256: { kty: 'RSA', web: 'RSA-PSS', hash: 'SHA-256', size: 32 },
  PS384: { kty: 'RSA', web: 'RSA-PSS', hash: 'SHA-384', size: 48 },
  PS512: { kty: 'RSA', web: 'RSA-PSS', hash: 'SHA-512', size: 64 },
  // RFC 7518 §3.4 and §6.2.1.2: the curve, and the octets of a coordinate on it.
  ES256: { kty: 'EC', crv: 'P-256', web: 'ECDSA', openssl: 'prime256v1', hash: 'SHA-256', size: 32 },
  ES384: { kty: 'EC', crv: 'P-384', web: 'ECDSA', openssl: 'secp384r1', hash: 'SHA-384', size: 48 },
  ES512: { kty: 'EC', crv: 'P-521', web: 'ECDSA', openssl: 'secp521r1', hash: 'SHA-512', size: 66 },
  // RFC 8037 §2 and §3.1, RFC 9864 §2.2.
  Ed25519: { kty: 'OKP', crv: 'Ed25519', web: 'Ed25519', openssl: 'ed25519', size: 32 },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', web: 'Ed25519', openssl: 'ed25519', size: 32 },
  // FIPS 204 table 2: the octets of a public key and of a signature.
  'ML-DSA-44': { kty: 'AKP', web: 'ML-DSA-44', openssl: 'ml-dsa-44', size: 1312, signature: 2420 },
  'ML-DSA-65': { kty: 'AKP', web: 'ML-DSA-65', openssl: 'ml-dsa-65', size: 1952, signature: 3309 },
  'ML-DSA-87': { kty: 'AKP', web: 'ML-DSA-87', openssl: 'ml-dsa-87', size: 2592, signature: 4627 },
}

describe('the table of algorithms', () => {
  test('has these names, and is frozen', () => {
    expect(algorithms).toEqual(Object.keys(rows))
    expect(Object.isFrozen(algorithms)).toBe(true)
  })

  test.each(Object.entries(rows))('has %s as its RFC defines it', (alg, row) => {
    expect(algorithmRow('label', alg)).toEqual({ alg, ...row })
  })

  test.each<[string, unknown]>([
    ['none', 'none'],
    ['none in capitals', 'NONE'],
    ['small letters', 'hs256'],
    ['mixed letters', 'Es256'],
    ['a space after', 'HS256 '],
    ['a space before', ' HS256'],
    ['a dash', 'HS-256'],
    ['a name around a name', 'XHS256X'],
    ['a part of a name', 'HS'],
    ['nothing', ''],
    ['an unknown hash', 'HS128'],
    ['an algorithm for encryption', 'A128KW'],
    ['a name that every object has', 'toString'],
    ['__proto__', '__proto__'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 256],
    ['a name in an array', ['HS256']],
    ['a boxed name', new String('HS256')],
    ['an object that turns into a name', { toString: () => 'HS256' }],
  ])('has no row for %s', (_, alg) => {
    expectTypeError(() => algorithmRow('label', alg), `label must be one of ${algorithms.join(', ')}`, alg)
  })

  test('gets no row from a polluted Object.prototype', () => {
    const error = polluted({ none: rows.HS256, alg: 'none' }, () => thrownBy(() => algorithmRow('label', 'none')))
    expect(error).toBeInstanceOf(TypeError)
  })
})

test('those of HMAC are told from others', () => {
  expect(algorithms.filter(isHmac)).toEqual(['HS256', 'HS384', 'HS512'])
})
