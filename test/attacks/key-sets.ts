// Key sets that an attacker floods, misdirects or outlives.
import assert from 'node:assert/strict'
import type { JsonWebKey } from 'node:crypto'
import { createVerifier } from 'tittle'
import { createKeySet, createRemoteKeySet, type KeySetEvent, type RemoteKeySetOptions } from 'tittle/jwks'
import { accepted, each, expecting, type AttackClass } from './attack.ts'
import { es, es256, issue, material, NOW, openWith, POLICY, privateOf, publicJwk, type Party } from './forge.ts'

const URL = 'https://issuer.example/jwks.json'
const policy = { ...POLICY, algorithms: ['ES256'] as const }

const mallory: Party = { ...es, sign: es256(privateOf(material.p256OfAttacker)) }

const named = (kid: string, jwk: JsonWebKey = material.p256) => ({ ...publicJwk(jwk), kid, alg: 'ES256' })
const setOf = (...keys: readonly object[]) => JSON.stringify({ keys })
const by = (party: Party, kid?: string): string => issue(party, {}, kid === undefined ? {} : { kid })

interface Reply {
  readonly status?: number
  readonly type?: string
  readonly body?: string
  readonly headers?: { readonly [name: string]: string }
}

const respond = ({ status = 200, type = 'application/json', body = '', headers = {} }: Reply): Response =>
  new Response(status === 304 ? null : body, { status, headers: { 'content-type': type, ...headers } })

/** A remote set whose server and clock are the test's, and how often the server was asked. */
function remote(reply: () => Reply | Promise<Reply>, options: RemoteKeySetOptions = {}, url = URL) {
  const asked: string[] = []
  const events: KeySetEvent['type'][] = []
  const clock = { time: NOW }
  const set = createRemoteKeySet(url, {
    fetch: async (address) => {
      asked.push(address)
      return respond(await reply())
    },
    now: () => clock.time,
    onEvent: ({ type }) => void events.push(type),
    ...options,
  })
  const { verify } = createVerifier(set, { ...policy, now: () => NOW })
  const codeOf = (token: string): Promise<string> =>
    verify(token).then(
      () => 'accepted',
      (error) => error.code,
    )
  return { set, verify, codeOf, asked, events, clock }
}

const good = () => ({ body: setOf(named('a')) })

const ADDRESSES = [
  'file:///etc/passwd',
  'ftp://issuer.example/jwks.json',
  'data:application/json,{"keys":[]}',
  'http://issuer.example/jwks.json',
  'http://127.0.0.1.attacker.example/jwks.json',
  'http://localhost.attacker.example/',
  'http://169.254.169.254/latest/meta-data/',
  'https://user:password@issuer.example/jwks.json',
  'https://issuer.example@attacker.example:80:80/',
  'javascript:alert(1)',
  'blob:https://issuer.example/x',
  '//issuer.example/jwks.json',
  '/jwks.json',
  '',
]

const NO_SETS: { readonly [what: string]: Reply } = {
  'a page': { type: 'text/html', body: setOf(named('a')) },
  'no JSON': { body: 'keys' },
  'an array': { body: '[]' },
  'an object without keys': { body: '{}' },
  'keys that are no array': { body: '{"keys":{}}' },
  'keys said twice': { body: `{"keys":[],${setOf(named('a')).slice(1)}` },
  'a private key among the others': { body: setOf(named('a'), { ...material.p256, kid: 'b' }) },
  'a secret among the others': { body: setOf(named('a'), { kty: 'oct', k: 'AAAA', kid: 'b' }) },
  '10,000 keys': { body: setOf(...Array.from({ length: 10_000 }, (_, kid) => ({ kty: 'EC', kid: `${kid}` }))) },
  '10 MB': { body: `{"keys":[],"x":"${'x'.repeat(10_000_000)}"}` },
  'arrays in one another': { body: `{"keys":${'['.repeat(1000)}${']'.repeat(1000)}}` },
}

const floods = (count: number) => Array.from({ length: count }, (_, index) => by(es, `unknown ${index}`))

export const keySets: readonly AttackClass[] = [
  {
    name: 'a key set comes by https from the address it was given, and from nowhere else (CVE-2024-21643, CVE-2026-48522)',
    attempts: () => [
      ...each('the address', [URL, 'http://127.0.0.1/jwks.json', 'http://localhost:3000/'], 'accepted', async (url) => {
        const { verify, asked } = remote(good, {}, url)
        await verify(by(es, 'a'))
        assert.deepEqual(asked, [url])
      }),
      ...accepted({
        'a token that names another address': async () => {
          const { codeOf, asked } = remote(good)
          const header = { kid: 'a', jku: 'https://attacker.example/', x5u: 'file:///etc/passwd' }
          assert.equal(await codeOf(issue(es, {}, header)), 'accepted')
          assert.equal(await codeOf(issue(mallory, {}, header)), 'ERR_SIGNATURE')
          assert.deepEqual(asked, [URL])
        },
      }),
      ...each('the address', ADDRESSES, 'TypeError', (url) => remote(good, {}, url)),
      ...each('a redirect with status', [300, 301, 302, 303, 307, 308], 'ERR_KEYSET_UNAVAILABLE', (status) =>
        remote(() => ({ ...good(), status, headers: { location: 'https://attacker.example/' } })).verify(by(es, 'a')),
      ),
    ],
  },
  {
    name: 'an answer that is no key set of public keys gives none (CVE-2026-48522, aws-jwt-verify)',
    attempts: () => [
      ...accepted({ 'a key set': () => remote(good).verify(by(es, 'a')) }),
      ...Object.entries(NO_SETS).flatMap(([what, reply]) =>
        expecting('ERR_KEYSET_INVALID', { [what]: () => remote(() => reply).verify(by(es, 'a')) }),
      ),
      ...each('the status', [201, 400, 401, 404, 429, 500, 503], 'ERR_KEYSET_UNAVAILABLE', (status) =>
        remote(() => ({ ...good(), status })).verify(by(es, 'a')),
      ),
      ...expecting('TypeError', {
        'a private key in a set at hand': () => createKeySet({ keys: [{ ...material.p256, kid: 'a' }] }),
        'a secret in a set at hand': () => createKeySet({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'a' }] }),
      }),
    ],
  },
  {
    name: 'a flood of unknown kids fetches once in a cooldown, and known keys do not wait for it (CVE-2026-48524, hono)',
    attempts: () => [
      ...accepted({
        'a thousand kids, one fetch more': async () => {
          const { verify, codeOf, asked, clock } = remote(good)
          await verify(by(es, 'a'))
          clock.time += 31
          const codes = new Set<string>()
          for (const token of floods(1000)) codes.add(await codeOf(token))
          assert.deepEqual([...codes], ['ERR_KEY_NOT_FOUND'])
          assert.equal(asked.length, 2)
          await verify(by(es, 'a'))
          assert.equal(asked.length, 2)
        },
        'a thousand kids at once, one fetch': async () => {
          const { codeOf, asked } = remote(good)
          await Promise.all(floods(1000).map(codeOf))
          assert.equal(asked.length, 1)
        },
        'twenty known tokens, one fetch': async () => {
          const { verify, asked } = remote(good)
          for (let turn = 0; turn < 20; turn++) await verify(by(es, 'a'))
          assert.equal(asked.length, 1)
        },
        'a rotation in the midst of a flood': async () => {
          let body = setOf(named('a'))
          const { verify, codeOf, clock } = remote(() => ({ body }))
          await verify(by(es, 'a'))
          for (const token of floods(50)) await codeOf(token)
          body = setOf(named('b', material.p256OfAttacker))
          clock.time += 31
          for (const token of floods(50)) await codeOf(token)
          await verify(by(mallory, 'b'))
          assert.equal(await codeOf(by(es, 'a')), 'ERR_KEY_NOT_FOUND')
        },
      }),
      ...expecting('ERR_KEY_NOT_FOUND', { 'a kid that nobody has': () => remote(good).verify(by(es, 'b')) }),
    ],
  },
  {
    name: 'a server that fails is not asked again for each token (CVE-2026-48524, jose)',
    attempts: () => [
      ...accepted({
        'twenty tokens, one fetch': async () => {
          const { codeOf, asked } = remote(() => ({ status: 503 }))
          for (let turn = 0; turn < 20; turn++) assert.equal(await codeOf(by(es, 'a')), 'ERR_KEYSET_UNAVAILABLE')
          assert.equal(asked.length, 1)
        },
        'tokens that are known, while it fails': async () => {
          let reply: Reply = good()
          const { verify, clock, events } = remote(() => reply)
          await verify(by(es, 'a'))
          reply = { status: 503 }
          clock.time += 700
          await verify(by(es, 'a'))
          assert.ok(events.includes('stale'))
        },
      }),
      ...expecting('ERR_KEYSET_UNAVAILABLE', {
        'a server that is not there': () =>
          remote(good, { fetch: () => Promise.reject(new Error('no such host')) }).verify(by(es, 'a')),
        'a server that has failed for too long': async () => {
          let reply: Reply = good()
          const { verify, clock } = remote(() => reply)
          await verify(by(es, 'a'))
          reply = { status: 503 }
          clock.time += 600 + 3601
          return verify(by(es, 'a'))
        },
      }),
    ],
  },
  {
    name: 'a key that was replaced or removed verifies no more, and an older answer overwrites no newer one (aws-jwt-verify)',
    attempts: () => [
      ...accepted({
        'another key by the same kid': async () => {
          let body = setOf(named('a'))
          const { set, codeOf } = remote(() => ({ body }))
          assert.deepEqual([await codeOf(by(es, 'a')), await codeOf(by(mallory, 'a'))], ['accepted', 'ERR_SIGNATURE'])
          body = setOf(named('a', material.p256OfAttacker))
          await set.refresh()
          assert.deepEqual([await codeOf(by(es, 'a')), await codeOf(by(mallory, 'a'))], ['ERR_SIGNATURE', 'accepted'])
        },
        'two refreshes at once, one fetch': async () => {
          const { set, asked } = remote(good)
          await Promise.all([set.refresh(), set.refresh()])
          assert.equal(asked.length, 1)
        },
      }),
      ...expecting('ERR_KEY_NOT_FOUND', {
        'a key that was removed': async () => {
          let body = setOf(named('a'), named('b', material.p256OfAttacker))
          const { set, verify } = remote(() => ({ body }))
          await verify(by(es, 'a'))
          body = setOf(named('b', material.p256OfAttacker))
          await set.refresh()
          return verify(by(es, 'a'))
        },
      }),
    ],
  },
  {
    name: 'the sets of two issuers keep apart, whatever their names hold (CVE-2025-59936)',
    attempts: () =>
      ['https://a.example/x', 'https://a.example/x:a', 'https://a.example/x?kid=a', 'https://a.example/%78'].flatMap(
        (url) => {
          const [first, second] = [
            remote(good, {}, 'https://a.example/x/'),
            remote(() => ({ body: setOf(named('a', material.p256OfAttacker)) }), {}, url),
          ]
          const open = async (set: typeof first, token: string) => {
            await Promise.all([first.set.preload(), second.set.preload()])
            return set.verify(token)
          }
          return [
            ...accepted({
              [`the key of the one, beside ${url}`]: () => open(first, by(es, 'a')),
              [`the key of ${url}`]: () => open(second, by(mallory, 'a')),
            }),
            ...expecting('ERR_SIGNATURE', {
              [`a token of the one under the set of ${url}`]: () => open(second, by(es, 'a')),
              [`a token of ${url} under the set of the other`]: () => open(first, by(mallory, 'a')),
            }),
          ]
        },
      ),
  },
  {
    name: 'keys that share a kid or have none are told apart by trying, and by no more than four (Wycheproof json_web_key)',
    attempts: () => {
      const [right, wrong] = [named('a'), named('a', material.p256OfAttacker)]
      const { kid: _, ...unnamed } = right
      const { kid: __, ...other } = wrong
      const run = (keys: readonly object[], token: string) => openWith(token, createKeySet({ keys } as never), policy)
      return [
        ...accepted({
          'the second of two by one kid': () => run([wrong, right], by(es, 'a')),
          'a key without a kid': () => run([other, unnamed], by(es, 'a')),
          'a token without a kid': () => run([wrong, right], by(es)),
          'a key among those of other types and uses': () =>
            run([{ ...right, use: 'enc' }, { kty: 'XX', kid: 'a' }, publicJwk(material.rsa), right], by(es, 'a')),
        }),
        ...expecting('ERR_SIGNATURE', { 'a forgery': () => run([right, unnamed], by(mallory, 'a')) }),
        ...expecting('ERR_KEY_NOT_FOUND', {
          'another kid': () => run([right, wrong], by(es, 'A')),
          'a set of none': () => run([], by(es, 'a')),
          'a key for encryption': () => run([{ ...right, use: 'enc' }], by(es, 'a')),
          'a key that may only sign': () => run([{ ...right, key_ops: ['sign'] }], by(es, 'a')),
          'a key for another algorithm': () => run([{ ...right, alg: 'ES384' }], by(es, 'a')),
          'a key on another curve': () => run([{ ...publicJwk(material.p384), kid: 'a' }], by(es, 'a')),
        }),
        ...expecting('ERR_KEY_AMBIGUOUS', { 'five that fit': () => run([right, wrong, other, right, wrong], by(es)) }),
      ]
    },
  },
]
