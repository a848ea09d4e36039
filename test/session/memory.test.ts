import { describe, expect, test, vi } from 'vitest'
import { memoryStore, type MemoryStoreOptions } from 'tittle/session'
import { sampleRow } from 'tittle/session/conformance'
import { testConformance } from '../setup/stores.ts'

const NOW = 1_800_000_000
const full = 'the memory store is full; raise its capacity, or use a store that keeps a file or a database'

const rowAt = (createdAt: number, subject = 'alice') => sampleRow({ createdAt, subject })

describe('it keeps the promises of a store', () => {
  testConformance(() => memoryStore())
})

describe('its capacity', () => {
  test('bounds the sessions, and those that are kept live on', async () => {
    const store = memoryStore({ capacity: 2 })
    const rows = [rowAt(NOW), rowAt(NOW + 1)]
    for (const row of rows) await store.create(row, NOW)
    await expect(store.create(rowAt(NOW), NOW)).rejects.toThrow(new RangeError(full))
    expect(await store.list('alice', NOW)).toEqual(rows)
  })

  test('bounds the denied and the consumed ids, each of their own', async () => {
    const store = memoryStore({ capacity: 1 })
    await store.create(rowAt(NOW), NOW)
    await store.deny('a', NOW + 10, NOW)
    expect(await store.consume('a', NOW + 10, NOW)).toBe(true)
    await expect(store.deny('b', NOW + 10, NOW)).rejects.toThrow(new RangeError(full))
    await expect(store.consume('b', NOW + 10, NOW)).rejects.toThrow(new RangeError(full))
    expect(await store.isDenied('a', NOW)).toBe(true)
    expect(await store.consume('a', NOW + 10, NOW)).toBe(false)
  })

  test('does not bound what is kept already', async () => {
    const store = memoryStore({ capacity: 1 })
    const row = rowAt(NOW)
    await store.create(row, NOW)
    expect((await store.rotate({ sid: row.sid, generation: 0, idle: 10, grace: 10 }, NOW)).outcome).toBe('rotated')
    await store.deny('a', NOW + 10, NOW)
    await store.deny('a', NOW + 20, NOW)
    expect(await store.isDenied('a', NOW + 15)).toBe(true)
  })

  test('is free again once what it holds has expired, and not before', async () => {
    const store = memoryStore({ capacity: 1 })
    await store.create(rowAt(NOW), NOW)
    await store.deny('a', NOW + 10, NOW)
    await store.consume('a', NOW + 10, NOW)
    await expect(store.create(rowAt(NOW), NOW + 249.875)).rejects.toThrow(RangeError)
    await expect(store.deny('b', NOW + 20, NOW + 9.875)).rejects.toThrow(RangeError)
    await store.create(rowAt(NOW + 250), NOW + 250)
    await store.deny('b', NOW + 20, NOW + 10)
    expect(await store.consume('b', NOW + 20, NOW + 10)).toBe(true)
  })

  test('is held by a session that was revoked, until it would have expired', async () => {
    const store = memoryStore({ capacity: 1 })
    const row = rowAt(NOW)
    await store.create(row, NOW)
    await store.revoke(row.sid, NOW)
    await expect(store.create(rowAt(NOW), NOW + 1)).rejects.toThrow(RangeError)
  })

  test('is 100,000 unless it is said otherwise', async () => {
    const store = memoryStore()
    for (let i = 0; i < 100_000; i++) await store.deny(`${i}`, NOW + 10, NOW)
    await expect(store.deny('one more', NOW + 10, NOW)).rejects.toThrow(RangeError)
  })

  test.each([0, -1, 1.5, NaN, Infinity, '10', null, {}])('is not %s', (capacity) => {
    expect(() => memoryStore({ capacity } as MemoryStoreOptions)).toThrow(
      new TypeError('memoryStore: capacity must be a positive integer'),
    )
  })

  test('is the only option', () => {
    expect(() => memoryStore({ size: 10 } as MemoryStoreOptions)).toThrow(
      new TypeError('memoryStore: there is no option "size"; there are capacity'),
    )
    expect(() => memoryStore(null as never)).toThrow(TypeError)
  })
})

describe('what has expired', () => {
  test('is swept, before the memory is full', async () => {
    const store = memoryStore({ capacity: 1_000_000 })
    const old = Array.from({ length: 1000 }, () => rowAt(NOW))
    for (const row of old) await store.create(row, NOW)
    for (let i = 0; i < 1000; i++) await store.create(rowAt(NOW + 250), NOW + 250)
    const found = await Promise.all(old.map(({ sid }) => store.find(sid)))
    expect(found.filter((row) => row !== undefined)).toEqual([])
  })

  test('leaves nothing behind of its subject', async () => {
    const store = memoryStore({ capacity: 1 })
    const row = rowAt(NOW)
    await store.create(row, NOW)
    const forget = vi.spyOn(Map.prototype, 'delete')
    try {
      await store.create(rowAt(NOW + 300, 'bob'), NOW + 300)
      expect(forget.mock.calls).toEqual(expect.arrayContaining([[row.sid], ['alice']]))
    } finally {
      forget.mockRestore()
    }
  })

  test('is looked for seldom, so that a session costs the same however many there are', async () => {
    const store = memoryStore({ capacity: 1_000_000 })
    let looks = 0
    const watched = (now: number) =>
      Object.defineProperty(rowAt(now), 'expiresAt', {
        get() {
          looks++
          return now + 1500
        },
      })
    for (let now = NOW; now < NOW + 5000; now++) await store.create(watched(now), now)
    expect(looks).toBeGreaterThan(5000)
    expect(looks).toBeLessThan(20_000)
  })

  test('is not listed any more, while the other sessions of its subject are', async () => {
    const store = memoryStore({ capacity: 2 })
    const lasting = sampleRow({ createdAt: NOW, subject: 'alice', expiresAt: NOW + 1000, idleExpiresAt: NOW + 1000 })
    await store.create(lasting, NOW)
    await store.create(rowAt(NOW), NOW)
    await store.create(rowAt(NOW + 300, 'bob'), NOW + 300)
    expect(await store.list('alice', NOW)).toEqual([lasting])
    expect(await store.revokeAll('bob', NOW + 300)).toHaveLength(1)
  })
})

test('it cannot be changed', () => {
  expect(Object.isFrozen(memoryStore())).toBe(true)
})

test('two of them share nothing', async () => {
  const [one, other] = [memoryStore(), memoryStore()]
  const row = rowAt(NOW)
  await one.create(row, NOW)
  expect(await other.find(row.sid)).toBeUndefined()
})

test('a store that is full looks at its sessions again only when one may have expired', async () => {
  const store = memoryStore({ capacity: 1000 })
  let looks = 0
  for (let i = 0; i < 1000; i++) {
    const { expiresAt, ...row } = rowAt(NOW)
    const watched = {
      ...row,
      get expiresAt() {
        looks++
        return expiresAt
      },
    } as typeof row & { expiresAt: number }
    await store.create(watched, NOW)
  }
  const before = looks
  for (let i = 0; i < 10; i++) await expect(store.create(rowAt(NOW), NOW)).rejects.toThrow(RangeError)
  expect(looks - before).toBeLessThanOrEqual(1000)
})

test('a session that came after a sweep is swept in its turn', async () => {
  const store = memoryStore({ capacity: 2 })
  const until = (seconds: number) => ({ ...rowAt(NOW), idleExpiresAt: NOW + seconds, expiresAt: NOW + seconds })
  await store.create(until(1000), NOW)
  await store.create(until(500), NOW)
  await expect(store.create(until(700), NOW + 100)).rejects.toThrow(RangeError)
  await store.create(until(700), NOW + 600)
  await store.create(until(1000), NOW + 800)
})
