import { createPublicKey, createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { exportJwk, importPrivateKey, importPublicKey, importSecret, publicKeyOf, thumbprint } from 'tittle'
import type { Algorithm, Jwk, Key, PublicKey } from 'tittle'
import { bodyOf, derOf, jwkCases, refusals } from '../fixtures/bad-keys.ts'
import {
  expectPair,
  expectRefusal,
  expectRefused,
  expectVerified,
  foreignToken,
  imports,
  keys,
  onWeb,
  pairs,
  refusalOf,
  representatives,
  secret,
  secretJwk,
  secretText,
  use,
  type Importer,
} from '../setup/keys.ts'

describe('a source that does not fit is a TypeError', () => {
  for (const { by, alg, good, bad } of refusals) {
    for (const { given, source, words, late } of bad) {
      test(`${by}(…, '${alg}') refuses ${given}`, async () => {
        await use(imports[by](await good(), alg))
        await expectRefused(by, await source(), alg, words, late)
      })
    }
  }
})

test('on WebCrypto a key that nobody uses, and that cannot be imported, is nobody’s rejection', async () => {
  const rejections: unknown[] = []
  const listener = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', listener)
  try {
    const unused = await lateKeys()
    // Those of a second import are used: once they have failed the first have too, and a turn later that is reported.
    const uses = await Promise.allSettled((await lateKeys()).map(use))
    expect(uses.length > 0).toBe(onWeb)
    expect(uses.filter(({ status }) => status === 'fulfilled')).toEqual([])
    await new Promise((resolve) => setImmediate(resolve))
    expect(rejections).toEqual([])
    expect(unused).toHaveLength(uses.length)
  } finally {
    process.off('unhandledRejection', listener)
  }
})

/** Keys of all the sources of which only an import shows what is wrong. */
async function lateKeys(): Promise<Key[]> {
  const attempts = refusals.flatMap(({ by, alg, bad }) =>
    bad.filter(({ late }) => late).map(async ({ source }) => imports[by](await source(), alg)),
  )
  const made = await Promise.allSettled(attempts)
  return made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

describe('a JWK that does not fit is a TypeError that names the member', () => {
  for (const { by, alg, jwk, changes } of jwkCases) {
    for (const [change, words] of changes) {
      const shown = Object.entries(change).map(([name, value]) => `${name} ${JSON.stringify(value)?.slice(0, 30)}`)
      test(`${by}(…, '${alg}') refuses one with ${shown.join()}`, async () => {
        await use(imports[by]({ ...jwk }, alg))
        await expectRefused(by, { ...jwk, ...change }, alg, words)
      })
    }
  }

  test('a private JWK without d is a public one', () => {
    const { d: _, ...rest } = keys.p256.privateJwk
    expect(importPublicKey(rest, 'ES256').role).toBe('public')
  })

  test('members of other names, one named __proto__ among them, are ignored', async () => {
    const json = JSON.stringify({ ...keys.p256.publicJwk, ext: true, x5t: 'AA', kid: 'a' })
    const jwk: Jwk = JSON.parse(json.replace('{', '{"__proto__":{"d":"AA","kid":"b","alg":"RS256"},'))
    expect(Object.hasOwn(jwk, '__proto__')).toBe(true)
    const key = importPublicKey(jwk, 'ES256')
    expect(key.kid).toBe('a')
    await expectVerified(foreignToken('ES256'), key)
    expect(await thumbprint(jwk)).toBe(await thumbprint(key))
  })

  test('members that are undefined are as if absent', async () => {
    const absent = { alg: undefined, use: undefined, key_ops: undefined, kid: undefined, d: undefined, k: undefined }
    await expectVerified(foreignToken('ES256'), importPublicKey({ ...keys.p256.publicJwk, ...absent }, 'ES256'))
  })

  test('members are read once, so that a getter which changes its answer changes nothing', async () => {
    for (const { by, alg, jwk } of jwkCases) {
      const reads = new Map<string, number>()
      const getters = Object.entries({ ...jwk, alg, use: 'sig', kid: 'a' }).map(([name, value]) => [
        name,
        {
          enumerable: true,
          get: () => {
            reads.set(name, (reads.get(name) ?? 0) + 1)
            return reads.get(name) === 1 ? value : 'changed'
          },
        },
      ])
      const key = imports[by](Object.defineProperties({}, Object.fromEntries(getters)))
      expect(key).toMatchObject({ alg, kid: 'a' })
      await use(key)
      expect(new Set(reads.values())).toEqual(new Set([1]))
    }
  })

  test('members are copied, so that changing the JWK later changes nothing', async () => {
    const jwk = { ...keys.p256.publicJwk, alg: 'ES256', key_ops: ['verify'] } as const
    const given: Record<string, unknown> = { ...jwk, key_ops: [...jwk.key_ops] }
    const key = imports.importPublicKey(given)
    Object.assign(given, keys.rsa.privateJwk, { alg: 'RS256' })
    await expectVerified(foreignToken('ES256'), key as PublicKey)
  })
})

describe('text or bytes of a key are no secret', () => {
  const texts: Readonly<Record<string, string>> = {
    'a public PEM': keys.rsa.publicPem,
    'a public PEM for ES256': keys.p256.publicPem,
    'a private PEM': keys.p256.privatePem,
    'a PEM RSA PUBLIC KEY': keys.others.rsaPublicPkcs1,
    'a PEM CERTIFICATE': keys.others.p256Certificate,
    'a JWK': JSON.stringify(keys.p256.publicJwk),
    'an indented JWK': JSON.stringify(keys.p256.publicJwk, null, 2),
    'a key set': JSON.stringify({ keys: [keys.rsa.publicJwk] }),
    'an RSA key for SSH': keys.others.rsaSsh,
    'an EC key for SSH': keys.others.p256Ssh,
    'the body of a PEM in one line': bodyOf(keys.rsa.publicPem).replaceAll('\n', ''),
  }
  const words =
    /a PEM, JWK, SSH or DER key was given where an HMAC secret is wanted; import it with importPublicKey\(\)/

  for (const [name, text] of Object.entries(texts)) {
    test(`${name} is refused in every encoding and form of a secret`, async () => {
      const bytes = Buffer.from(text)
      expectRefusal(await refusalOf(() => importSecret(text, 'HS256')), words)
      expectRefusal(await refusalOf(() => importSecret(bytes, 'HS256')), words)
      for (const encoding of ['base64url', 'base64', 'hex'] as const) {
        expectRefusal(await refusalOf(() => importSecret(bytes.toString(encoding), 'HS256', { encoding })), words)
      }
      expectRefusal(await refusalOf(() => importSecret(createSecretKey(bytes), 'HS256')), words)
      expectRefusal(await refusalOf(() => importSecret({ kty: 'oct', k: bytes.toString('base64url') }, 'HS256')), words)
    })
  }

  const ders: Readonly<Record<string, Buffer>> = {
    'SubjectPublicKeyInfo of RSA': derOf(keys.rsa.publicPem),
    'SubjectPublicKeyInfo of EC': derOf(keys.p256.publicPem),
    'PKCS#8': derOf(keys.p256.privatePem),
    'PKCS#1': derOf(keys.others.rsaPublicPkcs1),
    'SEC 1': derOf(keys.others.p256Sec1),
    'X.509': derOf(keys.others.rsaCertificate),
  }
  for (const [name, der] of Object.entries(ders)) {
    test(`the DER of ${name} is refused as bytes, and in base64 and hex`, async () => {
      expectRefusal(await refusalOf(() => importSecret(der, 'HS256')), words)
      for (const encoding of ['base64url', 'base64', 'hex'] as const) {
        expectRefusal(await refusalOf(() => importSecret(der.toString(encoding), 'HS256', { encoding })), words)
      }
      expectRefusal(await refusalOf(() => importSecret(der.toString('base64'), 'HS256')), words)
    })
  }

  test('what only resembles one is accepted', async () => {
    const secrets = [
      'correct horse battery staple-----BEGIN again',
      '{"key":"k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA"}',
      'my ssh-agent has nothing to do with this secret',
      Buffer.from('30'.repeat(32), 'hex'),
      Buffer.from(`301e${'07'.repeat(30)}`, 'hex'),
      Buffer.from(`3080${'01'.repeat(30)}`, 'hex'),
      Buffer.concat([Buffer.from([0x30]), Buffer.alloc(31, 0xff)]),
      Buffer.alloc(32, 0xff),
    ]
    for (const each of secrets) await use(importSecret(each, 'HS256'))
  })
})

test('text that has no UTF-8 is no secret, for another would be signed with in its place', async () => {
  await expectPair(importSecret('😀'.repeat(8), 'HS256'), importSecret('\u{1f600}'.repeat(8), 'HS256'))
  expectRefusal(await refusalOf(() => importSecret('\ud83d'.repeat(11), 'HS256')), /./)
})

describe('what is no key at all', () => {
  const calls: string[] = []
  const called =
    (name: string) =>
    (...args: unknown[]): unknown => {
      calls.push([name, ...args.filter((arg) => typeof arg === 'string')].join(' '))
      return secretText
    }
  const loud = (traps: object): object => ({
    toString: called('toString'),
    valueOf: called('valueOf'),
    toJSON: called('toJSON'),
    export: called('export'),
    then: called('then'),
    [Symbol.toPrimitive]: called('toPrimitive'),
    [Symbol.iterator]: called('iterator'),
    ...traps,
  })
  const things: Readonly<Record<string, unknown>> = {
    undefined: undefined,
    null: null,
    true: true,
    'a number': 5,
    NaN: NaN,
    'a bigint': 5n,
    'a symbol': Symbol('key'),
    'an empty object': {},
    'an object with toString and its like': loud({}),
    'an object with its own toStringTag': loud({ [Symbol.toStringTag]: 'Object' }),
    'a String object': new String(keys.p256.publicPem),
    'an array of a PEM': [keys.p256.publicPem],
    'an array of bytes': [...secret],
    'a function': called('function'),
    'a class': class Key {},
    'a Date': new Date(0),
    'a RegExp': /key/,
    'a Map': new Map([['kty', 'oct']]),
    'an ArrayBuffer': secret.slice().buffer,
    'a Uint8ClampedArray': Uint8ClampedArray.from(secret),
    'a Uint16Array': Uint16Array.from(secret),
    'a DataView': new DataView(secret.slice().buffer),
    'an Error': new Error('key'),
    'a key pair': { publicKey: {}, privateKey: {} },
    'a promise of a secret': Promise.resolve(secretText),
    'an object that inherits a kty': Object.create(secretJwk),
    'a key of the library': importSecret(secret, 'HS256'),
  }
  const words: Readonly<Record<Importer, RegExp>> = {
    importSecret: /importSecret wants a string, a Uint8Array, a JWK, a KeyObject or a CryptoKey/,
    importPublicKey:
      /importPublicKey wants one PEM block as a string, its DER as bytes, a JWK, a KeyObject or a CryptoKey/,
    importPrivateKey:
      /importPrivateKey wants one PEM block as a string, its DER as bytes, a JWK, a KeyObject or a CryptoKey/,
  }
  const algs: Readonly<Record<Importer, Algorithm>> = {
    importSecret: 'HS256',
    importPublicKey: 'ES256',
    importPrivateKey: 'ES256',
  }
  const importers = Object.keys(imports) as Importer[]

  for (const [name, thing] of Object.entries(things)) {
    test(`${name} is refused, and not called`, async () => {
      calls.length = 0
      for (const by of importers) {
        const error = await refusalOf(() => void imports[by](thing, algs[by]))
        expectRefusal(error, words[by])
      }
      expect(calls).toEqual([])
    })
  }

  test('a Proxy is refused, and asked for nothing but its kind', () => {
    const asked = new Set<unknown>()
    const ask = (trap: string) => (_target: object, name?: unknown) => void asked.add(`${trap} ${String(name)}`)
    const proxy = new Proxy(
      {},
      {
        get: ask('get'),
        getOwnPropertyDescriptor: ask('getOwnPropertyDescriptor') as never,
        apply: ask('apply') as never,
      },
    )
    for (const by of importers) expect(() => imports[by](proxy, algs[by])).toThrow(words[by])
    const kind = ['get Symbol(Symbol.toStringTag)', 'getOwnPropertyDescriptor kty']
    expect([...asked].filter((question) => !kind.includes(String(question)))).toEqual([])
  })

  test('an object that calls itself a Uint8Array is no secret of as many zeros as it says', async () => {
    for (const bytes of [{ length: 32 }, loud({ length: 32 })]) {
      calls.length = 0
      const fake = { ...bytes, [Symbol.toStringTag]: 'Uint8Array' }
      expectRefusal(await refusalOf(() => void imports.importSecret(fake, 'HS256')), words.importSecret)
      expect(calls).toEqual([])
    }
  })

  const fakes = {
    CryptoKey: [
      {},
      { type: 'public' },
      { type: 'public', algorithm: { name: 'ECDSA', namedCurve: 'P-256' }, usages: ['verify'] },
      { type: 'secret', algorithm: { name: 'HMAC', hash: { name: 'SHA-256' } }, usages: ['sign', 'verify'] },
      { type: 'private', algorithm: { name: 'ECDSA', namedCurve: 'P-256' }, usages: ['sign'] },
    ],
    KeyObject: [{}, { type: 'public' }, { type: 'private' }, { type: 'secret' }],
  }
  for (const [tag, objects] of Object.entries(fakes)) {
    for (const members of objects) {
      test(`an object ${JSON.stringify(members)} that calls itself a ${tag} is a TypeError, at first use at the latest`, async () => {
        for (const by of importers) {
          const fake = { ...members, export: () => ({}), [Symbol.toStringTag]: tag }
          const error = await refusalOf(() => use(imports[by](fake, algs[by])))
          expectRefusal(error, /./)
        }
      })
    }
  }
})

describe('a polluted Object.prototype changes nothing', () => {
  // Not d: it reaches into the JWK import of Node, beneath the library, which then refuses public keys.
  const pollutions: readonly { readonly [name: string]: unknown }[] = [
    { kty: 'oct' },
    { alg: 'HS256' },
    { kid: 'polluted' },
    { use: 'enc' },
    { key_ops: ['sign'] },
    { ext: false },
    { crv: 'P-384' },
    { dp: 'AA' },
    { priv: 'AA' },
    { k: secretJwk.k },
    { oth: [] },
    { encoding: 'hex' },
    { usages: [] },
    { hash: { name: 'SHA-512' } },
    { extractable: false },
  ]

  for (const pollution of pollutions) {
    test(`with ${Object.keys(pollution).join()}`, async () => {
      await polluted(pollution, async () => {
        for (const alg of representatives) {
          const { publicPem, publicJwk, privatePem, privateJwk } = pairs[alg]
          const privateKey = importPrivateKey({ ...privateJwk, alg })
          const others = [
            importPublicKey(publicPem, alg),
            importPublicKey({ ...publicJwk }, alg),
            importPublicKey(createPublicKey(publicPem), alg),
            await publicKeyOf(privateKey),
            importPublicKey(
              await exportJwk(privateKey).then(({ kty, crv, x, y, n, e }) => ({ kty, crv, x, y, n, e })),
              alg,
            ),
          ]
          for (const key of others) {
            expect(key).toMatchObject({ alg, role: 'public' })
            expect(key.kid).toBeUndefined()
            await expectPair(privateKey, key)
          }
          await expectPair(importPrivateKey(privatePem, alg), importPublicKey(publicPem, alg))
        }
        const key = importSecret({ kty: 'oct', k: secretJwk.k, alg: 'HS256' })
        for (const source of [secretText, secret, createSecretKey(secret)]) {
          await expectPair(importSecret(source, 'HS256'), key)
          await expectPair(key, importSecret(source, 'HS256'))
        }
      })
    })

    test(`with ${Object.keys(pollution).join()}, and a source that is wanting stays so`, async () => {
      await polluted(pollution, async () => {
        const { x, y } = keys.p256.publicJwk
        const attempts = [
          () => importPublicKey({ x, y }, 'ES256'),
          () => importPublicKey({ kty: 'EC', x, y }, 'ES256'),
          () => importPublicKey({ ...keys.p256.publicJwk }),
          () => importPublicKey(keys.p256.publicPem, undefined as never),
          () => importPrivateKey({ ...keys.p256.publicJwk }, 'ES256'),
          () => importSecret({ kty: 'oct' }, 'HS256'),
          () => importSecret({ ...secretJwk }),
          () => importSecret({} as never, 'HS256'),
          () => thumbprint({ kty: 'oct' }),
          () => thumbprint({ x, y }),
          () => thumbprint({ kty: 'EC', x, y }),
        ]
        for (const attempt of attempts) expect(await refusalOf(attempt), String(attempt)).toBeInstanceOf(TypeError)
      })
    })
  }

  async function polluted(pollution: object, run: () => Promise<void>): Promise<void> {
    try {
      Object.assign(Object.prototype, pollution)
      await run()
    } finally {
      for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name)
    }
  }
})
