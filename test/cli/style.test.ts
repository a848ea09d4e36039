import { describe, expect, test } from 'vitest'
import { colouredJson, jsonText, painter, visible } from '../../src/cli/style.ts'
import type { Environment } from '../../src/cli/terminal.ts'

const output = (isTTY?: boolean) => ({ write: () => {}, isTTY })
const on = { env: { FORCE_COLOR: '1' }, output: output() }
const paint = painter(on.env, on.output)

test.each<[env: Environment, isTTY: boolean | undefined, coloured: boolean]>([
  [{}, true, true],
  [{ TERM: 'xterm' }, true, true],
  [{ NO_COLOR: '', FORCE_COLOR: '' }, true, true],
  [{}, false, false],
  [{}, undefined, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '3', TERM: 'dumb' }, undefined, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
])('with %j on a terminal (%s) there are colours: %s', (env, isTTY, coloured) => {
  expect(painter(env, output(isTTY))('red', 'text')).toBe(coloured ? '\x1b[31mtext\x1b[0m' : 'text')
})

describe('what a terminal would obey is spelled out', () => {
  const hostile = [
    ...Array.from({ length: 0x20 }, (_, i) => i),
    ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
    ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
    // What nobody sees: soft hyphen, zero width, the byte order mark, fillers, tags.
    ...[0xad, 0x34f, 0x115f, 0x180e, 0x200b, 0x200d, 0x2060, 0x3164, 0xfeff, 0xffa0, 0xe0001, 0xe0041],
  ]

  const spelled = (character: string): string =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join('')

  test.each(hostile.map((code) => [spelled(String.fromCodePoint(code)), String.fromCodePoint(code)]))(
    '%s',
    (escape, character) => {
      expect(visible(`a${character}b`)).toBe(`a${escape}b`)
      const json = jsonText({ [`name${character}`]: `a${character}b` })
      expect(json.split('\n')).toHaveLength(3)
      expect(json.replaceAll('\n', '')).not.toContain(character)
      expect(JSON.parse(json)).toEqual({ [`name${character}`]: `a${character}b` })
    },
  )

  test('and nothing else', () => {
    const harmless = 'ä € \u{1f701} \u{2764}\ufe0f \\ "quoted" שלום 日本'
    expect(visible(harmless)).toBe(harmless)
  })
})

test('JSON in colours is the same JSON', () => {
  const value = { text: 'a "b": \\', 'name "1": 2': [-1.5e-7, 12, true, false, null], deep: { empty: {}, list: [] } }
  const coloured = colouredJson(paint, value)
  expect(coloured.replaceAll(/\x1b\[\d+m/g, '')).toBe(JSON.stringify(value, null, 2))
  expect(colouredJson(paint, { a: 'b', c: 1, d: null })).toBe(
    [
      '{',
      '  \x1b[36m"a"\x1b[0m: \x1b[32m"b"\x1b[0m,',
      '  \x1b[36m"c"\x1b[0m: \x1b[33m1\x1b[0m,',
      '  \x1b[36m"d"\x1b[0m: \x1b[33mnull\x1b[0m',
      '}',
    ].join('\n'),
  )
})
