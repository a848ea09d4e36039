import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SessionEvent } from 'tittle/session'
import { emitter } from '../../src/session/events.ts'
import { settle, unhandled } from '../setup/sessions.ts'

const event: SessionEvent = { type: 'store-failed', error: new Error('the database is away') }

let watch: ReturnType<typeof unhandled>
beforeEach(() => {
  watch = unhandled()
})
afterEach(() => watch.stop())

test('listeners are told at once, in order, of the event itself', () => {
  const seen: SessionEvent[] = []
  const emit = emitter((each) => void seen.push(each))
  const other: SessionEvent = { type: 'store-failed', error: undefined }
  emit(event)
  expect(seen).toEqual([event])
  emit(other)
  expect(seen[0]).toBe(event)
  expect(seen[1]).toBe(other)
})

test('nobody need listen', () => {
  expect(() => emitter(undefined)(event)).not.toThrow()
})

describe('what a listener does is not felt where it', () => {
  const hostile = {
    get then(): never {
      throw new Error('no promise at all')
    },
  }

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('the log is full')
      },
    ],
    [
      'throws nothing at all',
      () => {
        throw undefined
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
    ['rejects later', async () => settle().then(() => Promise.reject(new Error('the log is full')))],
    ['answers with what only looks like a promise', () => hostile],
    ['answers with a thenable that rejects', () => ({ then: (_: unknown, reject: () => void) => reject() })],
    ['never answers', () => new Promise(() => {})],
  ])('%s', async (_, listener) => {
    const heard = vi.fn(listener)
    const emit = emitter(heard as () => void)
    expect(emit(event)).toBeUndefined()
    emit(event)
    await settle()
    await settle()
    expect(heard).toHaveBeenCalledTimes(2)
    expect(watch.reasons).toEqual([])
  })
})

test('an unhandled rejection would be seen', () => {
  process.emit('unhandledRejection', 'a reason', Promise.resolve())
  expect(watch.reasons).toEqual(['a reason'])
})
