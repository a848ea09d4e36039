// Tokens, keys and key sets of tittle used by jose and jsonwebtoken, and theirs by tittle: `npm run test:interop`.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toTable } from '../setup/table.mjs'

const results = await Promise.all(['node:crypto', 'WebCrypto'].map(runOn)).catch((error) => {
  console.log(`FAILED  ${error.message}\n\n0 passed, 1 failed`)
  process.exit(1)
})
const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'))

const algorithms = results[0].rows.map(({ alg }) => alg)
const columns = results[0].rows[0].cells.map(({ column }) => column)
const cellsOf = ({ rows }, alg) => rows.find((row) => row.alg === alg).cells
const body = algorithms.flatMap((alg) =>
  results.map((result) => [alg, result.platform, ...cellsOf(result, alg).map(show)]),
)

console.log(`Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`)
console.log(`jose ${devDependencies.jose}, jsonwebtoken ${devDependencies.jsonwebtoken}\n`)
console.log(toTable([['algorithm', 'platform', ...columns], ...body]))
console.log(
  "\nEach cell: the checks that passed. '-': the peer has no such algorithm, or a secret is no member of key sets.",
)
console.log(
  'Each direction is run with keys of both makers, as JWK and as PEM (secrets: octets), and with changed tokens.',
)
if (results.some(({ rows }) => rows.some(({ cells }) => cells.some(({ lacking }) => lacking)))) {
  console.log("'no': this Node has no such algorithm, and the library says so.")
}

const cells = results.flatMap(({ platform, rows, control }) => [
  { where: platform, ...control },
  ...rows.flatMap((row) => row.cells.map((cell) => ({ where: `${row.alg}, ${platform}, ${cell.column}`, ...cell }))),
])
const passed = cells.reduce((sum, cell) => sum + cell.passed, 0)
const failures = cells.flatMap(({ where, failures }) => failures.map((failure) => `${where}: ${failure}`))
for (const failure of failures) console.log(`FAILED  ${failure}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

function show({ applies, lacking, passed, failures }) {
  if (failures.length > 0) return `${failures.length} FAILED`
  if (!applies) return '-'
  return lacking ? 'no' : `${passed} ok`
}

function runOn(platform) {
  // Node calls some algorithms of WebCrypto experimental, each at its first use.
  const execArgv = ['--disable-warning=ExperimentalWarning']
  const child = fork(join(import.meta.dirname, 'platform.mjs'), [platform], { execArgv })
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('disconnect', () => reject(new Error(`the checks on ${platform} ended without a result`)))
  })
}
