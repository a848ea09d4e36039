// Secrets do not belong among the arguments: the shell writes them down, and every user can list them with the processes.
import { UsageError } from './usage.ts'

// Misspelled names of the options that there are keep their "did you mean".
const REFUSED: readonly (readonly [RegExp, what: string, instead: string])[] = [
  [
    /^--(?!secret[-_](?:env|file|encoding)(?:=|$))[\w-]*secret/i,
    'a secret',
    '--secret-env NAME, or --secret-file FILE with - for standard input',
  ],
  [/^--(?!passphrase[-_]env(?:=|$))[\w-]*(?:password|passphrase)/i, 'a passphrase', '--passphrase-env NAME'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key', '--key FILE, with - for standard input'],
  [
    /^(?=.*"kty"\s*:).*"(?:d|p|q|dp|dq|qi|oth|k|priv)"\s*:/s,
    'a private or secret JWK',
    'the name of a file that holds it, or - for standard input',
  ],
]

/** Refuses arguments that hold, or announce, a secret. */
export function refuseSecrets(args: readonly string[]): void {
  for (const [pattern, what, instead] of REFUSED) {
    if (!args.some((arg) => pattern.test(arg))) continue
    throw new UsageError(
      `${what} among the arguments stays in the shell's history and in the list of processes, so it is refused`,
      `type ${instead} instead`,
    )
  }
}
