import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const stores = ['sqlite', 'postgres', 'redis', 'conformance'].map((name) => `tittle/session/${name}`)
for (const entry of [
  'tittle',
  'tittle/jws',
  'tittle/jwks',
  'tittle/decode',
  'tittle/http',
  'tittle/lint',
  'tittle/session',
  ...stores,
]) {
  assert.deepEqual(Object.keys(await import(entry)).sort(), Object.keys(require(entry)).sort(), entry)
}
