// 7. Cold start: a process that imports the library and verifies one token, over a process that does nothing.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { materialOf } from '../material.mjs'
import { middle, middleAndSpread, wall } from '../measure.mjs'
import { skipped } from '../peers.mjs'
import { number } from '../report.mjs'

export const title = 'Cold start'

const LIBRARIES = ['tittle', 'fast-jwt', 'jsonwebtoken', '@node-rs/jsonwebtoken', 'jose', 'hono/jwt']

export async function run({ processes }) {
  const { token, issuer, audience, publicPem } = await materialOf('ES256')
  const task = JSON.stringify({ token, issuer, audience, pem: publicPem })
  const libraries = LIBRARIES.filter((library) => !skipped.includes(library))
  const samples = new Map(['nothing', ...libraries].map((library) => [library, []]))
  // The first of each fills the caches of the file system.
  for (let round = -1; round < processes; round++) {
    const names = [...samples.keys()]
    for (const library of round % 2 ? names.toReversed() : names) {
      const time = start(library, task)
      if (round >= 0) samples.get(library).push(time)
    }
  }
  const empty = samples.get('nothing')
  const over = (library) => middleAndSpread(samples.get(library).map((time, round) => time - empty[round]))
  const own = over('tittle').median
  const rows = libraries.map((library) => {
    const { median, spread } = over(library)
    return [library, `${number(median)} ms ±${number(spread)}`, number(median / own)]
  })
  return {
    notes: [
      `ES256, the key a PEM; medians of ${processes} processes each, less those of an empty process (${number(middle(empty))} ms).`,
    ],
    tables: [[['library', 'over an empty process', 'multiple of tittle'], ...rows]],
    figures: {
      'cold start, tittle / jsonwebtoken': own / over('jsonwebtoken').median,
      'cold start, tittle / jose': own / over('jose').median,
    },
  }
}

function start(library, task) {
  const script = join(import.meta.dirname, '../cold.mjs')
  const begun = wall()
  const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', script, library, task], { encoding: 'utf8' })
  const time = wall() - begun
  if (status !== 0) throw new Error(`${library} does not start: ${stderr}`)
  return time
}
