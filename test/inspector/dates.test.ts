import { expect, test } from 'vitest'
import { datePhrase, datesOf, localTime } from '../../src/inspector/dates.ts'

const now = 1_800_000_000

test.each([
  ['iat', now - 12, 'issued 12 s ago'],
  ['iat', now + 12, 'issued in 12 s'],
  ['iat', now, 'issued now'],
  ['nbf', now - 60, 'valid since 1 min ago'],
  ['nbf', now + 60, 'valid in 1 min'],
  ['exp', now + 250, 'expires in 4 min 10 s'],
  ['exp', now - 266_400, 'expired 3 d 2 h ago'],
  ['exp', now, 'expired now'],
  ['auth_time', now - 1, 'logged in 1 s ago'],
  ['updated_at', now - 86_400, 'changed 1 d ago'],
  ['toe', now - 3600, 'happened 1 h ago'],
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

test('a date is said where the reader is, with its zone', () => {
  expect(localTime(now, 'UTC')).toMatch(/^15 Jan 2027, 08:00:00 UTC$/)
  expect(localTime(now, 'Asia/Tokyo')).toMatch(/^15 Jan 2027, 17:00:00 /)
  expect(localTime(now)).toContain('2027')
})
