// Making tokens out of fields: keys, claims, a signature.
import { isHmac } from '../algorithms.ts'
import {
  algorithms,
  exportJwk,
  generateKeyPair,
  generateSecret,
  publicKeyOf,
  sign,
  type Algorithm,
  type Duration,
  type Key,
  type PrivateKey,
  type SigningKey,
} from '../index.ts'
import { readKeys } from '../key-text.ts'
import { jsonFault } from './json-fault.ts'
import { secretIn } from './verification.ts'

/** What is in the fields. */
export interface Draft {
  readonly algorithm: Algorithm
  /** Further parameters of the header, as JSON. */
  readonly header: string
  readonly claims: string
  /** A private JWK or PEM, or a secret. */
  readonly key: string
  /** From now on; `null` leaves the dates to the claims. */
  readonly expiresIn: Duration | null
}

/** A token, and what verifies it: the public JWK, or the secret's. */
export interface Signed {
  readonly token: string
  readonly key: string
}

/** The algorithm of a name, if there is one. */
export const toAlgorithm = (name: unknown): Algorithm | undefined => algorithms.find((alg) => alg === name)

/** Makes a key that signs, as a JWK. */
export async function makeKey(alg: Algorithm): Promise<string> {
  const key = isHmac(alg) ? generateSecret(alg) : (await generateKeyPair(alg, { kid: 'thumbprint' })).privateKey
  return toText(key)
}

/** Signs a draft; a TypeError says what is wrong with it, and where. */
export async function signDraft({ algorithm, header, claims, key, expiresIn }: Draft): Promise<Signed> {
  const parameters = readObject('the header', header)
  const set = readObject('the claims', claims)
  const { alg: _, typ, kid, ...others } = parameters
  if (expiresIn !== null) for (const name of ['iat', 'exp']) delete set[name]
  const signingKey = readSigningKey(key, algorithm)
  const token = await sign(set, signingKey, {
    expiresIn,
    header: others,
    // Their types are told of by sign.
    typ: (typ ?? null) as string | null,
    kid: (kid ?? signingKey.kid ?? null) as string | null,
  })
  return { token, key: await toText(await verifying(signingKey)) }
}

function readObject(what: string, text: string): { [name: string]: unknown } {
  const fault = jsonFault(text)
  if (fault) throw new TypeError(`${what} cannot be read: ${fault}`)
  return JSON.parse(text)
}

function readSigningKey(text: string, alg: Algorithm): SigningKey {
  if (text.trim() === '') throw new TypeError('there is no key to sign with; generate one, or paste yours')
  const key = secretIn(text, alg, 'utf8') ?? readKeys(text, [alg])[0]
  if (key && key.role !== 'public') return key as SigningKey
  throw new TypeError('the key is public and cannot sign; paste its private half')
}

const verifying = async (key: SigningKey): Promise<Key> =>
  key.role === 'private' ? publicKeyOf(key as PrivateKey) : key

const toText = async (key: Key): Promise<string> => JSON.stringify(await exportJwk(key), undefined, 2)

/** A token for those who have none at hand, signed with a key of its own. */
export async function makeExample(): Promise<Signed> {
  const claims = {
    iss: 'https://login.example.com',
    aud: 'https://api.example.com',
    sub: 'alice',
    client_id: 'web',
    scope: 'orders:read orders:write',
    jti: crypto.randomUUID(),
  }
  return signDraft({
    algorithm: 'ES256',
    header: '{"typ":"JWT"}',
    claims: JSON.stringify(claims),
    key: await makeKey('ES256'),
    expiresIn: '5m',
  })
}
