// Claims under policies, by tokens that are signed and verified as an application does it.
import {
  createVerifier,
  importPrivateKey,
  importPublicKey,
  importSecret,
  sign,
  verify,
  verifySync,
  type ClaimsPolicy,
  type SigningKey,
  type VerificationKey,
} from 'tittle'
import { signJws } from 'tittle/jws'
import { isCrash } from '../../attacks/attack.ts'
import { accepted, now, refused } from '../../fixtures/claims.ts'
import formats from '../../fixtures/formats.json'
import { expectSame, type Case, type Suite } from './case.ts'
import { platform } from './platform.ts'

type Claims = { readonly [claim: string]: unknown }

interface Party {
  readonly alg: 'HS256' | 'ES256'
  readonly signer: () => SigningKey
  readonly verifier: () => VerificationKey
}

const secret = () => importSecret('a secret of the claims, of 40 octets ...', 'HS256')
const { p256 } = formats.keys

const parties: readonly Party[] = [
  { alg: 'HS256', signer: secret, verifier: secret },
  {
    alg: 'ES256',
    signer: () => importPrivateKey(p256.private.jwk, 'ES256'),
    verifier: () => importPublicKey(p256.public.jwk, 'ES256'),
  },
]

const lenient = { issuer: null, audience: null, expiry: 'optional', now: () => now } as const

/** Every way to verify must tell the same failures. */
async function failuresOf(party: Party, claims: Claims, policy: Partial<ClaimsPolicy> = {}): Promise<string[]> {
  // As a JWS, for `sign` would refuse to sign some of them.
  const token = await signJws(JSON.stringify(claims), party.signer(), { header: { typ: 'JWT' } })
  const whole = { ...lenient, ...policy, algorithms: [party.alg] } as never
  const result = await createVerifier(party.verifier(), whole).check(token)
  const failures = result.ok ? [] : result.failures.map(({ code, claim }) => `${code} ${claim}`)
  const first = failures[0]?.split(' ', 1)[0] ?? 'accepted'
  expectSame(await codeOf(() => verify(token, party.verifier(), whole)), first)
  if (platform() === 'node:crypto') expectSame(await codeOf(() => verifySync(token, party.verifier(), whole)), first)
  return failures
}

async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

type Row = readonly [
  name: string,
  failures: readonly string[],
  claims: Claims,
  policy?: Partial<ClaimsPolicy> | undefined,
]

const NOT_STRINGS = [null, true, 12345, {}, ['received-value'], []]
const TYPES: { readonly [claim: string]: readonly unknown[] } = {
  iss: NOT_STRINGS,
  sub: NOT_STRINGS,
  jti: NOT_STRINGS,
  aud: [null, true, 12345, {}, [], [null], ['a', 12345], [['a']], { 0: 'a', length: 1 }],
  exp: [null, true, {}, [], '1900000000', '', [1_900_000_000]],
  nbf: [null, true, {}, [], '1700000000', '', [1_700_000_000]],
  iat: [null, true, {}, [], '1700000000', '', [1_700_000_000]],
}
const NO_DATES = [-1, -0.5, 253_402_300_800, 1_000_000_000_000, now * 1000, 2 ** 53, 1e300]

const rows: readonly Row[] = [
  ...accepted.map(([name, claims, policy]): Row => [`accepted where ${name}`, [], claims, policy]),
  ...refused.map(([name, failure, claims, policy]): Row => [`refused where ${name}`, [failure], claims, policy]),
  ...Object.entries(TYPES).flatMap(([claim, values]) =>
    values.map((value): Row => [
      `refused where ${claim} is ${JSON.stringify(value)}`,
      [`ERR_CLAIM_TYPE ${claim}`],
      { [claim]: value },
    ]),
  ),
  ...['exp', 'nbf', 'iat'].flatMap((claim) =>
    NO_DATES.map((value): Row => [
      `refused where ${claim} is ${value}`,
      [`ERR_CLAIM_VALUE ${claim}`],
      { [claim]: value },
    ]),
  ),
  [
    'all failures in the order of types, absence, values and time',
    [
      'ERR_CLAIM_VALUE exp',
      'ERR_CLAIM_TYPE jti',
      'ERR_CLAIM_MISSING role',
      'ERR_CLAIM_VALUE iss',
      'ERR_CLAIM_VALUE aud',
      'ERR_CLAIM_VALUE sub',
      'ERR_NOT_YET_VALID nbf',
      'ERR_NOT_YET_VALID iat',
    ],
    { iss: 'b', aud: 'b', sub: 'b', jti: 5, nbf: now + 1, iat: now + 2, exp: -1 },
    { issuer: 'a', audience: 'a', subject: 'alice', requiredClaims: ['role'] },
  ],
]

const toCase = (party: Party, [name, failures, claims, policy]: Row): Case => ({
  name: `${party.alg}, ${name}`,
  run: async () => expectSame(await failuresOf(party, claims, policy), failures),
})

/** Claims that `sign` must refuse, as JSON would change or drop them, or as they contradict its options. */
const UNSIGNED: readonly (readonly [name: string, claims: Claims])[] = [
  ['NaN', { x: Number.NaN }],
  ['Infinity', { x: [Number.POSITIVE_INFINITY] }],
  ['a function', { x: () => 1 }],
  ['a bigint', { x: 1n }],
  ['a Map', { x: new Map() }],
  ['a sub that is no string', { sub: 5 }],
  ['another iss than the option', { iss: 'https://other.example' }],
]

const refusals: readonly Case[] = UNSIGNED.map(([name, claims]) => ({
  name: `not signed: ${name}`,
  run: async () => {
    const signed = sign(claims as never, secret(), { expiresIn: 60, issuer: 'https://issuer.example' } as never)
    await signed.then(
      () => Promise.reject(new Error('it was signed')),
      (error) => expectSame(isCrash(error), false),
    )
  },
}))

export const claims: Suite = {
  cases: () => [...parties.flatMap((party) => rows.map((row) => toCase(party, row))), ...refusals],
  straws: () =>
    parties.flatMap((party) => [
      toCase(party, ['a straw: expired claims are accepted', [], { exp: now }]),
      toCase(party, ['a straw: good claims have expired', ['ERR_EXPIRED exp'], { exp: now + 1 }]),
      toCase(party, ['a straw: another code', ['ERR_CLAIM_TYPE iss'], { iss: 'b' }, { issuer: 'a' }]),
    ]),
}
