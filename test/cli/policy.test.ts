import { describe, expect, test } from 'vitest'
import { duration, readClock, readFullPolicy, readPolicy, type PolicyValues } from '../../src/cli/policy.ts'
import { NOW } from './terminal.ts'

const clock = (): number => NOW
const nothing: PolicyValues = {
  issuer: undefined,
  'any-issuer': false,
  audience: [],
  'any-audience': false,
  subject: undefined,
  typ: undefined,
  'max-age': undefined,
  'max-lifetime': undefined,
  tolerance: undefined,
  'optional-expiry': false,
  require: [],
  now: undefined,
}

describe('a policy is read from options', () => {
  test('of which none makes none', () => {
    const { now, ...policy } = readPolicy(nothing, clock, undefined)
    expect(Object.entries(policy).filter(([, value]) => value !== undefined)).toEqual([])
    expect(now?.()).toBe(NOW)
  })

  test.each<[Partial<PolicyValues>, object]>([
    [{ issuer: 'a' }, { issuer: 'a' }],
    [{ 'any-issuer': true }, { issuer: null }],
    [{ audience: ['a', 'b'] }, { audience: ['a', 'b'] }],
    [{ 'any-audience': true }, { audience: null }],
    [{ subject: 'a' }, { subject: 'a' }],
    [{ typ: 'at+jwt' }, { typ: 'at+jwt' }],
    [{ 'max-age': '15m' }, { maxAge: 900 }],
    [{ 'max-lifetime': '3600' }, { maxLifetime: 3600 }],
    [{ tolerance: '30s' }, { clockTolerance: 30 }],
    [{ 'optional-expiry': true }, { expiry: 'optional' }],
    [{ require: ['jti', 'role'] }, { requiredClaims: ['jti', 'role'] }],
  ])('%j', (values, expected) => {
    const policy = readPolicy({ ...nothing, ...values }, clock, ['ES256'])
    expect(JSON.parse(JSON.stringify(policy))).toEqual({ algorithms: ['ES256'], ...expected })
  })

  test.each(['issuer', 'audience'] as const)('and says both ways where the %s is missing', (name) => {
    const others = { ...nothing, 'any-issuer': name !== 'issuer', 'any-audience': name !== 'audience' }
    expect(() => readFullPolicy(others, clock, ['ES256'])).toThrow(
      `--${name} is missing; type --${name} NAME, or --any-${name} to leave it unchecked`,
    )
  })

  test('in full', () => {
    const values = { ...nothing, 'any-issuer': true, audience: ['a'] }
    expect(readFullPolicy(values, clock, ['ES256'])).toMatchObject({
      algorithms: ['ES256'],
      issuer: null,
      audience: ['a'],
    })
  })

  test.each<[Partial<PolicyValues>, string]>([
    [{ issuer: 'a', 'any-issuer': true }, '--issuer and --any-issuer say different things; give one of them'],
    [{ audience: ['a'], 'any-audience': true }, '--audience and --any-audience say different things'],
    [{ 'max-age': 'soon' }, "--max-age must be a whole number of seconds, or one with its unit, as '30s'"],
    [{ 'max-lifetime': '1.5' }, '--max-lifetime must be'],
    [{ tolerance: '-1' }, '--tolerance must be'],
    [{ now: 'today' }, '--now is no date; type seconds since 1970, as --now 1800000000'],
    [{ now: `${NOW}000` }, '--now is no date'],
  ])('and %j is refused', (values, message) => {
    expect(() => readPolicy({ ...nothing, ...values }, clock, undefined)).toThrow(message)
  })
})

test('a clock stands where --now says', () => {
  expect(readClock({ now: '900' }, clock)()).toBe(900)
  expect(readClock({ now: undefined }, clock)).toBe(clock)
})

test.each([
  [undefined, undefined],
  ['900', 900],
  ['0', 0],
  ['15m', 900],
  ['7d', 604_800],
])('the duration %j is %j seconds', (text, seconds) => {
  expect(duration('--max-age', text)).toBe(seconds)
})
