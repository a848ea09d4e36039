// 8. Memory: what a million verifications leave behind, and what an entry of the memo takes.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { number } from '../report.mjs'

export const title = 'Memory'

export async function run({ verifications, entries }) {
  const { growth } = heap('verifications', verifications)
  const { tittle, fastJwt } = heap('entries', entries)
  return {
    notes: ['Bytes of heap after a collection, each measured in a process of its own.'],
    tables: [
      [
        ['', 'bytes'],
        [`growth over ${verifications.toLocaleString('en')} verifications, one in ten refused`, bytes(growth)],
        ["an entry of tittle's memo, a token of 300 characters", bytes(tittle)],
        ["an entry of fast-jwt's cache", bytes(fastJwt)],
      ],
    ],
    figures: { 'heap growth, KB': growth / 1000 },
  }
}

const bytes = (count) => number(Math.round(count))

function heap(task, count) {
  const script = join(import.meta.dirname, '../heap.mjs')
  const options = ['--no-warnings', '--expose-gc', script, task, `${count}`]
  return JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }))
}
