// What people do with the inspector: read, verify, edit and sign.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { claims, Inspector, makeToken, now, pairs, secret } from './inspector-visitor.mjs'
import { until } from './visitor.mjs'

const KEY = 'Key, key set or secret'
const ISSUER = 'Issuer iss'
const AUDIENCE = 'Audience aud'
const TYPE = 'Type typ'

export async function readChecks({ check, browser }) {
  const inspector = await Inspector.arrive(browser)
  const { page } = inspector

  await check('without a token there is nothing to judge, and nothing is shown of it', async () => {
    assert.match(await inspector.verdict(), /no token yet/)
    for (const name of ['Claims', 'Header', 'Dates', 'Linter', 'Edit and sign']) {
      assert.equal(await page.getByRole('heading', { name, exact: true }).isVisible(), false, name)
    }
  })

  await check('a pasted token is taken apart: colours, labels, claims, meanings, and not verified', async () => {
    await inspector.field('Token').fill(`Bearer ${makeToken()}\n`)
    await inspector.sees('UNVERIFIED')
    const parts = await page.locator('#colours span:not(.other)').all()
    const looks = await Promise.all(
      parts.map((part) => part.evaluate((span) => [span.className, getComputedStyle(span).color])),
    )
    assert.deepEqual(
      looks.map(([name]) => name),
      ['header', 'payload', 'signature'],
    )
    assert.equal(new Set(looks.map(([, color]) => color)).size, 3)
    assert.deepEqual(await page.locator('.legend li').allTextContents(), ['header', 'payload', 'signature'])
    assert.deepEqual(await inspector.badges(), ['UNVERIFIED', 'UNVERIFIED'])
    const shown = await inspector.members('claims')
    assert.deepEqual(Object.keys(shown), Object.keys(claims()))
    assert.match(shown.sub, /^"alice"\n+Subject: .*RFC 7519 §4\.1\.2$/s)
    assert.match(shown.exp, /expires in (10 min|9 min \d+ s) · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/)
    assert.match((await inspector.members('header')).alg, /^"HS256"\n+.*RFC 7515 §4\.1\.1$/s)
  })

  await check('the colours lie exactly where the text of the field is', async () => {
    const sizes = await page.evaluate(() =>
      ['token', 'colours'].map((id) => {
        const { left, top, width } = document.getElementById(id).getBoundingClientRect()
        const { font, padding, lineHeight } = getComputedStyle(document.getElementById(id))
        return { left, top, width, font, padding, lineHeight }
      }),
    )
    assert.deepEqual(sizes[0], sizes[1])
  })

  await check('the dates are on a line, and in words', async () => {
    assert.deepEqual(await page.locator('.timeline text').allTextContents(), ['iat', 'exp', 'now'])
    assert.match(await page.locator('#timeline p').innerText(), /^Issued (now|\d+ s ago), expires in /)
  })

  await check('the linter finds what is unwise', async () => {
    await inspector.field('Token').fill(makeToken({ sub: 'alice', password: 'hunter2' }))
    await page.locator('#findings').getByText('no-exp').waitFor()
    const findings = await page.locator('#findings li').count()
    assert.equal(await page.locator('#lint-count').innerText(), `${findings} findings`)
    assert.equal((await page.locator('#findings').innerText()).includes('hunter2'), false)
  })

  await check('the dates of a token that has none are not shown', async () => {
    assert.equal(await page.getByRole('heading', { name: 'Dates' }).isVisible(), false)
  })

  await check('what is cleared is gone', async () => {
    await inspector.press('Clear')
    await until(async () => /no token yet/.test(await inspector.verdict()), 'an empty page')
    assert.equal(await inspector.token(), '')
  })
  await inspector.leave()
}

export async function verifyChecks({ check, browser }) {
  const jwkSet = {
    keys: [
      { kty: 'RSA', use: 'enc', alg: 'RSA-OAEP' },
      { ...pairs.ES256.publicJwk, kid: 'one' },
    ],
  }
  const text = (jwk) => JSON.stringify(jwk, undefined, 2)
  const inspector = await Inspector.arrive(browser)

  for (const [what, token, fields] of [
    ['a secret', makeToken(), { [KEY]: secret, Algorithm: 'HS256' }],
    ['a secret in hex', makeToken(), { [KEY]: Buffer.from(secret).toString('hex'), 'The secret is spelled in': 'hex' }],
    [
      'an ES256 PEM',
      makeToken(claims(), { alg: 'ES256', key: pairs.ES256.privatePem }),
      { [KEY]: pairs.ES256.publicPem, Algorithm: '' },
    ],
    [
      'a private PEM, by its public half',
      makeToken(claims(), { alg: 'ES256', key: pairs.ES256.privatePem }),
      { [KEY]: pairs.ES256.privatePem },
    ],
    [
      'an Ed25519 JWK',
      makeToken(claims(), { alg: 'Ed25519', key: pairs.Ed25519.privatePem }),
      { [KEY]: text(pairs.Ed25519.publicJwk) },
    ],
    [
      'a private JWK, by its public half',
      makeToken(claims(), { alg: 'Ed25519', key: pairs.Ed25519.privatePem }),
      { [KEY]: text(pairs.Ed25519.privateJwk) },
    ],
    [
      'a JWK Set',
      makeToken(claims(), { alg: 'ES256', key: pairs.ES256.privatePem, kid: 'one' }),
      { [KEY]: text(jwkSet) },
    ],
    [
      'an RSA PEM',
      makeToken(claims(), { alg: 'RS256', key: pairs.RS256.privatePem }),
      { [KEY]: pairs.RS256.publicPem, Algorithm: 'RS256' },
    ],
    [
      'an expected type',
      makeToken(claims(), { typ: 'at+jwt' }),
      { [KEY]: secret, Algorithm: 'HS256', 'The secret is spelled in': 'utf8', [TYPE]: 'at+jwt' },
    ],
  ]) {
    await check(`verified by ${what}`, async () => {
      await inspector.fill({ Token: token, ...fields })
      assert.match(await inspector.sees('VERIFIED'), /Not checked: the issuer and the audience\./)
      assert.deepEqual(await inspector.badges(), ['VERIFIED', 'VERIFIED'])
      assert.deepEqual(await inspector.steps('failed'), [])
    })
  }

  await check('issuer and audience are said to be checked when they are', async () => {
    await inspector.fill({ Token: makeToken(), [KEY]: secret, [TYPE]: '', [ISSUER]: 'https://issuer.example' })
    assert.match(await inspector.sees('VERIFIED'), /Not checked: the audience\./)
    await inspector.fill({ [AUDIENCE]: 'api' })
    await until(async () => !/Not checked/.test(await inspector.verdict()), 'a full check')
    assert.equal(
      (await inspector.steps('off')).some((step) => /"(iss|aud)"/.test(step)),
      false,
    )
  })
  await inspector.leave()
}

export async function refuseChecks({ check, browser }) {
  const good = makeToken()
  const [header, , signature] = good.split('.')
  const tampered = [header, makeToken({ ...claims(), sub: 'mallory' }).split('.')[1], signature].join('.')
  const hs256 = { [KEY]: secret, Algorithm: 'HS256', [ISSUER]: '', [AUDIENCE]: '' }

  for (const [what, token, fields, title, explanation, reference] of [
    ['a tampered token', tampered, {}, 'REFUSED ERR_SIGNATURE', /signature/, /RFC 7515 §5\.2/],
    [
      'a wrong key',
      good,
      { [KEY]: secret.toLowerCase() },
      'REFUSED ERR_SIGNATURE',
      /Check that the key/,
      /RFC 7515 §5\.2/,
    ],
    [
      'an expired token',
      makeToken({ ...claims(), exp: now() - 60 }),
      {},
      'REFUSED ERR_EXPIRED',
      /has expired/,
      /RFC 7519 §4\.1\.4/,
    ],
    ['alg none', makeToken(claims(), { alg: 'none' }), {}, 'REFUSED ERR_ALGORITHM', /algorithm/i, /RFC 8725 §3\.1/],
    [
      'a wrong audience',
      good,
      { [AUDIENCE]: 'other' },
      'REFUSED ERR_CLAIM_VALUE',
      /"aud" names no audience/,
      /RFC 8725 §3\.9/,
    ],
    ['no token at all', 'hello', {}, 'REFUSED ERR_TOKEN_MALFORMED', /Copy the token again/, /RFC 7519 §7\.2/],
  ]) {
    const inspector = await Inspector.arrive(browser)
    await check(`refused for ${what}, with the reason, the section, and what to do`, async () => {
      await inspector.fill({ Token: token, ...hs256, ...fields })
      const verdict = await inspector.sees(title)
      assert.match(verdict, explanation)
      assert.match(verdict, reference)
      const [first] = await inspector.steps('failed')
      assert.match(first, reference)
      assert.ok((await inspector.badges()).every((badge) => badge !== 'VERIFIED'))
    })
    await inspector.leave()
  }

  const inspector = await Inspector.arrive(browser)
  await check('a key that is of no use is told of, and the token is not blamed', async () => {
    await inspector.fill({ Token: good, [KEY]: secret })
    assert.match(await inspector.sees('UNVERIFIED'), /choose HS256, HS384 or HS512/)
    await inspector.fill({ [KEY]: '{"kty":"EC"}' })
    await until(async () => /serves none/.test(await inspector.verdict()), 'another reason')
    await inspector.fill({ [KEY]: pairs.RS256.publicPem.replace(/-----.*-----\s*/g, '') })
    await until(async () => /put -----BEGIN PUBLIC KEY----- or/.test(await inspector.verdict()), 'another reason')
    await inspector.fill({ [KEY]: pairs.RS256.publicPem })
    await until(async () => /name the algorithm/.test(await inspector.verdict()), 'another reason')
    assert.equal(await inspector.page.getByLabel('The secret is spelled in').isVisible(), false)
  })
  await inspector.leave()

  await check('a token that expires while one looks is refused then', async () => {
    const clock = Date.now()
    const watching = await Inspector.arrive(browser, { clock })
    await watching.fill({ Token: makeToken({ ...claims(), exp: Math.floor(clock / 1000) + 90 }), ...hs256 })
    await watching.sees('VERIFIED')
    await watching.page.clock.runFor(75_000)
    // However long it took to come here.
    await watching.page.getByText(/^expires in 1?\d s$/).waitFor()
    await watching.page.clock.runFor(30_000)
    await watching.sees('REFUSED ERR_EXPIRED')
    await watching.page.getByText(/^expired \d+ s ago$/).waitFor()
    await watching.leave()
  })
}

export async function signChecks({ check, browser }) {
  const inspector = await Inspector.arrive(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = inspector
  const said = page.locator('#sign-said')
  const CLAIMS = 'Claims'
  const HEADER = 'Header, without its alg'
  const SIGNING_KEY = 'Signing key: a private JWK or PEM, or a secret'

  await check('the editor begins with an example, and asks for a key', async () => {
    await inspector.press('Edit and sign')
    assert.equal(JSON.parse(await inspector.field(CLAIMS).inputValue()).sub, 'alice')
    await inspector.press('Sign')
    await said.getByText('generate one, or paste yours').waitFor()
    await inspector.press('Edit and sign')
    assert.equal(await inspector.field(CLAIMS).isVisible(), false)
  })

  await check('the editor begins with the token that is there', async () => {
    await inspector.fill({ Token: makeToken() })
    await inspector.press('Edit and sign')
    assert.equal(await inspector.field('Sign with').inputValue(), 'HS256')
    assert.deepEqual(JSON.parse(await inspector.field(HEADER).inputValue()), { typ: 'JWT' })
    assert.equal(JSON.parse(await inspector.field(CLAIMS).inputValue()).jti, 'b1946ac9')
  })

  for (const alg of ['ES256', 'Ed25519', 'RS256', 'HS256']) {
    await check(`edited, signed with a new key for ${alg}, and verified`, async () => {
      await inspector.fill({ 'Sign with': alg, [CLAIMS]: `{"iss":"me","aud":"you","sub":"${alg}"}` })
      const before = await inspector.field(SIGNING_KEY).inputValue()
      await inspector.press('Generate a key')
      await until(async () => (await inspector.field(SIGNING_KEY).inputValue()) !== before, 'a key')
      const old = await inspector.token()
      await inspector.press('Sign')
      await until(async () => (await inspector.token()) !== old, 'a token')
      await inspector.sees('VERIFIED')
      assert.match((await inspector.members('claims')).sub, new RegExp(`^"${alg}"`))
      const [made, given] = await Promise.all(
        [SIGNING_KEY, KEY].map(async (label) => JSON.parse(await inspector.field(label).inputValue())),
      )
      const member = alg === 'HS256' ? 'k' : 'd'
      assert.equal(typeof made[member], 'string')
      assert.equal(given[member], alg === 'HS256' ? made.k : undefined)
    })
  }

  await check('what it signs with HS256 is what node:crypto signs', async () => {
    const [header, payload, signature] = (await inspector.token()).split('.')
    const { k } = JSON.parse(await inspector.field(SIGNING_KEY).inputValue())
    const expected = createHmac('sha256', Buffer.from(k, 'base64url')).update(`${header}.${payload}`)
    assert.equal(signature, expected.digest('base64url'))
  })

  await check('bad JSON says where, and the text stays', async () => {
    for (const [label, text, where] of [
      [CLAIMS, '{\n  "sub": "alice",\n  role: 1\n}', /the claims cannot be read: line 3, column 3: a name/],
      [HEADER, '{"typ":"JWT"', /the header cannot be read: line 1, column 13: a comma/],
      [CLAIMS, '{"aud":["a" "b"]}', /line 1, column 13: a comma or \] is wanted/],
      [CLAIMS, '{"sub":"a","sub":"b"}', /column 12: the name stands here for the second time/],
    ]) {
      const good = await inspector.field(label).inputValue()
      const token = await inspector.token()
      await inspector.fill({ [label]: text })
      await inspector.press('Sign')
      await until(async () => where.test(await said.innerText()), String(where))
      assert.equal(await inspector.field(label).inputValue(), text)
      assert.equal(await inspector.token(), token)
      await inspector.fill({ [label]: good })
    }
  })

  await check('dates may be left to the claims', async () => {
    await inspector.fill({ Expires: '', [CLAIMS]: '{"iat":1700000000,"exp":1700000060}' })
    await inspector.press('Sign')
    await inspector.sees('REFUSED ERR_EXPIRED')
    assert.match((await inspector.members('claims')).exp, /^1700000060\n+expired \d+ y/)
  })

  await check('token and key are copied', async () => {
    for (const [button, label] of [
      ['Copy', 'Token'],
      ['Copy the key', SIGNING_KEY],
    ]) {
      await inspector.press(button)
      const wanted = await inspector.field(label).inputValue()
      await until(async () => (await page.evaluate(() => navigator.clipboard.readText())) === wanted, label)
    }
    assert.equal(await page.getByText('Copied.').count(), 2)
  })

  await check('where the clipboard is closed, the text is selected', async () => {
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await inspector.press('Copy')
    await page.getByText('the text is selected').waitFor()
    const selected = await inspector.field('Token').evaluate((field) => field.selectionEnd - field.selectionStart)
    assert.equal(selected, (await inspector.token()).length)
  })

  await check('an example is a token with its key', async () => {
    await inspector.press('Make an example')
    await inspector.sees('VERIFIED')
    assert.match((await inspector.members('claims')).client_id, /RFC 8693 §4\.3/)
  })
  await inspector.leave()
}
