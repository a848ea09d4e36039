import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { ownMember, parseJsonObject, stringifyJsonObject } from '../src/json.ts'
import type { JsonObject } from '../src/json.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError } from './setup/silence.ts'

const utf8 = (text: string): string => Buffer.from(text).toString('latin1')
// V8 since 12.8, in Node 24 and 26, reads a name with an escape as one that it has read before, where that ends in a
// backslash and the text goes on like it (nodejs/node#63785). What JSON.parse gets wrong there is not tested.
JSON.parse('{"canary":1,"\\\\":1}')
const misreadsNames = !('"' in JSON.parse('{"canary":1,"\\"":1}'))

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
  ['a character outside the Basic Multilingual Plane, escaped or not', '{"\\uD834\\uDD1E":"𝄞","a":"\\ud834\\udd1e"}'],
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
  ['a duplicate outside the Basic Multilingual Plane, escaped the second time', '{"𝄞":1,"\\ud834\\udd1e":2}'],
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
  ['100,000 nested objects and arrays by turns', mixed(100_000)],
  ['100,000 open objects', '{"a":'.repeat(100_000)],
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

  test.skipIf(misreadsNames)('refuses a duplicate wherever it stands, and nothing for the look of its strings', () => {
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

describe.skipIf(misreadsNames)('parseJsonObject counts the names', () => {
  const spaces = ['', ' ', '\t', '\r', '\n', ' \t\r\n', '   ', '\n\n']

  test('with any white space around colons', () => {
    for (const before of spaces) {
      for (const after of spaces) {
        const member = (name: string) => `"${name}"${before}:${after}"v"`
        expect(parse(`{${member('a')},${member('b')}}`)).toEqual({ a: 'v', b: 'v' })
        expect(parse(`{${member('a')},${member('a')}}`)).toBeUndefined()
        expect(parse(`{${member('a')},"a":"v"}`)).toBeUndefined()
        expect(parse(`{"a":"v",${member('\\u0061')}}`)).toBeUndefined()
        expect(parse(`{"o":[{${member('a')},"b"${before}:{${member('a')}}}]}`)).toEqual({
          o: [{ a: 'v', b: { a: 'v' } }],
        })
      }
    }
  })

  test('with any white space around all else', () => {
    for (const space of spaces) {
      const spaced = (json: string) => json.replaceAll('_', space)
      expect(parse(spaced('_{_"a"_:_[_1_,_"b"_,_{_"c"_:_"d"_}_]_,_"e"_:_"f"_}_'))).toEqual({
        a: [1, 'b', { c: 'd' }],
        e: 'f',
      })
      expect(parse(spaced('_{_"a"_:_[_1_,_"b"_,_{_"c"_:_"d"_}_]_,_"a"_:_"f"_}_'))).toBeUndefined()
    }
  })

  // As JSON spells them, between quotes.
  const strings = [
    ...[
      '',
      ':',
      ':x',
      'x:',
      ' : ',
      '\\":',
      ':\\"',
      '\\"',
      '\\\\',
      '\\\\\\"',
      '\\\\\\\\',
      '\\"\\"',
      '\\":\\"',
      '\\\\\\":',
    ],
    ...['\\u0022', '\\u0022:', '\\u003a', '\\u005c', '\\u005c\\u0022', '\\u005C\\"', '\\/', '\\b\\f\\n\\r\\t', '\\t:'],
    ...[
      '{',
      '}',
      '{}',
      '[',
      ',',
      '{\\"a\\":1}',
      '},{',
      '\\",\\"',
      '\u00e9',
      '\u00e9:',
      '\u{1f600}',
      '\u2028',
      '\\ud83d',
    ],
    ...['\x7f', "'", '\\\\u0022', '\\\\\\\\\\"', 'n\\\\', '//', '/*:*/'],
  ]

  test.each(strings)('of one whose name or value is "%s"', (string) => {
    const told = JSON.parse(`"${string}"`)
    for (const space of ['', ' ', '\r\n']) {
      expect(parse(`{"${string}"${space}:${space}1}`)).toEqual({ [told]: 1 })
      expect(parse(`{"z"${space}:${space}"${string}"}`)).toEqual({ z: told })
      expect(parse(`{"${string}"${space}:${space}"${string}"${space},"z":"${string}"}`)).toEqual({
        [told]: told,
        z: told,
      })
      expect(parse(`{"a":["${string}"${space},"${string}"${space}]}`)).toEqual({ a: [told, told] })
      expect(parse(`{"${string}"${space}:"${string}","${string}":${space}"${string}"}`)).toBeUndefined()
      expect(parse(`{"z":"${string}","z"${space}:"${string}"}`)).toBeUndefined()
      expect(parse(`{"o":[{"${string}":1,"m":"${string}"${space},"${string}":2}]}`)).toBeUndefined()
    }
  })

  test('that are spelled differently and are the same', () => {
    const spellings: readonly (readonly string[])[] = [
      ['a', '\\u0061'],
      ['k', '\\u006b', '\\u006B'],
      ['/', '\\/', '\\u002f', '\\u002F'],
      ['\\"', '\\u0022'],
      ['\\\\', '\\u005c', '\\u005C'],
      ['\\n', '\\u000a', '\\u000A'],
      ['\\t', '\\u0009'],
      ['\\b', '\\u0008'],
      ['\\f', '\\u000c'],
      ['\\r', '\\u000d'],
      ['\u00e9', '\\u00e9', '\\u00E9'],
      ['\u{1f600}', '\\ud83d\\ude00', '\\uD83D\\uDE00'],
      ['__proto__', '\\u005f_proto__'],
      ['', ''],
    ]
    for (const names of spellings) {
      for (const [i, one] of names.entries()) {
        expect(Object.keys(parse(`{"${one}":1,"x${one}":2}`) ?? {})).toHaveLength(2)
        for (const [j, two] of names.entries()) {
          if (i === j && names.length > 1) continue
          for (const space of spaces) {
            expect(parse(`{"${one}"${space}:1,"x":"y","${two}":2}`), `${one} and ${two}`).toBeUndefined()
            expect(parse(`{"x":[{"${one}":{},"${two}"${space}:{}}]}`), `${one} and ${two}`).toBeUndefined()
          }
        }
      }
    }
  })

  test('at every depth there is', () => {
    for (let depth = 1; depth <= 32; depth++) {
      const [begin, end] = ['{"a":'.repeat(depth - 1), '}'.repeat(depth - 1)]
      expect(parse(`${begin}{"b":1,"c":2}${end}`)).toBeDefined()
      expect(parse(`${begin}{"b":1,"b":2}${end}`)).toBeUndefined()
      if (depth === 1) continue
      const [open, close] = [`{"a":${'['.repeat(depth - 2)}`, `${']'.repeat(depth - 2)}}`]
      expect(parse(`${open}{"b":1,"c":2}${close}`)).toBeDefined()
      expect(parse(`${open}{"b":1,"\\u0062" : 2}${close}`)).toBeUndefined()
      // Beside the deepest, and behind it.
      expect(parse(`{"x":${begin}{}${end}}`)).toEqual(depth < 32 ? expect.anything() : undefined)
      expect(parse(`${begin}{"b":{}}${end}`)).toEqual(depth < 32 ? expect.anything() : undefined)
      expect(parse(`${begin.replace('"a"', '"d":1,"a"')}{}${end.slice(1)},"d":1}`)).toBeUndefined()
    }
  })

  test('that are members, and not those of a lost one', () => {
    // A name too few in the one place makes up for none too many in another.
    expect(parse('{"a":{"b":1,"c":2},"a":{}}')).toBeUndefined()
    expect(parse('{"a":{},"a":{"b":1,"c":2}}')).toBeUndefined()
    expect(parse('{"a":"\\":","a":"\\":"}')).toBeUndefined()
    expect(parse('{"a":[],"a":[{"a":1}]}')).toBeUndefined()
  })

  test('of a long object soon', () => {
    const members = Array.from({ length: 20_000 }, (_, i) => `"n${i}\\":" : ":${i}\\\\"`)
    const start = performance.now()
    expect(Object.keys(parse(`{${members.join()}}`) ?? {})).toHaveLength(20_000)
    expect(parse(`{${members.join()},${members[7_777]}}`)).toBeUndefined()
    expect(parse(`{"a":${'"'}${'\\"'.repeat(500_000)}"}`)?.['a']).toBe('"'.repeat(500_000))
    expect(parse(`{"a"${' '.repeat(500_000)}:1}`)).toEqual({ a: 1 })
    expect(parse(`{"a":"${':'.repeat(500_000)}"${' '.repeat(500_000)}}`)?.['a']).toHaveLength(500_000)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe.skipIf(misreadsNames)('parseJsonObject and a generator of its own', () => {
  /** mulberry32: the same numbers for the same seed, below `end`. */
  function randomly(seed: number): (end: number) => number {
    let state = seed
    return (end) => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
    }
  }
  type Random = ReturnType<typeof randomly>

  type Node = string | number | boolean | null | readonly Node[] | Members
  /** An object as the list of its members, among which a name may be there twice. */
  class Members {
    readonly list: [name: string, value: Node][] = []
  }

  const letters = [
    'a',
    'b',
    ':',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ' ',
    '\n',
    '\t',
    '\0',
    '/',
    '\u00e9',
    '\u{1f600}',
    '0',
  ]
  const short: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '/': '\\/' }
  const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T
  const textOf = (random: Random): string => Array.from({ length: random(5) }, () => pick(random, letters)).join('')

  function nodeOf(random: Random, depth: number): Node {
    const kind = random(depth > 0 ? 9 : 6)
    if (kind < 3) return textOf(random)
    if (kind < 6) return pick(random, [null, true, false, 0, -1.5e3])
    if (kind < 7) return Array.from({ length: random(4) }, () => nodeOf(random, depth - 1))
    return membersOf(random, depth - 1)
  }

  function membersOf(random: Random, depth: number): Members {
    const members = new Members()
    const names = new Set(Array.from({ length: random(5) }, () => textOf(random)))
    for (const name of names) members.list.push([name, nodeOf(random, depth)])
    return members
  }

  function objectsIn(node: Node): readonly Members[] {
    if (node instanceof Members) return [node, ...node.list.flatMap(([, value]) => objectsIn(value))]
    return Array.isArray(node) ? node.flatMap(objectsIn) : []
  }

  /** Puts a name into some object once more; false where no object has any. */
  function plant(random: Random, root: Members): boolean {
    const objects = objectsIn(root).filter(({ list }) => list.length > 0)
    if (objects.length === 0) return false
    const { list } = pick(random, objects)
    const [name] = pick(random, list)
    list.splice(random(list.length + 1), 0, [name, nodeOf(random, 2)])
    return true
  }

  function spell(random: Random, node: Node): string {
    const space = () => (random(3) ? '' : pick(random, [' ', '\t', '\r', '\n', '\r\n ']))
    if (typeof node === 'string') return spellText(random, node)
    if (node instanceof Members) {
      const members = node.list.map(
        ([name, value]) => `${space()}${spellText(random, name)}${space()}:${space()}${spell(random, value)}${space()}`,
      )
      return `{${members.join() || space()}}`
    }
    if (Array.isArray(node)) return `[${node.map((item) => space() + spell(random, item) + space()).join() || space()}]`
    return String(node)
  }

  function spellText(random: Random, text: string): string {
    const units = text.split('').map((unit) => {
      const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
      if (!random(4)) return random(2) ? escaped : escaped.replace(/[a-f]/g, (digit) => digit.toUpperCase())
      if (short[unit] && (unit !== '/' || random(2))) return short[unit]
      // Half a pair is not spelled beside an escaped half: JSON would read it, and UTF-8 cannot spell it.
      return unit < ' ' || /[\ud800-\udfff]/.test(unit) ? escaped : unit
    })
    return `"${units.join('').replace(/\\ud83d\\ude00/gi, (pair) => (random(2) ? pair : '\u{1f600}'))}"`
  }

  /** Reads JSON letter by letter, and tells whether an object in it has a name twice. */
  function repeatsName(json: string): boolean {
    let at = 0
    let found = false
    const skip = (): string => {
      while (' \t\r\n'.includes(json[at] ?? 'x')) at++
      return json[at] ?? ''
    }
    const text = (): string => {
      const start = at++
      while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
      return JSON.parse(json.slice(start, ++at))
    }
    const list = (close: string, item: () => void): void => {
      at++
      while (skip() !== close) {
        if (json[at] === ',') at++
        skip()
        item()
      }
      at++
    }
    const value = (): void => {
      const first = skip()
      if (first === '"') text()
      else if (first === '[') list(']', value)
      else if (first === '{') {
        const names: string[] = []
        list('}', () => {
          const name = text()
          if (names.includes(name)) found = true
          names.push(name)
          skip()
          at++
          value()
        })
      } else while (/[\w.+-]/.test(json[at] ?? '')) at++
    }
    value()
    expect(at).toBe(json.length)
    return found
  }

  test.each(Array.from({ length: 20 }, (_, seed) => seed))('agree about duplicates, seed %i', (seed) => {
    const random = randomly(seed)
    let planted = 0
    for (let i = 0; i < 60; i++) {
      const root = membersOf(random, 5)
      const json = spell(random, root)
      expect(repeatsName(json), json).toBe(false)
      expect(parse(json), json).toEqual(JSON.parse(json))
      if (!plant(random, root)) continue
      planted++
      const twice = spell(random, root)
      expect(repeatsName(twice), twice).toBe(true)
      expect(() => JSON.parse(twice), twice).not.toThrow()
      expect(parse(twice), twice).toBeUndefined()
    }
    expect(planted).toBeGreaterThan(20)
  })
})

describe('parseJsonObject reads UTF-8 as RFC 3629 has it', () => {
  // The grammar of RFC 3629 §4; what is ASCII is left to JSON.
  const WELL_FORMED =
    /^(?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$/
  const wrong = (all: readonly string[]): string[] =>
    all.filter((octets) => {
      const read = parseJsonObject(`{"a":"${octets}"}`)?.['a']
      const expected = WELL_FORMED.test(octets) ? Buffer.from(octets, 'latin1').toString() : undefined
      return read !== expected
    })
  const octets = (...codes: readonly number[]): readonly string[] => codes.map((code) => String.fromCharCode(code))
  const leads = octets(...Array.from({ length: 128 }, (_, i) => 128 + i))
  const seconds = octets(0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff)
  const others = octets(0x41, 0x80, 0xbf, 0xc0)
  const after = (starts: readonly string[], ends: readonly string[]): string[] =>
    starts.flatMap((start) => ends.map((end) => start + end))

  test('in sequences of one and of two', () => {
    expect(wrong([...leads, ...after(leads, seconds)])).toEqual([])
  })

  test('in sequences of three and of four', () => {
    const three = after(after(leads, seconds), octets(0x41, 0x80, 0xbf))
    expect(wrong(three)).toEqual([])
    const long = octets(0xe0, 0xed, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff)
    expect(wrong(after(after(after(long, seconds), others), others))).toEqual([])
  })

  test('at the first and the last code point of every length', () => {
    for (const code of [0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x10000, 0x1f600, 0x10ffff]) {
      const text = String.fromCodePoint(code)
      expect(parse(`{"${text}":"${text}${text}"}`)).toEqual({ [text]: text + text })
      expect(parse(`{"${text}":1,"${text}":1}`)).toBeUndefined()
      const cut = utf8(text).slice(0, -1)
      for (const end of ['', 'a', '\xff']) expect(parseJsonObject(`{"a":"${cut}${end}"}`)).toBeUndefined()
    }
  })

  test('in a name that is spelled overlong, which is no second spelling', () => {
    expect(parseJsonObject('{"\xc1\xa1":1}')).toBeUndefined()
    expect(parseJsonObject('{"a":1,"\xc1\xa1":1}')).toBeUndefined()
    expect(parseJsonObject('{\xc0\xa2a":1}')).toBeUndefined()
  })

  test('without a byte order mark, whatever stands before or behind it', () => {
    for (const mark of ['\xef\xbb\xbf', '\xfe\xff', '\xff\xfe', '\ufeff']) {
      for (const json of [`${mark}{}`, ` ${mark}{}`, `${mark}${mark}{}`, `{}${mark}`, `{${mark}}`, `{"a"${mark}:1}`]) {
        expect(parseJsonObject(json), JSON.stringify(json)).toBeUndefined()
      }
    }
  })

  test('and no escape of a URL in it', () => {
    expect(parse('{"a":"%C3%A9%00%u0041%","%61":1,"a%":"\u00e9"}')).toEqual({
      a: '%C3%A9%00%u0041%',
      '%61': 1,
      'a%': '\u00e9',
    })
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

describe('what is common is fast, for', () => {
  test('a flat object is spelled at once', () => {
    const stringify = vi.spyOn(JSON, 'stringify')
    try {
      stringifyJsonObject('claims', { a: 'b', c: 1, d: true, e: null })
      expect(stringify).toHaveBeenCalledOnce()
      stringifyJsonObject('claims', { a: 'b', c: [1] })
      expect(stringify.mock.calls.length).toBeGreaterThan(2)
    } finally {
      stringify.mockRestore()
    }
  })

  test('ASCII is read without a detour', () => {
    const detour = vi.spyOn(globalThis, 'decodeURIComponent')
    try {
      expect(parse('{"a":"b"}')).toEqual({ a: 'b' })
      expect(detour).not.toHaveBeenCalled()
      expect(parse('{"a":"é"}')).toEqual({ a: 'é' })
      expect(detour).toHaveBeenCalledOnce()
    } finally {
      detour.mockRestore()
    }
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

  test('a member named by a symbol beside others that are flat', () => {
    expectTypeError(() => stringifyJsonObject('claims', Object.assign({ a: 1 }, { [Symbol('b')]: 1 })), 'claims ')
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
