// Exit statuses, and what must not be among the arguments.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expected, expectStatus, issuer, openShell } from './shell.mjs'

export function statusChecks({ check }) {
  const shell = openShell()
  const secret = 'k7Qw2Xv9Lr4Tn8Yb3Zc6Hd1Jf5Mg0PsA'
  const more = { SECRET: secret }
  const run = (line) => expectStatus(shell, 0, line, { more }).stdout.trimEnd()
  run('tittle keygen ES256 > key.jwk')
  run(`tittle sign --key key.jwk ${expected} --expires-in 15m --now 1700000000 > old.jwt`)
  run(`tittle sign --secret-env SECRET --alg HS256 ${expected} --expires-in 15m > secret.jwt`)
  run('tittle keygen ES256 > other.jwk && tittle jwks public key.jwk other.jwk > two.json')
  run('tittle convert key.jwk --public --to pem > key.pem')
  for (const [status, line] of [
    [0, `tittle verify old.jwt --key key.jwk ${expected} --now 1700000001`],
    [0, `tittle verify secret.jwt --secret-env SECRET --alg HS256 ${expected}`],
    [0, `printf %s "$SECRET" | tittle verify secret.jwt --secret-file - --alg HS256 ${expected}`],
    [1, `tittle verify old.jwt --key key.jwk ${expected}`],
    [1, `tittle verify old.jwt --key key.jwk --issuer ${issuer} --audience other --now 1700000001`],
    [1, `tittle verify secret.jwt --key key.jwk ${expected}`],
    [1, 'tittle decode not.a.token'],
    [1, `tittle explain old.jwt --key key.jwk ${expected}`],
    [2, `tittle verify old.jwt --key key.jwk`],
    [2, `tittle verify old.jwt --key missing.jwk ${expected}`],
    [2, `tittle verify old.jwt ${expected} --alg ES256`.replace('--issuer', '--any-audience --any-issuer --x')],
    [2, `tittle verify old.jwt --secret-env UNSET_NAME --alg HS256 ${expected}`],
    [2, 'tittle'],
    [2, 'tittle nonsense'],
    [2, 'tittle decode --nonsense'],
    [2, 'tittle keygen none'],
    [2, 'tittle sign --key key.jwk'],
    [2, 'tittle thumbprint two.json'],
    [2, 'tittle convert two.json --to pem'],
    [2, 'tittle lint key.pem'],
    [0, 'fold -w 60 old.jwt | tittle lint -'],
    [0, 'fold -w 60 old.jwt | tittle decode'],
    [0, 'tittle --version'],
    [0, 'tittle --help'],
  ]) {
    check(`exit status ${status}: ${line}`, () => {
      const { stderr } = expectStatus(shell, status, line, { more })
      // Without a command it shows them all.
      if (status === 2 && line !== 'tittle') assert.match(stderr, /^tittle\b[^\n]*\n$/, 'the error is one line')
    })
  }
  for (const [what, line] of [
    ['--secret', `tittle verify secret.jwt --alg HS256 --secret ${secret} ${expected}`],
    ['--secret=', `tittle sign --alg HS256 --secret=${secret} ${expected}`],
    ['a private JWK as a key', `tittle verify old.jwt --key "$(cat key.jwk)" ${expected}`],
    ['a PEM as an argument', 'tittle thumbprint "$(tittle convert key.jwk --to pem)"'],
  ]) {
    check(`a secret among the arguments is refused, with the reason: ${what}`, () => {
      const { stdout, stderr } = expectStatus(shell, 2, line)
      assert.match(stderr, /history|process list/)
      assert.doesNotMatch(stdout + stderr, new RegExp(secret))
    })
  }
  check('a token with five faults has five findings', () => {
    const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url')
    const claims = { iss: issuer, jti: '1', iat: 1_700_000_000, exp: 1_700_090_000, password: 'hunter2' }
    // No typ, a key of its own, no audience, a day long, a password.
    const token = `${part({ alg: 'ES256', jku: 'https://elsewhere.example' })}.${part(claims)}.c2ln`
    writeFileSync(join(shell.folder, 'faults.jwt'), token)
    const { stdout } = expectStatus(shell, 1, 'tittle lint faults.jwt')
    assert.match(stdout, /^5 findings$/m)
    const findings = JSON.parse(expectStatus(shell, 1, 'tittle lint --json faults.jwt').stdout)
    assert.deepEqual((findings.findings ?? findings).map(({ rule }) => rule).sort(), [
      'header-key',
      'long-lived',
      'no-aud',
      'no-typ',
      'secret-claim',
    ])
  })
  check('what cannot be written is one line, and no key is left in part', () => {
    if (existsSync('/dev/full')) {
      const { stderr } = expectStatus(shell, 2, 'tittle decode old.jwt > /dev/full')
      assert.match(stderr, /^tittle: standard output cannot be written; [^\n]*\n$/)
    }
    const { stderr } = expectStatus(shell, 2, `ulimit -f 1; trap '' XFSZ; tittle keygen RS512 --out part`)
    assert.match(stderr, /^tittle keygen: [^\n]*cannot be written; [^\n]*\n$/)
    assert.equal(expectStatus(shell, 0, 'ls part').stdout, '')
  })
  check('a closed pipe ends it without a word', () => {
    const { stderr } = shell.run('tittle --help | head -n 1')
    assert.equal(stderr, '')
  })
  shell.close()
}
