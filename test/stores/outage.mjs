// The database goes away under load and comes back: stopped, killed, or hung: `node outage.mjs`.
//
// While it is away clients are told to come again, and what their servers have queued meanwhile may be executed late.
// That logs nobody out, even where the outage is longer than the grace: the database reads its clock when it acts, and
// so the grace begins with the late rotation. What remains: a rotation that is done at the very moment of the stop, and
// whose answer is lost with it, is older than the grace when its client comes again, and counts as reuse. This happens
// only where the outage is longer than the grace. The script counts how often it does, and allows nothing else.
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, check, Client, Issuer, main, makeKeys, startPlaces, STORES, toTable } from './fleet.mjs'

const NAMES = {
  PostgreSQL: ['PostgreSQL by pg', 'PostgreSQL by postgres.js'],
  Redis: ['Redis by node-redis', 'Redis by ioredis'],
}
// Seconds. A grace has to be longer than the timeout, or whoever was told to come again may come too late.
const CASES = [
  { grace: 10, outage: 3 },
  { grace: 2, outage: 5 },
]
const TIMEOUT = 1
const SLACK = 1
const CLIENTS = 50

const WAYS = {
  stopped: { leave: (server) => server.stop(), comeBack: (server) => server.restart() },
  killed: { leave: (server) => server.kill(), comeBack: (server) => server.restart() },
  hung: { leave: (server) => signalAll(server, 'SIGSTOP'), comeBack: (server) => signalAll(server, 'SIGCONT') },
}

// postgres.js keeps commands of a connection that has died, and may send them again when their clients, who do not rest
// here between two refreshes, have gone on: an old token, that is, which nothing tells from a stolen one. Who refreshes
// minutes apart does not meet it. Counted in the table, and allowed.
const SENDS_AGAIN = (name, way) => name === 'PostgreSQL by postgres.js' && way !== 'hung'

const now = () => Date.now() / 1000

main(async () => {
  const places = await startPlaces(Object.values(NAMES).flat())
  const rows = []
  const lost = { inFlight: 0, answers: 0, outages: 0 }
  for (const [needed, names] of Object.entries(NAMES)) {
    const server = places.server(needed)
    if (!server) continue
    // A server that hangs would not hear that it shall end.
    process.prependOnceListener('exit', () => server.pid && signalAll(server, 'SIGCONT'))
    for (const { grace, outage } of CASES) {
      const settings = { keys: makeKeys(), refresh: { grace }, storeTimeout: TIMEOUT }
      const issuers = await Promise.all(
        names.map((name) => Issuer.start({ name, where: places.whereOf(name), ...settings })),
      )
      for (const way of Object.keys(WAYS)) {
        const books = await goThrough({ server, issuers, way, outage })
        for (const book of books) {
          await checkBook(book, { way, grace, outage, where: places.whereOf(book.name) })
          rows.push(rowOf(book, { way, grace, outage }))
          if (outage < grace) continue
          lost.outages++
          lost.inFlight += book.inFlight
          lost.answers += book.lost
        }
      }
      await Promise.all(issuers.map((issuer) => issuer.kill()))
    }
  }
  const head = [
    'store',
    'it was',
    'for s',
    'grace s',
    'answers',
    '503',
    'slowest s',
    'well after s',
    'late',
    'lost',
    'logged out',
  ]
  console.log(toTable([head, ...rows]))
  console.log('\nlate: rotated by a command that had waited, and given to its client again within the grace')
  console.log('lost: rotated at the moment of the stop, and asked for again after the grace; these are logged out')
  const { inFlight, answers, outages } = lost
  console.log(
    `outages longer than the grace: ${outages}; requests in flight at their stops: ${inFlight}; lost: ${answers}`,
  )
})

/** Sends the server away and lets it come back, while the clients of each issuer go on; the books that they keep. */
async function goThrough({ server, issuers, way, outage }) {
  const books = await Promise.all(issuers.map(openBook))
  const working = books.flatMap((book) => book.clients.map((client) => visit(client, book)))
  await sleep(1000)
  for (const book of books) book.inFlight = book.clients.filter(({ isWaiting }) => isWaiting).length
  await WAYS[way].leave(server)
  for (const book of books) book.goneAt = now()
  await sleep(outage * 1000)
  for (const book of books) book.late = -(await book.issuer.events()).replayed
  for (const book of books) book.backAt = now()
  await WAYS[way].comeBack(server)
  const isWell = ({ isOut, wellAt }) => isOut || wellAt !== undefined
  const deadline = now() + 40
  while (!books.every(({ clients }) => clients.every(isWell)) && now() < deadline) await sleep(20)
  // Time for what may still be queued.
  await sleep(1000)
  for (const book of books) book.isOver = true
  await Promise.all(working)
  for (const book of books) book.late += (await book.issuer.events()).replayed
  return books
}

async function openBook(issuer) {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => Client.login(issuer, `user-${i}`)))
  const { name } = issuer.settings
  return { name, issuer, clients, isOver: false, answers: 0, unavailable: 0, slowest: 0, wrong: [], out: [] }
}

/** Refreshes again and again, and with the same token where there is no new one. */
async function visit(client, book) {
  while (!book.isOver && !client.isOut) {
    client.isWaiting = true
    const { token } = client
    const answer = await ask(book.issuer, '/refresh', token)
    client.isWaiting = false
    book.answers++
    book.slowest = Math.max(book.slowest, answer.seconds)
    if (client.take(token, answer)) {
      if (book.backAt) client.wellAt ??= now()
    } else if (answer.status === 503 && answer.code === 'ERR_STORE_UNAVAILABLE') {
      book.unavailable++
      await useApi(client, book)
    } else if (answer.status === 401) {
      client.isOut = true
      book.out.push({ client, code: answer.code })
    } else {
      book.wrong.push(`${answer.status} ${answer.code}`)
    }
    await sleep(20)
  }
}

// Access tokens are verified without the store, and so throughout.
async function useApi(client, book) {
  const { status, sid, code } = await ask(book.issuer, '/api', '', { authorization: `Bearer ${client.accessToken}` })
  if (status !== 200 || sid !== client.sid) book.wrong.push(`API: ${status} ${code}`)
}

async function checkBook(book, { way, grace, outage, where }) {
  const at = `${book.name}, ${way} for ${outage} s, grace ${grace} s`
  check(`${at}: no wrong answer`, book.wrong.length === 0, [...new Set(book.wrong)].join())
  check(`${at}: 503 while it is away`, book.unavailable > 0)
  check(`${at}: each answer in time`, book.slowest < TIMEOUT + SLACK, `${book.slowest} s`)
  if (way === 'hung') check(`${at}: commands that waited were done late, and repeated`, book.late > 0)
  check(`${at}: the server process is the same`, book.issuer.isRunning)
  const unwell = book.clients.filter(({ isOut, wellAt }) => !isOut && wellAt === undefined).length
  check(`${at}: all clients go on when it is back`, unwell === 0, `${unwell} do not`)

  const { store, close } = await STORES[book.name].open(where)
  const rows = await Promise.all(book.out.map(({ client }) => store.find(client.sid)))
  await close()
  // Rotated before it was gone, and asked for again when the grace was over.
  const isLost = ({ client }, i) =>
    outage > grace && rows[i]?.generation === client.generation + 1 && rows[i].rotatedAt <= book.goneAt
  book.lost = book.out.filter(isLost).length
  const others = book.out.filter((out, i) => !isLost(out, i))
  if (SENDS_AGAIN(book.name, way)) return
  const told = others.map(({ code, client }) => `${code} at generation ${client.generation}`)
  check(
    `${at}: nobody${outage > grace ? ' else' : ''} is logged out`,
    others.length === 0,
    `${others.length}: ${told.slice(0, 3).join('; ')}`,
  )
}

function rowOf(book, { way, grace, outage }) {
  const wellAfter = Math.max(...book.clients.map(({ wellAt }) => wellAt ?? book.backAt)) - book.backAt
  const seconds = [book.slowest.toFixed(2), wellAfter.toFixed(2)]
  const counts = [outage, grace, book.answers, book.unavailable, ...seconds, book.late, book.lost, book.out.length]
  return [book.name, way, ...counts].map(String)
}

// PostgreSQL has a process for each connection.
function signalAll({ pid }, signal) {
  process.kill(pid, signal)
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = processes.map((line) => line.trim().split(/ +/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child)
  for (const child of children) {
    try {
      process.kill(child, signal)
    } catch {
      // It has ended by itself.
    }
  }
}
