// What each step costs: round trips to the store, counted on the wire where there is one: `node cost.mjs`.
import { generateSecret } from 'tittle'
import { createSessions } from 'tittle/session'
import { check, main, startPlaces, STORES, toTable } from './fleet.mjs'
import { startProxy } from './proxy.mjs'

// A cluster's nodes tell their own addresses, past any proxy; what is sent there is what one Redis is sent.
const NAMES = Object.keys(STORES).filter((name) => STORES[name].needs !== 'Redis Cluster')
const TIMES = 20
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
})

async function rowOf(name, places) {
  const server = places.server(STORES[name].needs)
  const proxy = server.port && (await startProxy(server.port))
  // One connection, so that none is opened while trips are counted.
  const where = { ...places.whereOf(name), max: 1 }
  if (proxy) where.url = where.url.replace(`:${server.port}`, `:${proxy.port}`)
  const opened = await STORES[name].open(where)
  const calls = counted(opened.store)
  const options = { issuer: 'https://issuer.example', audience: 'api', clientId: 'fleet' }
  const sessions = createSessions({ ...options, signingKey: key(), refreshKey: key(), store: calls.store })
  const forger = createSessions({ ...options, signingKey: key(), refreshKey: key() })
  const trips = () => (proxy ? proxy.trips : calls.count)

  const costs = {}
  const cost = async (step, act) => {
    const before = trips()
    const result = await act()
    costs[step] = (costs[step] ?? 0) + trips() - before
    return result
  }
  // The first time, clients also make themselves known to the server.
  await sessions.end((await sessions.refresh((await sessions.start('alice')).refreshToken)).refreshToken)
  const forged = (await forger.start('alice')).refreshToken
  for (let time = 0; time < TIMES; time++) {
    const first = await cost('start', () => sessions.start('alice'))
    const second = await cost('refresh', () => sessions.refresh(first.refreshToken))
    await cost('refresh again', () => sessions.refresh(first.refreshToken))
    await cost('refresh, forged', () => sessions.refresh(forged).catch(() => {}))
    await cost('API, stateless', () => sessions.verifyAccess(second.accessToken))
    await cost('API, live', () => sessions.verifyAccess(second.accessToken, { session: 'live' }))
    await cost('end', () => sessions.end(second.refreshToken))
  }
  await opened.close()
  await proxy?.stop()
  const cells = Object.entries(wantedOf(name)).map(([step, wanted]) => {
    const mean = costs[step] / TIMES
    check(`${name}: "${step}" costs ${wanted}`, mean === wanted, `${mean}`)
    return `${mean}`
  })
  return [name, proxy ? 'round trips' : 'calls of the store', ...cells]
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
