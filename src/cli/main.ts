// From arguments to an exit status. Errors are one line on standard error that says what to type.
import { advice } from '../advice.ts'
import { isJwtError } from '../errors.ts'
import { readArguments } from './arguments.ts'
import { commands } from './commands.ts'
import { findCommand } from './commands/help.ts'
import { helpOf, overview } from './help.ts'
import { Input } from './input.ts'
import { refuseSecrets } from './secrets.ts'
import { painter, visible } from './style.ts'
import type { ExitStatus, Terminal } from './terminal.ts'
import { inCommandWords } from './usage.ts'

/** Runs the command that the arguments name. */
export async function main(terminal: Terminal): Promise<ExitStatus> {
  const { args, out, err, env } = terminal
  const [name, ...rest] = args
  const paint = painter(env, out)
  const print = (line: string): void => void out.write(`${line}\n`)
  if (name === undefined) {
    err.write(`${overview(painter(env, err), commands)}\n`)
    return 2
  }
  let title = 'tittle'
  try {
    refuseSecrets(args)
    if (name === '--version' || name === '-v') print(terminal.version)
    else if (name === '--help' || name === '-h') print(overview(paint, commands))
    else {
      const command = findCommand(name, commands)
      title = `tittle ${command.name}`
      const given = readArguments(command, rest)
      if (given)
        return await command.run({ ...given, terminal, input: new Input(terminal.stdin), commands, paint, print })
      print(helpOf(paint, command))
    }
    return 0
  } catch (error) {
    err.write(`${title}: ${visible(messageOf(error))}\n`)
    return isJwtError(error) ? 1 : 2
  }
}

function messageOf(error: unknown): string {
  if (isJwtError(error)) return `${error.code}: ${error.message}. ${advice[error.code]}`
  if (error instanceof TypeError) return inCommandWords(error.message)
  return error instanceof Error ? error.message : 'something unexpected was thrown'
}
