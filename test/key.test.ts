import nodeCrypto, { createSecretKey } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import {
  createSigner,
  createVerifier,
  exportJwk,
  generateKeyPair,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  importSecret,
  isJwtError,
  JwtError,
  publicKeyOf,
  sign,
  verify,
} from 'tittle'
import type { Key } from 'tittle'
import { signJws, verifyJws } from 'tittle/jws'
import { handleOf, isKey } from '../src/key.ts'
import {
  asymmetric,
  expectNone,
  expectPair,
  expectRefusal,
  expectVerified,
  foreignToken,
  keys,
  material,
  leaksIn,
  onWeb,
  pairs,
  refusalOf,
  representatives,
  secret,
  secretJwk,
  secretText,
  spellings,
  toCryptoKey,
  toHmacKey,
} from './setup/keys.ts'

const samples: Readonly<Record<string, () => Key | Promise<Key>>> = {
  'a secret from text': () => importSecret(secretText, 'HS256', { kid: 'a' }),
  'a secret from bytes': () => importSecret(secret, 'HS256'),
  'a secret from a JWK': () => importSecret(secretJwk, 'HS256'),
  'a secret from a KeyObject': () => importSecret(createSecretKey(secret), 'HS256'),
  'a secret from a CryptoKey': async () => importSecret(await toHmacKey(secret), 'HS256'),
  'a random secret': () => generateSecret('HS256'),
  'a random private key': async () => (await generateKeyPair('ES256')).privateKey,
  ...Object.fromEntries(
    representatives.flatMap((alg) => [
      [`a private PEM for ${alg}`, () => importPrivateKey(pairs[alg].privatePem, alg, { kid: 'a' })],
      [`a private JWK for ${alg}`, () => importPrivateKey({ ...pairs[alg].privateJwk }, alg)],
      [
        `a private CryptoKey for ${alg}`,
        async () => importPrivateKey(await toCryptoKey(pairs[alg].privatePem, pairs[alg].web, ['sign']), alg),
      ],
      [`a public PEM for ${alg}`, () => importPublicKey(pairs[alg].publicPem, alg, { kid: 'a' })],
    ]),
  ),
}

describe('a key', () => {
  test('prints as its alg, kid and role', () => {
    const key = importSecret(secret, 'HS256', { kid: 'a' })
    expect(String(key)).toBe('Key { alg: HS256, kid: a, role: secret }')
    expect(`${importPublicKey(keys.p256.publicPem, 'ES256')}`).toBe('Key { alg: ES256, kid: undefined, role: public }')
    expect(JSON.stringify(key)).toBe('{"alg":"HS256","kid":"a","role":"secret"}')
    expect(inspect(key)).toBe("Key { alg: 'HS256', kid: 'a', role: 'secret' }")
    expect(inspect({ nested: [key] }, { depth: Infinity })).toContain("Key { alg: 'HS256', kid: 'a', role: 'secret' }")
  })

  test('has no other members to be seen', () => {
    const key = importSecret(secret, 'HS256', { kid: 'a' })
    const shown = { alg: 'HS256', kid: 'a', role: 'secret' }
    expect(Object.keys(key)).toEqual(Object.keys(shown))
    expect(Object.getOwnPropertyNames(key)).toEqual(Object.keys(shown))
    expect({ ...key }).toEqual(shown)
    expect(Object.getOwnPropertySymbols({ ...key })).toEqual([])
    expect(Object.assign({}, key)).toEqual(shown)
    expect(Object.entries(key)).toEqual(Object.entries(shown))
    const names: string[] = []
    for (const name in key) names.push(name)
    expect(names).toEqual(Object.keys(shown))
  })

  test('cannot be changed', () => {
    const key = importSecret(secret, 'HS256')
    expect(Object.isFrozen(key)).toBe(true)
    for (const change of [{ alg: 'ES256' }, { role: 'public' }, { kid: 'b' }]) {
      expect(() => Object.assign(key, change)).toThrow(TypeError)
    }
    const [symbol] = Object.getOwnPropertySymbols(key)
    expect(() => Object.defineProperty(key, symbol ?? '', { value: {} })).toThrow(TypeError)
  })

  for (const [name, make] of Object.entries(samples)) {
    test(`from ${name} gives nothing away, however it is printed`, async () => {
      const key = await make()
      const known = [...material, ...(await materialOf(key))]
      const error = new Error('context', { cause: key })
      const printed: Readonly<Record<string, string>> = {
        'String()': String(key),
        'JSON.stringify': JSON.stringify({ key, keys: [key] }, null, 2),
        'util.inspect': inspect(key),
        'util.inspect of all there is': inspect(key, { showHidden: true, depth: Infinity, getters: true }),
        'util.inspect of a copy': inspect({ ...key }, { showHidden: true, depth: Infinity }),
        'util.inspect of an error about it': inspect(error, { showHidden: true, depth: Infinity }),
        structuredClone: inspect(structuredClone({ ...key }), { showHidden: true, depth: Infinity }),
        'structuredClone of the key': await cloneOf(key),
      }
      for (const [how, text] of Object.entries(printed)) expect([how, leaksIn(text, known)]).toEqual([how, []])
    })
  }

  test('would be caught if it gave something away', async () => {
    const key = importPrivateKey(keys.p256.privatePem, 'ES256')
    const known = await materialOf(key)
    expect(leaksIn(inspect(await exportJwk(key)), known)).not.toEqual([])
    expect(leaksIn(inspect(Buffer.from(secret), { maxArrayLength: Infinity }), material)).not.toEqual([])
    expect(() => expectNone(`the key ${secretText} is wrong`, material)).toThrow()
  })

  async function materialOf(key: Key): Promise<readonly string[]> {
    const { d, p, q, dp, dq, qi, k } = await exportJwk(key)
    return [d, p, q, dp, dq, qi, k].filter((text) => text !== undefined).flatMap((text) => spellings(octets(text)))
  }

  const octets = (base64url: string): Uint8Array => Buffer.from(base64url, 'base64url')

  async function cloneOf(key: Key): Promise<string> {
    const error = await refusalOf(() => structuredClone(key))
    return inspect(error ?? structuredClone(key), { showHidden: true, depth: Infinity })
  }
})

describe('using a key for what it is not for', () => {
  const policy = { algorithms: asymmetric, issuer: null, audience: null }

  for (const alg of asymmetric) {
    const publicKey = importPublicKey(pairs[alg].publicPem, alg)
    const privateKey = importPrivateKey(pairs[alg].privatePem, alg)

    test(`signing with a public key for ${alg} is a TypeError`, async () => {
      await expectPair(privateKey, publicKey)
      const words = /the key is a public key that does not sign$/
      expectRefusal(await refusalOf(() => sign({}, publicKey as never, { expiresIn: 60 })), words)
      expectRefusal(await refusalOf(() => signJws('', publicKey as never)), words)
      expectRefusal(await refusalOf(() => createSigner(publicKey as never, { expiresIn: 60 })), words)
    })

    test(`verifying with a private key for ${alg} is a TypeError that tells of publicKeyOf()`, async () => {
      await expectVerified(foreignToken(alg), await publicKeyOf(privateKey))
      const words = /is a private key that does not verify; publicKeyOf\(\) gives the half that does/
      const token = foreignToken(alg)
      for (const given of [
        privateKey,
        [privateKey],
        [publicKey, privateKey],
        () => privateKey,
        async () => privateKey,
      ]) {
        expectRefusal(await refusalOf(() => verify(token, given as never, policy)), words)
        expectRefusal(await refusalOf(() => verifyJws(token, given as never, { algorithms: [alg] })), words)
      }
      expectRefusal(await refusalOf(() => createVerifier(privateKey as never, policy)), words)
    })
  }
})

describe('what is no key', () => {
  const calls: string[] = []
  const called = (name: string) => (): string => {
    calls.push(name)
    return secretText
  }
  const things: Readonly<Record<string, unknown>> = {
    null: null,
    'an empty string': '',
    'a secret as text': secretText,
    'a secret as bytes': secret,
    'a PEM': keys.p256.publicPem,
    'a number': 1,
    true: true,
    'a symbol': Symbol('key'),
    'an empty object': {},
    'a JWK': { ...keys.p256.publicJwk },
    'a KeyObject': createSecretKey(secret),
    'an object that looks like a key': { alg: 'HS256', kid: undefined, role: 'secret' },
    'a copy of a key': { ...importSecret(secret, 'HS256') },
    'an object with toString and its like': {
      toString: called('toString'),
      valueOf: called('valueOf'),
      toJSON: called('toJSON'),
      sign: called('sign'),
      verify: called('verify'),
      [Symbol.toPrimitive]: called('toPrimitive'),
    },
    'a String object': new String(secretText),
    // That it is asked for its kind cannot be helped.
    'a Proxy': new Proxy(
      {},
      {
        get: (_, name) => (name === Symbol.toStringTag ? undefined : called('get')()),
        getOwnPropertyDescriptor: called('descriptor') as never,
      },
    ),
    'an array of an array of a key': [[importSecret(secret, 'HS256')]],
    'what bears the mark of a key and holds nothing': { [Symbol.for('tittle.Key')]: 'held' },
    'a key pair': { publicKey: importPublicKey(keys.p256.publicPem, 'ES256') },
  }

  const words =
    /must be a key of this library: import it with importSecret\(\), importPublicKey\(\) or importPrivateKey\(\)/

  for (const [name, thing] of Object.entries(things)) {
    test(`${name} neither signs nor verifies, and is not called`, async () => {
      calls.length = 0
      expect(isKey(thing)).toBe(false)
      const policy = { algorithms: ['HS256'], issuer: null, audience: null } as const
      const token = foreignToken('HS256')
      for (const attempt of [
        () => handleOf('the key', thing as never),
        () => sign({}, thing as never, { expiresIn: 60 }),
        () => createSigner(thing as never, { expiresIn: 60 }),
        () => createVerifier(thing as never, policy),
        () => verify(token, thing as never, policy),
        () => verify(token, [thing] as never, policy),
        () => verify(token, (() => thing) as never, policy),
      ]) {
        expectRefusal(await refusalOf(attempt), words)
      }
      expect(calls).toEqual([])
    })
  }

  test('is refused by signJws() with the same words, and not called', async () => {
    calls.length = 0
    for (const thing of Object.values(things)) {
      expectRefusal(await refusalOf(() => signJws('', thing as never)), words)
    }
    expect(calls).toEqual([])
  })

  test('undefined, from a key function, says that there is no key', async () => {
    const policy = { algorithms: ['HS256'], issuer: null, audience: null } as const
    const attempt = verify(foreignToken('HS256'), () => undefined, policy)
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_KEY_NOT_FOUND' })
    expectRefusal(
      await refusalOf(() => sign({}, undefined as never, { expiresIn: 60 })),
      /must be a key of this library/,
    )
  })

  test('and a key is one', async () => {
    for (const make of Object.values(samples)) {
      const key = await make()
      expect(isKey(key)).toBe(true)
      // By this name it is known to every version of the library.
      expect(Object.getOwnPropertySymbols(key)).toEqual([Symbol.for('tittle.Key')])
    }
  })
})

describe('two copies of the library in one process', () => {
  type Copy = typeof import('tittle')

  async function copyOf(builtin: unknown): Promise<Copy> {
    const given = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule')
    Object.defineProperty(process, 'getBuiltinModule', { value: builtin, configurable: true })
    try {
      vi.resetModules()
      return await import('tittle')
    } finally {
      Reflect.deleteProperty(process, 'getBuiltinModule')
      if (given) Object.defineProperty(process, 'getBuiltinModule', given)
    }
  }

  const copies: Readonly<Record<string, () => Promise<Copy>>> = {
    'node:crypto': () => copyOf(() => nodeCrypto),
    WebCrypto: () => copyOf(undefined),
  }

  for (const [platform, load] of Object.entries(copies)) {
    test(`know each other's keys, where the other is on ${platform}`, async () => {
      const copy = await load()
      expect(copy.sign).not.toBe(sign)
      const theirs = await copy.generateKeyPair('ES256', { kid: 'a' })
      const own = await generateKeyPair('ES256', { kid: 'a' })
      expect(isKey(theirs.publicKey)).toBe(true)
      await expectPair(theirs.privateKey, theirs.publicKey)
      await expectPair(theirs.privateKey, await publicKeyOf(theirs.privateKey))
      const policy = { algorithms: ['ES256'], issuer: null, audience: null } as const
      const token = await copy.sign({ sub: 'alice' }, own.privateKey, { expiresIn: 60 })
      expect((await copy.verify(token, own.publicKey, policy)).key).toBe(own.publicKey)
      expect(await copy.exportJwk(own.privateKey)).toEqual(await exportJwk(own.privateKey))
      expect(await copy.thumbprint(own.publicKey)).toBe(await copy.thumbprint(own.privateKey))
      await expect(copy.verify(token, theirs.publicKey, policy)).rejects.toMatchObject({ code: 'ERR_SIGNATURE' })
    })

    test(`know each other's errors, where the other is on ${platform}`, async () => {
      const copy = await load()
      const key = copy.importSecret(secret, 'HS256')
      const policy = { algorithms: ['HS256'], issuer: null, audience: null } as const
      const error = await refusalOf(() => copy.verify('not.a.token', key, policy))
      expect(error).not.toBeInstanceOf(JwtError)
      expect(isJwtError(error)).toBe(true)
      const mine = await refusalOf(() => verify('not.a.token', key, policy))
      expect(mine).toBeInstanceOf(JwtError)
      expect(copy.isJwtError(mine)).toBe(true)
      expect(copy.isJwtError(new TypeError())).toBe(false)
    })
  }

  test('answer at once with the keys of one on node:crypto, and not with those of one on WebCrypto', async () => {
    for (const [platform, load] of Object.entries(copies)) {
      const key = (await load()).importSecret(secret, 'HS256')
      const signer = createSigner(key, { expiresIn: 60 })
      if (platform === 'WebCrypto') expect(() => signer.signSync({})).toThrow(/without "Sync" in its name/)
      else await expectPairOf(signer.signSync({}))
    }
    expect(onWeb).toBe(process.getBuiltinModule === undefined)
  })

  async function expectPairOf(token: string): Promise<void> {
    const policy = { algorithms: ['HS256'], issuer: null, audience: null } as const
    await verify(token, importSecret(secret, 'HS256'), policy)
  }
})
