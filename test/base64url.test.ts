import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  decodeBase64url,
  decodeWithAtob,
  encodeBase64url,
  fromBytes,
  fromText,
  isBase64url,
  isBytes,
  toBytes,
} from '../src/base64url.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const octet = (value: number): string => String.fromCharCode(value)
const everyOctet = Array.from({ length: 256 }, (_, value) => octet(value))
const reference = (octets: string): string => Buffer.from(octets, 'latin1').toString('base64url')

describe.each([
  ['decodeBase64url', decodeBase64url],
  ['decodeWithAtob', decodeWithAtob],
])('by %s,', (_, decode) => {
  describe('canonical spelling', () => {
    test.each([
      // RFC 4648 §10, without the padding.
      ['', ''],
      ['f', 'Zg'],
      ['fo', 'Zm8'],
      ['foo', 'Zm9v'],
      ['foob', 'Zm9vYg'],
      ['fooba', 'Zm9vYmE'],
      ['foobar', 'Zm9vYmFy'],
      // RFC 7515 appendix C.
      ['\x03\xec\xff\xe0\xc1', 'A-z_4ME'],
      ['\0', 'AA'],
      ['\0\0\0', 'AAAA'],
      ['\xff\xff\xff', '____'],
      ['\xfb\xef\xbe', '----'],
    ])('spells %j as %j, and reads it back', (octets, text) => {
      expect(encodeBase64url(octets)).toBe(text)
      expect(decode(text)).toBe(octets)
    })

    test('has one spelling for each of the 256 octets', () => {
      const spellings = everyOctet.map(encodeBase64url)
      expect(spellings).toEqual(everyOctet.map(reference))
      expect(spellings.map(decode)).toEqual(everyOctet)
      expect(new Set(spellings).size).toBe(256)
    })

    test('reads back what it spells, for any octets, as Buffer spells them', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
          const octets = fromBytes(bytes)
          const text = encodeBase64url(octets)
          expect(text).toBe(Buffer.from(bytes).toString('base64url'))
          expect(decode(text)).toBe(octets)
        }),
      )
    })

    test('is the only spelling that is read, whatever the text', () => {
      const nearly = fc.string({ unit: fc.constantFrom(...alphabet, '+', '/', '=', ' ', '\n'), maxLength: 12 })
      fc.assert(
        fc.property(fc.oneof(nearly, fc.string()), (text) => {
          const octets = decode(text)
          if (octets === undefined) expect(reference(Buffer.from(text, 'base64url').toString('latin1'))).not.toBe(text)
          else expect(reference(octets)).toBe(text)
        }),
        { numRuns: 1000 },
      )
    })

    test('holds for a million octets', () => {
      const octets = everyOctet.join('').repeat(4096)
      const text = encodeBase64url(octets)
      expect(text).toBe(reference(octets))
      expect(decode(text)).toBe(octets)
      expect(decode(`${text.slice(0, -1)}=`)).toBeUndefined()
    })
  })

  describe('trailing bits', () => {
    // Two characters hold one octet and four bits too many; three hold two octets and two bits too many.
    test.each([
      ['two characters', '', 4],
      ['six characters', 'AAAA', 4],
      ['three characters', 'A', 2],
      ['seven characters', 'AAAAA', 2],
    ])('must be zero at the end of %s', (_, lead, bits) => {
      for (const a of alphabet) {
        for (const [index, b] of [...alphabet].entries()) {
          const canonical = index % 2 ** bits === 0
          expect(decode(lead + a + b) !== undefined, lead + a + b).toBe(canonical)
        }
      }
    })
  })

  describe('length', () => {
    test.each([1, 5, 9, 13, 101])('is never %i, which is 1 modulo 4', (length) => {
      expect(decode('A'.repeat(length))).toBeUndefined()
      expect(decode('A'.repeat(length - 1))).toBe('\0'.repeat(((length - 1) / 4) * 3))
    })

    test.each([0, 2, 3, 4, 6, 7, 8])('may be %i', (length) => {
      expect(decode('A'.repeat(length))).toBe('\0'.repeat(Math.floor((length * 3) / 4)))
    })
  })

  describe('a stray character is refused at every position', () => {
    const texts = ['AAAA', 'AAAAAAAA', 'AAAAAA', 'AAAAAAA']

    test.each([
      ['a plus', '+'],
      ['a slash', '/'],
      ['padding', '='],
      ['a dot', '.'],
      ['a comma', ','],
      ['a tilde', '~'],
      ['a quote', '"'],
      ['a percent sign', '%'],
      ['a space', ' '],
      ['a tab', '\t'],
      ['a line feed', '\n'],
      ['a form feed', '\f'],
      ['a vertical tab', '\v'],
      ['a carriage return', '\r'],
      ['NUL', '\0'],
      ['DEL', '\x7f'],
      ['a no-break space', '\xa0'],
      ['an A with a grave accent', '\xc0'],
      ['a character whose low octet is that of A', '\u0141'],
      ['a full-width A', '\uff21'],
      ['a byte order mark', '\ufeff'],
      ['a line separator', '\u2028'],
      ['a lone surrogate', '\ud800'],
      ['an emoji', '😀'],
    ])('%s', (_, stray) => {
      for (const text of texts) {
        for (let at = 0; at <= text.length; at++) {
          expect(decode(text.slice(0, at) + stray + text.slice(at + stray.length)), `instead, ${at}`).toBe(undefined)
          expect(decode(text.slice(0, at) + stray + text.slice(at)), `inserted, ${at}`).toBe(undefined)
        }
      }
    })

    test('every other of the first 512 characters', () => {
      for (let code = 0; code < 512; code++) {
        const character = octet(code)
        const expected = alphabet.includes(character)
        expect(decode(`AA${character}A`) !== undefined, `U+${code.toString(16)}`).toBe(expected)
      }
    })

    test.each(['Zg==', 'Zg=', 'Zm8=', '=', '==', '====', 'Zm9v=', 'Zm9v====', '=Zm9v', 'Zg==Zg=='])(
      'padding in %s',
      (text) => {
        expect(decode(text)).toBeUndefined()
      },
    )
  })
})

describe('canonical base64url', () => {
  // RFC 4648 §3.5 and §5, bit by bit: six to a character, eight to an octet, and what is left over is less than a
  // character, and zeros.
  function defined(text: string): string | undefined {
    let octets = ''
    let [bits, held] = [0, 0]
    for (const unit of text.split('')) {
      const value = alphabet.indexOf(unit)
      if (value < 0) return undefined
      held = held * 64 + value
      bits += 6
      if (bits < 8) continue
      bits -= 8
      octets += octet(Math.floor(held / 2 ** bits))
      held %= 2 ** bits
    }
    return bits < 6 && held === 0 ? octets : undefined
  }

  /** Texts that are not read as they should be, by any of the three. */
  function wrong(texts: Iterable<string>): string[] {
    const found: string[] = []
    for (const text of texts) {
      const expected = defined(text)
      if (isBase64url(text) !== (expected !== undefined)) found.push(`isBase64url ${JSON.stringify(text)}`)
      if (decodeWithAtob(text) !== expected) found.push(`decodeWithAtob ${JSON.stringify(text)}`)
      if (decodeBase64url(text) !== expected) found.push(`decodeBase64url ${JSON.stringify(text)}`)
    }
    return found
  }

  const ascii = Array.from({ length: 128 }, (_, code) => octet(code))
  // Whose cases fold to ASCII, whose low octets are in the alphabet, white space, digits and halves of pairs.
  const beyond = [...'ıſK\u0141\u0161\xa0\xff\u2028\ufeff٣９\u0130', '\ud83d', '\ude00']
  const characters = [...ascii, ...beyond]
  const joined = (...lists: readonly (readonly string[])[]): string[] =>
    lists.reduce<string[]>((texts, list) => texts.flatMap((text) => list.map((next) => text + next)), [''])

  test('is told from all else of no and of one character', () => {
    expect(wrong(['', ...characters])).toEqual([])
    expect(isBase64url('')).toBe(true)
  })

  test('is told from all else of two characters', () => {
    expect(wrong(joined(characters, characters))).toEqual([])
  })

  const some = [...'AQgwBEk8Rxz09-_', '=', '+', '/', '.', '\n', '\0', 'ı', '\ud83d']

  test('is told from all else of three characters', () => {
    expect(wrong(joined(['A', '_', 'k'], ['A', 'h', '-'], characters))).toEqual([])
    expect(wrong(joined(some, some, some))).toEqual([])
  })

  test('is told from all else of four characters', () => {
    expect(wrong(joined(['A', '-'], ['x'], ['A', 'B'], characters))).toEqual([])
    expect(wrong(joined(some.slice(3), ['A', '\n', '='], some, some))).toEqual([])
  })

  test('is told from all else of up to nine characters, whatever their last and their first', () => {
    for (let length = 0; length <= 9; length++) {
      const texts = characters.flatMap((character) => [
        'A'.repeat(length) + character,
        character + 'A'.repeat(length),
        'A'.repeat(length) + character + 'A',
        'A'.repeat(length) + character + 'AA',
      ])
      expect(wrong(['A'.repeat(length), ...texts])).toEqual([])
    }
  })

  test('is told from all else in any text', () => {
    const any = fc.string({ unit: fc.constantFrom(...some), maxLength: 17 })
    fc.assert(
      fc.property(any, (text) => {
        expect(wrong([text])).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('is told soon, be the text 5 MB long', () => {
    const megabytes = 5_000_000
    const start = performance.now()
    for (const [text, expected] of [
      ['A'.repeat(megabytes), true],
      ['A'.repeat(megabytes + 1), false],
      ['A'.repeat(megabytes + 2), true],
      [`${'A'.repeat(megabytes + 1)}B`, false],
      [`${'A'.repeat(megabytes - 1)}=`, false],
      [`=${'A'.repeat(megabytes - 1)}`, false],
      // Each of these is replaced, which takes a while.
      ['-_'.repeat(megabytes / 20), true],
      ['ı'.repeat(megabytes), false],
      ['\n'.repeat(megabytes), false],
    ] as const) {
      expect(isBase64url(text)).toBe(expected)
      expect(decodeWithAtob(text)?.length).toBe(expected ? Math.floor((text.length * 3) / 4) : undefined)
      expect(decodeBase64url(text) !== undefined).toBe(expected)
    }
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('decodeBase64url', () => {
  const texts = ['', 'AA', 'AAA', 'AAAA', '-_-_', 'AB', 'A', 'AA==', 'A+A/', 'AA\n', '\u0141\u0141', '😀']
  const from = () => {
    throw new TypeError('Unknown encoding: base64url')
  }

  test.each<[string, unknown]>([
    ['there is no Buffer', undefined],
    ['Buffer is a polyfill that does not know base64url', { from, isEncoding: () => false }],
    ['Buffer is a polyfill that does not know encodings', { from }],
  ])('reads the same where %s', async (_, buffer) => {
    const expected = texts.map(decodeBase64url)
    const { Buffer } = globalThis
    // Seen by the module alone, for the test runner does not do without Buffer.
    const get = () => (new Error().stack?.includes('src/base64url.ts') ? buffer : Buffer)
    Object.defineProperty(globalThis, 'Buffer', { configurable: true, get })
    try {
      vi.resetModules()
      const module = await import('../src/base64url.ts')
      expect(module.decodeBase64url).not.toBe(decodeBase64url)
      expect(texts.map(module.decodeBase64url)).toEqual(expected)
    } finally {
      Object.defineProperty(globalThis, 'Buffer', { configurable: true, writable: true, value: Buffer })
    }
  })
})

test('Buffer decodes where it knows base64url, for atob is slow', () => {
  const atob = vi.spyOn(globalThis, 'atob')
  try {
    expect(decodeBase64url('Zm9v')).toBe('foo')
    expect(atob).not.toHaveBeenCalled()
    expect(decodeWithAtob('Zm9v')).toBe('foo')
    expect(atob).toHaveBeenCalledOnce()
  } finally {
    atob.mockRestore()
  }
})

describe('bytes', () => {
  test('become octets and bytes again', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value)
    expect(fromBytes(bytes)).toBe(everyOctet.join(''))
    expect(toBytes(everyOctet.join(''))).toEqual(bytes)
    expect(toBytes('\x01\xff')).toEqual(Uint8Array.of(1, 255))
    expect(fromBytes(new Uint8Array())).toBe('')
    expect(toBytes('')).toEqual(new Uint8Array())
  })

  test('are read through the window of their view', () => {
    expect(fromBytes(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe('\x02\x03')
  })

  test.each<[string, unknown]>([
    ['a Uint8Array', Uint8Array.of(1)],
    ['a Buffer', Buffer.from('a')],
    ['a part of one', Uint8Array.of(1, 2, 3).subarray(1)],
  ])('are known in %s', (_, value) => {
    expect(isBytes(value)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'AAAA'],
    ['a number', 1],
    ['an array of numbers', [1, 2, 3]],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a Uint8ClampedArray', new Uint8ClampedArray(1)],
    ['an Int8Array', new Int8Array(1)],
    ['a Uint16Array', new Uint16Array(1)],
    ['a plain object', { 0: 1, length: 1 }],
    ['a plain object that calls itself one', { [Symbol.toStringTag]: 'Uint8Array', 0: 1, length: 1 }],
  ])('are not seen in %s', (_, value) => {
    expect(isBytes(value)).toBe(false)
  })
})

describe('a text', () => {
  test.each([
    ['', ''],
    ['abc', 'abc'],
    ['é€😀', '\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'],
    ['\ufeff', '\xef\xbb\xbf'],
    ['\0\uffff', '\0\xef\xbf\xbf'],
  ])('%j becomes its UTF-8 octets', (text, octets) => {
    expect(fromText(text)).toBe(octets)
  })

  test.each(['\ud800', '\udfff', 'a\ud83d', '\ude00a', '\ude00\ud83d', '😀\ud83d'])(
    'has no octets where there is half a surrogate pair, as in %j',
    (text) => {
      expect(fromText(text)).toBeUndefined()
    },
  )
})
