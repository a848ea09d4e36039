import { describe, expect, test } from 'vitest'
import { generateKeyPair, sign, thumbprint, verify } from 'tittle'
import type { Algorithm, AsymmetricAlgorithm, Jwk, Key, SigningKey, VerificationKey, VerificationKeys } from 'tittle'
import {
  algorithmsOf,
  countKeys,
  isEncrypted,
  readKeys,
  readVerificationKeys,
  type KeyTextOptions,
} from '../src/key-text.ts'
import { block, bodyOf, derOf } from './fixtures/bad-keys.ts'
import formats from './fixtures/formats.json' with { type: 'json' }
import {
  asymmetric,
  expectPair,
  expectRefusal,
  expectVerified,
  foreignToken,
  hmac,
  keys,
  onWeb,
  refusalOf,
  secretJwk,
  secretText,
  use,
} from './setup/keys.ts'
import { polluted } from './setup/pollution.ts'
import { forge } from './setup/tokens.ts'

const hasMlDsa = await generateKeyPair('ML-DSA-44').then(
  () => true,
  () => false,
)
const json = (value: unknown): string => JSON.stringify(value, undefined, 2)
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))
const kindOf = (alg: AsymmetricAlgorithm): 'rsa' | 'p256' | 'p384' | 'p521' | 'ed25519' =>
  (({ ES256: 'p256', ES384: 'p384', ES512: 'p521', Ed25519: 'ed25519', EdDSA: 'ed25519' }) as const)[alg as 'ES256'] ??
  'rsa'

const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1)
  return list[0] as T
}

/** The forms of a half in formats.json, as text, and as the octets of a file where it is DER. */
function formsOf(alg: AsymmetricAlgorithm, half: 'public' | 'private'): Readonly<Record<string, string | Uint8Array>> {
  const { jwk, ...pems } = formats.keys[kindOf(alg)][half] as { readonly jwk: Jwk; readonly [format: string]: unknown }
  const plain = Object.entries(pems).filter(([format]) => format !== 'encrypted')
  return {
    'a JWK': json(jwk),
    'a JWK that names its algorithm': json({ ...jwk, alg }),
    'the bytes of a JWK': bytes(json(jwk)),
    ...Object.fromEntries(plain.map(([format, pem]) => [`a PEM of ${format}`, String(pem)])),
    ...Object.fromEntries(plain.map(([format, pem]) => [`the bytes of a PEM of ${format}`, bytes(String(pem))])),
    ...Object.fromEntries(plain.map(([format, pem]) => [`DER of ${format}`, derOf(String(pem))])),
  }
}

describe.each(asymmetric)('a key for %s is read', (alg) => {
  const { privateKey, publicKey } = {
    privateKey: only(readKeys(json(formats.keys[kindOf(alg)].private.jwk), [alg])) as SigningKey,
    publicKey: only(readKeys(json(formats.keys[kindOf(alg)].public.jwk), [alg])) as VerificationKey,
  }

  test.each(Object.entries(formsOf(alg, 'private')))('of %s, private', async (_, source) => {
    const key = only(readKeys(source, [alg]))
    expect(key).toMatchObject({ alg, role: 'private', kid: undefined })
    await expectPair(key as SigningKey, publicKey)
    await expectPair(privateKey, only((await readVerificationKeys(source, [alg])) as readonly VerificationKey[]))
  })

  test.each(Object.entries(formsOf(alg, 'public')))('of %s, public', async (_, source) => {
    const key = only(readKeys(source, [alg]))
    expect(key).toMatchObject({ alg, role: 'public', kid: undefined })
    await expectPair(privateKey, key as VerificationKey)
    await expectPair(privateKey, only((await readVerificationKeys(source, [alg])) as readonly VerificationKey[]))
  })
})

describe.each(hmac)('a secret for %s is read', (alg) => {
  test.each([
    ['a JWK and the algorithm', json(secretJwk), [alg]],
    ['a JWK that names its algorithm', json({ ...secretJwk, alg }), []],
    ['the bytes of a JWK', bytes(json(secretJwk)), [alg]],
  ] as const)('of %s', async (_, source, named) => {
    const key = only(readKeys(source, named))
    expect(key).toMatchObject({ alg, role: 'secret' })
    const verifiers = (await readVerificationKeys(source, named)) as readonly VerificationKey[]
    await expectVerified(foreignToken(alg), only(verifiers))
  })
})

describe.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const)('a key for %s fixes its algorithm', (alg) => {
  const pair = formats.keys[({ 'ML-DSA-44': 'mldsa44', 'ML-DSA-65': 'mldsa65', 'ML-DSA-87': 'mldsa87' } as const)[alg]]

  test.each([
    ['JWK', json(pair.public.jwk), json(pair.private.jwk)],
    ['PEM', pair.public.spki, pair.private.pkcs8],
    ['DER', derOf(pair.public.spki), derOf(pair.private.pkcs8)],
  ])('as %s, and works or says that the runtime does not know it', async (_, half, whole) => {
    const attempt = async () => {
      const [signer, verifier] = [only(readKeys(whole, [])), only(readKeys(half, []))]
      await expectPair(signer as SigningKey, verifier as VerificationKey)
      return [signer.alg, verifier.alg, signer.role, verifier.role]
    }
    if (hasMlDsa) expect(await attempt()).toEqual([alg, alg, 'private', 'public'])
    else expectRefusal(await refusalOf(attempt), new RegExp(`^this runtime has no ${alg}$`))
  })
})

describe('around a key may stand', () => {
  const pem = keys.p256.publicPem
  const jwk = json({ ...keys.p256.publicJwk, kid: 'ü' })

  test.each<[string, (text: string) => string]>([
    ['white space', (text) => ` \t\n${text}\n \n`],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark, and line ends of Windows', (text) => `\ufeff\r\n${text.replaceAll('\n', '\r\n')}\r\n`],
  ])('%s', (_, around) => {
    for (const text of [pem, jwk]) {
      expect(only(readKeys(around(text), [])).alg).toBe('ES256')
      expect(only(readKeys(bytes(around(text)), [])).alg).toBe('ES256')
    }
    expect(only(readKeys(bytes(around(jwk)), [])).kid).toBe('ü')
  })

  test('the parameters that OpenSSL writes before an EC key', async () => {
    const key = only(readKeys(keys.others.p256Parameters + keys.others.p256Sec1, []))
    expect(key).toMatchObject({ alg: 'ES256', role: 'private' })
  })
})

describe('the algorithm is', () => {
  const { rsa, p256, p384, p521, ed25519 } = keys
  const rsaAlgorithms = 'RS256, RS384, RS512, PS256, PS384, PS512'
  const algsOf = (list: readonly Key[]): readonly Algorithm[] => list.map(({ alg }) => alg)

  test.each<[Algorithm, { readonly publicPem: string; readonly privateJwk: Jwk }]>([
    ['ES256', p256],
    ['ES384', p384],
    ['ES512', p521],
    ['Ed25519', ed25519],
  ])('%s where the key fixes it', (alg, { publicPem, privateJwk }) => {
    expect(algsOf(readKeys(publicPem, []))).toEqual([alg])
    expect(algsOf(readKeys(json(privateJwk), []))).toEqual([alg])
  })

  test.each<[string, string, readonly Algorithm[], readonly Algorithm[]]>([
    ['what a JWK names', json({ ...rsa.publicJwk, alg: 'PS384' }), [], ['PS384']],
    ['the older name, where a JWK names it', json({ ...ed25519.publicJwk, alg: 'EdDSA' }), [], ['EdDSA']],
    ['the older name, where it is asked for', ed25519.publicPem, ['EdDSA'], ['EdDSA']],
    ['each that is asked for, in its order', rsa.publicPem, ['RS256', 'PS256'], ['RS256', 'PS256']],
    ['each once', rsa.publicPem, ['PS512', 'RS256', 'PS512'], ['PS512', 'RS256']],
    ['those that fit', p256.publicPem, ['RS256', 'ES256', 'ES384'], ['ES256']],
    ['what an RSA-PSS key can', keys.rsaPss.publicPem, onWeb ? ['PS256'] : ['RS256', 'PS256'], ['PS256']],
  ])('%s', (_, text, asked, algorithms) => {
    expect(algsOf(readKeys(text, asked))).toEqual(algorithms)
  })

  test.each<[string, string, readonly Algorithm[], string]>([
    ['an RSA key and none', rsa.publicPem, [], `the key (spki) serves ${rsaAlgorithms}; name the algorithm`],
    ['a certificate and none', keys.others.rsaCertificate, [], `the key (certificate) serves ${rsaAlgorithms}; name`],
    ['an RSA JWK and none', json(rsa.privateJwk), [], `the JWK serves ${rsaAlgorithms}; name the algorithm`],
    ['a secret and none', json(secretJwk), [], 'the JWK serves HS256, HS384, HS512; name the algorithm'],
    ['an RSA key and ES256', rsa.publicPem, ['ES256'], `${rsaAlgorithms}, and not the algorithm that is named`],
    ['an EC key and HS256', p256.publicPem, ['HS256'], 'serves ES256, and not the algorithm that is named'],
    ['a secret and RS256', json(secretJwk), ['RS256'], 'serves HS256, HS384, HS512, and not the algorithm'],
    ['a JWK for another', json({ ...rsa.publicJwk, alg: 'RS512' }), ['RS256'], 'serves RS512, and not the algorithm'],
    ['an RSA-PSS key and RS256', keys.rsaPss.publicPem, ['RS256'], 'serves PS256, PS384, PS512, and not'],
    ['an Ed25519 key and ES256', ed25519.publicPem, ['ES256'], 'serves Ed25519, EdDSA, and not the algorithm'],
  ])('told to be missing or another: %s', (_, text, asked, words) => {
    const error = thrown(() => readKeys(text, asked))
    expectRefusal(error, /./)
    expect((error as Error).message).toContain(words)
  })

  test('chosen by the verifier among several keys of one JWK', async () => {
    const both = (await readVerificationKeys(rsa.privatePem, ['RS256', 'PS256'])) as readonly VerificationKey[]
    for (const alg of ['RS256', 'PS256'] as const) {
      const [signer] = readKeys(rsa.privatePem, [alg])
      const token = await sign({}, signer as SigningKey, { expiresIn: '1m' })
      const { key } = await verify(token, both, { algorithms: ['RS256', 'PS256'], issuer: null, audience: null })
      expect(key.alg).toBe(alg)
    }
  })
})

describe('a kid', () => {
  const named = json({ ...keys.p256.privateJwk, kid: 'own' })

  test.each<[string, string, KeyTextOptions, string | undefined]>([
    ['of the JWK is kept', named, {}, 'own'],
    ['that is given counts', named, { kid: 'given' }, 'given'],
    ['that is undefined does not', named, { kid: undefined }, 'own'],
    ['is given to a PEM', keys.p256.privatePem, { kid: 'given' }, 'given'],
    ['is given to a public PEM', keys.p256.publicPem, { kid: 'given' }, 'given'],
    ['is given to a secret', json({ ...secretJwk, alg: 'HS256' }), { kid: 'given' }, 'given'],
    [
      'is given to a key of a JWK Set',
      json({ keys: [{ ...keys.p256.publicJwk, kid: 'own' }] }),
      { kid: 'given' },
      'given',
    ],
    ['is none of a PEM', keys.p256.privatePem, {}, undefined],
  ])('%s', async (_, text, options, kid) => {
    expect(only(readKeys(text, [], options)).kid).toBe(kid)
    if (text.includes('"keys"')) return
    const [verifier] = (await readVerificationKeys(text, [], options)) as readonly Key[]
    expect(verifier?.kid).toBe(kid)
  })

  test('of thumbprint is that of the key, where it takes no promise', async () => {
    const read = () => only(readKeys(keys.p256.privatePem, [], { kid: 'thumbprint' }))
    if (onWeb) expectRefusal(await refusalOf(read), /takes a promise on this platform/)
    else expect(read().kid).toBe(await thumbprint(read()))
  })
})

describe('a JWK Set', () => {
  const rsa = { ...keys.rsa.publicJwk, alg: 'RS256', kid: 'r' }
  const ec = { ...keys.p256.publicJwk, kid: 'e' }
  const passedOver = [
    { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' },
    { kty: 'later' },
    { ...keys.rsa.publicJwk, alg: 'RSA-OAEP' },
    { ...keys.p384.publicJwk, use: 'enc' },
    { ...keys.p384.publicJwk, key_ops: ['deriveBits'] },
    keys.ed448.publicJwk,
  ]
  const set = (...jwks: readonly unknown[]): string => json({ keys: jwks })

  test('gives each of its keys, for what it names itself', () => {
    const found = readKeys(set(rsa, ec, { ...secretJwk, alg: 'HS256' }, keys.ed25519.privateJwk), [])
    expect(found.map(String)).toEqual([
      'Key { alg: RS256, kid: r, role: public }',
      'Key { alg: ES256, kid: e, role: public }',
      'Key { alg: HS256, kid: undefined, role: secret }',
      'Key { alg: Ed25519, kid: undefined, role: private }',
    ])
  })

  test.each([['sign'], ['verify'], ['deriveBits', 'sign']])('gives a key whose operations are %s', (...operations) => {
    const half = operations.includes('sign') ? keys.p384.privateJwk : keys.p384.publicJwk
    expect(only(readKeys(set({ ...half, key_ops: operations }), [])).alg).toBe('ES384')
  })

  test('gives those that serve an algorithm that is named', () => {
    expect(readKeys(set(rsa, ec), ['ES256', 'RS512']).map(({ kid }) => kid)).toEqual(['e'])
    expect(readKeys(set(ec, keys.rsa.publicJwk), ['PS256', 'RS256']).map(({ alg }) => alg)).toEqual(['PS256', 'RS256'])
  })

  test('is passed over as far as it serves nothing here (RFC 7517 §5)', async () => {
    const mixed = set(...passedOver, ec)
    expect(readKeys(mixed, []).map(({ kid }) => kid)).toEqual(['e'])
    await expectVerified(foreignToken('ES256'), await one(readVerificationKeys(mixed, []), 'ES256'))
  })

  test('is a key set to verify with, which chooses by the header', async () => {
    const keySet = await readVerificationKeys(bytes(set(rsa, ec, keys.rsa.publicJwk)), [])
    expect(keySet).toMatchObject({ size: 3 })
    for (const alg of ['RS256', 'ES256', 'PS256'] as const)
      await expectVerified(foreignToken(alg), await one(keySet, alg))
  })

  test.each<[string, string, RegExp]>([
    ['without keys', set(), /the JWK Set has no keys: \{ "keys": \[ … \] \} with a JWK or more is wanted/],
    ['whose keys are no array', json({ keys: { 0: ec } }), /the JWK Set has no keys/],
    ['whose keys are null', json({ keys: null }), /the JWK Set has no keys/],
    ['with null', set(ec, null), /keys\[1\] of the JWK Set is no JWK: an object with a "kty" is wanted/],
    ['with text', set('kty'), /keys\[0\] of the JWK Set is no JWK/],
    ['with an array', set(ec, [ec]), /keys\[1\] of the JWK Set is no JWK/],
    ['with an object that is no JWK', set({}), /keys\[0\] of the JWK Set is no JWK/],
    ['of keys that serve nothing here', set(...passedOver), /the JWK Set serves none of the algorithms there are/],
    ['with a short key', set(ec, keys.rsa1024.publicJwk), /keys\[1\].*(1024 bits|serves RS256)/],
    ['with a damaged key', set({ ...ec, x: 'AA' }), /keys\[0\].*"x" must have 32 octets/],
  ])('%s is refused', async (_, text, words) => {
    expectRefusal(
      thrown(() => readKeys(text, [])),
      words,
    )
    expectRefusal(await refusalOf(() => readVerificationKeys(text, [])), /JWK Set|keys\[\d\]/)
  })

  test('without a key for the algorithm says so', () => {
    expectRefusal(
      thrown(() => readKeys(set(rsa), ['ES256'])),
      /no key of the JWK Set serves the algorithm that is named/,
    )
    expectRefusal(
      thrown(() => readKeys(set(keys.rsa.publicJwk), [])),
      /keys\[0\]: the JWK serves RS256.*name the alg/,
    )
  })

  test.each<[string, Jwk]>([
    ['private', keys.p256.privateJwk],
    ['symmetric', secretJwk],
  ])('with a key that is %s verifies nothing', async (_, jwk) => {
    const words =
      /keys\[1\] has a "[dk]": it is private or symmetric, and must never be in a JWK Set that is handed about/
    expectRefusal(await refusalOf(() => readVerificationKeys(set(ec, jwk), [])), words)
  })
})

describe('without an algorithm that is named', () => {
  const { rsa, p256, ed25519, p384 } = keys
  const set = (...jwks: readonly unknown[]): string => json({ keys: jwks })
  const encryption = { ...p384.publicJwk, use: 'enc' }

  test.each<[string, string | Uint8Array, readonly Algorithm[]]>([
    ['a PEM', p256.publicPem, ['ES256']],
    ['DER', derOf(p256.privatePem), ['ES256']],
    ['a JWK', json(ed25519.privateJwk), ['Ed25519']],
    ['a JWK by its name', json({ ...rsa.publicJwk, alg: 'PS384' }), ['PS384']],
    ['a secret by its name', json({ ...secretJwk, alg: 'HS256' }), ['HS256']],
    [
      'a JWK Set, each once and in the usual order',
      set(ed25519.publicJwk, p256.publicJwk, p256.publicJwk),
      ['ES256', 'Ed25519'],
    ],
    ['the octets of one', bytes(set(p256.publicJwk)), ['ES256']],
    ['a JWK Set beside what fixes none', set(rsa.publicJwk, p256.publicJwk), ['ES256']],
    ['a JWK Set beside what serves none', set({ kty: 'later' }, encryption, p256.publicJwk), ['ES256']],
  ])('%s fixes it', (_, source, algorithms) => {
    expect(algorithmsOf(source)).toEqual(algorithms)
  })

  test.each<[string, string, RegExp]>([
    ['an RSA key', rsa.publicPem, /^the key \(spki\) serves RS256.*; name the algorithm that it is for$/],
    ['a JWK Set of it', set(rsa.publicJwk), /^no key of the JWK Set fixes its algorithm; name the algorithm that it/],
    ['a JWK Set that serves nothing', set(encryption), /^the JWK Set serves none of the algorithms there are/],
    ['an encrypted key', keys.others.p256Encrypted, /^the key is encrypted/],
    ['no key', 'text', /^no key was found/],
  ])('%s does not', (_, source, words) => {
    expectRefusal(
      thrown(() => algorithmsOf(source)),
      words,
    )
  })

  test('keys are counted that serve one', () => {
    expect(countKeys(rsa.publicPem)).toBe(1)
    expect(countKeys(json(p256.publicJwk))).toBe(1)
    expect(countKeys(set(rsa.publicJwk, p256.publicJwk))).toBe(2)
    expect(countKeys(set(encryption, { kty: 'later' }, p256.publicJwk))).toBe(1)
  })

  test('an encrypted key is told from others', () => {
    for (const { encrypted } of [formats.keys.rsa.private, formats.keys.ed25519.private]) {
      expect([encrypted, derOf(encrypted)].map(isEncrypted)).toEqual([true, true])
    }
    expect([p256.privatePem, json(p256.privateJwk), set(p256.publicJwk)].map(isEncrypted)).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('what is no key is refused, and says what to give', () => {
  const pem = keys.rsa.publicPem
  const body = bodyOf(pem)
  const none = /^no key was found: one PEM block, a JWK, a JWK Set, or the DER of a key in a file is wanted$/
  const damaged = /^the PEM cannot be read: .*give one block whole, from its first dash to its last$/
  const kind =
    /serves none of the algorithms there are, by its type, its curve or its "alg": give one for HMAC, RSA, P-256/
  const notStrict = /the key is not strict JSON: a JWK or a JWK Set is one object, each name in it once/
  const { others } = keys

  const refusals: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['an empty text', '', /there is no key, but only white space/],
    ['white space', ' \n\ufeff', /there is no key, but only white space/],
    ['an empty file', new Uint8Array(), /there is no key, but only white space/],
    ['garbage', secretText, none],
    ['a file of PowerShell 5', Buffer.from(`\ufeff${pem}`, 'utf16le'), /^the file is UTF-16, .*: save it as UTF-8$/],
    ['a file of UTF-16 the other way', Buffer.from(`\ufeff${pem}`, 'utf16le').swap16(), /^the file is UTF-16/],
    ['an encrypted key', others.p256Encrypted, /^the key is encrypted: decrypt it first, with openssl pkcs8/],
    ['DER of an encrypted key', derOf(others.p256Encrypted), /^the key is encrypted/],
    ['octets that are no DER', Uint8Array.of(0x30, 1, 2, 3, 255), none],
    ['DER of something else', Uint8Array.of(0x30, 3, 2, 1, 0), none],
    ['DER that is cut short', derOf(pem).subarray(0, -1), none],
    ['a megabyte of text', 'ab'.repeat(500_000), none],
    ['a megabyte of braces', '{"a":'.repeat(200_000), notStrict],
    ['a megabyte of dashes', '-----BEGIN '.repeat(100_000), /more than one PEM block/],
    ['a megabyte of base64', 'M'.repeat(1_000_000) + '!', none],
    [
      'a token',
      forge({ alg: 'HS256' }, { sub: 'alice' }),
      /^a token was given where a key is wanted: give the key of its/,
    ],
    ['a token with its scheme and more spaces', `Bearer  ${forge({ alg: 'HS256' }, {})}`, /^a token was given/],
    ['text that begins as a token does', 'a.b.c, and more', none],
    ['text in which there are characters that are none', 'a\ufffd\ufffdb\0c', none],
    ['text in which there is an array', 'keys: [1]', none],
    ['text in which there is an SSH key', `key: ${others.p256Ssh}`, none],
    ['an SSH key after two spaces', others.p256Ssh.replace(' ', '  '), /^an SSH public key was given/],
    ['text that tells of an outdated key', 'is it Proc-Type: 4,ENCRYPTED?', none],
    ['a token with its scheme', `Bearer ${forge({ alg: 'HS256' }, {})}`, /^a token was given/],
    ['a token without a signature', forge({ alg: 'none' }, {}).replace(/[^.]+$/, ''), /^a token was given/],
    ['an SSH key for RSA', others.rsaSsh, /^an SSH public key was given: ssh-keygen -e -m PKCS8/],
    ['an SSH key for ECDSA', others.p256Ssh, /^an SSH public key was given/],
    [
      'an SSH private key',
      block('OPENSSH PRIVATE KEY', Buffer.from('openssh-key-v1\0 and so on').toString('base64')),
      /^an SSH private key was given: ssh-keygen -p -m PKCS8/,
    ],
    ['two PEM blocks', pem + pem, /^more than one PEM block was given: give one alone/],
    ['a chain of certificates', others.rsaCertificate + others.p256Certificate, /^more than one PEM block/],
    ['a key encrypted as PKCS #1', others.rsaPkcs1Encrypted, /^the key is encrypted in an outdated way: openssl pkcs8/],
    ['a PEM with words before it', `subject=CN\n${pem}`, damaged],
    ['a PEM that is cut short', pem.slice(0, -10), damaged],
    ['a PEM of nothing that is a key', block('CERTIFICATE REQUEST', 'MAMCAQA='), damaged],
    ['a PEM with a stray character', pem.replace('MII', 'MI!'), damaged],
    ['the parameters of an EC key alone', others.p256Parameters, damaged],
    ['a PEM with its body alone', body, /^base64 was given without the lines that say what it is: put -----BEGIN/],
    [
      'a PEM under another name',
      pem.replaceAll('PUBLIC', 'PRIVATE'),
      /the PEM PRIVATE KEY cannot be read: it is damaged/,
    ],
    ['a JSON array', json([keys.p256.publicJwk]), /^a JSON array was given: a JWK Set is one object, \{ "keys"/],
    ['JSON that is cut short', json(keys.p256.publicJwk).slice(0, -2), notStrict],
    ['JSON with a name twice', '{"kty":"EC","kty":"RSA"}', notStrict],
    ['JSON with half a surrogate pair', '{"kty":"\ud800"}', notStrict],
    ['JSON of something else', json({ key: keys.p256.publicJwk }), /neither "kty" nor "keys"/],
    ['a PEM on secp256k1', keys.secp256k1.publicPem, kind],
    ['a private PEM on secp256k1', keys.secp256k1.privatePem, kind],
    ['a JWK on secp256k1', json(keys.secp256k1.publicJwk), kind],
    ['a curve that is spelled out', keys.p256Explicit.publicPem, kind],
    ['a PEM for Ed448', keys.ed448.publicPem, kind],
    ['a JWK for Ed448', json(keys.ed448.privateJwk), kind],
    ['a JWK without a curve', json({ ...keys.p256.publicJwk, crv: undefined }), kind],
    ['a JWK for encryption', json({ ...keys.rsa.publicJwk, alg: 'RSA-OAEP' }), kind],
    ['a JWK of another use', json({ ...keys.p256.publicJwk, use: 'enc' }), /"use" must be "sig"/],
    ['a JWK of no type', '{"kty":null}', kind],
  ]

  test.each(refusals)('%s', async (_, source, words) => {
    const started = performance.now()
    const error = thrown(() => readKeys(source, ['RS256', 'ES256']))
    expectRefusal(error, words)
    expectRefusal(await refusalOf(() => readVerificationKeys(source, ['RS256', 'ES256'])), words)
    expect(performance.now() - started).toBeLessThan(2000)
    expectNothingOf(source, error)
  })

  test.each([
    ['a JWK', json(keys.rsa1024.publicJwk)],
    ['a PEM', keys.rsa1024.publicPem],
    ['a private PEM', keys.rsa1024.privatePem],
  ])('an RSA key of 1024 bits, as %s', async (_, text) => {
    const error = await refusalOf(() => use(only(readKeys(text, ['RS256']))))
    expectRefusal(error, /an RSA key of 1024 bits was given; at least 2048 are wanted/)
  })

  test('a secret that is too short', async () => {
    const short = json({ kty: 'oct', k: 'c2hvcnQ', alg: 'HS256' })
    expectRefusal(
      await refusalOf(() => readKeys(short, [])),
      /HS256 wants a secret of at least 32 octets, and 5 were given/,
    )
  })

  test('an option that there is not', async () => {
    const options = { kId: 'a' } as KeyTextOptions
    expectRefusal(
      thrown(() => readKeys(keys.p256.publicPem, [], options)),
      /no option "kId"; there are kid/,
    )
    const late = await refusalOf(() => readVerificationKeys(keys.p256.publicPem, [], options))
    expectRefusal(late, /no option "kId"/)
  })
})

describe('a polluted Object.prototype', () => {
  const members = { kid: 'polluted', alg: 'RS256', keys: [], use: 'enc', crv: 'P-521' }
  // Platforms fall over these themselves, when they import a key.
  const more = { ...members, d: 'AA', priv: 'AA' }

  test.each([
    ['a JWK', json(keys.p256.publicJwk)],
    ['a PEM', keys.p256.publicPem],
    ['a JWK Set', json({ keys: [keys.p256.publicJwk] })],
  ])('changes nothing of %s', async (_, text) => {
    const found = polluted(more, () => readKeys(text, []))
    expect(String(only(found))).toBe('Key { alg: ES256, kid: undefined, role: public }')
    const verifiers = await polluted(members, () => readVerificationKeys(text, []))
    await expectVerified(foreignToken('ES256'), await one(verifiers, 'ES256'))
  })

  test('makes no JWK of what is none', () => {
    expectRefusal(
      polluted({ kty: 'EC' }, () => thrown(() => readKeys('{}', []))),
      /neither "kty" nor "keys"/,
    )
    expectRefusal(
      polluted({ kty: 'EC' }, () => thrown(() => readKeys('{"keys":[{}]}', []))),
      /keys\[0\] of the JWK Set/,
    )
  })
})

/** The key for an algorithm among those that are given to verify with. */
async function one(given: VerificationKeys | Promise<VerificationKeys>, alg: Algorithm): Promise<VerificationKey> {
  const found = await given
  if (Array.isArray(found)) return only(found as readonly VerificationKey[])
  if (!('candidates' in found)) throw new Error('there is no key set')
  return (await found.candidates({ alg }))[0] as VerificationKey
}

/** Expects that an error quotes no word of what was given. */
function expectNothingOf(source: string | Uint8Array, error: unknown): void {
  const text = typeof source === 'string' ? source.replaceAll(/-----.*?-----/g, '') : ''
  for (const word of text.match(/[\w-]{12,}/g) ?? []) expect((error as Error).message).not.toContain(word)
}

function thrown(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}
