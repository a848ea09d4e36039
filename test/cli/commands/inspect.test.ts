import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { folderOf, run, tokenOf, type Result } from '../terminal.ts'

const policy = "default-src 'none'; script-src 'sha256-abc='"
const html = `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>ä</title>`

/** Serves the page while `visit` looks at it, at the address that was printed. */
async function inspect(args: readonly string[], visit: (address: URL) => Promise<void>): Promise<Result> {
  const path = folderOf({ 'inspector.html': html })
  const controller = new AbortController()
  const page = pathToFileURL(path('inspector.html'))
  let running: Promise<Result> | undefined
  const printed = new Promise<string>((onOut) => {
    running = run(['inspect', ...args], { page, stop: controller.signal, onOut })
  })
  try {
    await visit(new URL((await printed).trim()))
  } finally {
    controller.abort()
  }
  return running as Promise<Result>
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function get({ port }: URL, { method = 'GET', path = '/', host = `127.0.0.1:${port}` } = {}): Promise<Answer> {
  const asking = request({ agent: false, host: '127.0.0.1', port, method, path, headers: { host } }).end()
  const [response] = await once(asking, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

describe('the page of the inspector', () => {
  test('is served on loopback, under its own policy, until it is stopped', async () => {
    const { status, out, err } = await inspect([], async (address) => {
      const { status, headers, body } = await get(address)
      expect({ status, body }).toEqual({ status: 200, body: html })
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `${policy}; frame-ancestors 'none'`,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      })
    })
    expect(status).toBe(0)
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/)
    expect(err).toContain('Ctrl-C')
    await expect(get(new URL(out))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test.each([
    ['localhost', {}, 200],
    ['127.0.0.1', { method: 'HEAD' }, 200],
    ['127.0.0.1', { path: '/?token=x' }, 404],
    ['127.0.0.1', { path: '/favicon.ico' }, 404],
    ['127.0.0.1', { path: '/../../etc/passwd' }, 404],
    ['127.0.0.1', { method: 'POST' }, 405],
    ['attacker.example', {}, 421],
    ['127.0.0.1.attacker.example', {}, 421],
  ])('as %s, asked by %j, answers %i', async (name, options, expected) => {
    await inspect([], async (address) => {
      const { status, headers, body } = await get(address, { host: `${name}:${address.port}`, ...options })
      expect(status).toBe(expected)
      if (!('method' in options) && expected === 200) expect(body).toBe(html)
      else expect(body).toBe('')
      expect(headers.allow).toBe(expected === 405 ? 'GET, HEAD' : undefined)
    })
  })

  test('answers to no other port of its host', async () => {
    await inspect([], async (address) => {
      for (const host of ['127.0.0.1', 'localhost', '127.0.0.1:1']) {
        expect((await get(address, { host })).status).toBe(421)
      }
    })
  })

  test('is handed a token behind the #, which never leaves the browser', async () => {
    const token = await tokenOf()
    await inspect([token], async (address) => {
      expect(address.hash).toBe(`#token=${token}`)
      expect((await get(address)).status).toBe(200)
    })
    await inspect(['a b&c#<'], async (address) => {
      expect(new URLSearchParams(address.hash.slice(1)).get('token')).toBe('a b&c#<')
    })
  })
})

describe('it ends with 2', () => {
  const page = (content: string): URL => pathToFileURL(folderOf({ 'inspector.html': content })('inspector.html'))
  const stop = AbortSignal.abort()

  test.each(['-1', '65536', '80a', '1e3'])('for the port %s', async (port) => {
    const { status, err } = await run(['inspect', `--port=${port}`], { page: page(html), stop })
    expect(status).toBe(2)
    expect(err).toBe('tittle inspect: --port is no port; type a number from 0 to 65535, as --port 8080\n')
  })

  test('where the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { status, err } = await run(['inspect', '--port', `${port}`], { page: page(html), stop })
    server.close()
    expect(status).toBe(2)
    expect(err).toBe('tittle inspect: the port is taken, or not allowed; type another --port, or none\n')
  })

  test('where the page is missing, or has no policy', async () => {
    expect(await run(['inspect'], { stop })).toMatchObject({
      status: 2,
      err: 'tittle inspect: the page of the inspector cannot be read; there is no file of that name\n',
    })
    expect(await run(['inspect'], { page: page('<!doctype html>'), stop })).toMatchObject({
      status: 2,
      err: 'tittle inspect: the page of the inspector has no policy; install tittle again\n',
    })
  })
})

test('it does not even begin to wait where it is stopped already', async () => {
  const page = pathToFileURL(folderOf({ page: html })('page'))
  expect((await run(['inspect'], { page, stop: AbortSignal.abort() })).status).toBe(0)
})
