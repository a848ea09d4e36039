// tittle verify: whether a token is good and, if not, everything that is wrong with it.
import { advice } from '../../advice.ts'
import { createVerifier, type JwtError } from '../../index.ts'
import { define, flag, type Command } from '../command.ts'
import { verificationKeys, verificationOptions } from '../keys.ts'
import { policyOptions, readClock, readFullPolicy } from '../policy.ts'
import { tokenText } from '../show.ts'
import { jsonText, painter, visible, type Paint } from '../style.ts'
import type { ExitStatus, Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'

export const verify: Command = define({
  name: 'verify',
  summary: 'verifies a token by a key and a policy',
  usage: 'TOKEN|FILE|- --key FILE --issuer NAME --audience NAME [options]',
  operands: [1, 1],
  options: { ...verificationOptions, ...policyOptions, json: flag('prints the result as JSON') },
  examples: [
    [
      'tittle verify token.jwt --key public.pem --issuer https://issuer.example --audience api',
      'Verifies with a public key that fixes its algorithm.',
    ],
    [
      'tittle verify - --issuer https://issuer.example --alg ES256 --any-audience < token.jwt',
      'Verifies with the key set that the issuer publishes, for any audience.',
    ],
  ],
  async run(context) {
    const { values, terminal, paint, print } = context
    const token = await context.input.token(context.operands[0])
    const verification = await verificationKeys(context)
    if (!verification) {
      throw new UsageError(
        'there is no key',
        'type --key FILE, --jwks URL, --secret-env NAME, or --issuer with an https URL',
      )
    }
    const policy = readFullPolicy(values, terminal.clock, verification.algorithms)
    const result = await createVerifier(verification.keys, policy).check(token)
    if (!result.ok) return refuse(result.failures, values.json, terminal, print)
    const { header, claims, key } = result
    if (values.json) print(jsonText({ ok: true, header, claims }))
    else {
      print(`${paint('green', 'OK')} ${key.alg}${key.kid === undefined ? '' : `, kid ${visible(key.kid)}`}`)
      print(tokenText(paint, { header, claims }, readClock(values, terminal.clock)()))
    }
    return 0
  },
})

function refuse(
  failures: readonly JwtError[],
  json: boolean,
  { env, err }: Terminal,
  print: (line: string) => void,
): ExitStatus {
  if (json) {
    const told = failures.map(({ code, claim, message }) => ({ code, claim, message, advice: advice[code] }))
    print(jsonText({ ok: false, failures: told }))
  } else {
    const paint = painter(env, err)
    for (const failure of failures) err.write(`${refusal(paint, failure)}\n`)
  }
  return 1
}

function refusal(paint: Paint, { code, claim, message }: JwtError): string {
  // A key set that cannot be had says nothing of the token.
  const verdict = code.startsWith('ERR_KEYSET') ? 'UNVERIFIED' : 'REFUSED'
  const subject = claim === undefined ? '' : ` ${visible(claim)}`
  return `${paint('red', verdict)} ${paint('bold', code)}${subject}: ${visible(message)}\n        ${advice[code]}`
}
