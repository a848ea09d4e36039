import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { parseJsonObject } from '../src/json.ts'
import { holdsObjects, Memo, type MemoOptions, type OpenedJws } from '../src/memo.ts'
import { polluted } from './setup/pollution.ts'
import { es256, NOW } from './setup/tokens.ts'

const never = Infinity

/** A token that has been opened, as whoever verifies one has it. */
const opened = (payload = '{}', header: OpenedJws['header'] = { alg: 'ES256' }): OpenedJws => ({
  header,
  payload,
  key: es256.publicKey,
  copyClaims: undefined,
})

/** The claims of an opened token, as whoever verifies one reads them. */
const claimsOf = (token: OpenedJws) => (token.copyClaims ? token.copyClaims() : parseJsonObject(token.payload))

/** A memo, with a clock that stands still until it is set. */
class Subject {
  readonly memo: Memo
  now = NOW

  constructor(max: number) {
    this.memo = new Memo({ max })
  }

  put(token: string, expires = never, given = opened()): void {
    this.memo.put(token, given, expires, this.now)
  }

  take(token: string): OpenedJws | undefined {
    return this.memo.take(token)
  }

  /** Uses a token as one that is accepted again. */
  use(token: string): void {
    const entry = this.take(token)
    expect(entry, token).toBeDefined()
    this.put(token, never, entry)
  }

  /** Which of the tokens are remembered; none is any longer. */
  drain(...tokens: readonly string[]): string[] {
    return tokens.filter((token) => this.take(token))
  }
}

/** A memo into which these have been put, in this order. */
function filled(max: number, ...tokens: readonly string[]): Subject {
  const memo = new Subject(max)
  for (const token of tokens) memo.put(token)
  return memo
}

/** What is remembered of a token, as it comes back. */
function remembered(payload: string, header?: OpenedJws['header']): OpenedJws {
  const memo = new Subject(1)
  memo.put('a', never, opened(payload, header))
  const entry = memo.take('a')
  if (!entry) throw new Error('the token was not remembered')
  return entry
}

describe('a mistake in the options is a TypeError', () => {
  const mistaken = (options: unknown) => () => new Memo(options as MemoOptions)

  test.each([0, -1, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53, '100', '', null, undefined, 100n, true, [100], {}])(
    'max: %o',
    (max) => {
      expect(mistaken({ max })).toThrow(new TypeError('policy.memo.max must be a positive whole number of tokens'))
    },
  )

  test('max left out, even where a polluted Object.prototype has one', () => {
    expect(mistaken({})).toThrow(new TypeError('policy.memo.max must be a positive whole number of tokens'))
    let thrown: unknown
    polluted({ max: 5 }, () => {
      try {
        mistaken({})()
      } catch (error) {
        thrown = error
      }
    })
    expect(thrown).toBeInstanceOf(TypeError)
  })

  test.each(['maximum', 'Max', 'ttl', 'toString', '__proto__'])('a member that does not exist: %s', (member) => {
    const options = Object.defineProperty({ max: 5 }, member, { value: 5, enumerable: true })
    expect(mistaken(options)).toThrow(new TypeError(`policy.memo: there is no option "${member}"; there are max`))
  })

  test.each([undefined, null, 5, true, 'max', [], [5], new Map([['max', 5]]), () => ({ max: 5 })])(
    'the whole of it: %o',
    (options) => {
      expect(mistaken(options)).toThrow(new TypeError('policy.memo: the options must be a plain object'))
    },
  )

  test('control: what is none passes', () => {
    for (const max of [1, 1000, Number.MAX_SAFE_INTEGER]) expect(mistaken({ max })).not.toThrow()
    expect(mistaken(Object.freeze({ max: 5 }))).not.toThrow()
    expect(mistaken(Object.assign(Object.create(null), { max: 5 }))).not.toThrow()
  })

  test('and the options are read once', () => {
    const options = { max: 1 }
    const memo = new Memo(options)
    options.max = 100
    for (const token of ['a', 'b']) memo.put(token, opened(), never, NOW)
    expect([memo.take('a'), memo.take('b')]).toEqual([undefined, expect.anything()])
  })
})

describe('a token that was put in', () => {
  test('comes out with its header, its payload and its key', () => {
    const memo = new Subject(5)
    const given = opened('{"sub":"alice"}', { alg: 'ES256', kid: 'a' })
    memo.put('a', never, given)
    const { header, payload, key } = memo.take('a') ?? {}
    expect({ header, payload, key, copyClaims: undefined }).toEqual(given)
    expect(key).toBe(given.key)
  })

  test('comes out by its full text and by no other', () => {
    const memo = filled(5, 'header.payload.signature')
    for (const other of ['', 'header.payload.signatur', 'header.payload.signature.', 'HEADER.payload.signature']) {
      expect(memo.take(other)).toBeUndefined()
    }
    for (const name of ['__proto__', 'constructor', 'size', 'toString']) expect(memo.take(name)).toBeUndefined()
    expect(memo.take('header.payload.signature')).toBeDefined()
  })

  test('is gone once it is taken, until it is put back', () => {
    const memo = filled(5, 'a')
    const entry = memo.take('a')
    expect(memo.take('a')).toBeUndefined()
    memo.put('a', never, entry)
    expect(memo.take('a')).toBe(entry)
    expect(memo.take('a')).toBeUndefined()
  })

  test('twice is there once, as it was put in last', () => {
    const memo = new Subject(2)
    memo.put('a', never, opened('{"n":1}'))
    memo.put('b')
    memo.put('a', never, opened('{"n":2}'))
    memo.put('c')
    expect(memo.take('a')).toMatchObject({ payload: '{"n":2}' })
    expect(memo.drain('a', 'b', 'c')).toEqual(['c'])
  })

  test('is in no other memo', () => {
    const [one, other] = [filled(5, 'a'), filled(5, 'b')]
    expect(one.drain('a', 'b')).toEqual(['a'])
    expect(other.drain('a', 'b')).toEqual(['b'])
  })

  test.each<[string, OpenedJws['header']]>([
    ['an array', { alg: 'ES256', x5c: ['AA=='] }],
    ['an empty array', { alg: 'ES256', x: [] }],
    ['a crit', { alg: 'ES256', crit: ['x'], x: 1 }],
    ['an object', { alg: 'ES256', x: { deep: 1 } }],
    ['an object named __proto__', JSON.parse('{"alg":"ES256","__proto__":{"x":1}}')],
  ])('is not remembered where its header has %s', (_, header) => {
    const memo = new Subject(5)
    memo.put('a', never, opened('{}', header))
    expect(memo.take('a')).toBeUndefined()
  })

  test('is remembered with a header of many members, if there is no object', () => {
    const header = { alg: 'ES256', kid: 'a', typ: 'JWT', cty: 'x', b64: true, n: 1.5 }
    expect(remembered('{}', header).header).toEqual(header)
  })

  test('that is not remembered drives no other out', () => {
    const memo = filled(2, 'a', 'b')
    memo.put('c', never, opened('{}', { alg: 'ES256', crit: ['x'] }))
    expect(memo.drain('a', 'b', 'c')).toEqual(['a', 'b'])
  })

  test('is not even looked for, where it is longer, as the hashes of long strings collide', () => {
    const memo = filled(5, 'a')
    const lookups = vi.spyOn(Map.prototype, 'get')
    try {
      expect(memo.take('b'.repeat(8193))).toBeUndefined()
      expect(lookups).not.toHaveBeenCalled()
      expect(memo.take('b'.repeat(8192))).toBeUndefined()
      expect(lookups).toHaveBeenCalledTimes(1)
    } finally {
      lookups.mockRestore()
    }
  })

  test('is remembered up to 8,192 characters, and not beyond', () => {
    const memo = filled(5, 'a'.repeat(8192), 'b'.repeat(8193))
    expect(memo.drain('a'.repeat(8192), 'b'.repeat(8193))).toEqual(['a'.repeat(8192)])
    expect(filled(1, 'a', 'b'.repeat(8193)).drain('a')).toEqual(['a'])
  })

  test('does not come out for what is no text', () => {
    const memo = filled(5, 'a', 'undefined')
    for (const other of [Object('a'), ['a'], { toString: () => 'a', length: 1 }, undefined, null, 5]) {
      expect(memo.memo.take(other)).toBeUndefined()
    }
  })
})

describe('what a memo holds in memory', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')

  /** By how many octets the heap has grown. */
  function growth(act: () => void): number {
    collect()
    const before = process.memoryUsage().heapUsed
    act()
    collect()
    return process.memoryUsage().heapUsed - before
  }

  // V8 keeps the text that a slice was cut from for as long as the slice.
  test('is a copy of each token, and not the text that it was cut from', () => {
    const [size, count] = [3_000_000, 20]
    const memo = new Subject(count)
    const grown = growth(() => {
      for (let i = 0; i < count; i++) {
        const request = `token ${i} `.padEnd(300, '.').repeat(size / 300)
        memo.put(request.slice(1, 300))
      }
    })
    expect(grown).toBeLessThan((size * count) / 4)
    expect(memo.drain('token 0 '.padEnd(300, '.').slice(1))).toHaveLength(1)
  })

  // V8 keeps the former tables of a Map for as long as there is an iterator over them that stands still.
  test('does not grow by hits', () => {
    const tokens = Array.from({ length: 1000 }, (_, i) => `${i}`)
    const memo = filled(1000, ...tokens)
    const hit = (): void => {
      for (const token of tokens) memo.put(token, never, memo.take(token))
    }
    hit()
    const grown = growth(() => {
      for (let i = 0; i < 300; i++) hit()
    })
    expect(grown).toBeLessThan(5_000_000)
    expect(memo.drain(...tokens)).toEqual(tokens)
  })
})

describe('the least recently used token goes first', () => {
  test('where all were put in and none was used', () => {
    expect(filled(3, 'a', 'b', 'c', 'd').drain('a', 'b', 'c', 'd')).toEqual(['b', 'c', 'd'])
    expect(filled(3, 'a', 'b', 'c', 'd', 'e', 'f', 'g').drain('d', 'e', 'f', 'g')).toEqual(['e', 'f', 'g'])
    expect(filled(1, 'a', 'b').drain('a', 'b')).toEqual(['b'])
  })

  test('and not one that was used since', () => {
    const memo = filled(3, 'a', 'b', 'c')
    memo.use('a')
    memo.put('d')
    memo.use('c')
    memo.put('e')
    expect(memo.drain('a', 'b', 'c', 'd', 'e')).toEqual(['c', 'd', 'e'])
  })

  test('and not one that was verified anew since', () => {
    const memo = filled(2, 'a', 'b')
    memo.put('a')
    memo.put('c')
    expect(memo.drain('a', 'b', 'c')).toEqual(['a', 'c'])
  })

  test('and nothing goes while there is room', () => {
    const tokens = Array.from({ length: 100 }, (_, i) => `${i}`)
    expect(filled(100, ...tokens).drain(...tokens)).toEqual(tokens)
  })

  test('also where one is put back into a memo that has filled up meanwhile', () => {
    const memo = filled(2, 'a', 'b')
    const taken = memo.take('a')
    for (const token of ['c', 'd']) memo.put(token)
    memo.put('a', never, taken)
    expect(memo.drain('a', 'b', 'c', 'd')).toEqual(['a', 'd'])
  })

  test('so that there are never more than max, in whatever order they are taken, put in and put back', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const step = fc.record({
      token: fc.constantFrom(...names),
      action: fc.constantFrom('put', 'take', 'put back', 'wait'),
      lifetime: fc.constantFrom(1, 3, never),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (max, steps) => {
        const memo = new Subject(max)
        const taken = new Map<string, OpenedJws>()
        for (const { token, action, lifetime } of steps) {
          const held = taken.get(token)
          if (action === 'wait') memo.now++
          else if (action === 'put') memo.put(token, memo.now + lifetime)
          else if (action === 'put back' && held) memo.put(token, never, held)
          else if (action === 'take') {
            const entry = memo.take(token)
            if (entry) taken.set(token, entry)
          }
        }
        expect(memo.drain(...names).length).toBeLessThanOrEqual(max)
      }),
    )
  })

  test('as a plain list of the tokens used last would have it', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.constantFrom(...names)), (max, uses) => {
        const memo = new Subject(max)
        let list: string[] = []
        for (const token of uses) {
          const entry = memo.take(token)
          expect(entry !== undefined).toBe(list.includes(token))
          memo.put(token, never, entry)
          list = [...list.filter((other) => other !== token), token].slice(-max)
        }
        expect(memo.drain(...names)).toEqual([...list].sort())
      }),
    )
  })
})

describe('what has expired', () => {
  const names = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

  test('goes with insertions, at most two at a time', () => {
    const old = names(10, 'old')
    // Each in a memo of its own, as to look is to take.
    const left = Array.from({ length: 30 }, (_, insertions) => {
      const memo = filled(100)
      for (const token of old) memo.put(token, NOW + 10)
      memo.now = NOW + 10
      for (const token of names(insertions, 'new')) memo.put(token)
      return memo.drain(...old).length
    })
    expect(left[0]).toBe(10)
    expect(left.at(-1)).toBe(0)
    left.slice(1).forEach((count, i) => {
      const gone = (left[i] ?? 0) - count
      expect(gone).toBeGreaterThanOrEqual(0)
      expect(gone).toBeLessThanOrEqual(2)
    })
  })

  test('goes before there are as many new ones, wherever it stands', () => {
    for (const place of [0, 5, 9]) {
      const memo = new Subject(1000)
      names(10, 'old').forEach((token, i) => memo.put(token, i === place ? NOW + 10 : never))
      memo.now = NOW + 10
      for (const token of names(20, 'new')) memo.put(token)
      const kept = memo.drain(...names(10, 'old'))
      expect(kept).toEqual(names(10, 'old').filter((_, i) => i !== place))
    }
  })

  test('stays until its very second', () => {
    for (const [time, stays] of [
      [NOW + 9.999, true],
      [NOW + 10, false],
    ] as const) {
      const memo = new Subject(100)
      memo.put('a', NOW + 10)
      memo.now = time
      for (const token of names(10, 'new')) memo.put(token)
      expect(memo.take('a') !== undefined).toBe(stays)
    }
  })

  test('never takes with it what has not', () => {
    const memo = new Subject(1000)
    const lasting = names(50, 'lasting')
    lasting.forEach((token, i) => {
      memo.put(token, i % 2 ? NOW + 20 : never)
      memo.put(`expiring${i}`, NOW + 10)
    })
    memo.now = NOW + 15
    for (const token of names(200, 'new')) memo.put(token, NOW + 30)
    expect(memo.drain(...lasting)).toEqual(lasting)
    expect(memo.drain(...names(50, 'expiring'))).toEqual([])
  })

  test('is looked at as it was put in, not as it is put back', () => {
    const memo = new Subject(100)
    memo.put('a', NOW + 10)
    memo.use('a')
    memo.now = NOW + 10
    for (const token of names(10, 'new')) memo.put(token)
    expect(memo.take('a')).toBeUndefined()
  })

  test('may be what is put in, which is then not remembered for long', () => {
    const memo = new Subject(50)
    memo.put('a', NOW - 1)
    for (const token of names(10, 'new')) memo.put(token)
    expect(memo.take('a')).toBeUndefined()
  })
})

describe('the claims of an opened token', () => {
  const payloads = [
    '{}',
    '{"exp":1800000900,"sub":"alice","admin":true,"n":1.5}',
    '{"nothing":null}',
    '{"aud":["a","b"],"nested":{"list":[{"deep":[1]}]}}',
    '{"__proto__":"text","constructor":5,"toString":false}',
    '{"__proto__":{"admin":true}}',
    Buffer.from('{"name":"ü \u{1f701}"}').toString('latin1'),
  ]
  const read = (payload: string): unknown => JSON.parse(Buffer.from(payload, 'latin1').toString())

  test.each(payloads)('are those of the payload, remembered or not: %s', (payload) => {
    for (const token of [opened(payload), remembered(payload)]) {
      for (let i = 0; i < 3; i++) {
        const claims = claimsOf(token)
        expect(claims).toEqual(read(payload))
        expect(Object.keys(claims ?? {})).toEqual(Object.keys(read(payload) as object))
      }
    }
  })

  test.each(payloads)('are an object of their own each time, and all within them: %s', (payload) => {
    const token = remembered(payload)
    const seen = new Set<unknown>()
    for (let i = 0; i < 3; i++) {
      for (const object of objectsIn(claimsOf(token))) {
        expect(seen.has(object)).toBe(false)
        seen.add(object)
      }
    }
  })

  test.each(payloads)('are not changed by whoever changes what was given out: %s', (payload) => {
    for (const token of [opened(payload), remembered(payload)]) {
      for (let i = 0; i < 3; i++) {
        for (const object of objectsIn(claimsOf(token))) {
          for (const name of Object.keys(object)) Reflect.deleteProperty(object, name)
          Object.assign(object, { sub: 'mallory', 0: 'mallory' })
        }
        expect(claimsOf(token)).toEqual(read(payload))
      }
    }
  })

  test('have a claim named __proto__ that is a claim like any other', () => {
    for (const payload of ['{"__proto__":"text"}', '{"__proto__":null}', '{"__proto__":{"admin":true}}']) {
      const claims = claimsOf(remembered(payload)) ?? {}
      expect(Object.hasOwn(claims, '__proto__')).toBe(true)
      expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
      expect(claims['admin']).toBeUndefined()
    }
  })

  test.each(['', 'null', '[]', '"text"', '5', '{', '{"a":1,"a":2}', '{"exp":1e400}', '{}{}', '\xff'])(
    'are undefined where the payload is not one strict JSON object: %s',
    (payload) => {
      expect(claimsOf(opened(payload))).toBeUndefined()
      expect(claimsOf(remembered(payload))).toBeUndefined()
    },
  )

  test('are parsed once and no more, where there is nothing in them that two could share', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const parsed = (token: OpenedJws): number => {
      parse.mockClear()
      for (let i = 0; i < 3; i++) claimsOf(token)
      return parse.mock.calls.length
    }
    try {
      expect(parsed(remembered('{"sub":"alice"}'))).toBe(0)
      expect(parsed(remembered('{"aud":["a"]}'))).toBe(3)
      expect(parsed(opened('{"sub":"alice"}'))).toBe(3)
    } finally {
      parse.mockRestore()
    }
  })

  function objectsIn(value: unknown): object[] {
    if (typeof value !== 'object' || value === null) return []
    return [value, ...Object.values(value).flatMap(objectsIn)]
  }
})

describe('an object among members', () => {
  const rows: readonly (readonly [Record<string, unknown>, boolean])[] = [
    [{}, false],
    [{ a: 'text', b: 5, c: true, d: '' }, false],
    [{ a: [] }, true],
    [{ a: {} }, true],
    [{ a: 1, b: 'text', c: [1] }, true],
    [JSON.parse('{"__proto__":{}}'), true],
    [JSON.parse('{"__proto__":1}'), false],
  ]

  test.each(rows.map(([members, held]) => [inspect(members), held, members] as const))('%s: %s', (_, held, members) => {
    expect(holdsObjects(members)).toBe(held)
  })

  test('is none of a polluted Object.prototype', () => {
    expect(polluted({ a: {} }, () => holdsObjects({ b: 1 }))).toBe(false)
  })
})
