import { expect, test } from 'vitest'
import { folderOf, NOW, run, tokenOf } from '../terminal.ts'
import { forge } from '../../setup/tokens.ts'

const token = await tokenOf({ role: 'admin' })

test('a token is shown as what it says of itself', async () => {
  const { status, out, err } = await run(['decode', token])
  expect({ status, err }).toEqual({ status: 0, err: '' })
  const lines = out.split('\n')
  expect(lines[0]).toBe('UNVERIFIED: this is what the token says of itself')
  expect(lines.slice(1, 4)).toEqual(['Header', '{', '  "alg": "ES256",'])
  expect(out).toContain('  "role": "admin"')
  expect(lines.slice(-3)).toEqual([
    expect.stringMatching(/^iat {2}2027-01-1\d \d\d:\d\d:\d\d [+-]\d\d:\d\d {2}issued now$/),
    expect.stringMatching(/^exp {2}2027-01-1\d \d\d:\d\d:\d\d [+-]\d\d:\d\d {2}expires in 15 min$/),
    '',
  ])
})

test('it is the same from a file, a pipe, and with the word before it', async () => {
  const path = folderOf({ 'token.jwt': `${token}\n` })
  const { out } = await run(['decode', token])
  expect((await run(['decode', path('token.jwt')])).out).toBe(out)
  expect((await run(['decode', '-'], { stdin: `${token}\n` })).out).toBe(out)
  expect((await run(['decode'], { stdin: ` Bearer ${token}\r\n` })).out).toBe(out)
})

test('JSON is the header and the claims, and nothing else', async () => {
  const { out } = await run(['decode', '--json', token])
  expect(JSON.parse(out)).toEqual({
    header: { alg: 'ES256', typ: 'JWT', kid: 'one' },
    claims: { role: 'admin', iss: 'https://issuer.example', sub: 'alice', aud: 'api', iat: NOW, exp: NOW + 900 },
  })
})

test('a token cannot drive the terminal', async () => {
  const hostile = '\x1b]0;title\x07\x1b[2J\x9b31m\u202egnp.exe\r\n\x7f'
  const bad = forge({ alg: 'HS256', kid: hostile }, { [hostile]: [hostile], exp: NOW })
  for (const args of [
    ['decode', bad],
    ['decode', '--json', bad],
  ]) {
    const { out } = await run(args)
    expect(out.replaceAll('\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e]/)
    expect(out).toContain('\\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\u202egnp.exe\\r\\n\\u007f')
  }
  const { out } = await run(['decode', bad], { isTTY: true })
  expect(out.replaceAll(/\x1b\[\d+m|\n/g, '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e]/)
})

test.each([['a.b'], ['a.b.c'], [`${token}=`], [`${token}.x`], [forge('', '{}')], ['garbage']])(
  'what is no strict JWT ends with 1: %.12s',
  async (bad) => {
    const { status, out, err } = await run(['decode', bad])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(/^tittle decode: ERR_TOKEN_MALFORMED: not a strict JWT\. [^\n]*\n$/)
  },
)

test('without a token and without a pipe, one is asked for', async () => {
  expect(await run(['decode'], { isTTY: true })).toMatchObject({
    status: 2,
    err: 'tittle decode: the token is missing; type it, a file that holds it, or - for standard input\n',
  })
})
