import nodeCrypto, {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  KeyObject,
  sign,
  verify,
  type webcrypto,
} from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { createSigner, createVerifier, generateKeyPair } from 'tittle'
import { algorithmRow, type Algorithm } from '../../src/algorithms.ts'
import { nodeProvider } from '../../src/crypto/node.ts'
import type { CryptoProvider, KeyHandle, NativeKey } from '../../src/crypto/provider.ts'
import type { KeyRole } from '../../src/jwk.ts'
import { derOf } from '../fixtures/bad-keys.ts'
import {
  asymmetric,
  expectRefusal,
  foreignOptions,
  keys,
  pairs,
  refusalOf,
  representatives,
  secret,
  toCryptoKey,
  toHmacKey,
  type PairAlgorithm,
} from '../setup/keys.ts'
import { polluted } from '../setup/pollution.ts'

const provider = nodeProvider(nodeCrypto)
const row = (alg: Algorithm) => algorithmRow('alg', alg)
const hashOf = (alg: PairAlgorithm): string | null => (alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`)
const native = (key: NativeKey, alg: Algorithm, role: KeyRole): KeyHandle =>
  provider.importKey({ format: 'native', key }, row(alg), role)

interface Handles {
  readonly signer: KeyHandle
  readonly verifier: KeyHandle
}

function handlesOf(alg: PairAlgorithm, from: CryptoProvider = provider): Handles {
  const source = (pem: string) => ({ format: 'der', bytes: derOf(pem) }) as const
  return {
    signer: from.importKey(source(pairs[alg].privatePem), row(alg), 'private'),
    verifier: from.importKey(source(pairs[alg].publicPem), row(alg), 'public'),
  }
}

/** Every way in which a pair signs, and every way in which it verifies. */
function waysOf({ signer, verifier }: Handles) {
  return {
    signs: [(input: string) => signer.sign(input), (input: string) => signer.pooled?.sign(input)],
    verifies: [
      (input: string, signature: string) => verifier.verify(input, signature),
      (input: string, signature: string) => verifier.pooled?.verify(input, signature),
    ],
  }
}

/** Expects that a pair signs and verifies, at once and pooled, what node:crypto does, and nothing else. */
async function expectNodeAgrees(alg: PairAlgorithm, handles: Handles): Promise<void> {
  const { signs, verifies } = waysOf(handles)
  const key = { key: createPublicKey(pairs[alg].publicPem), ...foreignOptions(alg) }
  const foreign = sign(hashOf(alg), Buffer.from('input'), { key: pairs[alg].privatePem, ...foreignOptions(alg) })
  const signatures = [foreign.toString('base64url')]
  for (const by of signs) signatures.push(String(await by('input')))
  expect(signatures).toHaveLength(3)
  for (const signature of signatures) {
    const octets = Buffer.from(signature, 'base64url')
    expect(octets).toHaveLength(pairs[alg].size)
    expect(verify(hashOf(alg), Buffer.from('input'), key, octets)).toBe(true)
    for (const by of verifies) {
      expect(await by('input', signature)).toBe(true)
      expect(await by('other', signature)).toBe(false)
      octets.writeUInt8(octets.readUInt8(40) ^ 1, 40)
      expect(await by('input', octets.toString('base64url'))).toBe(false)
      octets.writeUInt8(octets.readUInt8(40) ^ 1, 40)
    }
  }
}

describe('node:crypto', () => {
  const secretKey = provider.importKey({ format: 'raw', bytes: secret }, row('HS256'), 'secret')

  test('answers at once', () => {
    const signature = secretKey.sign('input')
    expect(signature).toBe(createHmac('sha256', secret).update('input').digest('base64url'))
    expect(secretKey.verify('input', String(signature))).toBe(true)
    const privateKey = provider.importKey(
      { format: 'native', key: createPrivateKey(keys.p256.privatePem) },
      row('ES256'),
      'private',
    )
    const publicKey = provider.importKey(
      { format: 'native', key: createPublicKey(keys.p256.publicPem) },
      row('ES256'),
      'public',
    )
    expect(publicKey.verify('input', String(privateKey.sign('input')))).toBe(true)
    expect(publicKey.exportDer()).toBeInstanceOf(Uint8Array)
    expect(provider.digest('SHA-256', '')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  })

  test('verifies a MAC only where every one of its characters is right', () => {
    const signature = String(secretKey.sign('input'))
    expect(signature).toHaveLength(43)
    for (let i = 0; i < signature.length; i++) {
      for (const other of [signature[i] === 'A' ? 'B' : 'A', '\0', '\u0100', '=']) {
        const changed = signature.slice(0, i) + other + signature.slice(i + 1)
        expect(secretKey.verify('input', changed), `at ${i}`).toBe(false)
      }
    }
    expect(secretKey.verify('input', signature)).toBe(true)
  })

  test('verifies a MAC only at its full length', () => {
    const signature = String(secretKey.sign('input'))
    for (let length = 0; length < signature.length; length++) {
      expect(secretKey.verify('input', signature.slice(0, length)), `of ${length}`).toBe(false)
    }
    for (const more of ['A', '\0', '=', signature]) expect(secretKey.verify('input', signature + more)).toBe(false)
    expect(secretKey.verify('input', signature)).toBe(true)
  })

  test('compares a MAC as a whole, whatever part of it is right', () => {
    // A comparison that stops early, or skips, would let a mix of right and wrong characters pass.
    const signature = String(secretKey.sign('input'))
    for (let i = 0; i < 64; i++) {
      const other = Buffer.from(hkdfSync('sha256', secret, '', String(i), 32)).toString('base64url')
      const mixed = [...signature].map((letter, at) => ((i >> (at % 6)) & 1 ? letter : other[at])).join('')
      expect(secretKey.verify('input', mixed)).toBe(mixed === signature)
    }
  })

  test('refuses what only calls itself a KeyObject, and does not call it', async () => {
    const calls: string[] = []
    const members = { type: 'secret', export: () => calls.push('export'), toString: () => `${calls.push('toString')}` }
    for (const key of [members, { ...members, [Symbol.toStringTag]: 'KeyObject' }]) {
      const error = await refusalOf(() => provider.importKey({ format: 'native', key }, row('HS256'), 'secret'))
      expectRefusal(error, /^the object is no KeyObject of this runtime$/)
    }
    expect(calls).toEqual([])
  })

  test('takes a KeyObject and a CryptoKey of the same secret for the same', async () => {
    const signature = String(secretKey.sign('input'))
    for (const key of [createSecretKey(secret), await toHmacKey(secret)]) {
      const handle = provider.importKey({ format: 'native', key }, row('HS256'), 'secret')
      expect(handle.verify('input', signature)).toBe(true)
    }
  })

  // The parameters of RFC 4055 §3.1 in the key's DER: the hash, the hash of the mask, the length of the salt.
  const sha512 = '0609608648016503040203'
  const sha256 = '0609608648016503040201'
  const restricted = derOf(keys.rsaPssSha512.publicPem).toString('hex')
  const [beforeHash = '', beforeMask = '', afterMask = ''] = restricted.split(sha512)
  const restrictions: readonly (readonly [string, string, readonly Algorithm[]])[] = [
    ['SHA-512', restricted, ['PS512']],
    ['SHA-512, with another hash in the mask,', beforeHash + sha512 + beforeMask + sha256 + afterMask, []],
    ['SHA-512, with a salt of 65 octets,', restricted.replace('020140', '020141'), []],
    ['SHA-512, with a salt of 1 octet,', restricted.replace('020140', '020101'), ['PS512']],
    ['SHA-256, with a salt of 64 octets,', restricted.replaceAll(sha512, sha256), []],
    [
      'SHA-256, with a salt of 32 octets,',
      restricted.replaceAll(sha512, sha256).replace('020140', '020120'),
      ['PS256'],
    ],
  ]
  for (const [restriction, hex, accepted] of restrictions) {
    test(`takes an RSA-PSS key that is restricted to ${restriction} for ${accepted.join() || 'nothing'}`, async () => {
      for (const alg of ['PS256', 'PS384', 'PS512', 'RS512'] as const) {
        const source = { format: 'der', bytes: Buffer.from(hex, 'hex') } as const
        const error = await refusalOf(() => provider.importKey(source, row(alg), 'public'))
        if (accepted.includes(alg)) expect(error).toBeUndefined()
        else expectRefusal(error, /a key of type rsa-pss sha\d+ was given where a key for .S\d+ is wanted/)
      }
    })
  }

  test('passes on why a key pair could not be made', async () => {
    const failing = {
      ...nodeCrypto,
      generateKeyPair: (_type: string, _options: object, done: (error: Error) => void) => done(new Error('no entropy')),
    }
    await expect(nodeProvider(failing as never).generateKeyPair(row('ES256'))).rejects.toThrow('no entropy')
    await expect(nodeProvider(failing as never).generateKeyPair(row('RS256'))).rejects.toThrow('no entropy')
  })
})

describe('a pair on node:crypto', () => {
  test.each(asymmetric)('for %s signs and verifies as node:crypto does, at once and pooled', async (alg) => {
    await expectNodeAgrees(alg, handlesOf(alg))
  })

  test.each(['ES256', 'ES384', 'ES512'] as const)('for %s verifies no DER', async (alg) => {
    const { signs, verifies } = waysOf(handlesOf(alg))
    const der = sign(hashOf(alg), Buffer.from('input'), { key: pairs[alg].privatePem, dsaEncoding: 'der' })
    for (const by of verifies) expect(await by('input', der.toString('base64url'))).toBe(false)
    for (const by of signs) expect(Buffer.from(String(await by('input')), 'base64url')).toHaveLength(pairs[alg].size)
  })

  test.each(asymmetric)('for %s asks node:crypto nothing about a signature of another form', async (alg) => {
    const asked = vi.fn()
    const { size } = pairs[alg]
    const { verifier } = handlesOf(alg, nodeProvider({ ...nodeCrypto, verify: asked }))
    const lengths = [0, 1, size / 2, size - 1, size + 1, size + 2, 2 * size, 16_000]
    const good = Buffer.alloc(size, 1).toString('base64url')
    const texts = [`${good}=`, `${good}A`, `${good} `, good.slice(1), ` ${good.slice(1)}`, `+${good.slice(1)}`]
    for (const signature of [...lengths.map((length) => Buffer.alloc(length, 1).toString('base64url')), ...texts]) {
      expect(verifier.verify('input', signature)).toBe(false)
      // At once, as there is nothing to wait for.
      expect(verifier.pooled?.verify('input', signature)).toBe(false)
    }
    expect(asked).not.toHaveBeenCalled()
    asked.mockReturnValue(true)
    expect(verifier.verify('input', good)).toBe(true)
    expect(asked).toHaveBeenCalledOnce()
  })

  test('passes on why the pool could not sign or verify', async () => {
    const failing = (...args: unknown[]): void => (args.at(-1) as (error: Error) => void)(new Error('no pool'))
    const { signer, verifier } = handlesOf(
      'ES256',
      nodeProvider({ ...nodeCrypto, sign: failing, verify: failing } as never),
    )
    await expect(signer.pooled?.sign('input')).rejects.toThrow('no pool')
    await expect(verifier.pooled?.verify('input', 'A'.repeat(86))).rejects.toThrow('no pool')
  })

  // What node:crypto would read of a key, or of the object around it, if it had it not of its own.
  const members: readonly (readonly [string, unknown])[] = [
    ['padding', constants.RSA_PKCS1_PSS_PADDING],
    ['padding', constants.RSA_NO_PADDING],
    ['saltLength', 0],
    ['saltLength', 'polluted'],
    ['dsaEncoding', 'ieee-p1363'],
    ['dsaEncoding', 'polluted'],
    ['context', Buffer.from('polluted')],
    ['key', 'polluted'],
    ['format', 'jwk'],
    ['type', 'pkcs1'],
    ['passphrase', 'polluted'],
    ['value', 'polluted'],
  ]

  // What newer Nodes read, older ones do not miss.
  test.each(['RS256', 'ES256', 'Ed25519', 'PS256'] as const)('for %s gives a key that inherits none of it', (alg) => {
    const given: object[] = []
    const note = (_algorithm: unknown, _data: unknown, key: object): Buffer => {
      given.push(key)
      return Buffer.alloc(0)
    }
    const { signer, verifier } = handlesOf(alg, nodeProvider({ ...nodeCrypto, sign: note, verify: note } as never))
    for (const each of [signer, signer.pooled]) void each?.sign('input')
    for (const each of [verifier, verifier.pooled]) {
      void each?.verify('input', Buffer.alloc(pairs[alg].size).toString('base64url'))
    }
    expect(given).toHaveLength(4)
    for (const key of given) {
      const names = ['padding', 'saltLength', 'dsaEncoding', 'context']
      const inherited = Object.fromEntries(names.map((name) => [name, 'polluted']))
      const read = polluted(inherited, () => names.map((name) => (key as Record<string, unknown>)[name]))
      expect(read).toEqual(
        alg === 'PS256' ? [constants.RSA_PKCS1_PSS_PADDING, 32, undefined, undefined] : Array(4).fill(undefined),
      )
    }
  })

  describe.each(['RS256', 'ES256', 'Ed25519', 'PS256'] as const)('for %s is the same', (alg) => {
    const text = '{"alg":"none"}.{}'

    test.each(members)('where every object inherits a %s of %o', async (name, value) => {
      const clean = waysOf(handlesOf(alg))
      const inherited = { [name]: value }
      for (const handles of [handlesOf(alg), polluted(inherited, () => handlesOf(alg)), polluted(inherited, natives)]) {
        const { signs, verifies } = waysOf(handles)
        for (const by of signs) {
          const signature = String(await polluted(inherited, () => by(text)))
          for (const check of clean.verifies) expect(await check(text, signature)).toBe(true)
          for (const check of verifies) {
            expect(await polluted(inherited, () => check(text, signature))).toBe(true)
            expect(await polluted(inherited, () => check('other', signature))).toBe(false)
          }
        }
      }
    })

    const [privateKey, publicKey] = [createPrivateKey(pairs[alg].privatePem), createPublicKey(pairs[alg].publicPem)]
    const natives = (): Handles => ({
      signer: native(privateKey, alg, 'private'),
      verifier: native(publicKey, alg, 'public'),
    })
  })
})

describe('a key of a type that the runtime has no name for', () => {
  // As Node 22 has it, where OpenSSL 3.5 reads ML-DSA keys and Node does not know what they are.
  const nameless = { ...nodeCrypto, createPublicKey: () => ({ type: 'public', asymmetricKeyType: undefined }) }
  const importFor = (alg: Algorithm) =>
    nodeProvider(nameless as never).importKey({ format: 'der', bytes: new Uint8Array() }, row(alg), 'public')

  test('is none that the runtime has', async () => {
    expectRefusal(await refusalOf(() => importFor('ML-DSA-44')), /^this runtime has no ML-DSA-44$/)
  })

  test('is of an unknown type for any other algorithm', async () => {
    const words = /^a key of type unknown was given where a key for ES256 is wanted$/
    expectRefusal(await refusalOf(() => importFor('ES256')), words)
  })
})

describe('a damaged key', () => {
  const sources = {
    DER: { format: 'der', bytes: Uint8Array.of(1, 2, 3) },
    JWK: { format: 'jwk', jwk: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } },
  } as const
  test.each(Object.entries(sources))('as %s is said to be one, and no more', async (name, source) => {
    const words = `the ${name} key cannot be read: it is damaged, or of a kind that this runtime does not know`
    const error = await refusalOf(() => provider.importKey(source, row('ES256'), 'public'))
    expectRefusal(error, new RegExp(`^${words}$`))
  })
})

describe('a KeyObject that is imported', () => {
  const made = (alg: PairAlgorithm) => ({
    privateKey: createPrivateKey(pairs[alg].privatePem),
    publicKey: createPublicKey(pairs[alg].publicPem),
  })
  const handlesFor = ({ privateKey, publicKey }: ReturnType<typeof made>, alg: PairAlgorithm): Handles => ({
    signer: native(privateKey, alg, 'private'),
    verifier: native(publicKey, alg, 'public'),
  })
  const useAll = async (handles: Handles): Promise<void> => {
    const { signs, verifies } = waysOf(handles)
    for (const by of signs)
      for (const check of verifies) expect(await check('input', String(await by('input')))).toBe(true)
    for (const handle of [handles.signer, handles.verifier]) handle.exportDer()
  }

  /** Its own members; those that Node keeps for itself have symbols for names, and some come when they are read. */
  const namesOf = (key: object): readonly string[] => Object.getOwnPropertyNames(key)
  /** What node:crypto reads of a key. */
  const optionsOf = (key: object): readonly boolean[] =>
    ['padding', 'saltLength', 'dsaEncoding', 'context'].map((name) => name in key)

  test.each(asymmetric)('for %s does what one does that is read from DER', async (alg) => {
    await expectNodeAgrees(alg, handlesFor(made(alg), alg))
  })

  test.each(asymmetric)('for %s gets no members, whatever is done with it', async (alg) => {
    const pair = made(alg)
    await useAll(handlesFor(pair, alg))
    for (const key of Object.values(pair)) {
      expect(namesOf(key)).toEqual([])
      expect(optionsOf(key)).toEqual([false, false, false, false])
      expect(Object.isExtensible(key)).toBe(true)
    }
  })

  test('that is a secret gets no members either', async () => {
    const key = createSecretKey(secret)
    const handle = native(key, 'HS256', 'secret')
    expect(handle.verify('input', String(handle.sign('input')))).toBe(true)
    expect(namesOf(key)).toEqual([])
  })

  test.each(['ES256', 'ES384', 'ES512'] as const)('for %s may be used with another dsaEncoding', async (alg) => {
    const pair = made(alg)
    await useAll(handlesFor(pair, alg))
    const input = Buffer.from('input')
    for (const dsaEncoding of ['der', 'ieee-p1363'] as const) {
      const signature = sign(hashOf(alg), input, { key: pair.privateKey, dsaEncoding })
      expect(verify(hashOf(alg), input, { key: pair.publicKey, dsaEncoding }, signature)).toBe(true)
      expect(signature.length === pairs[alg].size).toBe(dsaEncoding === 'ieee-p1363')
    }
    const signature = sign(hashOf(alg), input, pair.privateKey)
    expect(verify(hashOf(alg), input, pair.publicKey, signature)).toBe(true)
    expect(signature[0]).toBe(0x30)
  })

  test.each(['RS256', 'PS256'] as const)('for %s may be used with another padding', async (alg) => {
    const pair = made(alg)
    await useAll(handlesFor(pair, alg))
    const input = Buffer.from('input')
    for (const options of [
      {},
      { padding: constants.RSA_PKCS1_PADDING },
      { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 },
    ]) {
      const signature = sign('sha512', input, { key: pair.privateKey, ...options })
      expect(verify('sha512', input, { key: pair.publicKey, ...options }, signature)).toBe(true)
    }
  })

  test.each(['RS256', 'ES256'] as const)(
    'for %s keeps the options that are its own, which nothing heeds',
    async (alg) => {
      const pair = made(alg)
      const own = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20, dsaEncoding: 'ieee-p1363' }
      for (const key of Object.values(pair)) Object.assign(key, own)
      const handles = handlesFor(pair, alg)
      await expectNodeAgrees(alg, handles)
      for (const key of Object.values(pair)) expect(key).toMatchObject(own)
      const signature = sign(hashOf(alg), Buffer.from('input'), pair.privateKey)
      expect(verify(hashOf(alg), Buffer.from('input'), pair.publicKey, signature)).toBe(true)
    },
  )

  test('goes by what it is when it is imported', async () => {
    const pair = made('ES256')
    const handles = handlesFor(pair, 'ES256')
    for (const key of Object.values(pair)) Object.assign(key, { dsaEncoding: 'ieee-p1363', padding: 'wrong' })
    await expectNodeAgrees('ES256', handles)
  })

  test.each(representatives)('for %s may be imported again and again, and for what else it fits', async (alg) => {
    const pair = made(alg)
    for (let i = 0; i < 2; i++) await useAll(handlesFor(pair, alg))
    if (/^[RP]S/.test(alg)) {
      for (const other of ['RS384', 'PS512'] as const) await expectNodeAgrees(other, handlesFor(pair, other))
    }
    await expectNodeAgrees(alg, handlesFor(pair, alg))
  })

  test.each(representatives)('for %s may be frozen', async (alg) => {
    const pair = made(alg)
    // Older Nodes note the type on the object when they are first asked for it.
    for (const key of Object.values(pair)) {
      expect(key.asymmetricKeyDetails).toBeDefined()
      Object.freeze(key)
    }
    await expectNodeAgrees(alg, handlesFor(pair, alg))
  })

  const strangers: readonly (readonly [string, () => unknown])[] = [
    ['clones no keys', () => expect.fail('a DataCloneError')],
    ['clones them as what they are not', () => ({})],
  ]

  test.each(strangers)('works on a runtime that %s', async (_, clone) => {
    vi.stubGlobal('structuredClone', clone)
    try {
      for (const alg of representatives) {
        const pair = made(alg)
        const members = Object.values(pair).map((key) => Object.getOwnPropertyNames(key))
        const handles = handlesFor(pair, alg)
        await expectNodeAgrees(alg, handles)
        await polluted({ padding: constants.RSA_PKCS1_PSS_PADDING, dsaEncoding: 'ieee-p1363' }, () => useAll(handles))
        expect(Object.values(pair).map((key) => Object.getOwnPropertyNames(key))).toEqual(members)
      }
    } finally {
      vi.unstubAllGlobals()
    }
  })

  test('that is a secret may be frozen', () => {
    const handle = native(Object.freeze(createSecretKey(secret)), 'HS256', 'secret')
    expect(handle.verify('input', String(handle.sign('input')))).toBe(true)
  })

  const { privatePem, publicPem } = keys.rsaPssSha512

  test('may be restricted to RSA-PSS, in both halves', async () => {
    const pair = { privateKey: createPrivateKey(privatePem), publicKey: createPublicKey(publicPem) }
    const handles = handlesFor(pair, 'PS512')
    await useAll(handles)
    const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
    const signature = Buffer.from(String(handles.signer.sign('input')), 'base64url')
    expect(verify('sha512', Buffer.from('input'), { key: publicPem, ...options }, signature)).toBe(true)
    expect(Buffer.from(await handles.signer.exportDer())).toEqual(derOf(privatePem))
    expect(Buffer.from(await handles.verifier.exportDer())).toEqual(derOf(publicPem))
    for (const key of Object.values(pair)) {
      expect(namesOf(key)).toEqual([])
      expect(key.asymmetricKeyDetails).toMatchObject({ hashAlgorithm: 'sha512', saltLength: 64 })
    }
  })

  test('is refused where it is restricted to another RSA-PSS, in both halves', async () => {
    for (const alg of ['PS256', 'PS384', 'RS512'] as const) {
      const words = /a key of type rsa-pss sha512 was given where a key for .S\d+ is wanted/
      expectRefusal(await refusalOf(() => native(createPrivateKey(privatePem), alg, 'private')), words)
      expectRefusal(await refusalOf(() => native(createPublicKey(publicPem), alg, 'public')), words)
    }
  })

  test('may be of RSA-PSS without restrictions, in both halves', async () => {
    const pair = {
      privateKey: createPrivateKey(keys.rsaPss.privatePem),
      publicKey: createPublicKey(keys.rsaPss.publicPem),
    }
    for (const alg of ['PS256', 'PS384', 'PS512'] as const) await useAll(handlesFor(pair, alg))
  })
})

describe('a CryptoKey that is imported', () => {
  const made = async (alg: PairAlgorithm, extractable = true) => ({
    privateKey: await toCryptoKey(pairs[alg].privatePem, pairs[alg].web, ['sign'], extractable),
    publicKey: await toCryptoKey(pairs[alg].publicPem, pairs[alg].web, ['verify'], extractable),
  })
  const membersOf = (key: object): unknown => [Object.getOwnPropertyNames(key), Object.getOwnPropertySymbols(key)]

  test.each(asymmetric)('for %s is as it was, and the KeyObject within it too', async (alg) => {
    for (const extractable of [true, false]) {
      const { privateKey, publicKey } = await made(alg, extractable)
      const before = [privateKey, publicKey].map(membersOf)
      const handles = { signer: native(privateKey, alg, 'private'), verifier: native(publicKey, alg, 'public') }
      await expectNodeAgrees(alg, handles)
      expect([privateKey, publicKey].map(membersOf)).toEqual(before)
      for (const key of [privateKey, publicKey]) {
        // The same object each time, in some Nodes.
        expect(Object.getOwnPropertyNames(KeyObject.from(key as webcrypto.CryptoKey))).toEqual([])
      }
      const options = { ...pairs[alg].web, hash: `SHA-${alg.slice(2)}`, saltLength: Number(alg.slice(2)) / 8 }
      const signature = await crypto.subtle.sign(options, privateKey, Buffer.from('input'))
      expect(await crypto.subtle.verify(options, publicKey, signature, Buffer.from('input'))).toBe(true)
      expect(handles.verifier.verify('input', Buffer.from(signature).toString('base64url'))).toBe(true)
    }
  })

  test('is not exported, if it was made not to be', async () => {
    const { privateKey } = await made('ES256', false)
    const handle = native(privateKey, 'ES256', 'private')
    for (const attempt of [() => handle.exportDer(), () => handle.exportJwk()]) {
      expectRefusal(await refusalOf(attempt), /made not extractable/)
    }
  })
})

// On WebCrypto there is nothing but promises.
test.skipIf(!process.getBuiltinModule)(
  'the async functions leave pairs to the pool, and the sync ones do not',
  async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const calls = [vi.spyOn(nodeCrypto, 'sign'), vi.spyOn(nodeCrypto, 'verify')]
    const isPooled = (): boolean[] => calls.map(({ mock }) => typeof mock.lastCall?.at(-1) === 'function')
    const signer = createSigner(privateKey, { expiresIn: '1m' })
    const verifier = createVerifier(publicKey, { algorithms: ['ES256'], issuer: null, audience: null })
    verifier.verifySync(signer.signSync({}))
    expect(isPooled()).toEqual([false, false])
    await verifier.verify(await signer.sign({}))
    expect(isPooled()).toEqual([true, true])
    for (const call of calls) call.mockRestore()
  },
)
