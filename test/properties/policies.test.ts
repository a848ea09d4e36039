import fc from 'fast-check'
import { createVerifier, type CheckResult, type StandardSchema, type VerifyPolicy } from 'tittle'
import { expect, test } from 'vitest'
import { forge, hs256, NOW } from '../setup/tokens.ts'

const schema: StandardSchema<object> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      Object.hasOwn(Object(value), 'role')
        ? { value: Object(value) }
        : { issues: [{ message: 'has no role', path: ['role'] }] },
  },
}

const names = ['a', 'b', 'c'] as const
const name = fc.constantFrom(...names)
const list = fc.uniqueArray(name, { minLength: 1 })
const some = fc.oneof(name, list)
const duration = fc.constantFrom(0, 30, 60, '1m', 600, '1h')

/** A record whose members are mostly there, or mostly not. */
function records(present: number, absent: number, members: { readonly [name: string]: fc.Arbitrary<unknown> }) {
  const optional = Object.entries(members).map(([member, value]) =>
    fc.oneof(
      { arbitrary: value.map((one) => [[member, one]]), weight: present },
      { arbitrary: fc.constant([]), weight: absent },
    ),
  )
  return fc
    .tuple(...optional)
    .map((entries): { readonly [name: string]: unknown } => Object.fromEntries(entries.flat()))
}

/** Rules that can refuse, each by itself. */
const rules = records(1, 3, {
  issuer: some,
  audience: some,
  subject: name,
  expiry: fc.constant('required'),
  maxAge: duration,
  maxLifetime: duration,
  requiredClaims: fc.uniqueArray(fc.constantFrom('jti', 'role', 'nbf', 'toString'), { minLength: 1, maxLength: 2 }),
  maxTokenLength: fc.constantFrom(10, 200, 300, 400),
  algorithms: fc.constantFrom(['HS256'], ['HS256', 'HS512'], ['HS384']),
  schema: fc.constant(schema),
})

/** What every rule is applied with. */
const surroundings = records(1, 2, {
  clockTolerance: fc.constantFrom(0, 29, '30s', 300),
  typ: fc.constantFrom(['at+jwt', 'JWT', 'jose'], 'JWT'),
  crit: fc.constant(['x']),
})

const date = (...fine: readonly number[]) =>
  fc
    .oneof(
      { arbitrary: fc.constantFrom(...fine), weight: 12 },
      {
        arbitrary: fc.constantFrom(-3601, -601, -600, -61, -60, -30, -29, -1, 0, 1, 29, 30, 31, 60, 600, 601),
        weight: 3,
      },
    )
    .map((seconds) => NOW + seconds)
const odd = fc.constantFrom<unknown>(null, 1, '', [], {}, ['a', 1], true, -1, 1e15, '1')
const often = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ arbitrary: value, weight: 40 }, { arbitrary: odd, weight: 1 })
const claims = records(7, 1, {
  iss: often(name),
  aud: often(some),
  sub: often(name),
  jti: often(name),
  exp: often(date(10, 30)),
  iat: often(date(-10, 0)),
  nbf: often(date(-10, 0)),
  role: name,
})
const header = records(1, 8, {
  typ: fc.constantFrom('JWT', 'jwt', 'at+jwt'),
  kid: name,
  crit: fc.constantFrom(['x'], ['y']),
  x: fc.constant(1),
})

const NONE = { algorithms: ['HS256'], issuer: null, audience: null, expiry: 'optional', now: () => NOW } as const

// The keys are chosen by a function, as no key may be given that the allowlist excludes.
const check = (policy: object, token: string): Promise<CheckResult<unknown>> =>
  createVerifier(() => hs256, { ...NONE, ...policy } as VerifyPolicy).check(token)

const reasons = (result: CheckResult<unknown>): string[] =>
  result.ok ? [] : result.failures.map(({ code, claim, message }) => `${code} ${claim} ${message}`)

const EARLY = ['maxTokenLength', 'algorithms']

type Check = typeof check
const seen = { accepted: 0, refused: 0, byOne: 0, bySeveral: 0 }

const property = (verify: Check) =>
  fc.asyncProperty(rules, surroundings, header, claims, async (policy, around, parameters, set) => {
    const token = forge({ alg: 'HS256', ...parameters }, set)
    const whole = await verify({ ...policy, ...around }, token)
    const before = await check(around, token)
    const alone = await Promise.all(
      Object.entries(policy).map(([rule, value]) => check({ [rule]: value, ...around }, token)),
    )
    const refusing = Object.keys(policy).filter((_, i) => alone[i]?.ok === false)
    seen[whole.ok ? 'accepted' : 'refused']++
    if (before.ok && refusing.length > 0) seen[refusing.length > 1 ? 'bySeveral' : 'byOne']++
    expect(whole.ok).toBe([before, ...alone].every(({ ok }) => ok))
    // Of rules that look at claims, all that are broken are told; a schema only sees claims that are right.
    const together = new Set([before, ...alone].flatMap(reasons))
    if (refusing.some((rule) => EARLY.includes(rule) || rule === 'schema')) {
      for (const reason of reasons(whole)) expect(together).toContain(reason)
    } else expect(new Set(reasons(whole))).toEqual(together)
  })

test('a policy refuses what any one of its rules refuses, and nothing else', async () => {
  await fc.assert(property(check), { numRuns: 800 })
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(30)
})

const forgetful: readonly (readonly [fault: string, verify: Check])[] = [
  ['the last of its rules', (policy, token) => check(Object.fromEntries(Object.entries(policy).slice(0, -1)), token)],
  ['its audience', (policy, token) => check({ ...policy, audience: null }, token)],
  ['its lifetime', (policy, token) => check({ ...policy, maxLifetime: undefined }, token)],
]

test.each(forgetful)('the property fails for a verifier that forgets %s', async (_, verify) => {
  const { failed } = await fc.check(property(verify), { numRuns: 2000, endOnFailure: true })
  expect(failed).toBe(true)
})
