// The attacks of test/attacks as they are, with stand-ins for what they have of Node.
import { isWanted, resultOf, type Attempt } from '../../attacks/attack.ts'
import { chapters } from '../../attacks/chapters.ts'
import { es, hs, issue, open } from '../../attacks/forge.ts'
import { leaksOf, printed } from '../../attacks/leaks.ts'
import type { Case, Suite } from './case.ts'
import { lacks } from './platform.ts'
import { Lacking } from '../stand-ins/natives.ts'

/** What no attempt may do: fetch, or write to the console. */
const watched = [
  [globalThis, 'fetch'],
  ...(['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) => [console, name] as const),
] as readonly (readonly [object: object, name: string])[]

function* cases(): Generator<Case> {
  const done: string[] = []
  const told = new Set<string>()
  const restore = watched.map(([object, name]) => {
    const own = (object as { [name: string]: unknown })[name]
    Object.assign(object, { [name]: (...told: unknown[]) => void done.push(`${name} ${told}`) })
    return () => Object.assign(object, { [name]: own })
  })
  try {
    for (const { name, attempts } of Object.values(chapters).flat()) {
      for (const attempt of attempts()) yield toCase(name, attempt, done, told)
    }
  } finally {
    for (const each of restore) each()
  }
}

const toCase = (
  name: string,
  [what, wanted, run]: Attempt,
  done: string[] = [],
  told: Set<string> = new Set(),
): Case => ({
  name: `${name}: ${what}`,
  run: async () => {
    const { outcome, error } = await resultOf(run)
    if (error instanceof Lacking) throw error
    const [, alg] = /^this runtime has no (\S+)$/.exec((error as Error | undefined)?.message ?? '') ?? []
    if (alg !== undefined && (await lacks(alg))) throw error
    if (!isWanted(wanted, outcome)) throw new Error(`${outcome} instead of ${wanted}`)
    if (done.length > 0) throw new Error(`it called ${done.splice(0).join(', ')}`)
    if (wanted === 'accepted') return
    // What an error tells is looked at in depth once for each message.
    const { message } = error as Error
    if (told.has(message)) return
    told.add(message)
    const leaks = leaksOf(printed(error))
    if (leaks.length > 0) throw new Error(`the error tells ${leaks.join(', ')}`)
  },
})

export const attacks: Suite = {
  cases,
  straws: () =>
    [
      ['a forgery is accepted', 'accepted', () => open(issue({ ...es, sign: es.attacker }), es)],
      ['a good token is refused', 'refused', () => open(issue(hs), hs)],
      ['a forgery has expired', 'ERR_EXPIRED', () => open(issue({ ...hs, sign: hs.attacker }), hs)],
    ].map((attempt) => toCase('a straw', attempt as unknown as Attempt)),
}
