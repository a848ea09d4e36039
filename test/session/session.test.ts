import { describe, expect, test } from 'vitest'
import type { Session, SessionRow } from 'tittle/session'
import { jsonCopy, readName, sessionExpired, sessionOf, sessionRevoked, toSession } from '../../src/session/session.ts'
import { polluted } from '../setup/pollution.ts'
import { NOW } from '../setup/sessions.ts'
import { expectTypeError } from '../setup/silence.ts'

const rowOf = (data: object): SessionRow => ({
  sid: 'a-session',
  subject: 'alice',
  generation: 3,
  createdAt: NOW,
  rotatedAt: NOW + 0.5,
  idleExpiresAt: NOW + 60,
  expiresAt: NOW + 90.25,
  revokedAt: null,
  data: JSON.stringify(data),
})

const seen = {
  sid: 'a-session',
  subject: 'alice',
  generation: 3,
  createdAt: NOW,
  rotatedAt: NOW + 0.5,
  idleExpiresAt: NOW + 60,
  expiresAt: NOW + 90.25,
}

describe('a session', () => {
  test('is what its row says, but for what is the store’s', () => {
    const data = { claims: { role: 'admin' }, scope: 'read write', info: { device: 'phone' }, version: 7 }
    const { session, version } = toSession(rowOf(data))
    expect(version).toBe(7)
    expect(session).toEqual({ ...seen, claims: data.claims, scope: data.scope, info: data.info })
    expect(Object.keys(session)).not.toContain('revokedAt')
    expect(Object.keys(session)).not.toContain('version')
  })

  test('need not have a scope, info or a version', () => {
    const { session, version } = toSession(rowOf({ claims: {} }))
    expect(version).toBeUndefined()
    expect(session).toStrictEqual({ ...seen, claims: {}, scope: undefined, info: undefined })
  })

  test('inherits nothing from a polluted Object.prototype', () => {
    const members = { scope: 'admin', version: 7, info: { device: 'none' }, claims: { role: 'admin' } }
    const { session, version } = polluted(members, () => toSession(rowOf({ claims: {} })))
    expect(session).toStrictEqual({ ...seen, claims: {}, scope: undefined, info: undefined })
    expect(version).toBeUndefined()
  })

  test('cannot be changed, nor can its claims', () => {
    const row = rowOf({})
    const data = { claims: { role: 'user' }, scope: undefined, info: undefined }
    const session: Session = sessionOf(row, data)
    expect(() => Object.assign(session, { subject: 'mallory' })).toThrow(TypeError)
    expect(() => Object.assign(session.claims, { role: 'admin' })).toThrow(TypeError)
    expect(() => Object.assign(session.claims, { iat: 0 })).toThrow(TypeError)
  })
})

describe('a name', () => {
  test.each(['alice', 'é', 'e\u0301', '🦊', ' ', 'auth0|5f7c', '__proto__', 'constructor', '\u2028', '\ufffd', '..'])(
    'may be %j',
    (name) => {
      expect(readName('the subject', name)).toBe(name)
    },
  )

  test.each(['a\0', '\ud83e', '\udd8a', '\udd8a\ud83e', 'a name that ends in half a fox \ud83e'])(
    'must not be %j, which a database could take for another',
    (name) => {
      expectTypeError(() => readName('the subject', name), 'the subject must be well-formed text without NUL', name)
    },
  )

  test.each(['', undefined, null, 5, {}, ['alice'], Object('alice')])('must not be %j', (name) => {
    expectTypeError(() => readName('the subject', name), 'the subject must be a non-empty string')
  })
})

const nested = (depth: number): object => (depth > 1 ? { a: nested(depth - 1) } : {})
const circle: { self?: unknown; other?: unknown } = {}
circle.self = circle.other = [circle, circle]
class Person {
  readonly name = 'alice'
}
const withSymbol = { a: { [Symbol('b')]: 1 } }

describe('a copy of what JSON can say', () => {
  test.each([
    [{}],
    [{ a: null, b: true, c: -1.5e300, d: 'ü \ud83e \0', e: [1, [], {}], f: { g: [{}] } }],
    [JSON.parse('{ "__proto__": { "role": "admin" }, "constructor": 1 }')],
    [Object.assign(Object.create(null), { a: 1 })],
    [nested(32)],
  ])('of %j is equal, and another', (object) => {
    const copy = jsonCopy('claims', object)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(object))
    expect(copy).not.toBe(object)
    expect(Object.keys(copy)).toEqual(Object.keys(object))
  })

  test('does not follow what becomes of the original', () => {
    const original = { list: [{ role: 'user' }] }
    const copy = jsonCopy('claims', original)
    Object.assign(original.list[0] ?? {}, { role: 'admin' })
    expect(copy).toEqual({ list: [{ role: 'user' }] })
  })

  test.each<[string, object, string]>([
    ['undefined', { a: undefined }, 'claims.a'],
    ['a function', { a: [1, () => 5] }, 'claims.a[1]'],
    ['a toJSON', { a: { toJSON: () => 'other' } }, 'claims.a.toJSON'],
    ['a date', { a: { b: new Date(0) } }, 'claims.a.b'],
    ['a map', { a: new Map() }, 'claims.a'],
    ['bytes', { a: Buffer.from('a') }, 'claims.a'],
    ['an instance', { a: new Person() }, 'claims.a'],
    ['NaN', { a: NaN }, 'claims.a'],
    ['Infinity', { a: -Infinity }, 'claims.a'],
    ['a bigint', { a: 5n }, 'claims.a'],
    ['a symbol', { a: Symbol('a') }, 'claims.a'],
    ['a member whose name is a symbol', withSymbol, 'claims.a'],
    ['a hole', { a: [1, , 3] }, 'claims.a[1]'],
    ['a circle', circle, 'claims.other[0].other[0]'],
    ['33 objects in one another', nested(34), 'claims.a'],
  ])('cannot be had of %s', (_, object, place) => {
    expectTypeError(() => jsonCopy('claims', object), place)
    expectTypeError(() => jsonCopy('claims', object), 'cannot be said in JSON')
  })

  test.each([null, undefined, 'claims', 5, [], [1], new Map(), new Date(), () => ({})].map((value) => [value]))(
    'is one of a plain object, not of %o',
    (object) => {
      expectTypeError(() => jsonCopy('claims', object), 'claims must be a plain object')
    },
  )
})

test('the errors tell what to do, and differ by their code', () => {
  expect(sessionRevoked()).toMatchObject({ name: 'JwtError', code: 'ERR_SESSION_REVOKED' })
  expect(sessionExpired()).toMatchObject({ name: 'JwtError', code: 'ERR_SESSION_EXPIRED' })
  for (const { message } of [sessionRevoked(), sessionExpired()]) expect(message).toMatch(/; log in again$/)
})
