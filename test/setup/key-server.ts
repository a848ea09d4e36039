// What the tests of key sets share: a server of keys on loopback, keys for it, and a clock that they turn.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { exportJwk, generateKeyPair, sign, type Jwk, type PrivateKey, type VerifyPolicy } from 'tittle'
import type { KeySetEvent } from 'tittle/jwks'
import { NOW } from './tokens.ts'

export { NOW }

/** What a server answers; by default 200 and JSON. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text or octets to the letter, anything else as JSON. */
  readonly body?: unknown
  /** Where it stops for good: before the first octet, or after the first half of the body. */
  readonly hang?: 'before' | 'middle'
}

type Respond = (request: { readonly path: string; readonly headers: IncomingHttpHeaders }) => Answer | Promise<Answer>

export interface KeyServer {
  readonly origin: string
  readonly url: string
  /** The paths that were asked for. */
  readonly requests: string[]
  respond: Respond
  /** Takes the server off the net. */
  readonly stop: () => Promise<void>
}

/** Starts a server that ends with the test. */
export async function startServer(answer: Answer | Respond = {}): Promise<KeyServer> {
  const requests: string[] = []
  const http = createServer((request, response) => void serve(request, response))
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? ''
    requests.push(path)
    write(response, await server.respond({ path, headers: request.headers }))
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      http.close(() => resolve())
      http.closeAllConnections()
    })
  const respond: Respond = typeof answer === 'function' ? (answer as Respond) : () => answer
  const server: KeyServer = { origin, url: `${origin}/jwks.json`, requests, respond, stop }
  onTestFinished(stop)
  return server
}

function write(response: ServerResponse, { status = 200, headers, body = '', hang }: Answer): void {
  if (hang === 'before') return
  const raw = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : undefined
  const octets = raw ?? Buffer.from(JSON.stringify(body))
  // Whoever has read enough hangs up.
  response.on('error', () => {})
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  if (hang === 'middle') response.write(octets.subarray(0, octets.length / 2))
  else response.end(status === 304 ? undefined : octets)
}

/** A key pair, as issuers and as key servers hold it. */
export interface TestKey {
  readonly kid: string
  readonly jwk: Jwk
  readonly privateKey: PrivateKey<'ES256'>
}

export async function makeKey(kid: string): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { kid })
  return { kid, jwk: await exportJwk(publicKey), privateKey }
}

/** A clock that only the test turns. */
export class TestClock {
  time = NOW
  readonly now = (): number => this.time
  advance(seconds: number): void {
    this.time += seconds
  }
}

/** A token that outlives the test; its `kid` is the key's unless another one, or none, is asked for. */
export function tokenOf(key: TestKey, kid: string | null = key.kid): Promise<string> {
  return sign({ sub: 'alice' }, key.privateKey, { expiresIn: '365d', now: () => NOW, kid })
}

/** A policy that checks the signature, and the time by this clock. */
export const policyBy = (clock: TestClock) =>
  ({ algorithms: ['ES256'], issuer: null, audience: null, now: clock.now }) as const satisfies VerifyPolicy

/** A log of events. */
export class EventLog {
  readonly events: KeySetEvent[] = []
  readonly add = (event: KeySetEvent): void => void this.events.push(event)
  get types(): string[] {
    return this.events.map(({ type }) => type)
  }
  count(type: KeySetEvent['type']): number {
    return this.types.filter((each) => each === type).length
  }
}

/** Gives the event loop turns until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it never came about')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
