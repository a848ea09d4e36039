// Changes to the JSON of a header or of claims, before it is signed anew: rightly, wrongly or not at all.
import { MEMBERS, VALUES } from './dictionary.ts'
import { splice } from './mutate-text.ts'
import type { Random } from './random.ts'
import { NOW } from './scenes.ts'
import { readJson } from './strict-json.ts'

/** Changes JSON; what comes out may be no JSON, nor UTF-8. */
type JsonMutator = (json: string, random: Random) => string | Buffer

/** Where members, and their values, are in the JSON of an object that was made by JSON.stringify. */
interface Member {
  readonly name: string
  readonly start: number
  readonly value: number
  readonly end: number
}

/** Finds the members at the top; none where the text is no such object any more. */
export function membersOf(json: string): readonly Member[] {
  const members: Member[] = []
  let depth = 0
  let start = 1
  let value = 0
  for (let i = 0; i < json.length; i++) {
    const letter = json[i] ?? ''
    if (letter === '"') {
      const begun = i
      for (i++; i < json.length && json[i] !== '"'; i++) if (json[i] === '\\') i++
      if (depth === 1 && value === 0 && json[i + 1] === ':') value = i + 2
      if (begun < start) return []
    } else if ('{['.includes(letter)) depth++
    else if (('}]'.includes(letter) && --depth === 0) || (letter === ',' && depth === 1)) {
      if (value > 0) members.push({ name: json.slice(start, value - 1), start, value, end: i })
      start = i + 1
      value = 0
    }
  }
  return members
}

/** Changes one member; does nothing where there is none. */
function onMember(change: (json: string, member: Member, random: Random) => string): JsonMutator {
  return (json, random) => {
    const members = membersOf(json)
    return members.length === 0 ? json : change(json, random.pick(members), random)
  }
}

const anywhere =
  (change: (json: string, at: number, random: Random) => string): JsonMutator =>
  (json, random) =>
    change(json, random.below(json.length + 1), random)

/** Puts a member in: first, last or before another. */
function insert(json: string, member: string, random: Random): string {
  const members = membersOf(json)
  if (members.length === 0) return `{${member}}`
  const { start } = random.pick(members)
  return random.oneIn(2) ? splice(json, start, 0, `${member},`) : `${json.slice(0, json.lastIndexOf('}'))},${member}}`
}

/** Spells some characters of a JSON string as escapes, if an earlier change has left it one. */
function escapeSome(string: string, random: Random): string {
  const plain = readJson(string)?.value
  if (typeof plain !== 'string') return string
  const units = plain.split('')
  const escaped = units.map((unit) => {
    const code = unit.charCodeAt(0).toString(16).padStart(4, '0')
    const isHalf = /[\ud800-\udfff]/.test(unit)
    if (isHalf || random.oneIn(2)) return `\\u${random.oneIn(2) ? code.toUpperCase() : code}`
    return unit === '/' && random.oneIn(2) ? '\\/' : JSON.stringify(unit).slice(1, -1)
  })
  return `"${escaped.join('')}"`
}

const nested = (depth: number, random: Random): string => {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
    ['[', ''],
  ] as const)
  const levels = open.startsWith('[{') ? Math.ceil(depth / 2) : depth
  return `${open.repeat(levels)}${random.pick(['1', '""', '[]', '{}'])}${close.repeat(levels)}`
}

const SPACE = [' ', '\n', '\t', '\r', '   ']
const NO_SPACE = ['\0', '\u00a0', '\ufeff', '\u2028', '\v', '\f', '/**/', '//\n', ',']
const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '\\',
  '\\"',
  '\\u0061',
  '0',
  '1',
  '-',
  '+',
  '.',
  'e9',
  'null',
  'true',
  'NaN',
]

// Each is a change to UTF-8: overlong forms, halves of surrogate pairs, what never occurs, what is cut short.
const OCTETS = [
  'ff',
  'fe',
  '80',
  'c0af',
  'c080',
  'e080af',
  'eda080',
  'edbfbf',
  'eda080edb080',
  'f4908080',
  'f8888080',
  'c3',
  'e282',
  'efbbbf',
  'c1a1',
]

export const jsonMutators: Readonly<Record<string, JsonMutator>> = {
  'a dictionary member': (json, random) => insert(json, random.pick(MEMBERS), random),
  'a dictionary member in place of its name': (json, random) => {
    const member = random.pick(MEMBERS)
    const name = member.slice(0, member.indexOf('":') + 1)
    const old = membersOf(json).find((each) => each.name === name)
    return old ? splice(json, old.start, old.end - old.start, member) : insert(json, member, random)
  },
  'a value replaced': onMember((json, { value, end }, random) => splice(json, value, end - value, random.pick(VALUES))),
  'a value of another member': (json, random) => {
    const members = membersOf(json)
    if (members.length === 0) return json
    const [to, from] = [random.pick(members), random.pick(members)]
    return splice(json, to.value, to.end - to.value, json.slice(from.value, from.end))
  },
  'a value in an array': onMember((json, { value, end }) =>
    splice(json, value, end - value, `[${json.slice(value, end)}]`),
  ),
  'a value as a string': onMember((json, { value, end }) =>
    splice(json, value, end - value, JSON.stringify(json.slice(value, end))),
  ),
  'a date moved': (json, random) =>
    json.replace(/"(exp|nbf|iat)":\d+/, (_, name: string) => {
      const date = NOW + random.pick([-3601, -90, -60, -31, -30, -29, -1, 0, 1, 29, 30, 31, 60, 840, 841, 900, 3600])
      return `"${name}":${random.pick([`${date}`, `${date}.0`, `${date}.5`, `${date / 1e9}e9`, `${date}000`, `${date}0e-1`, `-${date}`])}`
    }),
  'a member removed': onMember(
    (json, { start, end }) => json.slice(0, start) + json.slice(json[end] === ',' ? end + 1 : end),
  ),
  'members in another order': (json, random) => {
    const members = membersOf(json).map(({ start, end }) => json.slice(start, end))
    const at = random.below(members.length + 1)
    return members.length === 0 ? json : `{${[...members.slice(at), ...members.slice(0, at)].join(',')}}`
  },
  'a member twice': onMember((json, { start, end }, random) => insert(json, json.slice(start, end), random)),
  'a member twice, with another value': onMember((json, { name }, random) =>
    insert(json, `${name}:${random.pick(VALUES)}`, random),
  ),
  'a member twice, once escaped': onMember((json, { name, value, end }, random) =>
    insert(json, `${escapeSome(name, random)}:${json.slice(value, end)}`, random),
  ),
  'a name escaped': onMember((json, { name, start }, random) =>
    splice(json, start, name.length, escapeSome(name, random)),
  ),
  'a string escaped': (json, random) => {
    const strings = [...json.matchAll(/"(?:[^"\\]|\\.)*"/g)]
    if (strings.length === 0 || random.oneIn(20)) return json
    const { 0: string, index } = random.pick(strings)
    return splice(json, index, string.length, escapeSome(string, random))
  },
  'a name changed': onMember((json, { name, start }, random) => {
    const changed = random.pick([
      name.toUpperCase(),
      `"${name}`,
      `${name.slice(0, -1)} "`,
      name.replace('i', '\u0131'),
      name.slice(1),
    ])
    return splice(json, start, name.length, changed)
  }),
  'white space': anywhere((json, at, random) => splice(json, at, 0, random.pick(SPACE))),
  'what is no white space': anywhere((json, at, random) => splice(json, at, 0, random.pick(NO_SPACE))),
  'white space between all': (json, random) => json.replace(/(?<=[{,:])(?=["[{\dtfn])/g, random.pick(SPACE)),
  'a letter of JSON inserted': anywhere((json, at, random) => splice(json, at, 0, random.pick(TOKENS))),
  'a letter replaced': anywhere((json, at, random) => splice(json, at, 1, random.pick(TOKENS))),
  'a letter deleted': anywhere((json, at) => splice(json, at, 1, '')),
  'two letters transposed': anywhere((json, at) => splice(json, at, 2, (json[at + 1] ?? '') + (json[at] ?? ''))),
  'any character inserted': anywhere((json, at, random) =>
    splice(json, at, 0, String.fromCharCode(random.below(0xd800))),
  ),
  'octets inserted': (json, random) => {
    const octets = Buffer.from(json)
    const at = random.below(octets.length + 1)
    return Buffer.concat([octets.subarray(0, at), Buffer.from(random.pick(OCTETS), 'hex'), octets.subarray(at)])
  },
  'a bit flipped': (json, random) => {
    const octets = Buffer.from(json)
    const at = random.below(octets.length)
    octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8))
    return octets
  },
  'in UTF-16': (json) => Buffer.from(json, 'utf16le'),
  'in Latin-1': (json) => Buffer.from(json, 'latin1'),
  'cut short': (json, random) => json.slice(0, random.below(json.length)),
  'more after it': (json, random) => json + random.pick(['}', '{}', ',', ' ', '\n', '\0', 'null', json, ';', '//']),
  'more before it': (json, random) => random.pick(['\ufeff', ' ', '\n', '{', '[', ")]}'\n", '\0', '1']) + json,
  'in an array': (json) => `[${json}]`,
  'as a string': (json) => JSON.stringify(json),
  'another value at the top': (_, random) => random.pick(VALUES),
  'deeply nested': (json, random) =>
    insert(json, `"n":${nested(random.pick([1, 8, 29, 30, 31, 32, 33, 34, 64, 1000]), random)}`, random),
  'many members': (json, random) => {
    const count = random.pick([10, 100, 500])
    const names = Array.from({ length: count }, (_, i) => `"m${random.oneIn(300) ? 0 : i}":${i}`)
    return insert(json, names.join(','), random)
  },
  'a long value': (json, random) =>
    insert(json, `"long":"${'x'.repeat(random.pick([100, 4000, 9000, 12_000]))}"`, random),
}
