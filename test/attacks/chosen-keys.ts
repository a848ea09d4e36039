// Keys that the attacker chooses, by the header or by a look-up that trusts it.
import { createVerifier, importPrivateKey, importPublicKey, importSecret, sign, type VerificationKey } from 'tittle'
import { accepted, each, expecting, product, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  es,
  hs,
  issue,
  material,
  open,
  openJws,
  openWith,
  parties,
  policyFor,
  privateOf,
  publicJwk,
  publicOf,
  rs,
  webKeyOf,
  type Party,
} from './forge.ts'

const URLS = ['https://attacker.example/keys', 'http://127.0.0.1:1/', 'file:///dev/null', 'data:application/json,{}']

/** Header parameters that offer the attacker's key. */
const offers = (): object[] => [
  { jwk: publicJwk(material.rsaOfAttacker) },
  { jwk: publicJwk(material.p256OfAttacker) },
  { jwk: { kty: 'oct', k: base64url(material.secretOfAttacker) } },
  { jwk: material.p256OfAttacker },
  { jwk: null },
  { x5c: [material.certificate] },
  { x5t: 'AAAA', 'x5t#S256': 'AAAA' },
  ...URLS.flatMap((url) => [{ jku: url }, { x5u: url }, { jku: url, kid: 'k1' }]),
  { jku: ['https://attacker.example/keys'], x5c: {}, x5u: 5 },
]

const KIDS = [
  '../../../../dev/null',
  '/etc/passwd',
  'file:///dev/null',
  "' UNION SELECT 'secret' --",
  '$(id)',
  '',
  'k',
  'K1',
  'k1 ',
  'k1\0',
  'k1/../k1',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '0',
  'undefined',
  'null',
  'k'.repeat(5000),
]

const NO_KIDS: readonly unknown[] = [0, 1, true, null, [], ['k1'], {}, { toString: 'k1' }, { kid: 'k1' }]

/** The key of a party under a kid. */
const named = (kid: string): { readonly [alg: string]: VerificationKey } => ({
  HS256: importSecret(material.secret, 'HS256', { kid }),
  RS256: importPublicKey(publicJwk(material.rsa), 'RS256', { kid }),
  ES256: importPublicKey(publicJwk(material.p256), 'ES256', { kid }),
})

function* kidAttempts(party: Party): Generator<Attempt> {
  const [k1, k2] = [named('k1')[party.alg], named('k2')[party.alg]]
  const byMap = new Map([['k1', k1]])
  const byObject: { readonly [kid: string]: unknown } = { k1 }
  const token = (kid: unknown) => issue(party, {}, { kid })
  const lookUps = {
    'a list': [k2, k1],
    'a Map': ({ kid }: { kid: string }) => byMap.get(kid),
    'an object': ({ kid }: { kid: string }) => byObject[kid],
    'a promise': async ({ kid }: { kid: string }) => byMap.get(kid),
  }
  for (const [how, keys] of Object.entries(lookUps)) {
    const verify = how === 'a promise' ? openSoon : openWith
    yield [`the kid of the key, in ${how}`, 'accepted', () => verify(token('k1'), keys, policyFor(party))]
    yield* each(`in ${how} the kid`, NO_KIDS, 'ERR_HEADER_INVALID', (kid) => verify(token(kid), keys, policyFor(party)))
    yield* each(
      `in ${how} the kid`,
      KIDS,
      // What every object has under such a name is no key, and the caller must hear of it.
      (kid) => (how === 'an object' && ({} as typeof byObject)[kid] !== undefined ? 'TypeError' : 'ERR_KEY_NOT_FOUND'),
      (kid) => verify(token(kid), keys, policyFor(party)),
    )
  }
}

/** Verifies with a key that is promised, which no Sync function can wait for. */
const openSoon: typeof openWith = (token, keys, policy) =>
  createVerifier(keys as never, policy as never).verify(token as string)

const NO_KEYS = [
  null,
  '',
  'secret',
  material.secret,
  false,
  0,
  1,
  {},
  [],
  [hs.key],
  new Uint8Array(0),
  Buffer.alloc(32, 1),
]

const OCT = { kty: 'oct', k: base64url(material.secret), alg: 'HS256' } as const

const USES = [undefined, 'sig', 'enc', '', 'SIG', null, ['sig']]
const KEY_OPS = [
  undefined,
  ['verify'],
  ['sign', 'verify'],
  ['sign'],
  ['encrypt'],
  [],
  'verify',
  ['verify', 'verify'],
  null,
]
const ALGS = ['right', undefined, 'wrong', '', null, ['right']]

function* useAttempts(party: Party, jwk: object): Generator<Attempt> {
  for (const [[use, keyOps], alg] of product(product(USES, KEY_OPS), ALGS)) {
    const given = alg === 'right' ? party.alg : alg === 'wrong' ? 'PS256' : alg
    const key = JSON.parse(JSON.stringify({ ...jwk, use, key_ops: keyOps, alg: given }))
    const fits =
      (use === undefined || use === 'sig') &&
      (keyOps === undefined || (Array.isArray(keyOps) && new Set(keyOps).size === keyOps.length)) &&
      (keyOps?.includes('verify') ?? true) &&
      (alg === undefined || alg === 'right')
    yield [
      `a JWK for ${party.alg} with ${JSON.stringify({ use, key_ops: keyOps, alg: given })}`,
      fits ? 'accepted' : 'TypeError',
      () =>
        openWith(
          issue(party),
          party === hs ? importSecret(key, 'HS256') : importPublicKey(key, party.alg as 'RS256'),
          policyFor(party),
        ),
    ]
  }
}

export const chosenKeys: readonly AttackClass[] = [
  {
    name: 'a key, a certificate or an address in the header is never used, nor fetched (CVE-2018-0114, CVE-2024-21643, CVE-2026-27962, CVE-2026-48522)',
    attempts: () =>
      parties.flatMap((party) => {
        const forgery = (header: object) => issue({ ...party, sign: party.attacker }, {}, header)
        return [
          ...each(`a token for ${party.alg} with`, offers(), 'accepted', (header) =>
            open(issue(party, {}, header), party),
          ),
          ...each(`a forgery for ${party.alg} with`, offers(), 'ERR_SIGNATURE', (header) =>
            open(forgery(header), party),
          ),
          ...each(`a forged JWS for ${party.alg} with`, offers(), 'ERR_SIGNATURE', (header) =>
            openJws(forgery(header), party),
          ),
          ...each(`no key for ${party.alg}, but`, offers(), 'TypeError', (header) =>
            openWith(forgery(header), undefined, policyFor(party)),
          ),
        ]
      }),
  },
  {
    name: 'a look-up that finds no key opens no token (CVE-2025-65945, CVE-2026-27962)',
    attempts: () =>
      parties.flatMap((party) => {
        const find = (found: unknown) => () => openWith(issue(party), () => found, policyFor(party))
        const findSoon = (found: unknown) => () => openSoon(issue(party), async () => found, policyFor(party))
        return [
          ...accepted({ [`a key for ${party.alg}`]: find(party.key), [`the promise of one`]: findSoon(party.key) }),
          ...expecting('ERR_KEY_NOT_FOUND', {
            undefined: find(undefined),
            'the promise of undefined': findSoon(undefined),
          }),
          ...each('a key function that returns', NO_KEYS, 'TypeError', (found) => find(found)()),
          ...each('a key function that promises', NO_KEYS, 'TypeError', (found) => findSoon(found)()),
          ...expecting('TypeError', {
            'a key function that returns a private key': find(importPrivateKey(material.rsa, 'RS256')),
          }),
        ]
      }),
  },
  {
    name: 'a kid is a name to compare, never a path, a query or a property (CVE-2021-41106, CVE-2025-65945)',
    attempts: () => parties.flatMap((party) => [...kidAttempts(party)]),
  },
  {
    name: 'two issuers that share a kid do not share a key (CVE-2025-59936)',
    attempts: () =>
      parties.flatMap((party) => {
        const key = named('k1')[party.alg]
        return [
          ...accepted({
            'the key of the issuer': () => openWith(issue(party, {}, { kid: 'k1' }), key, policyFor(party)),
          }),
          ...expecting('ERR_SIGNATURE', {
            'the key of another issuer, by the same kid': () =>
              openWith(issue({ ...party, sign: party.attacker }, {}, { kid: 'k1' }), key, policyFor(party)),
          }),
        ]
      }),
  },
  {
    name: 'private material is refused where a public key is wanted (aws-jwt-verify)',
    attempts: () =>
      [
        { party: rs, jwk: material.rsa },
        { party: es, jwk: material.p256 },
      ].flatMap(({ party, jwk }) => {
        const use = (source: unknown) =>
          openWith(issue(party), importPublicKey(source as never, party.alg as 'RS256'), policyFor(party))
        const pem = (label: 'pkcs8' | 'spki') =>
          (label === 'spki' ? publicOf(jwk) : privateOf(jwk)).export({ format: 'pem', type: label as 'pkcs8' })
        return [
          ...accepted({
            'a public JWK': () => use(publicJwk(jwk)),
            'a public PEM': () => use(pem('spki')),
            'a public KeyObject': () => use(publicOf(jwk)),
            'a public CryptoKey': async () => use(await webKeyOf(publicJwk(jwk), ['verify'])),
          }),
          ...expecting('TypeError', {
            'a private JWK': () => use(jwk),
            'a private PEM': () => use(pem('pkcs8')),
            'a private KeyObject': () => use(privateOf(jwk)),
            'a private CryptoKey': async () => use(await webKeyOf(jwk, ['sign'])),
            'a private key': () =>
              openWith(issue(party), importPrivateKey(jwk, party.alg as 'RS256'), policyFor(party)),
          }),
          ...each('a public JWK with', ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'], 'TypeError', (member) =>
            use({ ...publicJwk(jwk), [member]: '' }),
          ),
        ]
      }),
  },
  {
    name: 'the use, key_ops and alg of a JWK hold, in every combination (aws-jwt-verify)',
    attempts: () => [
      ...useAttempts(hs, { kty: 'oct', k: base64url(material.secret) }),
      ...useAttempts(es, publicJwk(material.p256)),
      ...accepted({
        'a secret that may only verify verifies': () =>
          openWith(issue(hs), importSecret({ ...OCT, key_ops: ['verify'] }), policyFor(hs)),
        'a secret that may only sign signs': () =>
          sign({}, importSecret({ ...OCT, key_ops: ['sign'] }), { expiresIn: 1 }),
      }),
      ...expecting('TypeError', {
        'a secret that may only verify signs': () =>
          sign({}, importSecret({ ...OCT, key_ops: ['verify'] }), { expiresIn: 1 }),
        'a secret that may only sign verifies': () =>
          openWith(issue(hs), importSecret({ ...OCT, key_ops: ['sign'] }), policyFor(hs)),
        'a public key signs': () => sign({}, rs.key as never, { expiresIn: 1 }),
        'a private key for encryption signs': () =>
          sign({}, importPrivateKey({ ...material.p256, use: 'enc' }, 'ES256'), { expiresIn: 1 }),
        'a CryptoKey that may only sign verifies': async () =>
          openWith(issue(hs), importSecret(await webKeyOf(OCT, ['sign']), 'HS256'), policyFor(hs)),
        'a CryptoKey that may only verify signs': async () =>
          sign({}, importSecret(await webKeyOf(OCT, ['verify']), 'HS256'), { expiresIn: 1 }),
      }),
    ],
  },
]
