// tittle sign: a token of claims and a key.
import { sign as signClaims, type Duration, type RegisteredClaims, type SignOptions } from '../../index.ts'
import { define, flag, list, text, type Command, type Flag, type List, type Text, type Values } from '../command.ts'
import { readObject } from '../input.ts'
import { signingKey, signingOptions } from '../keys.ts'
import { clockOptions, duration, readClock } from '../policy.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'

type ClaimOptions = Record<'audience', List> &
  Record<'expires-in' | 'issuer' | 'subject' | 'not-before' | 'typ' | 'header' | 'now', Text> &
  Record<'no-expiry' | 'jti', Flag>

const claimOptions: ClaimOptions = {
  'expires-in': text('DURATION', 'exp, from iat on, as 15m; required where the claims have no exp'),
  'no-expiry': flag('says in writing that the token never expires'),
  issuer: text('NAME', 'iss'),
  audience: list('NAME', 'aud, or one of several'),
  subject: text('NAME', 'sub'),
  'not-before': text('DURATION', 'nbf, from iat on'),
  jti: flag('adds a random jti of 128 bits'),
  typ: text('TYPE', 'the "typ" of the header; JWT by default'),
  header: text('JSON', 'further header parameters'),
  ...clockOptions,
}

export const sign: Command = define({
  name: 'sign',
  summary: 'signs claims as a token',
  usage: '--key FILE --expires-in DURATION [options]',
  operands: [0, 0],
  options: {
    claims: text('FILE|JSON', 'the claims, or - for standard input; none by default'),
    ...signingOptions,
    ...claimOptions,
  },
  examples: [
    [
      'tittle sign --claims claims.json --key private.pem --issuer https://issuer.example --expires-in 1h',
      'Signs the claims in a file with a private key.',
    ],
    [
      `tittle sign --claims '{"role":"admin"}' --secret-env JWT_SECRET --alg HS256 --expires-in 8h --jti`,
      'Signs with a secret from the environment, and adds a random jti.',
    ],
  ],
  async run(context) {
    const { values, input, terminal, print } = context
    const claims =
      values.claims === undefined ? {} : readObject('--claims', await input.content('--claims', values.claims))
    const expiry = readExpiry(values, Object.hasOwn(claims, 'exp'))
    const key = await signingKey(context)
    const options = { ...readOptions(values, terminal), ...expiry } as SignOptions & { expiresIn: Duration | null }
    print(await signClaims(claims as object & RegisteredClaims, key, options))
    return 0
  },
})

function readExpiry(values: Values<ClaimOptions>, inClaims: boolean): Pick<SignOptions, 'expiresIn'> {
  const expiresIn = duration('--expires-in', values['expires-in'])
  const never = values['no-expiry']
  if (never && (inClaims || expiresIn !== undefined)) {
    throw new UsageError('--no-expiry contradicts the expiry that is given', 'leave one of them out')
  }
  if (never) return { expiresIn: null }
  if (expiresIn !== undefined || inClaims) return { expiresIn }
  throw new UsageError(
    '--expires-in is missing',
    'type --expires-in 15m, or --no-expiry for a token that never expires',
  )
}

function readOptions(values: Values<ClaimOptions>, terminal: Terminal): SignOptions {
  const { audience, header } = values
  return {
    issuer: values.issuer,
    subject: values.subject,
    audience: audience.length > 1 ? audience : audience[0],
    notBefore: duration('--not-before', values['not-before']),
    jti: values.jti || undefined,
    typ: values.typ,
    header: header === undefined ? undefined : readObject('--header', header),
    now: readClock(values, terminal.clock),
  }
}
