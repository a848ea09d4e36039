import { describe, expect, test } from 'vitest'
import { readSettings, type KeySetEvent, type RemoteKeySetOptions } from '../src/jwks-settings.ts'

const settings = (options: RemoteKeySetOptions = {}) => readSettings('owner', options)
const event: KeySetEvent = { type: 'cooldown', until: 1 }

test('the defaults are those that the options promise', () => {
  expect(settings()).toMatchObject({ timeout: 5, cooldown: 30, staleIfError: 3600, cache: undefined })
})

describe('a mistake is a TypeError that names the owner and the member', () => {
  test.each<[string, object]>([
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: '2h' }],
    ['cooldown', { cooldown: -1 }],
    ['staleIfError', { staleIfError: 'an hour' }],
    ['fetch', { fetch: 'https://issuer.example' }],
    ['onEvent', { onEvent: true }],
    ['cache', { cache: { get: () => undefined } }],
    ['now', { now: 1 }],
    ['timeOut', { timeOut: 5 }],
  ])('%s: %o', (member, options) => {
    expect(() => settings(options as RemoteKeySetOptions)).toThrow(new RegExp(`^owner: .*\\b${member}\\b`))
  })
})

describe('a listener decides nothing', () => {
  test.each<[string, (event: KeySetEvent) => void | Promise<void>]>([
    [
      'where it throws',
      () => {
        throw new Error('the logger is down')
      },
    ],
    [
      'where it rejects later',
      async () => {
        throw new Error('the logger is down')
      },
    ],
  ])('%s', async (_, onEvent) => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    expect(() => settings({ onEvent }).emit(event)).not.toThrow()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })

  test('and is told what happens', () => {
    const told: KeySetEvent[] = []
    settings({ onEvent: (one) => void told.push(one) }).emit(event)
    expect(told).toEqual([event])
  })
})
