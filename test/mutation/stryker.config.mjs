// Where the mutants are made, and what tries to catch them: https://stryker-mutator.io/docs/stryker-js/configuration/
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // With `related`, vitest would look for the tests of a file anew for each mutant of it.
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false, pool: 'forks' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A mutant that never ends is caught; one that is slow because the machine is shared is not.
  timeoutMS: 15_000,
  timeoutFactor: 2,
  ignorePatterns: ['dist', 'coverage', 'test/**/node_modules', '.stryker-tmp', 'test/mutation/reports'],
  tempDirName: '.stryker-tmp',
  incremental: true,
  incrementalFile: 'test/mutation/reports/incremental.json',
  reporters: ['progress-append-only'],
  allowConsoleColors: false,
}
