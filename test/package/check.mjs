// Packs the package and uses it from outside. Each check must hold for the package as it is, and must notice faults that
// are put into it on purpose: a check that nothing makes fail is no check.
import { types } from './compilers.mjs'
import { contents } from './contents.mjs'
import { install } from './installed.mjs'
import { uses } from './uses.mjs'

let passed = 0
let failed = 0

for (const check of [...contents, ...uses, ...types]) await judge(check)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function judge({ name, holds, faults }) {
  install()
  const problems = []
  const error = await failureOf(holds)
  if (error) problems.push(error.message)
  // What fails already would notice a fault for the wrong reason.
  for (const [fault, [damage, wanted]] of error ? [] : Object.entries(faults)) {
    install()
    damage()
    const seen = await failureOf(holds)
    if (!seen) problems.push(`goes unnoticed: ${fault}`)
    else if (!wanted.test(seen.message)) problems.push(`is noticed for another reason: ${fault}\n${seen.message}`)
  }
  const ok = problems.length === 0
  if (ok) passed++
  else failed++
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}`)
  console.log(ok ? `        notices: ${Object.keys(faults).join('; ')}` : problems.join('\n'))
}

async function failureOf(holds) {
  try {
    await holds()
    return undefined
  } catch (error) {
    return error
  }
}
