// Database servers for the tests: on loopback, in folders and on ports of their own, and for no longer than the tests.
import { execFile, execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const path = (process.env.PATH ?? '').split(delimiter)

// Debian keeps the programs of each PostgreSQL in a folder of their own.
const findPostgres = () => folderOf(['/usr/lib/postgresql/15/bin', ...path], 'initdb', 'postgres', 'pg_isready')
const findRedis = () => folderOf(path, 'redis-server', 'redis-cli')

/** Whether there is a PostgreSQL that can be started. */
export const hasPostgres = () => findPostgres() !== undefined

/** Whether there is a Redis that can be started. */
export const hasRedis = () => findRedis() !== undefined

/** Installs Debian's packages of what is missing; does nothing where that cannot be done. */
export function installServers() {
  const packages = [...(hasPostgres() ? [] : ['postgresql-15']), ...(hasRedis() ? [] : ['redis-server'])]
  if (packages.length === 0 || !isRoot || !folderOf(path, 'apt-get')) return
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  try {
    execFileSync('apt-get', ['update', '-qq'], options)
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  } catch (error) {
    console.error(`${packages.join(' and ')} could not be installed: ${error.message}`)
  }
}

/** Starts a PostgreSQL with an empty database; `settings` are those of postgresql.conf. */
export async function startPostgres({ settings = {} } = {}) {
  const programs = findPostgres()
  const folder = makeFolder()
  const data = join(folder, 'data')
  const user = 'tittle'
  const how = ['--username', user, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync']
  await run(join(programs, 'initdb'), [...how, '--pgdata', data], { ...owner, cwd: folder })
  const port = await freePort()
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port, ...settings }
  return Server.start({
    version: `PostgreSQL ${await versionOf(join(programs, 'postgres'))}`,
    url: `postgres://${user}@127.0.0.1:${port}/postgres`,
    port,
    folder,
    command: [join(programs, 'postgres'), '-D', data, ...spelled(all, (name, value) => ['-c', `${name}=${value}`])],
    // One that lets no session go on, and one that lets no process go on.
    stopSignal: 'SIGINT',
    exitSignal: 'SIGQUIT',
    check: () => run(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', `${port}`]),
  })
}

/** Starts a Redis that writes an append-only file; `settings` are those of redis.conf. */
export async function startRedis({ settings = {} } = {}) {
  const program = join(findRedis(), 'redis-server')
  const folder = makeFolder()
  const port = await freePort()
  const all = { bind: '127.0.0.1', port, dir: folder, appendonly: 'yes', save: '', ...settings }
  return Server.start({
    version: `Redis ${await versionOf(program)}`,
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    command: [program, ...spelled(all, (name, value) => [`--${name}`, `${value}`])],
    stopSignal: 'SIGTERM',
    exitSignal: 'SIGKILL',
    check: () => askRedis(port, ['ping'], /^PONG/),
  })
}

/** Starts a Redis Cluster of three nodes without replicas: `servers`, and what is done with all of them at once. */
export async function startCluster({ settings = {} } = {}) {
  const start = async () => {
    const own = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000', 'cluster-port': await freePort() }
    return startRedis({ settings: { ...own, ...settings } })
  }
  const servers = await Promise.all([start(), start(), start()])
  const nodes = servers.map(({ port }) => ({ host: '127.0.0.1', port }))
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`)
  await run(join(findRedis(), 'redis-cli'), ['--cluster', 'create', ...addresses, '--cluster-yes'])

  const each = (act) => Promise.all(servers.map(act))
  const ready = () => each(({ port }) => until(() => askRedis(port, ['cluster', 'info'], /^cluster_state:ok/m)))
  await ready()
  return {
    version: servers[0].version,
    servers,
    nodes,
    ready,
    stop: () => each((server) => server.stop()),
    kill: () => each((server) => server.kill()),
    restart: async () => {
      await each((server) => server.restart())
      await ready()
    },
  }
}

/** A server that ends with this process. */
class Server {
  #child
  #settings

  static async start(settings) {
    const server = new Server(settings)
    await server.restart()
    return server
  }

  constructor(settings) {
    this.#settings = settings
    this.version = settings.version
    this.url = settings.url
    this.port = settings.port
  }

  /** Undefined while it does not run. */
  get pid() {
    return this.#child?.pid
  }

  /** Ends it in order. */
  async stop() {
    await this.#end(this.#settings.stopSignal)
  }

  /** Ends it as kill -9 does. */
  async kill() {
    await this.#end('SIGKILL')
  }

  /** Starts it, after it has been stopped in order where it still runs: on the same port, with the same data. */
  async restart() {
    await this.stop()
    const { check, folder } = this.#settings
    try {
      await until(async () => {
        // What is left of a PostgreSQL that was killed keeps a new one away for a moment.
        if (!this.#child) this.#spawn()
        await check()
      })
    } catch (error) {
      throw new Error(`${error.message}\n${fs.readFileSync(join(folder, 'log'), 'utf8').slice(-2000)}`)
    }
  }

  #spawn() {
    const { folder, command, exitSignal } = this.#settings
    const log = fs.openSync(join(folder, 'log'), 'a')
    // Linux ends it even where this process is killed and ends nothing itself.
    const [program, ...args] = setpriv ? [setpriv, '--pdeathsig', exitSignal.slice(3), ...command] : command
    const child = spawn(program, args, { ...owner, cwd: folder, stdio: ['ignore', log, log], detached: true })
    fs.closeSync(log)
    child.unref()
    child.once('exit', () => {
      running.delete(child.pid)
      if (this.#child === child) this.#child = undefined
    })
    running.set(child.pid, exitSignal)
    this.#child = child
  }

  async #end(signal) {
    const child = this.#child
    if (!child) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.ref()
    child.kill(signal)
    await ended
  }
}

/** The folder that holds all these programs; undefined where none does. */
function folderOf(folders, ...programs) {
  return folders.find((folder) => folder && programs.every((program) => fs.existsSync(join(folder, program))))
}

const setprivFolder = process.platform === 'linux' && folderOf(path, 'setpriv')
const setpriv = setprivFolder && join(setprivFolder, 'setpriv')

// PostgreSQL does not run as root.
const owner = isRoot ? unprivileged() : {}

function unprivileged() {
  for (const name of ['postgres', 'nobody']) {
    try {
      const idOf = (option) => Number(execFileSync('id', [option, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: idOf('-u'), gid: idOf('-g') }
    } catch {
      // There is no such user.
    }
  }
  return {}
}

const running = new Map()
let base

function makeFolder() {
  if (base === undefined) {
    base = fs.mkdtempSync(join(tmpdir(), 'tittle-servers-'))
    fs.chmodSync(base, 0o755)
    process.once('exit', endAll)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => process.exit(128 + constants.signals[signal]))
    }
  }
  const folder = fs.mkdtempSync(join(base, 'server-'))
  if (isRoot) fs.chownSync(folder, owner.uid, owner.gid)
  return folder
}

function endAll() {
  for (const [pid, signal] of running) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended by itself.
    }
  }
  fs.rmSync(base, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

const given = new Set()

// Below those that a client's socket gets: one that tries again and again to reach a server that is down would
// once get the server's own port, reach itself, and keep the server from coming back.
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

async function until(check) {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(50)
    }
  }
}

async function askRedis(port, command, wanted) {
  const { stdout } = await run(join(findRedis(), 'redis-cli'), ['-p', `${port}`, ...command])
  if (!wanted.test(stdout)) throw new Error(`Redis answers ${stdout}`)
}

async function versionOf(program) {
  const { stdout } = await run(program, ['--version'])
  return /\d+\.[\d.]*\d/.exec(stdout)[0]
}

const spelled = (settings, spell) => Object.entries(settings).flatMap(([name, value]) => spell(name, value))
