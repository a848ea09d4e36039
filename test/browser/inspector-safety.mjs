// The inspector against those who would look in: nothing is sent, nothing is kept, and a token is text.
import assert from 'node:assert/strict'
import { fileUrl, html, Inspector, makeToken, now, policy, requests, secret } from './inspector-visitor.mjs'
import { complaints, until } from './visitor.mjs'

export async function hostileChecks({ check, browser }) {
  const inspector = await Inspector.arrive(browser)
  const { page } = inspector
  const dialogs = []
  page.on('dialog', (dialog) => dialogs.push(dialog.accept()))

  await check('markup in a token stays text', async () => {
    const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>'
    const before = await page.locator('*').count()
    await inspector.fill({
      Token: makeToken({ sub: markup, [markup]: { nested: [markup] } }, { kid: markup, [markup]: 1 }),
    })
    await until(async () => Object.keys(await inspector.members('claims')).includes(markup), 'the claims')
    assert.match((await inspector.members('claims')).sub, /^"<img src=x onerror=alert\(1\)>/)
    assert.equal(await page.locator('img, script:not(body > script), iframe').count(), 0)
    assert.ok((await page.locator('*').count()) > before)
    assert.deepEqual(dialogs, [])
  })

  await check('names of Object.prototype are names like any other', async () => {
    const set = '{"__proto__":{"polluted":true},"constructor":1,"toString":2,"hasOwnProperty":3,"valueOf":4}'
    await inspector.fill({ Token: makeToken(set, { ['__proto__']: 1 }) })
    await until(async () => '__proto__' in (await inspector.members('claims')), 'the claims')
    assert.deepEqual(Object.keys(await inspector.members('claims')).sort(), Object.keys(JSON.parse(set)).sort())
    assert.equal(await page.evaluate(() => ({}).polluted), undefined)
  })

  await check('what nobody would see is shown by its name', async () => {
    await inspector.fill({ Token: makeToken({ sub: 'alice\u202Egnp.exe\u200b', 'ad\u2066min': 1 }) })
    await until(async () => 'adU+2066min' in (await inspector.members('claims')), 'the claims')
    assert.match((await inspector.members('claims')).sub, /^"aliceU\+202Egnp\.exeU\+200B"/)
    assert.equal(await page.locator('.hidden-character').count(), 3)
  })

  await check('other scripts are shown as they are', async () => {
    await inspector.fill({ Token: makeToken({ name: 'أليس 愛麗絲 Алиса 👍' }) })
    await until(async () => /^"أليس 愛麗絲 Алиса 👍"/.test((await inspector.members('claims')).name ?? ''), 'the name')
  })

  await check('a token of 16 KB is verified, without being wider than the page', async () => {
    const token = makeToken({ aud: 'api', exp: 4_000_000_000, long: 'x'.repeat(11_900) })
    assert.ok(token.length > 15_900 && token.length <= 16_384, `it has ${token.length} characters`)
    await inspector.fill({ Token: token, 'Key, key set or secret': secret, Algorithm: 'HS256' })
    await inspector.sees('VERIFIED')
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0)
  })

  await check('a longer one is refused, and shown all the same', async () => {
    await inspector.fill({ Token: makeToken({ long: 'x'.repeat(30_000) }) })
    await inspector.sees('REFUSED ERR_TOKEN_TOO_LONG')
    assert.equal((await inspector.members('claims')).long.startsWith('"xxx'), true)
  })

  await check('of thousands of claims and findings the first are shown, and how many there are', async () => {
    const rest = 'There are 2000; the first 500 are shown.'
    const set = Object.fromEntries(Array.from({ length: 1999 }, (_, i) => [`password${i}`, 'x']))
    await inspector.fill({ Token: makeToken({ ...set, exp: now() + 600 }) })
    await until(async () => (await page.locator('#claims-list dt').count()) === 501, 'the claims')
    assert.equal(await page.locator('#claims-list dd').last().innerText(), rest)
    assert.equal(await page.locator('#findings li').count(), 501)
    assert.match(await page.locator('#findings li').last().innerText(), /^There are \d{4}; the first 500 are shown\.$/)
    // The date that is beyond them is not forgotten.
    assert.match(await page.locator('#timeline p').innerText(), /^Expires in /)
  })

  for (const [what, text] of [
    ['letters', 'x'.repeat(3_000_000)],
    ['dots', '.'.repeat(3_000_000)],
    ['the claims of a token', makeToken({ long: 'x'.repeat(2_000_000) })],
    ['brackets', makeToken(`{"a":${'['.repeat(1_000_000)}`)],
  ]) {
    await check(`megabytes of ${what} are refused within seconds`, async () => {
      // As by the clipboard: typing so much takes the browser a minute.
      await inspector.field('Token').evaluate((field, value) => {
        field.value = value
        field.dispatchEvent(new Event('input'))
      }, text)
      await inspector.sees('REFUSED ERR_TOKEN_TOO_LONG')
      assert.equal(await page.getByRole('heading', { name: 'Claims', exact: true }).isVisible(), false)
      await inspector.press('Clear')
    })
  }
  await inspector.leave()
}

// Every way out of a page that a script has. Run in the page.
async function attempts(target) {
  const stopped = new Set()
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => stopped.add(effectiveDirective))
  const attempt = async (action) => {
    try {
      await action()
    } catch {
      // What throws has been stopped.
    }
  }
  // The browser's debugger may eval: what follows is done when it has returned.
  await new Promise((resolve) => setTimeout(resolve))
  const append = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties))
  await attempt(() => fetch(`${target}fetch`, { mode: 'no-cors' }))
  await attempt(() => {
    const request = new XMLHttpRequest()
    request.open('GET', `${target}xhr`)
    request.send()
  })
  await attempt(() => new WebSocket(`${target.replace('http', 'ws')}websocket`))
  await attempt(() => new EventSource(`${target}events`))
  await attempt(() => navigator.sendBeacon(`${target}beacon`, 'x'))
  await attempt(() => (new Image().src = `${target}image`))
  await attempt(() => append('iframe', { src: `${target}frame` }))
  await attempt(() => append('link', { rel: 'stylesheet', href: `${target}style` }))
  await attempt(() => append('link', { rel: 'modulepreload', href: `${target}module` }))
  await attempt(() => append('audio', { src: `${target}audio` }))
  await attempt(() => append('object', { data: `${target}object` }))
  await attempt(() => append('script', { src: `${target}script` }))
  await attempt(() => append('script', { textContent: 'globalThis.inlineRan = true' }))
  await attempt(() => append('style', { textContent: 'body { --inline-style: 1 }' }))
  await attempt(() => (0, eval)('globalThis.evalRan = true'))
  await attempt(() => document.body.insertAdjacentHTML('beforeend', '<b id="injected"></b>'))
  await attempt(() => {
    const form = Object.assign(document.createElement('form'), {
      action: `${target}form`,
      method: 'post',
      target: 'out',
    })
    append('iframe', { name: 'out' })
    document.body.append(form)
    form.submit()
  })
  await new Promise((resolve) => setTimeout(resolve, 1000))
  return {
    stopped: [...stopped],
    ran: ['inlineRan', 'evalRan'].filter((name) => name in globalThis),
    injected: document.getElementById('injected') !== null,
    styled: getComputedStyle(document.body).getPropertyValue('--inline-style') !== '',
  }
}

export async function policyChecks({ check, browser, host }) {
  for (const [where, url] of [
    ['a file', fileUrl],
    ['a server', host.url],
  ]) {
    await check(`opened from ${where}, its policy stops every way out, and every script but its own`, async () => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(url)
      const asked = host.log.length
      const { stopped, ran, injected, styled } = await page.evaluate(attempts, host.url)
      await context.close()
      assert.deepEqual(host.log.slice(asked), [])
      assert.deepEqual({ ran, injected, styled }, { ran: [], injected: false, styled: false })
      for (const directive of [
        'connect-src',
        'img-src',
        'frame-src',
        'style-src-elem',
        'script-src-elem',
        'form-action',
        'require-trusted-types-for',
      ]) {
        assert.ok(stopped.includes(directive), `${directive} is not among ${stopped}`)
      }
    })
  }

  await check('without the policy the same attempts come through: it is the policy that stops them', async () => {
    const context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    await page.route('**/*', (route) => route.continue())
    await page.goto(host.url)
    const asked = host.log.length
    const { ran } = await page.evaluate(attempts, host.url)
    await context.close()
    const reached = new Set(host.log.slice(asked))
    for (const path of ['/fetch', '/xhr', '/beacon', '/image', '/frame', '/style', '/script', '/form']) {
      assert.ok(reached.has(path), `${path} was not reached`)
    }
    assert.ok(ran.includes('inlineRan'))
  })

  await check('the policy says so itself, and the page has nothing inline besides', () => {
    const directives = policy().split('; ')
    for (const directive of ["default-src 'none'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'"]) {
      assert.ok(directives.includes(directive), directive)
    }
    assert.doesNotMatch(policy(), /unsafe|\*|https?:|data:|blob:/)
    const markup = html().replace(/<(script|style)>[^]*?<\/\1>/g, '')
    assert.doesNotMatch(markup, /<(script|style|link|img|iframe|form)|\s(on\w+|style|src|href)=/)
  })
}

export async function silenceChecks({ check, browser, host }) {
  await check('served, the page asks for nothing but itself, whatever is done with it', async () => {
    const asked = [requests.length, host.log.length]
    const inspector = await Inspector.arrive(browser, { url: host.url })
    await inspector.press('Make an example')
    await inspector.sees('VERIFIED')
    await inspector.press('Edit and sign')
    await inspector.press('Generate a key')
    await inspector.press('Sign')
    await inspector.fill({ Token: makeToken({ sub: 'a', picture: `${host.url}picture` }, { jku: `${host.url}jwks` }) })
    await inspector.page.waitForTimeout(300)
    await inspector.leave()
    assert.deepEqual(requests.slice(asked[0]), [host.url])
    assert.deepEqual(host.log.slice(asked[1]), ['/'])
  })

  await check('nothing is stored, and nothing is left after a reload', async () => {
    const inspector = await Inspector.arrive(browser, { url: host.url })
    const { page } = inspector
    await inspector.press('Make an example')
    await inspector.sees('VERIFIED')
    const stored = await page.evaluate(async () => ({
      cookie: document.cookie,
      local: localStorage.length,
      session: sessionStorage.length,
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      state: history.state,
    }))
    assert.deepEqual(stored, { cookie: '', local: 0, session: 0, databases: 0, caches: 0, workers: 0, state: null })
    assert.deepEqual(await page.context().cookies(), [])
    await page.reload()
    assert.equal(await inspector.token(), '')
    assert.equal(await inspector.field('Key, key set or secret').inputValue(), '')
    await inspector.leave()
  })

  await check('the pages have asked for nothing but themselves', () => {
    assert.deepEqual(
      requests.filter((url) => url !== fileUrl && !host.isPage(url)),
      [],
    )
  })

  await check('the pages have complained of nothing', () => assert.deepEqual(complaints, []))
}
