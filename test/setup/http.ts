// What the tests of requests share: requests as they come over a socket, and how long it takes to read one.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { HttpRequest, NodeHeaders } from 'tittle/http'

/** What `read` makes of a request that comes over a socket with these header lines, as Node's server hands it over. */
export async function received<T>(
  lines: readonly string[],
  read: (request: IncomingMessage) => T | Promise<T>,
  { line = 'GET / HTTP/1.1', server = createServer(), dial = connect as (port: number) => Socket } = {},
): Promise<T> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const result = new Promise<T>((resolve, reject) => {
    server.once('request', (request: IncomingMessage, response) => {
      Promise.resolve(request).then(read).then(resolve, reject)
      response.end()
    })
    server.once('clientError', reject)
  })
  try {
    const socket = dial(portOf(server))
    socket.write([line, 'Host: api.example', 'Connection: close', ...lines, '', ''].join('\r\n'), 'latin1')
    const [outcome] = await Promise.all([result, text(socket)])
    return outcome
  } finally {
    server.close()
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** A request of Node's, as far as it is looked at. */
export const nodeRequest = (headers: NodeHeaders, more: Omit<HttpRequest, 'headers'> = {}): HttpRequest => ({
  headers,
  ...more,
})

export const MILLION = 1_000_000

/** Expects that an action looks at each of a million characters a few times: at each for each other it takes hours. */
export function expectSwift(act: () => unknown): void {
  const begun = performance.now()
  act()
  expect(performance.now() - begun).toBeLessThan(5000)
}
