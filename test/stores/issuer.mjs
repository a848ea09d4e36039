// One server process of sessions, started by fleet.mjs: log-in, refresh and the API over HTTP.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { importSecret } from 'tittle'
import { bearerToken, challenge } from 'tittle/http'
import { createSessions } from 'tittle/session'
import { STORES } from './fleet.mjs'

const { name, where, keys, ...options } = JSON.parse(process.argv[2])
const { store } = await STORES[name].open(where)
const events = { started: 0, refreshed: 0, replayed: 0, reused: 0, ended: 0, 'store-failed': 0 }
const sessions = createSessions({
  issuer: 'https://issuer.example',
  audience: 'api',
  clientId: 'fleet',
  signingKey: importSecret(keys.access, 'HS256', { encoding: 'base64url' }),
  refreshKey: importSecret(keys.refresh, 'HS256', { encoding: 'base64url' }),
  store,
  onEvent: ({ type }) => void events[type]++,
  ...options,
})

const issued = ({ accessToken, refreshToken, session }) => ({ accessToken, refreshToken, sid: session.sid })

const ROUTES = {
  '/login': async (request) => issued(await sessions.start(await text(request))),
  '/refresh': async (request) => issued(await sessions.refresh(await text(request))),
  '/api': async (request) => ({ sid: (await sessions.verifyAccess(bearerToken(request))).claims.sid }),
}

const server = createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await ROUTES[request.url](request)))
  } catch (error) {
    const { status, headers, body } = challenge(error)
    // Only for the tests: clients are told no more than the body says.
    response.writeHead(status, { ...headers, code: error.code }).end(body)
  }
})
// The tests rest for longer between two requests than a connection would be kept.
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))

process.on('message', () => process.send(events))
process.on('disconnect', () => process.exit())
