// A command is data: its help, its completion and the reading of its options are all made from this one description.
import type { Input } from './input.ts'
import type { Paint } from './style.ts'
import type { ExitStatus, Terminal } from './terminal.ts'

/** An option without a value. */
export interface Flag {
  readonly help: string
}

/** An option with a value. */
export interface Text extends Flag {
  /** What the value is called in the help. */
  readonly value: string
  /** What it may be, where it is one of a few words. */
  readonly choices?: readonly string[] | undefined
}

/** An option that may be given several times; choices may be joined by commas. */
export interface List extends Text {
  readonly multiple: true
}

/** An option of any kind. */
export type AnyOption = Flag | Text | List

/** The options of a command, by their long names. */
export type Options = Readonly<Record<string, AnyOption>>

/** What was given for an option. */
export type Value<O> = O extends List ? readonly string[] : O extends Text ? string | undefined : boolean

/** What was given for each of the options. */
export type Values<O extends Options> = { readonly [N in keyof O]: Value<O[N]> }

export const flag = (help: string): Flag => ({ help })

export const text = (value: string, help: string, choices?: readonly string[]): Text => ({ value, help, choices })

export const list = (value: string, help: string, choices?: readonly string[]): List => ({
  ...text(value, help, choices),
  multiple: true,
})

/** A command line, and what it does. */
export type Example = readonly [line: string, effect: string]

/** A command of `tittle`. */
export interface Command<O extends Options = Options> {
  readonly name: string
  readonly summary: string
  /** What follows the name in the line of usage. */
  readonly usage: string
  /** The fewest and the most arguments beside the options. */
  readonly operands: readonly [least: number, most: number]
  /** What the first of them may be, where it is one of a few words. */
  readonly words?: readonly string[]
  readonly options: O
  readonly examples: readonly [Example, Example]
  run(context: Context<O>): Promise<ExitStatus>
}

/** What a command is run with. */
export interface Context<O extends Options = Options> {
  readonly terminal: Terminal
  readonly input: Input
  readonly values: Values<O>
  readonly operands: readonly string[]
  /** All the commands there are. */
  readonly commands: readonly Command[]
  /** Colours for standard output. */
  readonly paint: Paint
  /** Writes a line to standard output. */
  readonly print: (line: string) => void
}

/** Takes a command whose `run` knows its own options among those that do not. */
export function define<const O extends Options>(command: Command<O>): Command {
  return command
}
