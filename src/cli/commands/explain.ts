// tittle explain: every check that verify makes, and where the token falls.
import { advice } from '../../advice.ts'
import { explain as explainToken, type Outcome, type Step } from '../../explain.ts'
import { define, flag, type Command } from '../command.ts'
import { verificationKeys, verificationOptions } from '../keys.ts'
import { policyOptions, readPolicy } from '../policy.ts'
import { jsonText, visible, type Colour, type Paint } from '../style.ts'

export const explain: Command = define({
  name: 'explain',
  summary: 'walks through every check that verify makes, and says where a token falls',
  usage: 'TOKEN|FILE|- [options of verify]',
  operands: [1, 1],
  options: { ...verificationOptions, ...policyOptions, json: flag('prints the steps as JSON') },
  examples: [
    [
      'tittle explain token.jwt --key public.pem --issuer https://issuer.example --audience api',
      'Shows each check with its section of the RFCs.',
    ],
    ['tittle explain token.jwt --json', 'Prints the steps as JSON; without a key, the token falls at the key.'],
  ],
  async run(context) {
    const { values, operands, terminal, paint, print } = context
    const token = await context.input.token(operands[0])
    const verification = await verificationKeys(context)
    const steps = await explainToken(
      token,
      verification?.keys,
      readPolicy(values, terminal.clock, verification?.algorithms),
    )
    const accepted = !steps.some(({ outcome }) => outcome === 'failed')
    if (values.json) print(jsonText({ accepted, steps }))
    else print([...steps.flatMap((step, i) => stepLines(paint, step, i + 1)), verdict(paint, steps)].join('\n'))
    return accepted ? 0 : 1
  },
})

const LOOKS: Readonly<Record<Outcome, readonly [mark: string, word: string, colour: Colour]>> = {
  passed: ['✓', 'passed', 'green'],
  failed: ['✗', 'FAILED', 'red'],
  off: ['–', 'off', 'dim'],
  unreached: ['·', 'not reached', 'dim'],
}

function stepLines(paint: Paint, { check, reference, outcome, note }: Step, number: number): readonly string[] {
  const [mark, word, colour] = LOOKS[outcome]
  const line = `${String(number).padStart(2)} ${paint(colour, `${mark} ${word.padEnd(11)}`)}  ${check}`
  const lines = [`${line}  ${paint('dim', reference)}`]
  return note === undefined ? lines : [...lines, `${' '.repeat(18)}${paint(colour, visible(note))}`]
}

function verdict(paint: Paint, steps: readonly Step[]): string {
  const fallen = steps.findIndex(({ outcome }) => outcome === 'failed')
  const code = steps[fallen]?.code
  if (code === undefined) return paint('green', 'accepted')
  return `${paint('red', `refused at check ${fallen + 1}: ${code}`)}\n${advice[code]}`
}
