// The two forms of an ECDSA signature: its numbers r and s side by side, as JWS has them (RFC 7518 §3.4), and the DER of
// Ecdsa-Sig-Value (RFC 3279 §2.2.3), as OpenSSL has them.

const INTEGER = 0x02
const SEQUENCE = 0x30
const LONG_FORM = 0x81

/** The DER of two numbers side by side. */
export function toDer(pair: Uint8Array): Uint8Array {
  const half = pair.length / 2
  const r = startOf(pair, 0, half)
  const s = startOf(pair, half, pair.length)
  const length = 4 + sizeOf(pair, r, half) + sizeOf(pair, s, pair.length)
  const der = new Uint8Array((length < 0x80 ? 2 : 3) + length)
  let at = 0
  der[at++] = SEQUENCE
  if (length >= 0x80) der[at++] = LONG_FORM
  der[at++] = length
  at = writeInteger(der, at, pair, r, half)
  writeInteger(der, at, pair, s, pair.length)
  return der
}

// Without zeros before it, but for the last octet, which may be one itself.
function startOf(pair: Uint8Array, start: number, end: number): number {
  let first = start
  while (first < end - 1 && pair[first] === 0) first++
  return first
}

// With one zero before it, where it would be negative without.
function sizeOf(pair: Uint8Array, first: number, end: number): number {
  return end - first + ((pair[first] as number) >> 7)
}

function writeInteger(der: Uint8Array, at: number, pair: Uint8Array, first: number, end: number): number {
  const size = sizeOf(pair, first, end)
  der[at] = INTEGER
  der[at + 1] = size
  der.set(pair.subarray(first, end), at + 2 + size - (end - first))
  return at + 2 + size
}

/** The two numbers of DER that OpenSSL made, side by side in `size` octets. */
export function fromDer(der: Uint8Array, size: number): Uint8Array {
  const pair = new Uint8Array(size)
  let at = der[1] === LONG_FORM ? 3 : 2
  for (const end of [size / 2, size]) {
    const start = at + 2
    at = start + (der[at + 1] as number)
    // A zero that only keeps it from being negative is left behind.
    const first = Math.max(start, at - size / 2)
    pair.set(der.subarray(first, at), end - (at - first))
  }
  return pair
}
