// Choices that come again with their seed and index (sfc32, Doty-Humphrey), so that a case needs none of those before it.

/** A source of choices. */
export class Random {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #count = 1

  constructor(seed: number, index: number) {
    this.#a = seed | 0
    this.#b = index | 0
    for (let i = 0; i < 15; i++) this.bits()
  }

  /** 32 bits, as a number that is not negative. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** A whole number below the bound. */
  below(bound: number): number {
    return this.bits() % bound
  }

  /** Whether the one case of so many has come. */
  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  /** One of a list. */
  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)]
    if (item === undefined) throw new RangeError('there is nothing to pick from')
    return item
  }

  /** One of a list of choices, by their weights. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let rest = this.below(list.reduce((sum, { weight }) => sum + weight, 0))
    const item = list.find(({ weight }) => (rest -= weight) < 0)
    if (item === undefined) throw new RangeError('there is nothing to choose from')
    return item
  }

  /** So many octets. */
  octets(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)))
  }
}
