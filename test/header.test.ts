import { describe, expect, test } from 'vitest'
import { JwtError } from 'tittle'
import type { JwtErrorCode } from 'tittle'
import { isExtension, isNested, normaliseTyp, readHeader } from '../src/header.ts'
import type { HeaderPolicy, UnverifiedHeader } from '../src/header.ts'
import { polluted } from './setup/pollution.ts'
import { expectSilence, thrownBy } from './setup/silence.ts'

const base: HeaderPolicy = { algorithms: ['HS256'], crit: [], typ: [undefined, 'jwt'] }

const toSegment = (json: string): string => Buffer.from(json).toString('base64url')
const read = (header: unknown, policy: Partial<HeaderPolicy> = {}): UnverifiedHeader =>
  readHeader(toSegment(JSON.stringify(header)), { ...base, ...policy })

function expectRefusal(code: JwtErrorCode, act: () => unknown, received: unknown): void {
  const error = thrownBy(act)
  expect(error).toBeInstanceOf(JwtError)
  expect((error as JwtError).code).toBe(code)
  expectSilence(error.message, received)
}

type Case = [name: string, members: object, policy?: Partial<HeaderPolicy>]

const notStrings: readonly [name: string, value: unknown][] = [
  ['null', null],
  ['a number', 12345],
  ['true', true],
  ['an array of a string', ['received-value']],
  ['an object', { a: 'received-value' }],
]

describe('the segment of a header', () => {
  test.each<[string, string]>([
    ['is empty', ''],
    ['is padded', 'eyJhbGciOiJIUzI1NiIsImEiOjF9IA=='],
    ['has white space', `${toSegment('{"alg":"HS256"}')} `],
    ['has a line feed', `${toSegment('{"alg":"HS256"}')}\n`],
    ['has trailing bits', 'eyJhbGciOiJIUzI1NiIsImEiOiIifR'],
    ['has one character too few', toSegment('{"alg":"HS256"}').slice(0, -3)],
    ['is spelled with + and /', 'eyJhbGciOiJIUzI1NiIsImEiOiI/Pz8+Pj4ifQ'],
    ['is JSON itself', '{"alg":"HS256"}'],
    ['spells nothing but white space', toSegment(' ')],
    ['spells an array', toSegment('[{"alg":"HS256"}]')],
    ['spells a string', toSegment('"HS256"')],
    ['spells null', toSegment('null')],
    ['spells a number', toSegment('256')],
    ['spells two objects', toSegment('{"alg":"HS256"}{}')],
    ['spells a byte order mark', toSegment('\ufeff{"alg":"HS256"}')],
    ['spells invalid UTF-8', Buffer.from('{"alg":"HS256","kid":"\xff"}', 'latin1').toString('base64url')],
    ['names alg twice', toSegment('{"alg":"HS256","alg":"HS256"}')],
    ['names alg twice, escaped', toSegment('{"alg":"none","\\u0061lg":"HS256"}')],
    ['names a member of a member twice', toSegment('{"alg":"HS256","a":{"b":1,"b":1}}')],
    ['is nested 33 deep', toSegment(`{"alg":"HS256","a":${'['.repeat(32)}${']'.repeat(32)}}`)],
    ['holds a number that overflows', toSegment('{"alg":"HS256","a":1e999}')],
  ])('is malformed where it %s', (_, segment) => {
    expectRefusal('ERR_TOKEN_MALFORMED', () => readHeader(segment, base), segment)
  })

  test.each<[string, string]>([
    ['is compact', '{"alg":"HS256"}'],
    ['has white space within the octets', ' { "alg" : "HS256" }\r\n'],
    ['spells text that is not ASCII', '{"alg":"HS256","kid":"schlüssel"}'],
    ['spells alg with an escape', '{"\\u0061lg":"HS\\u0032\\u0035\\u0036"}'],
    ['is nested 32 deep', `{"alg":"HS256","a":${'['.repeat(31)}${']'.repeat(31)}}`],
  ])('is read where it %s', (_, json) => {
    expect(readHeader(toSegment(json), base)).toEqual(JSON.parse(json))
  })
})

describe('alg', () => {
  test.each(notStrings)('must be a string, not %s', (_, alg) => {
    expectRefusal('ERR_HEADER_INVALID', () => read({ alg }), alg)
  })

  test('must be there', () => {
    expectRefusal('ERR_HEADER_INVALID', () => read({}), {})
    expectRefusal('ERR_HEADER_INVALID', () => read({ ALG: 'HS256', Alg: 'HS256' }), {})
  })

  test.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    'none ',
    '',
    'hs256',
    'HS256 ',
    ' HS256',
    'HS256\0',
    'XHS256X',
    'HS',
    'RS256',
    'ES256',
    'received-value',
    '__proto__',
    'toString',
    'length',
    '0',
  ])('must be on the allowlist, as %j is not', (alg) => {
    expectRefusal('ERR_ALGORITHM', () => read({ alg }), alg)
  })

  test('may be any name of the allowlist', () => {
    const algorithms = ['RS256', 'ES256']
    expect(read({ alg: 'RS256' }, { algorithms })).toEqual({ alg: 'RS256' })
    expect(read({ alg: 'ES256' }, { algorithms })).toEqual({ alg: 'ES256' })
    expectRefusal('ERR_ALGORITHM', () => read({ alg: 'HS256' }, { algorithms }), {})
  })
})

describe.each(['kid', 'typ', 'cty'])('%s', (name) => {
  test.each(notStrings)('must not be %s', (_, value) => {
    expectRefusal('ERR_HEADER_INVALID', () => read({ alg: 'HS256', [name]: value }), value)
  })

  test.each(['JWT', '', 'JWT, and ünïcode', '../../etc/passwd', '__proto__'])('may be the string %j', (value) => {
    const header = { alg: 'HS256', [name]: value }
    expect(read(header, { typ: undefined })).toEqual(header)
  })
})

describe('enc', () => {
  test.each([['A256GCM'], [null], [''], [false]])('%j marks a JWE, which is refused', (enc) => {
    expectRefusal('ERR_HEADER_INVALID', () => read({ alg: 'HS256', enc }), enc)
  })

  test('is refused before the algorithm is looked at', () => {
    expectRefusal('ERR_HEADER_INVALID', () => read({ alg: 'RSA-OAEP', enc: 'A256GCM' }), {})
  })
})

describe('crit', () => {
  const handled = { crit: ['x', 'y', 'b64', 'toString', '', '__proto__'] }

  const malformed: Case[] = [
    ['null', { crit: null }],
    ['a string', { crit: 'x', x: 1 }],
    ['a number', { crit: 12345 }],
    ['true', { crit: true }],
    ['an object', { crit: { 0: 'x', length: 1 }, x: 1 }],
    ['an empty array', { crit: [] }],
    ['an array with a repeated name', { crit: ['x', 'x'], x: 1 }],
    ['an array with a repeated name among others', { crit: ['x', 'y', 'x'], x: 1, y: 1 }],
    ['an array with a number', { crit: [1], 1: 1 }],
    ['an array with null', { crit: [null], null: 1 }],
    ['an array with a name in an array', { crit: [['x']], x: 1 }],
    ['an array with an object', { crit: [{}] }],
    ['an array with a name and a number', { crit: ['x', 1], x: 1 }],
    ['an array with an absent name', { crit: ['x'] }],
    ['an array with an absent name after a present one', { crit: ['x', 'y'], x: 1 }],
    ['an array with an absent empty name', { crit: [''] }],
    ['an array with a name that every object has', { crit: ['toString'] }],
    ['an array with an absent __proto__', { crit: ['__proto__'] }],
    ['an array with b64, which is absent', { crit: ['b64'] }],
  ]

  test.each(malformed)('must not be %s, even where all names are handled', (_, members) => {
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', ...members }, handled), members)
  })

  test.each(malformed.slice(0, 8))('is told to be %s', (_, members) => {
    expect(() => read({ alg: 'HS256', ...members }, handled)).toThrow('a "crit" that is no array of distinct names')
  })

  const registered: object = {
    alg: 'HS256',
    jku: 'https://received.example',
    jwk: {},
    kid: 'k',
    x5u: 'https://received.example',
    x5c: [],
    x5t: 't',
    'x5t#S256': 't',
    typ: 'JWT',
    cty: 'JWT',
    crit: [],
    zip: 'DEF',
  }

  test.each(Object.keys(registered))('must not name %s, which the RFCs define', (name) => {
    const header = { ...registered, crit: [name] }
    expectRefusal('ERR_HEADER_CRITICAL', () => read(header, { crit: [name] }), header)
  })

  test.each([...Object.keys(registered), 'enc'])('has no extension in %s', (name) => {
    expect(isExtension(name)).toBe(false)
  })

  test.each(['b64', 'exp', 'http://example.com/UNDEFINED', 'ALG', 'toString', '__proto__', ''])(
    'has an extension in %j',
    (name) => {
      expect(isExtension(name)).toBe(true)
    },
  )

  test.each<Case>([
    ['nothing is handled', { crit: ['x'], x: 1 }],
    ['another extension is handled', { crit: ['x'], x: 1 }, { crit: ['y'] }],
    ['the first of two is not handled', { crit: ['x', 'y'], x: 1, y: 1 }, { crit: ['y'] }],
    ['the second of two is not handled', { crit: ['x', 'y'], x: 1, y: 1 }, { crit: ['x'] }],
    ['its case is another', { crit: ['X'], X: 1 }, { crit: ['x'] }],
    ['it is handled in part of its name', { crit: ['x'], x: 1 }, { crit: ['xx'] }],
  ])('is refused where %s', (_, members, policy) => {
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', ...members }, policy), members)
  })

  test.each<Case>([
    ['one extension', { crit: ['x'], x: 1 }],
    ['two extensions', { crit: ['y', 'x'], x: 1, y: 1 }],
    ['an extension whose value is null', { crit: ['x'], x: null }],
    ['an extension with a name that every object has', { crit: ['toString'], toString: 1 }],
    ['an extension with an empty name', { crit: [''], '': 1 }],
    ['an extension named __proto__', JSON.parse('{"crit":["__proto__"],"__proto__":1}')],
  ])('may name %s, where it is handled', (_, members) => {
    const header = Object.assign(Object.create(null), { alg: 'HS256' }, members)
    expect(JSON.stringify(read(header, handled))).toBe(JSON.stringify(header))
  })

  test('may be left out, whatever is handled', () => {
    expect(read({ alg: 'HS256', x: 1 }, handled)).toEqual({ alg: 'HS256', x: 1 })
  })
})

describe('b64', () => {
  const handled = { crit: ['b64', 'x'] }

  test.each([false, true])('%j is refused where crit does not name it', (b64) => {
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', b64 }), {})
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', b64 }, handled), {})
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', b64, crit: ['x'], x: 1 }, handled), {})
  })

  test.each([false, true])('%j is refused where it is not handled', (b64) => {
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', b64, crit: ['b64'] }), {})
  })

  test.each([['false'], [0], [null], [''], [[]], [{}]])('must not be %j', (b64) => {
    expectRefusal('ERR_HEADER_INVALID', () => read({ alg: 'HS256', b64, crit: ['b64'] }, handled), b64)
  })

  test.each([false, true])('%j is accepted where crit names it and it is handled', (b64) => {
    expect(read({ alg: 'HS256', b64, crit: ['b64'] }, handled)).toEqual({ alg: 'HS256', b64, crit: ['b64'] })
  })
})

describe('typ', () => {
  const access = { typ: ['at+jwt'] }
  const either = { typ: ['at+jwt', 'rt+jwt'] }

  test.each<[string, Partial<HeaderPolicy>]>([
    ['JWT', {}],
    ['jwt', {}],
    ['jWt', {}],
    ['application/jwt', {}],
    ['Application/JWT', {}],
    ['at+jwt', access],
    ['AT+JWT', access],
    ['application/at+jwt', access],
    ['at+jwt', either],
    ['rt+jwt', either],
    ['', { typ: [''] }],
  ])('%j is accepted by %j', (typ, policy) => {
    expect(read({ alg: 'HS256', typ }, policy).typ).toBe(typ)
  })

  test.each<[string, Partial<HeaderPolicy>]>([
    ['', {}],
    ['JOSE', {}],
    ['at+jwt', {}],
    ['secevent+jwt', {}],
    ['JWT ', {}],
    [' JWT', {}],
    ['JWTX', {}],
    ['JW', {}],
    ['text/jwt', {}],
    ['application/', {}],
    ['application/application/jwt', {}],
    ['xapplication/jwt', {}],
    ['undefined', {}],
    ['JWT', access],
    ['rt+jwt', access],
    ['at+jwt+jwt', access],
    ['text/at+jwt', access],
    ['JWT', either],
    ['received-value', {}],
  ])('%j is refused by %j', (typ, policy) => {
    expectRefusal('ERR_HEADER_TYPE', () => read({ alg: 'HS256', typ }, policy), typ)
  })

  test('may be absent by default, and only then', () => {
    expect(read({ alg: 'HS256' })).toEqual({ alg: 'HS256' })
    expectRefusal('ERR_HEADER_TYPE', () => read({ alg: 'HS256' }, access), {})
    expectRefusal('ERR_HEADER_TYPE', () => read({ alg: 'HS256' }, either), {})
  })

  test.each(['JWT', 'at+jwt', 'anything', ''])('%j will do where the policy wants none', (typ) => {
    expect(read({ alg: 'HS256', typ }, { typ: undefined })).toEqual({ alg: 'HS256', typ })
    expect(read({ alg: 'HS256' }, { typ: undefined })).toEqual({ alg: 'HS256' })
  })

  test.each([
    ['JWT', 'jwt'],
    ['application/JWT', 'jwt'],
    ['APPLICATION/at+jwt', 'at+jwt'],
    ['application/vnd.x/y', 'application/vnd.x/y'],
    ['text/jwt', 'text/jwt'],
    ['jwt/application/x', 'jwt/application/x'],
    ['xapplication/jwt', 'xapplication/jwt'],
    ['application', 'application'],
    ['', ''],
  ])('%j is compared as %j', (typ, normal) => {
    expect(normaliseTyp(typ)).toBe(normal)
  })
})

describe('a nested token', () => {
  test.each(['JWT', 'jwt', 'Jwt', 'application/JWT', 'APPLICATION/jwt'])('is announced by the cty %j', (cty) => {
    expect(isNested({ alg: 'HS256', cty })).toBe(true)
  })

  test.each([undefined, '', 'json', 'at+jwt', 'text/jwt', 'jwt ', ['JWT'], 5])('is not announced by %j', (cty) => {
    expect(isNested({ alg: 'HS256', cty })).toBe(false)
    expect(isNested({ alg: 'HS256', typ: 'JWT' })).toBe(false)
    expect(isNested(Object.create({ cty: 'JWT' }))).toBe(false)
  })
})

describe('a header', () => {
  test('keeps what it does not understand, and makes no use of it', () => {
    const header = {
      alg: 'HS256',
      zip: 'DEF',
      jwk: { kty: 'oct', k: 'AAAA' },
      jku: 'https://received.example/jwks',
      x5u: 'file:///etc/passwd',
      x5c: ['MIIB'],
      x5t: 5,
      epk: null,
      unknown: [{}],
    }
    expect(read(header)).toEqual(header)
  })

  test('is judged in the order of form, shape, algorithm, extensions and type', () => {
    const worst = { alg: 'none', kid: 1, crit: ['x'], typ: 'at+jwt' }
    expectRefusal('ERR_HEADER_INVALID', () => read(worst), {})
    expectRefusal('ERR_ALGORITHM', () => read({ ...worst, kid: 'k' }), {})
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ ...worst, kid: 'k', alg: 'HS256' }), {})
    expectRefusal('ERR_HEADER_CRITICAL', () => read({ alg: 'HS256', typ: 'at+jwt', b64: false }), {})
    expectRefusal('ERR_HEADER_TYPE', () => read({ alg: 'HS256', typ: 'at+jwt' }), {})
  })

  test('inherits nothing from a polluted Object.prototype', () => {
    const bad = { kid: 1, cty: 1, enc: 'A256GCM', crit: ['x'], b64: false, typ: 'at+jwt', jwk: {} }
    expect(polluted(bad, () => Object.keys(read({ alg: 'HS256' })))).toEqual(['alg'])
    const error = polluted({ alg: 'HS256' }, () => thrownBy(() => read({})))
    expect(error).toMatchObject({ code: 'ERR_HEADER_INVALID' })
    const missing = polluted({ x: 1 }, () => thrownBy(() => read({ alg: 'HS256', crit: ['x'] }, { crit: ['x'] })))
    expect(missing).toMatchObject({ code: 'ERR_HEADER_CRITICAL' })
  })

  test('pollutes nothing', () => {
    const header = readHeader(toSegment('{"alg":"HS256","__proto__":{"isAdmin":true}}'), base)
    expect(Object.keys(header)).toEqual(['alg', '__proto__'])
    expect(header['isAdmin']).toBeUndefined()
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })
})
