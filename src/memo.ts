// Which signatures have verified, so that a token that comes again costs no cryptography.
import type { JwsHeader } from './header.ts'
import { parseJsonObject, type JsonObject } from './json.ts'
import type { VerificationKey } from './key.ts'
import { readOptions } from './options.ts'

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
  /** Where the payload has been read before: what it says, in an object that is nobody else's. */
  readonly copyClaims: (() => JsonObject | undefined) | undefined
}

class Entry implements OpenedJws {
  readonly header: JwsHeader
  readonly payload: string
  readonly key: VerificationKey
  readonly token: string
  readonly expires: number
  // Where there is nothing in them that two callers could share.
  readonly #claims: JsonObject | undefined

  constructor(token: string, { header, payload, key }: OpenedJws, expires: number) {
    this.header = header
    this.payload = payload
    this.key = key
    // A copy, as a slice would keep the whole request in memory.
    this.token = new TextDecoder().decode(new TextEncoder().encode(token))
    this.expires = expires
    const claims = parseJsonObject(payload)
    this.#claims = claims && !holdsObjects(claims) ? claims : undefined
  }

  copyClaims(): JsonObject | undefined {
    return this.#claims ? { ...this.#claims } : parseJsonObject(this.payload)
  }
}

// Longer strings have hashes that collide, as V8 makes them of the length alone, and would be compared one by one.
const LONGEST = 8192

/** The tokens that were accepted last, by their full text. */
export class Memo {
  readonly #max: number
  // In the order of their last use.
  readonly #entries = new Map<string, Entry>()
  #sweeper = this.#entries.values()

  constructor(options: MemoOptions) {
    const { max } = readOptions('policy.memo', options, ['max'])
    if (!Number.isSafeInteger(max) || max < 1)
      throw new TypeError('policy.memo.max must be a positive whole number of tokens')
    this.#max = max
  }

  /** Takes a token out: it comes back only if it is accepted again. */
  take(token: unknown): OpenedJws | undefined {
    if (typeof token !== 'string' || token.length > LONGEST) return undefined
    const entry = this.#entries.get(token)
    if (entry) this.#entries.delete(token)
    return entry
  }

  /** Puts in a token that has been accepted, new or taken; `expires` is its `exp`. */
  put(token: string, opened: OpenedJws, expires: number, now: number): void {
    if (opened instanceof Entry) this.#entries.set(opened.token, opened)
    else if (token.length <= LONGEST && !holdsObjects(opened.header)) {
      const entry = new Entry(token, opened, expires)
      this.take(entry.token)
      this.#entries.set(entry.token, entry)
      // Once more than tokens come, so that no expired one stays for long.
      this.#sweep(now)
    }
    // An iterator that stood still would hold all that the map was since.
    this.#sweep(now)
    if (this.#entries.size > this.#max) this.#dropOldest()
  }

  #sweep(now: number): void {
    const { value: entry } = this.#sweeper.next()
    if (!entry) this.#sweeper = this.#entries.values()
    else if (entry.expires <= now) this.#entries.delete(entry.token)
  }

  #dropOldest(): void {
    const [oldest = ''] = this.#entries.keys()
    this.#entries.delete(oldest)
  }
}

/** Tells what cannot be given to two callers, for one could change its objects for the other. */
export function holdsObjects(members: JsonObject): boolean {
  return Object.values(members).some((value) => typeof value === 'object')
}
