import { describe, expect, test } from 'vitest'
import { tokenText } from '../../src/cli/show.ts'
import { NOW } from './terminal.ts'

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
      'iat         DATE  issued 12 s ago',
      'nbf         DATE  became valid now',
      'exp         DATE  expires in 4 min 10 s',
      'auth_time   DATE  logged in 1 h ago',
      'updated_at  DATE  changed now',
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
