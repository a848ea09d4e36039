// base64url without padding (RFC 4648 §5, RFC 7515 §2), canonical only: one octet string has one spelling.
//
// Octets travel as strings of the characters 0 to 255: the form that atob, btoa and, for ASCII, JSON.parse
// take natively on every runtime, with no copy.

/**
 * Spells octets as base64url.
 */
export function encodeBase64url(octets: string): string {
  return btoa(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Reads canonical base64url; `undefined` for padding, white space, `+`, `/`, any other stray character,
 * a length of 1 modulo 4, or trailing bits that are not zero.
 */
export function decodeBase64url(text: string): string | undefined {
  const { Buffer } = globalThis as { readonly Buffer?: typeof globalThis.Buffer }
  if (!Buffer) return decodeWithAtob(text)
  const bytes = Buffer.from(text, 'base64url')
  // Buffer and atob forgive much; octets that must spell the same text again forgive nothing.
  return bytes.toString('base64url') === text ? bytes.toString('latin1') : undefined
}

/**
 * {@link decodeBase64url} on any runtime; `tittle/decode` is small because it has no other.
 */
export function decodeWithAtob(text: string): string | undefined {
  try {
    const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    if (encodeBase64url(octets) === text) return octets
  } catch {
    // A stray character or an impossible length.
  }
  return undefined
}

/**
 * The octets of a byte array.
 */
export function fromBytes(bytes: Uint8Array): string {
  let octets = ''
  for (const byte of bytes) octets += String.fromCharCode(byte)
  return octets
}

/**
 * The byte array of octets.
 */
export function toBytes(octets: string): Uint8Array {
  const bytes = new Uint8Array(octets.length)
  for (let i = 0; i < octets.length; i++) bytes[i] = octets.charCodeAt(i)
  return bytes
}

/** Tells a Uint8Array, a Buffer among them, of any realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]'
}
