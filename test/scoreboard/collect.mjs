// The fixtures of the attack suite as questions that any library can be asked.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { octetsOf } from './keys.mjs'

const root = resolve(import.meta.dirname, '../..')
const recorder = join(import.meta.dirname, 'recorder')

// esbuild is a dependency of tsup; one of our own could be another version.
const require = createRequire(join(root, 'package.json'))
const { build } = createRequire(require.resolve('tsup'))('esbuild')

// The fixtures get the recorder in the place of the library, and of the forge that verifies.
const inPlace = {
  name: 'in place',
  setup({ onResolve }) {
    const inAttacks = (importer) => resolve(importer).startsWith(join(root, 'test/attacks'))
    onResolve({ filter: /^tittle$/ }, ({ importer }) =>
      inAttacks(importer) ? { path: join(recorder, 'tittle.mjs') } : { path: 'tittle', external: true },
    )
    onResolve({ filter: /^tittle\/jws$/ }, ({ importer }) =>
      importer.endsWith('encoding.ts') ? { path: join(recorder, 'jws.mjs') } : { path: 'tittle/jws', external: true },
    )
    onResolve({ filter: /^\.\/forge\.ts$/ }, ({ importer }) =>
      inAttacks(importer) ? { path: join(recorder, 'forge.mjs') } : undefined,
    )
  },
}

/** Bundles the fixtures, as Node 20 reads no TypeScript, and imports them. */
export async function loadFixtures() {
  const outfile = join(import.meta.dirname, 'node_modules/.cache/fixtures.mjs')
  await build({
    entryPoints: [join(recorder, 'fixtures.mjs')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['tittle/decode', 'tittle/jwks'],
    plugins: [inPlace],
    logLevel: 'error',
  })
  return import(pathToFileURL(outfile).href)
}

/** The questions of a class of attacks, one at a time, as some are long: `{ what, wanted, token, key, policy }`. */
export async function* questionsOf({ attempts }, fixtures) {
  for (const [what, outcome, run] of attempts()) {
    const question = await questionOf(run, fixtures)
    if (question) yield { what, wanted: outcome === 'accepted' ? 'accepted' : 'refused', ...question }
  }
}

async function questionOf(run, { Asked, Given, hs, hs256, issue, policyFor }) {
  let result
  try {
    result = await run()
  } catch (thrown) {
    if (!(thrown instanceof Asked)) return undefined
    const { token, key, policy } = thrown
    // Lists, sets and functions of keys are another interface in each library.
    return key instanceof Given || Object(key) !== key ? { token, key, policy } : undefined
  }
  // A secret that was imported and not used: would a token verify whose MAC was made with it?
  if (!(result instanceof Given) || result.role !== 'secret' || result.alg !== 'HS256') return undefined
  const octets = octetsOf(result)
  if (!octets) return undefined
  return { token: issue({ ...hs, sign: hs256(octets) }), key: result, policy: policyFor(hs) }
}
