// Tokens of the command for jose and jsonwebtoken, and theirs for the command.
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { asymmetric, audience, expected, expectStatus, hmac, issuer, openShell } from './shell.mjs'

const peers = createRequire(resolve(import.meta.dirname, '../interop/package.json'))
const jsonwebtoken = peers('jsonwebtoken')
const jose = await import(peers.resolve('jose'))

// jsonwebtoken knows no Edwards curves.
const inJsonwebtoken = [...hmac, ...asymmetric.filter((alg) => alg !== 'Ed25519')]

export async function peerChecks({ check }) {
  const shell = openShell()
  const ok = (line, options) => expectStatus(shell, 0, line, options).stdout.trimEnd()
  const claims = { sub: 'alice', iss: issuer, aud: audience }
  for (const alg of [...hmac, ...asymmetric]) {
    ok(`tittle keygen ${alg} > ${alg}.jwk`)
    const jwk = JSON.parse(readFileSync(join(shell.folder, `${alg}.jwk`), 'utf8'))
    const isSecret = hmac.includes(alg)
    const secret = Buffer.from(jwk.k ?? '', 'base64url')
    const key = isSecret ? secret : createPrivateKey({ key: jwk, format: 'jwk' })
    const publicKey = isSecret ? secret : createPublicKey({ key: jwk, format: 'jwk' })
    const token = ok(`tittle sign --claims '{"sub":"alice"}' --key ${alg}.jwk ${expected} --expires-in 15m`)
    await check(`${alg}: jose verifies a token of the command, and the command one of jose's`, async () => {
      const { payload } = await jose.jwtVerify(token, publicKey, { issuer, audience, algorithms: [alg] })
      assert.equal(payload.sub, 'alice')
      const signer = new jose.SignJWT(claims).setProtectedHeader({ alg }).setIssuedAt().setExpirationTime('15m')
      const theirs = await signer.sign(isSecret ? secret : await jose.importJWK(jwk, alg))
      ok(`tittle verify - --key ${alg}.jwk ${expected}`, { input: theirs })
      expectStatus(shell, 1, `tittle verify - --key ${alg}.jwk ${expected}`, { input: changed(theirs) })
    })
    if (!inJsonwebtoken.includes(alg)) continue
    await check(`${alg}: jsonwebtoken verifies a token of the command, and the command one of jsonwebtoken's`, () => {
      assert.equal(jsonwebtoken.verify(token, publicKey, { issuer, audience, algorithms: [alg] }).sub, 'alice')
      const theirs = jsonwebtoken.sign(claims, key, { algorithm: alg, expiresIn: '15m' })
      ok(`tittle verify - --key ${alg}.jwk ${expected}`, { input: theirs })
      expectStatus(shell, 1, `tittle verify - --key ${alg}.jwk ${expected}`, { input: changed(theirs) })
    })
  }
  shell.close()
}

/** The token with another subject. */
function changed(token) {
  const [header, payload, signature] = token.split('.')
  const text = Buffer.from(payload, 'base64url').toString().replace('alice', 'malet')
  return [header, Buffer.from(text).toString('base64url'), signature].join('.')
}
