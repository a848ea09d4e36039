import { describe, expect, test, vi } from 'vitest'
import { exportJwk, importPublicKey, importSecret } from 'tittle'
import type { Algorithm, UnverifiedHeader, VerificationKey, VerificationKeys } from 'tittle'
import type { KeySet } from 'tittle/jwks'
import { chooser, isKeySet, MAX_CANDIDATES } from '../src/candidates.ts'
import { polluted } from './setup/pollution.ts'
import { base64url, es256, hs256, kinds, otherHs256, rs256, SECRET, thrownBy, verdictOf } from './setup/tokens.ts'

const only: readonly Algorithm[] = ['HS256']
const all: readonly Algorithm[] = ['HS256', 'HS384', 'RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA']

const secret = (kid?: string): VerificationKey => importSecret(SECRET, 'HS256', kid === undefined ? {} : { kid })
const hs384 = importSecret('a secret for the other hash, which must be a longer one', 'HS384')
const ed25519 = importPublicKey(await exportJwk(kinds[4].verifier), 'Ed25519')
const namedRs256 = importPublicKey(await exportJwk(rs256.publicKey), 'RS256', { kid: 'a' })

const none: UnverifiedHeader = { alg: 'HS256' }
const a: UnverifiedHeader = { alg: 'HS256', kid: 'a' }

/** A chooser whose refusals have their stacks. */
function choosing(keys: VerificationKeys, algorithms: readonly Algorithm[]) {
  const choose = chooser(keys, algorithms)
  return (header: UnverifiedHeader) => choose(header, (work) => work())
}

/** The keys that are chosen, or the code with which the header is refused. */
async function choice(
  keys: VerificationKeys,
  header: UnverifiedHeader,
  algorithms = all,
): Promise<readonly VerificationKey[] | string> {
  let chosen: readonly VerificationKey[] = []
  const verdict = await verdictOf(async () => (chosen = await choosing(keys, algorithms)(header)))
  return verdict === 'accepted' ? chosen : verdict
}

const setOf = (...keys: readonly VerificationKey[]): KeySet => ({ candidates: () => keys })

test('one token costs four signatures at most', () => {
  expect(MAX_CANDIDATES).toBe(4)
})

describe('keys with a mistake are a TypeError', () => {
  const mistakes: readonly (readonly [string, unknown, RegExp])[] = [
    ['no keys', [], /keys must not be an empty array/],
    ['undefined', undefined, /must be a key of this library: import it with importSecret\(\)/],
    ['null', null, /must be a key of this library/],
    ['a secret as text', 'a secret that nobody imported, long as it is', /must be a key of this library/],
    ['a secret as octets', Buffer.from(SECRET), /must be a key of this library/],
    ['a JWK', { kty: 'oct', k: base64url(SECRET) }, /must be a key of this library/],
    ['a Set of keys', new Set([hs256]), /must be a key of this library/],
    ['an array in an array', [[hs256]], /must be a key of this library/],
    ['an array with a hole', [, hs256], /must be a key of this library/],
    ['a promise of a key', Promise.resolve(hs256), /must be a key of this library/],
    ['a copy of a key', { ...hs256 }, /must be a key of this library/],
    ['one key of several that is none', [hs256, 'x'], /must be a key of this library/],
    ['a key set among keys', [hs256, setOf(hs256)], /must be a key of this library/],
    ['a key function among keys', [hs256, () => hs256], /must be a key of this library/],
    ['a key that is not on the allowlist', es256.publicKey, /a key for ES256 was given.*policy\.algorithms/],
    ['one key of several off the allowlist', [hs256, rs256.publicKey], /a key for RS256 was given.*policy\.algorithms/],
    ['a private key', rs256.privateKey, /is a private key that does not verify; publicKeyOf\(\) gives the half/],
    [
      'a secret whose key_ops allow it to sign only',
      importSecret({ kty: 'oct', k: base64url(SECRET), key_ops: ['sign'] }, 'HS256'),
      /is a secret key that does not verify$/,
    ],
    ['an object whose candidates are no method', { candidates: [hs256] }, /^each of the keys must be a key/],
    ['an object whose candidates are undefined', { candidates: undefined }, /^each of the keys must be a key/],
    ['a JWK Set', { keys: [] }, /^each of the keys must be a key/],
  ]

  test.each(mistakes)('%s', async (_, keys, message) => {
    const error = await thrownBy(() => choosing(keys as VerificationKeys, only))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', expect.stringMatching(message))
  })

  test('control: what is none passes', () => {
    for (const keys of [hs256, [hs256], [hs256, otherHs256], Object.freeze([hs256]), () => hs256, setOf()]) {
      expect(() => choosing(keys, only)).not.toThrow()
    }
  })
})

describe('of the keys that are given, those are chosen whose algorithm and kid are the header’s', () => {
  const [nameless, namedA, namedB, alsoA] = [secret(), secret('a'), secret('b'), secret('a')]
  const others = ['c', 'd', 'e', 'f'].map(secret)

  const choices: readonly (readonly [
    string,
    VerificationKeys,
    UnverifiedHeader,
    readonly VerificationKey[] | string,
  ])[] = [
    ['one key without kid, for a header without', nameless, none, [nameless]],
    ['one key without kid, for a header with any', nameless, a, [nameless]],
    ['one key with kid, for a header without', namedA, none, [namedA]],
    ['one key with kid, for a header with the same', namedA, a, [namedA]],
    ['not one key with kid, for a header with another', namedB, a, 'ERR_KEY_NOT_FOUND'],
    ['a kid to the letter', secret('A'), a, 'ERR_KEY_NOT_FOUND'],
    ['a kid in its own normal form', secret('\u00e9'), { alg: 'HS256', kid: 'e\u0301' }, 'ERR_KEY_NOT_FOUND'],
    ['an empty kid like any other', namedA, { alg: 'HS256', kid: '' }, 'ERR_KEY_NOT_FOUND'],
    ['of an array of one as of one', [namedB], a, 'ERR_KEY_NOT_FOUND'],
    ['of several, the one with the kid', [namedB, namedA], a, [namedA]],
    ['all of them, for a header without kid', [namedB, namedA], none, [namedB, namedA]],
    ['those that have the kid, and those that have none', [namedB, namedA, nameless], a, [namedA, nameless]],
    ['all that boast of the kid, in their order', [alsoA, namedB, namedA], a, [alsoA, namedA]],
    ['none where the kid fits none', [namedB, ...others], a, 'ERR_KEY_NOT_FOUND'],
    ['four', [namedA, ...others.slice(1)], none, [namedA, ...others.slice(1)]],
    ['not five', [namedA, ...others], none, 'ERR_KEY_AMBIGUOUS'],
    ['not five that have the kid or none', [namedA, alsoA, nameless, secret(), secret()], a, 'ERR_KEY_AMBIGUOUS'],
    ['of five, the one with the kid', [...others, namedA], a, [namedA]],
    ['the key for the algorithm', es256.publicKey, { alg: 'ES256' }, [es256.publicKey]],
    ['not a key for another', rs256.publicKey, { alg: 'ES256' }, 'ERR_ALGORITHM'],
    ['of several, the one for it', [es256.publicKey, rs256.publicKey], { alg: 'RS256' }, [rs256.publicKey]],
    ['not one for another that has the kid', namedRs256, { alg: 'ES256', kid: 'a' }, 'ERR_ALGORITHM'],
    ['not one that has the kid without the algorithm', [namedRs256, namedB], a, 'ERR_KEY_NOT_FOUND'],
    ['not the same numbers for another padding', rs256.publicKey, { alg: 'PS256' }, 'ERR_ALGORITHM'],
    ['not an algorithm by another name', ed25519, { alg: 'EdDSA' }, 'ERR_ALGORITHM'],
    ['not a secret for another hash', hs384, none, 'ERR_ALGORITHM'],
  ]

  test.each(choices)('%s', async (_, keys, header, expected) => {
    const chosen = await choice(keys, header)
    expect(chosen).toEqual(expected)
    // One key may equal another without being it.
    if (Array.isArray(expected)) expected.forEach((key, i) => expect(chosen[i]).toBe(key))
  })

  test('at once', () => {
    for (const keys of [namedA, [namedA, namedB]]) expect(choosing(keys, only)(a)).toEqual([namedA])
  })

  test('as they were given, whatever becomes of the array', () => {
    const keys = [namedA]
    const choose = choosing(keys, only)
    keys[0] = namedB
    keys.push(nameless)
    expect(choose(none)).toEqual([namedA])
    const chosen = choose(none) as VerificationKey[]
    expect(() => chosen.push(nameless)).toThrow(TypeError)
    expect(choose(none)).toEqual([namedA])
  })

  test('not by a kid or a method that a polluted Object.prototype has', async () => {
    expect(await polluted({ kid: 'x' }, () => choice(namedA, none))).toEqual([namedA])
    expect(await polluted({ kid: 'a' }, () => choice([namedB], none))).toEqual([namedB])
    for (const keys of [namedA, [namedA]]) {
      const choose = polluted({ candidates: () => [namedB] }, () => choosing(keys, only))
      expect(choose(none)).toEqual([namedA])
      expect(polluted({ candidates: () => [namedB] }, () => choose(none))).toEqual([namedA])
    }
  })
})

describe('a key function', () => {
  const found: readonly (readonly [string, VerificationKey | undefined, UnverifiedHeader, string])[] = [
    ['finds a key', hs256, a, 'accepted'],
    ['finds one of another kid, for it knows better', secret('b'), a, 'accepted'],
    ['finds none', undefined, a, 'ERR_KEY_NOT_FOUND'],
    ['finds one for another hash', hs384, a, 'ERR_ALGORITHM'],
    ['finds one for another algorithm', rs256.publicKey, { alg: 'ES256' }, 'ERR_ALGORITHM'],
    ['finds one for an algorithm by another name', ed25519, { alg: 'EdDSA' }, 'ERR_ALGORITHM'],
  ]

  test.each(found)('%s, at once or later', async (_, key, header, expected) => {
    const answer = expected === 'accepted' ? [key] : expected
    expect(await choice(() => key, header)).toEqual(answer)
    expect(await choice(async () => key, header)).toEqual(answer)
  })

  test('that answers at once is answered for at once', () => {
    expect(choosing(() => hs256, only)(a)).toEqual([hs256])
    expect(choosing(async () => hs256, only)(a)).toBeInstanceOf(Promise)
  })

  test('is given the header, and nothing else, each time', () => {
    const find = vi.fn(() => hs256)
    const choose = choosing(find, only)
    const header = { alg: 'HS256', kid: 'a', hint: [1] }
    choose(header)
    choose(header)
    expect(find.mock.calls).toEqual([[header], [header]])
  })

  test('that changes the header changes its own copy, and is held to the algorithm all the same', async () => {
    const header = { alg: 'HS256', kid: 'a' }
    const change = (given: UnverifiedHeader) => {
      Object.assign(given, { alg: 'HS384', kid: 'b' })
      return hs384
    }
    expect(await choice(change, header)).toBe('ERR_ALGORITHM')
    expect(await choice(async (given) => change(given), header)).toBe('ERR_ALGORITHM')
    expect(header).toEqual({ alg: 'HS256', kid: 'a' })
  })

  test('passes its own errors on', async () => {
    const error = new Error('the database is down')
    const fail = (): never => {
      throw error
    }
    expect(() => choosing(fail, only)(a)).toThrow(error)
    await expect(choosing(async () => fail(), only)(a)).rejects.toBe(error)
  })

  const noKeys: readonly (readonly [string, unknown, RegExp])[] = [
    ['null', null, /^each of the keys found must be a key of this library/],
    ['a secret as text', 'secret', /^each of the keys found must be a key of this library/],
    ['an array of keys', [hs256], /^each of the keys found must be a key of this library/],
    ['a key set', setOf(hs256), /^each of the keys found must be a key of this library/],
    ['a private key', rs256.privateKey, /^each of the keys found is a private key that does not verify; publicKeyOf/],
  ]

  test.each(noKeys)('that returns %s is a TypeError', async (_, returned, message) => {
    for (const find of [() => returned, async () => returned]) {
      const error = await thrownBy(() => choosing(find as VerificationKeys, only)(a))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(message))
    }
  })
})

describe('a key set', () => {
  const strangers = [otherHs256, otherHs256, otherHs256]
  const sets: readonly (readonly [string, readonly VerificationKey[], string])[] = [
    ['of one', [hs256], 'accepted'],
    ['of none', [], 'ERR_KEY_NOT_FOUND'],
    ['of four', [...strangers, hs256], 'accepted'],
    ['of five', [hs256, ...strangers, otherHs256], 'ERR_KEY_AMBIGUOUS'],
    ['of five for another algorithm', Array<VerificationKey>(5).fill(hs384), 'ERR_KEY_AMBIGUOUS'],
    ['of a key for another algorithm', [hs384], 'ERR_ALGORITHM'],
    ['of one such key among others', [hs256, hs384], 'ERR_ALGORITHM'],
    ['that knows better than the kid', [secret('b')], 'accepted'],
  ]

  test.each(sets)('%s, at once or later', async (_, keys, expected) => {
    const answer = expected === 'accepted' ? keys : expected
    expect(await choice(setOf(...keys), a)).toEqual(answer)
    expect(await choice({ candidates: async () => keys }, a)).toEqual(answer)
  })

  test('that answers at once is answered for at once', () => {
    expect(choosing(setOf(hs256), only)(a)).toEqual([hs256])
    expect(choosing({ candidates: async () => [hs256] }, only)(a)).toBeInstanceOf(Promise)
  })

  test('is asked with the header, and nothing else, once each time', () => {
    const candidates = vi.fn(() => [hs256])
    const choose = choosing({ candidates }, only)
    choose(a)
    choose(a)
    expect(candidates.mock.calls).toEqual([[a], [a]])
  })

  test('that changes the header changes its own copy, and is held to the algorithm all the same', async () => {
    const header = { alg: 'HS256', kid: 'a' }
    const candidates = (given: UnverifiedHeader) => {
      Object.assign(given, { alg: 'HS384' })
      return [hs384]
    }
    expect(await choice({ candidates }, header)).toBe('ERR_ALGORITHM')
    expect(header).toEqual({ alg: 'HS256', kid: 'a' })
  })

  test('may be an instance of a class', async () => {
    class Keys implements KeySet {
      readonly #keys = [hs256]
      candidates(): readonly VerificationKey[] {
        return this.#keys
      }
    }
    expect(await choice(new Keys(), a)).toEqual([hs256])
  })

  test('that gets another method afterwards is asked by that', () => {
    const keys = { candidates: () => [hs256] }
    const choose = choosing(keys, only)
    keys.candidates = () => [otherHs256]
    expect(choose(a)).toEqual([otherHs256])
  })

  test('that changes its array afterwards has answered as it was', async () => {
    const keys: VerificationKey[] = [hs256]
    const sets: readonly KeySet[] = [{ candidates: () => keys }, { candidates: async () => keys }]
    const chosen = await Promise.all(sets.map((set) => choosing(set, only)(a)))
    keys.push(otherHs256)
    expect(chosen).toEqual([[hs256], [hs256]])
  })

  test('passes its own errors on', async () => {
    const error = new Error('the network is down')
    const fail = (): never => {
      throw error
    }
    expect(() => choosing({ candidates: fail }, only)(a)).toThrow(error)
    await expect(choosing({ candidates: async () => fail() }, only)(a)).rejects.toBe(error)
  })

  test.each<[string, unknown, RegExp]>([
    ['what is no key', ['secret'], /^each of the keys found must be a key of this library/],
    ['null among keys', [hs256, null], /^each of the keys found must be a key of this library/],
    ['a hole among keys', [hs256, , hs256], /^each of the keys found must be a key of this library/],
    ['a private key', [rs256.privateKey], /^each of the keys found is a private key that does not verify/],
    ['one key, in no array', hs256, /must answer with an array of keys/],
    ['a Set of keys', new Set([hs256]), /must answer with an array of keys/],
    ['text', 'secret', /must answer with an array of keys/],
    ['no text', '', /must answer with an array of keys/],
    ['undefined', undefined, /must answer with an array of keys/],
    ['null', null, /must answer with an array of keys/],
  ])('that answers by %s is a TypeError', async (_, answer, message) => {
    for (const candidates of [() => answer, async () => answer]) {
      const error = await thrownBy(() => choosing({ candidates } as KeySet, only)(a))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toHaveProperty('message', expect.stringMatching(message))
    }
  })
})

describe('a key set is told', () => {
  class Keys {
    candidates(): readonly VerificationKey[] {
      return []
    }
  }

  test.each<[string, unknown]>([
    ['an object with the method', setOf()],
    ['a frozen one', Object.freeze(setOf())],
    ['one without a prototype', Object.assign(Object.create(null), setOf())],
    ['an instance of a class', new Keys()],
  ])('from %s', (_, keys) => {
    expect(isKeySet(keys)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['a key', hs256],
    ['an array of keys', [hs256]],
    ['an array with the method', Object.assign([hs256], setOf())],
    ['a function', () => hs256],
    ['a function with the method', Object.assign(() => hs256, setOf())],
    ['an object without the method', {}],
    ['an object with another kind of member', { candidates: [hs256] }],
    ['null', null],
    ['undefined', undefined],
    ['text', 'candidates'],
  ])('apart from %s', (_, keys) => {
    expect(isKeySet(keys)).toBe(false)
  })

  test('apart from a key, though a polluted Object.prototype has the method', () => {
    expect(polluted({ candidates: () => [] }, () => [hs256, [hs256], () => hs256].map(isKeySet))).toEqual(
      Array(3).fill(false),
    )
  })
})
