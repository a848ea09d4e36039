import { describe, expect, test } from 'vitest'
import { generateSecret } from 'tittle'
import {
  accessCookie,
  clearCookies,
  cookieNames,
  csrfCookie,
  csrfToken,
  readCookies,
  refreshCookie,
  type CookieOptions,
  type RefreshCookieOptions,
} from 'tittle/http'
import { createSessions } from 'tittle/session'
import { expectSwift, MILLION, nodeRequest, received } from './setup/http.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError } from './setup/silence.ts'

const TOKEN = 'e30.e30.c2ln'
const access = { accessToken: TOKEN, accessExpiresIn: 600 }
const refresh = { refreshToken: TOKEN, refreshExpiresIn: 604_800 }

/** The three that set a cookie, as a caller without types has them. */
const setters: readonly [string, (options?: unknown) => string][] = [
  ['accessCookie', (options) => accessCookie(access, options as CookieOptions)],
  ['refreshCookie', (options) => refreshCookie(refresh, { path: '/', ...(options as Partial<RefreshCookieOptions>) })],
  ['csrfCookie', (options) => csrfCookie(TOKEN, options as CookieOptions)],
]

describe('the cookies of a request', () => {
  const readBy = (cookie: string) => Object.fromEntries(readCookies(nodeRequest({ cookie })))

  test.each<[string, Readonly<Record<string, string>>]>([
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=1; b=2', { a: '1', b: '2' }],
    ['a=1;b=2', { a: '1', b: '2' }],
    [' \ta = 1 ;\t b=2\t', { a: '1', b: '2' }],
    ['a=', { a: '' }],
    ['a=b=c==', { a: 'b=c==' }],
    ['a="1"', { a: '"1"' }],
    ['a="1; b=2"', { a: '"1', b: '2"' }],
    ['a=%3B%20b=2', { a: '%3B%20b=2' }],
    ['A=1; a=2', { A: '1', a: '2' }],
    ['__Host-access=a; __host-access=b', { '__Host-access': 'a', '__host-access': 'b' }],
    ['a=1,b=2', { a: '1,b=2' }],
    ['$Version=1; a=1; $Path=/', { $Version: '1', a: '1', $Path: '/' }],
    ['a=é', { a: 'é' }],
    ['a=1; a=1', { a: '1' }],
    ['constructor=1; toString=2', { constructor: '1', toString: '2' }],
  ])('are read from %j', (cookie, cookies) => {
    expect(readBy(cookie)).toEqual(cookies)
    expect(readCookies(nodeRequest({ cookie })).size).toBe(Object.keys(cookies).length)
  })

  test.each([
    ['a name alone', 'planted'],
    ['a value alone', '=planted'],
    ['a value alone that looks like a cookie', '=__Host-access=planted'],
    ['a name of spaces', '  =planted'],
    ['separators', ';;; ;'],
    ['two of different values', '__Host-access=a; __Host-access=planted'],
    ['two of different values, one of them empty', '__Host-access=; __Host-access=planted'],
    ['two of different values, one of them twice', '__Host-access=a; __Host-access=planted; __Host-access=a'],
    ['two of different values, around another', '__Host-access=planted; =; b; __Host-access=a'],
    ['no header', undefined],
  ])('are none in %s', (_, cookie) => {
    expect(readCookies(nodeRequest({ cookie })).size).toBe(0)
  })

  test('do without the name that comes twice, and keep the others', () => {
    expect(readBy('a=1; b=1; a=2; c=3; b=1')).toEqual({ b: '1', c: '3' })
  })

  // Browsers see a name without a prefix here, which any host of the domain and any page without TLS may set.
  test.each([
    ['a no-break space', '\u00a0'],
    ['a next line', '\u0085'],
    ['a vertical tab', '\v'],
    ['a form feed', '\f'],
    ['a line break', '\n'],
    ['an en quad', '\u2000'],
    ['an ideographic space', '\u3000'],
    ['a byte order mark', '\ufeff'],
    ['an en quad as node:http reads its octets', 'â\u0080\u0080'],
    ['a no-break space as node:http reads its octets', 'Â\u00a0'],
    ['a null', '\0'],
  ])('do not get a prefix by %s before or behind it', (_, space) => {
    for (const name of [`${space}__Host-access`, `__Host-access${space}`, ` ${space} __Host-access `]) {
      expect(readCookies(nodeRequest({ cookie: `${name}=planted` })).size).toBe(0)
      expect(readBy(`__Host-access=a; ${name}=planted`)).toEqual({ '__Host-access': 'a' })
    }
  })

  test('have names that every object has, and pollute nothing', () => {
    const cookies = readCookies(nodeRequest({ cookie: '__proto__=1; __proto__ = 1; constructor=2; prototype=3' }))
    expect([...cookies]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['prototype', '3'],
    ])
    expect(readCookies(nodeRequest({ cookie: 'a=1' })).get('toString')).toBeUndefined()
    expect(({} as { 1?: unknown })[1]).toBeUndefined()
  })

  test.each([
    ['one header', ['Cookie: a=1; b=2'], { a: '1', b: '2' }],
    ['two headers', ['Cookie: a=1', 'Cookie: b=2'], { a: '1', b: '2' }],
    ['two headers that differ', ['Cookie: a=1; b=2', 'Cookie: a=2'], { b: '2' }],
    ['an octet that is a space in Latin-1', ['Cookie: \u00a0__Host-access=planted; a=1'], { a: '1' }],
    ['none', [], {}],
  ])('are what node:http has received of %s', async (_, lines, cookies) => {
    expect(await received(lines, (request) => Object.fromEntries(readCookies(request)))).toEqual(cookies)
  })

  test('are read from a Request and from Headers', () => {
    const headers = new Headers([
      ['cookie', 'a=1; b=2'],
      ['cookie', 'a=2'],
    ])
    for (const request of [headers, new Request('https://api.example/', { headers })]) {
      expect([...readCookies(request)]).toEqual([['b', '2']])
    }
  })

  test('are not those that every object inherits', () => {
    const request = nodeRequest({})
    expect(polluted({ cookie: 'a=1', get: () => 'a=1' }, () => readCookies(request).size)).toBe(0)
  })

  test.each([
    ['separators', ';'.repeat(MILLION)],
    ['equals signs', '='.repeat(MILLION)],
    ['a name and equals signs', `a${'='.repeat(MILLION)}`],
    ['spaces', ' '.repeat(MILLION)],
    ['spaces in a name', `a${' '.repeat(MILLION)}b=1`],
    ['spaces in a value', `a=b${' '.repeat(MILLION)}c`],
    ['spaces and separators', '; '.repeat(MILLION / 2)],
    ['quotes', `a=${'"'.repeat(MILLION)}`],
    ['the same name', 'a=1; a=2; '.repeat(MILLION / 10)],
    ['other names', Array.from({ length: MILLION / 10 }, (_, i) => `a${i}=1`).join('; ')],
  ])('are read in one go from a megabyte of %s', (_, cookie) => {
    expectSwift(() => readCookies(nodeRequest({ cookie })))
  })
})

describe('a cookie that is set', () => {
  test.each<[string, string, string]>([
    [
      'an access token',
      accessCookie(access),
      `__Host-access=${TOKEN}; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ],
    [
      'an access token, with options',
      accessCookie(access, { name: '__Secure-a_1', path: '/api/v1.0/~a%20b', sameSite: 'None' }),
      `__Secure-a_1=${TOKEN}; Max-Age=600; Path=/api/v1.0/~a%20b; Secure; HttpOnly; SameSite=None`,
    ],
    [
      'a refresh token',
      refreshCookie(refresh, { path: '/auth' }),
      `__Secure-refresh=${TOKEN}; Max-Age=604800; Path=/auth; Secure; HttpOnly; SameSite=Strict`,
    ],
    [
      'a refresh token, with options',
      refreshCookie(refresh, { name: '__Host-r', path: '/', sameSite: 'Lax' }),
      `__Host-r=${TOKEN}; Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ],
    ['a CSRF token', csrfCookie(TOKEN), `__Host-csrf=${TOKEN}; Path=/; Secure; SameSite=Strict`],
    [
      'a CSRF token, with options',
      csrfCookie(TOKEN, { name: '__Secure-c', path: '/app', sameSite: 'Lax' }),
      `__Secure-c=${TOKEN}; Path=/app; Secure; SameSite=Lax`,
    ],
  ])('holds %s, and has these attributes', (_, cookie, text) => {
    expect(cookie).toBe(text)
  })

  test.each(setters)('has the defaults where an option is undefined: %s', (_, set) => {
    expect(set({ name: undefined, sameSite: undefined })).toBe(set())
    expect(set(Object.assign(Object.create(null), { name: '__Host-a', path: '/' }))).toMatch(/^__Host-a=.*Path=\/;/)
  })

  test.each([
    [600, 600],
    [1, 1],
    [0.9, 0],
    [599.9999, 599],
    [0, 0],
    [-1, 0],
    [-0.5, 0],
    [34_560_000, 34_560_000],
  ])('lives %d seconds as %i', (seconds, maxAge) => {
    const cookies = [
      accessCookie({ accessToken: TOKEN, accessExpiresIn: seconds }),
      refreshCookie({ refreshToken: TOKEN, refreshExpiresIn: seconds }, { path: '/auth' }),
    ]
    for (const cookie of cookies) expect(cookie).toContain(`${TOKEN}; Max-Age=${maxAge}; Path=`)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['a number that is written with a letter', 1e21],
    ['a text that is more', '600; Domain=evil.example'],
    ['a duration', '10m'],
    ['an object', {}],
    ['several', [600, 1]],
  ])('does not live %s', (_, seconds) => {
    const words = 'the lifetime of the cookie must be in seconds'
    expectTypeError(() => accessCookie({ ...access, accessExpiresIn: seconds as number }), words, seconds)
    expectTypeError(
      () => refreshCookie({ ...refresh, refreshExpiresIn: seconds as number }, { path: '/' }),
      words,
      seconds,
    )
  })

  test.each([
    ['8h', 28_800],
    [0, 0],
    [60, 60],
  ] as const)('of a CSRF token lives %s, where that is wanted', (maxAge, seconds) => {
    expect(csrfCookie(TOKEN, { maxAge })).toBe(
      `__Host-csrf=${TOKEN}; Max-Age=${seconds}; Path=/; Secure; SameSite=Strict`,
    )
    expect(csrfCookie(TOKEN, { maxAge: undefined })).not.toContain('Max-Age')
  })

  test('of a CSRF token does not live a while that is none', () => {
    for (const maxAge of [-1, 0.5, '8', null])
      expectTypeError(() => csrfCookie(TOKEN, { maxAge: maxAge as never }), 'csrfCookie: maxAge must be a whole number')
  })

  test('holds what sessions issue, for as long as it is good', async () => {
    const sessions = createSessions({
      issuer: 'https://issuer.example',
      audience: 'api',
      clientId: 'web',
      signingKey: generateSecret('HS256'),
      refreshKey: generateSecret('HS256'),
      access: { ttl: '5m' },
      refresh: { idle: '1h' },
    })
    const tokens = await sessions.start('alice')
    expect(accessCookie(tokens)).toContain(`__Host-access=${tokens.accessToken}; Max-Age=300; Path=/;`)
    expect(refreshCookie(tokens, { path: '/auth' })).toMatch(/; Max-Age=(3600|3599); Path=\/auth;/)
    const csrf = await csrfToken(tokens.session.sid, generateSecret('HS512'))
    expect(csrfCookie(csrf)).toBe(`__Host-csrf=${csrf}; Path=/; Secure; SameSite=Strict`)
    const cookie = [accessCookie(tokens), csrfCookie(csrf)].map((line) => line.split(';')[0]).join('; ')
    expect([...readCookies(new Headers({ cookie }))]).toEqual([
      ['__Host-access', tokens.accessToken],
      ['__Host-csrf', csrf],
    ])
  })
})

// What would end one attribute, or the header, and begin another.
const injections = [
  ';',
  '; Domain=evil.example',
  '\r\nSet-Cookie: a=b',
  '\r',
  '\n',
  '\0',
  '\t',
  ' ',
  ',',
  '"',
  "'",
  '\\',
  '<',
  '\u007f',
  'é',
  '\u2028',
  '\ud800',
]

describe('a cookie is refused', () => {
  describe.each(setters)('by %s', (owner, set) => {
    test.each(injections)('for %j in its name', (text) => {
      for (const name of [`__Host-a${text}`, `__Secure-a${text}b`, `${text}__Host-a`]) {
        expectTypeError(() => set({ name }), 'the name of a cookie must begin with __Host-', name)
      }
    })

    test.each([...injections, '?', '#', ':', '@', '=', '*'])('for %j in its path', (text) => {
      for (const path of [`/${text}`, `/auth${text}/refresh`, `${text}/`]) {
        expectTypeError(() => set({ name: '__Secure-a', path }), 'the path of a cookie must begin with /', path)
      }
    })

    test.each(injections)('for %j in sameSite', (text) => {
      expectTypeError(() => set({ sameSite: `Lax${text}` }), "sameSite must be 'Strict', 'Lax' or 'None'")
    })

    test.each(['', 'a', 'session', 'access', 'Host-a', '_Host-a', '__host-a', '__HOST-a', '__Host', '__Host-', 'a=b'])(
      'for the name %j, which has no prefix',
      (name) => {
        expectTypeError(() => set({ name }), 'the name of a cookie must begin with __Host-')
      },
    )

    test.each(['', 'auth', './', 'https://evil.example/'])('for the path %j', (path) => {
      expect(() => set({ name: '__Secure-a', path })).toThrow(TypeError)
    })

    test.each(['/auth', '//', '/.'])('for the prefix __Host- with the path %j', (path) => {
      expectTypeError(() => set({ name: '__Host-a', path }), '__Host-, with the path /')
      expect(set({ name: '__Secure-a', path })).toContain(`; Path=${path}; Secure`)
    })

    test.each(['lax', 'STRICT', 'none', '', null, true, ['Lax']])('for the sameSite %j', (sameSite) => {
      expectTypeError(() => set({ sameSite }), "sameSite must be 'Strict', 'Lax' or 'None'")
    })

    test.each(['secure', 'httpOnly', 'domain', 'max-age', 'expires', 'partitioned', 'scripts'])(
      'for the option %s, which there is not',
      (option) => {
        expectTypeError(
          () => set({ [option]: false }),
          `${owner}: there is no option "${option}"; there are name, path, sameSite`,
        )
      },
    )
  })

  test.each(injections)('for %j in its value', (text) => {
    for (const value of [text, `${TOKEN}${text}`, `${text}${TOKEN}`]) {
      expectTypeError(() => accessCookie({ ...access, accessToken: value }), 'the value of the cookie', value)
      expectTypeError(() => refreshCookie({ ...refresh, refreshToken: value }, { path: '/' }), 'the value', value)
      expectTypeError(() => csrfCookie(value), 'the value of the cookie is not a token', value)
    }
  })

  test.each([
    ['undefined', undefined],
    ['an empty text', ''],
    ['a number', 1],
    ['a list', [TOKEN]],
    ['a promise', Promise.resolve(TOKEN)],
  ])('for %s as its value', (_, value) => {
    const token = value as string
    expectTypeError(() => accessCookie({ ...access, accessToken: token }), 'accessToken must be a non-empty string')
    expectTypeError(() => refreshCookie({ ...refresh, refreshToken: token }, { path: '/' }), 'refreshToken must be')
    expectTypeError(() => csrfCookie(token), 'csrfCookie: token must be a non-empty string')
  })

  test('for a refresh token without a path', () => {
    for (const options of [undefined, null, {}, { path: undefined }, { path: '' }]) {
      expect(() => refreshCookie(refresh, options as never)).toThrow(TypeError)
    }
    expectTypeError(() => refreshCookie(refresh, {} as never), 'refreshCookie: path must be a non-empty string')
  })

  test('where it is longer than 4,096 octets', () => {
    const rest = accessCookie({ ...access, accessToken: 'a' }).length - 1
    const longest = 'a'.repeat(4096 - rest)
    expect(accessCookie({ ...access, accessToken: longest })).toHaveLength(4096)
    expectTypeError(
      () => accessCookie({ ...access, accessToken: `${longest}a` }),
      'a cookie of 4097 octets is dropped by browsers, which take 4096; use fewer claims',
      longest,
    )
    expect(() => csrfCookie('a'.repeat(5000))).toThrow('octets')
    expect(() => refreshCookie({ ...refresh, refreshToken: longest }, { path: '/a/path' })).toThrow('octets')
  })
})

describe('cookies that are cleared', () => {
  test('are all three, as they were set', () => {
    expect(clearCookies({ refreshPath: '/auth' })).toEqual([
      '__Host-access=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax',
      '__Secure-refresh=; Max-Age=0; Path=/auth; Secure; HttpOnly; SameSite=Strict',
      '__Host-csrf=; Max-Age=0; Path=/; Secure; SameSite=Strict',
    ])
  })

  test('have the name and the path that they were set with', () => {
    const set = [accessCookie(access), refreshCookie(refresh, { path: '/a' }), csrfCookie(TOKEN)]
    const placeOf = (cookie: string) => [cookie.split('=')[0], /Path=[^;]*/.exec(cookie)?.[0]]
    expect(clearCookies({ refreshPath: '/a' }).map(placeOf)).toEqual(set.map(placeOf))
    const elsewhere = [
      accessCookie(access, { name: '__Secure-access', path: '/b' }),
      refreshCookie(refresh, { path: '/a' }),
      csrfCookie(TOKEN, { name: '__Secure-csrf', path: '/c' }),
    ]
    const names = { access: '__Secure-access', csrf: '__Secure-csrf' }
    const cleared = clearCookies({ refreshPath: '/a', accessPath: '/b', csrfPath: '/c', names })
    expect(cleared.map(placeOf)).toEqual(elsewhere.map(placeOf))
  })

  test('may have other names', () => {
    const names = { access: '__Host-a', refresh: '__Host-r', csrf: '__Secure-c' }
    const namesOf = (options: Parameters<typeof clearCookies>[0]) =>
      clearCookies(options).map((cookie) => cookie.split('=')[0])
    expect(namesOf({ refreshPath: '/', names })).toEqual(['__Host-a', '__Host-r', '__Secure-c'])
    expect(namesOf({ refreshPath: '/', names: { refresh: '__Host-r' } })).toEqual([
      cookieNames.access,
      '__Host-r',
      cookieNames.csrf,
    ])
    expect(namesOf({ refreshPath: '/', names: { access: undefined } as never })).toEqual(Object.values(cookieNames))
    expect(namesOf({ refreshPath: '/', names: undefined })).toEqual(Object.values(cookieNames))
  })

  test.each<[string, unknown, string]>([
    ['no options', undefined, 'the options must be a plain object'],
    ['no path', {}, 'clearCookies: refreshPath must be a non-empty string'],
    ['an empty path', { refreshPath: '' }, 'clearCookies: refreshPath must be'],
    ['a path of more', { refreshPath: '/; Domain=evil.example' }, 'the path of a cookie'],
    ['a name without a prefix', { refreshPath: '/', names: { access: 'a' } }, 'the name of a cookie'],
    [
      'a cookie that there is not',
      { refreshPath: '/', names: { session: '__Host-s' } },
      'there is no option "session"',
    ],
    ['an option that there is not', { refreshPath: '/', path: '/' }, 'clearCookies: there is no option "path"'],
    ['a list of names', { refreshPath: '/', names: ['__Host-a'] }, 'clearCookies: names: the options must be'],
    ['__Host- with a path', { refreshPath: '/a', names: { refresh: '__Host-r' } }, '__Host-, with the path /'],
  ])('are refused for %s', (_, options, words) => {
    expectTypeError(() => clearCookies(options as never), words)
  })
})

test('the names of the cookies do not change', () => {
  expect(Object.isFrozen(cookieNames)).toBe(true)
  expect(cookieNames).toEqual({ access: '__Host-access', refresh: '__Secure-refresh', csrf: '__Host-csrf' })
})

test('what every object inherits is no attribute', () => {
  const make = () => [
    accessCookie(access),
    refreshCookie(refresh, { path: '/auth' }),
    csrfCookie(TOKEN),
    ...clearCookies({ refreshPath: '/auth' }),
  ]
  const planted = {
    name: '__Secure-planted',
    path: '/planted',
    sameSite: 'None',
    scripts: true,
    names: { access: '__Host-planted' },
    access: '__Host-planted',
    refresh: '__Host-planted',
    csrf: '__Host-planted',
    maxAge: 1,
  }
  const wanted = make()
  for (const [name, value] of Object.entries(planted)) expect(polluted({ [name]: value }, make), name).toEqual(wanted)
})
