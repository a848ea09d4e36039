import { describe, expect, test } from 'vitest'
import { folderOf, ISSUER, NOW, publicJwk, run, tokenOf } from '../terminal.ts'

const token = await tokenOf()
const strict = ['--issuer', ISSUER, '--audience', 'api']

/** Explains by the public key. */
function explain(args: readonly string[], around?: Parameters<typeof run>[1]) {
  const path = folderOf({ key: publicJwk })
  return run(['explain', token, '--key', path('key'), ...args], around)
}

describe('every check is shown', () => {
  test('of a token that is accepted', async () => {
    const { status, out, err } = await explain([...strict, '--subject', 'alice', '--max-age', '15m'])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const lines = out.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^ 1 ✓ passed {7}\S.* {2}\S/)
    expect(lines.at(-1)).toBe('accepted')
    expect(out).toMatch(/^\d+ – off {10}.*"nbf"[^\n]*\n {18}the token has no "nbf"$/m)
    expect(out).toMatch(/^ ?\d+ ✓ passed .*the signature verifies {2}RFC 7515 §5\.2$/m)
    const numbers = lines.flatMap((line) => /^ ?(\d+) /.exec(line)?.[1] ?? [])
    expect(numbers).toEqual(numbers.map((_, i) => String(i + 1)))
  })

  test('of one that falls', async () => {
    const { status, out } = await explain([...strict, '--now', `${NOW + 900}`])
    expect(status).toBe(1)
    const [, number] =
      /^(\d+) ✗ FAILED {7}"exp" is ahead .*\n {18}the token has expired; get a new one$/m.exec(out) ?? []
    expect(out).toMatch(new RegExp(`\\nrefused at check ${number}: ERR_EXPIRED\\nGet a new token[^\\n]*\\n$`))
  })

  test('of one without a key, which falls there', async () => {
    const { status, out } = await run(['explain', '-'], { stdin: token })
    expect(status).toBe(1)
    expect(out).toMatch(/^ 8 ✗ FAILED .*key/m)
    expect(out).toMatch(/^ 9 · not reached {2}the signature verifies/m)
    expect(out).toMatch(/\nrefused at check 8: ERR_KEY_NOT_FOUND\n/)
  })

  test('in colours', async () => {
    const { out } = await explain([...strict, '--subject', 'bob'], { isTTY: true })
    expect(out).toContain('\x1b[32m✓ passed     \x1b[0m')
    expect(out).toContain('\x1b[31m✗ FAILED     \x1b[0m')
    expect(out).toContain('\x1b[2m– off        \x1b[0m')
  })
})

test('JSON is the verdict and the steps', async () => {
  const accepted = await explain([...strict, '--json'])
  expect(accepted.status).toBe(0)
  expect(JSON.parse(accepted.out)).toMatchObject({ accepted: true, steps: expect.any(Array) })
  const refused = await explain([...strict, '--json', '--require', 'jti'])
  expect(refused.status).toBe(1)
  const { accepted: verdict, steps } = JSON.parse(refused.out)
  expect(verdict).toBe(false)
  expect(steps).toContainEqual(expect.objectContaining({ outcome: 'failed', code: 'ERR_CLAIM_MISSING' }))
})

test.each([
  [['--issuer', ISSUER, '--any-issuer'], '--issuer and --any-issuer say different things'],
  [['--tolerance', '1h'], '--tolerance must be at most 300 seconds'],
])('a mistake in the policy ends with 2: %j', async (args, message) => {
  const { status, out, err } = await explain(args)
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toContain(`tittle explain: ${message}`)
})
