// Where JSON that somebody is typing goes wrong. Engines say it in words of their own, or quote the text.

/** Where and why a text is not one strict JSON object; `undefined` where it is. */
export function jsonFault(text: string): string | undefined {
  try {
    const end = skip(text, readObject(text, skip(text, 0), 1))
    return end === text.length ? undefined : say(text, { at: end, wanted: 'there is more after the closing brace' })
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
    return say(text, fault)
  }
}

class Fault extends Error {
  readonly at: number
  readonly wanted: string

  constructor(at: number, wanted: string) {
    super(wanted)
    this.at = at
    this.wanted = wanted
  }
}

const MAX_DEPTH = 32
const STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*"/y
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y
const SPACE = /[ \t\r\n]*/y

function say(text: string, { at, wanted }: { readonly at: number; readonly wanted: string }): string {
  const line = text.slice(0, at).split('\n').length
  return `line ${line}, column ${at - text.lastIndexOf('\n', at - 1)}: ${wanted}`
}

// The end of what matches at a position; -1 where nothing does.
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

const skip = (text: string, at: number): number => endOf(SPACE, text, at)

function readValue(text: string, at: number, depth: number): number {
  if (text[at] === '{') return readObject(text, at, depth + 1)
  if (text[at] === '[') return readArray(text, at, depth + 1)
  if (text[at] === '"') return readString(text, at)
  const end = endOf(SCALAR, text, at)
  if (end < 0) throw new Fault(at, 'a value is wanted: text in double quotes, a number, true, false, null, { or [')
  if (Math.abs(JSON.parse(text.slice(at, end))) === Infinity) throw new Fault(at, 'the number is too large')
  return end
}

function readString(text: string, at: number): number {
  const end = endOf(STRING, text, at)
  if (end < 0)
    throw new Fault(at, 'the text that begins here has no end on its line, or a backslash that means nothing')
  return end
}

function readObject(text: string, at: number, depth: number): number {
  if (text[at] !== '{') throw new Fault(at, 'an object is wanted, which begins with {')
  const names = new Set<unknown>()
  return readList(text, at, depth, '}', (start) => {
    if (text[start] !== '"') throw new Fault(start, 'a name in double quotes is wanted')
    const end = readString(text, start)
    const name: unknown = JSON.parse(text.slice(start, end))
    if (names.has(name)) throw new Fault(start, 'the name stands here for the second time')
    names.add(name)
    const colon = skip(text, end)
    if (text[colon] !== ':') throw new Fault(colon, 'a colon is wanted')
    return readValue(text, skip(text, colon + 1), depth)
  })
}

function readArray(text: string, at: number, depth: number): number {
  return readList(text, at, depth, ']', (start) => readValue(text, start, depth))
}

function readList(text: string, at: number, depth: number, close: string, readItem: (at: number) => number): number {
  if (depth > MAX_DEPTH) throw new Fault(at, `it is nested more than ${MAX_DEPTH} deep`)
  let next = skip(text, at + 1)
  if (text[next] === close) return next + 1
  for (;;) {
    next = skip(text, readItem(next))
    if (text[next] === close) return next + 1
    if (text[next] !== ',') throw new Fault(next, `a comma or ${close} is wanted`)
    next = skip(text, next + 1)
  }
}
