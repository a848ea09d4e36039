import { describe, expect, test } from 'vitest'
import { createVerifier, generateSecret, JwtError, sign, type JwtErrorCode } from 'tittle'
import { bearerToken, challenge, requireScope, type ChallengeOptions } from 'tittle/http'
import { startServer } from './setup/key-server.ts'
import { nodeRequest } from './setup/http.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError, thrownBy } from './setup/silence.ts'

type Row = readonly [status: number, error: string, authenticate: string | undefined]

const INVALID: Row = [401, 'invalid_token', 'Bearer realm="api", error="invalid_token"']
const AWAY: Row = [503, 'temporarily_unavailable', undefined]
const FORBIDDEN: Row = [403, 'forbidden', undefined]

// A code that is added does not compile here, until somebody has thought about its answer.
const answers: Record<JwtErrorCode, Row> = {
  ERR_TOKEN_MALFORMED: INVALID,
  ERR_TOKEN_TOO_LONG: INVALID,
  ERR_HEADER_INVALID: INVALID,
  ERR_HEADER_CRITICAL: INVALID,
  ERR_HEADER_TYPE: INVALID,
  ERR_ALGORITHM: INVALID,
  ERR_KEY_NOT_FOUND: INVALID,
  ERR_KEY_AMBIGUOUS: INVALID,
  ERR_SIGNATURE: INVALID,
  ERR_CLAIM_MISSING: INVALID,
  ERR_CLAIM_TYPE: INVALID,
  ERR_CLAIM_VALUE: INVALID,
  ERR_EXPIRED: INVALID,
  ERR_NOT_YET_VALID: INVALID,
  ERR_TOO_OLD: INVALID,
  ERR_KEYSET_UNAVAILABLE: AWAY,
  ERR_KEYSET_INVALID: AWAY,
  ERR_SESSION_REUSED: INVALID,
  ERR_SESSION_REVOKED: INVALID,
  ERR_SESSION_EXPIRED: INVALID,
  ERR_STORE_UNAVAILABLE: AWAY,
  ERR_TOKEN_MISSING: [401, 'unauthorized', 'Bearer realm="api"'],
  ERR_REQUEST_INVALID: [400, 'invalid_request', 'Bearer realm="api", error="invalid_request"'],
  ERR_HTTPS_REQUIRED: FORBIDDEN,
  ERR_CSRF: FORBIDDEN,
  ERR_SCOPE: [403, 'insufficient_scope', 'Bearer realm="api", error="insufficient_scope"'],
}
const rows = Object.entries(answers) as [JwtErrorCode, Row][]

const secrets = { message: 'the message of the error', claim: 'a_claim_of_ours', cause: 'the cause of the error' }

const errorOf = (code: JwtErrorCode): JwtError =>
  new JwtError(code, secrets.message, secrets.claim, { cause: new Error(secrets.cause) })

const authenticateOf = (code: JwtErrorCode, options?: ChallengeOptions): string | undefined =>
  challenge(errorOf(code), options).headers['www-authenticate']

describe('an answer', () => {
  test.each(rows)('to %s is this one, to the letter', (code, [status, error, authenticate]) => {
    expect(challenge(errorOf(code), { realm: 'api' })).toEqual({
      status,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(authenticate !== undefined && { 'www-authenticate': authenticate }),
        ...(status === 503 && { 'retry-after': '1' }),
      },
      body: `{"error":"${error}"}`,
    })
  })

  test.each(rows)('to %s tells nothing of the error', (code) => {
    const told = JSON.stringify(challenge(errorOf(code), { realm: 'api', scope: 'orders:read' }))
    for (const words of [...Object.values(secrets), code, 'ERR_', 'JwtError']) expect(told).not.toContain(words)
  })

  test.each<[JwtErrorCode, ChallengeOptions | undefined, string]>([
    ['ERR_TOKEN_MISSING', undefined, 'Bearer'],
    ['ERR_TOKEN_MISSING', {}, 'Bearer'],
    ['ERR_TOKEN_MISSING', { realm: undefined, scope: undefined }, 'Bearer'],
    ['ERR_TOKEN_MISSING', { scope: 'a b' }, 'Bearer scope="a b"'],
    ['ERR_TOKEN_MISSING', { realm: 'api', scope: 'a' }, 'Bearer realm="api", scope="a"'],
    ['ERR_EXPIRED', undefined, 'Bearer error="invalid_token"'],
    ['ERR_EXPIRED', { scope: 'a' }, 'Bearer scope="a", error="invalid_token"'],
    ['ERR_SCOPE', { scope: 'a' }, 'Bearer scope="a", error="insufficient_scope"'],
    ['ERR_REQUEST_INVALID', undefined, 'Bearer error="invalid_request"'],
    [
      'ERR_SCOPE',
      { realm: ' !#$[]^`{|}~;,=', scope: 'a' },
      'Bearer realm=" !#$[]^`{|}~;,=", scope="a", error="insufficient_scope"',
    ],
  ])('to %s with %j asks %s', (code, options, authenticate) => {
    expect(authenticateOf(code, options)).toBe(authenticate)
  })

  test.each(rows)('to %s may be sent by fetch and by node:http', async (code, [status, error, authenticate]) => {
    const { body, ...init } = challenge(errorOf(code), { realm: 'api' })
    const response = new Response(body, init)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, authenticate ?? null])
    const server = await startServer({ ...init, body })
    const answer = await fetch(server.origin)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, authenticate ?? null])
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null)
    expect(await answer.json()).toEqual({ error })
  })

  test('is the same for an error of another copy of the library', () => {
    const foreign = Object.assign(new Error('words'), { code: 'ERR_EXPIRED', [Symbol.for('tittle.JwtError')]: true })
    expect(challenge(foreign)).toEqual(challenge(errorOf('ERR_EXPIRED')))
  })
})

describe('no answer is made', () => {
  class Custom extends Error {
    readonly code = 'ERR_EXPIRED'
    readonly status = 401
  }

  test.each<[string, unknown]>([
    ['a TypeError', new TypeError('a mistake of the program')],
    ['an Error', new Error('the disk is full')],
    ['an error that looks alike', new Custom('words')],
    ['an error by the name', Object.assign(new Error('words'), { name: 'JwtError', code: 'ERR_EXPIRED' })],
    ['an object', { code: 'ERR_EXPIRED', name: 'JwtError' }],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'ERR_EXPIRED'],
    ['a code of a later version', new JwtError('ERR_OF_TOMORROW' as JwtErrorCode, 'words')],
    ['a code that every object has', new JwtError('toString' as JwtErrorCode, 'words')],
    ['a code that is none', new JwtError(undefined as unknown as JwtErrorCode, 'words')],
  ])('to %s, which is thrown on', (_, error) => {
    let thrown: unknown = 'nothing'
    try {
      challenge(error, { realm: 'api' })
    } catch (caught) {
      thrown = caught
    }
    expect(thrown).toBe(error)
  })

  test.each(['', 'a"b', 'a\\b', 'a\r\nSet-Cookie: a=b', 'a\n', 'a\0', 'a\tb', 'a\u007f', 'é', '\u2028'])(
    'with %j in the header',
    (text) => {
      for (const option of ['realm', 'scope']) {
        for (const code of ['ERR_EXPIRED', 'ERR_STORE_UNAVAILABLE'] as const) {
          expectTypeError(
            () => challenge(errorOf(code), { [option]: text }),
            `challenge: ${option} must be printable ASCII, without quotes and backslashes`,
            text,
          )
        }
      }
    },
  )

  test.each<[unknown, string]>([
    [null, 'challenge: the options must be a plain object'],
    ['api', 'challenge: the options must be a plain object'],
    [{ error: 'invalid_token' }, 'challenge: there is no option "error"; there are realm, scope'],
    [{ status: 200 }, 'challenge: there is no option "status"'],
  ])('with the options %j', (options, words) => {
    expectTypeError(() => challenge(errorOf('ERR_EXPIRED'), options as ChallengeOptions), words)
  })
})

test('what every object inherits changes no answer', () => {
  const planted = {
    realm: 'planted',
    scope: 'planted',
    status: 200,
    headers: { 'www-authenticate': 'planted' },
    'www-authenticate': 'planted',
    body: 'planted',
    error: 'planted',
    401: 'planted',
    ERR_OF_TOMORROW: 200,
  }
  for (const [name, value] of Object.entries(planted)) {
    for (const [code] of rows) {
      const error = errorOf(code)
      const answer = polluted({ [name]: value }, () => JSON.stringify(challenge(error)))
      expect(answer, name).toBe(JSON.stringify(challenge(error)))
    }
    const tomorrow = new JwtError('ERR_OF_TOMORROW' as JwtErrorCode, 'words')
    expect(polluted({ [name]: value }, () => thrownBy(() => challenge(tomorrow)))).toBe(tomorrow)
  }
})

test('a request to node:http is answered as RFC 6750 §3 has it', async () => {
  const key = generateSecret('HS256')
  const verifier = createVerifier(key, { algorithms: ['HS256'], issuer: null, audience: null })
  const server = await startServer(async ({ headers }) => {
    try {
      requireScope(await verifier.verify(bearerToken(nodeRequest(headers))), 'orders:read')
      return { body: 'the orders' }
    } catch (error) {
      return challenge(error, { realm: 'api', scope: 'orders:read' })
    }
  })
  const token = (scope: string) => sign({ scope }, key, { expiresIn: '1m' })
  const ask = async (authorization?: string) => {
    const { status, headers } = await fetch(server.origin, { headers: authorization ? { authorization } : {} })
    return [status, headers.get('www-authenticate')]
  }
  const asked = 'Bearer realm="api", scope="orders:read"'
  expect(await ask(`Bearer ${await token('orders:read')}`)).toEqual([200, null])
  expect(await ask()).toEqual([401, asked])
  expect(await ask('Basic YTpi')).toEqual([401, asked])
  expect(await ask('Bearer a b')).toEqual([400, `${asked}, error="invalid_request"`])
  expect(await ask('Bearer e30.e30.c2ln')).toEqual([401, `${asked}, error="invalid_token"`])
  expect(await ask(`Bearer ${await token('orders:write')}`)).toEqual([403, `${asked}, error="insufficient_scope"`])
})
