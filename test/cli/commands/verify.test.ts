import { describe, expect, test } from 'vitest'
import { folderOf, ISSUER, LENIENT, NOW, publicJwk, run, tokenOf } from '../terminal.ts'
import { forge } from '../../setup/tokens.ts'

const token = await tokenOf({ role: 'admin' })
const strict = ['--issuer', ISSUER, '--audience', 'api']

/** Verifies with the public key. */
function verify(args: readonly string[], tokenText = token, stdin?: string) {
  const path = folderOf({ 'public.jwk': publicJwk })
  return run(['verify', tokenText, '--key', path('public.jwk'), ...args], stdin === undefined ? {} : { stdin })
}

describe('a token that is accepted', () => {
  test('is shown with its key', async () => {
    const { status, out, err } = await verify(strict)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const decoded = (await run(['decode', token])).out
    expect(out).toBe(`OK ES256, kid one\n${decoded.slice(decoded.indexOf('\n') + 1)}`)
  })

  test('is shown without a kid where the key has none', async () => {
    const path = folderOf({ key: JSON.stringify({ ...JSON.parse(publicJwk), kid: undefined }) })
    expect((await run(['verify', token, '--key', path('key'), ...LENIENT])).out).toMatch(/^OK ES256\n/)
  })

  test('is JSON for pipes', async () => {
    const { status, out } = await verify([...strict, '--json'], '-', `Bearer ${token}\n`)
    expect(status).toBe(0)
    expect(JSON.parse(out)).toEqual({
      ok: true,
      header: { alg: 'ES256', typ: 'JWT', kid: 'one' },
      claims: { role: 'admin', iss: ISSUER, sub: 'alice', aud: 'api', iat: NOW, exp: NOW + 900 },
    })
  })

  test('is that of then, where it is to be then', async () => {
    const { status, out } = await verify([...LENIENT, '--now', `${NOW + 890}`])
    expect(status).toBe(0)
    expect(out).toMatch(/issued 14 min 50 s ago\n.*expires in 10 s\n$/)
  })
})

describe('a token that is refused', () => {
  test('is told with every failure, and what to do about it', async () => {
    const { status, out, err } = await verify(['--issuer', 'b', '--audience', 'b', '--now', `${NOW + 900}`])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toBe(
      [
        'REFUSED ERR_CLAIM_VALUE iss: the claim "iss" names another issuer than the policy',
        '        Compare the claim with what the policy expects: the token may be meant for somebody else.',
        'REFUSED ERR_CLAIM_VALUE aud: the claim "aud" names no audience that the policy names',
        '        Compare the claim with what the policy expects: the token may be meant for somebody else.',
        'REFUSED ERR_EXPIRED exp: the token has expired; get a new one',
        '        Get a new token; if it is new, compare the clocks of the issuer and of this machine.',
        '',
      ].join('\n'),
    )
  })

  test('is JSON for pipes, on standard output too', async () => {
    const { status, out, err } = await verify([...LENIENT, '--json', '--now', `${NOW + 900}`])
    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(JSON.parse(out)).toEqual({
      ok: false,
      failures: [
        {
          code: 'ERR_EXPIRED',
          claim: 'exp',
          message: 'the token has expired; get a new one',
          advice: expect.stringMatching(/^Get a new token/),
        },
      ],
    })
  })

  test.each([
    ['ERR_SIGNATURE', [], `${token.slice(0, -4)}AAAA`],
    ['ERR_ALGORITHM', [], forge({ alg: 'none' }, {})],
    ['ERR_TOKEN_MALFORMED', [], 'a.b'],
    ['ERR_HEADER_TYPE', ['--typ', 'at+jwt'], token],
    ['ERR_CLAIM_VALUE sub', ['--subject', 'bob'], token],
    ['ERR_CLAIM_MISSING jti', ['--require', 'jti'], token],
    ['ERR_TOO_OLD iat', ['--max-age', '1m', '--now', `${NOW + 61}`], token],
    ['ERR_CLAIM_VALUE exp', ['--max-lifetime', '1m'], token],
    ['ERR_NOT_YET_VALID iat', ['--tolerance', '9s', '--now', `${NOW - 10}`], token],
  ])('is %s', async (code, args, bad) => {
    const { status, err } = await verify([...LENIENT, ...args], bad)
    expect(status).toBe(1)
    expect(err).toMatch(new RegExp(`^REFUSED ${code}: `))
  })

  test('is not refused by a key set that cannot be had, but unverified', async () => {
    const { status, err } = await run(['verify', token, '--jwks', 'http://127.0.0.1:1/', '--alg', 'ES256', ...LENIENT])
    expect(status).toBe(1)
    expect(err).toMatch(/^UNVERIFIED ERR_KEYSET_UNAVAILABLE: /)
  })

  test('cannot drive the terminal by the name of a claim', async () => {
    const { err } = await verify([...LENIENT, '--require', 'a\x1b[31m'])
    expect(err).toContain('REFUSED ERR_CLAIM_MISSING a\\u001b[31m: the claim "a\\u001b[31m" is missing')
  })
})

test.each([
  [['--audience', 'api'], '--issuer is missing; type --issuer NAME, or --any-issuer to leave it unchecked'],
  [['--any-issuer'], '--audience is missing; type --audience NAME, or --any-audience to leave it unchecked'],
  [[...LENIENT, '--tolerance', '301'], '--tolerance must be at most 300 seconds'],
])('a mistake in the policy ends with 2: %j', async (args, message) => {
  expect(await verify(args)).toMatchObject({ status: 2, out: '', err: `tittle verify: ${message}\n` })
})

test('without a key there is nothing to verify by', async () => {
  expect(await run(['verify', token, ...strict.slice(2), '--issuer', 'somebody'])).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^tittle verify: there is no key; type --key FILE, --jwks URL, --secret-env NAME/),
  })
})

test('the token and the key do not both come from standard input', async () => {
  expect(await run(['verify', '-', '--key', '-', ...LENIENT], { stdin: token })).toMatchObject({
    status: 2,
    err: 'tittle verify: the token and --key both want standard input; give one of them as a file\n',
  })
})
