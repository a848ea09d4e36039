// Strict JSON objects (RFC 8259, RFC 7515 §4): what two parsers could read differently is refused.
import { fromBytes } from './base64url.ts'
import { isPlainObject } from './options.ts'

/** A JSON object as parsed: every member is an own property, one named `__proto__` too. */
export interface JsonObject {
  [name: string]: unknown
}

const NOT_ASCII = /[^\0-\x7f]/

/**
 * Parses the UTF-8 octets of one JSON object; `undefined` where they are anything else.
 *
 * Refused are invalid UTF-8, a byte order mark, another value at the top, a member name that repeats
 * at any depth, nesting deeper than 32, and numbers too large for a double.
 */
export function parseJsonObject(octets: string | undefined): JsonObject | undefined {
  try {
    // These two read UTF-8 as strictly and as fast as a TextDecoder, which some runtimes lack; JSON.parse refuses undefined.
    const text = NOT_ASCII.test(octets!) ? decodeURIComponent(escape(octets!)) : octets!
    const value: unknown = JSON.parse(text)
    // JSON.parse keeps the last of two equal names, and then the text has more names than the value has members.
    if (/^\s*{/.test(text) && countMembers(value) === countNames(text)) return value as JsonObject
  } catch {
    // Dropped, for a SyntaxError quotes the text.
  }
  return undefined
}

// NaN, which equals no count, where a number has overflowed or the nesting is too deep.
function countMembers(value: unknown, levels = 32): number {
  if (!(value instanceof Object)) return typeof value === 'number' ? value - value : 0
  if (!levels) return NaN
  const members: readonly unknown[] = Object.values(value)
  let count = Array.isArray(value) ? 0 : members.length
  for (const member of members) count += countMembers(member, levels - 1)
  return count
}

// The strings that a colon follows, in text that JSON.parse has accepted.
function countNames(json: string): number {
  // Without escapes every quote is the begin or the end of a string.
  const plain = json.includes('\\') ? json.replace(/\\./g, '') : json
  let names = 0
  for (let i = plain.indexOf('"'); i >= 0; i = plain.indexOf('"', i)) {
    i = plain.indexOf('"', i + 1)
    while (plain[++i]! <= ' ');
    if (plain[i] === ':') names++
  }
  return names
}

/** Reads an own member; a polluted Object.prototype has none. */
export function ownMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/**
 * Spells a JSON object, whose own members are no getters, as UTF-8 octets, reading each deeper member once.
 *
 * A TypeError names, under `label`, the member that JSON would drop or change silently, or that
 * {@link parseJsonObject} would refuse.
 */
export function stringifyJsonObject(label: string, object: JsonObject): string {
  const text = isFlat(object) ? JSON.stringify(object) : spell(label, object)
  return NOT_ASCII.test(text) ? fromBytes(new TextEncoder().encode(text)) : text
}

// Claims are, as a rule, and JSON.stringify spells all of them at once, if nobody has taught it otherwise.
function isFlat(object: JsonObject): boolean {
  if ('toJSON' in object || Object.getOwnPropertySymbols(object).length > 0) return false
  for (const member of Object.values(object)) if (!isScalar(member)) return false
  return true
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value)
}

function spell(label: string, value: unknown, levels = 32): string {
  if (isScalar(value)) return JSON.stringify(value)
  if (!levels) throw new TypeError(`${label} is nested more than 32 deep`)
  if (isPlainArray(value)) {
    const item = (_: unknown, i: number): string =>
      spell(`${label}[${i}]`, Object.hasOwn(value, i) ? value[i] : undefined, levels - 1)
    return `[${Array.from({ length: value.length }, item).join()}]`
  }
  if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0) {
    throw new TypeError(
      `${label} cannot be said in JSON; use a string, a finite number, a boolean, null, an array or a plain object`,
    )
  }
  const members = Object.keys(value).map(
    (name) => `${JSON.stringify(name)}:${spell(`${label}.${name}`, value[name], levels - 1)}`,
  )
  return `{${members.join()}}`
}

// No subclass, no member of another name: nothing but items, of which a hole is found when it is spelled.
function isPlainArray(value: unknown): value is readonly unknown[] {
  return (
    Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value)) && Object.keys(value).length <= value.length
  )
}
