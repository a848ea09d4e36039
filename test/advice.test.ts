import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { advice } from '../src/advice.ts'
import { sourceOf, testOfSources } from './setup/sources.ts'

const folder = resolve(import.meta.dirname, '../src')

testOfSources('there is advice for each code of the closed list, and for nothing else', () => {
  const codes = new Set(sourceOf('errors.ts').match(/(?<=\| ')ERR_\w+/g))
  expect(codes.size).toBeGreaterThan(20)
  expect(new Set(Object.keys(advice))).toEqual(codes)
})

describe.each(Object.entries(advice))('the advice for %s', (code, words) => {
  test('is one short sentence, and its own', () => {
    expect(words).toMatch(/^[A-Z][^.]*(\.(?=\S)[^.]*)*\.$/)
    expect(words.length).toBeLessThanOrEqual(110)
    expect(Object.values(advice).filter((other) => other === words)).toHaveLength(1)
    expect(words).not.toContain(code)
  })

  testOfSources('names only options that there are', () => {
    const options = words.match(/\b[a-z]+[A-Z]\w*/g) ?? []
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'advice.ts')
    const declared = sources.map(sourceOf).join('\n')
    expect(options.filter((name) => !declared.includes(`readonly ${name}?: `))).toEqual([])
  })
})

testOfSources('the tolerance that is allowed for is the longest that a policy may have', () => {
  const [, seconds] = /MAX_TOLERANCE = (\d+)/.exec(sourceOf('claims.ts')) ?? []
  expect(advice.ERR_NOT_YET_VALID).toContain(`${seconds} s`)
})
