// base64url without padding (RFC 4648 §5, RFC 7515 §2), canonical only: one octet string has one spelling.
//
// Octets travel as strings of the characters 0 to 255: the form that atob, btoa and, for ASCII, JSON.parse
// take natively on every runtime, with no copy.

// Several times as fast as atob on octets that are not text. Polyfills in browsers may know no base64url.
const NativeBuffer = /* @__PURE__ */ findBuffer()

function findBuffer(): typeof globalThis.Buffer | undefined {
  const { Buffer } = globalThis as { readonly Buffer?: typeof globalThis.Buffer }
  return Buffer?.isEncoding?.('base64url') ? Buffer : undefined
}

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
  if (!NativeBuffer) return decodeWithAtob(text)
  const bytes = NativeBuffer.from(text, 'base64url')
  // Buffer forgives much; octets that must spell the same text again forgive nothing, and are faster than a look at each.
  return bytes.toString('base64url') === text ? bytes.toString('latin1') : undefined
}

/**
 * {@link decodeBase64url} on any runtime; `tittle/decode` is small because it has no other.
 */
export function decodeWithAtob(text: string): string | undefined {
  return isBase64url(text) ? atob(text.replace(/-/g, '+').replace(/_/g, '/')) : undefined
}

/**
 * Tells canonical base64url.
 */
export function isBase64url(text: string): boolean {
  // Of the characters that are left over from groups of four, the last has bits that spell nothing: they must be zero.
  return !/[^\w-]/.test(text) && /^(.?.[AQgw]|..[EIMUYckos048])?$/.test(text.slice(text.length & -4))
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
export function toBytes(octets: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(octets.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = octets.charCodeAt(i)
  return bytes
}

/** Tells a Uint8Array, a Buffer among them, of any realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}

/** The UTF-8 octets of a text; `undefined` where it has half a surrogate pair, which UTF-8 cannot spell. */
export function fromText(text: string): string | undefined {
  return /\p{Surrogate}/u.test(text) ? undefined : fromBytes(new TextEncoder().encode(text))
}
