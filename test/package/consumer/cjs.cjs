const { JwtError, generateSecret, sign, verify } = require('tittle')
const { decode } = require('tittle/decode')
const { createKeySet } = require('tittle/jwks')
const { signJws, verifyJws, verifyJwsSync } = require('tittle/jws')
const { bearerToken } = require('tittle/http')
const { lintToken } = require('tittle/lint')
const { createSessions } = require('tittle/session')
const { storeConformance } = require('tittle/session/conformance')
const { postgresStore } = require('tittle/session/postgres')
const { redisStore } = require('tittle/session/redis')
const { sqliteStore } = require('tittle/session/sqlite')
const assert = require('node:assert/strict')

const core = [sign, verify, signJws, verifyJws, createKeySet, decode, lintToken]
const sessions = [bearerToken, createSessions, storeConformance, postgresStore, redisStore, sqliteStore]
for (const verb of [...core, ...sessions]) assert.equal(typeof verb, 'function')

// The entries share their chunks: instanceof works among them.
assert.throws(() => verifyJwsSync('bad', generateSecret('HS256'), { algorithms: ['HS256'] }), JwtError)
assert.throws(() => decode('bad'), JwtError)
assert.throws(() => bearerToken({ headers: {} }), JwtError)
