// Measuring subjects side by side: in turn and repeatedly, A B C, C B A, A B C …, so that what else the machine does
// falls on all of them, and ratios within one round say what single times cannot.

/**
 * Measures subjects in one process: their samples, one a round, from which medians and ratios are taken.
 *
 * `subjects` maps a name to `run(i)`, or to `{ run, prepare }` where something has to be laid out before the clock
 * starts: `prepare(calls)`. Each is warmed up for `warmUp` ms, and gets `slice` ms a round. A `run` that answers by a
 * promise is awaited, one by one or in so many `lanes` at once.
 */
export async function measure(subjects, { rounds, slice, warmUp, lanes = 1 }) {
  const tracks = Object.entries(subjects).map(([name, subject]) => {
    const { run, prepare = () => {} } = typeof subject === 'function' ? { run: subject } : subject
    return { name, run, prepare, lanes, calls: lanes, samples: [] }
  })
  // Twice, for code that they share is compiled anew when another comes to use it.
  for (const track of [...tracks, ...tracks]) await settle(track, slice, warmUp / 2)
  for (let round = 0; round < rounds; round++) {
    for (const track of round % 2 ? tracks.toReversed() : tracks) track.samples.push(await sample(track))
  }
  return comparison(tracks)
}

// Lets the compiler settle, and finds the number of calls that fill a slice.
async function settle(track, slice, warmUp) {
  track.prepare(1)
  const answer = track.run(0)
  track.isAsync = answer instanceof Promise
  await answer
  // By the processor, of which a busy machine may give little; but there are calls that need next to none.
  const start = wall()
  for (let used = 0; used < warmUp && wall() - start < warmUp * 4;) {
    const { elapsed, processor } = await sample(track)
    used += processor * track.calls
    track.calls = Math.min(Math.max(track.lanes, Math.ceil(slice / Math.max(elapsed, 1e-6))), track.calls * 8)
  }
}

/** Milliseconds a call: those that passed, those of the processor, and those in which the event loop was busy. */
async function sample({ run, prepare, calls, isAsync, lanes }) {
  prepare(calls)
  const loop = performance.eventLoopUtilization()
  const [start, used] = [wall(), processorTime()]
  if (isAsync) await inLanes(run, calls, lanes)
  else for (let i = 0; i < calls; i++) run(i)
  const [processor, elapsed] = [processorTime() - used, wall() - start]
  const { active } = performance.eventLoopUtilization(loop)
  return { elapsed: elapsed / calls, processor: (countsFinely ? processor : elapsed) / calls, loop: active / calls }
}

async function inLanes(run, calls, lanes) {
  if (lanes === 1) {
    for (let i = 0; i < calls; i++) await run(i)
    return
  }
  let next = 0
  const lane = async () => {
    while (next < calls) await run(next++)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Milliseconds by the clock. */
export const wall = () => performance.now()

// Milliseconds of the processor, which what else the machine does lengthens less.
function processorTime() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

// Some virtual machines count none, or in ticks longer than a slice; then the clock has to do.
const countsFinely = (() => {
  const seen = new Set()
  for (const end = wall() + 20; wall() < end;) seen.add(processorTime())
  return seen.size > 20
})()

/** A promise may be kept by another thread, and waits in between: there, only the clock tells all. */
function comparison(tracks) {
  const byName = new Map(tracks.map((track) => [track.name, track]))
  const figureOf = (...names) => (names.some((name) => byName.get(name).isAsync) ? 'elapsed' : 'processor')
  const column = (name, figure) => byName.get(name).samples.map((sample) => sample[figure])
  return {
    names: [...byName.keys()],
    has: (name) => byName.has(name),
    /** The median of a subject's milliseconds a call. */
    median: (name, figure = figureOf(name)) => middle(column(name, figure)),
    /** How many times the base a subject takes: the median of the rounds, and their spread. */
    ratio(name, base, figure = figureOf(name, base)) {
      const bases = column(base, figure)
      return middleAndSpread(column(name, figure).map((value, round) => value / bases[round]))
    },
  }
}

/** The median, and half the distance between the first and the last eighth. */
export function middleAndSpread(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const eighth = sorted.length >> 3
  return { median: middle(sorted), spread: (sorted[sorted.length - 1 - eighth] - sorted[eighth]) / 2 }
}

/** The median. */
export function middle(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
