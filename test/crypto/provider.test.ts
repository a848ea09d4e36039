import nodeCrypto, { createPublicKey, createSecretKey, sign as signWithNode, webcrypto } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import {
  algorithmRow,
  algorithms,
  type Algorithm,
  type AlgorithmRow,
  type HmacAlgorithm,
} from '../../src/algorithms.ts'
import { nodeProvider } from '../../src/crypto/node.ts'
import {
  after,
  assertCryptoKey,
  isCryptoKey,
  isKeyObject,
  signatureSize,
  webAlgorithm,
  type CryptoProvider,
  type KeyHandle,
} from '../../src/crypto/provider.ts'
import { webProvider } from '../../src/crypto/web.ts'
import type { JwkMaterial, KeyRole } from '../../src/jwk.ts'
import {
  asymmetric,
  expectRefusal,
  hmac,
  isPairAlgorithm,
  keys,
  onWeb,
  pairs,
  refusalOf,
  secret,
  secretJwk,
  toCryptoKey,
  toHmacKey,
  type PairAlgorithm,
} from '../setup/keys.ts'
import { derOf } from '../fixtures/bad-keys.ts'

const row = (alg: Algorithm): AlgorithmRow => algorithmRow('alg', alg)

const providers: Readonly<Record<string, CryptoProvider>> = {
  'node:crypto': nodeProvider(nodeCrypto),
  WebCrypto: webProvider,
}

interface Handles {
  readonly signer: KeyHandle
  readonly verifier: KeyHandle
}

type Tested = HmacAlgorithm | PairAlgorithm

const tested: readonly Tested[] = [...hmac, ...asymmetric]

function handlesOf(provider: CryptoProvider, alg: Tested): Handles {
  if (!isPairAlgorithm(alg)) {
    const handle = provider.importKey({ format: 'raw', bytes: secret }, row(alg), 'secret')
    return { signer: handle, verifier: handle }
  }
  const der = (pem: string) => ({ format: 'der', bytes: derOf(pem) }) as const
  return {
    signer: provider.importKey(der(pairs[alg].privatePem), row(alg), 'private'),
    verifier: provider.importKey(der(pairs[alg].publicPem), row(alg), 'public'),
  }
}

const octets = (signature: string): Buffer => Buffer.from(signature, 'base64url')
const hex = (text: string): Buffer => Buffer.from(text.padStart(64, '0'), 'hex')

/** An INTEGER in DER, of a number that is not negative. */
function integer(number: Buffer): Buffer {
  const body = number.subarray(number.findIndex((octet) => octet !== 0))
  const padded = (body[0] ?? 0) < 0x80 ? body : Buffer.concat([Buffer.alloc(1), body])
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded])
}

function toDer(signature: Buffer): Buffer {
  const content = Buffer.concat([integer(signature.subarray(0, 32)), integer(signature.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, content.length]), content])
}

// The order of the group of P-256, and the prime of its field (FIPS 186-4 D.1.2.3).
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
const PRIME = 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'

/** What can be done to a signature's octets, by name. */
function changes(alg: Tested): Readonly<Record<string, (signature: Buffer) => Buffer>> {
  const any: Readonly<Record<string, (signature: Buffer) => Buffer>> = {
    'without its last octet': (signature) => signature.subarray(0, -1),
    'without its first octet': (signature) => signature.subarray(1),
    'with a zero octet after it': (signature) => Buffer.concat([signature, Buffer.alloc(1)]),
    'with a zero octet before it': (signature) => Buffer.concat([Buffer.alloc(1), signature]),
    twice: (signature) => Buffer.concat([signature, signature]),
    'cut in half': (signature) => signature.subarray(0, signature.length / 2),
    'with nothing in it': () => Buffer.alloc(0),
    'of one octet': (signature) => signature.subarray(0, 1),
    'of zeros': (signature) => Buffer.alloc(signature.length),
    'of ones': (signature) => Buffer.alloc(signature.length, 0xff),
    'with its octets reversed': (signature) => Buffer.from(signature).reverse(),
    'with its first bit changed': (signature) => flip(signature, 0),
    'with its last bit changed': (signature) => flip(signature, signature.length - 1),
  }
  if (alg !== 'ES256') return any
  const numbers = {
    '0': '',
    '1': '1',
    n: ORDER,
    'n + 1': `${ORDER.slice(0, -1)}2`,
    p: PRIME,
    '2^256 - 1': 'f'.repeat(64),
  }
  return {
    ...any,
    'in DER': toDer,
    'with r and s swapped': (signature) => Buffer.concat([signature.subarray(32), signature.subarray(0, 32)]),
    ...Object.fromEntries(
      Object.entries(numbers).flatMap(([name, text]) => [
        [`with r ${name}`, (signature: Buffer) => Buffer.concat([hex(text), signature.subarray(32)])],
        [`with s ${name}`, (signature: Buffer) => Buffer.concat([signature.subarray(0, 32), hex(text)])],
        [`with r and s ${name}`, () => Buffer.concat([hex(text), hex(text)])],
      ]),
    ),
  }
}

function flip(signature: Buffer, index: number): Buffer {
  const changed = Buffer.from(signature)
  changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
  return changed
}

for (const [platform, provider] of Object.entries(providers)) {
  for (const alg of tested) {
    describe(`a key for ${alg} on ${platform}`, () => {
      const { signer, verifier } = handlesOf(provider, alg)
      const size = isPairAlgorithm(alg) ? pairs[alg].size : Number(alg.slice(2)) / 8

      test('signs what it verifies, with a signature of the length that the algorithm fixes', async () => {
        for (const input of ['', 'input', 'a.b', 'x'.repeat(100_000), '\0\x7f\xff']) {
          const signature = await signer.sign(input)
          expect(octets(signature)).toHaveLength(size)
          expect(octets(signature).toString('base64url')).toBe(signature)
          expect(await verifier.verify(input, signature)).toBe(true)
          expect(await verifier.verify(`${input}.`, signature)).toBe(false)
        }
      })

      test('signs what every platform verifies', async () => {
        for (const other of Object.values(providers)) {
          const signature = await signer.sign('input')
          expect(await handlesOf(other, alg).verifier.verify('input', signature)).toBe(true)
        }
      })

      for (const [change, apply] of Object.entries(changes(alg))) {
        test(`refuses a signature ${change}`, async () => {
          const signature = await signer.sign('input')
          expect(await verifier.verify('input', signature)).toBe(true)
          const changed = apply(octets(signature)).toString('base64url')
          expect(changed).not.toBe(signature)
          expect(await verifier.verify('input', changed)).toBe(false)
        })
      }

      test('refuses every other spelling of a signature', async () => {
        const signature = await signer.sign('input')
        const last = signature.slice(-1)
        const spellings = [
          `${signature}=`,
          `${signature}==`,
          `${signature} `,
          ` ${signature}`,
          `${signature}\n`,
          `${signature.slice(0, 8)}\n${signature.slice(8)}`,
          `${signature}\0`,
          `${signature}.`,
          `${signature}A`,
          `${signature}AAAA`,
          signature.replace(/.$/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 256)),
          signature.replace(/.$/, String.fromCharCode(last.charCodeAt(0) + 1)),
          octets(signature).toString('hex'),
          octets(signature).toString('latin1'),
          octets(signature).toString('base64'),
        ]
        for (const spelling of spellings) {
          if (spelling === signature) continue
          expect(await verifier.verify('input', spelling), JSON.stringify(spelling)).toBe(false)
        }
        expect(await verifier.verify('input', signature)).toBe(true)
      })

      test('exports its material, and nothing else, as a JWK', async () => {
        const pair = isPairAlgorithm(alg) ? pairs[alg] : { privateJwk: secretJwk, publicJwk: secretJwk }
        expect(await signer.exportJwk()).toEqual(pair.privateJwk)
        expect(await verifier.exportJwk()).toEqual(pair.publicJwk)
      })
    })
  }

  for (const alg of asymmetric) {
    describe(`a pair for ${alg} on ${platform}`, () => {
      const { signer, verifier } = handlesOf(provider, alg)

      test('exports the DER that it came from', async () => {
        expect(Buffer.from(await signer.exportDer())).toEqual(derOf(pairs[alg].privatePem))
        expect(Buffer.from(await verifier.exportDer())).toEqual(derOf(pairs[alg].publicPem))
      })

      test('is imported from its material too', async () => {
        const { privateJwk, publicJwk } = pairs[alg]
        const privateKey = provider.importKey({ format: 'jwk', jwk: privateJwk as JwkMaterial }, row(alg), 'private')
        const publicKey = provider.importKey({ format: 'jwk', jwk: publicJwk as JwkMaterial }, row(alg), 'public')
        expect(await publicKey.verify('input', await privateKey.sign('input'))).toBe(true)
        expect(await verifier.verify('input', await privateKey.sign('input'))).toBe(true)
      })

      // Those of the other RSA algorithms are the same keys, and take long to make.
      if (alg === 'RS256' || !/^[RP]S/.test(alg)) {
        test('is made anew, and exported', async () => {
          const pair = await provider.generateKeyPair(row(alg))
          const signature = await pair.privateKey.sign('input')
          expect(await pair.publicKey.verify('input', signature)).toBe(true)
          expect(await verifier.verify('input', signature)).toBe(false)
          const { kty } = await pair.publicKey.exportJwk()
          expect(await pair.privateKey.exportJwk()).toMatchObject(await pair.publicKey.exportJwk())
          expect(kty).toBe(row(alg).kty)
        })
      }
    })
  }

  describe(`the hash within an RSASSA-PKCS1-v1_5 signature on ${platform}`, () => {
    const hashes = ['sha256', 'sha384', 'sha512', 'sha1', 'sha224', 'md5', 'sha3-256', 'sha512-256']

    test.each(['RS256', 'RS384', 'RS512'] as const)('is that of %s (RFC 7515 §10.6)', async (alg) => {
      const { verifier } = handlesOf(provider, alg)
      const verified: string[] = []
      for (const hash of hashes) {
        const signature = signWithNode(hash, Buffer.from('input'), pairs[alg].privatePem)
        if (await verifier.verify('input', signature.toString('base64url'))) verified.push(hash)
      }
      expect(verified).toEqual([`sha${alg.slice(2)}`])
    })
  })

  describe(`a digest on ${platform}`, () => {
    // FIPS 180-4, of the message "abc".
    const digests = {
      'SHA-256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      'SHA-384': 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
      'SHA-512':
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    } as const
    for (const [hash, digest] of Object.entries(digests)) {
      test(`is that of FIPS 180-4 for ${hash}`, async () => {
        const base64url = await provider.digest(hash as keyof typeof digests, 'abc')
        expect(octets(base64url).toString('hex')).toBe(digest)
      })
    }
  })
}

describe('a native key', () => {
  test('is told by its tag, of another realm too', async () => {
    const cryptoKey = await toHmacKey(secret)
    const keyObject = createSecretKey(secret)
    expect([isCryptoKey(cryptoKey), isKeyObject(cryptoKey)]).toEqual([true, false])
    expect([isCryptoKey(keyObject), isKeyObject(keyObject)]).toEqual([false, true])
    for (const other of [null, undefined, 'CryptoKey', 1, {}, [], () => {}, { type: 'secret' }, secret]) {
      expect([isCryptoKey(other), isKeyObject(other)]).toEqual([false, false])
    }
    const foreign = runInNewContext("({ [Symbol.toStringTag]: 'CryptoKey', algorithm: {}, usages: [] })")
    expect(isCryptoKey(foreign)).toBe(true)
    for (const members of [{}, { algorithm: {} }, { usages: [] }, { algorithm: 'HMAC', usages: [] }]) {
      expect(isCryptoKey({ [Symbol.toStringTag]: 'CryptoKey', ...members })).toBe(false)
    }
  })
})

describe('the name of an algorithm on WebCrypto', () => {
  const names: Readonly<Record<Algorithm, object>> = {
    HS256: { name: 'HMAC', hash: 'SHA-256' },
    HS384: { name: 'HMAC', hash: 'SHA-384' },
    HS512: { name: 'HMAC', hash: 'SHA-512' },
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', saltLength: 32 },
    RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384', saltLength: 48 },
    RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', saltLength: 64 },
    PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
    PS384: { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 },
    PS512: { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 },
    ES256: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
    ES384: { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' },
    ES512: { name: 'ECDSA', hash: 'SHA-512', namedCurve: 'P-521' },
    Ed25519: { name: 'Ed25519' },
    EdDSA: { name: 'Ed25519' },
    'ML-DSA-44': { name: 'ML-DSA-44' },
    'ML-DSA-65': { name: 'ML-DSA-65' },
    'ML-DSA-87': { name: 'ML-DSA-87' },
  }
  for (const alg of algorithms) {
    test(`is known for ${alg}`, () => {
      expect({ ...webAlgorithm(row(alg)) }).toStrictEqual(names[alg])
      expect(Object.getPrototypeOf(webAlgorithm(row(alg)))).toBeNull()
    })
  }
})

describe('the size of a signature', () => {
  const sizes: readonly (readonly [Algorithm, number, number])[] = [
    ['HS256', 0, 32],
    ['ES256', 0, 64],
    ['HS384', 0, 48],
    ['HS512', 0, 64],
    ['ES384', 0, 96],
    ['ES512', 0, 132],
    ['Ed25519', 0, 64],
    ['ML-DSA-44', 0, 2420],
    ['ML-DSA-65', 0, 3309],
    ['ML-DSA-87', 0, 4627],
    ['PS512', 2048, 256],
    ['RS256', 2048, 256],
    ['RS256', 2049, 257],
    ['RS256', 3072, 384],
    ['RS256', 4096, 512],
  ]
  for (const [alg, bits, size] of sizes) {
    test(`is ${size} octets for ${alg}${bits ? ` with ${bits} bits` : ''}`, () => {
      expect(signatureSize(row(alg), bits)).toBe(size)
    })
  }
})

/** What a CryptoKey says of itself. */
const described = ({ type, algorithm }: webcrypto.CryptoKey) => ({ type, algorithm })

describe('a CryptoKey', () => {
  const { publicPem, privatePem } = keys.p256
  const cases: readonly {
    readonly name: string
    readonly make: () => Promise<webcrypto.CryptoKey>
    readonly alg: Algorithm
    readonly role: KeyRole
    readonly words?: RegExp
  }[] = [
    { name: 'for HMAC', make: () => toHmacKey(secret), alg: 'HS256', role: 'secret' },
    { name: 'that only signs', make: () => toHmacKey(secret, ['sign']), alg: 'HS256', role: 'secret' },
    { name: 'that only verifies', make: () => toHmacKey(secret, ['verify']), alg: 'HS256', role: 'secret' },
    {
      name: 'for HMAC with another hash',
      make: () => toHmacKey(secret, ['sign'], { hash: 'SHA-1' }),
      alg: 'HS256',
      role: 'secret',
      words: /^a CryptoKey for HMAC SHA-1 was given where a key for HS256 is wanted$/,
    },
    {
      name: 'for HMAC, where a public key is wanted,',
      make: () => toHmacKey(secret),
      alg: 'ES256',
      role: 'public',
      words: /^a secret CryptoKey was given where a public key is wanted$/,
    },
    {
      name: 'that is public',
      make: () => toCryptoKey(publicPem, pairs.ES256.web, ['verify']),
      alg: 'ES256',
      role: 'public',
    },
    {
      name: 'that is private',
      make: () => toCryptoKey(privatePem, pairs.ES256.web, ['sign']),
      alg: 'ES256',
      role: 'private',
    },
    {
      name: 'that is public, where a private key is wanted,',
      make: () => toCryptoKey(publicPem, pairs.ES256.web, ['verify']),
      alg: 'ES256',
      role: 'private',
      words: /^a public CryptoKey was given where a private key is wanted$/,
    },
    {
      name: 'that is private, where a public key is wanted,',
      make: () => toCryptoKey(privatePem, pairs.ES256.web, ['sign']),
      alg: 'ES256',
      role: 'public',
      words: /^a private CryptoKey was given where a public key is wanted; .*publicKeyOf\(\)$/,
    },
    {
      name: 'for another algorithm',
      make: () => toCryptoKey(publicPem, pairs.ES256.web, ['verify']),
      alg: 'RS256',
      role: 'public',
      words: /^a CryptoKey for ECDSA P-256 was given where a key for RS256 is wanted$/,
    },
    {
      name: 'for another curve',
      make: () => toCryptoKey(keys.p384.publicPem, { name: 'ECDSA', namedCurve: 'P-384' }, ['verify']),
      alg: 'ES256',
      role: 'public',
      words: /^a CryptoKey for ECDSA P-384 was given where a key for ES256 is wanted$/,
    },
    {
      name: 'for nothing',
      make: () => toCryptoKey(publicPem, pairs.ES256.web, []),
      alg: 'ES256',
      role: 'public',
      words: /^a CryptoKey with the usages "" was given where "verify" is wanted$/,
    },
    {
      name: 'for what a secret is not for',
      make: async () => ({ ...described(await toHmacKey(secret)), usages: ['wrapKey', 'unwrapKey'] }) as never,
      alg: 'HS256',
      role: 'secret',
      words: /^a CryptoKey with the usages "wrapKey, unwrapKey" was given where "sign" or "verify" is wanted$/,
    },
  ]
  for (const { name, make, alg, role, words } of cases) {
    test(`${name} is ${words ? 'refused' : 'accepted'} for ${alg}`, async () => {
      const error = await refusalOf(async () => assertCryptoKey((await make()) as never, row(alg), role))
      if (words) expectRefusal(error, words)
      else expect(error).toBeUndefined()
    })
  }
})

describe('the platform', () => {
  async function load(builtin: unknown): Promise<typeof import('../../src/crypto/index.ts')> {
    const given = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule')
    Object.defineProperty(process, 'getBuiltinModule', { value: builtin, configurable: true })
    try {
      vi.resetModules()
      return await import('../../src/crypto/index.ts')
    } finally {
      Reflect.deleteProperty(process, 'getBuiltinModule')
      if (given) Object.defineProperty(process, 'getBuiltinModule', given)
    }
  }

  const isPrompt = ({ provider }: { readonly provider: CryptoProvider }): boolean =>
    typeof provider.digest('SHA-256', '') === 'string'

  test('of this run is the one that its project names', async () => {
    const { provider } = await import('../../src/crypto/index.ts')
    expect(isPrompt({ provider })).toBe(!onWeb)
  })

  test('is node:crypto where it is built in, and is asked for once', async () => {
    const asked: unknown[] = []
    const index = await load((name: unknown) => {
      if (name === 'node:crypto') asked.push(name)
      return nodeCrypto
    })
    expect(isPrompt(index)).toBe(true)
    await index.provider.generateKeyPair(row('ES256'))
    expect(asked).toEqual(['node:crypto'])
  })

  test('is WebCrypto where the runtime has no such function, or no such module', async () => {
    expect(isPrompt(await load(undefined))).toBe(false)
    expect(isPrompt(await load(() => undefined))).toBe(false)
  })

  test('is WebCrypto in a worker of Cloudflare, whatever it has of Node', async () => {
    const loadAs = (userAgent: string) => {
      vi.stubGlobal('navigator', { userAgent })
      return load(() => nodeCrypto).finally(() => vi.unstubAllGlobals())
    }
    expect(isPrompt(await loadAs('Cloudflare-Workers'))).toBe(false)
    expect(isPrompt(await loadAs('Node.js/24'))).toBe(true)
    vi.stubGlobal('navigator', undefined)
    expect(isPrompt(await load(() => nodeCrypto).finally(() => vi.unstubAllGlobals()))).toBe(true)
  })

  test('has random octets, of any number and never the same', async () => {
    const { randomBytes } = await load(undefined)
    expect(randomBytes(0)).toEqual(new Uint8Array(0))
    expect(randomBytes(32)).toHaveLength(32)
    expect(randomBytes(32)).toBeInstanceOf(Uint8Array)
    expect(randomBytes(32)).not.toEqual(randomBytes(32))
  })
})

test('a KeyObject that is no key of its type is refused by both platforms', async () => {
  for (const provider of Object.values(providers)) {
    const source = { format: 'native', key: createPublicKey(keys.ed25519.publicPem) } as const
    const error = await refusalOf(() => provider.importKey(source, row('ES256'), 'public').verify('', 'A'.repeat(86)))
    expectRefusal(error, /ES256/)
  }
})

describe('what comes after a value', () => {
  const values: readonly unknown[] = [0, '', false, null, undefined, NaN, [], [Promise.resolve(1)], {}, () => 1]

  test.each(values)('is done at once where it is there: %s', (value) => {
    const given: unknown[] = []
    const answer = after(value, (it) => {
      given.push(it)
      return 'answer'
    })
    expect(answer).toBe('answer')
    expect(given).toHaveLength(1)
    expect(given[0]).toBe(value)
  })

  test('is done with what only has a then, which is not called', () => {
    const then = vi.fn()
    const thenable = { then }
    expect(after(thenable, (it) => it === thenable)).toBe(true)
    expect(then).not.toHaveBeenCalled()
  })

  test('waits for a promise, of another realm too', async () => {
    for (const promised of [Promise.resolve(1), runInNewContext('Promise.resolve(1)') as Promise<number>]) {
      const given: number[] = []
      const answer = after(promised, (it) => given.push(it))
      expect(given).toEqual([])
      expect(Object.prototype.toString.call(answer)).toBe('[object Promise]')
      expect(await answer).toBe(1)
      expect(given).toEqual([1])
    }
  })

  test('may be a promise itself, of which one is waited for', async () => {
    const promise = Promise.resolve(2)
    expect(after(1, () => promise)).toBe(promise)
    expect(await after(Promise.resolve(1), () => promise)).toBe(2)
  })

  test('may throw: at once, or as a rejection', async () => {
    const fail = (): never => {
      throw new TypeError('words')
    }
    expect(() => after(1, fail)).toThrow('words')
    await expect(after(Promise.resolve(1), fail)).rejects.toThrow('words')
  })

  test('is not done where the promise is rejected', async () => {
    const next = vi.fn()
    await expect(after(Promise.reject(new TypeError('words')), next)).rejects.toThrow('words')
    expect(next).not.toHaveBeenCalled()
  })
})
