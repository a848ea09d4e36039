// Keys for every algorithm, and signatures by node:crypto alone: nothing here is of the library.
import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import keys from '../fixtures/keys.json' with { type: 'json' }

/** The algorithms that every supported runtime has. */
export type FuzzAlgorithm = (typeof table)[number]['alg']

/** A key, as node:crypto holds it. */
export interface Material {
  readonly alg: FuzzAlgorithm
  /** How often the algorithm is chosen: RSA signs in the time of a thousand HMACs. */
  readonly weight: number
  /** The octets of the secret, or the JWK of the public key. */
  readonly secret: Buffer | undefined
  readonly publicJwk: { readonly kty: string } | undefined
  /** The octets of every signature. */
  readonly size: number
  /** Both take a text for its low octets, so that what is beyond ASCII may verify, and is no base64url thereafter. */
  readonly sign: (input: string) => Buffer
  readonly verify: (input: string, signature: Buffer) => boolean
}

const SECRET = Buffer.from('c2VjcmV0cyBvZiB0aGUgZnV6emVyIGFyZSBwdWJsaXNoZWQ6IG5ldmVyIHVzZSB0aGVtLg')

const table = [
  { alg: 'HS256', weight: 40, hash: 'sha256', size: 32 },
  { alg: 'HS384', weight: 5, hash: 'sha384', size: 48 },
  { alg: 'HS512', weight: 5, hash: 'sha512', size: 64 },
  { alg: 'RS256', weight: 2, hash: 'sha256', size: 256, pair: keys.rsa },
  { alg: 'RS384', weight: 1, hash: 'sha384', size: 256, pair: keys.rsa },
  { alg: 'RS512', weight: 1, hash: 'sha512', size: 256, pair: keys.rsa },
  { alg: 'PS256', weight: 1, hash: 'sha256', size: 256, pair: keys.rsa },
  { alg: 'PS384', weight: 1, hash: 'sha384', size: 256, pair: keys.rsa },
  { alg: 'PS512', weight: 1, hash: 'sha512', size: 256, pair: keys.rsa },
  { alg: 'ES256', weight: 8, hash: 'sha256', size: 64, pair: keys.p256 },
  { alg: 'ES384', weight: 1, hash: 'sha384', size: 96, pair: keys.p384 },
  { alg: 'ES512', weight: 1, hash: 'sha512', size: 132, pair: keys.p521 },
  { alg: 'Ed25519', weight: 5, hash: null, size: 64, pair: keys.ed25519 },
  { alg: 'EdDSA', weight: 1, hash: null, size: 64, pair: keys.ed25519 },
] as const

type Row = (typeof table)[number]

/** The keys of every algorithm, those whose tokens are valid. */
export const materials: readonly Material[] = table.map((row) =>
  'pair' in row
    ? pairOf(row, row.pair.publicJwk, createPrivateKey({ key: row.pair.privateJwk, format: 'jwk' }))
    : secretOf(row, SECRET),
)

const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A key of the same kind that belongs to somebody else. */
export const strangers: ReadonlyMap<FuzzAlgorithm, Material> = new Map(table.map((row) => [row.alg, strangerOf(row)]))

function secretOf({ alg, weight, hash, size }: Row, secret: Buffer): Material {
  const mac = (input: string): Buffer =>
    createHmac(hash ?? '', secret)
      .update(input, 'latin1')
      .digest()
  const check = (input: string, signature: Buffer): boolean => mac(input).equals(signature)
  return { alg, weight, secret, publicJwk: undefined, size, sign: mac, verify: check }
}

function pairOf(
  { alg, weight, hash, size }: Row,
  publicJwk: { readonly kty: string },
  privateKey: KeyObject,
): Material {
  const options = alg.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : ({ dsaEncoding: 'ieee-p1363' } as const)
  const publicKey = createPublicKey(privateKey)
  return {
    alg,
    weight,
    secret: undefined,
    publicJwk,
    size,
    sign: (input) => sign(hash, Buffer.from(input, 'latin1'), { key: privateKey, ...options }),
    verify: (input, signature) => verify(hash, Buffer.from(input, 'latin1'), { key: publicKey, ...options }, signature),
  }
}

function strangerOf(row: Row): Material {
  if (!('pair' in row)) return secretOf(row, Buffer.concat([Buffer.from('another '), SECRET]))
  const { kty } = row.pair.publicJwk
  const { publicKey, privateKey } = kty === 'RSA' ? otherRsa : otherCurve(row.pair.publicJwk)
  return pairOf(row, publicKey.export({ format: 'jwk' }) as { readonly kty: string }, privateKey)
}

function otherCurve(jwk: object): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const namedCurve = 'crv' in jwk && typeof jwk.crv === 'string' ? jwk.crv : ''
  return namedCurve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve })
}
