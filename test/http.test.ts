import { expect, test } from 'vitest'
import * as entry from 'tittle/http'

test('the entry gives these functions, the names of the cookies, and nothing else', () => {
  const { cookieNames, ...functions } = entry
  expect(Object.keys(functions).sort()).toEqual([
    'accessCookie',
    'authenticate',
    'bearerToken',
    'challenge',
    'checkCsrf',
    'clearCookies',
    'csrfCookie',
    'csrfToken',
    'readCookies',
    'refreshCookie',
    'requireHttps',
    'requireScope',
  ])
  for (const value of Object.values(functions)) expect(value).toBeTypeOf('function')
  expect(cookieNames).toBeTypeOf('object')
})
