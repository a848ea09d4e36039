// tittle decode: what a token says of itself.
import { decode as decodeToken } from '../../decode.ts'
import { define, flag, type Command } from '../command.ts'
import { tokenText } from '../show.ts'
import { jsonText } from '../style.ts'

export const decode: Command = define({
  name: 'decode',
  summary: 'shows the header and the claims of a token, unverified',
  usage: '[TOKEN|FILE|-]',
  operands: [0, 1],
  options: { json: flag('prints { header, claims } as JSON') },
  examples: [
    ['tittle decode token.jwt', 'Shows the token in a file, with its dates in local time.'],
    ['tittle decode --json - < token.jwt', 'Prints it as JSON, for pipes: the token comes from standard input.'],
  ],
  async run({ input, operands, values, terminal, paint, print }) {
    const { unverified } = decodeToken(await input.token(operands[0]))
    if (values.json) print(jsonText(unverified))
    else {
      print(paint('yellow', 'UNVERIFIED: this is what the token says of itself'))
      print(tokenText(paint, unverified, terminal.clock()))
    }
    return 0
  },
})
