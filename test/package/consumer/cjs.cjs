const { JwtError, generateSecret, sign, verify } = require('tittle')
const { decode } = require('tittle/decode')
const { createKeySet } = require('tittle/jwks')
const { signJws, verifyJws, verifyJwsSync } = require('tittle/jws')
const assert = require('node:assert/strict')

for (const verb of [sign, verify, signJws, verifyJws, createKeySet, decode]) assert.equal(typeof verb, 'function')

// The entries share their chunks: instanceof works among them.
assert.throws(() => verifyJwsSync('bad', generateSecret('HS256'), { algorithms: ['HS256'] }), JwtError)
assert.throws(() => decode('bad'), JwtError)
