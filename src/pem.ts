// The textual encoding of keys and certificates (RFC 7468).
import { fromBytes, toBytes } from './base64url.ts'

/** One PEM block. */
export interface Pem {
  readonly label: string
  readonly der: Uint8Array
}

/** The structure of DER that a label announces (RFC 7468 §4 to §13; the labels of OpenSSL for PKCS #1 and SEC 1). */
export const PEM_STRUCTURES: ReadonlyMap<string, string> = new Map([
  ['PUBLIC KEY', 'spki'],
  ['CERTIFICATE', 'certificate'],
  ['X509 CERTIFICATE', 'certificate'],
  ['RSA PUBLIC KEY', 'pkcs1 public'],
  ['PRIVATE KEY', 'pkcs8'],
  ['ENCRYPTED PRIVATE KEY', 'encrypted pkcs8'],
  ['RSA PRIVATE KEY', 'pkcs1 private'],
  ['EC PRIVATE KEY', 'sec1'],
])

const BLOCK =
  /^\s*(?:-----BEGIN EC PARAMETERS-----[A-Za-z0-9+/=\s]*-----END EC PARAMETERS-----\s*)?-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----\s*$/

/**
 * Reads text that is one PEM block; `undefined` for all else.
 *
 * The curve that OpenSSL writes in a block of its own before an `EC PRIVATE KEY` is passed over: the key names it too.
 */
export function parsePem(text: string): Pem | undefined {
  const [, label, body] = BLOCK.exec(text) ?? []
  if (!label || !body) return undefined
  try {
    return { label, der: toBytes(atob(body)) }
  } catch {
    return undefined
  }
}

/** Spells one PEM block, in lines of 64 characters. */
export function encodePem({ label, der }: Pem): string {
  const lines = btoa(fromBytes(der)).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
