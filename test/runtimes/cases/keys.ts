// Keys in every format: each signs or verifies, and leaves as it came; and what is no key for an algorithm is refused.
import {
  algorithms,
  exportJwk,
  exportPem,
  generateKeyPair,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  importSecret,
  publicKeyOf,
  thumbprint,
  thumbprintUri,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
  type Jwk,
  type Key,
  type PublicKey,
  type SigningKey,
  type VerificationKey,
} from 'tittle'
import { signJws, signJwsSync, verifyJws, verifyJwsSync } from 'tittle/jws'
import formats from '../../fixtures/formats.json'
import fixtures from '../../fixtures/keys.json'
import { isCrash } from '../../attacks/attack.ts'
import { Lacking, natives } from '../stand-ins/natives.ts'
import { expectSame, type Case, type Suite } from './case.ts'
import { derOf, flip, fromText, toBase64, toBase64url, toHex } from './octets.ts'
import { lacks, platform, webName } from './platform.ts'

interface Half {
  readonly jwk: Jwk
  readonly [format: string]: string | Jwk
}
interface Pair {
  readonly public: Half
  readonly private: Half
}

const pairs = formats.keys as unknown as { readonly [kind: string]: Pair }

const isHmac = (alg: string): alg is HmacAlgorithm => alg.startsWith('HS')
const hmac = algorithms.filter(isHmac)
const asymmetric = algorithms.filter((alg): alg is AsymmetricAlgorithm => !isHmac(alg))

function kindOf(alg: string): string {
  if (/^[RP]S/.test(alg)) return 'rsa'
  if (alg.startsWith('ES')) return (webName(alg).namedCurve ?? '').replace('-', '').toLowerCase()
  return alg.startsWith('Ed') ? 'ed25519' : alg.replaceAll('-', '').toLowerCase()
}

function pairFor(alg: AsymmetricAlgorithm): Pair {
  const pair = pairs[kindOf(alg)]
  if (!pair) throw new Error(`there is no pair for ${alg}`)
  return pair
}

/** Expects that the one key signs what the other verifies, and does not verify what was changed. */
async function expectPair(signer: SigningKey, verifier: VerificationKey): Promise<void> {
  const options = { algorithms: [verifier.alg], maxTokenLength: 30_000 }
  const tokens = [await signJws('any payload', signer)]
  if (platform() === 'node:crypto') tokens.push(signJwsSync('any payload', signer))
  for (const token of tokens) {
    expectSame((await verifyJws(token, verifier, options)).header.alg, verifier.alg)
    expectSame(await codeOf(() => verifyJws(flip(token), verifier, options)), 'ERR_SIGNATURE')
    if (platform() !== 'node:crypto') continue
    expectSame(verifyJwsSync(token, verifier, options).header.alg, verifier.alg)
    expectSame(await codeOf(() => verifyJwsSync(flip(token), verifier, options)), 'ERR_SIGNATURE')
  }
}

async function codeOf(run: () => unknown): Promise<unknown> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}

/** Uses a key, as on WebCrypto some are found wanting only then. */
const use = (key: Key): Promise<unknown> =>
  key.role === 'public'
    ? verifyJws(`${toBase64url(fromText(`{"alg":"${key.alg}"}`))}.AA.${'A'.repeat(86)}`, key as PublicKey, {
        algorithms: [key.alg],
      }).catch((error) => {
        if (error.code !== 'ERR_SIGNATURE') throw error
      })
    : signJws('any payload', key as SigningKey)

async function expectRefused(make: () => Key | Promise<Key>, words = /./): Promise<void> {
  let refusal: unknown
  try {
    await use(await make())
  } catch (error) {
    refusal = error
  }
  if (!(refusal instanceof TypeError)) throw new Error(refusal ? String(refusal) : 'it was accepted')
  if (isCrash(refusal)) throw new Error(`a crash: ${refusal.message}`)
  // A runtime that lacks the algorithm could say so for anything.
  const [, missing] = /^this runtime has no (\S+)$/.exec(refusal.message) ?? []
  if (missing !== undefined && (await lacks(missing))) throw refusal
  if (!words.test(refusal.message)) throw new Error(`it was refused with other words: ${refusal.message}`)
}

/** What imports a key, by the name of the form in which it comes. */
type Forms<K> = { readonly [form: string]: () => K | Promise<K> }

async function keyObject(
  alg: string,
  make: (node: NonNullable<ReturnType<typeof natives>['crypto']>) => unknown,
): Promise<never> {
  const { crypto } = natives()
  if (await lacks(alg)) throw new Lacking(alg)
  if (!crypto) throw new Lacking('a KeyObject, as there is no node:crypto')
  try {
    return make(crypto) as never
  } catch (error) {
    throw new Lacking(`such a KeyObject: ${(error as Error).message}`)
  }
}

async function cryptoKey(format: 'spki' | 'pkcs8' | 'raw', octets: BufferSource, alg: string, usages: KeyUsage[]) {
  if (await lacks(alg)) throw new Lacking(alg)
  try {
    return await crypto.subtle.importKey(format as 'raw', octets, webName(alg) as HmacImportParams, true, usages)
  } catch (error) {
    // The library may have it of node:crypto, and WebCrypto not.
    throw new Lacking(`a CryptoKey for ${alg}: ${(error as Error).message}`)
  }
}

type KeyUsage = 'sign' | 'verify'

/** Runs with a PKCS #8, which the cryptography beneath may not read in this form, though it has the algorithm. */
async function withPkcs8<T>(
  alg: AsymmetricAlgorithm,
  der: Uint8Array<ArrayBuffer>,
  run: () => T | Promise<T>,
  passphrase?: string,
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (alg.startsWith('ML-DSA') && !(await lacks(alg)) && !(await readsNatively(alg, der, passphrase))) {
      throw new Lacking(`${alg} keys in every form of PKCS #8`)
    }
    throw error
  }
}

async function readsNatively(alg: string, der: Uint8Array<ArrayBuffer>, passphrase?: string): Promise<boolean> {
  try {
    const key = { key: der as never, format: 'der', type: 'pkcs8', ...(passphrase && { passphrase }) } as const
    if (platform() === 'node:crypto') natives().crypto?.createPrivateKey(key)
    else await crypto.subtle.importKey('pkcs8', der, webName(alg), true, ['sign'])
    return true
  } catch {
    return false
  }
}

function secretForms(alg: HmacAlgorithm): Forms<Key<HmacAlgorithm, 'secret'>> {
  const octets = Uint8Array.from({ length: 64 }, (_, index) => index + 32)
  const text = new TextDecoder().decode(octets)
  return {
    text: () => importSecret(text, alg),
    'base64url text': () => importSecret(toBase64url(octets), alg, { encoding: 'base64url' }),
    'base64 text': () => importSecret(toBase64(octets), alg, { encoding: 'base64' }),
    'hex text': () => importSecret(toHex(octets), alg, { encoding: 'hex' }),
    'a Uint8Array': () => importSecret(octets, alg),
    'a JWK': () => importSecret({ kty: 'oct', k: toBase64url(octets) }, alg),
    'a JWK that names its algorithm': () => importSecret({ kty: 'oct', k: toBase64url(octets), alg }),
    'a KeyObject': async () => importSecret(await keyObject(alg, (node) => node.createSecretKey(octets)), alg),
    'a CryptoKey': async () => importSecret(await cryptoKey('raw', octets, alg, ['sign', 'verify']), alg),
  }
}

function* secretCases(alg: HmacAlgorithm): Generator<Case> {
  for (const [form, make] of Object.entries(secretForms(alg))) {
    yield {
      name: `${alg}: a secret from ${form}`,
      run: async () => {
        const key = await make()
        const again = importSecret(await exportJwk(key))
        await expectPair(key, again)
        await expectPair(again, key)
        expectSame(await exportJwk(again), await exportJwk(key))
      },
    }
  }
  yield {
    name: `${alg}: a secret that is generated`,
    run: async () => {
      const key = generateSecret(alg)
      await expectPair(key, importSecret(await exportJwk(key)))
    },
  }
  yield {
    name: `${alg}: a secret one octet too short`,
    run: () => expectRefused(() => importSecret(new Uint8Array(Number(alg.slice(2)) / 8 - 1).fill(7), alg)),
  }
}

const texts = (half: Half): [string, string][] =>
  Object.entries(half).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'encrypted',
  )

function publicForms(alg: AsymmetricAlgorithm): Forms<PublicKey> {
  const { jwk, ...half } = pairFor(alg).public
  const spki = String(half['spki'])
  return {
    ...Object.fromEntries(
      texts(half as Half).flatMap(([format, pem]) => [
        [`a PEM of ${format}`, () => importPublicKey(pem, alg)],
        [`DER of ${format}`, () => importPublicKey(derOf(pem), alg)],
      ]),
    ),
    'a JWK': () => importPublicKey(jwk, alg),
    'a JWK that names its algorithm': () => importPublicKey({ ...jwk, alg }),
    'a KeyObject': async () => importPublicKey(await keyObject(alg, (node) => node.createPublicKey(spki)), alg),
    'a CryptoKey': async () => importPublicKey(await cryptoKey('spki', derOf(spki), alg, ['verify']), alg),
  }
}

function privateForms(alg: AsymmetricAlgorithm): Forms<Key<AsymmetricAlgorithm, 'private'>> {
  const { jwk, ...half } = pairFor(alg).private
  const pkcs8 = String(half['pkcs8'])
  return {
    ...Object.fromEntries(
      texts(half as Half).flatMap(([format, pem]) => [
        [`a PEM of ${format}`, () => importPrivateKey(pem, alg)],
        [`DER of ${format}`, () => importPrivateKey(derOf(pem), alg)],
      ]),
    ),
    'a JWK': () => importPrivateKey(jwk, alg),
    'a JWK that names its algorithm': () => importPrivateKey({ ...jwk, alg }),
    'a KeyObject': async () => importPrivateKey(await keyObject(alg, (node) => node.createPrivateKey(pkcs8)), alg),
    'a CryptoKey': async () => importPrivateKey(await cryptoKey('pkcs8', derOf(pkcs8), alg, ['sign']), alg),
  }
}

function* pairCases(alg: AsymmetricAlgorithm): Generator<Case> {
  const pair = pairFor(alg)
  const publicKey = () => importPublicKey(pair.public.jwk, alg)
  const privateKey = () => importPrivateKey(pair.private.jwk, alg)
  const leaves = async (key: Key, jwk: Jwk) =>
    expectSame(await exportJwk(key as PublicKey), { ...jwk, alg, use: 'sig' })

  for (const [form, make] of Object.entries(privateForms(alg))) {
    yield {
      name: `${alg}: a private key from ${form}`,
      run: async () => {
        const [, format] = /^(?:a PEM|DER) of (.+)/.exec(form) ?? []
        const used = async () => {
          const key = await make()
          await use(key)
          return key
        }
        const key = await (format === undefined ? used() : withPkcs8(alg, derOf(String(pair.private[format])), used))
        await expectPair(key, publicKey())
        await leaves(key, pair.private.jwk)
        await leaves(await publicKeyOf(key), pair.public.jwk)
        await expectPair(importPrivateKey(await exportPem(key), alg), publicKey())
      },
    }
  }
  for (const [form, make] of Object.entries(publicForms(alg))) {
    yield {
      name: `${alg}: a public key from ${form}`,
      run: async () => {
        const key = await make()
        await expectPair(privateKey(), key)
        await leaves(key, pair.public.jwk)
        expectSame(await exportPem(key), pair.public['spki'])
      },
    }
  }
  const encrypted = pair.private['encrypted']
  if (typeof encrypted === 'string') {
    yield {
      name: `${alg}: an encrypted private key, which WebCrypto says that it cannot decrypt`,
      run: async () => {
        const make = () => importPrivateKey(encrypted, alg, { passphrase: 'test' })
        const use = () => expectPair(make(), publicKey())
        if (platform() === 'node:crypto') await withPkcs8(alg, derOf(encrypted), use, 'test')
        else await expectRefused(make, /WebCrypto cannot decrypt keys; decrypt it first/)
      },
    }
  }
  yield {
    name: `${alg}: a pair that is generated, and again after export and import`,
    run: async () => {
      const made = await generateKeyPair(alg, { kid: 'thumbprint' })
      await expectPair(made.privateKey, made.publicKey)
      const again = importPrivateKey(await exportJwk(made.privateKey))
      await expectPair(again, importPublicKey(await exportPem(made.publicKey), alg))
      await expectPair(importPrivateKey(await exportPem(made.privateKey), alg), made.publicKey)
      expectSame(await thumbprint(again), made.publicKey.kid)
    },
  }
  yield {
    name: `${alg}: the thumbprint is that of the digest beneath`,
    run: async () => {
      const { kty, crv, e, n, x, y, pub } = pair.public.jwk as { readonly [member: string]: string }
      // RFC 7638 §3.2, in the order of the alphabet; RFC 9964 §6 for AKP.
      const members = { ...(kty === 'AKP' && { alg }), crv, e, kty, n, pub, x, y }
      const octets = fromText(JSON.stringify(members))
      const wanted = toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', octets)))
      expectSame(await thumbprint({ ...pair.public.jwk, alg }), wanted)
      expectSame(await thumbprint(publicKey()), wanted)
      expectSame(await thumbprintUri(publicKey()), `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${wanted}`)
    },
  }
  yield* strangerCases(alg)
}

/** Keys that are none for the algorithm, by every form. */
function* strangerCases(alg: AsymmetricAlgorithm): Generator<Case> {
  const pair = pairFor(alg)
  const others = Object.entries(pairs).filter(([kind]) => kind !== kindOf(alg))
  for (const [kind, other] of others) {
    for (const [format, source] of Object.entries(other.public)) {
      yield {
        name: `${alg}: no public key from the ${format} of ${kind}`,
        run: () => expectRefused(() => importPublicKey(source, alg)),
      }
    }
    const { encrypted: _, ...plain } = other.private
    for (const [format, source] of Object.entries(plain)) {
      yield {
        name: `${alg}: no private key from the ${format} of ${kind}`,
        run: () => expectRefused(() => importPrivateKey(source, alg)),
      }
    }
  }
  const { encrypted: __, ...plain } = pair.private
  for (const [format, source] of Object.entries(plain)) {
    yield {
      name: `${alg}: no public key from the ${format} of a private one`,
      run: () => expectRefused(() => importPublicKey(source, alg), /private/i),
    }
  }
  for (const [format, source] of Object.entries(pair.public)) {
    yield {
      name: `${alg}: no private key from the ${format} of a public one`,
      run: () => expectRefused(() => importPrivateKey(source, alg)),
    }
  }
  const pem = String(pair.public['spki'])
  const broken: { readonly [what: string]: string | Uint8Array } = {
    'a PEM without its last line': pem.slice(0, pem.lastIndexOf('\n-----END')),
    'a PEM with a letter less': pem.replace(/\n./, '\n'),
    'DER without its last octet': derOf(pem).subarray(0, -1),
    'DER with an octet more': Uint8Array.from([...derOf(pem), 0]),
    'no octets': new Uint8Array(0),
    'no text': '',
  }
  for (const [what, source] of Object.entries(broken)) {
    yield { name: `${alg}: no public key from ${what}`, run: () => expectRefused(() => importPublicKey(source, alg)) }
  }
}

const weak: readonly Case[] = (['rsa1024', 'rsa2047'] as const).flatMap((name) => {
  const { publicPem, privatePem, publicJwk, privateJwk } = fixtures[name]
  return (['RS256', 'PS256'] as const).flatMap((alg) => [
    { name: `${alg}: no PEM of ${name}`, run: () => expectRefused(() => importPublicKey(publicPem, alg), /2048/) },
    { name: `${alg}: no JWK of ${name}`, run: () => expectRefused(() => importPublicKey(publicJwk, alg), /2048/) },
    {
      name: `${alg}: no private PEM of ${name}`,
      run: () => expectRefused(() => importPrivateKey(privatePem, alg), /2048/),
    },
    {
      name: `${alg}: no private JWK of ${name}`,
      run: () => expectRefused(() => importPrivateKey(privateJwk, alg), /2048/),
    },
  ])
})

export const keys: Suite = {
  cases: () => [
    ...hmac.flatMap((alg) => [...secretCases(alg)]),
    ...asymmetric.flatMap((alg) => [...pairCases(alg)]),
    ...weak,
  ],
  straws: () => {
    const { public: half, private: whole } = pairFor('ES256')
    return [
      {
        name: 'a straw: a pair of two algorithms',
        run: () =>
          expectPair(importPrivateKey(whole.jwk, 'ES256'), importPublicKey(pairFor('RS256').public.jwk, 'RS256')),
      },
      { name: 'a straw: a good key is refused', run: () => expectRefused(() => importPublicKey(half.jwk, 'ES256')) },
      {
        name: 'a straw: a refusal in other words',
        run: () => expectRefused(() => importPublicKey(whole.jwk, 'ES256'), /2048/),
      },
    ]
  },
}
