import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importPrivateKey, importPublicKey, thumbprint } from 'tittle'
import { keys } from '../../setup/keys.ts'
import { folderOf, run } from '../terminal.ts'

const pairs = ['RS256', 'PS512', 'ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const

describe('on standard output', () => {
  test.each(pairs)('there is one private JWK for %s', async (alg) => {
    const { status, out, err } = await run(['keygen', alg, '--kid', 'one'])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toBe(`${JSON.stringify(JSON.parse(out), null, 2)}\n`)
    expect(String(importPrivateKey(JSON.parse(out), alg))).toBe(`Key { alg: ${alg}, kid: one, role: private }`)
  })

  test.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('there is one secret JWK for %s', async (alg, size) => {
    const jwk = JSON.parse((await run(['keygen', alg, '--jwk'])).out)
    expect(jwk).toEqual({ kty: 'oct', k: jwk.k, alg, use: 'sig' })
    expect(Buffer.from(jwk.k, 'base64url')).toHaveLength(size)
  })

  test('it may be a PEM', async () => {
    const { out } = await run(['keygen', 'ES256', '--pem'])
    expect(out).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]*\n-----END PRIVATE KEY-----\n$/)
    expect(importPrivateKey(out, 'ES256').role).toBe('private')
  })

  test('it may be named by its thumbprint', async () => {
    const jwk = JSON.parse((await run(['keygen', 'ES256', '--kid', 'thumbprint'])).out)
    expect(jwk.kid).toBe(await thumbprint(jwk))
  })
})

describe('in files', () => {
  test.each([
    [['ES256'], ['ES256.private.jwk', 'ES256.public.jwk']],
    [
      ['Ed25519', '--pem', '--kid', '../one two'],
      ['__one_two.private.pem', '__one_two.public.pem'],
    ],
    [['HS256', '--kid', 'one'], ['one.secret.jwk']],
    [['HS256', '--kid=-x'], ['_x.secret.jwk']],
  ])('%j are %j, for their owner alone', async (args, names) => {
    const path = folderOf()
    const { status, out } = await run(['keygen', ...args, '--out', path('keys')])
    expect(status).toBe(0)
    expect(out.split('\n')).toEqual([...names.map((name) => path(`keys/${name}`)), ''])
    expect(readdirSync(path('keys')).sort()).toEqual([...names].sort())
    for (const name of names) expect(statSync(path(`keys/${name}`)).mode & 0o777).toBe(0o600)
  })

  test('the halves belong together', async () => {
    const path = folderOf()
    await run(['keygen', 'ES256', '--out', path('keys')])
    const [privateKey, publicKey] = ['private', 'public'].map((role) =>
      JSON.parse(readFileSync(path(`keys/ES256.${role}.jwk`), 'utf8')),
    )
    expect(importPublicKey(publicKey, 'ES256').role).toBe('public')
    expect(await thumbprint(publicKey)).toBe(await thumbprint(privateKey))
  })

  test('none is overwritten', async () => {
    const path = folderOf({ 'ES256.public.pem': keys.p256.publicPem })
    expect(await run(['keygen', 'ES256', '--pem', '--out', path('.')])).toEqual({
      status: 2,
      out: '',
      err: 'tittle keygen: ES256.public.pem cannot be written; there is a file of that name already; remove it, or name another\n',
      bytes: Buffer.alloc(0),
    })
    expect(readdirSync(path('.'))).toEqual(['ES256.public.pem'])
  })
})

test.each([
  [['HS256', '--pem'], 'a secret has no PEM form; type tittle keygen HS256 --jwk'],
  [['ES256', '--pem', '--jwk'], '--jwk and --pem are both given; give one of them'],
  [
    ['HS256', '--kid', 'thumbprint'],
    "--kid: 'thumbprint' is not for secrets: it would help to guess them; type --kid with a name of your own\n",
  ],
  [['ES256', '--pem', '--kid', 'one'], 'a PEM has no place for --kid; type --jwk, or --out for files of that name'],
  [['ES256', '--out', '-'], '--out - names no file; leave it out for standard output'],
  [['none'], 'there is no such ALG; type one of HS256, HS384'],
  [[], 'an argument is missing; type tittle keygen ALG [options]'],
])('%j ends with 2', async (args, message) => {
  const { status, out, err } = await run(['keygen', ...args])
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toContain(`tittle keygen: ${message}`)
})
