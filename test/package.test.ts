import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { advisories } from './attacks/cves.ts'
import { groups } from './mutation/groups.mjs'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8')
const manifest = JSON.parse(read('package.json'))
const { './package.json': manifestExport, ...entries } = manifest.exports

describe('package.json', () => {
  test('promises what the design promises', () => {
    expect(manifest).toMatchObject({
      name: 'tittle',
      type: 'module',
      license: 'MIT',
      sideEffects: false,
      files: ['dist'],
      engines: { node: '>=20.19' },
    })
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifestExport).toBe('./package.json')
  })

  test('pins every development dependency', () => {
    for (const version of Object.values(manifest.devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test('agrees with package-lock.json', () => {
    const { version, license, engines, devDependencies } = manifest
    expect(JSON.parse(read('package-lock.json')).packages['']).toMatchObject({
      version,
      license,
      engines,
      devDependencies,
    })
  })

  test.each(Object.keys(entries))('exports %s as ESM and CJS, with types for both', (subpath) => {
    const name = subpath === '.' ? 'index' : subpath.slice(2)
    // TypeScript reads the conditions in order, so `types` must come before `default`.
    expect(JSON.stringify(entries[subpath])).toBe(
      JSON.stringify({
        import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
        require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
      }),
    )
    const source = [`src/${name}.ts`, `src/${name}/index.ts`].find((path) => existsSync(resolve(root, path)))
    expect(read('tsup.config.ts')).toMatch(new RegExp(`'?${name}'?: '${source}'`))
  })
})

describe('README.md', () => {
  test('signs and verifies in at most twelve lines of code, before line 30', () => {
    const top = read('README.md').split('\n').slice(0, 30).join('\n')
    const [, code = ''] = /^```(?:ts|js|mjs)\n(.*?)^```$/ms.exec(top) ?? []
    expect(code).toMatch(/\bsign(Sync)?\(.*\bverify(Sync)?\(/s)
    expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(12)
  })

  test('gives the two commands that start everything', () => {
    expect(read('README.md')).toMatch(/npm run quickstart\b.*npm cit\b/s)
  })
})

test('README.md has the SQL of the tables', () => {
  const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ')
  const [, sql = ''] = /```sql\n(.*?)```/s.exec(read('README.md')) ?? []
  expect(sql).toContain('CREATE TABLE')
  expect(spaced(read('src/session/postgres.ts'))).toContain(spaced(sql).trim())
})

test('README.md counts the rules of the linter', () => {
  const [, names = ''] = /type LintRule =(.*?)\n\n/s.exec(read('src/lint-rule.ts')) ?? []
  expect(read('README.md')).toContain(`with ${names.match(/\| '/g)?.length} rules`)
})

test('README.md counts the requirements, the advisories and the libraries of the scoreboard', () => {
  const words = read('README.md').replaceAll(/\s+/g, ' ')
  const { requirements } = JSON.parse(read('vectors/requirements.json'))
  expect(words).toContain(`${requirements.length} rows, each with the tests that prove it`)
  expect(words).toContain(`${advisories.length} known faults of JWT libraries`)
  const { devDependencies } = JSON.parse(read('test/scoreboard/package.json'))
  expect(Object.keys(devDependencies)).toHaveLength(5)
  expect(words).toContain('before five other libraries')
})

test('every source is mutated but the command and the page', () => {
  const patterns = groups.flatMap(({ mutate }) => mutate.split(','))
  const sources = readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts') && !/^src\/(cli|inspector\/page)\//.test(name))
  expect(sources.length).toBeGreaterThan(80)
  const covers = (pattern: string, name: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`).test(name)
  expect(sources.filter((name) => !patterns.some((pattern) => covers(pattern, name)))).toEqual([])
})

describe('the workflows', () => {
  const commandsOf = (name: string): string[] =>
    [...read(`.github/workflows/${name}`).matchAll(/^ *- run: (.*)$/gm)].map(([, command = '']) => command)
  const steps = [...read('.ci/run').matchAll(/^step (.*)$/gm)].map(([, command]) => command)

  test('run .ci/run, or what it runs, on every Node that is supported', () => {
    expect(steps.length).toBeGreaterThan(10)
    const commands = commandsOf('ci.yml')
    expect(commands).toContain('.ci/run')
    expect(commands.filter((command) => command !== '.ci/run' && !steps.includes(command))).toEqual([])
    const nodes = [...read('.github/workflows/ci.yml').matchAll(/^ +node: (.*)$/gm)].map(([, list]) => list)
    expect(nodes).toEqual(['[20, 22, 24, 26]', '[20, 22, 24, 26]'])
  })

  test('run each week what takes too long for each change', () => {
    const [, list = ''] = /command: \[(.*)\]/.exec(read('.github/workflows/evidence.yml')) ?? []
    const commands = list.split(', ').map((name) => name.replaceAll("'", ''))
    expect(commands).toEqual(['fuzz', 'test:timing', 'test:mutation'])
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(commands))
    expect(steps.filter((step) => commands.some((name) => step?.endsWith(` ${name}`)))).toEqual([])
  })

  test('publish what passes, with provenance', () => {
    const commands = commandsOf('publish.yml')
    expect(commands.indexOf('.ci/run')).toBe(0)
    expect(commands.at(-1)).toBe('npm publish --provenance --access public')
    expect(read('.github/workflows/publish.yml')).toMatch(/^ {2}id-token: write$/m)
    // Which npm refuses where the package does not name the repository that the workflow runs in.
    expect(commands.join('\n')).toMatch(/npm pkg set .*repository\.url=.*\$GITHUB_REPOSITORY/)
  })
})
