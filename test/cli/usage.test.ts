import { describe, expect, test } from 'vitest'
import { inCommandWords, nearest, UsageError } from '../../src/cli/usage.ts'

test('a UsageError says what is wrong, and what to do', () => {
  expect(new UsageError('--key is missing', 'type --key FILE').message).toBe('--key is missing; type --key FILE')
})

describe('the nearest name', () => {
  const names = ['issuer', 'audience', 'alg', 'any-issuer', 'RS256', 'help']
  test.each([
    ['isuer', 'issuer'],
    ['issuerr', 'issuer'],
    ['issure', 'issuer'],
    ['audeince', 'audience'],
    ['ISSUER', 'issuer'],
    ['rs256', 'RS256'],
    ['al', 'alg'],
    ['alg', 'alg'],
    ['', undefined],
    ['xyz', undefined],
    ['iss', undefined],
    ['x'.repeat(100_000), undefined],
  ])('to %.20j is %j', (name, expected) => {
    expect(nearest(name, names)).toBe(expected)
  })

  test('is the nearer of two', () => {
    expect(nearest('any-isser', ['any-issued', 'any-issuer'])).toBe('any-issuer')
  })
})

test.each([
  ['policy.clockTolerance must be at most 300 seconds', '--tolerance must be at most 300 seconds'],
  ['policy.requiredClaims must be distinct', '--require must be distinct'],
  ['claims.exp and options.expiresIn say different things', 'claims.exp and --expires-in say different things'],
  ['importSecret: ES256 is an algorithm for key pairs', 'ES256 is an algorithm for key pairs'],
  ["64 octets are wanted; generateSecret('HS512') makes one", '64 octets are wanted; tittle keygen HS512 makes one'],
  [
    "kid: 'thumbprint' is not for secrets: it would help",
    "--kid: 'thumbprint' is not for secrets: it would help; type --kid with a name of your own",
  ],
  [
    'the JWK serves RS256; name the algorithm that it is for',
    'the JWK serves RS256; type --alg with the one that it is for',
  ],
  ['this runtime has no ML-DSA-44', 'this runtime has no ML-DSA-44; use Node 24 or newer'],
  ['the key has no JWK form; use exportPem()', 'the key has no JWK form; type tittle convert --to pem'],
])('%j is said as %j', (message, expected) => {
  expect(inCommandWords(message)).toBe(expected)
  expect(inCommandWords(expected)).toBe(expected)
})
