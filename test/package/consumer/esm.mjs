import { sign, verify } from 'tittle'
import { decode } from 'tittle/decode'
import { signJws, verifyJws } from 'tittle/jws'

for (const verb of [sign, verify, signJws, verifyJws, decode]) {
  if (typeof verb !== 'function') throw new Error('an entry lacks its verb')
}
