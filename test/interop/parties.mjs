// The three libraries behind one interface: make keys, give and take them, sign, verify, and say that a signature is wrong.
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import * as library from 'tittle'

export const kid = 'interop-1'
export const issuer = 'https://issuer.example'
export const audience = ['https://api.example', 'https://files.example']

export const isHmac = (alg) => alg.startsWith('HS')
export const isMlDsa = (alg) => alg.startsWith('ML-DSA')

/** The forms in which a key is handed over. */
export const formatsOf = (alg) => (isHmac(alg) ? ['JWK', 'octets'] : ['JWK', 'PEM'])

const secretOf = ({ k }) => Buffer.from(k, 'base64url')

export const tittle = {
  name: 'tittle',
  algorithms: library.algorithms,

  async makeKeys(alg) {
    if (isHmac(alg)) {
      const key = library.generateSecret(alg, { kid })
      return { signing: key, verifying: key }
    }
    const { privateKey, publicKey } = await library.generateKeyPair(alg, { kid })
    return { signing: privateKey, verifying: publicKey }
  },

  async give(key, format) {
    if (format === 'PEM') return library.exportPem(key)
    const jwk = await library.exportJwk(key)
    return format === 'JWK' ? jwk : secretOf(jwk)
  },

  take(material, alg, half) {
    if (isHmac(alg)) return library.importSecret(material, alg, { kid })
    const importKey = half === 'signing' ? library.importPrivateKey : library.importPublicKey
    return importKey(material, alg, { kid })
  },

  sign: (claims, key) => library.sign(claims, key, {}),
  verify: (token, key, alg) => library.verify(token, key, { algorithms: [alg], issuer, audience }),
  saysBadSignature: (error) => library.isJwtError(error) && error.code === 'ERR_SIGNATURE',
}

export const josePeer = {
  name: 'jose',
  algorithms: library.algorithms,

  async makeKeys(alg) {
    if (isHmac(alg)) {
      const key = await jose.generateSecret(alg, { extractable: true })
      return { signing: key, verifying: key }
    }
    const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
    return { signing: privateKey, verifying: publicKey }
  },

  async give(key, format) {
    if (format === 'PEM') return key.type === 'private' ? jose.exportPKCS8(key) : jose.exportSPKI(key)
    const jwk = await jose.exportJWK(key)
    return format === 'JWK' ? jwk : secretOf(jwk)
  },

  take(material, alg, half) {
    if (material instanceof Uint8Array) return material
    if (typeof material !== 'string') return jose.importJWK(material, alg)
    return half === 'signing' ? jose.importPKCS8(material, alg) : jose.importSPKI(material, alg)
  },

  sign: (claims, key, alg) => new jose.SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key),

  async verify(token, key, alg) {
    const { protectedHeader, payload } = await jose.jwtVerify(token, key, { algorithms: [alg], issuer, audience })
    return { header: protectedHeader, claims: payload }
  },

  saysBadSignature: (error) => error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
}

const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

export const jsonwebtokenPeer = {
  name: 'jsonwebtoken',
  algorithms: ['HS', 'RS', 'PS', 'ES'].flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`)),

  // It makes no keys; its users have those of node:crypto.
  async makeKeys(alg) {
    if (isHmac(alg)) {
      const key = createSecretKey(randomBytes(Number(alg.slice(2)) / 8))
      return { signing: key, verifying: key }
    }
    const { privateKey, publicKey } =
      alg in curves
        ? generateKeyPairSync('ec', { namedCurve: curves[alg] })
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
    return { signing: privateKey, verifying: publicKey }
  },

  async give(key, format) {
    if (format === 'PEM') return key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' })
    return format === 'JWK' ? key.export({ format: 'jwk' }) : key.export()
  },

  take(material, alg, half) {
    if (typeof material === 'string' || material instanceof Uint8Array) return material
    if (isHmac(alg)) return createSecretKey(secretOf(material))
    const createKey = half === 'signing' ? createPrivateKey : createPublicKey
    return createKey({ key: material, format: 'jwk' })
  },

  sign: async (claims, key, algorithm) => jsonwebtoken.sign(claims, key, { algorithm, keyid: kid }),

  async verify(token, key, alg) {
    const { header, payload } = jsonwebtoken.verify(token, key, {
      algorithms: [alg],
      issuer,
      audience,
      complete: true,
    })
    return { header, claims: payload }
  },

  saysBadSignature: (error) => error.message === 'invalid signature',
}
