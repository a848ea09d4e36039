// Secrets for HMAC: their spelling, their length (RFC 7518 §3.2), and what must never pass for one (RFC 8725 §3.1).
import type { AlgorithmRow } from './algorithms.ts'
import { decodeBase64url, fromBytes, fromText, toBytes } from './base64url.ts'

/** How the text of a secret spells its octets. */
export type SecretEncoding = 'utf8' | 'base64url' | 'base64' | 'hex'

const decoders: Readonly<Record<SecretEncoding, (text: string) => string | undefined>> = {
  utf8: fromText,
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
  if (holdsKey(octets) || spellsKey(octets)) {
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

// Marks of DER: the object identifiers of PKCS, EC and Ed25519 keys, and how PKCS #1 and SEC 1, which have none, begin.
// And how the octets of an SSH key begin (RFC 4253 §6.6).
// That 32 random octets hold one of them has a chance of less than one in 2^30.
const DER =
  /\x2a\x86\x48\x86\xf7\x0d\x01|\x2a\x86\x48\xce\x3d\x02\x01|\x06\x03\x2b\x65\x70|\x30\x82[\x01-\x10].\x02(?:\x82[\x01-\x10].\0|\x01\0\x02)|\x02\x01\x01\x04[\x20\x30\x42]|\0\0\0.(?:sk-)?(?:ssh|ecdsa)-/s

// Searched for anywhere: what stood before a key has hidden it from other libraries, release after release.
const KEY_MARKS = [
  /----[- ]BEGIN [A-Z0-9 ]/,
  /"(?:kty|keys)"\s*:/,
  /(?:ssh|ecdsa)-[\w-]{1,40}(?:@[\w.]{1,40})?\s+AAAA/,
  DER,
]

const holdsKey = (octets: string): boolean => KEY_MARKS.some((mark) => mark.test(octets))

// In base64 of either alphabet, whatever stands around it or between its lines.
function spellsKey(octets: string): boolean {
  const runs = octets.replace(/[^!-~]/g, '').match(/[\w+/-]{24,}/g) ?? []
  return runs.some((run) =>
    [0, 1, 2, 3].some((offset) => {
      const text = run.slice(offset).replaceAll('-', '+').replaceAll('_', '/')
      return holdsKey(atob(text.slice(0, text.length - (text.length % 4))))
    }),
  )
}

function decodeBase64(text: string): string | undefined {
  if (/[-_]/.test(text) || (text.endsWith('=') && text.length % 4 > 0)) return undefined
  return decodeBase64url(
    text
      .replace(/={1,2}$/, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  )
}
