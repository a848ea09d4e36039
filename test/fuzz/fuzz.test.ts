// The short run of the fuzzer, and libraries with faults, all of which it must find.
import process from 'node:process'
import * as tittle from 'tittle'
import type { VerificationKeys, Verifier, VerifierPolicy } from 'tittle'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { answersAtOnce } from '../setup/tokens.ts'
import { changeNames, newTally, run, type Tally } from './campaign.ts'
import { caseOf } from './cases.ts'
import type { Library, Subject, Way } from './subjects.ts'

// On each of the two platforms, so that they are 20,000.
const CASES = 10_000
const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))

const own: Subject = answersAtOnce
  ? { name: 'node:crypto', library: tittle, ways: ['verify', 'verifySync', 'check', 'verify with a memo'] }
  : { name: 'WebCrypto', library: tittle, ways: ['verify', 'check'] }

/** The library once more, on WebCrypto, where this run is on node:crypto. */
async function otherPlatform(): Promise<readonly Subject[]> {
  if (!answersAtOnce) return []
  vi.resetModules()
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  const library: typeof tittle = await import('tittle')
  vi.restoreAllMocks()
  expect(() => library.signSync({}, library.generateSecret('HS256'), { expiresIn: null })).toThrow(TypeError)
  return [{ name: 'WebCrypto', library, ways: ['check'] }]
}

describe('cases of a seed that is new each time', () => {
  let tally: Tally

  beforeAll(async () => {
    tally = await run([own, ...(await otherPlatform())], newTally(), { seed, from: 0, count: CASES })
  }, 120_000)

  test('are judged as the model judges them, by every function and on both platforms', () => {
    const again = ({ index }: { index: number }): string => `npm run fuzz -- --seed ${seed} --from ${index} --count 1`
    expect(tally.findings.slice(0, 5).map((finding) => ({ ...finding, again: again(finding) }))).toEqual([])
    expect(tally.cases - tally.passedOver).toBeGreaterThan(CASES / 2)
  })

  test('are of every kind', () => {
    expect(changeNames.filter((name) => !tally.changes[name])).toEqual([])
    const seen = Object.keys(tally.verdicts)
    expect(seen).toEqual(expect.arrayContaining(['accepted', 'ERR_TOKEN_MALFORMED', 'ERR_SIGNATURE', 'ERR_ALGORITHM']))
    expect(seen).toEqual(expect.arrayContaining(['ERR_HEADER_INVALID', 'ERR_CLAIM_TYPE', 'ERR_CLAIM_VALUE']))
  })
})

test('a case comes again with its seed and index, and with no other', () => {
  const tokens = (from: number): readonly string[] =>
    Array.from({ length: 300 }, (_, i) => caseOf(seed, from + i))
      // Signatures of other algorithms are new each time.
      .filter(({ scene, changes }) => scene.material.secret && !changes.join().includes('of another'))
      .map(({ token }) => token)
  expect(tokens(0)).toEqual(tokens(0))
  expect(tokens(0)).not.toEqual(tokens(300))
})

afterEach(() => {
  vi.restoreAllMocks()
})

type Change = (verifier: Verifier<unknown>) => Partial<Verifier<unknown>>

/** The library with another policy or with other functions than it has. */
function faulty(change: Change, policy: Partial<VerifierPolicy> = {}): Library {
  const createVerifier = (keys: VerificationKeys, given: VerifierPolicy): Verifier<unknown> => {
    const verifier = tittle.createVerifier(keys, { ...given, ...policy })
    return { ...verifier, ...change(verifier) }
  }
  return { ...tittle, createVerifier: createVerifier as Library['createVerifier'] }
}

const onError =
  (verify: Verifier<unknown>['verify'], change: (error: tittle.JwtError, token: string) => unknown) =>
  (token: string) =>
    verify(token).catch((error) => {
      throw change(error, token)
    })

const faults: readonly [fault: string, finding: RegExp, library: () => Library, ways?: readonly Way[]][] = [
  [
    'forgives padding and white space',
    /accepts what nobody signed/,
    () => faulty(({ verify }) => ({ verify: (token) => verify(token.replace(/[=\s]/g, '')) })),
  ],
  [
    'takes characters for their low octets',
    /accepts what nobody signed/,
    () => faulty(({ verify }) => ({ verify: (token) => verify(Buffer.from(token, 'latin1').toString('latin1')) })),
  ],
  [
    'remembers tokens by their beginning',
    /accepts what nobody signed/,
    () => {
      const known = new Map<string, ReturnType<Verifier<unknown>['verify']>>()
      return faulty(({ verify }) => ({
        async verify(token) {
          const result = known.get(token.slice(0, 100)) ?? verify(token)
          await result
          known.set(token.slice(0, 100), result)
          return result
        },
      }))
    },
  ],
  [
    'throws a RangeError for long tokens',
    /throws RangeError/,
    () =>
      faulty(({ verify }) => ({
        verify: onError(verify, (e, { length }) => (length > 16_000 ? new RangeError() : e)),
      })),
  ],
  [
    'throws no error at all',
    /throws undefined/,
    () => faulty(({ verify }) => ({ verify: onError(verify, () => undefined) })),
  ],
  [
    'has another code for a signature',
    /says ERR_ALGORITHM where the model says ERR_SIGNATURE/,
    () =>
      faulty(({ verify }) => ({
        verify: onError(verify, (error) =>
          error.code === 'ERR_SIGNATURE' ? new tittle.JwtError('ERR_ALGORITHM', error.message) : error,
        ),
      })),
  ],
  [
    'tolerates more than it says',
    /says accepted where the model says ERR_(EXPIRED|NOT_YET_VALID)/,
    () => faulty(() => ({}), { clockTolerance: 300 }),
  ],
  [
    'does not want an expiry',
    /says accepted where the model says ERR_CLAIM_MISSING/,
    () => faulty(() => ({}), { expiry: 'optional' }),
  ],
  [
    'leaves a claim out',
    /and reads it otherwise/,
    () =>
      faulty(({ verify }) => ({
        verify: async (token) => ({ ...(await verify(token)), claims: {} }),
      })),
  ],
  [
    'refuses what is valid',
    /says ERR_SIGNATURE where the model says accepted/,
    () => faulty(() => ({ verify: async () => Promise.reject(new tittle.JwtError('ERR_SIGNATURE', 'no')) })),
  ],
  [
    'checks otherwise than it verifies',
    /give other reasons/,
    () =>
      faulty(({ verify }) => ({
        verify: onError(verify, (error) => new tittle.JwtError(error.code, `${error.message}!`)),
      })),
    ['verify', 'check'],
  ],
]

describe.skipIf(!answersAtOnce)('finds a library that', () => {
  test.each(faults)('%s', async (_, finding, library, ways = ['verify']) => {
    const subject = { name: 'faulty', library: library(), ways }
    const seen: string[] = []
    for (let from = 0; from < CASES && !seen.some((what) => finding.test(what)); from += 500) {
      const { findings } = await run([subject], newTally(), { seed: 1, from, count: 500 })
      seen.push(...findings.map(({ what }) => what))
    }
    expect(seen).toEqual(expect.arrayContaining([expect.stringMatching(finding)]))
  })

  test('and nothing where there is none', async () => {
    const subject: Subject = { name: 'whole', library: faulty(() => ({})), ways: ['verify', 'check'] }
    const { findings } = await run([subject], newTally(), { seed: 1, from: 0, count: 500 })
    expect(findings).toEqual([])
  })
})
