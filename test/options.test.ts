import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  bare,
  copyLists,
  isPlainObject,
  isSame,
  isUnchanged,
  readOptions,
  readString,
  readStringArray,
  readStrings,
} from '../src/options.ts'
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
    const wanted = Array.isArray(value) ? 'array of distinct' : 'string or a non-empty array of distinct ones'
    expectTypeError(() => readStrings('label', value), `label must be a non-empty ${wanted}`, value)
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

describe('a snapshot with copies of lists', () => {
  test('has the members of the options, and inherits nothing', () => {
    const now = () => 0
    const snapshot = copyLists({ a: 1, b: undefined, now, list: ['x', 'y'] })
    expect({ ...snapshot }).toEqual({ a: 1, b: undefined, now, list: ['x', 'y'] })
    expect(Object.keys(snapshot)).toEqual(['a', 'b', 'now', 'list'])
    expect(snapshot.now).toBe(now)
    expect(Object.getPrototypeOf(snapshot)).toBeNull()
    expect(polluted({ c: 1 }, () => (snapshot as { c?: number }).c)).toBeUndefined()
  })

  test('is of options without a prototype, and without members, too', () => {
    expect({ ...copyLists(bare({ a: [1] })) }).toEqual({ a: [1] })
    expect(Object.keys(copyLists({}))).toEqual([])
  })

  test('does not change when the options do, nor when their lists do', () => {
    const options = { a: 1, list: ['x'] }
    const snapshot = copyLists(options)
    options.a = 2
    options.list.push('y')
    expect({ ...snapshot }).toEqual({ a: 1, list: ['x'] })
    expect(snapshot.list).not.toBe(options.list)
  })

  test('holds what is no list, and what is in a list, as it is', () => {
    const [object, inner] = [{ b: 1 }, ['x']]
    const snapshot = copyLists({ object, list: [inner, object] })
    expect(snapshot.object).toBe(object)
    expect(snapshot.list[0]).toBe(inner)
    expect(snapshot.list[1]).toBe(object)
  })

  test('has a member named __proto__ as one of its own', () => {
    const snapshot = copyLists(JSON.parse('{"__proto__":["x"]}'))
    expect(Object.keys(snapshot)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(snapshot)).toBeNull()
  })

  test('asks a getter once', () => {
    let asked = 0
    const snapshot = copyLists({
      get list() {
        return [++asked]
      },
    })
    expect([snapshot.list, snapshot.list, asked]).toEqual([[1], [1], 1])
  })
})

describe('options are unchanged', () => {
  interface Options {
    a?: unknown
    b?: unknown
    c?: unknown
  }
  const now = () => 0
  const start = (): Options => ({ a: ['x', 'y'], b: now })
  const after = (change: (options: Options) => void): boolean => {
    const options = start()
    const snapshot = copyLists(options)
    change(options)
    return isUnchanged(snapshot, options)
  }

  test.each<[string, (options: Options) => void]>([
    ['nothing was done', () => {}],
    ['a member was set to itself', (options) => (options.b = now)],
    ['a list was replaced by an equal one', (options) => (options.a = ['x', 'y'])],
    ['a list was turned and turned back', ({ a }) => (a as string[]).reverse().reverse()],
    ['they were frozen', (options) => Object.freeze(options)],
    [
      'the members come in another order',
      (options) => {
        const { a } = options
        delete options.a
        options.a = a
      },
    ],
  ])('where %s', (_, change) => {
    expect(after(change)).toBe(true)
  })

  test.each<[string, (options: Options) => void]>([
    ['a member was replaced', (options) => (options.b = () => 0)],
    ['a member was set to undefined', (options) => (options.b = undefined)],
    ['a member was added', (options) => (options.c = 1)],
    ['a member was added that is undefined', (options) => (options.c = undefined)],
    ['a member was deleted', (options) => delete options.b],
    ['all members were deleted', (options) => [delete options.a, delete options.b]],
    ['a member was deleted and another one added', (options) => [delete options.b, (options.c = now)]],
    ['a member was deleted and an undefined one added', (options) => [delete options.b, (options.c = undefined)]],
    ['a list got another item', ({ a }) => (a as string[]).push('z')],
    ['a list lost an item', ({ a }) => (a as string[]).pop()],
    ['an item of a list was deleted', ({ a }) => delete (a as string[])[0]],
    ['a list was emptied', ({ a }) => ((a as string[]).length = 0)],
    ['the first item of a list was replaced', ({ a }) => ((a as string[])[0] = 'z')],
    ['the last item of a list was replaced', ({ a }) => ((a as string[])[1] = 'z')],
    ['the items of a list changed places', ({ a }) => (a as string[]).reverse()],
    ['a list was replaced by a text', (options) => (options.a = 'x,y')],
    ['a list was replaced by an object like it', (options) => (options.a = { 0: 'x', 1: 'y', length: 2 })],
    ['what was none was replaced by a list', (options) => (options.b = [now])],
    ['a member was hidden', (options) => Object.defineProperty(options, 'b', { enumerable: false })],
  ])('no longer where %s', (_, change) => {
    expect(after(change)).toBe(false)
  })

  test('not where an undefined member was replaced by another name that is undefined', () => {
    const options: Options = { a: 1, b: undefined }
    const snapshot = copyLists(options)
    delete options.b
    options.c = undefined
    expect(isUnchanged(snapshot, options)).toBe(false)
  })

  test('not where what was undefined is null, or is what every object inherits', () => {
    const options: { a: unknown[]; b?: unknown } = { a: [undefined, 1], b: undefined }
    const snapshot = copyLists(options)
    options.a[0] = null
    expect(isUnchanged(snapshot, options)).toBe(false)
    delete options.b
    expect(polluted({ b: undefined }, () => isUnchanged(snapshot, { a: [undefined, 1], c: 1 } as never))).toBe(false)
  })

  test('not where a member is one that every object has', () => {
    const options: Record<string, unknown> = { a: 1 }
    const snapshot = copyLists(options)
    delete options['a']
    options['toString'] = Object.prototype.toString
    expect(isUnchanged(snapshot, options)).toBe(false)
    expect(polluted({ b: 1 }, () => isUnchanged<Options>(copyLists<Options>({ a: 1 }), { b: 1 }))).toBe(false)
  })

  test('with no members at all, and without a prototype', () => {
    expect(isUnchanged(copyLists({}), {})).toBe(true)
    expect(isUnchanged(copyLists({ a: [1] }), bare({ a: [1] }))).toBe(true)
    expect(isUnchanged(copyLists({ a: [2] }), bare({ a: [1] }))).toBe(false)
  })

  test('not with a number that equals nothing', () => {
    expect(isUnchanged(copyLists({ a: NaN }), { a: NaN })).toBe(false)
    expect(isUnchanged(copyLists({ a: [NaN] }), { a: [NaN] })).toBe(false)
  })

  test('whatever becomes of an object in them, which is compared by identity', () => {
    const inner = ['x']
    const options = { a: [inner] }
    const snapshot = copyLists(options)
    inner.push('y')
    expect(isUnchanged(snapshot, options)).toBe(true)
    options.a[0] = ['x', 'y']
    expect(isUnchanged(snapshot, options)).toBe(false)
  })
})

describe('sameness', () => {
  const [object, inner] = [{}, ['x']]

  test.each<[string, unknown, unknown]>([
    ['two equal texts', 'x', 'x'],
    ['two equal numbers', 1, 1],
    ['zeros of both signs', 0, -0],
    ['undefined', undefined, undefined],
    ['null', null, null],
    ['an object and itself', object, object],
    ['empty lists', [], []],
    ['lists of equal items', ['x', 1, null, undefined, object], ['x', 1, null, undefined, object]],
    ['lists that hold the same list', [inner], [inner]],
  ])('is seen in %s', (_, a, b) => {
    expect([isSame(a, b), isSame(b, a)]).toEqual([true, true])
  })

  test.each<[string, unknown, unknown]>([
    ['a text and a number', '1', 1],
    ['undefined and null', undefined, null],
    ['NaN and NaN', NaN, NaN],
    ['lists of NaN', [NaN], [NaN]],
    ['two objects', {}, {}],
    ['a list and its only item', ['x'], 'x'],
    ['a list and an object like it', ['x'], { 0: 'x', length: 1 }],
    ['an empty list and an empty text', [], ''],
    ['a list and undefined', [], undefined],
    ['lists of which one begins with the other', ['x'], ['x', 'y']],
    ['an empty list and another', [], ['x']],
    ['an empty list and one of undefined', [], [undefined]],
    ['lists that differ at first', ['x', 'y'], ['z', 'y']],
    ['lists that differ at last', ['x', 'y'], ['x', 'z']],
    ['lists in another order', ['x', 'y'], ['y', 'x']],
    ['lists of text and number', ['1'], [1]],
    ['lists that hold equal lists', [['x']], [['x']]],
  ])('is not seen in %s', (_, a, b) => {
    expect([isSame(a, b), isSame(b, a)]).toEqual([false, false])
  })
})
