import { createSecretKey, type KeyObject, type webcrypto } from 'node:crypto'
import * as tittle from 'tittle'
import {
  createSigner,
  createVerifier,
  exportJwk,
  exportPem,
  generateKeyPair,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  importSecret,
  publicKeyOf,
  sign,
  thumbprint,
  verify,
} from 'tittle'
import type {
  Algorithm,
  AlgorithmOf,
  AsymmetricAlgorithm,
  HmacAlgorithm,
  Jwk,
  Key,
  KeyOptions,
  KeyPair,
  PrivateKey,
  PublicKey,
  SecretKey,
  SecretOptions,
  SigningKey,
  VerificationKey,
} from 'tittle'
import { signJws, verifyJws } from 'tittle/jws'
import { describe, expectTypeOf, test } from 'vitest'

declare const secretKey: SecretKey<'HS256'>
declare const publicKey: PublicKey<'ES256'>
declare const privateKey: PrivateKey<'ES256'>
declare const anyKey: Key
declare const keyObject: KeyObject
declare const cryptoKey: webcrypto.CryptoKey
declare const bytes: Uint8Array
declare const jwk: Jwk
declare const algorithm: Algorithm
const pem = '-----BEGIN PUBLIC KEY-----'
const policy = { issuer: null, audience: null } as const

describe('the type of a key says its algorithm and its role', () => {
  test('of a secret', () => {
    expectTypeOf(importSecret('text', 'HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importSecret(bytes, 'HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importSecret(Buffer.alloc(32), 'HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importSecret(jwk, 'HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importSecret(keyObject, 'HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importSecret(cryptoKey, 'HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importSecret('00', 'HS256', { encoding: 'hex', kid: 'a' })).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(generateSecret('HS256')).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(secretKey.alg).toEqualTypeOf<'HS256'>()
    expectTypeOf(secretKey.role).toEqualTypeOf<'secret'>()
    expectTypeOf(secretKey.kid).toEqualTypeOf<string | undefined>()
  })

  test('of a public and a private key', () => {
    expectTypeOf(importPublicKey(pem, 'ES256')).toEqualTypeOf<PublicKey<'ES256'>>()
    expectTypeOf(importPublicKey(bytes, 'ES256')).toEqualTypeOf<PublicKey<'ES256'>>()
    expectTypeOf(importPrivateKey(bytes, 'PS512', { passphrase: 'a' })).toEqualTypeOf<PrivateKey<'PS512'>>()
    expectTypeOf(importPublicKey(keyObject, 'RS256')).toEqualTypeOf<PublicKey<'RS256'>>()
    expectTypeOf(importPublicKey(cryptoKey, 'RS256', { kid: 'a' })).toEqualTypeOf<PublicKey<'RS256'>>()
    expectTypeOf(importPublicKey(jwk, 'ES256')).toEqualTypeOf<PublicKey<'ES256'>>()
    expectTypeOf(importPrivateKey(pem, 'ES256')).toEqualTypeOf<PrivateKey<'ES256'>>()
    expectTypeOf(importPrivateKey(keyObject, 'RS256')).toEqualTypeOf<PrivateKey<'RS256'>>()
    expectTypeOf(importPrivateKey(jwk, 'RS256')).toEqualTypeOf<PrivateKey<'RS256'>>()
    expectTypeOf(publicKey.role).toEqualTypeOf<'public'>()
    expectTypeOf(privateKey.role).toEqualTypeOf<'private'>()
  })

  test('of what is generated, exported and derived', () => {
    expectTypeOf(generateKeyPair('RS256')).resolves.toEqualTypeOf<KeyPair<'RS256'>>()
    expectTypeOf<KeyPair<'RS256'>['publicKey']>().toEqualTypeOf<PublicKey<'RS256'>>()
    expectTypeOf<KeyPair<'RS256'>['privateKey']>().toEqualTypeOf<PrivateKey<'RS256'>>()
    expectTypeOf(publicKeyOf(privateKey)).resolves.toEqualTypeOf<PublicKey<'ES256'>>()
    expectTypeOf(exportJwk(anyKey)).resolves.toEqualTypeOf<Jwk>()
    expectTypeOf(exportPem(publicKey)).resolves.toEqualTypeOf<string>()
    expectTypeOf(thumbprint(anyKey)).resolves.toEqualTypeOf<string>()
    expectTypeOf(thumbprint(jwk, 'SHA-512')).resolves.toEqualTypeOf<string>()
  })

  test('of one whose algorithm is known only at run time', () => {
    const { alg } = publicKey as PublicKey
    expectTypeOf(alg).toEqualTypeOf<AsymmetricAlgorithm>()
    expectTypeOf(importPublicKey(pem, alg)).toEqualTypeOf<PublicKey<AsymmetricAlgorithm>>()
    expectTypeOf<Algorithm>().toEqualTypeOf<HmacAlgorithm | AsymmetricAlgorithm>()
  })
})

describe('the alg of a JWK fixes the type', () => {
  test('where it is a literal', () => {
    expectTypeOf(importPublicKey({ kty: 'EC', alg: 'ES256', crv: 'P-256', x: '', y: '' })).toEqualTypeOf<
      PublicKey<'ES256'>
    >()
    expectTypeOf(importPrivateKey({ kty: 'RSA', alg: 'RS256', n: '', e: '', d: '' })).toEqualTypeOf<
      PrivateKey<'RS256'>
    >()
    expectTypeOf(importSecret({ kty: 'oct', alg: 'HS256', k: '' })).toEqualTypeOf<SecretKey<'HS256'>>()
    expectTypeOf(importPublicKey({ kty: 'EC', alg: 'ES256' }, undefined, { kid: 'a' })).toEqualTypeOf<
      PublicKey<'ES256'>
    >()
    expectTypeOf<AlgorithmOf<{ alg: 'ES256' }, AsymmetricAlgorithm>>().toEqualTypeOf<'ES256'>()
  })

  test('and where there is none, the curve Ed25519 does', () => {
    expectTypeOf(importPublicKey({ kty: 'OKP', crv: 'Ed25519', x: '' })).toEqualTypeOf<PublicKey<'Ed25519'>>()
    expectTypeOf(importPrivateKey({ kty: 'OKP', crv: 'Ed25519', x: '', d: '' })).toEqualTypeOf<PrivateKey<'Ed25519'>>()
    expectTypeOf(importPublicKey({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x: '' })).toEqualTypeOf<
      PublicKey<'EdDSA'>
    >()
    expectTypeOf(importPublicKey({ kty: 'EC', crv: 'P-256', x: '', y: '' })).toEqualTypeOf<PublicKey>()
  })

  test('and where it is not, any of the possible ones is', () => {
    expectTypeOf(importPublicKey(jwk)).toEqualTypeOf<PublicKey>()
    expectTypeOf(importPrivateKey(jwk)).toEqualTypeOf<PrivateKey>()
    expectTypeOf(importSecret(jwk)).toEqualTypeOf<SecretKey>()
    expectTypeOf<AlgorithmOf<Jwk, AsymmetricAlgorithm>>().toEqualTypeOf<AsymmetricAlgorithm>()
  })
})

describe('what cannot be imported does not compile', () => {
  test('a source whose algorithm nothing fixes', () => {
    // @ts-expect-error
    importSecret('text')
    // @ts-expect-error
    importSecret(bytes)
    // @ts-expect-error
    importSecret(keyObject)
    // @ts-expect-error
    importSecret(cryptoKey)
    // @ts-expect-error
    importPublicKey(pem)
    // @ts-expect-error
    importPublicKey(keyObject)
    // @ts-expect-error
    importPublicKey(cryptoKey)
    // @ts-expect-error
    importPrivateKey(pem)
    // @ts-expect-error
    importPrivateKey(keyObject)
  })

  test('an algorithm of the other kind, or none at all', () => {
    // @ts-expect-error
    importSecret('text', 'ES256')
    // @ts-expect-error
    importSecret(jwk, 'RS256')
    // @ts-expect-error
    importPublicKey(pem, 'HS256')
    // @ts-expect-error
    importPrivateKey(pem, 'HS256')
    // @ts-expect-error
    importPublicKey(pem, 'none')
    // @ts-expect-error
    importPublicKey(pem, 'es256')
    // @ts-expect-error
    importPublicKey(pem, algorithm)
    // @ts-expect-error
    importPublicKey(pem, null)
    // @ts-expect-error
    generateSecret('ES256')
    // @ts-expect-error
    generateKeyPair('HS256')
    // @ts-expect-error
    generateSecret()
  })

  test('a source that is no key', () => {
    // @ts-expect-error
    importSecret(5, 'HS256')
    // @ts-expect-error
    importSecret(null, 'HS256')
    // @ts-expect-error
    importSecret(new Date(), 'HS256')
    // @ts-expect-error
    importSecret([1, 2, 3], 'HS256')
    // @ts-expect-error
    importSecret(new Uint16Array(32), 'HS256')
    // @ts-expect-error
    importPublicKey(bytes)
    // @ts-expect-error
    importPublicKey(Promise.resolve(pem), 'ES256')
    // @ts-expect-error
    importPublicKey({ keys: [jwk] }, 'ES256')
    // @ts-expect-error
    importPrivateKey(undefined, 'ES256')
  })

  test('a key of the library', () => {
    // @ts-expect-error
    importPublicKey(privateKey, 'ES256', { extractable: true })
    // @ts-expect-error
    importSecret(secretKey, 'HS256', 'utf8')
  })

  test('options of no such name or value', () => {
    // @ts-expect-error
    importSecret('text', 'HS256', { id: 'a' })
    // @ts-expect-error
    importSecret('text', 'HS256', { encoding: 'latin1' })
    // @ts-expect-error
    importSecret('text', 'HS256', { kid: 5 })
    // @ts-expect-error
    importSecret('text', 'HS256', null)
    // @ts-expect-error
    importSecret({ kty: 'oct', k: '', alg: 'HS256' }, undefined, { encoding: 'hex' })
    // @ts-expect-error
    importPublicKey(pem, 'ES256', { encoding: 'hex' })
    // @ts-expect-error
    importPublicKey(pem, 'ES256', { passphrase: 'a' })
    // @ts-expect-error
    importPrivateKey(pem, 'ES256', { passphrase: 5 })
    // @ts-expect-error
    generateKeyPair('ES256', { modulusLength: 1024 })
    // @ts-expect-error
    thumbprint(jwk, 'SHA-1')
    expectTypeOf<SecretOptions>().toExtend<KeyOptions>()
  })
})

describe('a key is used for what its role allows', () => {
  test('the roles', () => {
    expectTypeOf(secretKey).toExtend<SigningKey>()
    expectTypeOf(secretKey).toExtend<VerificationKey>()
    expectTypeOf(publicKey).toExtend<VerificationKey>()
    expectTypeOf(publicKey).not.toExtend<SigningKey>()
    expectTypeOf(privateKey).toExtend<SigningKey>()
    expectTypeOf(privateKey).not.toExtend<VerificationKey>()
    expectTypeOf(anyKey).not.toExtend<SigningKey>()
    expectTypeOf(anyKey).not.toExtend<VerificationKey>()
  })

  test('the algorithms', () => {
    expectTypeOf(publicKey).toExtend<PublicKey>()
    expectTypeOf(publicKey).not.toExtend<PublicKey<'RS256'>>()
    expectTypeOf(publicKey).not.toExtend<VerificationKey<'HS256'>>()
    expectTypeOf<PublicKey>().not.toExtend<PublicKey<'ES256'>>()
  })

  test('a public key does not sign', () => {
    void sign({}, privateKey, { expiresIn: 60 })
    void signJws('', secretKey)
    // @ts-expect-error
    void sign({}, publicKey, { expiresIn: 60 })
    // @ts-expect-error
    createSigner(publicKey, { expiresIn: 60 })
    // @ts-expect-error
    void signJws('', publicKey)
  })

  test('a private key does not verify', () => {
    void verify('', publicKey, { ...policy, algorithms: ['ES256'] })
    void verifyJws('', [publicKey], { algorithms: ['ES256'] })
    // @ts-expect-error
    void verify('', privateKey, { ...policy, algorithms: ['ES256'] })
    // @ts-expect-error
    void verify('', [publicKey, privateKey], { ...policy, algorithms: ['ES256'] })
    // @ts-expect-error
    void verify('', () => privateKey, { ...policy, algorithms: ['ES256'] })
    // @ts-expect-error
    createVerifier(privateKey, { ...policy, algorithms: ['ES256'] })
    // @ts-expect-error
    void verifyJws('', privateKey, { algorithms: ['ES256'] })
  })

  test('only a private key has a public half, and a secret no PEM', () => {
    // @ts-expect-error
    void publicKeyOf(publicKey)
    // @ts-expect-error
    void publicKeyOf(secretKey)
    // @ts-expect-error
    void exportPem(secretKey)
  })
})

describe('a key is nothing else', () => {
  test('and nothing else is a key', () => {
    // @ts-expect-error
    void sign({}, 'a secret', { expiresIn: 60 })
    // @ts-expect-error
    void sign({}, createSecretKey(bytes), { expiresIn: 60 })
    // @ts-expect-error
    void verify('', { alg: 'ES256', kid: undefined, role: 'public' }, { ...policy, algorithms: ['ES256'] })
    // @ts-expect-error
    void verify('', jwk, { ...policy, algorithms: ['ES256'] })
    // @ts-expect-error
    void exportJwk(keyObject)
  })

  test('and nobody makes one but the library', () => {
    expectTypeOf<typeof tittle>().not.toHaveProperty('Key')
    expectTypeOf<typeof tittle>().not.toHaveProperty('makeKey')
    expectTypeOf<typeof tittle>().not.toHaveProperty('handleOf')
    // @ts-expect-error
    new tittle.Key('HS256', undefined, 'secret', {})
  })

  test('and it does not change', () => {
    // @ts-expect-error
    publicKey.alg = 'ES256'
    // @ts-expect-error
    publicKey.kid = 'a'
    // @ts-expect-error
    publicKey.role = 'public'
  })
})
