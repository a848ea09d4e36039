// The arguments of a command, read by its table of options.
import { parseArgs } from 'node:util'
import type { AnyOption, Command, List, Options, Text, Value, Values } from './command.ts'
import { nearest, UsageError } from './usage.ts'

/** What the arguments say. */
export interface Arguments {
  readonly values: Values<Options>
  readonly operands: readonly string[]
}

type AnyValue = Value<AnyOption>

/** Reads the arguments after the name of a command; `undefined` where they ask for its help. */
export function readArguments(command: Command, args: readonly string[]): Arguments | undefined {
  // Not strict itself: its messages would not say what to type.
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(command.options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []))
  if (given.some(({ name }) => name === 'help')) return undefined
  const values = new Map<string, AnyValue>(
    Object.entries(command.options).map(([name, option]) => [name, absent(option)]),
  )
  for (const { name, rawName, value, inlineValue } of given) {
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined
    if (!option) throw unknownOption(rawName, command)
    const earlier = values.get(name)
    if (!isText(option)) values.set(name, readFlag(rawName, value))
    else {
      const text = readText(rawName, option, value, inlineValue)
      if (typeof earlier === 'string') throw new UsageError(`${rawName} is given twice`, 'give it once')
      values.set(name, Array.isArray(earlier) ? [...earlier, ...text] : text[0])
    }
  }
  const operands = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  checkOperands(command, operands)
  return { values: Object.fromEntries(values), operands }
}

const isText = (option: AnyOption): option is Text | List => 'value' in option
const isList = (option: AnyOption): option is List => 'multiple' in option

const absent = (option: AnyOption): AnyValue => (isList(option) ? [] : isText(option) ? undefined : false)

function parserOptions(options: Options): NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']> {
  const own = Object.entries(options).map(
    ([name, option]) => [name, { type: isText(option) ? 'string' : 'boolean', multiple: true }] as const,
  )
  return { ...Object.fromEntries(own), help: { type: 'boolean', short: 'h' } }
}

function readFlag(name: string, value: string | undefined): true {
  if (value !== undefined) throw new UsageError(`${name} takes no value`, `type ${name} alone`)
  return true
}

// A list of choices may be written with commas; other values may have commas of their own.
function readText(name: string, option: Text | List, value: string | undefined, inline?: boolean): readonly string[] {
  if (!value) throw new UsageError(`${name} has no value`, `type ${name} ${option.value}`)
  if (!inline && value.startsWith('-') && value !== '-') {
    throw new UsageError(
      `${name} has no value, but an option after it`,
      `type ${name} ${option.value}, or ${name}=… for one with a dash`,
    )
  }
  const { choices } = option
  if (!choices) return [value]
  const parts = isList(option) ? value.split(',') : [value]
  const wrong = parts.find((part) => !choices.includes(part))
  if (wrong === undefined) return parts
  const meant = nearest(wrong, choices)
  throw new UsageError(
    `${name} has no such value`,
    meant === undefined ? `type one of ${choices.join(', ')}` : `did you mean ${meant}?`,
  )
}

function unknownOption(name: string, command: Command): UsageError {
  const meant = nearest(name.replace(/^-+/, ''), [...Object.keys(command.options), 'help'])
  return new UsageError(
    `there is no option ${name}`,
    meant === undefined ? `type tittle ${command.name} --help` : `did you mean --${meant}?`,
  )
}

function checkOperands({ name, usage, operands: [least, most], words }: Command, given: readonly string[]): void {
  const remedy = `type tittle ${name} ${usage}`
  if (given.length < least) throw new UsageError('an argument is missing', remedy)
  if (given.length > most) throw new UsageError('there is an argument too many', remedy)
  const [first] = given
  if (!words || first === undefined || words.includes(first)) return
  const meant = nearest(first, words)
  const [what] = /^[A-Z]+/.exec(usage) ?? ['argument']
  throw new UsageError(
    `there is no such ${what}`,
    meant === undefined ? `type one of ${words.join(', ')}` : `did you mean ${meant}?`,
  )
}
