import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { bare, isPlainObject, readOptions, readString, readStringArray, readStrings } from '../src/options.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError } from './setup/silence.ts'

class Instance {
  a = 1
}

const notPlain: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'received-value'],
  ['a number', 1],
  ['a function', () => {}],
  ['an array', []],
  ['an instance of a class', new Instance()],
  ['a Date', new Date(0)],
  ['a Map', new Map()],
  ['an Error', new Error('received-value')],
  ['a Uint8Array', new Uint8Array(1)],
  ['a boxed string', new String('received-value')],
  ['an object that inherits options', Object.create({ a: 1 })],
]

describe('a plain object', () => {
  test.each<[string, unknown]>([
    ['{}', {}],
    ['one without a prototype', Object.create(null)],
    ['one of JSON.parse', JSON.parse('{"__proto__":1}')],
    ['one of another realm', runInNewContext('({ a: 1 })')],
  ])('is known in %s', (_, value) => {
    expect(isPlainObject(value)).toBe(true)
  })

  test.each([...notPlain, ['an array of another realm', runInNewContext('[]')] as const])(
    'is not seen in %s',
    (_, value) => {
      expect(isPlainObject(value)).toBe(false)
    },
  )
})

describe('a snapshot of options', () => {
  interface Options {
    readonly a?: unknown
    readonly b?: unknown
  }
  const read = (options: unknown): Options => readOptions<Options>('owner', options as Options, ['a', 'b'])

  test('has the members of the options', () => {
    expect({ ...read({ a: 1, b: undefined }) }).toEqual({ a: 1, b: undefined })
    expect({ ...read({}) }).toEqual({})
    expect({ ...read(Object.assign(Object.create(null), { a: 1 })) }).toEqual({ a: 1 })
  })

  test('does not change when the options do', () => {
    const options = { a: 1 }
    const snapshot = read(options)
    options.a = 2
    expect(snapshot.a).toBe(1)
  })

  test('asks a getter once', () => {
    let asked = 0
    const snapshot = read({
      get a() {
        return ++asked
      },
    })
    expect([snapshot.a, snapshot.a, asked]).toEqual([1, 1, 1])
  })

  test('inherits nothing', () => {
    const snapshot = read({ b: 2 })
    expect(Object.getPrototypeOf(snapshot)).toBeNull()
    expect(polluted({ a: 1 }, () => snapshot.a)).toBeUndefined()
    expect(polluted({ a: 1, c: 1 }, () => read({}).a)).toBeUndefined()
  })

  test.each(['c', 'A', 'a ', '', 'toString', '__proto__', 'constructor'])('has no member %j', (name) => {
    const options = JSON.parse(`{"a":1,${JSON.stringify(name)}:"received-value"}`)
    expectTypeError(() => read(options), `owner: there is no option "${name}"; there are a, b`, options)
  })

  test.each(notPlain)('is not made of %s', (_, options) => {
    expectTypeError(() => read(options), 'owner: the options must be a plain object', options)
  })
})

describe('a bare object', () => {
  test('has the members that it was given', () => {
    expect({ ...bare({ a: 1, b: undefined }) }).toEqual({ a: 1, b: undefined })
    expect(Object.keys(bare(JSON.parse('{"__proto__":1}')))).toEqual(['__proto__'])
  })

  test('inherits nothing', () => {
    const object: { a?: number } = bare({})
    expect(Object.getPrototypeOf(object)).toBeNull()
    expect(polluted({ a: 1 }, () => object.a)).toBeUndefined()
  })

  test('is a copy', () => {
    const members = { a: 1 }
    const object = bare(members)
    members.a = 2
    expect(object.a).toBe(1)
  })
})

const notLists: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty string', ''],
  ['an empty array', []],
  ['an array with an empty string', ['received-value', '']],
  ['an array that repeats itself', ['received-value', 'received-value']],
  ['an array with a number', ['received-value', 12345]],
  ['an array with null', [null]],
  ['an array with a hole', new Array(1)],
  ['an array in an array', [['received-value']]],
  ['a number', 12345],
  ['a boxed string', new String('received-value')],
  ['a Set', new Set(['received-value'])],
  ['an object', { 0: 'received-value', length: 1 }],
  ['a regular expression', /received-value/],
]

describe('a list of strings', () => {
  test.each([
    ['one', ['a']],
    ['several', ['a', 'b', 'A']],
  ])('is read from an array of %s, and frozen', (_, value) => {
    for (const list of [readStrings('label', value), readStringArray('label', value)]) {
      expect(list).toEqual(value)
      expect(Object.isFrozen(list)).toBe(true)
    }
  })

  test('is read from one string, and frozen', () => {
    expect(readStrings('label', 'abc')).toEqual(['abc'])
    expect(Object.isFrozen(readStrings('label', 'abc'))).toBe(true)
  })

  test('is a copy', () => {
    const value = ['a']
    const lists = [readStrings('label', value), readStringArray('label', value)]
    value.push('b')
    expect(lists).toEqual([['a'], ['a']])
    expect(Object.isFrozen(value)).toBe(false)
  })

  test.each(notLists)('is not read from %s', (_, value) => {
    expectTypeError(() => readStrings('label', value), 'label must be a non-empty', value)
    expectTypeError(() => readStringArray('label', value), 'label must be a non-empty array', value)
  })

  test('is not read from a string where an array is wanted', () => {
    expectTypeError(
      () => readStringArray('label', 'received-value'),
      'label must be a non-empty array',
      'received-value',
    )
  })
})

describe('a string that may be left out', () => {
  test('is read', () => {
    expect(readString('label', 'a')).toBe('a')
    expect(readString('label', ' ')).toBe(' ')
    expect(readString('label', undefined)).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['an empty string', ''],
    ['a number', 0],
    ['false', false],
    ['an array', ['a']],
    ['a boxed string', new String('a')],
    ['an object with a toString', { toString: () => 'a' }],
  ])('is not %s', (_, value) => {
    expectTypeError(() => readString('label', value), 'label must be a non-empty string', value)
  })
})
