// How the command was misused, and what to type.

/** A mistake of whoever typed the command: what is wrong, and what to do instead. */
export class UsageError extends Error {
  constructor(problem: string, remedy: string) {
    super(`${problem}; ${remedy}`)
  }
}

// The options that are not called as the members of the library are.
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['clockTolerance', 'tolerance'],
  ['requiredClaims', 'require'],
  ['algorithms', 'alg'],
])

// What the library tells programs to do, as a command line. A message may come by twice, and changes once.
const WORDS: readonly (readonly [library: RegExp, command: string])[] = [
  [/^[a-z]+[A-Z]\w*: /, ''],
  [/\bgenerateSecret\('(\w+)'\)/, 'tittle keygen $1'],
  [/; name the algorithm that it is for$/, '; type --alg with the one that it is for'],
  [/\bthis runtime has no ML-DSA-\d+$/, '$&; use Node 24 or newer'],
  [/^kid: ('thumbprint' is not for secrets.*)$/, '--kid: $1; type --kid with a name of your own'],
  [/; use exportPem\(\)$/, '; type tittle convert --to pem'],
]

/** A message of the library, which speaks of functions and members, in the words of the command. */
export function inCommandWords(message: string): string {
  const dashed = (member: string): string => member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return WORDS.reduce((text, [library, command]) => text.replace(library, command), message).replace(
    /\b(?:policy|options)\.(\w+)/g,
    (_, member: string) => `--${OPTIONS.get(member) ?? dashed(member)}`,
  )
}

/** The one of the names that is likely to be meant: at most two typing errors, or a third of the letters, away. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const typed = name.toLowerCase()
  const [best] = names
    .map((candidate) => ({ candidate, distance: distanceOf(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.min(2, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return best?.candidate
}

// Levenshtein's, by rows; what is long enough to take time is no typing error.
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const [above = 0, aboveLeft = 0, left = 0] = [row[j + 1], row[j], next[j]]
      next.push(Math.min(above + 1, left + 1, aboveLeft + (letter === b[j] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? Infinity
}
