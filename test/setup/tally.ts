import process from 'node:process'
import type { Reporter, TestModule } from 'vitest/node'

const counts = { passed: 0, failed: 0, skipped: 0 }
const passedIn = new Map<string, number>()

function count(modules: readonly TestModule[], errors: readonly unknown[]): void {
  // An error outside of every test, such as a type error in a source file, fails the run too.
  Object.assign(counts, { passed: 0, failed: errors.length, skipped: 0 })
  passedIn.clear()
  for (const module of modules) {
    const { name } = module.project
    const states = [...module.children.allTests()].map((test) => test.result().state)
    // A module that does not even load has no tests, yet it must not look like a success.
    if (module.state() === 'failed' && !states.includes('failed')) counts.failed++
    for (const state of states) {
      if (state !== 'pending') counts[state]++
      if (state === 'passed') passedIn.set(name, (passedIn.get(name) ?? 0) + 1)
    }
  }
}

function print(): void {
  const { passed, failed, skipped } = counts
  const projects = [...passedIn].map(([name, number]) => `${name} ${number}`).join(', ')
  const despite = failed === 0 && process.exitCode ? ', and yet the run failed: see above' : ''
  console.log(
    `\nTests: ${passed} passed, ${failed} failed, ${skipped} skipped (passed by project: ${projects})${despite}`,
  )
}

/** Ends the run with the number of tests: vitest's own count is followed by the coverage table. */
export const tally: Reporter = {
  onInit: () => void process.once('exit', print),
  onTestRunEnd: count,
}
