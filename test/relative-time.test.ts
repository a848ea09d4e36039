import { expect, test } from 'vitest'
import { relativeTime } from '../src/relative-time.ts'

const [minute, hour, day, year] = [60, 3600, 86_400, 31_536_000]

test.each([
  [1, 'in 1 s'],
  [59, 'in 59 s'],
  [minute, 'in 1 min'],
  [4 * minute + 10, 'in 4 min 10 s'],
  [hour - 1, 'in 59 min 59 s'],
  [hour, 'in 1 h'],
  [hour + 59, 'in 1 h'],
  [2 * hour - 1, 'in 1 h 59 min'],
  [day - 1, 'in 23 h 59 min'],
  [day, 'in 1 d'],
  [day + 59 * minute, 'in 1 d'],
  [30 * day + 5 * hour, 'in 30 d 5 h'],
  [year - 1, 'in 364 d 23 h'],
  [year, 'in 1 y'],
  [7973 * year + 364 * day, 'in 7973 y 364 d'],
])('%d seconds ahead are said as "%s", and as many back as ago', (seconds, said) => {
  expect(relativeTime(seconds)).toBe(said)
  expect(relativeTime(-seconds)).toBe(`${said.slice('in '.length)} ago`)
})

test('3 d 2 h ago', () => {
  expect(relativeTime(-(3 * day + 2 * hour + 7 * minute))).toBe('3 d 2 h ago')
})

test.each([0, -0, 0.4, -0.4])('%d seconds are now', (seconds) => {
  expect(relativeTime(seconds)).toBe('now')
})

test.each([
  [0.6, 'in 1 s'],
  [59.6, 'in 1 min'],
  [-1.4, '1 s ago'],
])('%d seconds are rounded to "%s"', (seconds, said) => {
  expect(relativeTime(seconds)).toBe(said)
})
