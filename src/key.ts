// A key: material bound to one algorithm and one role, for good (RFC 8725 §3.1).
import { algorithmRow, type Algorithm, type AsymmetricAlgorithm, type HmacAlgorithm } from './algorithms.ts'
import { provider } from './crypto/index.ts'
import type { KeyHandle, KeySource } from './crypto/provider.ts'
import { usagesOf, type KeyRole, type KeyUsage } from './jwk.ts'

// Registered, so that a key made by one copy of the library works in another.
const material: unique symbol = Symbol.for('tittle.Key')

/** What a key holds and never shows. */
export interface KeyMaterial {
  readonly handle: KeyHandle
  readonly usages: readonly KeyUsage[]
}

/**
 * Key material bound to one algorithm and one role. It prints as `Key { alg, kid, role }`, never as the material.
 *
 * Keys are made by `importSecret`, `importPublicKey`, `importPrivateKey`, `generateSecret`, `generateKeyPair`
 * and `publicKeyOf` only.
 */
export class Key<A extends Algorithm = Algorithm, R extends KeyRole = KeyRole> {
  readonly alg: A
  readonly kid: string | undefined
  readonly role: R

  constructor(alg: A, kid: string | undefined, role: R, held: KeyMaterial) {
    this.alg = alg
    this.kid = kid
    this.role = role
    // Not enumerable, so that neither JSON.stringify nor a spread nor console.log meets it.
    Object.defineProperty(this, material, { value: held })
    Object.freeze(this)
  }

  toString(): string {
    return `Key { alg: ${this.alg}, kid: ${this.kid}, role: ${this.role} }`
  }
}

export interface Key<A, R> {
  readonly [material]: KeyMaterial
}

/** A shared secret, which signs and verifies. */
export type SecretKey<A extends HmacAlgorithm = HmacAlgorithm> = Key<A, 'secret'>

/** The half of a pair that verifies. */
export type PublicKey<A extends AsymmetricAlgorithm = AsymmetricAlgorithm> = Key<A, 'public'>

/** The half of a pair that signs. */
export type PrivateKey<A extends AsymmetricAlgorithm = AsymmetricAlgorithm> = Key<A, 'private'>

/** A key that signs. */
export type SigningKey<A extends Algorithm = Algorithm> = Key<A, 'secret' | 'private'>

/** A key that verifies. */
export type VerificationKey<A extends Algorithm = Algorithm> = Key<A, 'secret' | 'public'>

/** Makes a key of what the platform can import. */
export function makeKey<A extends Algorithm, R extends KeyRole>(
  source: KeySource,
  alg: A,
  role: R,
  kid: string | undefined,
  usages: readonly KeyUsage[] = usagesOf[role],
): Key<A, R> {
  return new Key(alg, kid, role, { handle: provider.importKey(source, algorithmRow('alg', alg), role), usages })
}

/** The same key under another key id. */
export function renameKey<A extends Algorithm, R extends KeyRole>(key: Key<A, R>, kid: string): Key<A, R> {
  return new Key(key.alg, kid, key.role, key[material])
}

/** Tells a key, of this copy of the library or another one in the process. */
export function isKey(value: unknown): value is Key {
  return typeof value === 'object' && value !== null && material in value && typeof value[material] === 'object'
}

/** What the platform holds of a key; a TypeError where `key` is none, or may not be used so. */
export function handleOf(label: string, key: Key, usage?: KeyUsage): KeyHandle {
  if (!isKey(key))
    throw new TypeError(
      `${label} must be a key of this library: import it with importSecret(), importPublicKey() or importPrivateKey()`,
    )
  const { handle, usages } = key[material]
  if (usage && !usages.includes(usage)) {
    const hint = key.role === 'private' ? '; publicKeyOf() gives the half that does' : ''
    throw new TypeError(`${label} is a ${key.role} key that does not ${usage}${hint}`)
  }
  return handle
}
