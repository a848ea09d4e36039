import { constants, createHmac, createPrivateKey, sign as signWithNode, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import fc from 'fast-check'
import { importPrivateKey, importPublicKey, importSecret, isJwtError } from 'tittle'
import type { JwtErrorCode } from 'tittle'
import keys from '../fixtures/keys.json' with { type: 'json' }

/** Whether the platform answers at once, as node:crypto does and WebCrypto does not. */
export const answersAtOnce = process.getBuiltinModule !== undefined

/** The time that it is in the tests. */
export const NOW = 1_800_000_000

interface Vector {
  readonly id: string
  readonly key: JsonWebKey
  readonly privateKey?: JsonWebKey
}

const vectors = ['rfc7515', 'rfc7520', 'rfc8037'].flatMap((name): Vector[] => {
  const path = resolve(import.meta.dirname, `../../vectors/${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')).signatures
})

function vector(id: string): Vector {
  const found = vectors.find((candidate) => candidate.id === id)
  if (!found) throw new Error(`there is no vector ${id}`)
  return found
}

const hmac = vector('rfc7515-A.1').key
const rsa = vector('rfc7515-A.2').privateKey ?? {}
const ec = vector('rfc7515-A.3').privateKey ?? {}
const ed = vector('rfc8037-A.4').privateKey ?? {}
const otherRsa: JsonWebKey = { ...vector('rfc7520-4.1').key, kid: undefined }

/** The octets of the secret. */
export const SECRET = Buffer.from(hmac.k ?? '', 'base64url')

export const hs256 = importSecret(hmac, 'HS256')
export const otherHs256 = importSecret('a secret that has signed none of these tokens', 'HS256')
export const rs256 = {
  privateKey: importPrivateKey(rsa, 'RS256'),
  publicKey: importPublicKey(vector('rfc7515-A.2').key, 'RS256'),
}
export const es256 = {
  privateKey: importPrivateKey(ec, 'ES256'),
  publicKey: importPublicKey(vector('rfc7515-A.3').key, 'ES256'),
}

/** One row for each way of signing: what signs, what verifies, and a key of the same kind that verifies nothing of it. */
export const kinds = [
  { alg: 'HS256', signer: hs256, verifier: hs256, stranger: otherHs256 },
  {
    alg: 'RS256',
    signer: rs256.privateKey,
    verifier: rs256.publicKey,
    stranger: importPublicKey(otherRsa, 'RS256'),
  },
  {
    alg: 'PS256',
    signer: importPrivateKey(rsa, 'PS256'),
    verifier: importPublicKey(vector('rfc7515-A.2').key, 'PS256'),
    stranger: importPublicKey(otherRsa, 'PS256'),
  },
  {
    alg: 'ES256',
    signer: es256.privateKey,
    verifier: es256.publicKey,
    // RFC 7517 appendix A.1.
    stranger: importPublicKey(
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
        y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
      },
      'ES256',
    ),
  },
  {
    alg: 'Ed25519',
    signer: importPrivateKey(ed, 'Ed25519'),
    verifier: importPublicKey(vector('rfc8037-A.4').key, 'Ed25519'),
    stranger: importPublicKey(keys.ed25519.publicJwk, 'Ed25519'),
  },
] as const

type Kind = (typeof kinds)[number]['alg']

export function base64url(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64url')
}

/** A segment: text is taken to the letter, anything else as JSON. */
export function segment(content: unknown): string {
  return typeof content === 'string' ? content : base64url(JSON.stringify(content))
}

const rsaKey = createPrivateKey({ key: rsa, format: 'jwk' })
const ecKey = createPrivateKey({ key: ec, format: 'jwk' })
const edKey = createPrivateKey({ key: ed, format: 'jwk' })
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }

const signatures: Readonly<Record<Kind, (input: Buffer) => Buffer>> = {
  HS256: (input) => createHmac('sha256', SECRET).update(input).digest(),
  RS256: (input) => signWithNode('sha256', input, rsaKey),
  ES256: (input) => signWithNode('sha256', input, { key: ecKey, dsaEncoding: 'ieee-p1363' }),
  PS256: (input) => signWithNode('sha256', input, { key: rsaKey, ...pss }),
  Ed25519: (input) => signWithNode(null, input, edKey),
}

/** The signature over text, by node:crypto alone. */
export function signatureOf(input: string, alg: Kind = 'HS256'): string {
  return base64url(signatures[alg](Buffer.from(input)))
}

/** A token that is signed without the library's help, however wrong its header and its payload are. */
export function forge(header: unknown, payload: unknown, alg: Kind = 'HS256'): string {
  const input = `${segment(header)}.${segment(payload)}`
  return `${input}.${signatureOf(input, alg)}`
}

/** What may stand in place of one character: nothing, one that is at home in tokens, or any code unit at all. */
export const character: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ...'AQgwz059-_', '=', '+', '/', '.', ' ', '\n', '\0', '{', '\u{1f701}'),
  fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
)

/** The header of a token as JSON.parse reads it. */
export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
}

/** The claims of a token as JSON.parse reads them. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** What a function throws or rejects with; `undefined` where it does neither. */
export async function thrownBy(run: () => unknown): Promise<unknown> {
  try {
    await run()
    return undefined
  } catch (error) {
    return error
  }
}

/** The code with which a token is refused, or `accepted`; a mistake of the program is thrown on. */
export async function verdictOf(run: () => unknown): Promise<JwtErrorCode | 'accepted'> {
  const error = await thrownBy(run)
  if (error === undefined) return 'accepted'
  if (!isJwtError(error)) throw error
  return error.code
}
