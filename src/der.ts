// DER, as far as keys and certificates need it: to tell their structures apart, and to bring each into the one of the
// two that every platform imports. SubjectPublicKeyInfo and certificates: RFC 5280 §4.1; PKCS #8: RFC 5958;
// PKCS #1: RFC 8017 appendix A.1; SEC 1: RFC 5915.

const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const SEQUENCE = 0x30
const TAGGED_0 = 0xa0

/** An element: its tag, all its octets, and the octets of its content. */
interface Element {
  readonly tag: number
  readonly octets: Uint8Array
  readonly content: Uint8Array
}

/** A structure in which keys are handed about. */
interface Structure {
  readonly name: string
  /** The tags with which the content of the outer SEQUENCE begins. */
  readonly tags: readonly number[]
  readonly half: 'public' | 'private'
  /** The SubjectPublicKeyInfo or PKCS #8 of it; `undefined` where it lacks something. */
  readonly toInfo: (der: Uint8Array, children: readonly Element[]) => Uint8Array | undefined
}

const asIs = (der: Uint8Array): Uint8Array => der

// The first that fits is the one.
const STRUCTURES: readonly Structure[] = [
  { name: 'certificate', tags: [SEQUENCE, SEQUENCE, BIT_STRING], half: 'public', toInfo: keyOfCertificate },
  { name: 'spki', tags: [SEQUENCE, BIT_STRING], half: 'public', toInfo: asIs },
  { name: 'encrypted pkcs8', tags: [SEQUENCE, OCTET_STRING], half: 'private', toInfo: asIs },
  { name: 'pkcs8', tags: [INTEGER, SEQUENCE, OCTET_STRING], half: 'private', toInfo: asIs },
  {
    name: 'pkcs1 private',
    tags: [INTEGER, INTEGER, INTEGER],
    half: 'private',
    toInfo: (der) => encode(SEQUENCE, VERSION_0, RSA, encode(OCTET_STRING, der)),
  },
  {
    name: 'pkcs1 public',
    tags: [INTEGER, INTEGER],
    half: 'public',
    toInfo: (der) => encode(SEQUENCE, RSA, encode(BIT_STRING, Uint8Array.of(0), der)),
  },
  { name: 'sec1', tags: [INTEGER, OCTET_STRING], half: 'private', toInfo: fromSec1 },
]

/** A key in DER. */
export interface DerKey {
  readonly structure: string
  readonly half: 'public' | 'private'
  /** Its SubjectPublicKeyInfo or PKCS #8; `undefined` where the structure lacks something that these need. */
  readonly info: Uint8Array | undefined
}

/** Reads octets that are, all of them, one key or certificate; `undefined` for any others. */
export function readDerKey(der: Uint8Array): DerKey | undefined {
  const children = childrenOf(der)
  const structure = children && STRUCTURES.find(({ tags }) => tags.every((tag, i) => children[i]?.tag === tag))
  return structure && { structure: structure.name, half: structure.half, info: structure.toInfo(der, children) }
}

function keyOfCertificate(_der: Uint8Array, [certificate]: readonly Element[]): Uint8Array | undefined {
  const fields = certificate && childrenOf(certificate.octets)
  // The version comes first, where it is given; then serial number, signature, issuer, validity, subject.
  return fields?.[fields[0]?.tag === TAGGED_0 ? 6 : 5]?.octets
}

function fromSec1(der: Uint8Array, children: readonly Element[]): Uint8Array | undefined {
  const curve = children.find(({ tag }) => tag === TAGGED_0)
  return curve && encode(SEQUENCE, VERSION_0, encode(SEQUENCE, EC, curve.content), encode(OCTET_STRING, der))
}

const VERSION_0 = Uint8Array.of(INTEGER, 1, 0)

// The AlgorithmIdentifier of rsaEncryption: 1.2.840.113549.1.1.1, NULL.
const RSA = Uint8Array.of(0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0)

// The OBJECT IDENTIFIER id-ecPublicKey: 1.2.840.10045.2.1.
const EC = Uint8Array.of(6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1)

function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part])
  const length: number[] = []
  for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff)
  const prefix = content.length < 0x80 ? [content.length] : [0x80 + length.length, ...length]
  return Uint8Array.from([tag, ...prefix, ...content])
}

// The elements inside one SEQUENCE that spans all the octets.
function childrenOf(der: Uint8Array): readonly Element[] | undefined {
  const outer = elementAt(der)
  if (outer?.tag !== SEQUENCE || outer.octets.length !== der.length) return undefined
  const children: Element[] = []
  for (let rest = outer.content; rest.length > 0;) {
    const child = elementAt(rest)
    if (!child) return undefined
    children.push(child)
    rest = rest.subarray(child.octets.length)
  }
  return children
}

// X.690 §8.1.3 and §10.1: the length in one octet, or in as many as the first one says.
function elementAt(der: Uint8Array): Element | undefined {
  const [tag, first] = der
  if (tag === undefined || first === undefined || first === 0x80 || first > 0x84) return undefined
  const start = first < 0x80 ? 2 : 2 + (first & 0x7f)
  const length = first < 0x80 ? first : der.subarray(2, start).reduce((sum, octet) => sum * 256 + octet, 0)
  if (start + length > der.length) return undefined
  return { tag, octets: der.subarray(0, start + length), content: der.subarray(start, start + length) }
}
