import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { exportJwk, generateKeyPair, thumbprint, verify } from 'tittle'
import {
  createKeyRing,
  createRemoteKeySet,
  importKeyRing,
  type ExportedKeyRing,
  type KeyRing,
  type KeyRingOptions,
} from 'tittle/jwks'
import { NOW, policyBy, startServer, TestClock, until } from './setup/key-server.ts'
import { onWeb } from './setup/keys.ts'
import { claimsOf, headerOf, verdictOf } from './setup/tokens.ts'

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]
const LIFETIME = 15 * MINUTE
// What a verifier's clock may differ is waited for before a key goes.
const TOLERANCE = 300

async function ringBy(clock: TestClock, options: Partial<KeyRingOptions<'ES256'>> = {}): Promise<KeyRing> {
  return createKeyRing({ algorithm: 'ES256', tokenLifetime: LIFETIME, now: clock.now, ...options })
}

const statesOf = (ring: KeyRing) => ring.states().map(({ state }) => state)
const kidsOf = (ring: KeyRing) => ring.states().map(({ kid }) => kid)
const kidsIn = async (ring: KeyRing) => (await ring.publicJwks()).jwks.keys.map(({ kid }) => kid)
const issue = (ring: KeyRing): Promise<string> => ring.signer({ expiresIn: '15m' }).sign({ sub: 'alice' })
const verdictBy = (ring: Pick<KeyRing, 'keySet'>, token: string, clock: TestClock) =>
  verdictOf(() => verify(token, ring.keySet, policyBy(clock)))

/** What a call comes to in the background; rings make keys at once with the clock as it is. */
async function made(ring: KeyRing, count: number): Promise<void> {
  await expect.poll(() => ring.states().length, { interval: 1 }).toBe(count)
}

describe('a key of a ring', () => {
  test('waits, signs, verifies what it has signed, and goes', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock, { rotateEvery: null })
    expect(ring.states()).toEqual([{ kid: expect.any(String), state: 'active', activeAt: NOW }])
    const [first = ''] = kidsOf(ring)
    await ring.rotate()
    const [, second = ''] = kidsOf(ring)
    const switchAt = NOW + HOUR
    expect(ring.states()[1]).toEqual({ kid: second, state: 'pending', activeAt: switchAt })
    expect(await kidsIn(ring)).toEqual([first, second])
    expect(headerOf(await issue(ring))['kid']).toBe(first)

    clock.time = switchAt - 1
    expect(statesOf(ring)).toEqual(['active', 'pending'])
    const last = await issue(ring)
    expect(headerOf(last)['kid']).toBe(first)

    clock.time = switchAt
    expect(statesOf(ring)).toEqual(['retiring', 'active'])
    expect(headerOf(await issue(ring))['kid']).toBe(second)
    expect(await kidsIn(ring)).toEqual([first, second])

    const exp = Number(claimsOf(last)['exp'])
    expect(exp).toBe(switchAt - 1 + LIFETIME)
    for (const time of [switchAt, switchAt + 1, exp - 1]) {
      clock.time = time
      expect(await verdictBy(ring, last, clock)).toBe('accepted')
    }
    clock.time = exp
    expect(await verdictBy(ring, last, clock)).toBe('ERR_EXPIRED')

    clock.time = switchAt + LIFETIME + TOLERANCE - 1
    expect(statesOf(ring)).toEqual(['retiring', 'active'])
    clock.time = switchAt + LIFETIME + TOLERANCE
    expect(statesOf(ring)).toEqual(['removed', 'active'])
    expect(await kidsIn(ring)).toEqual([second])
    expect(await verdictBy(ring, last, clock)).toBe('ERR_KEY_NOT_FOUND')
    await ring.rotate()
    expect(statesOf(ring)).toEqual(['active', 'pending'])
  })

  test('verifies while it waits and while it retires, also for a verifier whose clock is five minutes slow', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    await ring.rotate()
    clock.advance(HOUR - 1)
    const token = await issue(ring)
    clock.advance(LIFETIME + TOLERANCE - 1)
    const slow = { ...policyBy(clock), clockTolerance: TOLERANCE }
    expect((await verify(token, ring.keySet, slow)).claims.sub).toBe('alice')
  })

  test('has its thumbprint as its kid', async () => {
    const ring = await ringBy(new TestClock())
    const [jwk = {}] = (await ring.publicJwks()).jwks.keys
    expect(jwk.kid).toBe(await thumbprint(jwk))
  })

  test.each(['RS256', 'ES384'] as const)('may be one for %s', async (algorithm) => {
    const clock = new TestClock()
    const ring = await createKeyRing({ algorithm, tokenLifetime: LIFETIME, now: clock.now })
    const token = await ring.signer({ expiresIn: 60 }).sign({})
    await verify(token, ring.keySet, { ...policyBy(clock), algorithms: [algorithm] })
  })
})

describe('the next key is made', () => {
  test('once, however often rotate is called while it is waited for', async () => {
    const ring = await ringBy(new TestClock())
    await Promise.all([ring.rotate(), ring.rotate(), ring.rotate()])
    await ring.rotate()
    expect(statesOf(ring)).toEqual(['active', 'pending'])
  })

  test('by maintain, so early that it can be published', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock, { rotateEvery: '1d', publishAhead: '2h' })
    clock.time = NOW + DAY - 2 * HOUR - 1
    await ring.maintain()
    expect(statesOf(ring)).toEqual(['active'])
    clock.advance(1)
    await Promise.all([ring.maintain(), ring.maintain()])
    expect(ring.states()).toMatchObject([{ state: 'active' }, { state: 'pending', activeAt: NOW + DAY }])
    await ring.maintain()
    expect(statesOf(ring)).toHaveLength(2)
  })

  test('by the signer, in the background', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    const signer = ring.signer({ expiresIn: '5m' })
    const first = headerOf(await signer.sign({}))['kid']
    clock.time = NOW + 30 * DAY - HOUR
    expect(headerOf(await signer.sign({}))['kid']).toBe(first)
    await made(ring, 2)
    clock.time = NOW + 30 * DAY
    expect(headerOf(await signer.sign({}))['kid']).toBe(kidsOf(ring)[1])
    expect(headerOf(await signer.sign({}))['kid']).not.toBe(first)
  })

  test('late, after a long sleep, and yet published before it signs', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    clock.advance(90 * DAY)
    await ring.maintain()
    expect(ring.states()).toMatchObject([{ state: 'active' }, { state: 'pending', activeAt: NOW + 90 * DAY + HOUR }])
  })

  test('by rotate alone, where rotateEvery is null', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock, { rotateEvery: null })
    clock.advance(3650 * DAY)
    await ring.maintain()
    expect(statesOf(ring)).toEqual(['active'])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('the disk is full')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('the disk is full')
      },
    ],
  ])('but is taken back where onChange %s, for nobody would know it after a restart', async (_, onChange) => {
    const clock = new TestClock()
    const ring = await ringBy(clock, { onChange })
    const kids = kidsOf(ring)
    clock.advance(30 * DAY)
    expect(await verdictBy(ring, await issue(ring), clock)).toBe('accepted')
    await expect(ring.maintain()).rejects.toThrow('the disk is full')
    await expect(ring.rotate()).rejects.toThrow('the disk is full')
    await expect(ring.remove(kids[0] ?? '')).rejects.toThrow('the disk is full')
    expect(kidsOf(ring)).toEqual(kids)
    expect(await verdictBy(ring, await issue(ring), clock)).toBe('accepted')
  })
})

describe('the signer of a ring', () => {
  test('takes the options of every signer', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    const token = await ring.signer({ expiresIn: '1m', issuer: 'i', typ: 'at+jwt' }).sign({ sub: 'alice' })
    expect(headerOf(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: kidsOf(ring)[0] })
    expect(claimsOf(token)).toEqual({ iss: 'i', sub: 'alice', iat: NOW, exp: NOW + 60 })
  })

  test.runIf(!onWeb)('signs at once where the platform does', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    expect(await verdictBy(ring, ring.signer({ expiresIn: '1m' }).signSync({}), clock)).toBe('accepted')
  })

  test('signs nothing that outlives its key', async () => {
    const ring = await ringBy(new TestClock())
    expect(() => ring.signer({ expiresIn: LIFETIME })).not.toThrow()
    for (const expiresIn of [LIFETIME + 1, '16m', '1d'] as const) {
      expect(() => ring.signer({ expiresIn })).toThrow('must not be longer than the tokenLifetime')
    }
    for (const expiresIn of [null, undefined, '1 h', -1]) {
      expect(() => ring.signer({ expiresIn } as never)).toThrow('options.expiresIn must be a whole number of seconds')
    }
    await expect(ring.signer({ expiresIn: '1m' }).sign({ exp: NOW + DAY })).rejects.toThrow('claims.exp')
    expect(() => ring.signer({ expiresIn: '1m', issuer: '' })).toThrow('options.issuer')
  })
})

describe('remove', () => {
  test('takes the active key out, and another one signs at once', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    const [leaked = ''] = kidsOf(ring)
    const [signer, token] = [ring.signer({ expiresIn: '1m' }), await issue(ring)]
    const removal = ring.remove(leaked)
    // Until another can, it signs on: there is never none.
    expect(headerOf(await signer.sign({}))['kid']).toBe(leaked)
    await removal
    expect(statesOf(ring)).toEqual(['active'])
    expect(kidsOf(ring)).not.toContain(leaked)
    expect(await kidsIn(ring)).toEqual(kidsOf(ring))
    expect(await verdictBy(ring, token, clock)).toBe('ERR_KEY_NOT_FOUND')
    expect(await verdictBy(ring, await signer.sign({}), clock)).toBe('accepted')
  })

  test('takes the active key out, and the pending one takes its turn', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    await ring.rotate()
    const [leaked = '', next = ''] = kidsOf(ring)
    const token = await issue(ring)
    await ring.remove(leaked)
    expect(ring.states()).toEqual([{ kid: next, state: 'active', activeAt: NOW }])
    expect(await verdictBy(ring, token, clock)).toBe('ERR_KEY_NOT_FOUND')
    expect(headerOf(await issue(ring))['kid']).toBe(next)
  })

  test('takes a pending key out, and the active one signs on', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    await ring.rotate()
    const [active = '', next = ''] = kidsOf(ring)
    await ring.remove(next)
    expect(kidsOf(ring)).toEqual([active])
    clock.advance(2 * HOUR)
    expect(await verdictBy(ring, await issue(ring), clock)).toBe('accepted')
    await ring.rotate()
    expect(statesOf(ring)).toEqual(['active', 'pending'])
  })

  test('takes a retiring key out, whose tokens no longer verify', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    const [leaked = ''] = kidsOf(ring)
    await ring.rotate()
    clock.advance(HOUR)
    const token = await ring.signer({ expiresIn: '1m' }).sign({})
    expect(statesOf(ring)).toEqual(['retiring', 'active'])
    await ring.remove(leaked)
    expect(statesOf(ring)).toEqual(['active'])
    expect(await verdictBy(ring, token, clock)).toBe('accepted')
  })

  test('takes the active key out beside one that retires, and a verifier that was asked before knows it', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    const old = await issue(ring)
    await ring.rotate()
    clock.advance(HOUR)
    const token = await issue(ring)
    const [, leaked = ''] = kidsOf(ring)
    expect(await verdictBy(ring, token, clock)).toBe('accepted')
    await ring.remove(leaked)
    expect(statesOf(ring)).toEqual(['retiring', 'active'])
    expect(await verdictBy(ring, token, clock)).toBe('ERR_KEY_NOT_FOUND')
    expect(await verdictBy(ring, await issue(ring), clock)).toBe('accepted')
    expect(await verdictBy(ring, old, clock)).toBe('ERR_EXPIRED')
  })

  test('is not undone where a change before it cannot be kept after all', async () => {
    const keeps: { readonly keep: () => void; readonly fail: (error: Error) => void }[] = []
    const onChange = (): Promise<void> => new Promise((keep, fail) => keeps.push({ keep, fail }))
    const ring = await ringBy(new TestClock(), { onChange })
    const [leaked = ''] = kidsOf(ring)
    const rotation = ring.rotate()
    await until(() => keeps.length === 1)
    const removal = ring.remove(leaked)
    await until(() => keeps.length === 2)
    keeps[1]?.keep()
    await removal
    keeps[0]?.fail(new Error('the disk is full'))
    await expect(rotation).rejects.toThrow('the disk is full')
    expect(statesOf(ring)).toEqual(['active'])
    expect(kidsOf(ring)).not.toContain(leaked)
  })

  test('does not call back a key that has gone before', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock, { rotateEvery: null })
    const [gone = ''] = kidsOf(ring)
    await ring.rotate()
    clock.advance(DAY)
    expect(statesOf(ring)).toEqual(['removed', 'active'])
    await ring.remove(kidsOf(ring)[1] ?? '')
    expect(statesOf(ring)).toEqual(['active'])
    expect(kidsOf(ring)).not.toContain(gone)
  })

  test('keeps the turns in order while a key is being made', async () => {
    const ring = await ringBy(new TestClock())
    const [leaked = ''] = kidsOf(ring)
    await Promise.all([ring.rotate(), ring.remove(leaked)])
    expect(statesOf(ring)).toEqual(['active', 'pending'])
    expect(kidsOf(ring)).not.toContain(leaked)
    const other = await ringBy(new TestClock())
    await Promise.all([other.remove(kidsOf(other)[0] ?? ''), other.rotate()])
    expect(statesOf(other)).toEqual(['active', 'pending'])
  })

  test.each(['', 'unknown', '__proto__'])('does not take %j for a key', async (kid) => {
    const ring = await ringBy(new TestClock())
    await expect(ring.remove(kid)).rejects.toThrow(new TypeError('the ring has no key of this kid'))
    expect(statesOf(ring)).toEqual(['active'])
  })

  test('and rotate tell onChange, when there is something new to export', async () => {
    const exports: Promise<ExportedKeyRing>[] = []
    const ring: KeyRing = await ringBy(new TestClock(), { onChange: () => void exports.push(ring.export()) })
    expect(exports).toHaveLength(0)
    await ring.rotate()
    await ring.rotate()
    expect(exports).toHaveLength(1)
    await ring.remove(kidsOf(ring)[0] ?? '')
    expect((await Promise.all(exports)).map(({ keys }) => keys.length)).toEqual([2, 1])
  })
})

describe('what is published', () => {
  test('are the public members of the keys, and for how long to keep them', async () => {
    const ring = await ringBy(new TestClock())
    await ring.rotate()
    const { jwks, cacheControl } = await ring.publicJwks()
    expect(jwks.keys).toHaveLength(2)
    for (const jwk of jwks.keys) {
      expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      expect(jwk).toMatchObject({ alg: 'ES256', use: 'sig' })
    }
    expect(cacheControl).toBe('public, max-age=1800')
  })

  test.each([
    [120, 60],
    ['3m', 90],
    [121, 60],
    ['2d', 86_400],
  ] as const)('is kept half as long as a key waits (%s: %i s)', async (publishAhead, age) => {
    const ring = await ringBy(new TestClock(), { publishAhead })
    expect((await ring.publicJwks()).cacheControl).toBe(`public, max-age=${age}`)
  })

  test('does not give the private keys away, nor does the ring itself', async () => {
    const ring = await ringBy(new TestClock())
    const d = (await ring.export()).keys[0]?.jwk.d ?? ''
    expect(d).toMatch(/^[\w-]{43}$/)
    const shown = [ring, await ring.publicJwks(), ring.states()]
    expect(inspect(shown, { depth: Infinity, showHidden: true }) + JSON.stringify(shown)).not.toContain(d)
  })
})

describe('a ring that was exported', () => {
  test('is the same ring elsewhere', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    await ring.rotate()
    clock.advance(HOUR + 60)
    const old = await issue(ring)
    await ring.rotate()
    expect(statesOf(ring)).toEqual(['retiring', 'active', 'pending'])
    const exported = JSON.parse(JSON.stringify(await ring.export()))
    exported.keys.reverse()
    const options = { algorithm: 'ES256', tokenLifetime: LIFETIME, now: clock.now } as const
    const twin = await importKeyRing(exported, options)
    expect(twin.states()).toEqual(ring.states())
    expect(await twin.publicJwks()).toEqual(await ring.publicJwks())
    expect(await twin.export()).toEqual(await ring.export())
    expect(await verdictBy(twin, old, clock)).toBe('accepted')
    expect(await verdictBy(ring, await issue(twin), clock)).toBe('accepted')
    clock.advance(HOUR)
    expect(twin.states()).toEqual(ring.states())
    expect(headerOf(await issue(twin))['kid']).toBe(headerOf(await issue(ring))['kid'])
  })

  test('leaves keys behind that are gone', async () => {
    const clock = new TestClock()
    const ring = await ringBy(clock)
    await ring.rotate()
    clock.advance(DAY)
    expect(statesOf(ring)).toEqual(['removed', 'active'])
    expect((await ring.export()).keys).toHaveLength(1)
  })

  test('signs with the first of its keys, though the clock is behind the one that made it', async () => {
    const clock = new TestClock()
    const { keys } = await (await ringBy(clock)).export()
    const later = { keys: keys.map((key) => ({ ...key, activeAt: NOW + 60 })) }
    const ring = await importKeyRing(later, { algorithm: 'ES256', tokenLifetime: 60, now: clock.now })
    expect(statesOf(ring)).toEqual(['active'])
    expect(await verdictBy(ring, await ring.signer({ expiresIn: 1 }).sign({}), clock)).toBe('accepted')
  })

  test('is a TypeError where it is damaged', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const rsa = await exportJwk((await generateKeyPair('RS256', { kid: 'r' })).privateKey)
    const jwk = { ...(await exportJwk(privateKey)), kid: 'a' }
    const damaged: readonly [unknown, RegExp][] = [
      [undefined, /wants { keys/],
      [{}, /wants { keys/],
      [{ keys: [] }, /wants { keys/],
      [{ keys: 'a' }, /wants { keys/],
      [{ keys: [null] }, /./],
      [{ keys: [{ jwk, activeAt: NOW }, { jwk }] }, /^keys\[1\]\.activeAt/],
      [{ keys: [{ jwk, activeAt: NOW * 1000 }] }, /^keys\[0\]\.activeAt/],
      [{ keys: [{ jwk: { ...jwk, kid: undefined }, activeAt: NOW }] }, /^keys\[0\]\.jwk must have a "kid"/],
      [{ keys: [{ jwk: { ...(await exportJwk(publicKey)), kid: 'a' }, activeAt: NOW }] }, /public JWK/],
      [{ keys: [{ jwk: rsa, activeAt: NOW }] }, /"kty" must be "EC"/],
    ]
    for (const [exported, words] of damaged) {
      const run = importKeyRing(exported as ExportedKeyRing, { algorithm: 'ES256', tokenLifetime: 60 })
      await expect(run).rejects.toThrow(TypeError)
      await expect(run).rejects.toThrow(words)
    }
  })
})

describe('a mistake in the program is a TypeError', () => {
  test.each<[object | null, RegExp]>([
    [{ algorithm: 'HS256' }, /HS256 is an algorithm for secrets/],
    [{ algorithm: 'none' }, /must be one of/],
    [{ algorithm: undefined }, /must be one of/],
    [{ tokenLifetime: undefined }, /createKeyRing: tokenLifetime must be a whole number/],
    [{ tokenLifetime: null }, /createKeyRing: tokenLifetime must be a whole number/],
    [{ tokenLifetime: '15 minutes' }, /createKeyRing: tokenLifetime must be a whole number/],
    [{ publishAhead: 119 }, /createKeyRing: publishAhead must be 120 s or more/],
    [{ publishAhead: 0 }, /createKeyRing: publishAhead must be 120 s or more/],
    [{ publishAhead: -1 }, /createKeyRing: publishAhead must be a whole number/],
    [{ rotateEvery: 3600 }, /createKeyRing: rotateEvery must be longer than publishAhead/],
    [{ rotateEvery: 'never' }, /createKeyRing: rotateEvery must be a whole number/],
    [{ onChange: {} }, /createKeyRing: onChange must be a function/],
    [{ onChange: null }, /createKeyRing: onChange must be a function/],
    [{ now: NOW }, /createKeyRing: now must be a function/],
    [{ lifetime: '15m' }, /createKeyRing: there is no option "lifetime"/],
    [null, /createKeyRing: the options must be a plain object/],
  ])('as %j', async (options, words) => {
    const given = options && { algorithm: 'ES256', tokenLifetime: '15m', ...options }
    const run = createKeyRing(given as never)
    await expect(run).rejects.toThrow(TypeError)
    await expect(run).rejects.toThrow(words)
  })
})

test('a remote key set fed by a ring over HTTP goes through two rotations, and no verification fails', async () => {
  const clock = new TestClock()
  const ring = await ringBy(clock, { rotateEvery: '12h', publishAhead: '30m' })
  const server = await startServer(async () => {
    const { jwks, cacheControl } = await ring.publicJwks()
    return { body: jwks, headers: { 'cache-control': cacheControl } }
  })
  const remote = createRemoteKeySet(server.url, { now: clock.now, cooldown: '1h' })
  const signer = ring.signer({ expiresIn: '15m' })
  const tokens: string[] = []
  const kids = new Set<unknown>()
  for (let minute = 0; minute < 26 * 60; minute += 6) {
    clock.time = NOW + minute * MINUTE
    await ring.maintain()
    tokens.push(await signer.sign({ sub: 'alice' }))
    const live = tokens.slice(-2)
    kids.add(headerOf(live.at(-1) ?? '')['kid'])
    for (const token of live) expect(await verdictBy({ keySet: remote }, token, clock)).toBe('accepted')
  }
  expect(kids.size).toBe(3)
  expect(server.requests.length).toBeLessThan(tokens.length * 0.6)
})
