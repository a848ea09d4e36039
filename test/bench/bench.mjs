// What verifying and signing cost, as multiples of the work that nobody can avoid.
import {
  createPublicKey,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { createSigner, createVerifier, importPrivateKey, importPublicKey, importSecret } from 'tittle'

const ROUNDS = 41
const ROUND_MS = 25

const now = 1_800_000_000
const claims = {
  iss: 'https://issuer.example',
  sub: 'user-2f1c9a7e',
  aud: 'https://api.example',
  exp: now + 900,
  iat: now,
  jti: '7d0f6f2c9b1e4a58',
  scope: 'orders:read orders:write',
}
const policy = { issuer: claims.iss, audience: claims.aud, now: () => now }

/** For one algorithm: what nobody can avoid, and what tittle does, on the same key and the same token. */
const subjects = [
  hmac('HS256', 'sha256'),
  pair('RS256', 'rsa', { modulusLength: 2048 }),
  pair('ES256', 'ec', { namedCurve: 'P-256' }),
]

/** At most so many times the bare work; the goals of the design. */
const goals = { 'HS256 verifySync': 1.5, 'ES256 verifySync': 1.1 }

console.log(`Node ${process.version}, ${process.platform} ${process.arch}; medians of ${ROUNDS} interleaved rounds\n`)
console.log('operation           bare = 1   spread   goal')
let missed = 0
for (const subject of subjects) {
  for (const operation of ['verifySync', 'signSync']) {
    const name = `${subject.alg} ${operation}`
    const { median, low, high } = compare(subject.bare[operation], subject.tittle[operation])
    const goal = goals[name]
    if (median > goal) missed += 1
    const spread = `${low.toFixed(2)}-${high.toFixed(2)}`
    console.log(
      `${name.padEnd(20)}${median.toFixed(2).padEnd(11)}${spread.padEnd(10)}${goal ? `≤ ${goal} ${median > goal ? 'MISSED' : 'met'}` : ''}`,
    )
  }
}
process.exitCode = missed > 0 ? 1 : 0

function hmac(alg, hash) {
  const bytes = Buffer.alloc(32, 'k')
  const key = createSecretKey(bytes)
  const mac = (input) => createHmac(hash, key).update(input).digest()
  return subject(alg, importSecret(bytes, alg), importSecret(bytes, alg), {
    sign: mac,
    verify: (input, signature) => timingSafeEqual(mac(input), signature),
  })
}

function pair(alg, type, options) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options)
  const dsaEncoding = 'ieee-p1363'
  return subject(
    alg,
    importPrivateKey(privateKey, alg),
    importPublicKey(createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })), alg),
    {
      sign: (input) => sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding }),
      verify: (input, signature) => verify('sha256', Buffer.from(input), { key: publicKey, dsaEncoding }, signature),
    },
  )
}

function subject(alg, signingKey, verificationKey, crypto) {
  const signer = createSigner(signingKey, { expiresIn: null, now: policy.now })
  const verifier = createVerifier(verificationKey, { algorithms: [alg], ...policy })
  const token = signer.signSync(claims)
  const header = token.slice(0, token.indexOf('.'))
  return {
    alg,
    tittle: { verifySync: () => verifier.verifySync(token), signSync: () => signer.signSync(claims) },
    bare: {
      verifySync() {
        const dot = token.lastIndexOf('.')
        const input = token.slice(0, dot)
        if (!crypto.verify(input, Buffer.from(token.slice(dot + 1), 'base64url'))) throw new Error('bare')
        return JSON.parse(Buffer.from(input.slice(input.indexOf('.') + 1), 'base64url').toString())
      },
      signSync() {
        const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
        return `${input}.${crypto.sign(input).toString('base64url')}`
      },
    },
  }
}

/** The median of the ratios of rounds that lie side by side, so that what else the machine does falls on both. */
function compare(bare, ours) {
  time(bare, 2000)
  const calls = Math.max(8, Math.ceil(ROUND_MS / time(bare, 500)))
  time(ours, calls * 4)
  time(bare, calls * 4)
  const ratios = Array.from({ length: ROUNDS }, (_, round) => {
    if (round % 2) return 1 / (time(bare, calls) / time(ours, calls))
    const first = time(ours, calls)
    return first / time(bare, calls)
  }).sort((a, b) => a - b)
  return { median: ratios[ROUNDS >> 1], low: ratios[ROUNDS >> 3], high: ratios[ROUNDS - 1 - (ROUNDS >> 3)] }
}

/** Milliseconds of processor a call, which what else the machine does lengthens less than those of the clock. */
function time(work, calls) {
  const begun = performance.now()
  const start = process.cpuUsage()
  for (let i = 0; i < calls; i++) work()
  const { user, system } = process.cpuUsage(start)
  // Some virtual machines count no processor time for a process; then the clock has to do.
  return (user + system > 0 ? (user + system) / 1000 : performance.now() - begun) / calls
}
