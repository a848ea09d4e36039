// Whether a request came over TLS, seen directly or by the word of a proxy that is known.
import { JwtError } from './index.ts'
import { headerOf, memberOf, type HttpRequest } from './http-request.ts'
import { readOptions, readStrings } from './options.ts'

/** Options of {@link requireHttps}. */
export interface HttpsOptions {
  /** The proxies whose `X-Forwarded-Proto` counts: addresses, or ranges as `'10.0.0.0/8'` and `'fd00::/8'`. None by default. */
  readonly trustedProxies?: string | readonly string[] | undefined
  /** Who has sent the request, where it has no `socket` that says so. */
  readonly remoteAddress?: string | undefined
}

/**
 * Requires that a request has come over TLS; a token that was sent without it is to be taken for stolen.
 *
 * @throws JwtError `ERR_HTTPS_REQUIRED`
 * @throws TypeError where an option is wrong
 * @example
 * requireHttps(new Request('https://api.example/orders'))
 */
export function requireHttps(request: HttpRequest, options: HttpsOptions = {}): void {
  const given = readOptions('requireHttps', options, ['trustedProxies', 'remoteAddress'])
  const socket = memberOf(request, 'socket')
  const { trustedProxies = [], remoteAddress = socket && memberOf(socket, 'remoteAddress') } = given
  const ranges = trustedProxies.length === 0 ? [] : readStrings('requireHttps: trustedProxies', trustedProxies)
  const trusted = ranges.map(readRange)
  // The url of Node is what the client has written, and it may write https:// without TLS (RFC 9112 §3.2.2).
  const isDirect = socket ? memberOf(socket, 'encrypted') === true : memberOf(request, 'url')?.startsWith('https://')
  const sender = remoteAddress === undefined ? undefined : toBits(remoteAddress)
  const isTrusted = sender !== undefined && trusted.some((range) => sender.startsWith(range))
  const hops = (headerOf(request, 'x-forwarded-proto') ?? '').split(',')
  // A proxy that speaks TLS to this server has still to say how the client spoke to it.
  if (isTrusted ? hops.every((hop) => hop.trim().toLowerCase() === 'https') : isDirect) return
  throw new JwtError('ERR_HTTPS_REQUIRED', 'the request has not come over https; send it there, and renew the token')
}

// A range is the bits that its addresses begin with.
function readRange(range: string): string {
  const [address = '', length, ...more] = range.split('/')
  const bits = toBits(address)
  const family = address.includes(':') ? 128 : 32
  const count = length === undefined ? family : /^\d{1,3}$/.test(length) ? Number(length) : NaN
  if (bits === undefined || !(count <= family) || more.length > 0) {
    throw new TypeError("requireHttps: trustedProxies must be IP addresses, or ranges as '10.0.0.0/8'")
  }
  return bits.slice(0, 128 - family + count)
}

// The 128 bits of an IPv6 address; those of IPv4 are mapped into them, as sockets that speak both do (RFC 4291 §2.5.5.2).
function toBits(address: string): string | undefined {
  try {
    const [bare = ''] = address.split('%')
    if (!/^[\da-f]*[:.][\da-f:.]*$/i.test(bare)) return undefined
    const { hostname } = new URL(`http://[${bare.includes(':') ? bare : `::ffff:${bare}`}]`)
    const [head = [], tail = []] = hostname.slice(1, -1).split('::').map(toGroups)
    return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'.repeat(16)), ...tail].join('')
  } catch {
    return undefined
  }
}

const toGroups = (text: string): readonly string[] =>
  text === '' ? [] : text.split(':').map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
