// Secrets for HMAC: their spelling, their length (RFC 7518 §3.2), and what must never pass for one (RFC 8725 §3.1).
import type { AlgorithmRow } from './algorithms.ts'
import { decodeBase64url, fromBytes, fromText, toBytes } from './base64url.ts'
import { readDerKey } from './der.ts'

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
  if (KEY_TEXT.some((pattern) => pattern.test(octets)) || isDer(octets) || base64Runs(octets).some(isDer)) {
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
  /----[- ]BEGIN [A-Z0-9 ]+/,
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

// That random octets tile into such a structure has, for 32 of them, a chance of less than one in 2^28.
const isDer = (octets: string): boolean => readDerKey(toBytes(octets)) !== undefined

// What stands around the base64 of a key, and in between its lines, does not hide it.
function base64Runs(octets: string): readonly string[] {
  const runs = octets.replace(/[^!-~]+/g, '').match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? []
  return runs.flatMap((run) => decodeBase64(run.length % 4 === 1 ? run.slice(0, -1) : run) ?? [])
}
