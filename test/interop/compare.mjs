// Tries each row of the README's comparison on one token or key, and says where the README differs: `npm run compare`.
import { spawnSync } from 'node:child_process'
import { createHmac, createSecretKey, generateKeyPairSync, randomBytes, sign as signOctets } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createVerifier } from 'fast-jwt'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { importPublicKey, importSecret, verify, verifySync } from 'tittle'
import { toTable } from '../setup/table.mjs'

const root = resolve(import.meta.dirname, '../..')
const exp = Math.floor(Date.now() / 1000) + 900

// Longer than any header field of HTTP, and than any limit that a library would set on purpose.
const LONGEST_TRIED = 2 ** 24

const importKey = (key, alg) => (key.type === 'secret' ? importSecret(key, alg) : importPublicKey(key, alg))
const exported = (key) => (key.type === 'secret' ? key.export() : key.export({ format: 'pem', type: 'spki' }))
const allow = (algorithms) => (algorithms ? { algorithms } : {})

/** Verifying as each library does by default: a token, a KeyObject and its algorithm, and an allowlist or none. */
const libraries = {
  tittle: (token, key, alg, algorithms = undefined) =>
    verify(token, importKey(key, alg), { issuer: null, audience: null, ...allow(algorithms) }),
  jose: (token, key, alg, algorithms = undefined) => jose.jwtVerify(token, key, allow(algorithms)),
  jsonwebtoken: (token, key, alg, algorithms = undefined) => jsonwebtoken.verify(token, key, allow(algorithms)),
  'fast-jwt': (token, key, alg, algorithms = undefined) =>
    createVerifier({ key: exported(key), ...allow(algorithms) })(token),
}

const manifests = {
  tittle: readJson(join(root, 'package.json')),
  ...Object.fromEntries(
    ['jose', 'jsonwebtoken', 'fast-jwt'].map((name) => [
      name,
      readJson(join(import.meta.dirname, 'node_modules', name, 'package.json')),
    ]),
  ),
}

const secret = createSecretKey(randomBytes(32))
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A token of a header and a payload as JSON text, signed with node:crypto alone. */
function forge(alg, key, payload, header = `{"alg":"${alg}","typ":"JWT"}`) {
  const input = [header, payload].map((json) => Buffer.from(json).toString('base64url')).join('.')
  const signature =
    key.type === 'secret'
      ? createHmac('sha256', key).update(input).digest()
      : signOctets('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const payload = JSON.stringify({ sub: 'alice', exp })
const signed = {
  HS256: { token: forge('HS256', secret, payload), key: secret },
  RS256: { token: forge('RS256', rsa.privateKey, payload), key: rsa.publicKey },
  ES256: { token: forge('ES256', ec.privateKey, payload), key: ec.publicKey },
}
const refusals = []

/** The README's rows: each takes the name of a library and answers with the words of a cell. */
const rows = {
  'algorithm allowlist': async (name) => {
    const { token, key } = signed.HS256
    await mustAccept(name, token, key, 'HS256')
    return (await refusal(name, () => libraries[name](token, key, 'HS256'))) ? 'required' : 'optional'
  },
  'token without `exp`': (name) => tryToken(name, forge('HS256', secret, '{"sub":"alice"}'), secret, 'HS256'),
  'non-zero trailing bits in base64url': async (name) => {
    const accepting = []
    for (const [alg, { token, key }] of Object.entries(signed)) {
      await mustAccept(name, token, key, alg)
      if ((await tryToken(name, withTrailingBits(token), key, alg)) === 'accepted') accepting.push(alg)
    }
    if (accepting.length === 0) return 'refused'
    return accepting.length === Object.keys(signed).length ? 'accepted' : `accepted (${accepting.join(', ')})`
  },
  'a member name twice': (name) =>
    tryToken(name, forge('HS256', secret, `{"sub":"alice","exp":${exp},"sub":"mallory"}`), secret, 'HS256'),
  'unknown `crit`': (name) =>
    tryToken(name, forge('HS256', secret, payload, '{"alg":"HS256","crit":["x"],"x":1}'), secret, 'HS256'),
  'HMAC secret of one octet': (name) => {
    const short = createSecretKey(Buffer.from('x'))
    return tryToken(name, forge('HS256', short, payload), short, 'HS256')
  },
  'RSA key of 1024 bits, verifying': async (name) => {
    await mustAccept(name, signed.RS256.token, rsa.publicKey, 'RS256')
    return tryToken(name, forge('RS256', smallRsa.privateKey, payload), smallRsa.publicKey, 'RS256')
  },
  'longest token': longestToken,
  'payload parsed before the signature is verified': async (name) => {
    const { token, key } = signed.HS256
    if (!(await parsesPayload(name, token, key))) throw new Error(`${name}: parses by other means than JSON.parse`)
    return (await parsesPayload(name, withWrongSignature(token), key)) ? 'yes' : 'no'
  },
  'sync functions': (name) => {
    if (name === 'tittle') return syncOfTittle()
    return libraries[name](signed.HS256.token, secret, 'HS256') instanceof Promise ? 'no' : 'yes'
  },
  dependencies: (name) => String(Object.keys(manifests[name].dependencies ?? {}).length),
}

const head = ['', ...Object.keys(libraries)]
const table = []
for (const [row, measure] of Object.entries(rows)) {
  const cells = [row]
  for (const name of Object.keys(libraries)) {
    const seen = refusals.length
    cells.push(await measure(name))
    for (const refused of refusals.slice(seen)) refused.row = row
  }
  table.push(cells)
}

console.log(`Node ${process.versions.node}; the longest token tried has ${grouped(LONGEST_TRIED)} characters\n`)
console.log(toTable([head.map((name) => (name ? `${name} ${manifests[name].version}` : '')), ...table]))
console.log('\nRefused, and why:\n')
for (const { row, name, message } of refusals) console.log(`${row}; ${name}: ${message}`)

const differences = compareWithReadme()
console.log(`\n${differences.length === 0 ? 'The README says the same.' : 'The README differs:'}`)
for (const difference of differences) console.log(`DIFFERS  ${difference}`)
process.exitCode = differences.length === 0 ? 0 : 1

async function tryToken(name, token, key, alg) {
  await mustAccept(name, signed.HS256.token, secret, 'HS256')
  return (await refusal(name, () => libraries[name](token, key, alg, [alg]))) ? 'refused' : 'accepted'
}

// Otherwise a refusal would say nothing.
async function mustAccept(name, token, key, alg) {
  const error = await errorOf(() => libraries[name](token, key, alg, [alg]))
  if (error) throw new Error(`${name} refuses a good ${alg} token: ${error.message}`)
}

async function refusal(name, action) {
  const error = await errorOf(action)
  if (error) refusals.push({ name, message: error.message })
  return error
}

async function errorOf(action) {
  try {
    await action()
    return undefined
  } catch (error) {
    return error
  }
}

// Another last character, of the same octets.
function withTrailingBits(token) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const respelled = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)) + 1]
  const [before, after] = [token, respelled].map((text) => Buffer.from(text.split('.')[2], 'base64url'))
  if (!before.equals(after)) throw new Error('the last character has no bits to spare')
  return respelled
}

function withWrongSignature(token) {
  const at = token.lastIndexOf('.') + 1
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

async function longestToken(name) {
  const tokenOf = (octets) => forge('HS256', secret, `{"exp":${exp},"pad":"${'x'.repeat(octets)}"}`, '{"alg":"HS256"}')
  const errorFor = (octets) => errorOf(() => libraries[name](tokenOf(octets), secret, 'HS256', ['HS256']))
  if (!(await errorFor(LONGEST_TRIED * 0.75 - 100))) return 'none'
  let [accepted, refused] = [0, LONGEST_TRIED * 0.75 - 100]
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2)
    if (await errorFor(middle)) refused = middle
    else accepted = middle
  }
  await refusal(name, () => libraries[name](tokenOf(refused), secret, 'HS256', ['HS256']))
  return `${grouped(tokenOf(accepted).length)} characters`
}

async function parsesPayload(name, token, key) {
  const original = JSON.parse
  let parsed = false
  JSON.parse = (text, ...rest) => {
    parsed ||= String(text) === payload
    return original(text, ...rest)
  }
  await errorOf(() => libraries[name](token, key, 'HS256', ['HS256']))
  JSON.parse = original
  return parsed
}

function syncOfTittle() {
  const { token } = signed.HS256
  const policy = { algorithms: ['HS256'], issuer: null, audience: null }
  if (verifySync(token, importKey(secret, 'HS256'), policy).claims.sub !== 'alice') return 'no'
  const script = `
    process.getBuiltinModule = undefined
    const { importSecret, verifySync } = await import('tittle')
    const key = importSecret('${secret.export().toString('base64url')}', 'HS256', { encoding: 'base64url' })
    verifySync('${token}', key, ${JSON.stringify(policy)})`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  if (status !== 0 && !stderr.includes('TypeError')) throw new Error(stderr)
  return status === 0 ? 'yes' : 'Node'
}

function compareWithReadme() {
  const [, section = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('## How it compares')
  const [readmeHead = [], , ...readmeRows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const measured = new Map(table.map(([row, ...cells]) => [row, cells]))
  const names = Object.keys(libraries)
  const columns = names.map((name) => readmeHead.findIndex((cell) => cell.split(' ')[0] === name))
  const said = new Map(readmeRows.map(([row, ...cells]) => [row, ['', ...cells]]))
  return [
    ...names.flatMap((name, i) => {
      const [, version] = readmeHead[columns[i]]?.split(' ') ?? [name, 'no such column']
      const current = manifests[name].version
      return version === undefined || current.startsWith(`${version}.`) ? [] : [`${name} is ${current}, not ${version}`]
    }),
    ...[...said.keys()].filter((row) => !measured.has(row)).map((row) => `no measurement of "${row}"`),
    ...[...measured].flatMap(([row, cells]) =>
      cells.flatMap((cell, i) => {
        const claim = said.get(row)?.[columns[i]] ?? 'nothing'
        return claim === cell ? [] : [`${row}, ${names[i]}: measured "${cell}", the README says "${claim}"`]
      }),
    ),
  ]
}

function grouped(number) {
  return number.toLocaleString('en-US')
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
