// Files with keys in them: for their owner alone, and never in place of another.
import { mkdir, open, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileError } from './input.ts'
import { UsageError } from './usage.ts'

/** A file to be. */
export interface NewFile {
  readonly path: string
  readonly content: string | Uint8Array
}

/** Writes all of the files with mode 0600, or none. */
export async function writeNew(files: readonly NewFile[]): Promise<void> {
  const made: string[] = []
  for (const { path, content } of files) {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const file = await open(path, 'wx', 0o600)
      made.push(path)
      await file.writeFile(content).finally(() => file.close())
    } catch (error) {
      await Promise.allSettled(made.map((each) => unlink(each)))
      throw fileError(`${basename(path)} cannot be written`, error)
    }
  }
}

/** Refuses `-` for what is to be made: it would be a file of that name. */
export function refuseDash(out: string | undefined): void {
  if (out === '-') throw new UsageError('--out - names no file', 'leave it out for standard output')
}

/** A name that is one file's, out of whatever a key is called. */
export function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_').replace(/^[.-]+/, '_')
}
