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
  const snapshot: T = Object.assign(Object.create(null), options)
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

/** Reads a non-empty string, or a non-empty array of distinct ones, as a frozen array. */
export function readStrings(label: string, value: unknown): readonly string[] {
  const strings: readonly unknown[] = Array.isArray(value) ? [...value] : [value]
  if (strings.length === 0 || !strings.every(isText) || new Set(strings).size < strings.length) {
    throw new TypeError(`${label} must be a non-empty string or a non-empty array of distinct ones`)
  }
  return Object.freeze(strings)
}

/** Reads a string that may be left out, but not empty. */
export function readString(label: string, value: unknown): string | undefined {
  if (value === undefined || isText(value)) return value
  throw new TypeError(`${label} must be a non-empty string`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
