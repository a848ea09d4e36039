import { describe, expect, test } from 'vitest'
import {
  exportJwk,
  exportPem,
  generateKeyPair,
  generateSecret,
  importSecret,
  sign,
  type Key,
  type SigningKey,
} from 'tittle'
import keys from '../fixtures/keys.json' with { type: 'json' }
import { isSecret, judge, type Question } from '../../src/inspector/verification.ts'

const issuer = 'https://issuer.example'
const options = { issuer, audience: 'api', expiresIn: '10m' } as const
const text = 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA'

const empty = { key: '', encoding: 'utf8', algorithm: '', issuer: '', audience: '', typ: '' } as const

const ask = (token: string, question: Partial<Question> = {}) => judge({ ...empty, ...question, token })

const signed = (key: SigningKey, more: object = {}) => sign({ sub: 'alice' }, key, { ...options, ...more })

const jwkOf = async (key: Key) => JSON.stringify(await exportJwk(key))

const setOf = async (...keys: readonly Key[]) =>
  JSON.stringify({ keys: await Promise.all(keys.map((key) => exportJwk(key))) })

describe('verified', () => {
  test.each<[string, SigningKey, Partial<Question>]>([
    ['a secret in plain text', importSecret(text, 'HS256'), { key: ` ${text}\n`, algorithm: 'HS256' }],
    [
      'a secret in hex',
      importSecret('00ff'.repeat(32), 'HS512', { encoding: 'hex' }),
      { key: '00ff'.repeat(32), encoding: 'hex', algorithm: 'HS512' },
    ],
  ])('by %s', async (_, key, question) => {
    expect(await ask(await signed(key), question)).toMatchObject({
      outcome: 'verified',
      unchecked: ['the issuer', 'the audience'],
    })
  })

  test('by the JWK of a secret, which says what it is for', async () => {
    const key = generateSecret('HS384')
    expect(await ask(await signed(key), { key: await jwkOf(key) })).toMatchObject({ outcome: 'verified' })
  })

  test.each(['ES256', 'Ed25519'] as const)('by each spelling of a key for %s', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { kid: 'one' })
    const token = await signed(privateKey)
    const spellings = [
      await exportPem(publicKey),
      await exportPem(privateKey),
      await jwkOf(publicKey),
      await jwkOf(privateKey),
      await setOf(publicKey),
    ]
    for (const key of spellings) {
      const verdict = await ask(token, { key, issuer, audience: 'api' })
      expect(verdict).toMatchObject({ outcome: 'verified', unchecked: [] })
    }
  })

  test('by an RSA key, as soon as its algorithm is named', async () => {
    const { publicKey, privateKey } = await generateKeyPair('PS256')
    const [token, key] = [await signed(privateKey), await exportPem(publicKey)]
    expect(await ask(token, { key })).toMatchObject({
      outcome: 'unusable',
      message: expect.stringContaining('name the algorithm'),
    })
    expect(await ask(token, { key, algorithm: 'PS256' })).toMatchObject({ outcome: 'verified' })
  })

  test('by a set in which other keys are for encryption, or do not say what they are for', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { kid: 'one' })
    const { alg: _, ...nameless } = await exportJwk((await generateKeyPair('RS256')).publicKey)
    const keys = [{ kty: 'RSA', use: 'enc', alg: 'RSA-OAEP' }, nameless, await exportJwk(publicKey)]
    expect(await ask(await signed(privateKey), { key: JSON.stringify({ keys }) })).toMatchObject({
      outcome: 'verified',
    })
  })

  test('as the type that is expected', async () => {
    const key = importSecret(text, 'HS256')
    const token = await signed(key, { typ: 'at+jwt' })
    const question = { key: text, algorithm: 'HS256' } as const
    expect(await ask(token, question)).toMatchObject({ outcome: 'refused', code: 'ERR_HEADER_TYPE' })
    expect(await ask(token, { ...question, typ: 'at+jwt' })).toMatchObject({ outcome: 'verified' })
  })
})

describe('refused', () => {
  const key = importSecret(text, 'HS256')
  const question = { key: text, algorithm: 'HS256' } as const

  test.each<[string, string, object, Partial<Question>]>([
    ['signed with another secret', 'ERR_SIGNATURE', {}, { key: text.toLowerCase() }],
    ['another issuer', 'ERR_CLAIM_VALUE', {}, { issuer: 'https://other.example' }],
    ['another audience', 'ERR_CLAIM_VALUE', {}, { audience: 'other' }],
    ['not on the allowlist', 'ERR_ALGORITHM', {}, { key: text.repeat(2), algorithm: 'HS512' }],
    ['expired', 'ERR_EXPIRED', { now: () => 1_700_000_000 }, {}],
    ['without expiry', 'ERR_CLAIM_MISSING', { expiresIn: null }, {}],
  ])('%s: %s', async (_, code, more, asked) => {
    const verdict = await ask(await signed(key, more), { ...question, ...asked })
    expect(verdict).toMatchObject({
      outcome: 'refused',
      code,
      message: expect.stringMatching(/./),
      advice: expect.stringMatching(/\.$/),
      reference: expect.stringMatching(/§/),
    })
    expect(verdict.steps.filter(({ outcome }) => outcome === 'failed')).not.toEqual([])
  })

  test.each([
    ['what is no token', 'hello', 'ERR_TOKEN_MALFORMED'],
    ['alg none', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'ERR_ALGORITHM'],
    ['more than a token may have', 'a'.repeat(20_000), 'ERR_TOKEN_TOO_LONG'],
  ])('%s, with a key or without', async (_, token, code) => {
    expect(await ask(token)).toMatchObject({ outcome: 'refused', code })
    expect(await ask(token, question)).toMatchObject({ outcome: 'refused', code })
  })

  test('a key id that the set has not', async () => {
    const [one, other] = await Promise.all(['one', 'other'].map((kid) => generateKeyPair('ES256', { kid })))
    const set = await setOf(other!.publicKey)
    expect(await ask(await signed(one!.privateKey), { key: set })).toMatchObject({ code: 'ERR_KEY_NOT_FOUND' })
  })
})

describe('undecided', () => {
  const base64 = `MIGb${'A'.repeat(60)}`
  const pem = `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`
  const ssh = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${'A'.repeat(40)} alice@example.com`

  test('without a key nothing is verified, and nothing is wrong so far', async () => {
    const verdict = await ask(await signed(importSecret(text, 'HS256')))
    expect(verdict).toMatchObject({ outcome: 'keyless' })
    expect(verdict).not.toHaveProperty('code')
    expect(verdict).not.toHaveProperty('message')
  })

  test('without a key it is told what would be wrong even with one', async () => {
    const verdict = await ask(await signed(importSecret(text, 'HS256'), { now: () => 1_700_000_000 }))
    expect(verdict).toMatchObject({ outcome: 'keyless', message: expect.stringContaining('has expired') })
  })

  test('white space is no key', async () => {
    expect(await ask(await signed(importSecret(text, 'HS256')), { key: ' \n' })).toMatchObject({ outcome: 'keyless' })
  })

  test.each<[string, Partial<Question>, string]>([
    ['a secret without its algorithm', { key: text }, 'no key was found'],
    ['a secret for ES256', { key: text, algorithm: 'ES256' }, 'for a secret choose HS256, HS384 or HS512'],
    ['a key without its first line', { key: base64 }, 'put -----BEGIN PUBLIC KEY----- or'],
    ['a token in place of a key', { key: 'a.b.c', algorithm: 'RS256' }, 'a token was given where a key is wanted'],
    ['a key of SSH', { key: ssh }, 'an SSH public key was given'],
    ['a key of SSH for HMAC', { key: ssh, algorithm: 'HS256' }, 'an SSH public key was given'],
    ['a PEM behind other text', { key: `Bag Attributes\n${pem}` }, 'give one block whole'],
    ['an array of keys', { key: '[{"kty":"EC"}]' }, 'a JWK Set is one object'],
    ['a secret that is too short', { key: 'secret', algorithm: 'HS256' }, 'at least 32 octets'],
    ['a secret in another spelling', { key: text, algorithm: 'HS256', encoding: 'hex' }, 'the secret is not hex'],
    ['a key that is no JSON', { key: '{"kty":' }, 'not strict JSON'],
    ['a set of no keys', { key: '{"keys":[]}' }, 'the JWK Set has no keys'],
    ['a set of no JWKs', { key: '{"keys":[null,1]}' }, 'keys[0] of the JWK Set is no JWK'],
    ['a set that fixes no algorithm', { key: '{"keys":[{"kty":"RSA"}]}' }, 'name the algorithm'],
    ['JSON that is no key', { key: '{"keys":1}' }, 'the JWK Set has no keys'],
    ['a key with a passphrase', { key: keys.others.p256Encrypted }, 'the key is encrypted'],
    ['half a PEM', { key: '-----BEGIN PUBLIC KEY-----\nMFkw' }, 'the PEM cannot be read'],
  ])('%s says what to do, and what can be told without it is told', async (_, question, message) => {
    const verdict = await ask(await signed(importSecret(text, 'HS256')), question)
    expect(verdict).toMatchObject({ outcome: 'unusable', message: expect.stringContaining(message) })
    expect(verdict.steps[0]).toMatchObject({ outcome: 'passed' })
  })

  test('what is wrong with the program is not hidden', async () => {
    const broken: Question = {
      ...empty,
      token: 'a.b.c',
      get key(): string {
        throw new RangeError('a mistake')
      },
    }
    await expect(judge(broken)).rejects.toThrow(RangeError)
  })
})

test.each([
  ['', false],
  [' \n', false],
  ['{"kty":"EC"}', false],
  ['\n{}', false],
  ['-----BEGIN PUBLIC KEY-----', false],
  ['subject=alice\n-----BEGIN CERTIFICATE-----', false],
  ['[ {"kty":"EC"}]', false],
  ['ecdsa-sha2-nistp256 AAAAE2Vj', false],
  ['[  {"kty":"EC"}]', false],
  ['ssh-ed25519  AAAAC3Nz', false],
  ['[hunter2]', true],
  ['hunter {2}', true],
  ['ssh-hunter2', true],
  ['hunter2', true],
])('%j is a secret: %s', (key, expected) => {
  expect(isSecret(key)).toBe(expected)
})
