import { describe, expect, test, vi } from 'vitest'
import { isNumericDate, systemClock, toClock, toSeconds } from '../src/time.ts'
import type { Clock, Duration } from '../src/time.ts'
import { expectTypeError } from './setup/silence.ts'

const lastDate = 253_402_300_799

describe('a NumericDate', () => {
  test.each([
    ['the epoch', 0],
    ['a second after it', 1],
    ['a fraction of a second', 0.5],
    ['a date of today', 1_800_000_000],
    ['a date of today with a fraction', 1_800_000_000.123],
    ['the date after which 32 bits overflow', 2 ** 31],
    ['the last second of 9999', lastDate],
  ])('is %s', (_, value) => {
    expect(isNumericDate(value)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['a second before the epoch', -1],
    ['the smallest fraction before it', -Number.MIN_VALUE],
    ['a fraction after 9999', lastDate + 0.5],
    ['the first second of 10000', lastDate + 1],
    ['twelve digits after 9999', 999_999_999_999],
    ['milliseconds: 13 digits', 1_800_000_000_000],
    ['the smallest number of 13 digits', 1_000_000_000_000],
    ['microseconds', 1_800_000_000_000_000],
    ['2 to the 53', 2 ** 53],
    ['the largest number', Number.MAX_VALUE],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', NaN],
    ['a bigint', 1n],
    ['text', '1800000000'],
    ['a boxed number', new Number(1)],
    ['a Date', new Date(0)],
    ['true', true],
    ['null', null],
    ['undefined', undefined],
    ['an array', [1]],
    ['an object that turns into a number', { valueOf: () => 1 }],
  ])('is not %s', (_, value) => {
    expect(isNumericDate(value)).toBe(false)
  })
})

describe('a duration', () => {
  test.each<[Duration, number]>([
    [0, 0],
    [1, 1],
    [900, 900],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['0s', 0],
    ['1s', 1],
    ['30s', 30],
    ['1m', 60],
    ['15m', 900],
    ['1h', 3600],
    ['8h', 28_800],
    ['1d', 86_400],
    ['7d', 604_800],
    ['100000s', 100_000],
    ['999999999999s', 999_999_999_999],
  ])('%j is %i seconds', (duration, seconds) => {
    expect(toSeconds('label', duration)).toBe(seconds)
  })

  test.each<[string, unknown]>([
    ['a negative number', -1],
    ['a fraction', 0.5],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['an unsafe number', 2 ** 53],
    ['a vast number', 1e99],
    ['a bigint', 10n],
    ['true', true],
    ['null', null],
    ['undefined', undefined],
    ['an array', ['15m']],
    ['an object', { seconds: 12345 }],
    ['a function', () => 1],
    ['a boxed number', new Number(12345)],
    ['a boxed string', new String('15m')],
    ['empty text', ''],
    ['a number without its unit', '12345'],
    ['a unit without its number', 'm'],
    ['a sign', '+1s'],
    ['a minus', '-1s'],
    ['a fraction in text', '1.5h'],
    ['an exponent', '1e3s'],
    ['a hexadecimal number', '0x10s'],
    ['a digit of another script', '١s'],
    ['a space before', ' 1s'],
    ['a space within', '1 s'],
    ['a space after', '1s '],
    ['a line after', '1s\n'],
    ['a unit in capitals', '1S'],
    ['milliseconds', '1ms'],
    ['weeks', '1w'],
    ['years', '1y'],
    ['a unit in full', '15min'],
    ['two units', '1h30m'],
    ['thirteen digits', '1234567890123s'],
    ['a name that every object has', 'toString'],
  ])('is not %s', (_, duration) => {
    expectTypeError(() => toSeconds('label', duration as Duration), 'label must be a whole number of seconds', duration)
  })
})

describe('the clock', () => {
  test('of the machine tells seconds, with fractions', () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_250)
    try {
      expect(systemClock()).toBe(1_800_000_000.25)
    } finally {
      now.mockRestore()
    }
  })

  test('is that of the machine where none is given', () => {
    expect(toClock('label', undefined)).toBe(systemClock)
  })

  test.each([0, 0.5, 1_800_000_000, lastDate])('may say %d', (seconds) => {
    expect(toClock('label', () => seconds)()).toBe(seconds)
  })

  test('is asked at every reading, and not before', () => {
    let seconds = 0
    const clock = toClock('label', () => ++seconds)
    expect(seconds).toBe(0)
    expect([clock(), clock()]).toEqual([1, 2])
  })

  test.each<[string, unknown]>([
    ['a number', 1_800_000_000],
    ['null', null],
    ['a Date', new Date(0)],
    ['text', 'now'],
    ['an object', { now: () => 1 }],
  ])('is not %s', (_, now) => {
    expectTypeError(() => toClock('label', now as Clock), 'label must be a function that returns seconds', now)
  })

  test.each<[string, unknown]>([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['milliseconds', 1_800_000_000_000],
    ['a second after 9999', lastDate + 1],
    ['a negative number', -1],
    ['nothing', undefined],
    ['null', null],
    ['text', '1800000000'],
    ['a Date', new Date(1_800_000_000_000)],
    ['a promise', Promise.resolve(1_800_000_000)],
  ])('must not say %s', (_, seconds) => {
    const clock = toClock('label', (() => seconds) as Clock)
    expectTypeError(clock, 'label must return seconds since 1970', seconds)
  })
})
