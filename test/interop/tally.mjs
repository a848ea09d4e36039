import assert from 'node:assert/strict'

/** Counts the checks of one cell of the table. */
export class Tally {
  passed = 0
  failures = []

  async check(name, action) {
    if (await this.attempt(name, action)) this.passed++
  }

  /** Runs what holds checks and is none itself; says whether it came to its end. */
  async attempt(name, action) {
    try {
      await action()
      return true
    } catch (error) {
      this.failures.push(`${name}: ${error.message}`)
      return false
    }
  }
}

/** Fails unless the action is refused, and for the reason that `isWanted` recognises. */
export async function assertRefused(action, isWanted) {
  const error = await (async () => action())().then(
    () => undefined,
    (caught) => caught,
  )
  assert.ok(error, 'it was accepted')
  assert.ok(isWanted(error), `it was refused for another reason: ${error.message}`)
}

// Claims may have no prototype, and a different order.
export const assertSame = (actual, expected) => assert.deepEqual(structuredClone(actual), structuredClone(expected))

/** The same token with one bit of a segment changed; every segment stays canonical base64url of the same length. */
export function flip(token, segment) {
  const segments = token.split('.')
  const octets = Buffer.from(segments[segment], 'base64url')
  octets[octets.length - 1] ^= 1
  segments[segment] = octets.toString('base64url')
  return segments.join('.')
}

/** The same token with other claims. */
export function withClaims(token, claims) {
  const [header, , signature] = token.split('.')
  return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
}
