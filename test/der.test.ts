import fc from 'fast-check'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readDerKey } from '../src/der.ts'
import { derOf, formats } from './formats/formats.ts'
import { imports, refusalOf, use } from './setup/keys.ts'

/** An element of DER, put together without the library. */
function element(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Uint8Array.from(part)))
  const size = content.length
  const octets = [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]
  const length = octets.slice(octets.findIndex((octet) => octet > 0))
  return Buffer.concat([Buffer.from([tag, ...(size < 128 ? [size] : [0x80 + length.length, ...length])]), content])
}

const rsa = element(0x30, [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], [5, 0])
const zero = element(2, [0])
const kinds = Object.entries(formats.keys)
const structures: Readonly<Record<string, string>> = {
  spki: 'spki',
  certificate: 'certificate',
  pkcs8: 'pkcs8',
  'pkcs8 with seed and key': 'pkcs8',
  encrypted: 'encrypted pkcs8',
  sec1: 'sec1',
}

/** Every real key as DER: its kind, its format, its half. */
const real = kinds.flatMap(([kind, pair]) =>
  (['public', 'private'] as const).flatMap((half) =>
    Object.entries(pair[half]).flatMap(([format, pem]) =>
      typeof pem === 'string' ? [{ kind, pair, half, format, der: derOf(pem) }] : [],
    ),
  ),
)

describe('a real key', () => {
  for (const { kind, pair, half, format, der } of real) {
    test(`of ${kind} in ${half} ${format} is told by its structure, and brought into SPKI or PKCS #8`, () => {
      const key = readDerKey(der)
      expect(key).toMatchObject({ structure: structures[format] ?? `pkcs1 ${half}`, half })
      const info = Buffer.from(key?.info ?? [])
      if (half === 'public') expect(info).toEqual(derOf(pair.public['spki']))
      else if (format !== 'sec1') expect(info).toEqual(format === 'pkcs1' ? derOf(pair.private['pkcs8']) : der)
      else expect(privateKey(info).equals(createPrivateKey(String(pair.private['pkcs8'])))).toBe(true)
    })
  }

  test('is none any more when an octet is missing at its end, or one too many is there', () => {
    for (const { der } of real) {
      const wrong = [...der.keys()].map((length) => der.subarray(0, length))
      wrong.push(Buffer.concat([der, Buffer.of(0)]))
      expect(wrong.filter(readDerKey)).toEqual([])
    }
  })

  test('is found in a certificate of version 1, which does not say its version', () => {
    const spki = derOf(formats.keys.p256.public.spki)
    const filler = element(0x30)
    const certificate = (...version: readonly Buffer[]) =>
      element(0x30, element(0x30, ...version, zero, filler, filler, filler, filler, spki), filler, element(3, [0]))
    for (const der of [certificate(), certificate(element(0xa0, zero))]) {
      expect(readDerKey(der)).toEqual({ structure: 'certificate', half: 'public', info: spki })
    }
  })
})

describe('a structure that lacks what a key needs', () => {
  test.each([
    ['a certificate of nothing', 'certificate', element(0x30, element(0x30), element(0x30), element(3, [0]))],
    [
      'a certificate cut off before its key',
      'certificate',
      element(0x30, element(0x30, zero), element(0x30), element(3)),
    ],
    [
      'a certificate whose content is no DER',
      'certificate',
      element(0x30, element(0x30, [2, 9]), element(0x30), element(3)),
    ],
    ['SEC 1 without its curve', 'sec1', element(0x30, element(2, [1]), element(4, [7]))],
  ])('%s has no info', (_, structure, der) => {
    expect(readDerKey(der)).toMatchObject({ structure, info: undefined })
  })

  test.each<[string, Uint8Array]>([
    ['no octets', Buffer.of()],
    ['one octet', Buffer.of(0x30)],
    ['an empty sequence', element(0x30)],
    ['an integer', zero],
    ['a set', element(0x31, zero, zero)],
    ['a sequence of one integer', element(0x30, zero)],
    ['a sequence of texts', element(0x30, element(0x0c, [65]), element(0x0c, [65]))],
    ['the indefinite length of BER', Buffer.from([0x30, 0x80, ...zero, ...zero, 0, 0])],
    ['a length of five octets', Buffer.from([0x30, 0x85, 0, 0, 0, 0, 6, ...zero, ...zero])],
    ['the longest length there is', Buffer.from([0x30, 0x84, 255, 255, 255, 255, ...zero, ...zero])],
    ['a length without its octets', Buffer.from([0x30, 0x82, 1])],
    ['a child that is longer than its parent', element(0x30, [2, 1, 0, 2, 2, 0])],
    ['a child that ends before its length', element(0x30, zero, [2])],
    ['a child of indefinite length', element(0x30, zero, [2, 0x80])],
  ])('%s is no key', (_, der) => {
    expect(readDerKey(der)).toBeUndefined()
  })
})

test('a length in more octets than it needs is left to the platform', () => {
  const der = Buffer.from([0x30, 0x84, 0, 0, 0, 6, ...zero, ...zero])
  expect(readDerKey(der)).toMatchObject({ structure: 'pkcs1 public' })
})

describe('a wrapping', () => {
  // On either side of each number of octets that a length can take, and beyond what a call takes for arguments.
  const sizes = [0, 1, 100, 104, 105, 106, 107, 108, 118, 120, 127, 128, 255, 256, 65_535, 65_536, 200_000]

  test.each(sizes)('of PKCS #1 holds %i octets of modulus, and every length in it is right', (size) => {
    const modulus = element(2, Buffer.alloc(size, 1))
    const half = element(0x30, modulus, zero)
    const whole = element(0x30, zero, modulus, zero)
    // A comparison of buffers, for toEqual would take seconds.
    const info = (der: Buffer) => Buffer.from(readDerKey(der)?.info ?? [])
    expect(info(half).equals(element(0x30, rsa, element(3, [0], half)))).toBe(true)
    expect(info(whole).equals(element(0x30, zero, rsa, element(4, whole)))).toBe(true)
  })
})

describe('garbage', () => {
  const isSane = (der: Uint8Array): boolean => {
    const { half = 'public', info = der } = readDerKey(der) ?? {}
    return ['public', 'private'].includes(half) && info instanceof Uint8Array
  }
  // Tags and lengths that mean something come more often than chance has them.
  const octet = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4, 6, 0x30, 0x80, 0x81, 0x82, 0x84, 0xa0))
  const octets = fc.array(octet, { maxLength: 80 }).map((list) => Uint8Array.from(list))
  const nested = octets.map((der) => element(0x30, element(0x30, der), der))
  const mutated = fc
    .record({
      from: fc.constantFrom(...real),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      // The structure is in the first octets, and most octets after them are numbers.
      near: fc.boolean(),
      remove: fc.nat(3),
      insert: fc.array(octet, { maxLength: 3 }),
    })
    .map(({ from, at, near, remove, insert }) => {
      const { der } = from
      const place = Math.floor(at * (near ? 40 : der.length))
      const changed = [...der.subarray(0, place), ...insert, ...der.subarray(place + remove)]
      return { ...from, der: Uint8Array.from(changed) }
    })

  test('is read without an error', () => {
    fc.assert(fc.property(octets, isSane), { numRuns: 2000 })
    fc.assert(fc.property(nested, isSane), { numRuns: 500 })
    fc.assert(
      fc.property(mutated, ({ der }) => isSane(der)),
      { numRuns: 1000 },
    )
  })

  test('is imported, or refused with a TypeError', async () => {
    const expectTypeErrorOnly = async (by: 'importPublicKey' | 'importPrivateKey', der: Uint8Array, alg: string) => {
      const error = await refusalOf(() =>
        use(imports[by](der, alg, by === 'importPrivateKey' ? { passphrase: 'a' } : {})),
      )
      if (error !== undefined) expect(error).toBeInstanceOf(TypeError)
    }
    const algs = ['RS256', 'ES256', 'Ed25519', 'ML-DSA-44']
    await fc.assert(
      fc.asyncProperty(octets, fc.constantFrom(...algs), async (der, alg) => {
        await expectTypeErrorOnly('importPublicKey', der, alg)
        await expectTypeErrorOnly('importPrivateKey', der, alg)
      }),
      { numRuns: 50 },
    )
    await fc.assert(
      fc.asyncProperty(mutated, async ({ kind, half, der }) => {
        const alg =
          { rsa: 'PS256', p256: 'ES256', p384: 'ES384', p521: 'ES512', ed25519: 'Ed25519' }[kind] ?? 'ML-DSA-65'
        await expectTypeErrorOnly(half === 'public' ? 'importPublicKey' : 'importPrivateKey', der, alg)
      }),
      { numRuns: 100 },
    )
  })
})

function privateKey(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
