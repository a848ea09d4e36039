// Files with keys in them: for their owner alone, and never in place of another.
import { mkdir, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileError } from './input.ts'

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
      await writeFile(path, content, { flag: 'wx', mode: 0o600 })
      made.push(path)
    } catch (error) {
      await Promise.all(made.map((each) => unlink(each)))
      throw fileError(`${basename(path)} cannot be written`, error)
    }
  }
}

/** A name that is one file's, out of whatever a key is called. */
export function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_')
}
