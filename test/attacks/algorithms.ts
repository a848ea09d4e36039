// All algorithms, each against all others, and what an RSASSA-PSS signature holds.
import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  privateEncrypt,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { createSigner, importPublicKey, importSecret, type Algorithm, type Key, type VerificationKey } from 'tittle'
import { accepted, each, expecting, product, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  CLAIMS,
  es256,
  forge,
  material,
  openWith,
  POLICY,
  privateOf,
  publicJwk,
  publicOf,
  rs256,
  type Sign,
} from './forge.ts'

const ed25519 = createPrivateKey({ key: material.ed25519, format: 'jwk' })

const octets = (length: number): Buffer => Buffer.alloc(length, material.secret)

const mac =
  (hash: string, length: number): Sign =>
  (input) =>
    createHmac(hash, octets(length)).update(input).digest()

const pss =
  (hash: string, saltLength: number): Sign =>
  (input) =>
    sign(hash, Buffer.from(input), {
      key: privateOf(material.rsa),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    })

const rsa =
  (hash: string): Sign =>
  (input) =>
    sign(hash, Buffer.from(input), privateOf(material.rsa))

const ecdsa =
  (hash: string, key: KeyObject): Sign =>
  (input) =>
    sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })

const eddsa: Sign = (input) => sign(null, Buffer.from(input), ed25519)

const secretFor = (alg: Algorithm, length: number) => () => importSecret(octets(length), alg as 'HS256')
const publicFor = (alg: Algorithm, jwk: JsonWebKey) => () => importPublicKey(publicJwk(jwk), alg as 'RS256')

/** How an issuer signs by each algorithm, and how a verifier knows him. */
const ISSUERS: readonly { readonly alg: Algorithm; readonly sign: Sign; readonly key: () => VerificationKey }[] = [
  { alg: 'HS256', sign: mac('sha256', 32), key: secretFor('HS256', 32) },
  { alg: 'HS384', sign: mac('sha384', 48), key: secretFor('HS384', 48) },
  { alg: 'HS512', sign: mac('sha512', 64), key: secretFor('HS512', 64) },
  { alg: 'RS256', sign: rsa('sha256'), key: publicFor('RS256', material.rsa) },
  { alg: 'RS384', sign: rsa('sha384'), key: publicFor('RS384', material.rsa) },
  { alg: 'RS512', sign: rsa('sha512'), key: publicFor('RS512', material.rsa) },
  { alg: 'PS256', sign: pss('sha256', 32), key: publicFor('PS256', material.rsa) },
  { alg: 'PS384', sign: pss('sha384', 48), key: publicFor('PS384', material.rsa) },
  { alg: 'PS512', sign: pss('sha512', 64), key: publicFor('PS512', material.rsa) },
  { alg: 'ES256', sign: ecdsa('sha256', privateOf(material.p256)), key: publicFor('ES256', material.p256) },
  { alg: 'ES384', sign: ecdsa('sha384', privateOf(material.p384)), key: publicFor('ES384', material.p384) },
  { alg: 'ES512', sign: ecdsa('sha512', privateOf(material.p521)), key: publicFor('ES512', material.p521) },
  { alg: 'Ed25519', sign: eddsa, key: publicFor('Ed25519', material.ed25519) },
  { alg: 'EdDSA', sign: eddsa, key: publicFor('EdDSA', material.ed25519) },
]

const policyOf = (...algorithms: readonly Algorithm[]) => ({ ...POLICY, algorithms })

const isMac = (alg: Algorithm): boolean => alg.startsWith('HS')

const token = (alg: string, signer: Sign): string => forge({ alg }, CLAIMS, signer)

function* everyPair(): Generator<Attempt> {
  for (const [issuer, verifier] of product(ISSUERS, ISSUERS)) {
    const same = issuer === verifier
    // Two names for one algorithm: the name differs, and the signature does not.
    const alike = same || (issuer.sign === eddsa && verifier.sign === eddsa)
    const under = `under a key for ${verifier.alg}`
    yield [
      `a token of ${issuer.alg} ${under}`,
      same ? 'accepted' : 'ERR_ALGORITHM',
      () => openWith(token(issuer.alg, issuer.sign), verifier.key(), policyOf(verifier.alg)),
    ]
    yield [
      `a token signed by ${issuer.alg} that says ${verifier.alg}, ${under}`,
      alike ? 'accepted' : 'ERR_SIGNATURE',
      () => openWith(token(verifier.alg, issuer.sign), verifier.key(), policyOf(verifier.alg)),
    ]
    if (same || isMac(issuer.alg) !== isMac(verifier.alg)) continue
    // The allowlist lets it through, and the key must not.
    yield [
      `a token that says ${issuer.alg}, signed by the key for ${verifier.alg}, where both are allowed`,
      'ERR_ALGORITHM',
      () => openWith(token(issuer.alg, verifier.sign), verifier.key(), policyOf(issuer.alg, verifier.alg)),
    ]
  }
}

const CURVES = { 'P-256': material.p256, 'P-384': material.p384, 'P-521': material.p521, secp256k1: material.secp256k1 }
const EC = { ES256: ['P-256', 'sha256'], ES384: ['P-384', 'sha384'], ES512: ['P-521', 'sha512'] } as const

function* everyCurve(): Generator<Attempt> {
  for (const [[alg, [right, hash]], [crv, jwk]] of product(Object.entries(EC), Object.entries(CURVES))) {
    const outcome = crv === right ? 'accepted' : 'TypeError'
    const genuine = token(alg, ecdsa(hash, privateOf(jwk)))
    const sources = {
      'a PEM': publicOf(jwk).export({ format: 'pem', type: 'spki' }),
      'a JWK': publicJwk(jwk),
      [`a JWK that says ${right}`]: { ...publicJwk(jwk), crv: right },
      'a KeyObject': publicOf(jwk),
    }
    yield* each(`a key for ${alg} on ${crv}, by`, Object.keys(sources), outcome, (form) => {
      const key = importPublicKey(sources[form] as never, alg as 'ES256')
      return openWith(genuine, key, policyOf(alg as 'ES256'))
    })
  }
}

const SECRETS = { HS256: ['sha256', 32], HS384: ['sha384', 48], HS512: ['sha512', 64] } as const

function* everyLength(): Generator<Attempt> {
  for (const [name, [hash, least]] of Object.entries(SECRETS)) {
    const alg = name as 'HS256'
    for (const length of [0, 1, 31, 32, 47, 48, 63, 64, 200]) {
      const outcome = length < least ? 'TypeError' : 'accepted'
      const secret = () => importSecret(octets(length), alg)
      yield [
        `a secret of ${length} octets for ${alg} verifies`,
        outcome,
        () => openWith(token(alg, mac(hash, length)), secret(), policyOf(alg)),
      ]
      yield [
        `a secret of ${length} octets for ${alg} signs`,
        outcome,
        () => createSigner(secret() as Key<'HS256', 'secret'>, { expiresIn: 60 }).sign({}),
      ]
    }
  }
}

const digest = (hash: string, data: Uint8Array): Buffer => createHash(hash).update(data).digest()

/** A mask of so many octets (RFC 8017 §B.2.1). */
function mask(hash: string, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let counter = 0; Buffer.concat(blocks).length < length; counter++) {
    blocks.push(digest(hash, Buffer.concat([seed, Buffer.of(0, 0, 0, counter)])))
  }
  return Buffer.concat(blocks).subarray(0, length)
}

const SIZE = 256

/** EMSA-PSS (RFC 8017 §9.1.1) of a modulus of 2048 bits, each part of which may be another. */
function encode(input: string, parts: PssParts): Buffer {
  const { hash = 'sha256', mgf = hash, salt = 32, zeros = 0, one = 1, trailer = 0xbc, topBit = 0 } = parts
  const salted = Buffer.alloc(salt, 7)
  const h = digest(hash, Buffer.concat([Buffer.alloc(8, zeros), digest(hash, Buffer.from(input)), salted]))
  const filler = Buffer.alloc(SIZE - 2 - salt - h.length, parts.filler ?? 0)
  const block = Buffer.concat([filler, Buffer.of(one), salted])
  const masked = block.map((octet, index) => octet ^ (mask(mgf, h, block.length)[index] ?? 0))
  masked[0] = ((masked[0] ?? 0) & 0x7f) | topBit
  return Buffer.concat([masked, h, Buffer.of(trailer)])
}

interface PssParts {
  readonly hash?: string
  readonly mgf?: string
  readonly salt?: number
  readonly zeros?: number
  readonly filler?: number
  readonly one?: number
  readonly trailer?: number
  readonly topBit?: number
}

const BROKEN_PSS: { readonly [what: string]: PssParts } = {
  'without a salt': { salt: 0 },
  'with a salt of one octet': { salt: 1 },
  'with the salt of SHA-1': { salt: 20 },
  'with a salt one octet short': { salt: 31 },
  'with a salt one octet long': { salt: 33 },
  'with the salt of SHA-512': { salt: 64 },
  'with the longest salt': { salt: SIZE - 34 },
  'over SHA-1': { hash: 'sha1' },
  'over SHA-512': { hash: 'sha512' },
  'whose mask is of SHA-1': { mgf: 'sha1' },
  'whose mask is of SHA-512': { mgf: 'sha512' },
  'with another trailer': { trailer: 0xcc },
  'with a filler that is not zero': { filler: 1 },
  'without the one before the salt': { one: 0 },
  'whose hash is not of zeros': { zeros: 1 },
}

const encoded =
  (parts: PssParts): Sign =>
  (input) =>
    privateEncrypt({ key: privateOf(material.rsa), padding: constants.RSA_NO_PADDING }, encode(input, parts))

const openPss = (signer: Sign) =>
  openWith(token('PS256', signer), importPublicKey(publicJwk(material.rsa), 'PS256'), policyOf('PS256'))

export const algorithms: readonly AttackClass[] = [
  {
    name: 'no algorithm passes for another, in every pair of all of them (CVE-2022-23539, CVE-2022-23541, CVE-2024-33663, CVE-2024-37568, CVE-2021-46743, libjwt #200)',
    attempts: () => [...everyPair()],
  },
  {
    name: 'each ES algorithm has a curve of its own, in every pair of them (fast-jwt, aws-jwt-verify)',
    attempts: () => [...everyCurve()],
  },
  {
    name: 'each HS algorithm wants a secret as long as its own hash (CVE-2024-31033, CVE-2025-45768, RFC 7518 §3.2)',
    attempts: () => [...everyLength()],
  },
  {
    name: 'a PSS signature holds the one encoding of RFC 8017, with a salt as long as its hash (RFC 7518 §3.5, Wycheproof)',
    attempts: () => [
      ...accepted({
        'the encoding of the RFC': () => openPss(encoded({})),
        'the signature of node:crypto': () => openPss(pss('sha256', 32)),
      }),
      ...Object.entries(BROKEN_PSS).map(([what, parts]): Attempt => [
        `an encoding ${what}`,
        'ERR_SIGNATURE',
        () => openPss(encoded(parts)),
      ]),
      ...expecting('ERR_SIGNATURE', {
        'a PKCS #1 signature': () => openPss(rs256(privateOf(material.rsa))),
        'an ECDSA signature': () => openPss(es256(privateOf(material.p256))),
        'nothing but zeros': () => openPss(() => Buffer.alloc(SIZE)),
        'the text of a signature': () => openPss((input) => Buffer.from(base64url(pss('sha256', 32)(input)))),
      }),
    ],
  },
]
