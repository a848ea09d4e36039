// WebCrypto, which answers by promises.
import type { AlgorithmRow } from '../algorithms.ts'
import { decodeBase64url, encodeBase64url, fromBytes, toBytes } from '../base64url.ts'
import {
  assertRsa,
  pickMaterial,
  readJwk,
  toBigInt,
  usagesOf,
  wrongRole,
  type JwkMaterial,
  type KeyRole,
  type KeyUsage,
} from '../jwk.ts'
import { bare } from '../options.ts'
import { assertSecret } from '../secret.ts'
import {
  assertCryptoKey,
  assertExtractable,
  isCryptoKey,
  isKeyObject,
  notSupported,
  signatureSize,
  webAlgorithm,
  type CryptoKeyLike,
  type CryptoProvider,
  type KeyHandle,
  type KeyObjectLike,
  type KeySource,
} from './provider.ts'

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The provider in browsers and on edge platforms. */
export const webProvider: CryptoProvider = {
  importKey: (source, row, role) => new WebHandle(toCryptoKey(source, row, role), row, role),

  async generateKeyPair(row) {
    const algorithm = bare({ ...webAlgorithm(row), modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) })
    const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']).catch((error) => {
      throw error.name === 'NotSupportedError' ? notSupported(row) : error
    })
    const { publicKey, privateKey } = pair as Record<'publicKey' | 'privateKey', CryptoKey>
    return { publicKey: new WebHandle(publicKey, row, 'public'), privateKey: new WebHandle(privateKey, row, 'private') }
  },

  async digest(hash, octets) {
    return encodeBase64url(fromBytes(new Uint8Array(await crypto.subtle.digest(hash, toBytes(octets)))))
  },
}

// What can be told at once is a TypeError at once; the rest becomes one when the promise is awaited.
function toCryptoKey(source: KeySource, row: AlgorithmRow, role: KeyRole): CryptoKey | Promise<CryptoKey> {
  if (source.format === 'raw') assertSecret(source.bytes, row)
  if (source.format !== 'native') return importKey(source, row, role)
  if (isCryptoKey(source.key)) {
    assertCryptoKey(source.key, row, role)
    assertStrong(source.key)
    return source.key as CryptoKey
  }
  if (!isKeyObject(source.key)) throw new TypeError('the object is no CryptoKey')
  if (source.key.type !== role) throw wrongRole(`a ${source.key.type} KeyObject`, role)
  const jwk = exportKeyObject(source.key)
  if (row.kty !== 'oct') return importKey({ format: 'jwk', jwk: readExported(jwk, row, role) }, row, role)
  return toCryptoKey({ format: 'raw', bytes: toBytes(decodeBase64url(jwk['k'] ?? '') ?? '') }, row, role)
}

function exportKeyObject(key: KeyObjectLike): JwkMaterial {
  try {
    return key.export(bare({ format: 'jwk' }))
  } catch {
    throw new TypeError('the KeyObject is of a kind that WebCrypto does not know')
  }
}

async function importKey(
  source: Exclude<KeySource, { format: 'native' }>,
  row: AlgorithmRow,
  role: KeyRole,
): Promise<CryptoKey> {
  if (source.format === 'der' && source.passphrase !== undefined) {
    throw new TypeError(
      'WebCrypto cannot decrypt keys; decrypt it first, with openssl pkcs8 -in key.pem -out plain.pem',
    )
  }
  const usages = [...usagesOf[role]]
  const { format } = source
  const readable = <T>(work: Promise<T>): Promise<T> =>
    work.catch(async (error) => {
      if (error.name === 'NotSupportedError' && !(await knows(row))) throw notSupported(row)
      const seed = row.kty === 'AKP' ? ', or lacks its seed' : ''
      throw new TypeError(
        `the ${format.toUpperCase()} key cannot be read as one for ${row.alg}: it is damaged, or of another kind${seed}`,
      )
    })
  if (format === 'jwk') {
    return readable(crypto.subtle.importKey('jwk', toWebJwk(source.jwk, row, usages), webAlgorithm(row), true, usages))
  }
  const bytes = source.bytes as Uint8Array<ArrayBuffer>
  const key = await readable(crypto.subtle.importKey(DER[role], bytes, webAlgorithm(row), true, usages))
  if (format === 'der') readExported(await readable(crypto.subtle.exportKey('jwk', key)), row, role)
  return key
}

// Workers take a DER of any kind for one of Ed25519, and round the size of a modulus up to octets, as others do.
const readExported = (jwk: object, row: AlgorithmRow, role: KeyRole): JwkMaterial =>
  readJwk(pickMaterial({ ...jwk }, row, role), row, role).material

// An ML-DSA key without its seed is not supported either, where the algorithm is. Any octets of the right number are a
// public key.
async function knows(row: AlgorithmRow): Promise<boolean> {
  const jwk = bare({ kty: row.kty, alg: row.alg, pub: encodeBase64url('\0'.repeat(row.size)) })
  return crypto.subtle.importKey('jwk', jwk, webAlgorithm(row), true, ['verify']).then(Boolean, () => false)
}

// All that WebCrypto asks of a JWK, lest it take what a polluted Object.prototype says.
function toWebJwk(jwk: JwkMaterial, row: AlgorithmRow, usages: KeyUsage[]): object {
  const alg = row.kty === 'OKP' ? 'EdDSA' : row.alg
  return bare({ ...jwk, alg, use: 'sig', key_ops: usages, ext: true })
}

const DER = { public: 'spki', private: 'pkcs8', secret: 'raw' } as const

const modulusLength = ({ algorithm }: CryptoKeyLike): number => algorithm.modulusLength ?? 0

function assertStrong(key: CryptoKeyLike): void {
  const publicExponent = Object.hasOwn(key.algorithm, 'publicExponent') && key.algorithm.publicExponent
  if (publicExponent) assertRsa(modulusLength(key), toBigInt(publicExponent))
}

class WebHandle implements KeyHandle {
  readonly pooled = undefined
  readonly #key: Promise<CryptoKey>
  readonly #row: AlgorithmRow
  readonly #role: KeyRole

  constructor(key: CryptoKey | Promise<CryptoKey>, row: AlgorithmRow, role: KeyRole) {
    this.#key = Promise.resolve(key)
    this.#row = row
    this.#role = role
    // A key that cannot be imported is told to whoever uses it, and until then is nobody's rejection.
    this.#key.catch(() => {})
  }

  async sign(input: string): Promise<string> {
    const signature = await crypto.subtle.sign(webAlgorithm(this.#row), await this.#key, toBytes(input))
    return encodeBase64url(fromBytes(new Uint8Array(signature)))
  }

  async verify(input: string, signature: string): Promise<boolean> {
    const key = await this.#key
    const octets = decodeBase64url(signature)
    if (octets?.length !== signatureSize(this.#row, modulusLength(key))) return false
    return crypto.subtle.verify(webAlgorithm(this.#row), key, toBytes(octets), toBytes(input))
  }

  async exportJwk(): Promise<JwkMaterial> {
    return pickMaterial({ ...(await crypto.subtle.exportKey('jwk', await this.#extractable())) }, this.#row, this.#role)
  }

  async exportDer(): Promise<Uint8Array> {
    const key = await this.#extractable()
    return new Uint8Array(await crypto.subtle.exportKey(DER[this.#role], key))
  }

  async #extractable(): Promise<CryptoKey> {
    const key = await this.#key
    assertExtractable(key.extractable)
    return key
  }
}
