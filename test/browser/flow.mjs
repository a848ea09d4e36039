// What a user does, from log-in to log-out, in one tab and in two.
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { send } from './setup.mjs'
import { refreshTokenSent, until, Visitor } from './visitor.mjs'

export async function logInChecks({ check, browser, server }) {
  const visitor = await Visitor.arrive(browser, server.url)
  const { page } = visitor

  for (const [what, secret, name] of [
    ['a wrong password', 'wrong', 'alice'],
    ['an unknown user', 'wrong', 'mallory'],
    ['a name of Object.prototype', 'wrong', '__proto__'],
  ]) {
    await check(`${what} is refused, and leaves no cookie`, async () => {
      await visitor.logIn(secret, name)
      await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor()
      assert.deepEqual(await visitor.cookies(), {})
    })
  }

  await check('an unknown user is refused as slowly as a wrong password', async () => {
    const [known, unknown] = await fastest(server, ['alice', 'mallory'])
    assert.ok(unknown > known / 2 && unknown < known * 2, `${unknown} ms and ${known} ms`)
  })

  await check('the keyboard alone logs in', async () => {
    await page.getByLabel('User name').fill('alice')
    await page.keyboard.press('Tab')
    await page.keyboard.type('correct horse battery staple')
    await page.keyboard.press('Enter')
    await visitor.seesSession()
    await page.locator('button:focus', { hasText: 'Call the API' }).waitFor()
  })

  await check('the claims are shown, as the server has verified them', async () => {
    const { claims } = await page.evaluate(async () => (await fetch('/api/me')).json())
    const shown = await visitor.claims()
    for (const [name, value] of Object.entries(claims)) {
      assert.equal(shown[name]?.replace(/ \(.*/, ''), String(value), name)
    }
    assert.equal(shown['header typ'], 'at+jwt')
  })

  await check('the countdown runs', async () => {
    const time = async () => (await page.getByRole('timer').textContent()) ?? ''
    const before = await time()
    assert.match(before, /^(5:00|4:5\d)$/)
    await until(async () => (await time()) < before, 'another second')
  })

  await check('a reload stays logged in', async () => {
    await page.reload()
    await visitor.seesSession()
  })

  await check('the JWKS endpoint serves the public key of the token, and says for how long', async () => {
    const token = (await visitor.cookies())['__Host-access']?.value ?? ''
    const { body, headers } = await send(`${server.url}/.well-known/jwks.json`, { method: 'GET' })
    const [header, payload, signature] = token.split('.')
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
    const jwk = body.keys.find((key) => key.kid === kid)
    assert.equal('d' in jwk, false)
    const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }
    assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')))
    assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/)
  })
  await visitor.leave()
}

// Of several, in turns: what else the machine does can only add to it.
async function fastest(server, names) {
  const times = names.map(() => Infinity)
  for (let turn = 0; turn < 5; turn++) {
    for (const [i, username] of names.entries()) {
      const start = performance.now()
      await send(`${server.url}/login`, { body: { username, password: 'wrong', client: 'mobile' } })
      times[i] = Math.min(times[i], performance.now() - start)
    }
  }
  return times
}

export async function cookieChecks({ check, browser, server }) {
  const visitor = await Visitor.logIn(browser, server.url)
  const cookies = await visitor.cookies()
  const secure = { secure: true, domain: '127.0.0.1' }
  for (const [name, flags, lifetime] of [
    ['__Host-access', { httpOnly: true, sameSite: 'Lax', path: '/' }, 300],
    ['__Secure-refresh', { httpOnly: true, sameSite: 'Strict', path: '/auth' }, 7 * 86_400],
    ['__Host-csrf', { httpOnly: false, sameSite: 'Strict', path: '/' }, 30 * 86_400],
  ]) {
    await check(`the flags of ${name}`, async () => {
      const { expires, value, ...flagged } = cookies[name]
      assert.deepEqual(flagged, { name, ...secure, ...flags })
      assert.match(value, /^[\w-]+\.[\w-]+\.[\w-]+$/)
      assert.ok(Math.abs(expires - Date.now() / 1000 - lifetime) < 10, `it lives for ${expires - Date.now() / 1000} s`)
    })
  }

  await check('there are no other cookies', async () => {
    assert.deepEqual(Object.keys(cookies).sort(), ['__Host-access', '__Host-csrf', '__Secure-refresh'])
  })

  await check('scripts see the CSRF token, and no other', async () => {
    assert.equal(await visitor.page.evaluate(() => document.cookie), `__Host-csrf=${cookies['__Host-csrf'].value}`)
  })

  await check('the refresh token is sent to /auth alone', async () => {
    const [api, refresh] = await Promise.all([
      visitor.page.waitForRequest('**/api/me'),
      visitor.page.waitForRequest('**/auth/refresh'),
      visitor.press('Refresh'),
    ])
    assert.equal((await api.allHeaders()).cookie.includes('__Secure-refresh'), false)
    assert.equal((await refresh.allHeaders()).cookie.includes('__Secure-refresh'), true)
  })
  await visitor.leave()
}

export async function tokenChecks({ check, browser, server, hasty }) {
  const visitor = await Visitor.logIn(browser, server.url)

  await check('the API answers', async () => {
    const response = await visitor.answered('/api/me', () => visitor.press('Call the API'))
    assert.equal(response.status(), 200)
    await visitor.seesSession()
  })

  await check('a refresh replaces both tokens', async () => {
    const before = await visitor.cookieValues()
    assert.equal((await visitor.refresh()).status(), 200)
    const after = await visitor.cookieValues()
    for (const name of ['__Host-access', '__Secure-refresh']) assert.notEqual(after[name], before[name])
    await until(async () => (await visitor.claims()).jti === claimsOf(after['__Host-access']).jti, 'the new claims')
    assert.ok(await visitor.isIn())
  })

  await check('the list of sessions is shown again', async () => {
    await visitor.answered('/api/sessions', () => visitor.press('List again'))
    await visitor.page.getByRole('rowheader', { name: 'Chrome on Linux, this one' }).waitFor()
  })
  await visitor.leave()

  await check('an access token expires; the API refuses, and a refresh brings another', async () => {
    const late = await Visitor.logIn(browser, hasty.url)
    await late.page.getByText('expired', { exact: true }).waitFor()
    assert.equal(await late.page.getByRole('timer').textContent(), '0:00')
    await until(async () => !(await late.cookies())['__Host-access'], 'the end of the cookie')
    await late.answered('/api/sessions', () => late.press('Call the API'))
    await late.page.getByText('left', { exact: true }).waitFor()
    const requests = ['GET /api/me 401', 'POST /auth/refresh 200', 'GET /api/me 200']
    const log = (await late.log()).reverse()
    const first = log.indexOf(requests[0])
    assert.deepEqual(log.slice(first, first + 3), requests)
    await late.leave()
  })
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())

export async function tabChecks({ check, browser, server }) {
  const first = await Visitor.logIn(browser, server.url)
  let second

  await check('the page opens a second tab, and both refresh and stay logged in', async () => {
    const [page] = await Promise.all([first.page.waitForEvent('popup'), first.press('Refresh in two tabs')])
    second = new Visitor(page, server.url)
    for (const tab of [first, second]) {
      await until(async () => (await tab.log()).includes('POST /auth/refresh 200'), 'a refresh')
      await tab.seesSession()
      assert.ok(await tab.isIn())
    }
  })

  await check('two tabs that send the same refresh token get the same successor, in one rotation', async () => {
    const before = { refreshed: server.count('refreshed'), replayed: server.count('replayed') }
    // While the server stands still both requests are on their way, with the cookies of that moment.
    server.pause()
    const answers = [first, second].map((tab) => tab.page.waitForResponse('**/auth/refresh'))
    const sent = [await refreshTokenSent(first.page), await refreshTokenSent(second.page)]
    await Promise.all([first.press('Refresh'), second.press('Refresh')])
    const tokens = await Promise.all(sent.map(({ token }) => token))
    assert.equal(tokens[0], tokens[1])
    server.resume()
    const bodies = await Promise.all(answers.map(async (answer) => (await answer).json()))
    assert.deepEqual(bodies[0], bodies[1])
    await until(() => server.count('replayed') > before.replayed, 'the second refresh')
    assert.equal(server.count('replayed'), before.replayed + 1)
    assert.equal(server.count('refreshed'), before.refreshed + 1)
  })

  for (const [name, tab] of [
    ['first', () => first],
    ['second', () => second],
  ]) {
    await check(`the ${name} tab can refresh on`, async () => {
      assert.equal((await tab().refresh()).status(), 200)
      await tab().seesSession()
    })
  }

  await check('a log-out in one tab shows in the other, and leaves no cookie', async () => {
    const { '__Host-access': access, '__Secure-refresh': refresh } = await first.cookieValues()
    await first.press('Log out')
    await Promise.all([first.seesLogin(), second.seesLogin()])
    assert.deepEqual(await first.cookies(), {})
    for (const [path, method, token] of [
      ['/auth/refresh', 'POST', refresh],
      ['/api/me', 'GET', access],
    ]) {
      const { status } = await send(server.url + path, { method, headers: { authorization: `Bearer ${token}` } })
      assert.equal(status, 401, path)
    }
  })

  await check('another log-in begins another session', async () => {
    await second.logIn()
    assert.ok(await first.isIn())
  })
  await first.leave()
}

export async function everywhereChecks({ check, browser, server }) {
  const phone = await Visitor.logIn(browser, server.url)
  const laptop = await Visitor.logIn(browser, server.url)
  const tab = await laptop.openTab()

  await check('both devices are listed, and one of them is this one', async () => {
    const list = laptop.page.locator('#sessions')
    assert.ok((await list.getByRole('row').count()) >= 2)
    assert.equal(await list.getByText('this one').count(), 1)
  })

  await check('log-out everywhere logs out this tab and the next', async () => {
    await laptop.press('Log out everywhere')
    await Promise.all([laptop.seesLogin(), tab.seesLogin()])
  })

  await check('log-out everywhere ends the refresh of another device', async () => {
    assert.equal((await phone.refresh()).status(), 401)
    await phone.seesLogin()
    assert.deepEqual(await phone.cookies(), {})
  })
  await Promise.all([phone.leave(), laptop.leave()])
}

export async function mobileChecks({ check, server }) {
  const post = (path, token) => send(server.url + path, { headers: { authorization: `Bearer ${token}` } })
  const me = (token) => send(`${server.url}/api/me`, { method: 'GET', headers: { authorization: `Bearer ${token}` } })
  const body = { username: 'alice', password: 'correct horse battery staple', client: 'mobile' }
  const { body: tokens, headers } = await send(`${server.url}/login`, { body })

  await check('a mobile client has its tokens in the body, and no cookie', async () => {
    assert.deepEqual([tokens.token_type, tokens.expires_in], ['Bearer', 300])
    assert.equal(headers.get('set-cookie'), null)
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  await check('a bearer token calls the API and refreshes', async () => {
    assert.equal((await me(tokens.access_token)).status, 200)
    const next = await post('/auth/refresh', tokens.refresh_token)
    assert.equal(next.status, 200)
    assert.equal(next.headers.get('set-cookie'), null)
    assert.equal((await me(next.body.access_token)).status, 200)
  })

  await check('an access token is no refresh token, nor the other way', async () => {
    assert.equal((await post('/auth/refresh', tokens.access_token)).status, 401)
    const refused = await me(tokens.refresh_token)
    assert.equal(refused.status, 401)
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
  })

  await check('a bearer token logs out everywhere', async () => {
    assert.equal((await post('/auth/logout-everywhere', tokens.access_token)).status, 200)
    assert.equal((await me(tokens.access_token)).status, 401)
    assert.equal((await post('/auth/refresh', tokens.refresh_token)).status, 401)
  })
}
