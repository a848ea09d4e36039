import { resolve } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { readBlocks, readRecipes } from './setup/docs.ts'

const root = resolve(import.meta.dirname, '..')
const blocks = readBlocks(root)
const recipes = readRecipes(root)

describe('documentation runs', () => {
  beforeEach(() => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    return () => log.mockRestore()
  })

  test('README.md has code to run', () => {
    const found = blocks.filter(({ file }) => file === 'README.md')
    expect(found, 'README.md is missing, or has no block of ts or js').not.toEqual([])
  })

  for (const { id, file, line } of blocks) {
    test(`${file}:${line}`, async () => {
      await import(/* @vite-ignore */ id)
    })
  }
})

// `npm run test:http` runs them.
describe('the recipes of README.md', () => {
  test('are those for four frameworks', () => {
    expect(recipes.map(({ recipe }) => recipe).sort()).toEqual(['express', 'fastify', 'hono', 'node'])
  })

  test('have at most 12 lines each', () => {
    const long = recipes.filter(({ code }) => code.trimEnd().split('\n').length > 12)
    expect(long.map(({ recipe }) => recipe)).toEqual([])
  })

  test('are not run here, where the frameworks are not', () => {
    const lines = blocks.filter(({ file }) => file === 'README.md').map(({ line }) => line)
    for (const { recipe, line } of recipes) expect(lines, recipe).not.toContain(line)
  })
})
