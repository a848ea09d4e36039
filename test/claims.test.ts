import { describe, expect, test } from 'vitest'
import type { ClaimsPolicy } from 'tittle'
import { claimFailures, claimRules, typeFailures } from '../src/claims.ts'
import type { JsonObject } from '../src/json.ts'
import { accepted, audience, issuer, lastDate, now, refused, type Case, type Refusal } from './fixtures/claims.ts'
import { polluted } from './setup/pollution.ts'
import { expectSilence, expectTypeError } from './setup/silence.ts'

const lenient: ClaimsPolicy = { issuer: null, audience: null, expiry: 'optional', now: () => now }

/** The failures as `CODE claim`, of which no message may repeat what was received. */
function failuresOf(claims: JsonObject, policy: Partial<ClaimsPolicy> = {}): string[] {
  const failures = claimFailures(claims, claimRules({ ...lenient, ...policy }))
  for (const { message } of failures) {
    expect(message).toMatch(/^the (claim|token) /)
    expectSilence(message, claims)
  }
  return failures.map(({ code, claim }) => `${code} ${claim}`)
}

describe('claims are accepted where', () => {
  test.each<Case>(accepted)('%s', (_, claims, policy) => {
    expect(failuresOf(claims, policy)).toEqual([])
  })
})

describe('claims are refused where', () => {
  test.each<Refusal>(refused)('%s', (_, failure, claims, policy) => {
    expect(failuresOf(claims, policy)).toEqual([failure])
  })
})

describe('a registered claim has the type of RFC 7519 §4.1, though nothing is expected of it:', () => {
  const wrong: readonly [name: string, value: unknown][] = [
    ['null', null],
    ['true', true],
    ['an object', { a: 'received-value' }],
    ['an empty object', {}],
  ]
  const notStrings = [
    ...wrong,
    ['a number', 12345],
    ['an array of a string', ['received-value']],
    ['an empty array', []],
  ]
  const notNumbers = [
    ...wrong,
    ['text', 'received-value'],
    ['a number in text', '1900000000'],
    ['empty text', ''],
    ['an array of a number', [1_900_000_000]],
    ['an empty array', []],
  ]
  const notAudiences = [
    ...wrong,
    ['a number', 12345],
    ['an empty array', []],
    ['an array of null', [null]],
    ['an array of a number', [12345]],
    ['an array of a string and a number', [audience, 12345]],
    ['an array of a number and a string', [12345, audience]],
    ['an array of an array', [[audience]]],
    ['an array of an object', [{ a: 'received-value' }]],
    ['an object that looks like an array', { 0: audience, length: 1 }],
  ]
  const types: readonly [claim: string, values: unknown[][]][] = [
    ['iss', notStrings],
    ['sub', notStrings],
    ['jti', notStrings],
    ['aud', notAudiences],
    ['exp', notNumbers],
    ['nbf', notNumbers],
    ['iat', notNumbers],
  ]
  const cases = types.flatMap(([claim, values]) => values.map(([name, value]) => [claim, name, value] as const))

  test.each(cases)('%s is not %s', (claim, _, value) => {
    expect(failuresOf({ [claim]: value })).toEqual([`ERR_CLAIM_TYPE ${claim}`])
    expect(typeFailures({ [claim]: value })[0]?.message).toMatch(/ is not a (string|number)/)
  })

  test('a wrong type is told once, whatever is expected', () => {
    const policy = { issuer, audience, subject: 'alice', maxAge: 1, maxLifetime: 1, requiredClaims: ['exp', 'nbf'] }
    expect(failuresOf({ iss: 1, sub: 1, aud: 1, exp: '1', nbf: '1', iat: '1', jti: 1 }, policy)).toEqual([
      'ERR_CLAIM_TYPE iss',
      'ERR_CLAIM_TYPE sub',
      'ERR_CLAIM_TYPE aud',
      'ERR_CLAIM_TYPE exp',
      'ERR_CLAIM_TYPE nbf',
      'ERR_CLAIM_TYPE iat',
      'ERR_CLAIM_TYPE jti',
    ])
  })
})

describe('a NumericDate is in range:', () => {
  const dates = ['exp', 'nbf', 'iat'].flatMap((claim) =>
    [
      -1,
      -0.5,
      lastDate + 1,
      1_000_000_000_000,
      1_800_000_000_000,
      1_800_000_000_000_000,
      2 ** 53,
      1e300,
      Infinity,
      -Infinity,
      NaN,
    ].map((value) => [claim, value] as const),
  )

  test.each(dates)('%s is not %d', (claim, value) => {
    expect(failuresOf({ [claim]: value })).toEqual([`ERR_CLAIM_VALUE ${claim}`])
  })

  test('an exp in milliseconds is not also expired, too old, or too long', () => {
    const policy = { maxAge: 1, maxLifetime: 1, requiredClaims: ['exp'] }
    expect(failuresOf({ exp: now * 1000, iat: now }, policy)).toEqual(['ERR_CLAIM_VALUE exp'])
    expect(failuresOf({ exp: now + 1, iat: now * 1000 }, policy)).toEqual(['ERR_CLAIM_VALUE iat'])
  })

  test.each(['exp', 'nbf', 'iat'])('%s may be any date that time has not passed judgement on', (claim) => {
    for (const value of [0, 0.5, now, lastDate]) expect(typeFailures({ [claim]: value })).toEqual([])
  })
})

describe('failures', () => {
  test('come in the order of types, absence, values and time', () => {
    const claims = { iss: 'b', aud: 'b', sub: 'b', jti: 5, nbf: now + 1, iat: now + 2, exp: -1 }
    const policy = { issuer, audience, subject: 'alice', requiredClaims: ['role'] }
    expect(failuresOf(claims, policy)).toEqual([
      'ERR_CLAIM_VALUE exp',
      'ERR_CLAIM_TYPE jti',
      'ERR_CLAIM_MISSING role',
      'ERR_CLAIM_VALUE iss',
      'ERR_CLAIM_VALUE aud',
      'ERR_CLAIM_VALUE sub',
      'ERR_NOT_YET_VALID nbf',
      'ERR_NOT_YET_VALID iat',
    ])
  })

  test('name every missing claim once', () => {
    const policy = {
      issuer,
      audience,
      subject: 'alice',
      expiry: 'required',
      maxAge: 1,
      maxLifetime: 1,
      requiredClaims: ['role', 'exp', 'iss'],
    } as const
    const failures = failuresOf({}, policy)
    expect(failures.sort()).toEqual(
      ['aud', 'exp', 'iat', 'iss', 'role', 'sub'].map((claim) => `ERR_CLAIM_MISSING ${claim}`),
    )
  })

  test('of time are all told', () => {
    const claims = { exp: now - 1, nbf: now + 1, iat: now - 1000 }
    expect(failuresOf(claims, { maxAge: 900, maxLifetime: 900 })).toEqual([
      'ERR_EXPIRED exp',
      'ERR_NOT_YET_VALID nbf',
      'ERR_TOO_OLD iat',
      'ERR_CLAIM_VALUE exp',
    ])
  })

  test('of time come last, so that a lone ERR_EXPIRED says that all else is right', () => {
    const claims = { iss: 'https://evil.example', exp: now }
    expect(failuresOf(claims, { issuer })).toEqual(['ERR_CLAIM_VALUE iss', 'ERR_EXPIRED exp'])
    expect(failuresOf({ iss: issuer, exp: now }, { issuer })).toEqual(['ERR_EXPIRED exp'])
  })

  test('leave the claims as they are', () => {
    const claims = { aud: Object.freeze([audience]), exp: now }
    expect(failuresOf(Object.freeze(claims), { audience })).toEqual(['ERR_EXPIRED exp'])
  })

  test('follow the clock, which is asked once for each token', () => {
    let seconds = now
    let asked = 0
    const clock = () => (asked++, seconds)
    const rules = claimRules({ ...lenient, now: clock })
    expect(asked).toBe(0)
    const claims = { exp: now + 10, nbf: now, iat: now }
    expect(claimFailures(claims, rules)).toEqual([])
    expect(asked).toBe(1)
    seconds = now + 10
    expect(claimFailures(claims, rules)).toMatchObject([{ code: 'ERR_EXPIRED' }])
    seconds = now - 1
    expect(claimFailures(claims, rules)).toMatchObject([{ claim: 'nbf' }, { claim: 'iat' }])
    expect(asked).toBe(3)
  })

  test('are measured with the clock of the machine by default', () => {
    const rules = claimRules({ issuer: null, audience: null })
    expect(claimFailures({ exp: Date.now() / 1000 + 60 }, rules)).toEqual([])
    expect(claimFailures({ exp: Date.now() / 1000 - 60 }, rules)).toMatchObject([{ code: 'ERR_EXPIRED' }])
  })

  test.each<[string, number]>([
    ['NaN', NaN],
    ['milliseconds', now * 1000],
    ['Infinity', Infinity],
  ])('are not measured with a clock that says %s', (_, seconds) => {
    const rules = claimRules({ ...lenient, now: () => seconds })
    expectTypeError(() => claimFailures({}, rules), 'policy.now', seconds)
  })
})

describe('a mistake in the policy is told when it is read:', () => {
  const notExpected: readonly [name: string, value: unknown][] = [
    ['undefined', undefined],
    ['an empty string', ''],
    ['an empty array', []],
    ['an array with an empty string', ['received-value', '']],
    ['an array that repeats itself', ['received-value', 'received-value']],
    ['an array with null', [null]],
    ['a number', 12345],
    ['false', false],
    ['true', true],
    ['a regular expression', /received-value/],
    ['a function', () => true],
    ['a Set', new Set(['received-value'])],
    ['an object', { 0: 'received-value' }],
  ]
  const notSubjects: readonly [name: string, value: unknown][] = [
    ['null', null],
    ['an empty string', ''],
    ['an array', ['received-value']],
    ['a number', 12345],
    ['a regular expression', /received-value/],
  ]
  const notExpiries: readonly [name: string, value: unknown][] = [
    ['null', null],
    ['false', false],
    ['an empty string', ''],
    ['another word', 'received-value'],
    ['capitals', 'Required'],
  ]
  const notDurations: readonly [name: string, value: unknown][] = [
    ['null', null],
    ['a negative number', -1],
    ['a fraction', 0.5],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['a vast number', 1e99],
    ['a number in text', '60'],
    ['text', 'received-value'],
    ['false', false],
  ]
  const notNames: readonly [name: string, value: unknown][] = [
    ['an empty array', []],
    ['an array with an empty string', ['']],
    ['an array that repeats itself', ['received-value', 'received-value']],
    ['an array with a number', [12345]],
    ['a number', 12345],
    ['nought', 0],
    ['null', null],
    ['false', false],
    ['true', true],
    ['an empty string', ''],
    ['an object', { exp: true }],
  ]
  const notClocks: readonly [name: string, value: unknown][] = [
    ['null', null],
    ['a number', now],
    ['a Date', new Date(0)],
  ]
  const mistakes: readonly [member: keyof ClaimsPolicy, values: readonly (readonly [string, unknown])[]][] = [
    ['issuer', notExpected],
    ['audience', notExpected],
    ['subject', notSubjects],
    ['expiry', notExpiries],
    ['maxAge', notDurations],
    ['maxLifetime', notDurations],
    ['clockTolerance', [...notDurations, ['more than 300 s', 301], ['more than 5 minutes', '6m'], ['an hour', '1h']]],
    ['requiredClaims', notNames],
    ['now', notClocks],
  ]
  const cases = mistakes.flatMap(([member, values]) => values.map(([name, value]) => [member, name, value] as const))

  test.each(cases)('%s is not %s', (member, _, value) => {
    expectTypeError(() => claimRules({ ...lenient, [member]: value }), `policy.${member}`, value)
  })

  test.each(['issuer', 'audience'] as const)('%s is not left out', (member) => {
    const { [member]: _, ...rest } = lenient
    expectTypeError(() => claimRules(rest as ClaimsPolicy), `policy.${member} is required`)
    expectTypeError(() => claimRules(rest as ClaimsPolicy), 'null')
  })

  test.each([0, '0s', 1, 300, '300s', '5m'] as const)('clockTolerance may be %j', (clockTolerance) => {
    expect(() => claimRules({ ...lenient, clockTolerance })).not.toThrow()
  })

  test('members that are undefined count as left out', () => {
    const optional = {
      subject: undefined,
      expiry: undefined,
      maxAge: undefined,
      maxLifetime: undefined,
      clockTolerance: undefined,
      requiredClaims: undefined,
      now: undefined,
    }
    expect(claimRules({ issuer: null, audience: null, ...optional })).toEqual(
      claimRules({ issuer: null, audience: null }),
    )
  })
})

describe('the rules', () => {
  const policy = {
    issuer: [issuer],
    audience: [audience],
    subject: 'alice',
    expiry: 'required',
    maxAge: 60,
    maxLifetime: 60,
    clockTolerance: 5,
    requiredClaims: ['role'],
    now: () => now,
  } as const satisfies ClaimsPolicy

  test('are frozen, and so are their lists', () => {
    const rules = claimRules(policy)
    for (const part of [rules, rules.issuer, rules.audience, rules.required]) expect(Object.isFrozen(part)).toBe(true)
  })

  test('ask each member of the policy once', () => {
    const asked: string[] = []
    const descriptors = Object.entries(policy).map(([name, value]) => [
      name,
      {
        enumerable: true,
        get() {
          asked.push(name)
          return asked.indexOf(name) === asked.lastIndexOf(name) ? value : undefined
        },
      },
    ])
    const rules = claimRules(Object.defineProperties({ ...policy }, Object.fromEntries(descriptors)))
    expect(asked.sort()).toEqual(Object.keys(policy).sort())
    expect(claimFailures({}, rules)).not.toEqual([])
    expect(asked).toHaveLength(Object.keys(policy).length)
  })

  test('do not change with the arrays that they were made of', () => {
    const issuers = [issuer]
    const requiredClaims = ['jti']
    const rules = claimRules({ ...lenient, issuer: issuers, requiredClaims })
    issuers[0] = 'https://evil.example'
    requiredClaims.length = 0
    expect(claimFailures({ iss: issuer, jti: 'a' }, rules)).toEqual([])
    expect(claimFailures({ iss: 'https://evil.example' }, rules)).toMatchObject([{ claim: 'jti' }, { claim: 'iss' }])
  })
})

describe('a polluted Object.prototype', () => {
  test('gives no claim that is wanted', () => {
    const claims = { iss: issuer, aud: audience, sub: 'alice', exp: now + 60, iat: now, role: 'admin' }
    const rules = claimRules({
      ...lenient,
      issuer,
      audience,
      subject: 'alice',
      expiry: 'required',
      maxAge: 60,
      requiredClaims: ['role'],
    })
    expect(claimFailures(claims, rules)).toEqual([])
    const failures = polluted(claims, () => claimFailures({}, rules))
    expect(failures.map(({ code }) => code)).toEqual(Object.keys(claims).map(() => 'ERR_CLAIM_MISSING'))
  })

  test('gives no claim that is wrong', () => {
    const rules = claimRules({ ...lenient, issuer, audience, subject: 'alice', maxAge: 60, maxLifetime: 60 })
    const claims = { iss: issuer, aud: audience, sub: 'alice', exp: now + 60, iat: now }
    const wrong = { nbf: now + 60, jti: 5, iss: 1, aud: 1, sub: 1, exp: 1, iat: 1 }
    expect(polluted(wrong, () => claimFailures(claims, rules))).toEqual([])
  })
})
