const { createPublicKey } = require('node:crypto')
const {
  exportJwk,
  exportPem,
  generateKeyPair,
  generateSecret,
  importPublicKey,
  importSecret,
  isJwtError,
  JwtError,
  sign,
  signSync,
  verify,
  verifySync,
} = require('tittle')
const { decode } = require('tittle/decode')
const { bearerToken } = require('tittle/http')
const { createKeySet } = require('tittle/jwks')
const { signJws, verifyJws } = require('tittle/jws')
const { lintToken } = require('tittle/lint')
const { createSessions, memoryStore } = require('tittle/session')
const { storeConformance } = require('tittle/session/conformance')
const { postgresStore } = require('tittle/session/postgres')
const { redisStore } = require('tittle/session/redis')
const { sqliteStore } = require('tittle/session/sqlite')

const policy = (alg) => ({ algorithms: [alg], issuer: null, audience: null })

test.each(['ES256', 'RS256', 'Ed25519'])('signs and verifies %s, with a key in every form', async (alg) => {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const token = await sign({ sub: 'alice', roles: ['admin'] }, privateKey, { expiresIn: '1m' })
  const [pem, jwk] = [await exportPem(publicKey), await exportJwk(publicKey)]
  const keys = [pem, jwk, createPublicKey(pem)].map((source) => importPublicKey(source, alg))
  for (const key of [publicKey, ...keys, createKeySet({ keys: [jwk] })]) {
    const { claims } = await verify(token, key, policy(alg))
    expect(claims).toMatchObject({ sub: 'alice', roles: ['admin'] })
  }
  expect(verifySync(signSync({ sub: 'bob' }, privateKey, { expiresIn: 60 }), publicKey, policy(alg)).claims.sub).toBe(
    'bob',
  )
})

// Objects of Node and those of a test come from two realms in jest.
test.each([
  ['a Buffer', Buffer.alloc(32, 7)],
  ['a Uint8Array', new Uint8Array(32).fill(7)],
])('takes %s for a secret', async (_, octets) => {
  const key = importSecret(octets, 'HS256')
  const signed = await signJws(octets, key)
  expect(Array.from((await verifyJws(signed, key, { algorithms: ['HS256'] })).payload)).toEqual(Array.from(octets))
})

test('refuses with a code', async () => {
  const key = generateSecret('HS256')
  const old = await sign({}, key, { expiresIn: '1m', now: () => 1_700_000_000 })
  const error = await verify(old, key, policy('HS256')).catch((caught) => caught)
  expect(error).toBeInstanceOf(JwtError)
  expect(error).toBeInstanceOf(Error)
  expect(isJwtError(error)).toBe(true)
  expect(error).toMatchObject({ code: 'ERR_EXPIRED', claim: 'exp' })
  expect(isJwtError(new Error('ERR_EXPIRED'))).toBe(false)
  expect(() => decode('bad')).toThrow(JwtError)
  expect(() => verifySync(old, key, {})).toThrow(TypeError)
})

test('keeps a session from log-in to log-out, and finds a token that comes again', async () => {
  const [signingKey, refreshKey] = [generateSecret('HS256'), generateSecret('HS256')]
  const settings = { issuer: 'https://issuer.example', audience: 'api', clientId: 'web', store: memoryStore() }
  const sessions = createSessions({ ...settings, signingKey, refreshKey, refresh: { grace: 0 } })
  const first = await sessions.start('alice')
  const request = { headers: { authorization: `Bearer ${first.accessToken}` } }
  expect((await sessions.verifyAccess(bearerToken(request))).claims.sub).toBe('alice')

  const second = await sessions.refresh(first.refreshToken)
  await expect(sessions.refresh(first.refreshToken)).rejects.toMatchObject({ code: 'ERR_SESSION_REUSED' })
  await expect(sessions.refresh(second.refreshToken)).rejects.toMatchObject({ code: 'ERR_SESSION_REVOKED' })
})

test('lints, and has the stores', async () => {
  expect(lintToken(await sign({}, generateSecret('HS256'), { expiresIn: '900d' })).length).toBeGreaterThan(0)
  for (const make of [postgresStore, redisStore, sqliteStore]) expect(typeof make).toBe('function')
  for (const { run } of storeConformance(() => memoryStore()).slice(0, 3)) await run()
})
