import { describe, expect, test } from 'vitest'
import type { RequestOrHeaders } from 'tittle/http'
import { headerOf, memberOf } from '../src/http-request.ts'
import { received } from './setup/http.ts'
import { polluted } from './setup/pollution.ts'

const url = 'https://api.example/'

/** The same header in each of the shapes that requests have. */
const shapes: readonly [string, (name: string, value: string) => RequestOrHeaders][] = [
  ['a Request', (name, value) => new Request(url, { headers: { [name]: value } })],
  ['Headers', (name, value) => new Headers({ [name]: value })],
  ['a request with Headers', (name, value) => ({ headers: new Headers({ [name]: value }) })],
  ['what answers get', (name, value) => ({ get: (wanted) => (wanted === name ? value : null) })],
  ['a request with what answers get', (name, value) => ({ headers: new Map([[name, value]]) as never })],
  ['a request of Node', (name, value) => ({ headers: { [name]: value } })],
  ['one without prototypes', (name, value) => bare({ headers: bare({ [name]: value }) })],
  ['one of several values', (name, value) => ({ headers: { [name]: [value] } })],
  ['one that counts them', (name, value) => ({ headers: { [name]: value }, headersDistinct: { [name]: [value] } })],
  ['one that has counted none', (name, value) => ({ headers: { [name]: value }, headersDistinct: {} })],
]

const bare = <T extends object>(members: T): T => Object.assign(Object.create(null), members)

describe('a header', () => {
  test.each(shapes)('is read from %s', (_, shape) => {
    for (const value of ['Bearer e30.e30.c2ln', 'a=1; b=2', '']) {
      expect(headerOf(shape('authorization', value), 'authorization')).toBe(value)
    }
    expect(headerOf(shape('cookie', 'a=1'), 'authorization')).toBeUndefined()
  })

  test.each(shapes)('is none that every object has, in %s', (_, shape) => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(headerOf(shape('cookie', 'a=1'), name)).toBeUndefined()
    }
  })

  test('is read from what node:http has received, whatever the case of its name', async () => {
    const read = await received(['AUTHORIZATION: Bearer a', 'Get: b', '__proto__: c'], (request) => [
      headerOf(request, 'authorization'),
      headerOf(request, 'get'),
      headerOf(request, 'cookie'),
      headerOf(request, 'constructor'),
    ])
    expect(read).toEqual(['Bearer a', 'b', undefined, undefined])
  })

  test('may be called as a method of Headers is', () => {
    expect(headerOf({ headers: { get: 'a value' } }, 'get')).toBe('a value')
  })
})

describe('a header that comes more than once', () => {
  const lines: readonly (readonly [string, string])[] = [
    ['authorization', 'Bearer a'],
    ['authorization', 'Bearer b'],
    ['cookie', 'a=1'],
    ['cookie', 'a=2'],
    ['origin', 'https://app.example'],
    ['origin', 'https://evil.example'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-proto', 'http'],
  ]
  const joined = {
    authorization: 'Bearer a, Bearer b',
    cookie: 'a=1; a=2',
    origin: 'https://app.example, https://evil.example',
    'x-forwarded-proto': 'https, http',
  }
  const names = Object.keys(joined)
  const readAll = (request: RequestOrHeaders) =>
    Object.fromEntries(names.map((name) => [name, headerOf(request, name)] as const))

  test('is joined, as node:http has received it, and none is dropped', async () => {
    expect(
      await received(
        lines.map((line) => line.join(': ')),
        readAll,
      ),
    ).toEqual(joined)
  })

  test('is joined in a Request and in Headers', () => {
    const headers = new Headers()
    for (const [name, value] of lines) headers.append(name, value)
    expect(readAll(headers)).toEqual(joined)
    expect(readAll(new Request(url, { headers }))).toEqual(joined)
  })

  test('is joined where a request of Node has several values', () => {
    const headers = Object.fromEntries(names.map((name) => [name, valuesOf(name)]))
    expect(readAll({ headers })).toEqual(joined)
    expect(headerOf({ headers: { authorization: [] } }, 'authorization')).toBeUndefined()
  })

  test('is what middleware has made of it', async () => {
    const read = await received(['Authorization: Bearer a', 'X-Forwarded-Proto: https'], (request) => {
      delete request.headers['x-forwarded-proto']
      request.headers.authorization = 'Bearer b'
      request.headers.origin = 'https://app.example'
      return readAll(request)
    })
    expect(read).toEqual({ authorization: 'Bearer b', origin: 'https://app.example' })
  })

  test('is gone where middleware has taken it away', async () => {
    const read = await received(['Authorization: Bearer a', 'Authorization: Bearer b'], (request) => {
      delete request.headers.authorization
      return headerOf(request, 'authorization')
    })
    expect(read).toBeUndefined()
  })

  function valuesOf(name: string): string[] {
    return lines.filter(([each]) => each === name).map(([, value]) => value)
  }
})

describe('what every object inherits', () => {
  const planted = {
    headers: { authorization: 'Bearer planted' },
    headersDistinct: { authorization: ['Bearer planted', 'Bearer planted'] },
    get: () => 'Bearer planted',
    authorization: 'Bearer planted',
  }

  test.each(shapes)('is no header, in %s', (_, shape) => {
    for (const [name, value] of Object.entries(planted)) {
      const [with_, without] = [shape('authorization', 'Bearer a'), shape('x-other', 'a')]
      const read = polluted({ [name]: value }, () => [with_, without].map((each) => headerOf(each, 'authorization')))
      expect(read, name).toEqual(['Bearer a', undefined])
    }
  })

  test('is no header of what node:http has received', async () => {
    for (const lines of [['X-Other: a'], ['Authorization: Bearer a']]) {
      const read = await received(lines, (request) => [
        headerOf(request, 'authorization'),
        ...Object.entries(planted).map(([name, value]) =>
          polluted({ [name]: value }, () => headerOf(request, 'authorization')),
        ),
      ])
      expect(new Set(read)).toEqual(new Set([read[0]]))
    }
  })
})

describe('a member of a request', () => {
  class Base {
    get method(): string {
      return 'POST'
    }
  }
  class Derived extends Base {
    readonly url = '/'
  }

  test('is its own, or one of its classes', () => {
    expect(memberOf({ method: 'GET' }, 'method')).toBe('GET')
    expect(memberOf(new Derived(), 'method')).toBe('POST')
    expect(memberOf(new Derived(), 'url')).toBe('/')
    expect(memberOf(bare({ method: 'GET' }), 'method')).toBe('GET')
    expect(memberOf({} as { method?: string }, 'method')).toBeUndefined()
    expect(memberOf({} as { toString?: unknown }, 'toString')).toBeUndefined()
  })

  test('is the same where every object inherits another one', () => {
    const [own, derived, other, none] = [{ method: 'GET' }, new Derived(), {}, bare({})]
    const read = polluted({ method: 'GET' }, () =>
      [own, derived, other, none].map((each) => memberOf(each as { method?: string }, 'method')),
    )
    expect(read).toEqual(['GET', 'POST', undefined, undefined])
  })

  test('may be one that only a Proxy knows of', () => {
    const proxy = new Proxy<{ encrypted?: boolean }>(bare({}), { get: (_, name) => name === 'encrypted' })
    expect(memberOf(proxy, 'encrypted')).toBe(true)
  })
})
