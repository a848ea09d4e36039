// What is asked of the outside, the store and the caller's functions: bounded in time, and failing in one way.
import { JwtError } from '../index.ts'
import type { SessionEvent } from './events.ts'
import type { SessionRules } from './settings.ts'
import type { Rotated, Rotation, SessionRow } from './store.ts'

/** A store that answers in time or fails with `ERR_STORE_UNAVAILABLE`, and knows what time it is. */
export interface Outside {
  readonly create: (row: SessionRow) => Promise<void>
  readonly rotate: (rotation: Rotation) => Promise<Rotated>
  readonly find: (sid: string) => Promise<SessionRow | undefined>
  readonly revoke: (sid: string) => Promise<SessionRow | undefined>
  readonly revokeAll: (subject: string) => Promise<readonly SessionRow[]>
  readonly list: (subject: string) => Promise<readonly SessionRow[]>
  readonly deny: (jti: string, until: number) => Promise<void>
  readonly isDenied: (jti: string) => Promise<boolean>
  readonly consume: (jti: string, until: number) => Promise<boolean>
  /** The version of a subject's tokens; nothing where the sessions have no `tokenVersion`. */
  readonly versionOf: (subject: string) => Promise<number | undefined>
  /** The further claims of a subject's access tokens; none where the sessions have no `claims`. */
  readonly claimsOf: (subject: string, sid: string) => Promise<object>
}

/** Puts bounds around the store, `tokenVersion` and `claims`. */
export function outside(rules: SessionRules, emit: (event: SessionEvent) => void): Outside {
  const { store, storeTime, tokenVersion, claims } = rules
  const ask = async <T>(work: (now: number | undefined) => T | Promise<T>): Promise<T> => {
    // A clock that is wrong is no failure of the store.
    const now = storeTime()
    try {
      return await inTime(rules.storeTimeout, () => work(now))
    } catch (cause) {
      emit({ type: 'store-failed', error: cause })
      const message = 'the session store cannot be asked; error.cause says why, so try again'
      throw new JwtError('ERR_STORE_UNAVAILABLE', message, undefined, { cause })
    }
  }
  const rotateOnce = onceAtATime(rules)
  return {
    create: (row) => ask((now) => store.create(row, now)),
    rotate: (rotation) => ask((now) => rotateOnce(rotation, now)),
    find: (sid) => ask(() => store.find(sid)),
    revoke: (sid) => ask((now) => store.revoke(sid, now)),
    revokeAll: (subject) => ask((now) => store.revokeAll(subject, now)),
    list: (subject) => ask((now) => store.list(subject, now)),
    // By the clock here, which says too until when the token is good.
    deny: (jti, until) => ask(() => store.deny(jti, until, rules.clock())),
    isDenied: (jti) => ask(() => store.isDenied(jti, rules.clock())),
    consume: (jti, until) => ask((now) => store.consume(jti, until, now)),
    claimsOf: async (subject, sid) => (claims ? ask(() => claims(subject, sid)) : {}),
    versionOf: async (subject) => (tokenVersion ? readVersion(await ask(() => tokenVersion(subject))) : undefined),
  }
}

/**
 * A token that comes again while the store has not answered waits for that answer, instead of asking once more: what a
 * client has queued for the time when the store is back would else be done when its session has long gone on.
 */
function onceAtATime({
  store,
  clock,
  storeTimeout,
}: SessionRules): (rotation: Rotation, now?: number) => Promise<Rotated> {
  const pending = new Map<string, { readonly since: number; readonly answer: Promise<Rotated> }>()
  return (rotation, now) => {
    const name = `${rotation.generation} ${rotation.sid}`
    const asked = pending.get(name)
    // An answer may never come, as on a connection that is dead without anybody knowing.
    if (asked && clock() - asked.since < PATIENCE * storeTimeout) return asked.answer.then(toRepeated)
    const answer = (async () => store.rotate(rotation, now))()
    const entry = { since: clock(), answer }
    const forget = (): void => {
      if (pending.get(name) === entry) pending.delete(name)
    }
    pending.set(name, entry)
    answer.then(forget, forget)
    return answer
  }
}

// Times the store may take: 10 s by default.
const PATIENCE = 5

const toRepeated = ({ outcome, row }: Rotated): Rotated => ({
  outcome: outcome === 'rotated' ? 'repeated' : outcome,
  row,
})

async function inTime<T>(seconds: number, work: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

function readVersion(version: number): number {
  if (Number.isSafeInteger(version) && version >= 0) return version
  throw new TypeError('tokenVersion must answer with a whole number, 0 or more')
}
