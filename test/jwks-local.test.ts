import { describe, expect, test } from 'vitest'
import { importPrivateKey, importPublicKey, sign, verify, verifySync } from 'tittle'
import type { Algorithm, Jwk, VerificationKey } from 'tittle'
import { createKeySet, type LocalKeySet } from 'tittle/jwks'
import { algorithms } from '../src/algorithms.ts'
import { parseJsonObject } from '../src/json.ts'
import { readForeignKeySet } from '../src/jwks-local.ts'
import { handleOf } from '../src/key.ts'
import { keys, onWeb, pairs, secretJwk } from './setup/keys.ts'
import { makeKey, policyBy, TestClock, tokenOf } from './setup/key-server.ts'
import { polluted } from './setup/pollution.ts'
import { hs256, NOW, thrownBy, verdictOf } from './setup/tokens.ts'

const policy = policyBy(new TestClock())
const [a, b, c, d, e] = await Promise.all([makeKey('a'), makeKey('b'), makeKey('c'), makeKey('d'), makeKey('e')])
const unnamed = ({ kid: _, ...jwk }: Jwk): Jwk => jwk
const { alg: __, ...p256 } = keys.p256.publicJwk as Jwk
const ec: Jwk = { ...p256, kid: 'k' }
const rsa: Jwk = { ...(keys.rsa.publicJwk as Jwk), alg: undefined, kid: 'k' }
const okp: Jwk = { ...(keys.ed25519.publicJwk as Jwk), alg: undefined, kid: 'k' }

const found = (set: LocalKeySet, alg: string, kid?: string): readonly VerificationKey[] =>
  set.candidates({ alg, ...(kid !== undefined && { kid }) })
const kidsOf = (candidates: readonly VerificationKey[]) => candidates.map(({ kid }) => kid)
const messageOf = async (source: unknown): Promise<string> => {
  const error = await thrownBy(() => createKeySet(source as never))
  expect(error).toBeInstanceOf(TypeError)
  return (error as TypeError).message
}

describe('what a key set is made of', () => {
  test('is a JWK Set, or an array of keys and JWKs, which may be mixed', async () => {
    const key = importPublicKey(b.jwk, 'ES256')
    for (const source of [{ keys: [a.jwk, b.jwk] }, [a.jwk, b.jwk], [a.jwk, key]]) {
      const set = createKeySet(source)
      expect(set.size).toBe(2)
      for (const signer of [a, b]) {
        expect((await verify(await tokenOf(signer), set, policy)).key.kid).toBe(signer.kid)
      }
    }
    expect(found(createKeySet([key]), 'ES256', 'b')).toEqual([key])
  })

  test('may have further members, which are ignored (RFC 7517 §5)', async () => {
    const others = { kty: 'oct', alg: 'none', use: 'enc', key: [b.jwk], Keys: [b.jwk], 'x-issued': 1, '': null }
    for (const set of [
      createKeySet({ keys: [a.jwk], ...others }),
      readForeignKeySet({ keys: [a.jwk], ...others }, 1000),
    ]) {
      expect(set.size).toBe(1)
      await verify(await tokenOf(a), set, policy)
      expect(await verdictOf(async () => verify(await tokenOf(b), set, policy))).toBe('ERR_KEY_NOT_FOUND')
    }
  })

  test('may be nothing, in which every token is one of an unknown key', async () => {
    const set = createKeySet({ keys: [] })
    expect(set.size).toBe(0)
    expect(await verdictOf(async () => verify(await tokenOf(a), set, policy))).toBe('ERR_KEY_NOT_FOUND')
  })

  test.each([null, undefined, {}, { keys: {} }, { keys: 'a' }, 'keys', 7, { Keys: [] }])(
    'is not %j, which is a TypeError',
    async (source) => expect(await messageOf(source)).toContain('createKeySet wants { keys: [...] }'),
  )

  test('is read once, so that later changes do not matter', async () => {
    const jwk: Record<string, unknown> = { ...a.jwk }
    const list = [jwk]
    const set = createKeySet({ keys: list })
    Object.assign(jwk, { ...b.jwk })
    list.push({ ...b.jwk })
    expect(set.size).toBe(1)
    expect((await verify(await tokenOf(a), set, policy)).claims.sub).toBe('alice')
    expect(Object.isFrozen(set)).toBe(true)
  })

  test('is what it has itself, not what every object inherits', () => {
    expect(() => polluted({ keys: [a.jwk] }, () => createKeySet({} as never))).toThrow(TypeError)
    const set = polluted({ alg: 'ES384', use: 'enc', d: 'AA' }, () => createKeySet([ec]))
    expect(found(set, 'ES256', 'k')).toHaveLength(1)
  })

  test('may hold secrets as keys, for those who share them', async () => {
    const token = await sign({}, hs256, { expiresIn: '1m' })
    await verify(token, createKeySet([hs256]), { algorithms: ['HS256'], issuer: null, audience: null })
  })

  test.runIf(!onWeb)('answers at once, so that verifySync works with it', async () => {
    expect(verifySync(await tokenOf(a), createKeySet([a.jwk]), policy).claims.sub).toBe('alice')
  })
})

describe('the kid of the header', () => {
  const set = createKeySet([a.jwk, b.jwk, c.jwk, d.jwk, e.jwk])

  test('chooses its key among many', () => {
    for (const { kid } of [a, b, c, d, e]) expect(kidsOf(found(set, 'ES256', kid))).toEqual([kid])
  })

  test.each(['__proto__', 'constructor', 'toString', 'A', '', 'a '])(
    '%j finds nothing that nobody put there',
    (kid) => {
      expect(found(set, 'ES256', kid)).toEqual([])
    },
  )

  test.each(['__proto__', 'constructor'])('%j finds the key that has it', (kid) => {
    expect(kidsOf(found(createKeySet([{ ...a.jwk, kid }, b.jwk]), 'ES256', kid))).toEqual([kid])
  })

  test('is read where it is own, as in a header that was parsed', () => {
    const header = parseJsonObject('{"alg":"ES256","__proto__":{"kid":"a"}}')
    expect(kidsOf(createKeySet([a.jwk, b.jwk]).candidates(header as never))).toEqual(['a', 'b'])
  })

  test('fits keys without a kid too, after those that have it', async () => {
    const mixed = createKeySet([unnamed(b.jwk), a.jwk])
    expect(kidsOf(found(mixed, 'ES256', 'a'))).toEqual(['a', undefined])
    for (const signer of [a, b]) await verify(await tokenOf(signer), mixed, policy)
    expect(await verdictOf(async () => verify(await tokenOf(c), mixed, policy))).toBe('ERR_SIGNATURE')
  })

  test('may be that of several keys, of which each is tried', async () => {
    const twins = createKeySet([a.jwk, { ...b.jwk, kid: 'a' }, { ...c.jwk, kid: 'c' }])
    expect(found(twins, 'ES256', 'a')).toHaveLength(2)
    for (const signer of [a, b]) await verify(await tokenOf(signer, 'a'), twins, policy)
    expect(await verdictOf(async () => verify(await tokenOf(c, 'a'), twins, policy))).toBe('ERR_SIGNATURE')
  })

  test('finds the keys of its algorithm only, though another one has the same kid', () => {
    const both = createKeySet([rsa, ec])
    expect(found(both, 'ES256', 'k').map(({ alg }) => alg)).toEqual(['ES256'])
    expect(found(both, 'PS512', 'k').map(({ alg }) => alg)).toEqual(['PS512'])
    expect(found(both, 'HS256', 'k')).toEqual([])
    expect(found(both, 'none', 'k')).toEqual([])
  })
})

describe('without a kid in the header', () => {
  const fitting = [a.jwk, b.jwk, c.jwk, d.jwk]

  test('the one key that fits is taken, whatever else is in the set', async () => {
    const set = createKeySet([rsa, okp, a.jwk])
    expect(kidsOf(found(set, 'ES256'))).toEqual(['a'])
    await verify(await tokenOf(a, null), set, policy)
  })

  test('four that fit are tried, one after the other', async () => {
    const set = createKeySet([...fitting, rsa])
    for (const signer of [a, b, c, d]) await verify(await tokenOf(signer, null), set, policy)
    expect(await verdictOf(async () => verify(await tokenOf(e, null), set, policy))).toBe('ERR_SIGNATURE')
  })

  test.each([5, 50])('%i that fit are too many to try', async (count) => {
    const set = createKeySet([...fitting, ...Array.from({ length: count - 4 }, (_, i) => ({ ...e.jwk, kid: `e${i}` }))])
    expect(await verdictOf(async () => verify(await tokenOf(a, null), set, policy))).toBe('ERR_KEY_AMBIGUOUS')
    expect((await verify(await tokenOf(a), set, policy)).key.kid).toBe('a')
  })

  test('five keys of one kid, or without any, are too many for a kid as well', async () => {
    const same = createKeySet([a, b, c, d, e].map(({ jwk }) => ({ ...jwk, kid: 'a' })))
    const none = createKeySet([a, b, c, d, e].map(({ jwk }) => unnamed(jwk)))
    for (const set of [same, none]) {
      expect(await verdictOf(async () => verify(await tokenOf(a), set, policy))).toBe('ERR_KEY_AMBIGUOUS')
    }
  })
})

describe('a JWK serves', () => {
  const served = (jwk: Jwk): readonly Algorithm[] => {
    const set = createKeySet([jwk])
    return algorithms.filter((alg) => found(set, alg, jwk.kid).length > 0)
  }

  test('every algorithm of its type and curve, where it names none', () => {
    expect(served(rsa)).toEqual(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])
    expect(served(ec)).toEqual(['ES256'])
    expect(served({ ...(keys.p384.publicJwk as Jwk), alg: undefined })).toEqual(['ES384'])
    expect(served({ ...(keys.p521.publicJwk as Jwk), alg: undefined })).toEqual(['ES512'])
    expect([...served(okp)].sort()).toEqual(['Ed25519', 'EdDSA'])
  })

  test('what its type allows, where it has a member of another type (RFC 7517 §4)', () => {
    expect(served({ ...rsa, crv: 'P-256' })).toEqual(served(rsa))
  })

  test('the one that it names', () => {
    expect(served({ ...rsa, alg: 'PS384' })).toEqual(['PS384'])
    expect(served({ ...okp, alg: 'EdDSA' })).toEqual(['EdDSA'])
  })

  test.each<Jwk>([{ use: 'sig' }, { key_ops: ['verify'] }, { key_ops: ['encrypt', 'verify'] }])(
    'signatures with %j',
    (members) => expect(served({ ...ec, ...members })).toEqual(['ES256']),
  )

  test.each<object>([
    { kty: 'unknown' },
    { crv: 'P-257' },
    { crv: 'secp256k1' },
    { kty: 'OKP', crv: 'X25519' },
    { alg: 'ES256K' },
    { alg: 'ES384' },
    { alg: 'RS256' },
    { alg: 'none' },
    { alg: 'HS256' },
    { use: 'enc' },
    { use: 'toString' },
    { key_ops: ['sign'] },
    { key_ops: [] },
    { key_ops: ['encrypt'] },
  ])('nothing with %j, and is passed over', (members) => {
    const set = createKeySet([{ ...ec, ...members }, a.jwk])
    expect(set.size).toBe(1)
    expect(kidsOf(found(set, 'ES256'))).toEqual(['a'])
  })

  test('the allowlist of the verifier and no other algorithm', async () => {
    const privateKey = importPrivateKey(keys.rsa.privateJwk as Jwk, 'RS256', { kid: 'k' })
    const token = await sign({}, privateKey, { expiresIn: '1m' })
    const set = createKeySet([rsa, a.jwk])
    const strict = { algorithms: ['PS256'], issuer: null, audience: null } as const
    expect(await verdictOf(() => verify(token, set, strict))).toBe('ERR_ALGORITHM')
  })

  test('each algorithm with one key for it, imported once', () => {
    const set = createKeySet([rsa])
    const [first] = found(set, 'RS256', 'k')
    expect(found(set, 'RS256')[0]).toBe(first)
    expect(found(set, 'PS256')[0]).not.toBe(first)
  })

  test.each(Object.entries(pairs).filter(([alg]) => /^(RS256|ES384|Ed25519|PS512)$/.test(alg)))(
    '%s tokens of its private half',
    async (name, { privateJwk, publicJwk }) => {
      const alg = name as 'ES384'
      const key = importPrivateKey({ ...privateJwk, alg, kid: 'x' }, alg)
      const token = await sign({}, key, { expiresIn: '1m', now: () => NOW })
      const set = createKeySet([{ ...publicJwk, alg: undefined, kid: 'x' }])
      await verify(token, set, { algorithms: [alg], issuer: null, audience: null, now: () => NOW })
    },
  )
})

describe('in a JWK Set of one’s own', () => {
  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'a private or symmetric "%s" is refused with the index, even under a type that is passed over',
    async (name) => {
      expect(await messageOf([a.jwk, { ...b.jwk, [name]: 'AQAB' }])).toMatch(new RegExp(`^keys\\[1\\] has a "${name}"`))
      expect(await messageOf([{ kty: 'unknown', [name]: undefined }])).toMatch(/^keys\[0\]/)
    },
  )

  test('a symmetric key is refused, were it but by its type', async () => {
    expect(await messageOf({ keys: [a.jwk, secretJwk] })).toMatch(/^keys\[1\] has a "k"/)
    expect(await messageOf({ keys: [{ kty: 'oct', kid: 'a' }] })).toMatch(/^keys\[0\] has a "kty"/)
  })

  test('a private key is refused with the index', async () => {
    expect(await messageOf([a.jwk, b.privateKey])).toMatch(/^keys\[1\] is a private key/)
  })

  test.each<[string, unknown, string]>([
    ['null', null, '"kty"'],
    ['text', 'x', '"kty"'],
    ['an array', [], '"kty"'],
    ['no "kty"', { ...ec, kty: undefined }, '"kty"'],
    ['a "kty" that is no string', { ...ec, kty: 1 }, '"kty"'],
    ['a "kid" that is no string', { ...ec, kid: 1 }, '"kid"'],
    ['a "kid" that is empty', { ...ec, kid: '' }, '"kid"'],
    ['"key_ops" that are no array', { ...ec, key_ops: 'verify' }, '"key_ops"'],
    ['"key_ops" twice the same', { ...ec, key_ops: ['verify', 'verify'] }, '"key_ops"'],
    ['no "crv"', { ...ec, crv: undefined }, '"crv"'],
    ['no "x"', { ...ec, x: undefined }, '"x"'],
    ['a "y" that is no string', { ...ec, y: 1 }, '"y"'],
    ['a short "x"', { ...ec, x: 'AAAA' }, '"x"'],
    ['an "x" with padding', { ...ec, x: `${ec.x}=` }, '"x"'],
    ['no "n"', { ...rsa, n: undefined }, '"n"'],
    ['an "n" that begins with zero', { ...rsa, n: `AAAA${rsa.n}` }, '"n"'],
    ['an "n" of few bits', { ...rsa, n: 'wQAB' }, 'RSA'],
    ['an even "e"', { ...rsa, e: 'Ag' }, 'RSA'],
    ['an Ed25519 "x" of 31 octets', { ...okp, x: Buffer.alloc(31, 1).toString('base64url') }, '"x"'],
    ['no "pub"', { kty: 'AKP', alg: 'ML-DSA-44' }, '"pub"'],
    ['no "alg" where the type wants it', { kty: 'AKP', pub: 'AAAA' }, '"alg"'],
  ])('a key with %s is refused with its index and the member', async (_, jwk, words) => {
    const message = await messageOf({ keys: [a.jwk, b.jwk, jwk] })
    expect(message).toMatch(/^keys\[2\]/)
    expect(message).toContain(words)
  })

  test('a point off its curve is a TypeError at first use', async () => {
    const set = createKeySet([{ ...a.jwk, y: a.jwk.x }])
    await expect(verify(await tokenOf(a), set, policy)).rejects.toThrow(TypeError)
  })
})

describe('in a JWK Set of somebody else’s', () => {
  test('malformed keys are passed over, and those beside them are found', async () => {
    const set = readForeignKeySet(
      { keys: [null, 5, 'x', [], {}, { ...ec, x: 'AAAA' }, { ...ec, kid: '' }, { ...rsa, n: 'wQAB' }, a.jwk] },
      1000,
    )
    expect(set.size).toBe(1)
    await verify(await tokenOf(a, null), set, policy)
  })

  test.skipIf(onWeb)('their keys verify off the event loop where their own would', () => {
    const set = readForeignKeySet({ keys: [a.jwk] }, 1000)
    for (const key of found(set, a.jwk.alg as string)) expect(handleOf('the key', key).pooled).toBeDefined()
  })

  test('private and symmetric ones are not: the set is refused with the index', () => {
    for (const jwk of [secretJwk, { kty: 'oct' }, { ...a.jwk, d: 'AAAA' }]) {
      expect(() => readForeignKeySet({ keys: [b.jwk, jwk] }, 1000)).toThrow(/^keys\[1\] has a/)
    }
  })

  test('a point off its curve verifies nothing, and does not fail the tokens of other keys', async () => {
    const set = readForeignKeySet({ keys: [{ ...b.jwk, y: b.jwk.x }, a.jwk] }, 1000)
    await verify(await tokenOf(a, null), set, policy)
    // WebCrypto tells of it only when the key is used.
    const code = onWeb ? 'ERR_SIGNATURE' : 'ERR_KEY_NOT_FOUND'
    expect(await verdictOf(async () => verify(await tokenOf(b), set, policy))).toBe(code)
  })

  test('there are no more keys than are bearable, and an array of them', () => {
    const many = Array.from({ length: 1001 }, () => ({ kty: 'unknown' }))
    expect(() => readForeignKeySet({ keys: many }, 1000)).toThrow('more than 1000 keys')
    expect(readForeignKeySet({ keys: many.slice(1) }, 1000).size).toBe(0)
    for (const jwks of [{}, { keys: {} }, { keys: 'a' }, parseJsonObject('{"__proto__":{"keys":[]}}') ?? {}]) {
      expect(() => readForeignKeySet(jwks, 1000)).toThrow('no array "keys"')
    }
  })
})

test('in ten thousand keys each is found by its kid', () => {
  const set = createKeySet(Array.from({ length: 10_000 }, (_, i) => ({ ...ec, kid: `k${i}` })))
  expect(set.size).toBe(10_000)
  expect(kidsOf(found(set, 'ES256', 'k9999'))).toEqual(['k9999'])
  expect(found(set, 'ES256', 'k10000')).toEqual([])
  expect(found(set, 'ES256')).toHaveLength(5)
})
