import { sign, verify } from 'tittle'
import { decode } from 'tittle/decode'
import { createKeySet } from 'tittle/jwks'
import { signJws, verifyJws } from 'tittle/jws'

for (const verb of [sign, verify, signJws, verifyJws, createKeySet, decode]) {
  if (typeof verb !== 'function') throw new Error('an entry lacks its verb')
}
