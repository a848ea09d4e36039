import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isJwtError } from 'tittle'
import type { FetchResponse } from 'tittle/jwks'
import { checkUrl, fetchJson, inTime, type Fetch } from '../src/jwks-fetch.ts'
import formats from './fixtures/formats.json' with { type: 'json' }
import { startServer, type Answer } from './setup/key-server.ts'
import { thrownBy } from './setup/tokens.ts'

const json = { content: 'fetched' }

async function outcomeOf(answer: Answer, etag?: string): Promise<string | object> {
  const { url } = await startServer(answer)
  return refusalOf(() => fetchJson(fetch, url, 5, etag))
}

async function refusalOf(run: () => Promise<object>): Promise<string | object> {
  try {
    return await run()
  } catch (error) {
    return isJwtError(error) ? error.code : `not a JwtError: ${error}`
  }
}

describe('the address of a key server', () => {
  test.each([
    ['https://issuer.example/jwks.json', 'https://issuer.example/jwks.json'],
    ['https://issuer.example', 'https://issuer.example/'],
    ['HTTPS://issuer.example:8443/a?b=c', 'https://issuer.example:8443/a?b=c'],
    ['http://localhost:8080/a', 'http://localhost:8080/a'],
    ['http://127.0.0.1/a', 'http://127.0.0.1/a'],
    ['http://127.10.20.30/a', 'http://127.10.20.30/a'],
    ['http://[::1]:80/a', 'http://[::1]/a'],
  ])('may be %s', (given, href) => {
    expect(checkUrl('the URL', given)).toBe(href)
    expect(checkUrl('the URL', new URL(given))).toBe(href)
    expect(checkUrl('the URL', { href: given })).toBe(href)
  })

  test.each([
    ['http://issuer.example/jwks.json', 'must be an https URL'],
    ['http://localhost.issuer.example/', 'must be an https URL'],
    ['http://issuer.localhost/', 'must be an https URL'],
    ['ftp://localhost/', 'must be an https URL'],
    ['http://127.0.0.1.issuer.example/', 'must be an https URL'],
    ['http://0.0.0.0/', 'must be an https URL'],
    ['http://10.0.0.1/', 'must be an https URL'],
    ['ftp://issuer.example/', 'must be an https URL'],
    ['file:///etc/jwks.json', 'must be an https URL'],
    ['data:application/json,{"keys":[]}', 'must be an https URL'],
    ['blob:https://issuer.example/1', 'must be an https URL'],
    ['javascript:1', 'must be an https URL'],
    ['https://user@issuer.example/', 'must not hold credentials'],
    ['https://user:secret@issuer.example/', 'must not hold credentials'],
    ['https://:secret@issuer.example/', 'must not hold credentials'],
    ['/jwks.json', 'must be an absolute URL'],
    ['issuer.example/jwks.json', 'must be an absolute URL'],
    ['', 'must be an absolute URL'],
    ['https://', 'must be an absolute URL'],
    [undefined, 'must be an absolute URL'],
    [null, 'must be an absolute URL'],
    [7, 'must be an absolute URL'],
  ])('is not %s', (given, words) => {
    expect(() => checkUrl('the URL', given as string)).toThrow(TypeError)
    expect(() => checkUrl('the URL', given as string)).toThrow(`the URL ${words}`)
  })
})

describe('a document', () => {
  test.each([
    'application/json',
    'application/jwk-set+json',
    'application/json; charset=utf-8',
    'Application/JSON ;charset=utf-8',
    'application/vnd.issuer.keys+json',
  ])('is fetched as %s', async (type) => {
    expect(await outcomeOf({ body: json, headers: { 'content-type': type } })).toMatchObject({ document: json })
  })

  test.each(['text/html', 'text/plain', 'application/jwk', 'application/jsonp', 'x/application/json', '', 'json'])(
    'is not fetched as %j',
    async (type) => {
      expect(await outcomeOf({ body: json, headers: { 'content-type': type } })).toBe('ERR_KEYSET_INVALID')
    },
  )

  test.each([
    ['nothing', ''],
    ['garbage', '<html>503</html>'],
    ['an array', '[]'],
    ['null', 'null'],
    ['half of an object', '{"keys":'],
    ['a name twice', '{"keys":[],"keys":[]}'],
    ['a name twice, deep inside', '{"keys":[{"kid":"a","kid":"b"}]}'],
    ['a byte order mark', '\uFEFF{"keys":[]}'],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ['more than 512 KiB', `{"a":"${'x'.repeat(512 * 1024)}"}`],
    ['10 MB', Buffer.alloc(10_000_000, ' ')],
  ])('is not %s', async (_, body) => expect(await outcomeOf({ body })).toBe('ERR_KEYSET_INVALID'))

  test.each<[string, Answer]>([
    ['answers with another content-type than JSON', { body: json, headers: { 'content-type': 'text/html' } }],
    ['answers with more than 524288 bytes', { body: Buffer.alloc(600_000, ' ') }],
    ['answers with what is not one strict JSON object', { body: '[]' }],
    ['answers with status 404, where 200 is wanted; redirects are not followed', { status: 404 }],
  ])('cannot be had of a server that %s, and the refusal says so', async (what, answer) => {
    const { url } = await startServer(answer)
    const error = await thrownBy(() => fetchJson(fetch, url, 5))
    expect(error).toHaveProperty('message', `the key server ${what}`)
    expect(error).not.toHaveProperty('cause')
  })

  test('may have 512 KiB, and characters beyond ASCII that chunks cut through', async () => {
    const body = `{"a":"${'é'.repeat((512 * 1024 - 8) / 2)}"}`
    expect(Buffer.byteLength(body)).toBe(512 * 1024)
    expect(await outcomeOf({ body })).toMatchObject({ document: JSON.parse(body) })
  })

  test.each([201, 204, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503])(
    'is not what comes with status %i',
    async (status) => expect(await outcomeOf({ status, body: json })).toBe('ERR_KEYSET_UNAVAILABLE'),
  )

  test('is not what a redirect leads to, which is not followed', async () => {
    const server = await startServer(({ path }) =>
      path === '/jwks.json' ? { status: 302, headers: { location: '/other' } } : { body: json },
    )
    await expect(fetchJson(fetch, server.url, 5)).rejects.toThrow('answers with status 302')
    expect(server.requests).toEqual(['/jwks.json'])
  })

  test('cannot be had of a server that is down, and the cause is told', async () => {
    const server = await startServer()
    await server.stop()
    const error = await thrownBy(() => fetchJson(fetch, server.url, 5))
    expect(error).toMatchObject({ code: 'ERR_KEYSET_UNAVAILABLE', cause: expect.any(TypeError) })
    expect(error).toHaveProperty('message', 'the key server does not answer')
  })

  test('is not had of a server whose certificate nobody has vouched for (RFC 7515 §8)', async () => {
    const { public: half, private: pair } = formats.keys.p256
    const headers = { 'content-type': 'application/json' }
    const server = createServer({ cert: half.certificate, key: pair.pkcs8 }, (_, response) =>
      response.writeHead(200, headers).end(JSON.stringify(json)),
    )
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`

    // Control: it answers whoever does not look.
    const status = await new Promise((resolve, reject) => {
      get(url, { rejectUnauthorized: false, agent: false }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      )
    })
    expect(status).toBe(200)
    const error = await thrownBy(() => fetchJson(fetch, url, 5))
    expect(error).toMatchObject({ code: 'ERR_KEYSET_UNAVAILABLE' })
    expect(error).toHaveProperty('cause.cause.code', expect.stringContaining('CERT'))
  })

  test.each(['before', 'middle'] as const)('must come within the timeout, and not hang (%s)', async (hang) => {
    const { url } = await startServer({ body: { keys: 'x'.repeat(1000) }, hang })
    expect(await refusalOf(() => fetchJson(fetch, url, 0.05))).toBe('ERR_KEYSET_UNAVAILABLE')
  })

  test('breaks off where the connection does', async () => {
    const server = await startServer({ body: { keys: 'x'.repeat(1000) }, hang: 'middle' })
    const breaking: Fetch = async (url, init) => {
      const response = await fetch(url, init)
      void server.stop()
      return response
    }
    await expect(fetchJson(breaking, server.url, 5)).rejects.toThrow('stops in the middle')
  })
})

describe('the ETag', () => {
  test('goes with the document, and 304 answers it', async () => {
    const seen: unknown[] = []
    const server = await startServer(({ headers }) => {
      seen.push(headers['if-none-match'])
      const fresh = headers['if-none-match'] === '"1"'
      return { status: fresh ? 304 : 200, body: json, headers: { etag: '"1"', 'cache-control': 'max-age=90' } }
    })
    expect(await fetchJson(fetch, server.url, 5)).toEqual({ document: json, etag: '"1"', maxAge: 90 })
    expect(await fetchJson(fetch, server.url, 5, '"1"')).toEqual({ document: undefined, etag: '"1"', maxAge: 90 })
    expect(seen).toEqual([undefined, '"1"'])
  })

  test('that nobody sent is not answered by 304', async () => {
    expect(await outcomeOf({ status: 304 })).toBe('ERR_KEYSET_UNAVAILABLE')
  })
})

describe('the time to keep it', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'cache-control': 'no-cache' }, 0],
    [{ 'cache-control': 'no-store, must-revalidate' }, 0],
    [{ 'cache-control': 'max-age=300, no-cache' }, 0],
    [{ 'cache-control': 'max-age=300,no-store' }, 0],
    [{ 'cache-control': 'x-no-store, max-age=300' }, 300],
    [{ 'cache-control': 'max-age=0' }, 0],
    [{ 'cache-control': 'max-age=10' }, 10],
    [{ 'cache-control': 'public, Max-Age=300, must-revalidate' }, 300],
    [{ 'cache-control': 'public,max-age="300"' }, 300],
    [{ 'cache-control': 'max-age=1000000000' }, 1e9],
    [{ 'cache-control': 's-maxage=300' }, undefined],
    [{ 'cache-control': 'max-age=x' }, undefined],
    [{ 'cache-control': 'max-age=-1' }, undefined],
    [{ 'cache-control': 'max-age=300', age: '100' }, 200],
    [{ 'cache-control': 'max-age=300', age: '400' }, -100],
    [{ 'cache-control': 'max-age=300', age: 'old' }, 300],
  ])('with %j is %s seconds', async (headers, maxAge) => {
    expect(await outcomeOf({ body: json, headers })).toMatchObject({ maxAge })
  })
})

describe('a fetch of the caller’s', () => {
  const response = (chunks: readonly Uint8Array[], status = 200): FetchResponse => {
    const left = [...chunks]
    return {
      status,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: {
        getReader: () => ({
          read: async () => ({ done: left.length === 0, value: left.shift() }),
          cancel: () => Promise.reject(new Error('it cannot be cancelled')),
        }),
      },
    }
  }

  test('is told what to send, and not to follow redirects', async () => {
    const calls: unknown[] = []
    const own: Fetch = async (url, init) => {
      calls.push([url, init])
      return response([Buffer.from('{"a"'), new Uint8Array(), Buffer.from(':1}')])
    }
    expect(await fetchJson(own, 'https://issuer.example/', 5, '"1"')).toMatchObject({ document: { a: 1 } })
    expect(calls).toEqual([
      [
        'https://issuer.example/',
        {
          headers: { accept: 'application/jwk-set+json, application/json', 'if-none-match': '"1"' },
          redirect: 'manual',
          signal: expect.any(AbortSignal),
        },
      ],
    ])
  })

  test('may never answer and ignore the signal', async () => {
    const silent: Fetch = () => new Promise(() => {})
    expect(await refusalOf(() => fetchJson(silent, 'https://issuer.example/', 0.05))).toBe('ERR_KEYSET_UNAVAILABLE')
  })

  test('may have no body, and one that cannot be cancelled', async () => {
    const bodies: readonly FetchResponse[] = [
      { ...response([]), body: null },
      { ...response([], 503), body: null },
      response([], 503),
      response([Buffer.alloc(600_000)]),
      { ...response([Buffer.from('{}')]), headers: new Headers() },
    ]
    const codes = await Promise.all(bodies.map((body) => refusalOf(() => fetchJson(async () => body, 'x:', 5))))
    const [invalid, unavailable] = ['ERR_KEYSET_INVALID', 'ERR_KEYSET_UNAVAILABLE']
    expect(codes).toEqual([invalid, unavailable, unavailable, invalid, invalid])
  })
})

test('work that is done in time is not disturbed by the signal', async () => {
  const abort = new AbortController()
  const work = inTime(Promise.resolve(7), abort.signal)
  expect(await work).toBe(7)
  abort.abort()
  await expect(inTime(new Promise(() => {}), AbortSignal.timeout(1))).rejects.toThrow('timed out')
})
