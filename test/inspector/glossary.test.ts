import { expect, test } from 'vitest'
import { claimMeaning, parameterMeaning } from '../../src/inspector/glossary.ts'

test.each([
  ['iss', 'RFC 7519 §4.1.1'],
  ['exp', 'RFC 7519 §4.1.4'],
  ['scope', 'RFC 8693 §4.2'],
  ['client_id', 'RFC 8693 §4.3'],
  ['act', 'RFC 8693 §4.1'],
  ['may_act', 'RFC 8693 §4.4'],
  ['cnf', 'RFC 7800 §3.1'],
  ['azp', 'OIDC Core §2'],
  ['at_hash', 'OIDC Core §3.1.3.6'],
  ['email_verified', 'OIDC Core §5.1'],
  ['events', 'RFC 8417 §2.2'],
  ['roles', 'RFC 9068 §2.2.3.1'],
])('the claim %s is that of %s', (name, reference) => {
  expect(claimMeaning(name)).toMatchObject({ reference, meaning: expect.stringMatching(/^[A-Z].*\.$/) })
})

test.each([
  ['alg', 'RFC 7515 §4.1.1'],
  ['crit', 'RFC 7515 §4.1.11'],
  ['x5t#S256', 'RFC 7515 §4.1.8'],
  ['b64', 'RFC 7797 §3'],
  ['nonce', 'RFC 8555 §6.5.2'],
])('the parameter %s is that of %s', (name, reference) => {
  expect(parameterMeaning(name)).toMatchObject({ reference, meaning: expect.stringMatching(/^[A-Z].*\.$/) })
})

test.each(['', 'role', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%j is not registered', (name) => {
  expect(claimMeaning(name)).toBeUndefined()
  expect(parameterMeaning(name)).toBeUndefined()
})

test('a name may be a claim and a parameter, and mean different things', () => {
  expect(claimMeaning('nonce')).not.toEqual(parameterMeaning('nonce'))
})
