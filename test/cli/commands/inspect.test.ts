import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isOwnHost } from '../../../src/cli/commands/inspect.ts'
import { folderOf, run, tokenOf, type Result } from '../terminal.ts'

const signed = await tokenOf()
const policy = "default-src 'none'; script-src 'sha256-abc='"
// The page as it is built, but for its style and its script.
const page = readFileSync(resolve(import.meta.dirname, '../../../src/inspector/page/page.html'), 'utf8')
const html = page.replace('content=""', `content="${policy}"`).replace('<title>', '<title>ä ')

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

  test.each([
    ['a token', signed],
    ['markup', '</textarea><script>alert("&amp;$&")</script>'],
  ])('is handed %s in its field, as text, at an address that nobody can guess', async (_, token) => {
    const seen = new Set<string>()
    for (const _again of [1, 2]) {
      const { out } = await inspect([token], async (address) => {
        expect(address.pathname).toMatch(/^\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
        expect(address.search + address.hash).toBe('')
        const { status, headers, body } = await get(address, { path: address.pathname })
        expect(status).toBe(200)
        expect(headers['content-length']).toBe(`${Buffer.byteLength(body)}`)
        const field = /(<textarea\s+id="token"[^>]*>)([^<>]*)<\/textarea>/.exec(body)
        expect(textOf(field?.[2] ?? '')).toBe(token)
        expect(body.replace(field?.[2] ?? '', '')).toBe(html)
        seen.add(address.pathname)
        for (const path of ['/', '/index.html', `${address.pathname}/`]) {
          expect(await get(address, { path })).toMatchObject({ status: 404, body: '' })
        }
      })
      expect(out).not.toContain(token)
    }
    expect(seen.size).toBe(2)
  })

  test('is asked for without its port only where that is the one of http', () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      expect([80, 8080].map((port) => isOwnHost(name, port))).toEqual([true, false])
      expect([80, 8080].map((port) => isOwnHost(`${name}:${port}`, port))).toEqual([true, true])
    }
    expect(isOwnHost('attacker.example', 80)).toBe(false)
    expect(isOwnHost(undefined, 80)).toBe(false)
  })
})

/** What a browser makes of the references in a text. */
const textOf = (markup: string): string =>
  markup.replaceAll(/&#(\d+);|&\w+;/g, (_, code: string) => String.fromCharCode(Number(code)))

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
