// node:crypto, which answers at once.
import type * as NodeCrypto from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { AlgorithmRow, Hash } from '../algorithms.ts'
import { assertRsa, pickMaterial, wrongRole, type JwkMaterial, type KeyRole } from '../jwk.ts'
import { assertSecret } from '../secret.ts'
import {
  assertCryptoKey,
  isCryptoKey,
  signatureSize,
  type CryptoProvider,
  type KeyHandle,
  type KeySource,
} from './provider.ts'

type Crypto = typeof NodeCrypto

/** The provider on Node, and wherever else the module is built in. */
export function nodeProvider(crypto: Crypto): CryptoProvider {
  return {
    importKey(source, row, role) {
      const key = toKeyObject(crypto, source, row, role)
      assertKeyObject(key, row, role)
      return toHandle(crypto, key, row)
    },
    generateKeyPair: (row) =>
      new Promise((resolve, reject) => {
        const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => {
          if (error) reject(error)
          else resolve({ publicKey: toHandle(crypto, publicKey, row), privateKey: toHandle(crypto, privateKey, row) })
        }
        if (row.kty === 'EC') crypto.generateKeyPair('ec', { namedCurve: row.crv }, done)
        else crypto.generateKeyPair('rsa', { modulusLength: 2048 }, done)
      }),
    digest: (hash, octets) => crypto.createHash(nodeHash(hash)).update(octets, 'latin1').digest('base64url'),
  }
}

function toKeyObject(crypto: Crypto, source: KeySource, row: AlgorithmRow, role: KeyRole): KeyObject {
  if (source.format === 'raw') return crypto.createSecretKey(source.bytes)
  if (source.format === 'native') {
    if (source.key instanceof crypto.KeyObject) return source.key
    if (!isCryptoKey(source.key)) throw new TypeError('the object is no KeyObject of this runtime')
    assertCryptoKey(source.key, row, role)
    return crypto.KeyObject.from(source.key as NodeCrypto.webcrypto.CryptoKey)
  }
  try {
    if (source.format === 'jwk') {
      const key = { key: source.jwk, format: 'jwk' } as const
      return role === 'public' ? crypto.createPublicKey(key) : crypto.createPrivateKey(key)
    }
    const key = { key: Buffer.from(source.bytes), format: 'der' } as const
    return role === 'public'
      ? crypto.createPublicKey({ ...key, type: 'spki' })
      : crypto.createPrivateKey({ ...key, type: 'pkcs8' })
  } catch {
    // OpenSSL's own words name its source lines, and nothing that helps.
    throw new TypeError(
      `the ${source.format.toUpperCase()} key cannot be read: it is damaged, or of a kind that this runtime does not know`,
    )
  }
}

// OpenSSL's names of the curves.
const CURVES: { readonly [crv: string]: string } = { 'P-256': 'prime256v1' }

function assertKeyObject(key: KeyObject, row: AlgorithmRow, role: KeyRole): void {
  if (key.type !== role) throw wrongRole(`a ${key.type} KeyObject`, role)
  if (key.type === 'secret') return assertSecret(key.export(), row)
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  const fits = row.kty === 'EC' ? namedCurve === CURVES[row.crv] : key.asymmetricKeyType === 'rsa'
  if (!fits) {
    const seen = [key.asymmetricKeyType, namedCurve].filter(Boolean).join(' ')
    throw new TypeError(`a key of type ${seen} was given where a key for ${row.alg} is wanted`)
  }
  if (row.kty === 'RSA') assertRsa(modulusLength, publicExponent)
}

function toHandle(crypto: Crypto, key: KeyObject, row: AlgorithmRow): KeyHandle {
  return row.kty === 'oct' ? new SecretHandle(crypto, key, row) : new PairHandle(crypto, key, row)
}

abstract class NodeHandle implements KeyHandle {
  protected readonly crypto: Crypto
  protected readonly key: KeyObject
  protected readonly row: AlgorithmRow
  protected readonly hash: string

  constructor(crypto: Crypto, key: KeyObject, row: AlgorithmRow) {
    this.crypto = crypto
    this.key = key
    this.row = row
    this.hash = nodeHash(row.hash)
  }

  abstract sign(input: string): string
  abstract verify(input: string, signature: string): boolean

  exportJwk(): JwkMaterial {
    return pickMaterial({ ...this.key.export({ format: 'jwk' }) }, this.row, this.key.type)
  }

  exportDer(): Uint8Array {
    return this.key.type === 'public'
      ? this.key.export({ format: 'der', type: 'spki' })
      : this.key.export({ format: 'der', type: 'pkcs8' })
  }
}

class SecretHandle extends NodeHandle {
  sign(input: string): string {
    return this.crypto.createHmac(this.hash, this.key).update(input, 'latin1').digest('base64url')
  }

  verify(input: string, signature: string): boolean {
    return equalInConstantTime(this.sign(input), signature)
  }
}

class PairHandle extends NodeHandle {
  readonly #size = signatureSize(this.row, this.key.asymmetricKeyDetails?.modulusLength ?? 0)

  sign(input: string): string {
    const key = { key: this.key, dsaEncoding: 'ieee-p1363' } as const
    return this.crypto.sign(this.hash, Buffer.from(input, 'latin1'), key).toString('base64url')
  }

  verify(input: string, signature: string): boolean {
    const bytes = Buffer.from(signature, 'base64url')
    if (bytes.length !== this.#size || bytes.toString('base64url') !== signature) return false
    const key = { key: this.key, dsaEncoding: 'ieee-p1363' } as const
    return this.crypto.verify(this.hash, Buffer.from(input, 'latin1'), key, bytes)
  }
}

const nodeHash = (hash: Hash): string => hash.replace('-', '').toLowerCase()

// The length is fixed by the algorithm, so that returning early for it tells nothing.
function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
