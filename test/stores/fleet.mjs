// What the scripts on load, kills and outages share: stores by their client, server processes, clients, and the count.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from 'tittle/session'
import { postgresStore } from 'tittle/session/postgres'
import { redisStore } from 'tittle/session/redis'
import { sqliteStore } from 'tittle/session/sqlite'
import { hasPostgres, hasRedis, installServers, startCluster, startPostgres, startRedis } from './servers.mjs'

export { toTable } from '../setup/table.mjs'

/** Every store by every client: what it needs, and how it is opened where that is. */
export const STORES = {
  memory: { needs: 'nothing', open: async () => ({ store: memoryStore(), close: async () => {} }) },
  'SQLite by better-sqlite3': { needs: 'better-sqlite3', open: openSqlite },
  PGlite: { needs: 'nothing', open: openPglite },
  'PostgreSQL by pg': { needs: 'PostgreSQL', open: openPg },
  'PostgreSQL by postgres.js': { needs: 'PostgreSQL', open: openPostgresJs },
  'Redis by node-redis': { needs: 'Redis', open: openNodeRedis },
  'Redis by ioredis': { needs: 'Redis', open: openIoredis },
  'Redis Cluster by node-redis': { needs: 'Redis Cluster', open: openNodeRedisCluster },
  'Redis Cluster by ioredis': { needs: 'Redis Cluster', open: openIoredisCluster },
}

// What fails to reach a server says so again in the answer to each command; here it would end the process.
const heard = () => {}

async function openSqlite({ file }) {
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(file)
  return ready(sqliteStore(db), async () => db.close())
}

async function openPglite() {
  const { PGlite } = await import('@electric-sql/pglite')
  const db = new PGlite()
  return ready(postgresStore(db), () => db.close())
}

async function openPg({ url, max = 10 }) {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: url, max })
  pool.on('error', heard)
  return ready(postgresStore(pool), () => pool.end())
}

async function openPostgresJs({ url, max = 10 }) {
  const { default: postgres } = await import('postgres')
  // By itself it would wait for up to 20 s before it connects again, with a command in hand.
  const sql = postgres(url, { max, onnotice: heard, backoff: 0.5 })
  return ready(postgresStore(sql), () => sql.end({ timeout: 1 }))
}

async function openNodeRedis({ url }) {
  const { createClient } = await import('redis')
  const client = createClient({ url }).on('error', heard)
  await client.connect()
  return ready(redisStore(client), async () => client.destroy())
}

async function openIoredis({ url }) {
  const { Redis } = await import('ioredis')
  const client = new Redis(url).on('error', heard)
  await client.ping()
  return ready(redisStore(client), async () => client.disconnect())
}

async function openNodeRedisCluster({ nodes }) {
  const { createCluster } = await import('redis')
  const rootNodes = nodes.map(({ host, port }) => ({ url: `redis://${host}:${port}` }))
  const cluster = createCluster({ rootNodes }).on('error', heard)
  await cluster.connect()
  return ready(redisStore(cluster), async () => cluster.destroy())
}

async function openIoredisCluster({ nodes }) {
  const { Cluster } = await import('ioredis')
  const cluster = new Cluster(nodes).on('error', heard)
  await cluster.ping()
  return ready(redisStore(cluster), async () => cluster.disconnect())
}

async function ready(store, close) {
  await store.migrate?.()
  return { store, close }
}

const PLACES = {
  nothing: { has: () => true, start: async () => ({}) },
  'better-sqlite3': { has: hasSqlite, start: async () => ({ file: join(makeFolder(), 'sessions.db') }) },
  PostgreSQL: { has: hasPostgres, start: () => startPostgres({ settings: { max_connections: 100 } }) },
  Redis: { has: hasRedis, start: () => startRedis() },
  'Redis Cluster': { has: hasRedis, start: () => startCluster() },
}

/** Starts what the stores of these names need, once; skips those whose needs this machine has not. */
export async function startPlaces(names) {
  installServers()
  const places = new Map()
  for (const name of names) {
    const { needs } = STORES[name]
    if (!PLACES[needs].has()) skips.push(`${name}: there is no ${needs} on this machine`)
    else if (!places.has(needs)) places.set(needs, await PLACES[needs].start())
  }
  return {
    has: (name) => places.has(STORES[name].needs),
    server: (needed) => places.get(needed),
    /** As plain data, for another process. */
    whereOf: (name) => {
      const { url, nodes, file } = places.get(STORES[name].needs)
      return { url, nodes, file }
    },
  }
}

function hasSqlite() {
  try {
    const Database = createRequire(import.meta.url)('better-sqlite3')
    new Database(':memory:').close()
    return true
  } catch {
    return false
  }
}

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-sessions-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const secret = () => randomBytes(32).toString('base64url')

/** The keys that all server processes of one issuer share. */
export const makeKeys = () => ({ access: secret(), refresh: secret() })

/** A server process of sessions, as issuer.mjs says: killed and started again as its tests want. */
export class Issuer {
  #child
  #ended

  static async start(settings) {
    const issuer = new Issuer()
    issuer.settings = settings
    await issuer.restart()
    return issuer
  }

  async restart() {
    // It ends with this process, as its channel does.
    this.#child = fork(join(import.meta.dirname, 'issuer.mjs'), [JSON.stringify(this.settings)])
    this.#ended = once(this.#child, 'exit')
    const { port } = await this.#message()
    this.port = port
    this.pid = this.#child.pid
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** How often each event has happened, since the process was started. */
  async events() {
    this.#child.send('events')
    return this.#message()
  }

  async #message() {
    const [message] = await Promise.race([once(this.#child, 'message'), this.#ended])
    if (typeof message === 'object' && message !== null) return message
    throw new Error('the server process has ended')
  }

  async kill() {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

const agent = new Agent({ keepAlive: true })

/** Asks a server process; rejects where no whole answer comes. */
export function ask({ port }, path, body, headers = {}) {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      const chunks = []
      response.on('error', reject)
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const seconds = (performance.now() - began) / 1000
        resolve({ status: response.statusCode, code: response.headers.code, seconds, ...JSON.parse(text) })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** A client that holds one session, and remembers what it was given for each of its tokens. */
export class Client {
  #given = new Map()
  /** The token that it would present next, the one before, and the one before that. */
  token
  previous
  older
  generation = 0

  static async login(issuer, subject) {
    const client = new Client()
    const { status, refreshToken, accessToken, sid } = await ask(issuer, '/login', subject)
    if (status !== 200) throw new Error(`the log-in was answered with ${status}`)
    return Object.assign(client, { token: refreshToken, accessToken, sid, subject })
  }

  /** Takes an answer to a token: false where it is not the one successor of that token. */
  take(presented, { status, refreshToken, accessToken, sid }) {
    if (status !== 200 || sid !== this.sid || refreshToken === presented) return false
    const known = this.#given.get(presented)
    if (known !== undefined) return known === refreshToken
    if (presented !== this.token) return false
    this.#given.set(presented, refreshToken)
    // Only the last few can be asked for again.
    if (this.#given.size > 4) this.#given.delete(this.#given.keys().next().value)
    Object.assign(this, { older: this.previous, previous: presented, token: refreshToken, accessToken })
    this.generation++
    return true
  }
}

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of a run: that of the command line, or a new one; printed, so that a run can be repeated. */
export function readSeed() {
  const seed = Number(process.argv[2] ?? randomBytes(4).readUInt32LE())
  console.log(`seed ${seed}`)
  return seed
}

let passed = 0
const failures = []
const skips = []

/** Counts a check; `seen` is told where it fails. */
export function check(name, holds, seen = '') {
  if (holds) passed++
  else failures.push(`${name}${seen === '' ? '' : `: ${seen}`}`)
}

/** Runs a script, ends it with the number of checks, and with status 1 where one failed. */
export async function main(script) {
  // For a script that waits for what will never come, and so ends without a word.
  process.exitCode = 1
  await script().catch((error) => failures.push(error.stack))
  for (const name of skips) console.log(`skipped  ${name}`)
  for (const failure of failures) console.log(`FAILED   ${failure}`)
  const skipped = skips.length > 0 ? `, ${skips.length} skipped` : ''
  console.log(`\n${passed} passed, ${failures.length} failed${skipped}`)
  process.exit(failures.length === 0 ? 0 : 1)
}
