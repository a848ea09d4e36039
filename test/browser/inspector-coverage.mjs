// Which functions of the page's script no visit has run, by the sources that the script was made of.
import assert from 'node:assert/strict'
import { createRequire, SourceMap } from 'node:module'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const { build } = createRequire(createRequire(resolve(root, 'package.json')).resolve('tsup'))('esbuild')

/** Names the functions of the inspector that were never run, and counts those of the library. */
export async function neverRun(html, coverage) {
  const [, script] = /<script>([^]*)<\/script>/.exec(html)
  const map = await mapOf(script)
  const counts = new Map()
  for (const { source, functions } of coverage) {
    if (source !== script) continue
    for (const { ranges } of functions) {
      const [{ startOffset, endOffset, count }] = ranges
      const name = `${startOffset}-${endOffset}`
      counts.set(name, (counts.get(name) ?? 0) + count)
    }
  }
  assert.ok(counts.size > 300, `only ${counts.size} functions were seen`)
  const places = [...counts].filter(([, count]) => count === 0).map(([name]) => placeOf(map, script, parseInt(name)))
  const own = places.filter((place) => place.startsWith('src/inspector/'))
  return { own, library: places.length - own.length }
}

// The same build, with a map beside it.
async function mapOf(script) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/inspector/page/page.ts'],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    sourcemap: 'external',
    outdir: '.',
    write: false,
  })
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text
  assert.ok(textOf('.js').trim() === script, 'the page is not made of these sources: run npm run build')
  return new SourceMap(JSON.parse(textOf('.map')))
}

function placeOf(map, script, offset) {
  const before = script.slice(0, offset).split('\n')
  const { originalSource, originalLine } = map.findEntry(before.length - 1, before.at(-1).length)
  return `${originalSource}:${originalLine + 1}`
}
