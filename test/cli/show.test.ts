import process from 'node:process'
import { afterEach, describe, expect, test } from 'vitest'
import { localTime, tokenText } from '../../src/cli/show.ts'
import { NOW } from './terminal.ts'

const zone = process.env['TZ']
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

describe('a date is that of the clocks here', () => {
  test.each([
    ['UTC', NOW, '2027-01-15 08:00:00 +00:00'],
    ['Asia/Kolkata', NOW, '2027-01-15 13:30:00 +05:30'],
    ['America/St_Johns', NOW, '2027-01-15 04:30:00 -03:30'],
    ['America/New_York', NOW, '2027-01-15 03:00:00 -05:00'],
    ['America/New_York', 1_783_000_000.9, '2026-07-02 09:46:40 -04:00'],
    ['Europe/Berlin', 0, '1970-01-01 01:00:00 +01:00'],
  ])('in %s', (name, seconds, expected) => {
    process.env['TZ'] = name
    expect(localTime(seconds)).toBe(expected)
  })

  test('wherever that is', () => {
    expect(Date.parse(localTime(NOW).replace(' ', 'T').replace(' ', '')) / 1000).toBe(NOW)
  })
})

describe('a token in lines', () => {
  const plain = (_: string, text: string): string => text
  const colours = (colour: string, text: string): string => (colour === 'cyan' ? text : `<${colour} ${text}>`)

  test('has its header, its claims, and no dates where there are none', () => {
    expect(tokenText(plain, { header: { alg: 'ES256' }, claims: { sub: 'a' } }, NOW)).toBe(
      'Header\n{\n  "alg": "ES256"\n}\nClaims\n{\n  "sub": "a"\n}',
    )
  })

  const datesOf = (claims: Readonly<Record<string, unknown>>, paint = plain): string[] =>
    tokenText(paint, { header: {}, claims }, NOW)
      .replace(/[^]*\n\}(?:\n|$)/, '')
      .split('\n')
      .map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/g, 'DATE'))

  test('has its dates in their order, with what they mean', () => {
    expect(datesOf({ exp: NOW + 250, iat: NOW - 12, auth_time: NOW - 3600, nbf: NOW, updated_at: NOW })).toEqual([
      'iat        DATE  issued 12 s ago',
      'nbf        DATE  became valid now',
      'exp        DATE  expires in 4 min 10 s',
      'auth_time  DATE  logged in 1 h ago',
    ])
    expect(datesOf({ exp: NOW - 266_400, iat: NOW + 1, nbf: NOW + 60 })).toEqual([
      'iat  DATE  to be issued in 1 s',
      'nbf  DATE  becomes valid in 1 min',
      'exp  DATE  expired 3 d 2 h ago',
    ])
  })

  test('alarms by what refuses it', () => {
    const alarms = (claims: Readonly<Record<string, unknown>>): boolean[] =>
      datesOf(claims, colours).map((line) => line.includes('<red'))
    expect(alarms({ iat: NOW, nbf: NOW, exp: NOW + 1, auth_time: NOW })).toEqual([false, false, false, false])
    expect(alarms({ iat: NOW + 1, nbf: NOW + 1, exp: NOW, auth_time: NOW + 1 })).toEqual([true, true, true, true])
  })

  test('says of what is no date that it is none', () => {
    const no = 'no date in seconds since 1970'
    expect(datesOf({ iat: `${NOW}`, nbf: -1, exp: NOW * 1000 })).toEqual([`iat  ${no}`, `nbf  ${no}`, `exp  ${no}`])
  })
})
