import { describe, expect, test } from 'vitest'
import { generateKeyPair, importSecret } from 'tittle'
import { createKeyRing, createKeySet } from 'tittle/jwks'
import { createSessions, memoryStore, type SessionOptions } from 'tittle/session'
import { sessionRules, type SessionRules } from '../../src/session/settings.ts'
import { polluted } from '../setup/pollution.ts'
import { DAY, HOUR, keys, NOW, otherSecret, settings } from '../setup/sessions.ts'
import { expectTypeError } from '../setup/silence.ts'
import { es256, hs256, rs256, SECRET } from '../setup/tokens.ts'

const rulesOf = (options: object = {}): SessionRules => sessionRules({ ...settings, ...options } as SessionOptions)
const create = (options: object): unknown => createSessions({ ...settings, ...options } as SessionOptions)
const ring = await createKeyRing({ algorithm: 'ES256', tokenLifetime: '15m' })
const stranger = await generateKeyPair('RS256')

describe('the rules', () => {
  test('have defaults', () => {
    expect(rulesOf()).toEqual({
      issuer: 'https://issuer.example',
      audience: ['https://api.example'],
      clientId: 'web',
      signer: expect.any(Function),
      verifyKeys: [es256.publicKey],
      algorithms: ['ES256'],
      refreshKeys: [hs256],
      store: expect.objectContaining({ rotate: expect.any(Function) }),
      ttl: 600,
      idle: 7 * DAY,
      absolute: 30 * DAY,
      grace: 10,
      tolerance: 0,
      claims: undefined,
      allowClaims: [],
      tokenVersion: undefined,
      storeTimeout: 2,
      failsOpen: false,
      onEvent: undefined,
      clock: expect.any(Function),
      storeTime: expect.any(Function),
    })
  })

  test('are frozen', () => {
    expect(Object.isFrozen(rulesOf())).toBe(true)
  })

  test.each<[object, Partial<SessionRules>]>([
    [{ access: { ttl: '15m' } }, { ttl: 900 }],
    [{ access: { ttl: 1 } }, { ttl: 1 }],
    [{ access: { ttl: '1h', long: true } }, { ttl: HOUR }],
    [{ access: { ttl: '5m', long: false } }, { ttl: 300 }],
    [
      { access: {}, refresh: {} },
      { ttl: 600, idle: 7 * DAY, absolute: 30 * DAY, grace: 10 },
    ],
    [
      { access: { ttl: undefined, long: undefined }, refresh: { idle: undefined } },
      { ttl: 600, idle: 7 * DAY },
    ],
    [{ refresh: { idle: '1h', absolute: '1h', grace: 0 } }, { idle: HOUR, absolute: HOUR, grace: 0 }],
    [{ refresh: { idle: 61, grace: '60s' } }, { idle: 61, grace: 60 }],
    [{ clockTolerance: '5m' }, { tolerance: 300 }],
    [{ storeTimeout: 1 }, { storeTimeout: 1 }],
    [{ storeTimeout: '1m' }, { storeTimeout: 60 }],
    [{ onStoreFailure: 'open' }, { failsOpen: true }],
    [{ onStoreFailure: 'closed' }, { failsOpen: false }],
    [{ audience: ['a', 'b'] }, { audience: ['a', 'b'] }],
    [{ allowClaims: ['otp', 'pin'] }, { allowClaims: ['otp', 'pin'] }],
    [{ allowClaims: 'otp' }, { allowClaims: ['otp'] }],
    [{ refreshKey: [hs256, otherSecret] }, { refreshKeys: [hs256, otherSecret] }],
  ])('are those of %j', (options, rules) => {
    expect(rulesOf(options)).toMatchObject(rules)
  })

  test('take undefined for what is left out', () => {
    const optional = ['access', 'refresh', 'clockTolerance', 'claims', 'allowClaims', 'tokenVersion', 'storeTimeout']
    const left = [...optional, 'onStoreFailure', 'onEvent', 'now', 'keyRing', 'store']
    const shown = (options?: object): string => JSON.stringify(rulesOf(options))
    expect(shown(Object.fromEntries(left.map((name) => [name, undefined])))).toBe(shown())
  })

  test('leave the time to the store, unless there is a clock', () => {
    expect(rulesOf().storeTime()).toBeUndefined()
    expect(rulesOf().clock()).toBeCloseTo(Date.now() / 1000, -1)
    const { clock, storeTime } = rulesOf({ now: () => NOW })
    expect([clock(), storeTime()]).toEqual([NOW, NOW])
  })

  test('refuse a clock that does not tell seconds', () => {
    for (const time of [NOW * 1000, NaN, -1, undefined]) {
      const { clock, storeTime } = rulesOf({ now: () => time })
      expectTypeError(clock, 'createSessions: now must return seconds', time)
      expectTypeError(storeTime, 'createSessions: now must return seconds', time)
    }
  })

  test('inherit nothing from a polluted Object.prototype', () => {
    const plain = rulesOf({ access: {}, refresh: {} })
    const members = {
      ...{ ttl: '1d', long: true, grace: '60s', idle: '1h', absolute: '2h' },
      ...{ keyRing: ring, verifyKey: stranger.publicKey, candidates: () => [otherSecret], signer: () => undefined },
      ...{ onStoreFailure: 'open', tokenVersion: () => 1, claims: () => ({}), allowClaims: ['password'], now: () => 0 },
    }
    const rules = polluted(members, () => rulesOf({ access: {}, refresh: {} }))
    const { signer, store, clock, storeTime, ...told } = rules
    expect(plain).toMatchObject(told)
    expect(rules.storeTime()).toBeUndefined()
  })
})

describe('the keys of access tokens', () => {
  const set = createKeySet([es256.publicKey])

  test.each<[string, object, Partial<SessionRules>]>([
    ['a pair', keys, { verifyKeys: [es256.publicKey], algorithms: ['ES256'] }],
    [
      'a pair and more public keys',
      { verifyKey: [rs256.publicKey, es256.publicKey, es256.publicKey] },
      { verifyKeys: [rs256.publicKey, es256.publicKey], algorithms: ['RS256', 'ES256'] },
    ],
    ['a private key and a key set', { verifyKey: set }, { verifyKeys: set, algorithms: ['ES256'] }],
    [
      'a secret',
      { signingKey: otherSecret, verifyKey: undefined },
      { verifyKeys: [otherSecret], algorithms: ['HS256'] },
    ],
    [
      'a secret, and itself once more',
      { signingKey: otherSecret, verifyKey: otherSecret },
      { verifyKeys: [otherSecret], algorithms: ['HS256'] },
    ],
    [
      'a ring',
      { signingKey: undefined, verifyKey: undefined, keyRing: ring },
      { verifyKeys: ring.keySet, algorithms: ['ES256'] },
    ],
  ])('may be %s', (_, options, rules) => {
    const made = rulesOf(options)
    expect(made).toMatchObject(rules)
    expect(made.signer({ expiresIn: 60 })).toMatchObject({ sign: expect.any(Function) })
  })

  test('may be several secrets, the first of which signs', () => {
    const old = importSecret('a secret that is on its way out, and 48 octets long', 'HS384')
    const { verifyKeys, algorithms } = rulesOf({ signingKey: otherSecret, verifyKey: [old] })
    expect(verifyKeys).toEqual([otherSecret, old])
    expect(algorithms).toEqual(['HS256', 'HS384'])
  })

  test.each<[string, object, string]>([
    ['none', { signingKey: undefined }, 'signingKey'],
    ['a public key that signs', { signingKey: es256.publicKey }, 'signingKey'],
    ['text', { signingKey: SECRET.toString('base64url') }, 'signingKey'],
    ['null', { signingKey: null }, 'signingKey'],
    ['a private key without its public half', { verifyKey: undefined }, 'verifyKey'],
    ['a private key that verifies', { verifyKey: es256.privateKey }, 'verifyKey'],
    ['a private key and a secret', { verifyKey: otherSecret }, 'verifyKey'],
    ['a private key and null', { verifyKey: null }, 'verifyKey'],
    ['a private key and text', { verifyKey: SECRET.toString('base64url') }, 'verifyKey'],
    ['a private key and a function', { verifyKey: () => es256.publicKey }, 'verifyKey'],
    ['a private key and no public key of several', { verifyKey: [] }, 'verifyKey'],
    ['a private key and nothing', { verifyKey: [null] }, 'verifyKey'],
    ['a private key and an object', { verifyKey: {} }, 'verifyKey'],
    ['a private key and a key set that cannot be asked', { verifyKey: { candidates: [] } }, 'verifyKey'],
    ['a private key and the public key of another algorithm', { verifyKey: rs256.publicKey }, 'verifyKey'],
    ['a secret and a public key', { signingKey: otherSecret }, 'verifyKey'],
    ['a secret and a key set', { signingKey: otherSecret, verifyKey: set }, 'verifyKey'],
    ['a ring and a signing key', { keyRing: ring, verifyKey: undefined }, 'keyRing'],
    [
      'a ring that cannot be asked',
      { signingKey: undefined, verifyKey: undefined, keyRing: { ...ring, keySet: { candidates: [] } } },
      'keyRing',
    ],
    ['a ring and a verifying key', { keyRing: ring, signingKey: undefined }, 'keyRing'],
    ...[null, {}, 'a ring', 5, { signer: () => undefined }, { ...ring, signer: 'x' }, { ...ring, keySet: {} }].map(
      (keyRing): [string, object, string] => [
        `a ring that is ${JSON.stringify(keyRing)}`,
        { keyRing, signingKey: undefined, verifyKey: undefined },
        'keyRing',
      ],
    ),
  ])('are not %s', (_, options, name) => {
    expectTypeError(() => create(options), `createSessions: `, options)
    expectTypeError(() => create(options), name, options)
  })

  test('are not the key of refresh tokens, wherever it stands', () => {
    const words = 'refreshKey must be another key'
    const other = importSecret('a third secret, for a place in the list', 'HS256')
    for (const options of [
      { signingKey: hs256, verifyKey: undefined },
      { signingKey: otherSecret, verifyKey: hs256 },
      { signingKey: otherSecret, verifyKey: [hs256] },
      { signingKey: other, verifyKey: [otherSecret], refreshKey: [hs256, otherSecret] },
    ]) {
      expectTypeError(() => create(options), words, options)
    }
    expect(() => create({ signingKey: other, verifyKey: undefined })).not.toThrow()
  })

  test('of a ring last as long as their tokens', async () => {
    const short = await createKeyRing({ algorithm: 'ES256', tokenLifetime: '9m' })
    const options = { keyRing: short, signingKey: undefined, verifyKey: undefined }
    expectTypeError(() => create(options), 'tokenLifetime')
    expect(() => create({ ...options, access: { ttl: '9m' } })).not.toThrow()
  })
})

const notTexts = ['', 5, null, undefined, {}, ['']]
const notDurations = ['10 minutes', '10', -1, 1.5, NaN, Infinity, null, '1.5h', {}, true]
const notFunctions = ['no function', 5, {}, null, true]

// The name of each option, and what it must not be.
const wrong: Readonly<Record<string, readonly unknown[]>> = {
  issuer: [...notTexts, ['https://issuer.example']],
  audience: [...notTexts, [], ['a', 'a'], [5]],
  clientId: notTexts,
  refreshKey: [undefined, null, '', SECRET.toString('base64url'), es256.privateKey, [], [hs256, null], {}],
  store: [null, 'memory', {}, { ...memoryStore(), rotate: undefined }, () => memoryStore()],
  access: [null, '10m', 600, [], () => ({})],
  'access.ttl': [...notDurations, 0, '0s'],
  'access.long': ['true', 1, null],
  refresh: [null, '7d', [], { idle: 60, absolute: 59 }, { idle: 10 }, { idle: 10, grace: 10 }],
  'refresh.idle': notDurations,
  'refresh.absolute': notDurations,
  'refresh.grace': [...notDurations, 61, '2m'],
  clockTolerance: ['5 minutes', -1, 1.5, 301, '6m', {}],
  claims: notFunctions,
  allowClaims: ['', 5, null, [], ['otp', 'otp'], [5]],
  tokenVersion: notFunctions,
  storeTimeout: ['2 s', 0, -1, 61, '30d', 1.5, {}],
  onStoreFailure: [null, '', 'Open', true, 'opened'],
  onEvent: notFunctions,
  now: notFunctions,
}

describe.each(Object.entries(wrong))('the option %s', (name, values) => {
  const [outer = '', inner] = name.split('.')

  test.each(values.map((value) => [value]))('must not be %j', (value) => {
    const options = { [outer]: inner === undefined ? value : { [inner]: value } }
    expectTypeError(() => create(options), inner ?? outer, value)
  })
})

test.each<[string, object]>([
  ['tokenTtl', { tokenTtl: '10m' }],
  ['accessTtl', { access: { accessTtl: '10m' } }],
  ['absolut', { refresh: { absolut: '30d' } }],
])('an option %s is refused, for there is none', (name, options) => {
  expectTypeError(() => create(options), `there is no option "${name}"`)
})

test('a store is one that has all steps, whoever made it', () => {
  const store = { ...memoryStore() }
  expect(rulesOf({ store }).store).toBe(store)
})

test('a store that lacks steps is told which', () => {
  const { consume: _, deny: __, ...rest } = memoryStore()
  expectTypeError(() => create({ store: rest }), 'the store lacks deny, consume')
})

test.each([undefined, null, 'options', [], new Map()])('the options are an object, not %j', (options) => {
  expectTypeError(() => createSessions(options as never), 'createSessions: the options must be a plain object')
})

test('a ttl of more than 15 minutes has to be wanted', () => {
  for (const access of [{ ttl: '16m' }, { ttl: 901 }, { ttl: '1d', long: false }]) {
    expectTypeError(() => create({ access }), 'access.ttl is longer than 15 minutes')
  }
  expect(() => create({ access: { ttl: '1d', long: true } })).not.toThrow()
})
