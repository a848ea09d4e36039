import { createPrivateKey, createPublicKey, createSecretKey, verify as nodeVerify, type KeyObject } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  algorithms,
  exportJwk,
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
import type { Algorithm, HmacAlgorithm, PrivateKey, PublicKey, SecretKey } from 'tittle'
import { derOf } from './fixtures/bad-keys.ts'
import {
  asymmetric,
  expectPair,
  expectRefusal,
  expectRefused,
  expectVerified,
  foreignOptions,
  foreignToken,
  hmac,
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
  use,
  type Importer,
  type PairAlgorithm,
} from './setup/keys.ts'
import { polluted } from './setup/pollution.ts'

type Awaitable<T> = T | Promise<T>

function secretSources(alg: HmacAlgorithm): Readonly<Record<string, () => Awaitable<SecretKey>>> {
  const buffer = Buffer.from(secret)
  const hash = alg.replace('HS', 'SHA-')
  return {
    'a string': () => importSecret(secretText, alg),
    'a string in utf8': () => importSecret(secretText, alg, { encoding: 'utf8' }),
    'a string in base64url': () => importSecret(buffer.toString('base64url'), alg, { encoding: 'base64url' }),
    'a string in base64': () => importSecret(buffer.toString('base64'), alg, { encoding: 'base64' }),
    'a string in base64 without padding': () =>
      importSecret(buffer.toString('base64').replaceAll('=', ''), alg, { encoding: 'base64' }),
    'a string in hex': () => importSecret(buffer.toString('hex'), alg, { encoding: 'hex' }),
    'a string in upper-case hex': () => importSecret(buffer.toString('hex').toUpperCase(), alg, { encoding: 'hex' }),
    'a Uint8Array': () => importSecret(secret, alg),
    'a Buffer': () => importSecret(buffer, alg),
    'a view into a longer buffer': () => importSecret(Uint8Array.from([1, ...secret, 2]).subarray(1, -1), alg),
    'a Uint8Array of another realm': () =>
      importSecret(runInNewContext(`Uint8Array.from([${[...secret].join()}])`), alg),
    'a JWK and the algorithm': () => importSecret(secretJwk, alg),
    'a JWK that names its algorithm': () => importSecret({ ...secretJwk, alg }),
    'a JWK with use and key_ops': () =>
      importSecret({ ...secretJwk, alg, use: 'sig', key_ops: ['sign', 'verify'] }, alg),
    'a KeyObject': () => importSecret(createSecretKey(secret), alg),
    'a CryptoKey': async () => importSecret(await toHmacKey(secret, ['sign', 'verify'], { hash }), alg),
    'a CryptoKey that is not extractable': async () =>
      importSecret(await toHmacKey(secret, ['sign', 'verify'], { hash, extractable: false }), alg),
  }
}

// Of RSA keys there is a form of PKCS #1 too, and of private EC keys one of SEC 1.
function olderForms(key: KeyObject): Readonly<Record<string, { readonly pem: string; readonly der: Buffer }>> {
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1'
  if (key.asymmetricKeyType !== 'rsa' && (key.asymmetricKeyType !== 'ec' || key.type === 'public')) return {}
  const pem = key.export({ format: 'pem', type: type as 'pkcs1' }).toString()
  return { [type]: { pem, der: key.export({ format: 'der', type: type as 'pkcs1' }) } }
}

function privateSources(alg: PairAlgorithm): Readonly<Record<string, () => Awaitable<PrivateKey>>> {
  const { privatePem, privateJwk, web } = pairs[alg]
  const keyObject = createPrivateKey(privatePem)
  return {
    'a PEM': () => importPrivateKey(privatePem, alg),
    'a PEM with CRLF and white space around it': () =>
      importPrivateKey(`\r\n  ${privatePem.replaceAll('\n', '\r\n')}\r\n`, alg),
    DER: () => importPrivateKey(derOf(privatePem), alg),
    ...forms(olderForms(keyObject), (source) => importPrivateKey(source, alg)),
    'a JWK and the algorithm': () => importPrivateKey(privateJwk, alg),
    'a JWK that names its algorithm': () => importPrivateKey({ ...privateJwk, alg }),
    'a JWK with use and key_ops': () => importPrivateKey({ ...privateJwk, alg, use: 'sig', key_ops: ['sign'] }, alg),
    'a KeyObject': () => importPrivateKey(keyObject, alg),
    'a CryptoKey': async () => importPrivateKey(await toCryptoKey(privatePem, web, ['sign']), alg),
    'a CryptoKey that is not extractable': async () =>
      importPrivateKey(await toCryptoKey(privatePem, web, ['sign'], false), alg),
  }
}

function publicSources(alg: PairAlgorithm): Readonly<Record<string, () => Awaitable<PublicKey>>> {
  const { publicPem, publicJwk, privatePem, web } = pairs[alg]
  const keyObject = createPublicKey(publicPem)
  return {
    'a PEM': () => importPublicKey(publicPem, alg),
    'a PEM with CRLF and white space around it': () =>
      importPublicKey(`\r\n  ${publicPem.replaceAll('\n', '\r\n')}\r\n`, alg),
    'a PEM whose body is one line': () => importPublicKey(publicPem.replaceAll(/(?<=[\w+/=])\n(?=[\w+/=])/g, ''), alg),
    DER: () => importPublicKey(Uint8Array.from(derOf(publicPem)), alg),
    ...forms(olderForms(keyObject), (source) => importPublicKey(source, alg)),
    'a JWK and the algorithm': () => importPublicKey(publicJwk, alg),
    'a JWK that names its algorithm': () => importPublicKey({ ...publicJwk, alg }),
    'a JWK with use and key_ops': () => importPublicKey({ ...publicJwk, alg, use: 'sig', key_ops: ['verify'] }, alg),
    'a KeyObject': () => importPublicKey(keyObject, alg),
    'a CryptoKey': async () => importPublicKey(await toCryptoKey(publicPem, web, ['verify']), alg),
    'a CryptoKey that is not extractable': async () =>
      importPublicKey(await toCryptoKey(publicPem, web, ['verify'], false), alg),
    'its private key, by publicKeyOf(),': () => publicKeyOf(importPrivateKey(privatePem, alg)),
  }
}

function forms<K>(
  older: ReturnType<typeof olderForms>,
  make: (source: string | Buffer) => K,
): Readonly<Record<string, () => K>> {
  return Object.fromEntries(
    Object.entries(older).flatMap(([name, { pem, der }]) => [
      [`a PEM of ${name}`, () => make(pem)],
      [`DER of ${name}`, () => make(der)],
    ]),
  )
}

for (const alg of hmac) {
  describe(`a secret for ${alg}`, () => {
    const sources = secretSources(alg)

    for (const [name, source] of Object.entries(sources)) {
      test(`from ${name} signs what every other one verifies, and verifies what node:crypto has signed`, async () => {
        const key = await source()
        expect(key).toMatchObject({ alg, role: 'secret' })
        await expectVerified(foreignToken(alg), key)
        for (const other of Object.values(sources)) await expectPair(key, await other())
      })
    }
  })
}

describe('a secret', () => {
  test('from a string is the UTF-8 of it', async () => {
    const text = 'ünïcödé'.repeat(3)
    await expectPair(importSecret(text, 'HS256'), importSecret(Buffer.from(text, 'utf8'), 'HS256'))
  })

  test('is copied, so that changing the bytes later changes nothing', async () => {
    const bytes = Uint8Array.from(secret)
    const key = importSecret(bytes, 'HS256')
    bytes.fill(0)
    await expectVerified(foreignToken('HS256'), key)
  })
})

for (const alg of asymmetric) {
  describe(`a private key for ${alg}`, () => {
    const verifiers = publicSources(alg)

    for (const [name, source] of Object.entries(privateSources(alg))) {
      test(`from ${name} signs what every public key, and node:crypto, verifies`, async () => {
        const key = await source()
        expect(key).toMatchObject({ alg, role: 'private' })
        for (const other of Object.values(verifiers)) await expectPair(key, await other())
        const [input = '', signature = ''] = (await sign({}, key, { expiresIn: null })).split(/\.(?=[^.]*$)/)
        const hash = alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`
        const options = { key: pairs[alg].publicPem, ...foreignOptions(alg) }
        expect(nodeVerify(hash, Buffer.from(input), options, Buffer.from(signature, 'base64url'))).toBe(true)
      })
    }
  })

  describe(`a public key for ${alg}`, () => {
    for (const [name, source] of Object.entries(publicSources(alg))) {
      test(`from ${name} verifies what node:crypto has signed`, async () => {
        const key = await source()
        expect(key).toMatchObject({ alg, role: 'public' })
        await expectVerified(foreignToken(alg), key)
      })
    }
  })
}

describe('a key in other wrappings', () => {
  test('is taken out of a certificate, in PEM and DER', async () => {
    for (const [alg, certificate] of [
      ['RS256', keys.others.rsaCertificate],
      ['PS256', keys.others.rsaCertificate],
      ['ES256', keys.others.p256Certificate],
    ] as const) {
      await expectVerified(foreignToken(alg), importPublicKey(certificate, alg))
      await expectVerified(foreignToken(alg), importPublicKey(derOf(certificate), alg))
    }
  })

  test('is found after the parameters that openssl writes before it', async () => {
    const pem = keys.others.p256Parameters + keys.others.p256Sec1
    await expectPair(importPrivateKey(pem, 'ES256'), importPublicKey(keys.p256.publicPem, 'ES256'))
  })

  test('is an RSA-PSS key where node:crypto is there, for what it is restricted to', async () => {
    for (const [alg, pair] of [
      ['PS256', keys.rsaPss],
      ['PS384', keys.rsaPss],
      ['PS512', keys.rsaPss],
      ['PS512', keys.rsaPssSha512],
    ] as const) {
      const attempt = () => expectPair(importPrivateKey(pair.privatePem, alg), importPublicKey(pair.publicPem, alg))
      if (onWeb) expectRefusal(await refusalOf(attempt), /the DER key cannot be read as one for PS/)
      else await attempt()
    }
  })

  for (const [alg, pem] of [
    ['ES256', keys.others.p256Encrypted],
    ['RS256', keys.others.rsaEncrypted],
  ] as const) {
    test(`is decrypted for ${alg} where node:crypto is there, and only with its passphrase`, async () => {
      for (const source of [pem, derOf(pem)]) {
        const decrypt = (passphrase: string) => use(importPrivateKey(source, alg, { passphrase }))
        if (onWeb) {
          expectRefusal(await refusalOf(() => decrypt('test')), /WebCrypto cannot decrypt keys; decrypt it first/)
          continue
        }
        const key = importPrivateKey(source, alg, { passphrase: 'test' })
        await expectPair(key, importPublicKey(pairs[alg].publicPem, alg))
        expectRefusal(await refusalOf(() => decrypt('Test')), /cannot be read.*or the passphrase is another/)
      }
    })
  }

  test('is not decrypted without a passphrase', async () => {
    const words = /the PEM ENCRYPTED PRIVATE KEY is encrypted; the option passphrase is wanted/
    await expectRefused('importPrivateKey', keys.others.p256Encrypted, 'ES256', words)
    for (const passphrase of ['', null, 5]) {
      const attempt = () => use(imports.importPrivateKey(keys.others.p256Encrypted, 'ES256', { passphrase }))
      expectRefusal(await refusalOf(attempt), onWeb ? /passphrase|WebCrypto cannot decrypt/ : /passphrase/)
    }
  })
})

describe('key_ops and usages are honoured', () => {
  const onlyVerifies: Readonly<Record<string, () => Awaitable<SecretKey>>> = {
    'a JWK': () => importSecret({ ...secretJwk, alg: 'HS256', key_ops: ['verify'] }),
    'a JWK with other operations too': () =>
      importSecret({ ...secretJwk, alg: 'HS256', key_ops: ['verify', 'wrapKey', 'x-own'] }),
    'a CryptoKey': async () => importSecret(await toHmacKey(secret, ['verify']), 'HS256'),
  }
  for (const [name, source] of Object.entries(onlyVerifies)) {
    test(`a secret from ${name} that may only verify does not sign`, async () => {
      const key = await source()
      await expectVerified(foreignToken('HS256'), key)
      const error = await refusalOf(() => sign({}, key, { expiresIn: 60 }))
      expectRefusal(error, /the key is a secret key that does not sign/)
    })
  }

  const onlySigns: Readonly<Record<string, () => Awaitable<SecretKey>>> = {
    'a JWK': () => importSecret({ ...secretJwk, alg: 'HS256', key_ops: ['sign'] }),
    'a CryptoKey': async () => importSecret(await toHmacKey(secret, ['sign']), 'HS256'),
  }
  for (const [name, source] of Object.entries(onlySigns)) {
    test(`a secret from ${name} that may only sign does not verify`, async () => {
      const key = await source()
      const token = await sign({ sub: 'alice' }, key, { expiresIn: 60 })
      await expectVerified(token, importSecret(secret, 'HS256'))
      const policy = { algorithms: ['HS256'], issuer: null, audience: null } as const
      expectRefusal(await refusalOf(() => verify(token, key, policy)), /a secret key that does not verify/)
    })
  }
})

describe('the algorithm', () => {
  const anyOf = new RegExp(`alg must be one of ${algorithms.join(', ')}, in exactly this spelling`)
  const sources: readonly (readonly [Importer, string, Algorithm, () => unknown])[] = [
    ['importSecret', 'a string', 'HS256', () => secretText],
    ['importSecret', 'bytes', 'HS256', () => secret],
    ['importSecret', 'a JWK', 'HS256', () => secretJwk],
    ['importSecret', 'a KeyObject', 'HS256', () => createSecretKey(secret)],
    ['importSecret', 'a CryptoKey', 'HS256', () => toHmacKey(secret)],
    ...(['RS256', 'PS256', 'ES256', 'Ed25519'] as const).flatMap((alg) => {
      const { publicPem, privatePem, web } = pairs[alg]
      return [
        ['importPublicKey', 'a PEM', alg, () => publicPem],
        ['importPublicKey', 'DER', alg, () => derOf(publicPem)],
        ['importPublicKey', 'a KeyObject', alg, () => createPublicKey(publicPem)],
        ['importPublicKey', 'a CryptoKey', alg, () => toCryptoKey(publicPem, web, ['verify'])],
        ['importPrivateKey', 'a PEM', alg, () => privatePem],
      ] as const
    }),
    ...(['RS256', 'PS256', 'ES256'] as const).flatMap((alg) => [
      ['importPublicKey', 'a JWK', alg, () => pairs[alg].publicJwk] as const,
      ['importPrivateKey', 'a JWK', alg, () => pairs[alg].privateJwk] as const,
    ]),
  ]

  for (const [by, name, alg, source] of sources) {
    test(`must be given to ${by}() with ${name} for ${alg}, which does not name it`, async () => {
      const given = await source()
      await use(imports[by](given, alg))
      await expectRefused(by, given, undefined, anyOf)
    })
  }

  const unknown: readonly unknown[] = [
    'none',
    'ES256K',
    'Ed448',
    'es256',
    'ES256 ',
    '',
    256,
    ['ES256'],
    { toString: () => 'ES256' },
  ]
  for (const alg of unknown) {
    test(`is not ${JSON.stringify(alg)}`, async () => {
      const words = anyOf
      await expectRefused('importPublicKey', keys.p256.publicPem, alg, words)
      await expectRefused('importPrivateKey', keys.p256.privatePem, alg, words)
      await expectRefused('importSecret', secret, alg, words)
      await expectRefused('importPublicKey', { ...keys.p256.publicJwk, alg }, undefined, words)
      expectRefusal(await refusalOf(() => generateSecret(alg as never)), words)
      expectRefusal(await refusalOf(() => generateKeyPair(alg as never)), words)
    })
  }

  test('need not be given with a JWK on the curve Ed25519, which leaves but one', () => {
    const { publicJwk, privateJwk } = keys.ed25519
    expect(imports.importPublicKey(publicJwk)).toMatchObject({ alg: 'Ed25519', role: 'public' })
    expect(imports.importPrivateKey(privateJwk)).toMatchObject({ alg: 'Ed25519', role: 'private' })
    expect(imports.importPublicKey({ ...publicJwk, alg: 'EdDSA' })).toMatchObject({ alg: 'EdDSA' })
    expect(imports.importPublicKey(publicJwk, 'EdDSA')).toMatchObject({ alg: 'EdDSA' })
  })

  test('of a pair is none for a secret, and that of a secret none for a pair', async () => {
    await expectRefused('importSecret', secret, 'ES256', /importSecret: ES256 is an algorithm for key pairs/)
    await expectRefused('importSecret', { ...keys.p256.publicJwk, alg: 'ES256' }, undefined, /ES256 .* key pairs/)
    await expectRefused('importPublicKey', keys.p256.publicPem, 'HS256', /HS256 is an algorithm for secrets/)
    await expectRefused('importPublicKey', { ...secretJwk, alg: 'HS256' }, undefined, /use importSecret\(\)/)
    await expectRefused('importPrivateKey', { ...secretJwk, alg: 'HS256' }, undefined, /use importSecret\(\)/)
    expectRefusal(await refusalOf(() => generateSecret('ES256' as never)), /generateSecret: ES256 .* key pairs/)
    expectRefusal(await refusalOf(() => generateKeyPair('HS256' as never)), /generateKeyPair: HS256 .* secrets/)
  })
})

describe('the options', () => {
  const makers: Readonly<Record<string, (options: never) => unknown>> = {
    importSecret: (options) => importSecret(secret, 'HS256', options),
    importPublicKey: (options) => importPublicKey(keys.p256.publicPem, 'ES256', options),
    importPrivateKey: (options) => importPrivateKey(keys.p256.privatePem, 'ES256', options),
    generateSecret: (options) => generateSecret('HS256', options),
    generateKeyPair: (options) => generateKeyPair('ES256', options),
  }
  class Options {}
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['an unknown member', { id: 'a' }, /there is no option "id"; there are kid/],
    ['a member in other case', { Kid: 'a' }, /there is no option "Kid"; there are kid/],
    ['a member named __proto__', JSON.parse('{"__proto__":{}}'), /there is no option "__proto__"/],
    ['null', null, /options must be a plain object/],
    ['a string', 'a', /options must be a plain object/],
    ['an array', ['a'], /options must be a plain object/],
    ['a function', () => {}, /options must be a plain object/],
    ['an instance of a class', new Options(), /options must be a plain object/],
    ['a Map', new Map(), /options must be a plain object/],
    ['an object that inherits them', Object.create({ kid: 'a' }), /options must be a plain object/],
    ['a kid that is a number', { kid: 5 }, /kid must be a non-empty string/],
    ['a kid that is null', { kid: null }, /kid must be a non-empty string/],
    ['an empty kid', { kid: '' }, /kid must be a non-empty string/],
    ['a kid that is a String object', { kid: new String('a') }, /kid must be a non-empty string/],
  ]
  for (const [owner, make] of Object.entries(makers)) {
    for (const [given, options, words] of bad) {
      test(`of ${owner}() may not be ${given}`, async () => {
        const error = await refusalOf(() => make(options as never))
        expectRefusal(error, words)
        expect((error as Error).message).toContain(owner)
      })
    }

    test(`of ${owner}() may have no prototype, or a kid that is undefined`, async () => {
      await make(Object.assign(Object.create(null), { kid: undefined }) as never)
    })
  }

  test('are read once', () => {
    let reads = 0
    const options = {
      get kid() {
        return `k${++reads}`
      },
    }
    expect(importSecret(secret, 'HS256', options).kid).toBe('k1')
    expect(reads).toBe(1)
  })

  test('give a kid that goes before that of the JWK', () => {
    const jwk = { ...keys.p256.publicJwk, kid: 'of the JWK' }
    expect(importPublicKey(jwk, 'ES256').kid).toBe('of the JWK')
    expect(importPublicKey(jwk, 'ES256', { kid: 'of the options' }).kid).toBe('of the options')
    expect(importPublicKey(keys.p256.publicPem, 'ES256').kid).toBeUndefined()
  })

  test('may not name an encoding for what is no string, for it would be ignored', async () => {
    const hex = Buffer.from(Buffer.from(secret).toString('hex'))
    for (const encoding of ['hex', 'rot13']) {
      await use(importSecret(hex, 'HS256'))
      for (const source of [hex, createSecretKey(hex), secretJwk]) {
        expectRefusal(await refusalOf(() => imports.importSecret(source, 'HS256', { encoding })), /encoding/)
      }
    }
  })

  const encodings: readonly (readonly [text: string, encoding: unknown, words: RegExp])[] = [
    [secretText, 'latin1', /encoding must be one of utf8, base64url, base64, hex/],
    [secretText, 'toString', /encoding must be one of utf8/],
    [secretText, null, /encoding must be one of utf8/],
    [`${secretText}=`, 'base64url', /the secret is not base64url/],
    ['+/'.repeat(32), 'base64url', /the secret is not base64url/],
    ['-_'.repeat(32), 'base64', /the secret is not base64;/],
    [`${secretText}=`, 'base64', /the secret is not base64;/],
    [`${'A'.repeat(43)}==`, 'base64', /the secret is not base64;/],
    [`${'A'.repeat(32)}\n${'A'.repeat(32)}`, 'base64', /the secret is not base64;/],
    [`${'A'.repeat(42)}B`, 'base64', /the secret is not base64;/],
    ['abc'.repeat(31), 'hex', /the secret is not hex/],
    [secretText, 'hex', /the secret is not hex/],
    [`0x${'ab'.repeat(32)}`, 'hex', /the secret is not hex/],
    ['', 'hex', /at least 32 octets, and 0 were given/],
    [secretText.slice(0, 32), 'base64url', /at least 32 octets, and 24 were given/],
  ]
  for (const [text, encoding, words] of encodings) {
    test(`may not say ${JSON.stringify(encoding)} of ${JSON.stringify(text.slice(0, 12))}…`, async () => {
      await use(importSecret(secretText, 'HS256', { encoding: 'utf8' }))
      expectRefusal(await refusalOf(() => importSecret(text, 'HS256', { encoding: encoding as never })), words)
    })
  }
})

describe('what is generated', () => {
  for (const [alg, size] of [
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const) {
    test(`is a secret of ${size} random octets for ${alg}`, async () => {
      const key = generateSecret(alg, { kid: 'a' })
      expect(key).toMatchObject({ alg, role: 'secret', kid: 'a' })
      await expectPair(key, key)
      const { k = '' } = await exportJwk(key)
      expect(Buffer.from(k, 'base64url')).toHaveLength(size)
      expect((await exportJwk(generateSecret(alg))).k).not.toBe(k)
      expect(generateSecret(alg).kid).toBeUndefined()
    })
  }

  const generated: Readonly<Partial<Record<PairAlgorithm, object>>> = {
    RS256: { kty: 'RSA', e: 'AQAB', n: expect.stringMatching(/^[\w-]{342}$/) },
    PS256: { kty: 'RSA', e: 'AQAB', n: expect.stringMatching(/^[\w-]{342}$/) },
    ES256: { kty: 'EC', crv: 'P-256' },
    ES384: { kty: 'EC', crv: 'P-384' },
    ES512: { kty: 'EC', crv: 'P-521' },
    Ed25519: { kty: 'OKP', crv: 'Ed25519' },
    EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  }
  for (const [name, members] of Object.entries(generated)) {
    const alg = name as PairAlgorithm

    test(`is a pair for ${alg}, whose halves have the same kid and thumbprint`, async () => {
      const { publicKey, privateKey } = await generateKeyPair(alg, { kid: 'a' })
      expect(publicKey).toMatchObject({ alg, role: 'public', kid: 'a' })
      expect(privateKey).toMatchObject({ alg, role: 'private', kid: 'a' })
      await expectPair(privateKey, publicKey)
      await expectPair(privateKey, await publicKeyOf(privateKey))
      expect(await thumbprint(publicKey)).toBe(await thumbprint(privateKey))
      expect(await exportJwk(publicKey)).toMatchObject({ ...members, alg, kid: 'a' })
    })
  }

  for (const alg of ['ES256', 'Ed25519'] as const) {
    test(`is another pair for ${alg} each time, without a kid where none is given`, async () => {
      const [one, other] = await Promise.all([generateKeyPair(alg), generateKeyPair(alg)])
      expect(one.publicKey.kid).toBeUndefined()
      expect(one.privateKey.kid).toBeUndefined()
      const token = await sign({}, one.privateKey, { expiresIn: 60 })
      const policy = { algorithms: [alg], issuer: null, audience: null }
      await verify(token, one.publicKey, policy)
      await expect(verify(token, other.publicKey, policy)).rejects.toMatchObject({ code: 'ERR_SIGNATURE' })
    })
  }
})

describe('a kid that is the thumbprint', () => {
  test('is given to both halves of a new pair', async () => {
    for (const alg of ['ES256', 'Ed25519'] as const) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { kid: 'thumbprint' })
      expect(publicKey.kid).toBe(await thumbprint(publicKey))
      expect(privateKey.kid).toBe(publicKey.kid)
      expect((await publicKeyOf(privateKey)).kid).toBe(publicKey.kid)
      await expectPair(privateKey, publicKey)
    }
  })

  test('is given to an imported key where node:crypto is there, and told to be impossible where it is not', async () => {
    for (const alg of asymmetric) {
      const { publicPem, privateJwk } = pairs[alg]
      const attempts = [
        () => importPublicKey(publicPem, alg, { kid: 'thumbprint' }),
        () => importPrivateKey({ ...privateJwk, kid: 'a' }, alg, { kid: 'thumbprint' }),
      ]
      for (const attempt of attempts) {
        if (onWeb) expectRefusal(await refusalOf(attempt), /kid: 'thumbprint' takes a promise on this platform/)
        else expect(attempt()).toMatchObject({ alg, kid: await thumbprint({ ...pairs[alg].publicJwk }) })
      }
    }
  })

  test('is not given to a CryptoKey that was made not extractable', async () => {
    const locked = await toCryptoKey(keys.p256.privatePem, pairs.ES256.web, ['sign'], false)
    const attempt = () => importPrivateKey(locked, 'ES256', { kid: 'thumbprint' })
    expectRefusal(await refusalOf(attempt), onWeb ? /takes a promise on this platform/ : /not extractable/)
    expect(importPrivateKey(locked, 'ES256', { kid: 'a' }).kid).toBe('a')
  })

  test('is not given to a secret, which it would help to guess', async () => {
    const words = /kid: 'thumbprint' is not for secrets/
    expectRefusal(await refusalOf(() => importSecret(secret, 'HS256', { kid: 'thumbprint' })), words)
    expectRefusal(await refusalOf(() => generateSecret('HS256', { kid: 'thumbprint' })), words)
  })
})

describe('ML-DSA', () => {
  const jwk = { kty: 'AKP', alg: 'ML-DSA-44', pub: Buffer.alloc(1312).toString('base64url') }
  // A runtime that knows it takes any 1312 octets for a public key, and makes pairs.
  const isKnown = async (): Promise<boolean> => (await refusalOf(() => generateKeyPair('ML-DSA-44'))) === undefined

  test('makes keys, or is told to be missing', async () => {
    const attempts = [() => generateKeyPair('ML-DSA-44'), () => use(importPublicKey({ ...jwk, alg: 'ML-DSA-44' }))]
    const known = await isKnown()
    for (const attempt of attempts) {
      const error = await refusalOf(attempt)
      if (known) expect(error).toBeUndefined()
      else expectRefusal(error, /this runtime has no ML-DSA-44/)
    }
  })

  for (const [change, words] of [
    [{ pub: undefined }, /"pub" must be a string/],
    [{ pub: Buffer.alloc(1311).toString('base64url') }, /"pub" must have 1312 octets for ML-DSA-44/],
    [{ priv: Buffer.alloc(32).toString('base64url') }, /a private JWK was given where a public key is wanted/],
    [{ alg: 'ML-DSA-65' }, /"alg" is another algorithm than ML-DSA-44/],
    [{ alg: undefined }, /"alg" must be a string/],
    [{ kty: 'OKP' }, /"kty" must be "AKP" for ML-DSA-44/],
  ] as const) {
    test(`has no JWK with ${JSON.stringify(change).slice(0, 30)}`, async () => {
      await expectRefused('importPublicKey', { ...jwk, ...change }, 'ML-DSA-44', words)
    })
  }
})

test('a plain PEM has no passphrase, though a polluted Object.prototype says one', async () => {
  const { privatePem } = pairs.ES256
  const key = await polluted({ passphrase: 'polluted' }, async () => {
    const imported = importPrivateKey(privatePem, 'ES256')
    await use(imported)
    return imported
  })
  expect(String(key)).toBe('Key { alg: ES256, kid: undefined, role: private }')
})
