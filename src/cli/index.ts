#!/usr/bin/env node
// The command as npm installs it: the process, and nothing else.
import { createRequire } from 'node:module'
import process from 'node:process'
import { systemClock } from '../time.ts'
import { main } from './main.ts'

// Whoever has read enough, as head does, hangs up.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return process.exit()
  process.stderr.write(`tittle: standard output cannot be written; the system says ${error.code}\n`)
  process.exit(2)
})

const manifest: { readonly version: string } = createRequire(import.meta.url)('tittle/package.json')

process.exitCode = await main({
  args: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  out: process.stdout,
  err: process.stderr,
  clock: systemClock,
  version: manifest.version,
  page: new URL('inspector.html', import.meta.url),
  // Only who asks for it takes Ctrl-C away from the process.
  get stop() {
    const controller = new AbortController()
    process.once('SIGINT', () => controller.abort())
    return controller.signal
  },
})
