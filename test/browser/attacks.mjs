// What others do: forged requests, stolen tokens, scripts and frames that do not belong there.
import assert from 'node:assert/strict'
import { send } from './setup.mjs'
import { password, refreshTokenSent, until, Visitor } from './visitor.mjs'

const guarded = ['/auth/refresh', '/auth/logout', '/auth/logout-everywhere']
const credentials = { username: 'alice', password }

export async function forgeryChecks({ check, browser, server, site }) {
  const visitor = await Visitor.logIn(browser, server.url)
  const page = await visitor.page.context().newPage()

  for (const path of guarded) {
    site.pages.set(`/form${path}`, `<form method="post" action="${server.url}${path}"><button>Win</button></form>`)
    await check(`a form of another site cannot post to ${path}`, async () => {
      await page.goto(`${site.crossSite}/form${path}`)
      const answer = page.waitForResponse(server.url + path)
      await page.getByRole('button').click()
      // The browser has kept the cookies back.
      assert.equal((await answer).status(), 401)
      assert.ok(await visitor.isIn())
    })
  }

  const post = (url) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' })
  for (const path of guarded) {
    await check(
      `another origin of the same site, whose requests carry the cookies, cannot post to ${path}`,
      async () => {
        await page.goto(site.sameSite)
        const sent = await refreshTokenSent(page)
        const answer = page.waitForResponse(server.url + path)
        await page.evaluate(post, server.url + path)
        assert.equal(await sent.token, (await visitor.cookieValues())['__Secure-refresh'])
        assert.equal((await answer).status(), 403)
        assert.ok(await visitor.isIn())
      },
    )
  }

  await check('a form of another site cannot log in', async () => {
    const field = `<input type="hidden" name='{"username":"alice","password":"${password}","x":"' value='"}'>`
    const form = `<form method="post" enctype="text/plain" action="${server.url}/login">${field}<button>Win</button></form>`
    site.pages.set('/login', form)
    await page.goto(`${site.crossSite}/login`)
    const answer = page.waitForResponse(`${server.url}/login`)
    await page.getByRole('button').click()
    assert.equal((await answer).status(), 400)
  })

  await check('another site cannot read what the API answers', async () => {
    await page.goto(site.sameSite)
    const read = (url) =>
      fetch(url, { credentials: 'include' }).then(
        (response) => response.text(),
        () => 'refused',
      )
    assert.equal(await page.evaluate(read, `${server.url}/api/me`), 'refused')
  })
  await visitor.leave()
}

export async function csrfChecks({ check, browser, server }) {
  const visitor = await Visitor.logIn(browser, server.url)
  const other = await Visitor.logIn(browser, server.url)
  const cookies = await visitor.cookieValues()
  const csrf = cookies['__Host-csrf']
  const another = (await other.cookieValues())['__Host-csrf']
  const good = { origin: server.url, 'x-csrf-token': csrf }

  for (const [what, headers, sent = cookies] of [
    ['without an Origin', { 'x-csrf-token': csrf }],
    ['of the Origin null', { ...good, origin: 'null' }],
    ['of another Origin', { ...good, origin: 'https://evil.example' }],
    ['that the browser calls cross-site', { ...good, 'sec-fetch-site': 'cross-site' }],
    ['without the CSRF header', { origin: server.url }],
    [
      'with the CSRF token of another session',
      { ...good, 'x-csrf-token': another },
      { ...cookies, '__Host-csrf': another },
    ],
    ['with another CSRF token than the cookie', { ...good, 'x-csrf-token': another }],
  ]) {
    await check(`a request ${what} is refused`, async () => {
      for (const path of guarded) {
        assert.equal((await send(server.url + path, { cookies: sent, headers })).status, 403, path)
      }
      assert.ok(await visitor.isIn())
    })
  }

  await check('a log-in from another Origin, or from none, is refused', async () => {
    for (const headers of [{}, { origin: 'null' }, { origin: 'https://evil.example' }]) {
      assert.equal((await send(`${server.url}/login`, { headers, body: credentials })).status, 403)
    }
  })

  await check('a token that says nothing of a session is refused', async () => {
    for (const token of ['e30.e30.c2ln', 'nothing', `${cookies['__Secure-refresh']}x`]) {
      const { status } = await send(`${server.url}/auth/refresh`, {
        cookies: { ...cookies, '__Secure-refresh': token },
        headers: good,
      })
      assert.ok(status === 401 || status === 403, String(status))
    }
  })

  await check('the same request with all of it passes', async () => {
    assert.equal((await send(`${server.url}/auth/logout`, { cookies, headers: good })).status, 200)
    await until(async () => !(await visitor.isIn()), 'the log-out')
  })
  await Promise.all([visitor.leave(), other.leave()])
}

export async function theftChecks({ check, browser, server, hasty }) {
  const replay = ({ url }, token) => send(`${url}/auth/refresh`, { headers: { authorization: `Bearer ${token}` } })

  await check('a stolen refresh token that comes two refreshes late ends the session', async () => {
    const victim = await Visitor.logIn(browser, server.url)
    const stolen = (await victim.cookieValues())['__Secure-refresh']
    await victim.refresh()
    await victim.refresh()
    const before = server.count('reused')
    assert.equal((await replay(server, stolen)).status, 401)
    await until(() => server.count('reused') === before + 1, 'the event')
    await victim.page.reload()
    await victim.seesLogin()
    await victim.leave()
  })

  await check('a stolen refresh token that comes after the grace ends the session', async () => {
    const victim = await Visitor.logIn(browser, hasty.url)
    const stolen = (await victim.cookieValues())['__Secure-refresh']
    await victim.refresh()
    await victim.page.waitForTimeout(1100)
    assert.equal((await replay(hasty, stolen)).status, 401)
    await until(() => hasty.count('reused') === 1, 'the event')
    assert.equal((await victim.refresh()).status(), 401)
    await victim.seesLogin()
    await victim.leave()
  })
}

// Run in the page. A timer, as what a debugger evaluates itself may call eval.
const attempts = [
  ['markup made of text', () => setTimeout(() => (document.body.innerHTML = '<img src="x" onerror="hit = 1">'))],
  [
    'an inline script',
    () => {
      const script = document.createElement('script')
      script.append('globalThis.hit = 1')
      document.head.append(script)
    },
  ],
  ['eval', () => setTimeout(() => globalThis.eval('globalThis.hit = 1'))],
  ['an image of elsewhere', (origin) => (new Image().src = `${origin}/pixel.png`)],
  [
    'a request to elsewhere',
    (origin) =>
      fetch(origin, { mode: 'no-cors' }).then(
        () => (globalThis.hit = 1),
        () => {},
      ),
  ],
]

export async function policyChecks({ check, browser, server, site }) {
  // A page of its own, as what it tries is complained of.
  const page = await browser.newPage()
  const complaints = []
  page.on('console', (message) => complaints.push(message.text()))

  for (const [what, attempt] of attempts) {
    await check(`the policy of the page refuses ${what}`, async () => {
      await page.goto(server.url)
      const before = complaints.length
      await page.evaluate(attempt, site.crossSite)
      await until(() => complaints.length > before, 'a complaint')
      assert.equal(await page.evaluate(() => globalThis.hit), undefined)
    })
  }

  await check('the page is not shown in a frame', async () => {
    site.pages.set('/frame', `<iframe src="${server.url}"></iframe>`)
    await page.goto(`${site.crossSite}/frame`)
    await until(() => complaints.some((text) => text.includes('frame-ancestors')), 'a complaint')
  })
  await page.close()
}
