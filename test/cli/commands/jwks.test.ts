import { describe, expect, test } from 'vitest'
import { createKeySet } from 'tittle/jwks'
import { keys } from '../../setup/keys.ts'
import { folderOf, privateJwk, publicJwk, rsaJwk, run } from '../terminal.ts'

const files = {
  'private.jwk': privateJwk,
  'public.jwk': publicJwk,
  'rsa.jwk': rsaJwk,
  'p384.pem': keys.p384.privatePem,
  'set.jwk': JSON.stringify({ keys: [JSON.parse(publicJwk), { ...keys.ed25519.publicJwk, kid: 'two' }] }),
  'secret.jwk': JSON.stringify({ kty: 'oct', k: Buffer.alloc(32, 'key').toString('base64url'), alg: 'HS256' }),
}

function jwks(args: readonly string[], stdin?: string) {
  const path = folderOf(files)
  const given = args.map((arg) => (Object.hasOwn(files, arg) ? path(arg) : arg))
  return run(['jwks', 'public', ...given], stdin === undefined ? {} : { stdin })
}

describe('the public halves of keys are a JWK Set', () => {
  test.each<[string[], string[]]>([
    [['private.jwk'], ['ES256']],
    [
      ['public.jwk', 'p384.pem'],
      ['ES256', 'ES384'],
    ],
    [['set.jwk'], ['ES256', 'Ed25519']],
    [
      ['private.jwk', 'rsa.jwk', 'p384.pem', '--alg', 'PS256'],
      ['ES256', 'PS256', 'ES384'],
    ],
  ])('%j', async (args, algorithms) => {
    const { status, out, err } = await jwks(args)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const set = JSON.parse(out)
    expect(set.keys.map(({ alg }: { alg: string }) => alg)).toEqual(algorithms)
    expect(out).not.toMatch(/"(d|p|q|dp|dq|qi|k|priv)":/)
    expect(createKeySet(set).size).toBe(algorithms.length)
  })

  test('of one from standard input', async () => {
    expect(JSON.parse((await jwks(['-'], privateJwk)).out).keys[0]).toEqual({
      ...JSON.parse(publicJwk),
      use: 'sig',
      alg: 'ES256',
    })
  })

  test('with names of their own', async () => {
    const kids = JSON.parse(
      (await jwks(['p384.pem', 'rsa.jwk', '--alg', 'RS256', '--kid', 'thumbprint'])).out,
    ).keys.map(({ kid }: { kid: string }) => kid)
    expect(kids).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)])
  })
})

test.each([
  [['private.jwk', 'secret.jwk'], 'key file 2 holds a secret, and whoever could read it in a JWK Set could sign'],
  [['private.jwk', 'public.jwk'], 'two of the keys have the same kid; leave one out, or type --kid thumbprint'],
  [['p384.pem', 'private.jwk', '--kid', 'one'], 'two of the keys have the same kid'],
  [['private.jwk', 'rsa.jwk'], 'key file 2: the JWK serves RS256, RS384, RS512, PS256, PS384, PS512; type --alg'],
  [['private.jwk', 'missing.jwk'], 'key file 2 cannot be read; there is no file of that name'],
  [['-', '-'], 'key file 1 and key file 2 both want standard input; give one of them as a file'],
  [[], 'an argument is missing; type tittle jwks public FILE…'],
])('%j ends with 2', async (args, message) => {
  const { status, out, err } = await jwks(args, privateJwk)
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toContain(`tittle jwks: ${message}`)
})
