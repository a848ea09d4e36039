import fc from 'fast-check'
import { sign } from 'tittle'
import { decode } from 'tittle/decode'
import { describe, expect, test } from 'vitest'
import { decodeBase64url, decodeWithAtob, encodeBase64url, isBase64url } from '../../src/base64url.ts'
import { stringifyJsonObject } from '../../src/json.ts'
import { mayMisread } from '../fuzz/engine.ts'
import { readBase64url } from '../fuzz/model.ts'
import { character, forge, hs256, verdictOf } from '../setup/tokens.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const octets = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
// Of the last few characters most are not canonical, and of any text hardly one is base64url at all.
const nearly = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 10 })
const text = fc.oneof(
  nearly,
  fc.string({ unit: fc.constantFrom(...ALPHABET, '=', '+', '/', ' ', '\n'), maxLength: 6 }),
  fc.string({ unit: 'binary' }),
)

const decoders = [
  ['decodeBase64url', decodeBase64url],
  ['decodeWithAtob', decodeWithAtob],
] as const

describe.each(decoders)('%s', (_, read) => {
  test('gives back what was encoded', () => {
    fc.assert(fc.property(octets, (given) => read(encodeBase64url(given)) === given))
  })

  test('reads one spelling of any octets, and refuses all others, as a reader of another making does', () => {
    let accepted = 0
    const property = fc.property(text, (given) => {
      const got = read(given)
      expect(got).toBe(readBase64url(given)?.toString('latin1'))
      expect(isBase64url(given)).toBe(got !== undefined)
      if (got === undefined) return
      accepted++
      expect(encodeBase64url(got)).toBe(given)
    })
    fc.assert(property, { numRuns: 1000 })
    expect(accepted).toBeGreaterThan(50)
  })
})

describe('a token', () => {
  const claims = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), {
    maxKeys: 5,
  })

  test('that sign makes is spelled anew from what decode reads', async () => {
    const property = fc.asyncProperty(claims, async (given) => {
      fc.pre(!mayMisread(JSON.stringify(given)))
      const token = await sign(
        { ...given, exp: 1, iat: 0, iss: '', sub: '', aud: '', nbf: 0, jti: '' } as { exp: number },
        hs256,
        {},
      )
      const { header, claims } = decode(token).unverified
      const spell = (label: string, object: typeof header): string =>
        encodeBase64url(stringifyJsonObject(label, object))
      expect(token.startsWith(`${spell('header', header)}.${spell('claims', claims)}.`)).toBe(true)
    })
    await fc.assert(property)
  })

  test('that decode reads has no other spelling', async () => {
    const token = forge({ alg: 'HS256' }, { sub: 'alice' })
    let read = 0
    const property = fc.asyncProperty(fc.nat(token.length), fc.nat(1), character, async (at, removed, put) => {
      const edited = token.slice(0, at) + put + token.slice(at + removed)
      if ((await verdictOf(() => decode(edited))) !== 'accepted') return
      read++
      const segments = edited.split('.').map((segment) => encodeBase64url(decodeBase64url(segment) ?? '?'))
      expect(segments.join('.')).toBe(edited)
      expect(segments).toHaveLength(3)
    })
    await fc.assert(property, { numRuns: 600 })
    expect(read).toBeGreaterThan(20)
  })
})
