import { describe, expect, test, vi } from 'vitest'
import { memoryStore } from 'tittle/session'
import { atOnce, keep, rotateAt, sampleRow, tally, want } from '../../src/session/conformance-sample.ts'

describe('a sample row', () => {
  test('is new, idles for 100 s and ends after 250 s', () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_999)
    const { sid, subject, ...rest } = sampleRow()
    vi.restoreAllMocks()
    expect(rest).toEqual({
      generation: 0,
      createdAt: 1_800_000_000.125,
      rotatedAt: 1_800_000_000.125,
      idleExpiresAt: 1_800_000_100.125,
      expiresAt: 1_800_000_250.125,
      revokedAt: null,
      data: '{}',
    })
    expect(sid).toMatch(/^[\da-f-]{36}$/)
    expect(subject).not.toBe(sid)
  })

  test('is of nobody else', () => {
    expect(sampleRow().sid).not.toBe(sampleRow().sid)
    expect(sampleRow().subject).not.toBe(sampleRow().subject)
  })

  test('has the members that it is given, and its times go by the first', () => {
    const row = sampleRow({ createdAt: 1000, generation: 7, idleExpiresAt: 1010 })
    expect(row).toMatchObject({ createdAt: 1000, rotatedAt: 1000, generation: 7, idleExpiresAt: 1010, expiresAt: 1250 })
  })

  test('is kept, and rotated, at a time of its own', async () => {
    const store = memoryStore()
    const row = await keep(store, { createdAt: 1000 })
    expect(await store.find(row.sid)).toEqual(row)
    expect(await rotateAt(store, row, 0, 5)).toMatchObject({ outcome: 'rotated', row: { rotatedAt: 1005 } })
    expect(await rotateAt(store, row, 0, 14)).toMatchObject({ outcome: 'repeated' })
    expect(await rotateAt(store, row, 1, 105)).toMatchObject({ outcome: 'expired' })
  })
})

test('what is done at once is begun before anything of it ends', async () => {
  let begun = 0
  const seen = await atOnce(3, async (index) => {
    begun++
    await Promise.resolve()
    return [index, begun]
  })
  expect(seen).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ])
})

test.each<[string[], string]>([
  [[], ''],
  [['a'], '1 a'],
  [['b', 'a', 'b'], '1 a, 2 b'],
  [['b', 'a'], '1 a, 1 b'],
  [['a', 'b'], '1 a, 1 b'],
])('%j is told as %j', (words, told) => {
  expect(tally(words)).toBe(told)
})

const row = sampleRow({ sid: 's', subject: 'alice', createdAt: 1000.5 })

describe('what is seen is what is wanted', () => {
  test.each<[string, unknown, unknown]>([
    ['nothing', undefined, undefined],
    ['a text', 'a', 'a'],
    ['a list', [1, true, null], [1, true, null]],
    ['a row', row, { ...row }],
    ['a row without a prototype', Object.assign(Object.create(null), row), row],
    ['a row with members in another order', Object.fromEntries(Object.entries(row).reverse()), row],
    ['a row with a member more', { ...row, version: 1 }, row],
    ['rows', [row, row], [row, row]],
  ])('where it is %s', (_, seen, wanted) => {
    expect(() => want('it', seen, wanted)).not.toThrow()
  })
})

describe('what is seen is not what is wanted', () => {
  test.each<[string, unknown, unknown, string]>([
    ['a number as text', '1', 1, 'it: seen "1", wanted 1'],
    ['a bigint', 1n, 1, 'it: seen 1n, wanted 1'],
    ['null for undefined', null, undefined, 'it: seen null, wanted undefined'],
    ['nothing for a list', undefined, [], 'it: seen undefined, wanted []'],
    ['a list that is too short', ['a'], ['a', 'b'], 'it: seen ["a"], wanted ["a", "b"]'],
    ['a list that is too long', [1, 2], [1], 'it: seen [1, 2], wanted [1]'],
    ['a text that goes on', 'ab', 'a', 'it: seen "ab", wanted "a"'],
    [
      'a row that was not revoked',
      row,
      { ...row, revokedAt: 1005 },
      'it: seen …: 1100.5, expiresAt: 1250.5, revokedAt: null, data: "{}" }, wanted …: 1100.5, expiresAt: 1250.5, revokedAt: 1005, data: "{}" }',
    ],
    [
      'a row without a member',
      { ...row, data: undefined },
      row,
      'it: seen …piresAt: 1250.5, revokedAt: null, data: undefined }, wanted …piresAt: 1250.5, revokedAt: null, data: "{}" }',
    ],
    [
      'a text that parts after what is more than one unit long',
      `${'\u{1f98a}'.repeat(30)}a`,
      `${'\u{1f98a}'.repeat(30)}b`,
      `it: seen …${'\u{1f98a}'.repeat(20)}a", wanted …${'\u{1f98a}'.repeat(20)}b"`,
    ],
    [
      'a row with long data',
      { ...row, data: `${'x'.repeat(5000)}a${'y'.repeat(5000)}` },
      { ...row, data: `${'x'.repeat(5000)}b${'y'.repeat(5000)}` },
      `it: seen …${'x'.repeat(40)}a${'y'.repeat(79)}…, wanted …${'x'.repeat(40)}b${'y'.repeat(79)}…`,
    ],
  ])('where it is %s', (_, seen, wanted, message) => {
    expect(() => want('it', seen, wanted)).toThrow(new Error(message))
  })
})
