import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { floorRules } from './architecture/floors.ts'
import { limitRules } from './architecture/limits.ts'
import { parse, readSources } from './architecture/source.ts'
import { wallRules } from './architecture/walls.ts'
import { alike } from './setup/alike.ts'

const root = resolve(import.meta.dirname, '..')
const sources = readSources(resolve(root, 'src'))

test('src/ has files to judge', () => {
  expect(sources.map(({ path }) => path)).toContain('index.ts')
})

for (const { name, check, broken } of [...floorRules, ...wallRules, ...limitRules]) {
  test(name, () => {
    expect(check(sources)).toEqual([])
  })

  test(`caught where it does not hold: ${name}`, () => {
    for (const files of broken) {
      const found = check(Object.entries(files).map(([path, text]) => parse(path, text)))
      expect(found[0], JSON.stringify(files)).toMatch(/^src\/\S+\.ts:\d+ /)
    }
  })
}

test('every source file has a test file of its own, or is a part of the page, which a browser tests', () => {
  const testOf = (path: string): string =>
    path.startsWith('inspector/page/') ? 'browser/inspector.mjs' : path.replace(/\.ts$/, '.test.ts')
  const isTested = (path: string): boolean =>
    /^(.*\/)?index\.ts$/.test(path) || existsSync(resolve(root, 'test', testOf(path)))

  expect(sources.map(({ path }) => path).filter((path) => !isTested(path))).toEqual([])
  expect(isTested('untested.ts')).toBe(false)
})

test('what no platform changes, so that its suite runs once, reaches no cryptography', () => {
  expect(alike.filter((name) => callsPlatform(`${name}.ts`))).toEqual([])
  expect(callsPlatform('session/access.ts')).toBe(true)
})

test('the package has no runtime dependencies', () => {
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundledDependencies']) {
    expect(manifest[kind] ?? {}, kind).toEqual({})
  }
})

const tracked = trackedFiles()

test.skipIf(tracked === undefined)('the top level holds nothing but what the design allows', () => {
  const allowed =
    /^(src|test|vectors|package\.json|package-lock\.json|tsconfig\.json|tsup\.config\.ts|LICENSE|README\.md|\..+)$/
  const top = new Set(tracked?.map((path) => path.replace(/\/.*/s, '')))
  expect([...top].filter((name) => !allowed.test(name))).toEqual([])
})

/** Whether a source, or any that it imports, asks the platform for something that not every platform has. */
function callsPlatform(entry: string): boolean {
  const reached = new Set([entry])
  for (const path of reached) {
    const source = sources.find((one) => one.path === path)
    if (!source || /\b(crypto|process|Buffer)\b/.test(source.code)) return true
    for (const { target } of source.imports) if (target) reached.add(target)
  }
  return false
}

/** Undefined where this is no git checkout, or git is not installed. */
function trackedFiles(): string[] | undefined {
  try {
    const listing = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return listing.split('\0').filter((path) => path !== '')
  } catch {
    return undefined
  }
}
