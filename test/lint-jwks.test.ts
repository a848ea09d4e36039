import { describe, expect, test } from 'vitest'
import { lintKeySet } from '../src/lint-jwks.ts'
import formats from './fixtures/formats.json' with { type: 'json' }
import { named, octets, secretJwk } from './fixtures/lint.ts'
import { keys } from './setup/keys.ts'

const find = (jwks: unknown): string[] => lintKeySet(jwks).map(({ rule, message }) => `${rule}: ${message}`)

const es256 = { ...keys.p256.publicJwk, alg: 'ES256', ...named }

describe('a finding says which key', () => {
  test('by its place in the set', () => {
    expect(find({ keys: [es256, { ...es256, kid: undefined }, null, { ...es256, alg: 'RS1' }] })).toEqual([
      'jwks-malformed: keys[2] is no JWK: it has no "kty" that is a string',
      'alg-deprecated: keys[3] names an algorithm that is deprecated',
      'key-no-kid: keys[1] has no "kid" that is a non-empty string',
      'kid-twice: keys[3] has the "kid" of a key before it',
    ])
  })

  test('as the key, where it is alone', () => {
    expect(find({ ...es256, use: undefined, alg: undefined })).toEqual([
      'key-no-alg: the key has no "alg"',
      'key-no-use: the key has neither "use" nor "key_ops"',
    ])
  })
})

test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])('a set with a "%s" gives a key away', (name) => {
  expect(find({ keys: [{ ...es256, [name]: 'AA' }] })).toContain(
    'key-private: keys[0] is private or symmetric, in a set that is handed about',
  )
})

test.each<[object, boolean]>([
  [{ key_ops: ['sign'] }, true],
  [{ key_ops: ['verify'] }, true],
  [{ key_ops: ['encrypt'] }, false],
  [{ use: 'enc' }, false],
  [{ use: 'sig', key_ops: ['encrypt'] }, true],
])('a key with %j is looked at as one for signatures: %j', (members, isLookedAt) => {
  const { use: _, ...key } = es256
  expect(find({ ...key, kid: undefined, ...members }).length > 0).toBe(isLookedAt)
})

test.each<[object, string[]]>([
  [{ ...keys.p384.publicJwk, ...named, x: 'AA' }, ['key-malformed']],
  [{ ...keys.p521.publicJwk, ...named, x: 'AA' }, ['key-malformed']],
  [{ ...keys.ed25519.publicJwk, ...named, x: 'AA' }, ['key-malformed']],
  [{ ...keys.p256.publicJwk, ...named, crv: 'P-257', x: 'AA' }, []],
  [{ ...keys.ed25519.publicJwk, ...named, crv: 'X25519', x: 'AA' }, []],
  [{ ...keys.p256.publicJwk, ...named, kty: 'OKP', x: 'AA' }, []],
])('a key without an "alg" is judged by its type and curve, if they are known (%#)', (jwk, rules) => {
  const { alg: _, ...key } = jwk as { alg?: string }
  const seen = lintKeySet(key).map(({ rule }) => rule)
  expect(seen.filter((rule) => rule !== 'key-no-alg')).toEqual(rules)
})

test('an EC key that says HS256 is not judged as a secret', () => {
  const rules = lintKeySet({ ...es256, alg: 'HS256', k: 'c2VjcmV0' }).map(({ rule }) => rule)
  expect(rules).toContain('key-malformed')
  expect(rules).not.toContain('key-short')
})

test('a private key of ML-DSA is read as one', () => {
  const { pub, priv } = formats.keys.mldsa44.private.jwk
  expect(find({ kty: 'AKP', alg: 'ML-DSA-44', pub, priv, ...named })).toEqual([])
})

describe('a key that cannot be read', () => {
  test.each<[object, string]>([
    [{ ...es256, x: 5 }, '"x" must be a string'],
    [{ ...es256, x: `${es256.x}=` }, '"x" must be canonical base64url, and not empty'],
    [{ ...es256, crv: 'P-384' }, '"crv" is another curve than that of ES256'],
    [{ ...es256, crv: 'Ed448' }, '"crv" is another curve than that of ES256'],
    [{ ...es256, kty: 'RSA' }, '"kty" must be "EC" for ES256'],
    [{ ...es256, key_ops: ['verify', 'verify'] }, '"key_ops" must be an array of distinct strings'],
    [{ ...keys.ed25519.publicJwk, alg: 'EdDSA', ...named, crv: 'X25519' }, '"crv" is another curve than that of EdDSA'],
    [{ ...secretJwk(octets), k: 5 }, '"k" must be a string'],
    [{ ...keys.rsa.privateJwk, alg: 'RS256', ...named, oth: [] }, '"oth": RSA keys of more than two primes'],
    [{ ...keys.rsa.publicJwk, alg: 'RS256', ...named, n: `AA${keys.rsa.publicJwk.n}` }, '"n" must '],
  ])('%# says which member', (jwk, words) => {
    const malformed = find(jwk).filter((finding) => finding.startsWith('key-malformed: '))
    expect(malformed).toHaveLength(1)
    expect(malformed[0]).toMatch(/^key-malformed: the key cannot be read: the JWK does not fit: /)
    expect(malformed[0]).toContain(words)
  })

  test('is judged by no rule on what it cannot tell', () => {
    const misspelled = { ...secretJwk('a'.repeat(32)), k: '='.repeat(32) }
    expect(lintKeySet(misspelled).map(({ rule }) => rule)).toEqual(['key-malformed'])
  })
})

test('an ML-DSA key without its alg lacks it, and cannot be read (RFC 9964 §3)', () => {
  const jwk = { kty: 'AKP', pub: 'AA', ...named }
  expect(lintKeySet(jwk).map(({ rule }) => rule)).toEqual(['key-malformed', 'key-no-alg'])
})

test.each([
  ['too short and made of words', 'secret', ['key-short', 'secret-guessable']],
  ['too short and repeated', 'aaaaaaaa', ['key-short', 'secret-repeated']],
  ['too short and typed', 'hJ7$pQz', ['key-short', 'secret-typed']],
  ['too short', octets.subarray(0, 16), ['key-short']],
])('a secret may be %s', (_, secret, rules) => {
  expect(lintKeySet(secretJwk(secret)).map(({ rule }) => rule)).toEqual(rules)
})

test('a key that is too short says how long it is', () => {
  const rsa = { ...keys.rsa2047.publicJwk, alg: 'RS256', ...named }
  expect(find(rsa)).toEqual(['key-short: the key is too short: it has 2047 bits'])
  expect(find(secretJwk(octets, 'HS384'))).toEqual([
    'key-short: the key is too short: it has 32 octets, and 48 are wanted',
  ])
})

test('the set itself is left as it was, and read once', () => {
  const frozen = Object.freeze({ keys: Object.freeze([Object.freeze({ ...es256 })]) })
  expect(find(frozen)).toEqual([])
  let reads = 0
  lintKeySet({
    keys: [
      {
        ...es256,
        get alg() {
          reads++
          return 'ES256'
        },
      },
    ],
  })
  expect(reads).toBe(1)
})
