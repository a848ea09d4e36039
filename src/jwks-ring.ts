// The issuing side of key rotation: keys are published before they sign, and verify until the last token has expired.
import type { AsymmetricAlgorithm } from './algorithms.ts'
import type { KeySet } from './candidates.ts'
import { exportJwk, publicKeyOf } from './key-export.ts'
import { generateKeyPair, importPrivateKey, type KeyPair } from './keys.ts'
import type { Jwk } from './jwk.ts'
import { createKeySet, type JwkSet } from './jwks-local.ts'
import { readOptions } from './options.ts'
import { createSigner, type Signer, type SignOptions } from './sign.ts'
import { isNumericDate, toClock, toSeconds, type Clock, type Duration } from './time.ts'

/** What a key of a ring does: published and waiting, signing, verifying what it has signed, nothing any more. */
export type KeyState = 'pending' | 'active' | 'retiring' | 'removed'

/** Options of {@link createKeyRing} and {@link importKeyRing}. */
export interface KeyRingOptions<A extends AsymmetricAlgorithm = AsymmetricAlgorithm> {
  /** The algorithm of the keys. */
  readonly algorithm: A
  /** The longest life of a token that the ring signs: for so long a key verifies after it has signed its last. */
  readonly tokenLifetime: Duration
  /** For how long a key is published before it signs: 1 h by default, at least 2 minutes. */
  readonly publishAhead?: Duration | undefined
  /** For how long a key signs before the next one is made: 30 d by default; `null`: only `rotate()` makes one. */
  readonly rotateEvery?: Duration | null | undefined
  /** Is told of every change, to keep what `export()` gives. Where it fails, the change is taken back. */
  readonly onChange?: (() => void | Promise<void>) | undefined
  /** The clock, in seconds since 1970; for tests. */
  readonly now?: Clock | undefined
}

/** A key ring, as `export()` gives it: JSON, with private keys in the clear. Keep it as you keep those. */
export interface ExportedKeyRing {
  readonly keys: readonly { readonly jwk: Jwk; readonly activeAt: number }[]
}

/** What a JWKS endpoint serves. */
export interface PublishedJwks {
  readonly jwks: JwkSet
  /** The `Cache-Control` to send with it, so short that every verifier knows a key before it signs. */
  readonly cacheControl: string
}

/** Keys that take turns. */
export interface KeyRing {
  readonly algorithm: AsymmetricAlgorithm
  /** A signer that signs with the key that is active when it is called; tokens must not outlive `tokenLifetime`. */
  readonly signer: (options: SignOptions & { readonly expiresIn: Duration }) => Signer
  /** The keys that verify: pending, active and retiring. */
  readonly keySet: KeySet
  /** The public half of those keys, for the JWKS endpoint. */
  readonly publicJwks: () => Promise<PublishedJwks>
  /** Makes the next key, which signs once it has been published for `publishAhead`; if there is one already, it stays. */
  readonly rotate: () => Promise<void>
  /**
   * Makes the next key if it is due; `signer` does so in the background, so that only idle rings need it.
   *
   * Of several servers with the same ring let one make keys, and give the others `rotateEvery: null` and its `export()`.
   */
  readonly maintain: () => Promise<void>
  /**
   * Takes a key out of this ring, as when it has leaked; tokens that it has signed no longer verify with `keySet`.
   *
   * Verifiers elsewhere know it until they fetch the set again, and other copies of the ring until they import it.
   */
  readonly remove: (kid: string) => Promise<void>
  /** The keys and what each does now, oldest first. */
  readonly states: () => readonly { readonly kid: string; readonly state: KeyState; readonly activeAt: number }[]
  /** The ring for `importKeyRing`, on a restart or on another server. */
  readonly export: () => Promise<ExportedKeyRing>
}

const MEMBERS = ['algorithm', 'tokenLifetime', 'publishAhead', 'rotateEvery', 'onChange', 'now'] as const

// The shortest time for which a remote key set keeps what it has fetched, twice.
const MIN_PUBLISH_AHEAD = 120

// What a verifier's clock may differ at most.
const MAX_TOLERANCE = 300

/**
 * Makes a key ring with one active key.
 *
 * @throws TypeError where an option is wrong
 * @example
 * import { verify } from 'tittle'
 * import { createKeyRing } from 'tittle/jwks'
 *
 * const ring = await createKeyRing({ algorithm: 'ES256', tokenLifetime: '15m' })
 * const token = await ring.signer({ expiresIn: '15m' }).sign({ sub: 'alice' })
 * await verify(token, ring.keySet, { algorithms: ['ES256'], issuer: null, audience: null })
 */
export async function createKeyRing<A extends AsymmetricAlgorithm>(options: KeyRingOptions<A>): Promise<KeyRing> {
  const rules = readRules('createKeyRing', options)
  const pair = await generateKeyPair(rules.algorithm, { kid: 'thumbprint' })
  return makeRing(rules, [{ pair, activeAt: rules.clock() }])
}

/**
 * Makes a key ring of what `export()` of another one gave.
 *
 * @throws TypeError where an option or the export is wrong
 */
export async function importKeyRing<A extends AsymmetricAlgorithm>(
  exported: ExportedKeyRing,
  options: KeyRingOptions<A>,
): Promise<KeyRing> {
  const rules = readRules('importKeyRing', options)
  if (!Array.isArray(exported?.keys) || exported.keys.length === 0) {
    throw new TypeError('importKeyRing wants { keys: [...] }, as export() gives it')
  }
  const turns = await Promise.all(
    exported.keys.map(async ({ jwk, activeAt }, i) => {
      if (!isNumericDate(activeAt)) throw new TypeError(`keys[${i}].activeAt must be in seconds since 1970`)
      const privateKey = importPrivateKey(jwk, rules.algorithm)
      if (privateKey.kid === undefined) throw new TypeError(`keys[${i}].jwk must have a "kid"`)
      return { pair: { privateKey, publicKey: await publicKeyOf(privateKey) }, activeAt }
    }),
  )
  return makeRing(rules, turns.sort(byTurn))
}

/** A key, and when its turn to sign begins; it ends with that of the next one. */
interface Turn {
  readonly pair: KeyPair
  readonly activeAt: number
}

/** Checked options. */
interface Rules {
  readonly algorithm: AsymmetricAlgorithm
  readonly tokenLifetime: number
  readonly publishAhead: number
  readonly rotateEvery: number
  readonly onChange: () => void | Promise<void>
  readonly clock: Clock
}

function readRules(owner: string, options: KeyRingOptions): Rules {
  const { algorithm, ...given } = readOptions(owner, options, MEMBERS)
  const publishAhead = toSeconds(`${owner}: publishAhead`, given.publishAhead ?? '1h')
  if (publishAhead < MIN_PUBLISH_AHEAD) {
    throw new TypeError(`${owner}: publishAhead must be ${MIN_PUBLISH_AHEAD} s or more, so that verifiers know it`)
  }
  const { rotateEvery = '30d', onChange = () => {} } = given
  if (typeof onChange !== 'function') throw new TypeError(`${owner}: onChange must be a function`)
  const period = rotateEvery === null ? Infinity : toSeconds(`${owner}: rotateEvery`, rotateEvery)
  if (period <= publishAhead) throw new TypeError(`${owner}: rotateEvery must be longer than publishAhead`)
  return {
    algorithm,
    tokenLifetime: toSeconds(`${owner}: tokenLifetime`, given.tokenLifetime),
    publishAhead,
    rotateEvery: period,
    onChange,
    clock: toClock(`${owner}: now`, given.now),
  }
}

function stateOf(turns: readonly Turn[], i: number, now: number, { tokenLifetime }: Rules): KeyState {
  const [turn, next] = turns.slice(i, i + 2)
  // The first of all is not, for a clock that is behind must not leave a ring without a key.
  if (i > 0 && turn && now < turn.activeAt) return 'pending'
  if (!next || now < next.activeAt) return 'active'
  return now < next.activeAt + tokenLifetime + MAX_TOLERANCE ? 'retiring' : 'removed'
}

function makeRing(rules: Rules, turns: readonly Turn[]): KeyRing {
  const ring = new Ring(rules, turns)
  return Object.freeze<KeyRing>({
    algorithm: rules.algorithm,
    signer: (options) => ring.signer(options),
    keySet: Object.freeze<KeySet>({ candidates: (header) => ring.keySet().candidates(header) }),
    publicJwks: () => ring.publicJwks(),
    rotate: () => ring.rotate(),
    maintain: () => ring.maintain(),
    remove: (kid) => ring.remove(kid),
    states: () => ring.states(),
    export: () => ring.export(),
  })
}

class Ring {
  readonly #rules: Rules
  // In the order of their turns. Every change makes a new array.
  #turns: readonly Turn[]
  #making: Promise<void> | undefined
  #known: { readonly live: readonly Turn[]; readonly set: KeySet } | undefined

  constructor(rules: Rules, turns: readonly Turn[]) {
    this.#rules = rules
    this.#turns = turns
  }

  states(): ReturnType<KeyRing['states']> {
    const now = this.#rules.clock()
    const state = (i: number): KeyState => stateOf(this.#turns, i, now, this.#rules)
    return this.#turns.map((turn, i) => ({ kid: kidOf(turn), state: state(i), activeAt: turn.activeAt }))
  }

  #in(...wanted: readonly KeyState[]): readonly Turn[] {
    const now = this.#rules.clock()
    return this.#turns.filter((_, i) => wanted.includes(stateOf(this.#turns, i, now, this.#rules)))
  }

  #live(): readonly Turn[] {
    return this.#in('pending', 'active', 'retiring')
  }

  signer(options: SignOptions & { readonly expiresIn: Duration }): Signer {
    const given = { ...options, now: options.now ?? this.#rules.clock }
    if (toSeconds('options.expiresIn', given.expiresIn) > this.#rules.tokenLifetime) {
      throw new TypeError('options.expiresIn must not be longer than the tokenLifetime of the ring')
    }
    let used: { readonly turn: Turn | undefined; readonly signer: Signer } | undefined
    const current = (): Signer => {
      // What fails here, as onChange may, is tried again with the next token.
      this.maintain().catch(() => {})
      // There is always one: the first turn never waits, and no turn is taken out before another can begin.
      const turn = this.#in('active')[0] as Turn
      if (used?.turn !== turn) used = { turn, signer: createSigner(turn.pair.privateKey, given) }
      return used.signer
    }
    current()
    return Object.freeze<Signer>({
      sign: async (claims) => current().sign(claims),
      signSync: (claims) => current().signSync(claims),
    })
  }

  keySet(): KeySet {
    const live = this.#live()
    const known = this.#known
    if (known?.live.length === live.length && live.every((turn, i) => turn === known.live[i])) return known.set
    const set = createKeySet(live.map(({ pair }) => pair.publicKey))
    this.#known = { live, set }
    return set
  }

  async publicJwks(): Promise<PublishedJwks> {
    const keys = await Promise.all(this.#live().map(({ pair }) => exportJwk(pair.publicKey)))
    // Half the time for which a key waits: whoever has kept the set that long still fetches it in time.
    return { jwks: { keys }, cacheControl: `public, max-age=${Math.floor(this.#rules.publishAhead / 2)}` }
  }

  rotate(): Promise<void> {
    if (this.#in('pending').length > 0) return Promise.resolve()
    this.#making ??= this.#make(this.#rules.publishAhead)
      .then((turn) => this.#keep([...this.#live(), turn]))
      .finally(() => {
        this.#making = undefined
      })
    return this.#making
  }

  async maintain(): Promise<void> {
    const { clock, rotateEvery, publishAhead } = this.#rules
    const [active] = this.#in('active')
    if (active && clock() >= active.activeAt + rotateEvery - publishAhead) await this.rotate()
  }

  async remove(kid: string): Promise<void> {
    const [active] = this.#in('active')
    if (!this.#turns.some((turn) => kidOf(turn) === kid)) throw new TypeError('the ring has no key of this kid')
    if (!active || kidOf(active) !== kid) return this.#keep(this.#without(kid))
    // It signs until another key can, so that there is never none.
    const [next] = this.#in('pending')
    const successor = next ? { ...next, activeAt: this.#rules.clock() } : await this.#make(0)
    await this.#keep([...this.#without(kid, kidOf(successor)), successor])
  }

  #without(...kids: readonly string[]): readonly Turn[] {
    return this.#live().filter((turn) => !kids.includes(kidOf(turn)))
  }

  async #keep(turns: readonly Turn[]): Promise<void> {
    const before = this.#turns
    const after = [...turns].sort(byTurn)
    this.#turns = after
    try {
      await this.#rules.onChange()
    } catch (error) {
      // A key that nobody has kept must not sign; the next call of maintain() makes another.
      if (this.#turns === after) this.#turns = before
      throw error
    }
  }

  async #make(ahead: number): Promise<Turn> {
    const pair = await generateKeyPair(this.#rules.algorithm, { kid: 'thumbprint' })
    return { pair, activeAt: this.#rules.clock() + ahead }
  }

  async export(): Promise<ExportedKeyRing> {
    const keys = this.#live().map(async ({ pair, activeAt }) => ({ jwk: await exportJwk(pair.privateKey), activeAt }))
    return { keys: await Promise.all(keys) }
  }
}

const byTurn = (a: Turn, b: Turn): number => a.activeAt - b.activeAt

const kidOf = ({ pair }: Turn): string => pair.privateKey.kid ?? ''
