// What the command sees of the world. Nothing else is read or written but files, so that tests run it in process.
import type { Clock } from '../time.ts'

/** 0: done, or accepted; 1: refused, or something was found; 2: the command was misused, or could not do its work. */
export type ExitStatus = 0 | 1 | 2

/** Where text goes to. */
export interface Output {
  write(text: string | Uint8Array): unknown
  readonly isTTY?: boolean | undefined
}

/** Standard input. */
export interface Stdin extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean | undefined
}

/** The environment's variables. */
export interface Environment {
  readonly [name: string]: string | undefined
}

/** Everything that the command is given when it starts. */
export interface Terminal {
  readonly args: readonly string[]
  readonly env: Environment
  readonly stdin: Stdin
  readonly out: Output
  readonly err: Output
  readonly clock: Clock
  readonly version: string
  /** Where the page of the inspector lies. */
  readonly page: URL
  /** Ends what would run forever. */
  readonly stop: AbortSignal
}
