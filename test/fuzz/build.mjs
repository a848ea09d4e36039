// Compiles the fuzzer and the library, which are TypeScript, for the oldest Node that is supported.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '../..')

/** Where what is made goes, and how far a run has come: git does not keep it. */
export const cache = join(root, 'node_modules/.cache/tittle-fuzz')

/** Where a module is, once it is compiled. */
export const fileOf = (entry) => join(cache, `${entry.replace(/\W/g, '-')}.mjs`)

/** Compiles a module with all that it imports into one, and loads it; another `copy` of it is loaded beside the first. */
export async function build(entry, copy) {
  // tsup brings it.
  const esbuild = createRequire(createRequire(join(root, 'package.json')).resolve('tsup'))('esbuild')
  const options = { bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' }
  await esbuild.build({ absWorkingDir: root, entryPoints: [entry], outfile: fileOf(entry), ...options })
  return load(entry, copy)
}

/** Loads what has been compiled before, by this process or another. */
export function load(entry, copy = 'first') {
  return import(`${pathToFileURL(fileOf(entry)).href}?${copy}`)
}
