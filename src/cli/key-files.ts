// Keys in files, and the words for what is wrong with them.
import { createPrivateKey } from 'node:crypto'
import {
  algorithms as allAlgorithms,
  exportJwk,
  exportPem,
  type Algorithm,
  type Key,
  type PrivateKey,
  type PublicKey,
} from '../index.ts'
import { countKeys, isEncrypted, readKeys } from '../key-text.ts'
import { text, type Context, type Text, type Values } from './command.ts'
import { jsonText } from './style.ts'
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

/** The octets of a key file, decrypted if need be: once, for only then an encrypted key shows what it serves. */
export async function keyBytes(context: FileContext, label: string, path: string): Promise<Uint8Array> {
  const bytes = await context.input.bytes(label, path)
  if (!(await labelled(label, () => isEncrypted(bytes)))) return bytes
  const name = context.values['passphrase-env']
  if (name === undefined) {
    throw new UsageError(`${label} is encrypted`, 'type --passphrase-env with the variable that has its passphrase')
  }
  const passphrase = variable(context.terminal.env, '--passphrase-env', name)
  const pem = new TextDecoder().decode(bytes).trim()
  const key = pem.startsWith('-----')
    ? { key: pem }
    : ({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' } as const)
  try {
    return createPrivateKey({ ...key, passphrase }).export({ format: 'der', type: 'pkcs8' })
  } catch {
    throw new UsageError(
      `${label} cannot be decrypted`,
      'see whether the passphrase is the right one, and the file whole; ML-DSA wants Node 24 or newer',
    )
  }
}

/** The key in a file that holds one, for the named algorithm or its own. */
export async function fileKey(context: FileContext, label: string, path: string, alg?: string): Promise<Key> {
  const read = keyReader(context, label, await keyBytes(context, label, path))
  const [key, ...others] = await read(listed(alg))
  if (key && others.length === 0) return key
  throw severalKeys(label)
}

/** The keys in a file, each for the algorithm that it fixes itself or, where it fixes none, for the named one. */
export async function ownKeys(
  context: FileContext,
  label: string,
  path: string,
  alg?: string,
): Promise<readonly Key[]> {
  return firstOf([[], listed(alg)], keyReader(context, label, await keyBytes(context, label, path)))
}

/** A key in a file of which the algorithm does not matter. */
export async function anyKey(context: FileContext, label: string, path: string): Promise<Key> {
  const bytes = await keyBytes(context, label, path)
  if ((await labelled(label, () => countKeys(bytes))) > 1) throw severalKeys(label)
  // One by one, as an RSA-PSS key may serve but one of those that it seems to.
  const lists = [...allAlgorithms.map((alg) => [alg]), allAlgorithms]
  const [key] = await firstOf(lists, keyReader(context, label, bytes))
  return key as Key
}

const severalKeys = (label: string): UsageError =>
  new UsageError(`${label} holds several keys`, 'give it a file with one')

const listed = (alg: string | undefined): readonly Algorithm[] => (alg === undefined ? [] : [alg as Algorithm])

type KeyReader = (algorithms: readonly Algorithm[]) => Promise<readonly Key[]>

const keyReader =
  ({ values: { kid } }: FileContext, label: string, bytes: Uint8Array): KeyReader =>
  (algorithms) =>
    labelled(label, () => readKeys(bytes, algorithms, { kid }))

// The failure of the last is the one to tell.
async function firstOf(lists: readonly (readonly Algorithm[])[], read: KeyReader): Promise<readonly Key[]> {
  for (const algorithms of lists.slice(0, -1)) {
    try {
      return await read(algorithms)
    } catch {
      continue
    }
  }
  return read(lists.at(-1) ?? [])
}

/** Does work of the library, whose mistakes are told with the argument that they are about. */
export async function labelled<T>(label: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof TypeError ? new TypeError(`${label}: ${inCommandWords(error.message)}`) : error
  }
}

/** A key as a file has it; the formats are those of `convert`. */
export async function spell(key: Key, format: string): Promise<string | Uint8Array> {
  if (format === 'jwk') return `${jsonText(await exportJwk(key))}\n`
  const pem = await exportPem(key as PrivateKey | PublicKey)
  return format === 'pem' ? pem : Buffer.from(pem.replaceAll(/-----.*-----/g, ''), 'base64')
}

/** A variable of the environment that must be there. */
export function variable(env: Environment, label: string, name: string): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value) return value
  throw new UsageError(`${label} names a variable that is not set`, 'export it, and give its name without a $')
}
