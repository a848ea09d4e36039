// 100,000 refreshes of 10,000 sessions by two servers on one store, some repeated and some replayed late; the clients
// keep the book of what the servers must say: `node load.mjs [seed]`.
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, check, Client, Issuer, main, makeKeys, randomFrom, readSeed, startPlaces, toTable } from './fleet.mjs'

const RUNS = [
  { name: 'PostgreSQL by pg', servers: 2, sessions: 10_000, requests: 100_000 },
  { name: 'Redis by node-redis', servers: 2, sessions: 10_000, requests: 100_000 },
  // For comparison: by the other clients, and in one process.
  { name: 'PostgreSQL by postgres.js', servers: 2, sessions: 2000, requests: 20_000 },
  { name: 'Redis by ioredis', servers: 2, sessions: 2000, requests: 20_000 },
  { name: 'SQLite by better-sqlite3', servers: 1, sessions: 2000, requests: 20_000 },
  { name: 'memory', servers: 1, sessions: 2000, requests: 20_000 },
]
const AT_ONCE = 64
// Seconds. What is repeated comes again within a second, which leaves two for a machine that is slow.
const GRACE = 3
const CODES = { reused: 'ERR_SESSION_REUSED', revoked: 'ERR_SESSION_REVOKED' }

main(async () => {
  const seed = readSeed()
  const places = await startPlaces(RUNS.map(({ name }) => name))
  const rows = []
  for (const run of RUNS.filter(({ name }) => places.has(name))) {
    rows.push(await new Load(run, randomFrom(seed)).run(places.whereOf(run.name)))
  }
  const head = ['store', 'servers', 'sessions', 'refreshes', 'repeated', 'late', 'seconds', 'refreshes/s']
  console.log(toTable([[...head, 'p50 ms', 'p99 ms', 'start/s'], ...rows]))
})

class Load {
  #random
  #servers
  #plan
  /** Clients that rest, and those whose session was revoked by a late replay. */
  #idle = []
  #dead = []
  /** What is to be done as soon as somebody is free, and how much will come to that in time. */
  #due = []
  #waiting = 0
  #seconds = []
  /** The answers a second until the plan was done: what comes after only waits for the grace to be over. */
  #rate
  #asked = new Map()
  #right = { refresh: 0, repeat: 0, late: 0 }
  #wrong = []

  constructor(settings, random) {
    Object.assign(this, settings)
    this.#random = random
    this.#plan = this.#makePlan()
  }

  async run(where) {
    const settings = { name: this.name, where, keys: makeKeys(), refresh: { grace: GRACE } }
    this.#servers = await Promise.all(Array.from({ length: this.servers }, () => Issuer.start(settings)))
    const toLogIn = Array.from({ length: this.sessions }, (_, i) => i)
    const startSeconds = await timed(() => this.#byMany(() => this.#logIn(toLogIn)))
    const began = performance.now()
    const seconds = await timed(() => this.#byMany(() => this.#act(began)))
    const latencies = this.#seconds.sort((a, b) => a - b)
    const { repeats, late } = this.#numbers()
    this.#checkBook()
    await this.#checkSessions()
    await this.#checkEvents()
    await Promise.all(this.#servers.map((server) => server.kill()))
    const at = (share) => (latencies[Math.floor(share * latencies.length)] * 1000).toFixed(1)
    const counts = [
      this.servers,
      this.sessions,
      this.requests,
      repeats,
      late,
      seconds.toFixed(1),
      this.#rate.toFixed(0),
    ]
    return [this.name, ...counts, at(0.5), at(0.99), (this.sessions / startSeconds).toFixed(0)].map(String)
  }

  // 5 % of the requests repeat another one, and 1 % are replayed late.
  #numbers() {
    const [repeats, late] = [this.requests * 0.05, this.requests * 0.01]
    return { repeats, late, firsts: this.requests - repeats - late }
  }

  #makePlan() {
    const { repeats, late, firsts } = this.#numbers()
    const steps = (step, count) => Array(count).fill(step)
    const inTime = this.#shuffled([
      ...steps(this.#refresh, firsts - repeats),
      ...steps(this.#loseAnswer, repeats / 2),
      ...steps(this.#openTab, repeats / 2),
    ])
    // Sessions have to be some generations old before a token can be too old.
    const first = inTime.splice(0, inTime.length / 3)
    const others = [...inTime, ...steps(this.#replayPrevious, late / 2), ...steps(this.#replayOlder, late / 2)]
    return [...first, ...this.#shuffled(others)].reverse()
  }

  #shuffled(items) {
    for (let i = items.length - 1; i > 0; i--) {
      const j = Math.floor(this.#random() * (i + 1))
      ;[items[i], items[j]] = [items[j], items[i]]
    }
    return items
  }

  #byMany(act) {
    return Promise.all(Array.from({ length: AT_ONCE }, act))
  }

  async #logIn(toLogIn) {
    for (let i = toLogIn.pop(); i !== undefined; i = toLogIn.pop()) {
      this.#idle.push(await Client.login(this.#server(), `user-${i % (this.sessions / 2)}`))
    }
  }

  async #act(began) {
    for (;;) {
      if (this.#plan.length === 0) this.#rate ??= this.#seconds.length / ((performance.now() - began) / 1000)
      const work = this.#due.shift() ?? this.#next()
      if (work) await work()
      else if (this.#waiting > 0) await sleep(20)
      else return
    }
  }

  #next() {
    const step = this.#plan.pop()
    if (!step) return undefined
    const client = this.#takeIdle(step === this.#replayOlder ? 2 : step === this.#replayPrevious ? 1 : 0)
    return () => step.call(this, client)
  }

  // A client is with one step at a time: what it must get is then known.
  #takeIdle(generation) {
    for (let tries = 0; tries < 10_000; tries++) {
      const i = Math.floor(this.#random() * this.#idle.length)
      const client = this.#idle[i]
      if (!client || client.generation < generation) continue
      this.#idle[i] = this.#idle.at(-1)
      this.#idle.pop()
      return client
    }
    throw new Error(`no client of generation ${generation} is idle`)
  }

  #server() {
    return this.#servers[Math.floor(this.#random() * this.#servers.length)]
  }

  #later(seconds, work) {
    this.#waiting++
    setTimeout(() => {
      this.#waiting--
      this.#due.push(work)
    }, seconds * 1000)
  }

  async #present(token, server = this.#server()) {
    const answer = await ask(server, '/refresh', token)
    this.#seconds.push(answer.seconds)
    this.#asked.set(server, (this.#asked.get(server) ?? 0) + 1)
    return answer
  }

  #judge(kind, isRight, { status, code }) {
    if (isRight) this.#right[kind]++
    else this.#wrong.push(`${kind}: ${status} ${code ?? 'with another token'}`)
  }

  async #refresh(client) {
    const { token } = client
    const answer = await this.#present(token)
    this.#judge('refresh', client.take(token, answer) && client.token !== token, answer)
    client.rotatedAt = performance.now() / 1000
    this.#idle.push(client)
  }

  // The answer is thrown away, and asked for again within a second, of any server.
  async #loseAnswer(client) {
    const { token } = client
    const answer = await this.#present(token)
    this.#judge('refresh', client.take(token, answer), answer)
    this.#later(this.#random(), async () => {
      const again = await this.#present(token)
      this.#judge('repeat', client.take(token, again), again)
      client.rotatedAt = performance.now() / 1000
      this.#idle.push(client)
    })
  }

  // Both tabs refresh at the same moment, each at another server where there are two.
  async #openTab(client) {
    const { token } = client
    const servers = [this.#servers[0], this.#servers.at(-1)]
    const [one, other] = await Promise.all(servers.map((server) => this.#present(token, server)))
    this.#judge('refresh', client.take(token, one), one)
    this.#judge('repeat', client.take(token, other), other)
    client.rotatedAt = performance.now() / 1000
    this.#idle.push(client)
  }

  // The token before the current one, once its grace is over for sure.
  async #replayPrevious(client) {
    const rest = client.rotatedAt + GRACE + 0.05 - performance.now() / 1000
    if (rest > 0) this.#later(rest, () => this.#replay(client, client.previous))
    else await this.#replay(client, client.previous)
  }

  // The token before that one, for which there is no grace.
  async #replayOlder(client) {
    await this.#replay(client, client.older)
  }

  async #replay(client, token) {
    const answer = await this.#present(token)
    this.#judge('late', answer.status === 401 && answer.code === CODES.reused, answer)
    this.#dead.push(client)
  }

  #checkBook() {
    const { repeats, late, firsts } = this.#numbers()
    const { refresh, repeat, late: detected } = this.#right
    check(`${this.name}: all ${firsts} first refreshes give a successor`, refresh === firsts, refresh)
    check(`${this.name}: all ${repeats} repeated ones give the same one`, repeat === repeats, repeat)
    check(`${this.name}: all ${late} late replays are detected`, detected === late, detected)
    check(`${this.name}: no other answer`, this.#wrong.length === 0, [...new Set(this.#wrong)].slice(0, 5).join('; '))
    const fewest = Math.min(...this.#servers.map((server) => this.#asked.get(server)))
    check(`${this.name}: each server has its share`, fewest > (0.4 * this.requests) / this.servers, fewest)
  }

  async #checkSessions() {
    const [alive, dead] = [[...this.#idle], [...this.#dead]]
    const { late } = this.#numbers()
    const lost = this.sessions - alive.length - dead.length
    check(`${this.name}: the book is whole`, lost === 0 && dead.length === late, `${lost} clients are not in it`)
    const answers = new Map()
    const toAsk = [...alive, ...dead]
    await this.#byMany(async () => {
      for (let client = toAsk.pop(); client; client = toAsk.pop()) {
        answers.set(client, await ask(this.#server(), '/refresh', client.token))
      }
    })
    const on = alive.filter((client) => client.take(client.token, answers.get(client))).length
    const over = dead.filter((client) => answers.get(client).code === CODES.revoked).length
    check(`${this.name}: the ${alive.length} other sessions go on`, on === alive.length, on)
    check(`${this.name}: the ${dead.length} replayed ones are over`, over === dead.length, over)
  }

  async #checkEvents() {
    const { repeats, late, firsts } = this.#numbers()
    const told = await Promise.all(this.#servers.map((server) => server.events()))
    const wanted = { started: this.sessions, refreshed: firsts + this.sessions - late, replayed: repeats, reused: late }
    for (const [type, count] of Object.entries({ ...wanted, ended: 0, 'store-failed': 0 })) {
      const sum = told.reduce((sum, events) => sum + events[type], 0)
      check(`${this.name}: ${count} events "${type}"`, sum === count, sum)
    }
  }
}

async function timed(act) {
  const began = performance.now()
  await act()
  return (performance.now() - began) / 1000
}
