import { describe, expect, test } from 'vitest'
import { lintCookie } from '../src/lint-cookie.ts'

const find = (cookie: string): string[] => lintCookie(cookie).map(({ rule }) => rule)

describe('a Set-Cookie is read as browsers do (RFC 6265bis §5.6)', () => {
  const good = '__Host-a=b; Path=/; Secure; HttpOnly; SameSite=Lax'

  test.each([
    ['with the name of the header', `Set-Cookie: ${good}`],
    ['with that name in capitals and without a space', `SET-COOKIE:${good}`],
    ['with attributes in other cases', good.toUpperCase().replace('__HOST', '__Host')],
    ['without spaces', good.replaceAll(' ', '')],
    ['with more spaces', good.replaceAll(';', ' ;\t').replaceAll('=', ' = ')],
    ['with a trailing semicolon', `${good};`],
    ['with other attributes', `${good}; Max-Age=600; Priority=High; Partitioned`],
    ['with a new line at its end', `${good}\r\n`],
    ['with an equals sign in its value', good.replace('=b', '=b==')],
    ['without a value', good.replace('=b', '=')],
    ['with a value for its flags', good.replace('Secure', 'Secure=false')],
    ['where the last of two counts', `${good.replace('Lax', 'None')}; SameSite=Strict`],
  ])('%s', (_, cookie) => {
    expect(find(cookie)).toEqual([])
  })

  test('attributes in its value are none', () => {
    expect(find('__Secure-a=Secure HttpOnly SameSite=Lax')).toEqual([
      'cookie-not-secure',
      'cookie-not-http-only',
      'cookie-no-same-site',
      'cookie-prefix-broken',
    ])
  })
})

test.each(['Laxer', 'unStrict', 'xNone', 'None of them', ''])('SameSite=%s is none of the three', (value) => {
  expect(find(`a=b; Secure; HttpOnly; SameSite=${value}`)).toContain('cookie-no-same-site')
  expect(find(`a=b; HttpOnly; SameSite=${value}`)).not.toContain('cookie-same-site-none')
})

test('a cookie of nothing but a name and a value has four findings', () => {
  expect(lintCookie('session=abc').map(({ rule, severity, message }) => `${rule}, ${severity}: ${message}`)).toEqual([
    'cookie-not-secure, error: the cookie has no Secure',
    'cookie-not-http-only, error: the cookie has no HttpOnly',
    'cookie-no-same-site, warning: the cookie has no SameSite of Strict, Lax or None',
    'cookie-no-prefix, warning: the cookie has no prefix, so that other hosts of the site can set it',
  ])
})

describe('a prefix is kept', () => {
  test.each([
    ['__Secure-a=b; Secure', true],
    ['__Secure-a=b', false],
    ['__Secure-a=b; Secure; Path=/a; Domain=a.example', true],
    ['__Host-a=b; Secure; Path=/', true],
    ['__Host-a=b; Secure', false],
    ['__Host-a=b; Secure; Path=/a', false],
    ['__Host-a=b; Path=/', false],
    ['__Host-a=b; Secure; Path=/; Domain=a.example', false],
    ['__HOST-a=b; Secure; Path=/a', false],
    ['__Http-a=b; Secure; HttpOnly; Path=/a', true],
    ['__Http-a=b; Secure', false],
    ['__Http-a=b; HttpOnly', false],
    ['__Host-Http-a=b; Secure; HttpOnly; Path=/', true],
    ['__Host-Http-a=b; Secure; Path=/', false],
    ['__Host-Http-a=b; Secure; HttpOnly; Path=/a', false],
    ['__Hosta=b', true],
    ['a__Host-=b', true],
  ])('by %s: %j', (cookie, isKept) => {
    expect(find(cookie).includes('cookie-prefix-broken')).toBe(!isKept)
  })
})
