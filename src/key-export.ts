// Where keys go to: export, and the thumbprint (RFC 7517, RFC 7468, RFC 7638, RFC 9278).
import { algorithmRow, type AsymmetricAlgorithm, type Hash } from './algorithms.ts'
import { provider } from './crypto/index.ts'
import { settled } from './crypto/provider.ts'
import { isJwk, pickMaterial, thumbprintInput, wrongRole, type Jwk, type KeyRole } from './jwk.ts'
import { handleOf, isKey, makeKey, type Key, type PrivateKey, type PublicKey } from './key.ts'
import { encodePem } from './pem.ts'

/**
 * The public half of a private key, with the same `alg` and `kid`.
 *
 * @throws TypeError where the key is not private, not extractable, or has no JWK form: see {@link exportJwk}
 */
export async function publicKeyOf<A extends AsymmetricAlgorithm>(key: PrivateKey<A>): Promise<PublicKey<A>> {
  const handle = handleOf('publicKeyOf: the key', key)
  if (key.role !== 'private') throw wrongRole(`a ${key.role} key`, 'private')
  const jwk = pickMaterial(await handle.exportJwk(), algorithmRow('alg', key.alg), 'public')
  return makeKey({ format: 'jwk', jwk }, key.alg, 'public', key.kid)
}

/**
 * Exports a key as a JWK with its `alg` and, if it has one, its `kid`. A secret or private key leaves unprotected.
 *
 * @throws TypeError where the key is a CryptoKey that is not extractable, an RSA-PSS key, or an ML-DSA key without its seed
 */
export async function exportJwk(key: Key): Promise<Jwk> {
  const jwk = await handleOf('exportJwk: the key', key).exportJwk()
  return { ...jwk, alg: key.alg, use: 'sig', ...(key.kid !== undefined && { kid: key.kid }) }
}

/**
 * Exports a public key as a PEM `PUBLIC KEY`, a private one as an unencrypted PEM `PRIVATE KEY` (PKCS#8).
 *
 * @throws TypeError where the key is a secret, or a CryptoKey that is not extractable
 */
export async function exportPem(key: PublicKey | PrivateKey): Promise<string> {
  const handle = handleOf('exportPem: the key', key)
  if ((key.role as KeyRole) === 'secret') throw new TypeError('exportPem: a secret has no PEM form; use exportJwk()')
  return encodePem({ label: `${key.role.toUpperCase()} KEY`, der: await handle.exportDer() })
}

/**
 * The thumbprint of a key or a JWK: base64url of the hash, SHA-256 by default (RFC 7638).
 *
 * The halves of a pair have the same thumbprint. That of a secret tells whoever guesses it that he is right.
 *
 * @throws TypeError where a JWK lacks a member
 * @example
 * const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
 * console.log(await thumbprint(jwk)) // kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
 */
export async function thumbprint(key: Key | Jwk, hash: Hash = 'SHA-256'): Promise<string> {
  if (!Object.hasOwn(HASHES, hash))
    throw new TypeError(`thumbprint: hash must be one of ${Object.keys(HASHES).join(', ')}`)
  const jwk =
    isJwk(key) && !isKey(key) ? key : await handleOf('the key, which is no JWK either,', key as Key).exportJwk()
  return provider.digest(hash, thumbprintInput(jwk))
}

/**
 * The thumbprint as a URI (RFC 9278).
 *
 * @throws TypeError where a JWK lacks a member
 * @example
 * const { publicKey } = await generateKeyPair('Ed25519')
 * console.log(await thumbprintUri(publicKey)) // urn:ietf:params:oauth:jwk-thumbprint:sha-256:…
 */
export async function thumbprintUri(key: Key | Jwk, hash: Hash = 'SHA-256'): Promise<string> {
  const digest = await thumbprint(key, hash)
  return `urn:ietf:params:oauth:jwk-thumbprint:${HASHES[hash]}:${digest}`
}

/** The SHA-256 thumbprint of a pair's half, for a `kid`; a TypeError where it takes a promise, or of a secret. */
export function thumbprintNow(key: Key): string {
  if (key.role === 'secret') throw noSecretThumbprint()
  const jwk = settled(handleOf('the key', key).exportJwk(), KID_LATER)
  return settled(provider.digest('SHA-256', thumbprintInput(jwk)), KID_LATER)
}

/** What to say where a token would carry the thumbprint of a secret. */
export function noSecretThumbprint(): TypeError {
  return new TypeError("kid: 'thumbprint' is not for secrets: it would help to guess them")
}

const KID_LATER =
  "kid: 'thumbprint' takes a promise on this platform; import the key, and again with kid: await thumbprint(key)"

// The names of IANA's registry of named information hashes.
const HASHES: Readonly<Record<Hash, string>> = { 'SHA-256': 'sha-256', 'SHA-384': 'sha-384', 'SHA-512': 'sha-512' }
