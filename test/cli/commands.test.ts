import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { exportPem } from 'tittle'
import { pathToFileURL } from 'node:url'
import { commands } from '../../src/cli/commands.ts'
import { es256, rs256 } from '../setup/tokens.ts'
import { folderOf, ISSUER, privateJwk, publicJwk, run, tokenOf, type Result } from './terminal.ts'

const here = process.cwd()
afterEach(() => {
  process.chdir(here)
  vi.unstubAllGlobals()
})

test('the commands are those of the design', () => {
  const names = ['decode', 'verify', 'explain', 'lint', 'inspect', 'sign', 'keygen', 'jwks', 'thumbprint', 'convert']
  expect(commands.map(({ name }) => name)).toEqual([...names, 'completion', 'help'])
})

// What the examples speak of.
const files = {
  'token.jwt': await tokenOf(),
  'claims.json': '{"role":"admin"}',
  'private.pem': await exportPem(es256.privateKey),
  'public.pem': await exportPem(es256.publicKey),
  'private.jwk': privateJwk,
  'other.jwk': JSON.stringify({ ...JSON.parse(privateJwk), kid: 'two' }),
  'rsa.pem': await exportPem(rs256.privateKey),
  'jwks.json': JSON.stringify({ keys: [JSON.parse(publicJwk)] }),
  'inspector.html': `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`,
}

/** The words of a command line, without their quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => (quoted === undefined ? word : quoted))

/** Runs a line as a shell would, as far as the examples use one: pipes, and files for input and output. */
async function shell(folder: string, line: string): Promise<Result> {
  const [, inner = line] = /^eval "\$\((.*)\)"$/.exec(line) ?? []
  let last: Result | undefined
  for (const part of inner.split(' | ')) {
    const [, command = '', redirection, file = ''] = /^(.*?)(?: ([<>]) (\S+))?$/.exec(part) ?? []
    const [program, ...args] = wordsOf(command)
    expect(program).toBe('tittle')
    const stdin = redirection === '<' ? readFileSync(join(folder, file)) : last?.bytes
    last = await run(args, {
      env: { JWT_SECRET: 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA' },
      page: pathToFileURL(join(folder, 'inspector.html')),
      stop: AbortSignal.abort(),
      ...(stdin && { stdin }),
    })
    if (redirection === '>') writeFileSync(join(folder, file.replace(/.*\//, '')), last.bytes)
  }
  return last as Result
}

/** What the example of a command must print or leave behind; its exit status where that is not 0. */
const outcomes: Readonly<Record<string, readonly { readonly out?: RegExp; readonly made?: string; status?: 1 }[]>> = {
  decode: [{ out: /^UNVERIFIED.*"sub": "alice".*expires in 15 min\n$/s }, { out: /^\{\n {2}"header": \{/ }],
  verify: [{ out: /^OK ES256\n/ }, { out: /^OK ES256, kid one\n/ }],
  explain: [{ out: /\naccepted\n$/ }, { out: /"code": "ERR_KEY_NOT_FOUND"/, status: 1 }],
  lint: [{ out: /no-jti/ }, { out: /^\[/ }],
  inspect: [{ out: /^http:\/\/127\.0\.0\.1:\d+\/\n$/ }, { out: /^http:\/\/127\.0\.0\.1:8080\/[\da-f-]{36}\n$/ }],
  sign: [{ out: /^ey\S+\n$/ }, { out: /^ey\S+\n$/ }],
  keygen: [{ out: /"kid": "[\w-]{43}"/ }, { made: 'keys/RS256.public.pem' }],
  jwks: [{ out: /"kid": "one".*"kid": "two"/s }, { out: /"kid": "[\w-]{43}"/ }],
  thumbprint: [{ out: /^[\w-]{43}\n$/ }, { out: /^urn:ietf:params:oauth:jwk-thumbprint:sha-512:[\w-]{86}\n$/ }],
  convert: [{ out: /"alg": "RS256"/ }, { made: 'public.der' }],
  completion: [{ out: /^# bash/ }, { made: 'tittle.fish' }],
  help: [{ out: /Commands/ }, { out: /--audience/ }],
}

describe('the examples of the help do what they say', () => {
  const table = commands.flatMap(({ name, examples }) =>
    examples.map(([line], i) => [line, name, outcomes[name]?.[i] ?? {}] as const),
  )

  test.each(table)('$ %s', async (line, name, { out, made, status = 0 }) => {
    expect(line).toContain(`tittle ${name}`)
    const path = folderOf(files)
    const folder = path('.')
    process.chdir(folder)
    vi.stubGlobal('fetch', answers)
    const result = await shell(folder, line.replace('8080', `${line.startsWith('tittle inspect') ? 0 : 8080}`))
    expect(result).toMatchObject({ status })
    if (made !== undefined) expect(existsSync(path(made))).toBe(true)
    else expect(result.out.replace(/:\d+(?=\/.)/, ':8080')).toMatch(out ?? /^$/)
  })
})

// The issuer of the examples.
async function answers(url: string): Promise<Response> {
  const body = url.endsWith('/jwks.json') ? files['jwks.json'] : { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks.json` }
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    headers: { 'content-type': 'application/json' },
  })
}
