// A login server on node:http: a password in, a session out; in cookies for browsers, in headers for other clients.
// `npm run demo` builds the package and starts it. PORT, ACCESS_TTL and GRACE may be set.
//
// Beyond a demonstration it wants TLS in front and requireHttps(request) for each request, a limit on how often an
// address or a name may try to log in, and keys and a database that outlive the process.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { generateSecret, isJwtError, JwtError } from 'tittle'
import { decode } from 'tittle/decode'
import * as http from 'tittle/http'
import { createKeyRing } from 'tittle/jwks'
import { createSessions } from 'tittle/session'
import { files } from './files.mjs'
import { json, readJson } from './json.mjs'
import { isPassword, keepPassword } from './passwords.mjs'
import { openStore } from './store.mjs'

const { PORT = '0', ACCESS_TTL = '5m', GRACE = '10s' } = process.env

const server = createServer().listen(Number(PORT), '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
const issuer = `http://127.0.0.1:${port}`
const origins = [issuer, `http://localhost:${port}`]

const users = new Map([
  ['alice', { name: 'Alice Liddell', password: await keepPassword('correct horse battery staple') }],
])

// New at each start, which logs everybody out: a real server keeps keyRing.export() and its secrets.
const keyRing = await createKeyRing({ algorithm: 'ES256', tokenLifetime: ACCESS_TTL })
const csrfKey = generateSecret('HS256')

const sessions = createSessions({
  issuer,
  audience: issuer,
  clientId: 'auth-server',
  keyRing,
  refreshKey: generateSecret('HS256'),
  store: await openStore(),
  access: { ttl: ACCESS_TTL },
  refresh: { grace: GRACE },
  onEvent: ({ type, session, error }) =>
    session ? console.log(type, session.subject, session.sid, session.generation) : console.error(type, error),
})

const routes = new Map([
  ['POST /login', login],
  ['POST /auth/refresh', refresh],
  ['POST /auth/logout', logOut],
  ['POST /auth/logout-everywhere', logOutEverywhere],
  ['GET /api/me', me],
  ['GET /api/sessions', listSessions],
  ['GET /.well-known/jwks.json', publishKeys],
])

async function login(request) {
  const { username, password, client } = await readJson(request)
  const isBrowser = client !== 'mobile'
  // There is no session yet that a CSRF token could belong to.
  if (isBrowser && !origins.includes(request.headers.origin)) throw new JwtError('ERR_CSRF', 'from another Origin')
  const user = users.get(username)
  if (!(await isPassword(String(password), user?.password))) return json(401, { error: 'wrong_password' })
  const info = { device: request.headers['user-agent'] ?? 'unknown' }
  const tokens = await sessions.start(username, { claims: { name: user.name }, scope: 'profile', info })
  return isBrowser ? give(tokens, isBrowser, await newCsrfCookie(tokens.session)) : give(tokens, isBrowser)
}

// Once for a session, and as long: if each refresh changed it, a second tab would still send the one before.
async function newCsrfCookie({ sid, createdAt, expiresAt }) {
  return http.csrfCookie(await http.csrfToken(sid, csrfKey), { maxAge: Math.floor(expiresAt - createdAt) })
}

async function refresh(request) {
  const { token, inCookie } = await refreshTokenOf(request)
  try {
    return give(await sessions.refresh(token), inCookie)
  } catch (error) {
    const { status, headers, body } = http.challenge(error)
    return { status, headers: inCookie && status === 401 ? { ...headers, ...forget() } : headers, body }
  }
}

async function logOut(request) {
  const { token, inCookie } = await refreshTokenOf(request)
  await sessions.end(token)
  return json(200, {}, inCookie ? forget() : {})
}

async function logOutEverywhere(request) {
  const { claims, inCookie } = await authenticate(request)
  const ended = await sessions.endAll(claims.sub)
  return json(200, { ended }, inCookie ? forget() : {})
}

async function me(request) {
  const { claims, token } = await authenticate(request)
  http.requireScope({ claims }, 'profile')
  // The token itself is for the page to show how it is decoded. Leave it out: what HttpOnly hides should stay hidden.
  return json(200, { claims, token })
}

async function listSessions(request) {
  const { claims } = await authenticate(request)
  const list = await sessions.list(claims.sub)
  const shown = list.map(({ sid, createdAt, generation, info }) => ({ sid, createdAt, generation, ...info }))
  return json(200, { sessions: shown, current: claims.sid })
}

async function publishKeys() {
  const { jwks, cacheControl } = await keyRing.publicJwks()
  return json(200, jwks, { 'cache-control': cacheControl })
}

/** Gives tokens to who has logged in or refreshed: to browsers in cookies that scripts cannot read. */
function give(tokens, isBrowser, ...cookies) {
  const shown = { expires_in: tokens.accessExpiresIn, generation: tokens.session.generation }
  if (isBrowser) {
    cookies.push(http.accessCookie(tokens), http.refreshCookie(tokens, { path: '/auth' }))
    return json(200, shown, { 'set-cookie': cookies })
  }
  const { accessToken: access_token, refreshToken: refresh_token } = tokens
  return json(200, { access_token, token_type: 'Bearer', refresh_token, ...shown })
}

const forget = () => ({ 'set-cookie': http.clearCookies({ refreshPath: '/auth' }) })

/** The token of the Authorization header, or else of the cookie. */
function tokenOf(request, cookieName) {
  const cookie = request.headers.authorization === undefined ? http.readCookies(request).get(cookieName) : undefined
  return { token: cookie ?? http.bearerToken(request), inCookie: cookie !== undefined }
}

async function authenticate(request) {
  const { token, inCookie } = tokenOf(request, http.cookieNames.access)
  // 'live' asks the store: without it a token is good until it expires, whoever has logged out.
  const { claims } = await sessions.verifyAccess(token, { session: 'live' })
  if (inCookie) await http.checkCsrf(request, { key: csrfKey, origins, sid: claims.sid })
  return { claims, token, inCookie }
}

async function refreshTokenOf(request) {
  const { token, inCookie } = tokenOf(request, http.cookieNames.refresh)
  // The session that the token names is not verified here, but is by whoever takes the token next.
  const sid = String(decode(token).unverified.claims.sid)
  if (inCookie) await http.checkCsrf(request, { key: csrfKey, origins, sid })
  return { token, inCookie }
}

async function answer(request) {
  const [path] = request.url.split('?')
  const route = routes.get(`${request.method} ${path}`)
  try {
    if (route) return await route(request)
    return (request.method === 'GET' && files.get(path)) || json(404, { error: 'not_found' })
  } catch (error) {
    if (isJwtError(error)) return http.challenge(error)
    console.error(error)
    return json(500, { error: 'server_error' })
  }
}

server.on('request', async (request, response) => {
  const { status, headers, body } = await answer(request)
  response.writeHead(status, headers).end(body)
})

console.log(`Log in as alice on ${issuer}`)
