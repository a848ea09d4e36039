import fc from 'fast-check'
import { createVerifier, sign } from 'tittle'
import { beforeAll, describe, expect, test } from 'vitest'
import { character, NOW, verdictOf } from '../setup/tokens.ts'
import { rows } from './algorithms.ts'

type Edit = (token: string, at: number, put: string) => string

const edits: readonly (readonly [name: string, edit: Edit])[] = [
  ['change', (token, at, put) => token.slice(0, at) + put + token.slice(at + 1)],
  ['insertion', (token, at, put) => token.slice(0, at) + put + token.slice(at)],
  ['deletion', (token, at) => token.slice(0, at) + token.slice(at + 1)],
  [
    'transposition',
    (token, at) =>
      token.slice(0, at) +
      token
        .slice(at, at + 2)
        .split('')
        .reverse()
        .join('') +
      token.slice(at + 2),
  ],
]

const now = (): number => NOW

describe.each(rows)('$alg: a token is refused after', ({ alg, signer, verifier }) => {
  const { verify } = createVerifier(verifier, { algorithms: [alg], issuer: null, audience: null, now })
  const puts = alg.startsWith('HS') ? ['A', 'B', '_'] : ['A']
  let token: string

  beforeAll(async () => {
    token = await sign({ sub: 'alice', naïve: ['\u{1f600}', null] }, signer, { expiresIn: '1m', now })
  })

  const isRight = async (edited: string): Promise<boolean> =>
    ((await verdictOf(() => verify(edited))) === 'accepted') === (edited === token)

  test('none', async () => {
    expect(await verdictOf(() => verify(token))).toBe('accepted')
  })

  test.each(edits)('any %s of one character', async (_, edit) => {
    const property = fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), character, async (place, put) => {
      expect(await isRight(edit(token, Math.floor(place * token.length), put))).toBe(true)
    })
    await fc.assert(property, { numRuns: 40 })
  })

  test.each(edits)('one %s, at every place', async (_, edit) => {
    const wrong: number[] = []
    for (let at = 0; at <= token.length; at++) {
      for (const put of puts) if (!(await isRight(edit(token, at, put)))) wrong.push(at)
    }
    expect(wrong).toEqual([])
  })
})
