// The auth-server as a process, and a Chromium to visit it with.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const script = resolve(import.meta.dirname, '../examples/auth-server/server.mjs')
const quiet = ['background-networking', 'component-update', 'sync', 'quic'].map((part) => `--disable-${part}`)

const path = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** The Chromium of this machine, if it has one. */
export const executable = existsSync(path) ? path : undefined

const options = {
  executablePath: executable,
  args: ['--no-sandbox', '--no-first-run', '--disable-lcd-text', ...quiet],
}

export const launch = () => chromium.launch(options)

/** The same with a profile, as people have it. */
export const launchWithProfile = (folder) => chromium.launchPersistentContext(folder, options)

/** Starts the auth-server, and keeps what it tells. */
export async function startServer(env = {}) {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = []
  const url = await new Promise((found, failed) => {
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      const [address] = /http:\S+/.exec(line) ?? []
      if (address) found(address)
    })
  })
  return {
    url,
    lines,
    /** How often something has happened: 'refreshed', 'replayed', 'reused'. */
    count: (type) => lines.filter((line) => line.startsWith(`${type} `)).length,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGCONT')
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** A site of somebody else's. */
export async function startSite() {
  const pages = new Map()
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(pages.get(request.url) ?? '<title>elsewhere</title>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  // Another port is another origin of the same site; another name for the machine is another site.
  return {
    pages,
    sameSite: `http://127.0.0.1:${port}`,
    crossSite: `http://localhost:${port}`,
    stop: () => server.close(),
  }
}

/** What a request from outside of a browser is answered. */
export async function send(url, { cookies = {}, headers = {}, body, method = 'POST' } = {}) {
  const cookie = Object.entries(cookies)
    .map((pair) => pair.join('='))
    .join('; ')
  const response = await fetch(url, {
    method,
    headers: {
      ...(cookie && { cookie }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
