import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { keys } from '../../setup/keys.ts'
import { folderOf, privateJwk, publicJwk, rsaJwk, run } from '../terminal.ts'

const own = createPrivateKey({ key: JSON.parse(privateJwk), format: 'jwk' })
const files = {
  'private.jwk': privateJwk,
  'public.jwk': publicJwk,
  'rsa.jwk': rsaJwk,
  'two.json': JSON.stringify({ keys: [JSON.parse(publicJwk), keys.ed25519.publicJwk] }),
  'p256.pem': keys.p256.privatePem,
  'p256.der': own.export({ format: 'der', type: 'pkcs8' }),
  'encrypted.pem': own.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'hunter2' }),
  'secret.jwk': JSON.stringify({ kty: 'oct', k: Buffer.alloc(32, 'key').toString('base64url'), alg: 'HS256' }),
}

function convert(args: readonly string[], around?: Parameters<typeof run>[1]) {
  const path = folderOf(files)
  const given = args.map((arg) => (/^\w+\.\w+$/.test(arg) ? path(arg) : arg))
  const result = run(['convert', ...given], { env: { PASS: 'hunter2' }, ...around })
  return { path, result }
}

const jwkOf = (jwk: string): object => ({ ...JSON.parse(jwk), alg: 'ES256', use: 'sig' })

describe('a key is converted', () => {
  test.each<[string[], object]>([
    [['private.jwk', '--to', 'jwk'], jwkOf(privateJwk)],
    [['private.jwk', '--to', 'jwk', '--public', '--kid', 'two'], { ...jwkOf(publicJwk), kid: 'two' }],
    [['public.jwk', '--to', 'jwk', '--public'], jwkOf(publicJwk)],
    [['p256.der', '--to', 'jwk', '--kid', 'one'], jwkOf(privateJwk)],
    [['rsa.jwk', '--to', 'jwk', '--alg', 'PS256'], { ...JSON.parse(rsaJwk), alg: 'PS256', use: 'sig' }],
    [['secret.jwk', '--to', 'jwk'], { ...JSON.parse(files['secret.jwk']), use: 'sig' }],
    [['encrypted.pem', '--to', 'jwk', '--passphrase-env', 'PASS', '--kid', 'one'], jwkOf(privateJwk)],
  ])('%j', async (args, jwk) => {
    const { status, out, err } = await convert(args).result
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(JSON.parse(out)).toEqual(jwk)
  })

  const pem = own.export({ format: 'pem', type: 'pkcs8' }).toString()
  const der = own.export({ format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(pem)

  test.each<[string[], string | Buffer]>([
    [['private.jwk', '--to', 'pem'], pem],
    [['private.jwk', '--to', 'der'], der],
    [['encrypted.pem', '--to', 'pem', '--passphrase-env', 'PASS'], pem],
    [['p256.der', '--to', 'pem', '--public'], publicKey.export({ format: 'pem', type: 'spki' })],
    [['public.jwk', '--to', 'der'], publicKey.export({ format: 'der', type: 'spki' })],
    [
      ['rsa.jwk', '--to', 'pem'],
      createPrivateKey({ key: JSON.parse(rsaJwk), format: 'jwk' }).export({ format: 'pem', type: 'pkcs8' }),
    ],
  ])('%j', async (args, expected) => {
    const { status, bytes } = await convert(args).result
    expect(status).toBe(0)
    expect(bytes.equals(Buffer.from(expected))).toBe(true)
  })

  test.each(['pem', 'jwk', 'der'])('into a new file, as %s', async (to) => {
    const { path, result } = convert(['private.jwk', '--to', to, '--out', 'new.key'], { isTTY: true })
    expect(await result).toMatchObject({ status: 0, out: '', err: '' })
    expect(statSync(path('new.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(path('new.key')).equals((await convert(['private.jwk', '--to', to]).result).bytes)).toBe(true)
  })

  test('from a pipe', async () => {
    const { result } = convert(['-', '--to', 'pem'], { stdin: files['p256.der'] })
    expect((await result).out).toBe(pem)
  })
})

test.each<[string[], string]>([
  [['private.jwk'], '--to is missing; type --to with one of pem, jwk, der'],
  [['private.jwk', '--to', 'der'], 'DER is not for a terminal; type --out FILE'],
  [['private.jwk', '--to', 'ssh'], '--to has no such value; type one of pem, jwk, der'],
  [['private.jwk', '--to', 'pem', '--out', 'p256.pem'], 'p256.pem cannot be written; there is a file of that name'],
  [['private.jwk', '--to', 'pem', '--kid', 'a'], '--kid is for a JWK; PEM has no place for it; leave it out'],
  [['rsa.jwk', '--to', 'der', '--alg', 'RS256', '--out', 'new.der'], '--alg is for a JWK; DER has no place for it'],
  [['secret.jwk', '--to', 'pem'], 'the key is a secret, which has no public half and no form but a JWK; type --to jwk'],
  [['secret.jwk', '--to', 'jwk', '--public'], 'the key is a secret'],
  [['rsa.jwk', '--to', 'jwk'], 'the key: the JWK serves RS256, RS384, RS512, PS256, PS384, PS512; type --alg'],
  [['encrypted.pem', '--to', 'pem'], 'the key is encrypted; type --passphrase-env'],
  [['two.json', '--to', 'pem'], 'the key holds several keys; give it a file with one'],
  [['two.json', '--to', 'jwk'], 'the key holds several keys; give it a file with one'],
  [['private.jwk', '--to', 'pem', '--out', '-'], '--out - names no file; leave it out for standard output'],
])('%j ends with 2', async (args, message) => {
  const { status, out, err } = await convert(args, { isTTY: true }).result
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toContain(`tittle convert: ${message}`)
})
