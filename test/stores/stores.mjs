// The conformance suite on every store by every client, on real servers: `npm run test:stores`.
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, nodeOf } from '../setup/prepare.mjs'
import { toTable } from '../setup/table.mjs'
import { conform, lastingKeys, open, size, tripsPerRotation } from './suites.mjs'
import { hasPostgres, hasRedis, installServers, startCluster, startPostgres, startRedis } from './servers.mjs'

installServers()
const folder = mkdtempSync(join(tmpdir(), 'tittle-stores-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

const results = []
await suite('memory', () => inProcess('memory'))
await suite('better-sqlite3', betterSqlite3)
await suite('node:sqlite', nodeSqlite)
await suite('PGlite', () => inProcess('PGlite'))

const postgres = hasPostgres() ? await startPostgres() : undefined
await suite('pg', () => onServer('pg', postgres, 'PostgreSQL'))
await suite('postgres', () => onServer('postgres', postgres, 'PostgreSQL'))

const redis = hasRedis() ? await startRedis() : undefined
await suite('redis', () => onRedis('redis', redis))
await suite('ioredis', () => onRedis('ioredis', redis))

const cluster = hasRedis() ? await startCluster() : undefined
await suite('redis, cluster', () => onCluster('redis, cluster', cluster))
await suite('ioredis, cluster', () => onCluster('ioredis, cluster', cluster))
report()

/** Runs a suite: how many of its tests passed and what the others say, or `lack`, what this machine has not. */
async function suite(name, act) {
  const result = await act().catch((error) => ({ failures: [`the suite could not be run: ${error.stack}`] }))
  results.push({ name, passed: 0, failures: [], ...result })
}

async function inProcess(name, at) {
  const { store, version, close } = await open[name](at)
  const result = await conform(store)
  await close()
  return { ...result, version }
}

async function betterSqlite3() {
  const isBuilt = await open['better-sqlite3'](':memory:').then(
    ({ close }) => close() && true,
    (error) => !/bindings|NODE_MODULE_VERSION/.test(error.message),
  )
  return isBuilt
    ? inProcess('better-sqlite3', join(folder, 'better-sqlite3.db'))
    : { lack: 'better-sqlite3 was not built' }
}

/** On the Node at hand, or on the one that `npm run test:mldsa` installs. */
async function nodeSqlite() {
  const node = isBuiltin('node:sqlite') ? process.execPath : otherNode()
  if (!node) return { lack: 'this Node has no node:sqlite' }
  const args = [join(folder, 'node-sqlite.db')]
  const options = { execPath: node, execArgv: ['--disable-warning=ExperimentalWarning'] }
  const child = fork(join(import.meta.dirname, 'node-sqlite.mjs'), args, options)
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('disconnect', () => reject(new Error('it ended without a result')))
  })
}

function otherNode() {
  try {
    install('mldsa')
    return nodeOf('mldsa')
  } catch {
    return undefined
  }
}

async function onServer(name, server, product) {
  if (!server) return { lack: `there is no ${product}` }
  const { passed, failures } = await inProcess(name, server.url)
  const trips = await tripsPerRotation(name, server)
  return {
    version: server.version,
    trips: `${trips}`,
    ...expected({ passed, failures }, trips === 1, `a rotation takes ${trips} round trips`),
  }
}

async function onRedis(name, server) {
  const result = await onServer(name, server, 'Redis')
  return server ? { ...result, ...(await everyKeyExpires(result, [server])) } : result
}

async function onCluster(name, cluster) {
  if (!cluster) return { lack: 'there is no Redis' }
  const result = await inProcess(name, cluster.nodes)
  return { ...(await everyKeyExpires(result, cluster.servers)), version: `${cluster.version}, 3 nodes` }
}

async function everyKeyExpires(result, servers) {
  const lasting = (await Promise.all(servers.map(lastingKeys))).flat()
  return expected(result, lasting.length === 0, `${lasting.length} keys are kept for ever`)
}

/** The result with one more test. */
function expected({ passed, failures }, holds, failure) {
  return holds ? { passed: passed + 1, failures } : { passed, failures: [...failures, failure] }
}

function report() {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'))
  const clientOf = (name) => name.replace(/^[\w-]+/, (client) => `${client} ${dependencies[client] ?? ''}`.trim())
  const rows = results.map(({ name, version = '', passed, failures, trips = '', lack }) =>
    [clientOf(name), version, ...(lack ? ['skipped', ''] : [passed, failures.length]), trips].map(String),
  )
  console.log(`\nNode ${process.versions.node}, ${size} tests of the conformance suite for each store\n`)
  console.log(toTable([['store, by its client', 'server', 'passed', 'failed', 'round trips per rotation'], ...rows]))
  console.log('\nBeside them: a rotation is one round trip to a server, and every key of Redis expires.')

  const failures = results.flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`))
  const skipped = results.filter(({ lack }) => lack)
  for (const failure of failures) console.log(`FAILED  ${failure}`)
  for (const { name, lack } of skipped) console.log(`SKIPPED  ${name}: ${lack}`)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  console.log(`\n${passed} passed, ${failures.length} failed, ${skipped.length * size} skipped`)
  process.exitCode = failures.length === 0 ? 0 : 1
}
