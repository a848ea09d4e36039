import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { exportJwk, importPrivateKey, importSecret } from 'tittle'
import type { Algorithm, UnverifiedHeader, VerificationKey, VerificationKeys } from 'tittle'
import type { KeySet } from 'tittle/jwks'
import {
  compactPolicy,
  isUnencodedPayload,
  open as openGuarded,
  openSync,
  plainly,
  seal,
  sealSync,
  writeHeader,
  type CompactOptions,
  type CompactPolicy,
} from '../src/compact.ts'
import { polluted } from './setup/pollution.ts'
import {
  answersAtOnce,
  base64url,
  character,
  es256,
  forge,
  hs256,
  kinds,
  otherHs256,
  rs256,
  SECRET,
  segment,
  signatureOf,
  thrownBy,
  verdictOf,
} from './setup/tokens.ts'

const only = { algorithms: ['HS256'] } as const

const policyFor = (keys: VerificationKeys, options: CompactOptions = only): CompactPolicy =>
  compactPolicy(keys, options, undefined)

const octets = (content: string): string => Buffer.from(content).toString('latin1')

const open = (token: string, policy: CompactPolicy, content?: string) => openGuarded(token, policy, plainly, content)

const openers = answersAtOnce ? { open, openSync } : { open }

/** What each of the functions that open a token says of it: they must agree. */
async function verdict(
  token: unknown,
  keys: VerificationKeys = hs256,
  options: CompactOptions = only,
  content?: string,
): Promise<string> {
  const verdicts = new Set<string>()
  for (const opener of Object.values(openers)) {
    verdicts.add(await verdictOf(() => opener(token as string, policyFor(keys, options), content)))
  }
  return [...verdicts].join(' or ')
}

const mistaken = (keys: unknown, options: object): Promise<unknown> =>
  thrownBy(() => policyFor(keys as VerificationKeys, options as CompactOptions))

describe('a policy with a mistake is a TypeError that names the member', () => {
  const names = /^each of policy\.algorithms must be one of HS256, .*ES256, .*Ed25519, .*, in exactly this spelling$/
  const list = /^policy\.algorithms must be .*array/
  const mistakes: readonly (readonly [string, object, RegExp])[] = [
    ['algorithms left out', {}, list],
    ['algorithms: null', { algorithms: null }, list],
    ['algorithms: a bare string', { algorithms: 'HS256' }, /it says which algorithms you accept$/],
    ['algorithms: a bare string, in any form', { algorithms: 'HS256' }, list],
    ['algorithms: a Set', { algorithms: new Set(['HS256']) }, list],
    ['algorithms: an object like an array', { algorithms: { 0: 'HS256', length: 1 } }, list],
    ['algorithms: []', { algorithms: [] }, list],
    ['algorithms: duplicates', { algorithms: ['HS256', 'HS256'] }, list],
    ['algorithms: an empty name', { algorithms: ['HS256', ''] }, list],
    ['algorithms: a number', { algorithms: [256] }, list],
    ['algorithms: an array with a hole', { algorithms: [, 'HS256'] }, list],
    ['algorithms: an array of arrays', { algorithms: [['HS256']] }, list],
    ['algorithms: unknown', { algorithms: ['HS256', 'HS257'] }, names],
    ['algorithms: none', { algorithms: ['none'] }, names],
    ['algorithms: in lower case', { algorithms: ['hs256'] }, names],
    ['algorithms: with white space', { algorithms: ['HS256 '] }, names],
    ['algorithms: a name of Object.prototype', { algorithms: ['toString'] }, names],
    ['algorithms: HMAC with RSA', { algorithms: ['HS256', 'RS256'] }, /policy\.algorithms must not mix HMAC/],
    ['algorithms: ECDSA with HMAC', { algorithms: ['ES256', 'HS256'] }, /policy\.algorithms must not mix HMAC/],
    ['algorithms: EdDSA with HMAC', { algorithms: ['Ed25519', 'HS512'] }, /policy\.algorithms must not mix HMAC/],
    ...[[], '', [''], ['exp', 'exp'], [5], null, 5, {}].map(
      (crit) => [`crit: ${JSON.stringify(crit)}`, { algorithms: ['HS256'], crit }, /^policy\.crit must be/] as const,
    ),
    ...['alg', 'jku', 'jwk', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'typ', 'cty', 'crit', 'enc', 'zip'].map(
      (name) =>
        [`crit: ${name}`, { algorithms: ['HS256'], crit: ['x', name] }, /^policy\.crit must name extensions/] as const,
    ),
    ...[0, -1, 1.5, NaN, Infinity, 2 ** 53, '100', null, 100n].map(
      (maxTokenLength) =>
        [
          `maxTokenLength: ${String(maxTokenLength)} (${typeof maxTokenLength})`,
          { algorithms: ['HS256'], maxTokenLength },
          /^policy\.maxTokenLength must be a positive whole number/,
        ] as const,
    ),
  ]

  test.each(mistakes)('%s', async (_, options, message) => {
    const error = await mistaken(hs256, options)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', expect.stringMatching(message))
  })

  // The message for [] and for duplicates must not advise what is refused above.
  test('no message about algorithms offers a bare string', async () => {
    for (const algorithms of ['HS256', [], ['HS256', 'HS256'], [256]]) {
      expect(String(await mistaken(hs256, { algorithms }))).not.toMatch(/must be a (non-empty )?string/)
    }
  })
})

test('keys with a mistake are a TypeError', async () => {
  for (const keys of [[], undefined, null, {}, 'secret', [hs256, 'x'], es256.publicKey, rs256.privateKey]) {
    expect(await mistaken(keys, only)).toBeInstanceOf(TypeError)
  }
})

describe('the policy is read once', () => {
  const token = forge({ alg: 'HS256', crit: ['x'], x: 1 }, 'AA')

  test('and is frozen, its arrays too', () => {
    const policy = policyFor(hs256, { ...only, crit: ['x'] })
    expect([policy, policy.algorithms, policy.crit].every(Object.isFrozen)).toBe(true)
  })

  test('so that changing what was given changes nothing', async () => {
    const keys: VerificationKey[] = [hs256]
    const algorithms: Algorithm[] = ['HS256']
    const crit = ['x']
    const policy = policyFor(keys, { algorithms, crit, maxTokenLength: token.length })
    keys[0] = otherHs256
    algorithms[0] = 'ES256'
    crit.push('y')
    expect(await verdictOf(() => open(token, policy))).toBe('accepted')
    expect(await verdictOf(() => open(forge({ alg: 'HS256', crit: ['y'], y: 1 }, 'AA'), policy))).toBe(
      'ERR_HEADER_CRITICAL',
    )
  })

  test('so that polluting Object.prototype changes nothing', async () => {
    const policy = policyFor(hs256)
    const members = { algorithms: ['ES256'], crit: ['x'], maxTokenLength: 1, typ: ['x'], kid: 'x', b64: false }
    const good = forge({ alg: 'HS256' }, 'AA')
    expect(await polluted(members, () => verdictOf(() => open(good, policy)))).toBe('accepted')
    expect(await polluted(members, () => verdictOf(() => open(token, policy)))).toBe('ERR_HEADER_CRITICAL')
  })
})

describe('a token that is no primitive string is malformed', () => {
  const good = forge({ alg: 'HS256' }, 'AA')
  const values: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a bigint', 5n],
    ['a boolean', true],
    ['a symbol', Symbol(good)],
    ['a Buffer', Buffer.from(good)],
    ['a String object', Object(good)],
    ['an array with the token', [good]],
    ['an object that spells the token', { toString: () => good, valueOf: () => good, length: good.length }],
    [
      'an object with the methods of a string',
      { length: 1, indexOf: () => 1, slice: () => good, includes: () => false },
    ],
    ['a Proxy of a String object', new Proxy(Object(good), {})],
    ['a function', () => good],
    ['a promise of the token', Promise.resolve(good)],
  ]

  test('control: the primitive string is not', async () => {
    expect(await verdict(good)).toBe('accepted')
  })

  test.each(values)('%s', async (_, token) => {
    expect(await verdict(token)).toBe('ERR_TOKEN_MALFORMED')
  })
})

describe('a token has exactly two dots', () => {
  const [header = '', payload = '', signature = ''] = forge({ alg: 'HS256' }, 'AAAA').split('.')
  const malformed: readonly string[] = [
    '',
    '.',
    '..',
    '...',
    header,
    `${header}.${payload}`,
    `${header}${payload}${signature}`,
    `${header}.${payload}.${signature}.`,
    `.${header}.${payload}.${signature}`,
    `${header}..${payload}.${signature}`,
    `${header}.${payload}..${signature}`,
    `${header}.${payload}.${signature}.${signature}`,
    `${header}.${payload}.${signature}.${signature}.${signature}`,
    `${header}\u3002${payload}\u3002${signature}`,
  ]

  test.each(malformed.map((token) => [token.replace(/[\w-]+/g, 'a') || 'no text', token]))('%s', async (_, token) => {
    expect(await verdict(token)).toBe('ERR_TOKEN_MALFORMED')
  })

  test.each([
    ['without a dot', `${header}A`, 'the token is not three segments with two dots between them'],
    ['without a header', `.${payload}.${signature}`, 'the header is not one strict JSON object'],
    ['with one dot', `${header}.${signature}`, 'the token is not three segments with two dots between them'],
  ])('and is refused in words %s', async (_, token, words) => {
    for (const opener of Object.values(openers)) {
      expect(await thrownBy(() => opener(token, policyFor(hs256)))).toHaveProperty(
        'message',
        expect.stringContaining(words),
      )
    }
  })

  test('an empty payload is one, and an empty signature is a wrong one', async () => {
    expect(await verdict(forge({ alg: 'HS256' }, ''))).toBe('accepted')
    expect(await verdict(`${header}.${payload}.`)).toBe('ERR_SIGNATURE')
  })
})

describe('a JWS in a JSON serialization is malformed (RFC 7515 §7.2)', () => {
  const token = forge({ alg: 'HS256' }, 'AAAA')
  const [header = '', payload = '', signature = ''] = token.split('.')
  const flattened = { protected: header, payload, signature }
  const general = { payload, signatures: [{ protected: header, signature }] }
  const values: readonly (readonly [string, object])[] = [
    ['flattened', flattened],
    ['general', general],
    [
      'general, of two signatures',
      { payload, signatures: [general.signatures[0], { header: { alg: 'HS256' }, signature }] },
    ],
    ['with an unprotected header', { ...flattened, header: { kid: 'k' } }],
    ['with an unprotected header alone', { payload, header: { alg: 'HS256' }, signature }],
    ['with its parts in both syntaxes', { ...flattened, ...general }],
    ['with two dots in it', { ...flattened, header: { kid: 'a.b.c' } }],
    ['with the token in it', { ...flattened, token }],
    ['with the token around it', { protected: `${header}.`, payload: `.${payload}`, signature }],
  ]

  test('control: the same parts in the compact one are not', async () => {
    expect(await verdict(token)).toBe('accepted')
  })

  test.each(values)('%s', async (_, jws) => {
    for (const given of [JSON.stringify(jws), JSON.stringify(jws, null, 1), base64url(JSON.stringify(jws)), jws]) {
      expect(await verdict(given)).toBe('ERR_TOKEN_MALFORMED')
    }
  })
})

describe('each segment has one spelling', () => {
  // A header of 28 octets, a payload of 1 and a signature of 32 leave trailing bits in all three segments.
  const header = segment({ alg: 'HS256', kid: '12' })
  const payload = 'AA'
  const signature = signatureOf(`${header}.${payload}`)
  const segments = [header, payload, signature]
  const names = ['the header', 'the payload', 'the signature']
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const next = (letter = ''): string => alphabet[alphabet.indexOf(letter) + 1] ?? ''
  const respellings: readonly (readonly [string, (text: string) => string])[] = [
    ['padding', (text) => text + '='.repeat((4 - (text.length % 4)) % 4)],
    ['more padding', (text) => `${text}====`],
    ['a space in front', (text) => ` ${text}`],
    ['a space behind', (text) => `${text} `],
    ['a line feed behind', (text) => `${text}\n`],
    ['a tab inside', (text) => `${text[0]}\t${text.slice(1)}`],
    ['a no-break space behind', (text) => `${text}\u00a0`],
    ['a NUL behind', (text) => `${text}\0`],
    ['trailing bits', (text) => text.slice(0, -1) + next(text.at(-1))],
    ['a length of 1 modulo 4', (text) => text.slice(0, 4 * Math.floor(text.length / 4)) + 'A'],
    ['the alphabet of base64', (text) => `${text.slice(0, -2)}+/`],
    ['a percent escape', (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`],
    // Its lower eight bits are those of the letter that it replaces.
    ['a letter of another script', (text) => String.fromCharCode(0x100 + text.charCodeAt(0)) + text.slice(1)],
  ]

  test('control: this one', async () => {
    expect(await verdict(segments.join('.'))).toBe('accepted')
  })

  describe.each(names.map((name, at) => ({ name, at })))('of $name', ({ at }) => {
    test.each(respellings)('and not with %s', async (_, respell) => {
      const respelt = segments.map((text, index) => (index === at ? respell(text) : text))
      expect(respelt).not.toEqual(segments)
      // Signed again, so that the spelling alone is at fault.
      if (at < 2) respelt[2] = signatureOf(respelt.slice(0, 2).join('.'))
      expect(await verdict(respelt.join('.'))).toMatch(/^(ERR_TOKEN_MALFORMED|ERR_SIGNATURE)$/)
    })
  })

  test('so that a change of any one character is refused', async () => {
    const token = segments.join('.')
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), character, async (at, other) => {
        const changed = token.slice(0, at) + other + token.slice(at + 1)
        fc.pre(changed !== token)
        expect(await verdict(changed)).toMatch(/^ERR_/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a token is at most as long as the policy says', () => {
  test('16,384 characters by default, to the character', async () => {
    const long = (length: number): string => {
      const header = segment({ alg: 'HS256' })
      return forge(header, 'A'.repeat(length - header.length - 45))
    }
    expect(long(16_384)).toHaveLength(16_384)
    expect(await verdict(long(16_384))).toBe('accepted')
    expect(await verdict(long(16_385))).toBe('ERR_TOKEN_TOO_LONG')
  })

  test('or as given, to the character', async () => {
    const token = forge({ alg: 'HS256' }, 'AA')
    expect(await verdict(token, hs256, { ...only, maxTokenLength: token.length })).toBe('accepted')
    expect(await verdict(token, hs256, { ...only, maxTokenLength: token.length - 1 })).toBe('ERR_TOKEN_TOO_LONG')
    expect(await verdict('', hs256, { ...only, maxTokenLength: 1 })).toBe('ERR_TOKEN_MALFORMED')
  })
})

describe('the keys that are chosen', () => {
  const [first, second, third] = [secret(), secret('a'), secret()]
  const strangers = [otherHs256, otherHs256, otherHs256]
  const none = forge({ alg: 'HS256' }, 'AA')
  const a = forge({ alg: 'HS256', kid: 'a' }, 'AA')

  function secret(kid?: string): VerificationKey {
    return importSecret(SECRET, 'HS256', kid === undefined ? {} : { kid })
  }

  const setOf = (...keys: readonly VerificationKey[]): KeySet => ({ candidates: () => keys })

  const choices: readonly (readonly [string, string, VerificationKeys, string])[] = [
    ['are one that verifies', none, first, 'accepted'],
    ['are a wrong one', none, otherHs256, 'ERR_SIGNATURE'],
    ['are tried in turn', none, [...strangers, first], 'accepted'],
    ['are all wrong', none, strangers, 'ERR_SIGNATURE'],
    ['are too many, even if the first would do', none, [first, ...strangers, otherHs256], 'ERR_KEY_AMBIGUOUS'],
    ['are none by the kid', a, [secret('b')], 'ERR_KEY_NOT_FOUND'],
    ['are that of the kid', a, [secret('b'), second], 'accepted'],
    ['are that of the kid alone', a, [first, importSecret('another secret of thirty-two octets', 'HS256')], 'accepted'],
    ['are for another algorithm', forge({ alg: 'HS384' }, 'AA'), first, 'ERR_ALGORITHM'],
    ['are one of a function', a, ({ kid }) => (kid === 'a' ? first : undefined), 'accepted'],
    ['are a wrong one of a function', a, () => otherHs256, 'ERR_SIGNATURE'],
    ['are none of a function', a, () => undefined, 'ERR_KEY_NOT_FOUND'],
    ['are those of a key set, tried in turn', a, setOf(...strangers, first), 'accepted'],
    ['are wrong ones of a key set', a, setOf(...strangers), 'ERR_SIGNATURE'],
    ['are none of a key set', a, setOf(), 'ERR_KEY_NOT_FOUND'],
  ]

  test.each(choices)('%s', async (_, token, keys, expected) => {
    const options = { algorithms: ['HS256', 'HS384'] } as const
    expect(await verdict(token, keys, options)).toBe(expected)
    if (typeof keys !== 'function' && !('candidates' in keys)) return
    const find = typeof keys === 'function' ? keys : keys.candidates
    const late = async (header: UnverifiedHeader): Promise<never> => (await find(header)) as never
    const policy = policyFor(typeof keys === 'function' ? late : { candidates: late }, options)
    expect(await verdictOf(() => open(token, policy))).toBe(expected)
  })

  test('are told with the token: the first that verifies', async () => {
    for (const opener of Object.values(openers)) {
      expect((await opener(none, policyFor([otherHs256, second, third]))).key).toBe(second)
      expect((await opener(none, policyFor(setOf(otherHs256, third, first)))).key).toBe(third)
    }
  })

  test('are not looked for where the token is refused anyway', async () => {
    const refused = [
      'A'.repeat(16_385),
      'AAAA',
      forge('AAAA', 'AA'),
      forge({ alg: 'ES256' }, 'AA'),
      `${segment({ alg: 'none' })}.AA.`,
      forge({ alg: 'HS256', kid: { $ne: null } }, 'AA'),
      forge({ alg: 'HS256', crit: ['x'], x: 1 }, 'AA'),
    ]
    const choose = vi.fn(() => hs256)
    const candidates = vi.fn(() => [hs256])
    for (const token of refused) {
      expect(await verdict(token, choose)).toMatch(/^ERR_/)
      expect(await verdict(token, { candidates })).toMatch(/^ERR_/)
    }
    expect(choose).not.toHaveBeenCalled()
    expect(candidates).not.toHaveBeenCalled()
  })

  test('are looked for anew for each token, once', async () => {
    const choose = vi.fn(() => hs256)
    const candidates = vi.fn(() => [hs256])
    for (const policy of [policyFor(choose), policyFor({ candidates })]) {
      await open(a, policy)
      await open(a, policy)
    }
    for (const { mock } of [choose, candidates]) expect(mock.calls).toEqual(Array(2).fill([{ alg: 'HS256', kid: 'a' }]))
  })

  test('may change while they are tried, which changes nothing', async () => {
    for (const later of [hs256, importSecret('a secret for the other hash, which must be a longer one', 'HS384')]) {
      const keys: VerificationKey[] = [otherHs256]
      const policy = policyFor({ candidates: () => keys }, { algorithms: ['HS256', 'HS384'] })
      const opening = verdictOf(() => open(a, policy))
      keys.push(otherHs256, otherHs256, otherHs256, later)
      expect(await opening).toBe('ERR_SIGNATURE')
    }
  })

  test('may fail to be found, which is passed on', async () => {
    const error = new Error('the database is down')
    const fail = (): never => {
      throw error
    }
    for (const opener of Object.values(openers)) expect(await thrownBy(() => opener(a, policyFor(fail)))).toBe(error)
    for (const keys of [async () => fail(), { candidates: async () => fail() }]) {
      expect(await thrownBy(() => open(a, policyFor(keys)))).toBe(error)
    }
  })

  test.each(kinds)('verify by $alg, and no other does', async ({ alg, verifier, stranger }) => {
    const options = { algorithms: [alg] }
    expect(await verdict(forge({ alg }, 'AA', alg), verifier, options)).toBe('accepted')
    expect(await verdict(forge({ alg }, 'AA', alg), [stranger, verifier], options)).toBe('accepted')
    expect(await verdict(forge({ alg }, 'AA', alg), stranger, options)).toBe('ERR_SIGNATURE')
  })
})

describe('the header', () => {
  test('that one caller changes is not what the next one gets', async () => {
    const policy = policyFor(hs256)
    const token = forge({ alg: 'HS256', kid: 'a', nested: { list: [1] } }, 'AA')
    const open1 = await open(token, policy)
    try {
      Object.assign(open1.header, { alg: 'none', kid: 'b', b64: false })
      Object.assign(open1.header['nested'] as object, { list: [2] })
    } catch {
      // A frozen header is as good as a fresh one.
    }
    expect((await open(token, policy)).header).toEqual({ alg: 'HS256', kid: 'a', nested: { list: [1] } })
  })

  test('that a key function changes is not what it is asked with the next time', async () => {
    const seen: unknown[] = []
    const policy = policyFor((header) => {
      seen.push({ ...header })
      Reflect.set(header, 'kid', 'b')
      return hs256
    })
    const token = forge({ alg: 'HS256', kid: 'a' }, 'AA')
    for (let i = 0; i < 3; i++) await verdictOf(() => open(token, policy))
    expect(seen).toEqual(Array(3).fill({ alg: 'HS256', kid: 'a' }))
  })

  test('of one token is never that of another, however many there are', async () => {
    const policy = policyFor(hs256, { ...only, crit: ['x'] })
    const headers = Array.from({ length: 250 }, (_, kid) => ({ alg: 'HS256', kid: `${kid}` }))
    for (const header of [...headers, ...headers]) {
      expect((await open(forge(header, 'AA'), policy)).header).toEqual(header)
    }
    expect(policy.known.size).toBeLessThanOrEqual(100)
  })

  test('is remembered, the latest hundred of them', async () => {
    const policy = policyFor(hs256)
    const openOne = (kid: number) => open(forge({ alg: 'HS256', kid: `${kid}` }, 'AA'), policy)
    await openOne(0)
    expect([...policy.known]).toEqual([[segment({ alg: 'HS256', kid: '0' }), { alg: 'HS256', kid: '0' }]])
    for (let kid = 1; kid < 100; kid++) await openOne(kid)
    expect(policy.known.size).toBe(100)
    await openOne(0)
    expect(policy.known.size).toBe(100)
    await openOne(100)
    expect(policy.known.size).toBe(1)
  })

  test('is not remembered where one caller could change it for the next', async () => {
    const policy = policyFor(hs256)
    await open(forge({ alg: 'HS256', list: [] }, 'AA'), policy)
    expect(policy.known.size).toBe(0)
  })

  test('has no extension that anybody handles by default', () => {
    expect(policyFor(hs256).crit).toEqual([])
  })

  test('is remembered only once a signature has vouched for it', async () => {
    const policy = policyFor(hs256)
    const input = `${segment({ alg: 'HS256' })}.AA`
    expect(await verdictOf(() => open(`${input}.${signatureOf('another')}`, policy))).toBe('ERR_SIGNATURE')
    expect(policy.known.size).toBe(0)
    expect(await verdictOf(() => open(`${input}.${signatureOf(input)}`, policy))).toBe('accepted')
    expect(await verdictOf(() => open(`${input}.${signatureOf('another')}`, policy))).toBe('ERR_SIGNATURE')
    expect(await verdictOf(() => open(`${input}=.${signatureOf(input)}`, policy))).toBe('ERR_SIGNATURE')
  })
})

describe('content that is detached', () => {
  const content = octets('{"über":1}')
  const encoded = base64url(Buffer.from(content, 'latin1'))
  const header = segment({ alg: 'HS256' })
  const token = `${header}..${signatureOf(`${header}.${encoded}`)}`

  test('takes the place of an empty payload', async () => {
    expect(await verdict(token, hs256, only, content)).toBe('accepted')
    expect((await open(token, policyFor(hs256), content)).payload).toBe(content)
  })

  test('is refused beside a payload that is there, before any key is chosen', async () => {
    const choose = vi.fn(() => hs256)
    const attached = token.replace('..', `.${encoded}.`)
    expect(await verdict(attached, choose, only, content)).toBe('ERR_TOKEN_MALFORMED')
    expect(choose).not.toHaveBeenCalled()
    expect(await thrownBy(() => open(attached, policyFor(hs256), content))).toHaveProperty(
      'message',
      'the token has a payload, though its content is detached',
    )
  })

  test('is what is signed', async () => {
    expect(await verdict(token, hs256, only, `${content} `)).toBe('ERR_SIGNATURE')
    expect(await verdict(token)).toBe('ERR_SIGNATURE')
  })
})

describe('sealing', () => {
  test.each(kinds)(
    'what $alg seals, $alg opens, and no other key does',
    async ({ alg, signer, verifier, stranger }) => {
      const input = `${writeHeader(alg, { kid: 'a' })}.AA`
      const token = await seal({ input, shown: input }, signer)
      const { header, payload, key } = await open(token, policyFor(verifier, { algorithms: [alg] }))
      expect({ header, payload }).toEqual({ header: { alg, kid: 'a' }, payload: '\0' })
      expect(key).toBe(verifier)
      expect(await verdict(token, stranger, { algorithms: [alg] })).toBe('ERR_SIGNATURE')
      expect(await verdict(forge({ alg }, 'AA', alg), verifier, { algorithms: [alg] })).toBe('accepted')
    },
  )

  test('is refused to what is no signing key', async () => {
    const unsigned = { input: 'e30.AA', shown: 'e30.AA' }
    for (const key of [rs256.publicKey, undefined, null, {}, 'secret'] as never[]) {
      for (const sealer of [seal, sealSync]) {
        const error = await thrownBy(() => sealer(unsigned, key))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toHaveProperty(
          'message',
          expect.stringMatching(/^the key (is a public key that does not sign|must be a key of this library)/),
        )
      }
    }
  })
})

describe('the functions that answer at once', () => {
  const advice = /answers by a promise; use the function without "Sync" in its name, and await it/

  /** Runs, lets every rejection that nobody handles show itself, and counts them. */
  async function unhandled(run: () => void): Promise<number> {
    const listener = vi.fn()
    process.on('unhandledRejection', listener)
    run()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listener)
    return listener.mock.calls.length
  }

  test('refuse a key function that takes its time, even one that fails later', async () => {
    const token = forge({ alg: 'HS256' }, 'AA')
    const late = [async () => hs256, async () => undefined, () => Promise.reject(new Error('the database is down'))]
    for (const choose of late) {
      const policy = policyFor(choose)
      expect(await unhandled(() => expect(() => openSync(token, policy)).toThrow(advice))).toBe(0)
      expect(() => openSync(token, policy)).toThrow(TypeError)
    }
  })

  if (answersAtOnce) {
    test('seal as the others do', async () => {
      const unsigned = { input: 'e30.AA', shown: 'e30.' }
      expect(sealSync(unsigned, hs256)).toBe(await seal(unsigned, hs256))
      expect(sealSync(unsigned, hs256)).toBe(`e30..${signatureOf('e30.AA')}`)
    })
  } else {
    test('refuse to work, and say what to do', () => {
      const unsigned = { input: 'e30.AA', shown: 'e30.AA' }
      for (const { alg, signer, verifier } of kinds) {
        const policy = policyFor(verifier, { algorithms: [alg] })
        expect(() => openSync(forge({ alg }, 'AA', alg), policy)).toThrow(advice)
        expect(() => sealSync(unsigned, signer)).toThrow(advice)
        expect(() => sealSync(unsigned, signer)).toThrow(TypeError)
      }
    })

    test('leave no rejection behind for a key that turns out to be damaged', async () => {
      const jwk = await exportJwk(es256.privateKey)
      const damaged = importPrivateKey({ ...jwk, x: base64url(new Uint8Array(32).fill(255)) }, 'ES256')
      const unsigned = { input: 'e30.AA', shown: 'e30.AA' }
      expect(await thrownBy(() => seal(unsigned, damaged))).toBeInstanceOf(TypeError)
      expect(await unhandled(() => expect(() => sealSync(unsigned, damaged)).toThrow(advice))).toBe(0)
    })

    test('still refuse a bad token before anything is promised', () => {
      expect(() => openSync('AAAA', policyFor(hs256))).toThrow(/three segments/)
    })
  }
})

test('an unencoded payload that is more is refused in words', async () => {
  const token = forge({ alg: 'HS256', b64: false, crit: ['b64'] }, 'AA').replace('.AA.', '.\u007f.')
  const policy = policyFor(hs256, { ...only, crit: ['b64'] })
  expect(await thrownBy(() => open(token, policy))).toHaveProperty(
    'message',
    'the unencoded payload is not printable ASCII',
  )
})

test('an unencoded payload may have printable ASCII but for the dot', () => {
  const units = Array.from({ length: 0x180 }, (_, unit) => String.fromCharCode(unit))
  const printable = Buffer.from(Uint8Array.from({ length: 95 }, (_, at) => 32 + at)).toString()
  expect(units.filter(isUnencodedPayload).join('')).toBe(printable.replace('.', ''))
  expect(['', 'a b', printable.replace('.', '')].every(isUnencodedPayload)).toBe(true)
  expect(['a\n', '\na', 'a\nb', 'a.b', '\ud800'].some(isUnencodedPayload)).toBe(false)
})

describe('writing a header', () => {
  test('puts the alg first and leaves the rest as it is', () => {
    const header = { kid: 'ü', crit: ['x'], x: { deep: [1, null] } }
    expect(Buffer.from(writeHeader('ES256', header), 'base64url').toString()).toBe(
      JSON.stringify({ alg: 'ES256', ...header }),
    )
  })

  test('keeps a member named __proto__', () => {
    const parameters: Record<string, unknown> = JSON.parse('{"__proto__":{"x":1}}')
    expect(Buffer.from(writeHeader('ES256', parameters), 'base64url').toString()).toBe(
      '{"alg":"ES256","__proto__":{"x":1}}',
    )
  })

  const refused: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ['an alg', { alg: 'ES256' }, /must not have an "alg"/],
    ['a kid that is no string', { kid: 5 }, /"kid" that is no string/],
    ['a typ that is no string', { typ: null }, /"typ" that is no string/],
    ['a cty that is no string', { cty: ['JWT'] }, /"cty" that is no string/],
    ['an enc', { enc: 'A128GCM' }, /"enc"/],
    ['an empty crit', { crit: [] }, /"crit"/],
    ['a crit that is a string', { crit: 'x', x: 1 }, /"crit"/],
    ['a crit that names what is not there', { crit: ['x'] }, /"crit"/],
    ['a crit that names what is registered', { crit: ['kid'], kid: 'a' }, /"crit"/],
    ['a crit that names one twice', { crit: ['x', 'x'], x: 1 }, /"crit"/],
    ['a b64 that crit does not name', { b64: false }, /"b64"/],
    ['a b64 that is no boolean', { b64: 0, crit: ['b64'] }, /"b64"/],
    ['a member that is undefined', { x: undefined }, /^header\.x cannot be said in JSON/],
    ['a member that is deep', { x: [{ y: NaN }] }, /^header\.x\[0\]\.y cannot be said in JSON/],
  ]

  test.each(refused)('refuses, as a TypeError, %s', async (_, parameters, message) => {
    const error = await thrownBy(() => writeHeader('ES256', parameters))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', expect.stringMatching(message))
  })

  test('is not led astray by a polluted Object.prototype', async () => {
    const members = { crit: ['x'], typ: ['x'], kid: 5, cty: 5, enc: 'A128GCM', b64: false, alg: 'none' }
    expect(await polluted(members, () => writeHeader('ES256', {}))).toBe(segment({ alg: 'ES256' }))
  })
})
