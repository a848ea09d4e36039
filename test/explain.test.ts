import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVerifier, importSecret, JwtError } from 'tittle'
import type { JwtErrorCode, KeyFunction, VerificationKeys, VerifyPolicy } from 'tittle'
import { createKeySet } from 'tittle/jwks'
import { explain, type ExplainPolicy, type Outcome, type Step } from '../src/explain.ts'
import { polluted } from './setup/pollution.ts'
import { sourceOf, testOfSources } from './setup/sources.ts'
import { base64url, character, es256, forge, hs256, NOW, otherHs256, rs256, SECRET, segment } from './setup/tokens.ts'

/** What no step may repeat, for whoever made the token chose it. */
const RECEIVED = 'received-7f3a'

const issuer = 'https://issuer.example'
const good = { iss: issuer, aud: 'api', sub: 'alice', iat: NOW, nbf: NOW, exp: NOW + 60, jti: RECEIVED }
const header = { alg: 'HS256', kid: RECEIVED, typ: 'JWT' }
const policy = { algorithms: ['HS256'], issuer, audience: 'api', now: () => NOW } as const
const everything = { ...policy, subject: 'alice', maxAge: 600, maxLifetime: '15m', requiredClaims: ['jti'] } as const

/** The checks, in the order in which verify makes them. */
const FORM = [
  ['the token is not too long', 'a limit of this library'],
  ['it is three segments with two dots between them', 'RFC 7519 §7.2'],
  ['the header is canonical base64url of one strict JSON object', 'RFC 7515 §5.2'],
  ['its parameters have their types, and it is no JWE', 'RFC 7515 §4.1'],
  ['its "alg" is on the allowlist', 'RFC 8725 §3.1'],
  ['it asks for no extension that nobody handles', 'RFC 7515 §4.1.11'],
  ['its "typ" is the one that is wanted', 'RFC 8725 §3.11'],
  ['there is a key for it, of the same algorithm', 'RFC 8725 §3.1'],
  ['the signature verifies', 'RFC 7515 §5.2'],
  ['the payload is canonical base64url of one strict JSON object', 'RFC 7519 §7.2'],
] as const
const CLAIMS = [
  ['the registered claims have their types, and dates are in seconds', 'RFC 7519 §4.1'],
  ['the claims that are wanted are there', 'RFC 7519 §4'],
  ['"iss" is the issuer that is expected', 'RFC 8725 §3.8'],
  ['"aud" names an audience that is expected', 'RFC 8725 §3.9'],
  ['"sub" is the subject that is expected', 'RFC 8725 §3.8'],
  ['"exp" is ahead', 'RFC 7519 §4.1.4'],
  ['"nbf" is not ahead', 'RFC 7519 §4.1.5'],
  ['"iat" is not ahead', 'RFC 7519 §4.1.6'],
  ['the token is no older than the policy allows', 'RFC 7519 §4.1.6'],
  ['it lives no longer than the policy allows', 'RFC 7519 §4.1.4'],
] as const

const [
  TYPES = '',
  WANTED = '',
  ISS = '',
  AUD = '',
  SUB = '',
  EXP = '',
  NBF = '',
  IAT = '',
  MAX_AGE = '',
  MAX_LIFETIME = '',
] = CLAIMS.map(([check]): string => check)

const outcomes = (steps: readonly Step[]): readonly Outcome[] => steps.map(({ outcome }) => outcome)
const stepAt = (steps: readonly Step[], check: string): Step | undefined => steps.find((step) => step.check === check)

function expectNothingReceived(steps: readonly Step[], received: string): void {
  const said = JSON.stringify(steps)
  expect(said).not.toContain(RECEIVED)
  for (const part of String(received)
    .split('.')
    .filter((each) => each.length > 8))
    expect(said).not.toContain(part)
}

const isFine = ({ outcome }: Step): boolean => outcome === 'passed' || outcome === 'off'

test('a token that is accepted has passed every check, in the order of verify', async () => {
  const steps = await explain(forge(header, good), hs256, everything)
  expect(steps).toEqual([...FORM, ...CLAIMS].map(([check, reference]) => ({ check, reference, outcome: 'passed' })))
})

/** A token that falls: what it is, the words of the refusal, and the keys and the policy where they are others. */
type Fall = readonly [
  what: string,
  note: string,
  token: string,
  given?: { readonly keys?: VerificationKeys | undefined; readonly policy?: ExplainPolicy },
]

const token = forge(header, good)
const input = `${segment(header)}.${segment(good)}`
const withHeader = (members: object): string => forge({ ...header, ...members }, good)
const refusing =
  (code: JwtErrorCode): KeyFunction =>
  () => {
    throw new JwtError(code, 'in its own words')
  }

const noSegments = 'the token is not three segments with two dots between them'
const noHeader = 'the header is not one strict JSON object in canonical base64url'
const noAlg = 'the header has no "alg" that is a string'
const offTheList = 'the header names an algorithm that is not on the allowlist'
const badCrit = 'the header has a "crit" with a name that the caller does not handle, or that must not be there'
const otherAlg = 'the header names another algorithm than that of the key'
const noKey = 'there is no key for the header'
const notSigned = 'the signature does not verify: the token was changed, or signed with another key'
const noClaims = 'the payload is not one strict JSON object'
const anotherToken = 'the payload is another token, by the "cty" of the header, and none is opened inside another'

/** The tokens that fall in their form, by the place of the check in `FORM` and by their code. */
const falls: readonly { readonly place: number; readonly code: JwtErrorCode; readonly rows: readonly Fall[] }[] = [
  {
    place: 0,
    code: 'ERR_TOKEN_TOO_LONG',
    rows: [
      ['a long token', 'the token is longer than 16384 characters', `${token}${'A'.repeat(16_384)}`],
      [
        'a token over a limit',
        'the token is longer than 9 characters',
        token,
        { policy: { ...policy, maxTokenLength: 9 } },
      ],
    ],
  },
  {
    place: 1,
    code: 'ERR_TOKEN_MALFORMED',
    rows: [
      ['no string', 'the token is not a string', 5 as never],
      ['an empty text', noSegments, ''],
      ['one segment', noSegments, segment(header)],
      ['two segments', noSegments, input],
      ['five segments', noSegments, `${input}.a.b.c`],
    ],
  },
  {
    place: 2,
    code: 'ERR_TOKEN_MALFORMED',
    rows: [
      ['a header that is no base64url', noHeader, `=${token}`],
      ['a header that is no JSON', noHeader, forge(base64url(`{${RECEIVED}`), good)],
      ['a header that is an array', noHeader, forge([], good)],
      ['a header that says a name twice', noHeader, forge(base64url('{"alg":"HS256","alg":"none"}'), good)],
    ],
  },
  {
    place: 3,
    code: 'ERR_HEADER_INVALID',
    rows: [
      ['a header without alg', noAlg, withHeader({ alg: undefined })],
      ['an alg that is a number', noAlg, withHeader({ alg: 256 })],
      ['a kid that is a number', 'the header has a "kid" that is no string', withHeader({ kid: 1 })],
      ['a typ that is null', 'the header has a "typ" that is no string', withHeader({ typ: null })],
      ['a cty that is an array', 'the header has a "cty" that is no string', withHeader({ cty: [RECEIVED] })],
      ['a JWE', 'the header has an "enc": this is a JWE, not a JWS', withHeader({ enc: 'A128GCM' })],
    ],
  },
  {
    place: 4,
    code: 'ERR_ALGORITHM',
    rows: ['none', 'None', 'hs256', 'HS384', 'RS256', RECEIVED].map((alg) => [alg, offTheList, withHeader({ alg })]),
  },
  {
    place: 5,
    code: 'ERR_HEADER_CRITICAL',
    rows: [
      ['an extension', badCrit, withHeader({ crit: ['ext'], ext: 1 })],
      ['an extension that is not there', badCrit, withHeader({ crit: [RECEIVED] })],
      ['b64', badCrit, withHeader({ crit: ['b64'], b64: false })],
      ['b64 without crit', 'the header has a "b64" that its "crit" does not name', withHeader({ b64: 5 })],
      ['an empty crit', 'the header has a "crit" that is no array of distinct names', withHeader({ crit: [] })],
    ],
  },
  {
    place: 6,
    code: 'ERR_HEADER_TYPE',
    rows: [['a typ', 'the header has another "typ" than the one that is wanted', withHeader({ typ: RECEIVED })]],
  },
  {
    place: 7,
    code: 'ERR_KEY_NOT_FOUND',
    rows: [
      ['without a key', 'no key was given', token, { keys: undefined }],
      ['a function that finds none', noKey, token, { keys: () => undefined }],
      ['a function that finds none in the end', noKey, token, { keys: async () => undefined }],
      ['a key set that has none', noKey, token, { keys: createKeySet([rs256.publicKey]) }],
      [
        'a kid that no key has',
        'the header names a "kid" that none of the keys has',
        token,
        { keys: importSecret(SECRET, 'HS256', { kid: 'another' }) },
      ],
    ],
  },
  {
    place: 7,
    code: 'ERR_ALGORITHM',
    rows: [
      ['a function that finds a key of another algorithm', otherAlg, token, { keys: () => es256.publicKey }],
      [
        'a key of another algorithm',
        otherAlg,
        forge({ alg: 'ES256' }, good, 'ES256'),
        { keys: rs256.publicKey, policy: { ...policy, algorithms: ['RS256', 'ES256'] } },
      ],
    ],
  },
  {
    place: 7,
    code: 'ERR_KEY_AMBIGUOUS',
    rows: [
      [
        'five keys that fit',
        'more than 4 keys fit the header; give keys and tokens a "kid"',
        token,
        { keys: Array.from({ length: 5 }, () => hs256) },
      ],
    ],
  },
  // Whatever a key set or a function may refuse with, it does so at the key.
  ...(['ERR_KEYSET_UNAVAILABLE', 'ERR_KEYSET_INVALID', 'ERR_STORE_UNAVAILABLE', 'ERR_TOKEN_MALFORMED'] as const).map(
    (code) => ({
      place: 7,
      code,
      rows: [
        [`a function that says ${code}`, 'in its own words', token, { keys: refusing(code) }],
        [`a set that says ${code}`, 'in its own words', token, { keys: { candidates: refusing(code) as never } }],
      ] as const,
    }),
  ),
  {
    place: 8,
    code: 'ERR_SIGNATURE',
    rows: [
      ['another key', notSigned, token, { keys: otherHs256 }],
      ['a claim that was changed', notSigned, token.replace(segment(good), segment({ ...good, sub: RECEIVED }))],
      ['no signature', notSigned, `${input}.`],
    ],
  },
  {
    place: 8,
    code: 'ERR_TOKEN_MALFORMED',
    rows: [['a signature with padding', 'the signature is not canonical base64url', `${token}=`]],
  },
  {
    place: 9,
    code: 'ERR_TOKEN_MALFORMED',
    rows: [
      ['a payload that is no base64url', 'the payload is not canonical base64url', forge(header, '!')],
      ['an empty payload', noClaims, forge(header, '')],
      ['a payload that is no JSON', noClaims, forge(header, base64url(RECEIVED))],
      ['a payload that is an array', noClaims, forge(header, [])],
      ['a payload that is another token', anotherToken, forge({ ...header, cty: 'JWT' }, {})],
      ['a payload that says a name twice', noClaims, forge(header, base64url('{"exp":1,"exp":4000000000}'))],
    ],
  },
]

function explained([, , refused, given]: Fall): Promise<readonly Step[]> {
  const { keys, policy: asked }: NonNullable<Fall[3]> = { keys: hs256, policy, ...given }
  return explain(refused, keys, asked ?? {})
}

describe.each(falls)('a token falls at check $place with $code', ({ place, code, rows }) => {
  test.each(rows.map((row) => [row[0], row] as const))('%s', async (_, row) => {
    const [, note, refused] = row
    const steps = await explained(row)
    expect(steps[place]).toMatchObject({ check: FORM[place]?.[0], outcome: 'failed', code, note })
    expect(outcomes(steps.slice(0, place))).toEqual(Array(place).fill('passed'))
    expect(outcomes(steps.slice(place + 1))).toEqual(Array(steps.length - place - 1).fill('unreached'))
    expectNothingReceived(steps, refused)
  })
})

/** A token whose claims are refused, and by which checks. */
interface Refusal {
  readonly what: string
  readonly claims: object
  readonly policy?: ExplainPolicy
  readonly failed: Readonly<Record<string, readonly [code: JwtErrorCode, note: string]>>
  /** The checks that have nothing to look at then. */
  readonly unreached?: readonly string[]
}

const noString = (claim: string): string => `the claim "${claim}" is not a string`
const noNumber = (claim: string): string => `the claim "${claim}" is not a number`
const noDate = (claim: string): string =>
  `the claim "${claim}" is no date in seconds since 1970; is it in milliseconds?`
const missing = (...claims: readonly string[]): string =>
  claims.map((claim) => `the claim "${claim}" is missing`).join('; ')
const noAudience = 'the claim "aud" is not a string or a non-empty array of strings'
const ahead = 'the token was issued in the future; do the clocks differ?'

const refusals: readonly Refusal[] = [
  ...(['iss', 'sub', 'jti'] as const).map((claim) => ({
    what: `a number for ${claim}`,
    claims: { ...good, [claim]: 5 },
    failed: { [TYPES]: ['ERR_CLAIM_TYPE', noString(claim)] as const },
    unreached: { iss: [ISS], sub: [SUB], jti: [] }[claim],
  })),
  {
    what: 'an audience that is no array of strings',
    claims: { ...good, aud: ['api', 5] },
    failed: { [TYPES]: ['ERR_CLAIM_TYPE', noAudience] },
    unreached: [AUD],
  },
  {
    what: 'an exp that is text',
    claims: { ...good, exp: RECEIVED },
    failed: { [TYPES]: ['ERR_CLAIM_TYPE', noNumber('exp')] },
    unreached: [EXP, MAX_LIFETIME],
  },
  {
    what: 'dates in milliseconds, and a wrong type',
    claims: { ...good, nbf: NOW * 1000, iat: NOW * 1000, sub: null },
    failed: { [TYPES]: ['ERR_CLAIM_TYPE', [noString('sub'), noDate('nbf'), noDate('iat')].join('; ')] },
    unreached: [SUB, NBF, IAT, MAX_AGE, MAX_LIFETIME],
  },
  {
    what: 'no claim at all',
    claims: {},
    failed: { [WANTED]: ['ERR_CLAIM_MISSING', missing('jti', 'iss', 'aud', 'sub', 'exp', 'iat')] },
    unreached: [ISS, AUD, SUB, EXP, IAT, MAX_AGE, MAX_LIFETIME],
  },
  {
    what: 'another issuer, audience and subject',
    claims: { ...good, iss: RECEIVED, aud: [RECEIVED], sub: RECEIVED },
    failed: {
      [ISS]: ['ERR_CLAIM_VALUE', 'the claim "iss" names another issuer than the policy'],
      [AUD]: ['ERR_CLAIM_VALUE', 'the claim "aud" names no audience that the policy names'],
      [SUB]: ['ERR_CLAIM_VALUE', 'the claim "sub" names another subject than the policy'],
    },
  },
  {
    what: 'an exp that is over',
    claims: { ...good, exp: NOW },
    failed: { [EXP]: ['ERR_EXPIRED', 'the token has expired; get a new one'] },
  },
  {
    what: 'an nbf ahead',
    claims: { ...good, nbf: NOW + 1 },
    failed: { [NBF]: ['ERR_NOT_YET_VALID', 'the token is not valid yet'] },
  },
  {
    what: 'an iat ahead',
    claims: { ...good, iat: NOW + 1 },
    failed: { [IAT]: ['ERR_NOT_YET_VALID', ahead] },
  },
  {
    what: 'an iat long ago',
    claims: { ...good, iat: NOW - 601 },
    failed: { [MAX_AGE]: ['ERR_TOO_OLD', 'the token was issued longer ago than the policy allows'] },
  },
  {
    what: 'a long life',
    claims: { ...good, exp: NOW + 901 },
    failed: { [MAX_LIFETIME]: ['ERR_CLAIM_VALUE', 'the token lives longer than the policy allows'] },
  },
  {
    what: 'an exp in milliseconds, which is no long life',
    claims: { ...good, exp: (NOW + 60) * 1000 },
    failed: { [TYPES]: ['ERR_CLAIM_VALUE', noDate('exp')] },
    unreached: [EXP, MAX_LIFETIME],
  },
]

const named = refusals.map((refusal) => [refusal.what, refusal] as const)

describe('claims are refused by their own checks, and no others', () => {
  test.each(named)('%s', async (_, { claims, failed, unreached = [] }) => {
    const refused = forge(header, claims)
    const steps = await explain(refused, hs256, everything)
    const fallen = steps.filter(({ outcome }) => outcome === 'failed')
    expect(Object.fromEntries(fallen.map(({ check, code, note }) => [check, [code, note]]))).toEqual(failed)
    expect(steps.filter(({ outcome }) => outcome === 'unreached').map(({ check }) => check)).toEqual(unreached)
    expect(outcomes(steps.slice(0, FORM.length))).toEqual(Array(FORM.length).fill('passed'))
    expectNothingReceived(steps, refused)
  })

  test('what is not reached for want of a claim says so', async () => {
    const steps = await explain(forge(header, { ...good, exp: undefined, iss: 5 }), hs256, everything)
    expect(stepAt(steps, EXP)).toMatchObject({ outcome: 'unreached', note: missing('exp') })
    expect(stepAt(steps, ISS)).toMatchObject({ outcome: 'unreached', note: noString('iss') })
    expect(stepAt(steps, NBF)).toMatchObject({ outcome: 'passed' })
  })

  test.each(named)('where they are not reached they would be: %s', async (_, { claims, failed }) => {
    const steps = await explain(`${forge(header, claims).slice(0, -3)}AAA`, hs256, everything)
    expect(steps.find(({ outcome }) => outcome === 'failed')?.code).toBe('ERR_SIGNATURE')
    const told = steps.slice(FORM.length)
    expect(outcomes(told)).toEqual(Array(CLAIMS.length).fill('unreached'))
    const notes = told.flatMap(({ check, note }) => (note === undefined ? [] : [[check, note]]))
    const expected = Object.entries(failed).map(([check, [, note]]) => [check, `it would fail: ${note}`])
    expect(notes).toEqual(expected)
  })
})

testOfSources('every refusal in the sources has a token here that meets it', async () => {
  const sources = ['compact', 'header', 'claims', 'jwt', 'candidates'].map((name) => sourceOf(`${name}.ts`))
  const written = sources.join('\n').matchAll(/(?:'ERR_\w+',\s*(?:(?:'\w+'|claim),\s*)?|malformed\()('|`)(.+?)\1/g)
  const messages = [...new Set([...written].map(([, , message = '']) => message))]
  // Only a JWS has content that is detached or not encoded, and only a schema, which is not explained, comes after.
  const others = /detached|unencoded|"b64" that is neither|"Sync"/
  const steps = [
    ...(await Promise.all(falls.flatMap(({ rows }) => rows.map(explained)))),
    ...(await Promise.all(refusals.map(({ claims }) => explain(forge(header, claims), hs256, everything)))),
  ].flat()
  const notes = steps.map(({ note = '' }) => note)
  const isMet = (message: string): boolean => {
    const [start = '', end = ''] = message.split(/\$\{.*\}/)
    return notes.some((note) => note.includes(start) && note.includes(end))
  }
  expect(messages.length).toBeGreaterThan(25)
  expect(messages.filter((message) => !others.test(message) && !isMet(message))).toEqual([])
})

describe('what nobody asks for is off', () => {
  const bare = forge({ alg: 'HS256' }, { sub: 'alice' })
  const expiry = 'optional'

  test('all of it, where the policy is empty and the token says nothing', async () => {
    const steps = await explain(bare, hs256, { expiry })
    const off = Object.fromEntries(
      steps.flatMap(({ check, outcome, note }) => (outcome === 'off' ? [[check, note]] : [])),
    )
    expect(off).toEqual({
      [FORM[4][0]]: 'no algorithms were named, so that the keys decide',
      [WANTED]: 'no claim is wanted',
      [ISS]: 'no issuer was named',
      [AUD]: 'no audience was named',
      [SUB]: 'no subject was named',
      [EXP]: 'the token has no "exp"',
      [NBF]: 'the token has no "nbf"',
      [IAT]: 'the token has no "iat"',
      [MAX_AGE]: 'no greatest age was named',
      [MAX_LIFETIME]: 'no greatest lifetime was named',
    })
    expect(steps.every(isFine)).toBe(true)
  })

  test.each<[string, ExplainPolicy]>([
    ['null', { issuer: null, audience: null, expiry }],
    [
      'undefined',
      { issuer: undefined, audience: undefined, algorithms: undefined, maxAge: undefined, expiry } as never,
    ],
  ])('what is %s', async (_, given) => {
    const steps = await explain(token, hs256, { ...given, now: () => NOW })
    expect(stepAt(steps, ISS)?.note).toBe('no issuer was named')
    expect(stepAt(steps, AUD)?.note).toBe('no audience was named')
    expect(steps.every(isFine)).toBe(true)
  })

  test('exp is wanted unless the policy says that it is not', async () => {
    const steps = await explain(bare, hs256, {})
    expect(stepAt(steps, WANTED)).toMatchObject({ outcome: 'failed', note: missing('exp') })
    expect(stepAt(steps, EXP)).toMatchObject({ outcome: 'unreached' })
  })
})

describe('without algorithms the keys decide', () => {
  const now = () => NOW
  const es = forge({ alg: 'ES256', kid: 'a' }, good, 'ES256')
  const fallen = async (refused: string, keys: VerificationKeys | undefined): Promise<Partial<Step> | undefined> =>
    (await explain(refused, keys, { now })).find(({ outcome }) => outcome === 'failed')

  test.each<[string, string, VerificationKeys]>([
    ['a secret', token, hs256],
    ['several secrets for one algorithm', token, [otherHs256, hs256]],
    ['a public key', es, es256.publicKey],
    ['keys of several algorithms', es, [rs256.publicKey, es256.publicKey]],
    ['a key set', es, createKeySet([rs256.publicKey, es256.publicKey])],
    ['a function of asymmetric keys', es, () => es256.publicKey],
    ['a function of secrets', token, () => hs256],
  ])('%s', async (_, accepted, keys) => {
    expect(await fallen(accepted, keys)).toBeUndefined()
  })

  test.each<[string, string, VerificationKeys | undefined, Partial<Step>]>([
    ['HMAC with a public key', token, es256.publicKey, { code: 'ERR_ALGORITHM', check: FORM[4][0] }],
    ['HMAC with a public key in a set', token, createKeySet([es256.publicKey]), { code: 'ERR_KEY_NOT_FOUND' }],
    ['none, with no key', forge({ alg: 'none' }, good), undefined, { code: 'ERR_ALGORITHM', check: FORM[4][0] }],
    ['HMAC, with no key', token, undefined, { code: 'ERR_KEY_NOT_FOUND', note: 'no key was given' }],
    ['ES256, with no key', es, undefined, { code: 'ERR_KEY_NOT_FOUND', note: 'no key was given' }],
    // A header counts whatever comes after it.
    ['HMAC, with no key and half a payload', forge(header, '!'), undefined, { code: 'ERR_KEY_NOT_FOUND' }],
    ['HMAC, with no key and a bad signature', `${token}=`, undefined, { code: 'ERR_KEY_NOT_FOUND' }],
  ])('%s', async (_, refused, keys, step) => {
    expect(await fallen(refused, keys)).toMatchObject(step)
  })

  test('a token of another algorithm is told that none was named', async () => {
    expect(await fallen(token, es256.publicKey)).toMatchObject({
      note: `${offTheList}; no algorithms were named, so that the keys decide`,
    })
  })

  test('secrets and key pairs do not mix, and no keys are none', async () => {
    await expect(explain(token, [hs256, es256.publicKey], {})).rejects.toThrow(/must not mix HMAC/)
    await expect(explain(token, [], {})).rejects.toThrow('the keys must not be an empty array')
  })
})

test.each<[string, unknown, RegExp]>([
  ['a member that there is not', { issuers: 'a' }, /no option "issuers"/],
  ['an algorithm that there is not', { algorithms: ['RS1'] }, /must be one of HS256/],
  ['a tolerance that is too long', { clockTolerance: '1h' }, /at most 300 seconds/],
  ['a clock in milliseconds', { now: () => NOW * 1000 }, /must return seconds/],
])('a policy with %s is a mistake of the program', async (_, given, words) => {
  const wrong = explain(token, hs256, given as ExplainPolicy)
  await expect(wrong).rejects.toThrow(TypeError)
  await expect(wrong).rejects.toThrow(words)
})

test('what a function throws that is no JwtError is thrown on', async () => {
  const error = new Error('of the program')
  const throwing = (): never => {
    throw error
  }
  await expect(explain(token, throwing, policy)).rejects.toBe(error)
})

test('a polluted Object.prototype names no issuer', async () => {
  const steps = await polluted({ issuer: 'https://attacker.example', maxAge: 1, exp: NOW * 1000 }, () =>
    explain(token, hs256, { now: () => NOW }),
  )
  expect(steps.every(isFine)).toBe(true)
  expect(stepAt(steps, ISS)).toMatchObject({ outcome: 'off' })
})

describe('whatever the token and the policy', () => {
  const date = fc.oneof(
    fc.integer({ min: NOW - 1000, max: NOW + 1000 }),
    fc.constantFrom(RECEIVED, NOW * 1000, -1, null),
  )
  const text = fc.constantFrom<unknown>(issuer, 'api', 'alice', RECEIVED, 5, ['api'], [RECEIVED, 'alice'], [], null)
  const anyHeader = fc.record(
    {
      alg: fc.constantFrom('HS256', 'HS256', 'HS256', 'HS384', 'RS256', 'none', 5),
      kid: fc.constantFrom('a', RECEIVED, 5),
      typ: fc.constantFrom('JWT', 'at+jwt', RECEIVED, 5),
      crit: fc.constantFrom(['ext'], ['b64'], [], RECEIVED),
      ext: fc.constant(RECEIVED),
      b64: fc.boolean(),
      enc: fc.constant('A128GCM'),
    },
    { requiredKeys: ['alg'] },
  )
  const anyClaims = fc.record(
    { iss: text, aud: text, sub: text, jti: text, exp: date, nbf: date, iat: date },
    { requiredKeys: [] },
  )
  const mutation = fc.tuple(fc.nat(), character, fc.boolean())
  const anyToken = fc
    .tuple(fc.oneof(fc.constant(header), anyHeader), fc.oneof(fc.constant(good), anyClaims), fc.option(mutation))
    .map(([head, claims, change]) => {
      const made = forge(head, claims)
      if (!change) return made
      const [place, by, removes] = change
      const at = place % made.length
      return made.slice(0, at) + by + made.slice(at + (removes ? 1 : 0))
    })
  const anyKeys = fc.constantFrom<VerificationKeys>(
    hs256,
    otherHs256,
    [otherHs256, hs256],
    () => hs256,
    async () => undefined,
    createKeySet([rs256.publicKey]),
    refusing('ERR_KEYSET_UNAVAILABLE'),
  )
  const anyPolicy = fc.record(
    {
      algorithms: fc.constantFrom(['HS256'], ['HS256', 'HS384']),
      issuer: fc.constantFrom(issuer, ['a', 'api'], null),
      audience: fc.constantFrom('api', ['a', issuer], null),
      subject: fc.constant('alice'),
      typ: fc.constantFrom('at+jwt', ['JWT', 'at+jwt']),
      expiry: fc.constantFrom('required', 'optional'),
      maxAge: fc.nat(1000),
      maxLifetime: fc.nat(1000),
      clockTolerance: fc.nat(300),
      requiredClaims: fc.constantFrom(['jti'], ['scope', 'iss']),
      crit: fc.constant(['ext']),
      maxTokenLength: fc.constantFrom(16_384, 200),
    },
    { requiredKeys: ['algorithms'] },
  ) as fc.Arbitrary<ExplainPolicy>

  const words = (failures: readonly JwtError[]): readonly string[] =>
    failures.flatMap(({ message }) => message.split('; ')).sort()

  test('explain agrees with check, and no failure falls between the steps', async () => {
    await fc.assert(
      fc.asyncProperty(anyToken, anyKeys, anyPolicy, async (given, keys, asked) => {
        const known = { ...asked, now: () => NOW }
        const steps = await explain(given, keys, known)
        const full: VerifyPolicy = { algorithms: [], issuer: null, audience: null, ...known }
        const result = await createVerifier(keys, full).check(given)
        const failures = result.ok ? [] : result.failures
        expect(steps.map(({ check }) => check)).toEqual([...FORM, ...CLAIMS].map(([check]) => check))
        expect(steps.every(isFine)).toBe(result.ok)
        const fallen = steps.filter(({ outcome }) => outcome === 'failed')
        expect(fallen[0]?.code).toBe(failures[0]?.code)
        // Each of them is told, and nothing else.
        const told = fallen.map(({ note }) => note).join('; ')
        expect(told.split('; ').sort()).toEqual(failures.length > 0 ? words(failures) : [''])
        expectNothingReceived(steps, '')
        expectOrder(steps)
      }),
      { numRuns: 500 },
    )
  })

  // After a fall of the form nothing is reached, and before it nothing has failed.
  function expectOrder(steps: readonly Step[]): void {
    const fallen = steps.slice(0, FORM.length).findIndex(({ outcome }) => outcome === 'failed')
    if (fallen < 0) return
    expect(steps.slice(0, fallen).every(isFine)).toBe(true)
    expect(new Set(outcomes(steps.slice(fallen + 1)))).toEqual(new Set(['unreached']))
  }
})
