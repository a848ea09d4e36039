// What cryptography the library has taken, and what that can do.
import { generateSecret } from 'tittle'
import { signJwsSync } from 'tittle/jws'
import { natives } from '../stand-ins/natives.ts'

/** Which cryptography the library has really taken: only node:crypto signs at once. */
export function platform(): 'node:crypto' | 'WebCrypto' {
  try {
    signJwsSync('any payload', generateSecret('HS256'))
    return 'node:crypto'
  } catch (error) {
    if (error instanceof TypeError) return 'WebCrypto'
    throw error
  }
}

const hash = (alg: string) => `SHA-${alg.slice(2)}`
const CURVES: { readonly [alg: string]: string } = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/** What WebCrypto calls an algorithm. */
export function webName(alg: string): { readonly name: string; readonly hash?: string; readonly namedCurve?: string } {
  if (alg.startsWith('HS')) return { name: 'HMAC', hash: hash(alg) }
  if (alg.startsWith('RS')) return { name: 'RSASSA-PKCS1-v1_5', hash: hash(alg) }
  if (alg.startsWith('PS')) return { name: 'RSA-PSS', hash: hash(alg) }
  if (alg.startsWith('ES')) return { name: 'ECDSA', namedCurve: CURVES[alg] ?? '' }
  return { name: alg === 'EdDSA' ? 'Ed25519' : alg }
}

const answers = new Map<string, Promise<boolean>>()

/** Whether the cryptography beneath lacks an algorithm, by its own word and not by the library's. */
export function lacks(alg: string): Promise<boolean> {
  const answer = answers.get(alg) ?? probe(alg)
  answers.set(alg, answer)
  return answer
}

async function probe(alg: string): Promise<boolean> {
  const node = natives().crypto
  try {
    if (platform() === 'node:crypto' && node && /^(Ed|ML)/.test(alg)) {
      const type = alg === 'EdDSA' ? 'ed25519' : alg.toLowerCase()
      ;(node.generateKeyPairSync as unknown as (type: string) => unknown)(type)
      return false
    }
    const parameters = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), ...webName(alg) }
    await globalThis.crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
    return false
  } catch {
    return true
  }
}
