import { describe, expect, test } from 'vitest'
import { generateSecret, sign, verify, type JwtClaims, type JwtErrorCode, type VerifiedJwt } from 'tittle'
import { bearerToken, requireScope } from 'tittle/http'
import { readScopes } from '../src/http-bearer.ts'
import { expectSwift, MILLION, nodeRequest, received } from './setup/http.ts'
import { polluted } from './setup/pollution.ts'
import { expectSilence, expectTypeError, thrownBy } from './setup/silence.ts'
import { verdictOf } from './setup/tokens.ts'

const TOKEN = 'e30.e30.c2ln'

/** What an `Authorization` header comes to: a token, or why there is none. */
const outcomeOf = (read: () => string): string => {
  try {
    return read()
  } catch (error) {
    return (error as { code: JwtErrorCode }).code
  }
}

const readBy = (authorization: string): string => bearerToken(nodeRequest({ authorization }))

describe('a bearer token', () => {
  test.each([
    [`Bearer ${TOKEN}`, TOKEN],
    [`bearer ${TOKEN}`, TOKEN],
    [`BEARER ${TOKEN}`, TOKEN],
    [`bEaReR ${TOKEN}`, TOKEN],
    [`Bearer   ${TOKEN}`, TOKEN],
    ['Bearer a', 'a'],
    ['Bearer abc==', 'abc=='],
    ['Bearer -._~+/0', '-._~+/0'],
    ['Bearer bearer', 'bearer'],
  ])('is read from %j', (authorization, token) => {
    expect(readBy(authorization)).toBe(token)
    expect(bearerToken(new Headers({ authorization }))).toBe(token)
    expect(bearerToken(new Request('https://api.example/', { headers: { authorization } }))).toBe(token)
  })

  test.each([
    ['', 'ERR_TOKEN_MISSING'],
    ['Basic YTpi', 'ERR_TOKEN_MISSING'],
    [`DPoP ${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [TOKEN, 'ERR_TOKEN_MISSING'],
    [`Bearer\t${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Bearer\n${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Bearer\u00a0${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [` Bearer ${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Bearer:${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Bearer=${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Bearer${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Bearers ${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Token Bearer ${TOKEN}`, 'ERR_TOKEN_MISSING'],
    [`Basic YTpi, Bearer ${TOKEN}`, 'ERR_TOKEN_MISSING'],
    ['Bearer', 'ERR_REQUEST_INVALID'],
    ['Bearer ', 'ERR_REQUEST_INVALID'],
    [`Bearer \t${TOKEN}`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN} `, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN}\t`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN}\n`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN}\0`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN} ${TOKEN}`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN},${TOKEN}`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN}, Bearer ${TOKEN}`, 'ERR_REQUEST_INVALID'],
    [`Bearer ${TOKEN}, Basic YTpi`, 'ERR_REQUEST_INVALID'],
    [`Bearer Bearer ${TOKEN}`, 'ERR_REQUEST_INVALID'],
    [`Bearer "${TOKEN}"`, 'ERR_REQUEST_INVALID'],
    [`Bearer token="${TOKEN}"`, 'ERR_REQUEST_INVALID'],
    ['Bearer =', 'ERR_REQUEST_INVALID'],
    ['Bearer a=b', 'ERR_REQUEST_INVALID'],
    ['Bearer a;b', 'ERR_REQUEST_INVALID'],
    ['Bearer a%20b', 'ERR_REQUEST_INVALID'],
    ['Bearer a*b', 'ERR_REQUEST_INVALID'],
    ['Bearer é', 'ERR_REQUEST_INVALID'],
    // Signs that ignore case would take for a k and an s.
    ['Bearer \u212a', 'ERR_REQUEST_INVALID'],
    ['Bearer \u017f', 'ERR_REQUEST_INVALID'],
  ])('is not read from %j: %s', (authorization, code) => {
    expect(outcomeOf(() => readBy(authorization))).toBe(code)
  })

  test('is none where there is no header', () => {
    for (const request of [new Headers(), new Request('https://api.example/'), nodeRequest({})]) {
      expect(outcomeOf(() => bearerToken(request))).toBe('ERR_TOKEN_MISSING')
    }
  })

  test('is not told by what says that there is none', () => {
    for (const authorization of [`Basic ${TOKEN}`, `Bearer ${TOKEN},${TOKEN}`]) {
      expectSilence(thrownBy(() => readBy(authorization)).message, [authorization, TOKEN])
    }
  })

  test.each([
    ['one', [`Authorization: Bearer ${TOKEN}`], TOKEN],
    ['white space around it', [`Authorization:  \t Bearer ${TOKEN} \t `], TOKEN],
    ['two', ['Authorization: Bearer a', 'Authorization: Bearer b'], 'ERR_REQUEST_INVALID'],
    ['the same twice', ['Authorization: Bearer a', 'Authorization: Bearer a'], 'ERR_REQUEST_INVALID'],
    ['two of two schemes', ['Authorization: Bearer a', 'Authorization: Basic b'], 'ERR_REQUEST_INVALID'],
    ['two schemes the other way round', ['Authorization: Basic b', 'Authorization: Bearer a'], 'ERR_TOKEN_MISSING'],
    ['one and an empty one', ['Authorization: Bearer a', 'authorization:'], 'ERR_REQUEST_INVALID'],
    ['an empty one', ['Authorization:'], 'ERR_TOKEN_MISSING'],
    ['a scheme and no token', ['Authorization: Bearer'], 'ERR_REQUEST_INVALID'],
    ['none', [], 'ERR_TOKEN_MISSING'],
    ['one of another header', [`Proxy-Authorization: Bearer ${TOKEN}`], 'ERR_TOKEN_MISSING'],
    ['one of a name alike', [`X-Authorization: Bearer ${TOKEN}`, `Authorization_: Bearer b`], 'ERR_TOKEN_MISSING'],
    ['one in a cookie', [`Cookie: authorization=Bearer ${TOKEN}; access_token=${TOKEN}`], 'ERR_TOKEN_MISSING'],
  ])('is what node:http has received of %s', async (_, lines, outcome) => {
    expect(await received(lines, (request) => outcomeOf(() => bearerToken(request)))).toBe(outcome)
  })

  test('is never read from the query string or the body (RFC 6750 §2.2, §2.3)', async () => {
    const query = `?access_token=${TOKEN}&authorization=Bearer%20${TOKEN}&token=${TOKEN}`
    const body = new URLSearchParams({ access_token: TOKEN })
    const request = new Request(`https://api.example/${query}`, { method: 'POST', body })
    expect(outcomeOf(() => bearerToken(request))).toBe('ERR_TOKEN_MISSING')
    const line = `GET /${query} HTTP/1.1`
    const outcome = await received([], (request) => outcomeOf(() => bearerToken(request)), { line })
    expect(outcome).toBe('ERR_TOKEN_MISSING')
  })

  test('is not one that every object inherits', () => {
    const request = nodeRequest({})
    const outcome = polluted({ authorization: `Bearer ${TOKEN}` }, () => outcomeOf(() => bearerToken(request)))
    expect(outcome).toBe('ERR_TOKEN_MISSING')
  })

  test.each([
    ['spaces', `Bearer ${' '.repeat(MILLION)}`],
    ['spaces and what is no token', `Bearer ${' '.repeat(MILLION)},`],
    ['a token and a comma', `Bearer ${'a'.repeat(MILLION)},`],
    ['padding', `Bearer ${'='.repeat(MILLION)}`],
    ['a token with padding in it', `Bearer ${'a='.repeat(MILLION / 2)}`],
    ['padding and an end', `Bearer a${'='.repeat(MILLION)},`],
    ['schemes', 'Bearer '.repeat(MILLION / 7)],
  ])('is looked for once in a megabyte of %s', (_, authorization) => {
    expectSwift(() => expect(outcomeOf(() => readBy(authorization))).toBe('ERR_REQUEST_INVALID'))
  })
})

describe('a scope', () => {
  const key = generateSecret('HS256')
  const tokenWith = async (claims: JwtClaims): Promise<VerifiedJwt> => {
    const token = await sign({ ...claims }, key, { expiresIn: '1m' })
    return verify(token, key, { algorithms: ['HS256'], issuer: null, audience: null })
  }
  type Scopes = readonly [string, ...string[]]

  test.each<[unknown, Scopes]>([
    ['orders:read', ['orders:read']],
    ['orders:read orders:write', ['orders:read']],
    ['orders:read orders:write', ['orders:write']],
    ['orders:read orders:write', ['orders:write', 'orders:read']],
    ['  orders:read  ', ['orders:read']],
    ['a a', ['a']],
    ['!#$%&()*+,-./09:;<=>?@AZ[]^_`az{|}~', ['!#$%&()*+,-./09:;<=>?@AZ[]^_`az{|}~']],
  ])('of %j grants %j', async (scope, scopes) => {
    const verified = await tokenWith({ scope })
    expect(await verdictOf(() => requireScope(verified, ...scopes))).toBe('accepted')
  })

  test.each<[unknown, Scopes]>([
    ['orders:read', ['orders:write']],
    ['orders:read', ['orders']],
    ['orders', ['orders:read']],
    ['orders:read', ['orders:read', 'orders:write']],
    ['orders:read', ['ORDERS:READ']],
    ['orders:read,orders:write', ['orders:read']],
    ['orders:read\torders:write', ['orders:read']],
    ['orders:read\norders:write', ['orders:read']],
    ['orders:read\u00a0orders:write', ['orders:read']],
    ['*', ['orders:read']],
    ['', ['orders:read']],
    [undefined, ['orders:read']],
    [null, ['orders:read']],
    [['orders:read'], ['orders:read']],
    [{ 'orders:read': true, split: 1 }, ['orders:read']],
    [true, ['true']],
    [1, ['1']],
  ])('of %j does not grant %j', async (scope, scopes) => {
    const verified = await tokenWith(scope === undefined ? {} : { scope })
    const error = thrownBy(() => requireScope(verified, ...scopes))
    expect(error).toMatchObject({ name: 'JwtError', code: 'ERR_SCOPE', claim: 'scope' })
    expect(error.message).toBe(`the token lacks the scope "${scopes.at(-1)}"`)
  })

  test('is none of another claim, nor one that every object inherits', async () => {
    const verified = await tokenWith({ scp: 'orders:read', scopes: ['orders:read'] })
    expect(await verdictOf(() => requireScope(verified, 'orders:read'))).toBe('ERR_SCOPE')
    const error = polluted({ scope: 'orders:read' }, () => thrownBy(() => requireScope(verified, 'orders:read')))
    expect(error).toMatchObject({ code: 'ERR_SCOPE' })
  })

  test.each<[string, readonly unknown[]]>([
    ['none', []],
    ['an empty one', ['']],
    ['several in one text', ['orders:read orders:write']],
    ['several in an array', [['orders:read', 'orders:write']]],
    ['one with a quote', ['orders"read']],
    ['one with a backslash', ['orders\\read']],
    ['one that is not ASCII', ['órders']],
    ['one with a line break', ['orders\r\n']],
    ['the same twice', ['orders', 'orders']],
    ['undefined', [undefined]],
    ['a number', [1]],
  ])('that is asked for is not %s', async (_, scopes) => {
    const verified = await tokenWith({ scope: 'orders:read orders:write orders  undefined 1' })
    expectTypeError(() => requireScope(verified, ...(scopes as Scopes)), 'requireScope: scopes must be')
  })

  test('is read from a text or an array', () => {
    expect(readScopes('label', 'a')).toEqual(['a'])
    expect(readScopes('label', ['a', 'b'])).toEqual(['a', 'b'])
    expectTypeError(() => readScopes('label', 'a b'), 'label must be names of scopes')
    expectTypeError(() => readScopes('label', ['a', 'b c']), 'label must be names of scopes')
    expectTypeError(() => readScopes('label', ['a b', 'c']), 'label must be names of scopes')
    expectTypeError(() => readScopes('label', undefined), 'label must be a non-empty string')
  })
})
