import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Algorithm, Jwk, KeyRole } from 'tittle'
import { algorithmRow } from '../src/algorithms.ts'
import {
  assertRsa,
  isJwk,
  pickMaterial,
  readJwk,
  thumbprintInput,
  toBigInt,
  usagesOf,
  wrongRole,
  type JwkReading,
} from '../src/jwk.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError, thrownBy } from './setup/silence.ts'

type Members = Readonly<Record<string, unknown>>

/** The key of an example in an RFC, the private one where there is one. */
function vector(rfc: string, id: string): Members {
  const { signatures } = JSON.parse(readFileSync(resolve(import.meta.dirname, `../vectors/${rfc}.json`), 'utf8'))
  const { key, privateKey } = signatures.find((signature: { id: string }) => signature.id === id)
  return privateKey ?? key
}

const oct = vector('rfc7515', 'rfc7515-A.1')
const rsa = vector('rfc7515', 'rfc7515-A.2')
const ec = vector('rfc7515', 'rfc7515-A.3')
const okp = vector('rfc8037', 'rfc8037-A.4')

const pick = (jwk: Members, ...names: string[]): Members =>
  Object.fromEntries(names.map((name) => [name, jwk[name]] as const))
const akp: Members = {
  kty: 'AKP',
  alg: 'ML-DSA-44',
  pub: Buffer.alloc(1312, 7).toString('base64url'),
  priv: Buffer.alloc(32, 7).toString('base64url'),
}
const rsaPublic = pick(rsa, 'kty', 'n', 'e')
const ecPublic = pick(ec, 'kty', 'crv', 'x', 'y')
const okpPublic = pick(okp, 'kty', 'crv', 'x')
const akpPublic = pick(akp, 'kty', 'alg', 'pub')

const kinds: [name: string, alg: Algorithm, role: KeyRole, jwk: Members][] = [
  ['a secret for HS256', 'HS256', 'secret', oct],
  ['a public key for RS256', 'RS256', 'public', rsaPublic],
  ['a private key for RS256', 'RS256', 'private', rsa],
  ['a public key for ES256', 'ES256', 'public', ecPublic],
  ['a private key for ES256', 'ES256', 'private', ec],
  ['a public key for Ed25519', 'Ed25519', 'public', okpPublic],
  ['a private key for EdDSA', 'EdDSA', 'private', okp],
  ['a public key for ML-DSA-44', 'ML-DSA-44', 'public', akpPublic],
  ['a private key for ML-DSA-44', 'ML-DSA-44', 'private', akp],
]

/** Reads a snapshot, as keys.ts makes it. */
function read(jwk: Members, alg: Algorithm, role: KeyRole): JwkReading {
  return readJwk(Object.assign(Object.create(null), jwk), algorithmRow('alg', alg), role)
}

const octets = (text: unknown): Buffer => Buffer.from(String(text), 'base64url')
const base64url = (bytes: readonly number[] | Buffer): string => Buffer.from(bytes).toString('base64url')
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The same octets, but with trailing bits that are not zero. */
function withTrailingBits(text: string): string {
  if (text.length % 4 === 0) return `${text}AB`
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) + 1]
}

describe.each(kinds)('a JWK of %s', (_, alg, role, jwk) => {
  const material = Object.keys(jwk).filter((name) => name !== 'kty')
  const refuse = (members: Members, words: string) => {
    const given = { ...jwk, ...members }
    expectTypeError(() => read(given, alg, role), words, given)
  }

  test('is read, with all that its role may do', () => {
    expect(read(jwk, alg, role)).toEqual({ material: jwk, usages: usagesOf[role] })
  })

  test('is read without what is no key material', () => {
    const x509 = { x5u: 'https://received.example', x5c: ['MIIB'], x5t: 5, 'x5t#S256': null }
    const others = { alg, use: 'sig', kid: 'k', ...x509, ext: true, key_ops: usagesOf[role], unknown: {} }
    expect(read({ ...others, ...jwk }, alg, role).material).toEqual(jwk)
  })

  test.each(material)('is refused where its "%s" is missing', (name) => {
    const isSecret = role === 'private' && (name === 'd' || name === 'priv')
    const words = isSecret ? 'a public JWK was given where a private key is wanted' : `"${name}" must be a string`
    refuse({ [name]: undefined }, words)
    const { [name]: _, ...rest } = jwk
    expectTypeError(() => read(rest, alg, role), words, rest)
  })

  const malformed: [name: string, change: (text: string) => unknown][] = [
    ['null', () => null],
    ['a number', () => 12345],
    ['an array of the text', (text) => [text]],
    ['a boxed string', (text) => new String(text)],
    ['empty', () => ''],
    ['padded', (text) => `${text}=`],
    ['spelled with a plus', (text) => `+${text.slice(1)}`],
    ['spelled with a slash', (text) => `/${text.slice(1)}`],
    ['followed by white space', (text) => `${text}\n`],
    ['of a length that is 1 modulo 4', (text) => text + 'A'.repeat(4 - ((text.length + 3) % 4))],
    ['spelled with trailing bits', withTrailingBits],
  ]
  const cases = material.flatMap((name) => malformed.map(([how, change]) => [name, how, change] as const))

  test.each(cases)('is refused where its "%s" is %s', (name, _, change) => {
    refuse({ [name]: change(String(jwk[name])) }, `"${name}"`)
  })

  test.each<[unknown]>([[undefined], [null], [''], ['OCT'], ['rsa'], ['ec'], [`${jwk['kty']} `], [[jwk['kty']]]])(
    'is refused where its "kty" is %j',
    (kty) => {
      refuse({ kty }, '"kty"')
    },
  )

  test.each<[unknown]>([[null], [''], ['none'], [alg.toLowerCase()], ['HS512'], ['RSA-OAEP'], [[alg]], [12345]])(
    'is refused where its "alg" is %j',
    (given) => {
      refuse({ alg: given }, '"alg"')
    },
  )

  test.each<[unknown]>([[null], [''], ['enc'], ['SIG'], ['received-value'], [['sig']]])(
    'is refused where its "use" is %j',
    (use) => {
      refuse({ use }, '"use"')
    },
  )

  test.each<[unknown]>([
    [null],
    [''],
    ['sign'],
    [{ 0: 'sign', length: 1 }],
    [[]],
    [['encrypt']],
    [['Sign', 'Verify']],
    [['sign', 'sign', 'verify']],
    [['verify', 'sign', 'verify']],
    [['received-value']],
    [[1]],
    [['sign', 'verify', 1]],
  ])('is refused where its "key_ops" are %j', (key_ops) => {
    refuse({ key_ops }, '"key_ops"')
  })

  test('may leave out alg, use and key_ops, or have them undefined', () => {
    const members = { alg: undefined, use: undefined, key_ops: undefined }
    expect(read({ ...members, ...jwk }, alg, role)).toEqual(read(jwk, alg, role))
  })

  test.each(material)('gets no "%s" from a polluted Object.prototype', (name) => {
    const { [name]: value, ...rest } = jwk
    const error = polluted({ [name]: value }, () => thrownBy(() => read(rest, alg, role)))
    expect(error).toBeInstanceOf(TypeError)
  })

  test.each(['d', 'oth', 'k', 'use', 'key_ops', 'alg'])('is read where Object.prototype has a "%s"', (name) => {
    const reading = polluted({ [name]: 'A' }, () => {
      try {
        return read(jwk, alg, role)
      } catch (error) {
        return error
      }
    })
    expect(reading).toEqual({ material: jwk, usages: usagesOf[role] })
  })
})

describe('the role of a JWK', () => {
  const secrets = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
  const cases = secrets.flatMap((name): [string, Algorithm, Members][] => [
    [name, 'RS256', rsaPublic],
    [name, 'ES256', ecPublic],
    [name, 'Ed25519', okpPublic],
    [name, 'ML-DSA-44', akpPublic],
  ])

  test.each(cases)('is not public where there is a "%s", for %s', (name, alg, jwk) => {
    for (const value of ['AAAA', '', null, 5, [{}]]) {
      const given = { ...jwk, [name]: value }
      expectTypeError(() => read(given, alg, 'public'), 'a private JWK was given where a public key is wanted', given)
      expectTypeError(() => read(given, alg, 'public'), 'publicKeyOf()')
    }
    expect(read({ ...jwk, [name]: undefined }, alg, 'public').material).toEqual(jwk)
  })

  test.each<[Algorithm, Members]>([
    ['RS256', rsa],
    ['ES256', ec],
    ['EdDSA', okp],
    ['ML-DSA-44', akp],
  ])('is not public for a whole private key for %s', (alg, jwk) => {
    expectTypeError(() => read(jwk, alg, 'public'), 'a private JWK was given', jwk)
  })

  test.each<[Algorithm, Members]>([
    ['RS256', rsaPublic],
    ['ES256', ecPublic],
    ['EdDSA', okpPublic],
    ['ML-DSA-44', akpPublic],
  ])('is not private for a public key for %s', (alg, jwk) => {
    expectTypeError(() => read(jwk, alg, 'private'), 'a public JWK was given where a private key is wanted', jwk)
  })

  test('is not private where an RSA key has more than two primes', () => {
    expectTypeError(() => read({ ...rsa, oth: [{ r: 'A', d: 'A', t: 'A' }] }, 'RS256', 'private'), '"oth"')
    expect(() => read({ ...rsa, oth: undefined }, 'RS256', 'private')).not.toThrow()
  })
})

describe('the algorithm of a JWK', () => {
  const pairs = kinds.flatMap(([name, , role, jwk]) =>
    (['HS256', 'RS256', 'PS256', 'ES256', 'Ed25519', 'ML-DSA-44'] as const)
      .filter((alg) => algorithmRow('alg', alg).kty !== jwk['kty'])
      .map((alg): [Algorithm, string, KeyRole, Members] => [alg, name, role, jwk]),
  )

  test.each(pairs)('is not %s for %s', (alg, _, role, jwk) => {
    expectTypeError(() => read(jwk, alg, role), `"kty" must be "${algorithmRow('alg', alg).kty}" for ${alg}`, jwk)
  })

  test.each<[Algorithm, KeyRole, Members]>([
    ['HS512', 'secret', oct],
    ['RS512', 'public', rsaPublic],
    ['PS256', 'public', rsaPublic],
    ['PS384', 'private', rsa],
    ['EdDSA', 'public', okpPublic],
    ['Ed25519', 'private', okp],
  ])('may be %s as well, where no other is named', (alg, role, jwk) => {
    expect(read(jwk, alg, role).material).toEqual(jwk)
    expectTypeError(() => read({ ...jwk, alg: 'ES256' }, alg, role), `"alg" is another algorithm than ${alg}`)
  })

  test.each<[Algorithm, string]>([
    ['ES256', 'P-384'],
    ['ES256', 'P-521'],
    ['ES256', 'secp256k1'],
    ['ES256', 'p-256'],
    ['ES256', 'P-256 '],
    ['ES256', 'prime256v1'],
    ['ES384', 'P-256'],
    ['ES512', 'P-384'],
    ['ES512', 'P-512'],
    ['Ed25519', 'Ed448'],
    ['EdDSA', 'Ed448'],
    ['EdDSA', 'X25519'],
    ['Ed25519', 'ed25519'],
    ['Ed25519', 'P-256'],
  ])('is not %s on the curve %j', (alg, crv) => {
    const row = algorithmRow('alg', alg)
    const text = base64url(Buffer.alloc(row.size, 7))
    expectTypeError(() => read({ kty: row.kty, crv, x: text, y: text }, alg, 'public'), '"crv"', { crv })
  })

  test.each<[Algorithm, string]>([
    ['ML-DSA-44', 'ML-DSA-65'],
    ['ML-DSA-65', 'ML-DSA-44'],
    ['ML-DSA-87', 'Ed25519'],
  ])('is not %s where the JWK names %s', (alg, named) => {
    const pub = base64url(Buffer.alloc(algorithmRow('alg', alg).size, 7))
    expectTypeError(() => read({ kty: 'AKP', alg: named, pub }, alg, 'public'), '"alg"')
    expect(read({ kty: 'AKP', alg, pub }, alg, 'public').material).toEqual({ kty: 'AKP', alg, pub })
  })

  test.each(kinds)('may be named by %s', (_, alg, role, jwk) => {
    expect(read({ ...jwk, alg, use: 'sig' }, alg, role).material).toEqual(jwk)
  })
})

describe('key_ops', () => {
  const jwks: Readonly<Record<KeyRole, readonly [Algorithm, Members]>> = {
    secret: ['HS256', oct],
    public: ['ES256', ecPublic],
    private: ['ES256', ec],
  }

  test.each<[KeyRole, string[], string[]]>([
    ['secret', ['sign'], ['sign']],
    ['secret', ['verify'], ['verify']],
    ['secret', ['verify', 'sign'], ['sign', 'verify']],
    ['secret', ['verify', 'encrypt'], ['verify']],
    ['public', ['verify'], ['verify']],
    ['public', ['sign', 'verify'], ['verify']],
    ['private', ['sign'], ['sign']],
    ['private', ['deriveBits', 'sign'], ['sign']],
  ])('let a %s key with %j do %j', (role, key_ops, usages) => {
    const [alg, jwk] = jwks[role]
    expect(read({ ...jwk, key_ops }, alg, role).usages).toEqual(usages)
  })

  test.each<[KeyRole, string[]]>([
    ['secret', ['wrapKey']],
    ['public', ['sign']],
    ['private', ['verify']],
    ['private', ['deriveKey', 'deriveBits']],
  ])('let no %s key do nothing but %j', (role, key_ops) => {
    const [alg, jwk] = jwks[role]
    expectTypeError(() => read({ ...jwk, key_ops }, alg, role), '"key_ops" must hold')
  })
})

describe('the size of key material', () => {
  const private32 = (jwk: Members, name: string): Members => ({ ...jwk, [name]: base64url(Buffer.alloc(32, 7)) })
  const of = (size: number): string => base64url(Buffer.alloc(size, 7))
  const ec384: Members = { kty: 'EC', crv: 'P-384', x: of(48), y: of(48), d: of(48) }
  const ec521: Members = { kty: 'EC', crv: 'P-521', x: of(66), y: of(66), d: of(66) }
  const akp65: Members = { kty: 'AKP', alg: 'ML-DSA-65', pub: of(1952) }
  const akp87: Members = { kty: 'AKP', alg: 'ML-DSA-87', pub: of(2592) }

  test.each<[string, Algorithm, number, Members]>([
    ['x', 'ES256', 32, ec],
    ['y', 'ES256', 32, ec],
    ['d', 'ES256', 32, ec],
    ['x', 'ES384', 48, ec384],
    ['y', 'ES384', 48, ec384],
    ['d', 'ES384', 48, ec384],
    ['x', 'ES512', 66, ec521],
    ['y', 'ES512', 66, ec521],
    ['d', 'ES512', 66, ec521],
    ['x', 'Ed25519', 32, okp],
    ['d', 'EdDSA', 32, okp],
    ['pub', 'ML-DSA-44', 1312, akp],
    ['priv', 'ML-DSA-44', 32, akp],
    ['pub', 'ML-DSA-65', 1952, private32(akp65, 'priv')],
    ['priv', 'ML-DSA-65', 32, private32(akp65, 'priv')],
    ['pub', 'ML-DSA-87', 2592, private32(akp87, 'priv')],
  ])('is fixed for "%s": for %s, %i octets', (name, alg, size, jwk) => {
    for (const wrong of [1, size - 1, size + 1, 2 * size]) {
      const given = { ...jwk, [name]: of(wrong) }
      expectTypeError(() => read(given, alg, 'private'), `"${name}" must have ${size} octets for ${alg}`, given)
    }
    const zero = base64url(Buffer.concat([Buffer.alloc(1), octets(jwk[name]).subarray(1)]))
    expect(read({ ...jwk, [name]: zero }, alg, 'private').material[name]).toBe(zero)
  })
})

describe('the numbers of an RSA key', () => {
  const modulus = (bits: number): string => {
    const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff)
    bytes[0] = 0xff >> (bytes.length * 8 - bits)
    return base64url(bytes)
  }

  test.each(['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'])('have no zero octet before them, "%s" neither', (name) => {
    const text = base64url(Buffer.concat([Buffer.alloc(1), octets(rsa[name])]))
    expectTypeError(() => read({ ...rsa, [name]: text }, 'RS256', 'private'), `"${name}" must not begin with a zero`)
  })

  test.each([512, 1024, 2040, 2047])('are not %i bits long', (bits) => {
    expectTypeError(() => read({ ...rsaPublic, n: modulus(bits) }, 'RS256', 'public'), `${bits} bits`)
    expectTypeError(() => read({ ...rsa, n: modulus(bits) }, 'RS256', 'private'), 'at least 2048')
    expectTypeError(() => assertRsa(bits, 65_537n), `${bits} bits`)
  })

  test.each([2048, 2049, 2056, 3072, 4096])('may be %i bits long', (bits) => {
    const n = modulus(bits)
    expect(read({ ...rsaPublic, n }, 'RS256', 'public').material['n']).toBe(n)
    expect(() => assertRsa(bits, 65_537n)).not.toThrow()
  })

  test.each<[bigint, string]>([
    [1n, 'AQ'],
    [2n, 'Ag'],
    [4n, 'BA'],
    [65_536n, 'AQAA'],
  ])('are no key with the exponent %d', (exponent, e) => {
    expectTypeError(() => read({ ...rsaPublic, e }, 'RS256', 'public'), 'exponent')
    expectTypeError(() => read({ ...rsa, e }, 'RS256', 'private'), 'exponent')
    expectTypeError(() => assertRsa(2048, exponent), 'exponent')
  })

  test.each([0n, -1n, -3n])('are no key with the exponent %d, however a platform tells of it', (exponent) => {
    expectTypeError(() => assertRsa(2048, exponent), 'exponent')
  })

  test.each<[bigint, string]>([
    [3n, 'Aw'],
    [17n, 'EQ'],
    [65_537n, 'AQAB'],
    [4_294_967_297n, 'AQAAAAE'],
  ])('are a key with the exponent %d', (exponent, e) => {
    expect(read({ ...rsaPublic, e }, 'RS256', 'public').material['e']).toBe(e)
    expect(() => assertRsa(2048, exponent)).not.toThrow()
  })

  test('have an upper bound, beyond which a verification would take minutes', () => {
    expect(() => assertRsa(16_384, 2n ** 256n - 1n)).not.toThrow()
    expectTypeError(() => assertRsa(16_385, 65_537n), 'at most 16384')
    expectTypeError(() => assertRsa(2048, 2n ** 256n + 1n), 'more than 256 bits')
  })

  test('cost no time, however many they are', () => {
    const vast = base64url(Buffer.alloc(100_001, 1))
    const begun = performance.now()
    expect(thrownBy(() => read({ ...rsaPublic, n: 'AQ', e: vast }, 'RS256', 'public'))).toBeInstanceOf(TypeError)
    expect(performance.now() - begun).toBeLessThan(1000)
  })

  test('are read with the most significant octet first', () => {
    expect(toBigInt(Uint8Array.of())).toBe(0n)
    expect(toBigInt(Uint8Array.of(0, 1))).toBe(1n)
    expect(toBigInt(Uint8Array.of(1, 0, 1))).toBe(65_537n)
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 300n }), (number) => {
        const hex = number.toString(16)
        expect(toBigInt(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'))).toBe(number)
      }),
    )
  })
})

describe('isJwk', () => {
  test.each<[string, unknown]>([
    ['a JWK', oct],
    ['an object whose kty is undefined', { kty: undefined }],
    ['a JWK without a prototype', Object.assign(Object.create(null), oct)],
  ])('knows %s', (_, value) => {
    expect(isJwk(value)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['JSON', JSON.stringify(oct)],
    ['an empty object', {}],
    ['a key set', { keys: [oct] }],
    ['a Uint8Array', new Uint8Array(32)],
    ['an object that inherits kty', Object.create({ kty: 'oct' })],
    ['a function with a kty', Object.assign(() => {}, { kty: 'oct' })],
  ])('does not take %s for one', (_, value) => {
    expect(isJwk(value)).toBe(false)
  })

  test('is not deceived by a polluted Object.prototype', () => {
    expect(polluted({ kty: 'oct' }, () => isJwk({}))).toBe(false)
  })
})

describe('what a platform has exported', () => {
  const exported = { ...rsa, key_ops: ['sign'], ext: true }

  test('gives the material of its role alone', () => {
    const row = algorithmRow('alg', 'RS256')
    expect(pickMaterial(exported, row, 'public')).toEqual(rsaPublic)
    expect(pickMaterial(exported, row, 'private')).toEqual(rsa)
    expect(pickMaterial({ ...oct, alg: 'HS256' }, algorithmRow('alg', 'HS256'), 'secret')).toEqual(oct)
  })
})

describe('the input of a thumbprint', () => {
  test.each<[string, Members, string]>([
    // RFC 7638 §3.1 shows the order, RFC 7638 §3.2 the members.
    ['RSA', rsa, `{"e":"AQAB","kty":"RSA","n":"${rsa['n']}"}`],
    ['EC', ec, `{"crv":"P-256","kty":"EC","x":"${ec['x']}","y":"${ec['y']}"}`],
    ['oct', oct, `{"k":"${oct['k']}","kty":"oct"}`],
    // RFC 8037 §2 and RFC 9964 §6.
    ['OKP', okp, `{"crv":"Ed25519","kty":"OKP","x":"${okp['x']}"}`],
    ['AKP', akp, `{"alg":"ML-DSA-44","kty":"AKP","pub":"${akp['pub']}"}`],
  ])('has the required members of %s, in order', (_, jwk, input) => {
    expect(thumbprintInput(jwk)).toBe(input)
    const reversed = Object.fromEntries(Object.entries({ alg: 'RS256', ...jwk, kid: 'k', use: 'sig' }).reverse())
    expect(thumbprintInput(reversed)).toBe(input)
  })

  const required: [name: string, jwk: Members][] = [
    ...['e', 'n'].map((name): [string, Members] => [name, rsaPublic]),
    ...['crv', 'x', 'y'].map((name): [string, Members] => [name, ecPublic]),
    ...['crv', 'x'].map((name): [string, Members] => [name, okpPublic]),
    ...['alg', 'pub'].map((name): [string, Members] => [name, akpPublic]),
    ['k', oct],
  ]

  test.each(required)('wants a "%s"', (name, jwk) => {
    for (const value of [undefined, null, '', 12345, ['received-value'], {}]) {
      expectTypeError(() => thumbprintInput({ ...jwk, [name]: value } as Jwk), `"${name}" must be`, value)
    }
  })

  // The input is hashed as octets, of which two texts may have the same, unless they are ASCII.
  test.each(required)('wants no character beyond ASCII in "%s"', (name, jwk) => {
    expectTypeError(() => thumbprintInput({ ...jwk, [name]: '\u0141\u0141\u0141\u0141' }), `"${name}"`)
  })

  test.each(required)('gets no "%s" from a polluted Object.prototype', (name, { [name]: value, ...rest }) => {
    expect(polluted({ [name]: value }, () => thrownBy(() => thumbprintInput(rest)))).toBeInstanceOf(TypeError)
  })

  test.each<[unknown]>([[undefined], [null], [''], ['rsa'], ['received-value'], ['toString'], [['RSA']]])(
    'is not made for the key type %j',
    (kty) => {
      expectTypeError(() => thumbprintInput({ ...rsaPublic, kty } as Jwk), '"kty" must be one of', kty)
    },
  )
})

describe('a key of another role', () => {
  test('is told by what was seen and what is wanted', () => {
    expect(wrongRole('a PEM PRIVATE KEY', 'public').message).toMatch(
      /^a PEM PRIVATE KEY was given where a public key is wanted;.*importPrivateKey\(\).*publicKeyOf\(\)$/,
    )
    expect(wrongRole('a private JWK', 'public').message).toContain('publicKeyOf()')
    expect(wrongRole('a private KeyObject', 'secret').message).not.toContain('publicKeyOf()')
    expect(wrongRole('a PEM PUBLIC KEY', 'private').message).toBe(
      'a PEM PUBLIC KEY was given where a private key is wanted',
    )
    expect(wrongRole('a secret KeyObject', 'public').message).toBe(
      'a secret KeyObject was given where a public key is wanted',
    )
  })

  test.each(['a PEM CERTIFICATE', 'a PEM RSA PUBLIC KEY', 'a PEM EC PARAMETERS'])(
    'is not to be imported as a private one where it is %s',
    (seen) => {
      expect(wrongRole(seen, 'public').message).not.toContain('importPrivateKey')
    },
  )
})

test('each role may do what it is for', () => {
  expect(usagesOf).toEqual({ secret: ['sign', 'verify'], public: ['verify'], private: ['sign'] })
})
