import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ownMember, parseJsonObject, stringifyJsonObject } from '../src/json.ts'
import type { JsonObject } from '../src/json.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError } from './setup/silence.ts'

const utf8 = (text: string): string => Buffer.from(text).toString('latin1')
const parse = (text: string): JsonObject | undefined => parseJsonObject(utf8(text))

const objects = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1)
const arrays = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
const mixed = (depth: number): string =>
  depth % 2 === 0
    ? '{"a":['.repeat(depth / 2) + ']}'.repeat(depth / 2)
    : '{"a":['.repeat((depth - 1) / 2) + '{}' + ']}'.repeat((depth - 1) / 2)

const accepted: readonly [name: string, json: string][] = [
  ['an empty object', '{}'],
  ['every kind of value', '{"a":"b","c":1,"d":-1.5e-3,"e":true,"f":false,"g":null,"h":[],"i":{}}'],
  ['white space of all four kinds around and within', ' \t\r\n{ "a" \t:\r\n1 , "b":[ ] } \t\r\n'],
  ['equal names in different objects', '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}'],
  ['names that differ in case', '{"a":1,"A":2}'],
  ['names that differ in normal form', '{"\u00e9":1,"e\u0301":2}'],
  ['an empty name', '{"":1}'],
  ['a colon in a name', '{"a:b":1}'],
  ['colons in a string', '{"a":":::","b":["\\":"]}'],
  ['a quote in a name', '{"a\\"b":1}'],
  ['a quote and a colon in a string', '{"a":"\\":\\""}'],
  ['a backslash at the end of a string', '{"a":"\\\\","b":"\\\\\\\\"}'],
  ['a backslash and a quote at the end of a string', '{"a":"\\\\\\"","b":1}'],
  ['a whole object in a string', '{"a":"{\\"a\\":1,\\"a\\":2}"}'],
  ['a member named __proto__', '{"__proto__":{"polluted":1}}'],
  ['__proto__ in an object in an array', '{"a":[{"__proto__":1}]}'],
  ['names that every object has', '{"constructor":1,"toString":2,"hasOwnProperty":3,"length":4}'],
  ['names that are numbers', '{"1":1,"0":0,"-1":2,"1.0":3}'],
  ['an escaped name', '{"\\u0061":1}'],
  ['text that is not ASCII', '{"naïve":"日本語","😀":"\u2028\u2029"}'],
  ['a control character, escaped', '{"a":"\\u0000"}'],
  ['a byte order mark within a string', '{"a":"\ufeff"}'],
  ['the largest number', '{"a":1.7976931348623157e308,"b":-1.7976931348623157e308}'],
  ['a number too small for a double, which is nought', '{"a":1e-999}'],
  ['nested objects, 32 deep', objects(32)],
  ['nested arrays, 32 deep', arrays(32)],
  ['objects and arrays by turns, 32 deep', mixed(32)],
  ['a string at depth 33', `{"a":${'['.repeat(31)}"b"${']'.repeat(31)}}`],
  ['a number at depth 33', `{"a":${'['.repeat(31)}1${']'.repeat(31)}}`],
]

const refused: readonly [name: string, json: string][] = [
  ['nothing', ''],
  ['white space', ' '],
  ['a null at the top', 'null'],
  ['a boolean at the top', 'true'],
  ['a number at the top', '1'],
  ['a string at the top', '"{}"'],
  ['an array at the top', '[]'],
  ['an array of an object at the top', '[{"a":1}]'],
  ['white space and an array', ' [{"a":1}]'],
  ['a duplicate name', '{"a":1,"a":2}'],
  ['a duplicate name with the same value', '{"a":1,"a":1}'],
  ['a duplicate name after others', '{"a":1,"b":2,"c":3,"a":1}'],
  ['a name three times', '{"a":1,"a":1,"a":1}'],
  ['a duplicate empty name', '{"":1,"":1}'],
  ['a duplicate __proto__', '{"__proto__":1,"__proto__":1}'],
  ['a duplicate numeric name', '{"1":1,"1":1}'],
  ['a duplicate name of objects, of which the second has more', '{"a":{},"a":{"b":1}}'],
  ['a duplicate name of objects, of which the first has more', '{"a":{"b":1,"c":2},"a":1}'],
  ['a duplicate name whose first value hides a colon', '{"a":":","a":1}'],
  ['a duplicate name that is not ASCII', '{"é":1,"é":1}'],
  ['a duplicate, escaped the second time', '{"a":1,"\\u0061":1}'],
  ['a duplicate, escaped the first time', '{"\\u0061":1,"a":1}'],
  ['a duplicate, escaped in capitals', '{"\\u006B":1,"\\u006b":1}'],
  ['a duplicate with an escaped slash', '{"a/b":1,"a\\/b":1}'],
  ['a duplicate with a quote and a colon in it', '{"a\\":":1,"a\\":":1}'],
  ['a duplicate that ends in a backslash', '{"a\\\\":1,"a\\\\":1}'],
  ['a duplicate at the second depth', '{"a":{"b":1,"b":2}}'],
  ['a duplicate in an array', '{"a":[1,{"b":1,"b":2}]}'],
  ['a duplicate at depth 32', `${'{"a":'.repeat(31)}{"b":1,"b":1}${'}'.repeat(31)}`],
  ['nested objects, 33 deep', objects(33)],
  ['nested arrays, 33 deep', arrays(33)],
  ['objects and arrays by turns, 33 deep', mixed(33)],
  ['objects and arrays by turns, 34 deep', mixed(34)],
  ['an empty array at depth 33 among others', `{"a":1,"b":${'['.repeat(32)}${']'.repeat(32)}}`],
  ['100,000 open brackets', `{"a":${'['.repeat(100_000)}`],
  ['100,000 nested arrays', arrays(100_000)],
  ['100,000 nested objects', objects(100_000)],
  ['a number too large for a double', '{"a":1e999}'],
  ['a negative number too large for a double', '{"a":-1e999}'],
  ['a large number, nested', '{"a":[{"b":[0,-1e999]}]}'],
  ['a long row of digits', `{"a":${'9'.repeat(400)}}`],
  ['two large numbers of opposite signs', '{"a":1e999,"b":-1e999}'],
  ['octets after the object', '{}a'],
  ['NUL after the object', '{}\0'],
  ['a second object', '{}{}'],
  ['a comma after the object', '{},'],
  ['octets before the object', 'a{}'],
  ['a byte order mark', '\ufeff{}'],
  ['a byte order mark after the object', '{}\ufeff'],
  ['a no-break space before the object', '\u00a0{}'],
  ['a line separator before the object', '\u2028{}'],
  ['a vertical tab before the object', '\v{}'],
  ['a form feed before the object', '\f{}'],
  ['a comma before the end', '{"a":1,}'],
  ['a name without quotes', '{a:1}'],
  ['single quotes', "{'a':1}"],
  ['a comment', '{/* a */}'],
  ['NaN', '{"a":NaN}'],
  ['Infinity', '{"a":-Infinity}'],
  ['undefined', '{"a":undefined}'],
  ['a hexadecimal number', '{"a":0x1}'],
  ['a leading zero', '{"a":01}'],
  ['a leading plus', '{"a":+1}'],
  ['a leading dot', '{"a":.5}'],
  ['a line feed in a string', '{"a":"\n"}'],
  ['NUL in a string', '{"a":"\0"}'],
  ['an unknown escape', '{"a":"\\x41"}'],
  ['half an escape', '{"a":"\\u00"}'],
  ['an open string', '{"a":"'],
  ['an open object', '{"a":1'],
]

const invalidUtf8: readonly [name: string, octets: string][] = [
  ['an octet that never occurs', '\xff'],
  ['a continuation alone', '\x80'],
  ['a sequence of two, cut short', '\xc3'],
  ['a sequence of three, cut short', '\xe2\x82'],
  ['a sequence of four, cut short', '\xf0\x9f\x98'],
  ['an overlong slash of two octets', '\xc0\xaf'],
  ['an overlong slash of three octets', '\xe0\x80\xaf'],
  ['an overlong slash of four octets', '\xf0\x80\x80\xaf'],
  ['an overlong NUL', '\xc0\x80'],
  ['a high surrogate', '\xed\xa0\x80'],
  ['a low surrogate', '\xed\xbf\xbf'],
  ['a pair of surrogates (CESU-8)', '\xed\xa0\xbd\xed\xb8\x80'],
  ['a code point beyond the last', '\xf4\x90\x80\x80'],
  ['a sequence of five', '\xf8\x88\x80\x80\x80'],
  ['Latin-1', 'caf\xe9'],
]

describe('parseJsonObject accepts', () => {
  test.each(accepted)('%s', (_, json) => {
    const object = parse(json)
    expect(JSON.stringify(object)).toBe(JSON.stringify(JSON.parse(json)))
    expect(object).toEqual(JSON.parse(json))
  })

  test('octets that are UTF-8, as the text they spell', () => {
    expect(parseJsonObject('{"\xc3\xa9":"\xe2\x82\xac\xf0\x9f\x98\x80"}')).toEqual({ é: '€😀' })
  })
})

describe('parseJsonObject refuses', () => {
  test.each(refused)('%s', (_, json) => {
    expect(parse(json)).toBeUndefined()
  })

  test.each(invalidUtf8)('%s in a string, in a name and outside', (_, octets) => {
    expect(parseJsonObject(`{"a":"${octets}"}`)).toBeUndefined()
    expect(parseJsonObject(`{"${octets}":1}`)).toBeUndefined()
    expect(parseJsonObject(`{}${octets}`)).toBeUndefined()
  })

  test('UTF-16 and UTF-32', () => {
    expect(parseJsonObject('\xff\xfe{\0}\0')).toBeUndefined()
    expect(parseJsonObject('{\0}\0')).toBeUndefined()
    expect(parseJsonObject('\0{\0}')).toBeUndefined()
    expect(parseJsonObject('\0\0\0{\0\0\0}')).toBeUndefined()
  })

  test('no octets at all', () => {
    expect(parseJsonObject(undefined)).toBeUndefined()
  })
})

describe('parseJsonObject', () => {
  test('makes an own member of __proto__, and pollutes nothing', () => {
    const object = parse('{"__proto__":{"isAdmin":true},"a":{"__proto__":null},"constructor":{"prototype":{"b":1}}}')
    expect(Object.keys(object ?? {})).toEqual(['__proto__', 'a', 'constructor'])
    expect(object?.['isAdmin']).toBeUndefined()
    expect(({} as JsonObject)['isAdmin']).toBeUndefined()
    expect(({} as JsonObject)['b']).toBeUndefined()
  })

  test('agrees with JSON.parse on every object that JSON.stringify spells', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), (object) => {
        const text = JSON.stringify(object)
        expect(JSON.stringify(parse(text))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  // Spelled by hand, so that names may repeat; few names, and strings full of what the count of colons must not see.
  const string = fc
    .array(fc.constantFrom('a', 'b', ':', ',', '{', '}', '\\"', '\\\\', '\\u0061', '\\u003a', '\\u0022', 'é'), {
      maxLength: 3,
    })
    .map((parts) => `"${parts.join('')}"`)
  const space = fc.constantFrom('', ' ', '\n')
  const leaf = fc.constantFrom('0', '-1.5', 'true', 'null', '1e308')
  const { value } = fc.letrec<{ value: string; member: string; object: string; array: string }>((tie) => ({
    member: fc.tuple(string, space, space, tie('value')).map(([name, a, b, json]) => `${name}${a}:${b}${json}`),
    object: fc.array(tie('member'), { maxLength: 4 }).map((members) => `{${members.join(',')}}`),
    array: fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(',')}]`),
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, string, tie('object'), tie('array')),
  }))

  test('refuses a duplicate wherever it stands, and nothing for the look of its strings', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
        const json = `{${values.map((text, index) => `"${index}":${text}`).join(',')}}`
        const expected = hasDuplicates(json) ? undefined : JSON.stringify(JSON.parse(json))
        expect(JSON.stringify(parse(json)), json).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('never accepts what JSON.parse does not, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'a', '1', ' '), maxLength: 14 }),
        (inside) => {
          const json = `{"a":${inside}}`
          const object = parse(json)
          if (object) expect(object).toEqual(JSON.parse(json))
        },
      ),
      { numRuns: 1000 },
    )
  })
})

// An oracle of another making than the source: every object becomes a list of its names, and none may be there twice.
function hasDuplicates(json: string): boolean {
  const names: Set<string>[] = []
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}]/gs)) {
    if (token === '{') names.push(new Set())
    else if (token === '}') names.pop()
    else if (token.endsWith(':')) {
      const name: string = JSON.parse(token.slice(0, -1))
      if (names.at(-1)?.has(name)) return true
      names.at(-1)?.add(name)
    }
  }
  return false
}

describe('ownMember', () => {
  test('reads an own member, whatever its name and value', () => {
    expect(ownMember({ a: 1 }, 'a')).toBe(1)
    expect(ownMember({ a: null }, 'a')).toBeNull()
    expect(ownMember(JSON.parse('{"__proto__":1}'), '__proto__')).toBe(1)
    expect(ownMember(Object.assign(Object.create(null), { a: 1 }), 'a')).toBe(1)
  })

  test.each(['a', 'toString', 'constructor', '__proto__'])('reads no %s that is inherited', (name) => {
    expect(ownMember({}, name)).toBeUndefined()
    expect(polluted({ a: 1 }, () => ownMember({}, name))).toBeUndefined()
  })
})

describe('stringifyJsonObject spells', () => {
  test.each<[string, JsonObject, string]>([
    ['an empty object', {}, '{}'],
    ['members in their order', { b: 1, a: 2 }, '{"b":1,"a":2}'],
    [
      'every kind of value',
      { a: 'b', c: -1.5, d: true, e: false, f: null, g: [1, [2]], h: { i: {} } },
      '{"a":"b","c":-1.5,"d":true,"e":false,"f":null,"g":[1,[2]],"h":{"i":{}}}',
    ],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['text that is not ASCII, as UTF-8', { é: '€😀' }, '{"\xc3\xa9":"\xe2\x82\xac\xf0\x9f\x98\x80"}'],
    ['a lone surrogate, escaped', { a: '\ud800' }, '{"a":"\\ud800"}'],
    ['a member named toJSON that is no function', { toJSON: 1 }, '{"toJSON":1}'],
    ['quotes in names and values', { 'a"': '"\\' }, '{"a\\"":"\\"\\\\"}'],
    ['control characters, escaped', { a: '\0\n' }, '{"a":"\\u0000\\n"}'],
    ['a shared object twice', ((shared) => ({ a: shared, b: [shared] }))({ c: 1 }), '{"a":{"c":1},"b":[{"c":1}]}'],
    ['objects 32 deep', JSON.parse(objects(32)), objects(32)],
    ['arrays 32 deep', JSON.parse(arrays(32)), arrays(32)],
    [
      'a string at depth 33',
      JSON.parse(`{"a":${'['.repeat(31)}"b"${']'.repeat(31)}}`),
      `{"a":${'['.repeat(31)}"b"${']'.repeat(31)}}`,
    ],
  ])('%s', (_, object, octets) => {
    expect(stringifyJsonObject('claims', object)).toBe(octets)
  })

  test('the first answer of a getter, whatever it says next', () => {
    let asked = 0
    const fickle = {
      get a() {
        return asked++ === 0 ? 1 : undefined
      },
    }
    expect(stringifyJsonObject('claims', { fickle })).toBe('{"fickle":{"a":1}}')
  })

  test('what is there, though a polluted toJSON would change it', () => {
    const toJSON = () => 'received-value'
    expect(polluted({ toJSON }, () => stringifyJsonObject('claims', { a: 'b' }))).toBe('{"a":"b"}')
    expect(polluted({ toJSON }, () => stringifyJsonObject('claims', { a: ['b', { c: 1 }] }))).toBe(
      '{"a":["b",{"c":1}]}',
    )
  })

  test('what parseJsonObject reads back, for any JSON object', () => {
    const names = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'toString', '', '0'))
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue({ stringUnit: 'binary' })), (object) => {
        const read = parseJsonObject(stringifyJsonObject('claims', object))
        expect(JSON.stringify(read)).toBe(JSON.stringify(object))
      }),
      { numRuns: 500 },
    )
  })
})

describe('stringifyJsonObject refuses', () => {
  class Numbers extends Array<number> {}
  class Point {
    readonly x = 1
  }
  const cycle: JsonObject = {}
  cycle['again'] = cycle

  const unsayable: readonly [name: string, value: unknown][] = [
    ['undefined', undefined],
    ['a function', () => 'received-value'],
    ['a symbol', Symbol('received-value')],
    ['a bigint', 12345n],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['a Date', new Date(0)],
    ['a Map', new Map([['a', 'received-value']])],
    ['a Set', new Set(['received-value'])],
    ['a regular expression', /received-value/],
    ['an Error', new Error('received-value')],
    ['a Uint8Array', Uint8Array.of(1)],
    ['a boxed string', new String('received-value')],
    ['a boxed number', new Number(12345)],
    ['a promise', Promise.resolve('received-value')],
    ['an instance of a class', new Point()],
    ['an object that inherits from another', Object.create({ a: 'received-value' })],
    ['a subclass of arrays', Numbers.of(12345)],
    ['an object with a member named by a symbol', { [Symbol('a')]: 'received-value' }],
    ['an array with a toJSON', Object.assign([1], { toJSON: () => 'received-value' })],
    ['an array with a named member', Object.assign([1], { a: 'received-value' })],
  ]

  test.each(unsayable)('%s, and names the member', (_, value) => {
    const refuse = (object: JsonObject, path: string) =>
      expectTypeError(() => stringifyJsonObject('claims', object), `${path} `, object)
    refuse({ a: value }, 'claims.a')
    refuse({ a: 1, b: { c: value } }, 'claims.b.c')
    refuse({ a: [1, value] }, 'claims.a[1]')
    refuse({ a: [[{ b: [value] }]] }, 'claims.a[0][0].b[0]')
  })

  test('a hole in an array', () => {
    expectTypeError(() => stringifyJsonObject('claims', { a: [1, , 3] }), 'claims.a[1] ')
  })

  test('a toJSON, for it would speak in place of its object', () => {
    expectTypeError(() => stringifyJsonObject('claims', { toJSON: () => ({}) }), 'claims.toJSON ')
    expectTypeError(() => stringifyJsonObject('claims', { a: { toJSON: () => ({}) } }), 'claims.a.toJSON ')
  })

  test.each<[string, JsonObject]>([
    ['objects 33 deep', JSON.parse(objects(33))],
    ['arrays 33 deep', JSON.parse(arrays(33))],
    ['objects and arrays by turns, 33 deep', JSON.parse(mixed(33))],
    ['a circle', cycle],
  ])('%s', (_, object) => {
    expectTypeError(() => stringifyJsonObject('claims', object), 'is nested more than 32 deep')
  })
})
