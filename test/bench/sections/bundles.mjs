// 9. What a page has to load: bundled and minified by esbuild, as a browser would get it.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

export const title = 'Bundles'

const root = resolve(import.meta.dirname, '../../..')
// esbuild is a dependency of tsup; one of our own could be another version.
const { build } = createRequire(createRequire(resolve(root, 'package.json')).resolve('tsup'))('esbuild')

const GROUPS = {
  decode: {
    'tittle/decode': `export * from 'tittle/decode'`,
    'jwt-decode': `export { jwtDecode } from 'jwt-decode'`,
    jose: `export { decodeJwt, decodeProtectedHeader } from 'jose'`,
    'hono/jwt': `export { decode } from 'hono/jwt'`,
    '@tsndr/cloudflare-worker-jwt': `export { decode } from '@tsndr/cloudflare-worker-jwt'`,
  },
  'verify with a public key': {
    tittle: `export { verify, importPublicKey } from 'tittle'`,
    jose: `export { jwtVerify, importSPKI } from 'jose'`,
    'jose, without importSPKI': `export { jwtVerify } from 'jose'`,
    'hono/jwt': `export { verify } from 'hono/jwt'`,
    'aws-jwt-verify': `export { JwtVerifier } from 'aws-jwt-verify'`,
    '@tsndr/cloudflare-worker-jwt': `export { verify } from '@tsndr/cloudflare-worker-jwt'`,
  },
  everything: {
    tittle: `export * from 'tittle'`,
    'tittle, all entries': ['tittle', 'tittle/jws', 'tittle/jwks', 'tittle/decode']
      .map((entry) => `export * from '${entry}'`)
      .join('\n'),
    jose: `export * from 'jose'`,
    'hono/jwt': `export * from 'hono/jwt'`,
    'aws-jwt-verify': `export * from 'aws-jwt-verify'`,
    '@tsndr/cloudflare-worker-jwt': `export * from '@tsndr/cloudflare-worker-jwt'`,
  },
}

export async function run() {
  const rows = []
  const figures = {}
  for (const [group, bundles] of Object.entries(GROUPS)) {
    for (const [name, code] of Object.entries(bundles)) {
      const { min, gzip, brotli } = await sizeOf(code)
      rows.push([group, name, `${min}`, `${gzip}`, `${brotli}`])
      figures[`${group}, ${name}, bytes`] = gzip
    }
  }
  return { notes: ['Bytes.'], tables: [[['bundle', 'library', 'min', 'gzip', 'brotli'], ...rows]], figures }
}

async function sizeOf(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: resolve(import.meta.dirname, '..') },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  const bytes = outputFiles[0].contents
  return { min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
}
