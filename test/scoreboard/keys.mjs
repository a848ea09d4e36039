// A key that was given, in the forms that libraries want it in.
import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto'
import { types } from 'node:util'

const JWK = { format: 'jwk' }

const base64url = (octets) => octets?.toString('base64url')

const isJwk = (source) =>
  typeof source === 'object' && source !== null && !(source instanceof KeyObject) && 'kty' in source

/** The JWK, where the key was given as one. */
export const jwkOf = ({ source }) => (isJwk(source) ? source : undefined)

/** Tells a key that says more than it would in another form: what it is for, or a number in another spelling. */
export function saysMore(given) {
  if (types.isCryptoKey(given.source)) return !given.source.usages.includes('verify')
  const jwk = jwkOf(given)
  if (!jwk) return false
  const kept = jwk.kty === 'oct' ? { kty: 'oct', k: base64url(octetsOf(given)) } : keyObjectOf(given).export(JWK)
  return Object.entries(jwk).some(([name, value]) => kept[name] !== value)
}

/** The octets of a secret; undefined where it has none. */
export function octetsOf({ source, options = {} }) {
  if (typeof source === 'string') return Buffer.from(source, options.encoding ?? 'utf8')
  if (source instanceof Uint8Array) return Buffer.from(source)
  if (source instanceof KeyObject) return source.type === 'secret' ? source.export() : undefined
  if (types.isCryptoKey(source)) return source.type === 'secret' ? KeyObject.from(source).export() : undefined
  return isJwk(source) && typeof source.k === 'string' ? Buffer.from(source.k, 'base64url') : undefined
}

/** A pair's half as a KeyObject, private where it was given so; throws where it is no key to node:crypto. */
export function keyObjectOf({ source }) {
  if (source instanceof KeyObject) return source
  if (types.isCryptoKey(source)) return KeyObject.from(source)
  if (isJwk(source))
    return (Object.hasOwn(source, 'd') ? createPrivateKey : createPublicKey)({ key: source, format: 'jwk' })
  return source.includes('PRIVATE KEY') ? createPrivateKey(source) : createPublicKey(source)
}

/** A PEM: the text that was given, or that of the key. */
export function pemOf(given) {
  if (typeof given.source === 'string') return given.source
  const key = keyObjectOf(given)
  return key.export({ format: 'pem', type: key.type === 'public' ? 'spki' : 'pkcs8' })
}

/** A JWK: the one that was given, or that of the key. */
export const toJwk = (given) => jwkOf(given) ?? keyObjectOf(given).export(JWK)

export const isNativeOf = (given, kind) =>
  kind === 'CryptoKey' ? types.isCryptoKey(given.source) : given.source instanceof KeyObject
