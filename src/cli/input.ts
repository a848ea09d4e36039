// What the command reads: files, and standard input, once. Messages name the argument, never what was typed for it.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { parseJsonObject } from '../json.ts'
import { toToken } from '../token-text.ts'
import type { Stdin } from './terminal.ts'
import { UsageError } from './usage.ts'

const LIMIT = 1_048_576

// What can only be meant as a file, so that its absence is told as that.
const LIKE_A_PATH = /^[^\s;={]*(?:\/[^\s;={]*|\.(?:jwt|jws|json|txt))$/

/** The files and the standard input of one run. */
export class Input {
  readonly #stdin: Stdin
  #reader: string | undefined

  constructor(stdin: Stdin) {
    this.#stdin = stdin
  }

  /** The octets of a file, or of standard input for `-`; `label` names the argument. */
  async bytes(label: string, source: string): Promise<Uint8Array> {
    return collect(label, source === '-' ? this.#take(label) : createReadStream(source))
  }

  /** The same as text. */
  async text(label: string, source: string): Promise<string> {
    const bytes = await this.bytes(label, source)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw new UsageError(`${label} is not UTF-8 text`, 'give it a text file')
    }
  }

  /** What an argument is itself or, where it names a file or is `-`, what that holds; nothing stands for a pipe. */
  async content(label: string, operand: string | undefined): Promise<string> {
    if (operand === undefined && this.#stdin.isTTY) {
      throw new UsageError(`${label} is missing`, 'type it, a file that holds it, or - for standard input')
    }
    const source = operand ?? '-'
    const isNamed = source === '-' || LIKE_A_PATH.test(source) || (await isFile(source))
    const content = isNamed ? await this.text(label, source) : source
    if (content.trim() === '') throw new UsageError(`${label} is empty`, 'give one')
    return content.trim()
  }

  /** A token, without the words of the header that it may have been copied with. */
  async token(operand: string | undefined): Promise<string> {
    return toToken(await this.content('the token', operand))
  }

  #take(label: string): Stdin {
    if (this.#reader !== undefined) {
      throw new UsageError(`${this.#reader} and ${label} both want standard input`, 'give one of them as a file')
    }
    this.#reader = label
    return this.#stdin
  }
}

/** Reads one strict JSON object, in which no name repeats. */
export function readObject(label: string, json: string): { readonly [name: string]: unknown } {
  if (!json.startsWith('{'))
    throw new UsageError(`${label} is neither JSON nor a file`, 'see whether the file is there')
  const object = parseJsonObject(Buffer.from(json).toString('latin1'))
  if (object) return object
  throw new UsageError(`${label} is not one strict JSON object`, `type it as '{"role":"admin"}', each name once`)
}

async function collect(label: string, stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.length
      if (size > LIMIT)
        throw new UsageError(`${label} has more than 1 MiB`, 'tokens, keys and policies are far smaller')
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(`${label} cannot be read`, error)
  }
  return Buffer.concat(chunks)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file of that name',
  EISDIR: 'it is a directory; name a file',
  ENOTDIR: 'there is a file where a directory is wanted',
  EACCES: 'its permissions do not allow it',
  EEXIST: 'there is a file of that name already; remove it, or name another',
}

/** What a failure of the file system says to people. */
export function fileError(problem: string, error: unknown): UsageError {
  const { code = 'unknown' } = Object(error) as { readonly code?: string }
  return new UsageError(problem, REASONS[code] ?? `the system says ${code}`)
}

// A pipe of the shell's <(…) is one too.
async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory()
  } catch {
    return false
  }
}
