// The package at work: in ESM, in CommonJS, in both at once, in jest, and as a command.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { editFile, editManifest, append, filesIn, installed, manifest, read, remove, run } from './installed.mjs'

const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js')

export const uses = [
  {
    name: 'ESM imports every entry',
    holds: () => run('esm.mjs'),
    faults: {
      'no condition "import"': [() => editManifest((it) => delete it.exports['./jws'].import), /ERR_PACKAGE_PATH_NOT/],
    },
  },
  {
    name: 'CJS requires every entry, and they share one JwtError',
    holds: () => run('cjs.cjs'),
    faults: {
      'no condition "require"': [
        () => editManifest((it) => delete it.exports['./jws'].require),
        /ERR_PACKAGE_PATH_NOT/,
      ],
      'an entry with a JwtError of its own': [
        () => editManifest((it) => (it.exports['./decode'].require.default = './dist/decode.js')),
        /ERR_TOKEN_MALFORMED/,
      ],
    },
  },
  {
    name: 'ESM and CJS export the same names',
    holds: () => run('names.mjs'),
    faults: { 'one more in CJS': [() => append('dist/http.cjs', 'exports.more = 1'), /tittle\/http/] },
  },
  {
    name: 'a JwtError of one copy is recognised by the other',
    holds: () => run('errors.mjs'),
    faults: { 'another brand in CJS': [() => rebrand('tittle.JwtError'), /ERR_ASSERTION|ERR_TOKEN_MALFORMED/] },
  },
  {
    name: 'a Key of one copy works in the other',
    holds: () => run('keys.mjs'),
    faults: { 'another brand in CJS': [() => rebrand('tittle.Key'), /TypeError/] },
  },
  {
    name: 'the command runs, and has its page beside it',
    holds: runCommand,
    faults: {
      'no page': [() => remove('dist/inspector.html'), /inspector\.html/],
      'no #!': [() => editFile('dist/cli.js', (text) => text.replace(/^#!.*\n/, '')), /#!/],
    },
  },
  {
    name: 'jest requires every entry, signs, verifies, tells errors apart and keeps a session, with no configuration',
    holds: () => run(jest, '--ci'),
    faults: {
      'no condition "require"': [() => editManifest((it) => delete it.exports['./jws'].require), /tittle\/jws/],
      'ESM in the place of CJS': [
        () => editManifest((it) => (it.exports['./decode'].require.default = './dist/decode.js')),
        // From Node 24.9 on, jest requires ESM: another copy, with a JwtError of its own.
        /Must use import to load ES Module|constructor: JwtError/,
      ],
    },
  },
]

function runCommand() {
  assert.match(read('dist/cli.js'), /^#!\/usr\/bin\/env node\n/)
  assert.ok(run(join(installed, 'dist/cli.js'), '--version').includes(manifest().version))
  assert.ok(existsSync(join(installed, 'dist/inspector.html')), 'inspector.html is missing')
}

/** Gives the CommonJS build a brand that the other does not know. */
function rebrand(brand) {
  for (const path of filesIn(join(installed, 'dist')).filter((name) => name.endsWith('.cjs'))) {
    editFile(`dist/${path}`, (text) => text.replaceAll(brand, `other.${brand}`))
  }
}
