import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJsonObject } from '../../src/json.ts'
import { mayMisread } from '../fuzz/engine.ts'
import { readUtf8 } from '../fuzz/model.ts'
import { readJson } from '../fuzz/strict-json.ts'

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r')
const piece = fc.constantFrom(
  'a',
  'a',
  'b',
  ':',
  ',',
  '{',
  ']',
  '\\"',
  '\\\\',
  '\\u0061',
  '\\u0022',
  '\\ud83d',
  '\\n',
  '\u00e9',
  '\u{1f600}',
  '\u2028',
  '__proto__',
)
const string = fc.array(piece, { maxLength: 3 }).map((pieces) => `"${pieces.join('')}"`)
const number = fc.constantFrom(
  '0',
  '-0',
  '1.5',
  '-1e5',
  '1E+400',
  '1e-400',
  '9'.repeat(310),
  '01',
  '1.',
  '-',
  '.5',
  '+1',
)
const word = fc.constantFrom('true', 'false', 'null', 'True', 'NaN', 'undefined')

// Mostly JSON: what is none, or is refused, is in it here and there.
const { object, value } = fc.letrec<{ value: string; member: string; object: string; array: string; deep: string }>(
  (tie) => ({
    member: fc.tuple(space, string, space, tie('value')).map(([a, name, b, json]) => `${a}${name}${b}:${json}`),
    object: fc
      .tuple(fc.array(tie('member'), { maxLength: 4 }), space)
      .map(([members, end]) => `{${members.join(',')}${end}}`),
    array: fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), space)
      .map(([values, end]) => `[${values.join(',')}${end}]`),
    deep: fc
      .tuple(fc.integer({ min: 27, max: 34 }), tie('value'))
      .map(([levels, json]) => '['.repeat(levels) + json + ']'.repeat(levels)),
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: fc.constantFrom('0', '"x"', 'true', 'null', '-1.5e3'), weight: 6 },
      { arbitrary: fc.oneof(number, word), weight: 1 },
      { arbitrary: string, weight: 2 },
      { arbitrary: tie('object'), weight: 4 },
      { arbitrary: tie('array'), weight: 2 },
      { arbitrary: tie('deep'), weight: 1 },
    ),
  }),
)

const soup = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\a1 -.e'), maxLength: 12 })
const edited = fc
  .tuple(
    object,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(2),
    fc.constantFrom('', ',', '"', '}', '{', '\\', ' ', '\0', '\ufeff', '1', '\u00a0'),
  )
  .map(([json, place, removed, put]) => {
    const at = Math.floor(place * json.length)
    return json.slice(0, at) + put + json.slice(at + removed)
  })
const text = fc.oneof(
  { arbitrary: object, weight: 4 },
  { arbitrary: edited, weight: 3 },
  value,
  soup,
  soup.map((inner) => `{${inner}}`),
  // Enough of them for the count below, whatever the seed.
  number.map((json) => `{"a":${json}}`),
)

const utf8 = (json: string): string => Buffer.from(json).toString('latin1')

/** What JSON.parse makes of a text. */
function parsed(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) }
  } catch {
    return undefined
  }
}

const counts = { accepted: 0, 'no JSON': 0, 'no object': 0, 'a name twice': 0, 'too deep': 0, 'too large a number': 0 }

/** Whether a reader of octets accepts a text as it should, and reads in it what JSON.parse does. */
function readsRightly(read: (octets: string) => unknown, given: string): void {
  // Half a surrogate pair has no UTF-8.
  const json = Buffer.from(given).toString()
  fc.pre(!mayMisread(json))
  const native = parsed(json)
  const other = readJson(json)
  if (other?.doubts.has('too deep') !== true) expect(other !== undefined).toBe(native !== undefined)
  counts[other ? ([...other.doubts][0] ?? 'accepted') : 'no JSON']++
  const got = read(utf8(json))
  expect(got !== undefined).toBe(other?.doubts.size === 0)
  if (got === undefined) return
  expect(got).toStrictEqual(native?.value)
  expect(got).toStrictEqual(other?.value)
}

describe('parseJsonObject', () => {
  test('accepts what JSON.parse accepts less the named refusals, and reads the same', () => {
    fc.assert(
      fc.property(text, (json) => readsRightly(parseJsonObject, json)),
      { numRuns: 1500 },
    )
    for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(5)
  })

  test('refuses octets that are no UTF-8, wherever they stand', () => {
    const octet = fc.constantFrom(
      ...[0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xa0, 0xef, 0xbb, 0xf0, 0x9f, 0x98, 0xf4, 0x90, 0xff],
    )
    const property = fc.property(
      fc.array(octet, { maxLength: 5 }),
      fc.constantFrom('{"a":"?"}', '{"?":1}', '?{}', '{}?', '{"a":?}'),
      (codes, frame) => {
        const octets = frame.replace('?', () => Buffer.from(codes).toString('latin1'))
        const json = readUtf8(Buffer.from(octets, 'latin1'))
        const other = json === undefined ? undefined : readJson(json)
        expect(parseJsonObject(octets)).toStrictEqual(other?.doubts.size === 0 ? other.value : undefined)
      },
    )
    fc.assert(property, { numRuns: 1500 })
  })
})

const lax: readonly (readonly [fault: string, read: (octets: string) => unknown])[] = [
  ['JSON.parse alone', (octets) => parsed(Buffer.from(octets, 'latin1').toString())?.value],
  ['a reader that refuses all escapes', (octets) => (octets.includes('\\') ? undefined : parseJsonObject(octets))],
  ['a reader that forgives white space of other kinds', (octets) => parseJsonObject(octets.replace(/\xc2\xa0/g, ' '))],
  [
    'a reader that loses __proto__',
    (octets) => {
      const object = parseJsonObject(octets)
      return object && Object.assign({}, object)
    },
  ],
]

test.each(lax)('the property fails for %s', (_, read) => {
  const { failed } = fc.check(
    fc.property(text, (json) => readsRightly(read, json)),
    { numRuns: 20_000, endOnFailure: true },
  )
  expect(failed).toBe(true)
})
