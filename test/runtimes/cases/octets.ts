// Octets and text, with nothing but what every runtime has.

export const fromText = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

export const toText = (octets: Uint8Array): string => new TextDecoder().decode(octets)

/** One octet for each character, none of which is beyond U+00FF. */
export const fromBinary = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => fromBinary(atob(text))

export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))

export const toBase64 = (octets: Uint8Array): string =>
  btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''))

export const toBase64url = (octets: Uint8Array): string =>
  toBase64(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

export const toHex = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')

/** The octets in a PEM block. */
export const derOf = (pem: string): Uint8Array<ArrayBuffer> => fromBase64(pem.replaceAll(/-----.*-----|\s/g, ''))

/** The same token with one bit of its signature changed; it stays canonical base64url. */
export function flip(token: string): string {
  const end = token.lastIndexOf('.') + 1
  const octets = fromBase64url(token.slice(end))
  const middle = octets.length >> 1
  octets[middle] = (octets[middle] ?? 0) ^ 1
  return token.slice(0, end) + toBase64url(octets)
}
