import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { JwtError, sign, verify } from 'tittle'
import { decode, secondsUntilExpiry } from 'tittle/decode'
import { polluted } from './setup/pollution.ts'
import {
  base64url,
  character,
  forge,
  hs256,
  kinds,
  NOW,
  segment,
  signatureOf,
  thrownBy,
  verdictOf,
} from './setup/tokens.ts'

const exp = NOW + 900
const lenient = { algorithms: ['HS256'], issuer: null, audience: null, expiry: 'optional', now: () => NOW } as const

describe('decode reads what a token says', () => {
  test.each(kinds)('of one that was signed with $alg', async ({ alg, signer }) => {
    const token = await sign({ sub: 'ä\u{1f701}' }, signer, { expiresIn: '15m', now: () => NOW })
    expect(decode(token)).toEqual({
      unverified: { header: { alg, typ: 'JWT' }, claims: { sub: 'ä\u{1f701}', iat: NOW, exp } },
    })
  })

  const header = { alg: 'HS256' }
  const readable: readonly (readonly [string, object, object])[] = [
    ['an algorithm that nobody knows', { alg: 'XS999' }, {}],
    ['no algorithm', {}, {}],
    ['alg none', { alg: 'none' }, {}],
    ['critical extensions', { alg: 'HS256', crit: ['x'], x: 1 }, {}],
    ['claims of wrong types', header, { iss: 5, exp: 'never', aud: [] }],
    ['an exp that is long past', header, { exp: 1 }],
  ]

  test.each(readable)('of one that verify would refuse: %s', (_, given, claims) => {
    expect(decode(forge(given, claims))).toEqual({ unverified: { header: given, claims } })
  })

  test('of one whose signature is wrong, or empty', () => {
    for (const signature of ['', 'AA', signatureOf('another')]) {
      const token = `${segment(header)}.${segment({ exp })}.${signature}`
      expect(decode(token).unverified.claims).toEqual({ exp })
    }
  })

  test('with members named __proto__, which pollute nothing', () => {
    const json = '{"__proto__":{"admin":true}}'
    const { unverified } = decode(forge(base64url(json), base64url(json)))
    for (const part of [unverified.header, unverified.claims]) {
      expect(Object.keys(part)).toEqual(['__proto__'])
      expect(part['admin']).toBeUndefined()
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  test('afresh for each call', () => {
    const token = forge({ alg: 'HS256', list: [1] }, { list: [1] })
    const { unverified } = decode(token)
    Object.assign(unverified.header, { alg: 'none' })
    ;(unverified.claims['list'] as number[]).push(2)
    expect(decode(token)).toEqual({ unverified: { header: { alg: 'HS256', list: [1] }, claims: { list: [1] } } })
  })

  test('whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 8 })), (claims) => {
        // JSON has no -0.
        expect(decode(forge({}, claims)).unverified.claims).toEqual(JSON.parse(JSON.stringify(claims)))
      }),
    )
  })
})

describe('decode is as strict as verify', () => {
  const good = segment({ alg: 'HS256' })
  const claims = segment({ exp })
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

  const segments: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['padding', `${base64url('{"alg":"HS256","a":12}')}==`],
    ['a space', `${good} `],
    ['a line feed', `${good}\n`],
    ['the alphabet of base64', base64url('{"alg":"HS256","a":"ÿ?>"}').replace('_', '/').replace('-', '+')],
    ['trailing bits', `${base64url('{"alg":"HS256","a":12}').slice(0, -1)}R`],
    ['a length of 1 modulo 4', `${good.slice(0, 4 * Math.floor(good.length / 4))}A`],
    ['no JSON', base64url('alg')],
    ['an array', base64url('[{"alg":"HS256"}]')],
    ['text', base64url('"alg"')],
    ['null', base64url('null')],
    ['a number', base64url('5')],
    ['two objects', base64url('{"alg":"HS256"}{}')],
    ['a byte order mark', base64url('\ufeff{"alg":"HS256"}')],
    ['invalid UTF-8', Buffer.from('{"alg":"HS256","a":"\xff"}', 'latin1').toString('base64url')],
    ['a name twice', base64url('{"alg":"HS256","a":1,"a":1}')],
    ['a name twice, once escaped', base64url('{"alg":"HS256","a":1,"\\u0061":1}')],
    ['a name twice, deep', base64url('{"alg":"HS256","a":[{"b":{"c":1,"c":2}}]}')],
    ['a number that overflows', base64url('{"alg":"HS256","a":1e400}')],
    ['nesting deeper than 32', base64url(`{"alg":"HS256",${nested(33).slice(1)}`)],
    ['a trailing comma', base64url('{"alg":"HS256",}')],
    ['a single quote', base64url("{'alg':'HS256'}")],
  ]

  async function expectMalformed(token: string): Promise<void> {
    expect(await verdictOf(() => decode(token))).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOf(() => secondsUntilExpiry(token))).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOf(() => verify(token, hs256, lenient))).toBe('ERR_TOKEN_MALFORMED')
  }

  test.each(segments)('about %s where a header and claims should be', async (_, text) => {
    await expectMalformed(forge(text, claims))
    await expectMalformed(forge(good, text))
  })

  test('control: what is none of these is read', async () => {
    for (const json of ['{"alg":"HS256"}', ' {"alg" :\t"HS256"}\r\n', `{"alg":"HS256",${nested(32).slice(1)}`]) {
      const token = forge(base64url(json), base64url(json))
      expect(decode(token)).toEqual({ unverified: { header: JSON.parse(json), claims: JSON.parse(json) } })
      expect(await verdictOf(() => verify(token, hs256, lenient))).toBe('accepted')
    }
  })

  const signature = signatureOf(`${good}.${claims}`)

  test.each([
    ['padded', `${signature}=`],
    ['with a space', `${signature} `],
    ['with trailing bits', `${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(42) + 1)}`],
    ['with the alphabet of base64', `${signature.slice(0, -2)}+/`],
    ['with a dot', `${signature}.`],
    ['with a segment behind', `${signature}.${signature}`],
  ])('about a signature %s', async (_, text) => {
    await expectMalformed(`${good}.${claims}.${text}`)
  })

  test('about the number of dots', async () => {
    const whole = `${good}.${claims}.${signature}`
    const tokens = ['', '.', '..', '...', good, `${good}.${claims}`, `.${claims}.${signature}`]
    for (const text of [...tokens, `.${whole}`, `${whole}.`, whole.replace('.', '..')]) await expectMalformed(text)
  })

  // e30 is {}; what is cut off the end of a text without dots must not leave one.
  test.each(['e30', 'e30X', 'e30=', 'e30.', '.e30', 'e30.e30', 'e30.e30X', 'e30X.e30X', '.e30.e30', '.e30.'])(
    'about the dots that are missing in %s',
    async (text) => {
      await expectMalformed(text)
    },
  )

  test.each([1, 2, 3, 1_000_000])('about dots alone, %i of them, and behind a token', (count) => {
    const dots = '.'.repeat(count)
    for (const text of [
      dots,
      `e30.e30.e30${dots}`,
      `e30.e30.${dots}`,
      `${dots}e30.e30.e30`,
      `e30.${dots}`,
      `e30.${dots}e30.e30`,
    ]) {
      expect(() => decode(text)).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_MALFORMED' }))
    }
  })

  test('control: empty objects are read, and an empty signature', () => {
    const unverified = { header: {}, claims: {} }
    for (const text of ['e30.e30.', 'e30.e30.e30', 'e30.e30.AA']) expect(decode(text)).toEqual({ unverified })
  })

  test('about every end of a signature', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const lead of ['', 'A', '-A', 'AAA', 'AAAA', 'AAAAA', 'AAAA_A', 'AAAAAAA']) {
      for (const last of [...alphabet, '=', '+', '/', ' ', '\n', '.', 'ı', '\ud83d', 'A=', 'Q==']) {
        const text = lead + last
        // Buffer forgives what is not canonical, and spells what is.
        const isCanonical = Buffer.from(text, 'base64url').toString('base64url') === text
        let isRead = true
        try {
          decode(`e30.e30.${text}`)
        } catch {
          isRead = false
        }
        if (isRead !== isCanonical) expect.fail(`${JSON.stringify(text)} is ${isRead ? '' : 'not '}read`)
      }
    }
  })

  test('about 5 MB of anything, soon', () => {
    const length = 5_000_000
    const [header, json] = [base64url('{}'), `{"a":"${'b'.repeat(length)}"}`]
    const start = performance.now()
    for (const text of [
      'A'.repeat(length),
      '.'.repeat(length),
      '\0'.repeat(length),
      '\ud83d'.repeat(length),
      `${header}.${'_'.repeat(length / 10)}.AA`,
      `${header}.${header}.${'A'.repeat(length)}=`,
      `${header}.${base64url(`${json}{`)}.AA`,
      `${header}.${base64url(json.replaceAll('bb', '\\\\'))}`,
      `${header}.${base64url('['.repeat(length))}.AA`,
      `${header}.${base64url('{"a":'.repeat(length / 5))}.AA`,
    ]) {
      expect(() => decode(text)).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_MALFORMED' }))
    }
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  const token = `${good}.${claims}.${signature}`
  const others = [
    undefined,
    null,
    5,
    true,
    {},
    [],
    [token],
    Buffer.from(token),
    Object(token),
    { toString: () => token },
  ]

  test.each(others)('about what is no primitive string: %o', async (given) => {
    await expectMalformed(given as string)
  })

  const refuse = (): never => {
    throw new Error('nobody asks')
  }
  const strangers: readonly (readonly [string, unknown])[] = [
    ['a symbol', Symbol(token)],
    ['a bigint', 5n],
    ['NaN', NaN],
    ['a function', () => token],
    ['a Date', new Date(0)],
    ['a Uint8Array', new TextEncoder().encode(token)],
    ['an ArrayBuffer', new ArrayBuffer(8)],
    ['a promise', Promise.resolve(token)],
    ['a list of its segments', token.split('.')],
    ['an object whose toString throws', { toString: refuse, valueOf: refuse, [Symbol.toPrimitive]: refuse }],
    ['an object with the members of a string', { length: token.length, indexOf: refuse, slice: refuse, split: refuse }],
    ['an object that throws at a look', new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse })],
  ]

  test.each(strangers)('about %s', async (_, given) => {
    await expectMalformed(given as string)
  })

  test('about a change of any one character, unless that leaves a token of the same form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), character, async (at, other) => {
        const changed = token.slice(0, at) + other + token.slice(at + 1)
        const decoded = await verdictOf(() => decode(changed))
        const verified = await verdictOf(() => verify(changed, hs256, lenient))
        if (decoded !== 'accepted') expect(decoded).toBe('ERR_TOKEN_MALFORMED')
        // What verify reads to the end, decode reads too.
        if (verified === 'accepted' || verified.startsWith('ERR_CLAIM')) expect(decoded).toBe('accepted')
        if (/[^\w.-]/.test(changed)) expect(decoded).toBe('ERR_TOKEN_MALFORMED')
      }),
      { numRuns: 500 },
    )
  })

  test('and its errors tell nothing of the token', async () => {
    for (const given of [forge(good, base64url('{"sub":"zyx"')), `${token}.`, 'zyx']) {
      const error = await thrownBy(() => decode(given))
      expect(error).toBeInstanceOf(JwtError)
      for (const part of ['zyx', ...given.split('.').filter(Boolean)]) {
        expect(`${error} ${(error as JwtError).stack} ${JSON.stringify(error)}`).not.toContain(part)
      }
      expect(error).not.toHaveProperty('cause')
    }
  })
})

describe('secondsUntilExpiry', () => {
  const rows: readonly (readonly [string, object, number])[] = [
    ['is what remains', { exp: NOW + 90 }, 90],
    ['has fractions', { exp: NOW + 1.5 }, 1.5],
    ['is 0 at exp', { exp: NOW }, 0],
    ['is negative afterwards', { exp: NOW - 90 }, -90],
    ['is NaN without exp', {}, NaN],
    ['is NaN for an exp that is text', { exp: String(NOW) }, NaN],
    ['is NaN for an exp that is null', { exp: null }, NaN],
    ['is NaN for an exp that is an array', { exp: [NOW] }, NaN],
  ]

  test.each(rows)('%s', (_, claims, expected) => {
    expect(secondsUntilExpiry(forge({ alg: 'HS256' }, claims), NOW)).toBe(expected)
  })

  test('goes by the clock of the machine where no time is given', () => {
    vi.useFakeTimers({ now: NOW * 1000 + 500, toFake: ['Date'] })
    try {
      expect(secondsUntilExpiry(forge({ alg: 'HS256' }, { exp: NOW + 10 }))).toBe(9.5)
    } finally {
      vi.useRealTimers()
    }
  })

  test('has no exp from a polluted Object.prototype', async () => {
    const seconds = () => secondsUntilExpiry(forge({ alg: 'HS256' }, { sub: 'alice' }), NOW)
    expect(await polluted({ exp }, seconds)).toBeNaN()
  })

  test('refuses what decode refuses', () => {
    expect(() => secondsUntilExpiry('AAAA', NOW)).toThrow(new JwtError('ERR_TOKEN_MALFORMED', 'not a strict JWT'))
  })
})
