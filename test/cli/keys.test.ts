import { describe, expect, test, vi } from 'vitest'
import { createVerifier, importSecret, sign, type Algorithm } from 'tittle'
import { Input } from '../../src/cli/input.ts'
import { signingKey, verificationKeys } from '../../src/cli/keys.ts'
import { keys } from '../setup/keys.ts'
import { startServer } from '../setup/key-server.ts'
import { folderOf, ISSUER, NOW, openTerminal, privateJwk, publicJwk, rsaJwk, tokenOf } from './terminal.ts'

const secret = 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA'
const keySet = JSON.stringify({ keys: [JSON.parse(publicJwk)] })

const files = {
  private: privateJwk,
  public: publicJwk,
  set: keySet,
  mixed: JSON.stringify({ keys: [JSON.parse(publicJwk), { ...keys.rsa.publicJwk, use: 'enc' }] }),
  rsa: rsaJwk,
  // As large issuers publish them.
  both: JSON.stringify({ keys: [{ ...keys.rsa.publicJwk, kid: 'r' }, JSON.parse(publicJwk)] }),
  rsaSet: JSON.stringify({ keys: [keys.rsa.publicJwk] }),
  encrypted: keys.others.p256Encrypted,
  secret: `${secret}\n`,
  windows: `${secret}\r\n`,
  lines: `${secret}\n\n`,
  hex: Buffer.from(secret).toString('hex'),
  octets: Uint8Array.from({ length: 32 }, (_, i) => 200 + i),
}

const none = {
  key: undefined,
  jwks: undefined,
  issuer: undefined,
  'secret-env': undefined,
  'secret-file': undefined,
  'secret-encoding': undefined,
  'passphrase-env': undefined,
}

/** Gives the options, of which those named here are files, to a reader of keys. */
function contextOf<V extends object>(values: V, stdin = '') {
  const path = folderOf(files)
  const paths = Object.entries(values).map(([name, value]) => {
    const isFile = /^(key|jwks|secret-file)$/.test(name) && typeof value === 'string' && Object.hasOwn(files, value)
    return [name, isFile ? path(value) : value] as const
  })
  const { terminal } = openTerminal([], { env: { SECRET: secret, HEX: files.hex }, stdin })
  const given: V = { ...values, ...Object.fromEntries(paths) }
  return { terminal, input: new Input(terminal.stdin), values: given, operands: [], commands: [], paint: plain, print }
}

const plain = (_: string, text: string): string => text
const print = (): void => {}

type Given = Partial<Record<keyof typeof none, string>> & { readonly alg?: readonly Algorithm[] }

const verification = (values: Given, stdin?: string) =>
  verificationKeys(contextOf({ ...none, alg: [], ...values }, stdin))

describe('the keys that verify', () => {
  const hmac = importSecret(secret, 'HS256')
  const token = (key: 'ec' | 'hmac'): Promise<string> =>
    key === 'ec' ? tokenOf() : sign({ sub: 'alice' }, hmac, { expiresIn: '15m', now: () => NOW })

  test.each<[Given, 'ec' | 'hmac', readonly Algorithm[]]>([
    [{ key: 'public' }, 'ec', ['ES256']],
    [{ key: 'private' }, 'ec', ['ES256']],
    [{ key: 'set' }, 'ec', ['ES256']],
    [{ jwks: 'set' }, 'ec', ['ES256']],
    [{ jwks: 'mixed', alg: ['ES256'] }, 'ec', ['ES256']],
    [{ jwks: 'both' }, 'ec', ['ES256']],
    [{ key: 'both' }, 'ec', ['ES256']],
    [{ key: 'public', alg: ['ES256', 'ES256'] }, 'ec', ['ES256']],
    [{ 'secret-env': 'SECRET', alg: ['HS256', 'HS256'] }, 'hmac', ['HS256']],
    [{ 'secret-env': 'HEX', 'secret-encoding': 'hex', alg: ['HS256'] }, 'hmac', ['HS256']],
    [{ 'secret-file': 'secret', alg: ['HS256'] }, 'hmac', ['HS256']],
    [{ 'secret-file': 'windows', 'secret-encoding': 'utf8', alg: ['HS256'] }, 'hmac', ['HS256']],
    [{ 'secret-file': 'hex', 'secret-encoding': 'hex', alg: ['HS256'] }, 'hmac', ['HS256']],
  ])('%j', async (values, kind, algorithms) => {
    const found = await verification(values)
    expect(found?.algorithms).toEqual(algorithms)
    const policy = { algorithms: found?.algorithms ?? [], issuer: null, audience: null, now: () => NOW }
    const { check } = createVerifier(found?.keys ?? [], policy)
    expect(await check(await token(kind))).toMatchObject({ ok: true })
  })

  test('come from standard input', async () => {
    expect((await verification({ key: '-' }, keySet))?.algorithms).toEqual(['ES256'])
    expect((await verification({ 'secret-file': '-', alg: ['HS256'] }, secret))?.keys).toHaveLength(1)
  })

  test('come from a server, by the address of the set or that of the issuer', async () => {
    const server = await startServer(({ path }) => ({
      body: path === '/jwks.json' ? keySet : { issuer: server.origin, jwks_uri: server.url },
    }))
    for (const values of [{ jwks: server.url }, { issuer: server.origin }]) {
      const found = await verification({ ...values, alg: ['ES256'] })
      const policy = { algorithms: ['ES256'], issuer: null, audience: null, now: () => NOW } as const
      expect(await createVerifier(found?.keys ?? [], policy).check(await tokenOf())).toMatchObject({ ok: true })
    }
    expect(server.requests).toEqual(['/jwks.json', '/.well-known/openid-configuration', '/jwks.json'])
  })

  test.each<Given>([{}, { issuer: 'somebody' }, { alg: ['ES256'] }])('are not there by %j', async (values) => {
    expect(await verification(values)).toBeUndefined()
  })

  test('are not asked for on the net where another source is named', async () => {
    const fetching = vi.spyOn(globalThis, 'fetch')
    expect((await verification({ issuer: ISSUER, key: 'public' }))?.algorithms).toEqual(['ES256'])
    expect(fetching).not.toHaveBeenCalled()
    fetching.mockRestore()
  })

  test.each<[Given, string]>([
    [{ key: 'public', jwks: 'set' }, '--key and --jwks both name keys; give one of them'],
    [{ 'secret-env': 'SECRET', 'secret-file': 'secret' }, '--secret-env and --secret-file both name keys'],
    [{ jwks: `${ISSUER}/jwks` }, '--jwks does not fix the algorithm; type --alg with the one that you expect'],
    [{ issuer: ISSUER }, '--issuer does not fix the algorithm; type --alg'],
    [{ 'secret-env': 'SECRET' }, '--secret-env does not fix the algorithm; type --alg'],
    [{ 'secret-file': 'secret', alg: ['ES256'] }, 'ES256 is an algorithm for key pairs'],
    [{ 'secret-env': 'UNSET', alg: ['HS256'] }, '--secret-env names a variable that is not set'],
    [{ 'secret-file': 'octets', alg: ['HS256'] }, '--secret-file is not UTF-8 text'],
    [{ 'secret-env': 'SECRET', 'secret-encoding': 'hex', alg: ['HS256'] }, 'the secret is not hex'],
    [{ 'secret-env': 'SECRET', alg: ['HS512'] }, 'HS512 wants a secret of at least 64 octets'],
    [{ key: 'rsa' }, '--key: the JWK serves RS256, RS384, RS512, PS256, PS384, PS512; type --alg'],
    [{ key: 'rsa', alg: ['ES256'] }, '--key: the JWK serves RS256'],
    [{ jwks: 'secret' }, '--jwks: no key was found'],
    [{ jwks: 'rsaSet' }, '--jwks: no key of the JWK Set fixes its algorithm; type --alg with the one that it is for'],
    [{ key: 'encrypted' }, '--key is encrypted; type --passphrase-env'],
    [{ jwks: 'http://issuer.example', alg: ['ES256'] }, '--jwks: the URL must be an https URL'],
    [{ jwks: 'ftp://issuer.example', alg: ['ES256'] }, '--jwks: the URL must be an https URL'],
    [{ issuer: 'http://issuer.example', alg: ['ES256'] }, '--issuer: the issuer must be an https URL'],
    [{ issuer: 'https://issuer.example?a', alg: ['ES256'] }, '--issuer: the issuer must be a string without a query'],
  ])('are refused: %j', async (values, message) => {
    await expect(verification(values)).rejects.toThrow(message)
  })
})

describe('the key that signs', () => {
  const signing = (values: Partial<Record<keyof typeof none | 'alg' | 'kid', string>>, stdin?: string) =>
    signingKey(contextOf({ ...none, alg: undefined, kid: undefined, ...values }, stdin))

  test.each<[Parameters<typeof signing>[0], string]>([
    [{ key: 'private' }, 'Key { alg: ES256, kid: one, role: private }'],
    [{ key: 'private', kid: 'two' }, 'Key { alg: ES256, kid: two, role: private }'],
    [{ key: 'rsa', alg: 'PS512' }, 'Key { alg: PS512, kid: undefined, role: private }'],
    [{ 'secret-env': 'SECRET', alg: 'HS256', kid: 'two' }, 'Key { alg: HS256, kid: two, role: secret }'],
    [{ 'secret-file': 'lines', alg: 'HS256' }, 'Key { alg: HS256, kid: undefined, role: secret }'],
  ])('%j', async (values, expected) => {
    expect(String(await signing(values))).toBe(expected)
  })

  test('loses one line break at the end of its file, and no more', async () => {
    const lines = await signing({ 'secret-file': 'lines', alg: 'HS256' })
    const token = await sign({}, lines, { expiresIn: '15m', now: () => NOW })
    const policy = { algorithms: ['HS256'], issuer: null, audience: null, now: () => NOW } as const
    const { check } = createVerifier(importSecret(`${secret}\n`, 'HS256'), policy)
    expect(await check(token)).toMatchObject({ ok: true })
  })

  test.each<[Parameters<typeof signing>[0], string]>([
    [{}, 'there is no key; type --key FILE, --secret-env NAME or --secret-file FILE'],
    [{ key: 'private', 'secret-file': 'secret' }, '--key and --secret-file both name keys'],
    [{ 'secret-env': 'SECRET' }, '--secret-env does not fix the algorithm'],
    [{ key: 'rsa' }, 'type --alg with the one that it is for'],
    [{ key: 'public' }, '--key is a public key, which does not sign; give its private half'],
  ])('is refused: %j', async (values, message) => {
    await expect(signing(values)).rejects.toThrow(message)
  })
})
