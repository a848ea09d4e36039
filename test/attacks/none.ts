// Tokens that are not signed at all, and keys that are no keys.
import assert from 'node:assert/strict'
import { createVerifier, importPrivateKey, importPublicKey, importSecret } from 'tittle'
import { decode } from 'tittle/decode'
import { accepted, each, expecting, product, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  CLAIMS,
  hs256,
  issue,
  open,
  openJws,
  openWith,
  parties,
  policyFor,
  seal,
  type Party,
} from './forge.ts'

const NAMES = ['none', 'None', 'NONE', 'nOnE', 'nonE', ' none', 'none ', 'none\0', 'ｎｏｎｅ', '', 'null', 'undefined']
const UNKNOWN = [
  'FOO256',
  'HS256 ',
  'hs256',
  'HS-256',
  'HS384',
  'RS1',
  'PS256',
  'EdDSA',
  'dir',
  '__proto__',
  'constructor',
]
const NO_NAMES = [null, undefined, ['none'], ['HS256'], {}, { name: 'HS256' }, true, 0, 256]

const EMPTY = ['', 0, false, null, undefined, {}, [], [''], [null], [undefined], new Uint8Array(0), Buffer.alloc(0)]

/** The unsigned token of an algorithm, with each signature that a verifier has taken for one. */
function unsigned(alg: unknown, party: Party): { readonly [signature: string]: string } {
  const input = `${base64url({ alg })}.${base64url(CLAIMS)}`
  return {
    'no signature': `${input}.`,
    'a junk signature': `${input}.AA`,
    'a signature of zeros': `${input}.${'A'.repeat(43)}`,
    'the signature of the empty secret': seal(input, hs256('')),
    "the issuer's own signature": seal(input, party.sign),
  }
}

const lookUp = (): never => {
  throw new Error('a key was looked up')
}

function* unsignedAttempts(): Generator<Attempt> {
  for (const [party, alg] of product(parties, [...NAMES, ...UNKNOWN, ...NO_NAMES])) {
    const code = typeof alg === 'string' ? 'ERR_ALGORITHM' : 'ERR_HEADER_INVALID'
    for (const [signature, token] of Object.entries(unsigned(alg, party))) {
      const what = `alg ${JSON.stringify(alg)}, ${signature}, under a key for ${party.alg}`
      yield [what, code, () => open(token, party)]
      yield [`${what}, as a JWS`, code, () => openJws(token, party)]
      yield [`${what}, to be looked up`, code, () => openWith(token, lookUp, policyFor(party))]
    }
  }
}

export const none: readonly AttackClass[] = [
  {
    name: 'alg none in any spelling, and algorithms that nobody knows, never reach a key (CVE-2015-9235, CVE-2015-2951, CVE-2015-2964, CVE-2018-1000531, CVE-2022-23540, CVE-2026-23993, CVE-2026-28802, GHSA-88q6-jcjg-hvmw)',
    attempts: () => [
      ...each('a signed token of', parties, 'accepted', (party) => open(issue(party), party)),
      ...each('a signed token, looked up, of', parties, 'accepted', (party) =>
        openWith(issue(party), () => party.key, policyFor(party)),
      ),
      ...unsignedAttempts(),
    ],
  },
  {
    name: 'a token whose signature is missing is none (CVE-2020-28042, CVE-2021-22160, GHSA-5m5q-3qw2-3xf3)',
    attempts: () =>
      parties.flatMap((party) => {
        const [header, payload, signature] = issue(party).split('.')
        const refuse = (token: string) => () => open(token, party)
        return [
          ...accepted({ [`all three segments for ${party.alg}`]: refuse(`${header}.${payload}.${signature}`) }),
          ...expecting('ERR_SIGNATURE', {
            'an empty signature': refuse(`${header}.${payload}.`),
            'an empty payload': refuse(`${header}..${signature}`),
            'nothing but a header': refuse(`${header}..`),
          }),
          ...each(
            'the text',
            [
              '',
              '.',
              '..',
              '...',
              `${header}`,
              `${header}.`,
              `${header}.${payload}`,
              `.${payload}.${signature}`,
              `..${signature}`,
              `.${header}.${payload}.${signature}`,
              `${header}.${payload}.${signature}.`,
              `${header}.${payload}..${signature}`,
              `${header}.${payload}.${signature}.${signature}`,
            ],
            'ERR_TOKEN_MALFORMED',
            (token) => open(token, party),
          ),
        ]
      }),
  },
  {
    name: 'an empty key is refused before there is a token (CVE-2022-23540, CVE-2026-44351, CVE-2026-45363, CVE-2019-20933, GHSA-8wpc-h4q6-8fxv, GHSA-gmvf-9v4p-v8jc)',
    attempts: () =>
      parties.flatMap((party) => {
        const make = (keys: unknown) => () => createVerifier(keys as never, policyFor(party) as never)
        return [
          ...accepted({ [`a key for ${party.alg}`]: make(party.key), [`a list for ${party.alg}`]: make([party.key]) }),
          ...each('a verifier of', EMPTY, 'TypeError', (keys) => make(keys)()),
          ...each('a verifier of a key and', EMPTY, 'TypeError', (keys) => make([party.key, keys])()),
          ...each('a secret of', EMPTY, 'TypeError', (source) => importSecret(source as never, 'HS256')),
          ...each('a public key of', EMPTY, 'TypeError', (source) => importPublicKey(source as never, 'RS256')),
          ...each('a private key of', EMPTY, 'TypeError', (source) => importPrivateKey(source as never, 'ES256')),
          ...each('an unsigned token under', EMPTY, 'TypeError', (keys) =>
            openWith(unsigned('none', party)['no signature'], keys, policyFor(party)),
          ),
        ]
      }),
  },
  {
    name: 'what is decoded is never taken for what is verified (CVE-2018-1000531, CVE-2021-22160, jjwt parse())',
    attempts: () =>
      parties.flatMap((party) => {
        const token = unsigned('none', party)['no signature'] ?? ''
        return [
          ...accepted({
            [`decode says that nothing is verified, and verify for ${party.alg} says what is`]: async () => {
              assert.deepEqual(Object.keys(decode(token)), ['unverified'])
              const verified = (await open(issue(party), party)) as object
              assert.deepEqual(Object.keys(verified).sort(), ['claims', 'header', 'key'])
            },
          }),
          ...each('verify of', [decode(token), decode(token).unverified], 'ERR_TOKEN_MALFORMED', (decoded) =>
            open(decoded, party),
          ),
        ]
      }),
  },
]
