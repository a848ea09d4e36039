// Where sessions are kept: SQLite, which comes with Node since 22.13.
import { memoryStore } from 'tittle/session'
import { sqliteStore } from 'tittle/session/sqlite'

export async function openStore() {
  const sqlite = process.getBuiltinModule('node:sqlite')
  if (!sqlite) {
    console.log(`Sessions are kept in memory: Node ${process.versions.node} has no node:sqlite, 22.13 and later have.`)
    return memoryStore()
  }
  console.log('Sessions are kept in SQLite.')
  // A file in its place outlives the process; the keys have to as well, then.
  const store = sqliteStore(new sqlite.DatabaseSync(':memory:'))
  await store.migrate()
  return store
}
