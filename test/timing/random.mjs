// Random numbers that come again with their seed (xorshift32, Marsaglia 2003).

/** A generator of 32-bit numbers. */
export function generator(seed) {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** So many numbers, made beforehand so that making them is no part of what is measured. */
export function fill(count, random) {
  const numbers = new Uint32Array(count)
  for (let index = 0; index < count; index++) numbers[index] = random()
  return numbers
}
