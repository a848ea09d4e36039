import { algorithms } from 'tittle'
import { expect } from 'vitest'

const ownWords: readonly unknown[] = algorithms

/** Expects a TypeError that says these words, and nothing of what was received. */
export function expectTypeError(act: () => unknown, words: string, received?: unknown): void {
  const error = thrownBy(act)
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toContain(words)
  expectSilence(error.message, received)
}

/**
 * Expects that a message says something, and repeats nothing of what was received.
 *
 * Looked for is every string and number in it that is too long to be one of the library's own words.
 */
export function expectSilence(message: string, received: unknown): void {
  expect(message).toMatch(/\w \w/)
  for (const leaf of leavesOf(received)) expect(message).not.toContain(leaf)
}

/** What the action throws. */
export function thrownBy(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

function leavesOf(value: unknown): string[] {
  if (value instanceof Uint8Array) return leavesOf(Buffer.from(value).toString('latin1'))
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf)
  const text = String(value)
  if (ownWords.includes(text)) return []
  return text.length >= (typeof value === 'number' ? 5 : 8) ? [text] : []
}
