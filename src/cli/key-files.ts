// Keys in files, and the words for what is wrong with them.
import { algorithms as allAlgorithms, type Algorithm, type Key } from '../index.ts'
import { readKeys } from '../key-text.ts'
import { text, type Context, type Text, type Values } from './command.ts'
import type { Environment } from './terminal.ts'
import { inCommandWords, UsageError } from './usage.ts'

/** The option of commands that read private keys. */
export type FileOptions = Record<'passphrase-env', Text>

export const fileOptions: FileOptions = {
  'passphrase-env': text('NAME', 'the variable with the passphrase of an encrypted private key'),
}

type FileContext = Pick<Context, 'input' | 'terminal'> & {
  readonly values: Values<FileOptions> & { readonly kid?: string | undefined }
}

/** The key in a file that holds one, for the named algorithm or its own. */
export async function fileKey(context: FileContext, label: string, path: string, alg?: string): Promise<Key> {
  const read = await keyReader(context, label, path)
  const [key, ...others] = read(listed(alg))
  if (key && others.length === 0) return key
  throw new UsageError(`${label} holds several keys`, 'give it a file with one')
}

/** The keys in a file, each for the algorithm that it fixes itself or, where it fixes none, for the named one. */
export async function ownKeys(
  context: FileContext,
  label: string,
  path: string,
  alg?: string,
): Promise<readonly Key[]> {
  return firstOf([[], listed(alg)], await keyReader(context, label, path))
}

/** A key in a file of which the algorithm does not matter. */
export async function anyKey(context: FileContext, label: string, path: string): Promise<Key> {
  // One by one, as an encrypted key shows its algorithm by being read for it.
  const lists = [...allAlgorithms.map((alg) => [alg]), allAlgorithms]
  const [key] = firstOf(lists, await keyReader(context, label, path))
  return key as Key
}

const listed = (alg: string | undefined): readonly Algorithm[] => (alg === undefined ? [] : [alg as Algorithm])

type KeyReader = (algorithms: readonly Algorithm[]) => readonly Key[]

async function keyReader(context: FileContext, label: string, path: string): Promise<KeyReader> {
  const bytes = await context.input.bytes(label, path)
  const options = { kid: context.values.kid, passphrase: passphraseOf(context) }
  return (algorithms) => {
    try {
      return readKeys(bytes, algorithms, options)
    } catch (error) {
      throw keyError(label, error)
    }
  }
}

// The failure of the last is the one to tell.
function firstOf(lists: readonly (readonly Algorithm[])[], read: KeyReader): readonly Key[] {
  for (const algorithms of lists.slice(0, -1)) {
    try {
      return read(algorithms)
    } catch {
      continue
    }
  }
  return read(lists.at(-1) ?? [])
}

const REMEDIES: readonly (readonly [words: RegExp, remedy: string])[] = [
  [/; name the algorithm that it is for$/, 'type --alg with the one that it is for'],
  [/; the option passphrase is wanted$/, 'type --passphrase-env with the variable that has its passphrase'],
]

/** What is wrong with a key, with the argument that named it, and in the words of the command. */
export function keyError(label: string, error: unknown): unknown {
  if (!(error instanceof TypeError)) return error
  const message = `${label}: ${inCommandWords(error.message)}`
  const [words, remedy] = REMEDIES.find(([pattern]) => pattern.test(message)) ?? []
  return words && remedy !== undefined ? new UsageError(message.replace(words, ''), remedy) : new TypeError(message)
}

/** The passphrase for an encrypted key; `undefined` where none was named. */
export function passphraseOf({
  terminal,
  values,
}: Pick<Context, 'terminal'> & { readonly values: Values<FileOptions> }): string | undefined {
  const name = values['passphrase-env']
  return name === undefined ? undefined : variable(terminal.env, '--passphrase-env', name)
}

/** A variable of the environment that must be there. */
export function variable(env: Environment, label: string, name: string): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value) return value
  throw new UsageError(`${label} names a variable that is not set`, 'export it, and give its name without a $')
}
