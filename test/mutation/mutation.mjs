// Changes the sources in some ten thousand ways and counts what the tests notice: `npm run test:mutation [-- jwks …]`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { groups } from './groups.mjs'
import { report } from './report.mjs'

const root = resolve(import.meta.dirname, '../..')
const packages = join(import.meta.dirname, 'node_modules')
const isWindows = process.platform === 'win32'
const result = join(import.meta.dirname, 'reports/incremental.json')

const asked = process.argv.slice(2)

if (!existsSync(join(packages, '.package-lock.json'))) {
  // Stryker's plugin would bring a vitest of its own, beside the one that the tests import.
  run('npm', ['ci', '--no-audit', '--no-fund', '--legacy-peer-deps'], import.meta.dirname)
}
// The databases' clients, without which the tests of the stores are skipped.
run(process.execPath, ['test/stores/prepare.mjs'])

const node = join(packages, 'node/bin', isWindows ? 'node.exe' : 'node')
const stryker = join(packages, '@stryker-mutator/core/bin/stryker.js')
// One after another, so that whoever is interrupted has lost one of them only: Stryker goes on from what it knows.
for (const { mutate, tests } of groups) {
  if (asked.length > 0 && !asked.some((word) => mutate.includes(word))) continue
  run(node, [stryker, 'run', 'test/mutation/stryker.config.mjs', '--mutate', mutate], root, { MUTATION_TESTS: tests })
}

const { files } = JSON.parse(readFileSync(result, 'utf8'))
process.exitCode = report(files) ? 0 : 1

function run(command, args, cwd = root, more = {}) {
  const env = { ...process.env, ...more }
  const { status } = spawnSync(command, args, { cwd, env, stdio: 'inherit', shell: isWindows && command === 'npm' })
  if (status !== 0) process.exit(status ?? 1)
}
