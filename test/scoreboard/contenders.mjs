// Each library, asked to verify one token under one key and policy, as strictly as its documentation knows how.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import { verify as honoVerify } from 'hono/jwt'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import * as tittle from 'tittle'
import { isNativeOf, jwkOf, keyObjectOf, octetsOf, pemOf, saysMore, toJwk } from './keys.mjs'
import { lacks, seconds } from './policies.mjs'

/** Says that a library has no way to be asked. */
export class NotAsked extends Error {}

const notAsked = (why) => {
  throw new NotAsked(why)
}

// Converting a key is the application's work: what fails there says nothing of the library.
const converted = (convert) => {
  try {
    return convert()
  } catch {
    return notAsked('the key has no form that the library takes')
  }
}

const HMAC = ['HS256', 'HS384', 'HS512']
const RSA = ['RS256', 'RS384', 'RS512']
const PSS = ['PS256', 'PS384', 'PS512']
const ECDSA = ['ES256', 'ES384', 'ES512']
const ALL = [...HMAC, ...RSA, ...PSS, ...ECDSA, 'Ed25519', 'EdDSA']

/** The options that have a value. */
const given = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

const orNone = (value) => value ?? undefined

const withExp = ({ expiry, requiredClaims = [] }) => [...(expiry === 'optional' ? [] : ['exp']), ...requiredClaims]

const joseKey = async (key) => {
  const { role, source, alg } = key
  // Checked for its alg, use and key_ops.
  if (jwkOf(key)) return source
  if (isNativeOf(key, 'CryptoKey') || isNativeOf(key, 'KeyObject')) return source
  if (role === 'secret') return octetsOf(key) ?? notAsked('the secret has no octets')
  if (typeof source !== 'string') return source
  if (source.includes('BEGIN PUBLIC KEY')) return jose.importSPKI(source, alg)
  if (source.includes('BEGIN CERTIFICATE')) return jose.importX509(source, alg)
  return source.includes('BEGIN PRIVATE KEY') ? jose.importPKCS8(source, alg) : converted(() => keyObjectOf(key))
}

// Neither takes a JWK, so that what one says beside its numbers is the application's to hear.
const withoutJwk = (form, takesObjects) => (key) => {
  if (converted(() => saysMore(key))) return notAsked('the library takes no JWK')
  const { role, source, options } = key
  if (typeof source === 'string' && options.encoding === undefined) return source
  if (role === 'secret')
    return (
      (takesObjects && isNativeOf(key, 'KeyObject') ? source : octetsOf(key)) ?? notAsked('the secret has no octets')
    )
  return converted(() => form(key))
}

// Who takes only JWKs is given no private key that was none, for no application would make one of it.
const publicJwkOf = (key) => {
  const { source } = key
  const jwk = converted(() => toJwk(key))
  return jwk.d !== undefined && jwkOf(key) !== source ? notAsked('the library takes no such key') : jwk
}

const honoKey = (key) => {
  if (jwkOf(key) || isNativeOf(key, 'CryptoKey')) return key.source
  if (key.role !== 'secret') return /BEGIN (PUBLIC|PRIVATE) KEY/.test(key.source) ? key.source : publicJwkOf(key)
  const octets = octetsOf(key) ?? notAsked('the secret has no octets')
  const text = String(octets)
  return Buffer.from(text).equals(octets) ? text : { kty: 'oct', k: octets.toString('base64url') }
}

// Its allowlist is the alg of the JWK.
const awsKey = (key) => ({ alg: key.alg, use: 'sig', kid: 'any', ...publicJwkOf(key) })

const awsCache = (jwk) => ({
  getJwk: async () => jwk,
  getCachedJwk: () => jwk,
  getJwks: async () => ({ keys: [jwk] }),
  addJwks: () => {},
})

/** Each: its algorithms, the members of a policy that it has no word for, the form of its keys, how it is asked. */
const libraries = {
  tittle: {
    ask: (token, key, policy) => tittle.verify(token, key, policy),
  },
  jose: {
    has: ALL,
    lacks: ['maxLifetime', 'maxTokenLength', 'typs'],
    toKey: joseKey,
    ask: (token, key, policy, now) =>
      jose.jwtVerify(
        token,
        key,
        given({
          algorithms: policy.algorithms,
          issuer: orNone(policy.issuer),
          audience: orNone(policy.audience),
          subject: policy.subject,
          typ: policy.typ,
          maxTokenAge: seconds(policy.maxAge),
          clockTolerance: seconds(policy.clockTolerance),
          requiredClaims: withExp(policy),
          crit: policy.crit && Object.fromEntries(policy.crit.map((name) => [name, true])),
          currentDate: new Date(now * 1000),
        }),
      ),
  },
  jsonwebtoken: {
    has: [...HMAC, ...RSA, ...PSS, ...ECDSA],
    lacks: ['maxLifetime', 'maxTokenLength', 'typ', 'crit', 'requiredClaims'],
    toKey: withoutJwk(keyObjectOf, true),
    ask: (token, key, policy, now) =>
      jsonwebtoken.verify(
        token,
        key,
        given({
          algorithms: policy.algorithms,
          issuer: orNone(policy.issuer),
          audience: orNone(policy.audience),
          subject: policy.subject,
          maxAge: seconds(policy.maxAge),
          clockTolerance: seconds(policy.clockTolerance),
          clockTimestamp: now,
        }),
      ),
  },
  'fast-jwt': {
    has: [...HMAC, ...RSA, ...PSS, ...ECDSA, 'EdDSA'],
    lacks: ['maxLifetime', 'maxTokenLength', 'typs'],
    toKey: withoutJwk(pemOf, false),
    ask: (token, key, policy, now) =>
      createVerifier(
        given({
          key,
          algorithms: policy.algorithms,
          allowedIss: orNone(policy.issuer),
          allowedAud: orNone(policy.audience),
          allowedSub: policy.subject,
          checkTyp: policy.typ,
          maxAge: milliseconds(policy.maxAge),
          clockTolerance: milliseconds(policy.clockTolerance),
          // It compares what is there alone, unless it is told what must be.
          requiredClaims: [
            ...withExp(policy),
            ...(policy.issuer === null ? [] : ['iss']),
            ...(policy.audience === null ? [] : ['aud']),
            ...(policy.subject === undefined ? [] : ['sub']),
            ...(policy.maxAge === undefined ? [] : ['iat']),
          ],
          allowedCritHeaders: policy.crit,
          clockTimestamp: now * 1000,
        }),
      )(token),
  },
  'aws-jwt-verify': {
    has: [...RSA, ...ECDSA, 'EdDSA'],
    lacks: ['maxLifetime', 'maxTokenLength', 'typ', 'crit', 'requiredClaims', 'maxAge', 'subject'],
    toKey: awsKey,
    ask: (token, jwk, { issuer, audience, clockTolerance }) => {
      const rest = given({
        audience,
        graceSeconds: seconds(clockTolerance),
        jwksUri: 'https://issuer.example/jwks.json',
      })
      const properties = Array.isArray(issuer) ? issuer.map((issuer) => ({ issuer, ...rest })) : { issuer, ...rest }
      return JwtVerifier.create(properties, { jwksCache: awsCache(jwk) }).verify(token)
    },
  },
  hono: {
    has: [...HMAC, ...RSA, ...PSS, ...ECDSA, 'EdDSA'],
    lacks: [
      'maxLifetime',
      'maxTokenLength',
      'crit',
      'requiredClaims',
      'maxAge',
      'subject',
      'clockTolerance',
      'issuers',
    ],
    toKey: honoKey,
    ask: (token, key, { algorithms, issuer, audience, typ }) => {
      const [alg, ...others] = algorithms
      if (others.length > 0) notAsked('the library takes one algorithm')
      return honoVerify(token, key, given({ alg, iss: orNone(issuer), aud: orNone(audience), typ }))
    },
  },
}

const milliseconds = (duration) => {
  const number = seconds(duration)
  return typeof number === 'number' ? number * 1000 : number
}

const versionOf = (name) => {
  const folder =
    name === 'tittle' ? resolve(import.meta.dirname, '../..') : join(import.meta.dirname, 'node_modules', name)
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

/** The libraries, ours first: `{ name, version, ask(question) }`, which throws {@link NotAsked} or what the library does. */
export function contenders({ Given, importGiven }) {
  return Object.entries(libraries).map(([name, { has, lacks: lacking, toKey, ask }]) => {
    const imported = new WeakMap()
    const once = (key, make) => {
      if (!imported.has(key)) imported.set(key, make(key))
      return imported.get(key)
    }
    return {
      name,
      version: versionOf(name),
      async ask({ token, key, policy }) {
        const now = policy.now === undefined ? Date.now() / 1000 : policy.now()
        if (name === 'tittle') return ask(token, key instanceof Given ? once(key, importGiven) : key, policy)
        if (typeof now !== 'number' || !Number.isFinite(now) || now < 0 || now > 1e11)
          notAsked('there is no such clock')
        if (lacks(policy, lacking)) notAsked('the library has no word for the policy')
        // What is no algorithm at all is asked of everybody.
        const names = ALL.filter((alg) => Array.isArray(policy.algorithms) && policy.algorithms.includes(alg))
        if (!names.every((alg) => has.includes(alg))) notAsked('the library lacks an algorithm of the policy')
        if (key instanceof Given) {
          if (!has.includes(key.alg)) notAsked('the library lacks the algorithm')
          return ask(token, await once(key, toKey), policy, now)
        }
        if (name === 'aws-jwt-verify') notAsked('the library takes no such key')
        return ask(token, key, policy, now)
      },
    }
  })
}
