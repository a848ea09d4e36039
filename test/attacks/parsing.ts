// Input that is long, deep, ambiguous or no string at all.
import assert from 'node:assert/strict'
import { createVerifier } from 'tittle'
import { decode } from 'tittle/decode'
import { accepted, each, expecting, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  CLAIMS,
  forge,
  hs,
  issue,
  open,
  openJws,
  parties,
  policyFor,
  type Options,
  type Party,
} from './forge.ts'

const MILLION = 1_000_000

const deep = (depth: number, [start, end]: readonly [string, string]): string => start.repeat(depth) + end.repeat(depth)

const ARRAYS = ['[', ']'] as const
const OBJECTS = ['{"x":[', ']}'] as const

/** Tokens of many times so many characters, made when they are used. */
const bombs = (size: number): { readonly [what: string]: () => string } => ({
  dots: () => '.'.repeat(10 * size),
  'a token and dots': () => issue(hs) + '.'.repeat(10 * size),
  'a long payload': () => issue(hs).replace('.', `.${'A'.repeat(20 * size)}`),
  'a long header': () => 'A'.repeat(20 * size) + issue(hs),
  'a long signature': () => issue(hs) + 'A'.repeat(20 * size),
  'arrays in one another': () => forge({ alg: 'HS256' }, deep(2 * size, ARRAYS), hs.attacker),
  noise: () => '\u0000\uffff'.repeat(2.5 * size),
})

/** The shortest of several spans, as a busy machine only adds to them. */
async function fastest(run: () => Promise<unknown>): Promise<number> {
  const spans = []
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    await run()
    spans.push(performance.now() - start)
  }
  return Math.min(...spans)
}

/** Runs with JSON.parse watched, and tells the texts that it was given. */
async function parsedDuring(run: () => Promise<unknown>): Promise<string[]> {
  const { parse } = JSON
  const texts: string[] = []
  JSON.parse = (text: string, reviver?: Parameters<typeof parse>[1]) => {
    texts.push(text)
    return parse(text, reviver)
  }
  try {
    await run()
  } finally {
    JSON.parse = parse
  }
  return texts
}

const HUGE: Options = { maxTokenLength: 50 * MILLION }

/** JSON objects with a name that repeats. */
const repeats = (first: string, second: string): { readonly [where: string]: string } => ({
  'at the top': `{${first},${second}}`,
  'at the end': `{${first},"x":{"a":[1,2,":"]},${second}}`,
  'after an escape': `{${first},"y":"\\"}:{\\\\",${second}}`,
  'one deep': `{"x":{${first},${second}}}`,
  'in an array': `{"x":[{${first},${second}}]}`,
  'twenty deep': `${'{"x":['.repeat(10)}{${first},${second}}${']}'.repeat(10)}`,
})

const ALIKE = {
  'the same': ['"a":1', '"a":1'],
  'with another value': ['"a":1', '"a":2'],
  escaped: ['"a":1', '"\\u0061":2'],
  empty: ['"":1', '"":2'],
  'a number': ['"1":1', '"1":2'],
  __proto__: ['"__proto__":1', '"__proto__":2'],
  'an object': ['"a":{}', '"a":{"b":1,"c":2}'],
  'a text with colons': ['"a":":"', '"a":"::"'],
  'beyond ASCII': ['"é":1', '"\\u00e9":2'],
} as const

const DISTINCT = {
  'another letter': ['"a":1', '"A":1'],
  'another normal form': ['"\\u00e9":1', '"e\\u0301":2'],
  'with colons': ['"a:":":{\\"a\\":1,\\"a\\":2}"', '":a":2'],
  'with quotes': ['"\\"a":"\\\\"', '"a\\"":"\\""'],
  'inside and outside': ['"a":{"b":1}', '"b":1'],
} as const

/** Puts members into a header and into a payload. */
function* repeatAttempts(party: Party): Generator<Attempt> {
  for (const [outcome, cases] of [
    ['accepted', DISTINCT],
    ['ERR_TOKEN_MALFORMED', ALIKE],
  ] as const) {
    for (const [how, [first, second]] of Object.entries(cases)) {
      for (const [where, json] of Object.entries(repeats(first, second))) {
        const inside = (object: object) => JSON.stringify({ ...object, z: 'HERE' }).replace('"HERE"', json)
        const what = `two names, ${how}, ${where}`
        const inHeader = forge(inside({ alg: party.alg }), CLAIMS, party.sign)
        const inPayload = forge({ alg: party.alg }, inside(CLAIMS), party.sign)
        yield [`${what} of the header`, outcome, () => open(inHeader, party)]
        yield [`${what} of the payload`, outcome, () => open(inPayload, party)]
        yield [`${what} of the header, decoded`, outcome, () => decode(inHeader)]
        yield [`${what} of the payload, decoded`, outcome, () => decode(inPayload)]
      }
    }
  }
}

/** Registered names that repeat: whoever reads the first sees another token than who reads the last. */
const registeredTwice = (party: Party): Attempt[] => [
  ...Object.entries({ ...CLAIMS, nbf: 0 }).map(([claim, value]): Attempt => {
    const json = JSON.stringify({ ...CLAIMS, nbf: 0 })
    const member = JSON.stringify({ [claim]: value }).slice(1, -1)
    return [
      `${party.alg}, the claim ${claim} twice`,
      'ERR_TOKEN_MALFORMED',
      () => open(forge({ alg: party.alg }, `{${member},${json.slice(1)}`, party.sign), party),
    ]
  }),
  ...[
    '{"alg":"none","alg":"A"}',
    '{"alg":"A","alg":"none"}',
    '{"alg":"A","\\u0061lg":"A"}',
    '{"kid":"1","alg":"A","kid":"2"}',
    '{"alg":"A","crit":["x"],"x":1,"crit":["x"]}',
  ].map((json): Attempt => [
    `the header ${json}`,
    'ERR_TOKEN_MALFORMED',
    () => open(forge(json.replaceAll('"A"', JSON.stringify(party.alg)), CLAIMS, party.sign), party, { crit: ['x'] }),
  ]),
]

const BROKEN_UTF8 = {
  'a continuation without a start': '80',
  'a start without a continuation': 'c328',
  'a character cut short': 'e282',
  'a slash in two octets': 'c0af',
  'a letter in two octets': 'c181',
  'a slash in three octets': 'e080af',
  'a slash in four octets': 'f08080af',
  'a NUL in two octets': 'c080',
  'half a surrogate pair': 'eda080',
  'a surrogate pair, each half in three octets': 'eda081edb080',
  'a character past the last': 'f4908080',
  'five octets': 'f888808080',
  'the octet 0xfe': 'fe',
  'the octet 0xff': 'ff',
  'Latin-1': 'e9',
}

const TEXTS = ['é', '€', '𝐀', '\u2028', '\ufffd', '\uffff', 'a\ufeffb', '\u200d']

/** The claims as octets, with some of them inside of a text. */
const withOctets = (object: object, octets: Uint8Array): Uint8Array => {
  const [before = '', after = ''] = JSON.stringify({ ...object, x: 'HERE' }).split('HERE')
  return Buffer.concat([Buffer.from(before), octets, Buffer.from(after)])
}

const AROUND = ['\ufeff', '\0', '{}', ']', ' x', ',', '//', '\u00a0', '\u2028', '\v', '}']
const NO_OBJECTS = [
  '[]',
  '"text"',
  'null',
  'true',
  '5',
  '',
  ' ',
  '[{}]',
  'undefined',
  "{'a':1}",
  '{"a":1,}',
  '{"a":01}',
  '{"a":\'b\'}',
  '{"a":"\n"}',
  '{a:1}',
  '{"a":.5}',
]

const { stringify } = JSON

/** The JSON serialisations of a token (RFC 7515 §7.2), and texts that are one of them and the other at once. */
function jsonForms(token: string): readonly unknown[] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const flattened = { protected: header, payload, signature }
  const general = { payload, signatures: [{ protected: header, signature }] }
  const several = {
    payload,
    signatures: [
      { protected: base64url({ alg: 'none' }), signature: '' },
      { protected: header, signature },
    ],
  }
  const polyglot = { [`  ${header}.${base64url({ sub: 'mallory' })}.${signature}`]: '', ...flattened }
  const objects = [flattened, general, several, polyglot]
  return [...objects, ...objects.map((object) => stringify(object)), stringify(token), stringify([token])]
}

const NO_TOKENS: { readonly [what: string]: (token: string) => unknown } = {
  'a Buffer': (token) => Buffer.from(token),
  'a Uint8Array': (token) => new TextEncoder().encode(token),
  'a String object': (token) => Object(token),
  'an array of it': (token) => [token],
  'an array of segments': (token) => token.split('.'),
  'an object that prints as it': (token) => ({
    toString: () => token,
    valueOf: () => token,
    [Symbol.toPrimitive]: () => token,
  }),
  'an object with its methods': (token) => ({
    length: token.length,
    indexOf: () => 1,
    slice: () => token,
    split: () => token.split('.'),
  }),
  'a Proxy': (token) => new Proxy(Object(token), {}),
  'a function': (token) => () => token,
  'a promise': (token) => Promise.resolve(token),
  undefined: () => undefined,
  null: () => null,
  'a number': () => 5,
  'a symbol': () => Symbol('token'),
  'a bigint': () => 5n,
}

/** Runs, and says whether anything has come to stand on Object.prototype. */
async function withoutTrace(run: () => Promise<unknown>): Promise<{ readonly [name: string]: unknown }> {
  const before = Reflect.ownKeys(Object.prototype)
  const verified = (await run()) as { claims: { [name: string]: unknown } }
  assert.deepEqual(Reflect.ownKeys(Object.prototype), before)
  assert.equal('admin' in {}, false)
  return verified.claims
}

export const parsing: readonly AttackClass[] = [
  {
    name: 'a token that is too long is refused by its length, in no time (CVE-2025-27144, CVE-2025-30204, CVE-2025-53864, CVE-2025-61920)',
    attempts: () => {
      const { check } = createVerifier(hs.key, policyFor(hs) as never)
      const filled = (octets: number) =>
        issue(hs, { filler: 'x'.repeat(octets - stringify({ ...CLAIMS, filler: '' }).length) })
      const [longest, tooLong] = [filled(12_239), filled(12_240)]
      assert.deepEqual([longest.length, tooLong.length], [16_384, 16_385])
      return [
        ...accepted({
          'a token of 16,384 characters': () => open(longest, hs),
          'a JWS of 16,384 characters': () => openJws(longest, hs),
          'a longer one, for who wants it': () => open(tooLong, hs, { maxTokenLength: 16_385 }),
        }),
        ...expecting('ERR_TOKEN_TOO_LONG', {
          'a token of 16,385 characters': () => open(tooLong, hs),
          'a JWS of 16,385 characters': () => openJws(tooLong, hs),
          'a token of one more than the policy has': () => open(longest, hs, { maxTokenLength: 16_383 }),
        }),
        ...Object.entries(bombs(MILLION)).flatMap(([what, make]): Attempt[] => [
          [what, 'ERR_TOKEN_TOO_LONG', () => open(make(), hs)],
          [
            `${what}, in less than 5 ms`,
            'accepted',
            async () => {
              const bomb = make()
              assert.ok((await fastest(() => check(bomb))) < 5)
            },
          ],
        ]),
      ]
    },
  },
  {
    name: 'a payload is not parsed before its signature has been verified (CVE-2025-53864, jsonwebtoken, fast-jwt, hono)',
    attempts: () =>
      parties.flatMap((party) => {
        const header = stringify({ alg: party.alg })
        const payload = stringify({ ...CLAIMS, filler: 'x'.repeat(MILLION / 5) })
        const parsed = async (sign: Party['sign'], payload: string) => {
          const token = forge(header, payload, sign)
          return new Set(await parsedDuring(() => open(token, party, HUGE).catch(() => {})))
        }
        const nest = deep(MILLION / 10, ARRAYS)
        return [
          ...accepted({
            'a payload of 200 kB that is signed': async () =>
              assert.deepEqual(await parsed(party.sign, payload), new Set([header, payload])),
            'only the header of one that is forged': async () =>
              assert.deepEqual(await parsed(party.attacker, payload), new Set([header])),
            'only the header of 100,000 arrays': async () =>
              assert.deepEqual(await parsed(party.attacker, nest), new Set([header])),
          }),
          ...expecting('ERR_SIGNATURE', {
            'a forged payload of 200 kB': () => open(forge(header, payload, party.attacker), party, HUGE),
            'a forged payload that is no JSON': () => open(forge(header, 'no JSON', party.attacker), party),
            'forged arrays, 100,000 deep': () => open(forge(header, nest, party.attacker), party, HUGE),
          }),
          ...expecting('ERR_TOKEN_MALFORMED', {
            'signed arrays, 100,000 deep': () => open(forge(header, nest, party.sign), party, HUGE),
            'a header of arrays, 100,000 deep': () => open(forge(nest, CLAIMS, party.sign), party, HUGE),
          }),
        ]
      }),
  },
  {
    name: 'bombs under a limit that lets them through go off as refusals (CVE-2025-27144, CVE-2025-30204, CVE-2025-53864)',
    attempts: () => {
      const { verify, check } = createVerifier(hs.key, { ...policyFor(hs), ...HUGE } as never)
      return [
        ...accepted({ 'a token': () => verify(issue(hs)) }),
        ...Object.entries(bombs(MILLION / 10)).map(([what, make]): Attempt => [what, 'refused', () => verify(make())]),
        ...['dots', 'a token and dots'].map((what): Attempt => [
          `${what}, in less than 5 ms`,
          'accepted',
          async () => {
            const bomb = bombs(MILLION)[what]?.() ?? ''
            assert.ok((await fastest(() => check(bomb))) < 5)
          },
        ]),
        ...['dots', 'a token and dots', 'noise'].map((what): Attempt => [
          `${what}, decoded`,
          'ERR_TOKEN_MALFORMED',
          () => decode(bombs(MILLION)[what]?.() ?? ''),
        ]),
      ]
    },
  },
  {
    name: 'nesting ends at a depth of 32 (CVE-2025-53864)',
    attempts: () =>
      [ARRAYS, OBJECTS].flatMap((brackets) => {
        const levels = brackets === ARRAYS ? 1 : 2
        const payload = (depth: number) => () =>
          open(
            forge(
              { alg: 'HS256' },
              stringify({ ...CLAIMS, z: 0 }).replace(':0}', `:${deep(depth, brackets)}}`),
              hs.sign,
            ),
            hs,
          )
        const header = (depth: number) => () =>
          open(forge(`{"alg":"HS256","z":${deep(depth, brackets)}}`, CLAIMS, hs.sign), hs)
        const most = Math.floor(31 / levels)
        return [
          ...accepted({ [`a payload ${most * levels + 1} deep`]: payload(most), [`a header so deep`]: header(most) }),
          ...each('more by', [1, 2, 100, 1000], 'ERR_TOKEN_MALFORMED', (more) => payload(most + more)()),
          ...each('a header deeper by', [1, 2, 100, 1000], 'ERR_TOKEN_MALFORMED', (more) => header(most + more)()),
        ]
      }),
  },
  {
    name: 'no member name repeats, at any depth, in header or payload (RFC 7515 §10.12, RFC 8725 §2.4)',
    attempts: () => [...repeatAttempts(hs), ...parties.flatMap(registeredTwice)],
  },
  {
    name: 'a member named __proto__ is a member and changes nothing (CVE-2022-39227)',
    attempts: () =>
      parties.flatMap((party) => {
        const evil = { admin: true, ...CLAIMS, alg: party.alg, x: 1 }
        const own = (object: object, name: string) => stringify({ ...object, HERE: evil }).replace('HERE', name)
        return [
          ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'].flatMap((name) =>
            accepted({
              [`the claim ${name}`]: async () => {
                const claims = await withoutTrace(() =>
                  open(forge({ alg: party.alg }, own(CLAIMS, name), party.sign), party),
                )
                assert.equal(Object.hasOwn(claims, name), true)
                assert.equal(claims['admin'], undefined)
              },
              [`the header parameter ${name}`]: () =>
                withoutTrace(() => open(forge(own({ alg: party.alg }, name), CLAIMS, party.sign), party)),
            }),
          ),
          ...expecting('ERR_CLAIM_MISSING', {
            'claims that are there by inheritance alone': () =>
              open(forge({ alg: party.alg }, own({}, '__proto__'), party.sign), party),
          }),
          ...expecting('ERR_HEADER_INVALID', {
            'an alg that is there by inheritance alone': () =>
              open(forge(own({}, '__proto__'), CLAIMS, party.sign), party),
          }),
          ...expecting('ERR_HEADER_CRITICAL', {
            'an extension that is there by inheritance alone': () =>
              open(forge(own({ alg: party.alg, crit: ['x'] }, '__proto__'), CLAIMS, party.sign), party, {
                crit: ['x'],
              }),
          }),
        ]
      }),
  },
  {
    name: 'JSON is UTF-8, without a byte order mark, and every octet of it is read (RFC 8259 §8.1)',
    attempts: () => {
      const payload = (octets: Uint8Array | string) => open(forge({ alg: 'HS256' }, octets, hs.sign), hs)
      const header = (octets: Uint8Array | string) => open(forge(octets, CLAIMS, hs.sign), hs)
      const [plainHeader, plainPayload] = [stringify({ alg: 'HS256' }), stringify(CLAIMS)]
      return [
        ...each('the text', TEXTS, 'accepted', (text) => payload(withOctets(CLAIMS, Buffer.from(text)))),
        ...each('in a header the text', TEXTS, 'accepted', (text) =>
          header(withOctets({ alg: 'HS256' }, Buffer.from(text))),
        ),
        ...accepted({ 'white space around it': () => payload(` \t\r\n${plainPayload} \t\r\n`) }),
        ...Object.entries(BROKEN_UTF8).flatMap(([what, hex]) =>
          expecting('ERR_TOKEN_MALFORMED', {
            [what]: () => payload(withOctets(CLAIMS, Buffer.from(hex, 'hex'))),
            [`${what}, in a header`]: () => header(withOctets({ alg: 'HS256' }, Buffer.from(hex, 'hex'))),
          }),
        ),
        ...each('before a payload', AROUND, 'ERR_TOKEN_MALFORMED', (before) => payload(before + plainPayload)),
        ...each('behind a payload', AROUND, 'ERR_TOKEN_MALFORMED', (behind) => payload(plainPayload + behind)),
        ...each('before a header', AROUND, 'ERR_TOKEN_MALFORMED', (before) => header(before + plainHeader)),
        ...each('behind a header', AROUND, 'ERR_TOKEN_MALFORMED', (behind) => header(plainHeader + behind)),
        ...each('in UTF-16, which one', ['utf16le'] as const, 'ERR_TOKEN_MALFORMED', (encoding) =>
          payload(Buffer.from(plainPayload, encoding)),
        ),
        ...each('the payload', NO_OBJECTS, 'ERR_TOKEN_MALFORMED', payload),
        // What stands for half a character must not become the mark for any character.
        ...expecting('ERR_CLAIM_VALUE', {
          'half a surrogate pair for the replacement character': () =>
            open(forge({ alg: 'HS256' }, stringify({ ...CLAIMS, sub: '\ud800' }), hs.sign), hs, { subject: '\ufffd' }),
        }),
      ]
    },
  },
  {
    name: 'a token in a JSON serialisation, or in two forms at once, is none (CVE-2016-9122, CVE-2022-39227)',
    attempts: () =>
      parties.flatMap((party) => [
        ...accepted({ 'the compact serialisation': () => open(issue(party), party) }),
        ...each('the JSON', jsonForms(issue(party)), 'ERR_TOKEN_MALFORMED', (form) => open(form, party)),
        ...each('as a JWS, the JSON', jsonForms(issue(party)), 'ERR_TOKEN_MALFORMED', (form) => openJws(form, party)),
      ]),
  },
  {
    name: 'a token is a primitive string (CVE-2022-23529)',
    attempts: () =>
      parties.flatMap((party) => [
        ...accepted({ 'a string': () => open(issue(party), party) }),
        ...Object.entries(NO_TOKENS).flatMap(([what, make]) =>
          expecting('ERR_TOKEN_MALFORMED', {
            [what]: () => open(make(issue(party)), party),
            [`${what}, as a JWS`]: () => openJws(make(issue(party)), party),
            [`${what}, decoded`]: () => decode(make(issue(party)) as string),
          }),
        ),
      ]),
  },
]
