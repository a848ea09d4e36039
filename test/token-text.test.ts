import { expect, test } from 'vitest'
import { segments, toToken } from '../src/token-text.ts'

test.each([
  ['a.b.c', 'a.b.c'],
  ['  a.b.c\n', 'a.b.c'],
  ['Bearer a.b.c', 'a.b.c'],
  ['bearer  a.b.c', 'a.b.c'],
  ['\tBEARER\ta.b.c', 'a.b.c'],
  ['Authorization: Bearer a.b.c', 'a.b.c'],
  ['authorization:bearer a.b.c\r\n', 'a.b.c'],
  ['a.b\r\n  .c', 'a.b.c'],
  ['', ''],
  [' \n', ''],
  ['Bearera.b.c', 'Bearera.b.c'],
  ['x Bearer a.b.c', 'xBearera.b.c'],
  ['a b\tc', 'abc'],
  ['a  \n b', 'ab'],
])('%j is the token %j', (text, token) => {
  expect(toToken(text)).toBe(token)
})

test.each([
  ['a.b.c', ['header a', 'other .', 'payload b', 'other .', 'signature c']],
  ['Bearer a.b.c', ['other Bearer ', 'header a', 'other .', 'payload b', 'other .', 'signature c']],
  ['Authorization: Bearer a', ['other Authorization: Bearer ', 'header a']],
  ['Authorization:  Bearer  a', ['other Authorization:  Bearer  ', 'header a']],
  ['\t\nBearer a', ['other \t\nBearer ', 'header a']],
  ['xBearer a', ['header xBearer a']],
  ['x Bearer a', ['header x Bearer a']],
  ['a', ['header a']],
  ['a.', ['header a', 'other .']],
  ['a.b', ['header a', 'other .', 'payload b']],
  ['a.b.', ['header a', 'other .', 'payload b', 'other .']],
  ['.b.', ['other .', 'payload b', 'other .']],
  ['..', ['other .', 'other .']],
  ['a.b.c.d.e', ['header a', 'other .', 'payload b', 'other .', 'signature c', 'other .d.e']],
  ['a\n.\nb.c\n', ['header a\n', 'other .', 'payload \nb', 'other .', 'signature c\n']],
  ['', []],
])('%j has the segments %j, which are all of its text', (text, expected) => {
  const found = segments(text)
  expect(found.map((segment) => `${segment.part} ${segment.text}`)).toEqual(expected)
  expect(found.map((segment) => segment.text).join('')).toBe(text)
})

test('a megabyte without a dot takes no time', () => {
  expect(segments('x'.repeat(1_000_000))).toHaveLength(1)
  expect(segments('.'.repeat(1_000_000))).toHaveLength(3)
})
