// One case for each seed and index: a token, and what was done to it.
import { strangers, materials, type Material } from './material.ts'
import { jsonMutators } from './mutate-json.ts'
import { ecdsaTwin, textMutators } from './mutate-text.ts'
import { Random } from './random.ts'
import { scenes, seal, type Scene } from './scenes.ts'

/** A token with its history. */
export interface Case {
  readonly scene: Scene
  readonly token: string
  /** What was done, in this order. */
  readonly changes: readonly string[]
  /** The token as it was before the last changes of text, where a key of the scene has signed it. */
  readonly sealed: string | undefined
}

const TWIN = 'the twin of an ECDSA signature'
const textNames = Object.keys(textMutators)
const jsonNames = Object.keys(jsonMutators)

/** The names of all changes, so that a count can show that none is idle. */
export const changeNames: readonly string[] = [
  TWIN,
  ...textNames.map((name) => `text: ${name}`),
  ...jsonNames.flatMap((name) => [`header: ${name}`, `payload: ${name}`]),
]

// Who signs what has been changed.
const SIGNERS = [
  { weight: 12, name: 'signed anew', of: ({ material }: Scene): Material => material },
  { weight: 2, name: 'signed with another key', of: ({ material }: Scene) => strangers.get(material.alg) as Material },
  { weight: 1, name: 'signed with a key of another algorithm', of: foreign },
  { weight: 1, name: 'not signed', of: () => ({ sign: () => Buffer.alloc(0) }) },
  {
    weight: 2,
    name: 'with the old signature',
    of: ({ token }: Scene) => ({ sign: () => Buffer.from(token.split('.')[2] ?? '', 'base64url') }),
  },
] as const

const cheap = materials.filter(({ alg }) => !/^[RP]S/.test(alg))

// Ed25519 and EdDSA are one algorithm with two names, and their keys are the same here.
function foreign({ material }: Scene, random: Random): Material {
  return random.pick(cheap.filter(({ alg }) => alg.slice(0, 2) !== material.alg.slice(0, 2)))
}

const valid = new Set(scenes.map(({ token }) => token))

/** The case of a seed at an index. */
export function caseOf(seed: number, index: number): Case {
  const random = new Random(seed, index)
  const scene = random.weighted(scenes)
  if (random.oneIn(100)) return twinOf(scene, random)
  if (random.oneIn(2)) return changedJson(scene, random)
  return { ...changedText({ scene, token: scene.token, changes: [] }, random), sealed: scene.token }
}

function twinOf(scene: Scene, random: Random): Case {
  const token = ecdsaTwin(scene.token, random, scene, scenes)
  return { scene, token, changes: [TWIN], sealed: token }
}

/** One change as a rule, two or three now and then. */
const howMany = (random: Random): number => random.pick([1, 1, 1, 2, 3])

function changedText(start: Omit<Case, 'sealed'>, random: Random): Omit<Case, 'sealed'> {
  const changes = [...start.changes]
  let { token } = start
  for (let left = howMany(random); left > 0 && token !== ''; left--) {
    const name = random.pick(textNames)
    token = textMutators[name]?.(token, random, start.scene, scenes) ?? token
    changes.push(`text: ${name}`)
  }
  return { scene: start.scene, token, changes }
}

function changedJson(scene: Scene, random: Random): Case {
  const parts: Record<'header' | 'payload', string | Buffer> = { header: scene.header, payload: scene.payload }
  const changes: string[] = []
  for (let left = howMany(random); left > 0; left--) {
    const part = random.pick(['header', 'payload', 'payload'] as const)
    const json = parts[part]
    // What is octets already is changed no further.
    if (typeof json !== 'string' || json === '') continue
    const name = random.pick(jsonNames)
    parts[part] = jsonMutators[name]?.(json, random) ?? json
    changes.push(`${part}: ${name}`)
  }
  const { name, of } = random.weighted(SIGNERS)
  const material = of(scene, random)
  const token = seal(parts.header, parts.payload, material)
  const sealed = scene.keys.some((key) => key.material === material) ? token : undefined
  const one = { scene, token, changes: [...changes, name] }
  return { ...(random.oneIn(20) ? changedText(one, random) : one), sealed }
}

/** Whether nobody with a key of the scene has signed the token. */
export const isForged = ({ token, sealed }: Case): boolean => token !== sealed && !valid.has(token)

/** What both segments of JSON spell, for whoever must look at them first. */
export const textOf = (token: string): string =>
  token
    .split('.')
    .slice(0, 2)
    .map((segment) => Buffer.from(segment, 'base64url').toString('latin1'))
    .join('\n')
