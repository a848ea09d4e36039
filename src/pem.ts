// The textual encoding of keys (RFC 7468).
import { fromBytes, toBytes } from './base64url.ts'

/** One PEM block. */
export interface Pem {
  readonly label: string
  readonly der: Uint8Array
}

const BLOCK = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----\s*$/

/** Reads text that is one PEM block; `undefined` for all else. */
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
