// Objects that answer for others, or answer twice.
import assert from 'node:assert/strict'
import { createSigner, createVerifier, importPrivateKey, importPublicKey, importSecret, type Algorithm } from 'tittle'
import { decode } from 'tittle/decode'
import { verifyJws } from 'tittle/jws'
import { accepted, expecting, resultOf, type Attempt, type AttackClass, type Result } from './attack.ts'
import {
  base64url,
  CLAIMS,
  es,
  forge,
  hs,
  issue,
  material,
  NOW,
  open,
  openJws,
  openWith,
  policyFor,
  publicJwk,
  rs,
  type Options,
  type Party,
} from './forge.ts'

// What an attacker would have every object say, if he could.
const MEMBERS: Options = {
  algorithms: ['HS256'],
  issuer: null,
  audience: null,
  subject: CLAIMS.sub,
  typ: ['at+jwt'],
  expiry: 'optional',
  maxAge: 1,
  maxLifetime: 1,
  clockTolerance: 300,
  requiredClaims: ['polluted'],
  crit: ['x'],
  schema: { '~standard': { version: 1, vendor: 'attacker', validate: (value: unknown) => ({ value }) } },
  maxTokenLength: 10,
  now: () => 0,
  payload: 'polluted',
  detached: true,
  expiresIn: null,
  notBefore: 5000,
  jti: 'polluted',
  header: { polluted: true },
  encoding: 'hex',
  iss: CLAIMS.iss,
  aud: CLAIMS.aud,
  sub: 'polluted',
  exp: NOW + 900,
  nbf: NOW + 900,
  iat: 0,
  kid: 'polluted',
  cty: 5,
  b64: false,
  enc: 'A128GCM',
  jwk: publicJwk(material.p256OfAttacker),
  x: 'polluted',
  kty: 'oct',
  k: base64url(material.secret),
  oth: [],
  crv: 'P-384',
  claims: { ...CLAIMS, admin: true },
  ok: true,
  error: undefined,
  failures: [],
  code: 'polluted',
  claim: 'polluted',
  cause: 'polluted',
  value: 'polluted',
  issues: undefined,
  key: hs.key,
  role: 'secret',
  handle: { sign: () => '', verify: () => true },
  known: new Map(),
  then: 'polluted',
}

// What the platforms read of a JWK, through a copy of theirs that inherits it: they may refuse the key, and no more.
const JWK_MEMBERS: Options = { alg: 'none', d: 'polluted', use: 'enc', key_ops: [], ext: false }

// What node:crypto and WebCrypto read of the objects that they are given.
const PLATFORM_MEMBERS: Options = {
  type: 'secret',
  format: 'polluted',
  name: 'polluted',
  padding: 3,
  dsaEncoding: 'der',
  saltLength: 1,
  passphrase: 'polluted',
  hash: 'SHA-512',
  namedCurve: 'P-384',
  modulusLength: 1024,
  publicExponent: Uint8Array.of(1),
  extractable: false,
  usages: ['sign', 'verify'],
}

/** Runs while every object inherits a member. */
async function polluted(name: string, value: unknown, run: () => unknown): Promise<Result> {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: true })
  try {
    return await resultOf(run)
  } finally {
    delete (Object.prototype as { [name: string]: unknown })[name]
  }
}

const octJwk = { kty: 'oct', k: base64url(material.secret) }

const read = (token: string) => decode(token).unverified

/** What must come out of the library, whatever every object inherits. */
function bench(party: Party): readonly Attempt[] {
  const token = (claims?: object, header?: object) => issue(party, claims, header)
  const tokens = {
    good: token(),
    forged: issue({ ...party, sign: party.attacker }),
    none: forge({ alg: 'none' }, CLAIMS, () => Buffer.alloc(0)),
    expired: token({ exp: NOW - 1 }),
    endless: token({ exp: undefined }),
    foreign: token({ iss: 'https://attacker.example' }),
    other: token({ aud: 'other' }),
    nobody: token({ iss: undefined, aud: undefined }),
    critical: token({}, { crit: ['x'], x: 1 }),
    typed: token({}, { typ: 'at+jwt' }),
  }
  const { algorithms: _, ...unlisted } = policyFor(party)
  const { issuer: __, ...open2all } = policyFor(party)
  const judge = (token: string) => async () => {
    const { header, claims } = (await open(token, party)) as { header: object; claims: object }
    return { header, claims }
  }
  const judgeJws = (token: string) => async () => {
    const { header, payload } = (await openJws(token, party)) as { header: object; payload: Uint8Array }
    return { header, payload: String(payload) }
  }
  return [
    ...accepted({
      'a good token': judge(tokens.good),
      'a good JWS': judgeJws(tokens.good),
      'a token without exp as a JWS': judgeJws(tokens.endless),
    }),
    ...expecting('ERR_SIGNATURE', { 'a forged token': judge(tokens.forged), 'a forged JWS': judgeJws(tokens.forged) }),
    ...expecting('ERR_ALGORITHM', {
      'an unsigned token': judge(tokens.none),
      'an unsigned JWS': judgeJws(tokens.none),
    }),
    ...expecting('ERR_EXPIRED', { 'an expired token': judge(tokens.expired) }),
    ...expecting('ERR_CLAIM_MISSING', {
      'a token without exp': judge(tokens.endless),
      'a token without iss and aud': judge(tokens.nobody),
    }),
    ...expecting('ERR_CLAIM_VALUE', {
      'a token of another issuer': judge(tokens.foreign),
      'a token for another audience': judge(tokens.other),
    }),
    ...expecting('ERR_HEADER_CRITICAL', {
      'a critical extension': judge(tokens.critical),
      'a critical extension of a JWS': judgeJws(tokens.critical),
    }),
    ...expecting('ERR_HEADER_TYPE', { 'another type': judge(tokens.typed) }),
    ...expecting('ERR_KEY_NOT_FOUND', { 'no key': () => openWith(tokens.good, () => undefined, policyFor(party)) }),
    ...expecting('TypeError', {
      'a policy without an allowlist': () => openWith(tokens.good, party.key, unlisted),
      'a policy without an issuer': () => openWith(tokens.good, party.key, open2all),
      'a JWS without an allowlist': () => verifyJws(tokens.good, party.key, {} as never),
      'a key that is an empty object': () => createVerifier({} as never, policyFor(party) as never),
    }),
  ]
}

/** What must become of keys, whatever every object inherits. */
function keyBench(): readonly Attempt[] {
  const [hsToken, rsToken, esToken] = [issue(hs), issue(rs), issue(es)]
  const [rsForgery, esForgery] = [issue({ ...rs, sign: rs.attacker }), issue({ ...es, sign: es.attacker })]
  const judge = async (token: string, key: unknown, party: Party) => {
    const { claims } = (await openWith(token, key, policyFor(party))) as { claims: object }
    return claims
  }
  const signed = async (key: unknown) => {
    const signer = createSigner(key as never, { expiresIn: 60, now: () => NOW })
    return read(await signer.sign({ role: 'user', list: [{}] } as object))
  }
  return [
    ...accepted({
      'a secret': () => judge(hsToken, importSecret(material.secret, 'HS256'), hs),
      'an oct JWK': () => judge(hsToken, importSecret(octJwk, 'HS256'), hs),
      'an RSA JWK': () => judge(rsToken, importPublicKey(publicJwk(material.rsa), 'RS256'), rs),
      'an EC JWK': () => judge(esToken, importPublicKey(publicJwk(material.p256), 'ES256'), es),
      'what a secret signs': () => signed(importSecret(material.secret, 'HS256')),
      'what an RSA key signs': () => signed(importPrivateKey(material.rsa, 'RS256')),
      'what an EC key signs': () => signed(importPrivateKey(material.p256, 'ES256')),
    }),
    ...expecting('ERR_SIGNATURE', {
      'a forgery under an RSA JWK': () => judge(rsForgery, importPublicKey(publicJwk(material.rsa), 'RS256'), rs),
      'a forgery under an EC JWK': () => judge(esForgery, importPublicKey(publicJwk(material.p256), 'ES256'), es),
    }),
    ...expecting('TypeError', {
      'a JWK without alg': () => importPublicKey(publicJwk(material.rsa)),
      'a JWK without kty': () => importSecret({ k: octJwk.k }, 'HS256'),
      'an empty JWK': () => importSecret({}, 'HS256'),
      'a weak secret': () => importSecret('weak', 'HS256'),
      'a weak RSA key': () => judge(rsToken, importPublicKey(publicJwk(material.rsa1024), 'RS256'), rs),
      'a lifetime that nobody names': () =>
        createSigner(importSecret(material.secret, 'HS256'), {} as never).sign({} as never),
    }),
  ]
}

function* pollutedAttempts(attempts: readonly Attempt[], members: Options): Generator<Attempt> {
  for (const [what, outcome, run] of attempts) {
    const clean = resultOf(run)
    yield [what, outcome, run]
    for (const [name, value] of Object.entries(members)) {
      yield [
        `${what}, where every object inherits "${name}"`,
        outcome,
        async () => {
          const expected = await clean
          const result = await polluted(name, value, run)
          const isRefusedByPlatform = name in JWK_MEMBERS && result.outcome === 'TypeError'
          const { error, value: verified } = isRefusedByPlatform ? expected : result
          if (error !== undefined) throw error
          if (outcome === 'accepted') assert.equal(JSON.stringify(verified), JSON.stringify(expected.value))
        },
      ]
    }
  }
}

/** An object whose member answers rightly once, and later as the attacker wants. */
function fickle(object: Options, member: string, later: unknown): Options {
  let reads = 0
  const first = object[member]
  return Object.defineProperty({ ...object }, member, { get: () => (reads++ === 0 ? first : later), enumerable: true })
}

interface Fickle {
  readonly member: string
  readonly first: unknown
  readonly later: unknown
  readonly claims?: object
  readonly header?: object
  readonly outcome: Attempt[1]
}

const FICKLE: readonly Fickle[] = [
  { member: 'algorithms', first: ['HS256'], later: ['none'], header: { alg: 'none' }, outcome: 'ERR_ALGORITHM' },
  {
    member: 'issuer',
    first: CLAIMS.iss,
    later: null,
    claims: { iss: 'https://attacker.example' },
    outcome: 'ERR_CLAIM_VALUE',
  },
  { member: 'audience', first: CLAIMS.aud, later: null, claims: { aud: 'other' }, outcome: 'ERR_CLAIM_VALUE' },
  { member: 'subject', first: CLAIMS.sub, later: undefined, claims: { sub: 'mallory' }, outcome: 'ERR_CLAIM_VALUE' },
  { member: 'typ', first: 'JWT', later: 'at+jwt', header: { typ: 'at+jwt' }, outcome: 'ERR_HEADER_TYPE' },
  { member: 'expiry', first: 'required', later: 'optional', claims: { exp: undefined }, outcome: 'ERR_CLAIM_MISSING' },
  { member: 'maxAge', first: 60, later: 9999, claims: { iat: NOW - 99 }, outcome: 'ERR_TOO_OLD' },
  { member: 'maxLifetime', first: 900, later: 9999, claims: { exp: NOW + 901 }, outcome: 'ERR_CLAIM_VALUE' },
  { member: 'clockTolerance', first: 0, later: 300, claims: { exp: NOW - 9 }, outcome: 'ERR_EXPIRED' },
  {
    member: 'requiredClaims',
    first: ['iat'],
    later: undefined,
    claims: { iat: undefined },
    outcome: 'ERR_CLAIM_MISSING',
  },
  { member: 'crit', first: ['y'], later: ['x'], header: { crit: ['x'], x: 1 }, outcome: 'ERR_HEADER_CRITICAL' },
  {
    member: 'maxTokenLength',
    first: 500,
    later: 50_000,
    claims: { filler: 'x'.repeat(500) },
    outcome: 'ERR_TOKEN_TOO_LONG',
  },
  { member: 'now', first: () => NOW, later: () => 0, claims: { exp: NOW - 9 }, outcome: 'ERR_EXPIRED' },
]

/** A verifier whose policy answers differently when it is read again. */
function* fickleAttempts(): Generator<Attempt> {
  for (const { member, first, later, claims, header, outcome } of FICKLE) {
    const good = issue(hs, {}, member === 'typ' ? { typ: 'JWT' } : {})
    const bad = issue(hs, claims, header)
    const policy = { ...policyFor(hs), [member]: first }
    const make = (given: Options) => createVerifier(hs.key, given as never)
    yield [
      `a good token, ${member} being read once`,
      'accepted',
      () => make(fickle(policy, member, later)).verify(good),
    ]
    yield [`a bad token, ${member} being read once`, outcome, () => make(fickle(policy, member, later)).verify(bad)]
    yield [
      `a bad token, ${member} being changed afterwards`,
      outcome,
      () => {
        const given = { ...policy }
        const verifier = make(given)
        Object.assign(given, { [member]: later })
        return verifier.verify(bad)
      },
    ]
    if (Array.isArray(first)) {
      yield [
        `a bad token, the list of ${member} being changed afterwards`,
        outcome,
        () => {
          const list = [...first]
          const verifier = make({ ...policy, [member]: list })
          list.splice(0, 1, ...((later as unknown[] | undefined) ?? []))
          return verifier.verify(bad)
        },
      ]
    }
  }
}

export const pollution: readonly AttackClass[] = [
  {
    name: 'what every object inherits changes no verdict (prototype pollution)',
    attempts: () => pollutedAttempts(bench(hs), { ...MEMBERS, ...JWK_MEMBERS }),
  },
  {
    name: 'what every object inherits changes no key and no token that is signed (prototype pollution)',
    attempts: () => pollutedAttempts(keyBench(), { ...MEMBERS, ...JWK_MEMBERS }),
  },
  {
    name: 'what every object inherits reaches no cryptography beneath (prototype pollution)',
    attempts: () => pollutedAttempts([...bench(rs), ...bench(es), ...keyBench()], PLATFORM_MEMBERS),
  },
  {
    name: 'a policy is read once, when the verifier is made (time of check, time of use)',
    attempts: () => [
      ...fickleAttempts(),
      ...accepted({
        'keys of a list that is emptied afterwards': () => {
          const keys = [hs.key]
          const { verify } = createVerifier(keys, policyFor(hs) as never)
          keys.length = 0
          return verify(issue(hs))
        },
      }),
      ...expecting('ERR_SIGNATURE', {
        'keys of a list that grows afterwards': () => {
          const keys = [hs.key]
          const { verify } = createVerifier(keys, policyFor(hs) as never)
          keys.push(importSecret(material.secretOfAttacker, 'HS256'))
          return verify(issue({ ...hs, sign: hs.attacker }))
        },
      }),
      ...expecting('ERR_HEADER_CRITICAL', {
        'a JWS whose crit is read once': () =>
          verifyJws(
            issue(hs, {}, { crit: ['x'], x: 1 }),
            hs.key,
            fickle({ algorithms: ['HS256'], crit: ['y'] }, 'crit', ['x']) as { algorithms: Algorithm[] },
          ),
      }),
    ],
  },
  {
    name: 'a JWK, claims and options are what they were when they were checked (time of check, time of use)',
    attempts: () => {
      const key = importSecret(material.secret, 'HS256')
      const claimsOf = async (claims: object) => read(await createSigner(key, { expiresIn: 60 }).sign(claims)).claims
      return [
        ...accepted({
          'a claim that is read once': async () =>
            assert.equal((await claimsOf(fickle({ role: 'user' }, 'role', 'admin')))['role'], 'user'),
          'a claim inside of another that is read once': async () =>
            assert.deepEqual((await claimsOf({ a: fickle({ role: 'user' }, 'role', 'admin') }))['a'], { role: 'user' }),
          'a claim inside of another that is there once': async () =>
            assert.deepEqual((await claimsOf({ a: fickle({ role: 'user' }, 'role', undefined) }))['a'], {
              role: 'user',
            }),
          'a JWK whose kty is read once': () => openWith(issue(rs), importFickle('kty', 'oct'), policyFor(rs)),
          'a JWK whose n is read once': () => openWith(issue(rs), importFickle('n', 'AA'), policyFor(rs)),
          'a JWK whose alg is read once': () => openWith(issue(rs), importFickle('alg', 'HS256'), policyFor(rs)),
          'a JWK whose d is read once': () => openWith(issue(rs), importFickle('d', 'AA'), policyFor(rs)),
        }),
        ...expecting('TypeError', {
          'a claim of the wrong type at first': () => claimsOf(fickle({ sub: 5 }, 'sub', 'alice')),
          'a JWK that is private at first': () => importFickle('d', undefined, { d: 'AA' }),
        }),
      ]
    },
  },
]

/** The RSA key as a JWK of which a member is another when it is read again. */
function importFickle(member: string, later: unknown, members: object = {}) {
  const jwk = fickle({ ...publicJwk(material.rsa), alg: 'RS256', ...members }, member, later)
  return importPublicKey(jwk as { alg: 'RS256' })
}
