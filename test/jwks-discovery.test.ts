import { describe, expect, test } from 'vitest'
import { verify } from 'tittle'
import { discoverKeySet, type RemoteKeySetOptions } from 'tittle/jwks'
import { EventLog, makeKey, policyBy, startServer, TestClock, tokenOf, type KeyServer } from './setup/key-server.ts'
import { verdictOf } from './setup/tokens.ts'

const a = await makeKey('a')
const token = await tokenOf(a)
const clock = new TestClock()
const configuration = '/.well-known/openid-configuration'
const down = { status: 503 }

/** An issuer whose configuration has these members, and what a verification by it says. */
async function issuer(document: (server: KeyServer) => object, path = '') {
  const server = await startServer()
  server.respond = (request) =>
    request.path === `${path.replace(/\/$/, '')}${configuration}`
      ? { body: document(server) }
      : { body: { keys: [a.jwk] } }
  const verdict = (options: RemoteKeySetOptions = {}) => {
    const set = discoverKeySet(server.origin + path, { now: clock.now, ...options })
    return verdictOf(() => verify(token, set, policyBy(clock)))
  }
  return { server, verdict }
}

test.each([
  ['https://keys.example/jwks.json', 'accepted'],
  ['https://issuer.example/https:', 'accepted'],
  ['http://127.0.0.1/jwks.json', 'ERR_KEYSET_INVALID'],
])('an https issuer may send to https alone, not to http, be it on loopback (%s)', async (uri, verdict) => {
  const asked: string[] = []
  const fetch = async (url: string): Promise<Response> => {
    asked.push(url)
    const found = url.endsWith(configuration)
    const document = found ? { issuer: 'https://issuer.example', jwks_uri: uri } : { keys: [a.jwk] }
    return Response.json(document)
  }
  const set = discoverKeySet('https://issuer.example', { now: clock.now, fetch })
  expect(await verdictOf(() => verify(token, set, policyBy(clock)))).toBe(verdict)
  const found = `https://issuer.example${configuration}`
  expect(asked).toEqual(verdict === 'accepted' ? [found, uri] : [found])
  if (verdict !== 'accepted') await expect(set.refresh()).rejects.toThrow('the "jwks_uri" must be an https URL')
})

describe('the key set of an issuer', () => {
  test.each(['', '/', '/tenant', '/tenant/', '/a/b'])('is found by its configuration (%j)', async (path) => {
    const { server, verdict } = await issuer(({ origin, url }) => ({ issuer: origin + path, jwks_uri: url }), path)
    expect(await verdict()).toBe('accepted')
    expect(server.requests).toEqual([`${path.replace(/\/$/, '')}${configuration}`, '/jwks.json'])
  })

  test('is looked for when it is first wanted, once, and anew after a failure', async () => {
    const { server } = await issuer(({ origin, url }) => ({ issuer: origin, jwks_uri: url }))
    const time = new TestClock()
    const log = new EventLog()
    const set = discoverKeySet(server.origin, { now: time.now, onEvent: log.add })
    expect(server.requests).toEqual([])
    await Promise.all([set.preload(), verify(token, set, policyBy(time)), set.preload()])
    await set.refresh()
    expect(server.requests).toEqual([configuration, '/jwks.json', '/jwks.json'])
    const { respond } = server
    server.respond = () => down
    await expect(set.refresh()).rejects.toMatchObject({ code: 'ERR_KEYSET_UNAVAILABLE' })
    server.respond = (request) =>
      request.path === configuration
        ? { body: { issuer: server.origin, jwks_uri: `${server.origin}/moved.json` } }
        : respond(request)
    await set.refresh()
    expect(server.requests.slice(4)).toEqual([configuration, '/moved.json'])
    expect(log.types).toEqual(['fetched', 'fetched', 'failed', 'fetched'])
  })

  test.each<[string, (server: KeyServer) => object]>([
    ['another issuer', ({ url }) => ({ issuer: 'https://other.example', jwks_uri: url })],
    ['the issuer with a slash', ({ origin, url }) => ({ issuer: `${origin}/`, jwks_uri: url })],
    ['the issuer in capitals', ({ origin, url }) => ({ issuer: origin.toUpperCase(), jwks_uri: url })],
    ['an issuer in an array', ({ origin, url }) => ({ issuer: [origin], jwks_uri: url })],
    ['no issuer', ({ url }) => ({ jwks_uri: url })],
    ['no jwks_uri', ({ origin }) => ({ issuer: origin })],
    ['an http jwks_uri', ({ origin }) => ({ issuer: origin, jwks_uri: 'http://issuer.example/jwks.json' })],
    ['a jwks_uri with credentials', ({ origin }) => ({ issuer: origin, jwks_uri: 'https://a:b@issuer.example/' })],
    ['a relative jwks_uri', ({ origin }) => ({ issuer: origin, jwks_uri: '/jwks.json' })],
    ['a jwks_uri that is a file', ({ origin }) => ({ issuer: origin, jwks_uri: 'file:///jwks.json' })],
    ['a jwks_uri that is null', ({ origin }) => ({ issuer: origin, jwks_uri: null })],
    ['a jwks_uri in an object', ({ origin, url }) => ({ issuer: origin, jwks_uri: { href: url } })],
    ['a jwks_uri in an array', ({ origin, url }) => ({ issuer: origin, jwks_uri: [url] })],
  ])('is not found by a configuration of %s', async (_, document) => {
    const { server, verdict } = await issuer(document)
    expect(await verdict()).toBe('ERR_KEYSET_INVALID')
    expect(server.requests).toEqual([configuration])
  })

  test.each<[string, (server: KeyServer) => object]>([
    ['the configuration is that of another issuer than the one that was asked for', ({ url }) => ({ jwks_uri: url })],
    ['the "jwks_uri" of the configuration must be an absolute URL', ({ origin }) => ({ issuer: origin })],
  ])('is not found, and the refusal says why: %s', async (message, document) => {
    const { server } = await issuer(document)
    const run = verify(token, discoverKeySet(server.origin, { now: clock.now }), policyBy(clock))
    await expect(run).rejects.toMatchObject({ code: 'ERR_KEYSET_INVALID', message })
  })

  test('is asked for at another address without the ETag of the old one', async () => {
    const tags: unknown[] = []
    const server = await startServer()
    const path = () => `/${tags.length}.json`
    server.respond = (request) => {
      if (request.path === configuration) return { body: { issuer: server.origin, jwks_uri: server.origin + path() } }
      tags.push(request.headers['if-none-match'])
      return tags.length === 2 ? down : { body: { keys: [a.jwk] }, headers: { etag: '"1"' } }
    }
    const set = discoverKeySet(server.origin, { now: clock.now })
    await set.preload()
    await expect(set.refresh()).rejects.toMatchObject({ code: 'ERR_KEYSET_UNAVAILABLE' })
    await set.refresh()
    expect(server.requests).toEqual([configuration, '/0.json', '/0.json', configuration, '/2.json'])
    expect(tags).toEqual([undefined, '"1"', undefined])
  })

  test('is not found behind a redirect', async () => {
    const { server, verdict } = await issuer(() => ({}))
    server.respond = ({ path }) => ({ status: 302, headers: { location: path } })
    expect(await verdict()).toBe('ERR_KEYSET_UNAVAILABLE')
    expect(server.requests).toHaveLength(1)
  })

  test('is not there while the issuer is away', async () => {
    const { server, verdict } = await issuer(() => ({}))
    server.respond = () => down
    expect(await verdict()).toBe('ERR_KEYSET_UNAVAILABLE')
    server.respond = () => ({ body: '[]' })
    expect(await verdict()).toBe('ERR_KEYSET_INVALID')
  })
})

describe('a mistake in the program is a TypeError at once', () => {
  test.each([
    ['http://issuer.example', 'must be an https URL'],
    ['https://a:b@issuer.example', 'must not hold credentials'],
    ['issuer.example', 'must be an absolute URL'],
    [undefined, 'must be an absolute URL'],
    [new URL('https://issuer.example'), 'must be a string without a query or a fragment'],
    ['https://issuer.example?tenant=1', 'must be a string without a query or a fragment'],
    ['https://issuer.example/#tenant', 'must be a string without a query or a fragment'],
  ])('as the issuer %s', (issuer, words) => {
    expect(() => discoverKeySet(issuer as string)).toThrow(TypeError)
    expect(() => discoverKeySet(issuer as string)).toThrow(`discoverKeySet: the issuer ${words}`)
  })

  test('as an option that there is not', () => {
    expect(() => discoverKeySet('https://issuer.example', { jwksUri: '' } as never)).toThrow(
      'discoverKeySet: there is no option "jwksUri"',
    )
  })
})
