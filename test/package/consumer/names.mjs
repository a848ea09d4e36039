import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
for (const entry of ['tittle', 'tittle/jws', 'tittle/jwks', 'tittle/decode']) {
  assert.deepEqual(Object.keys(await import(entry)).sort(), Object.keys(require(entry)).sort(), entry)
}
