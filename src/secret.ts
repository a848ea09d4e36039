// Secrets for HMAC: their spelling, their length (RFC 7518 §3.2), and what must never pass for one (RFC 8725 §3.1).
import type { AlgorithmRow } from './algorithms.ts'
import { decodeBase64url, fromBytes, toBytes } from './base64url.ts'

/** How the text of a secret spells its octets. */
export type SecretEncoding = 'utf8' | 'base64url' | 'base64' | 'hex'

const decoders: Readonly<Record<SecretEncoding, (text: string) => string | undefined>> = {
  utf8: (text) => fromBytes(new TextEncoder().encode(text)),
  base64url: decodeBase64url,
  base64: decodeBase64,
  hex: (text) =>
    /^(?:[0-9a-f]{2})*$/i.test(text)
      ? text.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)))
      : undefined,
}

/** The octets of a secret given as text; a TypeError where the text is not in the encoding. */
export function decodeSecret(text: string, encoding: SecretEncoding): Uint8Array {
  if (!Object.hasOwn(decoders, encoding)) {
    throw new TypeError(`encoding must be one of ${Object.keys(decoders).join(', ')}`)
  }
  const octets = decoders[encoding](text)
  if (octets === undefined) throw new TypeError(`the secret is not ${encoding}; name the encoding that it has`)
  return toBytes(octets)
}

/** Refuses, as a TypeError, octets that are too few for the algorithm or that spell a key which others may know. */
export function assertSecret(secret: Uint8Array, row: AlgorithmRow): void {
  const octets = fromBytes(secret)
  if (
    KEY_TEXT.some((pattern) => pattern.test(octets)) ||
    isDerKey(octets) ||
    isDerKey(decodeBase64(octets.trim()) ?? '')
  ) {
    throw new TypeError(
      'a PEM, JWK, SSH or DER key was given where an HMAC secret is wanted; import it with importPublicKey() or importPrivateKey()',
    )
  }
  if (row.kty === 'oct' && octets.length < row.size) {
    throw new TypeError(
      `${row.alg} wants a secret of at least ${row.size} octets, and ${octets.length} were given; generateSecret('${row.alg}') makes one`,
    )
  }
}

// Searched for anywhere: text before a key has hidden it from other libraries, release after release.
const KEY_TEXT = [
  /-----BEGIN [A-Z0-9 ]+-----/,
  /"(?:kty|keys)"\s*:/,
  /(?:ssh|sk-ssh|ecdsa-sha2|sk-ecdsa-sha2)-[\w-]+(?:@[\w.]+)? AAAA/,
]

function decodeBase64(text: string): string | undefined {
  if (/[-_]/.test(text) || (text.endsWith('=') && text.length % 4 > 0)) return undefined
  return decodeBase64url(
    text
      .replace(/={1,2}$/, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  )
}

// Keys and certificates are a SEQUENCE that spans all octets and begins with an INTEGER or another SEQUENCE.
// For 32 random octets to look like that has a chance of less than one in 2^26.
function isDerKey(octets: string): boolean {
  const outer = derElement(octets, 0)
  const inner = outer && derElement(octets, outer.start)
  return (
    outer?.tag === 0x30 &&
    outer.end === octets.length &&
    (inner?.tag === 0x30 || inner?.tag === 0x02) &&
    inner.end < outer.end
  )
}

// Tag, content start and content end of the element at an offset (X.690 §8.1).
function derElement(octets: string, offset: number): { tag: number; start: number; end: number } | undefined {
  const [tag, short] = toBytes(octets.slice(offset, offset + 2))
  if (tag === undefined || short === undefined) return undefined
  if (short < 0x80) return { tag, start: offset + 2, end: offset + 2 + short }
  const start = offset + 2 + (short & 0x7f)
  const length = toBytes(octets.slice(offset + 2, start)).reduce((sum, byte) => sum * 256 + byte, 0)
  return { tag, start, end: start + length }
}
