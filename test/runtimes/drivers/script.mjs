// Runs the cases on Node, Bun or Deno, and writes the report to standard output.
import * as crypto from 'node:crypto'
import process from 'node:process'
import * as util from 'node:util'
import * as zlib from 'node:zlib'

const [platform] = process.argv.slice(2)
// Without it the package finds no node:crypto, as in a browser, and takes WebCrypto.
if (platform === 'WebCrypto') Object.defineProperty(process, 'getBuiltinModule', { value: undefined })

const { run } = await import('./cases.mjs')
const versions = { bun: globalThis.Bun?.version, deno: globalThis.Deno?.version.deno, node: process.versions.node }
const [runtime, version] = Object.entries(versions).find(([, version]) => version !== undefined)
const report = await run({ crypto, util, zlib })
process.stdout.write(JSON.stringify({ runtime: `${runtime} ${version}`, ...report }))
