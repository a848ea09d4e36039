// How people say a span of time: the two largest units of it.

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

/** Says a finite number of seconds from now as a person would: `in 4 min 10 s`, `3 d 2 h ago`, `now`. */
export function relativeTime(seconds: number): string {
  const span = spell(Math.round(Math.abs(seconds)))
  if (span === '') return 'now'
  return seconds > 0 ? `in ${span}` : `${span} ago`
}

function spell(seconds: number): string {
  const first = UNITS.findIndex(([, size]) => size <= seconds)
  if (first < 0) return ''
  let rest = seconds
  return UNITS.slice(first, first + 2)
    .flatMap(([unit, size]) => {
      const count = Math.floor(rest / size)
      rest -= count * size
      return count > 0 ? [`${count} ${unit}`] : []
    })
    .join(' ')
}
