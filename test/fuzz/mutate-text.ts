// Changes to a token as text, after which its signature must not verify.
import type { Random } from './random.ts'
import { encode, MAX_TOKEN_LENGTH, type Scene } from './scenes.ts'

/** Changes a token; what comes out may be what went in. */
type TextMutator = (token: string, random: Random, scene: Scene, others: readonly Scene[]) => string

/** Replaces so many units from a place on. */
export const splice = (text: string, at: number, removed: number, put: string): string =>
  text.slice(0, at) + put + text.slice(at + removed)

const AT_HOME = [
  ...'AQgwz059-_'.repeat(3),
  ...'=+/. ,:;"\'%&~|!{}[]()\\\n\r\t\0\x7f\x80\xff',
  '\u0100',
  '\u2028',
  '\u202e',
  '\ufeff',
]
const unit = (random: Random): string =>
  random.oneIn(4) ? String.fromCharCode(random.below(0x10000)) : random.pick(AT_HOME)

/** Changes one segment. */
function onSegment(change: (segment: string, random: Random) => string): TextMutator {
  return (token, random) => {
    const segments = token.split('.')
    const i = random.below(segments.length)
    return segments.map((segment, j) => (i === j ? change(segment, random) : segment)).join('.')
  }
}

/** Changes the octets that a segment spells. */
const onOctets = (change: (octets: Buffer, random: Random) => Buffer): TextMutator =>
  onSegment((segment, random) => encode(change(Buffer.from(segment, 'base64url'), random)))

const onSignature =
  (change: (signature: Buffer, random: Random) => Buffer): TextMutator =>
  (token, random) => {
    const at = token.lastIndexOf('.') + 1
    return token.slice(0, at) + encode(change(Buffer.from(token.slice(at), 'base64url'), random))
  }

const anywhere =
  (change: (token: string, at: number, random: Random) => string): TextMutator =>
  (token, random) =>
    change(token, random.below(token.length), random)

/** A DER INTEGER of unsigned octets. */
function derInteger(octets: Buffer): Buffer {
  const digits = octets.subarray(octets.findIndex((octet) => octet !== 0))
  const body = (digits[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), digits]) : digits
  return Buffer.concat([Buffer.of(2, body.length), body])
}

export const textMutators: Readonly<Record<string, TextMutator>> = {
  identity: (token) => token,
  'a bit flipped': anywhere((token, at, random) =>
    splice(token, at, 1, String.fromCharCode(token.charCodeAt(at) ^ (1 << random.below(random.oneIn(8) ? 16 : 7)))),
  ),
  'a character replaced': anywhere((token, at, random) => splice(token, at, 1, unit(random))),
  'a character inserted': (token, random) => splice(token, random.below(token.length + 1), 0, unit(random)),
  'a character deleted': anywhere((token, at) => splice(token, at, 1, '')),
  'a character twice': anywhere((token, at) => splice(token, at, 0, token[at] ?? '')),
  'two characters transposed': anywhere((token, at) => splice(token, at, 2, (token[at + 1] ?? '') + (token[at] ?? ''))),
  'two distant characters swapped': anywhere((token, at, random) => {
    const to = random.below(token.length)
    return splice(splice(token, at, 1, token[to] ?? ''), to, 1, token[at] ?? '')
  }),
  'a block moved': anywhere((token, at, random) => {
    const block = token.slice(at, at + 1 + random.below(40))
    const rest = splice(token, at, block.length, '')
    return splice(rest, random.below(rest.length + 1), 0, block)
  }),
  'a block twice': anywhere((token, at, random) => splice(token, at, 0, token.slice(at, at + 1 + random.below(80)))),
  'a block removed': anywhere((token, at, random) => splice(token, at, 1 + random.below(80), '')),
  'a character in another case': anywhere((token, at) => {
    const letter = token[at] ?? ''
    return splice(token, at, 1, letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase())
  }),
  'a character whose low octet is the same': anywhere((token, at, random) =>
    splice(token, at, 1, String.fromCharCode(token.charCodeAt(at) + 256 * (1 + random.below(255)))),
  ),
  'a look-alike': anywhere((token, at) => splice(token, at, 1, String.fromCharCode(token.charCodeAt(at) + 0xfee0))),
  'two segments swapped': (token, random) => {
    const [a = '', b = '', c = ''] = token.split('.')
    return random
      .pick([
        [b, a, c],
        [a, c, b],
        [c, b, a],
        [b, c, a],
        [c, a, b],
      ])
      .join('.')
  },
  'a segment of another token': (token, random, _, others) => {
    const segments = token.split('.')
    const i = random.below(segments.length)
    return splice2(segments, i, random.pick(others).token.split('.')[i] ?? '')
  },
  'a segment emptied': onSegment(() => ''),
  'a segment dropped': (token, random) => {
    const gone = random.below(3)
    return token
      .split('.')
      .filter((_, i) => i !== gone)
      .join('.')
  },
  'a segment more': (token, random) => {
    const segments = token.split('.')
    const put = random.pick(['', 'e30', ...segments])
    segments.splice(random.below(segments.length + 1), 0, put)
    return segments.join('.')
  },
  'cut short': (token, random) => token.slice(0, random.below(token.length)),
  'cut at its head': (token, random) => token.slice(1 + random.below(token.length)),
  'with more around it': (token, random) => {
    const put = random.pick([' ', '\n', '\0', '\ufeff', '\u00a0', '=', '.', '"', 'Bearer ', ',', token, '\ud800'])
    return random.pick([put + token, token + put, put + token + put])
  },
  'padded base64': onSegment((segment) => segment + '='.repeat((4 - (segment.length % 4)) % 4 || 4)),
  'the alphabet of base64': (token) => token.replaceAll('-', '+').replaceAll('_', '/'),
  'trailing bits that are not zero': onSegment((segment, random) => {
    const loose = (segment.length * 6) % 8
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(segment.at(-1) ?? 'A') | random.below(1 << loose)
    return segment.slice(0, -1) + (alphabet[last] ?? '')
  }),
  'white space within': (token, random) =>
    splice(token, random.below(token.length + 1), 0, random.pick([' ', '\n', '\r\n', '\t', '\u00a0'])),
  'a letter escaped for a URL': anywhere((token, at) =>
    splice(token, at, 1, `%${token.charCodeAt(at).toString(16).padStart(2, '0')}`),
  ),
  'a segment in another encoding': onSegment((segment, random) => {
    const octets = Buffer.from(segment, 'base64url')
    return random.pick([octets.toString('hex'), octets.toString('base64'), octets.toString('latin1'), encode(segment)])
  }),
  'octets changed': onOctets((octets, random) => {
    const changed = Buffer.from(octets)
    if (changed.length > 0) changed[random.below(changed.length)] = random.below(256)
    return changed
  }),
  'octets inserted': onOctets((octets, random) => {
    const at = random.below(octets.length + 1)
    return Buffer.concat([octets.subarray(0, at), random.octets(1 + random.below(4)), octets.subarray(at)])
  }),
  'octets deleted': onOctets((octets, random) => {
    const at = random.below(octets.length + 1)
    return Buffer.concat([octets.subarray(0, at), octets.subarray(at + 1 + random.below(4))])
  }),
  'a signature of one octet value': onSignature((signature, random) =>
    Buffer.alloc(signature.length, random.pick([0, 1, 255])),
  ),
  'a signature of random octets': onSignature((signature, random) => random.octets(signature.length)),
  'a signature of another length': onSignature((signature, random) => {
    const zeros = Buffer.alloc(1 + random.below(3))
    return random.pick([
      Buffer.concat([zeros, signature]),
      Buffer.concat([signature, zeros]),
      signature.subarray(zeros.length),
    ])
  }),
  'a signature reversed': onSignature((signature) => Buffer.from(signature).reverse()),
  'a signature of swapped halves': onSignature((signature) =>
    Buffer.concat([signature.subarray(signature.length / 2), signature.subarray(0, signature.length / 2)]),
  ),
  'a signature in DER': onSignature((signature) => {
    const half = signature.length / 2
    const body = Buffer.concat([derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))])
    return Buffer.concat([Buffer.from(body.length > 127 ? [0x30, 0x81, body.length] : [0x30, body.length]), body])
  }),
  'a signature of another token': (token, random, _, others) => {
    const [a, b] = token.split('.')
    return `${a}.${b}.${random.pick(others).token.split('.')[2]}`
  },
  'as long as may be': (token, random) =>
    token + 'A'.repeat(Math.max(0, MAX_TOKEN_LENGTH - token.length) + random.below(2)),
  'too long': (token, random) => token + random.pick(['A', '.', '\u{1f600}', ' ']).repeat(MAX_TOKEN_LENGTH),
  'mostly dots': (token, random) =>
    splice(token, random.below(token.length), 0, '.'.repeat(random.pick([1, 2, 1000, 16_000]))),
  'the JSON serialization': (token) => {
    const [header, payload, signature] = token.split('.')
    return JSON.stringify({ protected: header, payload, signature })
  },
}

function splice2(segments: readonly string[], at: number, put: string): string {
  return segments.map((segment, i) => (i === at ? put : segment)).join('.')
}

// The orders of the curves' groups (SEC 2 §2).
const ORDERS: ReadonlyMap<string, bigint> = new Map([
  ['ES256', 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  ['ES384', 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n],
  [
    'ES512',
    0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  ],
])

/** The other valid signature of ECDSA, (r, n − s), which whoever knows one can make: the one change that is accepted. */
export const ecdsaTwin: TextMutator = (token, _, { material }) => {
  const order = ORDERS.get(material.alg)
  if (order === undefined) return token
  const at = token.lastIndexOf('.') + 1
  const signature = Buffer.from(token.slice(at), 'base64url')
  const half = signature.length / 2
  const s = order - BigInt(`0x${signature.subarray(half).toString('hex')}`)
  return (
    token.slice(0, at) +
    encode(Buffer.concat([signature.subarray(0, half), Buffer.from(s.toString(16).padStart(2 * half, '0'), 'hex')]))
  )
}
