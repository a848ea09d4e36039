// JWK Sets (RFC 7517 §5): which of many keys a token asks for.
import { algorithmRow, algorithms, type Algorithm } from './algorithms.ts'
import { MAX_CANDIDATES, type KeySet } from './candidates.ts'
import { isPromise } from './crypto/provider.ts'
import { ownMember, type JsonObject } from './json.ts'
import { readJwk, type Jwk } from './jwk.ts'
import { handleOf, isKey, Key, type VerificationKey } from './key.ts'
import { importPublicKey } from './keys.ts'
import { readString } from './options.ts'

/** A JWK Set (RFC 7517 §5). */
export interface JwkSet {
  readonly keys: readonly Jwk[]
}

/** A key set whose keys are all at hand, so that it never answers by a promise. */
export interface LocalKeySet extends KeySet {
  readonly candidates: (header: Parameters<KeySet['candidates']>[0]) => readonly VerificationKey[]
  /** How many keys can verify; keys of other types and uses are passed over. */
  readonly size: number
}

/** A key, or what becomes one when it is first asked for. */
interface Entry {
  readonly kid: string | undefined
  /** One or, where a JWK names none itself, all that its type and curve allow. */
  readonly algorithms: readonly Algorithm[]
  /** The key; none where it is passed over after all. */
  readonly keysFor: (alg: Algorithm) => readonly VerificationKey[]
}

/**
 * Makes a key set of a JWK Set, or of keys and public JWKs.
 *
 * The header's `kid` chooses, within the algorithm; keys without a `kid` fit any. Without a `kid` in the header, all
 * keys of the algorithm are tried, but at most four: beyond that it is `ERR_KEY_AMBIGUOUS`. JWKs of unknown types,
 * curves and algorithms, and those for other uses than signatures, are passed over (RFC 7517 §5).
 *
 * @throws TypeError that names the index of a key that is private, symmetric or malformed
 * @example
 * import { exportJwk, generateKeyPair, sign, verify } from 'tittle'
 * import { createKeySet } from 'tittle/jwks'
 *
 * const { publicKey, privateKey } = await generateKeyPair('Ed25519', { kid: '2026-11' })
 * const keySet = createKeySet({ keys: [await exportJwk(publicKey)] })
 * const token = await sign({ sub: 'alice' }, privateKey, { expiresIn: '15m' })
 * await verify(token, keySet, { algorithms: ['Ed25519'], issuer: null, audience: null })
 */
export function createKeySet(source: JwkSet | readonly (VerificationKey | Jwk)[]): LocalKeySet {
  const keys: unknown = Array.isArray(source) ? source : ownMember({ ...source }, 'keys')
  if (!Array.isArray(keys)) throw new TypeError('createKeySet wants { keys: [...] } or an array of keys and JWKs')
  return toKeySet(keys.flatMap((key, i) => toEntry(key, `keys[${i}]`)))
}

/**
 * Reads a JWK Set of somebody else's: malformed keys are passed over too (RFC 7517 §5), private ones are not.
 *
 * @throws TypeError that says what is wrong
 */
export function readForeignKeySet(jwks: JsonObject, maxKeys: number): LocalKeySet {
  const keys = ownMember(jwks, 'keys')
  if (!Array.isArray(keys)) throw new TypeError('the JWK Set has no array "keys"')
  if (keys.length > maxKeys) throw new TypeError(`the JWK Set has more than ${maxKeys} keys`)
  return toKeySet(
    keys.flatMap((key, i) => {
      assertPublic(key, `keys[${i}]`)
      const entries = orNone(() => toEntry(key, `keys[${i}]`, lenient))
      // What only an import shows, as a point off its curve, must not fail tokens of other keys.
      return entries.map((entry) => ({ ...entry, keysFor: (alg: Algorithm) => orNone(() => entry.keysFor(alg)) }))
    }),
  )
}

// Where importing takes time, such a key shows itself when it is first used: it verifies nothing.
function lenient(key: VerificationKey): VerificationKey {
  const handle = handleOf('the key', key)
  return new Key(key.alg, key.kid, key.role, {
    usages: ['verify'],
    handle: {
      pooled: handle.pooled,
      sign: handle.sign.bind(handle),
      exportJwk: handle.exportJwk.bind(handle),
      exportDer: handle.exportDer.bind(handle),
      verify(input, signature) {
        const verified = handle.verify(input, signature)
        return isPromise(verified) ? verified.catch(() => false) : verified
      },
    },
  })
}

function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read()
  } catch {
    return []
  }
}

function toEntry(
  source: unknown,
  label: string,
  adapt = (key: VerificationKey): VerificationKey => key,
): readonly Entry[] {
  if (isKey(source)) {
    handleOf(label, source, 'verify')
    return [{ kid: source.kid, algorithms: [source.alg], keysFor: () => [source as VerificationKey] }]
  }
  assertPublic(source, label)
  const jwk: Jwk = Object.assign(Object.create(null), source)
  if (typeof jwk.kty !== 'string') throw new TypeError(`${label} is not a JWK: it has no "kty" that is a string`)
  const able = algorithms.filter((alg) => mayServe(jwk, alg))
  const [first] = able
  if (first === undefined) return []
  const kid = readString(`${label}: "kid"`, jwk.kid)
  try {
    readJwk(jwk, algorithmRow('alg', first), 'public')
  } catch (error) {
    throw new TypeError(`${label}: ${(error as TypeError).message}`)
  }
  const imported = new Map<Algorithm, VerificationKey>()
  const keysFor = (alg: Algorithm): readonly VerificationKey[] => {
    const key = imported.get(alg) ?? adapt(importPublicKey(jwk, alg as 'ES256'))
    imported.set(alg, key)
    return [key]
  }
  return [{ kid, algorithms: able, keysFor }]
}

function assertPublic(source: unknown, label: string): void {
  const jwk: JsonObject = Object(source)
  const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].find((name) => Object.hasOwn(jwk, name))
  if (secret !== undefined || ownMember(jwk, 'kty') === 'oct') {
    throw new TypeError(
      `${label} has a "${secret ?? 'kty'}": it is private or symmetric, and must never be in a JWK Set that is handed about`,
    )
  }
}

// Within the verifier's allowlist the header may choose among these, where the JWK does not say.
function mayServe(jwk: Jwk, alg: Algorithm): boolean {
  const row = algorithmRow('alg', alg)
  if (row.kty !== jwk.kty || (jwk.alg !== undefined && jwk.alg !== alg)) return false
  if ((row.kty === 'EC' || row.kty === 'OKP') && jwk.crv !== undefined && jwk.crv !== row.crv) return false
  if (jwk.use !== undefined && jwk.use !== 'sig') return false
  return !Array.isArray(jwk.key_ops) || jwk.key_ops.includes('verify')
}

function toKeySet(entries: readonly Entry[]): LocalKeySet {
  // Maps, in which a kid of "__proto__" finds nothing that nobody put there.
  const all = new Map<string, Entry[]>()
  const unnamed = new Map<string, Entry[]>()
  const named = new Map<string, Entry[]>()
  for (const entry of entries) {
    if (entry.kid !== undefined) put(named, entry.kid, entry)
    for (const alg of entry.algorithms) {
      put(all, alg, entry)
      if (entry.kid === undefined) put(unnamed, alg, entry)
    }
  }
  return Object.freeze<LocalKeySet>({
    size: entries.length,
    candidates(header) {
      const kid = ownMember(header, 'kid')
      const alg = header.alg as Algorithm
      const found =
        typeof kid === 'string'
          ? [
              ...(named.get(kid) ?? []).filter((entry) => entry.algorithms.includes(alg)),
              ...(unnamed.get(alg) ?? []).slice(0, MAX_CANDIDATES + 1),
            ]
          : (all.get(alg) ?? [])
      // One more than may be tried is enough to say that they are too many.
      return found.slice(0, MAX_CANDIDATES + 1).flatMap((entry) => entry.keysFor(alg))
    },
  })
}

function put(map: Map<string, Entry[]>, name: string, entry: Entry): void {
  const entries = map.get(name)
  if (entries) entries.push(entry)
  else map.set(name, [entry])
}
