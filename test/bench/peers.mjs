// The libraries, each set up once, as its own documentation says is fastest: `{ sync, async }` of `sign(claims)` and
// `verify(token)`, or nothing where it has no such algorithm, and `claimsOf` what verify answers, where that is not the
// claims themselves. Issuer and audience are checked by all of them.
import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto'
import * as fastJwt from 'fast-jwt'
import { sign as honoSign, verify as honoVerify } from 'hono/jwt'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import * as tittle from 'tittle'

// A binary, which there is not for every machine.
const nodeRs = await import('@node-rs/jsonwebtoken').then(
  (module) => module.default,
  () => undefined,
)

/** The libraries that are measured here, `bare` being none: the work that nobody can avoid, without one check. */
export const peers = {
  bare,
  tittle: withTittle,
  'fast-jwt': withFastJwt,
  jsonwebtoken: withJsonwebtoken,
  '@node-rs/jsonwebtoken': withNodeRs,
  jose: withJose,
  'hono/jwt': withHono,
}

/** Those whose binary does not load. */
export const skipped = nodeRs ? [] : ['@node-rs/jsonwebtoken']

/** For verifying: node:crypto's call, base64url and JSON.parse; for signing: JSON.stringify, base64url and the call. */
export function bare({ alg, hash, header, privateKey, publicKey }) {
  const { seal, holds } =
    alg === 'HS256' ? bareHmac(hash, privateKey) : barePair(hash, privateKey, publicKey, alg === 'ES256')
  return {
    sync: {
      sign(claims) {
        const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
        return `${input}.${seal(input).toString('base64url')}`
      },
      verify(token) {
        const dot = token.lastIndexOf('.')
        const input = token.slice(0, dot)
        if (!holds(input, Buffer.from(token.slice(dot + 1), 'base64url'))) throw new Error('the signature is wrong')
        return JSON.parse(Buffer.from(input.slice(input.indexOf('.') + 1), 'base64url').toString())
      },
    },
  }
}

function bareHmac(hash, key) {
  const seal = (input) => createHmac(hash, key).update(input).digest()
  return { seal, holds: (input, signature) => timingSafeEqual(seal(input), signature) }
}

// The key itself, and signatures of ECDSA in DER: on Node 24 the options of a key, and `dsaEncoding` among them, double
// what the call takes; on Node 20 both ways take the same.
function barePair(hash, privateKey, publicKey, isEcdsa) {
  const [toRaw, toDer] = isEcdsa ? [derToRaw, rawToDer] : [(signature) => signature, (signature) => signature]
  return {
    seal: (input) => toRaw(sign(hash, Buffer.from(input), privateKey)),
    holds: (input, signature) => verify(hash, Buffer.from(input), publicKey, toDer(signature)),
  }
}

const HALF = 32

// Two integers of P-256, each of which may have a zero before its first bit, or be short of octets.
function derToRaw(der) {
  const raw = Buffer.alloc(2 * HALF)
  let at = 2
  for (let end = HALF; end <= raw.length; end += HALF) {
    const length = der[at + 1]
    at += 2 + length
    const octets = Math.min(length, HALF)
    der.copy(raw, end - octets, at - octets, at)
  }
  return raw
}

function rawToDer(raw) {
  const der = Buffer.alloc(2 * HALF + 8)
  let at = 2
  for (let start = 0; start < raw.length; start += HALF) {
    const end = start + HALF
    let from = start
    while (raw[from] === 0 && from < end - 1) from++
    const zeros = raw[from] >> 7
    der[at] = 2
    der[at + 1] = end - from + zeros
    at += 2 + zeros
    raw.copy(der, at, from, end)
    at += end - from
  }
  der[0] = 0x30
  der[1] = at - 2
  return der.subarray(0, at)
}

/** tittle's keys of the material. */
export function tittleKeys({ alg, secret, privateKey, publicKey }) {
  const signing = secret ? tittle.importSecret(secret, alg) : tittle.importPrivateKey(privateKey, alg)
  return { signing, verifying: secret ? signing : tittle.importPublicKey(publicKey, alg) }
}

function withTittle(material) {
  const { alg, issuer, audience } = material
  const { signing, verifying } = tittleKeys(material)
  const signer = tittle.createSigner(signing, {})
  const verifier = tittle.createVerifier(verifying, { algorithms: [alg], issuer, audience })
  return {
    sync: { sign: signer.signSync, verify: verifier.verifySync },
    async: { sign: signer.sign, verify: verifier.verify },
    claimsOf: ({ claims }) => claims,
  }
}

function withFastJwt({ alg, issuer, audience, secret, privatePem, publicPem }) {
  const policy = { algorithms: [alg], allowedIss: issuer, allowedAud: audience }
  return {
    sync: {
      sign: fastJwt.createSigner({ key: secret ?? privatePem, algorithm: alg }),
      verify: fastJwt.createVerifier({ key: secret ?? publicPem, ...policy }),
    },
  }
}

function withJsonwebtoken({ alg, issuer, audience, privateKey, publicKey }) {
  if (alg === 'EdDSA') return {}
  return {
    sync: {
      sign: (claims) => jsonwebtoken.sign(claims, privateKey, { algorithm: alg }),
      verify: (token) => jsonwebtoken.verify(token, publicKey, { algorithms: [alg], issuer, audience }),
    },
  }
}

function withNodeRs({ alg, issuer, audience, secret, privatePem, publicPem }) {
  if (!nodeRs) return {}
  const policy = { algorithms: [alg], iss: [issuer], aud: [audience], leeway: 0 }
  const header = { algorithm: alg }
  const [signing, verifying] = [secret ?? privatePem, secret ?? publicPem]
  return {
    sync: {
      sign: (claims) => nodeRs.signSync(claims, signing, header),
      verify: (token) => nodeRs.verifySync(token, verifying, policy),
    },
    async: {
      sign: (claims) => nodeRs.sign(claims, signing, header),
      verify: (token) => nodeRs.verify(token, verifying, policy),
    },
  }
}

function withJose({ alg, issuer, audience, privateCryptoKey, publicCryptoKey }) {
  const policy = { algorithms: [alg], issuer, audience }
  const header = { alg, typ: 'JWT' }
  return {
    async: {
      sign: (claims) => new jose.SignJWT(claims).setProtectedHeader(header).sign(privateCryptoKey),
      verify: (token) => jose.jwtVerify(token, publicCryptoKey, policy),
    },
    claimsOf: ({ payload }) => payload,
  }
}

function withHono({ alg, issuer, audience, privateCryptoKey, publicCryptoKey }) {
  const policy = { alg, iss: issuer, aud: audience }
  return {
    async: {
      sign: (claims) => honoSign(claims, privateCryptoKey, alg),
      verify: (token) => honoVerify(token, publicCryptoKey, policy),
    },
  }
}
