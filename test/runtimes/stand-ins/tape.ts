// What node:crypto has answered to who forges, so that the same tokens are forged where there is none.
import type * as crypto from 'node:crypto'
import recorded from 'tape'
import { natives } from './natives.ts'

/** The answers by the digest of the question: octets in base64, text, or a JWK. */
export type Tape = { [question: string]: string | object }

/** Whether the answers are given for the first time, and kept. */
export const isRecording = recorded === null

export const tape: Tape = recorded ?? {}

/** Asks node:crypto, or the tape of what it said when it was asked the same. */
export function ask<T extends string | object>(question: readonly unknown[], answer: (node: typeof crypto) => T): T {
  const name = digestOf(question)
  const known = tape[name]
  if (known !== undefined) return known as T
  const node = natives().crypto
  if (!isRecording || !node) throw new Error(`node:crypto was not asked this when the tape was made: ${question[0]}`)
  return (tape[name] = answer(node)) as T
}

/** {@link ask} for octets. */
export const askOctets = (question: readonly unknown[], answer: (node: typeof crypto) => Uint8Array): Buffer =>
  Buffer.from(
    ask(question, (node) => Buffer.from(answer(node)).toString('base64')),
    'base64',
  )

// Two lanes of 32 bits, as whole texts would make a tape of megabytes, and WebCrypto digests by promises only.
function digestOf(parts: readonly unknown[]): string {
  let [first, second] = [0xdeadbeef, 0x41c6ce57]
  const take = (unit: number): void => {
    first = Math.imul(first ^ unit, 2654435761)
    second = Math.imul(second ^ unit, 1597334677)
    first ^= first >>> 15
    second ^= second >>> 13
  }
  for (const part of parts) {
    const octets = part instanceof Uint8Array ? part : new TextEncoder().encode(String(part))
    octets.forEach(take)
    // No octet is 256, so that parts cannot flow into one another.
    take(256)
  }
  return `${(first >>> 0).toString(36)}.${(second >>> 0).toString(36)}`
}
