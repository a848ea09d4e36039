import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign as nodeSign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  algorithms,
  exportJwk,
  exportPem,
  generateKeyPair,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  publicKeyOf,
  thumbprint,
} from 'tittle'
import type { Algorithm, AsymmetricAlgorithm, Jwk, Key, PrivateKey, SigningKey, VerificationKey } from 'tittle'
import { signJws, verifyJws } from 'tittle/jws'
import { cases, derOf, encryptedForms, formats, privateForms, publicForms, secretForms } from './formats/formats.ts'
import { hasOpenssl, opensslKinds, opensslPair, type FormatPair } from './formats/openssl.ts'
import { expectRefusal, hmac, imports, keys, onWeb, refusalOf, use } from './setup/keys.ts'

const asymmetric = Object.keys(cases) as readonly AsymmetricAlgorithm[]
const lacks = (alg: Algorithm): boolean => alg.startsWith('ML-DSA') && !hasMlDsa
const hasMlDsa = await generateKeyPair('ML-DSA-44').then(
  () => true,
  () => false,
)

const base64url = (octets: Uint8Array): string => Buffer.from(octets).toString('base64url')
const payload = Buffer.from('any octets')

/** Expects that the one key signs what the other verifies, by a signature of exactly this many octets. */
async function expectPair(signer: SigningKey, verifier: VerificationKey, size: number): Promise<void> {
  const token = await signJws(payload, signer)
  const [header, body, signature = ''] = token.split('.')
  const octets = Buffer.from(signature, 'base64url')
  expect(octets).toHaveLength(size)
  await expectVerdict(token, verifier, undefined)
  octets.writeUInt8(octets.readUInt8(size >> 1) ^ 1, size >> 1)
  await expectVerdict(`${header}.${body}.${base64url(octets)}`, verifier, 'ERR_SIGNATURE')
}

async function expectVerdict(token: string, verifier: VerificationKey, code: string | undefined): Promise<void> {
  const error = await refusalOf(() =>
    verifyJws(token, verifier, { algorithms: [verifier.alg], maxTokenLength: 30_000 }),
  )
  expect(error).toEqual(code === undefined ? undefined : expect.objectContaining({ code }))
}

/** Expects that a key leaves as what it came from. */
async function expectExport(key: Key, jwk: object): Promise<void> {
  expect(await exportJwk(key)).toEqual({ ...jwk, alg: key.alg, use: 'sig' })
}

test('every algorithm of the table is here', () => {
  expect([...hmac, ...asymmetric].sort()).toEqual([...algorithms].sort())
})

for (const alg of hmac) {
  describe(alg, () => {
    const size = Number(alg.slice(2)) / 8
    for (const [form, make] of Object.entries(secretForms(alg))) {
      test(`signs and verifies with a secret from ${form}, which leaves as it came`, async () => {
        const key = await make()
        await expectPair(key, secretForms(alg)['a JWK']?.() as typeof key, size)
        await expectPair(secretForms(alg)['a JWK']?.() as typeof key, key, size)
        await expectExport(imports.importSecret(await exportJwk(key)), (await exportJwk(key)) as object)
      })
    }

    test('signs and verifies with a secret that is generated', async () => {
      const key = generateSecret(alg)
      await expectPair(key, imports.importSecret(await exportJwk(key)) as typeof key, size)
    })
  })
}

for (const alg of asymmetric) {
  const pair: FormatPair = formats.keys[cases[alg].kind]
  describe(alg, () => (lacks(alg) ? testMissing(alg, pair) : testFormats(alg, pair)))
}

function testMissing(alg: AsymmetricAlgorithm, pair: FormatPair): void {
  const { 'a KeyObject': _, 'a CryptoKey': __, ...publicOnes } = publicForms(alg, pair)
  const { 'a KeyObject': ___, 'a CryptoKey': ____, ...privateOnes } = privateForms(alg, pair)
  const attempts = Object.entries<() => unknown>({
    ...publicOnes,
    ...privateOnes,
    // WebCrypto cannot decrypt for any algorithm.
    ...(!onWeb && encryptedForms(alg, pair)),
    'a new pair': () => generateKeyPair(alg),
  })
  for (const [form, make] of attempts) {
    test(`is said to be missing on this runtime for ${form}`, async () => {
      const attempt = async () => use((await make()) as Key)
      expectRefusal(await refusalOf(attempt), new RegExp(`^this runtime has no ${alg}$`))
    })
  }
}

function testFormats(alg: AsymmetricAlgorithm, pair: FormatPair): void {
  const { size } = cases[alg]
  testPair(alg, pair)

  test('signs and verifies with a pair that is generated, and again after export and import', async () => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    await expectPair(privateKey, publicKey, size)
    await expectPair(privateKey, importPublicKey(await exportPem(publicKey), alg), size)
    await expectPair(importPrivateKey(await exportPem(privateKey), alg), publicKey, size)
    const again = imports.importPrivateKey(await exportJwk(privateKey)) as PrivateKey
    await expectPair(again, await publicKeyOf(again), size)
    expect(await thumbprint(again)).toBe(await thumbprint(publicKey))
  })

  test('has signatures of one length, and none of another verifies', async () => {
    const verifier = importPublicKey(pair.public.jwk as Jwk, alg)
    const token = await signJws(payload, importPrivateKey(pair.private.jwk as Jwk, alg))
    const [header, body, signature = ''] = token.split('.')
    const octets = Buffer.from(signature, 'base64url')
    const wrong: readonly Uint8Array[] = [
      octets.subarray(1),
      octets.subarray(0, -1),
      Buffer.concat([octets, Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), octets]),
      Buffer.concat([octets, octets]),
      octets.subarray(0, size / 2),
      Buffer.of(0),
      Buffer.of(),
    ]
    for (const other of wrong) await expectVerdict(`${header}.${body}.${base64url(other)}`, verifier, 'ERR_SIGNATURE')
    await expectVerdict(token, verifier, undefined)
  })
}

function testPair(alg: AsymmetricAlgorithm, pair: FormatPair): void {
  const { size } = cases[alg]
  const publicKey = () => importPublicKey(pair.public.jwk as Jwk, alg)
  const privateKey = () => importPrivateKey(pair.private.jwk as Jwk, alg)

  for (const [form, make] of Object.entries(privateForms(alg, pair))) {
    test(`signs with a private key from ${form}, and again after export and import`, async () => {
      const key = await make()
      await expectPair(key, publicKey(), size)
      await expectExport(key, pair.private.jwk)
      await expectExport(await publicKeyOf(key), pair.public.jwk)
      await expectPair(imports.importPrivateKey(await exportJwk(key)) as PrivateKey, publicKey(), size)
      await expectPair(importPrivateKey(await exportPem(key), alg), publicKey(), size)
    })
  }

  for (const [form, make] of Object.entries(publicForms(alg, pair))) {
    test(`verifies with a public key from ${form}, which leaves as it came`, async () => {
      const key = await make()
      await expectPair(privateKey(), key, size)
      await expectExport(key, pair.public.jwk)
      expect(await exportPem(key)).toBe(pair.public['spki'])
    })
  }

  for (const [form, make] of Object.entries(encryptedForms(alg, pair))) {
    test(`signs with a private key from ${form} where node:crypto is there, and says so where it is not`, async () => {
      const key = await make()
      if (!onWeb) await expectPair(key, publicKey(), size)
      else expectRefusal(await refusalOf(() => use(key)), /WebCrypto cannot decrypt keys; decrypt it first/)
    })
  }
}

describe('keys that the openssl of this machine has just made', () => {
  const isThere = hasOpenssl()
  for (const kind of Object.keys(opensslKinds)) {
    const alg = asymmetric.filter((each) => cases[each].kind === kind).at(-1)
    if (alg && isThere) describe(alg, () => testPair(alg, opensslPair(kind)))
    else test.skip(`of kind ${kind}, for there is no openssl 3`)
  }
})

describe('the curve is bound to the algorithm:', () => {
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
  const wrong: Readonly<Record<string, FormatPair>> = {
    ...Object.fromEntries((['p256', 'p384', 'p521', 'ed25519'] as const).map((kind) => [kind, formats.keys[kind]])),
    secp256k1: pairOf(keys.secp256k1.privatePem),
    ed448: pairOf(keys.ed448.privatePem),
    x25519: pairOf(String(generateKeyPairSync('x25519').privateKey.export(pkcs8))),
    x448: pairOf(String(generateKeyPairSync('x448').privateKey.export(pkcs8))),
  }
  for (const alg of ['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const) {
    for (const [kind, pair] of Object.entries(wrong)) {
      if (kind === cases[alg].kind) continue
      const isWebKind = Object.hasOwn(formats.keys, kind)
      const kindCase = Object.values(cases).find((each) => each.kind === kind) ?? cases[alg]

      test(`a key on ${kind} is refused for ${alg} in every format`, async () => {
        const forms = (half: 'public' | 'private'): readonly unknown[] => {
          const pems = Object.entries(pair[half]).flatMap(([name, pem]) =>
            typeof pem === 'string' && name !== 'encrypted' ? [pem, derOf(pem)] : [],
          )
          const jwk: unknown = pair[half].jwk
          const object = half === 'public' ? createPublicKey(String(pems[0])) : createPrivateKey(String(pems[0]))
          return [...pems, jwk, object]
        }
        const words = /was given where a key for|cannot be read as one for|"(crv|kty|x|y|d)"|does not know/
        for (const source of forms('public')) {
          expectRefusal(await refusalOf(() => use(imports.importPublicKey(source, alg))), words)
        }
        for (const source of forms('private')) {
          expectRefusal(await refusalOf(() => use(imports.importPrivateKey(source, alg))), words)
        }
        if (!isWebKind) return
        const der = derOf(pair.public['spki'])
        const native = await crypto.subtle.importKey('spki', der, kindCase.web, true, ['verify'])
        const seen = /a CryptoKey for (ECDSA P-\d+|Ed25519) was given where a key for \w+ is wanted/
        expectRefusal(await refusalOf(() => imports.importPublicKey(native, alg)), seen)
      })
    }
  }
})

describe('a salt', () => {
  const salts = { PS256: 32, PS384: 48, PS512: 64 } as const
  const most = constants.RSA_PSS_SALTLEN_MAX_SIGN
  for (const alg of ['PS256', 'PS384', 'PS512'] as const) {
    const token = (saltLength: number, hash = `sha${alg.slice(2)}`): string => {
      const input = `${base64url(Buffer.from(JSON.stringify({ alg })))}.${base64url(payload)}`
      const padding = constants.RSA_PKCS1_PSS_PADDING
      const key = formats.keys.rsa.private.pkcs8
      return `${input}.${base64url(nodeSign(hash, Buffer.from(input), { key, padding, saltLength }))}`
    }
    const verifier = importPublicKey(formats.keys.rsa.public.spki, alg)

    test(`of ${salts[alg]} octets is what ${alg} wants, and any other is refused`, async () => {
      await expectVerdict(token(salts[alg]), verifier, undefined)
      for (const other of [0, 20, 31, 32, 33, 48, 64, most].filter((length) => length !== salts[alg])) {
        await expectVerdict(token(other), verifier, 'ERR_SIGNATURE')
      }
    })

    test(`of the right length under another hash is refused for ${alg}`, async () => {
      for (const hash of ['sha1', 'sha256', 'sha384', 'sha512'].filter((name) => !name.endsWith(alg.slice(2)))) {
        await expectVerdict(token(salts[alg], hash), verifier, 'ERR_SIGNATURE')
      }
    })
  }
})

describe('an RSA-PSS key', () => {
  const allowed: Readonly<Record<keyof typeof formats.rsaPss, readonly Algorithm[]>> = {
    unrestricted: ['PS256', 'PS384', 'PS512'],
    sha256: ['PS256'],
    'sha256, salt of 20': ['PS256'],
    'sha256, salt of 33': [],
    'sha256, mask of sha1': [],
    sha384: ['PS384'],
    sha512: ['PS512'],
  }
  for (const [name, pkcs8] of Object.entries(formats.rsaPss)) {
    const spki = createPublicKey(pkcs8).export({ format: 'pem', type: 'spki' })
    const fitting = allowed[name as keyof typeof formats.rsaPss]

    test(`restricted to ${name} serves ${fitting.join(', ') || 'nothing'}, where node:crypto is there`, async () => {
      for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const) {
        const publicKey = () => importPublicKey(spki, alg)
        const privateKey = () => importPrivateKey(pkcs8, alg)
        if (!onWeb && fitting.includes(alg)) {
          await expectPair(privateKey(), publicKey(), 256)
          expect(await exportPem(privateKey())).toBe(pkcs8)
          expect(await exportPem(publicKey())).toBe(spki)
          continue
        }
        const words = onWeb
          ? /cannot be read as one for/
          : /a key of type rsa-pss( sha\d+)? was given where a key for .S/
        for (const make of [publicKey, privateKey]) expectRefusal(await refusalOf(() => use(make())), words)
      }
    })
  }

  test('has no JWK form, and so no thumbprint, and is told so', async () => {
    if (onWeb) return
    const key = importPrivateKey(formats.rsaPss.unrestricted, 'PS256')
    const words = /the private key of type rsa-pss is one of those that have no JWK form; use exportPem\(\)/
    for (const take of [exportJwk, publicKeyOf, thumbprint]) expectRefusal(await refusalOf(() => take(key)), words)
    const attempt = () => importPrivateKey(formats.rsaPss.unrestricted, 'PS256', { kid: 'thumbprint' })
    expectRefusal(await refusalOf(attempt), words)
  })
})

describe('Ed25519 and EdDSA', () => {
  const make = (alg: 'Ed25519' | 'EdDSA') => ({
    publicKey: importPublicKey(formats.keys.ed25519.public.spki, alg),
    privateKey: importPrivateKey(formats.keys.ed25519.private.pkcs8, alg),
  })
  const both = { algorithms: ['Ed25519', 'EdDSA'] } as const
  for (const [alg, other] of [
    ['Ed25519', 'EdDSA'],
    ['EdDSA', 'Ed25519'],
  ] as const) {
    test(`are two names: a token of ${alg} is not verified with the same key under ${other}`, async () => {
      const token = await signJws(payload, make(alg).privateKey)
      const refused = expect.objectContaining({ code: 'ERR_ALGORITHM' })
      expect(await refusalOf(() => verifyJws(token, make(other).publicKey, both))).toEqual(refused)
      expect(await refusalOf(() => verifyJws(token, make(other).publicKey, { algorithms: [other] }))).toEqual(refused)
      expect(await refusalOf(() => verifyJws(token, () => make(other).publicKey, both))).toEqual(refused)
      const { key } = await verifyJws(token, [make(other).publicKey, make(alg).publicKey], both)
      expect(key.alg).toBe(alg)
    })

    test(`are two names: a JWK with alg ${alg} is not imported as ${other}`, async () => {
      const words = new RegExp(`"alg" is another algorithm than ${other}`)
      const { public: half, private: whole } = formats.keys.ed25519
      expectRefusal(await refusalOf(() => imports.importPublicKey({ ...half.jwk, alg }, other)), words)
      expectRefusal(await refusalOf(() => imports.importPrivateKey({ ...whole.jwk, alg }, other)), words)
    })
  }
})

describe('an ML-DSA key', () => {
  for (const alg of ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const) {
    const others = Object.values(formats.keys).filter((pair) => pair !== formats.keys[cases[alg].kind])

    test(`for ${alg} is none of another kind`, async () => {
      for (const pair of others) {
        expectRefusal(await refusalOf(() => use(imports.importPublicKey(pair.public.jwk, alg))), /"(kty|alg)"/)
        const words = /a key of type \S+( \S+)? was given|cannot be read|this runtime has no/
        expectRefusal(await refusalOf(() => use(imports.importPublicKey(pair.public.spki, alg))), words)
        expectRefusal(await refusalOf(() => use(imports.importPrivateKey(pair.private.pkcs8, alg))), words)
      }
    })
  }

  test('without its seed signs where node:crypto is there, has no JWK form, and is told what it lacks', async () => {
    const make = () => importPrivateKey(formats.withoutSeed, 'ML-DSA-44')
    if (lacks('ML-DSA-44') || onWeb) {
      const words = lacks('ML-DSA-44')
        ? /^this runtime has no ML-DSA-44$/
        : /the DER key cannot be read as one for ML-DSA-44: .*lacks its seed/
      return expectRefusal(await refusalOf(() => use(make())), words)
    }
    await expectPair(make(), importPublicKey(formats.keys.mldsa44.public.spki, 'ML-DSA-44'), 2420)
    const words = /the private key of type ml-dsa-44 is one of those that have no JWK form; use exportPem\(\)/
    for (const take of [exportJwk, publicKeyOf, thumbprint]) expectRefusal(await refusalOf(() => take(make())), words)
    expect(await exportPem(make())).toBe(formats.withoutSeed)
  })
})

function pairOf(pem: string): FormatPair {
  const [whole, half] = [createPrivateKey(pem), createPublicKey(pem)]
  const isEc = whole.asymmetricKeyType === 'ec'
  return {
    public: { spki: String(half.export({ format: 'pem', type: 'spki' })), jwk: half.export({ format: 'jwk' }) },
    private: {
      pkcs8: String(whole.export({ format: 'pem', type: 'pkcs8' })),
      ...(isEc && { sec1: String(whole.export({ format: 'pem', type: 'sec1' })) }),
      jwk: whole.export({ format: 'jwk' }),
    },
  }
}
