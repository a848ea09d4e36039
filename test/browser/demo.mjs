// Clicks through the auth-server of test/examples in a real Chromium, as a user and as an attacker.
// With --screenshot it renews the picture of the README.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { executable, launch, startServer, startSite } from './setup.mjs'
import { complaints } from './visitor.mjs'
import { csrfChecks, forgeryChecks, policyChecks, theftChecks } from './attacks.mjs'
import { cookieChecks, everywhereChecks, logInChecks, mobileChecks, tabChecks, tokenChecks } from './flow.mjs'
import { looksChecks, screenshot } from './looks.mjs'

const picture = resolve(import.meta.dirname, '../examples/auth-server/screenshot.png')
const largest = 150_000

if (!executable) {
  console.log('skipped: the demo in Chromium, for there is none; install it, or say in CHROMIUM where it is')
  process.exit(0)
}

let passed = 0
let failed = 0
async function check(name, action) {
  try {
    const late = sleep(30_000, undefined, { ref: false }).then(() => assert.fail('it takes too long'))
    await Promise.race([action(), late])
    passed++
    console.log(`ok      ${name}`)
  } catch (error) {
    failed++
    console.log(`FAILED  ${name}: ${error.message}`)
  }
}

// A check that has failed no longer waits for what it has asked for.
process.on('unhandledRejection', (error) => check('an answer', () => Promise.reject(error)))

const browser = await launch()
const server = await startServer({ GRACE: '10s' })
// One whose tokens expire, and whose grace ends, while a test waits.
const hasty = await startServer({ ACCESS_TTL: '2s', GRACE: '1s' })
const site = await startSite()
console.log(`Chromium ${browser.version()}, Node ${process.versions.node}. ${server.lines[0]}`)

try {
  const tools = { check, browser, server, hasty, site }
  for (const checks of [
    logInChecks,
    cookieChecks,
    tokenChecks,
    tabChecks,
    everywhereChecks,
    mobileChecks,
    forgeryChecks,
    csrfChecks,
    theftChecks,
    looksChecks,
  ]) {
    // A part that cannot go on is one failure, and the next part begins anew.
    await checks(tools).catch((error) => check(checks.name, () => Promise.reject(error)))
  }

  await check('the pages have complained of nothing', () => assert.deepEqual(complaints, []))
  await policyChecks(tools)
  await check(`a screenshot has less than ${largest} octets`, async () => {
    const image = await screenshot(tools)
    assert.ok(image.length < largest, `it has ${image.length}`)
    if (process.argv.includes('--screenshot')) writeFileSync(picture, image)
  })
} finally {
  site.stop()
  await Promise.all([browser.close(), server.stop(), hasty.stop()])
}

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
