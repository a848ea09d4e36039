import { describe, expect, test } from 'vitest'
import { lintCookie, lintKeySet, lintPolicy, lintToken } from 'tittle/lint'
import { forge } from '../../setup/tokens.ts'
import { folderOf, NOW, publicJwk, rsaJwk, run, tokenOf } from '../terminal.ts'

const good = await tokenOf({ jti: 'one' })
const nameless = await tokenOf()
const lasting = await tokenOf({ jti: 'one' }, { expiresIn: '30d' })
// No typ, an algorithm that signs nothing, no audience, no id, a password.
const bad = forge({ alg: 'none' }, { iss: 'a', sub: 'b', iat: NOW, exp: NOW + 60, password: 'hunter2' })
const cookie = 'session=hunter2; Path=/'
const policy = { algorithms: ['ES256'], issuer: null, audience: 'api' }

const findingsOf = async (content: string): Promise<unknown> => JSON.parse((await run(['lint', '--json', content])).out)

describe('what it is, is seen by what it looks like', () => {
  test.each<[string, string, unknown]>([
    ['a token', bad, lintToken(bad)],
    ['a token with a word before it', `Bearer ${bad}`, lintToken(bad)],
    ['a token with its header', `Authorization: Bearer ${bad}`, lintToken(bad)],
    ['a token in lines', bad.replaceAll(/.{60}/g, '$&\n'), lintToken(bad)],
    ['a damaged token', 'a.b', lintToken('a.b')],
    ['a padded token', `eyJ9==.${bad}`, lintToken(`eyJ9==.${bad}`)],
    ['a JWK Set', `{"keys":[${publicJwk}]}`, lintKeySet({ keys: [JSON.parse(publicJwk)] })],
    ['a JWK', publicJwk, lintKeySet(JSON.parse(publicJwk))],
    ['a policy', JSON.stringify(policy), lintPolicy(policy)],
    ['a cookie', cookie, lintCookie(cookie)],
    ['a cookie with a dot in its name', `connect.sid${cookie}`, lintCookie(`connect.sid${cookie}`)],
    ['a cookie with a token', `__Host-a=${good}; Secure`, lintCookie(`__Host-a=${good}; Secure`)],
    [
      'lines of a response',
      `HTTP/1.1 200 OK\r\nSet-Cookie: ${cookie}\r\nVary: Origin\r\nset-cookie: b=c; Secure\r\n`,
      [...lintCookie(cookie), ...lintCookie('b=c; Secure')],
    ],
  ])('%s', async (_, content, expected) => {
    expect(await findingsOf(content)).toEqual(expected)
  })

  test('in a file and in a pipe as well', async () => {
    const path = folderOf({ 'jwks.json': rsaJwk })
    const expected = JSON.parse(JSON.stringify(lintKeySet(JSON.parse(rsaJwk))))
    expect(JSON.parse((await run(['lint', '--json', path('jwks.json')])).out)).toEqual(expected)
    expect(JSON.parse((await run(['lint', '--json'], { stdin: rsaJwk })).out)).toEqual(expected)
  })

  test.each([
    ['{"a":1}', 'the JSON is no JWK Set, JWK or policy; give an object with "keys", "kty", or "algorithms"'],
    ['{', 'what to lint begins like JSON and is none'],
    ['[{"kty":"EC"}]', 'a JSON array is no JWK Set; give one object, { "keys": [ … ] }'],
    ['-----BEGIN PUBLIC KEY-----\nMA==', 'this is a key; give its JWK: tittle convert --to jwk'],
    ['', 'what to lint is empty'],
  ])('or is not seen: %j', async (stdin, message) => {
    const { status, out, err } = await run(['lint', '-'], { stdin })
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain(`tittle lint: ${message}`)
  })
})

describe('the findings', () => {
  test('are told with their fix and their reference, and counted', async () => {
    const { status, out } = await run(['lint', bad])
    const findings = lintToken(bad)
    expect(status).toBe(1)
    expect(out).toBe(
      [
        ...findings.flatMap(({ severity, rule, message, fix, reference }) => [
          `${severity.padEnd(7)}  ${rule}  ${message}`,
          `         ${fix}`,
          `         ${reference}`,
        ]),
        `${findings.length} findings`,
        '',
      ].join('\n'),
    )
    expect(out).not.toContain('hunter2')
  })

  test.each([
    [good, 0, 'no findings\n'],
    [nameless, 0, /^info {5}no-jti [^]*\n1 finding\n$/],
    [lasting, 1, /^warning {2}long-lived [^]*\n1 finding\n$/],
  ])('decide the exit status', async (content, expected, text) => {
    const { status, out } = await run(['lint', content])
    expect(status).toBe(expected)
    expect(out).toEqual(typeof text === 'string' ? text : expect.stringMatching(text))
  })

  test('are coloured by their severity', async () => {
    expect((await run(['lint', bad], { isTTY: true })).out).toContain('\x1b[31merror  \x1b[0m  \x1b[1m')
  })
})
