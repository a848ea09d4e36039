// The library under test, asked for its verdict by each of its functions.
import type * as Tittle from 'tittle'
import type { VerificationKey, VerificationKeys, Verifier, VerifierPolicy } from 'tittle'
import type { Material } from './material.ts'
import type { Verdict } from './model.ts'
import { NOW, scenes, type Scene } from './scenes.ts'

/** The names of the library that the fuzzer needs. */
export type Library = Pick<typeof Tittle, 'createVerifier' | 'importPublicKey' | 'importSecret' | 'isJwtError'>

/** The way in which a verdict is asked for. */
export type Way = 'verify' | 'verifySync' | 'check' | 'verify with a memo'

/** A library on one platform, and the ways in which it is asked. */
export interface Subject {
  readonly name: string
  readonly library: Library
  readonly ways: readonly Way[]
}

/** One answer; anything thrown that is no JwtError is `crashed`. */
export type Answer =
  | { readonly by: string; readonly verdict: Verdict; readonly message: string; readonly crashed?: undefined }
  | { readonly by: string; readonly crashed: unknown }

/** Asks one way. */
export type Ask = (token: string) => Promise<Answer> | Answer

/** All that will be asked of a token of a scene. */
export function asksOf(subjects: readonly Subject[]): ReadonlyMap<Scene, readonly Ask[]> {
  const all = new Map<Scene, Ask[]>(scenes.map((scene) => [scene, []]))
  for (const { name, library, ways } of subjects) {
    for (const scene of scenes) {
      const verifiers = verifiersOf(library, scene)
      for (const way of ways) {
        const verifier = way === 'verify with a memo' ? verifiers.remembering : verifiers.plain
        if (verifier) all.get(scene)?.push(asker(`${name} ${way}`, library, verifier, way))
      }
    }
  }
  return all
}

function verifiersOf(
  library: Library,
  scene: Scene,
): { readonly plain: Verifier<unknown>; readonly remembering?: Verifier<unknown> } {
  const { material, policy } = scene
  const full = { ...policy, algorithms: [material.alg], now: () => NOW } as VerifierPolicy
  const keys = keysOf(library, scene)
  const plain = library.createVerifier(keys, full)
  if (material.secret) return { plain }
  // So few that tokens come and go.
  return { plain, remembering: library.createVerifier(keys, { ...full, memo: { max: 2 } } as never) }
}

function keysOf(library: Library, { keys, given }: Scene): VerificationKeys {
  const list = keys.map(({ kid, material }) => keyOf(library, material, kid))
  const [first] = list
  if (first === undefined) throw new RangeError('a scene has keys')
  if (given === 'key') return first
  if (given === 'set') return { candidates: () => list }
  return given === 'function' ? () => first : list
}

function keyOf(library: Library, { alg, secret, publicJwk }: Material, kid: string | undefined): VerificationKey {
  const options = kid === undefined ? {} : { kid }
  return secret
    ? library.importSecret(secret, alg as 'HS256', options)
    : library.importPublicKey(publicJwk ?? { kty: '' }, alg as 'ES256', options)
}

function asker(by: string, { isJwtError }: Library, verifier: Verifier<unknown>, way: Way): Ask {
  const refused = (error: unknown): Answer =>
    isJwtError(error) && error.name === 'JwtError'
      ? { by, verdict: { code: error.code }, message: error.message }
      : { by, crashed: error }
  const accepted = ({ header, claims }: { header: unknown; claims: unknown }): Answer => ({
    by,
    verdict: { code: 'accepted', header, claims },
    message: '',
  })
  if (way === 'verifySync') {
    return (token) => {
      try {
        return accepted(verifier.verifySync(token))
      } catch (error) {
        return refused(error)
      }
    }
  }
  if (way === 'check') {
    return async (token) => {
      try {
        const result = await verifier.check(token)
        if (result.ok) return accepted(result)
        const isListed = result.failures[0] === result.error && result.failures.every(isJwtError)
        return isListed ? refused(result.error) : { by, crashed: new Error('the failures are not as check has them') }
      } catch (error) {
        return { by, crashed: error }
      }
    }
  }
  return (token) => verifier.verify(token).then(accepted, refused)
}
