// Options are read once, own members only, into objects without a prototype: neither a getter that changes
// its answer nor a polluted Object.prototype can change what was checked.

/**
 * Takes a snapshot of the options given to `owner`; a TypeError names a member that is not among `members`.
 */
export function readOptions<T extends object>(
  owner: string,
  options: T,
  members: readonly (keyof T & string)[],
): Readonly<T> {
  if (!isPlainObject(options)) throw new TypeError(`${owner}: the options must be a plain object`)
  const snapshot = bare(options)
  for (const name of Object.keys(snapshot)) {
    if (!(members as readonly string[]).includes(name)) {
      throw new TypeError(`${owner}: there is no option "${name}"; there are ${members.join(', ')}`)
    }
  }
  return snapshot
}

/** Tells an object made by `{}`, `Object.create(null)` or JSON.parse, in any realm, from all else. */
export function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** An object whose members are those that are given and no others, for those who read more than they were told of. */
export function bare<T extends object>(members: T): T {
  return Object.assign(Object.create(null), members)
}

/** Reads a non-empty array of distinct non-empty strings, as a frozen one. */
export function readStringArray(label: string, value: unknown): readonly string[] {
  const strings: readonly unknown[] = Array.isArray(value) ? [...value] : []
  if (strings.length === 0 || !strings.every(isText) || new Set(strings).size < strings.length) {
    throw new TypeError(`${label} must be a non-empty array of distinct, non-empty strings`)
  }
  return Object.freeze(strings)
}

/** Reads a non-empty string, or a non-empty array of distinct ones, as a frozen array. */
export function readStrings(label: string, value: unknown): readonly string[] {
  if (isText(value)) return Object.freeze([value])
  if (Array.isArray(value)) return readStringArray(label, value)
  throw new TypeError(`${label} must be a non-empty string or a non-empty array of distinct ones`)
}

/** Reads a string that may be left out, but not empty. */
export function readString(label: string, value: unknown): string | undefined {
  return value === undefined ? undefined : readText(label, value)
}

/** Reads a non-empty string. */
export function readText(label: string, value: unknown): string {
  if (isText(value)) return value
  throw new TypeError(`${label} must be a non-empty string`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The options with copies of their arrays, which nobody else can change. */
export function copyLists<T extends object>(options: T): T {
  const copies = Object.entries(options).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value])
  return bare(Object.fromEntries(copies))
}

/** Tells whether options, and the items of their arrays, are what {@link copyLists} has kept. */
export function isUnchanged<T extends object>(copy: T, options: T): boolean {
  const names = Object.keys(copy) as (keyof T)[]
  if (names.length !== Object.keys(options).length) return false
  return names.every((name) => Object.hasOwn(options, name) && isSame(copy[name], options[name]))
}

/** Tells equal values, and arrays of equal items; the first one's holes are no items. */
export function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((item, i) => item === b[i])
}
