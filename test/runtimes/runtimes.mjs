// The packed package on every runtime: `npm run test:runtimes`. A word behind `--` picks rows, `--names` names all cases.
import { hasChromium, record, rows } from './rows.mjs'
import { makeStage } from './stage.mjs'
import { toTable } from '../interop/table.mjs'

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const picked = rows.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word.toLowerCase())))
const stage = await makeStage(record)
const results = []
try {
  for (const row of picked) results.push(await resultOf(row))
} finally {
  stage.remove()
}

async function resultOf({ name, platform, isIt, run }) {
  const begun = performance.now()
  const failures = []
  const report = await run(stage.folder).catch((error) => {
    failures.push(`it did not run: ${error.message.slice(0, 2000)}`)
    return { runtime: '', platform: '', suites: {} }
  })
  if (failures.length === 0 && !isIt(report.runtime)) failures.push(`it is ${report.runtime}`)
  if (failures.length === 0 && report.platform !== platform) failures.push(`the library has taken ${report.platform}`)
  for (const [suite, { failed }] of Object.entries(report.suites)) {
    failures.push(...failed.map(({ name, why }) => `${suite}: ${name}: ${why}`))
  }
  const seconds = (performance.now() - begun) / 1000
  console.error(`${name}, ${platform}: ${seconds.toFixed(1)} s`)
  return { name, platform, report, failures, seconds }
}

for (const { name, platform, report, failures } of results) {
  console.log(name, platform, report.runtime, report.platform)
  for (const [suite, { passed, failed, lacking }] of Object.entries(report.suites)) {
    console.log('   ', suite, passed, failed.length, lacking.length)
  }
  for (const f of failures.slice(0, 40)) console.log('      FAILED', f.slice(0, 400))
}
