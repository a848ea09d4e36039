// The built library with one function replaced: its comparison stops at the first character that differs.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const dist = resolve(import.meta.dirname, '../../dist')

const COMPARISON = /function equalInConstantTime\(a, b\) \{\n.*?\n\}/gs

const LEAKY = `function equalInConstantTime(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return false;
  return true;
}`

/** Imports a copy of the build that leaks. */
export async function importLeaky() {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-leaky-'))
  try {
    cpSync(dist, folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
    // The command is a file by itself, with a copy of all that it needs, and none of it is measured.
    const files = readdirSync(folder).filter((name) => name.endsWith('.js') && name !== 'cli.js')
    const replaced = files.filter((name) => replaceIn(join(folder, name)))
    if (replaced.length !== 1) throw new Error(`the comparison is in ${replaced.length} files of the build, not in one`)
    return await import(pathToFileURL(join(folder, 'index.js')).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function replaceIn(path) {
  const code = readFileSync(path, 'utf8')
  if (!code.match(COMPARISON)) return false
  writeFileSync(path, code.replace(COMPARISON, LEAKY))
  return true
}
