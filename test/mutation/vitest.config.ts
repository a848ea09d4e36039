import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'
import { OwnTestsFirst } from './sequencer.ts'

const root = resolve(import.meta.dirname, '../..')

/** Suites that read sources as text, which mutation changes, and those that only repeat what others prove. */
const none = [
  '**/node_modules/**',
  'test/architecture.test.ts',
  'test/docs.test.ts',
  'test/package.test.ts',
  'test/requirements.test.ts',
  'test/cli/**',
  'test/fuzz/**',
]

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
  'inspector/*',
]

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
          include: ['test/**/*.test.ts'],
          exclude: none,
          setupFiles: 'test/setup/node-crypto.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'WebCrypto',
          include: onWebCrypto.map((name) => `test/${name}.test.ts`),
          exclude: none,
          setupFiles: 'test/setup/webcrypto.ts',
        },
      },
    ],
  },
})
