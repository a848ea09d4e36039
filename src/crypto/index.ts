// Picks the platform's cryptography, once.
import { nodeProvider } from './node.ts'
import type { CryptoProvider } from './provider.ts'
import { webProvider } from './web.ts'

// Asked for and not imported, so that no bundle for browsers holds the name of a module that they lack.
// That of Cloudflare's workers, which is there by default, takes no KeyObject beside the parameters of a signature.
const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } }
const isWorker = navigator?.userAgent === 'Cloudflare-Workers'
const node = isWorker ? undefined : globalThis.process?.getBuiltinModule?.('node:crypto')

/** The cryptography of this platform. */
export const provider: CryptoProvider = node ? nodeProvider(node) : webProvider

/** Random octets. */
export function randomBytes(size: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(size))
}
