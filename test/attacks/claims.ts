// Claims of the wrong type or value, and expectations that check nothing.
import assert from 'node:assert/strict'
import { createSigner, createVerifier, sign, type JwtError } from 'tittle'
import { accepted, each, expecting, product, type Attempt, type AttackClass, type Outcome } from './attack.ts'
import {
  CLAIMS,
  es,
  forge,
  hs,
  issue,
  NOW,
  open,
  openWith,
  parties,
  policyFor,
  privateKeyOf,
  type Options,
  type Party,
} from './forge.ts'

/** A token of the claims with members as JSON text, which says more than a value can. */
function issueText(party: Party, members: { readonly [claim: string]: string | undefined }): string {
  const texts = Object.entries(CLAIMS).map(([claim, value]) => [claim, JSON.stringify(value)] as const)
  const all = { ...Object.fromEntries(texts), ...members }
  const json = Object.entries(all).flatMap(([claim, text]) =>
    text === undefined ? [] : `${JSON.stringify(claim)}:${text}`,
  )
  return forge({ alg: party.alg }, `{${json.join(',')}}`, party.sign)
}

// What becomes of each claim with such a value; a date long past expires a token, and else hurts nobody.
const DATES: { readonly [text: string]: Outcome | 'past' | 'now' } = {
  '"1"': 'ERR_CLAIM_TYPE',
  [`"${NOW + 60}"`]: 'ERR_CLAIM_TYPE',
  '"2099-01-01T00:00:00Z"': 'ERR_CLAIM_TYPE',
  '""': 'ERR_CLAIM_TYPE',
  true: 'ERR_CLAIM_TYPE',
  false: 'ERR_CLAIM_TYPE',
  null: 'ERR_CLAIM_TYPE',
  '[]': 'ERR_CLAIM_TYPE',
  [`[${NOW + 60}]`]: 'ERR_CLAIM_TYPE',
  '{}': 'ERR_CLAIM_TYPE',
  [`{"valueOf":${NOW + 60}}`]: 'ERR_CLAIM_TYPE',
  '1e999': 'ERR_TOKEN_MALFORMED',
  '-1e999': 'ERR_TOKEN_MALFORMED',
  NaN: 'ERR_TOKEN_MALFORMED',
  Infinity: 'ERR_TOKEN_MALFORMED',
  '0x7fffffff': 'ERR_TOKEN_MALFORMED',
  '+1': 'ERR_TOKEN_MALFORMED',
  '01': 'ERR_TOKEN_MALFORMED',
  '-1': 'ERR_CLAIM_VALUE',
  [`-${NOW}`]: 'ERR_CLAIM_VALUE',
  '9007199254740992': 'ERR_CLAIM_VALUE',
  '1e300': 'ERR_CLAIM_VALUE',
  [`${NOW + 60}000`]: 'ERR_CLAIM_VALUE',
  [`${NOW - 60}000`]: 'ERR_CLAIM_VALUE',
  '253402300800': 'ERR_CLAIM_VALUE',
  '0': 'past',
  '-0': 'past',
  '1.5': 'past',
  '1e9': 'past',
  [`${NOW}.0`]: 'now',
}

const DATE_CLAIMS = { exp: 'ERR_EXPIRED', nbf: 'accepted', iat: 'accepted' } as const

const NAMES = [
  'https://issuer.example/',
  'https://issuer.example/path',
  'https://issuer.example.attacker.example',
  'https://issuer.exampl',
  'ttps://issuer.example',
  'issuer.example',
  'http://issuer.example',
  'https://ISSUER.example',
  'HTTPS://issuer.example',
  'https://issuer.example:443',
  'https://issuer.example.',
  'https://issuer.example ',
  ' https://issuer.example',
  'https://issuer.example\0',
  'https://issuer.example,https://attacker.example',
  'https://attacker.example/?https://issuer.example',
  'https://issuer%2eexample',
  'https://issuеr.example',
  '',
  'null',
  '.*',
]

const NO_STRINGS: readonly unknown[] = [null, 0, 1, true, [], {}, ['x'], [[]], { toString: 'x' }]

const AUDIENCES = [
  '',
  'ap',
  'api2',
  'API',
  ' api',
  'api ',
  'api\0',
  'other,api',
  'other api',
  '*',
  '.*',
  [''],
  ['API'],
  ['ap', 'i'],
  ['other', 'api '],
]
const NO_AUDIENCES = [
  [],
  null,
  0,
  true,
  {},
  { 0: 'api' },
  { 0: 'api', length: 1 },
  [null],
  [['api']],
  [{}],
  ['api', 1],
  ['api', null],
  [1, 'api'],
  ['api', ['api']],
]

const NO_EXPECTATIONS = [
  '',
  [],
  [''],
  ['api', ''],
  ['api', 'api'],
  [null],
  [undefined],
  [['api']],
  0,
  true,
  {},
  /api/,
  [/api/],
  () => true,
  new Set(['api']),
  Object('api'),
]

const NO_DURATIONS = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  1.5,
  1e99,
  2 ** 53,
  '',
  '1',
  'h',
  '1H',
  '1 h',
  '1hour',
  '-1s',
  '+1s',
  '1e3s',
  '1.5h',
  'Infinity',
  'NaN',
  '99999999999999s',
  null,
  true,
  [],
  [5],
  {},
  5n,
  new Date(0),
]

const NO_CLOCKS = [null, NOW, `${NOW}`, 'now', {}, new Date(0), NaN, true]
const NO_TIMES = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  1e99,
  NOW * 1000,
  undefined,
  null,
  `${NOW}`,
  true,
  [NOW],
  BigInt(NOW),
  new Date(0),
]

const withPolicy = (policy: Options) => createVerifier(hs.key, { ...policyFor(hs), ...policy } as never)

export const claims: readonly AttackClass[] = [
  {
    name: 'exp, nbf and iat are numbers of seconds, and what is no number is not absent (CVE-2026-25537, CVE-2026-44459, GHSA-hm8q-7f3q-5f36)',
    attempts: () => [
      ...accepted({
        'dates as they should be': () => open(issueText(hs, { exp: `${NOW + 1}`, nbf: `${NOW}`, iat: `${NOW}` }), hs),
        'fractions of a second': () => open(issueText(hs, { exp: `${NOW}.5`, nbf: `${NOW - 1}.5`, iat: '1.8e9' }), hs),
        'the last second of 9999': () => open(issueText(hs, { exp: '253402300799' }), hs),
      }),
      ...[...product(Object.entries(DATE_CLAIMS), Object.entries(DATES))].map(
        ([[claim, past], [text, outcome]]): Attempt => [
          `the ${claim} ${text}`,
          outcome === 'past' || outcome === 'now' ? past : outcome,
          () => open(issueText(hs, { [claim]: text }), hs, { expiry: 'optional' }),
        ],
      ),
    ],
  },
  {
    name: 'a token is valid from nbf and iat on, until exp, to the second (CVE-2026-25537)',
    attempts: () =>
      parties.flatMap((party) => {
        const run = (claims: object, policy?: Options) => () => open(issue(party, claims), party, policy)
        return [
          ...accepted({
            'one second before exp': run({ exp: NOW + 1 }),
            'at nbf and iat': run({ nbf: NOW, iat: NOW }),
            'within the tolerance': run({ exp: NOW - 29, nbf: NOW + 30, iat: NOW + 30 }, { clockTolerance: 30 }),
            'at the greatest age and lifetime': run(
              { iat: NOW - 60, exp: NOW + 60 },
              { maxAge: '1m', maxLifetime: '2m' },
            ),
          }),
          ...expecting('ERR_EXPIRED', {
            'at exp': run({ exp: NOW }),
            'at exp and the tolerance': run({ exp: NOW - 30 }, { clockTolerance: 30 }),
            'at exp before nbf': run({ exp: NOW - 10, nbf: NOW + 10 }),
          }),
          ...expecting('ERR_NOT_YET_VALID', {
            'before nbf': run({ nbf: NOW + 1 }),
            'before iat': run({ iat: NOW + 1 }),
            'before nbf and the tolerance': run({ nbf: NOW + 31 }, { clockTolerance: 30 }),
          }),
          ...expecting('ERR_TOO_OLD', { 'past the greatest age': run({ iat: NOW - 61 }, { maxAge: '1m' }) }),
          ...expecting('ERR_CLAIM_VALUE', {
            'past the greatest lifetime': run({ exp: NOW + 121 }, { maxLifetime: '2m' }),
          }),
          ...expecting('ERR_CLAIM_MISSING', {
            'an age that nobody tells': run({ iat: undefined }, { maxAge: '1m' }),
            'a lifetime that begins nowhere': run({ iat: undefined }, { maxLifetime: '1h' }),
            'a lifetime that ends nowhere': run({ exp: undefined }, { maxLifetime: '1h', expiry: 'optional' }),
          }),
        ]
      }),
  },
  {
    name: 'the issuer is that of the policy, letter by letter (CVE-2024-53861, CVE-2025-30144)',
    attempts: () => {
      const run = (iss: unknown, policy?: Options) => open(issue(hs, { iss }), hs, policy)
      const several = { issuer: ['https://other.example', 'https://issuer.example'] }
      return [
        ...each('the issuer', ['https://issuer.example'], 'accepted', (iss) => run(iss)),
        ...each('of several issuers', several.issuer, 'accepted', (iss) => run(iss, several)),
        ...each('the issuer', NAMES, 'ERR_CLAIM_VALUE', (iss) => run(iss)),
        ...each('of several issuers', NAMES, 'ERR_CLAIM_VALUE', (iss) => run(iss, several)),
        ...each('the issuer', [...NO_STRINGS, ['https://issuer.example'], several.issuer], 'ERR_CLAIM_TYPE', (iss) =>
          run(iss),
        ),
        ...each('though not checked, the issuer', NO_STRINGS, 'ERR_CLAIM_TYPE', (iss) => run(iss, { issuer: null })),
      ]
    },
  },
  {
    name: 'the audience is a string or strings, of which one is that of the policy (CVE-2020-26160, CVE-2025-62610)',
    attempts: () => {
      const run = (aud: unknown, policy?: Options) => open(issue(hs, { aud }), hs, policy)
      return [
        ...each('the audience', ['api', ['api'], ['other', 'api']], 'accepted', (aud) => run(aud)),
        ...each('of two audiences', ['api', ['web'], ['other', 'web']], 'accepted', (aud) =>
          run(aud, { audience: ['api', 'web'] }),
        ),
        ...each('the audience', AUDIENCES, 'ERR_CLAIM_VALUE', (aud) => run(aud)),
        ...each('of two audiences', AUDIENCES, 'ERR_CLAIM_VALUE', (aud) => run(aud, { audience: ['api', 'web'] })),
        ...each('the audience', NO_AUDIENCES, 'ERR_CLAIM_TYPE', (aud) => run(aud)),
        ...each('though not checked, the audience', NO_AUDIENCES, 'ERR_CLAIM_TYPE', (aud) =>
          run(aud, { audience: null }),
        ),
      ]
    },
  },
  {
    name: 'what is expected must be there (CVE-2025-62610, fast-jwt allowedAud and allowedIss)',
    attempts: () => {
      const policy = { subject: CLAIMS.sub, maxAge: '1h', requiredClaims: ['jti', 'role'] }
      const full = { jti: 'j', role: 'admin' }
      return [
        ...accepted({ 'every claim': () => open(issue(hs, full), hs, policy) }),
        ...each('every claim but', ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'role'], 'ERR_CLAIM_MISSING', (claim) =>
          open(issue(hs, { ...full, [claim]: undefined }), hs, policy),
        ),
        ...each(
          'every claim, but in other letters',
          ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'role'],
          'ERR_CLAIM_MISSING',
          (claim) => open(issue(hs, { ...full, [claim]: undefined, [claim.toUpperCase()]: 'x' }), hs, policy),
        ),
        ...each(
          'another subject:',
          ['', 'alice', CLAIMS.sub.toUpperCase(), `${CLAIMS.sub} `],
          'ERR_CLAIM_VALUE',
          (sub) => open(issue(hs, { ...full, sub }), hs, policy),
        ),
        ...accepted({
          'no exp, where it is optional': () => open(issue(hs, { exp: undefined }), hs, { expiry: 'optional' }),
        }),
        ...expecting('ERR_CLAIM_MISSING', { 'no exp': () => open(issue(hs, { exp: undefined }), hs) }),
      ]
    },
  },
  {
    name: 'a required claim is one of the token, not one of every object (fast-jwt requiredClaims)',
    attempts: () =>
      [
        'toString',
        'constructor',
        '__proto__',
        'hasOwnProperty',
        'valueOf',
        '__defineGetter__',
        'length',
        'then',
      ].flatMap((name) => [
        ...accepted({
          [`a token that has ${name}`]: () =>
            open(issueText(hs, { [name]: '"its own"' }), hs, { requiredClaims: [name] }),
        }),
        ...expecting('ERR_CLAIM_MISSING', {
          [`a token that lacks ${name}`]: () => open(issue(hs), hs, { requiredClaims: [name] }),
        }),
      ]),
  },
  {
    name: 'sub and jti are strings, whoever asks for them (jose, jsonwebtoken, fast-jwt, hono)',
    attempts: () =>
      parties.flatMap((party) =>
        ['sub', 'jti'].flatMap((claim) => [
          ...each(`the ${claim}`, ['alice', ''], 'accepted', (value) => open(issue(party, { [claim]: value }), party)),
          ...each(`the ${claim}`, NO_STRINGS, 'ERR_CLAIM_TYPE', (value) =>
            open(issue(party, { [claim]: value }), party),
          ),
        ]),
      ),
  },
  {
    name: 'an expectation that expects nothing is refused, and none is left out by mistake (jsonwebtoken, fast-jwt, hono; GHSA-3j8v-cgw4-2g6q, GHSA-cjw9-ghj4-fwxf)',
    attempts: () => [
      ...accepted({
        strings: () => withPolicy({ issuer: 'a', audience: 'b', subject: 'c', typ: 'd', requiredClaims: ['e'] }),
        lists: () => withPolicy({ issuer: ['a', 'b'], audience: ['c'], typ: ['d', 'e'] }),
        'null, in writing': () => withPolicy({ issuer: null, audience: null }),
      }),
      ...['issuer', 'audience', 'typ', 'requiredClaims'].flatMap((member) =>
        each(`the ${member}`, NO_EXPECTATIONS, 'TypeError', (value) => withPolicy({ [member]: value })),
      ),
      ...each('the subject', [...NO_EXPECTATIONS, null, ['api']], 'TypeError', (subject) => withPolicy({ subject })),
      ...each('undefined as', ['issuer', 'audience', 'algorithms'], 'TypeError', (member) =>
        withPolicy({ [member]: undefined }),
      ),
      ...each(
        'null as',
        ['typ', 'requiredClaims', 'algorithms', 'expiry', 'schema', 'crit', 'maxTokenLength'],
        'TypeError',
        (member) => withPolicy({ [member]: null }),
      ),
      ...each(
        'a member that does not exist:',
        ['aud', 'iss', 'issuers', 'Audience', 'ignoreExpiration', 'complete', 'maxage', 'clockTimestamp', 'allowedAud'],
        'TypeError',
        (member) => withPolicy({ [member]: 'api' }),
      ),
      ...each('the expiry', [false, '', 'none', 'Optional', 0, {}], 'TypeError', (expiry) => withPolicy({ expiry })),
      ...each('the policy', [undefined, null, '', [], 'api', () => ({}), new Map()], 'TypeError', (policy) =>
        createVerifier(hs.key, policy as never),
      ),
    ],
  },
  {
    name: 'a duration or a clock that is no number of seconds switches no check off (GHSA-687g-22h4-j4w4)',
    attempts: () => {
      const expired = issue(hs, { iat: NOW - 5000, exp: NOW - 4000 })
      return [
        ...each('a tolerance of', [0, 30, '30s', '5m', 300], 'accepted', (clockTolerance) =>
          withPolicy({ clockTolerance }),
        ),
        ...each('an age and a lifetime of', [0, 30, '15m', '8h', '7d'], 'accepted', (span) =>
          withPolicy({ maxAge: span, maxLifetime: span }),
        ),
        ...accepted({ 'a clock': () => withPolicy({ now: () => NOW }).verify(issue(hs)) }),
        ...['clockTolerance', 'maxAge', 'maxLifetime'].flatMap((member) =>
          each(`the ${member}`, NO_DURATIONS, 'TypeError', (value) =>
            openWith(expired, hs.key, { ...policyFor(hs), [member]: value }),
          ),
        ),
        ...each('the clockTolerance', [301, '6m', '1h', '1d'], 'TypeError', (clockTolerance) =>
          withPolicy({ clockTolerance }),
        ),
        ...each('a clock that is', NO_CLOCKS, 'TypeError', (now) => withPolicy({ now })),
        ...each('a clock that tells', NO_TIMES, 'TypeError', (time) => open(expired, hs, { now: () => time })),
        ...each(
          'the maxTokenLength',
          [NaN, Infinity, -1, 0, 1.5, '16384', 1e99, 2 ** 53, {}, 5n],
          'TypeError',
          (maxTokenLength) => withPolicy({ maxTokenLength }),
        ),
      ]
    },
  },
  {
    name: 'a signature that is wrong is the one thing that is said (CVE-2024-51744)',
    attempts: () =>
      parties.flatMap((party) => {
        const wrong = { iss: 5, aud: [], exp: NOW - 1, nbf: NOW + 9 }
        const checked = async (token: string) => {
          const result = await createVerifier(party.key, policyFor(party) as never).check(token)
          return result.ok ? [] : result.failures.map(({ code, claim }: JwtError) => [code, claim])
        }
        return [
          ...accepted({
            'every failure of a signed token is told': async () =>
              assert.deepEqual(await checked(issue(party, wrong)), [
                ['ERR_CLAIM_TYPE', 'iss'],
                ['ERR_CLAIM_TYPE', 'aud'],
                ['ERR_EXPIRED', 'exp'],
                ['ERR_NOT_YET_VALID', 'nbf'],
              ]),
            'and of a forged one only that it is forged': async () =>
              assert.deepEqual(await checked(issue({ ...party, sign: party.attacker }, wrong)), [
                ['ERR_SIGNATURE', undefined],
              ]),
          }),
          ...expecting('ERR_SIGNATURE', {
            'a forged token that has expired': () => open(issue({ ...party, sign: party.attacker }, wrong), party),
          }),
        ]
      }),
  },
  {
    name: 'no token is signed that says other than its caller (jsonwebtoken, fast-jwt)',
    attempts: () => {
      const key = privateKeyOf(es)
      const signed = (claims: object, options: object = {}) =>
        createSigner(key, { expiresIn: 60, ...options }).sign(claims)
      return [
        ...accepted({
          'claims as they should be': () => signed({ sub: 'alice', aud: ['api'], roles: ['admin'], none: null }),
          'a claim said twice alike': () => signed({ iss: 'a' }, { issuer: 'a' }),
          'no expiry, in writing': () => signed({}, { expiresIn: null }),
        }),
        ...each(
          'the claims',
          [
            null,
            [],
            'text',
            new Map(),
            new Date(0),
            { exp: 'soon' },
            { exp: NaN },
            { exp: NOW * 1000 },
            { iat: '1' },
            { nbf: -1 },
            { sub: 5 },
            { jti: {} },
            { aud: [] },
            { aud: [5] },
            { iss: ['a'] },
            { a: undefined },
            { a: NaN },
            { a: 5n },
            { a: () => 1 },
            { a: new Date(0) },
            { a: [undefined] },
            { a: { toJSON: () => 1 } },
          ],
          'TypeError',
          (claims) => signed(claims as object, { expiresIn: null }),
        ),
        ...each(
          'the lifetime',
          [...NO_DURATIONS.filter((duration) => duration !== null), undefined],
          'TypeError',
          (expiresIn) => signed({}, { expiresIn }),
        ),
        ...each(
          'the header',
          [
            { alg: 'none' },
            { alg: 'ES256' },
            { typ: 'x' },
            { kid: 'x' },
            { b64: false },
            { crit: [] },
            { crit: ['x'] },
            { enc: 'A128GCM' },
            [],
            null,
          ],
          'TypeError',
          (header) => signed({}, { header }),
        ),
        ...expecting('TypeError', {
          'a claim said twice in two ways': () => signed({ iss: 'a' }, { issuer: 'b' }),
          'an expiry said twice': () => signed({ exp: NOW + 60 }, { expiresIn: 60, now: () => NOW - 60 }),
          'a public key': () => sign({}, es.key as never, { expiresIn: 60 }),
        }),
      ]
    },
  },
]
