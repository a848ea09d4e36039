// Keys that are guessed or computed.
import { createSecretKey, type JsonWebKey } from 'node:crypto'
import { createSigner, generateSecret, importPrivateKey, importPublicKey, importSecret, type Key } from 'tittle'
import { accepted, each, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  es,
  hs,
  hs256,
  issue,
  material,
  openWith,
  policyFor,
  privateOf,
  publicJwk,
  publicOf,
  rs,
  rs256,
  webKeyOf,
} from './forge.ts'

const SECRET = 'tests may know this: not guessed'

/** A secret of so many octets in every form, used to verify and to sign. */
function* secretAttempts(length: number): Generator<Attempt> {
  const octets = Buffer.from(SECRET).subarray(0, length)
  const token = issue({ ...hs, sign: hs256(octets) })
  const forms: { readonly [form: string]: () => Key | Promise<Key> } = {
    'a Uint8Array': () => importSecret(octets, 'HS256'),
    text: () => importSecret(String(octets), 'HS256'),
    'base64url text': () => importSecret(base64url(octets), 'HS256', { encoding: 'base64url' }),
    'base64 text': () => importSecret(octets.toString('base64'), 'HS256', { encoding: 'base64' }),
    'hex text': () => importSecret(octets.toString('hex'), 'HS256', { encoding: 'hex' }),
    'a JWK': () => importSecret({ kty: 'oct', k: base64url(octets) }, 'HS256'),
    'a KeyObject': () => importSecret(createSecretKey(octets), 'HS256'),
    ...(length > 0 && {
      'a CryptoKey': async () =>
        importSecret(await webKeyOf({ kty: 'oct', k: base64url(octets) }, ['sign', 'verify']), 'HS256'),
    }),
  }
  const outcome = length < 32 ? 'TypeError' : 'accepted'
  for (const [form, make] of Object.entries(forms)) {
    yield [`${length} octets by ${form} verify`, outcome, async () => openWith(token, await make(), policyFor(hs))]
    yield [`${length} octets by ${form} sign`, outcome, async () => signWith(await make())]
  }
}

const signWith = (key: Key) => createSigner(key as never, { expiresIn: 60 }).sign({})

/** An RSA pair in every form, used to verify and to sign. */
function* rsaAttempts(bits: number, jwk: JsonWebKey): Generator<Attempt> {
  const token = issue({ ...rs, sign: rs256(privateOf(jwk)) })
  const [publicKey, privateKey] = [publicOf(jwk), privateOf(jwk)]
  const outcome = bits < 2048 ? 'TypeError' : 'accepted'
  const publics = {
    'a JWK': () => publicJwk(jwk),
    'a PEM': () => publicKey.export({ format: 'pem', type: 'spki' }),
    'a KeyObject': () => publicKey,
    'a CryptoKey': () => webKeyOf(publicJwk(jwk), ['verify']),
  }
  const privates = {
    'a JWK': () => jwk,
    'a PEM': () => privateKey.export({ format: 'pem', type: 'pkcs8' }),
    'a KeyObject': () => privateKey,
    'a CryptoKey': () => webKeyOf(jwk, ['sign']),
  }
  for (const [form, make] of Object.entries(publics)) {
    const verify = async () => openWith(token, importPublicKey((await make()) as never, 'RS256'), policyFor(rs))
    yield [`RSA of ${bits} bits by ${form} verifies`, outcome, verify]
  }
  for (const [form, make] of Object.entries(privates)) {
    const sign = async () => signWith(importPrivateKey((await make()) as never, 'RS256'))
    yield [`RSA of ${bits} bits by ${form} signs`, outcome, sign]
  }
}

const octetsOf = (length: number, octet: number): string => base64url(Buffer.alloc(length, octet))

const rsaPublic = publicJwk(material.rsa)
const ecPublic = publicJwk(material.p256)

export const weakKeys: readonly AttackClass[] = [
  {
    name: 'a secret has as many octets as the hash, in every form (CVE-2019-20933, CVE-2025-45768, CVE-2025-45769, CVE-2026-44351, CVE-2026-45363, GHSA-gmvf-9v4p-v8jc)',
    attempts: () => [
      ...[...Array(33).keys()].flatMap((length) => [...secretAttempts(length)]),
      ...accepted({ 'a secret that the library makes': () => signWith(generateSecret('HS256')) }),
      ...each(
        'the secret',
        ['secret', 'your-256-bit-secret', 'changeme', 'p@ssw0rd', ' '.repeat(31)],
        'TypeError',
        (secret) => importSecret(secret, 'HS256'),
      ),
      ...each(
        'in another encoding than it has, the secret',
        ['zz'.repeat(40), `${'ab'.repeat(40)}=`, 'é'.repeat(40)],
        'TypeError',
        (secret) => importSecret(secret, 'HS256', { encoding: 'hex' }),
      ),
    ],
  },
  {
    name: 'an RSA key has 2048 bits, to sign and to verify, in every form (CVE-2025-45768, jsonwebtoken, fast-jwt, hono)',
    attempts: () => [
      ...rsaAttempts(2048, material.rsa),
      ...rsaAttempts(2047, material.rsa2047),
      ...rsaAttempts(1024, material.rsa1024),
    ],
  },
  {
    name: 'an RSA exponent is odd and at least 3, and its numbers have one spelling (Wycheproof json_web_key)',
    attempts: () => {
      const use = (members: object) =>
        openWith(issue(rs), importPublicKey({ ...rsaPublic, ...members }, 'RS256'), policyFor(rs))
      return [
        ...accepted({ 'the key as it was': () => use({}) }),
        ...each(
          'the exponent',
          ['AQ', 'Ag', 'AA', '', 'AAAB', 'AAEAAQ', 'AQAB=', 'AQ==', 65537, null],
          'TypeError',
          (e) => use({ e }),
        ),
        ...each(
          'the modulus',
          [
            '',
            'AA',
            octetsOf(256, 0),
            base64url(Buffer.concat([Buffer.alloc(1), Buffer.from(material.rsa.n, 'base64url')])),
            `${material.rsa.n}=`,
            5,
            null,
          ],
          'TypeError',
          (n) => use({ n }),
        ),
      ]
    },
  },
  {
    name: 'an EC key is a point on its curve (CVE-2024-48949, Wycheproof json_web_key)',
    attempts: () => {
      const use = (members: object) =>
        openWith(issue(es), importPublicKey({ ...ecPublic, ...members }, 'ES256'), policyFor(es))
      const { x = '', y = '' } = ecPublic
      return [
        ...accepted({ 'the point as it was': () => use({}) }),
        ...each(
          'the point with',
          [
            { x: y, y: x },
            { x: octetsOf(32, 0), y: octetsOf(32, 0) },
            { x: octetsOf(32, 255), y: octetsOf(32, 255) },
            { x: octetsOf(32, 1) },
            { y: octetsOf(32, 1) },
            { x: x.slice(0, -4) },
            { x: `${x}=` },
            { x: base64url(Buffer.concat([Buffer.alloc(1), Buffer.from(x, 'base64url')])) },
            { x: '' },
            { y: null },
            { y: undefined },
            { crv: 'P-384' },
            { crv: 'p-256' },
            { crv: undefined },
            { kty: 'ec' },
          ],
          'TypeError',
          use,
        ),
      ]
    },
  },
]
