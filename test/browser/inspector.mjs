// Uses the inspector in a real Chromium, as people do and as their enemies would.
// With --screenshot it renews the pictures of the README.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { neverRun } from './inspector-coverage.mjs'
import { readChecks, refuseChecks, signChecks, verifyChecks } from './inspector-flow.mjs'
import { handOverChecks } from './inspector-hand-over.mjs'
import { keyboardChecks, looksChecks, screenshots } from './inspector-looks.mjs'
import { hostileChecks, policyChecks, silenceChecks } from './inspector-safety.mjs'
import { coverage, file, html, startHost } from './inspector-visitor.mjs'
import { executable, launch } from './setup.mjs'

const largestPage = 40 * 1024
const largestPicture = 150_000

if (!executable) {
  console.log('skipped: the inspector in Chromium, for there is none; install it, or say in CHROMIUM where it is')
  process.exit(0)
}

let passed = 0
let failed = 0
async function check(name, action) {
  try {
    const late = sleep(60_000, undefined, { ref: false }).then(() => assert.fail('it takes too long'))
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

const size = gzipSync(readFileSync(file), { level: 9 }).length
const browser = await launch()
const host = await startHost()
console.log(`Chromium ${browser.version()}, Node ${process.versions.node}. The page has ${size} octets gzipped.`)

try {
  await check(`the page has at most ${largestPage} octets gzipped`, () => assert.ok(size <= largestPage))
  const tools = { check, browser, host }
  for (const checks of [
    readChecks,
    verifyChecks,
    refuseChecks,
    signChecks,
    handOverChecks,
    keyboardChecks,
    hostileChecks,
    looksChecks,
    silenceChecks,
    policyChecks,
  ]) {
    // A part that cannot go on is one failure, and the next part begins anew.
    await checks(tools).catch((error) => check(checks.name, () => Promise.reject(error)))
  }

  await check('every function of the inspector was run', async () => {
    const { own, library } = await neverRun(html(), coverage)
    console.log(`        of the library, which the page holds whole, ${library} functions were not`)
    assert.deepEqual(own, [])
  })
  await check(`the pictures have less than ${largestPicture} octets`, async () => {
    const pictures = await screenshots(tools)
    for (const [i, name] of ['inspector.png', 'inspector-narrow-dark.png'].entries()) {
      assert.ok(pictures[i].length < largestPicture, `${name} has ${pictures[i].length}`)
      if (process.argv.includes('--screenshot')) writeFileSync(resolve(import.meta.dirname, name), pictures[i])
    }
  })
} finally {
  host.stop()
  await browser.close()
}

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
