import { describe, expect, test } from 'vitest'
import { createVerifier, verify, verifySync } from 'tittle'
import { createRemoteKeySet, type CachedKeySet, type RemoteKeySet, type RemoteKeySetOptions } from 'tittle/jwks'
import {
  EventLog,
  makeKey,
  NOW,
  policyBy,
  startServer,
  TestClock,
  tokenOf,
  until,
  type Answer,
  type KeyServer,
  type TestKey,
} from './setup/key-server.ts'
import { onWeb } from './setup/keys.ts'
import { thrownBy, verdictOf } from './setup/tokens.ts'

const [a, b] = await Promise.all([makeKey('a'), makeKey('b')])
const [tokenA, tokenB] = await Promise.all([tokenOf(a), tokenOf(b)])
const [header, ...rest] = tokenA.split('.')

/** Alice's token under another kid: a header that a flood costs nothing. */
function withKid(kid: string): string {
  const changed = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'JWT', kid })).toString('base64url')
  expect(changed).not.toBe(header)
  return [changed, ...rest].join('.')
}

const jwks = (...keys: readonly TestKey[]) => ({ keys: keys.map(({ jwk }) => jwk) })
const maxAge = (seconds: number) => ({ 'cache-control': `max-age=${seconds}` })

interface Bench {
  readonly server: KeyServer
  readonly clock: TestClock
  readonly log: EventLog
  readonly set: RemoteKeySet
  /** What verification says of a token. */
  readonly verdict: (token: string) => Promise<string>
  /** Another set on the same server, clock and log. */
  readonly another: (options?: RemoteKeySetOptions) => Bench
}

async function bench(answer: Answer | (() => Answer), options: RemoteKeySetOptions = {}): Promise<Bench> {
  const server = await startServer(answer)
  const clock = new TestClock()
  const log = new EventLog()
  const another = (more: RemoteKeySetOptions = {}): Bench => {
    const set = createRemoteKeySet(server.url, { now: clock.now, onEvent: log.add, ...options, ...more })
    const { verify } = createVerifier(set, policyBy(clock))
    return { server, clock, log, set, another, verdict: (token) => verdictOf(() => verify(token)) }
  }
  return another()
}

const down: Answer = { status: 503 }
const isServed = (server: KeyServer, count: number) => until(() => server.requests.length === count)

describe('a remote key set', () => {
  test('is fetched when it is first wanted, not before', async () => {
    const { server, verdict, log } = await bench({ body: jwks(a, b) })
    expect(server.requests).toEqual([])
    expect(await verdict(tokenA)).toBe('accepted')
    expect(await verdict(tokenB)).toBe('accepted')
    expect(server.requests).toEqual(['/jwks.json'])
    expect(log.events).toEqual([{ type: 'fetched', keys: 2, changed: true, expiresAt: NOW + 600 }])
  })

  test('is fetched once for a hundred verifications that want it at once', async () => {
    const { server, verdict } = await bench({ body: jwks(a, b) })
    const verdicts = await Promise.all(Array.from({ length: 100 }, (_, i) => verdict(i % 2 ? tokenA : tokenB)))
    expect(new Set(verdicts)).toEqual(new Set(['accepted']))
    expect(server.requests).toHaveLength(1)
  })

  test('is fetched by preload once, and by refresh each time', async () => {
    const { server, set, verdict, clock } = await bench({ body: jwks(a) })
    await Promise.all([set.preload(), set.preload()])
    await set.preload()
    expect(server.requests).toHaveLength(1)
    expect(await verdict(tokenA)).toBe('accepted')
    await set.refresh()
    await Promise.all([set.refresh(), set.refresh()])
    expect(server.requests).toHaveLength(3)
    clock.advance(600)
    await set.preload()
    expect(server.requests).toHaveLength(4)
  })

  test.runIf(!onWeb)('answers verifySync while it is warm, and not before', async () => {
    const { set, clock } = await bench({ body: jwks(a) })
    expect(() => verifySync(tokenA, set, policyBy(clock))).toThrow(
      expect.objectContaining({ name: 'JwtError', code: 'ERR_KEYSET_UNAVAILABLE' }),
    )
    await set.preload()
    expect(verifySync(tokenA, set, policyBy(clock)).claims.sub).toBe('alice')
    clock.advance(599)
    expect(verifySync(tokenA, set, policyBy(clock)).claims.sub).toBe('alice')
  })

  test('is fetched anew where the clock was set back, for all that it keeps would stay young', async () => {
    const { server, clock, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    server.respond = () => ({ body: jwks(b) })
    clock.advance(-365 * 86_400)
    expect(await verdict(tokenA)).not.toBe('accepted')
    expect(server.requests).toHaveLength(2)
  })

  test('serves on where the clock was set back while the server is away', async () => {
    const { server, clock, set } = await bench({ body: jwks(a) })
    await set.preload()
    server.respond = () => down
    clock.advance(-3600)
    expect(await set.candidates({ alg: 'ES256', kid: 'a' })).toHaveLength(1)
    expect(server.requests).toHaveLength(2)
  })

  test('is not there where the clock was set back and the server has never answered', async () => {
    const { clock, verdict } = await bench(down)
    for (const back of [0, 3600, 3600]) {
      clock.advance(-back)
      expect(await verdict(tokenA)).toBe('ERR_KEYSET_UNAVAILABLE')
    }
  })

  test('takes a URL object, and the fetch of the platform', async () => {
    const { server, clock } = await bench({ body: jwks(a) })
    const set = createRemoteKeySet(new URL(server.url))
    expect((await verify(tokenA, set, policyBy(clock))).key.kid).toBe('a')
    expect(Object.isFrozen(set)).toBe(true)
  })

  test('of a thousand keys is taken, of one more it is not', async () => {
    const keys = Array.from({ length: 1000 }, (_, i) => ({ ...b.jwk, kid: `b${i}` }))
    const { server, set, another, verdict } = await bench({ body: { keys: [a.jwk, ...keys.slice(1)] } })
    expect(await verdict(tokenA)).toBe('accepted')
    server.respond = () => ({ body: { keys: [a.jwk, ...keys] } })
    expect(await another().verdict(tokenA)).toBe('ERR_KEYSET_INVALID')
    await expect(set.refresh()).rejects.toThrow('more than 1000 keys')
    expect(await verdict(tokenA)).toBe('accepted')
  })
})

describe('a set lives', () => {
  test.each<[string, Record<string, string>, number]>([
    ['10 minutes where nothing is said', {}, 600],
    ['1 minute for max-age=0', maxAge(0), 60],
    ['1 minute for max-age=10', maxAge(10), 60],
    ['as long as max-age says', maxAge(1234), 1234],
    ['24 hours for max-age=1000000000', maxAge(1e9), 86_400],
    ['less where it has aged on the way', { ...maxAge(1000), age: '300' }, 700],
    ['1 minute where it is too old already', { ...maxAge(1000), age: '5000' }, 60],
    ['1 minute for no-cache', { 'cache-control': 'no-cache' }, 60],
  ])('%s', async (_, headers, age) => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a), headers })
    await verdict(tokenA)
    expect(log.events).toEqual([{ type: 'fetched', keys: 1, changed: true, expiresAt: NOW + age }])
    clock.advance(Math.ceil(age * 0.8) - 1)
    await verdict(tokenA)
    expect(server.requests).toHaveLength(1)
    clock.time = NOW + age
    await verdict(tokenA)
    expect(server.requests).toHaveLength(2)
  })

  test('until a fifth of its life is left, and then it is fetched in the background while it serves', async () => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    server.respond = async () => gate.then(() => ({ body: jwks(b) }))
    clock.advance(480)
    for (let i = 0; i < 20; i++) expect(await verdict(tokenA)).toBe('accepted')
    await isServed(server, 2)
    expect(await verdict(tokenA)).toBe('accepted')
    release()
    await until(() => log.count('fetched') === 2)
    expect(await verdict(tokenB)).toBe('accepted')
    expect(await verdict(tokenA)).toBe('ERR_KEY_NOT_FOUND')
    expect(server.requests).toHaveLength(2)
  })

  test('longer for the same ETag, of which the document is not sent again', async () => {
    const tags: unknown[] = []
    const { server, clock, log, set, verdict } = await bench({})
    server.respond = ({ headers }) => {
      tags.push(headers['if-none-match'])
      const known = headers['if-none-match'] === '"1"'
      return { status: known ? 304 : 200, body: jwks(a), headers: { ...maxAge(known ? 120 : 60), etag: '"1"' } }
    }
    await set.preload()
    clock.advance(60)
    expect(await verdict(tokenA)).toBe('accepted')
    clock.advance(95)
    expect(await verdict(tokenA)).toBe('accepted')
    expect(tags).toEqual([undefined, '"1"'])
    expect(log.events).toEqual([
      { type: 'fetched', keys: 1, changed: true, expiresAt: NOW + 60 },
      { type: 'fetched', keys: 1, changed: false, expiresAt: NOW + 180 },
    ])
    server.respond = () => ({ body: jwks(b), headers: { etag: '"2"' } })
    await set.refresh()
    expect(await verdict(tokenA)).toBe('ERR_KEY_NOT_FOUND')
    expect(await verdict(tokenB)).toBe('accepted')
  })
})

describe('after a rotation', () => {
  test('a key that was removed stops verifying at the next refresh', async () => {
    const { server, set, verdict } = await bench({ body: jwks(a, b) })
    expect(await verdict(tokenA)).toBe('accepted')
    server.respond = () => ({ body: jwks(b) })
    await set.refresh()
    expect(await verdict(tokenA)).toBe('ERR_KEY_NOT_FOUND')
    expect(await verdict(tokenB)).toBe('accepted')
  })

  test('a key that took the place of another under the same kid is the new one', async () => {
    const { server, set, verdict } = await bench({ body: jwks(a) })
    const replaced = await tokenOf(b, 'a')
    expect(await verdict(replaced)).toBe('ERR_SIGNATURE')
    server.respond = () => ({ body: { keys: [{ ...b.jwk, kid: 'a' }] } })
    await set.refresh()
    expect(await verdict(replaced)).toBe('accepted')
    expect(await verdict(tokenA)).toBe('ERR_SIGNATURE')
  })

  test('a new key is fetched when it is first seen, at most once in a cool-down', async () => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    server.respond = () => ({ body: jwks(a, b) })
    expect(await verdict(tokenB)).toBe('ERR_KEY_NOT_FOUND')
    expect(log.events.at(-1)).toEqual({ type: 'cooldown', until: NOW + 30 })
    clock.advance(29)
    expect(await verdict(tokenB)).toBe('ERR_KEY_NOT_FOUND')
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdict(tokenB)))
    expect(new Set(verdicts)).toEqual(new Set(['accepted']))
    expect(server.requests).toHaveLength(2)
  })

  test('the cool-down is as long as the option says', async () => {
    const { server, clock, verdict } = await bench({ body: jwks(a) }, { cooldown: '5m' })
    await verdict(tokenA)
    clock.advance(299)
    await verdict(tokenB)
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    await verdict(tokenB)
    expect(server.requests).toHaveLength(2)
  })

  test('a slow answer of the old generation never takes the place of the new one', async () => {
    const { server, set, verdict } = await bench({ body: jwks(a) })
    const gates: (() => void)[] = []
    server.respond = async () => {
      const generation = gates.length
      await new Promise<void>((resolve) => gates.push(resolve))
      return { body: jwks(generation === 0 ? a : b) }
    }
    const first = set.refresh()
    const second = set.refresh()
    await until(() => gates.length > 0)
    const third = verdict(tokenA)
    gates[0]?.()
    await Promise.all([first, second])
    expect(await third).toBe('accepted')
    const fourth = set.refresh()
    await until(() => gates.length > 1)
    gates[1]?.()
    await fourth
    expect(server.requests).toHaveLength(2)
    expect(await verdict(tokenB)).toBe('accepted')
    expect(await verdict(tokenA)).toBe('ERR_KEY_NOT_FOUND')
  })
})

describe('a flood of a thousand unknown kids', () => {
  const flood = Array.from({ length: 1000 }, (_, i) => withKid(`unknown-${i}`))

  test('costs two requests at most, while a thousand known ones pass', async () => {
    const { server, clock, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    clock.advance(30)
    const verdicts = await Promise.all(flood.flatMap((token) => [verdict(token), verdict(tokenA)]))
    expect(verdicts.filter((each) => each === 'accepted')).toHaveLength(1000)
    expect(verdicts.filter((each) => each === 'ERR_KEY_NOT_FOUND')).toHaveLength(1000)
    expect(server.requests.length).toBeLessThanOrEqual(2)
  })

  test('costs one request where nothing has been fetched yet', async () => {
    const { server, log, verdict } = await bench({ body: jwks(a) })
    const verdicts = await Promise.all(flood.map(verdict))
    expect(new Set(verdicts)).toEqual(new Set(['ERR_KEY_NOT_FOUND']))
    expect(server.requests).toHaveLength(1)
    expect(log.count('cooldown')).toBe(1000)
  })

  test('does not keep those who know their key waiting', async () => {
    const { server, clock, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    clock.advance(30)
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    server.respond = () => gate.then(() => ({ body: jwks(a) }))
    const attacked = Promise.all(flood.map(verdict))
    await isServed(server, 2)
    for (let i = 0; i < 100; i++) expect(await verdict(tokenA)).toBe('accepted')
    release()
    expect(new Set(await attacked)).toEqual(new Set(['ERR_KEY_NOT_FOUND']))
  })

  test('does not hide a rotation for longer than one cool-down', async () => {
    const { server, clock, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    await Promise.all(flood.slice(0, 100).map(verdict))
    server.respond = () => ({ body: jwks(a, b) })
    let accepted = Infinity
    for (let second = 0; second <= 30 && accepted === Infinity; second++) {
      await Promise.all(flood.slice(second * 30, second * 30 + 30).map(verdict))
      if ((await verdict(tokenB)) === 'accepted') accepted = second
      else clock.advance(1)
    }
    expect(accepted).toBeLessThanOrEqual(30)
    expect(server.requests).toHaveLength(2)
  })
})

describe('while the server is away', () => {
  test('for thirty minutes, no verification fails and the server is left alone', async () => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a) })
    expect(await verdict(tokenA)).toBe('accepted')
    server.respond = () => down
    for (let second = 0; second < 1800; second += 10) {
      clock.advance(10)
      const failed = log.count('failed')
      const [asked, verdicts] = [server.requests.length, await Promise.all([verdict(tokenA), verdict(tokenA)])]
      expect(verdicts).toEqual(['accepted', 'accepted'])
      // Whatever was begun in the background fails before the clock goes on.
      await new Promise((resolve) => setImmediate(resolve))
      if (server.requests.length > asked) await until(() => log.count('failed') > failed)
    }
    await until(() => log.count('failed') === server.requests.length - 1)
    expect(server.requests.length).toBeGreaterThan(10)
    expect(server.requests.length).toBeLessThan(40)
    expect(log.count('stale')).toBeGreaterThan(100)
    server.respond = () => ({ body: jwks(a, b) })
    clock.advance(60)
    expect(await verdict(tokenA)).toBe('accepted')
    await until(() => log.count('fetched') === 2)
    expect(await verdict(tokenB)).toBe('accepted')
  })

  test('it is asked again after 1 s, 2 s, 4 s, up to a minute', async () => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    server.respond = () => down
    clock.advance(600)
    const waits: number[] = []
    for (let n = 1; n <= 9; n++) {
      expect(await verdict(tokenA)).toBe('accepted')
      await until(() => log.count('failed') === n)
      const event = log.events.filter(({ type }) => type === 'failed').at(-1)
      const retryAt = event?.type === 'failed' ? event.retryAt : 0
      waits.push(retryAt - clock.time)
      clock.time = retryAt - 0.5
      expect(await verdict(tokenA)).toBe('accepted')
      clock.time = retryAt
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(server.requests).toHaveLength(10)
  })

  test('the backoff begins anew after each recovery', async () => {
    const { server, clock, log, set } = await bench(down)
    for (const count of [1, 2]) {
      await expect(set.refresh()).rejects.toMatchObject({ code: 'ERR_KEYSET_UNAVAILABLE' })
      expect(log.events.at(-1)).toMatchObject({ type: 'failed', retryAt: clock.time + count })
    }
    server.respond = () => ({ body: jwks(a) })
    await set.refresh()
    server.respond = () => down
    await expect(set.refresh()).rejects.toThrow()
    expect(log.events.at(-1)).toMatchObject({ type: 'failed', retryAt: clock.time + 1 })
  })

  test('the old set serves on for staleIfError, and not longer', async () => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a) }, { staleIfError: '2m' })
    await verdict(tokenA)
    server.respond = () => down
    clock.time = NOW + 600
    expect(await verdict(tokenA)).toBe('accepted')
    expect(log.events.at(-1)).toEqual({ type: 'stale', until: NOW + 720 })
    clock.time = NOW + 719
    expect(await verdict(tokenA)).toBe('accepted')
    await until(() => log.count('failed') === 2)
    clock.time = NOW + 720
    expect(await verdict(tokenA)).toBe('ERR_KEYSET_UNAVAILABLE')
    clock.time = NOW + 800
    expect(await verdict(tokenA)).toBe('ERR_KEYSET_UNAVAILABLE')
  })

  test('a key that is unknown may be a new one: 503, and no 401', async () => {
    const { server, clock, log, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    server.respond = () => down
    clock.advance(30)
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdict(tokenB)))
    expect(new Set(verdicts)).toEqual(new Set(['ERR_KEYSET_UNAVAILABLE']))
    expect(await verdict(tokenB)).toBe('ERR_KEYSET_UNAVAILABLE')
    expect(await verdict(tokenA)).toBe('accepted')
    expect(server.requests).toHaveLength(2)
    server.respond = () => ({ body: jwks(a, b) })
    clock.advance(1)
    expect(await verdict(tokenB)).toBe('ERR_KEYSET_UNAVAILABLE')
    await until(() => log.count('fetched') === 2)
    expect(await verdict(tokenB)).toBe('accepted')
  })

  test('an unknown key under an expired set is 503 as well', async () => {
    const { server, clock, verdict } = await bench({ body: jwks(a) })
    await verdict(tokenA)
    server.respond = () => down
    clock.advance(700)
    expect(await verdict(tokenB)).toBe('ERR_KEYSET_UNAVAILABLE')
    expect(await verdict(tokenA)).toBe('accepted')
  })

  test('and was never there, twenty verifications cost one request', async () => {
    const { server, verdict, clock, log } = await bench(down)
    for (let i = 0; i < 10; i++) expect(await verdict(tokenA)).toBe('ERR_KEYSET_UNAVAILABLE')
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => verdict(tokenA)))
    expect(new Set(verdicts)).toEqual(new Set(['ERR_KEYSET_UNAVAILABLE']))
    expect(server.requests).toHaveLength(1)
    expect(log.types).toEqual(['failed'])
    server.respond = () => ({ body: jwks(a) })
    clock.advance(1)
    expect(await verdict(tokenA)).toBe('accepted')
  })

  test('and was never there, twenty verifications at once and by the machine’s clock cost two requests at most', async () => {
    const { server, another } = await bench(down)
    const { verdict } = another({ now: undefined })
    await Promise.all(Array.from({ length: 20 }, () => verdict(tokenA)))
    expect(server.requests.length).toBeLessThanOrEqual(2)
  })

  test('the answer says so, and holds nothing of the token', async () => {
    const { set, clock } = await bench(down)
    const error = await thrownBy(() => verify(tokenA, set, policyBy(clock)))
    expect(error).toMatchObject({ name: 'JwtError', code: 'ERR_KEYSET_UNAVAILABLE' })
    expect((error as Error).message).toBe(
      'the key server answers with status 503, where 200 is wanted; redirects are not followed',
    )
  })

  test.runIf(!onWeb)('verifySync answers from the old set', async () => {
    const { server, set, clock } = await bench({ body: jwks(a) })
    await set.preload()
    server.respond = () => down
    clock.advance(600)
    await expect(set.preload()).rejects.toMatchObject({ code: 'ERR_KEYSET_UNAVAILABLE' })
    expect(verifySync(tokenA, set, policyBy(clock)).claims.sub).toBe('alice')
  })
})

describe('an answer that is no key set', () => {
  const bad: Readonly<Record<string, [Answer, string]>> = {
    'a page': [{ body: '<html></html>', headers: { 'content-type': 'text/html' } }, 'ERR_KEYSET_INVALID'],
    garbage: [{ body: '{"keys":[' }, 'ERR_KEYSET_INVALID'],
    'a name twice': [{ body: '{"keys":[],"keys":[]}' }, 'ERR_KEYSET_INVALID'],
    'an object without keys': [{ body: {} }, 'ERR_KEYSET_INVALID'],
    'keys that are no array': [{ body: { keys: a.jwk } }, 'ERR_KEYSET_INVALID'],
    'a private key': [{ body: { keys: [a.jwk, { ...b.jwk, d: 'AAAA' }] } }, 'ERR_KEYSET_INVALID'],
    'a symmetric key': [{ body: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'ERR_KEYSET_INVALID'],
    '10 MB': [{ body: Buffer.alloc(10_000_000, ' ') }, 'ERR_KEYSET_INVALID'],
    'a redirect': [{ status: 302, headers: { location: '/jwks.json' } }, 'ERR_KEYSET_UNAVAILABLE'],
    'a 304 out of the blue': [{ status: 304 }, 'ERR_KEYSET_UNAVAILABLE'],
  }

  test.each(Object.entries(bad))('is %s', async (_, [answer, code]) => {
    const { server, clock, log, verdict } = await bench(answer)
    expect(await verdict(tokenA)).toBe(code)
    expect(log.events).toEqual([
      { type: 'failed', error: expect.objectContaining({ name: 'JwtError', code }), retryAt: NOW + 1 },
    ])
    expect(server.requests).toHaveLength(1)
    server.respond = () => ({ body: jwks(a) })
    clock.advance(1)
    expect(await verdict(tokenA)).toBe('accepted')
    server.respond = () => answer
    clock.advance(600)
    expect(await verdict(tokenA)).toBe('accepted')
  })

  test('names the index of a private key', async () => {
    const { set } = await bench({ body: { keys: [a.jwk, { ...b.jwk, d: 'AAAA' }] } })
    await expect(set.preload()).rejects.toThrow('keys[1] has a "d"')
  })

  test('and malformed keys in one that is one are passed over', async () => {
    const keys = [null, { kty: 'EC' }, { kty: 'future', kid: 'a' }, { ...b.jwk, x: 'AAAA' }, a.jwk]
    const { log, verdict } = await bench({ body: { keys } })
    expect(await verdict(tokenA)).toBe('accepted')
    expect(log.events[0]).toMatchObject({ keys: 1 })
  })

  test('hangs before the first octet, in the middle, or in a fetch that ignores the signal, until the timeout', async () => {
    const hanging = await Promise.all([
      bench({ body: jwks(a), hang: 'before' }, { timeout: '1s' }),
      bench({ body: jwks(a), hang: 'middle' }, { timeout: '1s' }),
      bench({}, { timeout: 1, fetch: () => new Promise(() => {}) }),
    ])
    const verdicts = await Promise.all(hanging.map(({ verdict }) => verdict(tokenA)))
    expect(new Set(verdicts)).toEqual(new Set(['ERR_KEYSET_UNAVAILABLE']))
  })
})

describe('the option fetch', () => {
  test('takes the place of the platform’s', async () => {
    const calls: string[] = []
    const { server, verdict } = await bench(
      { body: jwks(a) },
      {
        fetch: (url, init) => {
          calls.push(url)
          return globalThis.fetch(url, init)
        },
      },
    )
    expect(await verdict(tokenA)).toBe('accepted')
    expect(calls).toEqual([server.url])
  })

  test('may throw, by a promise or not', async () => {
    for (const fetch of [
      () => Promise.reject(new Error('no net')),
      () => {
        throw new Error('no net')
      },
    ]) {
      const { verdict } = await bench({}, { fetch })
      expect(await verdict(tokenA)).toBe('ERR_KEYSET_UNAVAILABLE')
    }
  })

  test('may answer with nonsense', async () => {
    const { verdict } = await bench({}, { fetch: (async () => undefined) as never })
    expect(await verdict(tokenA)).toBe('ERR_KEYSET_INVALID')
  })
})

describe('the option cache', () => {
  function memory(kept?: unknown) {
    const cache = {
      kept: kept as CachedKeySet | undefined,
      reads: 0,
      get: async () => {
        cache.reads++
        return cache.kept
      },
      set: async (cached: CachedKeySet) => {
        cache.kept = JSON.parse(JSON.stringify(cached))
      },
    }
    return cache
  }

  test('keeps a set beyond the process', async () => {
    const cache = memory()
    const first = await bench({ body: jwks(a), headers: { etag: '"1"' } }, { cache })
    expect(await first.verdict(tokenA)).toBe('accepted')
    expect(cache.kept).toEqual({ jwks: jwks(a), etag: '"1"', expiresAt: NOW + 600 })
    const second = first.another()
    first.clock.advance(100)
    expect(await second.verdict(tokenA)).toBe('accepted')
    expect(await second.verdict(tokenA)).toBe('accepted')
    expect(first.server.requests).toHaveLength(1)
    expect(cache.reads).toBe(2)
    first.clock.advance(500)
    expect(await second.verdict(tokenA)).toBe('accepted')
    expect(first.server.requests).toHaveLength(2)
  })

  test('does not hide a new key', async () => {
    const { verdict, server } = await bench(
      { body: jwks(a, b) },
      { cache: memory({ jwks: jwks(a), expiresAt: NOW + 60 }) },
    )
    expect(await verdict(tokenB)).toBe('accepted')
    expect(server.requests).toHaveLength(1)
  })

  test('is revalidated by its ETag once it has expired', async () => {
    const tags: unknown[] = []
    const { server, verdict } = await bench({}, { cache: memory({ jwks: jwks(a), etag: '"1"', expiresAt: NOW - 5 }) })
    server.respond = ({ headers }) => {
      tags.push(headers['if-none-match'])
      return { status: 304 }
    }
    expect(await verdict(tokenA)).toBe('accepted')
    expect(tags).toEqual(['"1"'])
  })

  test('is not what preload stops at where it has expired', async () => {
    const { server, set } = await bench({ body: jwks(a) }, { cache: memory({ jwks: jwks(a), expiresAt: NOW }) })
    await set.preload()
    expect(server.requests).toHaveLength(1)
  })

  test('serves on, expired, while the server is away', async () => {
    const cache = memory({ jwks: jwks(a), expiresAt: NOW - 5 })
    const { log, verdict } = await bench(down, { cache })
    expect(await verdict(tokenA)).toBe('accepted')
    expect(log.types).toEqual(['failed', 'stale'])
    const old = await bench(down, { cache: memory({ jwks: jwks(a), expiresAt: NOW - 3601 }) })
    expect(await old.verdict(tokenA)).toBe('ERR_KEYSET_UNAVAILABLE')
  })

  test('is not believed to live longer than a day', async () => {
    const { server, clock, verdict } = await bench(
      { body: jwks(a) },
      { cache: memory({ jwks: jwks(a), expiresAt: NOW + 1e9 }) },
    )
    await verdict(tokenA)
    expect(server.requests).toHaveLength(0)
    clock.advance(86_400)
    await verdict(tokenA)
    expect(server.requests).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['text', 'keys'],
    ['no key set', { expiresAt: NOW + 60 }],
    ['a broken key set', { jwks: { keys: 'a' }, expiresAt: NOW + 60 }],
    ['a private key', { jwks: { keys: [{ ...a.jwk, d: 'AAAA' }] }, expiresAt: NOW + 60 }],
  ])('that holds %s is done without, and told of', async (_, kept) => {
    const { server, log, verdict } = await bench({ body: jwks(a) }, { cache: memory(kept) })
    expect(await verdict(tokenA)).toBe('accepted')
    expect(server.requests).toHaveLength(1)
    expect(log.types).toEqual(['cache-failed', 'fetched'])
  })

  test.each<[string, unknown]>([
    ['no time', { jwks: jwks(b) }],
    ['a time that is no number', { jwks: jwks(b), expiresAt: 'soon' }],
    ['nothing', undefined],
    ['null', null],
  ])('that holds %s is not served from', async (_, kept) => {
    const { server, verdict } = await bench({ body: jwks(a) }, { cache: memory(kept) })
    expect(await verdict(tokenA)).toBe('accepted')
    expect(server.requests).toHaveLength(1)
    const away = await bench(down, { cache: memory(kept) })
    expect(await away.verdict(tokenB)).toBe('ERR_KEYSET_UNAVAILABLE')
  })

  test('may throw, by a promise or not', async () => {
    const error = new Error('the cache is away')
    const throwing = () => {
      throw error
    }
    for (const fail of [throwing, async () => throwing()]) {
      const { log, verdict } = await bench({ body: jwks(a) }, { cache: { get: fail, set: fail } })
      expect(await verdict(tokenA)).toBe('accepted')
      expect(log.types).toEqual(['cache-failed', 'fetched', 'cache-failed'])
      expect(log.events[0]).toEqual({ type: 'cache-failed', error })
    }
  })

  test('may never answer', async () => {
    const never = (): Promise<never> => new Promise(() => {})
    const [reading, writing] = await Promise.all([
      bench({ body: jwks(a) }, { timeout: 1, cache: { get: never, set: async () => {} } }),
      bench({ body: jwks(a) }, { timeout: 1, cache: { get: async () => undefined, set: never } }),
    ])
    expect(await Promise.all([reading, writing].map(({ verdict }) => verdict(tokenA)))).toEqual([
      'accepted',
      'accepted',
    ])
    expect(reading.log.types).toEqual(['cache-failed', 'fetched'])
    expect(writing.log.types).toEqual(['fetched', 'cache-failed'])
  })
})

describe('the option onEvent', () => {
  test('is told of each fetch, failure, stale use, cool-down hit and failure of the cache', async () => {
    const failing = { get: async () => undefined, set: () => Promise.reject(new Error('full')) }
    const { server, clock, log, verdict } = await bench({ body: jwks(a) }, { cache: failing })
    await verdict(tokenA)
    await verdict(tokenB)
    server.respond = () => down
    clock.advance(600)
    await verdict(tokenA)
    expect(log.types).toEqual(['fetched', 'cache-failed', 'cooldown', 'failed', 'stale'])
  })

  test('may throw, which decides nothing', async () => {
    const { verdict } = await bench(
      { body: jwks(a) },
      {
        onEvent: () => {
          throw new Error('a mistake')
        },
      },
    )
    expect(await verdict(tokenA)).toBe('accepted')
    expect(await verdict(tokenB)).toBe('ERR_KEY_NOT_FOUND')
  })
})

describe('a mistake in the program is a TypeError at once', () => {
  const make = (options: unknown) => () => createRemoteKeySet('https://issuer.example/', options as never)

  test.each<[unknown, string]>([
    [{ timeout: 0 }, 'timeout must be from 1 s to 1 h'],
    [{ timeout: '2h' }, 'timeout must be from 1 s to 1 h'],
    [{ timeout: -1 }, 'timeout must be a whole number'],
    [{ timeout: 5000.5 }, 'timeout must be a whole number'],
    [{ timeout: '5' }, 'timeout must be a whole number'],
    [{ cooldown: '30 s' }, 'cooldown must be a whole number'],
    [{ cooldown: NaN }, 'cooldown must be a whole number'],
    [{ staleIfError: Infinity }, 'staleIfError must be a whole number'],
    [{ staleIfError: {} }, 'staleIfError must be a whole number'],
    [{ fetch: 'fetch' }, 'fetch must be a function'],
    [{ fetch: {} }, 'fetch must be a function'],
    [{ onEvent: {} }, 'onEvent must be a function'],
    [{ onEvent: null }, 'onEvent must be a function'],
    [{ cache: {} }, 'cache must have the functions get and set'],
    [{ cache: null }, 'cache must have the functions get and set'],
    [{ cache: { get: () => {} } }, 'cache must have the functions get and set'],
    [{ cache: { get: () => {}, set: 1 } }, 'cache must have the functions get and set'],
    [{ now: 1 }, 'now must be a function'],
    [{ cooldownDuration: 1 }, 'there is no option "cooldownDuration"'],
    [null, 'the options must be a plain object'],
    ['fast', 'the options must be a plain object'],
  ])('as %j', (options, words) => {
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(`createRemoteKeySet: ${words}`)
  })

  test('as an address that is not https, has credentials or is relative', () => {
    for (const url of [
      'http://issuer.example/',
      'https://a:b@issuer.example/',
      'ftp://a/',
      'file:///a',
      'data:,{}',
      '/a',
    ]) {
      expect(() => createRemoteKeySet(url)).toThrow(/^createRemoteKeySet: the URL must/)
    }
  })

  test('and all options may be left undefined', () => {
    expect(make({ timeout: undefined, cache: undefined, onEvent: undefined, now: undefined })).not.toThrow()
  })

  test('as a clock in milliseconds, when it is read', async () => {
    const { set } = await bench({ body: jwks(a) }, { now: () => NOW * 1000 })
    await expect(set.preload()).rejects.toThrow('now must return seconds')
  })
})
