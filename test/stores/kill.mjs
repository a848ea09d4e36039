// The server process is killed 50 times amid refreshes, as by kill -9, and started again: `node kill.mjs [seed]`.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ask,
  check,
  Client,
  Issuer,
  main,
  makeKeys,
  randomFrom,
  readSeed,
  startPlaces,
  STORES,
  toTable,
} from './fleet.mjs'

const NAMES = ['SQLite by better-sqlite3', 'PostgreSQL by pg']
const KILLS = 50
const CLIENTS = 50

main(async () => {
  const seed = readSeed()
  const places = await startPlaces(NAMES)
  const rows = []
  for (const name of NAMES.filter(places.has)) rows.push(await rowOf(name, places.whereOf(name), randomFrom(seed)))
  const sum = (column) => rows.reduce((sum, row) => sum + Number(row[column]), 0)
  check('some clients were cut off before their session was rotated', sum(4) > sum(5))
  check('some clients were cut off after their session was rotated', sum(5) > 0)
  const head = ['store', 'kills', 'clients', 'answers', 'cut off', 'of these rotated', 'logged out', 'seconds']
  console.log(toTable([head, ...rows]))
})

async function rowOf(name, where, random) {
  const began = performance.now()
  const issuer = await Issuer.start({ name, where, keys: makeKeys() })
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => Client.login(issuer, `user-${i}`)))
  const total = { answers: 0, cutOff: 0, rotated: 0, loggedOut: 0 }

  for (let kill = 1; kill <= KILLS; kill++) {
    const at = `${name}, kill ${kill}`
    const round = { isOver: false, answers: 0, wrong: [] }
    const working = clients.map((client) => refreshUntilKilled(client, issuer, round))
    await sleep(50 + 200 * random())
    await issuer.kill()
    round.isOver = true
    await Promise.all(working)
    await issuer.restart()

    const rows = await rowsOf(clients, name, where)
    // A client that was cut off has not moved on, but its row may have.
    const isMoved = (client, i) => client.isCutOff && rows[i].generation === client.generation + 1
    const astray = clients.filter((client, i) => rows[i].generation !== client.generation && !isMoved(client, i))
    const cutOff = clients.filter((client) => client.isCutOff)
    const rotated = clients.filter(isMoved)
    const again = await Promise.all(clients.map((client) => repeatLast(client, issuer)))
    const { replayed } = await issuer.events()
    const twice = await Promise.all(clients.map((client) => repeatLast(client, issuer)))
    const on = await Promise.all(clients.map((client) => goOn(client, issuer)))

    const loggedOut = [...again, ...twice, ...on].filter((answer) => answer.status !== 200).length
    check(`${at}: every answer before is right`, round.wrong.length === 0, [...new Set(round.wrong)].join())
    check(`${at}: no rotation is lost or doubled`, astray.length === 0, astray.length)
    check(`${at}: nobody is logged out`, loggedOut === 0, loggedOut)
    check(`${at}: each last request gives one successor, again and again`, [...again, ...twice].every(isRight))
    // Those who had their answer, and those whose answer was lost, get the successor that there is.
    const known = CLIENTS - cutOff.length + rotated.length
    check(`${at}: what was rotated is not rotated again`, replayed === known, `${replayed} of ${known}`)
    check(`${at}: everybody goes on`, on.every(isRight))
    total.answers += round.answers
    total.cutOff += cutOff.length
    total.rotated += rotated.length
    total.loggedOut += loggedOut
  }

  await issuer.kill()
  const rows = await rowsOf(clients, name, where)
  const same = clients.filter(({ generation }, i) => rows[i].generation === generation && rows[i].revokedAt === null)
  check(`${name}: every session was rotated as often as its client saw`, same.length === CLIENTS, same.length)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  return [name, KILLS, CLIENTS, total.answers, total.cutOff, total.rotated, total.loggedOut, seconds].map(String)
}

const isRight = (answer) => answer.isRight

async function refreshUntilKilled(client, issuer, round) {
  client.isCutOff = false
  while (!round.isOver && !client.isCutOff) {
    client.asked = client.token
    const answer = await present(client, issuer, client.asked).catch(() => undefined)
    client.isCutOff = answer === undefined
    if (!answer) return
    round.answers++
    if (!answer.isRight) round.wrong.push(`${answer.status} ${answer.code}`)
  }
}

async function present(client, issuer, token) {
  const answer = await ask(issuer, '/refresh', token)
  return { ...answer, isRight: client.take(token, answer) }
}

// Also where it was answered: the client may not have had the time to keep the answer.
const repeatLast = (client, issuer) => present(client, issuer, client.asked)

const goOn = (client, issuer) => present(client, issuer, client.token)

/** The rows as they are kept, read past the server process. */
async function rowsOf(clients, name, where) {
  const { store, close } = await STORES[name].open(where)
  const rows = await Promise.all(clients.map(({ sid }) => store.find(sid)))
  // Nobody else must have the file open, or the server would not have to mend it when it starts.
  await close()
  return rows
}
