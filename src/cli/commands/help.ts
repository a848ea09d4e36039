// tittle help: what there is to type.
import { define, type Command } from '../command.ts'
import { helpOf, overview } from '../help.ts'
import { nearest, UsageError } from '../usage.ts'

export const help: Command = define({
  name: 'help',
  summary: 'shows the commands, or the options of one',
  usage: '[COMMAND]',
  operands: [0, 1],
  options: {},
  examples: [
    ['tittle help', 'Lists the commands.'],
    ['tittle help verify', 'Shows the options of one, with two examples; the same as tittle verify --help.'],
  ],
  async run({ operands: [name], commands, paint, print }) {
    print(name === undefined ? overview(paint, commands) : helpOf(paint, findCommand(name, commands)))
    return 0
  },
})

/** The command of a name; a UsageError says which may be meant. */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  if (/^ey[\w-]+\./.test(name)) throw new UsageError('a token is no command', 'type tittle decode TOKEN')
  const names = commands.map((command) => command.name)
  const meant = nearest(name, names)
  throw new UsageError('there is no such command', meant === undefined ? 'type tittle help' : `did you mean ${meant}?`)
}
