// 200 clients that refresh the same session at the same moment, on every store: `node concurrency.mjs`.
import { generateSecret } from 'tittle'
import { createSessions } from 'tittle/session'
import { check, main, startPlaces, STORES, toTable } from './fleet.mjs'

const SERVERS = 20
const CLIENTS = 200
const ROUNDS = 10

main(async () => {
  const places = await startPlaces(Object.keys(STORES))
  const rows = []
  for (const name of Object.keys(STORES).filter(places.has)) rows.push(await rowOf(name, places.whereOf(name)))
  console.log(toTable([['store', 'clients', 'rounds', 'refreshed', 'replayed', 'other', 'ms a round'], ...rows]))
})

async function rowOf(name, where) {
  // By two connections or pools, wherever a store can be shared.
  const isShared = STORES[name].needs !== 'nothing'
  const opened = [await STORES[name].open(where), ...(isShared ? [await STORES[name].open(where)] : [])]
  const seen = []
  const options = {
    issuer: 'https://issuer.example',
    audience: 'api',
    clientId: 'fleet',
    signingKey: generateSecret('HS256'),
    refreshKey: generateSecret('HS256'),
    onEvent: ({ type }) => void seen.push(type),
  }
  // Many servers, so that it is the store that decides.
  const servers = Array.from({ length: SERVERS }, (_, i) =>
    createSessions({ ...options, store: opened[i % opened.length].store }),
  )
  let { refreshToken } = await servers[0].start('alice')
  const total = { refreshed: 0, replayed: 0, other: 0 }
  const began = performance.now()
  for (let round = 1; round <= ROUNDS; round++) {
    seen.length = 0
    const answers = await Promise.allSettled(
      Array.from({ length: CLIENTS }, (_, i) => servers[i % servers.length].refresh(refreshToken)),
    )
    const refused = answers.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code ?? reason)
    const tokens = answers.filter(({ status }) => status === 'fulfilled').map(({ value }) => value)
    const successors = new Set(tokens.map((token) => token.refreshToken))
    const count = (type) => seen.filter((event) => event === type).length
    const at = `${name}, round ${round}`
    check(`${at}: nobody is refused`, refused.length === 0, [...new Set(refused)].join())
    check(`${at}: one rotation`, count('refreshed') === 1, count('refreshed'))
    check(`${at}: all others repeat it`, count('replayed') === CLIENTS - 1, count('replayed'))
    check(`${at}: one successor for all`, successors.size === 1 && !successors.has(refreshToken), successors.size)
    check(`${at}: an access token for each`, new Set(tokens.map((token) => token.accessToken)).size === CLIENTS)
    total.refreshed += count('refreshed')
    total.replayed += count('replayed')
    total.other += seen.length - count('refreshed') - count('replayed')
    ;[refreshToken] = successors
  }
  const took = (performance.now() - began) / ROUNDS

  const last = await servers.at(-1).refresh(refreshToken)
  const { generation } = last.session
  check(`${name}: the session goes on, as often rotated as asked`, generation === ROUNDS + 1, generation)
  await servers[0].verifyAccess(last.accessToken, { session: 'live' })
  const listed = await servers[0].list('alice')
  check(`${name}: it is on`, listed.length === 1 && listed[0].generation === generation)
  await servers[0].endAll('alice')
  await Promise.all(opened.map(({ close }) => close()))
  return [name, CLIENTS, ROUNDS, total.refreshed, total.replayed, total.other, took.toFixed(0)].map(String)
}
