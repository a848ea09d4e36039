// What a runtime has of Node, which its driver hands over: nothing in a browser.
import type * as crypto from 'node:crypto'
import type * as util from 'node:util'
import type * as zlib from 'node:zlib'

export interface Natives {
  readonly crypto?: typeof crypto
  readonly util?: typeof util
  /** For who makes the tape alone. */
  readonly zlib?: typeof zlib
}

let held: Natives = {}

export const natives = (): Natives => held

/** Comes before the cases are loaded, as some of them make keys then. */
export function hold(natives: Natives): void {
  held = natives
}

/** Says that a case cannot be tried, as the runtime lacks what it needs, which is no fault of the library. */
export class Lacking extends Error {}
