import { describe, expect, test } from 'vitest'
import { algorithms, exportJwk, exportPem, generateKeyPair, generateSecret } from 'tittle'
import { decode } from 'tittle/decode'
import { isHmac } from '../../src/algorithms.ts'
import { makeExample, makeKey, signDraft, toAlgorithm, type Draft } from '../../src/inspector/signing.ts'
import { judge } from '../../src/inspector/verification.ts'

const secret = JSON.stringify(await exportJwk(generateSecret('HS256')))

const draft: Draft = {
  algorithm: 'HS256',
  header: '{"typ":"JWT"}',
  claims: '{"sub":"alice"}',
  key: secret,
  expiresIn: '5m',
}

const verdictOn = ({ token, key }: { readonly token: string; readonly key: string }) =>
  judge({ token, key, encoding: 'utf8', algorithm: '', issuer: '', audience: '', typ: '' })

describe('a draft is signed', () => {
  test.each(['HS256', 'HS512', 'ES256', 'ES384', 'PS256', 'Ed25519'] as const)(
    'with a new key for %s, and what comes with the token verifies it',
    async (algorithm) => {
      const key = await makeKey(algorithm)
      const signed = await signDraft({ ...draft, algorithm, key })
      const { header, claims } = decode(signed.token).unverified
      expect(header).toMatchObject({ alg: algorithm, typ: 'JWT' })
      expect(claims).toMatchObject({ sub: 'alice' })
      expect(await verdictOn(signed)).toMatchObject({ outcome: 'verified' })
      expect(JSON.parse(signed.key)).not.toHaveProperty(isHmac(algorithm) ? 'd' : 'k')
      expect(Object.hasOwn(JSON.parse(signed.key), 'd')).toBe(false)
    },
  )

  test('with a PEM', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const signed = await signDraft({ ...draft, algorithm: 'ES256', key: await exportPem(privateKey) })
    expect(await verdictOn(signed)).toMatchObject({ outcome: 'verified' })
  })

  test('with a secret in plain text', async () => {
    const signed = await signDraft({ ...draft, key: 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA' })
    expect(await verdictOn(signed)).toMatchObject({ outcome: 'verified' })
  })

  test('with the dates that its claims have', async () => {
    const { token } = await signDraft({ ...draft, claims: '{"iat":1,"exp":2}', expiresIn: null })
    expect(decode(token).unverified.claims).toEqual({ iat: 1, exp: 2 })
  })

  test('without an end, if nobody gives it one', async () => {
    const { token } = await signDraft({ ...draft, expiresIn: null })
    expect(decode(token).unverified.claims).not.toHaveProperty('exp')
  })

  test('with new dates instead of those that its claims have', async () => {
    const { token } = await signDraft({ ...draft, claims: '{"iat":1,"exp":2}' })
    const { iat, exp } = decode(token).unverified.claims
    expect(Number(exp) - Number(iat)).toBe(300)
    expect(Number(iat)).toBeGreaterThan(1)
  })

  test('with the header as it is, but for the algorithm, which is chosen', async () => {
    const { token } = await signDraft({ ...draft, header: '{"alg":"none","kid":"mine","x":[1]}' })
    expect(decode(token).unverified.header).toEqual({ alg: 'HS256', kid: 'mine', x: [1] })
  })

  test('with claims of any name', async () => {
    const { token } = await signDraft({ ...draft, claims: '{"__proto__":{"admin":true},"constructor":1}' })
    const { claims } = decode(token).unverified
    expect(Object.keys(claims)).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
  })
})

test.each<[string, Partial<Draft>, string]>([
  [
    'claims that are no JSON',
    { claims: '{\n"sub": alice\n}' },
    'the claims cannot be read: line 2, column 8: a value is wanted',
  ],
  ['a claim twice', { claims: '{"a":1,"a":2}' }, 'the claims cannot be read: line 1, column 8: the name stands here'],
  ['a header that is no JSON', { header: '' }, 'the header cannot be read: line 1, column 1: an object is wanted'],
  ['no key', { key: ' ' }, 'there is no key to sign with'],
  [
    'a secret for a pair',
    { algorithm: 'ES256', key: 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA' },
    'for a secret choose HS256, HS384 or HS512',
  ],
  ['a key of another algorithm', { algorithm: 'ES256' }, 'serves HS256'],
  ['a claim of another type', { claims: '{"sub":1}' }, 'the claim "sub" is not a string'],
  ['a type that is no text', { header: '{"typ":1}' }, 'options.typ must be a non-empty string'],
])('%s: %s', async (_, change, message) => {
  await expect(signDraft({ ...draft, ...change })).rejects.toThrow(expect.objectContaining({ name: 'TypeError' }))
  await expect(signDraft({ ...draft, ...change })).rejects.toThrow(message)
})

test('a public key does not sign', async () => {
  const { publicKey } = await generateKeyPair('Ed25519')
  const key = JSON.stringify(await exportJwk(publicKey))
  await expect(signDraft({ ...draft, algorithm: 'Ed25519', key })).rejects.toThrow('paste its private half')
})

test('a pair is named by its thumbprint, and a secret by nothing, as it could be guessed by that', async () => {
  expect(JSON.parse(await makeKey('ES256'))).toMatchObject({ kid: expect.stringMatching(/^[\w-]{43}$/) })
  expect(JSON.parse(await makeKey('HS256'))).not.toHaveProperty('kid')
})

test('the example is verified', async () => {
  const example = await makeExample()
  expect(await verdictOn(example)).toMatchObject({ outcome: 'verified' })
  expect((await makeExample()).token).not.toBe(example.token)
})

test('an algorithm is known by its exact name', () => {
  for (const alg of algorithms) expect(toAlgorithm(alg)).toBe(alg)
  for (const name of ['none', 'hs256', '', undefined, 1]) expect(toAlgorithm(name)).toBeUndefined()
})
