// Changes the sources in some ten thousand ways and counts what the tests notice: `npm run test:mutation [-- jwks …]`.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nodeOf } from '../setup/prepare.mjs'
import { groups } from './groups.mjs'
import { report } from './report.mjs'

const root = resolve(import.meta.dirname, '../..')
const stryker = join(import.meta.dirname, 'node_modules/@stryker-mutator/core/bin/stryker.js')

const asked = process.argv.slice(2)
const picked = groups.filter(({ mutate }) => asked.length === 0 || asked.some((word) => mutate.includes(word)))
if (picked.length === 0) throw new Error(`nothing is called ${asked.join(' or ')}`)

// One after another, so that whoever is interrupted has lost one of them only: Stryker goes on from what it knows.
for (const { mutate, tests } of picked) {
  const { status } = spawnSync(
    nodeOf('mutation'),
    [stryker, 'run', 'test/mutation/stryker.config.mjs', '--mutate', mutate],
    {
      cwd: root,
      env: { ...process.env, MUTATION_TESTS: tests },
      stdio: 'inherit',
    },
  )
  if (status !== 0) process.exit(status ?? 1)
}

const { files } = JSON.parse(readFileSync(join(import.meta.dirname, 'reports/incremental.json'), 'utf8'))
process.exitCode = report(files) ? 0 : 1
