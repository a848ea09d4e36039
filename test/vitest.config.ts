import { resolve } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { alike } from './setup/alike.ts'
import { docs } from './setup/docs.ts'
import { tally } from './setup/tally.ts'

const root = resolve(import.meta.dirname, '..')

/** Suites about files, which no platform changes. */
const aboutFiles = ['test/architecture.test.ts', 'test/package.test.ts', 'test/requirements.test.ts']

/** The command, which is there on Node alone; the linter, which only reads keys; and what calls no cryptography. */
const once = ['test/cli/**', 'test/lint*.test.ts', ...alike.map((name) => `test/${name}.test.ts`)]

const platform = (name: string, setup: string, none: readonly string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...aboutFiles, ...none],
    setupFiles: setup,
  },
})

export default defineConfig({
  root,
  plugins: [docs(root)],
  resolve: {
    alias: [
      { find: /^tittle$/, replacement: resolve(root, 'src/index.ts') },
      { find: /^tittle\/session$/, replacement: resolve(root, 'src/session/index.ts') },
      { find: /^tittle\/([\w/-]+)$/, replacement: resolve(root, 'src/$1.ts') },
    ],
  },
  test: {
    reporters: ['default', tally],
    testTimeout: 20_000,
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // The page needs a browser: test/browser/inspector.mjs runs every function of it in Chromium.
      exclude: ['src/inspector/page/**'],
      reporter: [['text', { skipFull: true }], 'text-summary'],
      thresholds: { lines: 100, functions: 100, statements: 100, branches: 98 },
    },
    projects: [
      platform('node:crypto', 'test/setup/node-crypto.ts'),
      platform('WebCrypto', 'test/setup/webcrypto.ts', once),
      {
        extends: true,
        test: {
          name: 'project',
          include: aboutFiles,
          typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: 'test/tsconfig.json' },
        },
      },
    ],
  },
})
