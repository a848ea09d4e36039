// What a case is, and how cases are counted.
import { Lacking } from '../stand-ins/natives.ts'
import { lacks } from './platform.ts'

/** A case passes where it comes to its end. */
export interface Case {
  readonly name: string
  readonly run: () => unknown
}

export interface Suite {
  readonly cases: () => Iterable<Case>
  /** Cases whose expectation is wrong, so that they must fail. */
  readonly straws: () => Iterable<Case>
}

/** A case that has not passed, and why. */
interface Remark {
  readonly name: string
  readonly why: string
}

export interface Count {
  passed: number
  readonly failed: Remark[]
  /** What could not be tried, as the runtime lacks something. */
  readonly lacking: Remark[]
}

export async function count({ cases, straws }: Suite): Promise<Count> {
  const result: Count = { passed: 0, failed: [], lacking: [] }
  for (const each of cases()) {
    const remark = await tryOut(each)
    if (!remark) result.passed++
    else if (remark.isLack) result.lacking.push(remark)
    else result.failed.push(remark)
  }
  let caught = 0
  for (const straw of straws()) {
    const remark = await tryOut(straw)
    if (remark && !remark.isLack) caught++
    else result.failed.push({ name: straw.name, why: 'it must fail, and did not' })
  }
  if (caught === 0) result.failed.push({ name: 'the straws', why: 'there are none' })
  return result
}

async function tryOut({ name, run }: Case): Promise<(Remark & { readonly isLack: boolean }) | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    const lack = await lackOf(error)
    return { name, why: lack ?? String(error), isLack: lack !== undefined }
  }
}

/** What the runtime lacks, where that is why a case did not pass; the library's word alone is not taken for it. */
async function lackOf(error: unknown): Promise<string | undefined> {
  if (error instanceof Lacking) return error.message
  const [, alg] = /this runtime has no (\S+)$/.exec((error as Error | undefined)?.message ?? '') ?? []
  return alg !== undefined && (await lacks(alg)) ? alg : undefined
}

export function expectSame(actual: unknown, expected: unknown): void {
  const [seen, wanted] = [actual, expected].map(toText)
  if (seen !== wanted) throw new Error(`${seen} instead of ${wanted}`)
}

// Members in one order, as JSON and its readers may have any.
function toText(value: unknown): string {
  return (
    JSON.stringify(value, (_, member) =>
      member instanceof Uint8Array
        ? [...member]
        : typeof member === 'object' && member !== null && !Array.isArray(member)
          ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
          : member,
    ) ?? String(value)
  )
}
