// How the inspector looks, and how it is for those who do not see it or use no mouse: axe-core judges every state.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { claims, Inspector, makeToken, now, pairs, secret } from './inspector-visitor.mjs'
import { until } from './visitor.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const narrow = { width: 360, height: 740 }
const wide = { width: 1240, height: 900 }
const verifying = { 'Key, key set or secret': secret, Algorithm: 'HS256' }

const states = [
  ['empty', async () => {}],
  ['unverified', async (inspector) => inspector.fill({ Token: makeToken() }), 'UNVERIFIED'],
  ['verified', async (inspector) => inspector.fill({ Token: makeToken(), ...verifying }), 'VERIFIED'],
  [
    'refused',
    async (inspector) =>
      inspector.fill({ Token: makeToken({ sub: 'a\u202eb', exp: now() - 5, password: 'x', 1: [] }), ...verifying }),
    'REFUSED ERR_EXPIRED',
  ],
  [
    'signing',
    async (inspector) => {
      await inspector.press('Edit and sign')
      await inspector.press('Generate a key')
      await inspector.press('Sign')
    },
    'VERIFIED',
  ],
  [
    'failing to sign',
    async (inspector) => {
      await inspector.fill({ Claims: '{' })
      await inspector.press('Sign')
      await inspector.page.getByText('Not done').waitFor()
    },
    'VERIFIED',
  ],
  ['garbage', async (inspector) => inspector.fill({ Token: 'x'.repeat(20_000) }), 'REFUSED ERR_TOKEN_TOO_LONG'],
]

export async function looksChecks({ check, browser }) {
  for (const [screen, viewport, colorScheme] of [
    ['wide and light', wide, 'light'],
    ['wide and dark', wide, 'dark'],
    ['narrow and light', narrow, 'light'],
    ['narrow and dark', narrow, 'dark'],
  ]) {
    const inspector = await Inspector.arrive(browser, { viewport, colorScheme })
    const { page } = inspector
    // By the debugger, which no policy keeps out.
    await page.evaluate(axe)
    for (const [state, reach, title] of states) {
      await check(`${screen}, ${state}: it fits, and axe-core has nothing to say`, async () => {
        await reach(inspector)
        if (title) await inspector.sees(title)
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
        assert.deepEqual(await page.evaluate(violations), [])
      })
    }
    await check(`${screen}: the ground is ${colorScheme}`, async () => {
      const [r] = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g))
      assert.equal(Number(r) < 128, colorScheme === 'dark')
    })
    await inspector.leave()
  }

  await check('whoever wants no motion has none', async () => {
    const inspector = await Inspector.arrive(browser, { reducedMotion: 'reduce' })
    const moving = await inspector.page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => getComputedStyle(element).transitionDuration !== '0s')
          .length,
    )
    assert.equal(moving, 0)
    await inspector.leave()
  })

  await check('with forced colours the text of the token is that of its field', async () => {
    const inspector = await Inspector.arrive(browser, { forcedColors: 'active' })
    await inspector.fill({ Token: makeToken() })
    const { page } = inspector
    assert.equal(await page.locator('#colours').isVisible(), false)
    const fill = await inspector.field('Token').evaluate((field) => getComputedStyle(field).webkitTextFillColor)
    assert.doesNotMatch(fill, /, 0\)$/)
    await inspector.leave()
  })
}

// Run in the page. Of the field of the token axe-core sees the colour that its text has where it is not transparent.
async function violations() {
  const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'] })
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join()}`)
}

export async function keyboardChecks({ check, browser }) {
  const inspector = await Inspector.arrive(browser)
  const { page } = inspector
  const { keyboard } = page
  const focused = () => page.evaluate(() => document.activeElement.id)
  const tabTo = async (id, key = 'Tab') => {
    for (let steps = 0; (await focused()) !== id; steps++) {
      assert.ok(steps < 20, `the keyboard does not come to ${id}`)
      await keyboard.press(key)
      const outline = await page.evaluate(() => {
        const { outlineStyle } = getComputedStyle(document.activeElement.closest('.field') ?? document.activeElement)
        return outlineStyle
      })
      assert.equal(outline, 'solid', `the focus on ${await focused()} is not seen`)
    }
  }

  await check('the keyboard alone pastes, verifies, and sees where it is', async () => {
    await tabTo('token')
    await keyboard.insertText(makeToken())
    await tabTo('key')
    await keyboard.insertText(secret)
    await tabTo('algorithm')
    await keyboard.type('HS256')
    await inspector.sees('VERIFIED')
    await tabTo('audience')
    await keyboard.type('api')
    await until(async () => /Not checked: the issuer\./.test(await inspector.verdict()), 'the audience')
  })

  await check('the keyboard alone edits and signs', async () => {
    await tabTo('edit', 'Shift+Tab')
    await keyboard.press('Enter')
    assert.equal(await focused(), 'sign-claims')
    await keyboard.press('Control+A')
    await keyboard.insertText('{"aud":"api","sub":"bob"}')
    await tabTo('generate')
    await keyboard.press('Space')
    await page.getByText('nowhere but on this page').waitFor()
    await tabTo('sign', 'Shift+Tab')
    await keyboard.press('Enter')
    await page.getByText('Signed:').waitFor()
    await inspector.sees('VERIFIED')
    assert.match((await inspector.members('claims')).sub, /^"bob"/)
  })

  await check('what changes is told to those who do not see it', async () => {
    assert.match(await page.locator('#verdict').getAttribute('role'), /^status$/)
    assert.equal(await page.getByRole('status').count(), 3)
    const headings = await page.getByRole('heading').allInnerTexts()
    assert.deepEqual(headings[0], 'tittle inspector')
    assert.equal(
      (await page.locator('#steps .passed .spoken').allTextContents()).every((text) => text === 'passed: '),
      true,
    )
  })
  await inspector.leave()
}

const clock = new Date('2027-01-15T09:12:30+01:00')

/** The pictures of the README. */
export async function screenshots({ browser }) {
  const at = clock.getTime() / 1000
  const set = {
    ...claims(),
    iss: 'https://login.example.com',
    aud: 'https://api.example.com',
    client_id: 'web',
    scope: 'orders:read orders:write',
    iat: at - 230,
    exp: at + 370,
  }
  const token = makeToken(set, { alg: 'ES256', key: pairs.ES256.privatePem, typ: 'at+jwt', kid: '2027-01' })
  const shots = []
  for (const [viewport, colorScheme] of [
    [{ width: 1180, height: 720 }, 'light'],
    [{ width: 360, height: 1250 }, 'dark'],
  ]) {
    const inspector = await Inspector.arrive(browser, { viewport, colorScheme, clock, timezoneId: 'Europe/Berlin' })
    await inspector.fill({
      Token: token,
      'Key, key set or secret': pairs.ES256.publicPem.trim(),
      'Type typ': 'at+jwt',
      'Issuer iss': 'https://login.example.com',
      'Audience aud': 'https://api.example.com',
    })
    await inspector.sees('VERIFIED')
    await inspector.page.evaluate(() => {
      document.activeElement.blur()
      scrollTo(0, 0)
    })
    shots.push(await inspector.page.screenshot())
    await inspector.leave()
  }
  return shots
}
