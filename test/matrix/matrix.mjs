// Prints what works: algorithm and platform by operation and format. Every cell is run, in a process for each platform.
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { toTable } from '../setup/table.mjs'

const pem = ['SPKI', 'PKCS#8', 'PKCS#1', 'SEC 1', 'X.509', 'encrypted'].flatMap((name) => [name, `${name}*`])
const columns = ['sign', 'verify', 'generate', 'text', 'bytes', 'JWK', ...pem, 'KeyObject', 'CryptoKey']

const results = ['node:crypto', 'WebCrypto'].flatMap((platform) => {
  const script = resolve(import.meta.dirname, 'platform.mjs')
  // ML-DSA is an experiment to some versions of Node, and says so each time.
  const env = { ...process.env, NODE_NO_WARNINGS: '1' }
  return JSON.parse(execFileSync(process.execPath, [script, platform], { encoding: 'utf8', env }))
})
const unknown = results.filter(({ column }) => !columns.includes(column))
if (unknown.length > 0) throw new Error(`there is no column ${unknown[0].column}`)

const refusals = [...new Set(results.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'ok'))]
const rows = [...new Set(results.map(({ alg }) => alg))].flatMap((alg) =>
  ['node:crypto', 'WebCrypto'].map((platform) => {
    const cells = results.filter((result) => result.alg === alg && result.platform === platform)
    return [alg, platform, ...columns.map((column) => show(cells.find((cell) => cell.column === column)))]
  }),
)

function show(cell) {
  if (!cell) return '-'
  const text = cell.outcome === 'ok' ? 'ok' : `[${refusals.indexOf(cell.outcome) + 1}]`
  return cell.passed ? text : `${text} FAILED`
}

console.log(toTable([['algorithm', 'platform', ...columns], ...rows]))
console.log(`
Node ${process.versions.node}. A format is imported as PEM, one with * as DER; what is public and what is private in a
format are both imported, and used together with a JWK. "-": there is no such format, or no such object on this runtime.`)
refusals.forEach((refusal, i) => console.log(`[${i + 1}] ${refusal}`))

const failed = results.filter((result) => !result.passed)
for (const { alg, platform, column, outcome } of failed) {
  console.log(`FAILED: ${alg} on ${platform}, ${column}: ${outcome}`)
}
console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
