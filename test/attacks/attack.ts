import { inspect } from 'node:util'
import { isJwtError, type JwtErrorCode } from 'tittle'

/** What becomes of an attempt: `accepted` is that of a positive control, `refused` that of any JwtError. */
export type Outcome = JwtErrorCode | 'TypeError' | 'refused' | 'accepted'

/** What is tried, what must become of it, and how it is tried. */
export type Attempt = readonly [what: string, outcome: Outcome, run: () => unknown]

/** A class of attacks: a sentence with the advisories that taught it, and its attempts, positive controls among them. */
export interface AttackClass {
  readonly name: string
  readonly attempts: () => Iterable<Attempt>
}

type Runs = { readonly [what: string]: () => unknown }

/** Positive controls. */
export const accepted = (runs: Runs): Attempt[] => expecting('accepted', runs)

/** Attempts that all come to the same end. */
export function expecting(outcome: Outcome, runs: Runs): Attempt[] {
  return Object.entries(runs).map(([what, run]) => [what, outcome, run])
}

/** One attempt for each value, named by it. */
export function each<T>(
  what: string,
  values: readonly T[],
  outcome: Outcome | ((value: T) => Outcome),
  run: (value: T) => unknown,
): Attempt[] {
  return values.map((value) => [
    `${what} ${inspect(value, { breakLength: Infinity, maxStringLength: 60 })}`,
    typeof outcome === 'function' ? outcome(value) : outcome,
    () => run(value),
  ])
}

/** Every combination of the members of several lists. */
export function* product<A, B>(as: Iterable<A>, bs: Iterable<B>): Generator<[A, B]> {
  for (const a of as) for (const b of bs) yield [a, b]
}

/** What has become of an attempt, and what it returned or threw. */
export interface Result {
  readonly outcome: string
  readonly value?: unknown
  readonly error?: unknown
}

// The words of V8 and of JavaScriptCore.
const CRASH =
  /Cannot (read|set|convert|destructure)|cannot be destructured|is not (an object|a function|a constructor|iterable|defined)|Invalid array length|Right side of assignment/

/** Tells a mistake inside the library, whether the engine or its node:crypto found it, from a refusal. */
export function isCrash(error: unknown): boolean {
  return !(error instanceof TypeError) || CRASH.test(error.message) || Object.hasOwn(error, 'code')
}

/** Runs an attempt. */
export async function resultOf(run: () => unknown): Promise<Result> {
  try {
    return { outcome: 'accepted', value: await run() }
  } catch (error) {
    if (isJwtError(error)) return { outcome: error.code, error }
    if (!isCrash(error)) return { outcome: 'TypeError', error }
    return { outcome: `a crash: ${String(error).split('\n', 1)[0]}`, error }
  }
}

/** Tells whether an outcome is the wanted one. */
export function isWanted(wanted: Outcome, outcome: string): boolean {
  return outcome === wanted || (wanted === 'refused' && outcome.startsWith('ERR_'))
}
