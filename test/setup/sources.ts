import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'vitest'

/** The text of a file of src/. */
export const sourceOf = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, `../../src/${name}`), 'utf8')

/** A test that reads sources as text, which a tool that makes mutants of them has rewritten. */
export const testOfSources: typeof test = sourceOf('errors.ts').includes('stryMutAct_') ? (test.skip as typeof test) : test
