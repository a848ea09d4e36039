// One function for each column of the table; each takes the tally of its cell and an algorithm.
import assert from 'node:assert/strict'
import * as jose from 'jose'
import { generateSecret, isJwtError, sign, signSync, thumbprint, thumbprintUri, verify } from 'tittle'
import { createKeyRing, createKeySet } from 'tittle/jwks'
import { signJws, verifyJws } from 'tittle/jws'
import { audience, formatsOf, isHmac, isMlDsa, issuer, josePeer, jsonwebtokenPeer, kid, tittle } from './parties.mjs'
import { assertRefused, assertSame, flip, Tally, withClaims } from './tally.mjs'

const now = Math.floor(Date.now() / 1000)
const claims = {
  iss: issuer,
  sub: 'alice',
  aud: audience,
  iat: now,
  nbf: now - 60,
  exp: now + 900,
  jti: 'b6f0-1',
  role: 'admin',
  text: 'Grüße, 世界 🙂 "\\ \u2028',
  nested: { list: [0, -1, 2.5, 1e21, true, null, ''], empty: {}, none: [] },
}

const asymmetric = (alg) => !isHmac(alg)
const always = () => true

const columns = [
  ...[josePeer, jsonwebtokenPeer].flatMap((peer) => [
    exchangeColumn(tittle, peer, peer),
    exchangeColumn(peer, tittle, peer),
  ]),
  { name: 'thumbprints', applies: always, run: checkThumbprints },
  { name: 'key ring → jose', applies: asymmetric, run: checkKeyRing },
  { name: 'JWKS of jose → key set', applies: asymmetric, run: checkKeySet },
  { name: 'detached', applies: always, run: checkDetached },
  { name: 'b64=false', applies: always, run: checkUnencoded },
]

/** Runs every cell on the platform of this process. */
export async function runAll(platform) {
  const rows = []
  for (const alg of tittle.algorithms) {
    const lacking = isMlDsa(alg) && (await lacks(josePeer, alg))
    const cells = []
    for (const { name, applies, run } of columns) {
      const tally = new Tally()
      if (applies(alg)) {
        const checkAll = lacking ? checkLacking : run
        await tally.attempt('the cell', () => checkAll(tally, alg))
        if (tally.passed + tally.failures.length === 0) tally.failures.push('no check was run')
      }
      cells.push({ column: name, applies: applies(alg), lacking, passed: tally.passed, failures: tally.failures })
    }
    rows.push({ alg, cells })
  }
  const tally = new Tally()
  await tally.check('the platform', () => assertPlatform(platform))
  return { platform, rows, control: { passed: tally.passed, failures: tally.failures } }
}

// Only node:crypto signs at once, so this tells which platform the library has really taken.
function assertPlatform(platform) {
  const signAtOnce = () => signSync(claims, generateSecret('HS256'), {})
  if (platform === 'WebCrypto') return assertRefused(signAtOnce, (error) => error instanceof TypeError)
  assert.equal(typeof signAtOnce(), 'string')
}

const known = new Map()

// Made once, for RSA keys take their time.
function keysOf(party, alg) {
  const name = `${party.name} ${alg}`
  if (!known.has(name)) known.set(name, party.makeKeys(alg))
  return known.get(name)
}

async function lacks(party, alg) {
  return keysOf(party, alg).then(
    () => false,
    () => true,
  )
}

// Who lacks ML-DSA must say so.
function checkLacking(tally, alg) {
  return tally.check('what the runtime lacks', () =>
    assertRefused(
      () => tittle.makeKeys(alg),
      (error) => error instanceof TypeError && error.message === `this runtime has no ${alg}`,
    ),
  )
}

function exchangeColumn(signer, verifier, peer) {
  return {
    name: `${signer.name} → ${verifier.name}`,
    applies: (alg) => peer.algorithms.includes(alg),
    run: (tally, alg) => checkExchange(tally, alg, signer, verifier),
  }
}

async function checkExchange(tally, alg, signer, verifier) {
  for (const maker of [signer, verifier]) {
    const made = await keysOf(maker, alg)
    for (const format of formatsOf(alg)) {
      await tally.attempt(`a key of ${maker.name} as ${format}`, async () => {
        const halfOf = async (party, half) =>
          party === maker ? made[half] : party.take(await maker.give(made[half], format), alg, half)
        const token = await signer.sign(claims, await halfOf(signer, 'signing'), alg)
        for (const party of [signer, verifier]) {
          const label = `a key of ${maker.name} as ${format}, verified by ${party.name}`
          await checkToken(tally, label, token, party, alg, await halfOf(party, 'verifying'))
        }
      })
    }
  }
}

async function checkToken(tally, label, token, party, alg, key) {
  const verified = await party.verify(token, key, alg)
  await tally.check(`${label}, claims`, () => assertSame(verified.claims, claims))
  await tally.check(`${label}, header`, () => assertSame(verified.header, { alg, kid, typ: 'JWT' }))
  const tampered = {
    'changed payload': withClaims(token, { ...claims, role: 'owner' }),
    'changed signature': flip(token, 2),
  }
  for (const [name, forged] of Object.entries(tampered)) {
    await tally.check(`${label}, ${name}`, () =>
      assertRefused(() => party.verify(forged, key, alg), party.saysBadSignature),
    )
  }
}

const hashes = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' }

async function checkThumbprints(tally, alg) {
  for (const maker of [tittle, josePeer]) {
    const made = await keysOf(maker, alg)
    for (const half of ['signing', 'verifying']) {
      const given = await maker.give(made[half], 'JWK')
      const jwk = { ...given, alg }
      const own = maker === tittle ? made[half] : await tittle.take(given, alg, half)
      for (const [hash, joseHash] of Object.entries(hashes)) {
        const label = `${hash} of a ${half} key of ${maker.name}`
        const wanted = await jose.calculateJwkThumbprint(jwk, joseHash)
        const wantedUri = await jose.calculateJwkThumbprintUri(jwk, joseHash)
        await tally.check(`${label}, key`, async () => assert.equal(await thumbprint(own, hash), wanted))
        await tally.check(`${label}, JWK`, async () => assert.equal(await thumbprint(jwk, hash), wanted))
        await tally.check(`${label}, URI`, async () => assert.equal(await thumbprintUri(own, hash), wantedUri))
      }
    }
  }
}

async function checkKeyRing(tally, alg) {
  let clock = now
  const options = { algorithm: alg, tokenLifetime: '15m', publishAhead: '2m', now: () => clock }
  const ring = await createKeyRing(options)
  const signer = ring.signer({ issuer, audience, expiresIn: '15m' })
  const signed = [await signer.sign({ sub: 'alice' })]
  await ring.rotate()
  const publishedAhead = await ring.publicJwks()
  clock += 121
  signed.push(await signer.sign({ sub: 'alice' }))
  const kids = signed.map((token) => jose.decodeProtectedHeader(token).kid)

  const verifyBy = (jwks, token) =>
    jose.jwtVerify(token, jose.createLocalJWKSet(jwks), {
      algorithms: [alg],
      issuer,
      audience,
      currentDate: new Date(clock * 1000),
    })
  await tally.check('the rotation', () => assert.notEqual(kids[0], kids[1]))
  for (const { jwks } of [publishedAhead, await ring.publicJwks()]) {
    for (const [i, token] of signed.entries()) {
      await tally.check(`token ${i + 1}`, async () => {
        const { payload, protectedHeader } = await verifyBy(jwks, token)
        assert.equal(payload.sub, 'alice')
        assert.equal(protectedHeader.kid, kids[i])
      })
      await tally.check(`token ${i + 1}, changed`, () =>
        assertRefused(() => verifyBy(jwks, flip(token, 2)), josePeer.saysBadSignature),
      )
    }
  }
  const stranger = await keysOf(tittle, alg)
  const foreign = await sign(claims, stranger.signing, {})
  await tally.check('a token of a key that the ring has not', async () =>
    assertRefused(
      async () => verifyBy((await ring.publicJwks()).jwks, foreign),
      (error) => error.code === 'ERR_JWKS_NO_MATCHING_KEY',
    ),
  )
}

async function checkKeySet(tally, alg) {
  const pairs = { first: await keysOf(josePeer, alg), second: await josePeer.makeKeys(alg) }
  const bare = Object.fromEntries(
    await Promise.all(Object.entries(pairs).map(async ([name, pair]) => [name, await jose.exportJWK(pair.verifying)])),
  )
  const encryption = await jose.generateKeyPair('ECDH-ES', { extractable: true })
  const keys = [
    { kty: 'unknown', kid: 'first' },
    { ...(await jose.exportJWK(encryption.publicKey)), kid: 'first', use: 'enc', alg: 'ECDH-ES' },
    { ...bare.first, kid: 'first', alg, use: 'sig' },
    { ...bare.second, kid: 'second', alg, use: 'sig' },
  ]
  const keySet = createKeySet({ keys })
  const unnamedSet = createKeySet({ keys: [bare.first, bare.second] })
  const policy = { algorithms: [alg], issuer, audience }
  const signAs = (name, header) =>
    new jose.SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(pairs[name].signing)

  await tally.check('the keys that can verify', () => assert.equal(keySet.size, 2))
  for (const name of Object.keys(pairs)) {
    const named = await signAs(name, { kid: name })
    await tally.check(`${name}, by kid`, async () => {
      const verified = await verify(named, keySet, policy)
      assertSame(verified.claims, claims)
      assert.equal(verified.key.kid, name)
    })
    await tally.check(`${name}, changed`, () =>
      assertRefused(() => verify(flip(named, 2), keySet, policy), tittle.saysBadSignature),
    )
    await tally.check(`${name}, without kid`, async () => {
      const unnamed = await signAs(name, {})
      assertSame((await verify(unnamed, keySet, policy)).claims, claims)
      assertSame((await verify(unnamed, unnamedSet, policy)).claims, claims)
    })
  }
  await tally.check('the kid of the other key', async () =>
    assertRefused(
      async () => verify(await signAs('first', { kid: 'second' }), keySet, policy),
      tittle.saysBadSignature,
    ),
  )
  await tally.check('an unknown kid', async () =>
    assertRefused(
      async () => verify(await signAs('first', { kid: 'third' }), keySet, policy),
      (error) => isJwtError(error) && error.code === 'ERR_KEY_NOT_FOUND',
    ),
  )
}

const content = new TextEncoder().encode('$.02 für alle.\n\u0000世界')
const otherContent = new TextEncoder().encode('$.03 für alle.\n\u0000世界')
const toText = (octets) => Buffer.from(octets).toString('base64url')

async function checkDetached(tally, alg) {
  const { ours, theirs } = await inBoth(alg)
  const [header, empty, signature] = (await signJws(content, ours.signing, { detached: true })).split('.')
  await tally.check('the payload is left out', () => assert.equal(empty, ''))
  await checkFlattened(tally, alg, header, signature, theirs.verifying, toText)

  const jws = await new jose.FlattenedSign(content).setProtectedHeader({ alg, kid }).sign(theirs.signing)
  await checkOurs(tally, alg, `${jws.protected}..${jws.signature}`, ours.verifying, {})
}

async function checkUnencoded(tally, alg) {
  const { ours, theirs } = await inBoth(alg)
  const unencoded = { b64: false, crit: ['b64'] }
  const token = await signJws(content, ours.signing, { header: unencoded, detached: true })
  const [header, , signature] = token.split('.')
  await checkFlattened(tally, alg, header, signature, theirs.verifying, (octets) => octets)

  await tally.check('printable ASCII in the token', async () => {
    const [protectedHeader, payload, attached] = (await signJws('$02', ours.signing, { header: unencoded })).split('.')
    const verified = await jose.flattenedVerify(
      { protected: protectedHeader, payload, signature: attached },
      theirs.verifying,
    )
    assert.equal(new TextDecoder().decode(verified.payload), '$02')
  })

  const jws = await new jose.FlattenedSign(content).setProtectedHeader({ alg, kid, ...unencoded }).sign(theirs.signing)
  await checkOurs(tally, alg, `${jws.protected}..${jws.signature}`, ours.verifying, { crit: ['b64'] })
}

// One pair, made by tittle, in both libraries.
async function inBoth(alg) {
  const ours = await keysOf(tittle, alg)
  const takeHalf = async (half) => josePeer.take(await tittle.give(ours[half], 'JWK'), alg, half)
  return { ours, theirs: { signing: await takeHalf('signing'), verifying: await takeHalf('verifying') } }
}

async function checkFlattened(tally, alg, header, signature, key, toPayload) {
  const verifyFlattened = (octets) =>
    jose.flattenedVerify({ protected: header, payload: toPayload(octets), signature }, key, { algorithms: [alg] })
  await tally.check('tittle → jose', async () =>
    assert.deepEqual(Buffer.from((await verifyFlattened(content)).payload), Buffer.from(content)),
  )
  await tally.check('tittle → jose, changed', () =>
    assertRefused(() => verifyFlattened(otherContent), josePeer.saysBadSignature),
  )
}

async function checkOurs(tally, alg, token, key, options) {
  const verifyOurs = (payload) => verifyJws(token, key, { algorithms: [alg], payload, ...options })
  await tally.check('jose → tittle', async () =>
    assert.deepEqual(Buffer.from((await verifyOurs(content)).payload), Buffer.from(content)),
  )
  await tally.check('jose → tittle, changed', () =>
    assertRefused(() => verifyOurs(otherContent), tittle.saysBadSignature),
  )
}
