// Compiles the fuzzer and the library, which are TypeScript, for the oldest Node that is supported.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '../..')

/** Where what is made goes, and how far a run has come: git does not keep it. */
export const cache = join(root, 'node_modules/.cache/tittle-fuzz')

/** Compiles a module with all that it imports into one, and loads it; another `copy` of it is loaded beside the first. */
export async function build(entry, copy = 'first') {
  // tsup brings it.
  const esbuild = createRequire(createRequire(join(root, 'package.json')).resolve('tsup'))('esbuild')
  const outfile = join(cache, `${entry.replace(/\W/g, '-')}.mjs`)
  const options = { bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' }
  await esbuild.build({ absWorkingDir: root, entryPoints: [entry], outfile, ...options })
  return import(`${pathToFileURL(outfile).href}?${copy}`)
}
