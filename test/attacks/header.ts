// Header parameters that change what a token means.
import { deflateRawSync } from 'node:zlib'
import { createVerifier } from 'tittle'
import { verifyJws } from 'tittle/jws'
import { accepted, each, expecting, type Attempt, type AttackClass } from './attack.ts'
import { CLAIMS, forge, hs, issue, open, openJws, parties, POLICY, policyFor, type Party } from './forge.ts'

const BROKEN_CRIT = [
  [],
  null,
  '',
  'x',
  'crit',
  {},
  { 0: 'x', length: 1 },
  0,
  true,
  [''],
  [null],
  [1],
  [true],
  [['x']],
  [{}],
  ['x', 'x'],
  ['x', 1],
  ['x', 'alg'],
  ['alg'],
  ['crit'],
  ['typ'],
  ['kid'],
  ['jwk'],
  ['enc'],
  ['zip'],
  ['absent'],
  ['x', 'absent'],
  ['b64'],
  ['__proto__'],
  ['constructor'],
  ['toString'],
]

/** Every `crit` that no caller can have asked for, and those that this one has not. */
function* critAttempts(party: Party): Generator<Attempt> {
  const token = (header: object) => issue(party, {}, header)
  const x = { crit: ['x'], x: 1 }
  const asked = { crit: ['x'] }
  yield* accepted({
    'a crit that the caller handles': () => open(token(x), party, asked),
    'two of them': () => open(token({ crit: ['x', 'y'], x: 1, y: null }), party, { crit: ['y', 'x'] }),
    'a JWS with a crit that the caller handles': () => openJws(token(x), party, asked),
    'an extension that is not critical': () => open(token({ x: 1 }), party),
  })
  yield* each('where nobody handles any, the crit', BROKEN_CRIT, 'ERR_HEADER_CRITICAL', (crit) =>
    open(token({ crit, x: 1 }), party),
  )
  yield* each('where x is handled, the crit', BROKEN_CRIT, 'ERR_HEADER_CRITICAL', (crit) =>
    open(token({ crit, x: 1 }), party, asked),
  )
  yield* each('in a JWS where x is handled, the crit', BROKEN_CRIT, 'ERR_HEADER_CRITICAL', (crit) =>
    openJws(token({ crit, x: 1 }), party, asked),
  )
  yield* each('the extension', ['x', 'X', 'exp', 'http://example.com/x', 'xx'], 'ERR_HEADER_CRITICAL', (name) =>
    open(token({ crit: [name], [name]: 1 }), party, { crit: ['x '] }),
  )
  yield* each('in a JWS the extension', ['x', 'exp', 'b64'], 'ERR_HEADER_CRITICAL', (name) =>
    openJws(token({ crit: [name], [name]: true }), party),
  )
  yield* each(
    'handled but absent, the extension',
    ['x', 'toString', 'constructor', '__proto__'],
    'ERR_HEADER_CRITICAL',
    (name) => open(token({ crit: [name] }), party, { crit: [name] }),
  )
  yield* expecting('ERR_HEADER_CRITICAL', {
    'an extension that stands in the payload': () => open(issue(party, { x: 1 }, { crit: ['x'] }), party, asked),
  })
}

const SHAPES = [
  '[]',
  '["HS256"]',
  '"HS256"',
  'null',
  'true',
  '5',
  '',
  ' ',
  '{',
  '}',
  '{}{}',
  '{"alg":"HS256"}{}',
  "{'alg':'HS256'}",
  '{alg:"HS256"}',
  '{"alg":"HS256",}',
  '{"alg":"HS256"}//',
  '[{"alg":"HS256"}]',
]

// What is asked for, then what accepts it, then what does not.
const TYP_POLICIES = [
  {
    typ: undefined,
    good: [undefined, 'JWT', 'jwt', 'Jwt', 'application/jwt', 'APPLICATION/JWT'],
    bad: ['at+jwt', 'application/at+jwt', 'rt+jwt', 'logout+jwt', 'secevent+jwt', 'JWS', 'JOSE', 'JWT ', 'x-jwt', ''],
  },
  {
    typ: 'at+jwt',
    good: ['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'],
    bad: [
      undefined,
      'JWT',
      'jwt',
      'at',
      'at+jwts',
      'rt+jwt',
      '+jwt',
      ' at+jwt',
      'application/',
      'text/at+jwt',
      'application/application/at+jwt',
      'application/x/at+jwt',
      '',
    ],
  },
  { typ: 'example/x', good: ['example/x', 'Example/X'], bad: [undefined, 'x', 'application/example/x', 'example/'] },
  { typ: ['at+jwt', 'JWT'], good: ['at+jwt', 'JWT', 'application/jwt'], bad: [undefined, 'rt+jwt', 'at+jwt,JWT', ''] },
]

export const header: readonly AttackClass[] = [
  {
    name: 'crit is obeyed: broken, unknown or out of place it refuses the token (CVE-2025-59420, CVE-2026-32597, CVE-2026-35042, GHSA-hm7r-c7qw-ghp6)',
    attempts: () => parties.flatMap((party) => [...critAttempts(party)]),
  },
  {
    name: 'a policy handles extensions only, and names them (RFC 7515 §4.1.11)',
    attempts: () => [
      ...accepted({ 'a name': () => createVerifier(hs.key, { ...POLICY, algorithms: ['HS256'], crit: ['x'] }) }),
      ...each(
        'the crit of verify',
        [
          [],
          [''],
          '',
          null,
          ['alg'],
          ['x', 'crit'],
          ['x', 'x'],
          [1],
          [['x']],
          ['b64'],
          {},
          true,
          ['zip'],
          new Set(['x']),
        ],
        'TypeError',
        (crit) => createVerifier(hs.key, { ...policyFor(hs), crit } as never),
      ),
      ...each('the crit of verifyJws', [[], [''], null, ['alg'], ['b64', 'b64'], {}], 'TypeError', (crit) =>
        verifyJws(issue(hs), hs.key, { algorithms: ['HS256'], crit } as never),
      ),
    ],
  },
  {
    name: 'b64 is refused unless crit names it and the caller asked for it (CVE-2026-48525, RFC 7797 §6)',
    attempts: () =>
      parties.flatMap((party) => {
        const token = (header: object) => forge({ alg: party.alg, ...header }, CLAIMS, party.sign)
        const unencoded = (header: object) => {
          const [segment = ''] = token(header).split('.')
          return `${segment}.text.${Buffer.from(party.sign(`${segment}.text`)).toString('base64url')}`
        }
        const asked = { crit: ['b64'] }
        return [
          ...accepted({
            'b64 false, named and asked for': () => openJws(unencoded({ b64: false, ...asked }), party, asked),
            'b64 true, named and asked for': () => openJws(token({ b64: true, ...asked }), party, asked),
          }),
          ...each('without crit, b64', [false, true, null, 0, 'false'], 'ERR_HEADER_CRITICAL', (b64) =>
            open(token({ b64 }), party),
          ),
          ...each('in a JWS without crit, b64', [false, true, null, 0, 'false'], 'ERR_HEADER_CRITICAL', (b64) =>
            openJws(token({ b64 }), party, asked),
          ),
          ...each('in a JWS where nobody asked, b64', [false, true], 'ERR_HEADER_CRITICAL', (b64) =>
            openJws(unencoded({ b64, ...asked }), party),
          ),
          ...each('in a JWS that asked, b64', [null, 0, 'false', [], {}], 'ERR_HEADER_INVALID', (b64) =>
            openJws(token({ b64, ...asked }), party, asked),
          ),
          ...expecting('ERR_HEADER_CRITICAL', { 'b64 in a JWT': () => open(token({ b64: false, ...asked }), party) }),
          ...expecting('TypeError', { 'a JWT policy with b64': () => open(token({}), party, asked) }),
        ]
      }),
  },
  {
    name: 'a token of one type is no token of another (RFC 8725 §3.11, RFC 9068 §4)',
    attempts: () =>
      TYP_POLICIES.flatMap(({ typ, good, bad }) =>
        parties.flatMap((party) => {
          const run = (given: string | undefined) => open(issue(party, {}, { typ: given }), party, { typ })
          return [
            ...each(`where ${typ ?? 'nothing'} is asked for, the typ`, good, 'accepted', run),
            ...each(`where ${typ ?? 'nothing'} is asked for, the typ`, bad, 'ERR_HEADER_TYPE', run),
          ]
        }),
      ),
  },
  {
    name: 'a header parameter has its type, whether it is needed or not (RFC 7515 §4.1)',
    attempts: () =>
      parties.flatMap((party) =>
        ['typ', 'cty', 'kid'].flatMap((name) => {
          const run = (value: unknown) => open(issue(party, {}, { [name]: value }), party)
          const texts = name === 'typ' ? ['JWT'] : ['', 'any text']
          return [
            ...each(`a text as ${name}:`, texts, 'accepted', run),
            ...each(
              `no text as ${name}:`,
              [null, 0, 5, true, [], ['JWT'], {}, { toString: 'JWT' }],
              'ERR_HEADER_INVALID',
              run,
            ),
          ]
        }),
      ),
  },
  {
    name: 'a header is one JSON object and nothing else (RFC 7515 §4)',
    attempts: () => [
      ...accepted({
        'an object': () => open(forge('{"alg":"HS256"}', CLAIMS, hs.sign), hs),
        'an object with white space': () => open(forge(' {\r\n "alg" : "HS256" }\t', CLAIMS, hs.sign), hs),
      }),
      ...each('the header', SHAPES, 'ERR_TOKEN_MALFORMED', (text) => open(forge(text, CLAIMS, hs.sign), hs)),
      ...expecting('ERR_HEADER_INVALID', { 'the header {}': () => open(forge('{}', CLAIMS, hs.sign), hs) }),
    ],
  },
  {
    name: 'a payload is never inflated (CVE-2024-21319, CVE-2024-28176, CVE-2024-28180, CVE-2024-33664)',
    attempts: () =>
      parties.flatMap((party) => {
        const zipped = (payload: string | Uint8Array | object) => () =>
          open(forge({ alg: party.alg, zip: 'DEF' }, payload, party.sign), party)
        return [
          // RFC 7515 §4: a JWS that says zip says nothing.
          ...accepted({ 'a payload that is not deflated': zipped(CLAIMS) }),
          ...expecting('ERR_TOKEN_MALFORMED', {
            'a payload that is': zipped(deflateRawSync(JSON.stringify(CLAIMS))),
            'a bomb': zipped(deflateRawSync(Buffer.alloc(5_000_000, ' '))),
          }),
        ]
      }),
  },
]
