import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as esm from 'tittle'

const cjs = createRequire(import.meta.url)('tittle')
const policy = { algorithms: ['HS256'], issuer: null, audience: null }

// Two copies of the class in one process, as where a framework requires what the application imports.
assert.notEqual(esm.JwtError, cjs.JwtError)

for (const [thrower, judge] of [
  [esm, cjs],
  [cjs, esm],
]) {
  assert.throws(
    () => thrower.verifySync('bad', thrower.generateSecret('HS256'), policy),
    (error) => judge.isJwtError(error) && !(error instanceof judge.JwtError) && error.code === 'ERR_TOKEN_MALFORMED',
  )
  assert.equal(judge.isJwtError(new TypeError('bad')), false)
}
