import { expect, expectTypeOf, test } from 'vitest'
import { define, flag, list, text, type Command, type Values } from '../../src/cli/command.ts'

const options = { json: flag('a'), key: text('FILE', 'b'), alg: list('ALG', 'c', ['ES256']) }

test('the values have the types of their options', () => {
  type Given = Values<typeof options>
  expectTypeOf<Given['json']>().toEqualTypeOf<boolean>()
  expectTypeOf<Given['key']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Given['alg']>().toEqualTypeOf<readonly string[]>()
  expect(options).toEqual({
    json: { help: 'a' },
    key: { help: 'b', value: 'FILE', choices: undefined },
    alg: { help: 'c', value: 'ALG', choices: ['ES256'], multiple: true },
  })
})

test('a command stands among others', () => {
  const command: Command<typeof options> = {
    name: 'try',
    summary: '',
    usage: '',
    operands: [0, 0],
    options,
    examples: [
      ['', ''],
      ['', ''],
    ],
    run: async () => 0,
  }
  const all: readonly Command[] = [define(command)]
  expect(all).toEqual([command])
})
