// Time, memory and what is read, of many refusals one after another.
import { MARK, payload } from './tokens.mjs'

/** The code of a refusal, `accepted`, or the name of an error that is none. */
export async function codeOf(run) {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return error.name === 'JwtError' ? error.code : error.name
  }
}

/** How often the payload was decoded or parsed meanwhile. */
export async function readsOfPayload(act) {
  const { parse } = JSON
  const { from } = Buffer
  const native = globalThis.atob
  let reads = 0
  const look = (text, isRead) => {
    if (isRead && typeof text === 'string' && (text.startsWith(payload) || text.includes(MARK))) reads++
  }
  // Signatures are computed over octets that are taken as latin1, which reads nothing.
  Buffer.from = (text, ...rest) => (look(text, rest[0] !== 'latin1'), from.call(Buffer, text, ...rest))
  JSON.parse = (text, ...rest) => (look(text, true), parse(text, ...rest))
  globalThis.atob = (text) => (look(text, true), native(text))
  try {
    await act()
  } finally {
    Object.assign(JSON, { parse })
    Object.assign(Buffer, { from })
    globalThis.atob = native
  }
  return reads
}

/** Octets that are in use once all garbage is gone. */
export async function memory() {
  // What waits for a turn of the event loop is not garbage yet.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The times of many runs in ms, and by how many octets the memory has grown. */
export async function measure(count, tokenOf, run) {
  const times = new Float64Array(count)
  // What is made once is no growth.
  await flood(Math.min(count, 200), (i) => tokenOf(count + i), run, times)
  const before = await memory()
  await flood(count, tokenOf, run, times)
  const growth = (await memory()) - before
  times.sort()
  return { median: times[count >> 1], p99: times[Math.floor(count * 0.99)], growth }
}

// A function of its own, so that nothing holds its last token when it is done.
async function flood(count, tokenOf, run, times) {
  for (let i = 0; i < count; i++) {
    const token = tokenOf(i)
    // That the making of large tokens leaves garbage is not the refusal's doing.
    if (token.length > LARGE) globalThis.gc()
    const begun = performance.now()
    await run(token)
    times[i] = performance.now() - begun
  }
}

const LARGE = 100_000

export const inMs = (time) => time.toFixed(time < 1 ? 3 : 1)
export const inKiB = (octets) => Math.round(octets / 1024).toLocaleString('en')
