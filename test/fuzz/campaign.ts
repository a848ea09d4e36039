// Runs cases, and finds whatever is not as the model has it.
import { mayMisread } from './engine.ts'
import { caseOf, isForged, textOf, type Case } from './cases.ts'
import { isSameVerdict, modelVerdict, type Verdict } from './model.ts'
import { asksOf, type Answer, type Subject } from './subjects.ts'

export { changeNames } from './cases.ts'

/** What is wrong about a case. */
interface Finding {
  readonly index: number
  readonly what: string
  readonly scene: string
  readonly changes: readonly string[]
  readonly token: string
}

/** What has been seen. */
export interface Tally {
  cases: number
  /** Cases that this engine's JSON.parse would misread (nodejs/node#63785). */
  passedOver: number
  readonly verdicts: Record<string, number>
  readonly changes: Record<string, number>
  readonly findings: Finding[]
}

export const newTally = (): Tally => ({ cases: 0, passedOver: 0, verdicts: {}, changes: {}, findings: [] })

interface Campaign {
  readonly seed: number
  readonly from: number
  readonly count: number
  /** Is told after each so many cases, and after the last. */
  readonly every?: number
  readonly onProgress?: (next: number, tally: Tally) => void
}

/** Runs the cases of a seed, from an index on, and adds to the tally. */
export async function run(subjects: readonly Subject[], tally: Tally, campaign: Campaign): Promise<Tally> {
  const { seed, from, count, every = 10_000, onProgress } = campaign
  const asks = asksOf(subjects)
  for (let index = from; index < from + count; index++) {
    const one = caseOf(seed, index)
    tally.cases++
    for (const change of one.changes) add(tally.changes, change)
    if (mayMisread(textOf(one.token))) tally.passedOver++
    else {
      const expected = modelVerdict(one.token, one.scene)
      add(tally.verdicts, expected.code)
      const answers: Answer[] = []
      for (const ask of asks.get(one.scene) ?? []) {
        const answer = ask(one.token)
        answers.push(answer instanceof Promise ? await answer : answer)
      }
      for (const what of wrongIn(one, expected, answers)) {
        tally.findings.push({ index, what, scene: one.scene.name, changes: one.changes, token: one.token })
      }
    }
    if ((index + 1 - from) % every === 0 || index + 1 === from + count) onProgress?.(index + 1, tally)
  }
  return tally
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

/** What is wrong: a crash, an acceptance of what nobody signed, another verdict than the model's, or two. */
function wrongIn(one: Case, expected: Verdict, answers: readonly Answer[]): string[] {
  const wrong: string[] = []
  const messages = new Map<string, string>()
  for (const answer of answers) {
    if ('crashed' in answer) {
      wrong.push(`${answer.by} throws ${nameOf(answer.crashed)} where the model says ${expected.code}`)
      continue
    }
    const { by, verdict, message } = answer
    if (verdict.code === 'accepted' && isForged(one)) wrong.push(`${by} accepts what nobody signed`)
    if (!isSameVerdict(verdict, expected)) {
      const same = verdict.code === expected.code ? ', and reads it otherwise' : ''
      wrong.push(`${by} says ${verdict.code} where the model says ${expected.code}${same}`)
    }
    messages.set(message, by)
  }
  if (messages.size > 1) wrong.push(`${[...messages.values()].join(' and ')} give other reasons`)
  return wrong
}

const nameOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
