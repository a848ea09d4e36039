// Signatures that are numbers where a number was not expected, or octets in another form.
import assert from 'node:assert/strict'
import { constants, createHash, privateEncrypt, sign as signWith } from 'node:crypto'
import { importPublicKey } from 'tittle'
import { accepted, each, expecting, product, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  CLAIMS,
  es,
  hs,
  issue,
  material,
  open,
  openJws,
  openWith,
  parties,
  policyFor,
  privateOf,
  publicJwk,
  rs,
  seal,
  type Party,
  type Sign,
} from './forge.ts'

// The order and the prime of P-256 (SP 800-186 §3.2.1.3).
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn

const SPECIAL = {
  0: 0n,
  1: 1n,
  2: 2n,
  'n - 1': ORDER - 1n,
  n: ORDER,
  'n + 1': ORDER + 1n,
  p: PRIME,
  'p - n': PRIME - ORDER,
  '2^256 - 1': 2n ** 256n - 1n,
}

const toNumber = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex')}`)

const toOctets = (number: bigint, length: number): Buffer =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex')

/** A token for a party whose signature another function makes of the genuine one. */
function altered(party: Party, alter: (signature: Buffer, input: string) => Uint8Array): string {
  return issue({ ...party, sign: (input) => alter(Buffer.from(party.sign(input)), input) })
}

const pair = (r: bigint, s: bigint): Buffer => Buffer.concat([toOctets(r, 32), toOctets(s, 32)])

const halves = (signature: Uint8Array): [bigint, bigint] => [
  toNumber(signature.subarray(0, 32)),
  toNumber(signature.subarray(32)),
]

function* specialPairs(): Generator<Attempt> {
  const numbers = Object.entries(SPECIAL)
  for (const [[rName, r], [sName, s]] of product(numbers, numbers)) {
    yield [
      `r = ${rName}, s = ${sName}`,
      'ERR_SIGNATURE',
      () =>
        open(
          altered(es, () => pair(r, s)),
          es,
        ),
    ]
  }
  for (const [name, number] of numbers) {
    const refuse = (alter: (r: bigint, s: bigint) => Buffer) => () =>
      open(
        altered(es, (signature) => alter(...halves(signature))),
        es,
      )
    yield* expecting('ERR_SIGNATURE', {
      [`r as it was, s = ${name}`]: refuse((r) => pair(r, number)),
      [`r = ${name}, s as it was`]: refuse((_, s) => pair(number, s)),
    })
  }
}

// The first ES256 tokens of a count whose hash begins with so many zero octets.
const ZEROS: { readonly [octets: number]: string } = { 1: '1', 2: '92846' }

/** Opens a genuine token whose hash is a small number. */
function openSmallHash(zeros: number): Promise<unknown> {
  const sign: Sign = (input) => {
    assert.equal(
      digest('sha256', input).findIndex((octet) => octet !== 0),
      zeros,
    )
    return es.sign(input)
  }
  return open(issue({ ...es, sign }, { jti: ZEROS[zeros] }), es)
}

const asDer: Sign = (input) => signWith('sha256', Buffer.from(input), privateOf(material.p256))

/** Signatures of a party that have not the one length that algorithm and key fix. */
function* wrongLengths(party: Party): Generator<Attempt> {
  const { length } = party.sign('')
  const lengths = [0, 1, 31, 33, 48, 63, 65, 96, 128, 132, 255, 257, 384, 512].filter((other) => other !== length)
  const fit = (to: number) => (signature: Buffer) => Buffer.concat([signature, Buffer.alloc(512)]).subarray(0, to)
  const alterations: { readonly [what: string]: (signature: Buffer) => Uint8Array } = {
    'without its last octet': (signature) => signature.subarray(0, -1),
    'without its first octet': (signature) => signature.subarray(1),
    'with a zero before it': (signature) => Buffer.concat([Buffer.alloc(1), signature]),
    'with a zero after it': (signature) => Buffer.concat([signature, Buffer.alloc(1)]),
    'written twice': (signature) => Buffer.concat([signature, signature]),
    ...Object.fromEntries(lengths.map((to) => [`cut or filled to ${to} octets`, fit(to)])),
  }
  for (const [what, alter] of Object.entries(alterations)) {
    yield [`a signature for ${party.alg} ${what}`, 'ERR_SIGNATURE', () => open(altered(party, alter), party)]
  }
}

// DigestInfo of SHA-256 and others, up to the digest (RFC 8017 §9.2 note 1).
const SHA256 = '3031300d060960864801650304020105000420'
const DIGEST_INFO = {
  'without the NULL parameters': ['302f300b0609608648016503040201', '0420', 'sha256'],
  'with parameters that are no NULL': ['3032300e06096086480165030402010401', '000420', 'sha256'],
  'with an indefinite length': ['3080300d06096086480165030402010500', '0420', 'sha256'],
  'with a length in the long form': ['308131300d06096086480165030402010500', '0420', 'sha256'],
  'that names SHA-512, over SHA-256': ['3031300d060960864801650304020305000420', '', 'sha256'],
  'of SHA-1': ['3021300906052b0e03021a05000414', '', 'sha1'],
  'of SHA-512': ['3051300d060960864801650304020305000440', '', 'sha512'],
  'that is absent': ['', '', 'sha256'],
} as const

const digest = (hash: string, input: string): Buffer => createHash(hash).update(input).digest()

const SIZE = 256

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2), each part of which may be another. */
function pad(info: Uint8Array, { start = '0001', filler = 0xff, stop = '00', length = SIZE } = {}): Buffer {
  const [first, last] = [Buffer.from(start, 'hex'), Buffer.from(stop, 'hex')]
  const fill = Buffer.alloc(Math.max(0, length - first.length - last.length - info.length), filler)
  return Buffer.concat([first, fill, last, info])
}

const infoOf = (input: string): Buffer => Buffer.concat([Buffer.from(SHA256, 'hex'), digest('sha256', input)])

const raw = (block: Buffer): Buffer =>
  privateEncrypt({ key: privateOf(material.rsa), padding: constants.RSA_NO_PADDING }, block)

const BLOCKS: { readonly [what: string]: (info: Buffer) => Buffer } = {
  'of block type 0': (info) => pad(info, { start: '0000', filler: 0 }),
  'of block type 2': (info) => pad(info, { start: '0002' }),
  'that starts with another octet': (info) => pad(info, { start: '0101' }),
  'filled with zeros': (info) => pad(info, { filler: 0 }),
  'filled with 0xfe': (info) => pad(info, { filler: 0xfe }),
  'without the zero that ends the filler': (info) => pad(info, { stop: '' }),
  'with two zeros that end the filler': (info) => pad(info, { stop: '0000' }),
  'whose filler is short, with zeros behind the digest': (info) =>
    Buffer.concat([pad(info, { length: 64 }), Buffer.alloc(SIZE - 64)]),
  'whose filler is short, with noise behind the digest': (info) =>
    Buffer.concat([pad(info, { length: 64 }), Buffer.alloc(SIZE - 64, 7)]),
  'whose filler is absent': (info) =>
    Buffer.concat([pad(info, { length: 0 }), Buffer.alloc(SIZE, 7)]).subarray(0, SIZE),
  'with one octet behind the digest': (info) => pad(Buffer.concat([info, Buffer.of(0)])),
  'with noise between the filler and the digest': (info) => pad(Buffer.concat([Buffer.alloc(100, 7), info])),
}

function* forgedBlocks(): Generator<Attempt> {
  const refuse = (block: (input: string) => Buffer) => () =>
    open(
      altered(rs, (_, input) => raw(block(input))),
      rs,
    )
  for (const [what, block] of Object.entries(BLOCKS)) {
    yield [`a block ${what}`, 'ERR_SIGNATURE', refuse((input) => block(infoOf(input)))]
  }
  for (const [what, [start, rest, hash]] of Object.entries(DIGEST_INFO)) {
    const info = (input: string) => Buffer.concat([Buffer.from(start + rest, 'hex'), digest(hash, input)])
    yield [`a DigestInfo ${what}`, 'ERR_SIGNATURE', refuse((input) => pad(info(input)))]
  }
}

/** Octets whose cube begins with a block, and goes on with anything (Bleichenbacher, 2006). */
function cubeRootOf(block: Buffer): Buffer {
  const ceiling = toNumber(Buffer.concat([block, Buffer.alloc(SIZE - block.length, 0xff)]))
  let [low, high] = [0n, 1n << 684n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle ** 3n > ceiling) high = middle
    else low = middle
  }
  return toOctets(low, SIZE)
}

const withCube: Sign = (input) => signWith('sha256', Buffer.from(input), privateOf(material.rsaExponent3))

/** A forgery that needs no private key where the exponent is 3 and the verifier reads from the left. */
function cubeForgery(filler: number): string {
  const issuer = { ...rs, sign: (input: string) => cubeRootOf(pad(infoOf(input), { length: 54 + filler })) }
  const token = issue(issuer)
  const [, , signature = ''] = token.split('.')
  const cube = toOctets(toNumber(Buffer.from(signature, 'base64url')) ** 3n, SIZE)
  const start = pad(infoOf(token.slice(0, token.lastIndexOf('.'))), { length: 54 + filler })
  assert.deepEqual(cube.subarray(0, start.length), start)
  return token
}

// The first tokens of a count whose RS256 signature begins with a zero, and leaves room to add the modulus.
const SHORT = { jti: '36' }
const LOW = { jti: '0' }

const modulus = toNumber(Buffer.from(material.rsa.n, 'base64url'))

export const signatures: readonly AttackClass[] = [
  {
    name: 'no r and no s outside of their range verify, and no others by chance (CVE-2022-21449, CVE-2024-42460, CVE-2024-48948)',
    attempts: () => [
      ...accepted({
        'r and s as they were': () =>
          open(
            altered(es, (signature) => pair(...halves(signature))),
            es,
          ),
        // RFC 7518 §3.4 allows both, so that a token string is no name for a token.
        'r and n - s': () =>
          open(
            altered(es, (signature) => pair(halves(signature)[0], ORDER - halves(signature)[1])),
            es,
          ),
      }),
      ...each('zero octets at the beginning of the hash:', [1, 2], 'accepted', openSmallHash),
      ...specialPairs(),
      ...expecting('ERR_SIGNATURE', {
        's before r': () =>
          open(
            altered(es, (signature) => pair(...swap(halves(signature)))),
            es,
          ),
        'n - r and s': () =>
          open(
            altered(es, (signature) => pair(ORDER - halves(signature)[0], halves(signature)[1])),
            es,
          ),
      }),
    ],
  },
  {
    name: 'a signature has the one length that algorithm and key fix, and ES256 is never DER (CVE-2024-42459, CVE-2024-42461, CVE-2020-13822)',
    attempts: () => [
      ...each('the genuine signature for', parties, 'accepted', (party) => open(issue(party), party)),
      ...each('the genuine JWS for', parties, 'accepted', (party) => openJws(issue(party), party)),
      ...parties.flatMap((party) => [...wrongLengths(party)]),
      ...expecting('ERR_SIGNATURE', {
        'a DER signature': () => open(issue({ ...es, sign: asDer }), es),
        'a DER signature cut to 64 octets': () =>
          open(issue({ ...es, sign: (input) => Buffer.from(asDer(input)).subarray(0, 64) }), es),
        'r and s of 33 octets each': () =>
          open(
            altered(es, (signature) => Buffer.concat(halves(signature).map((half) => toOctets(half, 33)))),
            es,
          ),
      }),
    ],
  },
  {
    name: 'an RS256 signature holds the one padding of RFC 8017, octet by octet (CVE-2020-14967, CVE-2020-14968, CVE-2021-30246, Bleichenbacher 2006)',
    attempts: () => [
      ...accepted({
        'the padding of the RFC': () =>
          open(
            altered(rs, (_, input) => raw(pad(infoOf(input)))),
            rs,
          ),
        'a key of exponent 3': () => openWith(issue({ ...rs, sign: withCube }), cubic(), policyFor(rs)),
      }),
      ...forgedBlocks(),
      ...each('a forged cube with a filler of', [0, 1, 8, 28], 'ERR_SIGNATURE', (filler) =>
        openWith(cubeForgery(filler), cubic(), policyFor(rs)),
      ),
      ...expecting('ERR_SIGNATURE', {
        'a PSS signature': () =>
          open(
            altered(rs, (_, input) =>
              signWith('sha256', Buffer.from(input), {
                key: privateOf(material.rsa),
                padding: constants.RSA_PKCS1_PSS_PADDING,
                saltLength: 32,
              }),
            ),
            rs,
          ),
        'a signature over SHA-512': () =>
          open(
            altered(rs, (_, input) => signWith('sha512', Buffer.from(input), privateOf(material.rsa))),
            rs,
          ),
      }),
    ],
  },
  {
    name: 'an RS256 signature is one number below the modulus, in as many octets (CVE-2020-14967, RFC 8017 §8.2.2)',
    attempts: () => {
      const number = (change: (signature: bigint) => bigint, claims: object) => () =>
        open(issue({ ...rs, sign: (input) => toOctets(change(toNumber(rs.sign(input))), SIZE) }, claims), rs)
      const strip = (signature: Uint8Array) => {
        assert.equal(signature[0], 0)
        return signature.subarray(1)
      }
      return [
        ...accepted({
          'a number that begins with a zero': number((signature) => signature, SHORT),
          'a number that leaves room for the modulus': number((signature) => signature, LOW),
        }),
        ...expecting('ERR_SIGNATURE', {
          'a number without the zero that it begins with': () =>
            open(issue({ ...rs, sign: (input) => strip(rs.sign(input)) }, SHORT), rs),
          'the number and the modulus': number((signature) => signature + modulus, LOW),
          'the modulus less the number': number((signature) => modulus - signature, LOW),
        }),
        ...each(
          'the number',
          [0n, 1n, modulus - 1n, modulus, modulus + 1n, 2n ** 2048n - 1n],
          'ERR_SIGNATURE',
          (other) => number(() => other, {})(),
        ),
      ]
    },
  },
  {
    name: 'a MAC is compared whole (CVE-2016-7036, CVE-2024-25189)',
    attempts: () => [
      ...accepted({ 'all of it': () => open(issue(hs), hs) }),
      ...each('a MAC cut to octets:', [...Array(32).keys()], 'ERR_SIGNATURE', (length) =>
        open(
          altered(hs, (signature) => signature.subarray(0, length)),
          hs,
        ),
      ),
      ...each('a MAC with a bit flipped:', [...Array(256).keys()], 'ERR_SIGNATURE', (bit) =>
        open(
          altered(hs, (signature) => flip(signature, bit)),
          hs,
        ),
      ),
    ],
  },
  {
    name: 'every bit of what is signed counts, and so does who signed it (CVE-2016-1000223)',
    attempts: () =>
      parties.flatMap((party) => {
        const [header = '', payload = '', signature = ''] = issue(party).split('.')
        const other = base64url({ ...CLAIMS, sub: 'mallory' })
        return [
          ...accepted({ [`a token for ${party.alg}`]: () => open(`${header}.${payload}.${signature}`, party) }),
          ...expecting('ERR_SIGNATURE', {
            'another payload': () => open(`${header}.${other}.${signature}`, party),
            'another header': () => open(`${base64url({ alg: party.alg, kid: 'k1' })}.${payload}.${signature}`, party),
            'the signature of another token': () =>
              open(`${header}.${payload}.${issue(party, { sub: 'mallory' }).split('.')[2]}`, party),
            'the signature of the payload alone': () =>
              open(`${header}.${payload}.${base64url(party.sign(payload))}`, party),
            'the signature of the decoded parts': () =>
              open(
                `${header}.${payload}.${base64url(party.sign(JSON.stringify({ alg: party.alg }) + JSON.stringify(CLAIMS)))}`,
                party,
              ),
            "the attacker's signature": () => open(seal(`${header}.${payload}`, party.attacker), party),
          }),
        ]
      }),
  },
]

const swap = ([r, s]: [bigint, bigint]): [bigint, bigint] => [s, r]

const cubic = () => importPublicKey(publicJwk(material.rsaExponent3), 'RS256')

function flip(signature: Buffer, bit: number): Buffer {
  const flipped = Buffer.from(signature)
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}
