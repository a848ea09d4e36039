// What there is to say of an algorithm's name, in a token, a key or a policy.
import { algorithms } from './algorithms.ts'
import type { LintSeverity, Rule } from './lint-rule.ts'

/** A name, and where it stands. */
interface Named {
  readonly of: string
  readonly alg: unknown
}

// IANA's registry of JOSE algorithms says of HS1 and RS1, which hash by SHA-1, that they are prohibited.
const DEPRECATED = /^(?:HS1|RS1|RSA1_5|HS256\/64)$/i

const isKnown = (alg: unknown): boolean => (algorithms as readonly unknown[]).includes(alg)

const isNone = (alg: unknown): boolean => typeof alg === 'string' && alg.toLowerCase() === 'none'

const isDeprecated = (alg: unknown): boolean => typeof alg === 'string' && DEPRECATED.test(alg)

/** The rules on the algorithms that `named` finds in a subject; `unknown` is how grave one is that nobody knows. */
export function algorithmRules<S>(
  named: (subject: S) => readonly Named[],
  unknown: LintSeverity = 'warning',
): readonly Rule<S>[] {
  const where =
    (is: (alg: unknown) => boolean, message: (of: string) => string) =>
    (subject: S): readonly string[] =>
      named(subject)
        .filter(({ alg }) => is(alg))
        .map(({ of }) => message(of))
  return [
    {
      rule: 'alg-none',
      severity: 'error',
      fix: 'have tokens signed: what is not signed can be changed by anybody',
      reference: 'RFC 8725 §3.2',
      finds: where(isNone, (of) => `${of} names the algorithm none`),
    },
    {
      rule: 'alg-deprecated',
      severity: 'error',
      fix: 'use ES256, Ed25519 or PS256',
      reference: 'RFC 8725 §3.2',
      finds: where(isDeprecated, (of) => `${of} names an algorithm that is deprecated`),
    },
    {
      rule: 'alg-eddsa',
      severity: 'info',
      fix: 'name it Ed25519, which says the curve too',
      reference: 'RFC 9864 §2.2',
      finds: where(
        (alg) => alg === 'EdDSA',
        (of) => `${of} names the algorithm EdDSA, whose name is deprecated`,
      ),
    },
    {
      rule: 'alg-unknown',
      severity: unknown,
      fix: `use one of ${algorithms.join(', ')}, in exactly this spelling`,
      reference: 'RFC 7518 §3.1',
      finds: where(
        (alg) => !isKnown(alg) && !isNone(alg) && !isDeprecated(alg),
        (of) => `${of} names no signature algorithm that this library knows`,
      ),
    },
  ]
}
