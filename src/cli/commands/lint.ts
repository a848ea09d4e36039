// tittle lint: what is unwise in a token, a key set, a policy or a cookie.
import { lintCookie, lintKeySet, lintPolicy, lintToken, type LintFinding, type LintSeverity } from '../../lint.ts'
import { define, flag, type Command } from '../command.ts'
import { toToken } from '../../token-text.ts'
import { jsonText, visible, type Colour, type Paint } from '../style.ts'
import { UsageError } from '../usage.ts'

export const lint: Command = define({
  name: 'lint',
  summary: 'finds what is unwise in a token, JWK Set, policy or Set-Cookie header',
  usage: '[TOKEN|FILE|-]',
  operands: [0, 1],
  options: { json: flag('prints the findings as JSON') },
  examples: [
    ['tittle lint token.jwt', 'Looks at a token; the same for a JWK Set, a policy as JSON, or lines of Set-Cookie.'],
    ['tittle lint --json - < jwks.json', 'Prints the findings as JSON; the exit status is 1 for errors and warnings.'],
  ],
  async run({ input, operands, values, paint, print }) {
    const findings = findingsIn(await input.content('what to lint', operands[0]))
    if (values.json) print(jsonText(findings))
    else print([...findings.map((finding) => findingText(paint, finding)), count(findings.length)].join('\n'))
    return findings.some(({ severity }) => severity !== 'info') ? 1 : 0
  },
})

const COOKIE_LINE = /^set-cookie:\s*(.*)$/gim
// A name may have dots, as connect.sid; a token whose base64 is padded begins with that of `{"`.
const COOKIE = /^(?!ey[\w-]*=*\.)[^\s=;]+=/

function findingsIn(content: string): readonly LintFinding[] {
  if (content.startsWith('{')) return findingsInJson(content)
  if (content.startsWith('[')) throw new UsageError('a JSON array is no JWK Set', 'give one object, { "keys": [ … ] }')
  if (content.startsWith('-----BEGIN ')) throw new UsageError('this is a key', 'give its JWK: tittle convert --to jwk')
  const lines = [...content.matchAll(COOKIE_LINE)].map(([, cookie = '']) => cookie.trim())
  if (lines.length > 0) return lines.flatMap(lintCookie)
  return COOKIE.test(content) ? lintCookie(content) : lintToken(toToken(content))
}

function findingsInJson(content: string): readonly LintFinding[] {
  const object = parse(content)
  if (['keys', 'kty'].some((name) => Object.hasOwn(object, name))) return lintKeySet(object)
  if (['algorithms', 'issuer', 'audience'].some((name) => Object.hasOwn(object, name))) return lintPolicy(object)
  throw new UsageError(
    'the JSON is no JWK Set, JWK or policy',
    'give an object with "keys", "kty", or "algorithms", "issuer" and "audience"',
  )
}

function parse(content: string): object {
  try {
    return JSON.parse(content)
  } catch {
    throw new UsageError('what to lint begins like JSON and is none', 'mend it')
  }
}

const COLOURS: Readonly<Record<LintSeverity, Colour>> = { error: 'red', warning: 'yellow', info: 'cyan' }

function findingText(paint: Paint, { severity, rule, message, fix, reference }: LintFinding): string {
  const heading = `${paint(COLOURS[severity], severity.padEnd(7))}  ${paint('bold', rule)}  ${visible(message)}`
  return [heading, `         ${visible(fix)}`, `         ${paint('dim', reference)}`].join('\n')
}

function count(findings: number): string {
  if (findings === 0) return 'no findings'
  return findings === 1 ? '1 finding' : `${findings} findings`
}
