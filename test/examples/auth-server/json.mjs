// JSON in and out.
import { json as readAll } from 'node:stream/consumers'
import { JwtError } from 'tittle'

/** The body of a request: a JSON object, and one that says so, which forms of other sites cannot. */
export async function readJson(request) {
  const { 'content-type': type, 'content-length': length } = request.headers
  const body = type === 'application/json' && Number(length) <= 4096 ? await readAll(request).catch(() => null) : null
  if (typeof body === 'object' && body !== null) return body
  throw new JwtError('ERR_REQUEST_INVALID', 'the body must be a JSON object of at most 4,096 octets')
}

/** An answer. */
export function json(status, value, headers = {}) {
  const body = JSON.stringify(value)
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }, body }
}
