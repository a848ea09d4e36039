// What every driver calls.
import type { Count } from './case.ts'
import { hold, type Natives } from '../stand-ins/natives.ts'
import type { Tape } from '../stand-ins/tape.ts'

interface Report {
  readonly platform: string
  readonly suites: { readonly [suite: string]: Count }
  /** What node:crypto was asked, where this is the run that asks it. */
  readonly tape?: Tape
}

/** Runs all suites, with what the runtime has of Node. */
export async function run(natives: Natives = {}): Promise<Report> {
  hold(natives)
  // Not before, as some cases make keys when they are loaded, which a worker may do only when it is called.
  const { suites } = await import('./suites.ts')
  const { count } = await import('./case.ts')
  const { platform } = await import('./platform.ts')
  const { isRecording, tape } = await import('../stand-ins/tape.ts')
  const counts: { [suite: string]: Count } = {}
  for (const [name, suite] of Object.entries(suites)) counts[name] = await count(suite)
  return { platform: platform(), suites: counts, ...(isRecording && { tape }) }
}
