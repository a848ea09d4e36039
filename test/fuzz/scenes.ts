// The valid tokens that are mutated, each with the policy that it satisfies.
import type { VerifierPolicy } from 'tittle'
import { materials, strangers, type FuzzAlgorithm, type Material } from './material.ts'

/** The time that it is. */
export const NOW = 1_800_000_000
export const MAX_TOKEN_LENGTH = 16_384

/** What a policy of a scene may say; the model knows no more. */
export type ScenePolicy = Pick<
  VerifierPolicy,
  'subject' | 'typ' | 'expiry' | 'maxAge' | 'maxLifetime' | 'clockTolerance' | 'requiredClaims' | 'crit'
> & { readonly issuer: readonly string[] | null; readonly audience: readonly string[] | null }

/** A valid token, what it says, what is wanted of it, and the keys, of which the last is its own. */
export interface Scene {
  readonly name: string
  readonly weight: number
  readonly material: Material
  readonly keys: readonly { readonly kid: string | undefined; readonly material: Material }[]
  /** How the keys are handed to the verifier. */
  readonly given: 'key' | 'list' | 'set' | 'function'
  readonly policy: ScenePolicy
  /** The JSON of the token. */
  readonly header: string
  readonly payload: string
  readonly token: string
}

const ISSUER = 'https://issuer.example'
const AUDIENCE = 'https://api.example'
const times = { iat: NOW - 60, exp: NOW + 600 }

interface Plan extends Pick<Scene, 'given' | 'policy'> {
  readonly name: string
  readonly header: object
  readonly claims: object
  readonly kids: readonly (string | undefined)[]
}

const plans: readonly Plan[] = [
  {
    name: 'plain',
    given: 'key',
    kids: [undefined],
    header: { typ: 'JWT' },
    claims: { iss: ISSUER, sub: 'alice', aud: AUDIENCE, ...times },
    policy: { issuer: [ISSUER], audience: [AUDIENCE] },
  },
  {
    name: 'strict',
    given: 'list',
    kids: ['2026-10', '2026-11'],
    header: { kid: '2026-11', typ: 'at+jwt' },
    claims: { iss: ISSUER, sub: 'al\u00efce \u{1f600}', aud: ['x', AUDIENCE], jti: 'a1', nbf: NOW - 60, ...times },
    policy: {
      issuer: ['https://other.example', ISSUER],
      audience: [AUDIENCE, 'api'],
      subject: 'al\u00efce \u{1f600}',
      typ: ['at+jwt', 'application/jwt'],
      clockTolerance: 30,
      maxAge: 3600,
      maxLifetime: '15m',
      requiredClaims: ['jti', 'nbf'],
    },
  },
  {
    name: 'lax',
    given: 'set',
    kids: [undefined],
    header: { crit: ['urn:ext'], 'urn:ext': { a: [1, null, true] }, kid: 'any' },
    claims: {
      roles: ['admin', { of: ['a', 'b'] }],
      amount: 1.5e-7,
      none: null,
      '': '',
      'q"\\\n': '\u2028',
      deep: [[[{}]]],
    },
    policy: { issuer: null, audience: null, expiry: 'optional', crit: ['urn:ext', 'urn:more'] },
  },
  {
    name: 'chosen',
    given: 'function',
    kids: ['by-name'],
    header: { kid: 'by-name' },
    claims: { sub: 'alice', exp: NOW + 1 },
    policy: { issuer: null, audience: null },
  },
]

const stranger = (alg: FuzzAlgorithm): Material => strangers.get(alg) as Material

/** The scenes: each plan with each algorithm. */
export const scenes: readonly Scene[] = materials.flatMap((material) =>
  plans.map((plan): Scene => {
    const header = JSON.stringify({ alg: material.alg, ...plan.header })
    const payload = JSON.stringify(plan.claims)
    return {
      name: `${material.alg} ${plan.name}`,
      weight: material.weight,
      material,
      given: plan.given,
      policy: plan.policy,
      keys: plan.kids.map((kid, i) => ({
        kid,
        material: i === plan.kids.length - 1 ? material : stranger(material.alg),
      })),
      header,
      payload,
      token: seal(header, payload, material),
    }
  }),
)

/** Signs octets, or text as its UTF-8 octets, whatever they are. */
export function seal(header: string | Buffer, payload: string | Buffer, { sign }: Pick<Material, 'sign'>): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${encode(sign(input))}`
}

/** Spells octets, or text as its UTF-8 octets, as base64url. */
export function encode(content: string | Buffer): string {
  return (typeof content === 'string' ? Buffer.from(content) : content).toString('base64url')
}
