import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createSigner, createVerifier, importPublicKey, importSecret, isJwtError, JwtError, sign, verify } from 'tittle'
import { exportJwk, signSync, verifySync } from 'tittle'
import type {
  Algorithm,
  CheckResult,
  StandardSchema,
  VerificationKey,
  VerificationKeys,
  VerifiedJwt,
  Verifier,
  VerifyPolicy,
} from 'tittle'
import { handleOf } from '../src/key.ts'
import { polluted } from './setup/pollution.ts'
import {
  answersAtOnce,
  base64url,
  character,
  es256,
  forge,
  hs256,
  kinds,
  NOW,
  otherHs256,
  rs256,
  SECRET,
  segment,
  signatureOf,
  thrownBy,
  verdictOf,
} from './setup/tokens.ts'

const policy = { algorithms: ['HS256'], issuer: null, audience: null, now: () => NOW } as const
const exp = NOW + 900
const token = forge({ alg: 'HS256' }, { exp })

type Verify = (token: string, keys: VerificationKeys, policy: VerifyPolicy) => unknown

const resultOf = async (checked: Promise<CheckResult<unknown>>): Promise<VerifiedJwt<unknown>> => {
  const result = await checked
  if (!result.ok) throw result.error
  return result
}

/** Every function that verifies; those that answer at once where the platform lets them. */
const ways: Readonly<Record<string, Verify>> = {
  verify: (given, keys, rules) => verify(given, keys, rules),
  'createVerifier().verify': (given, keys, rules) => createVerifier(keys, rules).verify(given),
  'createVerifier().check': (given, keys, rules) => resultOf(createVerifier(keys, rules).check(given)),
  ...(answersAtOnce && {
    verifySync: (given, keys, rules) => verifySync(given, keys, rules),
    'createVerifier().verifySync': (given, keys, rules) => createVerifier(keys, rules).verifySync(given),
  }),
}

/** What every function says of a token: they must agree. */
async function verdict(given: unknown, rules: object = policy, keys: VerificationKeys = hs256): Promise<string> {
  const verdicts = new Set<string>()
  for (const way of Object.values(ways)) {
    verdicts.add(await verdictOf(() => way(given as string, keys, rules as VerifyPolicy)))
  }
  return [...verdicts].join(' or ')
}

/** What is wrong with claims, as `code claim`, each in turn. */
async function failuresOf(claims: object, rules: object = policy): Promise<string[]> {
  const result = await createVerifier(hs256, rules as VerifyPolicy).check(forge({ alg: 'HS256' }, claims))
  if (result.ok) return []
  expect(result.error).toBe(result.failures[0])
  return result.failures.map(({ code, claim }) => `${code} ${claim}`)
}

describe('what is signed is verified', () => {
  const claims = { sub: 'alice', roles: ['admin'], nested: { ü: [null, 1.5, true] } }
  const options = { issuer: 'https://issuer.example', audience: 'api', expiresIn: '15m', now: () => NOW } as const
  const rules = { issuer: 'https://issuer.example', audience: ['api', 'other'], now: () => NOW } as const

  describe.each(kinds)('by $alg', ({ alg, signer, verifier, stranger }) => {
    const { sign: signOne, signSync: signOneSync } = createSigner(signer, options)
    const signings = {
      sign: () => sign(claims, signer, options),
      'createSigner().sign': () => signOne(claims),
      ...(answersAtOnce && {
        signSync: () => signSync(claims, signer, options),
        'createSigner().signSync': () => signOneSync(claims),
      }),
    }

    test.each(Object.entries(signings))('with %s', async (_, signing) => {
      const signed = await signing()
      for (const [name, way] of Object.entries(ways)) {
        expect(await way(signed, verifier, { algorithms: [alg], ...rules }), name).toMatchObject({
          header: { alg, typ: 'JWT' },
          claims: { ...claims, iss: 'https://issuer.example', aud: 'api', iat: NOW, exp },
          key: verifier,
        })
      }
    })

    test('and refused by another key, or once it is changed', async () => {
      const signed = await sign(claims, signer, options)
      expect(await verdict(signed, { algorithms: [alg], ...rules }, stranger)).toBe('ERR_SIGNATURE')
      const [header, , signature] = signed.split('.')
      const changed = [header, segment({ ...claims, sub: 'bob', exp }), signature].join('.')
      expect(await verdict(changed, { algorithms: [alg], ...rules }, verifier)).toBe('ERR_SIGNATURE')
    })

    test('however it was made', async () => {
      expect(await verdict(forge({ alg }, { exp }, alg), { ...policy, algorithms: [alg] }, verifier)).toBe('accepted')
    })
  })

  test('whatever claims it has', async () => {
    const ours = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']
    const name = fc.string().filter((text) => !ours.includes(text))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.jsonValue({ maxDepth: 5 })), async (given) => {
        const signed = await sign(given, hs256, { expiresIn: 900, now: () => NOW })
        const verified = await verify(signed, hs256, policy)
        // JSON has no -0.
        expect(verified.claims).toEqual(JSON.parse(JSON.stringify({ ...given, iat: NOW, exp })))
      }),
    )
  })

  test('but no longer, once any one character is changed', async () => {
    const { check } = createVerifier(hs256, policy)
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), character, async (at, other) => {
        const changed = token.slice(0, at) + other + token.slice(at + 1)
        fc.pre(changed !== token)
        expect(await check(changed)).toMatchObject({ ok: false })
      }),
      { numRuns: 500 },
    )
  })
})

describe('a mistake in the policy is a TypeError that names the member', () => {
  const expected = [undefined, '', [], [''], ['a', 'a'], ['a', ''], 5, [5], [null], {}, true, false, new Set(['a'])]
  const durations = [
    NaN,
    Infinity,
    -1,
    1.5,
    '',
    '5',
    '5 minutes',
    '1.5h',
    '15M',
    ' 5m',
    '-5m',
    'm',
    null,
    5n,
    {},
    ['5m'],
  ]
  const validate = () => ({ value: {} })
  const mistakes: Readonly<Record<string, readonly unknown[]>> = {
    algorithms: [
      undefined,
      'HS256',
      [],
      ['none'],
      ['hs256'],
      ['HS256', 'HS256'],
      ['HS256', 'RS256'],
      ['HS999'],
      [null],
    ],
    issuer: expected,
    audience: expected,
    subject: ['', 5, null, ['a'], {}, true],
    typ: ['', [], [''], ['a', 'a'], 5, [5], null, {}, true],
    expiry: ['', 'never', 'Required', true, false, null, 5],
    maxAge: durations,
    maxLifetime: durations,
    clockTolerance: [...durations, 301, '301s', '6m', '1h'],
    requiredClaims: ['', [''], ['a', 'a'], [5], [null], 5, 0, true, false, null, {}],
    crit: [[], '', [''], ['x', 'x'], ['alg'], ['kid'], ['crit'], ['b64'], ['x', 'b64'], 5, null, {}],
    schema: [
      null,
      5,
      'schema',
      {},
      validate,
      { validate },
      { '~standard': null },
      { '~standard': {} },
      { '~standard': { version: 1 } },
      { '~standard': { version: 2, validate } },
      { '~standard': { version: '1', validate } },
      { '~standard': { version: 1, validate: {} } },
    ],
    maxTokenLength: [0, -1, 1.5, NaN, Infinity, '100', null, 100n],
    now: [NOW, null, 'now', {}, new Date(NOW)],
  }
  const rows = Object.entries(mistakes).flatMap(([member, values]) =>
    values.map((value) => [member, inspect(value), value] as const),
  )

  async function expectMistake(rules: unknown, message: RegExp): Promise<void> {
    const given = rules as VerifyPolicy
    const errors = [
      await thrownBy(() => createVerifier(hs256, given)),
      await thrownBy(() => verifySync(token, hs256, given)),
      await verify('', hs256, given).catch((error: unknown) => error),
    ]
    for (const error of errors) {
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(message))
    }
  }

  test.each(rows)('%s: %s', async (member, _, value) => {
    await expectMistake({ ...policy, [member]: value }, new RegExp(`\\bpolicy\\.${member}\\b`))
  })

  test.each(['algorithms', 'issuer', 'audience'])('%s left out', async (member) => {
    await expectMistake({ ...policy, [member]: undefined }, new RegExp(`\\bpolicy\\.${member}\\b`))
    const without = Object.fromEntries(Object.entries(policy).filter(([name]) => name !== member))
    await expectMistake(without, new RegExp(`\\bpolicy\\.${member}\\b`))
  })

  test.each(['audiance', 'issuers', 'exp', 'ignoreExpiration', 'toString', 'Algorithms', '__proto__'])(
    'a member that does not exist: %s',
    async (member) => {
      const rules = Object.defineProperty({ ...policy }, member, { value: 'a', enumerable: true })
      await expectMistake(rules, new RegExp(`there is no option "${member}"; there are algorithms, issuer, audience, `))
    },
  )

  class Policy {
    readonly algorithms = ['HS256']
    readonly issuer = null
    readonly audience = null
  }
  const wholes = [
    undefined,
    null,
    'HS256',
    5,
    [],
    ['HS256'],
    new Policy(),
    Object.create(policy),
    new Map(),
    () => policy,
  ]

  test.each(wholes.map((whole) => [inspect(whole), whole] as const))('the whole of it: %s', async (_, whole) => {
    await expectMistake(whole, /^policy: the options must be a plain object/)
  })

  test('a clock that does not tell seconds, once it is read', async () => {
    for (const time of [NaN, Infinity, -1, NOW * 1000, String(NOW), undefined, new Date()]) {
      const { check } = createVerifier(hs256, { ...policy, now: () => time as number })
      expect(await thrownBy(() => check(token))).toEqual(
        new TypeError('policy.now must return seconds since 1970, as Date.now() / 1000 does'),
      )
    }
  })

  const accepted: Readonly<Record<string, readonly unknown[]>> = {
    algorithms: [['HS256'], Object.freeze(['HS256'])],
    issuer: [null],
    audience: [null],
    subject: [undefined],
    typ: [undefined, 'JWT', ['at+jwt', 'jwt']],
    expiry: [undefined, 'required', 'optional'],
    maxAge: [undefined, '900s'],
    maxLifetime: [undefined, 900, '15m', '1h', '365d'],
    clockTolerance: [undefined, 0, 300, '300s', '5m', '0d'],
    requiredClaims: [undefined, ['exp'], ['exp', 'iat']],
    crit: [undefined, ['x'], ['x', 'urn:y']],
    schema: [undefined, { '~standard': { version: 1, vendor: 'test', validate } }],
    maxTokenLength: [undefined, 1e9],
    now: [() => NOW, () => NOW + 0.5],
  }

  test('control: what is none passes', async () => {
    const good = forge({ alg: 'HS256', typ: 'JWT' }, { exp, iat: NOW })
    for (const [member, values] of Object.entries(accepted)) {
      for (const value of values) {
        expect(await verdict(good, { ...policy, [member]: value }), `${member}: ${inspect(value)}`).toBe('accepted')
      }
    }
    expect(await verdict(good, Object.assign(Object.create(null), policy))).toBe('accepted')
    expect(Object.keys(accepted)).toEqual(Object.keys(mistakes))
  })
})

test('mistakes in the keys are a TypeError of every function', async () => {
  for (const keys of [[], undefined, null, {}, 'secret', rs256.publicKey, rs256.privateKey, [hs256, {}]] as never[]) {
    for (const run of [() => createVerifier(keys, policy), () => verifySync(token, keys, policy)]) {
      expect(await thrownBy(run)).toBeInstanceOf(TypeError)
    }
    expect(await verify(token, keys, policy).catch((error: unknown) => error)).toBeInstanceOf(TypeError)
  }
})

describe('the policy is read once', () => {
  const full = {
    algorithms: ['HS256'],
    issuer: ['i'],
    audience: ['a'],
    subject: 's',
    typ: ['JWT'],
    expiry: 'required',
    maxAge: 60,
    maxLifetime: 900,
    clockTolerance: 0,
    requiredClaims: ['x'],
    crit: ['c'],
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
    maxTokenLength: 1000,
    now: () => NOW,
  }
  const loose = {
    algorithms: ['ES256'],
    issuer: null,
    audience: null,
    subject: undefined,
    typ: undefined,
    expiry: 'optional',
    maxAge: undefined,
    maxLifetime: undefined,
    clockTolerance: 300,
    requiredClaims: undefined,
    crit: undefined,
    schema: undefined,
    maxTokenLength: 1,
    now: () => 0,
  }
  const header = { alg: 'HS256', typ: 'JWT', crit: ['c'], c: 1 }
  const claims = { iss: 'i', aud: 'a', sub: 's', exp: NOW + 840, iat: NOW - 60, x: 1 }
  const good = forge(header, claims)
  const bad = [
    forge({ ...header, alg: 'ES256' }, claims),
    forge({ ...header, typ: undefined }, claims),
    forge({ ...header, crit: ['d'], d: 1 }, claims),
    ...[
      { iss: 'j' },
      { aud: 'b' },
      { sub: 't' },
      { exp: undefined },
      { exp: NOW },
      { exp: NOW + 841 },
      { iat: NOW - 61, exp: NOW + 1 },
      { x: undefined },
    ].map((change) => forge(header, { ...claims, ...change })),
    'A'.repeat(1001),
  ]
  const before = ['accepted', ...Array<string>(bad.length).fill('refused')]

  async function verdicts(verifier: { check(token: string): Promise<CheckResult<unknown>> }): Promise<string[]> {
    const results = []
    for (const each of [good, ...bad]) results.push((await verifier.check(each)).ok ? 'accepted' : 'refused')
    return results
  }

  test('control: without changes it accepts one token and refuses the others', async () => {
    expect(Object.keys(full)).toEqual(Object.keys(loose))
    expect(await verdicts(createVerifier(hs256, full as VerifyPolicy))).toEqual(before)
  })

  test('so that a getter which changes its answer changes nothing', async () => {
    const reads: string[] = []
    const changing = Object.fromEntries(Object.keys(full).map((name) => [name, undefined]))
    for (const [name, value] of Object.entries(full)) {
      const get = () => {
        reads.push(name)
        return reads.filter((read) => read === name).length > 1 ? loose[name as keyof typeof loose] : value
      }
      Object.defineProperty(changing, name, { get, enumerable: true })
    }
    const verifier = createVerifier(hs256, changing as unknown as VerifyPolicy)
    expect(await verdicts(verifier)).toEqual(before)
    expect(reads.sort()).toEqual(Object.keys(full).sort())
  })

  test('so that changing what was given, and all within it, changes nothing', async () => {
    const given = { ...copyOf(full), schema: { '~standard': { ...full.schema['~standard'] } } }
    const keys = [hs256]
    const verifier = createVerifier(keys, given as VerifyPolicy)
    for (const list of [given.algorithms, given.issuer, given.audience, given.typ, given.requiredClaims, given.crit]) {
      list.splice(0, list.length, 'ES256', 'j', 'b', 't', 'd')
    }
    Object.assign(given, loose)
    keys.splice(0, 1, otherHs256)
    expect(await verdicts(verifier)).toEqual(before)
  })

  test('its schema too', async () => {
    const schema = { '~standard': { ...full.schema['~standard'] } }
    const verifier = createVerifier(hs256, { ...full, schema } as VerifyPolicy)
    schema['~standard'].validate = () => ({ value: 'another' })
    expect(await verifier.check(good)).toMatchObject({ ok: true, claims })
    const standard = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 'another' }) } }
    Object.assign(schema, standard)
    expect(await verifier.check(good)).toMatchObject({ ok: true, claims })
  })

  test('and the verifier is frozen', () => {
    expect(Object.isFrozen(createVerifier(hs256, policy))).toBe(true)
  })

  test('but the clock is read for each token, once', async () => {
    const now = vi.fn(() => NOW)
    const { check } = createVerifier(hs256, { ...policy, now })
    expect(now).not.toHaveBeenCalled()
    await check(forge({ alg: 'HS256' }, { exp, nbf: NOW, iat: NOW }))
    expect(now).toHaveBeenCalledOnce()
    now.mockReturnValue(exp)
    expect(await check(token)).toMatchObject({ ok: false, error: { code: 'ERR_EXPIRED' } })
  })

  function copyOf<T extends object>(value: T): T {
    const lists = Object.entries(value).map(([name, member]) => [name, Array.isArray(member) ? [...member] : member])
    return Object.fromEntries(lists) as T
  }
})

describe('a polluted Object.prototype has no effect', () => {
  const expired = forge({ alg: 'HS256' }, { exp: NOW })
  const endless = forge({ alg: 'HS256' }, { sub: 'alice' })
  const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: { forged: true } }) } }
  const picky: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [] }) } }
  const refused = 'ERR_CLAIM_VALUE'

  const pollutions: readonly (readonly [string, Record<string, unknown>, string, object, string])[] = [
    ['exp does not replace a missing one', { exp }, endless, policy, 'ERR_CLAIM_MISSING'],
    ['iss does not either', { iss: 'i' }, token, { ...policy, issuer: 'i' }, 'ERR_CLAIM_MISSING'],
    ['aud does not either', { aud: 'a' }, token, { ...policy, audience: 'a' }, 'ERR_CLAIM_MISSING'],
    ['sub does not either', { sub: 's' }, token, { ...policy, subject: 's' }, 'ERR_CLAIM_MISSING'],
    ['iat does not either', { iat: NOW }, token, { ...policy, maxAge: 60 }, 'ERR_CLAIM_MISSING'],
    ['role does not either', { role: 'x' }, token, { ...policy, requiredClaims: ['role'] }, 'ERR_CLAIM_MISSING'],
    ['claims of a wrong type are no claims', { iss: 5, sub: 5, aud: 5, jti: 5 }, token, policy, 'accepted'],
    ['dates are no claims', { nbf: NOW + 9, iat: NOW + 9, exp: 1 }, token, policy, 'accepted'],
    ['clockTolerance', { clockTolerance: 300 }, expired, policy, 'ERR_EXPIRED'],
    ['now', { now: () => 0 }, forge({ alg: 'HS256' }, { exp: 9 }), { ...policy, now: undefined }, 'ERR_EXPIRED'],
    ['expiry', { expiry: 'optional' }, endless, policy, 'ERR_CLAIM_MISSING'],
    ['schema', { schema: picky }, token, policy, 'accepted'],
    ['crit', { crit: ['x'] }, forge({ alg: 'HS256', crit: ['x'], x: 1 }, { exp }), policy, 'ERR_HEADER_CRITICAL'],
    ['b64', { b64: false }, token, policy, 'accepted'],
    ['typ', { typ: 'at+jwt' }, token, policy, 'accepted'],
    ['typ of the header', { typ: 'at+jwt' }, token, { ...policy, typ: 'at+jwt' }, 'ERR_HEADER_TYPE'],
    ['kid', { kid: 'x' }, token, policy, 'accepted'],
    ['alg', { alg: 'HS256' }, forge({}, { exp }), policy, 'ERR_HEADER_INVALID'],
    ['enc', { enc: 'A128GCM' }, token, policy, 'accepted'],
    ['maxTokenLength', { maxTokenLength: 1e9 }, 'A'.repeat(20_000), policy, 'ERR_TOKEN_TOO_LONG'],
    ['limits', { maxTokenLength: 1, maxAge: 1, maxLifetime: 1, subject: 'x' }, token, policy, 'accepted'],
    ['requiredClaims', { requiredClaims: ['x'] }, token, policy, 'accepted'],
    ['claims of a verdict', { claims: { sub: 'admin' } }, expired, policy, 'ERR_EXPIRED'],
    ['header and key of a verdict', { header: {}, key: hs256, ok: true }, expired, policy, 'ERR_EXPIRED'],
    ['a value of a schema', { claims: { sub: 'admin' } }, token, { ...policy, schema: picky }, 'ERR_CLAIM_VALUE'],
    ['what a schema that accepts does not say', { issues: [{}], value: 5 }, token, { ...policy, schema }, 'accepted'],
    ['what a schema that refuses does not say', { value: 5, path: [5] }, token, { ...policy, schema: picky }, refused],
    ['a then that is no function', { then: true }, token, policy, 'accepted'],
    ['a then beside a schema', { then: true }, token, { ...policy, schema }, 'accepted'],
  ]

  test.each(pollutions)('%s', async (_, members, given, rules, expected) => {
    expect(await verdict(given, rules)).toBe(expected)
    expect(await polluted(members, () => verdict(given, rules))).toBe(expected)
  })

  test.each(['algorithms', 'issuer', 'audience'] as const)('%s must still be given', async (member) => {
    const rules = { ...policy, [member]: undefined }
    const without = Object.fromEntries(Object.entries(policy).filter(([name]) => name !== member))
    for (const given of [rules, without] as unknown[] as VerifyPolicy[]) {
      const error = await polluted({ [member]: policy[member] }, () => thrownBy(() => createVerifier(hs256, given)))
      expect(error).toBeInstanceOf(TypeError)
    }
  })

  // What node:crypto reads from its options too, where they inherit it.
  test.each(kinds)('on the signature by $alg', async ({ alg, signer, verifier }) => {
    const rules = { ...policy, algorithms: [alg] }
    const given = forge({ alg }, { exp }, alg)
    const [verified, made] = await polluted({ padding: 6, saltLength: 32, dsaEncoding: 'der' }, async () => [
      await verdict(given, rules, verifier),
      await sign({ exp }, signer, { now: () => NOW }),
    ])
    expect(verified).toBe('accepted')
    expect(await verdict(made, rules, verifier)).toBe('accepted')
  })

  test('on what an error tells', async () => {
    const run = () => thrownBy(() => verify(token, hs256, { ...policy, schema: picky }))
    const error = await polluted({ claim: 'forged', cause: 'forged', code: 'forged' }, run)
    expect(inspect(error)).not.toContain('forged')
  })
})

/** What is wrong with a token: each is a change of a good one. */
interface Draft {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  spellHeader: (text: string) => string
  spellPayload: (text: string) => string
  spell: (text: string) => string
  sign: (input: string) => string
}

interface Fault {
  readonly name: string
  readonly code: string
  readonly claim?: string
  readonly apply: (draft: Draft) => void
}

describe('faults are told in the order of the steps: length, shape, header, key, signature, payload, claims', () => {
  const named = importSecret(SECRET, 'HS256', { kid: 'k' })
  const rules = {
    ...policy,
    issuer: 'i',
    audience: 'a',
    subject: 's',
    maxAge: 60,
    maxLifetime: 900,
    requiredClaims: ['x'],
  }

  const faults: readonly Fault[] = [
    { name: 'too long', code: 'ERR_TOKEN_TOO_LONG', apply: (to) => (to.claims['long'] = 'A'.repeat(16_384)) },
    {
      name: 'a fourth segment',
      code: 'ERR_TOKEN_MALFORMED',
      apply: (to) => (to.spell = (text) => `${text}.`),
    },
    {
      name: 'a header that is not canonical',
      code: 'ERR_TOKEN_MALFORMED',
      apply: (to) => (to.spellHeader = (text) => `${text}=`),
    },
    { name: 'a cty that is no string', code: 'ERR_HEADER_INVALID', apply: (to) => (to.header['cty'] = 5) },
    { name: 'an alg off the allowlist', code: 'ERR_ALGORITHM', apply: (to) => (to.header['alg'] = 'none') },
    { name: 'a critical extension', code: 'ERR_HEADER_CRITICAL', apply: (to) => (to.header['crit'] = ['c']) },
    { name: 'another typ', code: 'ERR_HEADER_TYPE', apply: (to) => (to.header['typ'] = 'at+jwt') },
    { name: 'a kid of no key', code: 'ERR_KEY_NOT_FOUND', apply: (to) => (to.header['kid'] = 'l') },
    {
      name: 'a signature that is not canonical',
      code: 'ERR_TOKEN_MALFORMED',
      apply: (to) => (to.sign = (input) => `${signatureOf(input)}=`),
    },
    {
      name: 'a wrong signature',
      code: 'ERR_SIGNATURE',
      apply: (to) => (to.sign = (input) => signatureOf(`${input}.`)),
    },
    {
      name: 'a payload that is not canonical',
      code: 'ERR_TOKEN_MALFORMED',
      apply: (to) => (to.spellPayload = (text) => `${text}=`),
    },
    {
      name: 'a payload that is no strict JSON',
      code: 'ERR_TOKEN_MALFORMED',
      apply: (to) =>
        (to.spellPayload = (text) => base64url(`{"exp":1,${Buffer.from(text, 'base64url').toString().slice(1)}`)),
    },
    { name: 'a jti that is no string', code: 'ERR_CLAIM_TYPE', claim: 'jti', apply: (to) => (to.claims['jti'] = 5) },
    { name: 'a claim that is missing', code: 'ERR_CLAIM_MISSING', claim: 'x', apply: (to) => delete to.claims['x'] },
    { name: 'another issuer', code: 'ERR_CLAIM_VALUE', claim: 'iss', apply: (to) => (to.claims['iss'] = 'j') },
    { name: 'another audience', code: 'ERR_CLAIM_VALUE', claim: 'aud', apply: (to) => (to.claims['aud'] = ['b']) },
    { name: 'another subject', code: 'ERR_CLAIM_VALUE', claim: 'sub', apply: (to) => (to.claims['sub'] = 't') },
    { name: 'expired', code: 'ERR_EXPIRED', claim: 'exp', apply: (to) => (to.claims['exp'] = NOW) },
    { name: 'not yet valid', code: 'ERR_NOT_YET_VALID', claim: 'nbf', apply: (to) => (to.claims['nbf'] = NOW + 1) },
    { name: 'too old', code: 'ERR_TOO_OLD', claim: 'iat', apply: (to) => (to.claims['iat'] = NOW - 61) },
    { name: 'long-lived', code: 'ERR_CLAIM_VALUE', claim: 'exp', apply: (to) => (to.claims['exp'] = NOW + 901) },
  ]

  /** A token with all of the faults; where two change the same part, the earlier one has its way. */
  function faulty(...chosen: readonly Fault[]): string {
    const draft: Draft = {
      header: { alg: 'HS256', kid: 'k', c: 1 },
      claims: { iss: 'i', aud: 'a', sub: 's', x: 1, iat: NOW, exp },
      spellHeader: (text) => text,
      spellPayload: (text) => text,
      spell: (text) => text,
      sign: (input) => signatureOf(input),
    }
    for (const fault of [...chosen].reverse()) fault.apply(draft)
    const input = `${draft.spellHeader(segment(draft.header))}.${draft.spellPayload(segment(draft.claims))}`
    return draft.spell(`${input}.${draft.sign(input)}`)
  }

  async function errorsOf(given: string): Promise<JwtError[]> {
    const errors = []
    for (const way of Object.values(ways)) errors.push(await thrownBy(() => way(given, named, rules)))
    return errors.filter(isJwtError)
  }

  test('control: without a fault it is accepted', async () => {
    expect(await verdict(faulty(), rules, named)).toBe('accepted')
  })

  test.each(faults)('$name is told before all that come later', async (fault) => {
    const [alone] = await errorsOf(faulty(fault))
    expect(alone).toMatchObject({ code: fault.code, ...(fault.claim && { claim: fault.claim }) })
    for (const later of faults.slice(faults.indexOf(fault))) {
      const errors = await errorsOf(faulty(fault, later))
      expect(errors).toHaveLength(Object.keys(ways).length)
      for (const error of errors) expect(error, later.name).toEqual(alone)
    }
  })

  test('and in any company', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([...faults], { minLength: 1 }), async ([first, ...others]) => {
        const [alone] = await errorsOf(faulty(...(first ? [first] : [])))
        for (const error of await errorsOf(faulty(...(first ? [first] : []), ...others))) expect(error).toEqual(alone)
      }),
    )
  })

  describe('so that the payload', () => {
    const text = '{"exp":1800000900,"marked":true}'
    const payload = base64url(text)
    const input = `${segment({ alg: 'HS256' })}.${payload}`

    /** The texts that JSON.parse was given while a token was verified. */
    async function parsed(given: string, way: Verify): Promise<unknown[]> {
      const parse = vi.spyOn(JSON, 'parse')
      try {
        await thrownBy(() => way(given, hs256, policy))
        return parse.mock.calls.map(([json]) => json)
      } finally {
        parse.mockRestore()
      }
    }

    test.each(Object.entries(ways))('is parsed once the signature is right, and not before: %s', async (_, way) => {
      expect(await parsed(`${input}.${signatureOf(input)}`, way)).toContain(text)
      for (const signature of ['', 'AA==', signatureOf('another'), signatureOf(input).slice(1)]) {
        expect((await parsed(`${input}.${signature}`, way)).join()).not.toContain('marked')
      }
      expect((await parsed(`${segment({ alg: 'none' })}.${payload}.`, way)).join()).not.toContain('marked')
    })

    test('and a key function which sees no header that is refused', async () => {
      const keys = vi.fn(() => hs256)
      for (const fault of faults.slice(0, 7)) await verdict(faulty(fault), rules, keys)
      expect(keys).not.toHaveBeenCalled()
      await verdict(faulty(), rules, keys)
      expect(keys).toHaveBeenCalledTimes(Object.keys(ways).length)
    })
  })
})

describe('5 MB of garbage are refused within a millisecond', () => {
  const size = 5_000_000
  const header = segment({ alg: 'HS256' })
  const fill = (text: string): string => Buffer.alloc(size, text).toString()
  const garbage = {
    dots: fill('.'),
    letters: fill('a'),
    spaces: fill(' '),
    brackets: fill('['),
    'signs of two units': fill('\u{1f701}'),
    headers: fill(`${header}.`),
    'a payload without end': `${header}.${fill('A')}`,
    'a payload of deep JSON': `${header}.${base64url('[').repeat(size / 2)}.AAAA`,
    'a signature without end': `${header}.AAAA.${fill('A')}`,
    'a whole token': forge({ alg: 'HS256' }, fill('A')),
  }
  const { check } = createVerifier(hs256, policy)
  const functions = {
    verify: (given: string) => verify(given, hs256, policy),
    check: (given: string) => check(given).then(thrown),
  }

  function thrown(result: CheckResult): void {
    if (!result.ok) throw result.error
  }

  async function median(run: () => Promise<void>): Promise<number> {
    const times: number[] = []
    for (let i = 0; i < 25; i++) {
      const start = performance.now()
      await run()
      times.push(performance.now() - start)
    }
    return times.slice(5).sort((a, b) => a - b)[10] ?? Infinity
  }

  test.each(Object.entries(garbage))('%s', async (_, given) => {
    for (const run of Object.values(functions)) {
      expect(await verdictOf(() => run(given))).toBe('ERR_TOKEN_TOO_LONG')
      expect(await median(async () => void (await thrownBy(() => run(given))))).toBeLessThan(1)
    }
  })
})

describe('the typ of the header', () => {
  const rows: readonly (readonly [string, string | readonly string[] | undefined, unknown, string])[] = [
    ['may be absent by default', undefined, undefined, 'accepted'],
    ['may be JWT by default', undefined, 'JWT', 'accepted'],
    ['may be in lower case', undefined, 'jwt', 'accepted'],
    ['may be a media type in full', undefined, 'application/jwt', 'accepted'],
    ['may be a media type in upper case', undefined, 'APPLICATION/JWT', 'accepted'],
    ['is not another by default', undefined, 'at+jwt', 'ERR_HEADER_TYPE'],
    ['is not another in full by default', undefined, 'application/at+jwt', 'ERR_HEADER_TYPE'],
    ['is not empty', undefined, '', 'ERR_HEADER_TYPE'],
    ['is not a bare prefix', undefined, 'application/', 'ERR_HEADER_TYPE'],
    ['has no white space', undefined, 'JWT ', 'ERR_HEADER_TYPE'],
    ['has one prefix at most', undefined, 'application/application/jwt', 'ERR_HEADER_TYPE'],
    ['has no other prefix', undefined, 'text/jwt', 'ERR_HEADER_TYPE'],
    ['is a string', undefined, 5, 'ERR_HEADER_INVALID'],
    ['is no null', undefined, null, 'ERR_HEADER_INVALID'],
    ['is the one that is asked for', 'at+jwt', 'at+jwt', 'accepted'],
    ['is that in full', 'at+jwt', 'application/at+jwt', 'accepted'],
    ['is that in any case', 'at+jwt', 'AT+JWT', 'accepted'],
    ['is asked for in full', 'application/AT+jwt', 'at+jwt', 'accepted'],
    ['is not absent where one is asked for', 'at+jwt', undefined, 'ERR_HEADER_TYPE'],
    ['is not JWT where another is asked for', 'at+jwt', 'JWT', 'ERR_HEADER_TYPE'],
    ['is not absent where JWT is asked for', 'JWT', undefined, 'ERR_HEADER_TYPE'],
    ['is one of those that are asked for', ['JWT', 'at+jwt'], 'at+jwt', 'accepted'],
    ['is another of those', ['JWT', 'at+jwt'], 'jwt', 'accepted'],
    ['is none but those', ['JWT', 'at+jwt'], 'rt+jwt', 'ERR_HEADER_TYPE'],
    ['is not absent where there is a list', ['JWT', 'at+jwt'], undefined, 'ERR_HEADER_TYPE'],
    ['is not a part of one that is asked for', 'at+jwt', 'at', 'ERR_HEADER_TYPE'],
    ['with a further slash keeps its prefix', 'application/x/y', 'x/y', 'ERR_HEADER_TYPE'],
  ]

  test.each(rows)('%s', async (_, typ, given, expected) => {
    expect(await verdict(forge({ alg: 'HS256', typ: given }, { exp }), { ...policy, typ })).toBe(expected)
  })
})

describe('the cty of the header', () => {
  const nested = forge({ alg: 'HS256', typ: 'JWT' }, { exp })
  const another = /^the payload is another token, by the "cty" of the header/
  const noJson = /^the payload is not one strict JSON object$/
  const rows: readonly (readonly [string, unknown, unknown, RegExp | undefined])[] = [
    ['may be absent', undefined, { exp }, undefined],
    ['may be any other type', 'json', { exp }, undefined],
    // RFC 7519 §7.2 step 8: the message is then a JWT, and a claims set is none.
    ['is not JWT over a claims set', 'JWT', { exp }, another],
    ['is not JWT over a claims set, in small letters', 'jwt', { exp }, another],
    ['is not JWT over a claims set, in full', 'application/JWT', { exp }, another],
    ['is not JWT over another JWT, for nothing nested is opened', 'JWT', base64url(nested), noJson],
    ['does not make a JWT of what is in another', undefined, base64url(nested), noJson],
  ]

  test.each(rows)('%s', async (_, cty, payload, refusal) => {
    const verified = verify(forge({ alg: 'HS256', cty }, payload), hs256, policy)
    if (refusal)
      await expect(verified).rejects.toMatchObject({
        code: 'ERR_TOKEN_MALFORMED',
        message: expect.stringMatching(refusal),
      })
    else await expect(verified).resolves.toMatchObject({ claims: { exp } })
  })
})

describe('the crit of the header', () => {
  const rows: readonly (readonly [string, readonly string[] | undefined, object, string])[] = [
    ['is refused by default', undefined, { crit: ['x'], x: 1 }, 'ERR_HEADER_CRITICAL'],
    ['passes where the caller handles it', ['x'], { crit: ['x'], x: 1 }, 'accepted'],
    ['passes where the caller handles more', ['x', 'y'], { crit: ['x'], x: null }, 'accepted'],
    ['may name several', ['x', 'y'], { crit: ['y', 'x'], x: 1, y: 1 }, 'accepted'],
    ['names none but those', ['x'], { crit: ['x', 'y'], x: 1, y: 1 }, 'ERR_HEADER_CRITICAL'],
    ['names what is there', ['x'], { crit: ['x'] }, 'ERR_HEADER_CRITICAL'],
    ['names what is there itself', ['toString'], { crit: ['toString'] }, 'ERR_HEADER_CRITICAL'],
    ['is not empty', ['x'], { crit: [], x: 1 }, 'ERR_HEADER_CRITICAL'],
    ['is not null', ['x'], { crit: null, x: 1 }, 'ERR_HEADER_CRITICAL'],
    ['is no string', ['x'], { crit: 'x', x: 1 }, 'ERR_HEADER_CRITICAL'],
    ['names nothing twice', ['x'], { crit: ['x', 'x'], x: 1 }, 'ERR_HEADER_CRITICAL'],
    ['names strings', ['x'], { crit: [['x']], x: 1 }, 'ERR_HEADER_CRITICAL'],
    ['names nothing registered', ['x'], { crit: ['alg'] }, 'ERR_HEADER_CRITICAL'],
    ['never names b64', ['x'], { crit: ['b64'], b64: false }, 'ERR_HEADER_CRITICAL'],
    ['does not excuse a b64', ['x'], { crit: ['x'], x: 1, b64: true }, 'ERR_HEADER_CRITICAL'],
    ['need not be there', ['x'], { x: 1 }, 'accepted'],
  ]

  test.each(rows)('%s', async (_, crit, header, expected) => {
    expect(await verdict(forge({ alg: 'HS256', ...header }, { exp }), { ...policy, crit })).toBe(expected)
  })

  test('hands the extension to the caller', async () => {
    const critical = forge({ alg: 'HS256', crit: ['x'], x: { y: 1 } }, { exp })
    expect((await verify(critical, hs256, { ...policy, crit: ['x'] })).header['x']).toEqual({ y: 1 })
  })
})

describe('the claims are held against the policy', () => {
  const rows: readonly (readonly [string, object, object, readonly string[]])[] = [
    ['a token without exp', {}, {}, ['ERR_CLAIM_MISSING exp']],
    ['a token without exp where that is optional', { expiry: 'optional' }, {}, []],
    ['an expired token, though expiry is optional', { expiry: 'optional' }, { exp: NOW }, ['ERR_EXPIRED exp']],
    ['a token in its last second', {}, { exp: NOW + 1 }, []],
    ['a token at its exp', {}, { exp: NOW }, ['ERR_EXPIRED exp']],
    ['a token within the tolerance', { clockTolerance: '60s' }, { exp: NOW - 59 }, []],
    ['a token beyond the tolerance', { clockTolerance: '60s' }, { exp: NOW - 60 }, ['ERR_EXPIRED exp']],
    ['an exp in milliseconds', {}, { exp: exp * 1000 }, ['ERR_CLAIM_VALUE exp']],
    ['an exp that is text', {}, { exp: String(exp) }, ['ERR_CLAIM_TYPE exp']],
    ['an nbf to come', {}, { exp, nbf: NOW + 1 }, ['ERR_NOT_YET_VALID nbf']],
    ['an nbf to come within the tolerance', { clockTolerance: 1 }, { exp, nbf: NOW + 1 }, []],
    ['an iat to come', {}, { exp, iat: NOW + 1 }, ['ERR_NOT_YET_VALID iat']],
    ['an issuer of one', { issuer: 'i' }, { exp, iss: 'i' }, []],
    ['an issuer of several', { issuer: ['h', 'i'] }, { exp, iss: 'i' }, []],
    ['another issuer', { issuer: ['h', 'i'] }, { exp, iss: 'I' }, ['ERR_CLAIM_VALUE iss']],
    ['several issuers in the token', { issuer: 'i' }, { exp, iss: ['i'] }, ['ERR_CLAIM_TYPE iss']],
    ['no issuer', { issuer: 'i' }, { exp }, ['ERR_CLAIM_MISSING iss']],
    ['an audience of one', { audience: 'a' }, { exp, aud: 'a' }, []],
    ['one audience of several', { audience: ['a', 'b'] }, { exp, aud: ['c', 'b'] }, []],
    ['another audience', { audience: 'a' }, { exp, aud: ['b', 'aa'] }, ['ERR_CLAIM_VALUE aud']],
    ['an audience that is no string', { audience: 'a' }, { exp, aud: ['a', 5] }, ['ERR_CLAIM_TYPE aud']],
    ['an empty audience', {}, { exp, aud: [] }, ['ERR_CLAIM_TYPE aud']],
    ['no audience', { audience: 'a' }, { exp }, ['ERR_CLAIM_MISSING aud']],
    ['the subject', { subject: 's' }, { exp, sub: 's' }, []],
    ['another subject', { subject: 's' }, { exp, sub: 't' }, ['ERR_CLAIM_VALUE sub']],
    ['an iat within maxAge', { maxAge: '1m' }, { exp, iat: NOW - 60 }, []],
    ['an iat beyond maxAge', { maxAge: '1m' }, { exp, iat: NOW - 61 }, ['ERR_TOO_OLD iat']],
    ['no iat beside maxAge', { maxAge: '1m' }, { exp }, ['ERR_CLAIM_MISSING iat']],
    ['a lifetime within maxLifetime', { maxLifetime: '15m' }, { exp, iat: NOW }, []],
    ['a lifetime beyond maxLifetime', { maxLifetime: '15m' }, { exp, iat: NOW - 1 }, ['ERR_CLAIM_VALUE exp']],
    [
      'no exp beside maxLifetime, though expiry is optional',
      { maxLifetime: '15m', expiry: 'optional' },
      { iat: NOW },
      ['ERR_CLAIM_MISSING exp'],
    ],
    ['a required claim, even null', { requiredClaims: ['role'] }, { exp, role: null }, []],
    ['no required claim', { requiredClaims: ['role'] }, { exp }, ['ERR_CLAIM_MISSING role']],
    [
      'required claims that every object inherits',
      { requiredClaims: ['toString', '__proto__'] },
      { exp },
      ['ERR_CLAIM_MISSING toString', 'ERR_CLAIM_MISSING __proto__'],
    ],
    ['types that nobody asks for', {}, { exp, jti: 5, sub: null }, ['ERR_CLAIM_TYPE sub', 'ERR_CLAIM_TYPE jti']],
  ]

  test.each(rows)('%s', async (_, rules, claims, expected) => {
    expect(await failuresOf(claims, { ...policy, ...rules })).toEqual(expected)
    const [code = 'accepted'] = expected.map((failure) => failure.split(' ')[0])
    expect(await verdict(forge({ alg: 'HS256' }, claims), { ...policy, ...rules })).toBe(code)
  })

  test('by the clock of the machine where none is given', async () => {
    const seconds = Math.floor(Date.now() / 1000)
    const rules = { ...policy, now: undefined }
    expect(await verdict(forge({ alg: 'HS256' }, { exp: seconds + 60, iat: seconds - 60 }), rules)).toBe('accepted')
    expect(await verdict(forge({ alg: 'HS256' }, { exp: seconds - 1 }), rules)).toBe('ERR_EXPIRED')
  })

  test.each(['null', '[]', '"text"', '5', '', '{', '{"exp":1,"exp":2}', '{"exp":1e400}', '\ufeff{}', '{}{}'])(
    'a payload that is no strict JSON object is malformed: %s',
    async (json) => {
      const rules = { ...policy, expiry: 'optional' }
      expect(await verdict(forge({ alg: 'HS256' }, base64url(json)), rules)).toBe('ERR_TOKEN_MALFORMED')
    },
  )

  test('and a member named __proto__ is a claim like any other', async () => {
    const header = base64url('{"alg":"HS256","__proto__":{"kid":"x"}}')
    const claims = base64url(`{"exp":${exp},"__proto__":{"admin":true},"constructor":1}`)
    const verified = await verify(forge(header, claims), hs256, policy)
    expect(Object.keys(verified.claims)).toEqual(['exp', '__proto__', 'constructor'])
    expect(verified.claims['admin']).toBeUndefined()
    expect(verified.header.kid).toBeUndefined()
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })
})

describe('check', () => {
  const { check } = createVerifier(hs256, policy)

  test('answers with what verify returns', async () => {
    const result = await check(token)
    expect(result).toEqual({ ok: true, ...(await verify(token, hs256, policy)) })
    expect(Object.keys(result)).toEqual(['ok', 'header', 'claims', 'key'])
  })

  test('lists every failure of the types', async () => {
    const claims = { jti: null, iat: -1, nbf: 'x', exp: exp * 1000, aud: {}, sub: 5, iss: ['i'] }
    expect(await failuresOf(claims)).toEqual([
      'ERR_CLAIM_TYPE iss',
      'ERR_CLAIM_TYPE sub',
      'ERR_CLAIM_TYPE aud',
      'ERR_CLAIM_VALUE exp',
      'ERR_CLAIM_TYPE nbf',
      'ERR_CLAIM_VALUE iat',
      'ERR_CLAIM_TYPE jti',
    ])
  })

  test('lists every claim that is missing', async () => {
    const rules = { ...policy, issuer: 'i', audience: 'a', subject: 's', maxAge: 1, requiredClaims: ['x', 'iss'] }
    expect((await failuresOf({}, rules)).sort()).toEqual(
      ['aud', 'exp', 'iat', 'iss', 'sub', 'x'].map((claim) => `ERR_CLAIM_MISSING ${claim}`),
    )
  })

  test('lists every failure, the gravest first and the clock last', async () => {
    const rules = { ...policy, issuer: 'i', audience: 'a', subject: 's', maxLifetime: 1, requiredClaims: ['x'] }
    const claims = { iss: 'j', aud: 'b', sub: 't', jti: 5, iat: NOW + 2, nbf: NOW + 1, exp: NOW }
    expect(await failuresOf(claims, rules)).toEqual([
      'ERR_CLAIM_TYPE jti',
      'ERR_CLAIM_MISSING x',
      'ERR_CLAIM_VALUE iss',
      'ERR_CLAIM_VALUE aud',
      'ERR_CLAIM_VALUE sub',
      'ERR_EXPIRED exp',
      'ERR_NOT_YET_VALID nbf',
      'ERR_NOT_YET_VALID iat',
    ])
    const old = { iss: 'i', aud: 'a', sub: 's', x: 1, iat: NOW - 100, exp: NOW }
    expect(await failuresOf(old, { ...rules, maxAge: 99 })).toEqual([
      'ERR_EXPIRED exp',
      'ERR_TOO_OLD iat',
      'ERR_CLAIM_VALUE exp',
    ])
  })

  test('gives each failure as a JwtError that names its claim', async () => {
    const result = await check(forge({ alg: 'HS256' }, { sub: 5 }))
    expect(result).toMatchObject({ ok: false, failures: [{ claim: 'sub' }, { claim: 'exp' }] })
    if (result.ok) return
    for (const failure of result.failures) {
      expect(failure).toBeInstanceOf(JwtError)
      expect(failure.message).toContain(`"${failure.claim}"`)
      expect(failure.name).toBe('JwtError')
    }
    expect(await verify(forge({ alg: 'HS256' }, { sub: 5 }), hs256, policy).catch((error) => error)).toEqual(
      result.error,
    )
  })

  test('gives one failure where the claims are not even reached', async () => {
    const result = await check(`${token}=`)
    expect(result).toMatchObject({ ok: false, error: { code: 'ERR_TOKEN_MALFORMED' } })
    if (!result.ok) expect(result.failures).toEqual([result.error])
  })

  test.each([undefined, null, 5, {}, [], Buffer.from(token), Object(token), Symbol('a'), '', '..', 'A'.repeat(20_000)])(
    'does not throw for a bad token: %o',
    async (given) => {
      expect(await check(given as string)).toMatchObject({ ok: false })
    },
  )

  test('passes on the JwtErrors of a key function and of a key set as refusals, with their cause', async () => {
    const cause = new Error('timeout')
    const error = new JwtError('ERR_KEYSET_UNAVAILABLE', 'the key set cannot be reached', undefined, { cause })
    const fail = (): never => {
      throw error
    }
    for (const keys of [fail, async () => fail(), { candidates: fail }, { candidates: async () => fail() }]) {
      const result = await createVerifier(keys, policy).check(token)
      expect(result).toEqual({ ok: false, error, failures: [error] })
      expect(result).toHaveProperty('error.cause', cause)
      expect(await thrownBy(() => verify(token, keys, policy))).toBe(error)
    }
  })

  const broken = new Error('the database is down')
  const schemaOf = (validate: () => unknown) => ({ '~standard': { version: 1, vendor: 'test', validate } })
  const fail = (): never => {
    throw broken
  }
  const mistakes: readonly (readonly [string, unknown, object, unknown])[] = [
    ['a key function that throws', fail, {}, broken],
    ['a key function that rejects', async () => fail(), {}, broken],
    ['a key function that returns no key', () => 'secret', {}, expect.any(TypeError)],
    ['a key function that returns a private key', async () => rs256.privateKey, {}, expect.any(TypeError)],
    ['a key set that throws', { candidates: fail }, {}, broken],
    ['a key set that rejects', { candidates: async () => fail() }, {}, broken],
    ['a key set of what is no key', { candidates: () => ['secret'] }, {}, expect.any(TypeError)],
    ['a clock that throws', hs256, { now: fail }, broken],
    ['a clock in milliseconds', hs256, { now: () => NOW * 1000 }, expect.any(TypeError)],
    ['a schema that throws', hs256, { schema: schemaOf(fail) }, broken],
    ['a schema that answers by a promise', hs256, { schema: schemaOf(async () => ({})) }, expect.any(TypeError)],
    ['a schema that answers nothing', hs256, { schema: schemaOf(() => undefined) }, expect.any(TypeError)],
  ]

  test.each(mistakes)('lets through the mistakes of the program: %s', async (_, keys, rules, expected) => {
    const verifier = createVerifier(keys as VerificationKeys, { ...policy, ...rules } as VerifyPolicy)
    expect(await thrownBy(() => verifier.check(token))).toEqual(expected)
    expect(await thrownBy(() => verifier.verify(token))).toEqual(expected)
  })
})

test('results are nobody else’s: to change one changes no other', async () => {
  const given = forge({ alg: 'HS256', list: [{}] }, { exp, list: [{}] })
  const { verify: verifyOne, check } = createVerifier(hs256, policy)
  const results = [await verifyOne(given), await verifyOne(given), await check(given)] as VerifiedJwt[]
  for (const { header, claims } of results) {
    expect(header).toEqual({ alg: 'HS256', list: [{}] })
    expect(claims).toEqual({ exp, list: [{}] })
    for (const object of [header, claims] as Record<string, unknown>[]) {
      try {
        Object.assign((object['list'] as object[])[0] ?? {}, { changed: true })
        Object.assign(object, { alg: 'none', exp: 0, sub: 'admin' })
      } catch {
        // A frozen one is as good as a fresh one.
      }
    }
  }
  expect(await verifyOne(given)).toMatchObject({ header: { alg: 'HS256', list: [{}] }, claims: { exp, list: [{}] } })
})

describe('a schema', () => {
  const standard = (validate: (value: unknown) => unknown): StandardSchema<{ readonly id: number }> =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as StandardSchema<{ readonly id: number }>
  const run = (validate: (value: unknown) => unknown, claims: object = { exp, sub: '5' }) =>
    createVerifier(hs256, { ...policy, schema: standard(validate) }).check(forge({ alg: 'HS256' }, claims))

  test('is given all claims and puts out its own', async () => {
    const validate = vi.fn(() => ({ value: { id: 5 } }))
    expect(await run(validate)).toMatchObject({ ok: true, claims: { id: 5 } })
    expect(validate.mock.calls).toEqual([[{ exp, sub: '5' }]])
    for (const value of [undefined, null, 0, 'text']) {
      expect(await run(() => ({ value }))).toHaveProperty('claims', value)
    }
  })

  // Standard Schema 1.1: "A falsy value for issues indicates success".
  test('may say in writing that there are no issues', async () => {
    for (const issues of [undefined, null, false]) {
      expect(await run(() => ({ value: { id: 5 }, issues }))).toMatchObject({ ok: true, claims: { id: 5 } })
    }
  })

  test('serves every function', async () => {
    const schema = standard((claims) => ({ value: { id: Number((claims as { sub: string }).sub) } }))
    const picky = standard(() => ({ issues: [{ message: 'no' }] }))
    const given = forge({ alg: 'HS256' }, { exp, sub: '5' })
    for (const way of Object.values(ways)) {
      expect(await way(given, hs256, { ...policy, schema })).toHaveProperty('claims', { id: 5 })
    }
    expect(await verdict(given, { ...policy, schema: picky })).toBe('ERR_CLAIM_VALUE')
  })

  test('may be a function, as those of arktype are', async () => {
    const schema = Object.assign(
      () => undefined,
      standard(() => ({ value: { id: 1 } })),
    )
    expect((await verify(token, hs256, { ...policy, schema })).claims).toEqual({ id: 1 })
  })

  test('may be an instance whose methods need it', async () => {
    class Schema {
      readonly id = 7
      get '~standard'() {
        return { version: 1, vendor: 'test', id: this.id, validate: this.#validate } as const
      }
      #validate(this: { readonly id: number }): { readonly value: { readonly id: number } } {
        return { value: { id: this.id } }
      }
    }
    expect((await verify(token, hs256, { ...policy, schema: new Schema() })).claims).toEqual({ id: 7 })
  })

  test('is asked only once all else is right', async () => {
    const validate = vi.fn(() => ({ value: { id: 5 } }))
    expect(await run(validate, { exp: NOW })).toMatchObject({ ok: false, error: { code: 'ERR_EXPIRED' } })
    expect(validate).not.toHaveBeenCalled()
  })

  const issues: readonly (readonly [string, readonly unknown[], readonly (string | undefined)[]])[] = [
    ['a path of names', [{ message: 'm', path: ['role', 'x'] }], ['role']],
    ['a path of objects', [{ message: 'm', path: [{ key: 'role' }] }], ['role']],
    ['a path of a symbol', [{ message: 'm', path: [Symbol('role')] }], [undefined]],
    ['a path of an object with a symbol', [{ message: 'm', path: [{ key: Symbol('role') }] }], [undefined]],
    ['a path of a number', [{ message: 'm', path: [0] }], [undefined]],
    ['an empty path', [{ message: 'm', path: [] }], [undefined]],
    ['no path', [{ message: 'm' }], [undefined]],
    ['a path that is undefined', [{ message: 'm', path: undefined }], [undefined]],
    ['no issue at all', [], [undefined]],
    [
      'several',
      [{ message: 'm', path: ['a'] }, { message: 'n' }, { message: 'o', path: ['a'] }],
      ['a', undefined, 'a'],
    ],
  ]

  test.each(issues)('refuses claims by issues: %s', async (_, given, claims) => {
    const result = await run(() => ({ issues: given }))
    expect(result).toMatchObject({ ok: false, failures: claims.map(() => ({ code: 'ERR_CLAIM_VALUE' })) })
    if (!result.ok) expect(result.failures.map(({ claim }) => claim)).toEqual(claims)
  })

  test('does not pass on its words, which may quote values', async () => {
    const result = await run(() => ({ issues: [{ message: 'expected 5, received "quoted"', path: ['sub'] }] }))
    expect(inspect(result, { depth: Infinity })).not.toContain('quoted')
  })

  test('that answers by a promise is a TypeError, and leaves no rejection behind', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    for (const validate of [async () => ({ value: {} }), () => Promise.reject(new Error('later'))]) {
      const error = await thrownBy(() => run(validate))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(/^policy\.schema answers by a promise/))
    }
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('no error tells', () => {
  const words = { iss: 'zyx-issuer', sub: 'zyx-subject', aud: 'zyx-audience', jti: 'zyx-id', role: 'zyx-role' }
  const header = { alg: 'HS256', kid: 'zyx-kid', typ: 'JWT', cty: 'zyx-cty' }
  const good = { ...words, exp, iat: NOW }
  const input = `${segment(header)}.${segment(good)}`
  const named = importSecret(SECRET, 'HS256', { kid: 'zyx-other' })
  const strict = {
    ...policy,
    issuer: 'i',
    audience: 'a',
    subject: 's',
    maxAge: 1,
    maxLifetime: 1,
    requiredClaims: ['x'],
  }
  const picky = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => ({ issues: [{ message: 'zyx-message', path: ['role'] }, { message: 'zyx-message' }] }),
    },
  } as const

  const failing: readonly (readonly [string, VerificationKeys, object])[] = [
    [forge(header, good), hs256, strict],
    [forge(header, { ...good, exp: NOW - 987_654, nbf: NOW + 987_654, iat: NOW + 87_654 }), hs256, strict],
    [
      forge(header, { ...good, iss: { zyx: 1 }, sub: 918_273, aud: ['zyx-audience', 5], jti: ['zyx-id'] }),
      hs256,
      strict,
    ],
    [forge(header, { ...good, exp: 1_800_000_900_777, nbf: 'zyx-nbf', iat: -918_273 }), hs256, strict],
    [forge(header, good), hs256, { ...policy, schema: picky }],
    [forge(header, good), named, policy],
    [forge(header, good), otherHs256, policy],
    [forge(header, good), () => undefined, policy],
    [forge(header, good), hs256, { ...policy, maxTokenLength: 9 }],
    [forge(header, good), hs256, { ...policy, typ: 'at+jwt' }],
    [forge({ ...header, alg: 'zyx-alg' }, good), hs256, policy],
    [forge({ ...header, typ: 'zyx-typ' }, good), hs256, policy],
    [forge({ ...header, crit: ['zyx-crit'], 'zyx-crit': 'zyx-value' }, good), hs256, policy],
    [forge({ ...header, kid: ['zyx-kid'] }, good), hs256, policy],
    [forge({ ...header, b64: 'zyx-b64' }, good), hs256, policy],
    [forge({ ...header, enc: 'zyx-enc' }, good), hs256, policy],
    [forge(`${segment(header)}=`, good), hs256, policy],
    [forge(base64url('{"alg":"HS256","zyx-broken"'), good), hs256, policy],
    [forge(header, base64url('{"sub":"zyx-broken"')), hs256, policy],
    [forge(header, base64url('{"sub":"zyx-a","sub":"zyx-b"}')), hs256, policy],
    [forge(header, `${segment(good)}=`), hs256, policy],
    [`${input}.${signatureOf(input)}.${segment(words)}`, hs256, policy],
    [`${input}.${signatureOf(input)}==`, hs256, policy],
    [input, hs256, policy],
    ['zyx-text without a dot', hs256, policy],
  ]

  const told = (error: unknown): string =>
    [
      String(error),
      (error as Error).message,
      (error as Error).stack,
      JSON.stringify(error),
      inspect(error, { depth: Infinity, showHidden: true }),
      inspect(Object.getOwnPropertyDescriptors(error), { depth: Infinity }),
    ].join('\n')

  test.each(failing.map((row, index) => [index, ...row] as const))(
    'the token, a value of it, or the secret (%i)',
    async (_, given, keys, rules) => {
      const result = await createVerifier(keys, rules as VerifyPolicy).check(given)
      const thrown = await thrownBy(() => verify(given, keys, rules as VerifyPolicy))
      if (result.ok) expect.fail('the token was accepted')
      expect(isJwtError(thrown)).toBe(true)
      const { k = '' } = await exportJwk(hs256)
      const secrets = [given, ...given.split('.'), k, SECRET.toString('hex'), SECRET.toString('latin1')]
      for (const error of [thrown, result.error, ...result.failures]) {
        const text = told(error)
        expect(text).toContain((error as JwtError).code)
        for (const secret of secrets.filter(({ length }) => length > 0)) expect(text).not.toContain(secret)
        expect(text).not.toMatch(/zyx|987.?654|918.?273|87.?654/)
        expect(text).not.toMatch(new RegExp(`${NOW}|${exp}|1800000900777`))
      }
    },
  )
})

describe('the functions that answer at once', () => {
  const advice = /use the function without "Sync" in its name, and await it/
  const late = async () => hs256

  test('refuse a key function that takes its time', async () => {
    for (const run of [() => verifySync(token, late, policy), () => createVerifier(late, policy).verifySync(token)]) {
      const error = await thrownBy(run)
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(advice))
    }
    expect(await verdictOf(() => verify(token, late, policy))).toBe('accepted')
  })

  test('say that a key set has to fetch first, which a token and not the program has caused', async () => {
    const keys = { candidates: async () => [hs256] }
    expect(await verdictOf(() => verifySync(token, keys, policy))).toBe('ERR_KEYSET_UNAVAILABLE')
    expect(() => verifySync(token, keys, policy)).toThrow('the key set is fetching, which only the functions without')
    expect(await verdictOf(() => verify(token, keys, policy))).toBe('accepted')
    const away = { candidates: async () => Promise.reject(new Error('nobody awaits this')) }
    expect(await verdictOf(() => verifySync(token, away, policy))).toBe('ERR_KEYSET_UNAVAILABLE')
  })

  if (answersAtOnce) {
    test('are pure functions of the token, so that two in a row agree', () => {
      const { verifySync: verifyOne } = createVerifier(hs256, policy)
      expect(verifyOne(token)).toEqual(verifyOne(token))
    })
  } else {
    test.each(kinds)('refuse to work with $alg, and leave no rejection behind', async ({ alg, signer, verifier }) => {
      const unhandled = vi.fn()
      process.on('unhandledRejection', unhandled)
      const rules = { ...policy, algorithms: [alg] }
      const given = forge({ alg }, { exp }, alg)
      const runs = [
        () => verifySync(given, verifier, rules),
        () => createVerifier(verifier, rules).verifySync(given),
        () => signSync({ exp }, signer, {}),
        () => createSigner(signer, { expiresIn: null }).signSync({}),
      ]
      for (const run of runs) {
        expect(run).toThrow(TypeError)
        expect(run).toThrow(advice)
      }
      await new Promise((resolve) => setImmediate(resolve))
      process.off('unhandledRejection', unhandled)
      expect(unhandled).not.toHaveBeenCalled()
    })
  }
})

test('a key set is asked by every function', async () => {
  const candidates = vi.fn(() => [otherHs256, hs256])
  expect(await verdict(token, policy, { candidates })).toBe('accepted')
  expect(candidates.mock.calls).toEqual(Array(Object.keys(ways).length).fill([{ alg: 'HS256' }]))
  expect(await verdict(token, policy, { candidates: () => [] })).toBe('ERR_KEY_NOT_FOUND')
  expect(await verdict(token, policy, { candidates: () => Array(5).fill(hs256) })).toBe('ERR_KEY_AMBIGUOUS')
})

test('keys are chosen by kid and algorithm, as verify is given several', async () => {
  const a = importSecret(SECRET, 'HS256', { kid: 'a' })
  const b = importSecret('a secret that has signed none of these tokens', 'HS256', { kid: 'b' })
  const signed = await sign({}, a, { expiresIn: 900, now: () => NOW })
  expect((await verify(signed, [b, a], policy)).key).toBe(a)
  expect(await verdict(signed, policy, [b])).toBe('ERR_KEY_NOT_FOUND')
  const renamed = importPublicKey({ ...(await exportJwk(rs256.publicKey)), kid: 'a' }, 'RS256')
  expect(await thrownBy(() => verify(signed, [a, renamed], policy))).toBeInstanceOf(TypeError)
})

describe('the one-shot functions keep their verifier with the policy', () => {
  type Mutable = Record<string, unknown>

  /** The functions that take the policy with each token. */
  const oneShots: Readonly<Record<string, Verify>> = {
    verify: (given, keys, rules) => verify(given, keys, rules),
    ...(answersAtOnce && { verifySync: (given, keys, rules) => verifySync(given, keys, rules) }),
  }

  /** An allowlist that counts the verifiers which are made with it, as each copies it once. */
  const counting = () => {
    const algorithms: Algorithm[] = ['HS256']
    const copies = vi.fn(() => Array.prototype[Symbol.iterator].call(algorithms))
    Object.defineProperty(algorithms, Symbol.iterator, { value: copies })
    return { made: () => copies.mock.calls.length, algorithms }
  }

  describe.each(Object.entries(oneShots))('%s', (_, way) => {
    const say = (given: string, rules: object, keys: VerificationKeys = hs256) =>
      verdictOf(() => way(given, keys, rules as VerifyPolicy))

    const kept: readonly (readonly [string, VerificationKeys])[] = [
      ['a key', hs256],
      ['an array of keys', [hs256, otherHs256]],
      ['a frozen array of keys', Object.freeze([hs256, otherHs256])],
      ['a key set', { candidates: () => [hs256] }],
      ['a key function', () => hs256],
      ['a frozen key set', Object.freeze({ candidates: () => [hs256] })],
    ]

    test.each(kept)('makes it once for the same policy and %s', async (_, keys) => {
      const { made, algorithms } = counting()
      const rules = { ...policy, algorithms }
      for (let i = 0; i < 3; i++) expect(await say(token, rules, keys)).toBe('accepted')
      expect(await say(`${token}=`, rules, keys)).toBe('ERR_TOKEN_MALFORMED')
      expect(made()).toBe(1)
    })

    test('makes it once for a frozen policy', async () => {
      const { made, algorithms } = counting()
      const rules = Object.freeze({ ...policy, algorithms: Object.freeze(algorithms) })
      for (let i = 0; i < 3; i++) expect(await say(token, rules)).toBe('accepted')
      expect(await say(forge({ alg: 'HS256' }, { exp: NOW }), rules)).toBe('ERR_EXPIRED')
      expect(made()).toBe(1)
    })

    test('makes it once for a policy with lists, which it compares by their items', async () => {
      const { made, algorithms } = counting()
      const rules: Mutable = { ...policy, audience: ['a', 'b'], requiredClaims: ['x'], algorithms }
      const given = forge({ alg: 'HS256' }, { exp, aud: 'b', x: 1 })
      expect(await say(given, rules)).toBe('accepted')
      Object.assign(rules, { audience: ['a', 'b'], requiredClaims: ['x'] })
      expect(await say(given, rules)).toBe('accepted')
      expect(made()).toBe(1)
    })

    test('makes another for another policy, however equal', async () => {
      const { made, algorithms } = counting()
      for (let i = 0; i < 3; i++) expect(await say(token, { ...policy, algorithms })).toBe('accepted')
      expect(made()).toBe(3)
    })

    test('makes one for each of several keys, and keeps them all', async () => {
      const { made, algorithms } = counting()
      const rules = { ...policy, algorithms }
      const several: readonly VerificationKeys[] = [hs256, () => hs256, [hs256], { candidates: () => [hs256] }]
      for (let i = 0; i < 3; i++) for (const keys of several) expect(await say(token, rules, keys)).toBe('accepted')
      expect(made()).toBe(several.length)
    })

    const accept = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }
    const refuse = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [] }) } }
    const claims = { iss: 'i', aud: 'a', sub: 's', iat: NOW - 100, exp }
    const changes: readonly (readonly [string, object, (rules: Mutable) => void, string, string])[] = [
      ['the issuer', {}, (rules) => (rules['issuer'] = 'j'), 'accepted', 'ERR_CLAIM_VALUE'],
      ['the audience', { audience: 'b' }, (rules) => (rules['audience'] = 'a'), 'ERR_CLAIM_VALUE', 'accepted'],
      ['text for a list', {}, (rules) => (rules['audience'] = ['b']), 'accepted', 'ERR_CLAIM_VALUE'],
      [
        'another item of a list',
        { issuer: ['i'] },
        (rules) => (listOf(rules, 'issuer')[0] = 'j'),
        'accepted',
        'ERR_CLAIM_VALUE',
      ],
      [
        'one more audience',
        { audience: ['b'] },
        (rules) => listOf(rules, 'audience').push('a'),
        'ERR_CLAIM_VALUE',
        'accepted',
      ],
      [
        'one audience less',
        { audience: ['b', 'a'] },
        (rules) => listOf(rules, 'audience').pop(),
        'accepted',
        'ERR_CLAIM_VALUE',
      ],
      [
        'one more claim',
        { requiredClaims: ['exp'] },
        (rules) => listOf(rules, 'requiredClaims').push('x'),
        'accepted',
        'ERR_CLAIM_MISSING',
      ],
      ['one more typ', { typ: ['x'] }, (rules) => listOf(rules, 'typ').push('JWT'), 'ERR_HEADER_TYPE', 'accepted'],
      ['the typ', {}, (rules) => (rules['typ'] = 'x'), 'accepted', 'ERR_HEADER_TYPE'],
      ['a subject, added', {}, (rules) => (rules['subject'] = 't'), 'accepted', 'ERR_CLAIM_VALUE'],
      ['a subject, deleted', { subject: 't' }, (rules) => delete rules['subject'], 'ERR_CLAIM_VALUE', 'accepted'],
      [
        'a subject, undefined',
        { subject: 't' },
        (rules) => (rules['subject'] = undefined),
        'ERR_CLAIM_VALUE',
        'accepted',
      ],
      [
        'a subject, deleted where another member is added that is undefined',
        { subject: 't' },
        (rules) => {
          delete rules['subject']
          rules['typ'] = undefined
        },
        'ERR_CLAIM_VALUE',
        'accepted',
      ],
      [
        'a member that is undefined, deleted where another is added',
        { typ: undefined },
        (rules) => {
          delete rules['typ']
          rules['subject'] = 't'
        },
        'accepted',
        'ERR_CLAIM_VALUE',
      ],
      ['the clock', {}, (rules) => (rules['now'] = () => exp), 'accepted', 'ERR_EXPIRED'],
      ['the clock, deleted', { now: () => exp }, (rules) => (rules['now'] = policy.now), 'ERR_EXPIRED', 'accepted'],
      ['the schema', { schema: refuse }, (rules) => (rules['schema'] = accept), 'ERR_CLAIM_VALUE', 'accepted'],
      ['a schema, added', {}, (rules) => (rules['schema'] = refuse), 'accepted', 'ERR_CLAIM_VALUE'],
      ['maxAge', { maxAge: 100 }, (rules) => (rules['maxAge'] = 99), 'accepted', 'ERR_TOO_OLD'],
      ['maxLifetime', { maxLifetime: 999 }, (rules) => (rules['maxLifetime'] = '17m'), 'ERR_CLAIM_VALUE', 'accepted'],
      ['clockTolerance', { now: () => exp }, (rules) => (rules['clockTolerance'] = 1), 'ERR_EXPIRED', 'accepted'],
      ['maxTokenLength', {}, (rules) => (rules['maxTokenLength'] = 9), 'accepted', 'ERR_TOKEN_TOO_LONG'],
      ['the algorithms', {}, (rules) => (rules['algorithms'] = ['HS384']), 'accepted', 'ERR_ALGORITHM'],
      [
        'one more algorithm',
        { algorithms: ['HS384'] },
        (rules) => listOf(rules, 'algorithms').push('HS256'),
        'ERR_ALGORITHM',
        'accepted',
      ],
      [
        'one algorithm less',
        { algorithms: ['HS384', 'HS256'] },
        (rules) => listOf(rules, 'algorithms').pop(),
        'accepted',
        'ERR_ALGORITHM',
      ],
    ]

    test.each(changes)(
      'honours at once what changes, and what changes back: %s',
      async (_, given, change, before, after) => {
        const signed = forge({ alg: 'HS256', typ: 'JWT' }, claims)
        // A function, for to it no algorithm is off the allowlist.
        const keys = () => hs256
        const rules: Mutable = { ...policy, algorithms: ['HS256'], ...given }
        const original = snapshotOf(rules)
        for (let i = 0; i < 2; i++) {
          expect(await say(signed, rules, keys)).toBe(before)
          expect(await say(signed, rules, keys)).toBe(before)
          change(rules)
          expect(await say(signed, rules, keys)).toBe(after)
          expect(await say(signed, rules, keys)).toBe(after)
          for (const name of Object.keys(rules)) delete rules[name]
          Object.assign(rules, snapshotOf(original))
        }
      },
    )

    test('honours crit and expiry, which need another token', async () => {
      const rules: Mutable = { ...policy, crit: ['x'] }
      const critical = forge({ alg: 'HS256', crit: ['y'], y: 1 }, { exp })
      expect(await say(critical, rules)).toBe('ERR_HEADER_CRITICAL')
      listOf(rules, 'crit').push('y')
      expect(await say(critical, rules)).toBe('accepted')
      delete rules['crit']
      expect(await say(critical, rules)).toBe('ERR_HEADER_CRITICAL')
      const endless = forge({ alg: 'HS256' }, {})
      expect(await say(endless, rules)).toBe('ERR_CLAIM_MISSING')
      rules['expiry'] = 'optional'
      expect(await say(endless, rules)).toBe('accepted')
      rules['expiry'] = 'required'
      expect(await say(endless, rules)).toBe('ERR_CLAIM_MISSING')
    })

    const mistakes: readonly (readonly [string, (rules: Mutable) => unknown, RegExp])[] = [
      ['an algorithm that does not exist', (rules) => listOf(rules, 'algorithms').push('none'), /policy\.algorithms/],
      ['an algorithm that does not mix', (rules) => listOf(rules, 'algorithms').push('ES256'), /policy\.algorithms/],
      ['no algorithm left', (rules) => listOf(rules, 'algorithms').pop(), /policy\.algorithms/],
      ['an algorithm twice', (rules) => listOf(rules, 'algorithms').push('HS256'), /policy\.algorithms/],
      ['no audience', (rules) => delete rules['audience'], /policy\.audience/],
      ['an audience that is undefined', (rules) => (rules['audience'] = undefined), /policy\.audience/],
      ['a hole where an algorithm was', (rules) => delete listOf(rules, 'algorithms')[0], /policy\.algorithms/],
      ['a duration that is none', (rules) => (rules['maxAge'] = '5'), /policy\.maxAge/],
      ['a member that does not exist', (rules) => (rules['audiance'] = 'a'), /there is no option "audiance"/],
      ['one for another', (rules) => delete rules['now'] && (rules['clock'] = 5), /there is no option "clock"/],
      ['a memo', (rules) => (rules['memo'] = { max: 5 }), /there is no option "memo"/],
      ['a schema that is none', (rules) => (rules['schema'] = {}), /policy\.schema/],
    ]

    test.each(mistakes)('tells what has become a mistake, until it is mended: %s', async (_, spoil, message) => {
      const rules: Mutable = { ...policy, algorithms: ['HS256'] }
      const original = snapshotOf(rules)
      for (let i = 0; i < 2; i++) {
        expect(await say(token, rules)).toBe('accepted')
        spoil(rules)
        for (let j = 0; j < 2; j++) {
          const error = await thrownBy(() => way(token, hs256, rules as never))
          expect(error).toBeInstanceOf(TypeError)
          expect(error).toHaveProperty('message', expect.stringMatching(message))
        }
        for (const name of Object.keys(rules)) delete rules[name]
        Object.assign(rules, snapshotOf(original))
      }
    })

    test('honours other keys', async () => {
      const rules = { ...policy }
      const find = (): VerificationKey => otherHs256
      const sets: readonly VerificationKeys[] = [otherHs256, find, Object.freeze([otherHs256]), [otherHs256]]
      for (const other of sets) {
        expect(await say(token, rules)).toBe('accepted')
        expect(await say(token, rules, other)).toBe('ERR_SIGNATURE')
        expect(await say(token, rules, other)).toBe('ERR_SIGNATURE')
      }
      expect(await say(token, rules)).toBe('accepted')
      expect(await thrownBy(() => way(token, es256.publicKey, rules))).toBeInstanceOf(TypeError)
      expect(await thrownBy(() => way(token, [] as never, rules))).toBeInstanceOf(TypeError)
      expect(await say(token, rules)).toBe('accepted')
    })

    test('honours what changes in an array of keys and in a key set', async () => {
      const rules = { ...policy }
      const list = [hs256]
      const set = { candidates: () => [hs256] }
      for (const keys of [list, set]) expect(await say(token, rules, keys)).toBe('accepted')
      list[0] = otherHs256
      set.candidates = () => [otherHs256]
      for (const keys of [list, set]) expect(await say(token, rules, keys)).toBe('ERR_SIGNATURE')
      list.push(hs256)
      set.candidates = () => [otherHs256, hs256]
      for (const keys of [list, set]) expect(await say(token, rules, keys)).toBe('accepted')
      set.candidates = () => []
      expect(await say(token, rules, set)).toBe('ERR_KEY_NOT_FOUND')
      delete list[1]
      expect(await thrownBy(() => way(token, list, rules))).toBeInstanceOf(TypeError)
      list.length = 0
      expect(await thrownBy(() => way(token, list, rules))).toBeInstanceOf(TypeError)
    })

    test('honours what changes in a schema', async () => {
      const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown): object => ({ value }) } }
      const rules = { ...policy, schema }
      expect(await say(token, rules)).toBe('accepted')
      schema['~standard'].validate = () => ({ issues: [] })
      expect(await say(token, rules)).toBe('ERR_CLAIM_VALUE')
      schema['~standard'] = { version: 1, vendor: 'test', validate: (value) => ({ value }) }
      expect(await say(token, rules)).toBe('accepted')
    })

    test('honours a getter that answers differently', async () => {
      let audience: string | null = 'a'
      const rules = {
        ...policy,
        get audience() {
          return audience
        },
      }
      const given = forge({ alg: 'HS256' }, { exp, aud: 'a' })
      for (let i = 0; i < 2; i++) {
        audience = 'a'
        expect(await say(given, rules)).toBe('accepted')
        expect(await say(given, rules)).toBe('accepted')
        audience = 'b'
        expect(await say(given, rules)).toBe('ERR_CLAIM_VALUE')
        audience = null
        expect(await say(given, rules)).toBe('accepted')
      }
    })

    test('honours nothing that a polluted Object.prototype has', async () => {
      const rules = { ...policy }
      const expired = forge({ alg: 'HS256' }, { exp: NOW })
      for (let i = 0; i < 2; i++) {
        expect(await say(expired, rules)).toBe('ERR_EXPIRED')
        expect(await polluted({ clockTolerance: 300, subject: 's' }, () => say(expired, rules))).toBe('ERR_EXPIRED')
        expect(await polluted({ clockTolerance: 300, subject: 's' }, () => say(token, rules))).toBe('accepted')
      }
    })
  })

  function listOf(rules: Mutable, name: string): string[] {
    return rules[name] as string[]
  }

  function snapshotOf(rules: Mutable): Mutable {
    const copy = (value: unknown) => (Array.isArray(value) ? [...value] : value)
    return Object.fromEntries(Object.entries(rules).map(([name, value]) => [name, copy(value)]))
  }
})

describe('check refuses without stacks, for its errors are values, and the others throw errors that have theirs', () => {
  const input = `${segment({ alg: 'HS256' })}.${segment({ exp })}`
  const picky = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'm' }] }) },
  } as const
  const refusals: [string, unknown, object][] = [
    ['what is no text', 5, policy],
    ['a token that is too long', 'A'.repeat(16_385), policy],
    ['a token without dots', 'AAAA', policy],
    ['a header that is no JSON', forge('AAAA', { exp }), policy],
    ['a header of the wrong shape', forge({ alg: 5 }, { exp }), policy],
    ['an alg off the allowlist', forge({ alg: 'none' }, { exp }), policy],
    ['a critical extension', forge({ alg: 'HS256', crit: ['x'], x: 1 }, { exp }), policy],
    ['another typ', forge({ alg: 'HS256', typ: 'x' }, { exp }), policy],
    ['a signature that is not canonical', `${token}=`, policy],
    ['a wrong signature', `${input}.${signatureOf('another')}`, policy],
    ['a payload that is not canonical', forge({ alg: 'HS256' }, `${segment({ exp })}=`), policy],
    ['a payload that is no JSON', forge({ alg: 'HS256' }, 'AAAA'), policy],
    ['claims of wrong types', forge({ alg: 'HS256' }, { exp: 'x', sub: 5, iss: 5 }), policy],
    ['an expired token', forge({ alg: 'HS256' }, { exp: NOW }), policy],
    ['claims that a schema refuses', token, { ...policy, schema: picky }],
  ]
  const FRAMES = /^JwtError: .+\n +at /
  const NO_FRAMES = /^JwtError: .+$/

  test.each(refusals)('%s', async (_, given, rules) => {
    const { check } = createVerifier(hs256, rules as VerifyPolicy)
    const result = await check(given as string)
    if (result.ok) expect.fail('the token was accepted')
    for (const error of [result.error, ...result.failures]) {
      expect(error.stack).toMatch(NO_FRAMES)
      expect(error.stack).toBe(String(error))
      expect(error).toBeInstanceOf(JwtError)
    }
    const { 'createVerifier().check': _check, ...throwing } = ways
    for (const way of Object.values(throwing)) {
      const error = await thrownBy(() => way(given as string, hs256, rules as VerifyPolicy))
      expect(error).toHaveProperty('stack', expect.stringMatching(FRAMES))
      expect(error).toMatchObject({ code: result.error.code, message: result.error.message })
    }
  })

  const named = importSecret(SECRET, 'HS256', { kid: 'a' })
  const other = forge({ alg: 'HS256', kid: 'b' }, { exp })
  const hs512 = { ...policy, algorithms: ['HS256', 'HS512'] }
  const unfit: readonly [string, VerificationKeys, string, object][] = [
    ['no key of the kid', named, other, policy],
    ['no key in the set', { candidates: () => [] }, other, policy],
    ['no key of the function', () => undefined, other, policy],
    ['no key of the algorithm', hs256, forge({ alg: 'HS512' }, { exp }), hs512],
    ['a key of another algorithm', { candidates: () => [hs256] }, forge({ alg: 'HS512' }, { exp }), hs512],
    ['too many keys', Array.from({ length: 5 }, () => hs256), token, policy],
    ['too many keys in the set', { candidates: () => Array.from({ length: 5 }, () => hs256) }, token, policy],
  ]

  test.each(unfit)('%s', async (_, keys, given, rules) => {
    const result = await createVerifier(keys, rules as VerifyPolicy).check(given)
    if (result.ok) expect.fail('the token was accepted')
    expect(result.error.stack).toMatch(NO_FRAMES)
    const error = await thrownBy(() => verify(given, keys, rules as VerifyPolicy))
    expect(error).toHaveProperty('stack', expect.stringMatching(FRAMES))
    expect(error).toMatchObject({ code: result.error.code })
  })

  test.each<[string, unknown, object]>([['a token that is accepted', token, policy], ...refusals])(
    'Error.stackTraceLimit is afterwards what it was: %s',
    async (_, given, rules) => {
      const before = Error.stackTraceLimit
      const verifiers = [hs256, () => hs256, async () => hs256].map((keys) =>
        createVerifier(keys, rules as VerifyPolicy),
      )
      try {
        for (const limit of [3, 0, Infinity]) {
          Error.stackTraceLimit = limit
          for (const { check } of verifiers) {
            const checked = check(given as string)
            expect(Error.stackTraceLimit).toBe(limit)
            await checked
            expect(Error.stackTraceLimit).toBe(limit)
          }
        }
      } finally {
        Error.stackTraceLimit = before
      }
    },
  )

  test('what a key function, a key set, a schema or a clock does is not part of it', async () => {
    const limit = Error.stackTraceLimit
    const seen: number[] = []
    const look = <T>(value: T): T => {
      seen.push(Error.stackTraceLimit)
      return value
    }
    const schema: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: (value) => look({ issues: [{ message: String(value) }] }) },
    }
    const now = () => look(NOW)
    for (const keys of [() => look(hs256), async () => look(hs256), { candidates: () => look([hs256]) }]) {
      expect(await createVerifier(keys, { ...policy, schema, now }).check(token)).toMatchObject({ ok: false })
    }
    expect(seen).toEqual(Array(9).fill(limit))
  })

  test('so that their own errors keep their stacks, JwtErrors too', async () => {
    const fail = (): never => {
      throw new JwtError('ERR_KEYSET_UNAVAILABLE', 'the key set cannot be reached')
    }
    for (const keys of [fail, async () => fail(), { candidates: fail }, { candidates: async () => fail() }]) {
      const result = await createVerifier(keys, policy).check(token)
      expect(result).toHaveProperty('error.stack', expect.stringMatching(FRAMES))
    }
    const broken = (): never => {
      throw new Error('broken')
    }
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: broken } }
    for (const [keys, rules] of [
      [broken, policy],
      [hs256, { ...policy, schema }],
      [hs256, { ...policy, now: broken }],
    ] as const) {
      const error = await thrownBy(() => createVerifier(keys as VerificationKeys, rules).check(token))
      expect(error).toHaveProperty('stack', expect.stringMatching(/^Error: broken\n +at \S*broken /))
    }
  })

  test('and not where Error is frozen, or knows no limit', async () => {
    const { check } = createVerifier(hs256, policy)
    const before = Error.stackTraceLimit
    try {
      Reflect.set(Error, 'stackTraceLimit', undefined)
      expect(await check('AAAA')).toMatchObject({ ok: false, error: { code: 'ERR_TOKEN_MALFORMED' } })
      expect(Error.stackTraceLimit).toBeUndefined()
      Object.defineProperty(Error, 'stackTraceLimit', { value: before, writable: false, configurable: true })
      expect(await check('AAAA')).toMatchObject({ ok: false, error: { code: 'ERR_TOKEN_MALFORMED' } })
      expect(Error.stackTraceLimit).toBe(before)
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', { value: before, writable: true, configurable: true })
    }
  })
})

test('no refusal leaves a rejection behind that nobody handles', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const fail = (): never => {
    throw new Error('the database is down')
  }
  const es = { ...policy, algorithms: ['ES256'] } as const
  const signed = forge({ alg: 'ES256' }, { exp }, 'ES256')
  const garbage = [
    '',
    '.',
    '..',
    'AAAA',
    `${token}=`,
    `${token}.`,
    token.slice(0, -1),
    signed.slice(0, -1),
    `${signed}=`,
  ]
  garbage.push(
    signed.replace(/[^.]+$/, ''),
    signed.replace(/[^.]+$/, base64url(new Uint8Array(64))),
    'A'.repeat(20_000),
  )
  const keys: readonly VerificationKeys[] = [
    es256.publicKey,
    () => es256.publicKey,
    async () => es256.publicKey,
    async () => undefined,
    async () => fail(),
    fail,
    { candidates: async () => [es256.publicKey, kinds[3].stranger] },
    { candidates: async () => fail() },
  ]
  for (const given of [...garbage, undefined, null, 5, {}] as string[]) {
    for (const key of keys) {
      await verify(given, key, es).catch(() => {})
      await createVerifier(key, es)
        .verify(given)
        .catch(() => {})
      await createVerifier(key, { ...es, memo: { max: 5 } })
        .verify(given)
        .catch(() => {})
      await createVerifier(key, es)
        .check(given)
        .catch(() => {})
      await thrownBy(() => verifySync(given, key, es))
    }
    await verify(given, hs256, policy).catch(() => {})
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

const jwk = await exportJwk(es256.publicKey)
const strangerJwk = await exportJwk(kinds[3].stranger)

describe('a memo', () => {
  const rules = { ...policy, algorithms: ['ES256'] } as const
  const claims = { exp, sub: 'alice' }
  const signed = forge({ alg: 'ES256' }, claims, 'ES256')
  // No ECDSA signature is made twice.
  const named = forge({ alg: 'ES256', kid: 'a' }, claims, 'ES256')
  const others = Array.from({ length: 10 }, (_, sub) => forge({ alg: 'ES256' }, { exp, sub: `${sub}` }, 'ES256'))
  interface Watched {
    readonly key: VerificationKey
    /** How often a signature has been held against the key. */
    readonly count: () => number
  }

  /** Watches a key that is nobody else's. */
  function watch(key: VerificationKey): Watched {
    const handle = handleOf('the key', key)
    const spies = [vi.spyOn(handle, 'verify'), ...(handle.pooled ? [vi.spyOn(handle.pooled, 'verify')] : [])]
    return { key, count: () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0) }
  }

  const watched = (kid?: string): Watched => watch(importPublicKey(jwk, 'ES256', kid === undefined ? {} : { kid }))

  const verifierOf = (keys: VerificationKeys, more: object = {}): Verifier<unknown> =>
    createVerifier(keys, { ...rules, memo: { max: 100 }, ...more } as typeof rules)

  const uses: Readonly<Record<string, (verifier: Verifier<unknown>, given: string) => unknown>> = {
    verify: (verifier, given) => verifier.verify(given),
    check: (verifier, given) => resultOf(verifier.check(given)),
    ...(answersAtOnce && { verifySync: (verifier, given) => verifier.verifySync(given) }),
  }

  describe.each(Object.entries(uses))('of a verifier, used by %s,', (name, use) => {
    const say = (verifier: Verifier<unknown>, given = signed) => verdictOf(() => use(verifier, given))

    test('lets no signature be computed again for a token that was accepted', async () => {
      const { key, count } = watched()
      const verifier = verifierOf(key)
      const first = await use(verifier, signed)
      expect(count()).toBe(1)
      for (let i = 0; i < 3; i++) expect(await use(verifier, signed)).toEqual(first)
      expect(count()).toBe(1)
      expect(first).toMatchObject({ header: { alg: 'ES256' }, claims, key })
    })

    test('is not there by default, nor where it is undefined', async () => {
      for (const more of [{}, { memo: undefined }]) {
        const { key, count } = watched()
        const verifier = createVerifier(key, { ...rules, ...more })
        for (let i = 0; i < 3; i++) expect(await say(verifier)).toBe('accepted')
        expect(count()).toBe(3)
      }
    })

    test.each(kinds.filter(({ alg }) => alg !== 'HS256'))('works with $alg', async ({ alg, verifier: publicKey }) => {
      const { key, count } = watch(importPublicKey(await exportJwk(publicKey), alg as 'ES256'))
      const verifier = verifierOf([key], { algorithms: [alg] })
      const given = forge({ alg, kid: 'a' }, { exp }, alg)
      for (let i = 0; i < 3; i++) expect(await say(verifier, given)).toBe('accepted')
      expect(count()).toBe(1)
    })

    test('is the verifier’s own', async () => {
      const { key, count } = watched()
      const [one, another] = [verifierOf(key), verifierOf(key)]
      for (let i = 0; i < 3; i++) for (const verifier of [one, another]) expect(await say(verifier)).toBe('accepted')
      expect(count()).toBe(2)
      expect(await say(verifierOf(kinds[3].stranger))).toBe('ERR_SIGNATURE')
    })

    test('forgets the token that was used least recently', async () => {
      const { key, count } = watched()
      const verifier = verifierOf(key, { memo: { max: 2 } })
      for (const i of [0, 1, 0, 2, 0, 2]) expect(await say(verifier, others[i])).toBe('accepted')
      expect(count()).toBe(3)
      await say(verifier, others[1])
      expect(count()).toBe(4)
    })

    test('lets go of what has expired when others come', async () => {
      const { key, count } = watched()
      let time = NOW
      const verifier = verifierOf(key, { now: () => time })
      const brief = forge({ alg: 'ES256' }, { exp: NOW + 10 }, 'ES256')
      expect(await say(verifier, brief)).toBe('accepted')
      time = NOW + 10
      for (const other of others) expect(await say(verifier, other)).toBe('accepted')
      // It would be accepted at this time, were it still there.
      time = NOW
      expect(await say(verifier, brief)).toBe('accepted')
      expect(count()).toBe(1 + others.length + 1)
    })

    test('does not hold back the clock', async () => {
      let time = NOW
      const { key, count } = watched()
      const verifier = verifierOf(key, { now: () => time })
      for (const next of [NOW, exp - 1]) {
        time = next
        expect(await say(verifier)).toBe('accepted')
      }
      expect(count()).toBe(1)
      time = exp
      expect(await say(verifier)).toBe('ERR_EXPIRED')
      expect(count()).toBe(1)
      // Nor is it remembered any longer, should the clock go back.
      time = NOW
      expect(await say(verifier)).toBe('accepted')
      expect(count()).toBe(2)
    })

    test('holds back no other rule of time', async () => {
      let time = NOW
      const given = forge({ alg: 'ES256' }, { exp, nbf: NOW, iat: NOW }, 'ES256')
      const verifier = verifierOf(watched().key, { now: () => time, maxAge: 60 })
      for (const [next, expected] of [
        [NOW, 'accepted'],
        [NOW + 60, 'accepted'],
        [NOW + 61, 'ERR_TOO_OLD'],
        [NOW, 'accepted'],
        [NOW - 1, 'ERR_NOT_YET_VALID'],
      ] as const) {
        time = next
        expect(await say(verifier, given)).toBe(expected)
      }
    })

    test('remembers a token that has no exp, where that is optional', async () => {
      const { key, count } = watched()
      const verifier = verifierOf(key, { expiry: 'optional' })
      const endless = forge({ alg: 'ES256' }, {}, 'ES256')
      for (let i = 0; i < 3; i++) expect(await say(verifier, endless)).toBe('accepted')
      expect(count()).toBe(1)
    })

    test('ends with the key: gone from its set, the token is refused, and back in it, verified anew', async () => {
      const { key, count } = watched()
      for (const wrap of [(keys: VerificationKey[]) => ({ candidates: () => keys }), later, asFunction]) {
        if (name === 'verifySync' && wrap === later) continue
        const keys = [key]
        const verifier = verifierOf(wrap(keys))
        const before = count()
        for (let i = 0; i < 2; i++) expect(await say(verifier)).toBe('accepted')
        expect(count()).toBe(before + 1)
        keys.length = 0
        expect(await say(verifier)).toBe('ERR_KEY_NOT_FOUND')
        keys.push(key)
        for (let i = 0; i < 2; i++) expect(await say(verifier)).toBe('accepted')
        expect(count()).toBe(before + 2)
      }
    })

    test('ends with the key: replaced by another of the same kid, the token is refused', async () => {
      const old = watched('a')
      const next = watch(importPublicKey(strangerJwk, 'ES256', { kid: 'a' }))
      for (const wrap of [(keys: VerificationKey[]) => ({ candidates: () => keys }), later, asFunction]) {
        if (name === 'verifySync' && wrap === later) continue
        const keys = [old.key]
        const verifier = verifierOf(wrap(keys))
        for (let i = 0; i < 2; i++) expect(await say(verifier, named)).toBe('accepted')
        keys[0] = next.key
        const [before, tried] = [old.count(), next.count()]
        for (let i = 0; i < 2; i++) expect(await say(verifier, named)).toBe('ERR_SIGNATURE')
        expect([old.count(), next.count()]).toEqual([before, tried + 2])
        keys[0] = old.key
        for (let i = 0; i < 2; i++) expect(await say(verifier, named)).toBe('accepted')
        expect(old.count()).toBe(before + 1)
      }
    })

    test('goes on beside new keys, as long as the one that verified is there', async () => {
      const [old, next] = [watched('a'), watch(importPublicKey(strangerJwk, 'ES256', { kid: 'b' }))]
      const keys = [old.key]
      const verifier = verifierOf({ candidates: () => keys })
      expect(await say(verifier)).toBe('accepted')
      keys.unshift(next.key)
      expect(await say(verifier)).toBe('accepted')
      expect([old.count(), next.count()]).toEqual([1, 0])
      // The same numbers are not the same key.
      keys[1] = importPublicKey(jwk, 'ES256', { kid: 'a' })
      expect(await use(verifier, signed)).toHaveProperty('key', keys[1])
      expect(next.count()).toBe(1)
    })

    test('asks the key set and the key function with a header of their own, each time', async () => {
      const seen: unknown[] = []
      const { key, count } = watched()
      const choose = (header: object) => {
        seen.push({ ...header })
        Object.assign(header, { alg: 'none', kid: 'mallory' })
        return key
      }
      const verifier = verifierOf(choose)
      for (let i = 0; i < 3; i++) {
        expect(await use(verifier, named)).toMatchObject({ header: { alg: 'ES256', kid: 'a' } })
      }
      expect(seen).toEqual(Array(3).fill({ alg: 'ES256', kid: 'a' }))
      expect(count()).toBe(1)
    })

    test('lets errors of a key set through, and forgets', async () => {
      let up = true
      const { key, count } = watched()
      const candidates = () => {
        if (up) return [key]
        throw new JwtError('ERR_KEYSET_UNAVAILABLE', 'the key set cannot be reached')
      }
      const verifier = verifierOf({ candidates })
      expect(await say(verifier)).toBe('accepted')
      up = false
      expect(await say(verifier)).toBe('ERR_KEYSET_UNAVAILABLE')
      up = true
      expect(await say(verifier)).toBe('accepted')
      expect(count()).toBe(2)
    })

    const [input = ''] = signed.split(/\.(?=[^.]*$)/)
    const failing: readonly (readonly [string, string, object, string])[] = [
      ['a wrong signature', `${input}.${signatureOf('another', 'ES256')}`, {}, 'ERR_SIGNATURE'],
      ['another audience', forge({ alg: 'ES256' }, { exp, aud: 'b' }, 'ES256'), { audience: 'a' }, 'ERR_CLAIM_VALUE'],
      ['an exp that is past', forge({ alg: 'ES256' }, { exp: NOW }, 'ES256'), {}, 'ERR_EXPIRED'],
      ['a claim that is missing', signed, { requiredClaims: ['x'] }, 'ERR_CLAIM_MISSING'],
      ['a payload that is no JSON', forge({ alg: 'ES256' }, 'AAAA', 'ES256'), {}, 'ERR_TOKEN_MALFORMED'],
      ['claims that the schema refuses', signed, { schema: schemaOf(() => ({ issues: [] })) }, 'ERR_CLAIM_VALUE'],
    ]

    test.each(failing)('remembers no failure: %s', async (_, given, more, expected) => {
      const { key, count } = watched()
      const verifier = verifierOf(key, more)
      for (let i = 1; i <= 3; i++) {
        expect(await say(verifier, given)).toBe(expected)
        expect(count()).toBe(i)
      }
    })

    test('is not led astray by a failure before or after', async () => {
      const { key, count } = watched()
      const verifier = verifierOf(key)
      const bad = `${input}.${signatureOf('another', 'ES256')}`
      for (let i = 0; i < 3; i++) {
        expect(await say(verifier, bad)).toBe('ERR_SIGNATURE')
        expect(await say(verifier)).toBe('accepted')
      }
      expect(count()).toBe(4)
    })

    test('never takes a token for another that differs in one character of any segment', async () => {
      const { key, count } = watched()
      const verifier = verifierOf(key)
      expect(await say(verifier)).toBe('accepted')
      for (let at = 0; at < signed.length; at++) {
        for (const letter of ['A', 'B', signed[at]?.toLowerCase(), signed[at]?.toUpperCase(), '', '.', ' ']) {
          const changed = signed.slice(0, at) + letter + signed.slice(at + 1)
          if (changed !== signed) expect(await say(verifier, changed), changed).toMatch(/^ERR_/)
        }
      }
      for (const changed of [`${signed} `, ` ${signed}`, `${signed}=`, `${signed}\0`, `\ufeff${signed}`]) {
        expect(await say(verifier, changed)).toMatch(/^ERR_/)
      }
      const before = count()
      expect(await say(verifier)).toBe('accepted')
      expect(count()).toBe(before)
    })

    test('takes no token that is no text', async () => {
      const verifier = verifierOf(watched().key)
      expect(await say(verifier)).toBe('accepted')
      for (const given of [Object(signed), [signed], { toString: () => signed }, null, 5] as string[]) {
        expect(await say(verifier, given)).toBe('ERR_TOKEN_MALFORMED')
      }
    })

    test('gives out results that are nobody else’s', async () => {
      for (const given of [
        forge({ alg: 'ES256', kid: 'a' }, { exp, sub: 'alice' }, 'ES256'),
        forge({ alg: 'ES256', kid: 'a' }, { exp, aud: ['a', 'b'], deep: { list: [{ role: 'user' }] } }, 'ES256'),
        forge({ alg: 'ES256', kid: 'a' }, base64url(`{"exp":${exp},"__proto__":{"admin":true}}`), 'ES256'),
        forge({ alg: 'ES256', kid: 'a' }, base64url(`{"exp":${exp},"__proto__":"text"}`), 'ES256'),
      ]) {
        const { key, count } = watched()
        const verifier = verifierOf(key)
        const seen = new Set<unknown>()
        const pristine = JSON.stringify(await use(verifierOf(key), given))
        const before = count()
        for (let i = 0; i < 4; i++) {
          const result = (await use(verifier, given)) as VerifiedJwt<object>
          expect(JSON.stringify(result)).toBe(pristine)
          for (const object of [result, ...objectsIn(result.header), ...objectsIn(result.claims)]) {
            expect(seen.has(object)).toBe(false)
            seen.add(object)
          }
          for (const object of [...objectsIn(result.header), ...objectsIn(result.claims)]) {
            for (const member of Object.keys(object)) Reflect.deleteProperty(object, member)
            Object.assign(object, { sub: 'mallory', alg: 'none', 0: 'mallory' })
          }
        }
        expect(count()).toBe(before + 1)
      }
    })

    test('lets a schema be asked each time, with claims of its own', async () => {
      const { key, count } = watched()
      const validate = vi.fn((given: Record<string, unknown>) => {
        const value = { sub: `${given['sub']}!`, roles: [...(given['roles'] as string[])] }
        Object.assign(given, { sub: 'mallory', exp: 0 })
        ;(given['roles'] as string[]).push('admin')
        return { value }
      })
      const flat = vi.fn((given: Record<string, unknown>) => {
        const value = { ...given }
        for (const member of Object.keys(given)) delete given[member]
        return { value }
      })
      const nested = forge({ alg: 'ES256' }, { exp, sub: 'alice', roles: ['user'] }, 'ES256')
      const verifiers = [verifierOf(key, { schema: schemaOf(validate) }), verifierOf(key, { schema: schemaOf(flat) })]
      for (let i = 0; i < 3; i++) {
        const [one, two] = verifiers as [Verifier<unknown>, Verifier<unknown>]
        expect(await use(one, nested)).toHaveProperty('claims', { sub: 'alice!', roles: ['user'] })
        expect(await use(two, signed)).toHaveProperty('claims', claims)
      }
      expect(validate).toHaveBeenCalledTimes(3)
      expect(flat).toHaveBeenCalledTimes(3)
      expect(count()).toBe(2)
    })

    test('ends with the schema’s approval', async () => {
      let picky = false
      const { key, count } = watched()
      const schema = schemaOf((value) => (picky ? { issues: [{ message: 'm' }] } : { value }))
      const verifier = verifierOf(key, { schema })
      expect(await say(verifier)).toBe('accepted')
      picky = true
      expect(await say(verifier)).toBe('ERR_CLAIM_VALUE')
      picky = false
      expect(await say(verifier)).toBe('accepted')
      expect(count()).toBe(2)
    })

    test.each<[string, object, object]>([
      ['x5c', { x5c: ['AA==', 'AQ=='] }, {}],
      ['crit', { crit: ['x'], x: true }, { crit: ['x'] }],
      ['an object', { x: { deep: 1 } }, {}],
    ])(
      'does not remember a token whose header holds objects, which is accepted all the same: %s',
      async (_, header, more) => {
        const { key, count } = watched()
        const verifier = verifierOf(key, more)
        const given = forge({ alg: 'ES256', ...header }, claims, 'ES256')
        for (let i = 1; i <= 3; i++) {
          expect(await use(verifier, given)).toMatchObject({ header, claims })
          expect(count()).toBe(i)
        }
      },
    )

    test('shares what it remembers with the other functions', async () => {
      const { key, count } = watched()
      const verifier = verifierOf(key)
      expect(await say(verifier)).toBe('accepted')
      for (const another of Object.values(uses))
        expect(await verdictOf(() => another(verifier, signed))).toBe('accepted')
      expect(count()).toBe(1)
    })
  })

  test('does not get in the way of many who verify the same token at once', async () => {
    const { key, count } = watched()
    for (const keys of [{ candidates: async () => [key] }, async () => key, key]) {
      const verifier = verifierOf(keys, { memo: { max: 1 } })
      for (let round = 0; round < 2; round++) {
        const results = await Promise.all(
          Array.from({ length: 50 }, (_, i) => (i % 2 ? verifier.verify(signed) : resultOf(verifier.check(signed)))),
        )
        for (const result of results) expect(result).toMatchObject({ claims, key })
        expect(new Set(results.map((result) => result.claims)).size).toBe(50)
      }
      const before = count()
      expect(await verdictOf(() => verifier.verify(signed))).toBe('accepted')
      expect(count()).toBe(before)
    }
  })

  test('of one token holds many others back from nothing, at once and in turn', async () => {
    const verifier = verifierOf(watched().key, { memo: { max: 3 } })
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(others.map((given) => verifier.verify(given)))
      expect(results.map((result) => (result.claims as { sub: string }).sub)).toEqual(others.map((_, i) => `${i}`))
    }
  })

  test('hands over the errors of the program, and forgets', async () => {
    let clock: () => number = () => NOW
    const { key, count } = watched()
    const verifier = verifierOf(key, { now: () => clock() })
    expect(await verdictOf(() => verifier.verify(signed))).toBe('accepted')
    clock = () => NaN
    expect(await thrownBy(() => verifier.verify(signed))).toBeInstanceOf(TypeError)
    clock = () => NOW
    expect(await verdictOf(() => verifier.verify(signed))).toBe('accepted')
    expect(count()).toBe(2)
  })

  test.each<readonly Algorithm[]>([['HS256'], ['HS256', 'HS512'], ['HS512', 'HS384']])(
    'is a TypeError with HMAC: %s, %s',
    (...algorithms) => {
      const given = { ...policy, algorithms: algorithms.filter(Boolean), memo: { max: 5 } }
      for (const keys of [() => hs256, { candidates: () => [hs256] }]) {
        expect(() => createVerifier(keys, given as VerifyPolicy)).toThrow(
          new TypeError('policy.memo is for asymmetric algorithms only: an HMAC is cheaper than remembering it'),
        )
      }
    },
  )

  test.each([0, -1, 1.5, NaN, Infinity, '100', null, undefined, 100n, true, [5]])(
    'is a TypeError with a max that is no number of tokens: %o',
    (max) => {
      expect(() => verifierOf(es256.publicKey, { memo: { max } })).toThrow(
        new TypeError('policy.memo.max must be a positive whole number of tokens'),
      )
    },
  )

  test.each([null, true, 5, 'max', [5], new Map(), () => ({ max: 5 })])(
    'is a TypeError where it is no plain object: %o',
    (memo) => {
      expect(() => verifierOf(es256.publicKey, { memo })).toThrow(/^policy\.memo: the options must be a plain object$/)
    },
  )

  test('is a TypeError with an option that does not exist', () => {
    expect(() => verifierOf(es256.publicKey, { memo: { max: 5, ttl: 60 } })).toThrow(
      new TypeError('policy.memo: there is no option "ttl"; there are max'),
    )
  })

  test('is a TypeError of the functions that keep no verifier of yours', async () => {
    const given = { ...rules, memo: { max: 5 } }
    for (const run of [
      () => verify(signed, es256.publicKey, given),
      () => verifySync(signed, es256.publicKey, given),
    ]) {
      const error = await thrownBy(run)
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(/^policy: there is no option "memo"; there are /))
    }
  })

  test('is not what a polluted Object.prototype has', async () => {
    const { key, count } = watched()
    const verifier = polluted({ memo: { max: 5 } }, () => createVerifier(key, rules))
    for (let i = 0; i < 3; i++) expect(await verdictOf(() => verifier.verify(signed))).toBe('accepted')
    expect(count()).toBe(3)
  })

  test('is read once', async () => {
    const { key, count } = watched()
    const memo = { max: 1 }
    const verifier = verifierOf(key, { memo })
    memo.max = 100
    for (const given of [signed, named, signed, named]) {
      expect(await verdictOf(() => verifier.verify(given))).toBe('accepted')
    }
    expect(count()).toBe(4)
  })

  function later(keys: VerificationKey[]): VerificationKeys {
    return { candidates: async () => keys }
  }

  function asFunction(keys: VerificationKey[]): VerificationKeys {
    return () => keys[0]
  }

  function schemaOf(validate: (value: never) => unknown): StandardSchema {
    return { '~standard': { version: 1, vendor: 'test', validate } } as StandardSchema
  }

  function objectsIn(value: unknown): object[] {
    if (typeof value !== 'object' || value === null) return []
    return [value, ...Object.values(value).flatMap(objectsIn)]
  }
})
