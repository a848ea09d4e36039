import { existsSync, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { describe, expect, test, vi } from 'vitest'
import { fileName, refuseDash, writeNew } from '../../src/cli/files.ts'
import { folderOf } from './terminal.ts'

describe('files with keys', () => {
  test('are for their owner alone, as is the folder that is made for them', async () => {
    const path = folderOf()
    await writeNew([
      { path: path('new/deep/a'), content: 'text' },
      { path: path('new/deep/b'), content: Uint8Array.of(1, 2) },
    ])
    expect(readFileSync(path('new/deep/a'), 'utf8')).toBe('text')
    expect([...readFileSync(path('new/deep/b'))]).toEqual([1, 2])
    const modeOf = (name: string): string => (statSync(path(name)).mode & 0o777).toString(8)
    expect(['new', 'new/deep', 'new/deep/a', 'new/deep/b'].map(modeOf)).toEqual(['700', '700', '600', '600'])
  })

  test('are never overwritten, and are all there or none', async () => {
    const path = folderOf({ b: 'old' })
    const writing = writeNew(['a', 'b', 'c'].map((name) => ({ path: path(name), content: 'new' })))
    await expect(writing).rejects.toThrow(
      'b cannot be written; there is a file of that name already; remove it, or name another',
    )
    expect(readFileSync(path('b'), 'utf8')).toBe('old')
    expect(['a', 'c'].filter((name) => existsSync(path(name)))).toEqual([])
  })

  test('are gone where they could be opened and not be filled', async () => {
    const path = folderOf({ b: 'old' })
    const file = await open(path('b'))
    await file.close()
    const full = Object.assign(new Error(), { code: 'ENOSPC' })
    const writing = vi.spyOn(Object.getPrototypeOf(file), 'writeFile').mockRejectedValueOnce(full)
    await expect(writeNew([{ path: path('a'), content: 'new' }])).rejects.toThrow(
      'a cannot be written; the system says ENOSPC',
    )
    expect(writing).toHaveBeenCalledOnce()
    writing.mockRestore()
    expect(existsSync(path('a'))).toBe(false)
  })

  test.each([
    ['b/key', 'key cannot be written; there is a file of that name already'],
    ['b/deep/key', 'key cannot be written; there is a file where a directory is wanted'],
  ])('are not made in a file: %s', async (name, message) => {
    const path = folderOf({ b: '' })
    await expect(writeNew([{ path: path(name), content: '' }])).rejects.toThrow(message)
  })
})

test('what is to be made is no dash', () => {
  expect(() => refuseDash('-')).toThrow('--out - names no file; leave it out for standard output')
  for (const out of [undefined, './-', 'keys']) expect(() => refuseDash(out)).not.toThrow()
})

test.each([
  ['ES256', 'ES256'],
  ['2026-11_a.b', '2026-11_a.b'],
  ['../../etc/passwd', '__.._etc_passwd'],
  ['..', '_'],
  ['.hidden', '_hidden'],
  ['-x', '_x'],
  ['-.-x', '_x'],
  ['a b\u0000c\n\u202ed', 'a_b_c_d'],
  ['C:\\keys\\one', 'C_keys_one'],
  ['ä', '_'],
])('a key that is called %j is kept in %s', (name, expected) => {
  expect(fileName(name)).toBe(expected)
})
