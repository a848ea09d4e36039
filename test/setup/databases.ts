// The databases of the stores, as far as this machine has them; test/stores/prepare.mjs brings their clients.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PostgresQueryClient } from 'tittle/session/postgres'
import type { SqliteDatabase } from 'tittle/session/sqlite'

const load = createRequire(resolve(import.meta.dirname, '../stores/package.json'))

/** A database of either kind, which can be closed. */
export interface OpenSqlite extends SqliteDatabase {
  close(): unknown
}

type SqliteClass = new (path: string) => OpenSqlite

/** What opens databases until the test has finished, by its name; undefined what this machine cannot load. */
export const sqlites: readonly (readonly [name: string, open: ((path?: string) => OpenSqlite) | undefined])[] = [
  ['better-sqlite3', loaded(() => opener(load('better-sqlite3')))],
  ['node:sqlite', loaded(() => opener(load('node:sqlite').DatabaseSync))],
]

/** PostgreSQL in the process, with an empty database; undefined where it was not installed. */
export const PGlite: (new () => PostgresQueryClient & { close(): Promise<void> }) | undefined = loaded(
  () => load('@electric-sql/pglite').PGlite,
)

/** A path for a database that is gone after the test. */
export function databasePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return join(folder, 'sessions.db')
}

function loaded<T>(get: () => T): T | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}

function opener(Database: SqliteClass): (path?: string) => OpenSqlite {
  // What better-sqlite3 lacks, it looks for only now.
  new Database(':memory:').close()
  return (path = ':memory:') => {
    const db = new Database(path)
    onTestFinished(() => void loaded(() => db.close()))
    return db
  }
}
