import { expect, test } from 'vitest'
import { pieces } from '../src/hidden.ts'

test.each([
  ['plain text', 'alice'],
  ['nothing', ''],
  ['lines', 'one\ntwo'],
  ['other scripts, those from right to left too', 'Алиса أليس 愛麗絲'],
  ['emoji, and the selector that makes them so', '❤️ 👍'],
  ['markup', '<img src=x onerror=alert(1)>'],
])('%s stays as it is', (_, text) => {
  expect(pieces(text)).toEqual(text ? [{ text, hidden: false }] : [])
})

test.each([
  ['a null', '\0', 'U+0000'],
  ['an escape, which begins orders to a terminal', '\x1b', 'U+001B'],
  ['a carriage return', '\r', 'U+000D'],
  ['a control of the upper half', '\x9b', 'U+009B'],
  ['a soft hyphen', '\xad', 'U+00AD'],
  ['a space of no width', '\u200b', 'U+200B'],
  ['a mark from right to left', '\u200f', 'U+200F'],
  ['an Arabic letter mark', '\u061c', 'U+061C'],
  ['an override of direction', '\u202e', 'U+202E'],
  ['an isolate', '\u2066', 'U+2066'],
  ['a line separator', '\u2028', 'U+2028'],
  ['a byte order mark', '\ufeff', 'U+FEFF'],
  ['a Hangul filler', '\u3164', 'U+3164'],
  ['a letter of the tags', '\u{e0041}', 'U+E0041'],
  ['half of a pair', '\ud800', 'U+D800'],
])('%s is shown by its name', (_, character, name) => {
  expect(pieces(`a${character}b`)).toEqual([
    { text: 'a', hidden: false },
    { text: name, hidden: true },
    { text: 'b', hidden: false },
  ])
  expect(pieces(character)).toEqual([{ text: name, hidden: true }])
})

test('each of several is shown', () => {
  expect(pieces('\u202e\u202d').map(({ text }) => text)).toEqual(['U+202E', 'U+202D'])
})
