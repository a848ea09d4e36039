// How figures are spelled, and what RESULTS.md says beside them.
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { skipped } from './peers.mjs'

/** A figure with as many digits as it deserves. */
export function number(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

/** A ratio and its spread. */
export const ratio = ({ median, spread }) => `${number(median)} ±${number(spread)}`

/** Milliseconds as microseconds. */
export const micros = (milliseconds) => `${number(milliseconds * 1000)} µs`

/** Rows of cells as a Markdown table, the first row being its head. */
export function toTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  const [head, ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** A section as Markdown. */
export function toSection({ title, notes, tables }) {
  return [`## ${title}`, notes.join('\n'), ...tables.map(toTable)].join('\n\n')
}

/** What was measured, where and when, by line. */
export function circumstances(loads) {
  const { dependencies } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'package.json'), 'utf8'))
  const versions = Object.keys(dependencies).map((library) => `${library} ${versionOf(library)}`)
  const [{ model }] = cpus()
  return [
    `Node ${process.version} (V8 ${process.versions.v8}, OpenSSL ${process.versions.openssl}), ${process.platform} ${process.arch}`,
    `${model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GB; load ${loads.map((load) => load.toFixed(1)).join(' at the start, ')}${loads.length > 1 ? ' at the end' : ' at the start'}`,
    `${new Date().toISOString().slice(0, 10)}; ${versions.join(', ')}`,
    ...skipped.map((library) => `${library} is skipped: it has no binary that loads here`),
  ]
}

function versionOf(library) {
  const file = resolve(import.meta.dirname, 'node_modules', library, 'package.json')
  return JSON.parse(readFileSync(file, 'utf8')).version
}
