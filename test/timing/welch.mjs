// Welch's t-test as dudect uses it (Reparaz, Balasch, Verbauwhede: "dude, is my code constant time?", 2017).

/** How many thresholds the samples are cropped at, beside not at all. */
const CROPS = 50

/** The share of samples below each threshold: dense at the fast end, where the machine disturbs least. */
export const shares = Array.from({ length: CROPS }, (_, index) => 1 - 0.5 ** ((10 * (index + 1)) / CROPS))

/** Count, mean and variance of a class, one sample at a time (Welford). */
class Moments {
  count = 0
  mean = 0
  squares = 0

  add(sample) {
    this.count++
    const distance = sample - this.mean
    this.mean += distance / this.count
    this.squares += distance * (sample - this.mean)
  }

  get error() {
    return this.squares / (this.count - 1) / this.count
  }
}

// With fewer samples, the mean of a class need not be near to normal.
const FEWEST = 5000

/** Welch's t of two classes, of their samples below a threshold; undefined where there are too few. */
export function welch([as, bs], threshold = Infinity) {
  const classes = [as, bs].map((samples) => {
    const moments = new Moments()
    for (const sample of samples) if (sample <= threshold) moments.add(sample)
    return moments
  })
  if (classes.some(({ count }) => count < FEWEST)) return undefined
  const [a, b] = classes
  const error = Math.sqrt(a.error + b.error)
  const difference = a.mean - b.mean
  // No spread at all: the same time always is no difference, and two times are the clearest one.
  return { t: error > 0 ? difference / error : difference === 0 ? 0 : Infinity, difference, counts: [a.count, b.count] }
}

/** Every test of two classes: of all samples, and of those below each threshold, which is the same for both. */
export function tests(classes) {
  const sorted = Float64Array.from([...classes[0], ...classes[1]]).sort()
  const cropped = shares.map((share) => [share, welch(classes, sorted[Math.floor(share * (sorted.length - 1))])])
  return [[1, welch(classes)], ...cropped].flatMap(([share, test]) => (test ? [{ share, ...test }] : []))
}

/** The test that tells the classes apart the best. */
export const strongest = (all) => all.reduce((best, test) => (Math.abs(test.t) > Math.abs(best.t) ? test : best))
