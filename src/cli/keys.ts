// Where the keys of a run come from: one source, named by the options that all commands share.
import { algorithms as allAlgorithms, importSecret } from '../index.ts'
import type { Algorithm, HmacAlgorithm, SecretEncoding, SecretKey, SigningKey, VerificationKeys } from '../index.ts'
import { createRemoteKeySet, discoverKeySet } from '../jwks.ts'
import { algorithmsOf, readVerificationKeys } from '../key-text.ts'
import { list, text, type Context, type List, type Text, type Values } from './command.ts'
import { fileKey, fileOptions, keyBytes, labelled, variable, type FileOptions } from './key-files.ts'
import { UsageError } from './usage.ts'

type SecretOptions = Record<'secret-env' | 'secret-file' | 'secret-encoding', Text>
type SigningOptions = Record<'key' | 'alg' | 'kid', Text> & FileOptions & SecretOptions
type VerificationOptions = Record<'alg', List> & Record<'key' | 'jwks' | 'issuer', Text> & FileOptions & SecretOptions

const ENCODINGS = ['utf8', 'base64url', 'base64', 'hex'] as const satisfies readonly SecretEncoding[]

const secretOptions: SecretOptions = {
  'secret-env': text('NAME', 'the variable with the HMAC secret'),
  'secret-file': text('FILE', 'the file with the HMAC secret, or -; without the line break at its end'),
  'secret-encoding': text('ENCODING', `its spelling: ${ENCODINGS.join(', ')}; utf8 by default`, ENCODINGS),
}

/** The options of a command that signs. */
export const signingOptions: SigningOptions = {
  key: text('FILE', 'the private key or secret JWK (PEM, DER, JWK), or - for standard input'),
  ...secretOptions,
  ...fileOptions,
  alg: text('ALG', 'the algorithm, where the key does not fix it', allAlgorithms),
  kid: text('NAME', 'the key id for the header; thumbprint for that of the key'),
}

/** The options of a command that verifies, as far as they say by which keys. */
export const verificationOptions: VerificationOptions = {
  key: text('FILE', 'the key (PEM, DER, JWK, JWK Set), or - for standard input'),
  jwks: text('URL|FILE', 'the key set, on a server or in a file'),
  issuer: text('NAME', 'the issuer that is expected; without a key, the URL to discover one'),
  ...secretOptions,
  ...fileOptions,
  alg: list('ALG', 'an algorithm to accept, where the key does not fix it', allAlgorithms),
}

/** The keys that verify, with the algorithms that they are for. */
export interface Verification {
  readonly keys: VerificationKeys
  readonly algorithms: readonly Algorithm[]
}

/** The keys that the options name; `undefined` where they name none. */
export async function verificationKeys(context: Context<VerificationOptions>): Promise<Verification | undefined> {
  const { values } = context
  const algorithms = [...new Set(values.alg as readonly Algorithm[])]
  const source = sourceOf(['key', 'jwks', 'secret-env', 'secret-file'], values)
  const { jwks, issuer } = values
  if (source === undefined) {
    return isUrl(issuer) ? fromServer('--issuer', () => discoverKeySet(issuer), algorithms) : undefined
  }
  if (source === 'jwks' && isUrl(jwks)) {
    return fromServer('--jwks', () => createRemoteKeySet(jwks), algorithms)
  }
  if (source === 'key' || source === 'jwks') {
    return fromFile(context, `--${source}`, values[source] ?? '', algorithms)
  }
  const secret = await secretText(context, source)
  const keys = named(`--${source}`, algorithms).map((alg) => toSecret(secret, alg, values))
  return { keys, algorithms }
}

async function fromServer(
  label: string,
  keySet: () => VerificationKeys,
  algorithms: readonly Algorithm[],
): Promise<Verification> {
  return { keys: await labelled(label, keySet), algorithms: named(label, algorithms) }
}

async function fromFile(
  context: Context<VerificationOptions>,
  label: string,
  path: string,
  given: readonly Algorithm[],
): Promise<Verification> {
  const bytes = await keyBytes(context, label, path)
  const algorithms = given.length > 0 ? given : await labelled(label, () => algorithmsOf(bytes))
  return { keys: await labelled(label, () => readVerificationKeys(bytes, algorithms)), algorithms }
}

/** The one key that the options name for signing. */
export async function signingKey(context: Context<SigningOptions>): Promise<SigningKey> {
  const { values } = context
  const source = sourceOf(['key', 'secret-env', 'secret-file'], values)
  if (source === undefined) {
    throw new UsageError('there is no key', 'type --key FILE, --secret-env NAME or --secret-file FILE')
  }
  if (source === 'key') {
    const key = await fileKey(context, '--key', values.key ?? '', values.alg)
    if (key.role !== 'public') return key as SigningKey
    throw new UsageError('--key is a public key, which does not sign', 'give its private half')
  }
  const [alg] = named(`--${source}`, values.alg === undefined ? [] : [values.alg as Algorithm])
  return toSecret(await secretText(context, source), alg, values)
}

function named(label: string, algorithms: readonly Algorithm[]): readonly [Algorithm, ...Algorithm[]] {
  const [first, ...others] = algorithms
  if (first !== undefined) return [first, ...others]
  throw new UsageError(`${label} does not fix the algorithm`, 'type --alg with the one that you expect, as --alg ES256')
}

function sourceOf<N extends string>(
  names: readonly N[],
  given: { readonly [name in N]: string | undefined },
): N | undefined {
  const [first, second] = names.filter((name) => given[name] !== undefined)
  if (second === undefined) return first
  throw new UsageError(`--${first} and --${second} both name keys`, 'give one of them')
}

const isUrl = (text: string | undefined): text is string => text !== undefined && /^[a-z][a-z\d+.-]*:\/\//i.test(text)

type SecretContext = Pick<Context, 'input' | 'terminal'> & { readonly values: Values<SecretOptions> }

async function secretText(context: SecretContext, source: 'secret-env' | 'secret-file'): Promise<string> {
  const { input, terminal, values } = context
  const given = values[source] ?? ''
  if (source === 'secret-env') return variable(terminal.env, '--secret-env', given)
  return (await input.text('--secret-file', given)).replace(/\r?\n$/, '')
}

function toSecret(
  secret: string,
  alg: Algorithm,
  values: Values<SecretOptions> & { readonly kid?: string | undefined },
): SecretKey {
  const encoding = (values['secret-encoding'] ?? 'utf8') as SecretEncoding
  return importSecret(secret, alg as HmacAlgorithm, { encoding, kid: values.kid })
}
