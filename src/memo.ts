// Which signatures have verified, so that a token that comes again costs no cryptography.
import type { JwsHeader } from './header.ts'
import { parseJsonObject, type JsonObject } from './json.ts'
import type { VerificationKey } from './key.ts'
import { readOptions } from './options.ts'
import type { Clock } from './time.ts'

/** Options of a verifier's memo. */
export interface MemoOptions {
  /** The most tokens that are remembered; the least recently used one goes first. */
  readonly max: number
}

/** A token whose signature has been verified; the payload is an octet string. */
export interface OpenedJws {
  readonly header: JwsHeader
  readonly payload: string
  readonly key: VerificationKey
}

class Entry implements OpenedJws {
  readonly header: JwsHeader
  readonly payload: string
  readonly key: VerificationKey
  readonly token: string
  readonly expires: number
  /** Where there is nothing in them that two callers could share. */
  readonly claims: JsonObject | undefined

  constructor(token: string, { header, payload, key }: OpenedJws, expires: number) {
    this.header = header
    this.payload = payload
    this.key = key
    // A copy, as a slice would keep the whole request in memory.
    this.token = new TextDecoder().decode(new TextEncoder().encode(token))
    this.expires = expires
    const claims = parseJsonObject(payload)
    this.claims = claims && !holdsObjects(claims) ? claims : undefined
  }
}

/** The claims of an opened token, in an object that is nobody else's; `undefined` where they are not strict JSON. */
export function claimsOf(opened: OpenedJws): JsonObject | undefined {
  return opened instanceof Entry && opened.claims ? { ...opened.claims } : parseJsonObject(opened.payload)
}

/** The tokens that were accepted last, by their full text, so that there is no hash that could collide. */
export class Memo {
  readonly #max: number
  readonly #clock: Clock
  // In the order of their last use.
  readonly #entries = new Map<string, Entry>()

  constructor(options: MemoOptions, clock: Clock) {
    const { max } = readOptions('policy.memo', options, ['max'])
    if (!Number.isSafeInteger(max) || max < 1)
      throw new TypeError('policy.memo.max must be a positive whole number of tokens')
    this.#max = max
    this.#clock = clock
  }

  /** Takes a token out: it comes back only if it is accepted again. */
  take(token: string): OpenedJws | undefined {
    const entry = this.#entries.get(token)
    if (entry) this.#entries.delete(token)
    return entry
  }

  /** Puts in a token that has been accepted, new or taken; `expires` is its `exp`. */
  put(token: string, opened: OpenedJws, expires: number): void {
    if (opened instanceof Entry) this.#entries.set(opened.token, opened)
    else if (!holdsObjects(opened.header)) {
      const entry = new Entry(token, opened, expires)
      this.take(entry.token)
      this.#entries.set(entry.token, entry)
      // More than one for one, so that what has expired goes before the memo is full.
      const now = this.#clock()
      this.#dropOldest(now)
      this.#dropOldest(now)
    }
    if (this.#entries.size > this.#max) this.#dropOldest(Infinity)
  }

  #dropOldest(now: number): void {
    for (const { token, expires } of this.#entries.values()) {
      if (expires <= now) this.#entries.delete(token)
      return
    }
  }
}

/** Tells what cannot be given to two callers, for one could change its objects for the other. */
export function holdsObjects(members: JsonObject): boolean {
  return Object.values(members).some((value) => typeof value === 'object')
}
