import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as esm from 'tittle'

const cjs = createRequire(import.meta.url)('tittle')

for (const [maker, user] of [
  [esm, cjs],
  [cjs, esm],
]) {
  const { privateKey, publicKey } = await maker.generateKeyPair('ES256')
  const secret = maker.generateSecret('HS256')
  for (const [alg, signing, verifying] of [
    ['HS256', secret, secret],
    ['ES256', privateKey, publicKey],
  ]) {
    const policy = { algorithms: [alg], issuer: null, audience: null }
    const token = user.signSync({ sub: 'alice' }, signing, { expiresIn: '1m' })
    assert.equal(user.verifySync(token, verifying, policy).claims.sub, 'alice')
    assert.equal((await maker.verify(token, verifying, policy)).claims.sub, 'alice')
  }
}
