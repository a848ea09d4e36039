import nodeCrypto, { createHmac, createPrivateKey, createPublicKey, createSecretKey, hkdfSync } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { createSigner, createVerifier, generateKeyPair } from 'tittle'
import { algorithmRow, type Algorithm } from '../../src/algorithms.ts'
import { nodeProvider } from '../../src/crypto/node.ts'
import { derOf } from '../fixtures/bad-keys.ts'
import { expectRefusal, keys, refusalOf, secret, toHmacKey } from '../setup/keys.ts'

const provider = nodeProvider(nodeCrypto)
const row = (alg: Algorithm) => algorithmRow('alg', alg)

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
