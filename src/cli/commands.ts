// The commands, in the order in which the help lists them.
import type { Command } from './command.ts'
import { completion } from './commands/completion.ts'
import { convert } from './commands/convert.ts'
import { decode } from './commands/decode.ts'
import { explain } from './commands/explain.ts'
import { help } from './commands/help.ts'
import { inspect } from './commands/inspect.ts'
import { jwks } from './commands/jwks.ts'
import { keygen } from './commands/keygen.ts'
import { lint } from './commands/lint.ts'
import { sign } from './commands/sign.ts'
import { thumbprint } from './commands/thumbprint.ts'
import { verify } from './commands/verify.ts'

export const commands: readonly Command[] = [
  decode,
  verify,
  explain,
  lint,
  inspect,
  sign,
  keygen,
  jwks,
  thumbprint,
  convert,
  completion,
  help,
]
