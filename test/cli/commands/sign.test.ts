import { describe, expect, test } from 'vitest'
import { folderOf, ISSUER, LENIENT, NOW, privateJwk, publicJwk, run } from '../terminal.ts'
import { claimsOf, headerOf } from '../../setup/tokens.ts'

const secret = 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA'

/** Signs with the private key. */
function sign(args: readonly string[], stdin?: string) {
  const path = folderOf({ 'private.jwk': privateJwk, 'public.jwk': publicJwk, 'claims.json': '{"role":"admin"}\n' })
  const given = args.map((arg) => (/^\w+\.\w+$/.test(arg) ? path(arg) : arg))
  return run(['sign', '--key', path('private.jwk'), ...given], stdin === undefined ? {} : { stdin })
}

describe('claims are signed', () => {
  test.each<[string[], string | undefined, object]>([
    [['--expires-in', '15m'], undefined, { exp: NOW + 900 }],
    [['--expires-in', '60'], undefined, { exp: NOW + 60 }],
    [['--no-expiry'], undefined, {}],
    [['--claims', `{"exp":${NOW + 1}}`], undefined, { exp: NOW + 1 }],
    [['--claims', 'claims.json', '--no-expiry'], undefined, { role: 'admin' }],
    [['--claims', '-', '--no-expiry'], ' {"role":"admin"}\n', { role: 'admin' }],
    [
      ['--issuer', ISSUER, '--audience', 'api', '--subject', 'alice', '--not-before', '10s', '--expires-in', '1h'],
      undefined,
      { iss: ISSUER, aud: 'api', sub: 'alice', nbf: NOW + 10, exp: NOW + 3600 },
    ],
    [['--audience', 'a', '--audience', 'b', '--no-expiry'], undefined, { aud: ['a', 'b'] }],
    [['--jti', '--no-expiry'], undefined, { jti: expect.stringMatching(/^[\w-]{22}$/) }],
    [['--now', '900', '--expires-in', '100'], undefined, { iat: 900, exp: 1000 }],
  ])('%j', async (args, stdin, claims) => {
    const { status, out, err } = await sign(args, stdin)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(claimsOf(out)).toEqual({ iat: NOW, ...claims })
  })

  test.each<[string[], object]>([
    [[], { alg: 'ES256', typ: 'JWT', kid: 'one' }],
    [['--typ', 'at+jwt', '--kid', 'two'], { alg: 'ES256', typ: 'at+jwt', kid: 'two' }],
    [['--header', '{"x":[1]}'], { alg: 'ES256', typ: 'JWT', kid: 'one', x: [1] }],
  ])('under a header by %j', async (args, header) => {
    expect(headerOf((await sign([...args, '--no-expiry'])).out)).toEqual(header)
  })

  test('and verified again, by key and by secret', async () => {
    const path = folderOf({ 'public.jwk': publicJwk })
    const { out } = await sign(['--expires-in', '15m'])
    expect((await run(['verify', '-', '--key', path('public.jwk'), ...LENIENT], { stdin: out })).status).toBe(0)
    const around = { env: { SECRET: secret } }
    const hmac = ['--secret-env', 'SECRET', '--alg', 'HS256']
    const signed = await run(['sign', ...hmac, '--expires-in', '15m'], around)
    expect((await run(['verify', '-', ...hmac, ...LENIENT], { ...around, stdin: signed.out })).status).toBe(0)
  })
})

describe('a mistake ends with 2', () => {
  test.each<[string[], string]>([
    [[], '--expires-in is missing; type --expires-in 15m, or --no-expiry for a token that never expires'],
    [['--no-expiry', '--expires-in', '15m'], '--no-expiry contradicts the expiry that is given; leave one of them out'],
    [['--no-expiry', '--claims', '{"exp":1}'], '--no-expiry contradicts the expiry that is given'],
    [['--expires-in', 'soon'], '--expires-in must be a whole number of seconds'],
    [['--no-expiry', '--claims', '{"a":1,"a":2}'], '--claims is not one strict JSON object'],
    [['--no-expiry', '--claims', '[]'], '--claims is neither JSON nor a file'],
    [['--no-expiry', '--claims', 'missing.json'], '--claims cannot be read; there is no file of that name'],
    [['--no-expiry', '--claims', '{"iss":"a"}', '--issuer', 'b'], 'claims.iss and --issuer say different things'],
    [['--no-expiry', '--claims', '{"aud":1}'], 'the claim "aud" is not a string or a non-empty array of strings'],
    [['--no-expiry', '--header', '{"typ":"a"}'], '--header must not have "typ": it is --typ'],
    [['--no-expiry', '--header', 'x'], '--header is neither JSON nor a file'],
    [['--no-expiry', '--secret-env', 'SECRET'], '--key and --secret-env both name keys; give one of them'],
    [['--no-expiry', 'x'], 'there is an argument too many'],
  ])('%j', async (args, message) => {
    const { status, out, err } = await sign(args)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toMatch(/^tittle sign: [^\n]*\n$/)
    expect(err).toContain(message)
  })

  test('as does a public key', async () => {
    const path = folderOf({ key: publicJwk })
    expect(await run(['sign', '--no-expiry', '--key', path('key')])).toMatchObject({
      status: 2,
      err: 'tittle sign: --key is a public key, which does not sign; give its private half\n',
    })
  })
})
