// node:crypto, which answers at once.
import type * as NodeCrypto from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { AlgorithmRow, Hash } from '../algorithms.ts'
import { assertRsa, pickMaterial, wrongRole, type JwkMaterial, type KeyRole } from '../jwk.ts'
import { bare } from '../options.ts'
import { assertSecret } from '../secret.ts'
import { fromDer, toDer } from './ecdsa.ts'
import { hmacOf, type Hmac } from './node-hmac.ts'
import {
  assertCryptoKey,
  assertExtractable,
  isCryptoKey,
  notSupported,
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
      const native = source.format === 'native' ? source.key : undefined
      return toHandle(crypto, key, row, !isCryptoKey(native) || native.extractable)
    },
    generateKeyPair: (row) =>
      new Promise((resolve, reject) => {
        const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => {
          if (error) reject(error)
          else
            resolve({
              publicKey: toHandle(crypto, publicKey, row, true),
              privateKey: toHandle(crypto, privateKey, row, true),
            })
        }
        generate(crypto, row, done)
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
      const key = bare({ key: source.jwk, format: 'jwk' } as const)
      return role === 'public' ? crypto.createPublicKey(key) : crypto.createPrivateKey(key)
    }
    const { bytes, passphrase } = source
    const key = { key: Buffer.from(bytes), format: 'der' } as const
    if (role === 'public') return crypto.createPublicKey(bare({ ...key, type: 'spki' } as const))
    return crypto.createPrivateKey(
      bare({ ...key, type: 'pkcs8', ...(passphrase !== undefined && { passphrase }) } as const),
    )
  } catch {
    if (row.kty === 'AKP' && !knows(crypto, row)) throw notSupported(row)
    // OpenSSL's own words name its source lines, and nothing that helps.
    const hint = source.format === 'der' && source.passphrase !== undefined ? ', or the passphrase is another' : ''
    throw new TypeError(
      `the ${source.format.toUpperCase()} key cannot be read: it is damaged, or of a kind that this runtime does not know${hint}`,
    )
  }
}

// Any octets of the right number are an ML-DSA public key, to whom knows ML-DSA.
function knows(crypto: Crypto, row: AlgorithmRow): boolean {
  try {
    crypto.createPublicKey({
      key: { kty: row.kty, alg: row.alg, pub: Buffer.alloc(row.size).toString('base64url') },
      format: 'jwk',
    })
    return true
  } catch {
    return false
  }
}

function assertKeyObject(key: KeyObject, row: AlgorithmRow, role: KeyRole): void {
  if (key.type !== role) throw wrongRole(`a ${key.type} KeyObject`, role)
  if (key.type === 'secret') return assertSecret(key.export(), row)
  const details = key.asymmetricKeyDetails ?? {}
  const { asymmetricKeyType: type } = key
  if (!fits(type, details, row)) {
    // OpenSSL 3.5 reads ML-DSA keys for Node 22, which has no name for them.
    if (row.kty === 'AKP' && type === undefined) throw notSupported(row)
    const seen = [type ?? 'unknown', details.namedCurve, details.hashAlgorithm].filter(Boolean).join(' ')
    throw new TypeError(`a key of type ${seen} was given where a key for ${row.alg} is wanted`)
  }
  if (row.kty === 'RSA') assertRsa(details.modulusLength ?? 0, details.publicExponent ?? 0n)
}

function fits(type: string | undefined, details: NodeCrypto.AsymmetricKeyDetails, row: AlgorithmRow): boolean {
  if (row.kty === 'EC') return details.namedCurve === row.openssl
  if (row.kty !== 'RSA') return row.kty !== 'oct' && type === row.openssl
  if (type === 'rsa') return true
  // RFC 4055 §3.1: an RSA-PSS key may be restricted to one hash, and to salts of a length at least.
  const { hashAlgorithm: hash = nodeHash(row.hash), mgf1HashAlgorithm: mgf1 = hash, saltLength = 0 } = details
  return (
    type === 'rsa-pss' &&
    row.web === 'RSA-PSS' &&
    hash === nodeHash(row.hash) &&
    mgf1 === hash &&
    saltLength <= row.size
  )
}

type Done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => void

function generate(crypto: Crypto, row: AlgorithmRow, done: Done): void {
  if (row.kty === 'RSA') return crypto.generateKeyPair('rsa', bare({ modulusLength: 2048 }), done)
  if (row.kty === 'EC') return crypto.generateKeyPair('ec', bare({ namedCurve: row.openssl }), done)
  if (row.kty === 'AKP' && !knows(crypto, row)) throw notSupported(row)
  // The types of the oldest Node that is supported know no ML-DSA.
  if (row.kty !== 'oct') crypto.generateKeyPair(row.openssl as 'ed25519', bare({}), done)
}

function toHandle(crypto: Crypto, key: KeyObject, row: AlgorithmRow, extractable: boolean): KeyHandle {
  return row.kty === 'oct'
    ? new SecretHandle(crypto, key, row, extractable)
    : new PairHandle(crypto, key, row, extractable)
}

abstract class NodeHandle implements KeyHandle {
  protected readonly crypto: Crypto
  protected readonly key: KeyObject
  protected readonly row: AlgorithmRow
  protected readonly hash: string
  // A KeyObject does not remember it of the CryptoKey that it was.
  readonly #extractable: boolean

  constructor(crypto: Crypto, key: KeyObject, row: AlgorithmRow, extractable: boolean) {
    this.crypto = crypto
    this.key = key
    this.row = row
    this.hash = row.kty === 'OKP' || row.kty === 'AKP' ? '' : nodeHash(row.hash)
    this.#extractable = extractable
  }

  abstract readonly pooled: KeyHandle['pooled']
  abstract sign(input: string): string
  abstract verify(input: string, signature: string): boolean

  exportJwk(): JwkMaterial {
    assertExtractable(this.#extractable)
    return pickMaterial({ ...exportJwk(this.key) }, this.row, this.key.type)
  }

  exportDer(): Uint8Array {
    assertExtractable(this.#extractable)
    return this.key.type === 'public'
      ? this.key.export(bare({ format: 'der', type: 'spki' } as const))
      : this.key.export(bare({ format: 'der', type: 'pkcs8' } as const))
  }
}

class SecretHandle extends NodeHandle {
  readonly pooled = undefined
  readonly #hmac: Hmac

  constructor(crypto: Crypto, key: KeyObject, row: AlgorithmRow, extractable: boolean) {
    super(crypto, key, row, extractable)
    this.#hmac = hmacOf(crypto, this.hash, key)
  }

  sign(input: string): string {
    return this.#hmac(input)
  }

  verify(input: string, signature: string): boolean {
    return equalInConstantTime(this.sign(input), signature)
  }
}

class PairHandle extends NodeHandle {
  readonly #size: number
  readonly #algorithm: string | null
  readonly #key: KeyObject | NodeCrypto.SignKeyObjectInput
  readonly #isEcdsa: boolean

  constructor(crypto: Crypto, key: KeyObject, row: AlgorithmRow, extractable: boolean) {
    super(crypto, key, row, extractable)
    this.#size = signatureSize(row, key.asymmetricKeyDetails?.modulusLength ?? 0)
    this.#algorithm = this.hash || null
    const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
    this.#key = row.web === 'RSA-PSS' ? bare({ key, padding, saltLength: row.size }) : withoutOptions(crypto, key)
    this.#isEcdsa = row.kty === 'EC'
  }

  sign(input: string): string {
    return this.#spell(this.crypto.sign(this.#algorithm, Buffer.from(input, 'latin1'), this.#key))
  }

  verify(input: string, signature: string): boolean {
    const octets = this.#read(signature)
    return octets !== undefined && this.crypto.verify(this.#algorithm, Buffer.from(input, 'latin1'), this.#key, octets)
  }

  #spell(signature: Buffer): string {
    return (this.#isEcdsa ? Buffer.from(fromDer(signature, this.#size)) : signature).toString('base64url')
  }

  #read(signature: string): Uint8Array | undefined {
    const octets = Buffer.from(signature, 'base64url')
    if (octets.length !== this.#size || octets.toString('base64url') !== signature) return undefined
    return this.#isEcdsa ? toDer(octets) : octets
  }

  // On libuv's pool, for these take up to a thousand times as long as an HMAC.
  readonly pooled = {
    sign: (input: string): Promise<string> =>
      new Promise((resolve, reject) => {
        this.crypto.sign(this.#algorithm, Buffer.from(input, 'latin1'), this.#key, (error, signature) =>
          error ? reject(error) : resolve(this.#spell(signature)),
        )
      }),
    verify: (input: string, signature: string): boolean | Promise<boolean> => {
      const octets = this.#read(signature)
      if (!octets) return false
      return new Promise((resolve, reject) => {
        this.crypto.verify(this.#algorithm, Buffer.from(input, 'latin1'), this.#key, octets, (error, verified) =>
          error ? reject(error) : resolve(verified),
        )
      })
    },
  }
}

// Options beside the key cost newer Nodes more than an ECDSA signature. A key alone is asked for them too, and a polluted
// Object.prototype would answer: so a copy answers first, where keys can be cloned.
function withoutOptions(crypto: Crypto, key: KeyObject): KeyObject | NodeCrypto.SignKeyObjectInput {
  const copy: unknown = cloneOf(key)
  if (!(copy instanceof crypto.KeyObject)) return bare({ key })
  const none = { value: undefined }
  return Object.defineProperties(copy, { padding: none, saltLength: none, dsaEncoding: none, context: none })
}

function cloneOf(key: KeyObject): unknown {
  try {
    return structuredClone(key)
  } catch {
    return undefined
  }
}

function exportJwk(key: KeyObject): object {
  try {
    return key.export(bare({ format: 'jwk' } as const))
  } catch {
    // RFC 7518 has none for keys that are bound to RSA-PSS, and RFC 9964 none for private keys without their seed.
    throw new TypeError(
      `the ${key.type} key of type ${key.asymmetricKeyType} is one of those that have no JWK form; use exportPem()`,
    )
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
