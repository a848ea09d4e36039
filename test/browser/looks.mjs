// How the page looks: narrow and wide, light and dark.
import assert from 'node:assert/strict'
import { startServer } from './setup.mjs'
import { Visitor } from './visitor.mjs'

const narrow = { width: 360, height: 740 }
const wide = { width: 1200, height: 900 }

export async function looksChecks({ check, browser, server }) {
  for (const [screen, viewport, colorScheme] of [
    ['narrow and light', narrow, 'light'],
    ['narrow and dark', narrow, 'dark'],
    ['wide and light', wide, 'light'],
    ['wide and dark', wide, 'dark'],
  ]) {
    const visitor = await Visitor.arrive(browser, server.url, { viewport, colorScheme })
    await check(`${screen}: the log-in fits, and can be read`, () => fitsAndReads(visitor, colorScheme))
    await visitor.logIn('wrong')
    await visitor.logIn()
    await check(`${screen}: the session fits, and can be read`, () => fitsAndReads(visitor, colorScheme))
    await visitor.leave()
  }
}

async function fitsAndReads({ page }, colorScheme) {
  const { overflow, ground, faint } = await page.evaluate(measure)
  assert.equal(overflow, 0, `the page is ${overflow} px too wide`)
  assert.equal(ground < 0.5, colorScheme === 'dark')
  assert.deepEqual(faint, [])
}

// Run in the page: WCAG 2.2 §1.4.3 wants a contrast of 4.5 between text and what is behind it.
function measure() {
  const channels = (color) => color.match(/[\d.]+/g).map(Number)
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c <= 10.31475 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor
    return channels(color)[3] === 0 && element.parentElement ? behind(element.parentElement) : color
  }
  const contrast = (element) => {
    const [dark, light] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
  }
  const isText = (element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
  const faint = [...document.querySelectorAll('body *')].filter((element) => isText(element) && contrast(element) < 4.5)
  return {
    overflow: document.documentElement.scrollWidth - innerWidth,
    ground: luminance(behind(document.documentElement)),
    faint: faint.map((element) => `${element.textContent}: ${contrast(element).toFixed(1)}`),
  }
}

/** The picture of the README: two sessions, and a token of a moment ago. */
export async function screenshot({ browser }) {
  const server = await startServer()
  const phone = await Visitor.logIn(browser, server.url, { userAgent: 'Mozilla/5.0 (Android 16) Firefox/140.0' })
  const visitor = await Visitor.logIn(browser, server.url, { viewport: wide })
  await visitor.page.reload()
  await visitor.seesSession()
  await visitor.answered('/api/sessions', () => visitor.press('Refresh'))
  await visitor.page.getByText(/^4:5\d$/).waitFor()
  const picture = await visitor.page.screenshot({ fullPage: true })
  await Promise.all([phone.leave(), visitor.leave(), server.stop()])
  return picture
}
