// What a token must satisfy, as options say it.
import type { Duration, VerifyPolicy } from '../index.ts'
import type { ExplainPolicy } from '../explain.ts'
import { isNumericDate, toSeconds, type Clock } from '../time.ts'
import { flag, list, text, type Flag, type List, type Text, type Values } from './command.ts'
import { UsageError } from './usage.ts'

type ClockOptions = Record<'now', Text>
type PolicyOptions = Record<'any-issuer' | 'any-audience' | 'optional-expiry', Flag> &
  Record<'audience' | 'require', List> &
  Record<'subject' | 'typ' | 'max-age' | 'max-lifetime' | 'tolerance', Text> &
  ClockOptions

/** The option of commands that look at the clock. */
export const clockOptions: ClockOptions = { now: text('SECONDS', 'as if it were then, in seconds since 1970') }

/** The options of a command that verifies, as far as they say what of the claims. */
export const policyOptions: PolicyOptions = {
  'any-issuer': flag('leaves the issuer unchecked'),
  audience: list('NAME', 'the audience that is expected, or one of those'),
  'any-audience': flag('leaves the audience unchecked'),
  subject: text('NAME', 'the subject that is expected'),
  typ: text('TYPE', 'the "typ" that is expected, as at+jwt'),
  'max-age': text('DURATION', 'the most that may have passed since iat, as 15m'),
  'max-lifetime': text('DURATION', 'the most that may lie between iat and exp, as 1h'),
  tolerance: text('DURATION', 'how far the clocks may differ, as 30s; at most 300s'),
  'optional-expiry': flag('accepts tokens without exp'),
  require: list('CLAIM', 'a claim that must be there'),
  ...clockOptions,
}

/** The values that make a policy. */
export type PolicyValues = Values<PolicyOptions> & { readonly issuer: string | undefined }

type Algorithms = VerifyPolicy['algorithms']

/** A policy for claims as they are. */
export type FullPolicy = Omit<VerifyPolicy, 'schema'>

/** The policy that the options say, of which anything may be missing. */
export function readPolicy(values: PolicyValues, clock: Clock, algorithms: Algorithms | undefined): ExplainPolicy {
  const issuer = expected('issuer', values.issuer, values['any-issuer'])
  const audience = expected('audience', values.audience, values['any-audience'])
  return {
    ...(algorithms && { algorithms }),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(values['optional-expiry'] && { expiry: 'optional' }),
    subject: values.subject,
    typ: values.typ,
    maxAge: duration('--max-age', values['max-age']),
    maxLifetime: duration('--max-lifetime', values['max-lifetime']),
    clockTolerance: duration('--tolerance', values.tolerance),
    requiredClaims: values.require.length > 0 ? values.require : undefined,
    now: readClock(values, clock),
  }
}

/** The same, in full. */
export function readFullPolicy(values: PolicyValues, clock: Clock, algorithms: Algorithms): FullPolicy {
  const { issuer, audience, ...policy } = readPolicy(values, clock, algorithms)
  if (issuer === undefined) throw missing('issuer')
  if (audience === undefined) throw missing('audience')
  return { ...policy, algorithms, issuer, audience }
}

/** The clock that the options name: the machine's, or one that stands. */
export function readClock({ now }: Values<ClockOptions>, clock: Clock): Clock {
  if (now === undefined) return clock
  const seconds = Number(now)
  if (!isNumericDate(seconds)) throw new UsageError('--now is no date', 'type seconds since 1970, as --now 1800000000')
  return () => seconds
}

/** A duration as an option has it, in seconds. */
export function duration(label: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  return toSeconds(label, /^\d+$/.test(value) ? Number(value) : (value as Duration))
}

function expected<T extends string | readonly string[]>(
  name: 'issuer' | 'audience',
  value: T | undefined,
  any: boolean,
): T | null | undefined {
  const given = value !== undefined && value.length > 0 ? value : undefined
  if (!any) return given
  if (given === undefined) return null
  throw new UsageError(`--${name} and --any-${name} say different things`, 'give one of them')
}

function missing(name: 'issuer' | 'audience'): UsageError {
  return new UsageError(`--${name} is missing`, `type --${name} NAME, or --any-${name} to leave it unchecked`)
}
