// One test for each class of attack that has broken a JWT library, with what must be accepted beside what must not.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isWanted, resultOf, type AttackClass } from './attacks/attack.ts'
import { chapters } from './attacks/chapters.ts'
import { advisories } from './attacks/cves.ts'
import { fixtures } from './attacks/fixtures.ts'
import { leaksOf, printed } from './attacks/leaks.ts'
import { gapsIn } from './attacks/proofs.ts'

const silent = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const
const told = new Set<string>()

beforeEach(() => {
  vi.stubGlobal('fetch', vi.fn())
  for (const name of silent) vi.spyOn(console, name)
})

afterEach(() => {
  expect(fetch).not.toHaveBeenCalled()
  for (const name of silent) expect(console[name]).not.toHaveBeenCalled()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

for (const [chapter, classes] of Object.entries(chapters)) {
  describe(chapter, () => {
    for (const { name, attempts } of classes) test(name, () => expectOutcomes(attempts()))
  })
}

describe('the advisories', () => {
  const classes = Object.values(chapters).flat()

  test('have each a fixture that exists, and each fixture that names one is in their table', () => {
    expect(gapsIn(advisories, fixtures, classes)).toEqual([])
    expect(advisories.length).toBeGreaterThan(140)
  })

  test('are missed where they are not held', () => {
    const [first, second, ...others] = advisories
    if (!first || !second) throw new Error('there are no advisories')
    const [id, library, fault] = first
    expect(gapsIn([[id, library, fault], second, ...others], fixtures, classes)).toContain(`${id} has no fixture`)
    expect(gapsIn([second, ...others], fixtures, classes)).not.toEqual([])
    expect(gapsIn([first, ...advisories], fixtures, classes)).toContain('an advisory is there twice')
    expect(gapsIn(advisories, { ...fixtures, none: 'no such class' }, classes)).toContain('none is no class of attacks')
    expect(gapsIn(advisories, fixtures, [...classes, ...classes.slice(0, 1)])).toContain('two classes have one name')
  })
})

async function expectOutcomes(attempts: ReturnType<AttackClass['attempts']>): Promise<void> {
  const wrong: string[] = []
  let controls = 0
  for (const [what, wanted, run] of attempts) {
    const { outcome, error } = await resultOf(run)
    if (!isWanted(wanted, outcome)) wrong.push(`${what}: ${outcome} instead of ${wanted}`)
    else if (wanted === 'accepted') controls++
    else wrong.push(...leaksIn(error).map((leak) => `${what}: the error tells ${leak}`))
  }
  expect(wrong).toEqual([])
  expect(controls).toBeGreaterThan(0)
}

/** What an error tells that it should not; looked at in depth once for each message. */
function leaksIn(error: unknown): string[] {
  const { message } = error as Error
  if (told.has(message)) return []
  told.add(message)
  return leaksOf(printed(error))
}
