// What the fields of the page say about a token, as a verdict.
import { advice } from '../advice.ts'
import { explain, type ExplainPolicy, type Step } from '../explain.ts'
import {
  algorithms,
  importSecret,
  type Algorithm,
  type HmacAlgorithm,
  type SecretEncoding,
  type SecretKey,
  type VerificationKeys,
} from '../index.ts'
import { readKeys, readVerificationKeys } from '../key-text.ts'

/** What is in the fields. */
export interface Question {
  readonly token: string
  /** A PEM, a JWK, a JWK Set, or a secret. */
  readonly key: string
  /** How a secret is spelled. */
  readonly encoding: SecretEncoding
  /** Empty: the one that the key itself names. */
  readonly algorithm: Algorithm | ''
  /** Empty: not checked, as the two that follow. */
  readonly issuer: string
  readonly audience: string
  /** Empty: `JWT`, or none. */
  readonly typ: string
}

/** The answer. `keyless`: nothing is wrong as far as one can tell without a key; `unusable`: the key is no good. */
export interface Verdict {
  readonly outcome: 'verified' | 'refused' | 'keyless' | 'unusable'
  readonly code?: string
  /** What is wrong, or will be. */
  readonly message?: string
  /** What to do about it. */
  readonly advice?: string
  readonly reference?: string
  readonly steps: readonly Step[]
  /** What nobody has asked for. */
  readonly unchecked: readonly string[]
}

/** Verifies a token with what the fields say. */
export async function judge(question: Question): Promise<Verdict> {
  const { token, algorithm, issuer, audience, typ } = question
  const unchecked = [...(issuer ? [] : ['the issuer']), ...(audience ? [] : ['the audience'])]
  const policy: ExplainPolicy = {
    ...(algorithm && { algorithms: [algorithm] }),
    ...(issuer && { issuer }),
    ...(audience && { audience }),
    ...(typ && { typ }),
  }
  try {
    const given = question.key.trim() === '' ? undefined : await keysOf(question)
    const steps = await explain(token, given?.keys, { ...policy, ...(given && { algorithms: given.algorithms }) })
    return { ...verdictOf(steps, given !== undefined), steps, unchecked }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // What does not need a key can still be told.
    return { outcome: 'unusable', message: error.message, steps: await explain(token, undefined, policy), unchecked }
  }
}

function verdictOf(steps: readonly Step[], hasKey: boolean): Omit<Verdict, 'steps' | 'unchecked'> {
  const failed = steps.find(({ outcome }) => outcome === 'failed')
  if (!failed) return { outcome: 'verified' }
  const { code, note, reference } = failed
  if (!hasKey && code === 'ERR_KEY_NOT_FOUND') {
    const foreseen = steps.find((step) => step.outcome === 'unreached' && step.note)?.note
    return { outcome: 'keyless', ...(foreseen && { message: foreseen }) }
  }
  return { outcome: 'refused', reference, ...(note && { message: note }), ...(code && { code, advice: advice[code] }) }
}

/** Tells a secret from a key: it is no JSON and no PEM. */
export function isSecret(text: string): boolean {
  return text.trim() !== '' && !/^\s*(?:\{|-----BEGIN )/.test(text)
}

/** Refuses a key that has a passphrase, which no browser can open. */
export function assertOpen(text: string): void {
  if (!/-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(text)) return
  throw new TypeError('the key is encrypted, and WebCrypto cannot decrypt it; paste it decrypted, or its public half')
}

interface Given {
  readonly keys: VerificationKeys
  readonly algorithms: readonly Algorithm[]
}

async function keysOf({ key, encoding, algorithm }: Question): Promise<Given> {
  assertOpen(key)
  if (isSecret(key)) {
    const alg = hmacOf(algorithm)
    return { keys: secretOf(key, alg, encoding), algorithms: [alg] }
  }
  const named = algorithm ? [algorithm] : algorithmsOf(key)
  return { keys: await readVerificationKeys(key, named), algorithms: named }
}

/** A secret as it stands in a field, where white space around it is nobody's. */
export function secretOf(text: string, alg: HmacAlgorithm, encoding: SecretEncoding): SecretKey {
  return importSecret(text.trim(), alg, { encoding })
}

/** The HMAC algorithm of a name; a TypeError says that a secret has no other. */
export function hmacOf(name: string): HmacAlgorithm {
  const alg = (['HS256', 'HS384', 'HS512'] as const).find((hmac) => hmac === name)
  if (alg) return alg
  if (name)
    throw new TypeError(`a secret cannot serve ${name}; give its PEM, JWK or JWK Set, or choose an HMAC algorithm`)
  throw new TypeError('a secret does not say what it is for; choose HS256, HS384 or HS512, whichever you expect')
}

// A JWK Set of an issuer has keys for other uses, too: they are passed over, as RFC 7517 §5 has it.
function algorithmsOf(text: string): readonly Algorithm[] {
  const set = keysIn(text)
  if (!set) return [...new Set(readKeys(text, []).map(({ alg }) => alg))]
  const named = new Set(set.flatMap((jwk) => algorithmsOfOne(JSON.stringify(jwk))))
  if (named.size === 0) throw new TypeError('no key of the set says its algorithm; choose the one that you expect')
  return algorithms.filter((alg) => named.has(alg))
}

function algorithmsOfOne(jwk: string): readonly Algorithm[] {
  try {
    return readKeys(jwk, []).map(({ alg }) => alg)
  } catch {
    return []
  }
}

function keysIn(text: string): readonly unknown[] | undefined {
  try {
    const { keys }: { readonly keys?: unknown } = Object(JSON.parse(text))
    return Array.isArray(keys) ? keys : undefined
  } catch {
    return undefined
  }
}
