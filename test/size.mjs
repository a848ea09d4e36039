// What a browser downloads: entries or picks of them, bundled and minified from dist/, and the page of the inspector.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const budgets = [
  { bundle: 'everything in tittle/decode', code: `export * from './dist/decode.js'`, gzip: 800 },
  {
    bundle: 'verify and importPublicKey',
    code: `export { verify, importPublicKey } from './dist/index.js'`,
    gzip: 13600,
  },
  { bundle: 'everything in tittle', code: `export * from './dist/index.js'`, gzip: 16200 },
  { bundle: 'everything in tittle/lint', code: `export * from './dist/lint.js'`, gzip: 23500 },
  { bundle: 'dist/inspector.html', file: 'dist/inspector.html', gzip: 40_960 },
]

const root = resolve(import.meta.dirname, '..')

// esbuild is a dependency of tsup; one of our own could be another version.
const { build } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild')

const sizes = await Promise.all(
  budgets.map(async ({ code, file }) => {
    const contents = file ? readFileSync(resolve(root, file)) : await bundle(code)
    return {
      min: contents.length,
      gzip: gzipSync(contents, { level: 9 }).length,
      brotli: brotliCompressSync(contents).length,
    }
  }),
)

const row = (...cells) =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(30) : String(cell).padStart(8))).join(''))
row('bundle, bytes', 'min', 'gzip', 'brotli', 'budget')
budgets.forEach(({ bundle, gzip }, i) => row(bundle, sizes[i].min, sizes[i].gzip, sizes[i].brotli, gzip))

const over = budgets.filter(({ gzip }, i) => sizes[i].gzip > gzip)
for (const { bundle, gzip } of over) console.error(`over its budget of ${gzip} bytes gzipped: ${bundle}`)
process.exitCode = over.length === 0 ? 0 : 1

async function bundle(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0].contents
}
