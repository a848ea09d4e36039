import { createPublicKey, createSecretKey } from 'node:crypto'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { algorithmRow, type Algorithm } from '../../src/algorithms.ts'
import type { KeyHandle, KeySource } from '../../src/crypto/provider.ts'
import { webProvider } from '../../src/crypto/web.ts'
import type { JwkMaterial, KeyRole } from '../../src/jwk.ts'
import { derOf } from '../fixtures/bad-keys.ts'
import { expectRefusal, keys, pairs, refusalOf, secret, toCryptoKey, toHmacKey } from '../setup/keys.ts'

const row = (alg: Algorithm) => algorithmRow('alg', alg)
const importKey = (source: KeySource, alg: Algorithm, role: KeyRole): KeyHandle =>
  webProvider.importKey(source, row(alg), role)
const der = (pem: string): KeySource => ({ format: 'der', bytes: derOf(pem) })
const jwk = (members: object): KeySource => ({ format: 'jwk', jwk: members as JwkMaterial })

/** Watches a method of WebCrypto until the test ends. */
function spyOn(method: 'exportKey' | 'generateKey' | 'importKey' | 'verify') {
  const spy = vi.spyOn(globalThis.crypto.subtle, method)
  onTestFinished(() => spy.mockRestore())
  return spy
}

/** What calls itself a KeyObject, and exports what it likes. */
const exporting = (members: object) => ({ type: 'secret', export: () => members, [Symbol.toStringTag]: 'KeyObject' })

/** Everything that a handle can be asked. */
const uses: Readonly<Record<string, (handle: KeyHandle) => unknown>> = {
  sign: (handle) => handle.sign('input'),
  verify: (handle) => handle.verify('input', 'A'.repeat(86)),
  exportJwk: (handle) => handle.exportJwk(),
  exportDer: (handle) => handle.exportDer(),
}

describe('WebCrypto', () => {
  test('answers by promises', async () => {
    const key = importKey({ format: 'raw', bytes: secret }, 'HS256', 'secret')
    for (const use of Object.values(uses)) {
      const answer = use(key)
      expect(answer).toBeInstanceOf(Promise)
      await answer
    }
    expect(webProvider.digest('SHA-256', '')).toBeInstanceOf(Promise)
    expect(await webProvider.digest('SHA-256', '')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  })

  const late: readonly (readonly [string, () => KeyHandle, RegExp])[] = [
    [
      'a damaged DER',
      () => importKey(der('AAAA'), 'ES256', 'public'),
      /the DER key .* as one for ES256: it is damaged/,
    ],
    [
      'a DER of another curve',
      () => importKey(der(keys.p384.publicPem), 'ES256', 'public'),
      /the DER key .* for ES256/,
    ],
    ['a DER of another kind', () => importKey(der(keys.rsa.publicPem), 'ES256', 'public'), /the DER key .* for ES256/],
    [
      'a private DER of another kind',
      () => importKey(der(keys.rsa.privatePem), 'ES256', 'private'),
      /DER key .* ES256/,
    ],
    ['a DER of 1024 bits', () => importKey(der(keys.rsa1024.publicPem), 'RS256', 'public'), /1024 bits .* 2048/],
    ['a private DER of 1024 bits', () => importKey(der(keys.rsa1024.privatePem), 'RS256', 'private'), /1024 bits/],
    [
      'a point that is not on the curve',
      () => importKey(jwk({ ...keys.p256.publicJwk, y: keys.p256.publicJwk.x }), 'ES256', 'public'),
      /the JWK key cannot be read as one for ES256: it is damaged, or of another kind/,
    ],
  ]
  for (const [given, make, words] of late) {
    test(`tells of ${given} at each use, by a TypeError`, async () => {
      const handle = make()
      for (const use of Object.values(uses)) expectRefusal(await refusalOf(() => use(handle)), words)
      expectRefusal(await refusalOf(() => uses['verify']?.(handle)), words)
    })
  }

  test('tells of what shows at once at once', async () => {
    const early: readonly (readonly [() => Promise<unknown> | unknown, RegExp])[] = [
      [
        () => importKey({ format: 'raw', bytes: secret.slice(0, 31) }, 'HS256', 'secret'),
        /at least 32 octets, and 31 were/,
      ],
      [() => importKey({ format: 'native', key: { type: 'secret' } }, 'HS256', 'secret'), /the object is no CryptoKey/],
      [
        () => importKey({ format: 'native', key: createSecretKey(secret) }, 'ES256', 'public'),
        /a secret KeyObject was given where a public key is wanted/,
      ],
      [
        () => importKey({ format: 'native', key: createSecretKey(secret.slice(0, 31)) }, 'HS256', 'secret'),
        /at least 32 octets, and 31 were given/,
      ],
      [() => importKey({ format: 'native', key: exporting({ kty: 'oct' }) }, 'HS256', 'secret'), /0 were given/],
      [
        () => importKey({ format: 'native', key: exporting({ kty: 'oct', k: '=' }) }, 'HS256', 'secret'),
        /0 were given/,
      ],
      [
        async () => importKey({ format: 'native', key: await toHmacKey(secret) }, 'ES256', 'public'),
        /a secret CryptoKey was given where a public key is wanted/,
      ],
      [
        async () => {
          const key = await toCryptoKey(keys.rsa1024.publicPem, pairs.RS256.web, ['verify'])
          return importKey({ format: 'native', key }, 'RS256', 'public')
        },
        /an RSA key of 1024 bits was given; at least 2048 are wanted/,
      ],
    ]
    for (const [attempt, words] of early) expectRefusal(await refusalOf(attempt), words)
  })

  test('says which algorithm the runtime lacks, and passes on any other reason why there is no pair', async () => {
    const generateKey = spyOn('generateKey')
    for (const [reason, words] of [
      ['NotSupportedError', /^this runtime has no ES256$/],
      ['OperationError', /^no entropy$/],
    ] as const) {
      generateKey.mockRejectedValueOnce(new DOMException('no entropy', reason))
      await expect(webProvider.generateKeyPair(row('ES256'))).rejects.toThrow(words)
    }
  })

  test('says which algorithm the runtime lacks when it imports', async () => {
    const importing = spyOn('importKey')
    importing.mockRejectedValue(new DOMException('', 'NotSupportedError'))
    for (const alg of ['ES256', 'ML-DSA-44'] as const) {
      const words = new RegExp(`^this runtime has no ${alg}$`)
      expectRefusal(await refusalOf(() => importKey(der(keys.p256.publicPem), alg, 'public').exportDer()), words)
    }
  })

  test('says of ML-DSA alone that the seed may be lacking, once it knows that the runtime has it', async () => {
    const importing = spyOn('importKey')
    const damaged = 'it is damaged, or of another kind'
    for (const [alg, reason, words] of [
      ['ES256', 'DataError', `the DER key cannot be read as one for ES256: ${damaged}`],
      ['ML-DSA-44', 'DataError', `the DER key cannot be read as one for ML-DSA-44: ${damaged}, or lacks its seed`],
      ['ML-DSA-44', 'NotSupportedError', `the DER key .* for ML-DSA-44: ${damaged}, or lacks its seed`],
    ] as const) {
      importing.mockClear()
      importing.mockRejectedValueOnce(new DOMException('', reason)).mockResolvedValueOnce({} as never)
      const error = await refusalOf(() => importKey(der('AAAA'), alg, 'private').sign(''))
      expectRefusal(error, new RegExp(`^${words}$`))
      expect(importing).toHaveBeenCalledTimes(reason === 'DataError' ? 1 : 2)
      importing.mockReset()
    }
  })

  test.each(['importKey', 'exportKey'] as const)(
    'passes on nothing that an engine says where %s fails',
    async (method) => {
      const spy = spyOn(method)
      for (const failure of [new TypeError('received-value'), new DOMException('received-value', 'DataError')]) {
        spy.mockRejectedValueOnce(failure)
        const error = await refusalOf(() => importKey(der(keys.p256.publicPem), 'ES256', 'public').verify('', ''))
        expectRefusal(error, /^the DER key cannot be read as one for ES256: it is damaged, or of another kind$/)
      }
    },
  )

  test('asks whether the runtime has ML-DSA by a public key of nothing but zeros', async () => {
    const importing = spyOn('importKey')
    importing.mockRejectedValue(new DOMException('', 'NotSupportedError'))
    await refusalOf(() => importKey(der('AAAA'), 'ML-DSA-44', 'private').sign(''))
    const pub = Buffer.alloc(1312).toString('base64url')
    const [, asked] = importing.mock.calls
    expect(asked?.[1]).toEqual({ kty: 'AKP', alg: 'ML-DSA-44', pub })
    expect([asked?.[0], asked?.[3], asked?.[4]]).toEqual(['jwk', true, ['verify']])
  })

  test('says of a KeyObject that cannot be a JWK that WebCrypto does not know it', async () => {
    const key = {
      type: 'public',
      export: () => {
        throw new Error('no JWK')
      },
      [Symbol.toStringTag]: 'KeyObject',
    }
    const error = await refusalOf(() => importKey({ format: 'native', key } as never, 'ES256', 'public'))
    expectRefusal(error, /^the KeyObject is of a kind that WebCrypto does not know$/)
  })

  test('looks at what an engine has made of a DER', async () => {
    const { subtle } = globalThis.crypto
    const ec = await toCryptoKey(keys.p256.publicPem, pairs.ES256.web, ['verify'])
    const exponent = { modulusLength: 2040, publicExponent: Uint8Array.of(1, 0, 1) }
    const { publicKey: short } = await subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', ...exponent },
      true,
      ['sign', 'verify'],
    )
    // As workers import a DER of any kind for Ed25519, and call a modulus of 2040 bits one of 2048.
    const importing = spyOn('importKey')
    for (const [key, alg, words] of [
      [ec, 'Ed25519', /"kty" must be "OKP" for Ed25519/],
      [short, 'RS256', /an RSA key of 2040 bits was given; at least 2048 are wanted/],
    ] as const) {
      importing.mockResolvedValueOnce(key as never)
      expectRefusal(await refusalOf(() => importKey(der('AAAA'), alg, 'public').exportDer()), words)
    }
  })

  test('refuses a KeyObject that calls itself larger than it is', async () => {
    const { n = '', e } = createPublicKey(keys.rsa1024.publicPem).export({ format: 'jwk' })
    const key = { type: 'public', export: () => ({ kty: 'RSA', n, e }), [Symbol.toStringTag]: 'KeyObject' }
    expectRefusal(await refusalOf(() => importKey({ format: 'native', key }, 'RS256', 'public')), /1024 bits/)
  })

  test('imports a key once, however often it is used', async () => {
    const spy = spyOn('importKey')
    const key = importKey(der(keys.p256.privatePem), 'ES256', 'private')
    await Promise.all([key.sign('a'), key.sign('b'), key.exportJwk()])
    await key.sign('c')
    expect(spy).toHaveBeenCalledTimes(1)
  })

  test('takes a KeyObject by what it exports, and a CryptoKey as it is', async () => {
    const spy = spyOn('importKey')
    const native = await toCryptoKey(keys.p256.publicPem, pairs.ES256.web, ['verify'])
    spy.mockClear()
    const fromCryptoKey = importKey({ format: 'native', key: native }, 'ES256', 'public')
    expect(spy).toHaveBeenCalledTimes(0)
    const fromKeyObject = importKey({ format: 'native', key: createPublicKey(keys.p256.publicPem) }, 'ES256', 'public')
    expect(spy).toHaveBeenCalledTimes(1)
    const signature = await importKey(der(keys.p256.privatePem), 'ES256', 'private').sign('input')
    expect(await fromCryptoKey.verify('input', signature)).toBe(true)
    expect(await fromKeyObject.verify('input', signature)).toBe(true)
  })

  test('exports no CryptoKey that was made not extractable', async () => {
    for (const extractable of [true, false]) {
      const key = await toCryptoKey(keys.p256.privatePem, pairs.ES256.web, ['sign'], extractable)
      const handle = importKey({ format: 'native', key }, 'ES256', 'private')
      await handle.sign('input')
      for (const take of [uses['exportJwk'], uses['exportDer']]) {
        const error = await refusalOf(() => take?.(handle))
        if (extractable) expect(error).toBeUndefined()
        else expectRefusal(error, /the CryptoKey was made not extractable, so that it cannot be exported/)
      }
    }
  })

  test('asks the platform only about signatures of the right length', async () => {
    const key = importKey(der(keys.p256.publicPem), 'ES256', 'public')
    const spy = spyOn('verify')
    for (const signature of ['', 'A', 'A'.repeat(85), 'A'.repeat(87), 'A'.repeat(88)]) {
      expect(await key.verify('input', signature)).toBe(false)
    }
    expect(spy).toHaveBeenCalledTimes(0)
    expect(await key.verify('input', 'A'.repeat(86))).toBe(false)
    expect(spy).toHaveBeenCalledTimes(1)
  })
})
