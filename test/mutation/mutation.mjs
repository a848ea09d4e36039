// Changes the sources in some ten thousand ways and counts what the tests notice: `npm run test:mutation [-- src/json.ts …]`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { report } from './report.mjs'

const root = resolve(import.meta.dirname, '../..')
const packages = join(import.meta.dirname, 'node_modules')
const isWindows = process.platform === 'win32'
const result = join(import.meta.dirname, 'reports/incremental.json')

// One after another, so that whoever is interrupted has lost one of them only: Stryker goes on from what it knows.
const groups = [
  'src/{base64url,json,header,claims,jws,jwt}.ts',
  'src/{compact,candidates,memo,sign,decode,time,options,errors,schema,algorithms}.ts',
  'src/{jwk,der,pem,secret,key,keys,key-export}.ts,src/crypto/*.ts',
  'src/jwks*.ts',
  'src/http*.ts',
  'src/session/*.ts',
  'src/lint*.ts',
  'src/{advice,explain,key-text,token-text,dates,hidden,relative-time}.ts,src/inspector/*.ts',
]
const asked = process.argv.slice(2)

if (!existsSync(join(packages, '.package-lock.json'))) {
  // Stryker's plugin would bring a vitest of its own, beside the one that the tests import.
  run('npm', ['ci', '--no-audit', '--no-fund', '--legacy-peer-deps'], import.meta.dirname)
}
// The databases' clients, without which the tests of the stores are skipped.
run(process.execPath, ['test/stores/prepare.mjs'])

const node = join(packages, 'node/bin', isWindows ? 'node.exe' : 'node')
const stryker = join(packages, '@stryker-mutator/core/bin/stryker.js')
for (const files of asked.length > 0 ? [asked.join()] : groups) {
  run(node, [stryker, 'run', 'test/mutation/stryker.config.mjs', '--mutate', files])
}

const { files } = JSON.parse(readFileSync(result, 'utf8'))
process.exitCode = report(files) ? 0 : 1

function run(command, args, cwd = root) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: isWindows && command === 'npm' })
  if (status !== 0) process.exit(status ?? 1)
}
