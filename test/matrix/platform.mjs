// Runs every cell of one platform with the built package, and writes what came of each to standard output as JSON.
import * as crypto from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const [platform] = process.argv.slice(2)
// Without it the package cannot find node:crypto, as in a browser, and takes WebCrypto.
if (platform === 'WebCrypto') Object.defineProperty(process, 'getBuiltinModule', { value: undefined })

const { algorithms, generateKeyPair, generateSecret, importPrivateKey, importPublicKey, importSecret } =
  await import('tittle')
const { signJws, signJwsSync, verifyJws } = await import('tittle/jws')
const { keys } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../fixtures/formats.json'), 'utf8'))

const { subtle } = globalThis.crypto
const octets = crypto.hkdfSync('sha256', 'a secret of the matrix', '', '', 64)
const secret = new Uint8Array(octets)
const base64url = (bytes) => Buffer.from(bytes).toString('base64url')
const derOf = (pem) => new Uint8Array(Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64'))

const undecrypted =
  'TypeError: WebCrypto cannot decrypt keys; decrypt it first, with openssl pkcs8 -in key.pem -out plain.pem'

const labels = {
  spki: 'SPKI',
  pkcs8: 'PKCS#8',
  pkcs1: 'PKCS#1',
  sec1: 'SEC 1',
  certificate: 'X.509',
  encrypted: 'encrypted',
}

/** What node:crypto and WebCrypto must be told of an algorithm, and the kind of its keys. */
function describe(alg) {
  const hash = `SHA-${alg.slice(2)}`
  const node = hash.replace('-', '').toLowerCase()
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = crypto.constants
  const curve = { 256: 'P-256', 384: 'P-384', 512: 'P-521' }[alg.slice(2)]
  if (alg.startsWith('HS')) return { web: { name: 'HMAC', hash }, node, size: alg.slice(2) / 8 }
  if (alg.startsWith('RS')) return { kind: 'rsa', web: { name: 'RSASSA-PKCS1-v1_5', hash }, node, options: {} }
  if (alg.startsWith('PS'))
    return { kind: 'rsa', web: { name: 'RSA-PSS', hash }, node, options: { padding, saltLength } }
  if (alg.startsWith('ES')) {
    const options = { dsaEncoding: 'ieee-p1363' }
    return { kind: curve.replace('-', '').toLowerCase(), web: { name: 'ECDSA', namedCurve: curve }, node, options }
  }
  if (alg.startsWith('Ed')) return { kind: 'ed25519', web: { name: 'Ed25519' }, node: null, options: {} }
  return { kind: alg.replaceAll('-', '').toLowerCase(), web: { name: alg }, node: null, options: {} }
}

/** The cells of an algorithm: what each column does, where there is something to do. */
function cellsOf(alg) {
  const about = describe(alg)
  return about.kind ? pairCells(alg, about) : secretCells(alg, about)
}

function secretCells(alg, { web, node, size }) {
  const bytes = secret.subarray(0, size)
  const text = base64url(bytes)
  const jwk = { kty: 'oct', k: text }
  const mac = (input) => crypto.createHmac(node, bytes).update(input).digest()
  const expectSecret = (key) => expectPair(key, key)
  return {
    sign: async () => expectSignature(await sign(importSecret(bytes, alg)), (input, given) => mac(input).equals(given)),
    verify: () => expectForeign(alg, importSecret(bytes, alg), mac),
    generate: () => expectSecret(generateSecret(alg)),
    text: () => expectSecret(importSecret(text, alg, { encoding: 'base64url' })),
    bytes: () => expectSecret(importSecret(bytes, alg)),
    JWK: () => expectSecret(importSecret(jwk, alg)),
    KeyObject: () => expectSecret(importSecret(crypto.createSecretKey(bytes), alg)),
    CryptoKey: async () =>
      expectSecret(importSecret(await subtle.importKey('raw', bytes, web, false, ['sign', 'verify']), alg)),
  }
}

function pairCells(alg, { kind, web, node, options }) {
  const { public: half, private: whole } = keys[kind]
  const publicKey = () => importPublicKey(half.jwk, alg)
  const privateKey = () => importPrivateKey(whole.jwk, alg)
  const both = async (publicOne, privateOne) => {
    if (publicOne) await expectPair(privateKey(), publicOne)
    if (privateOne) await expectPair(privateOne, publicKey())
  }
  const verifyNatively = (input, given) => crypto.verify(node, input, { key: half.spki, ...options }, given)
  const signNatively = (input) => crypto.sign(node, input, { key: whole.pkcs8, ...options })
  const toCryptoKey = (format, pem, usage) => subtle.importKey(format, derOf(pem), web, false, [usage])
  const cells = {
    sign: async () => expectSignature(await sign(privateKey()), verifyNatively),
    // A foreign signature can be made only where there is somebody else to make it.
    verify: () => (has(alg) ? expectForeign(alg, publicKey(), signNatively) : expectPair(privateKey(), publicKey())),
    generate: async () => {
      const pair = await generateKeyPair(alg)
      await expectPair(pair.privateKey, pair.publicKey)
    },
    JWK: () => both(publicKey(), privateKey()),
  }
  for (const [format, label] of Object.entries(labels)) {
    if (!half[format] && !whole[format]) continue
    const passphrase = format === 'encrypted' ? { passphrase: 'test' } : {}
    const read = (convert) =>
      both(
        half[format] && importPublicKey(convert(half[format]), alg),
        whole[format] && importPrivateKey(convert(whole[format]), alg, passphrase),
      )
    cells[label] = () => read((pem) => pem)
    cells[`${label}*`] = () => read(derOf)
  }
  if (!has(alg)) return cells
  cells.KeyObject = () =>
    both(
      importPublicKey(crypto.createPublicKey(half.spki), alg),
      importPrivateKey(crypto.createPrivateKey(whole.pkcs8), alg),
    )
  cells.CryptoKey = async () =>
    both(
      importPublicKey(await toCryptoKey('spki', half.spki, 'verify'), alg),
      importPrivateKey(await toCryptoKey('pkcs8', whole.pkcs8, 'sign'), alg),
    )
  return cells
}

const sign = (key) => signJws('any octets', key)
const verify = (token, key) => verifyJws(token, key, { algorithms: [key.alg] })

async function expectPair(signer, verifier) {
  await expectVerified(await sign(signer), verifier)
}

async function expectVerified(token, verifier) {
  await verify(token, verifier)
  const changed = token.replace(/\.[^.]+\./, `.${base64url('other octets')}.`)
  await verify(changed, verifier).then(
    () => {
      throw new Error('a changed token is verified')
    },
    (error) => {
      if (error.code !== 'ERR_SIGNATURE') throw error
    },
  )
}

function expectSignature(token, check) {
  const end = token.lastIndexOf('.')
  const isRight = check(Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url'))
  if (!isRight) throw new Error('node:crypto does not verify the signature')
}

async function expectForeign(alg, verifier, signNatively) {
  const input = `${base64url(JSON.stringify({ alg }))}.${base64url('any octets')}`
  await expectVerified(`${input}.${base64url(signNatively(Buffer.from(input)))}`, verifier)
}

/** Whether the runtime knows the algorithm, by its own word and not by the package's. */
function has(alg) {
  if (!alg.startsWith('ML-DSA')) return true
  try {
    crypto.generateKeyPairSync(alg.toLowerCase())
    return true
  } catch {
    return false
  }
}

function expectedOf(alg, column) {
  if (platform === 'WebCrypto' && column.startsWith('encrypted')) return undecrypted
  return has(alg) ? 'ok' : `TypeError: this runtime has no ${alg}`
}

async function outcomeOf(cell) {
  try {
    await cell()
    return 'ok'
  } catch (error) {
    return `${error.name}: ${error.message}`
  }
}

function platformInUse() {
  try {
    signJwsSync('any octets', generateSecret('HS256'))
    return 'node:crypto'
  } catch {
    return 'WebCrypto'
  }
}

if (platformInUse() !== platform) throw new Error(`the package does not run on ${platform}`)
const results = []
for (const alg of algorithms) {
  for (const [column, cell] of Object.entries(cellsOf(alg))) {
    const outcome = await outcomeOf(cell)
    results.push({ alg, platform, column, outcome, passed: outcome === expectedOf(alg, column) })
  }
}
console.log(JSON.stringify(results))
