// What the tests of sessions share: keys whose tokens can be forged, a clock that they turn, and a store that is watched.
import { vi } from 'vitest'
import { importSecret } from 'tittle'
import {
  createSessions,
  memoryStore,
  type SessionEvent,
  type SessionOptions,
  type Sessions,
  type SessionStore,
} from 'tittle/session'
import { TestClock } from './key-server.ts'
import { es256, forge, hs256, NOW } from './tokens.ts'

export { NOW, TestClock }

export const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]

export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'https://api.example'

/** Access tokens can be forged by `forge` as ES256, refresh tokens as HS256. */
export const keys = { signingKey: es256.privateKey, verifyKey: es256.publicKey, refreshKey: hs256 }

/** A secret that signs nothing here by default. */
export const otherSecret = importSecret('another secret, for those who want one more key', 'HS256')

/** Options of which every test can do with all, but for those that it changes. */
export const settings = { issuer: ISSUER, audience: AUDIENCE, clientId: 'web', ...keys } as const

export type Step = keyof SessionStore

/** A store, and what was asked of it. */
interface WatchedStore {
  readonly store: SessionStore
  readonly calls: Step[]
}

/** Watches a store, of which some steps may be replaced. */
export function watched(replaced: Partial<SessionStore> = {}, store: SessionStore = memoryStore()): WatchedStore {
  const calls: Step[] = []
  const steps = { ...store, ...replaced }
  for (const step of Object.keys(steps) as Step[]) {
    const original: (...args: never[]) => unknown = steps[step]
    const watchedStep = (...args: never[]): unknown => {
      calls.push(step)
      return original(...args)
    }
    Object.assign(steps, { [step]: watchedStep })
  }
  return { store: steps, calls }
}

/** Sessions in the hands of a test. */
export interface Bench extends WatchedStore {
  readonly sessions: Sessions
  readonly clock: TestClock
  readonly events: SessionEvent[]
  /** The types of the events, in order. */
  readonly told: () => string[]
  /** Other sessions with the same clock and store, as another server has them. */
  readonly twin: (options?: object) => Sessions
}

/** Makes sessions; `options` are as wrong as the test wants them, and `replaced` steps of the store. */
export function bench(options: object = {}, replaced: Partial<SessionStore> = {}): Bench {
  const clock = new TestClock()
  const events: SessionEvent[] = []
  const { store, calls } = watched(replaced)
  const twin = (more: object = {}): Sessions =>
    createSessions({
      ...settings,
      store,
      onEvent: (event: SessionEvent) => void events.push(event),
      now: clock.now,
      ...options,
      ...more,
    } as SessionOptions)
  return { sessions: twin(), twin, clock, store, calls, events, told: () => events.map(({ type }) => type) }
}

/** The claims of a good refresh token, as of a session that starts now; those given are added, or stand instead. */
export const refreshClaims = (claims: object): object => ({
  iss: ISSUER,
  aud: ISSUER,
  sub: 'alice',
  client_id: 'web',
  gen: 0,
  iat: NOW,
  exp: NOW + 30 * DAY,
  ...claims,
})

/** The claims of a good access token. */
export const accessClaims = (claims: object): object => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'alice',
  client_id: 'web',
  sid: 'a-session',
  jti: 'a-token',
  iat: NOW,
  exp: NOW + 600,
  ...claims,
})

/** A refresh token that is signed with the right key. */
export const forgeRefresh = (claims: object, header: object = {}): string =>
  forge({ alg: 'HS256', typ: 'rt+jwt', ...header }, refreshClaims(claims))

/** An access token that is signed with the right key. */
export const forgeAccess = (claims: object, header: object = {}): string =>
  forge({ alg: 'ES256', typ: 'at+jwt', ...header }, accessClaims(claims), 'ES256')

/** Collects promises that were rejected, and that nobody took. */
export function unhandled(): { readonly reasons: unknown[]; readonly stop: () => void } {
  const reasons: unknown[] = []
  const add = (reason: unknown): void => void reasons.push(reason)
  process.on('unhandledRejection', add)
  return { reasons, stop: () => void process.off('unhandledRejection', add) }
}

/** Gives the event loop enough turns for what is done in the background, and for the complaints about it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Puts the timers into the hands of the test, and leaves the turns of the event loop as they are. */
export function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
}
