// Stands for node:util where attacks print: its own inspect where the runtime has one.
import { natives } from './natives.ts'

interface Options {
  readonly showHidden?: boolean
}

export function inspect(value: unknown, options: Options = {}): string {
  return natives().util?.inspect(value, options) ?? print(value, options, [])
}

/** All that a value holds, as far as anybody can read it. */
function print(value: unknown, options: Options, within: readonly unknown[]): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[Function ${value.name}]`
  if (value instanceof RegExp) return String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (within.includes(value)) return '[Circular]'
  const inside = (member: unknown) => print(member, options, [...within, value])
  if (Array.isArray(value)) return listOf('[', value.map(inside), ']')
  if (ArrayBuffer.isView(value)) return String(value)
  const names = options.showHidden || value instanceof Error ? Reflect.ownKeys(value) : Object.keys(value)
  const members = names.map((name) => `${String(name)}: ${inside((value as Record<PropertyKey, unknown>)[name])}`)
  const entries = value instanceof Map || value instanceof Set ? [...value].map(inside) : []
  const name = nameOf(value)
  return `${name === 'Object' ? '' : `${name} `}${listOf('{', [...entries, ...members], '}')}`
}

// A class whose text begins with its name has it there, whatever a minifier calls the class.
function nameOf(value: object): string {
  const type: unknown = value.constructor
  if (typeof type !== 'function') return 'Object'
  const text = Object.hasOwn(type.prototype ?? {}, 'toString') && type !== Object ? String(value) : ''
  return /^\w+(?= \{)/.exec(text)?.[0] ?? type.name
}

function listOf(open: string, items: readonly string[], close: string): string {
  return items.length === 0 ? open + close : `${open} ${items.join(', ')} ${close}`
}
