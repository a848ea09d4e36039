import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createSigner, importSecret, sign, signSync, type SigningKey, type SignOptions } from 'tittle'
import { polluted } from './setup/pollution.ts'
import {
  answersAtOnce,
  base64url,
  claimsOf,
  headerOf,
  hs256,
  kinds,
  NOW,
  rs256,
  SECRET,
  signatureOf,
  thrownBy,
} from './setup/tokens.ts'

const now = () => NOW
const minute = { expiresIn: '1m', now } as const
const named = importSecret(SECRET, 'HS256', { kid: 'k' })

type Sign = (claims: object, key: SigningKey, options: SignOptions & { expiresIn: null }) => string | Promise<string>

/** Every function that signs; those that answer at once where the platform lets them. */
const ways: Readonly<Record<string, Sign>> = {
  sign: (claims, key, options) => sign(claims, key, options),
  'createSigner().sign': (claims, key, options) => createSigner(key, options).sign(claims),
  ...(answersAtOnce && {
    signSync: (claims, key, options) => signSync(claims, key, options),
    'createSigner().signSync': (claims, key, options) => createSigner(key, options).signSync(claims),
  }),
}

/** The header and the claims that every function makes of the same: they must agree. */
async function signed(
  claims: unknown,
  options: unknown = minute,
  key: SigningKey = hs256,
): Promise<{ header: Record<string, unknown>; claims: Record<string, unknown> }> {
  const tokens = new Set<string>()
  for (const way of Object.values(ways)) tokens.add(await way(claims as object, key, options as Parameters<Sign>[2]))
  expect(tokens.size).toBe(1)
  const [token = ''] = tokens
  return { header: headerOf(token), claims: claimsOf(token) }
}

/** Asserts that every function answers a mistake by the same TypeError. */
async function expectMistake(claims: unknown, options: unknown, message: RegExp, key: unknown = hs256): Promise<void> {
  for (const [name, way] of Object.entries(ways)) {
    const error = await thrownBy(() => way(claims as object, key as SigningKey, options as Parameters<Sign>[2]))
    expect(error, name).toBeInstanceOf(TypeError)
    expect(error, name).toHaveProperty('message', expect.stringMatching(message))
  }
}

describe('a token', () => {
  test.each(kinds)('of $alg has the header, the claims and the signature of the key', async ({ alg, signer }) => {
    expect(await signedBy(signer)).toEqual({
      header: { alg, typ: 'JWT' },
      claims: { sub: 'alice', iat: NOW, exp: NOW + 60 },
    })
  })

  async function signedBy(key: SigningKey): Promise<object> {
    const token = await sign({ sub: 'alice' }, key, minute)
    return { header: headerOf(token), claims: claimsOf(token) }
  }

  test('is spelled to the letter as JSON is, and nothing is added', async () => {
    const header = '{"alg":"HS256","typ":"JWT","kid":"k"}'
    const claims = `{"sub":"ä\u{1f701}\\u0000","list":[1,null,{"a":true}],"iat":${NOW},"exp":${NOW + 60}}`
    const input = `${base64url(header)}.${base64url(claims)}`
    const given = { sub: 'ä\u{1f701}\u0000', list: [1, null, { a: true }] }
    expect(await sign(given, named, minute)).toBe(`${input}.${signatureOf(input)}`)
  })

  test('holds any claims that JSON can say', async () => {
    const ours = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']
    const name = fc.string().filter((text) => !ours.includes(text))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.jsonValue()), async (claims) => {
        const token = await sign(claims, hs256, minute)
        const [header, payload, signature] = token.split('.')
        const expected = JSON.stringify({ ...claims, iat: NOW, exp: NOW + 60 })
        expect(Buffer.from(payload ?? '', 'base64url').toString()).toBe(expected)
        expect(signature).toBe(signatureOf(`${header}.${payload}`))
      }),
    )
  })

  test('leaves the claims that were given as they are', async () => {
    const claims = Object.freeze({ sub: 'alice', list: Object.freeze(['a']) })
    await signed(claims, { ...minute, issuer: 'i', jti: 'j', notBefore: 5 })
    expect(claims).toEqual({ sub: 'alice', list: ['a'] })
  })
})

describe('options become claims and parameters', () => {
  const rows: readonly (readonly [string, object, object, object])[] = [
    ['issuer', {}, { issuer: 'i' }, { iss: 'i' }],
    ['subject', {}, { subject: 's' }, { sub: 's' }],
    ['audience', {}, { audience: 'a' }, { aud: 'a' }],
    ['an audience of several', {}, { audience: ['a', 'b'] }, { aud: ['a', 'b'] }],
    ['an audience of one in an array', {}, { audience: ['a'] }, { aud: ['a'] }],
    ['jti', {}, { jti: 'j' }, { jti: 'j' }],
    ['expiresIn in seconds', {}, { expiresIn: 90 }, { exp: NOW + 90 }],
    ['expiresIn with its unit', {}, { expiresIn: '15m' }, { exp: NOW + 900 }],
    ['expiresIn in hours', {}, { expiresIn: '8h' }, { exp: NOW + 28_800 }],
    ['expiresIn in days', {}, { expiresIn: '7d' }, { exp: NOW + 604_800 }],
    ['no expiry, in writing', {}, { expiresIn: null }, { exp: undefined }],
    ['an expiry among the claims', { exp: NOW + 5 }, { expiresIn: undefined }, { exp: NOW + 5 }],
    ['notBefore', {}, { notBefore: '10s' }, { nbf: NOW + 10 }],
    ['notBefore at once', {}, { notBefore: 0 }, { nbf: NOW }],
    ['an iat among the claims', { iat: NOW - 100 }, {}, { iat: NOW - 100, exp: NOW - 40 }],
    ['an iat of a fraction among the claims', { iat: 1.5 }, { notBefore: 1 }, { iat: 1.5, exp: 61.5, nbf: 2.5 }],
    ['a clock with fractions', {}, { now: () => NOW + 0.9 }, { iat: NOW, exp: NOW + 60 }],
    ['a clock at 1970', {}, { now: () => 0 }, { iat: 0, exp: 60 }],
    [
      'members that are undefined',
      {},
      { issuer: undefined, audience: undefined, subject: undefined, jti: undefined },
      {},
    ],
    ['an issuer said twice', { iss: 'i' }, { issuer: 'i' }, { iss: 'i' }],
    ['a subject said twice', { sub: 's' }, { subject: 's' }, { sub: 's' }],
    ['an audience said twice', { aud: ['a', 'b'] }, { audience: ['a', 'b'] }, { aud: ['a', 'b'] }],
    ['a jti said twice', { jti: 'j' }, { jti: 'j' }, { jti: 'j' }],
    ['an expiry said twice', { exp: NOW + 60 }, {}, { exp: NOW + 60 }],
    ['a notBefore said twice', { nbf: NOW + 1 }, { notBefore: 1 }, { nbf: NOW + 1 }],
  ]

  test.each(rows)('%s', async (_, claims, options, expected) => {
    const wanted = { iat: NOW, exp: NOW + 60, ...claims, ...expected }
    expect((await signed(claims, { ...minute, ...options })).claims).toEqual(JSON.parse(JSON.stringify(wanted)))
  })

  const headers: readonly (readonly [string, SigningKey, object, object])[] = [
    ['typ is JWT by default', hs256, {}, { typ: 'JWT' }],
    ['typ as given', hs256, { typ: 'at+jwt' }, { typ: 'at+jwt' }],
    ['no typ, in writing', hs256, { typ: null }, {}],
    ['kid of the key', named, {}, { typ: 'JWT', kid: 'k' }],
    ['kid as given', named, { kid: 'l' }, { typ: 'JWT', kid: 'l' }],
    ['kid as given to a key without', hs256, { kid: 'l' }, { typ: 'JWT', kid: 'l' }],
    ['no kid, in writing', named, { kid: null }, { typ: 'JWT' }],
    ['kid undefined is the default', named, { kid: undefined, typ: undefined }, { typ: 'JWT', kid: 'k' }],
    [
      'further parameters',
      hs256,
      { header: { cty: 'json', x: { y: [1] } } },
      { typ: 'JWT', cty: 'json', x: { y: [1] } },
    ],
    ['critical parameters', hs256, { header: { crit: ['x'], x: 1 } }, { typ: 'JWT', crit: ['x'], x: 1 }],
    ['no parameters', hs256, { header: {} }, { typ: 'JWT' }],
    ['parameters without a prototype', hs256, { header: Object.create(null) }, { typ: 'JWT' }],
  ]

  test.each(headers)('%s', async (_, key, options, expected) => {
    expect((await signed({}, { ...minute, ...options }, key)).header).toEqual({ alg: 'HS256', ...expected })
  })

  test('jti: true makes a random one of 128 bits for each token', async () => {
    const { sign: signOne } = createSigner(hs256, { ...minute, jti: true })
    const ids = new Set<unknown>()
    for (let i = 0; i < 200; i++) ids.add(claimsOf(await signOne({}))['jti'])
    expect(ids.size).toBe(200)
    for (const id of ids) expect(id).toMatch(/^[\w-]{21}[AQgw]$/)
    expect(claimsOf(await sign({}, hs256, { ...minute, jti: true }))['jti']).toMatch(/^[\w-]{22}$/)
  })

  test('the clock of the machine is the default', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { iat, exp } = claimsOf(await sign({}, hs256, { expiresIn: 60 })) as { iat: number; exp: number }
    expect(Number.isInteger(iat)).toBe(true)
    expect(iat).toBeGreaterThanOrEqual(before)
    expect(iat).toBeLessThanOrEqual(Date.now() / 1000)
    expect(exp).toBe(iat + 60)
  })

  test('members named __proto__ are members like any other', async () => {
    const { header, claims } = await signed(JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":1}}'), {
      ...minute,
      header: JSON.parse('{"__proto__":{"kid":"x"}}'),
    })
    expect(Object.keys(header)).toContain('__proto__')
    expect(JSON.stringify(claims)).toContain('"__proto__":{"admin":true},"a":{"__proto__":1}')
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })
})

describe('what is said twice differently is a TypeError', () => {
  const rows: readonly (readonly [object, object, RegExp])[] = [
    [{ iss: 'i' }, { issuer: 'j' }, /^claims\.iss and options\.issuer say different things/],
    [{ iss: undefined }, { issuer: 'j' }, /claims\.iss/],
    [{ iss: 1n }, { issuer: 'j' }, /claims\.iss/],
    [{ sub: 's' }, { subject: 't' }, /^claims\.sub and options\.subject/],
    [{ sub: 5 }, { subject: '5' }, /^claims\.sub and options\.subject/],
    [{ aud: 'a' }, { audience: 'b' }, /^claims\.aud and options\.audience/],
    [{ aud: ['a', 'b'] }, { audience: ['b', 'a'] }, /^claims\.aud and options\.audience/],
    [{ jti: 'j' }, { jti: 'k' }, /^claims\.jti and options\.jti/],
    [{ jti: 'j' }, { jti: true }, /^claims\.jti and options\.jti/],
    [{ exp: NOW + 61 }, {}, /^claims\.exp and options\.expiresIn/],
    [{ exp: NOW + 60, iat: NOW + 1 }, {}, /^claims\.exp and options\.expiresIn/],
    [{ nbf: NOW }, { notBefore: 1 }, /^claims\.nbf and options\.notBefore/],
  ]

  test.each(
    rows.map(([claims, options, message]) => [inspect(claims), inspect(options), claims, options, message] as const),
  )('claims %s and options %s', async (_, __, claims, options, message) => {
    await expectMistake(claims, { ...minute, ...options }, message)
  })
})

describe('a mistake in the options is a TypeError that names the option', () => {
  const durations = [NaN, Infinity, -1, 1.5, '', '15', '15 minutes', '1.5h', '-1m', '15M', 15n, true, {}, ['1m']]
  const mistakes: Readonly<Record<string, readonly unknown[]>> = {
    issuer: ['', null, 5, ['i'], {}, true],
    audience: ['', null, 5, [], [''], ['a', 'a'], ['a', 5], {}, true, new Set(['a'])],
    subject: ['', null, 5, ['s'], {}, true],
    expiresIn: durations,
    notBefore: [...durations, null],
    jti: ['', null, 5, false, {}, ['j']],
    typ: ['', 5, true, ['JWT'], {}],
    kid: ['', 5, true, ['k'], {}],
    header: [null, '', 'x', 5, true, [], ['x'], new Map(), new Date(), new (class Header {})()],
    now: [null, NOW, 'now', {}, new Date()],
  }
  const rows = Object.entries(mistakes).flatMap(([option, values]) =>
    values.map((value) => [option, inspect(value), value] as const),
  )

  test.each(rows)('%s: %s', async (option, _, value) => {
    const message = new RegExp(`^options\\.${option} must `)
    await expectMistake({}, { ...minute, [option]: value }, message)
    expect(await thrownBy(() => createSigner(hs256, { ...minute, [option]: value }))).toBeInstanceOf(TypeError)
  })

  test.each(['expiresin', 'algorithm', 'alg', 'iss', 'exp', 'noTimestamp', 'toString', '__proto__'])(
    'an option that does not exist: %s',
    async (option) => {
      const options = Object.defineProperty({ ...minute }, option, { value: 'a', enumerable: true })
      await expectMistake(
        {},
        options,
        new RegExp(`there is no option "${option}"; there are issuer, audience, subject, `),
      )
    },
  )

  test.each(
    [undefined, null, '15m', 900, [], new Map(), new (class Options {})()].map((whole) => [inspect(whole), whole]),
  )('the whole of them: %s', async (_, whole) => {
    await expectMistake({ exp: NOW + 60 }, whole, /^sign: the options must be a plain object/)
  })

  test('an expiry that nobody speaks of', async () => {
    for (const options of [{ now }, { now, expiresIn: undefined }]) {
      await expectMistake({}, options, /^options\.expiresIn is required, as '15m', unless the claims have an exp; null/)
    }
  })

  test('an expiry beyond the year 9999', async () => {
    await expectMistake({}, { ...minute, expiresIn: '99999999d' }, /\bexp\b/)
    await expectMistake({}, { ...minute, notBefore: '99999999d' }, /\bnbf\b/)
  })

  test('a clock that does not tell seconds, once it is read', async () => {
    for (const time of [NaN, Infinity, -1, NOW * 1000, String(NOW), undefined, new Date()]) {
      const { sign: signOne } = createSigner(hs256, { ...minute, now: () => time as number })
      expect(await thrownBy(() => signOne({}))).toEqual(
        new TypeError('options.now must return seconds since 1970, as Date.now() / 1000 does'),
      )
    }
  })

  const parameters: readonly (readonly [object, RegExp])[] = [
    [{ alg: 'HS256' }, /"alg": it is that of the key/],
    [{ alg: 'none' }, /"alg"/],
    [{ typ: 'JWT' }, /options\.header must not have "typ": it is options\.typ/],
    [{ typ: undefined }, /options\.header must not have "typ"/],
    [{ kid: 'k' }, /options\.header must not have "kid": it is options\.kid/],
    [{ b64: true }, /options\.header must not have "b64": the payload of a JWT is never unencoded/],
    [{ b64: false, crit: ['b64'] }, /options\.header must not have "b64"/],
    [{ crit: ['b64'] }, /"crit"/],
    [{ enc: 'A128GCM' }, /"enc"/],
    [{ cty: 5 }, /"cty"/],
    [{ cty: 'JWT' }, /options\.header must not say "cty": "JWT"/],
    [{ cty: 'application/jwt' }, /options\.header must not say "cty": "JWT"/],
    [{ crit: [] }, /"crit"/],
    [{ crit: 'x', x: 1 }, /"crit"/],
    [{ crit: ['x'] }, /"crit"/],
    [{ crit: ['x', 'x'], x: 1 }, /"crit"/],
    [{ crit: ['cty'], cty: 'JWT' }, /"crit"/],
    [{ x: undefined }, /^header\.x cannot be said in JSON/],
    [{ x: { y: [1n] } }, /^header\.x\.y\[0\] cannot be said in JSON/],
  ]

  test.each(parameters.map(([header, message]) => [inspect(header), header, message] as const))(
    'header: %s',
    async (_, header, message) => {
      await expectMistake({}, { ...minute, header }, message)
    },
  )

  const keys: readonly (readonly [string, unknown, RegExp])[] = [
    ['undefined', undefined, /^the key must be a key of this library/],
    ['a secret as text', 'secret', /^the key must be a key of this library/],
    ['a copy of a key', { ...hs256 }, /^the key must be a key of this library/],
    ['an array', [hs256], /^the key must be a key of this library/],
    ['a public key', rs256.publicKey, /^the key is a public key that does not sign$/],
    [
      'a secret whose key_ops allow it to verify only',
      importSecret({ kty: 'oct', k: base64url(SECRET), key_ops: ['verify'] }, 'HS256'),
      /^the key is a secret key that does not sign$/,
    ],
  ]

  test.each(keys)('a key that is %s', async (_, key, message) => {
    for (const way of Object.values(ways)) {
      const error = await thrownBy(() => way({}, key as SigningKey, minute as never))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(message))
    }
    expect(await thrownBy(() => createSigner(key as SigningKey, minute))).toBeInstanceOf(TypeError)
  })
})

describe('claims with a mistake are a TypeError', () => {
  class Claims {
    readonly sub = 'alice'
  }
  const wholes = [
    undefined,
    null,
    'sub',
    5,
    true,
    [],
    ['sub'],
    new Claims(),
    new Map(),
    new Date(),
    () => ({}),
    Promise.resolve({}),
  ]

  test.each(wholes.map((claims) => [inspect(claims), claims] as const))('the whole of them: %s', async (_, claims) => {
    await expectMistake(claims, minute, /^the claims must be a plain object$/)
  })

  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    iss: [5, null, true, ['i'], {}],
    sub: [5, null, true, ['s'], {}],
    aud: [5, null, true, [], [5], ['a', null], {}],
    exp: ['1800000900', null, true, -1, (NOW + 60) * 1000, {}],
    nbf: ['1800000000', null, true, -1, NOW * 1000, {}],
    iat: ['1800000000', null, true, -1, NOW * 1000, {}, NaN],
    jti: [5, null, true, ['j'], {}],
  }
  const rows = Object.entries(wrong).flatMap(([claim, values]) =>
    values.map((value) => [claim, inspect(value), value] as const),
  )

  test.each(rows)('%s: %s', async (claim, _, value) => {
    await expectMistake({ exp: NOW + 60, [claim]: value }, { now }, new RegExp(`(claims\\.|")${claim}\\b`))
  })

  test.each(wrong['iat'] ?? [])('iat: %s, before anything is counted from it', async (iat) => {
    const options = { now, expiresIn: 60, notBefore: 60 }
    await expectMistake({ iat }, options, /^claims\.iat must be in seconds since 1970$/)
  })

  class List extends Array<unknown> {
    toJSON(): string {
      return 'b'
    }
  }
  const unsayable: readonly (readonly [what: string, value: unknown, within?: string])[] = [
    ['undefined', undefined],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a BigInt', 1n],
    ['a Date', new Date(0)],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a class instance', new Claims()],
    ['a Buffer', Buffer.from('a')],
    ['a Uint8Array', Uint8Array.of(1)],
    ['a RegExp', /a/],
    ['an Error', new Error('a')],
    ['a promise', Promise.resolve(1)],
    ['a String object', Object('a')],
    ['a Number object', Object(1)],
    ['an object with toJSON', { a: 1, toJSON: () => 'b' }, '\\.toJSON'],
    ['an object that inherits toJSON', Object.create({ toJSON: () => 'b' })],
    ['an object with a symbol', { [Symbol('s')]: 1 }],
    ['an array with toJSON', Object.assign([1], { toJSON: () => 'b' })],
    ['an array with a name', Object.assign([1], { name: 1 })],
    ['an array that inherits toJSON', List.of(1)],
  ]
  const places: readonly (readonly [string, (value: unknown) => object, string])[] = [
    ['at the top', (value) => ({ x: value }), 'claims\\.x'],
    ['in an object', (value) => ({ a: { 'x-y': value } }), 'claims\\.a\\.x-y'],
    ['in an array', (value) => ({ a: [1, [value]] }), 'claims\\.a\\[1\\]\\[0\\]'],
  ]

  describe.each(places)('a member %s that JSON would drop or change', (_, place, path) => {
    test.each(unsayable)('%s', async (__, value, within = '') => {
      await expectMistake(place(value), minute, new RegExp(`^${path}${within} cannot be said in JSON`))
    })
  })

  test('a hole in an array', async () => {
    await expectMistake({ a: [1, , 2] }, minute, /^claims\.a\[1\] cannot be said in JSON/)
  })

  test('a hole in an array that a polluted Object.prototype fills', async () => {
    const claims = { a: [1, , 2] }
    const error = await polluted({ 1: 'forged' }, () => thrownBy(() => sign(claims, hs256, minute)))
    expect(error).toBeInstanceOf(TypeError)
  })

  test('a symbol among the claims', async () => {
    await expectMistake({ [Symbol('s')]: 1 }, minute, /^claims cannot be said in JSON/)
  })

  test('a member that is named toJSON and is no function is a member like any other', async () => {
    const claims = { toJSON: 'a', a: { toJSON: null, b: [{ toJSON: {} }] } }
    expect((await signed(claims)).claims).toMatchObject(claims)
  })

  test('what would nest more than 32 deep', async () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? 1 : depth % 2 ? [nested(depth - 1)] : { a: nested(depth - 1) }
    expect((await signed({ a: nested(31) })).claims['a']).toEqual(nested(31))
    await expectMistake({ a: nested(32) }, minute, /^claims\.a.* is nested more than 32 deep$/)
    const endless: Record<string, unknown> = {}
    endless['a'] = endless
    await expectMistake(endless, minute, /is nested more than 32 deep$/)
  })

  test('and no message tells a value', async () => {
    const word = 'zyx-secret'
    const claims: readonly (readonly [object, object])[] = [
      [{ iss: word }, { issuer: 'i' }],
      [{ iss: 'i' }, { issuer: word }],
      [{ sub: [word] }, {}],
      [{ aud: { a: word } }, {}],
      [{ exp: word }, { expiresIn: undefined }],
      [{ iat: word }, {}],
      [{ a: { b: Object(word) } }, {}],
      [{ a: new Map([[word, word]]) }, {}],
      [{}, { issuer: [word] }],
      [{}, { expiresIn: word }],
      [{}, { kid: [word] }],
      [{}, { header: { cty: [word] } }],
      [{}, { header: { crit: word } }],
    ]
    for (const [given, options] of claims) {
      const error = await thrownBy(() => sign(given, hs256, { ...minute, ...options } as never))
      expect(error).toBeInstanceOf(TypeError)
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(word)
    }
  })
})

describe('what is given is read once', () => {
  test('so that changing the options changes nothing', async () => {
    const options = { ...minute, issuer: 'i', audience: ['a'], header: { x: { y: 1 } }, typ: 'at+jwt', kid: 'k' }
    const { sign: signOne } = createSigner(hs256, options)
    const before = await signOne({})
    options.audience[0] = 'b'
    options.audience.push('c')
    options.header.x.y = 2
    Object.assign(options, { issuer: 'j', header: {}, typ: null, kid: null, expiresIn: null, now: () => 0 })
    expect(await signOne({})).toBe(before)
  })

  test('so that a getter of the options which changes its answer changes nothing', async () => {
    const first = {
      issuer: 'i',
      audience: ['a'],
      subject: 's',
      expiresIn: 60,
      notBefore: 1,
      jti: 'j',
      typ: 't',
      kid: 'k',
      header: { x: 1 },
      now,
    }
    const reads: string[] = []
    const options = {}
    for (const [name, value] of Object.entries(first)) {
      const get = () => {
        reads.push(name)
        return reads.filter((read) => read === name).length > 1 ? 5 : value
      }
      Object.defineProperty(options, name, { get, enumerable: true })
    }
    const expected = await sign({}, hs256, first)
    const { sign: signOne } = createSigner(hs256, options as typeof first)
    expect(await signOne({})).toBe(expected)
    expect(await signOne({})).toBe(expected)
    expect(reads.sort()).toEqual(Object.keys(first).sort())
  })

  test('so that a getter of the claims which changes its answer changes nothing', async () => {
    const changing = <T>(first: T, later: unknown) => {
      let reads = 0
      return () => (reads++ === 0 ? first : (later as T))
    }
    const top = changing('alice', 5)
    const deep = changing(1, NaN)
    const claims = {
      get sub() {
        return top()
      },
      nested: {
        get number() {
          return deep()
        },
      },
    }
    expect(claimsOf(await sign(claims, hs256, minute))).toMatchObject({ sub: 'alice', nested: { number: 1 } })
  })

  test('so that a list which changes its answer is not spelled unchecked', async () => {
    let reads = 0
    const aud = Object.defineProperty(['api'], 0, { get: () => (reads++ === 0 ? 5 : 'api'), enumerable: true })
    const token = await sign({ aud }, hs256, minute).catch((error: unknown) => error)
    if (typeof token === 'string') expect(claimsOf(token)['aud']).toEqual(['api'])
    else expect(token).toBeInstanceOf(TypeError)
  })

  test('so that changing the claims while they are signed changes nothing', async () => {
    const claims = { sub: 'alice', roles: ['user'] }
    const token = sign(claims, hs256, minute)
    claims.sub = 'bob'
    claims.roles.push('admin')
    expect(claimsOf(await token)).toMatchObject({ sub: 'alice', roles: ['user'] })
  })

  test('but the clock is read for each token, once', async () => {
    const clock = vi.fn(now)
    const { sign: signOne } = createSigner(hs256, { ...minute, notBefore: 1, now: clock })
    expect(clock).not.toHaveBeenCalled()
    await signOne({})
    expect(clock).toHaveBeenCalledOnce()
    clock.mockReturnValue(NOW + 5)
    expect(claimsOf(await signOne({}))).toMatchObject({ iat: NOW + 5, nbf: NOW + 6, exp: NOW + 65 })
  })

  test('and the signer is frozen', () => {
    expect(Object.isFrozen(createSigner(hs256, minute))).toBe(true)
  })
})

describe('a polluted Object.prototype has no effect', () => {
  const pollutions: readonly Record<string, unknown>[] = [
    { issuer: 'x', audience: 'x', subject: 'x', notBefore: 5, jti: true, expiresIn: null },
    { iss: 'x', aud: 'x', sub: 'x', nbf: 5, jti: 'x', exp: 5, iat: 5 },
    { header: { x: 1 } },
    { kid: 'x' },
    { alg: 'none' },
    { typ: ['x'] },
    { crit: ['x'], b64: false, enc: 'x', cty: 5 },
    { now: () => 0 },
    { toJSON: () => ({ sub: 'mallory' }) },
  ]

  test.each(pollutions.map((members) => [Object.keys(members).join(', '), members] as const))(
    '%s',
    async (_, members) => {
      const expected = await signed({ sub: 'alice' })
      const tokens = await polluted(members, async () => {
        const made: string[] = []
        for (const way of Object.values(ways)) made.push(await way({ sub: 'alice' }, hs256, minute as never))
        return made
      })
      for (const token of tokens) expect({ header: headerOf(token), claims: claimsOf(token) }).toEqual(expected)
    },
  )

  test('so that an expiry must still be given', async () => {
    for (const members of [{ expiresIn: 60 }, { exp: NOW }]) {
      const error = await polluted(members, () => thrownBy(() => sign({}, hs256, { now } as never)))
      expect(error).toBeInstanceOf(TypeError)
    }
  })
})

test('createSigner tells mistakes of the options when it is called, and mistakes of the claims when it signs', async () => {
  expect(() => createSigner(hs256, { expiresIn: 'soon' } as never)).toThrow(TypeError)
  const { sign: signOne } = createSigner(hs256, { issuer: 'i', now })
  expect(await thrownBy(() => signOne({} as never))).toBeInstanceOf(TypeError)
  expect(claimsOf(await signOne({ exp: NOW + 5 }))).toEqual({ exp: NOW + 5, iss: 'i', iat: NOW })
})

if (!answersAtOnce) {
  test.each(kinds)('signing at once is a TypeError with $alg that says what to do', ({ signer }) => {
    const advice = /use the function without "Sync" in its name, and await it/
    expect(() => signSync({}, signer, minute)).toThrow(TypeError)
    expect(() => signSync({}, signer, minute)).toThrow(advice)
    expect(() => createSigner(signer, minute).signSync({})).toThrow(advice)
  })
}
