import { expect, test } from 'vitest'
import { keys } from '../../setup/keys.ts'
import { folderOf, privateJwk, publicJwk, run } from '../terminal.ts'

// RFC 8037 appendix A.3, RFC 9278 §3.
const ed25519 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const digest = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'

test.each<[string[], string | RegExp]>([
  [[], digest],
  [['--hash', 'SHA-256'], digest],
  [['--uri'], `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${digest}`],
  [['--hash', 'SHA-512'], /^[\w-]{86}$/],
  [['--uri', '--hash', 'SHA-384'], /^urn:ietf:params:oauth:jwk-thumbprint:sha-384:[\w-]{64}$/],
])('the thumbprint by %j', async (args, expected) => {
  const { status, out } = await run(['thumbprint', '-', ...args], { stdin: JSON.stringify(ed25519) })
  expect(status).toBe(0)
  expect(out.trimEnd()).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
})

test('both halves have the same, and their algorithm does not matter', async () => {
  const path = folderOf({ private: privateJwk, public: publicJwk })
  const { out } = await run(['thumbprint', path('private')])
  expect((await run(['thumbprint', path('public')])).out).toBe(out)
})

test('a JWK Set of two keys has none', async () => {
  const set = JSON.stringify({ keys: [ed25519, keys.p256.publicJwk] })
  expect(await run(['thumbprint', '-'], { stdin: set })).toMatchObject({
    status: 2,
    out: '',
    err: 'tittle thumbprint: the key holds several keys; give it a file with one\n',
  })
})

test.each([
  [['--hash', 'sha256'], 'tittle thumbprint: --hash has no such value; did you mean SHA-256?\n'],
  [[], 'tittle thumbprint: the key: no key was found'],
])('%j ends with 2', async (args, message) => {
  const { status, err } = await run(['thumbprint', '-', ...args], { stdin: 'no key' })
  expect(status).toBe(2)
  expect(err).toContain(message)
})
