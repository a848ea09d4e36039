// Key sets on a server, and the server of the inspector.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expectStatus, openShell } from './shell.mjs'

export async function serverChecks({ check }) {
  const shell = openShell()
  const ok = (line) => expectStatus(shell, 0, line).stdout.trimEnd()
  ok('tittle keygen ES256 --kid thumbprint > key.jwk')
  ok('tittle jwks public key.jwk > jwks.json')
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    const { port } = server.address()
    const configuration = { issuer: `http://127.0.0.1:${port}`, jwks_uri: `http://127.0.0.1:${port}/jwks` }
    if (request.url === '/jwks') response.end(readFileSync(join(shell.folder, 'jwks.json')))
    else if (request.url === '/.well-known/openid-configuration') response.end(JSON.stringify(configuration))
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  ok(`tittle sign --key key.jwk --issuer ${url} --audience api --expires-in 15m > token.jwt`)
  // Not by spawnSync, during which this process could not answer.
  const status = async (line) => {
    const child = spawn('bash', ['-c', line], { cwd: shell.folder, env: shell.env, stdio: 'ignore' })
    const [code] = await once(child, 'exit')
    return code
  }
  const wanted = `--alg ES256 --audience api`
  await check('verify by the JWK Set of a server', async () =>
    assert.equal(await status(`tittle verify token.jwt --jwks ${url}/jwks --issuer ${url} ${wanted}`), 0),
  )
  await check('verify by the configuration of an issuer', async () =>
    assert.equal(await status(`tittle verify token.jwt --issuer ${url} ${wanted}`), 0),
  )
  await check('a key set that cannot be had is a refusal', async () =>
    assert.equal(await status(`tittle verify token.jwt --jwks ${url}/none --issuer ${url} ${wanted}`), 1),
  )
  server.close()
  server.closeAllConnections()

  const inspector = spawn('tittle', ['inspect', 'e30.e30.'], { cwd: shell.folder, env: shell.env, shell: false })
  await check('inspect serves its page on loopback, and nothing else', async () => {
    const [line] = await once(createInterface(inspector.stdout), 'line')
    const [page, origin] = /^(http:\/\/127\.0\.0\.1:\d+\/)[\da-f-]{36}$/.exec(line) ?? assert.fail(line)
    const answer = await fetch(page)
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'.*connect-src 'none'/)
    const built = readFileSync(resolve(import.meta.dirname, '../../dist/inspector.html'), 'utf8')
    assert.equal(await answer.text(), built.replace(/(<textarea\s+id="token"[^>]*>)/, '$1e30.e30.'))
    for (const path of ['', 'package.json']) assert.equal((await fetch(origin + path)).status, 404)
    assert.equal((await fetch(page, { method: 'POST' })).status, 405)
  })
  await check('inspect ends by an interrupt', async () => {
    inspector.kill('SIGINT')
    const [code] = await once(inspector, 'exit')
    assert.equal(code, 0)
  })
  shell.close()
}
