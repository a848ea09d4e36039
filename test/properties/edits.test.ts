import fc from 'fast-check'
import { createVerifier, sign } from 'tittle'
import { beforeAll, describe, expect, test } from 'vitest'
import { character, kinds, NOW, verdictOf } from '../setup/tokens.ts'

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

describe.each(kinds)('$alg: a token is refused after', ({ alg, signer, verifier }) => {
  const { verify } = createVerifier(verifier, { algorithms: [alg], issuer: null, audience: null, now })
  let token: string

  beforeAll(async () => {
    token = await sign({ sub: 'alice', naïve: ['\u{1f600}', null] }, signer, { expiresIn: '1m', now })
  })

  test('none', async () => {
    expect(await verdictOf(() => verify(token))).toBe('accepted')
  })

  test.each(edits)('any %s of one character', async (_, edit) => {
    const property = fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), character, async (place, put) => {
      const edited = edit(token, Math.floor(place * (token.length - 1)), put)
      const verdict = await verdictOf(() => verify(edited))
      expect(verdict === 'accepted').toBe(edited === token)
    })
    await fc.assert(property, { numRuns: 40 })
  })
})

describe('HS256: a token is refused after one at any place, be it a', () => {
  const [{ signer, verifier }] = kinds
  const { verify } = createVerifier(verifier, { algorithms: ['HS256'], issuer: null, audience: null, now })

  test.each(edits)('%s', async (_, edit) => {
    const token = await sign({ sub: 'alice' }, signer, { expiresIn: '1m', now })
    const accepted: string[] = []
    for (let at = 0; at <= token.length; at++) {
      for (const put of ['A', 'B', '_']) {
        const edited = edit(token, at, put)
        const verdict = await verdictOf(() => verify(edited))
        if ((verdict === 'accepted') !== (edited === token)) accepted.push(edited)
      }
    }
    expect(accepted).toEqual([])
  })
})
