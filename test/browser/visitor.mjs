// A user at the page: reads what is shown, and presses what is labelled.
import assert from 'node:assert/strict'

export const password = 'correct horse battery staple'

/** What the visitors' pages have complained of: errors of scripts, and all that breaks the Content-Security-Policy. */
export const complaints = []

// Chromium writes a line of this kind for every answer of 401 or 403, which are wanted here.
const isAnswer = (text) => /^Failed to load resource: the server responded with a status of 40[013]/.test(text)

export class Visitor {
  constructor(page, url) {
    this.page = page
    this.url = url
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (!isAnswer(message.text())) complaints.push(message.text())
    })
  }

  /** Somebody with cookies of their own: another browser, or another device. */
  static async arrive(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
    context.setDefaultTimeout(10_000)
    const visitor = new Visitor(await context.newPage(), url)
    await visitor.page.goto(url)
    return visitor
  }

  static async logIn(browser, url, options) {
    const visitor = await Visitor.arrive(browser, url, options)
    await visitor.logIn()
    return visitor
  }

  async openTab(path = '/') {
    const tab = new Visitor(await this.page.context().newPage(), this.url)
    await tab.page.goto(new URL(path, this.url).href)
    return tab
  }

  async logIn(secret = password, name = 'alice') {
    await this.page.getByLabel('User name').fill(name)
    await this.page.getByLabel('Password').fill(secret)
    await this.answered('/login', () => this.press('Log in'))
    if (secret === password) await this.seesSession()
  }

  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click()
  }

  /** Does something, and waits for the answer to a request that comes of it. */
  async answered(path, action) {
    const [response] = await Promise.all([
      this.page.waitForResponse((answer) => new URL(answer.url()).pathname === path),
      action(),
    ])
    await response.finished()
    return response
  }

  refresh() {
    return this.answered('/auth/refresh', () => this.press('Refresh'))
  }

  async seesSession() {
    await this.page.getByText('Logged in as Alice Liddell').waitFor()
    await this.page.locator('#sessions tr').first().waitFor()
  }

  async seesLogin() {
    await this.page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
    assert.equal(await this.page.getByRole('button', { name: 'Refresh', exact: true }).count(), 0)
  }

  /** Whether the API still answers this visitor, without the page's help. */
  async isIn() {
    return this.page.evaluate(async () => (await fetch('/api/me')).ok)
  }

  /** The table of claims, as texts. */
  async claims() {
    const rows = await this.page.locator('#claims tr').all()
    const cells = await Promise.all(rows.map((row) => row.locator('th, td').allTextContents()))
    return Object.fromEntries(cells)
  }

  /** The requests that the page has listed, newest first: "GET /api/me 200". */
  async log() {
    const rows = await this.page.locator('#log li').all()
    const cells = await Promise.all(rows.map((row) => row.locator('span').allTextContents()))
    return cells.map(([, request, status]) => `${request} ${status}`)
  }

  async cookies() {
    const list = await this.page.context().cookies()
    return Object.fromEntries(list.map((cookie) => [cookie.name, cookie]))
  }

  async cookieValues() {
    return Object.fromEntries(Object.values(await this.cookies()).map(({ name, value }) => [name, value]))
  }

  leave() {
    return this.page.context().close()
  }
}

/** The refresh token of a page's next request that carries one, as soon as it is sent and whether or not it is answered. */
export async function refreshTokenSent(page) {
  const debugging = await page.context().newCDPSession(page)
  await debugging.send('Network.enable')
  const token = new Promise((resolve) => {
    debugging.on('Network.requestWillBeSentExtraInfo', ({ headers }) => {
      const [, found] = /__Secure-refresh=([\w.-]+)/.exec(headers.Cookie ?? headers.cookie) ?? []
      if (found) resolve(found)
    })
  })
  return { token }
}

/** Waits for what has no event. */
export async function until(isTrue, what) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`it did not come to it: ${what}`)
}
