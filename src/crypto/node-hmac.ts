// HMAC (RFC 2104) by two one-shot hashes over pads that are made once: half the price of an Hmac object for each token.
import type * as NodeCrypto from 'node:crypto'

/** Spells the HMAC of an octet string as base64url. */
export type Hmac = (input: string) => string

// Longer input is rare, and streamed, so that no key holds more memory than this.
const LONGEST = 4096

/** An HMAC of one secret, by the fastest way that this Node has. */
export function hmacOf(crypto: typeof NodeCrypto, name: string, secret: NodeCrypto.KeyObject): Hmac {
  const streamed: Hmac = (input) => crypto.createHmac(name, secret).update(input, 'latin1').digest('base64url')
  return typeof crypto.hash === 'function' ? twoHashes(crypto, name, secret, streamed) : streamed
}

function twoHashes(crypto: typeof NodeCrypto, name: string, secret: NodeCrypto.KeyObject, streamed: Hmac): Hmac {
  const block = name === 'sha256' ? 64 : 128
  const bytes = secret.export()
  const key = bytes.length > block ? crypto.createHash(name).update(bytes).digest() : bytes
  const pad = (length: number, mask: number): Buffer => {
    const padded = Buffer.alloc(block + length)
    for (let i = 0; i < block; i++) padded[i] = (key[i] ?? 0) ^ mask
    return padded
  }
  const inner = pad(LONGEST, 0x36)
  const outer = pad(crypto.createHash(name).digest().length, 0x5c)
  return (input) => {
    if (input.length > LONGEST) return streamed(input)
    const length = inner.write(input, block, 'latin1')
    outer.write(crypto.hash(name, inner.subarray(0, block + length), 'binary'), block, 'binary')
    return crypto.hash(name, outer, 'base64url')
  }
}
