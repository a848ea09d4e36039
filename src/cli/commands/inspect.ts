// tittle inspect: the page of the inspector, on loopback alone.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { define, text, type Command } from '../command.ts'
import { fileError } from '../input.ts'
import { UsageError } from '../usage.ts'

const HOST = '127.0.0.1'

export const inspect: Command = define({
  name: 'inspect',
  summary: 'serves a page that takes tokens apart, on this machine and for it alone',
  usage: '[TOKEN|FILE|-] [options]',
  operands: [0, 1],
  options: { port: text('PORT', 'the port on 127.0.0.1; a free one by default') },
  examples: [
    ['tittle inspect', 'Prints the address of the page, and serves it until Ctrl-C; a pipe is read by - alone.'],
    ['tittle inspect token.jwt --port 8080', 'Hands a token over in the page, at an address that nobody can guess.'],
  ],
  async run({ input, operands, values, terminal, print }) {
    const token = operands[0] === undefined ? undefined : await input.token(operands[0])
    const port = readPort(values.port)
    // Addresses end up in the browser's history: the token stands in the page, at a path that nobody can guess.
    const path = token === undefined ? '/' : `/${crypto.randomUUID()}`
    const server = createServer(pageServer(await readPage(terminal.page, token), path))
    await listen(server, port)
    const { port: actual } = server.address() as AddressInfo
    print(`http://${HOST}:${actual}${path}`)
    terminal.err.write('Open this address in a browser on this machine; Ctrl-C ends it.\n')
    const { stop } = terminal
    if (!stop.aborted) await once(stop, 'abort')
    server.close()
    server.closeAllConnections()
    return 0
  },
})

function readPort(port = '0'): number {
  if (/^\d{1,5}$/.test(port) && Number(port) < 65_536) return Number(port)
  throw new UsageError('--port is no port', 'type a number from 0 to 65535, as --port 8080')
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch {
    throw new UsageError('the port is taken, or not allowed', 'type another --port, or none')
  }
}

/** The page, and the policy that it carries for itself. */
interface Page {
  readonly html: Buffer
  readonly policy: string
}

async function readPage(url: URL, token = ''): Promise<Page> {
  const html = await readFile(url).catch((error: unknown) => {
    throw fileError('the page of the inspector cannot be read', error)
  })
  const [, policy] = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]+)"/i.exec(html.toString()) ?? []
  if (policy === undefined) throw new UsageError('the page of the inspector has no policy', 'install tittle again')
  const filled = html.toString().replace(/<textarea\s+id="token"[^>]*>/, (tag) => tag + inMarkup(token))
  return { html: Buffer.from(filled), policy }
}

const inMarkup = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)

function pageServer({ html, policy }: Page, path: string): RequestListener {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    // A page cannot forbid by itself that it is framed.
    'content-security-policy': `${policy.replace(/;\s*$/, '')}; frame-ancestors 'none'`,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  return ({ method, url, headers: { host }, socket }, response) => {
    const refuse = (status: number, more = {}): void => void response.writeHead(status, more).end()
    // Another name that leads here is that of a site which wants to read along: DNS rebinding.
    if (!isOwnHost(host, socket.localPort)) refuse(421)
    else if (url !== path) refuse(404)
    else if (method !== 'GET' && method !== 'HEAD') refuse(405, { allow: 'GET, HEAD' })
    else response.writeHead(200, { ...headers, 'content-length': html.length }).end(method === 'GET' ? html : undefined)
  }
}

/** Whether a Host names this machine and the port; browsers leave out that of http, which is 80. */
export function isOwnHost(host = '', port = 0): boolean {
  return [HOST, 'localhost'].some((name) => host === `${name}:${port}` || (port === 80 && host === name))
}
