// A shell in an empty folder, in which the built command is on the PATH, as npm would put it there.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const script = resolve(import.meta.dirname, '../../dist/cli.js')

export function openShell() {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-command-'))
  const bin = join(folder, '.bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'tittle'), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`)
  chmodSync(join(bin, 'tittle'), 0o755)
  const env = { HOME: folder, PATH: bin + delimiter + process.env.PATH, TZ: 'UTC', LC_ALL: 'C.UTF-8' }
  return {
    folder,
    env,
    /** Runs a line of bash, a failure anywhere in a pipe being that of the line. */
    run(line, { input = '', more = {} } = {}) {
      const options = { cwd: folder, env: { ...env, ...more }, encoding: 'utf8', input, timeout: 60_000 }
      const { status, stdout, stderr, error } = spawnSync('bash', ['-o', 'pipefail', '-c', line], options)
      if (error) throw error
      return { status, stdout, stderr }
    },
    close: () => rmSync(folder, { recursive: true }),
  }
}

/** What the policies of all these checks expect. */
export const issuer = 'https://issuer.example'
export const audience = 'https://api.example'
export const expected = `--issuer ${issuer} --audience ${audience}`

export const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'Ed25519']
export const hmac = ['HS256', 'HS384', 'HS512']

/** Runs a line that must end with a status, and returns what it printed. */
export function expectStatus(shell, status, line, options) {
  const ended = shell.run(line, options)
  assert.equal(ended.status, status, `${line}\n${ended.stdout}${ended.stderr}`)
  return ended
}

/** The commands that `tittle --help` lists. */
export function commandNames(shell) {
  const [, list = ''] = /^Commands\n(.*?)^$/ms.exec(shell.run('tittle --help').stdout) ?? []
  return [...list.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name)
}
