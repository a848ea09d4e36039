// What one process makes, another takes.
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { asymmetric, expected, expectStatus, hmac, openShell } from './shell.mjs'

export function pipeChecks({ check }) {
  const shell = openShell()
  const ok = (line, options) => expectStatus(shell, 0, line, options).stdout.trimEnd()
  for (const alg of [...asymmetric, 'EdDSA', ...hmac]) {
    check(`${alg}: keygen, sign, verify, decode and explain in pipes`, () => {
      ok(`tittle keygen ${alg} --jwk > ${alg}.jwk`)
      ok(`tittle sign --claims '{"sub":"alice"}' --key ${alg}.jwk ${expected} --expires-in 15m > ${alg}.jwt`)
      assert.match(ok(`tittle verify - --key ${alg}.jwk ${expected} < ${alg}.jwt`), /^OK /)
      const signed = `tittle sign --key ${alg}.jwk ${expected} --expires-in 15m`
      assert.match(ok(`${signed} | tittle verify - --key ${alg}.jwk ${expected}`), /^OK /)
      assert.equal(JSON.parse(ok(`tittle decode --json ${alg}.jwt`)).claims.sub, 'alice')
      ok(`tittle explain - --key ${alg}.jwk ${expected} < ${alg}.jwt`)
    })
  }
  for (const alg of asymmetric) {
    check(`${alg}: its public half, by jwks public and by convert to PEM and DER, verifies`, () => {
      ok(`tittle jwks public ${alg}.jwk > ${alg}.jwks`)
      assert.doesNotMatch(readFileSync(join(shell.folder, `${alg}.jwks`), 'utf8'), /"(?:d|p|q|k)"/)
      ok(`tittle convert ${alg}.jwk --public --to pem > ${alg}.pem`)
      ok(`tittle convert ${alg}.jwk --public --to der --out ${alg}.der`)
      for (const key of [`--jwks ${alg}.jwks`, `--key ${alg}.jwks`, `--key ${alg}.pem`, `--key ${alg}.der`]) {
        ok(`tittle verify ${alg}.jwt ${key} --alg ${alg} ${expected}`)
      }
      const thumbprints = [`${alg}.jwk`, `${alg}.pem`].map((file) => ok(`tittle thumbprint ${file}`))
      assert.equal(thumbprints[0], thumbprints[1])
    })
  }
  check('keys of keygen and convert are only for their owner, and are never overwritten', () => {
    ok('tittle keygen ES256 --kid thumbprint --out keys')
    ok('tittle keygen ES256 --pem --kid signing --out keys')
    const files = ok('ls keys').split('\n')
    assert.equal(files.length, 4)
    for (const file of files) assert.equal(statSync(join(shell.folder, 'keys', file)).mode & 0o777, 0o600)
    expectStatus(shell, 2, 'tittle keygen ES256 --pem --kid signing --out keys')
    expectStatus(shell, 2, 'tittle convert ES256.jwk --to pem --out RS256.der')
  })
  shell.close()
}
