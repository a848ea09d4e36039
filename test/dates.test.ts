import process from 'node:process'
import { afterEach, describe, expect, test } from 'vitest'
import { datePhrase, datesOf, localTime } from '../src/dates.ts'

const now = 1_800_000_000

test.each([
  ['iat', now - 12, 'issued 12 s ago'],
  ['iat', now + 12, 'to be issued in 12 s'],
  ['iat', now, 'issued now'],
  ['nbf', now - 60, 'became valid 1 min ago'],
  ['nbf', now + 60, 'becomes valid in 1 min'],
  ['exp', now + 250, 'expires in 4 min 10 s'],
  ['exp', now - 266_400, 'expired 3 d 2 h ago'],
  ['exp', now, 'expired now'],
  ['auth_time', now - 1, 'logged in 1 s ago'],
  ['auth_time', now + 1, 'to log in in 1 s'],
  ['updated_at', now - 86_400, 'changed 1 d ago'],
  ['updated_at', now + 86_400, 'to be changed in 1 d'],
  ['toe', now - 3600, 'happened 1 h ago'],
  ['toe', now + 3600, 'to happen in 1 h'],
] as const)('%s at %d: %s', (name, at, phrase) => {
  expect(datePhrase({ name, at }, now)).toBe(phrase)
})

test('the dates of a token come in their own order, whatever the order of the claims', () => {
  expect(datesOf({ exp: 3, sub: 'alice', auth_time: 1, iat: 2 })).toEqual([
    { name: 'iat', at: 2 },
    { name: 'exp', at: 3 },
    { name: 'auth_time', at: 1 },
  ])
})

test.each<[string, unknown]>([
  ['milliseconds', now * 1000],
  ['text', String(now)],
  ['a negative number', -1],
  ['null', null],
  ['an object', {}],
])('no date: %s', (_, exp) => {
  expect(datesOf({ exp })).toEqual([])
})

test('what a claims set inherits is no date of it', () => {
  expect(datesOf(Object.create({ exp: now }))).toEqual([])
})

describe('a date is that of the clocks here', () => {
  const zone = process.env['TZ']
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  test.each([
    ['UTC', now, '2027-01-15 08:00:00 +00:00'],
    ['Asia/Kolkata', now, '2027-01-15 13:30:00 +05:30'],
    ['America/St_Johns', now, '2027-01-15 04:30:00 -03:30'],
    ['America/New_York', now, '2027-01-15 03:00:00 -05:00'],
    ['America/New_York', 1_783_000_000.9, '2026-07-02 09:46:40 -04:00'],
    ['Europe/Berlin', 0, '1970-01-01 01:00:00 +01:00'],
  ])('in %s', (name, seconds, expected) => {
    process.env['TZ'] = name
    expect(localTime(seconds)).toBe(expected)
  })

  test('wherever that is', () => {
    expect(Date.parse(localTime(now).replace(' ', 'T').replace(' ', '')) / 1000).toBe(now)
  })
})
