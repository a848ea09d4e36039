import { describe, expect, test } from 'vitest'
import type { SessionStore } from 'tittle/session'
import { sampleRow } from 'tittle/session/conformance'
import { redisStore, type IoredisClient, type NodeRedisClient, type RedisStoreOptions } from 'tittle/session/redis'

// Scripts need a Redis, which npm run test:stores starts: here is what a client is sent, and what is read from it.
const NOW = 1_800_000_000
const rotation = { generation: 3, idle: 100, grace: 10 }
const row = sampleRow({ createdAt: NOW + 0.125, sid: 'a-sid', subject: 'alice', generation: 3, data: '{"a":"é"}' })

const spelled = {
  sid: 'a-sid',
  subject: 'alice',
  generation: '3',
  createdAt: '1800000000.125',
  rotatedAt: '1800000000.125',
  idleExpiresAt: '1800000100.125',
  expiresAt: '1800000250.125',
  revokedAt: '',
  data: '{"a":"é"}',
}

/** What a script answers: its outcome, and the members of the row in their order. */
const answered = (outcome: string, members: Partial<typeof spelled> = {}): string[] => [
  outcome,
  ...Object.values({ ...spelled, ...members }),
]

interface Sent {
  readonly script: string
  readonly keys: readonly string[]
  readonly values: readonly string[]
}

type Answer = (sent: Sent) => unknown

interface Client {
  readonly client: NodeRedisClient | IoredisClient
  readonly sent: Sent[]
}

function nodeRedis(answer: Answer): Client {
  const sent: Sent[] = []
  const client = {
    async eval(script: string, { keys, arguments: values }: { keys: string[]; arguments: string[] }) {
      if (this !== client) throw new Error('it was called without its client')
      sent.push({ script, keys, values })
      return answer({ script, keys, values })
    },
  }
  return { client, sent }
}

function ioredis(answer: Answer): Client {
  const sent: Sent[] = []
  const client = {
    defineCommand: () => {},
    async eval(script: string, count: number, ...args: string[]) {
      if (this !== client) throw new Error('it was called without its client')
      const one = { script, keys: args.slice(0, count), values: args.slice(count) }
      sent.push(one)
      return answer(one)
    },
  }
  return { client, sent }
}

type Step = (store: SessionStore, now?: number) => Promise<unknown>

const ofAlice: Answer = ({ keys }) => (keys[0] === 'tittle:subject:alice' ? ['one', 'two'] : ['over'])

/** A step, what its scripts are answered, and the key and the values of each at a time. */
const steps: readonly (readonly [
  name: string,
  step: Step,
  answer: Answer,
  sent: (time: string) => readonly (readonly [key: string, ...values: string[]])[],
])[] = [
  [
    'create',
    (store, now) => store.create(row, now),
    () => null,
    (time) => [
      ['tittle:subject:alice', time, '1800000250.125', 'a-sid'],
      ['tittle:{a-sid}', time, '1800000250.125', ...Object.entries(spelled).flat()],
    ],
  ],
  [
    'rotate',
    (store, now) => store.rotate({ sid: 'a-sid', ...rotation }, now),
    () => ['unknown'],
    (time) => [['tittle:{a-sid}', time, '3', '100', '10']],
  ],
  ['find', (store) => store.find('a-sid'), () => ['found'], () => [['tittle:{a-sid}', '']]],
  ['revoke', (store, now) => store.revoke('a-sid', now), () => ['over'], (time) => [['tittle:{a-sid}', time]]],
  [
    'revokeAll',
    (store, now) => store.revokeAll('alice', now),
    ofAlice,
    (time) => [['tittle:subject:alice'], ['tittle:{one}', time], ['tittle:{two}', time]],
  ],
  [
    'list',
    (store, now) => store.list('alice', now),
    ofAlice,
    (time) => [['tittle:subject:alice'], ['tittle:{one}', time], ['tittle:{two}', time]],
  ],
  [
    'deny',
    (store, now) => store.deny('jti', NOW + 10.5, now),
    () => null,
    (time) => [['tittle:denied:jti', time, '1800000010.5']],
  ],
  ['isDenied', (store, now) => store.isDenied('jti', now), () => 1, (time) => [['tittle:denied:jti', time]]],
  [
    'consume',
    (store, now) => store.consume('jti', NOW + 10.5, now),
    () => 1,
    (time) => [['tittle:consumed:jti', time, '1800000010.5']],
  ],
]

describe.each([
  ['node-redis', nodeRedis],
  ['ioredis', ioredis],
] as const)('a client of %s', (_, make) => {
  const asking = (answer: Answer, options?: RedisStoreOptions): { store: SessionStore; sent: Sent[] } => {
    const { client, sent } = make(answer)
    return { store: redisStore(client, options), sent }
  }

  test('may answer numbers as text, and nothing else for yes and no', async () => {
    for (const yes of [1, '1', 1n]) {
      expect(await asking(() => yes).store.isDenied('jti')).toBe(true)
      expect(await asking(() => yes).store.consume('jti', NOW)).toBe(true)
    }
    for (const no of [0, '0']) expect(await asking(() => no).store.isDenied('jti')).toBe(false)
    for (const other of [null, undefined, '', 'OK', true, 2, []]) {
      await expect(asking(() => other).store.isDenied('jti')).rejects.toThrow(TypeError)
      await expect(asking(() => other).store.consume('jti', NOW)).rejects.toThrow(TypeError)
    }
  })

  test.each(steps)('is sent scripts of one key by %s, and no value within them', async (_, step, answer, wanted) => {
    for (const [now, time] of [
      [NOW + 0.5, '1800000000.5'],
      [undefined, ''],
    ] as const) {
      const { store, sent } = asking(answer)
      await step(store, now)
      expect(sent.map(({ keys, values }) => [...keys, ...values])).toEqual(wanted(time))
      for (const { keys, script } of sent) {
        expect(keys).toHaveLength(1)
        expect(script).toContain('KEYS[1]')
        expect(script).not.toContain('KEYS[2]')
        expect(script).not.toMatch(/alice|a-sid|jti|1800000/)
      }
    }
  })

  test('is sent the prefix that is asked for', async () => {
    const { store, sent } = asking(({ keys }) => (/denied|consumed/.test(String(keys[0])) ? 0 : ['unknown']), {
      prefix: 'my-app:',
    })
    await store.create(row)
    await store.isDenied('jti')
    await store.consume('jti', NOW)
    await store.list('alice')
    const keys = ['subject:alice', '{a-sid}', 'denied:jti', 'consumed:jti', 'subject:alice', '{unknown}']
    expect(sent.map(({ keys }) => keys[0])).toEqual(keys.map((key) => `my-app:${key}`))
  })

  test.each<[string, (value: string) => unknown]>([
    ['text', String],
    ['octets', (value) => Buffer.from(value)],
  ])('may answer rows as %s', async (_, spell) => {
    const answer: Answer = ({ keys }) =>
      (keys[0] === 'tittle:subject:alice' ? ['a-sid'] : answered('rotated')).map(spell)
    const { store } = asking(answer)
    expect(await store.rotate({ sid: 'a-sid', ...rotation })).toEqual({ outcome: 'rotated', row })
    expect(await store.find('a-sid')).toEqual(row)
    expect(await store.revoke('a-sid')).toEqual(row)
    expect(await store.revokeAll('alice')).toEqual([row])
    expect(await store.list('alice')).toEqual([row])
  })

  test('may answer the row of a session that was revoked', async () => {
    const { store } = asking(() => answered('found', { revokedAt: '1800000005.0625' }))
    expect(await store.find('a-sid')).toEqual({ ...row, revokedAt: 1_800_000_005.0625 })
  })

  test('may find nothing', async () => {
    const { store } = asking(({ keys }) =>
      keys[0]?.includes(':subject:') ? [] : keys[0]?.includes('{') ? ['unknown'] : 0,
    )
    expect(await store.rotate({ sid: 'a-sid', ...rotation })).toEqual({ outcome: 'unknown', row: undefined })
    expect(await store.find('a-sid')).toBeUndefined()
    expect(await store.revoke('a-sid')).toBeUndefined()
    expect(await store.list('alice')).toEqual([])
    expect(await store.isDenied('jti')).toBe(false)
    expect(await store.consume('jti', NOW)).toBe(false)
  })

  test('may have the sessions of a subject in any order: the oldest is listed first', async () => {
    const createdAt: Readonly<Record<string, string>> = { '{one}': '8', '{two}': '7.5', '{three}': '9' }
    const answer: Answer = ({ keys: [key = ''] }) =>
      key.includes('subject') ? ['one', 'two', 'three'] : answered('live', { createdAt: createdAt[key.slice(7)] ?? '' })
    const { store } = asking(answer)
    expect((await store.list('alice')).map(({ createdAt }) => createdAt)).toEqual([7.5, 8, 9])
  })

  test.each([null, 'OK', 1, {}])('that answers %j with a row is none', async (answered) => {
    const { store } = asking(() => answered)
    const message = 'the client of the redis store answers otherwise than node-redis and ioredis do'
    await expect(store.find('a-sid')).rejects.toThrow(new TypeError(message))
  })

  test('that fails makes every step fail', async () => {
    const away = new Error('the connection is closed')
    const { store } = asking(() => Promise.reject(away))
    for (const [, step] of steps) await expect(step(store)).rejects.toBe(away)
  })
})

test('a session is listed before it is kept: none is where revokeAll does not find it', async () => {
  const { client, sent } = nodeRedis(() => Promise.reject(new Error('away')))
  await expect(redisStore(client).create(row)).rejects.toThrow('away')
  expect(sent.map(({ keys }) => keys)).toEqual([['tittle:subject:alice']])
})

test('it cannot be changed', () => {
  expect(Object.isFrozen(redisStore(nodeRedis(() => null).client))).toBe(true)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a URL', 'redis://localhost'],
  ['an object', {}],
  ['what has an eval that is no function', { eval: 'return 1' }],
])('%s is no client', (_, client) => {
  expect(() => redisStore(client as NodeRedisClient)).toThrow(
    new TypeError('redisStore wants a client, a pool or a cluster of node-redis or ioredis'),
  )
})

test.each<[string, object, string]>([
  ['an empty prefix', { prefix: '' }, 'redisStore: prefix must be a non-empty string'],
  ['a prefix that is no text', { prefix: 1 }, 'redisStore: prefix must be a non-empty string'],
  ['another option', { keyPrefix: 'my-app:' }, 'redisStore: there is no option "keyPrefix"'],
])('%s is a TypeError', (_, options, words) => {
  const make = () => redisStore(nodeRedis(() => null).client, options as RedisStoreOptions)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(words)
})
