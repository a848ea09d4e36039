import { expect, test } from 'vitest'
import { jsonFault } from '../../src/inspector/json-fault.ts'

const deep = (levels: number, open: string, close: string): string =>
  `{"a":${open.repeat(levels)}${close.repeat(levels)}}`

test.each([
  '{}',
  ' { } ',
  '{"a":1}',
  '{"a":-1.5e+3,"b":[1,2,[],{}],"c":{"a":null},"d":true,"e":false}',
  '{"a":"\\u00e9\\n\\"","__proto__":1}',
  '{"a":"x\\nyz\\tz","b":12.345}',
  '{\n\t"a" : "é"\r\n}',
  '{"":0}',
  deep(31, '[', ']'),
])('%j is one strict object', (text) => {
  expect(() => JSON.parse(text)).not.toThrow()
  expect(jsonFault(text)).toBeUndefined()
})

test.each([
  ['', 'line 1, column 1: an object is wanted, which begins with {'],
  ['[]', 'line 1, column 1: an object is wanted, which begins with {'],
  ['"a"', 'line 1, column 1: an object is wanted, which begins with {'],
  ['{', 'line 1, column 2: a name in double quotes is wanted'],
  ["{'a':1}", 'line 1, column 2: a name in double quotes is wanted'],
  ['{a:1}', 'line 1, column 2: a name in double quotes is wanted'],
  ['{"a":1,}', 'line 1, column 8: a name in double quotes is wanted'],
  ['{"a" 1}', 'line 1, column 6: a colon is wanted'],
  ['{"a":1 "b":2}', 'line 1, column 8: a comma or } is wanted'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: a comma or } is wanted'],
  ['{"a":[1 2]}', 'line 1, column 9: a comma or ] is wanted'],
  ['{"a":[1', 'line 1, column 8: a comma or ] is wanted'],
  ['{"a":"x\n"}', 'line 1, column 6: the text that begins here has no end on its line'],
  ['{"a":"\\x"}', 'line 1, column 6: the text that begins here'],
  ['{"a":"\\u00e"}', 'line 1, column 6: the text that begins here'],
  ['{"a', 'line 1, column 2: the text that begins here'],
  ['{} {}', 'line 1, column 4: there is more after the closing brace'],
  ['{"a":1,"b":{"c":1,"c":2}}', 'line 1, column 19: the name stands here for the second time'],
  ['{"a":1,"\\u0061":2}', 'line 1, column 8: the name stands here for the second time'],
  ['{"a":1e999}', 'line 1, column 6: the number is too large'],
  [deep(32, '[', ']'), 'line 1, column 37: it is nested more than 32 deep'],
  [deep(100_000, '[', ']'), 'line 1, column 37: it is nested more than 32 deep'],
  [deep(100_000, '{"a":', '}'), 'it is nested more than 32 deep'],
])('%.40j: %s', (text, message) => {
  expect(jsonFault(text)).toContain(message)
})

test.each([
  '{"a":}',
  '{"a":01}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a":+1}',
  '{"a":NaN}',
  '{"a":True}',
  '{"a":truely}',
  '{"a":[,]}',
])('%j: a value is wanted', (text) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(jsonFault(text)).toContain('a value is wanted')
})

test('no message repeats what was typed', () => {
  expect(jsonFault('{"password":hunter2}')).not.toMatch(/password|hunter2/)
})

test('what is no text is a mistake in the program', () => {
  expect(() => jsonFault(null as never)).toThrow(TypeError)
})
