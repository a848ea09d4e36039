import { describe, expect, test } from 'vitest'
import { algorithms, createVerifier, generateSecret, type VerifyPolicy } from 'tittle'
import { lintPolicy } from '../src/lint-policy.ts'

const whole = { algorithms: ['ES256'], issuer: 'https://issuer.example', audience: 'api' }

const find = (policy: unknown): string[] => lintPolicy(policy).map(({ rule, message }) => `${rule}: ${message}`)

const standardSchema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }

describe('a policy that verify takes is not malformed', () => {
  test.each<object>([
    whole,
    { ...whole, typ: 'at+jwt', subject: 'alice', expiry: 'required', maxAge: '1h', maxLifetime: '15m' },
    { ...whole, clockTolerance: '30s', requiredClaims: ['sub'], crit: ['exp-proof'], maxTokenLength: 8192 },
    { ...whole, schema: standardSchema, now: () => 0, memo: { max: 10 } },
    JSON.parse(JSON.stringify(whole)),
    Object.assign(Object.create(null), whole),
  ])('%#', (policy) => {
    expect(find(policy)).toEqual([])
    // The key does not matter here, but that HMAC has no memo.
    expect(() => createVerifier(() => undefined, policy as VerifyPolicy)).not.toThrow()
  })

  test.each(algorithms)('%s', (alg) => {
    const rules = lintPolicy({ ...whole, algorithms: [alg] }).map(({ rule }) => rule)
    expect(rules).toEqual(alg === 'EdDSA' ? ['alg-eddsa'] : [])
  })
})

describe('a policy that verify refuses is malformed, in the same words', () => {
  test.each<object>([
    {},
    { ...whole, algorithms: undefined },
    { ...whole, algorithms: [] },
    { ...whole, algorithms: ['ES256', 'ES256'] },
    { ...whole, algorithms: ['ES256', 'HS256'] },
    { ...whole, issuer: undefined },
    { ...whole, audience: '' },
    { ...whole, expiry: 'never' },
    { ...whole, maxAge: '1 hour' },
    { ...whole, clockTolerance: 301 },
    { ...whole, requiredClaims: 'sub' },
    { ...whole, crit: ['alg'] },
    { ...whole, crit: ['b64'] },
    { ...whole, maxTokenLength: 0 },
    { ...whole, schema: true },
    { ...whole, now: 5 },
    { ...whole, typo: 5 },
    { ...whole, algorithms: ['HS256'], memo: { max: 10 } },
  ])('%#', (policy) => {
    const [finding] = lintPolicy(policy)
    expect(finding?.rule).toBe('policy-malformed')
    expect(() => createVerifier(() => undefined, policy as VerifyPolicy)).toThrow(finding?.message)
  })
})

test('a name that verifiers do not know is found once, and the rest is judged without it', () => {
  expect(find({ ...whole, algorithms: ['none', 'ES256', 'es256'] })).toEqual([
    'alg-none: policy.algorithms[0] names the algorithm none',
    'alg-unknown: policy.algorithms[2] names no signature algorithm that this library knows',
    'algorithms-many: the policy accepts 3 algorithms',
  ])
  expect(lintPolicy({ ...whole, algorithms: ['es256'] }).map(({ severity }) => severity)).toEqual(['error'])
  expect(find({ ...whole, algorithms: ['HS-256'], issuer: undefined })[0]).toMatch(/^policy-malformed: policy\.issuer /)
})

test('a name that no policy has is shown where it is a plain word', () => {
  expect(find({ ...whole, audiences: 'api' })[0]).toContain('there is no option "audiences"')
  for (const name of ['4111111111111111', 'a.b.c', 'a\nb', 'a'.repeat(41), '\u001b[31m'])
    expect(find({ ...whole, [name]: 'api' })[0]).toContain('there is no option "*"')
})

test('what is not checked is named, each by itself', () => {
  const lax = { ...whole, issuer: null, audience: null, expiry: 'optional', clockTolerance: '2m' }
  expect(find(lax)).toEqual([
    'issuer-unchecked: the policy leaves the issuer unchecked',
    'audience-unchecked: the policy leaves the audience unchecked',
    'expiry-optional: the policy takes tokens that never expire',
    'tolerance-long: the policy takes tokens for more than 60 s after they have expired',
  ])
})

test('what is no object is no policy', () => {
  for (const policy of [undefined, null, 'ES256', ['ES256'], 5, generateSecret('HS256')])
    expect(find(policy)).toEqual(['policy-malformed: this is no policy: it is not an object'])
})
