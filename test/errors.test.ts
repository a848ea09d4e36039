import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { isJwtError, JwtError } from 'tittle'
import type { JwtErrorCode } from 'tittle'
import { withoutStacks } from '../src/errors.ts'
import { polluted } from './setup/pollution.ts'

// A code that is added or taken away does not compile here, until somebody has thought about it.
const codes: Record<JwtErrorCode, true> = {
  ERR_TOKEN_MALFORMED: true,
  ERR_TOKEN_TOO_LONG: true,
  ERR_HEADER_INVALID: true,
  ERR_HEADER_CRITICAL: true,
  ERR_HEADER_TYPE: true,
  ERR_ALGORITHM: true,
  ERR_KEY_NOT_FOUND: true,
  ERR_KEY_AMBIGUOUS: true,
  ERR_SIGNATURE: true,
  ERR_CLAIM_MISSING: true,
  ERR_CLAIM_TYPE: true,
  ERR_CLAIM_VALUE: true,
  ERR_EXPIRED: true,
  ERR_NOT_YET_VALID: true,
  ERR_TOO_OLD: true,
  ERR_KEYSET_UNAVAILABLE: true,
  ERR_KEYSET_INVALID: true,
  ERR_SESSION_REUSED: true,
  ERR_SESSION_REVOKED: true,
  ERR_SESSION_EXPIRED: true,
  ERR_STORE_UNAVAILABLE: true,
  ERR_TOKEN_MISSING: true,
  ERR_REQUEST_INVALID: true,
  ERR_HTTPS_REQUIRED: true,
  ERR_CSRF: true,
  ERR_SCOPE: true,
}

describe('a JwtError', () => {
  test.each(Object.keys(codes) as JwtErrorCode[])('carries the code %s', (code) => {
    const error = new JwtError(code, 'words')
    expect(error.code).toBe(code)
    expect(error.message).toBe('words')
  })

  test('is an Error', () => {
    const error = new JwtError('ERR_EXPIRED', 'words')
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(JwtError)
    expect(error).not.toBeInstanceOf(TypeError)
  })

  test('names the claim, where there is one', () => {
    expect(new JwtError('ERR_EXPIRED', 'words', 'exp').claim).toBe('exp')
    expect(new JwtError('ERR_EXPIRED', 'words')).not.toHaveProperty('claim')
    expect(new JwtError('ERR_EXPIRED', 'words', undefined)).not.toHaveProperty('claim')
    expect(new JwtError('ERR_EXPIRED', 'words', '').claim).toBe('')
  })

  test('keeps its cause, where there is one', () => {
    const cause = new Error('the reason')
    expect(new JwtError('ERR_KEYSET_UNAVAILABLE', 'words', undefined, { cause }).cause).toBe(cause)
    expect(new JwtError('ERR_EXPIRED', 'words', 'exp')).not.toHaveProperty('cause')
  })

  test('gets neither claim nor cause from a polluted Object.prototype', () => {
    const error = polluted({ claim: 'exp', cause: 'words', code: 'words' }, () => {
      const made = new JwtError('ERR_EXPIRED', 'words')
      return { code: made.code, members: Object.getOwnPropertyNames(made) }
    })
    expect(error).toMatchObject({ code: 'ERR_EXPIRED' })
    expect(error.members).not.toContain('claim')
    expect(error.members).not.toContain('cause')
  })

  test('says its name in text and at the top of its stack', () => {
    const error = new JwtError('ERR_EXPIRED', 'words')
    expect(error.name).toBe('JwtError')
    expect(String(error)).toBe('JwtError: words')
    expect(error.stack).toMatch(/^JwtError: words\n/)
  })

  test('prints with its name once, its code and its claim', () => {
    const printed = inspect(new JwtError('ERR_EXPIRED', 'words', 'exp'))
    expect(printed).toMatch(/^JwtError: words\n/)
    expect(printed).toContain("code: 'ERR_EXPIRED'")
    expect(printed).toContain("claim: 'exp'")
    expect(printed.match(/JwtError: /g)).toHaveLength(1)
    expect(printed).not.toContain('Symbol(')
  })

  test('has its code and claim as its only enumerable members', () => {
    expect(Object.keys(new JwtError('ERR_EXPIRED', 'words'))).toEqual(['code'])
    const error = new JwtError('ERR_EXPIRED', 'words', 'exp', { cause: 1 })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'ERR_EXPIRED', claim: 'exp' })
  })
})

describe('isJwtError', () => {
  test('knows a JwtError, and one of a subclass', () => {
    class Special extends JwtError {}
    expect(isJwtError(new JwtError('ERR_EXPIRED', 'words'))).toBe(true)
    expect(isJwtError(new Special('ERR_EXPIRED', 'words'))).toBe(true)
  })

  test('knows whatever has the brand, which every copy of every version shares', () => {
    const brand = Symbol.for('tittle.JwtError')
    expect(brand in new JwtError('ERR_EXPIRED', 'words')).toBe(true)
    expect(isJwtError({ [brand]: true })).toBe(true)
  })

  test('knows the errors of another copy of the library, which knows those of this one', async () => {
    vi.resetModules()
    const other = await import('../src/errors.ts')
    expect(other.JwtError).not.toBe(JwtError)
    expect(isJwtError(new other.JwtError('ERR_EXPIRED', 'words'))).toBe(true)
    expect(other.isJwtError(new JwtError('ERR_EXPIRED', 'words'))).toBe(true)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'JwtError: words'],
    ['a number', 401],
    ['a function', () => {}],
    ['an empty object', {}],
    ['a plain Error', new Error('words')],
    ['a TypeError', new TypeError('words')],
    ['an object that only looks like one', { name: 'JwtError', code: 'ERR_EXPIRED', message: 'words' }],
  ])('does not take %s for one', (_, value) => {
    expect(isJwtError(value)).toBe(false)
  })
})

describe('without stacks', () => {
  const words = (error: Error): string => `${error.stack}`

  /** Acts while Error has this limit, and says which one it has afterwards. */
  function limited(limit: PropertyDescriptor | undefined, act: () => void): PropertyDescriptor | undefined {
    const given = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {}
    try {
      Reflect.deleteProperty(Error, 'stackTraceLimit')
      if (limit) Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, ...limit })
      act()
      return Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', given)
    }
  }

  const ordinary = (value: unknown): PropertyDescriptor => ({
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })

  test('errors have their words and no stack, and afterwards they have one', () => {
    const error = withoutStacks(() => new JwtError('ERR_EXPIRED', 'words', 'exp'))
    expect(words(error)).toBe('JwtError: words')
    expect(error).toMatchObject({ code: 'ERR_EXPIRED', claim: 'exp', message: 'words' })
    expect(words(new JwtError('ERR_EXPIRED', 'words'))).toMatch(/^JwtError: words\n +at /)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['an object', { a: 1 }],
    ['an error', new Error('words')],
    ['a promise', Promise.resolve(1)],
    ['a function', () => 1],
  ])('the work answers with %s, as it is', (_, value) => {
    expect(withoutStacks(() => value)).toBe(value)
  })

  test('the work is done once, while the limit is 0', () => {
    const limits: unknown[] = []
    limited(ordinary(7), () => withoutStacks(() => limits.push(Error.stackTraceLimit)))
    expect(limits).toEqual([0])
  })

  test.each([0, 1, 10, 7.5, 1000, Infinity, NaN, -1])('the limit of %d is there again afterwards', (limit) => {
    expect(limited(ordinary(limit), () => withoutStacks(() => {}))).toEqual(ordinary(limit))
  })

  test('the limit is there again after work that throws, which is thrown on', () => {
    const mistake = new TypeError('words')
    const caught: unknown[] = []
    const after = limited(ordinary(7), () => {
      try {
        withoutStacks(() => {
          throw mistake
        })
      } catch (error) {
        caught.push(error)
      }
    })
    expect(after).toEqual(ordinary(7))
    expect(caught).toEqual([mistake])
    expect(caught[0]).toBe(mistake)
  })

  test('work within work has none either, and the limit is that of before', () => {
    const limits: unknown[] = []
    const note = () => limits.push(Error.stackTraceLimit)
    const after = limited(ordinary(7), () => {
      withoutStacks(() => {
        withoutStacks(note)
        note()
        try {
          withoutStacks(() => {
            throw new TypeError('words')
          })
        } catch {
          note()
        }
      })
      note()
    })
    expect(limits).toEqual([0, 0, 0, 7])
    expect(after).toEqual(ordinary(7))
  })

  test('what is awaited afterwards has its stack again', async () => {
    const error = await withoutStacks(async () => {
      await null
      return new JwtError('ERR_EXPIRED', 'words')
    })
    expect(words(error)).toMatch(/^JwtError: words\n +at /)
  })

  test.each<[string, PropertyDescriptor | undefined]>([
    ['deleted', undefined],
    ['undefined', ordinary(undefined)],
    ['null', ordinary(null)],
    ['text', ordinary('10')],
    ['an object', ordinary({ valueOf: () => 10 })],
    ['a bigint', ordinary(10n)],
    ['not writable', { value: 7, writable: false, enumerable: true, configurable: true }],
    ['frozen, as SES does it', { value: 7, writable: false, enumerable: false, configurable: true }],
    ['a getter alone', { get: () => 7, enumerable: false, configurable: true }],
  ])('the work is done where the limit is %s, which it stays', (_, limit) => {
    const mistake = new TypeError('words')
    const seen: unknown[] = []
    const after = limited(limit, () => {
      seen.push(withoutStacks(() => Error.stackTraceLimit === (limit?.get ? limit.get() : limit?.value)))
      try {
        withoutStacks(() => {
          throw mistake
        })
      } catch (error) {
        seen.push(error)
      }
    })
    expect(seen).toEqual([true, mistake])
    expect(after).toEqual(limit)
  })

  test('the work is done where a limit is set by a setter, which is told the limit of before', () => {
    const told: unknown[] = []
    let limit = 7
    const set = (value: number): void => {
      limit = value
      told.push(value)
    }
    limited({ get: () => limit, set }, () => withoutStacks(() => {}))
    expect(told).toEqual([0, 7])
  })

  // A mutation tester writes names of its own into the source, which mean nothing in another realm.
  test.skipIf(withoutStacks.toString().includes('stryMutAct'))('the work is done where Error is frozen', async () => {
    // For good, and so in a realm of its own.
    const { runInNewContext } = await import('node:vm')
    const source = withoutStacks.toString()
    const seen = runInNewContext(
      `'use strict'; Object.freeze(Error); const limit = Error.stackTraceLimit; const run = ${source};
      [run(() => 'done'), Error.stackTraceLimit === limit]`,
    )
    expect([...seen]).toEqual(['done', true])
  })
})
