export interface Row {
  readonly id: string
  readonly document: string
  readonly section: string
  readonly level: string
  /** In one line, in words of our own; for a MUST NOT, what must not be. */
  readonly requirement: string
  /** The tests that prove it: file > describe > name. */
  readonly proof?: readonly string[]
  /** The feature that it is about and that the library has not; the proof shows that it has not. */
  readonly without?: string
  /** Why the library does something else; the proof shows what. */
  readonly deviation?: string
  /** What of it, or why all of it, is the application's. */
  readonly application?: string
}

export interface Document {
  readonly id: string
  readonly title: string
  readonly url: string
  readonly note?: string
}

export interface Table {
  readonly documents: readonly Document[]
  readonly requirements: readonly Row[]
}

export const levels: readonly string[]
export function problemsOf(table: Table, tests: Iterable<string>): string[]
export function stateOf(row: Row): string
