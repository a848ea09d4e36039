import { createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { thumbprint } from 'tittle'
import { anyKey, fileKey, keyBytes, labelled, ownKeys, spell, variable } from '../../src/cli/key-files.ts'
import { Input } from '../../src/cli/input.ts'
import { keys } from '../setup/keys.ts'
import { derOf } from '../fixtures/bad-keys.ts'
import { folderOf, openTerminal, privateJwk, publicJwk, rsaJwk } from './terminal.ts'

const encrypted = createPrivateKey(keys.p256.privatePem)
  .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'hunter2' })
  .toString()

const files = {
  private: privateJwk,
  public: publicJwk,
  rsa: rsaJwk,
  pem: keys.p256.privatePem,
  encrypted,
  encryptedDer: derOf(encrypted),
  set: JSON.stringify({ keys: [JSON.parse(publicJwk), { ...keys.ed25519.publicJwk, kid: 'two' }] }),
  secret: JSON.stringify({ kty: 'oct', k: Buffer.alloc(32, 'key').toString('base64url') }),
  again: JSON.stringify({ keys: [JSON.parse(publicJwk)] }),
  enough: JSON.stringify({ keys: [JSON.parse(publicJwk), { ...keys.rsa.publicJwk, use: 'enc' }] }),
  pss: keys.rsaPssSha512.privatePem,
  text: 'no key',
}

/** A context, and where the files are. */
function setUp(values: { readonly kid?: string; readonly 'passphrase-env'?: string } = {}) {
  const { terminal } = openTerminal([], { env: { PASS: 'hunter2', WRONG: 'hunter3', EMPTY: '' } })
  const context = {
    terminal,
    input: new Input(terminal.stdin),
    values: { kid: undefined, 'passphrase-env': undefined, ...values },
  }
  return { context, path: folderOf(files) }
}

describe('the key in a file', () => {
  test.each<[keyof typeof files, string | undefined, string]>([
    ['private', undefined, 'Key { alg: ES256, kid: one, role: private }'],
    ['public', 'ES256', 'Key { alg: ES256, kid: one, role: public }'],
    ['pem', undefined, 'Key { alg: ES256, kid: undefined, role: private }'],
    ['rsa', 'PS256', 'Key { alg: PS256, kid: undefined, role: private }'],
    ['secret', 'HS256', 'Key { alg: HS256, kid: undefined, role: secret }'],
  ])('%s is read for %s', async (name, alg, expected) => {
    const { context, path } = setUp()
    expect(String(await fileKey(context, '--key', path(name), alg))).toBe(expected)
  })

  test('has the kid that is wanted', async () => {
    const { context, path } = setUp({ kid: 'thumbprint' })
    const key = await fileKey(context, '--key', path('pem'))
    expect(key.kid).toBe(await thumbprint(key))
  })

  test.each(['encrypted', 'encryptedDer'])(
    'is decrypted by a variable, and shows its algorithm then: %s',
    async (name) => {
      const { context, path } = setUp({ 'passphrase-env': 'PASS' })
      const expected = 'Key { alg: ES256, kid: undefined, role: private }'
      expect(String(await fileKey(context, '--key', path(name)))).toBe(expected)
      expect(await keyBytes(context, '--key', path(name))).toEqual(derOf(keys.p256.privatePem))
    },
  )

  test('is left as it is where it is not encrypted, whatever the passphrase', async () => {
    const { context, path } = setUp({ 'passphrase-env': 'UNSET' })
    expect(String(await keyBytes(context, '--key', path('pem')))).toBe(files.pem)
  })

  test.each<[keyof typeof files, string | undefined, string | undefined, string]>([
    ['set', undefined, undefined, '--key holds several keys; give it a file with one'],
    ['text', undefined, undefined, '--key: no key was found'],
    ['rsa', undefined, undefined, '--key: the JWK serves RS256, RS384, RS512, PS256, PS384, PS512; type --alg with'],
    ['pem', 'RS256', undefined, '--key: the key (pkcs8) serves ES256, and not the algorithm that is named'],
    ['encrypted', 'ES256', undefined, '--key is encrypted; type --passphrase-env with'],
    ['encrypted', 'ES256', 'WRONG', '--key cannot be decrypted; see whether the passphrase is the right one'],
    ['encrypted', 'RS256', 'PASS', '--key: the key (pkcs8) serves ES256, and not the algorithm that is named'],
    ['encrypted', 'ES256', 'UNSET', '--passphrase-env names a variable that is not set; export it'],
  ])('%s is refused for %s with %s', async (name, alg, passphrase, message) => {
    const { context, path } = setUp(passphrase === undefined ? {} : { 'passphrase-env': passphrase })
    await expect(fileKey(context, '--key', path(name), alg)).rejects.toThrow(message)
    await expect(fileKey(context, '--key', path(name), alg)).rejects.not.toThrow(/hunter|import\w+:/)
  })
})

describe('keys are read each for its own algorithm', () => {
  test.each<[keyof typeof files, string | undefined, string[]]>([
    ['set', 'RS256', ['ES256', 'Ed25519']],
    ['pem', 'RS256', ['ES256']],
    ['rsa', 'RS256', ['RS256']],
  ])('%s, with %s for those that have none', async (name, alg, expected) => {
    const { context, path } = setUp()
    expect((await ownKeys(context, 'key file 1', path(name), alg)).map((key) => key.alg)).toEqual(expected)
  })

  test('or not at all', async () => {
    const { context, path } = setUp()
    await expect(ownKeys(context, 'key file 1', path('rsa'))).rejects.toThrow('key file 1: the JWK serves RS256')
  })
})

describe('where the algorithm does not matter', () => {
  test.each<[keyof typeof files, string]>([
    ['pem', 'private'],
    ['rsa', 'private'],
    ['public', 'public'],
    ['secret', 'secret'],
    ['encrypted', 'private'],
    ['pss', 'private'],
    ['again', 'public'],
    ['enough', 'public'],
  ])('%s is read without it', async (name, role) => {
    const { context, path } = setUp({ 'passphrase-env': 'PASS' })
    expect((await anyKey(context, 'the key', path(name))).role).toBe(role)
  })

  test.each([
    ['encrypted', 'the key is encrypted; type --passphrase-env with the variable that has its passphrase'],
    ['text', 'the key: no key was found'],
    ['set', 'the key holds several keys; give it a file with one'],
  ])('what cannot be read is refused: %s', async (name, message) => {
    const { context, path } = setUp()
    await expect(anyKey(context, 'the key', path(name))).rejects.toThrow(message)
  })
})

test('a passphrase is in a variable that is set', () => {
  const { context } = setUp({ 'passphrase-env': 'PASS' })
  expect(variable({ A: 'a' }, '--secret-env', 'A')).toBe('a')
  for (const name of ['EMPTY', 'UNSET', 'toString', '$PASS']) {
    expect(() => variable(context.terminal.env, '--secret-env', name)).toThrow(
      '--secret-env names a variable that is not set; export it, and give its name without a $',
    )
  }
})

test('mistakes are told with their argument, in the words of the command, and others as they are', async () => {
  const error = new RangeError('unexpected')
  const refuse = (thrown: Error) => labelled('--key', () => Promise.reject(thrown))
  await expect(refuse(error)).rejects.toBe(error)
  await expect(refuse(new TypeError('policy.maxAge is wrong'))).rejects.toThrow('--key: --max-age is wrong')
  expect(await labelled('--key', () => 1)).toBe(1)
})

test('a key is spelled as a file has it', async () => {
  const { context, path } = setUp()
  const key = await fileKey(context, '--key', path('pem'))
  expect(await spell(key, 'pem')).toBe(keys.p256.privatePem)
  expect(await spell(key, 'der')).toEqual(derOf(keys.p256.privatePem))
  expect(await spell(key, 'jwk')).toMatch(/^\{\n {2}"kty": "EC"[^]*\n\}\n$/)
})
