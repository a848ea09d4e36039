import { describe, expectTypeOf, test } from 'vitest'
import { createSigner, createVerifier, sign, signSync, verify, verifySync } from 'tittle'
import type {
  Algorithm,
  AsymmetricAlgorithm,
  CheckResult,
  JwsHeader,
  JwtError,
  Key,
  PrivateKey,
  PublicKey,
  SecretKey,
  SigningKey,
  StandardSchema,
  UnverifiedHeader,
  VerificationKey,
  VerificationKeys,
  VerifiedClaims,
  VerifiedJwt,
  VerifyPolicy,
} from 'tittle'
import { decode, secondsUntilExpiry, type DecodedJwt } from 'tittle/decode'
import type { KeySet } from 'tittle/jwks'
import { signJws, verifyJws, verifyJwsSync, type VerifiedJws } from 'tittle/jws'

declare const token: string
declare const hs256: SecretKey<'HS256'>
declare const rs256: PublicKey<'RS256'>
declare const es256: PublicKey<'ES256'>
declare const anyPublic: PublicKey
declare const anyKey: VerificationKey
declare const privateKey: PrivateKey<'RS256'>
declare const anyKeys: VerificationKeys
declare const anyAlgorithms: readonly Algorithm[]

const unchecked = { issuer: null, audience: null } as const

describe('the algorithm of the key must be on the allowlist', () => {
  test('a key of another algorithm does not compile', () => {
    // @ts-expect-error -- RFC 8725 §2.1: an RSA key must never be taken for a secret.
    void verify(token, rs256, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, hs256, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, es256, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    verifySync(token, rs256, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, anyPublic, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, [es256], { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, [es256, rs256], { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error -- the same numbers, another padding.
    void verify(token, rs256, { algorithms: ['PS256', 'RS384'], issuer: null, audience: null })
    // @ts-expect-error -- the same signature, another name.
    void verify(token, {} as PublicKey<'Ed25519'>, { algorithms: ['EdDSA'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, () => rs256, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, async () => rs256, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['HS256'] as const, ...unchecked })
  })

  test('a key of one of them does', () => {
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, hs256, { algorithms: ['HS256'], issuer: null, audience: null })
    void verify(token, rs256, { algorithms: ['ES256', 'RS256'], issuer: null, audience: null })
    verifySync(token, es256, { algorithms: ['ES256', 'RS256'], issuer: null, audience: null })
    createVerifier(es256, { algorithms: ['ES256'] as const, ...unchecked })
  })

  test('a key that is typed broadly does', () => {
    void verify(token, anyPublic, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, anyPublic, { algorithms: ['RS256', 'ES256'], issuer: null, audience: null })
    void verify(token, anyKey, { algorithms: ['HS256'], issuer: null, audience: null })
    void verify(token, anyKeys, { algorithms: ['HS256'], issuer: null, audience: null })
    createVerifier(anyKeys, { algorithms: ['ES256'], issuer: null, audience: null })
  })

  test('an allowlist that is typed broadly does', () => {
    void verify(token, rs256, { algorithms: anyAlgorithms, issuer: null, audience: null })
    void verify(token, [hs256], { algorithms: anyAlgorithms, issuer: null, audience: null })
    void verify(token, anyKeys, { algorithms: anyAlgorithms, issuer: null, audience: null })
  })

  test('several keys do, if one of them fits', () => {
    void verify(token, [rs256, es256], { algorithms: ['RS256', 'ES256'], issuer: null, audience: null })
    void verify(token, [rs256, rs256] as const, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, [anyPublic], { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, [anyKey] as readonly VerificationKey[], {
      algorithms: ['RS256'],
      issuer: null,
      audience: null,
    })
  })

  test('a key function does, which may take its time and may find nothing', () => {
    void verify(token, () => rs256, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, async () => rs256, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, async () => undefined, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, async () => anyKey, { algorithms: ['RS256'], issuer: null, audience: null })
    void verify(token, ({ kid }) => (kid === 'a' ? rs256 : undefined), {
      algorithms: ['RS256', 'ES256'],
      issuer: null,
      audience: null,
    })
    void verify(
      token,
      (header) => {
        expectTypeOf(header).toEqualTypeOf<UnverifiedHeader>()
        return es256
      },
      { algorithms: ['ES256'], issuer: null, audience: null },
    )
  })
})

describe('a key set', () => {
  test('does for any allowlist, for its keys are not known', () => {
    const keySet = {} as KeySet
    void verify(token, keySet, { algorithms: ['RS256'], issuer: null, audience: null })
    verifySync(token, keySet, { algorithms: anyAlgorithms, issuer: null, audience: null })
    createVerifier(keySet, { algorithms: ['ML-DSA-44', 'EdDSA'], issuer: null, audience: null })
    void verifyJws(token, keySet, { algorithms: ['HS512'] })
    expectTypeOf<KeySet>().toExtend<VerificationKeys>()
  })

  test('may be one’s own, at once or in time, by a class too', () => {
    class Keys implements KeySet {
      readonly candidates = async (header: UnverifiedHeader) => (header.kid === 'a' ? [rs256] : [])
    }
    void verify(token, new Keys(), { algorithms: ['RS256'], issuer: null, audience: null })
    const own = {
      candidates: (header: UnverifiedHeader) => {
        expectTypeOf(header.kid).toEqualTypeOf<string | undefined>()
        return [es256, rs256]
      },
    }
    void verify(token, own, { algorithms: ['RS256'], issuer: null, audience: null })
    expectTypeOf(own).toExtend<KeySet>()
  })

  test('answers by an array of keys that verify', () => {
    const one = { candidates: () => rs256 }
    const none = { candidates: () => undefined }
    const signing = { candidates: async () => [privateKey] }
    // @ts-expect-error
    void verify(token, one, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, none, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, signing, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verifyJws(token, one, { algorithms: ['RS256'] })
  })
})

describe('a key must be one that verifies', () => {
  test('what is none does not compile', () => {
    // @ts-expect-error
    void verify(token, privateKey, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, [privateKey], { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, () => privateKey, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    createVerifier(privateKey, { algorithms: ['RS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, 'a secret as text', { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, { kty: 'oct', k: 'AAAA' }, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, undefined, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, () => null, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    void verifyJws(token, privateKey, { algorithms: ['RS256'] })
    // @ts-expect-error
    verifyJwsSync(token, 'a secret as text', { algorithms: ['HS256'] })
  })

  test('and one made by hand is none', () => {
    const made = { alg: 'HS256', kid: undefined, role: 'secret' } as const
    // @ts-expect-error
    void verify(token, made, { algorithms: ['HS256'], issuer: null, audience: null })
    // @ts-expect-error
    expectTypeOf(made).toExtend<Key>()
  })

  test('and one that signs is none that verifies, and the other way round', () => {
    expectTypeOf(privateKey).toExtend<SigningKey>()
    expectTypeOf(privateKey).not.toExtend<VerificationKey>()
    expectTypeOf(rs256).toExtend<VerificationKey>()
    expectTypeOf(rs256).not.toExtend<SigningKey>()
    expectTypeOf(hs256).toExtend<VerificationKey>()
    expectTypeOf(hs256).toExtend<SigningKey>()
    expectTypeOf(rs256).not.toExtend<PublicKey<'ES256'>>()
    expectTypeOf(rs256).toExtend<PublicKey>()
  })
})

describe('the policy', () => {
  test('must speak of algorithms, issuer and audience', () => {
    // @ts-expect-error
    void verify(token, rs256)
    // @ts-expect-error
    void verify(token, rs256, {})
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'] })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], audience: null })
    // @ts-expect-error
    void verify(token, rs256, { issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: undefined, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: undefined })
    // @ts-expect-error
    void verifyJws(token, rs256, {})
  })

  test('has no members but its own', () => {
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, audiance: 'api' })
    // @ts-expect-error
    verifySync(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, ignoreExpiration: true })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, exp: false })
    // @ts-expect-error
    void verifyJws(token, rs256, { algorithms: ['RS256'], issuer: null })
  })

  test('has members of the right types', () => {
    // @ts-expect-error
    void verify(token, rs256, { algorithms: 'RS256', issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['none'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['rs256'], issuer: null, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: 5, audience: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: /api/ })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, expiry: 'never' })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, subject: null })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, now: new Date() })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, schema: {} })
    // @ts-expect-error
    void verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, requiredClaims: [5] })
  })

  test('takes all that it documents', () => {
    createVerifier(rs256, {
      algorithms: ['RS256'],
      issuer: ['https://a.example', 'https://b.example'] as const,
      audience: 'api',
      subject: 'alice',
      typ: ['JWT', 'at+jwt'],
      expiry: 'optional',
      maxAge: '8h',
      maxLifetime: 3600,
      clockTolerance: '30s',
      requiredClaims: ['sub'],
      crit: ['x'],
      maxTokenLength: 4096,
      now: () => 0,
    })
    createVerifier(rs256, {
      algorithms: ['RS256'],
      ...unchecked,
      subject: undefined,
      typ: undefined,
      schema: undefined,
    })
  })

  test('has durations with a unit, or in seconds', () => {
    createVerifier(rs256, { algorithms: ['RS256'], ...unchecked, maxAge: '15m' })
    createVerifier(rs256, { algorithms: ['RS256'], ...unchecked, maxAge: '7d', maxLifetime: 5, clockTolerance: '5s' })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, maxAge: '15 minutes' })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, maxAge: '1.5h' })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, maxAge: '15' })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, maxAge: '15M' })
    // @ts-expect-error
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, maxAge: 15n })
  })

  test('may be written down beforehand', () => {
    const policy: VerifyPolicy = { algorithms: ['RS256'], issuer: null, audience: null }
    void verify(token, rs256, policy)
    void verify(token, anyKeys, policy)
    const literal = { algorithms: ['RS256'], issuer: null, audience: null } as const satisfies VerifyPolicy
    void verify(token, rs256, literal)
    // @ts-expect-error
    void verify(token, hs256, literal)
  })
})

describe('what is verified', () => {
  test('has an exp and the registered claims by default', async () => {
    const result = await verify(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null })
    expectTypeOf(result).toEqualTypeOf<VerifiedJwt<VerifiedClaims>>()
    expectTypeOf(result.header).toEqualTypeOf<JwsHeader>()
    expectTypeOf(result.key).toEqualTypeOf<VerificationKey>()
    expectTypeOf(result.claims.exp).toEqualTypeOf<number>()
    expectTypeOf(result.claims.sub).toEqualTypeOf<string | undefined>()
    expectTypeOf(result.claims.aud).toEqualTypeOf<string | readonly string[] | undefined>()
    expectTypeOf(result.claims['role']).toEqualTypeOf<unknown>()
    // @ts-expect-error -- claims are read-only.
    result.claims.exp = 5
    // @ts-expect-error -- another claim may be anything.
    const role: string = result.claims['role']
    void role
  })

  test('is the same from every function', () => {
    const policy = { algorithms: ['RS256'], issuer: null, audience: null } as const
    const verifier = createVerifier(rs256, policy)
    expectTypeOf(verifySync(token, rs256, policy)).toEqualTypeOf<VerifiedJwt<VerifiedClaims>>()
    expectTypeOf(verifier.verifySync(token)).toEqualTypeOf<VerifiedJwt<VerifiedClaims>>()
    expectTypeOf(verifier.verify(token)).toEqualTypeOf<Promise<VerifiedJwt<VerifiedClaims>>>()
    expectTypeOf(verifier.check(token)).toEqualTypeOf<Promise<CheckResult<VerifiedClaims>>>()
  })

  test('has the claims that are required', () => {
    const policy = { algorithms: ['RS256'], issuer: null, audience: null } as const
    const { claims } = verifySync(token, rs256, { ...policy, requiredClaims: ['sub', 'aud', 'role'] })
    expectTypeOf(claims.sub).toEqualTypeOf<string>()
    expectTypeOf(claims.aud).toExtend<string | readonly string[]>()
    expectTypeOf(claims.role).toEqualTypeOf<unknown>()
    expectTypeOf(claims.exp).toEqualTypeOf<number>()
    expectTypeOf(claims.jti).toEqualTypeOf<string | undefined>()
    const verifier = createVerifier(rs256, {
      algorithms: ['RS256'],
      issuer: null,
      audience: null,
      expiry: 'optional',
      requiredClaims: ['jti', 'exp'],
    })
    expectTypeOf(verifier.verifySync(token).claims.jti).toEqualTypeOf<string>()
    expectTypeOf(verifier.verifySync(token).claims.exp).toEqualTypeOf<number>()
  })

  test('may lack an exp where that is optional', () => {
    const policy = { algorithms: ['RS256'], issuer: null, audience: null } as const
    const { claims } = verifySync(token, rs256, { ...policy, expiry: 'optional' })
    expectTypeOf(claims.exp).toEqualTypeOf<number | undefined>()
    const inWriting = verifySync(token, rs256, { ...policy, expiry: 'required' })
    expectTypeOf(inWriting.claims.exp).toEqualTypeOf<number>()
  })

  test('is told apart from what is refused by ok', async () => {
    const { check } = createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null })
    const result = await check(token)
    // @ts-expect-error -- not before ok is asked.
    void result.claims
    if (result.ok) {
      expectTypeOf(result.claims.exp).toEqualTypeOf<number>()
      expectTypeOf(result).toExtend<VerifiedJwt>()
      // @ts-expect-error
      void result.error
    } else {
      expectTypeOf(result.error).toEqualTypeOf<JwtError>()
      expectTypeOf(result.failures).toEqualTypeOf<readonly JwtError[]>()
      // @ts-expect-error
      void result.claims
    }
  })

  test('cannot be made by hand', () => {
    const verified = verifySync(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null })
    const { header, claims, key } = verified
    expectTypeOf({ header, claims, key }).not.toExtend<VerifiedJwt>()
    expectTypeOf({ header: { alg: 'RS256' }, claims: { exp: 5 }, key: rs256 }).not.toExtend<VerifiedJwt>()
    // @ts-expect-error
    needsVerified({ header, claims, key })
    needsVerified(verified)
  })

  test('is not what decode returns', () => {
    const decoded = decode(token)
    expectTypeOf(decoded).toEqualTypeOf<DecodedJwt>()
    expectTypeOf(decoded).not.toExtend<VerifiedJwt>()
    expectTypeOf(decoded.unverified).not.toExtend<VerifiedJwt>()
    expectTypeOf(decoded.unverified.claims['sub']).toEqualTypeOf<unknown>()
    expectTypeOf(secondsUntilExpiry(token)).toEqualTypeOf<number>()
    // @ts-expect-error
    needsVerified(decoded)
    // @ts-expect-error
    needsVerified(decoded.unverified)
    // @ts-expect-error
    needsVerified({ ...decoded.unverified, key: rs256 })
    // @ts-expect-error
    void decoded.claims
  })

  test('is not what verifyJws returns', async () => {
    const verified = await verifyJws(token, rs256, { algorithms: ['RS256'] })
    expectTypeOf(verified).toEqualTypeOf<VerifiedJws>()
    expectTypeOf(verified.payload).toEqualTypeOf<Uint8Array>()
    // @ts-expect-error
    needsVerified(verified)
    // @ts-expect-error
    needsVerified({ ...verified, claims: { exp: 5 } })
  })

  function needsVerified(verified: VerifiedJwt): void {
    void verified
  }
})

/** Standard Schema 1.1, as zod 4 publishes it. */
interface Zod<Input, Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    readonly validate: (
      value: unknown,
      options?: { readonly libraryOptions?: Record<string, unknown> | undefined } | undefined,
    ) => Result<Output> | Promise<Result<Output>>
  }
  parse(value: unknown): Output
}

/** Standard Schema 1.0, as valibot 1 publishes it. */
interface Valibot<Input, Output> {
  readonly kind: 'schema'
  readonly '~standard': {
    readonly version: 1
    readonly vendor: 'valibot'
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** Standard Schema with its JSON Schema, as arktype 2 publishes it. */
interface Arktype<Input, Output> {
  (data: unknown): Output
  readonly '~standard': {
    readonly version: 1
    readonly vendor: 'arktype'
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    readonly validate: (input: unknown) => Result<Output> | Promise<Result<Output>>
    readonly jsonSchema: { readonly input: () => object; readonly output: () => object }
  }
}

type Result<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: ReadonlyArray<{
        readonly message: string
        readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
      }>
    }

interface User {
  id: number
  role?: 'admin' | 'user'
}

describe('a schema types the claims', () => {
  const policy = { algorithms: ['RS256'], issuer: null, audience: null } as const

  test('whichever library it is of', async () => {
    const zod = {} as Zod<{ id: string }, User>
    const valibot = {} as Valibot<{ id: string }, User>
    const arktype = {} as Arktype<{ id: string }, User>
    expectTypeOf(verifySync(token, rs256, { ...policy, schema: zod }).claims).toEqualTypeOf<User>()
    expectTypeOf(verifySync(token, rs256, { ...policy, schema: valibot }).claims).toEqualTypeOf<User>()
    expectTypeOf(verifySync(token, rs256, { ...policy, schema: arktype }).claims).toEqualTypeOf<User>()
    expectTypeOf((await verify(token, rs256, { ...policy, schema: zod })).claims).toEqualTypeOf<User>()
    const verifier = createVerifier(rs256, { ...policy, schema: zod })
    expectTypeOf(verifier.verifySync(token).claims).toEqualTypeOf<User>()
    expectTypeOf(verifier.check(token)).toEqualTypeOf<Promise<CheckResult<User>>>()
    expectTypeOf(zod).toExtend<StandardSchema<User>>()
    expectTypeOf(valibot).toExtend<StandardSchema<User>>()
    expectTypeOf(arktype).toExtend<StandardSchema<User>>()
  })

  test('whatever it puts out', () => {
    const id = {} as Zod<{ id: string }, number>
    expectTypeOf(verifySync(token, rs256, { ...policy, schema: id }).claims).toEqualTypeOf<number>()
    const mine: StandardSchema<{ readonly id: number }> = {
      '~standard': { version: 1, vendor: 'mine', validate: () => ({ value: { id: 5 } }) },
    }
    expectTypeOf(verifySync(token, rs256, { ...policy, schema: mine }).claims.id).toEqualTypeOf<number>()
    const inline = verifySync(token, rs256, {
      ...policy,
      schema: { '~standard': { version: 1, vendor: 'mine', validate: () => ({ value: { id: 5 } }) } },
    })
    expectTypeOf(inline.claims.id).toEqualTypeOf<number>()
  })

  test('beside the other members of the policy', () => {
    const schema = {} as Zod<{ id: string }, User>
    const { claims } = verifySync(token, rs256, { ...policy, requiredClaims: ['sub'], expiry: 'optional', schema })
    expectTypeOf(claims).toEqualTypeOf<User>()
    // @ts-expect-error
    void verify(token, hs256, { algorithms: ['RS256'], issuer: null, audience: null, schema })
  })

  test('and is no schema without its version and validate', () => {
    const next = { '~standard': { version: 2, vendor: 'next', validate: () => ({ value: 5 }) } } as const
    // @ts-expect-error
    verifySync(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, schema: next })
    // @ts-expect-error
    verifySync(token, rs256, { algorithms: ['RS256'], issuer: null, audience: null, schema: () => true })
  })
})

describe('a memo', () => {
  const ed25519 = {} as PublicKey<'Ed25519'>

  test('is for asymmetric algorithms', () => {
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: { max: 1000 } })
    createVerifier(rs256, { algorithms: ['RS256'], issuer: null, audience: null, memo: { max: 1000 } })
    createVerifier(ed25519, { algorithms: ['Ed25519'], issuer: null, audience: null, memo: { max: 1000 } })
    createVerifier([es256, rs256], { algorithms: ['ES256', 'RS256'], ...unchecked, memo: { max: 1000 } })
    createVerifier(anyPublic, { algorithms: ['PS512', 'EdDSA', 'ML-DSA-44'], ...unchecked, memo: { max: 1000 } })
    createVerifier({} as KeySet, { algorithms: {} as readonly AsymmetricAlgorithm[], ...unchecked, memo: { max: 1 } })
    createVerifier(es256, { algorithms: ['ES256'], ...unchecked, memo: undefined })
  })

  test('is not for HMAC, nor where there may be one', () => {
    // @ts-expect-error
    createVerifier(hs256, { algorithms: ['HS256'], issuer: null, audience: null, memo: { max: 1000 } })
    // @ts-expect-error
    createVerifier({} as SecretKey, { algorithms: ['HS384', 'HS512'], issuer: null, audience: null, memo: { max: 1 } })
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256', 'HS256'], issuer: null, audience: null, memo: { max: 1000 } })
    // @ts-expect-error
    createVerifier(anyKeys, { algorithms: anyAlgorithms, issuer: null, audience: null, memo: { max: 1000 } })
    createVerifier(hs256, { algorithms: ['HS256'], ...unchecked, memo: undefined })
  })

  test('has a max, which is a number, and nothing else', () => {
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: {} })
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: { max: undefined } })
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: { max: '1000' } })
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: { max: 1000, ttl: 60 } })
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: true })
    // @ts-expect-error
    createVerifier(es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: null })
  })

  test('is a verifier’s, and no other function’s', () => {
    // @ts-expect-error
    void verify(token, es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: { max: 1000 } })
    // @ts-expect-error
    verifySync(token, es256, { algorithms: ['ES256'], issuer: null, audience: null, memo: { max: 1000 } })
    // @ts-expect-error
    void verifyJws(token, es256, { algorithms: ['ES256'], memo: { max: 1000 } })
    expectTypeOf<VerifyPolicy>().not.toHaveProperty('memo')
  })

  test('changes no type of what is verified', () => {
    const policy = { algorithms: ['ES256'], issuer: null, audience: null, requiredClaims: ['sub'] } as const
    const verifier = createVerifier(es256, policy)
    const remembering = createVerifier(es256, { ...policy, memo: { max: 1000 } })
    expectTypeOf(remembering).toEqualTypeOf(verifier)
    const schema = {} as Zod<{ id: string }, User>
    expectTypeOf(
      createVerifier(es256, { ...policy, schema, memo: { max: 1 } }).verifySync(token).claims,
    ).toEqualTypeOf<User>()
  })
})

interface UserClaims {
  sub: string
  role: string
}

type Tenant = { readonly tenant: string; readonly scopes: readonly string[] }

interface Expiring extends UserClaims {
  exp: number
}

interface PerhapsExpiring extends UserClaims {
  exp?: number
}

describe('claims', () => {
  const user: UserClaims = { sub: 'alice', role: 'admin' }
  const tenant: Tenant = { tenant: 'acme', scopes: ['read'] }

  test('compile as an interface, as a type alias and as a literal', () => {
    void sign(user, hs256, { expiresIn: '15m' })
    void sign(tenant, hs256, { expiresIn: '15m' })
    void sign({ sub: 'alice', role: 'admin', nested: { list: [1, null] } }, hs256, { expiresIn: '15m' })
    void sign({ ...user, ...tenant }, hs256, { expiresIn: '15m' })
    void sign({}, hs256, { expiresIn: '15m' })
    void sign({ aud: ['a', 'b'] }, hs256, { expiresIn: '15m' })
    signSync(user, privateKey, { expiresIn: '15m' })
    signSync(tenant, privateKey, { expiresIn: '15m' })
  })

  test('compile with a signer too', () => {
    const signer = createSigner(hs256, { expiresIn: '15m' })
    void signer.sign(user)
    void signer.sign(tenant)
    void signer.sign({ sub: 'alice', role: 'admin', nested: { list: [1, null] } })
    void signer.sign({})
    signer.signSync({ role: 'admin' })
  })

  test('have the types of RFC 7519', () => {
    // @ts-expect-error
    void sign({ sub: 5 }, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign({ iss: null }, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign({ aud: [5] }, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign({ iat: '5' }, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign({ exp: new Date() }, hs256, {})
    // @ts-expect-error
    void sign({ jti: 5 }, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign({ sub: undefined }, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void createSigner(hs256, { expiresIn: '15m' }).sign({ sub: 5 })
    // @ts-expect-error
    signSync({ nbf: '5' }, hs256, { expiresIn: '15m' })
  })

  test('are an object', () => {
    // @ts-expect-error
    void sign('alice', hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign(undefined, hs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign(null, hs256, { expiresIn: '15m' })
  })
})

describe('an expiry', () => {
  const expiring: Expiring = { sub: 'alice', role: 'admin', exp: 5 }
  const perhaps: PerhapsExpiring = { sub: 'alice', role: 'admin' }

  test('must be spoken of', () => {
    // @ts-expect-error
    void sign({ sub: 'alice' }, hs256, {})
    // @ts-expect-error
    void sign({ sub: 'alice' }, hs256)
    // @ts-expect-error
    void sign({ sub: 'alice' }, hs256, { expiresIn: undefined })
    // @ts-expect-error
    signSync({ sub: 'alice' }, hs256, { issuer: 'https://issuer.example' })
    // @ts-expect-error
    void sign(perhaps, hs256, {})
    // @ts-expect-error
    void createSigner(hs256, {}).sign({ sub: 'alice' })
    // @ts-expect-error
    createSigner(hs256, { issuer: 'https://issuer.example' }).signSync({})
  })

  test('is spoken of by expiresIn, by null, or by an exp', () => {
    void sign({ sub: 'alice' }, hs256, { expiresIn: 900 })
    void sign({ sub: 'alice' }, hs256, { expiresIn: null })
    void sign({ sub: 'alice', exp: 5 }, hs256, {})
    void sign(expiring, hs256, {})
    void sign(perhaps, hs256, { expiresIn: '15m' })
    signSync(expiring, hs256, { issuer: 'https://issuer.example' })
    void createSigner(hs256, { expiresIn: null }).sign({ sub: 'alice' })
    void createSigner(hs256, {}).sign({ sub: 'alice', exp: 5 })
    void createSigner(hs256, {}).sign(expiring)
  })

  test('has a unit, or is in seconds', () => {
    void sign({}, hs256, { expiresIn: '15m', notBefore: '10s' })
    void sign({}, hs256, { expiresIn: '8h' })
    void sign({}, hs256, { expiresIn: '7d' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15 minutes' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '1.5h' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15min' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: 'm' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: true })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15m', notBefore: null })
    // @ts-expect-error
    createSigner(hs256, { expiresIn: '15 minutes' })
  })
})

describe('signing', () => {
  test('takes keys that sign', () => {
    void sign({}, hs256, { expiresIn: '15m' })
    void sign({}, privateKey, { expiresIn: '15m' })
    void sign({}, {} as SigningKey, { expiresIn: '15m' })
    void signJws('', privateKey)
    // @ts-expect-error
    void sign({}, rs256, { expiresIn: '15m' })
    // @ts-expect-error
    void sign({}, 'a secret as text', { expiresIn: '15m' })
    // @ts-expect-error
    createSigner(es256, { expiresIn: '15m' })
    // @ts-expect-error
    void signJws('', rs256)
  })

  test('takes options of the right names and types', () => {
    const options = { issuer: 'i', audience: ['a'], subject: 's', jti: true, typ: null, kid: null } as const
    void sign({}, hs256, { ...options, expiresIn: '15m', header: { x: 1 }, now: () => 0 })
    void sign({}, hs256, { issuer: undefined, header: undefined, expiresIn: '15m' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15m', algorithm: 'HS256' })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15m', jti: false })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15m', issuer: null })
    // @ts-expect-error
    void sign({}, hs256, { expiresIn: '15m', audience: 5 })
    // @ts-expect-error
    void signJws('', hs256, { headers: {} })
    // @ts-expect-error
    void signJws({ sub: 'alice' }, hs256)
  })

  test('gives a token', () => {
    expectTypeOf(sign({}, hs256, { expiresIn: '15m' })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(signSync({}, hs256, { expiresIn: '15m' })).toEqualTypeOf<string>()
    expectTypeOf(createSigner(hs256, { expiresIn: '15m' }).sign({})).toEqualTypeOf<Promise<string>>()
    expectTypeOf(signJws('', hs256)).toEqualTypeOf<Promise<string>>()
  })
})

test('the algorithms of secrets and of key pairs are told apart', () => {
  expectTypeOf<AsymmetricAlgorithm>().toExtend<Algorithm>()
  expectTypeOf<'HS256'>().not.toExtend<AsymmetricAlgorithm>()
  expectTypeOf<SecretKey>().not.toExtend<PublicKey>()
})
