// What the fields of the page say about a token, as a verdict.
import { advice } from '../advice.ts'
import { isHmac } from '../algorithms.ts'
import { explain, type ExplainPolicy, type Step } from '../explain.ts'
import { importSecret, type Algorithm, type SecretEncoding, type SecretKey, type VerificationKeys } from '../index.ts'
import { algorithmsOf, readKeys, readVerificationKeys } from '../key-text.ts'

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

/** Tells what may be a secret: no JSON, no PEM and no SSH key. */
export function isSecret(text: string): boolean {
  return text.trim() !== '' && !/^\s*(?:\{|\[\s*\{|(?:sk-)?(?:ssh|ecdsa)-\S+\s+AAAA)|-----BEGIN /.test(text)
}

interface Given {
  readonly keys: VerificationKeys
  readonly algorithms: readonly Algorithm[]
}

async function keysOf({ key, encoding, algorithm }: Question): Promise<Given> {
  const secret = secretIn(key, algorithm, encoding)
  if (secret) return { keys: secret, algorithms: [secret.alg] }
  const named = algorithm ? [algorithm] : algorithmsOf(key)
  return { keys: await readVerificationKeys(key, named), algorithms: named }
}

/** The secret in a field, where white space around it is nobody's; `undefined` where the field holds a key. */
export function secretIn(text: string, alg: Algorithm | '', encoding: SecretEncoding): SecretKey | undefined {
  if (isSecret(text)) {
    if (alg && isHmac(alg)) return importSecret(text.trim(), alg, { encoding })
    assertKey(text)
  }
  return undefined
}

// What people take for a key is told of by its own name, before anything is said of secrets.
function assertKey(text: string): void {
  try {
    readKeys(text, [])
  } catch (error) {
    const { message } = error as TypeError
    throw new TypeError(`${message}; for a secret choose HS256, HS384 or HS512, whichever you expect`)
  }
}
