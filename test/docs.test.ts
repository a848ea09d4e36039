import { resolve } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { readBlocks } from './setup/docs.ts'

const blocks = readBlocks(resolve(import.meta.dirname, '..'))

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
