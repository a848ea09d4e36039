import { matchesGlob, resolve } from 'node:path'
import process from 'node:process'
import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'
import { OwnTestsFirst } from './sequencer.ts'

const root = resolve(import.meta.dirname, '../..')

/** The tests that are to notice, as groups.mjs names them. */
const tests = (process.env['MUTATION_TESTS'] ?? 'test/**/*.test.ts').split(',')

/** What WebCrypto changes; all else would only be tried twice. */
const onWebCrypto = [
  'crypto/*',
  'compact',
  'jwt',
  'jws',
  'key',
  'keys',
  'key-export',
  'sign',
  'memo',
  'jwks-local',
  'inspector/signing',
  'inspector/verification',
]
  .map((name) => `test/${name}.test.ts`)
  .filter((name) => tests.some((wanted) => matchesGlob(name, wanted) || matchesGlob(wanted, name)))

/** Suites that read sources as text. */
const none = ['**/node_modules/**', 'test/{architecture,docs,package,requirements}.test.ts', 'test/{cli,fuzz}/**']

export default defineConfig({
  root,
  resolve: base.resolve ?? {},
  test: {
    testTimeout: 20_000,
    sequence: { sequencer: OwnTestsFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'node:crypto',
          include: tests,
          exclude: none,
          setupFiles: 'test/setup/node-crypto.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'WebCrypto',
          include: onWebCrypto,
          exclude: none,
          setupFiles: 'test/setup/webcrypto.ts',
        },
      },
    ],
  },
})
