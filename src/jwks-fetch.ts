// Fetching a JSON document of a key server's: https only, no redirect, no credentials, bounded in time and size.
import { fromBytes } from './base64url.ts'
import { JwtError, type JwtErrorCode } from './errors.ts'
import { parseJsonObject, type JsonObject } from './json.ts'

/**
 * A function that fetches as the web's does, of which `init` sets `headers`, `redirect` and `signal`.
 *
 * The type of a method, as it compares parameters both ways: the web's fetch wants more of `init` than can be told
 * without the types of the DOM.
 */
export type Fetch = { fetch(url: string, init: object): Promise<FetchResponse> }['fetch']

/** A Response, as far as it is looked at. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: { getReader(): FetchReader } | null
}

/** What a {@link FetchResponse} is read with. */
export interface FetchReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** A document, or that it is still the one of the ETag. */
export interface Fetched {
  readonly document: JsonObject | undefined
  readonly etag: string | undefined
  /** Seconds for which the server lets it be kept, if it says. */
  readonly maxAge: number | undefined
}

const MAX_BYTES = 512 * 1024

/** Checks the address of a key server; a TypeError says what is wrong with it. */
export function checkUrl(label: string, url: string | { readonly href: string }): string {
  let parsed: URL
  try {
    parsed = new URL(typeof url === 'string' ? url : url.href)
  } catch {
    throw new TypeError(`${label} must be an absolute URL`)
  }
  const { protocol, hostname, username, password, href } = parsed
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback)) {
    throw new TypeError(`${label} must be an https URL; http is for loopback addresses alone`)
  }
  if (username !== '' || password !== '') throw new TypeError(`${label} must not hold credentials`)
  return href
}

/**
 * Fetches one JSON object.
 *
 * @throws JwtError `ERR_KEYSET_UNAVAILABLE` where it cannot be had, `ERR_KEYSET_INVALID` where it is not one
 */
export async function fetchJson(fetch: Fetch, url: string, timeout: number, etag?: string): Promise<Fetched> {
  const signal = AbortSignal.timeout(timeout * 1000)
  const headers = {
    accept: 'application/jwk-set+json, application/json',
    ...(etag !== undefined && { 'if-none-match': etag }),
  }
  // Raced as well, for a fetch of the caller's may not heed the signal.
  const response = await unavailable(
    inTime(fetch(url, { headers, redirect: 'manual', signal }), signal),
    'does not answer',
  )
  const { status } = response
  const refusal = (code: JwtErrorCode, what: string): JwtError => {
    // What is not read must not keep the connection.
    response.body
      ?.getReader()
      .cancel()
      .catch(() => {})
    return failure(code, what)
  }
  const maxAge = readMaxAge(response.headers)
  if (status === 304 && etag !== undefined) return { document: undefined, etag, maxAge }
  if (status !== 200) {
    throw refusal(
      'ERR_KEYSET_UNAVAILABLE',
      `answers with status ${status}, where 200 is wanted; redirects are not followed`,
    )
  }
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(response.headers.get('content-type') ?? '')) {
    throw refusal('ERR_KEYSET_INVALID', 'answers with another content-type than JSON')
  }
  const octets = await unavailable(inTime(readBody(response), signal), 'stops in the middle of its answer')
  if (octets === undefined) throw failure('ERR_KEYSET_INVALID', `answers with more than ${MAX_BYTES} bytes`)
  const document = parseJsonObject(octets)
  if (!document) throw failure('ERR_KEYSET_INVALID', 'answers with what is not one strict JSON object')
  return { document, etag: response.headers.get('etag') ?? undefined, maxAge }
}

function failure(code: JwtErrorCode, what: string, cause?: unknown): JwtError {
  return new JwtError(code, `the key server ${what}`, undefined, cause === undefined ? undefined : { cause })
}

async function unavailable<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw failure('ERR_KEYSET_UNAVAILABLE', what, cause)
  }
}

/** The outcome of some work, or a failure once the signal aborts. */
export function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('timed out')))
  })
  return Promise.race([work, late])
}

// Undefined where there is more than is bearable; what is left is not read.
async function readBody({ body }: FetchResponse): Promise<string | undefined> {
  const reader = body?.getReader()
  let octets = ''
  for (;;) {
    const chunk = await reader?.read()
    if (!chunk?.value) return octets
    octets += fromBytes(chunk.value)
    if (octets.length > MAX_BYTES) {
      reader?.cancel().catch(() => {})
      return undefined
    }
  }
}

// RFC 9111 §5.2.2.1 and §5.1: what has aged on the way has less to live.
function readMaxAge(headers: FetchResponse['headers']): number | undefined {
  const control = headers.get('cache-control') ?? ''
  if (/(?:^|[\s,])no-(?:store|cache)\b/i.test(control)) return 0
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(control) ?? []
  return seconds === undefined ? undefined : Number(seconds) - (Number(headers.get('age')) || 0)
}
