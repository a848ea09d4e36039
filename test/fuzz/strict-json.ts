// A JSON reader of another making than the library's: RFC 8259 letter by letter, and what makes a text one of doubt.

/** What the library refuses of valid JSON, and says so. */
type Doubt = 'no object' | 'a name twice' | 'too deep' | 'too large a number'

export interface Reading {
  readonly value: unknown
  readonly doubts: ReadonlySet<Doubt>
}

const MAX_DEPTH = 32
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...['"', '\\', '/'].map((same) => [same, same] as const),
  ...([
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
  ] as const),
])
const WORDS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

class NoJson extends Error {}

/** Reads a text; `undefined` where it is no JSON. Nesting beyond what the library takes is not followed. */
export function readJson(text: string): Reading | undefined {
  const doubts = new Set<Doubt>()
  try {
    const reader = new Reader(text, doubts)
    const value = reader.whole()
    if (typeof value !== 'object' || value === null || Array.isArray(value)) doubts.add('no object')
    return { value, doubts }
  } catch (error) {
    if (error instanceof NoJson) return undefined
    throw error
  }
}

class Reader {
  readonly #text: string
  readonly #doubts: Set<Doubt>
  #at = 0

  constructor(text: string, doubts: Set<Doubt>) {
    this.#text = text
    this.#doubts = doubts
  }

  whole(): unknown {
    const value = this.#value(1)
    this.#space()
    // What is too deep is left unread.
    if (this.#at < this.#text.length && !this.#doubts.has('too deep')) throw new NoJson()
    return value
  }

  #value(depth: number): unknown {
    this.#space()
    const first = this.#text[this.#at]
    if (first === '"') return this.#string()
    if (first === '{' || first === '[') {
      if (depth > MAX_DEPTH) {
        this.#doubts.add('too deep')
        this.#at = this.#text.length
        return undefined
      }
      return first === '{' ? this.#object(depth) : this.#array(depth)
    }
    const word = WORDS.find(([name]) => this.#text.startsWith(name, this.#at))
    if (!word) return this.#number()
    this.#at += word[0].length
    return word[1]
  }

  #object(depth: number): object {
    const object = {}
    this.#list('}', () => {
      this.#space()
      if (this.#text[this.#at] !== '"') throw new NoJson()
      const name = this.#string()
      this.#space()
      this.#expect(':')
      const value = this.#value(depth + 1)
      if (Object.hasOwn(object, name)) this.#doubts.add('a name twice')
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
    })
    return object
  }

  #array(depth: number): unknown[] {
    const items: unknown[] = []
    this.#list(']', () => items.push(this.#value(depth + 1)))
    return items
  }

  #list(close: string, item: () => void): void {
    this.#at++
    this.#space()
    if (this.#text[this.#at] === close) return void this.#at++
    for (;;) {
      item()
      if (this.#doubts.has('too deep')) return
      this.#space()
      if (this.#text[this.#at] === close) return void this.#at++
      this.#expect(',')
    }
  }

  #string(): string {
    let text = ''
    for (this.#at++; ; this.#at++) {
      const unit = this.#text[this.#at]
      if (unit === undefined || unit < ' ') throw new NoJson()
      if (unit === '"') break
      text += unit === '\\' ? this.#escape() : unit
    }
    this.#at++
    return text
  }

  #escape(): string {
    const letter = this.#text[++this.#at] ?? ''
    if (letter !== 'u') {
      const unit = ESCAPES.get(letter)
      if (unit === undefined) throw new NoJson()
      return unit
    }
    const digits = this.#text.slice(this.#at + 1, this.#at + 5)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new NoJson()
    this.#at += 4
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #number(): number {
    NUMBER.lastIndex = this.#at
    const [digits] = NUMBER.exec(this.#text) ?? []
    if (digits === undefined) throw new NoJson()
    this.#at += digits.length
    const number = Number(digits)
    if (!Number.isFinite(number)) this.#doubts.add('too large a number')
    return number
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++
  }

  #expect(unit: string): void {
    if (this.#text[this.#at++] !== unit) throw new NoJson()
  }
}
