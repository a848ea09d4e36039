import { sign, verify } from 'tittle'
import { decode } from 'tittle/decode'
import { bearerToken } from 'tittle/http'
import { createKeySet } from 'tittle/jwks'
import { signJws, verifyJws } from 'tittle/jws'
import { lintToken } from 'tittle/lint'
import { createSessions } from 'tittle/session'
import { storeConformance } from 'tittle/session/conformance'
import { postgresStore } from 'tittle/session/postgres'
import { redisStore } from 'tittle/session/redis'
import { sqliteStore } from 'tittle/session/sqlite'

const core = [sign, verify, signJws, verifyJws, createKeySet, decode, lintToken]
const sessions = [bearerToken, createSessions, storeConformance, postgresStore, redisStore, sqliteStore]
for (const verb of [...core, ...sessions]) {
  if (typeof verb !== 'function') throw new Error('an entry lacks its verb')
}
