// Characters that nobody sees, and that change what is seen: whoever makes a token may put them into it.

/** A piece of text: as it is, or the name of one character that must not be shown as it is. */
export interface Piece {
  readonly text: string
  readonly hidden: boolean
}

// Controls but the line feed, what has no width, what turns the direction of reading (UAX #9), fillers, tags, and
// halves of a pair. The two selectors by which emoji are chosen may stay.
export const HIDDEN: RegExp =
  /[\0-\t\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu

/** Divides text at its hidden characters, each of which becomes its name, as `U+202E`. */
export function pieces(text: string): readonly Piece[] {
  const list: Piece[] = []
  let end = 0
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (index > end) list.push({ text: text.slice(end, index), hidden: false })
    list.push({ text: nameOf(character), hidden: true })
    end = index + character.length
  }
  return end < text.length ? [...list, { text: text.slice(end), hidden: false }] : list
}

const nameOf = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
