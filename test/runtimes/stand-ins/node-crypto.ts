// Stands for node:crypto where attacks forge: it answers from the tape, and has real keys where the runtime has them.
import type * as crypto from 'node:crypto'
import { Lacking, natives } from './natives.ts'
import { ask, askOctets } from './tape.ts'

type Octets = Uint8Array | string

export const constants = { RSA_NO_PADDING: 3, RSA_PKCS1_PSS_PADDING: 6 }

/** A KeyObject to be: it is told by what it is made of, and made when the library is to see it. */
export class KeyToBe {
  readonly type: 'public' | 'private' | 'secret'
  readonly origin: string
  readonly make: (node: typeof crypto) => crypto.KeyObject

  constructor(type: KeyToBe['type'], origin: string, make: KeyToBe['make']) {
    this.type = type
    this.origin = origin
    this.make = make
  }

  export(options: { readonly format: string; readonly type?: string }): string | object {
    const exported = (node: typeof crypto) => this.make(node).export(options as never) as string | Buffer | object
    const question = ['export', this.origin, JSON.stringify(options)]
    return options.format === 'der'
      ? askOctets(question, (node) => exported(node) as Buffer)
      : ask(question, (node) => exported(node))
  }
}

/** The KeyObject itself. */
export function toKeyObject(key: KeyToBe): crypto.KeyObject {
  const node = natives().crypto
  if (!node) throw new Lacking('a KeyObject, as there is no node:crypto')
  try {
    return key.make(node)
  } catch (error) {
    throw new Lacking(`a KeyObject of such a kind: ${(error as Error).message}`)
  }
}

const textOf = (source: object): string =>
  JSON.stringify(source, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))

export function createPrivateKey(source: object): KeyToBe {
  return new KeyToBe('private', `private ${textOf(source)}`, (node) => node.createPrivateKey(source as never))
}

export function createPublicKey(source: object): KeyToBe {
  if (source instanceof KeyToBe) {
    return new KeyToBe('public', `public half of ${source.origin}`, (node) => node.createPublicKey(source.make(node)))
  }
  return new KeyToBe('public', `public ${textOf(source)}`, (node) => node.createPublicKey(source as never))
}

export function createSecretKey(octets: Uint8Array): KeyToBe {
  return new KeyToBe('secret', `secret ${textOf({ octets })}`, (node) => node.createSecretKey(octets))
}

export function generateKeyPairSync(type: string, options: object = {}): { publicKey: KeyToBe; privateKey: KeyToBe } {
  let pair: crypto.KeyPairKeyObjectResult | undefined
  const half = (which: 'public' | 'private') => (node: typeof crypto) => {
    const generate = node.generateKeyPairSync as unknown as (...given: unknown[]) => crypto.KeyPairKeyObjectResult
    pair ??= generate(type, options)
    return pair[`${which}Key`]
  }
  const origin = [type, ...Object.values(options)].join(' ')
  return {
    publicKey: new KeyToBe('public', origin, half('public')),
    privateKey: new KeyToBe('private', origin, half('private')),
  }
}

interface Keyed {
  readonly key: KeyToBe
}

/** The parameters of a signature, and how they read in a question. */
function keyed(given: KeyToBe | Keyed, node: typeof crypto) {
  return given instanceof KeyToBe ? given.make(node) : { ...given, key: given.key.make(node) }
}

const named = (given: KeyToBe | Keyed): string =>
  given instanceof KeyToBe ? given.origin : JSON.stringify({ ...given, key: given.key.origin })

export function sign(hash: string | null, data: Uint8Array, key: KeyToBe | Keyed): Buffer {
  return askOctets(['sign', hash, data, named(key)], (node) => node.sign(hash, data, keyed(key, node) as never))
}

export function privateEncrypt(key: Keyed, block: Uint8Array): Buffer {
  return askOctets(['privateEncrypt', block, named(key)], (node) =>
    node.privateEncrypt(keyed(key, node) as never, block),
  )
}

/** The one chain of calls by which hashes and MACs are made here. */
const once = (digest: (data: Octets) => Buffer) => ({ update: (data: Octets) => ({ digest: () => digest(data) }) })

export const createHash = (hash: string) =>
  once((data) => askOctets(['hash', hash, data], (node) => node.createHash(hash).update(data).digest()))

export const createHmac = (hash: string, secret: Octets) =>
  once((data) => askOctets(['hmac', hash, secret, data], (node) => node.createHmac(hash, secret).update(data).digest()))

interface CryptoKeyLike {
  readonly algorithm: { readonly modulusLength?: number }
}

const bitsOf = (n: string): number => BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`).toString(2).length

/** The WebCrypto of the runtime; what it does not import for a case, it lacks. */
export const webcrypto = {
  subtle: {
    async importKey(...given: readonly unknown[]): Promise<unknown> {
      const { subtle } = globalThis.crypto
      const importKey = subtle.importKey.bind(subtle) as (...given: readonly unknown[]) => Promise<CryptoKeyLike>
      const key = await importKey(...given).catch((error: Error) => {
        throw new Lacking(`a CryptoKey that its WebCrypto refuses to import: ${error.message}`)
      })
      const { n } = given[1] as { readonly n?: string }
      if (n !== undefined && key.algorithm.modulusLength !== bitsOf(n)) {
        throw new Lacking(`the size of the CryptoKey, which its WebCrypto rounds up`)
      }
      return key
    },
  },
}
