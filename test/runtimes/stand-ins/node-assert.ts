// Stands for node:assert/strict, as far as attacks use it.

function ok(value: unknown, message = 'it does not hold'): void {
  if (!value) throw new Error(message)
}

const assert = {
  ok,
  equal: (actual: unknown, expected: unknown) =>
    ok(Object.is(actual, expected), `${String(actual)} instead of ${String(expected)}`),
  deepEqual: (actual: unknown, expected: unknown) =>
    ok(same(actual, expected), `${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`),
  notDeepEqual: (actual: unknown, other: unknown) => ok(!same(actual, other), 'the same'),
}

/** Tells values of one kind whose members are the same, whatever their prototypes are. */
function same(a: unknown, b: unknown): boolean {
  if (Object(a) !== a || Object(b) !== b) return Object.is(a, b)
  if (a instanceof Set && b instanceof Set) return same([...a], [...b])
  if (Array.isArray(a) !== Array.isArray(b) || typeof a !== typeof b) return false
  const [left, right] = [a, b] as [Record<PropertyKey, unknown>, Record<PropertyKey, unknown>]
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
}

export default assert
