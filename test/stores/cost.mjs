// What each step costs: round trips to the store, counted on the wire where there is one: `node cost.mjs`.
import { generateSecret } from 'tittle'
import { createSessions } from 'tittle/session'
import pg from 'pg'
import { check, main, startPlaces, STORES, toTable } from './fleet.mjs'
import { startProxy } from './proxy.mjs'

// A cluster's nodes tell their own addresses, past any proxy; what is sent there is what one Redis is sent.
const NAMES = Object.keys(STORES).filter((name) => STORES[name].needs !== 'Redis Cluster')
const TIMES = 20
const MANY = 100_000
const OPTIONS = { issuer: 'https://issuer.example', audience: 'api', clientId: 'fleet' }
const key = () => generateSecret('HS256')

const WANTED = {
  start: 1,
  refresh: 1,
  'refresh again': 1,
  'refresh, forged': 0,
  'API, stateless': 0,
  'API, live': 1,
  end: 1,
}
const wantedOf = (name) => (STORES[name].needs === 'Redis' ? { ...WANTED, start: 2 } : WANTED)

main(async () => {
  const places = await startPlaces(NAMES)
  const rows = []
  for (const name of NAMES.filter(places.has)) rows.push(await rowOf(name, places))
  console.log(toTable([['store', 'counted', ...Object.keys(WANTED)], ...rows]))
  if (places.has('PostgreSQL by pg')) await checkGrowth('PostgreSQL by pg', places)
})

async function rowOf(name, places) {
  const server = places.server(STORES[name].needs)
  const proxy = server.port && (await startProxy(server.port))
  // One connection, so that none is opened while trips are counted.
  const where = { ...places.whereOf(name), max: 1 }
  if (proxy) where.url = where.url.replace(`:${server.port}`, `:${proxy.port}`)
  const opened = await STORES[name].open(where)
  const calls = counted(opened.store)
  const sessions = createSessions({ ...OPTIONS, signingKey: key(), refreshKey: key(), store: calls.store })
  const forger = createSessions({ ...OPTIONS, signingKey: key(), refreshKey: key() })
  const trips = () => (proxy ? proxy.trips : calls.count)

  let costs = {}
  const cost = async (step, act) => {
    const before = trips()
    const result = await act()
    costs[step] = (costs[step] ?? 0) + trips() - before
    return result
  }
  const forged = (await forger.start('alice')).refreshToken
  const goThrough = async () => {
    const first = await cost('start', () => sessions.start('alice'))
    const second = await cost('refresh', () => sessions.refresh(first.refreshToken))
    await cost('refresh again', () => sessions.refresh(first.refreshToken))
    await cost('refresh, forged', () => sessions.refresh(forged).catch(() => {}))
    await cost('API, stateless', () => sessions.verifyAccess(second.accessToken))
    await cost('API, live', () => sessions.verifyAccess(second.accessToken, { session: 'live' }))
    await cost('end', () => sessions.end(second.refreshToken))
  }
  // The first time, clients also make themselves and their statements known to the server.
  await goThrough()
  costs = {}
  for (let time = 0; time < TIMES; time++) await goThrough()
  await opened.close()
  await proxy?.stop()
  const cells = Object.entries(wantedOf(name)).map(([step, wanted]) => {
    const mean = costs[step] / TIMES
    check(`${name}: "${step}" costs ${wanted}`, mean === wanted, `${mean}`)
    return `${mean}`
  })
  return [name, proxy ? 'round trips' : 'calls of the store', ...cells]
}

// A step that looks at every row takes a hundred times as long then.
async function checkGrowth(name, places) {
  const where = places.whereOf(name)
  const { store, close } = await STORES[name].open(where)
  const sessions = createSessions({ ...OPTIONS, signingKey: key(), refreshKey: key(), store })
  const few = await mediansOf(sessions)
  const client = new pg.Client(where.url)
  await client.connect()
  await client.query(`INSERT INTO tittle_sessions
    SELECT 'sid-' || i, 'user-' || i, 0, 1, 1, 9e9, 9e9, NULL, '{}' FROM generate_series(1, ${MANY}) AS i`)
  await client.query('ANALYZE tittle_sessions')
  await client.end()
  const many = await mediansOf(sessions)
  await close()
  console.log(
    `\n${toTable([['ms', ...Object.keys(few)], rowOfMedians('few sessions', few), rowOfMedians(`${MANY} more`, many)])}`,
  )
  for (const step of Object.keys(few)) {
    check(`${name}: "${step}" is as fast among ${MANY} sessions`, many[step] < 5 * few[step] + 2, `${many[step]} ms`)
  }
}

const rowOfMedians = (label, medians) => [label, ...Object.values(medians).map((ms) => ms.toFixed(2))]

async function mediansOf(sessions) {
  const times = { start: [], refresh: [], 'API, live': [], list: [], end: [], endAll: [] }
  const time = async (step, act) => {
    const began = performance.now()
    const result = await act()
    times[step].push(performance.now() - began)
    return result
  }
  for (let i = 0; i < 2 * TIMES; i++) {
    const { refreshToken } = await time('start', () => sessions.start('alice'))
    const next = await time('refresh', () => sessions.refresh(refreshToken))
    await time('API, live', () => sessions.verifyAccess(next.accessToken, { session: 'live' }))
    await time('list', () => sessions.list('alice'))
    await time('end', () => sessions.end(next.refreshToken))
    await time('endAll', () => sessions.endAll('alice'))
  }
  const medians = Object.entries(times).map(([step, all]) => [step, all.sort((a, b) => a - b)[TIMES]])
  return Object.fromEntries(medians)
}

/** The store, and how often any of its steps was called. */
function counted(store) {
  const calls = { count: 0, store: {} }
  for (const [step, act] of Object.entries(store)) {
    calls.store[step] = (...args) => {
      calls.count++
      return act(...args)
    }
  }
  return calls
}
