// Tokens, keys and key sets of jose used by the library, and the other way round.
import * as jose from 'jose'
import {
  algorithms,
  exportJwk,
  exportPem,
  generateKeyPair,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  importSecret,
  sign,
  thumbprint,
  verify,
  type Algorithm,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
  type SigningKey,
  type VerificationKey,
} from 'tittle'
import { createKeySet } from 'tittle/jwks'
import { signJws, verifyJws } from 'tittle/jws'
import { Lacking } from '../stand-ins/natives.ts'
import { expectSame, type Case, type Suite } from './case.ts'
import { flip, fromBase64url, fromText, toText } from './octets.ts'
import { lacks } from './platform.ts'

const kid = 'interop-1'
const issuer = 'https://issuer.example'
const audience = ['https://api.example', 'https://files.example']
const now = Math.floor(Date.now() / 1000)
const claims = {
  iss: issuer,
  sub: 'alice',
  aud: audience,
  iat: now,
  nbf: now - 60,
  exp: now + 900,
  jti: 'b6f0-1',
  text: 'Grüße, 世界 🙂 "\\ \u2028',
  nested: { list: [0, -1, 2.5, 1e21, true, null, ''], empty: {}, none: [] },
}

const isHmac = (alg: Algorithm): alg is HmacAlgorithm => alg.startsWith('HS')

/** The keys of an algorithm in the hands of both, whoever has made them. */
interface Keys {
  readonly own: { readonly signing: SigningKey; readonly verifying: VerificationKey }
  readonly peer: { readonly signing: jose.CryptoKey | Uint8Array; readonly verifying: jose.CryptoKey | Uint8Array }
}

type Maker = 'jose' | 'tittle'
type Format = 'JWK' | 'PEM' | 'octets'

const formatsOf = (alg: Algorithm): readonly Format[] => (isHmac(alg) ? ['JWK', 'octets'] : ['JWK', 'PEM'])

const makers: { readonly [maker in Maker]: (alg: Algorithm, format: Format) => Promise<Keys> } = {
  async jose(alg, format) {
    if (isHmac(alg)) {
      const secret = (await jose.generateSecret(alg, { extractable: true })) as jose.CryptoKey
      const jwk = await jose.exportJWK(secret)
      const own =
        format === 'JWK' ? importSecret(jwk as object, alg, { kid }) : importSecret(octetsOf(jwk), alg, { kid })
      return { own: { signing: own, verifying: own }, peer: { signing: secret, verifying: secret } }
    }
    const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
    const given =
      format === 'JWK'
        ? [await jose.exportJWK(privateKey), await jose.exportJWK(publicKey)]
        : [await jose.exportPKCS8(privateKey), await jose.exportSPKI(publicKey)]
    const own = {
      signing: importPrivateKey(given[0] as string, alg, { kid }),
      verifying: importPublicKey(given[1] as string, alg, { kid }),
    }
    return { own, peer: { signing: privateKey, verifying: publicKey } }
  },

  async tittle(alg, format) {
    if (isHmac(alg)) {
      const secret = generateSecret(alg, { kid })
      const jwk = await exportJwk(secret)
      const peer = format === 'JWK' ? ((await jose.importJWK(jwk as jose.JWK, alg)) as Uint8Array) : octetsOf(jwk)
      return { own: { signing: secret, verifying: secret }, peer: { signing: peer, verifying: peer } }
    }
    const { privateKey, publicKey } = await generateKeyPair(alg, { kid })
    const peer =
      format === 'JWK'
        ? {
            signing: (await jose.importJWK((await exportJwk(privateKey)) as jose.JWK, alg)) as jose.CryptoKey,
            verifying: (await jose.importJWK((await exportJwk(publicKey)) as jose.JWK, alg)) as jose.CryptoKey,
          }
        : {
            signing: await jose.importPKCS8(await exportPem(privateKey), alg),
            verifying: await jose.importSPKI(await exportPem(publicKey), alg),
          }
    return { own: { signing: privateKey, verifying: publicKey }, peer }
  },
}

const octetsOf = (jwk: object): Uint8Array => fromBase64url((jwk as { k: string }).k)

/** Keys in both hands; jose has WebCrypto alone, which may lack what node:crypto has. */
async function keysOf(maker: Maker, alg: Algorithm, format: Format): Promise<Keys> {
  try {
    return await makers[maker](alg, format)
  } catch (error) {
    if (await lacks(alg)) throw new Lacking(alg)
    if (await peerLacks(alg)) throw new Lacking(`${alg} in jose, as WebCrypto has none`)
    throw error
  }
}

async function peerLacks(alg: Algorithm): Promise<boolean> {
  return jose.generateKeyPair(alg).then(
    () => false,
    () => !isHmac(alg),
  )
}

async function expectRejected(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  )
  expectSame(error?.code, code)
}

const policy = (alg: Algorithm) => ({ algorithms: [alg] as const, issuer, audience })

async function ownToPeer(alg: Algorithm, { own, peer }: Keys): Promise<void> {
  const token = await sign(claims, own.signing, {})
  const options = { algorithms: [alg], issuer, audience }
  const verified = await jose.jwtVerify(token, peer.verifying, options)
  expectSame(verified.payload, claims)
  expectSame(verified.protectedHeader, { alg, kid, typ: 'JWT' })
  await expectRejected(jose.jwtVerify(flip(token), peer.verifying, options), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
}

async function peerToOwn(alg: Algorithm, { own, peer }: Keys): Promise<void> {
  const token = await new jose.SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(peer.signing)
  const verified = await verify(token, own.verifying, policy(alg))
  expectSame(verified.claims, claims)
  expectSame(verified.header, { alg, kid, typ: 'JWT' })
  await expectRejected(verify(flip(token), own.verifying, policy(alg)), 'ERR_SIGNATURE')
}

/** A payload that is not encoded, and stands beside its token (RFC 7797). */
async function unencoded(alg: Algorithm, { own, peer }: Keys): Promise<void> {
  const content = 'a.b.c, and no JSON'
  const header = { alg, b64: false, crit: ['b64'] }
  const payload = fromText(content)
  const options = { algorithms: [alg] as const, crit: ['b64'], payload }

  const { signature, protected: segment } = await new jose.FlattenedSign(payload)
    .setProtectedHeader(header)
    .sign(peer.signing)
  const verified = await verifyJws(`${segment}..${signature}`, own.verifying, options)
  expectSame(toText(verified.payload), content)

  const { alg: _, ...others } = header
  const token = await signJws(payload, own.signing, { header: others, detached: true })
  const [mine = '', , last = ''] = token.split('.')
  await jose.flattenedVerify({ protected: mine, payload, signature: last }, peer.verifying, { algorithms: [alg] })
}

async function keySets(alg: AsymmetricAlgorithm, { own, peer }: Keys): Promise<void> {
  const jwk = await exportJwk(own.verifying as VerificationKey & { role: 'public' })
  const set = { keys: [{ ...jwk, kid }] }
  const local = jose.createLocalJWKSet(set as jose.JSONWebKeySet)
  const token = await sign(claims, own.signing, {})
  expectSame((await jose.jwtVerify(token, local, { algorithms: [alg] })).payload.sub, 'alice')

  const theirs = await jose.exportJWK(peer.verifying)
  const ownSet = createKeySet({ keys: [{ ...theirs, kid, alg }] } as never)
  const given = await new jose.SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(peer.signing)
  expectSame((await verify(given, ownSet, policy(alg))).claims.sub, 'alice')
}

async function thumbprints(alg: Algorithm, { own, peer }: Keys): Promise<void> {
  const jwk = { ...(await jose.exportJWK(peer.verifying)), alg }
  for (const [ours, theirs] of [
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
  ] as const) {
    const wanted = await jose.calculateJwkThumbprint(jwk, theirs)
    if (!isHmac(alg)) expectSame(await thumbprint(own.verifying as never, ours), wanted)
    expectSame(await thumbprint(jwk as never, ours), wanted)
  }
}

const checks: { readonly [what: string]: (alg: Algorithm, keys: Keys) => Promise<void> } = {
  'tittle → jose': ownToPeer,
  'jose → tittle': peerToOwn,
  'a payload beside its token': unencoded,
  'a set of keys': keySets as (alg: Algorithm, keys: Keys) => Promise<void>,
  thumbprints,
}

// Made once for all of an algorithm's cases, as RSA keys take their time.
const made = new Map<string, Promise<Keys>>()

function sharedKeys(maker: Maker, alg: Algorithm, format: Format): Promise<Keys> {
  const name = `${maker} ${alg} ${format}`
  const keys = made.get(name) ?? keysOf(maker, alg, format)
  made.set(name, keys)
  return keys
}

function* cases(): Generator<Case> {
  for (const alg of algorithms) {
    for (const maker of ['jose', 'tittle'] as const) {
      for (const format of formatsOf(alg)) {
        for (const [what, check] of Object.entries(checks)) {
          // A secret is no member of a set that is handed about.
          if (isHmac(alg) && check === checks['a set of keys']) continue
          yield {
            name: `${alg}, ${what}, with a ${format} of ${maker}`,
            run: async () => check(alg, await sharedKeys(maker, alg, format)),
          }
        }
      }
    }
  }
}

export const interop: Suite = {
  cases,
  straws: () =>
    [ownToPeer, peerToOwn].map((check) => ({
      name: 'a straw: keys of two pairs',
      run: async () => {
        const [one, other] = [await keysOf('jose', 'ES256', 'JWK'), await keysOf('tittle', 'ES256', 'JWK')]
        await check('ES256', { own: one.own, peer: other.peer })
      },
    })),
}
