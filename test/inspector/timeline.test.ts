import { expect, test } from 'vitest'
import { timeline } from '../../src/inspector/timeline.ts'

const now = 1_800_000_000

test.each<[string, object]>([
  ['nothing', {}],
  ['other dates', { auth_time: now }],
  ['what is no date', { exp: 'soon', iat: now * 1000 }],
])('there is none for %s', (_, claims) => {
  expect(timeline({ ...claims }, now)).toBeUndefined()
})

test('the dates stand in proportion, between two margins', () => {
  expect(timeline({ iat: now - 250, nbf: now, exp: now + 750 }, now)).toEqual({
    marks: [
      { label: 'iat', at: 8 },
      { label: 'nbf', at: 29 },
      { label: 'exp', at: 92 },
    ],
    valid: { from: 29, to: 92 },
    now: 29,
    broken: false,
    summary: 'Issued 4 min 10 s ago, became valid now, expires in 12 min 30 s.',
  })
})

test('what stands close together shares a label', () => {
  const line = timeline({ iat: now, nbf: now, exp: now + 900 }, now + 30)
  expect(line?.marks).toEqual([
    { label: 'iat, nbf', at: 8 },
    { label: 'exp', at: 92 },
  ])
})

test('an order of dates that makes no sense has no span', () => {
  const line = timeline({ nbf: now + 100, exp: now - 100 }, now)
  expect(line?.valid).toEqual({ from: 92, to: 8 })
  expect(line?.marks.map(({ label }) => label)).toEqual(['exp', 'nbf'])
})

test.each([
  ['without a beginning it is valid from the left end on', { exp: now + 600 }, { from: 0, to: 92 }],
  ['without a time from which it counts, it counts from when it was issued', { iat: now - 600 }, { from: 8, to: 100 }],
  ['without an end it is valid to the right end', { iat: now - 600 }, { from: 8, to: 100 }],
])('%s', (_, claims, valid) => {
  const line = timeline(claims, now)
  expect(line?.valid).toEqual(valid)
  expect(line?.broken).toBe(true)
})

test.each([
  ['a year after', now + 31_536_000, 92],
  ['a year before', now - 31_536_000, 8],
])('%s, now stands at the end of a broken line, and the dates are still apart', (_, then, place) => {
  const line = timeline({ iat: now, exp: now + 900 }, then)
  expect(line).toMatchObject({ broken: true, now: place })
  const [first = 0, second = 0] = line?.marks.map(({ at }) => at) ?? []
  expect(second - first).toBe(52.5)
})

test('a token of no length, at its very moment, is a point', () => {
  expect(timeline({ iat: now, exp: now }, now)).toMatchObject({ marks: [{ label: 'iat, exp', at: 8 }], now: 8 })
})
