// A user at the inspector: pastes, chooses, presses, and reads what is shown. The tokens are made by node:crypto alone.
import { createHmac, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { complaints, until } from './visitor.mjs'

/** The page; another build of it may be named. */
export const file = process.env.INSPECTOR ?? resolve(import.meta.dirname, '../../dist/inspector.html')
export const fileUrl = pathToFileURL(file).href
export const html = () => readFileSync(file, 'utf8')

/** Its policy, as its meta element has it. */
export const policy = () => /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html())[1]

/** What the pages have asked of the network, themselves included. */
export const requests = []

/** What V8 has counted, of every page that has been left. */
export const coverage = []

export class Inspector {
  constructor(page) {
    this.page = page
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('request', (request) => requests.push(request.url()))
  }

  static async arrive(browser, { url = fileUrl, clock, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1240, height: 900 }, ...options })
    context.setDefaultTimeout(10_000)
    const page = await context.newPage()
    if (clock) await page.clock.install({ time: clock })
    await page.coverage.startJSCoverage()
    const inspector = new Inspector(page)
    await page.goto(url)
    return inspector
  }

  async leave() {
    coverage.push(...(await this.page.coverage.stopJSCoverage()))
    await this.page.context().close()
  }

  field(label) {
    const named = { name: label, exact: true }
    return this.page.getByRole('textbox', named).or(this.page.getByRole('combobox', named))
  }

  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click()
  }

  async fill(fields) {
    for (const [label, value] of Object.entries(fields)) {
      const field = this.field(label)
      const isChoice = await field.evaluate((element) => element.tagName === 'SELECT')
      await (isChoice ? field.selectOption(value) : field.fill(value))
    }
  }

  token() {
    return this.field('Token').inputValue()
  }

  /** The verdict in one line, as soon as it is the one that is waited for. */
  async sees(title) {
    const read = async () => (await this.page.locator('#verdict .title').allTextContents()).join()
    await until(async () => (await read()) === title, title).catch(async () => {
      throw new Error(`instead of "${title}" it says "${await this.verdict()}"`)
    })
    return this.verdict()
  }

  verdict() {
    return this.page.locator('#verdict').innerText()
  }

  /** The checks that went so: 'passed', 'failed', 'off', 'unreached'. */
  steps(outcome) {
    return this.page.locator(`#steps .${outcome}`).allInnerTexts()
  }

  /** The name of each claim with what is shown beside it. */
  async members(id) {
    const rows = await this.page.locator(`#${id}-list > div`).all()
    return Object.fromEntries(
      await Promise.all(
        rows.map(async (row) => [await row.locator('dt').innerText(), await row.locator('dd').innerText()]),
      ),
    )
  }

  badges() {
    return this.page.locator('.badge').allTextContents()
  }
}

/** Serves the page as `tittle inspect` does, and writes down what is asked of it. */
export async function startHost() {
  const log = []
  const pages = new Map([['/', html()]])
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy(),
    'cache-control': 'no-store',
  }
  const server = createServer((request, response) => {
    log.push(request.url)
    const page = pages.get(request.url)
    if (page) response.writeHead(200, headers).end(page)
    else response.writeHead(404, { 'access-control-allow-origin': '*' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/`
  return {
    url,
    log,
    /** The address of a page with a text in its field. */
    handOver: (text) => {
      const path = randomUUID()
      pages.set(`/${path}`, withToken(text))
      return url + path
    },
    /** Tells the address of a page, whatever stands behind its #. */
    isPage: (address) => pages.has(new URL(address).pathname),
    stop: () => server.close(),
  }
}

function withToken(text) {
  const escaped = text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return html().replace(/<textarea\s+id="token"[^>]*>/, (tag) => tag + escaped)
}

const base64url = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export const secret = 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA'

export const now = () => Math.floor(Date.now() / 1000)

export const claims = () => ({
  iss: 'https://issuer.example',
  aud: 'api',
  sub: 'alice',
  iat: now(),
  exp: now() + 600,
  jti: 'b1946ac9',
})

/** A token, of claims or of a text that is to stand in their place. */
export function makeToken(set = claims(), { alg = 'HS256', key = secret, ...header } = {}) {
  const input = `${base64url({ alg, typ: 'JWT', ...header })}.${base64url(set)}`
  return `${input}.${signature(alg, input, key)}`
}

function signature(alg, input, key) {
  if (alg === 'none') return ''
  if (alg === 'HS256') return createHmac('sha256', key).update(input).digest('base64url')
  const hash = alg === 'Ed25519' ? null : 'sha256'
  return sign(hash, Buffer.from(input), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

/** Pairs in every form in which people have them. */
export const pairs = Object.fromEntries(
  Object.entries({
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    Ed25519: generateKeyPairSync('ed25519'),
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  }).map(([alg, { publicKey, privateKey }]) => [
    alg,
    {
      privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      publicPem: publicKey.export({ type: 'spki', format: 'pem' }),
      privateJwk: { ...privateKey.export({ format: 'jwk' }), alg },
      publicJwk: { ...publicKey.export({ format: 'jwk' }), alg },
    },
  ]),
)
