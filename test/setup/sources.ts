import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { test } from 'vitest'

/** The text of a file of src/. */
export const sourceOf = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, `../../src/${name}`), 'utf8')

/** A test that reads sources as text, which Stryker has rewritten where it runs the tests. */
export const testOfSources: typeof test =
  process.env['STRYKER_MUTATOR_WORKER'] === undefined ? test : (test.skip as typeof test)
