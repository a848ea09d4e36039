// Every store by every client that it is made for: how it is opened, and whether it keeps its promises.
import { PGlite } from '@electric-sql/pglite'
import { Cluster, Redis } from 'ioredis'
import pg from 'pg'
import postgres from 'postgres'
import { createClient, createCluster } from 'redis'
import { memoryStore } from 'tittle/session'
import { sampleRow, storeConformance } from 'tittle/session/conformance'
import { postgresStore } from 'tittle/session/postgres'
import { redisStore } from 'tittle/session/redis'
import { sqliteStore } from 'tittle/session/sqlite'
import { startProxy } from './proxy.mjs'

/** Opens a store, by the client's name, at a path, a URL or the nodes of a cluster; `size` is how many connections. */
export const open = {
  memory: async () => ({ store: memoryStore(), close: () => {} }),

  'better-sqlite3': async (path) => openSqlite(new (await import('better-sqlite3')).default(path)),
  'node:sqlite': async (path) => openSqlite(new (await import('node:sqlite')).DatabaseSync(path)),

  PGlite: async () => {
    const db = new PGlite()
    const { rows } = await db.query('SHOW server_version')
    return openPostgres(db, `PostgreSQL ${rows[0].server_version}`, () => db.close())
  },
  pg: async (url, size = 20) => {
    const pool = new pg.Pool({ connectionString: url, max: size })
    return openPostgres(pool, undefined, () => pool.end())
  },
  postgres: async (url, size = 20) => {
    const sql = postgres(url, { max: size, onnotice: () => {} })
    return openPostgres(sql, undefined, () => sql.end())
  },

  redis: async (url) => {
    const client = await createClient({ url }).connect()
    return { store: redisStore(client), close: () => client.close() }
  },
  ioredis: async (url) => {
    const client = new Redis(url)
    return { store: redisStore(client), close: () => client.quit() }
  },
  'redis, cluster': async (nodes) => {
    const cluster = createCluster({ rootNodes: nodes.map(({ host, port }) => ({ url: `redis://${host}:${port}` })) })
    await cluster.connect()
    return { store: redisStore(cluster), close: () => cluster.close() }
  },
  'ioredis, cluster': async (nodes) => {
    const cluster = new Cluster(nodes)
    return { store: redisStore(cluster), close: () => cluster.quit() }
  },
}

async function openSqlite(db) {
  const store = sqliteStore(db)
  await store.migrate()
  const { version } = db.prepare('SELECT sqlite_version() AS version').get()
  return { store, version: `SQLite ${version}`, close: () => db.close() }
}

async function openPostgres(client, version, close) {
  const store = postgresStore(client)
  // As servers do that start at the same moment.
  await Promise.all(Array.from({ length: 10 }, () => store.migrate()))
  return { store, version, close }
}

/** How many tests the conformance suite has. */
export const size = storeConformance(memoryStore).length

/** Runs the conformance suite: how many of its tests passed, and what the others say. */
export async function conform(store) {
  const failures = []
  for (const { name, run } of storeConformance(() => store)) {
    await run().catch((error) => failures.push(`${name}: ${error.message}`))
  }
  return { passed: size - failures.length, failures }
}

/** How many round trips a rotation takes, once the connection is warm. */
export async function tripsPerRotation(name, server) {
  const proxy = await startProxy(server.port)
  const { store, close } = await open[name](server.url.replace(`:${server.port}`, `:${proxy.port}`), 1)
  const { sid, ...row } = sampleRow()
  await store.create({ sid, ...row })
  const rotate = (generation) => store.rotate({ sid, generation, idle: 100, grace: 10 })
  await rotate(0)
  proxy.trips = 0
  for (let generation = 1; generation <= 10; generation++) await rotate(generation)
  const trips = proxy.trips / 10
  await close()
  await proxy.stop()
  return trips
}

/** The keys of a Redis that stay for ever; there should be none. */
export async function lastingKeys({ url }) {
  const client = await createClient({ url }).connect()
  const keys = await client.keys('*')
  const lives = await Promise.all(keys.map((key) => client.pTTL(key)))
  await client.close()
  return keys.filter((_, index) => lives[index] === -1)
}
