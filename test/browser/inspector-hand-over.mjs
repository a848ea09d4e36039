// What `tittle inspect TOKEN` does: the page comes with the token in its field, and no profile of a browser keeps it.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { claims, fileUrl, Inspector, makeToken, secret } from './inspector-visitor.mjs'
import { launchWithProfile } from './setup.mjs'
import { until } from './visitor.mjs'

const verifying = { 'Key, key set or secret': secret, Algorithm: 'HS256' }

export async function handOverChecks({ check, browser, host }) {
  const token = makeToken()
  const url = host.handOver(token)
  const inspector = await Inspector.arrive(browser, { url })
  const { page } = inspector

  await check('a token that the page comes with is read, and its address says nothing of it', async () => {
    await inspector.sees('UNVERIFIED')
    assert.equal(await inspector.token(), token)
    assert.equal(await page.locator('#colours').innerText(), `${token}\n`)
    assert.match((await inspector.members('claims')).sub, /^"alice"/)
    assert.equal(page.url(), url)
    assert.ok(token.split('.').every((part) => !url.includes(part)))
  })

  await check('it is verified as any other', async () => {
    await inspector.fill(verifying)
    await inspector.sees('VERIFIED')
  })

  await check('after a reload there is what was handed over, and nothing of what was typed', async () => {
    await inspector.fill({ Token: makeToken({ ...claims(), sub: 'bob' }) })
    await page.reload()
    await until(async () => (await inspector.token()) === token, 'the token that was handed over')
    assert.equal(await inspector.field('Key, key set or secret').inputValue(), '')
    await inspector.sees('UNVERIFIED')
  })

  await check('whoever leaves the file and comes back finds nothing of what was typed', async () => {
    await page.goto(fileUrl)
    await inspector.fill({ Token: token, ...verifying })
    await inspector.sees('VERIFIED')
    await page.goto(url)
    await page.goBack()
    assert.match(await inspector.verdict(), /no token yet/)
    assert.equal(await inspector.field('Key, key set or secret').inputValue(), '')
  })

  await check('what stands in an address is not read', async () => {
    await page.goto(`${host.url}#token=${token}`)
    assert.equal(await inspector.token(), '')
    assert.match(await inspector.verdict(), /no token yet/)
  })
  await inspector.leave()

  await check('markup that is handed over stays text', async () => {
    const markup =
      'a&lt;&#60;&amp;</textarea><script>globalThis.handedRan = true</script><img src=x onerror=alert(1)><!--'
    const visit = await Inspector.arrive(browser, { url: host.handOver(markup) })
    await visit.sees('REFUSED ERR_TOKEN_MALFORMED')
    assert.equal(await visit.token(), markup)
    assert.equal(await visit.page.locator('img, script:not(body > script), #token ~ *').count(), 0)
    assert.equal(await visit.page.evaluate(() => 'handedRan' in globalThis), false)
    await visit.leave()
  })

  await check('the profile of a browser keeps the address, but no token, and no key', () => profileCheck(host))
}

async function profileCheck(host) {
  const [handed, typed, addressed] = ['handed', 'typed', 'addressed'].map((sub) => makeToken({ ...claims(), sub }))
  const url = host.handOver(handed)
  const folder = await mkdtemp(join(tmpdir(), 'tittle-profile-'))
  try {
    const context = await launchWithProfile(folder)
    const inspector = new Inspector(context.pages()[0])
    await inspector.page.goto(url)
    await inspector.fill(verifying)
    await inspector.sees('VERIFIED')
    await inspector.page.reload()
    await inspector.fill({ Token: typed, ...verifying })
    await inspector.sees('VERIFIED')
    // Not so what stands in an address, by which is known that the search finds what is kept.
    await inspector.page.goto(`${host.url}#token=${addressed}`)
    await inspector.page.goBack()
    await context.close()

    const kept = async (text) => (await filesWith(folder, text)).includes(join('Default', 'History'))
    assert.deepEqual(await Promise.all([new URL(url).pathname, signatureOf(addressed)].map(kept)), [true, true])
    for (const text of [...[handed, typed].flatMap((token) => [token, signatureOf(token)]), secret]) {
      assert.deepEqual(await filesWith(folder, text), [])
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const signatureOf = (token) => token.split('.')[2]

async function filesWith(folder, text) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const spellings = [Buffer.from(text), Buffer.from(text, 'utf16le')]
  const found = await Promise.all(
    paths.map(async (path) => {
      const content = await readFile(path)
      return spellings.some((spelling) => content.includes(spelling))
    }),
  )
  return paths.filter((_, i) => found[i]).map((path) => relative(folder, path))
}
