// The main job on real input, and what is refused. `npm run quickstart` builds the package and runs this.
import { createSecretKey, createHmac } from 'node:crypto'
import { createVerifier, exportPem, generateKeyPair, isJwtError, sign } from 'tittle'

const issuer = 'https://issuer.example'
const audience = 'https://api.example'

const { publicKey, privateKey } = await generateKeyPair('ES256', { kid: '2026-11' })
const token = await sign({ role: 'admin' }, privateKey, {
  issuer,
  audience,
  subject: 'alice',
  expiresIn: '15m',
  jti: true,
})

const verifier = createVerifier(publicKey, { algorithms: ['ES256'], issuer, audience })
const { header, claims } = await verifier.verify(token)
console.log('A 15-minute access token:\n')
console.log(token, '\n')
console.log('verified header:', header)
console.log('verified claims:', claims)

const [protectedHeader, payload, signature] = token.split('.')
const stranger = await generateKeyPair('ES256', { kid: '2026-11' })
const segment = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const confused = `${segment({ alg: 'HS256', typ: 'JWT', kid: '2026-11' })}.${payload}`
const publicPem = await exportPem(publicKey)

/** What an attacker, or a mistake, would send instead. */
const refusals = {
  'tampered payload': `${protectedHeader}.${segment({ ...claims, role: 'owner' })}.${signature}`,
  'wrong key': await sign(claims, stranger.privateKey, { expiresIn: null }),
  'alg: none': `${segment({ alg: 'none', typ: 'JWT' })}.${payload}.`,
  'public key as HMAC secret': `${confused}.${createHmac('sha256', createSecretKey(publicPem, 'utf8')).update(confused).digest('base64url')}`,
  expired: await sign({ ...claims, exp: claims.iat - 60 }, privateKey, {}),
  'wrong audience': await sign({ ...claims, aud: 'https://other.example' }, privateKey, {}),
  'missing exp': await sign({ role: 'admin' }, privateKey, { issuer, audience, expiresIn: null }),
  'spelled with padding': `${token}==`,
}

console.log('\nAnd eight that are refused:\n')
for (const [name, forged] of Object.entries(refusals)) {
  const error = await verifier.verify(forged).catch((caught) => caught)
  if (!isJwtError(error)) throw new Error(`${name}: this token must be refused`)
  console.log(`${name.padEnd(27)}${error.code.padEnd(22)}${error.message}`)
}
