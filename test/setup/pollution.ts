/**
 * Acts while every object inherits these members, as after an attack on Object.prototype; a promise is waited for.
 *
 * Nothing may be asserted meanwhile, for no program is well then.
 */
export function polluted<T>(members: Readonly<Record<string, unknown>>, act: () => T): T {
  const prototype: Record<string, unknown> = Object.prototype as never
  const clean = () => {
    for (const name of Object.keys(members)) delete prototype[name]
  }
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(prototype, name, { value, configurable: true, enumerable: true, writable: true })
  }
  let result: T | undefined
  try {
    result = act()
  } finally {
    if (!(result instanceof Promise)) clean()
  }
  return result instanceof Promise ? (result.finally(clean) as T) : (result as T)
}
