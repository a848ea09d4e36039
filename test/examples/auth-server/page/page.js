// The page of a server whose tokens are in cookies: this script sees the CSRF token, and what the server tells it.
import { decode, secondsUntilExpiry } from '/tittle/decode.js'

const at = (id) => document.getElementById(id)
// Tells the other tabs, which share the cookies, what has changed.
const tabs = new BroadcastChannel('auth-server')
let token

const csrfToken = () => /(?:^|; )__Host-csrf=([^;]+)/.exec(document.cookie)?.[1]

async function send(method, path, body) {
  const headers = { 'x-csrf-token': csrfToken() ?? '', ...(body && { 'content-type': 'application/json' }) }
  const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const { status, ok } = response
  const answer = await response.json()
  const detail = answer.error ?? (answer.generation === undefined ? '' : `generation ${answer.generation}`)
  at('log').prepend(item(clock(Date.now() / 1000), `${method} ${path}`, status, detail))
  return { status, ok, answer }
}

const refresh = () => send('POST', '/auth/refresh')

// What any client does: a token that is refused is replaced, once.
async function ask(method, path) {
  const first = await send(method, path)
  if (first.status !== 401) return first
  const { ok, status } = await refresh()
  if (ok) return send(method, path)
  if (status === 401) leave()
  return first
}

function leave() {
  token = undefined
  at('login').hidden = false
  at('session').hidden = at('who').hidden = true
}

async function show() {
  // Without the one cookie that this script can read there is no session to ask for.
  if (csrfToken() === undefined) return leave()
  const { ok, answer } = await ask('GET', '/api/me')
  if (!ok) return
  token = answer.token
  const { header, claims } = decode(token).unverified
  at('login').hidden = true
  at('refused').textContent = ''
  at('session').hidden = at('who').hidden = false
  at('who').textContent = `Logged in as ${claims.name}`
  const members = [
    ...Object.entries(header).map(([name, value]) => [`header ${name}`, value]),
    ...Object.entries(claims).map(([name, value]) => [name, isDate(name) ? `${value} (${clock(value)})` : value]),
  ]
  at('claims').replaceChildren(...members.map(([name, value]) => row(name, value)))
  tick()
  await showSessions()
}

async function showSessions() {
  const { ok, answer } = await ask('GET', '/api/sessions')
  if (!ok) return
  const rows = answer.sessions.map(({ sid, device, createdAt, generation }) => {
    const mark = sid === answer.current ? ', this one' : ''
    return row(deviceOf(device) + mark, clock(createdAt), generation)
  })
  at('sessions').replaceChildren(...rows)
}

function tick() {
  if (token === undefined) return
  const { exp, iat } = decode(token).unverified.claims
  const left = Math.max(0, secondsUntilExpiry(token))
  const seconds = Math.ceil(left)
  at('countdown').textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  at('left').textContent = left > 0 ? 'left' : 'expired'
  at('life').value = left / (exp - iat)
  at('session').classList.toggle('expired', left === 0)
}

async function refreshAndShow() {
  await refresh()
  await show()
}

async function changed() {
  tabs.postMessage('changed')
  await show()
}

async function logIn(event) {
  event.preventDefault()
  const { username, password } = event.target.elements
  const { ok, answer } = await send('POST', '/login', { username: username.value, password: password.value })
  password.value = ''
  if (ok) await changed()
  if (ok && token !== undefined) return at('call').focus()
  at('refused').textContent = ok
    ? 'This browser keeps no Secure cookies of a server without TLS.'
    : (refusals[answer.error] ?? 'This cannot be done now; try again.')
  password.focus()
}

const refusals = {
  wrong_password: 'The name or the password is wrong.',
  forbidden: 'The request did not come from this page.',
}

async function logOut(path) {
  await ask('POST', path)
  await changed()
  at('password').focus()
}

at('login').addEventListener('submit', logIn)
const actions = {
  call: show,
  list: showSessions,
  refresh: refreshAndShow,
  both: () => open('/?second', 'second'),
  logout: () => logOut('/auth/logout'),
  everywhere: () => logOut('/auth/logout-everywhere'),
}
for (const [id, action] of Object.entries(actions)) at(id).addEventListener('click', action)

tabs.addEventListener('message', async ({ data }) => {
  if (data === 'changed') await show()
  // The second tab is there: both refresh now, with the same token.
  if (data === 'ready') tabs.postMessage('refresh')
  if (data === 'ready' || data === 'refresh') await refreshAndShow()
})

function element(name, ...children) {
  const made = document.createElement(name)
  made.append(...children)
  return made
}

function item(time, request, status, detail) {
  const made = element('li', ...[time, request, status, detail].map((text) => element('span', text)))
  made.className = status < 400 ? 'ok' : 'no'
  return made
}

function row(name, ...values) {
  const head = element('th', name)
  head.scope = 'row'
  const cells = values.map((value) => element('td', typeof value === 'string' ? value : JSON.stringify(value)))
  return element('tr', head, ...cells)
}

const isDate = (claim) => ['exp', 'nbf', 'iat'].includes(claim)

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString('en-GB')

function deviceOf(agent = 'unknown') {
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? agent.slice(0, 24)
  const system = /Windows|Android|iPhone|Mac OS|Linux/.exec(agent)?.[0]
  return [browser, system].filter(Boolean).join(' on ')
}

setInterval(tick, 250)
await show()
if (location.search === '?second' && token !== undefined) tabs.postMessage('ready')
