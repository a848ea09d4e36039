// One process of the cold start: imports a library, imports a key, verifies one token, and ends.
const [library, task] = process.argv.slice(2)
const { token, issuer, audience, pem } = JSON.parse(task)
const algorithms = ['ES256']

const runs = {
  nothing() {},
  async tittle() {
    const { importPublicKey, verifySync } = await import('tittle')
    return verifySync(token, importPublicKey(pem, 'ES256'), { algorithms, issuer, audience })
  },
  async 'fast-jwt'() {
    const { createVerifier } = await import('fast-jwt')
    return createVerifier({ key: pem, algorithms, allowedIss: issuer, allowedAud: audience })(token)
  },
  async jsonwebtoken() {
    const { default: jsonwebtoken } = await import('jsonwebtoken')
    return jsonwebtoken.verify(token, pem, { algorithms, issuer, audience })
  },
  async '@node-rs/jsonwebtoken'() {
    const { verifySync } = await import('@node-rs/jsonwebtoken')
    return verifySync(token, pem, { algorithms, iss: [issuer], aud: [audience] })
  },
  async jose() {
    const { importSPKI, jwtVerify } = await import('jose')
    return jwtVerify(token, await importSPKI(pem, 'ES256'), { algorithms, issuer, audience })
  },
  async 'hono/jwt'() {
    const { verify } = await import('hono/jwt')
    return verify(token, pem, { alg: 'ES256', iss: issuer, aud: audience })
  },
}

await runs[library]()
