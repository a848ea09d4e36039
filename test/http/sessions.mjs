// The sessions that the recipes verify with, tokens of theirs, and the ways in which they fail.
import { generateSecret } from 'tittle'
import { createSessions } from 'tittle/session'
import { flip } from '../interop/tally.mjs'

/** What asking for the version of a subject's tokens comes to: a look outside, in each verifyAccess. */
const answers = {
  well: () => 0,
  down: () => Promise.reject(new Error('the database is away')),
  broken: () => 'a mistake of the program',
}

/** The sessions' health: `well`, `down` or `broken`. */
export const state = { health: 'well' }

const options = {
  issuer: 'https://issuer.example',
  audience: 'https://api.example',
  clientId: 'web',
  signingKey: generateSecret('HS256'),
  refreshKey: generateSecret('HS256'),
  tokenVersion: () => answers[state.health](),
}

export const sessions = createSessions(options)

const hourAgo = createSessions({ ...options, now: () => Date.now() / 1000 - 3600 })
const stranger = createSessions({ ...options, signingKey: generateSecret('HS256') })

const start = (from, scope) => from.start('alice', { scope })
const { accessToken: valid, refreshToken } = await start(sessions, 'orders:read orders:write')

/** Tokens by what is wrong with them. */
export const tokens = {
  valid,
  'a refresh token': refreshToken,
  'an expired token': (await start(hourAgo, 'orders:read')).accessToken,
  'a token of another key': (await start(stranger, 'orders:read')).accessToken,
  'a token with another header': flip(valid, 0),
  'a token with other claims': flip(valid, 1),
  'a token with another signature': flip(valid, 2),
  'what is no token': 'a.b.c',
  'another scope': (await start(sessions, 'orders:write')).accessToken,
  'no scope': (await start(sessions)).accessToken,
}
