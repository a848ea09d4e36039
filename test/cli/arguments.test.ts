import { describe, expect, test } from 'vitest'
import { readArguments } from '../../src/cli/arguments.ts'
import { define, flag, list, text } from '../../src/cli/command.ts'

const command = define({
  name: 'try',
  summary: 'tries',
  usage: 'FROM [TO]',
  operands: [1, 2],
  words: ['public', 'private'],
  options: {
    json: flag('is JSON'),
    key: text('FILE', 'the key'),
    hash: text('HASH', 'the hash', ['SHA-256', 'SHA-512']),
    audience: list('NAME', 'an audience'),
    alg: list('ALG', 'an algorithm', ['ES256', 'RS256']),
  },
  examples: [
    ['tittle try public', ''],
    ['tittle try private', ''],
  ],
  run: async () => 0,
})

const none = { json: false, key: undefined, hash: undefined, audience: [], alg: [] }

describe('arguments are read by the table', () => {
  test.each<[string[], object, string[]]>([
    [['public'], {}, ['public']],
    [['public', '-', '--json'], { json: true }, ['public', '-']],
    [['--key', 'a.pem', 'public'], { key: 'a.pem' }, ['public']],
    [['--key=a=b', 'public'], { key: 'a=b' }, ['public']],
    [['--key', '-', 'public'], { key: '-' }, ['public']],
    [['--key=-x', 'public', '--json', '--json'], { key: '-x', json: true }, ['public']],
    [['public', '--audience', 'a,b', '--audience', 'c'], { audience: ['a,b', 'c'] }, ['public']],
    [['public', '--alg', 'ES256,RS256', '--alg=ES256'], { alg: ['ES256', 'RS256', 'ES256'] }, ['public']],
    [['public', '--hash', 'SHA-512'], { hash: 'SHA-512' }, ['public']],
    [['public', '--', '--json'], {}, ['public', '--json']],
  ])('%j', (args, values, operands) => {
    expect(readArguments(command, args)).toEqual({ values: { ...none, ...values }, operands })
  })

  test.each([[['--help']], [['-h']], [['a', 'b', 'c', '--help']], [['--nonsense', '-h']], [['--key', 'x', '-h']]])(
    '%j asks for help',
    (args) => {
      expect(readArguments(command, args)).toBeUndefined()
    },
  )
})

test.each([
  [['public', '--jsn'], 'there is no option --jsn; did you mean --json?'],
  [['public', '--hlep'], 'there is no option --hlep; did you mean --help?'],
  [['public', '--nonsense=1'], 'there is no option --nonsense; type tittle try --help'],
  [['public', '-x'], 'there is no option -x; type tittle try --help'],
  [['public', '--toString'], 'there is no option --toString; type tittle try --help'],
  [['public', '--__proto__=1'], 'there is no option --__proto__; type tittle try --help'],
  [['public', '--json=1'], '--json takes no value; type --json alone'],
  [['public', '--key'], '--key has no value; type --key FILE'],
  [['public', '--key='], '--key has no value; type --key FILE'],
  [
    ['public', '--key', '--json'],
    '--key has no value, but an option after it; type --key FILE, or --key=… for one with a dash',
  ],
  [['public', '--key', 'a', '--key', 'b'], '--key is given twice; give it once'],
  [['public', '--hash', 'sha-256'], '--hash has no such value; did you mean SHA-256?'],
  [['public', '--hash', 'SHA-256,SHA-512'], '--hash has no such value; type one of SHA-256, SHA-512'],
  [['public', '--alg', 'ES256,none'], '--alg has no such value; type one of ES256, RS256'],
  [[], 'an argument is missing; type tittle try FROM [TO]'],
  [['public', 'b', 'c'], 'there is an argument too many; type tittle try FROM [TO]'],
  [['pubic'], 'there is no such FROM; did you mean public?'],
  [['-'], 'there is no such FROM; type one of public, private'],
])('%j is refused in one line that says what to type', (args, message) => {
  expect(() => readArguments(command, args)).toThrow(expect.objectContaining({ message }))
})
