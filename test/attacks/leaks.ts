// What is printed, and what is remembered.
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { createSigner, createVerifier, importPrivateKey, importPublicKey, importSecret, type Key } from 'tittle'
import { accepted, each, expecting, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  CLAIMS,
  forge,
  hs,
  issue,
  material,
  NOW,
  parties,
  policyFor,
  publicJwk,
  type Options,
  type Party,
} from './forge.ts'

/** Every form in which a value gets into a log. */
export function printed(value: unknown): string {
  const forms = [
    () => String(value),
    () => JSON.stringify(value),
    () => inspect(value, { depth: 9, showHidden: !(value instanceof Error), getters: true }),
    () => inspect({ ...(value as object) }, { depth: 9 }),
    () => inspect(structuredClone(value), { depth: 9 }),
    () => (value instanceof Error ? `${value.stack} ${value.cause}` : ''),
  ]
  const texts = forms.map((form) => {
    try {
      return form()
    } catch {
      return ''
    }
  })
  // The frames of a stack have the paths of files, and no data.
  return texts.join('\n').replaceAll(/^\s+at .*$/gm, '')
}

const SECRETS = [
  material.secret,
  CLAIMS.sub,
  ...Object.values(material).flatMap((entry) => (typeof entry === 'object' ? Object.values(entry) : [])),
].filter((text) => text.length > 12)

// A token begins so, and no word of a message is so long.
const TOKEN = /eyJ[\w-]{5}|[\w+/-]{60}/

/** What a printed text tells that it should not. */
export function leaksOf(text: string): string[] {
  const spelled = (secret: string) => [secret, Buffer.from(secret).toString('hex'), base64url(secret).slice(0, -1)]
  return [...SECRETS.flatMap(spelled).filter((secret) => text.includes(secret)), ...(TOKEN.exec(text) ?? [])]
}

const pem = `-----BEGIN PRIVATE KEY-----\n${base64url(material.secret)}\n-----END PRIVATE KEY-----`

const keys = (): { readonly [what: string]: Key } => ({
  'a secret': importSecret(material.secret, 'HS256', { kid: 'k1' }),
  'an oct JWK': importSecret({ kty: 'oct', k: base64url(material.secret) }, 'HS256', { kid: 'k1' }),
  'an RSA public key': importPublicKey(publicJwk(material.rsa), 'RS256', { kid: 'k1' }),
  'an RSA private key': importPrivateKey(material.rsa, 'RS256', { kid: 'k1' }),
  'an EC public key': importPublicKey(publicJwk(material.p256), 'ES256', { kid: 'k1' }),
  'an EC private key': importPrivateKey(material.p256, 'ES256', { kid: 'k1' }),
})

const noLeak = (value: unknown) => assert.deepEqual(leaksOf(printed(value)), [])

/** The keys of the attacker. */
const others: { readonly [alg: string]: Key } = {
  HS256: importSecret(material.secretOfAttacker, 'HS256'),
  RS256: importPublicKey(publicJwk(material.rsaOfAttacker), 'RS256'),
  ES256: importPublicKey(publicJwk(material.p256OfAttacker), 'ES256'),
}

/** A verifier of a party that has seen a good token, and one that has not, must say the same of others. */
function* warmAttempts(party: Party, always: Options = {}): Generator<Attempt> {
  const good = issue(party, {}, { typ: 'JWT' })
  const [header = '', payload = '', signature = ''] = good.split('.')
  const warm = (policy: Options = {}, keys: unknown = party.key) => {
    const { verify } = createVerifier(keys as never, { ...policyFor(party), ...always, ...policy } as never)
    return async (token: string) => {
      await verify(good)
      await verify(good)
      return verify(token)
    }
  }
  const other = base64url({ ...CLAIMS, sub: 'mallory' })
  yield* accepted({
    [`${party.alg}, the same token again`]: () => warm()(good),
    'another token of the same header': () => warm()(issue(party, { sub: 'bob' }, { typ: 'JWT' })),
    'more headers than anybody remembers': async () => {
      const verify = warm()
      for (let kid = 0; kid < 120; kid++) await verify(issue(party, {}, { kid: `${kid}` }))
    },
    'a header that its reader has changed': async () => {
      const { verify } = createVerifier(party.key, { ...policyFor(party), ...always } as never)
      const token = issue(party, {}, { typ: 'JWT', list: [1], x: { y: 1 } })
      const first = (await verify(token)).header as { typ?: string; list?: unknown[]; x?: { y: number } }
      Object.assign(first, { typ: 'at+jwt', alg: 'none', crit: ['x'] })
      first.list?.push(2)
      Object.assign(first.x ?? {}, { y: 2 })
      assert.deepEqual((await verify(token)).header, { alg: party.alg, typ: 'JWT', list: [1], x: { y: 1 } })
    },
    'a plain header that its reader has changed': async () => {
      const { verify } = createVerifier(party.key, { ...policyFor(party), ...always } as never)
      for (const _ of 'twice') {
        const { header } = await verify(good)
        assert.deepEqual(header, { alg: party.alg, typ: 'JWT' })
        Object.assign(header, { typ: 'at+jwt', alg: 'none', kid: 'k1' })
      }
    },
    'claims that their reader has changed': async () => {
      const { verify } = createVerifier(party.key, { ...policyFor(party), ...always } as never)
      Object.assign((await verify(good)).claims, { sub: 'mallory', exp: 0 })
      assert.deepEqual((await verify(good)).claims, CLAIMS)
    },
  })
  yield* expecting('ERR_SIGNATURE', {
    'another payload with the header and the signature of a good token': () =>
      warm()(`${header}.${other}.${signature}`),
    'a forged token with the header of a good one': () =>
      warm()(issue({ ...party, sign: party.attacker }, {}, { typ: 'JWT' })),
    'no signature': () => warm()(`${header}.${payload}.`),
    'a good token whose key has been replaced': () => {
      let calls = 0
      return warm({}, () => (calls++ < 2 ? party.key : others[party.alg]))(good)
    },
  })
  yield* expecting('ERR_TOKEN_MALFORMED', {
    'the header of a good token with padding': () => warm()(`${header}=.${payload}.${signature}`),
    'a good token with a fourth segment': () => warm()(`${good}.${signature}`),
  })
  yield* expecting('ERR_HEADER_TYPE', { 'another typ': () => warm()(issue(party, {}, { typ: 'at+jwt' })) })
  yield* expecting('ERR_HEADER_CRITICAL', {
    'a critical extension': () => warm()(issue(party, {}, { typ: 'JWT', crit: ['x'], x: 1 })),
  })
  yield* expecting('ERR_EXPIRED', {
    'a good token, later': () => {
      let calls = 0
      return warm({ now: () => (calls++ < 2 ? NOW : CLAIMS.exp) })(good)
    },
  })
  yield* expecting('ERR_TOO_OLD', {
    'a good token past its greatest age': () => {
      let calls = 0
      return warm({ maxAge: 60, now: () => (calls++ < 2 ? NOW : NOW + 61) })(good)
    },
  })
  yield* expecting('ERR_KEY_NOT_FOUND', {
    'a good token whose key has been removed': () => {
      let calls = 0
      return warm({}, () => (calls++ < 2 ? party.key : undefined))(good)
    },
  })
}

export const leaks: readonly AttackClass[] = [
  {
    name: 'a key prints as its name, and so does whatever holds it (CVE-2019-7644)',
    attempts: () => [
      ...accepted({
        'material, which this suite would notice': () => {
          assert.notDeepEqual(leaksOf(printed({ k: material.secret })), [])
          assert.notDeepEqual(leaksOf(printed(material.rsa)), [])
          assert.notDeepEqual(leaksOf(printed(new Error(material.p256.d))), [])
          assert.notDeepEqual(leaksOf(printed([[Buffer.from(material.secret).toString('hex')]])), [])
          assert.notDeepEqual(leaksOf(printed(issue(hs))), [])
        },
      }),
      ...Object.entries(keys()).flatMap(([what, key]) =>
        accepted({
          [what]: () => {
            noLeak(key)
            assert.equal(`${key}`, `Key { alg: ${key.alg}, kid: k1, role: ${key.role} }`)
            assert.equal(inspect(key), `Key { alg: '${key.alg}', kid: 'k1', role: '${key.role}' }`)
            assert.deepEqual(JSON.parse(JSON.stringify(key)), { alg: key.alg, kid: 'k1', role: key.role })
          },
          ...(key.role !== 'private' && {
            [`a verifier of ${what}`]: () =>
              noLeak(createVerifier(key as never, { algorithms: [key.alg], issuer: null, audience: null } as never)),
          }),
          ...(key.role !== 'public' && {
            [`a signer of ${what}`]: () => noLeak(createSigner(key as never, { expiresIn: 60 })),
          }),
        }),
      ),
    ],
  },
  {
    name: 'no error tells the signature that would have been right (CVE-2019-7644)',
    attempts: () =>
      parties.flatMap((party) => {
        const token = issue(party)
        const [header, payload, signature = ''] = token.split('.')
        const { verify, check } = createVerifier(party.key, policyFor(party) as never)
        return [
          ...accepted({
            [`the right one for ${party.alg}`]: () => verify(token),
            'what is printed of the error': async () => {
              const result = await check(
                `${header}.${payload}.${base64url(Buffer.from(signature, 'base64url').reverse())}`,
              )
              assert.equal(result.ok, false)
              const text = printed(result.ok || result.error)
              for (const form of [signature, Buffer.from(signature, 'base64url').toString('hex')])
                assert.equal(text.includes(form.slice(0, 20)), false)
            },
          }),
          ...expecting('ERR_SIGNATURE', {
            'a wrong one': () => verify(`${header}.${payload}.${signature.slice(4)}AAAA`),
          }),
        ]
      }),
  },
  {
    // What the errors of all other classes tell is looked at too, wherever they are thrown.
    name: 'no error tells a token, a claim or a key (CVE-2019-7644, hono)',
    attempts: () => [
      ...accepted({ 'a token': () => createVerifier(hs.key, policyFor(hs) as never).verify(issue(hs)) }),
      ...each('of a claim', ['iss', 'aud'], 'ERR_CLAIM_VALUE', (claim) =>
        createVerifier(hs.key, policyFor(hs) as never).verify(issue(hs, { [claim]: CLAIMS.sub })),
      ),
      ...each('of a claim', ['exp', 'nbf', 'iat'], 'ERR_CLAIM_TYPE', (claim) =>
        createVerifier(hs.key, policyFor(hs) as never).verify(issue(hs, { [claim]: CLAIMS.sub })),
      ),
      ...Object.entries({ alg: 'ERR_ALGORITHM', typ: 'ERR_HEADER_TYPE', crit: 'ERR_HEADER_CRITICAL' } as const).map(
        ([name, code]): Attempt => [
          `of the header parameter ${name}`,
          code,
          () => createVerifier(hs.key, policyFor(hs) as never).verify(issue(hs, {}, { [name]: CLAIMS.sub })),
        ],
      ),
      ...expecting('ERR_TOKEN_MALFORMED', {
        'of a payload that is no JSON': () =>
          createVerifier(hs.key, policyFor(hs) as never).verify(
            forge({ alg: 'HS256' }, `{"sub":"${CLAIMS.sub}"`, hs.sign),
          ),
      }),
      ...expecting('TypeError', {
        'of a secret in the place of the algorithm': () => importSecret('HS256', material.secret as 'HS256'),
        'of a secret in the place of the options': () => importSecret('HS256', 'HS256', material.secret as never),
        'of a secret in the place of a key': () => createVerifier(material.secret as never, policyFor(hs) as never),
        'of a secret in the place of a policy': () => createVerifier(hs.key, material.secret as never),
        'of a secret in the place of an allowlist': () =>
          createVerifier(hs.key, { ...policyFor(hs), algorithms: [material.secret] } as never),
        'of a secret in another encoding': () => importSecret(material.secret, 'HS256', { encoding: 'hex' }),
        'of a secret in no encoding': () =>
          importSecret(material.secret, 'HS256', { encoding: material.secret as 'hex' }),
        'of a secret that is too short': () => importSecret(material.secret.slice(0, 20), 'HS256'),
        'of a PEM as a secret': () => importSecret(pem, 'HS256'),
        'of a private PEM as a public key': () => importPublicKey(pem, 'RS256'),
        'of a PEM that is broken': () => createSigner(importPrivateKey(pem, 'RS256'), { expiresIn: 60 }).sign({}),
        'of a secret as a PEM': () => importPrivateKey(material.secret, 'RS256'),
        'of a private JWK as a public key': () => importPublicKey(material.rsa, 'RS256'),
        'of a private JWK of another type': () => importPrivateKey(material.rsa, 'ES256'),
        'of a private JWK whose members are exchanged': () =>
          importPrivateKey({ ...material.p256, crv: material.p256.d, kty: material.p256.d }, 'ES256'),
        'of a private JWK whose curve is exchanged': () =>
          importPrivateKey({ ...material.p256, crv: material.p256.d }, 'ES256'),
        'of a private JWK whose alg is exchanged': () =>
          importPrivateKey({ ...material.p256, alg: material.p256.d } as never),
        'of a JWK with the wrong kid': () =>
          importPrivateKey({ ...material.p256, kid: [material.p256.d] } as never, 'ES256'),
      }),
    ],
  },
  {
    name: 'a verifier that has seen a good token takes no other for it (CVE-2025-59936, CVE-2026-35039, GHSA-rp9m-7r4c-75qg)',
    attempts: () => parties.flatMap((party) => [...warmAttempts(party)]),
  },
  {
    name: 'a verifier that remembers tokens remembers none past its time, and takes no other for it (CVE-2026-35039, GHSA-rp9m-7r4c-75qg, fast-jwt cache)',
    attempts: () =>
      parties
        .filter(({ alg }) => alg !== 'HS256')
        .flatMap((party) => [1, 100].flatMap((max) => [...warmAttempts(party, { memo: { max } })])),
  },
]
