// The built command, from the outside: `npm run test:command`.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { helpChecks } from './help.mjs'
import { peerChecks } from './peers.mjs'
import { pipeChecks } from './pipes.mjs'
import { serverChecks } from './servers.mjs'
import { statusChecks } from './statuses.mjs'
import { transcriptChecks } from './transcripts.mjs'

if (!existsSync(resolve(import.meta.dirname, '../../dist/cli.js'))) {
  console.error('dist/ is missing: run npm run build first')
  process.exit(1)
}

let passed = 0
let failed = 0
const tell = (name, error) => {
  if (error) failed++
  else passed++
  console.log(error ? `FAILED  ${name}\n${error.message}` : `ok      ${name}`)
}
function check(name, action) {
  try {
    const result = action()
    if (!(result instanceof Promise)) return tell(name)
    return result.then(
      () => tell(name),
      (error) => tell(name, error),
    )
  } catch (error) {
    return tell(name, error)
  }
}

console.log(`Node ${process.versions.node}`)
for (const checks of [transcriptChecks, helpChecks, statusChecks, pipeChecks, peerChecks, serverChecks]) {
  try {
    await checks({ check })
  } catch (error) {
    tell(checks.name, error)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
