// One key, one claims set and one token for each algorithm, in the forms in which the libraries want them.
import { createSecretKey, generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto'
import { bare } from './peers.mjs'

export const issuer = 'https://issuer.example'
export const audience = 'https://api.example'

const now = Math.floor(Date.now() / 1000)

/** Seven claims, which make tokens of about 300 characters. */
export const claims = {
  iss: issuer,
  sub: 'user-2f1c9a7e',
  aud: audience,
  exp: now + 24 * 60 * 60,
  iat: now - 60,
  jti: '7d0f6f2c9b1e4a58',
  scope: 'orders:read orders:write',
}

/** By the names of the tables; `alg` is what stands in the header, where every peer knows Ed25519 as EdDSA. */
const rows = {
  HS256: { alg: 'HS256', hash: 'sha256', web: { name: 'HMAC', hash: 'SHA-256' } },
  RS256: {
    alg: 'RS256',
    hash: 'sha256',
    pair: ['rsa', { modulusLength: 2048 }],
    web: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  },
  ES256: {
    alg: 'ES256',
    hash: 'sha256',
    pair: ['ec', { namedCurve: 'P-256' }],
    web: { name: 'ECDSA', namedCurve: 'P-256' },
  },
  Ed25519: { alg: 'EdDSA', hash: null, pair: ['ed25519'], web: { name: 'Ed25519' } },
}

export const algorithms = Object.keys(rows)

/** The asymmetric ones. */
export const pairs = algorithms.filter((name) => rows[name].pair)

const made = new Map()

/** The material of an algorithm, which is made once. */
export async function materialOf(name) {
  if (!made.has(name)) made.set(name, await make(name))
  return made.get(name)
}

async function make(name) {
  const { alg, hash, pair, web } = rows[name]
  const keys = pair ? await pairKeys(pair, web) : await secretKeys(web)
  const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')
  const material = { name, alg, hash, header, issuer, audience, ...keys }
  const { sign } = bare(material).sync
  return { ...material, sign, token: sign(claims) }
}

async function secretKeys(web) {
  const secret = randomBytes(32)
  const key = createSecretKey(secret)
  const cryptoKey = await webcrypto.subtle.importKey('raw', secret, web, false, ['sign', 'verify'])
  return { secret, privateKey: key, publicKey: key, privateCryptoKey: cryptoKey, publicCryptoKey: cryptoKey }
}

async function pairKeys([type, options], web) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options)
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return {
    privateKey,
    publicKey,
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }),
    privateCryptoKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, web, false, ['sign']),
    publicCryptoKey: await webcrypto.subtle.importKey('spki', spki, web, false, ['verify']),
  }
}
