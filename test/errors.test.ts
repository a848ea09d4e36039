import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { isJwtError, JwtError } from 'tittle'
import type { JwtErrorCode } from 'tittle'
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
    const brand = Symbol.for('tittle')
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
