// A store in Redis or a Redis Cluster, by the client of the caller's: node-redis or ioredis, taken by structure.
import { readOptions, readString } from '../options.ts'
import type { Rotated, Rotation, RotationOutcome, SessionRow, SessionStore } from './store.ts'

/** A client, pool or cluster of node-redis. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** A client or cluster of ioredis. */
export interface IoredisClient {
  eval(script: string, numkeys: number, ...args: string[]): Promise<unknown>
  defineCommand: unknown
}

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** What the keys begin with: `'tittle:'` by default. */
  readonly prefix?: string | undefined
}

// Every step is one script on one key, and so atomic and one round trip, in a cluster too.
// ARGV[1] is the time; the server's own, unless a test brings another.
const NOW = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local function spell(number) return string.format('%.17g', number) end
local function keep(seconds) redis.call('PEXPIRE', KEYS[1], math.max(1, math.ceil(seconds * 1000))) end
`

const READ = `
local row = {}
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do row[flat[i]] = flat[i + 1] end
local function number(name) return tonumber(row[name]) end
local function over() return row.revokedAt ~= '' or now >= math.min(number('idleExpiresAt'), number('expiresAt')) end
local function write(name, value)
  row[name] = value
  redis.call('HSET', KEYS[1], name, value)
end
local function answer(outcome)
  return { outcome, row.sid, row.subject, row.generation, row.createdAt, row.rotatedAt,
    row.idleExpiresAt, row.expiresAt, row.revokedAt, row.data }
end
`

const CREATE = `${NOW}
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
keep(tonumber(ARGV[2]) - now)`

const ROTATE = `${NOW}${READ}
if not row.sid then return { 'unknown' } end
if row.revokedAt ~= '' then return answer('revoked') end
local presented, generation = tonumber(ARGV[2]), number('generation')
local repeated = presented == generation - 1 and now < number('rotatedAt') + tonumber(ARGV[4])
if presented < generation and not repeated then
  write('revokedAt', spell(now))
  return answer('reused')
end
if over() then return answer('expired') end
if repeated then return answer('repeated') end
write('generation', spell(presented + 1))
write('rotatedAt', spell(now))
write('idleExpiresAt', spell(math.min(now + tonumber(ARGV[3]), number('expiresAt'))))
return answer('rotated')`

const FIND = `${NOW}${READ}
return answer('found')`

const FIND_LIVE = `${NOW}${READ}
if not row.sid or over() then return { 'over' } end
return answer('live')`

const REVOKE = `${NOW}${READ}
if not row.sid or over() then return { 'over' } end
write('revokedAt', spell(now))
return answer('revoked')`

// The sessions of a subject: a set ordered by when they expire, so that what has expired can be cut off.
const ENLIST = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', spell(now))
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
keep(tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]) - now)`

const SIDS = `return redis.call('ZRANGE', KEYS[1], 0, -1)`

const DENY = `${NOW}
redis.call('SET', KEYS[1], ARGV[2])
keep(tonumber(ARGV[2]) - now)`

// The time is kept too, for a test's clock runs while the server's stands still.
const IS_DENIED = `${NOW}
local kept = redis.call('GET', KEYS[1])
return kept and tonumber(kept) > now and 1 or 0`

const CONSUME = `${NOW}
local kept = redis.call('GET', KEYS[1])
if kept and tonumber(kept) > now then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
keep(tonumber(ARGV[2]) - now)
return 1`

/**
 * Keeps sessions in Redis 6 or later, by a client or cluster of node-redis or ioredis: one script, and so one round
 * trip, for each step but `create` (two) and those of a subject (one more than it has sessions).
 *
 * There is no schema, and nothing to sweep: every key expires. The keys are `tittle:{sid}` for a session,
 * `tittle:subject:subject` for the ids of a subject's sessions, `tittle:denied:jti` and `tittle:consumed:jti`.
 * Times are those of the Redis server. What Redis has confirmed is as durable as its configuration makes it
 * (`appendonly yes`), and a fail-over may lose the last moments.
 *
 * @throws TypeError where the client is none, or the prefix is empty
 * @example
 * import { redisStore } from 'tittle/session/redis'
 *
 * const client = { eval: async () => null } // await createClient().connect(), createCluster(…), new Redis() …
 * const store = redisStore(client, { prefix: 'my-app:' })
 */
export function redisStore(client: NodeRedisClient | IoredisClient, options: RedisStoreOptions = {}): SessionStore {
  if (typeof client?.eval !== 'function') {
    throw new TypeError('redisStore wants a client, a pool or a cluster of node-redis or ioredis')
  }
  const { prefix } = readOptions('redisStore', options, ['prefix'])
  return Object.freeze(new Redis(evalOf(client), readString('redisStore: prefix', prefix) ?? 'tittle:'))
}

type Eval = (script: string, key: string, ...args: readonly string[]) => Promise<unknown>

function evalOf(client: NodeRedisClient | IoredisClient): Eval {
  if ('defineCommand' in client) return async (script, key, ...args) => client.eval(script, 1, key, ...args)
  return async (script, key, ...args) => client.eval(script, { keys: [key], arguments: [...args] })
}

class Redis implements SessionStore {
  readonly #eval: Eval
  readonly #prefix: string

  constructor(evaluate: Eval, prefix: string) {
    this.#eval = evaluate
    this.#prefix = prefix
  }

  readonly create = async (row: SessionRow, now?: number): Promise<void> => {
    const { sid, subject, expiresAt } = row
    const fields = Object.entries(row).flatMap(([name, value]) => [name, value === null ? '' : String(value)])
    // The list comes first: a session that is cut off here is one that nobody has, not one that revokeAll misses.
    await this.#eval(ENLIST, this.#subjectKey(subject), spell(now), String(expiresAt), sid)
    await this.#eval(CREATE, this.#sessionKey(sid), spell(now), String(expiresAt), ...fields)
  }

  readonly rotate = async ({ sid, generation, idle, grace }: Rotation, now?: number): Promise<Rotated> => {
    const args = [spell(now), String(generation), String(idle), String(grace)]
    const [outcome, ...values] = toStrings(await this.#eval(ROTATE, this.#sessionKey(sid), ...args))
    return { outcome: outcome as RotationOutcome, row: toRow(values) }
  }

  readonly find = async (sid: string): Promise<SessionRow | undefined> => {
    const [, ...values] = toStrings(await this.#eval(FIND, this.#sessionKey(sid), spell(undefined)))
    return toRow(values)
  }

  readonly revoke = async (sid: string, now?: number): Promise<SessionRow | undefined> => {
    const [, ...values] = toStrings(await this.#eval(REVOKE, this.#sessionKey(sid), spell(now)))
    return toRow(values)
  }

  readonly revokeAll = async (subject: string, now?: number): Promise<readonly SessionRow[]> =>
    this.#each(subject, (sid) => this.revoke(sid, now))

  readonly list = async (subject: string, now?: number): Promise<readonly SessionRow[]> =>
    this.#each(subject, async (sid) => {
      const [, ...values] = toStrings(await this.#eval(FIND_LIVE, this.#sessionKey(sid), spell(now)))
      return toRow(values)
    })

  async #each(subject: string, step: (sid: string) => Promise<SessionRow | undefined>): Promise<readonly SessionRow[]> {
    const sids = toStrings(await this.#eval(SIDS, this.#subjectKey(subject)))
    const rows = await Promise.all(sids.map(step))
    return rows.filter((row) => row !== undefined).sort((a, b) => a.createdAt - b.createdAt)
  }

  readonly deny = async (jti: string, until: number, now?: number): Promise<void> => {
    await this.#eval(DENY, `${this.#prefix}denied:${jti}`, spell(now), String(until))
  }

  readonly isDenied = async (jti: string, now?: number): Promise<boolean> =>
    toBoolean(await this.#eval(IS_DENIED, `${this.#prefix}denied:${jti}`, spell(now)))

  readonly consume = async (jti: string, until: number, now?: number): Promise<boolean> =>
    toBoolean(await this.#eval(CONSUME, `${this.#prefix}consumed:${jti}`, spell(now), String(until)))

  #sessionKey(sid: string): string {
    return `${this.#prefix}{${sid}}`
  }

  #subjectKey(subject: string): string {
    return `${this.#prefix}subject:${subject}`
  }
}

const spell = (now: number | undefined): string => (now === undefined ? '' : String(now))

function toStrings(answer: unknown): readonly string[] {
  if (Array.isArray(answer)) return answer.map(String)
  throw unknownAnswer()
}

// Clients can be told to give numbers as text.
function toBoolean(answer: unknown): boolean {
  const text = String(answer)
  if (text === '1' || text === '0') return text === '1'
  throw unknownAnswer()
}

const unknownAnswer = (): TypeError =>
  new TypeError('the client of the redis store answers otherwise than node-redis and ioredis do')

function toRow(values: readonly string[]): SessionRow | undefined {
  const [sid, subject, generation, createdAt, rotatedAt, idleExpiresAt, expiresAt, revokedAt, data] = values
  if (sid === undefined || subject === undefined || data === undefined) return undefined
  return {
    sid,
    subject,
    generation: Number(generation),
    createdAt: Number(createdAt),
    rotatedAt: Number(rotatedAt),
    idleExpiresAt: Number(idleExpiresAt),
    expiresAt: Number(expiresAt),
    revokedAt: revokedAt === '' ? null : Number(revokedAt),
    data,
  }
}
