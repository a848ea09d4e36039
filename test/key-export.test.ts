import { createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  exportJwk,
  exportPem,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  importSecret,
  publicKeyOf,
  thumbprint,
  thumbprintUri,
} from 'tittle'
import type { Jwk, Key, PrivateKey, PublicKey } from 'tittle'
import {
  asymmetric,
  expectPair,
  expectRefusal,
  imports,
  keys,
  onWeb,
  pairs,
  refusalOf,
  secret,
  secretJwk,
  secretText,
  toCryptoKey,
  toHmacKey,
  type Importer,
} from './setup/keys.ts'

describe('what is exported', () => {
  for (const alg of asymmetric) {
    const { publicPem, privatePem, publicJwk, privateJwk } = pairs[alg]
    const halves: readonly (readonly [string, () => PublicKey | PrivateKey, Jwk, string, Importer])[] = [
      ['public', () => importPublicKey(publicPem, alg, { kid: 'a' }), publicJwk, publicPem, 'importPublicKey'],
      ['private', () => importPrivateKey(privatePem, alg, { kid: 'a' }), privateJwk, privatePem, 'importPrivateKey'],
    ]

    for (const [half, make, jwk, pem, by] of halves) {
      test(`of a ${half} key for ${alg} as a JWK is all of it and no more, and can be imported again`, async () => {
        const exported = await exportJwk(make())
        expect(exported).toEqual({ ...jwk, alg, use: 'sig', kid: 'a' })
        const again = imports[by](exported)
        expect(again).toMatchObject({ alg, kid: 'a', role: half })
        expect(await exportJwk(again)).toEqual(exported)
      })

      test(`of a ${half} key for ${alg} as a PEM is the PEM that it came from, and can be imported again`, async () => {
        const exported = await exportPem(make())
        expect(exported).toBe(pem)
        expect(await exportPem(imports[by](exported, alg) as PublicKey)).toBe(exported)
      })

      test(`of a ${half} key for ${alg} without a kid has none`, async () => {
        expect(Object.keys(await exportJwk(imports[by](pem, alg)))).not.toContain('kid')
      })
    }

    test(`of a CryptoKey for ${alg} is nothing, where it was made not extractable`, async () => {
      const locked = importPrivateKey(await toCryptoKey(privatePem, pairs[alg].web, ['sign'], false), alg)
      const open = importPrivateKey(await toCryptoKey(privatePem, pairs[alg].web, ['sign'], true), alg)
      for (const take of [exportJwk, exportPem, publicKeyOf, thumbprint]) {
        expect(await refusalOf(() => take(open as never))).toBeUndefined()
        expectRefusal(await refusalOf(() => take(locked as never)), /not extractable.*cannot be exported/)
      }
      await expectPair(locked, importPublicKey(publicPem, alg))
    })
  }

  // A pair of RSA keys takes long to make.
  for (const alg of ['RS256', 'ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const) {
    test(`of a pair for ${alg} signs and verifies after the journey`, async () => {
      const { publicKey, privateKey } = await generateKeyPair(alg)
      await expectPair(
        importPrivateKey(await exportJwk(privateKey), alg),
        importPublicKey(await exportPem(publicKey), alg),
      )
      await expectPair(
        importPrivateKey(await exportPem(privateKey), alg),
        importPublicKey(await exportJwk(publicKey), alg),
      )
    })
  }

  test.each(onWeb ? [] : (['public', 'private'] as const))(
    'of a %s key that is bound to RSA-PSS is a PEM, and no JWK',
    async (half) => {
      const pem = keys.rsaPss[`${half}Pem`]
      const key = half === 'public' ? importPublicKey(pem, 'PS256') : importPrivateKey(pem, 'PS256')
      expect(await exportPem(key)).toBe(pem)
      const words = new RegExp(`the ${half} key of type rsa-pss is one of those that have no JWK form; use exportPem`)
      expectRefusal(await refusalOf(() => exportJwk(key)), words)
      expectRefusal(await refusalOf(() => thumbprint(key)), words)
    },
  )

  test('of a secret is a JWK, which can be imported again', async () => {
    const exported = await exportJwk(importSecret(secretText, 'HS256', { kid: 'a' }))
    expect(exported).toEqual({ ...secretJwk, alg: 'HS256', use: 'sig', kid: 'a' })
    await expectPair(importSecret(exported as Jwk & { alg: 'HS256' }), importSecret(secret, 'HS256'))
  })

  test('of a secret CryptoKey is nothing, where it was made not extractable', async () => {
    const locked = importSecret(await toHmacKey(secret, ['sign'], { extractable: false }), 'HS256')
    for (const take of [exportJwk, thumbprint]) {
      expect(await refusalOf(async () => take(importSecret(await toHmacKey(secret), 'HS256')))).toBeUndefined()
      expectRefusal(await refusalOf(() => take(locked)), /not extractable.*cannot be exported/)
    }
  })

  test('of a secret is no PEM', async () => {
    const error = await refusalOf(() => exportPem(importSecret(secret, 'HS256') as never))
    expectRefusal(error, /exportPem: a secret has no PEM form; use exportJwk\(\)/)
  })

  test('by publicKeyOf() has the alg and the kid of the private key, and nothing private', async () => {
    const key = await publicKeyOf(importPrivateKey(keys.p256.privatePem, 'ES256', { kid: 'a' }))
    expect(key).toMatchObject({ alg: 'ES256', kid: 'a', role: 'public' })
    expect(await exportJwk(key)).toEqual({ ...keys.p256.publicJwk, alg: 'ES256', use: 'sig', kid: 'a' })
    expect(await exportPem(key)).toBe(keys.p256.publicPem)
  })

  test('by publicKeyOf() is refused for what is not private', async () => {
    const wrong = [importPublicKey(keys.p256.publicPem, 'ES256'), importSecret(secret, 'HS256')]
    for (const key of wrong) {
      const words = new RegExp(`a ${key.role} key was given where a private key is wanted`)
      expectRefusal(await refusalOf(() => publicKeyOf(key as never)), words)
    }
  })

  test('is nothing of what is no key of the library', async () => {
    for (const key of [
      null,
      undefined,
      {},
      keys.p256.privateJwk,
      keys.p256.privatePem,
      createPrivateKey(keys.p256.privatePem),
    ]) {
      for (const take of [exportJwk, exportPem, publicKeyOf]) {
        expectRefusal(
          await refusalOf(() => take(key as never)),
          new RegExp(`${take.name}: the key must be a key of this library`),
        )
      }
    }
  })
})

describe('a thumbprint', () => {
  test('is that of RFC 7638 §3.1', async () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
    const jwk = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' }
    expect(await thumbprint(jwk)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
    expect(await thumbprint(importPublicKey(jwk))).toBe(await thumbprint(jwk))
  })

  test('is that of RFC 8037 appendix A.3', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
    expect(await thumbprint(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  test('is a URI too, that of RFC 9278', async () => {
    const key = importPublicKey(keys.p256.publicPem, 'ES256')
    for (const [hash, name] of [
      ['SHA-256', 'sha-256'],
      ['SHA-384', 'sha-384'],
      ['SHA-512', 'sha-512'],
    ] as const) {
      const uri = `urn:ietf:params:oauth:jwk-thumbprint:${name}:${await thumbprint(key, hash)}`
      expect(await thumbprintUri(key, hash)).toBe(uri)
      expect(await thumbprintUri(keys.p256.publicJwk, hash)).toBe(uri)
    }
    expect(await thumbprintUri(key)).toBe(await thumbprintUri(key, 'SHA-256'))
    expectRefusal(await refusalOf(() => thumbprintUri(key, 'SHA-1' as never)), /hash must be one of/)
  })

  for (const [name, make] of Object.entries<() => Key>({
    secret: () => importSecret(secret, 'HS256'),
    'RS256 key': () => importPublicKey(keys.rsa.publicPem, 'RS256'),
    'ES256 key': () => importPublicKey(keys.p256.publicPem, 'ES256'),
    'Ed25519 key': () => importPublicKey(keys.ed25519.publicPem, 'Ed25519'),
  })) {
    test(`of a ${name} is that of its JWK, and does not depend on alg, kid and use`, async () => {
      const key = make()
      const { alg: _alg, use: _use, ...bare } = await exportJwk(key)
      for (const hash of ['SHA-256', 'SHA-384', 'SHA-512'] as const) {
        expect(await thumbprint(key, hash)).toBe(await thumbprint({ ...bare, kid: 'b' }, hash))
      }
      expect(await thumbprint(key)).toBe(await thumbprint(key, 'SHA-256'))
      expect(await thumbprint(key, 'SHA-512')).toMatch(/^[\w-]{86}$/)
    })
  }

  test('of the private half, and of a private JWK, is that of the public half', async () => {
    for (const alg of asymmetric) {
      const { publicPem, privatePem, privateJwk } = pairs[alg]
      const expected = await thumbprint(importPublicKey(publicPem, alg))
      expect(await thumbprint(importPrivateKey(privatePem, alg))).toBe(expected)
      expect(await thumbprint(privateJwk)).toBe(expected)
    }
  })

  const bad: readonly (readonly [string, unknown, unknown, RegExp])[] = [
    ['another hash', keys.p256.publicJwk, 'SHA-1', /hash must be one of SHA-256, SHA-384, SHA-512/],
    ['a hash in other spelling', keys.p256.publicJwk, 'sha256', /hash must be one of/],
    ['null for a hash', keys.p256.publicJwk, null, /hash must be one of/],
    ['a JWK without a kty', { x: 'AA' }, undefined, /no JWK/],
    ['a JWK of an unknown kty', { kty: 'DSA' }, undefined, /"kty" must be one of oct, RSA, EC, OKP, AKP/],
    ['a JWK whose kty is a name of Object.prototype', { kty: 'toString' }, undefined, /"kty" must be one of/],
    ['a JWK with white space in a member', { kty: 'oct', k: 'AA AA' }, undefined, /"k" must be a string/],
    ['a JWK that lacks a member', { kty: 'EC', crv: 'P-256', x: 'AA' }, undefined, /"y" must be a string/],
    ['a JWK with an empty member', { kty: 'RSA', n: '', e: 'AQAB' }, undefined, /"n" must be a string/],
    ['a JWK with a member that is no string', { kty: 'oct', k: 5 }, undefined, /"k" must be a string/],
    ['null', null, undefined, /a key of this library|JWK/],
    ['undefined', undefined, undefined, /a key of this library|JWK/],
    ['a PEM', keys.p256.publicPem, undefined, /a key of this library|JWK/],
  ]
  for (const [given, key, hash, words] of bad) {
    test(`is refused for ${given}`, async () => {
      expectRefusal(await refusalOf(() => thumbprint(key as never, hash as never)), words)
    })
  }

  test('reads a JWK once, so that a getter which changes its answer changes nothing', async () => {
    for (const jwk of [keys.p256.publicJwk, keys.rsa.publicJwk, secretJwk]) {
      const reads = new Map<string, number>()
      const count = (name: string) => reads.set(name, (reads.get(name) ?? 0) + 1).get(name)
      const getters = Object.entries(jwk).map(([name, value]) => [
        name,
        { enumerable: true, get: () => (count(name) === 1 ? value : 'changed') },
      ])
      const changing: Jwk = Object.defineProperties({}, Object.fromEntries(getters))
      expect(await thumbprint(changing)).toBe(await thumbprint(jwk))
    }
  })
})
