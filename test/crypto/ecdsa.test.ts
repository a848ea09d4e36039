import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromDer, toDer } from '../../src/crypto/ecdsa.ts'

// The octets of a number: FIPS 186-4 D.1.2, rounded up.
const curves = [
  { curve: 'P-256', half: 32, hash: 'sha256', signatures: 100 },
  { curve: 'P-384', half: 48, hash: 'sha384', signatures: 8 },
  { curve: 'P-521', half: 66, hash: 'sha512', signatures: 8 },
] as const

const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex')
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const octet = (value: number): string => value.toString(16).padStart(2, '0')

/** Two numbers side by side, in hexadecimal. */
const side = (number: bigint, half: number): string => number.toString(16).padStart(2 * half, '0')

// X.690 §8.3 and §10.1, from the numbers alone: the shortest octets in two's complement, and the shortest length.
function sequenceOf(...numbers: readonly bigint[]): string {
  const content = numbers.map((number) => valueOf('02', contentOf(number))).join('')
  return valueOf('30', content)
}

function contentOf(number: bigint): string {
  const digits = number.toString(16)
  const even = digits.length % 2 ? `0${digits}` : digits
  return /^[89a-f]/.test(even) ? `00${even}` : even
}

function valueOf(tag: string, content: string): string {
  const length = content.length / 2
  return tag + (length < 128 ? octet(length) : `81${octet(length)}`) + content
}

/** Numbers at which something changes: their length, their sign, zeros before, after and between. */
function edges(half: number): readonly bigint[] {
  const top = 8n * BigInt(half)
  const all = (1n << top) - 1n
  const alternating = BigInt(`0x${'00ff'.repeat(half / 2)}`)
  const numbers = [0n, 1n, 2n, 0x7fn, 0x80n, 0xffn, 0x100n, 0x7fffn, 0x8000n, 0xff00n]
  const lengths = Array.from({ length: half }, (_, i) => 8n * BigInt(i))
  const powers = lengths.flatMap((bits) => [1n << bits, 0x7fn << bits, 0x80n << bits, (1n << bits) - 1n])
  return [
    ...new Set([...numbers, ...powers, all, all - 1n, all >> 1n, (all >> 1n) + 1n, alternating, all ^ alternating]),
  ]
}

describe.each(curves)('an ECDSA signature of $curve', ({ half, hash, curve, signatures }) => {
  const size = 2 * half

  test('is the DER of its two numbers, at every edge of both, and read back from it', () => {
    const wrong: string[] = []
    const numbers = edges(half)
    // Each with some of the others: what is done to the one depends on the other by its length alone.
    for (const [i, r] of numbers.entries()) {
      for (const s of numbers.filter((_, j) => i === j || (i + j) % 11 === 0)) {
        const pair = side(r, half) + side(s, half)
        const der = sequenceOf(r, s)
        if (toHex(toDer(fromHex(pair))) !== der) wrong.push(`to ${der}`)
        if (toHex(fromDer(fromHex(der), size)) !== pair) wrong.push(`from ${der}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('is the DER of its two numbers, whatever they are, and read back from it', () => {
    // Zeros before a number are rare where all octets are as likely.
    const number = fc
      .tuple(fc.nat(half), fc.uint8Array({ minLength: half, maxLength: half }))
      .map(([zeros, octets]) => octets.fill(0, 0, zeros))
    fc.assert(
      fc.property(number, number, (r, s) => {
        const pair = Uint8Array.of(...r, ...s)
        const der = toDer(pair)
        expect(toHex(der)).toBe(sequenceOf(BigInt(`0x${toHex(r)}`), BigInt(`0x${toHex(s)}`)))
        expect(toHex(fromDer(der, size))).toBe(toHex(pair))
      }),
      { numRuns: 150 },
    )
  })

  test.each([
    ['zeros', '00', '00', '3006020100020100'],
    ['ones', '01', '01', '3006020101020101'],
    ['r nought', '00', '01', '3006020100020101'],
    ['s nought', '01', '00', '3006020101020100'],
    ['the greatest number of one octet that is not negative', '7f', '7f', '300602017f02017f'],
    ['the least number of one octet that would be negative', '80', '80', '30080202008002020080'],
  ])('has the least DER for %s', (_, r, s, der) => {
    const zeros = '00'.repeat(half - 1)
    const pair = fromHex(zeros + r + zeros + s)
    expect(toHex(toDer(pair))).toBe(der)
    expect(fromDer(fromHex(der), size)).toEqual(pair)
  })

  test('has one more octet for each number that is all ones', () => {
    const pair = new Uint8Array(size).fill(0xff)
    const length = size + 6
    const number = `02${octet(half + 1)}00${'ff'.repeat(half)}`
    expect(toHex(toDer(pair))).toBe(`30${length < 128 ? '' : '81'}${octet(length)}${number}${number}`)
    expect(fromDer(toDer(pair), size)).toEqual(pair)
  })

  test('is neither changed nor kept by what spells it', () => {
    const pair = new Uint8Array(size).fill(0xab)
    const der = toDer(pair)
    expect(pair).toEqual(new Uint8Array(size).fill(0xab))
    const before = toHex(der)
    const read = fromDer(der, size)
    expect(toHex(der)).toBe(before)
    read.fill(0)
    expect(toHex(der)).toBe(before)
  })

  test('is read through the window of a view', () => {
    const pair = Uint8Array.from({ length: size }, (_, i) => 200 + i)
    const der = toDer(pair)
    const around = Buffer.concat([Buffer.alloc(3, 0x30), der, Buffer.alloc(3, 0x02)])
    expect(fromDer(around.subarray(3, -3), size)).toEqual(pair)
    expect(toDer(Buffer.concat([Buffer.alloc(5, 1), pair]).subarray(5))).toEqual(der)
  })

  describe('of node:crypto', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve })
    const verifies = (input: Buffer, signature: Uint8Array, key: KeyObject, dsaEncoding: 'der' | 'ieee-p1363') =>
      verify(hash, input, { key, dsaEncoding }, signature)

    test('verifies crosswise, and its DER is the same', () => {
      for (let i = 0; i < signatures; i++) {
        const input = Buffer.from(String(i))
        const der = sign(hash, input, { key: privateKey, dsaEncoding: 'der' })
        const pair = fromDer(der, size)
        expect(verifies(input, pair, publicKey, 'ieee-p1363')).toBe(true)
        expect(toHex(toDer(pair))).toBe(toHex(der))
        const other = sign(hash, input, { key: privateKey, dsaEncoding: 'ieee-p1363' })
        expect(verifies(input, toDer(other), publicKey, 'der')).toBe(true)
        expect(toHex(fromDer(toDer(other), size))).toBe(toHex(other))
      }
    })

    test('verifies in neither form where its numbers are not right, and is no error', () => {
      const [all, half1] = [(1n << (8n * BigInt(half))) - 1n, 1n << (8n * BigInt(half) - 1n)]
      for (const r of [0n, 1n, half1, all]) {
        for (const s of [0n, 1n, half1, all]) {
          const pair = fromHex(side(r, half) + side(s, half))
          expect(verifies(Buffer.from('input'), pair, publicKey, 'ieee-p1363')).toBe(false)
          expect(verifies(Buffer.from('input'), toDer(pair), publicKey, 'der')).toBe(false)
        }
      }
    })
  })
})

describe('an ECDSA signature of P-256 with a zero octet before', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const input = Buffer.from('input')

  // One in 256 has it.
  test.each([
    ['r', 0],
    ['s', 32],
  ])('%s verifies crosswise', (_, at) => {
    let pair: Uint8Array
    do pair = fromDer(sign('sha256', input, { key: privateKey, dsaEncoding: 'der' }), 64)
    while (pair[at] !== 0)
    expect(verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, pair)).toBe(true)
    expect(verify('sha256', input, { key: publicKey, dsaEncoding: 'der' }, toDer(pair))).toBe(true)
  })
})

describe('the length of the sequence', () => {
  test('is long from 128 octets on, and not before', () => {
    const half = 66
    const seen = new Map<number, string>()
    for (let r = 1; r <= half; r++) {
      for (let s = 1; s <= half; s++) {
        const der = toDer(fromHex(side(1n << (8n * BigInt(r) - 8n), half) + side(1n << (8n * BigInt(s) - 8n), half)))
        seen.set(r + s + 4, toHex(der.subarray(0, 3)))
        if (der.length !== r + s + (r + s < 124 ? 6 : 7)) expect.fail(`${r} and ${s}: ${der.length}`)
      }
    }
    expect([126, 127, 128, 129, 136].map((length) => seen.get(length))).toEqual([
      '307e02',
      '307f02',
      '308180',
      '308181',
      '308188',
    ])
  })
})
