// A public key in every spelling under which other libraries have taken it for an HMAC secret.
import { material, publicJwk, publicOf } from './forge.ts'

const rsa = publicOf(material.rsa)
const ec = publicOf(material.p256)

/** A DER structure of the RSA public key, bare and as PEM. */
export function derOf(type: 'SPKI' | 'PKCS1' | 'certificate'): { readonly der: Buffer; readonly pem: string } {
  if (type === 'certificate') return { der: Buffer.from(material.certificate, 'base64'), pem: wrap('CERTIFICATE') }
  const pem = rsa.export({ format: 'pem', type: type === 'SPKI' ? 'spki' : 'pkcs1' }) as string
  return { der: rsa.export({ format: 'der', type: type === 'SPKI' ? 'spki' : 'pkcs1' }), pem }
}

function wrap(label: string): string {
  return [`-----BEGIN ${label}-----`, ...inLines(material.certificate), `-----END ${label}-----`, ''].join('\n')
}

const inLines = (base64: string): string[] => base64.match(/.{1,64}/g) ?? []

/** The wire form of SSH (RFC 4253 §6.6): each field after its length. */
function ssh(...fields: readonly (Uint8Array | string)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(field.length)
      return [length, Buffer.from(field)]
    }),
  )
}

const octets = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
const unsigned = (text: string): Buffer => Buffer.concat([Buffer.alloc(1), octets(text)])

/** A public key as other libraries have taken it for a secret. */
export interface Spelling {
  readonly what: string
  readonly octets: Buffer
}

const TYPES = ['SPKI', 'PKCS1', 'certificate'] as const

/** The spellings that say in words what they are. */
export function inWords(): Spelling[] {
  const rsaBlob = ssh('ssh-rsa', octets(material.rsa.e), unsigned(material.rsa.n))
  const point = Buffer.concat([Buffer.of(4), octets(material.p256.x), octets(material.p256.y)])
  const ecBlob = ssh('ecdsa-sha2-nistp256', 'nistp256', point)
  const jwks = { RSA: publicJwk(material.rsa), EC: publicJwk(material.p256) }
  return spell([
    ...TYPES.map((type) => [`an RSA PEM ${type}`, derOf(type).pem] as const),
    ['an EC PEM', ec.export({ format: 'pem', type: 'spki' })],
    ['an ssh-rsa line', `ssh-rsa ${rsaBlob.toString('base64')} alice@example`],
    ['an ssh-rsa line without comment', `ssh-rsa ${rsaBlob.toString('base64')}`],
    ['an ssh-rsa line with a tab', `ssh-rsa\t${rsaBlob.toString('base64')}`],
    ['an ecdsa-sha2 line', `ecdsa-sha2-nistp256 ${ecBlob.toString('base64')} alice@example`],
    ['an SSH2 block', sshBlock(rsaBlob)],
    ...Object.entries(jwks).flatMap(([type, jwk]) => [
      [`${type} JWK JSON`, JSON.stringify(jwk)] as const,
      [`${type} JWK JSON in lines`, JSON.stringify(jwk, null, 2)] as const,
      [`${type} JWKS JSON`, JSON.stringify({ keys: [jwk] })] as const,
      [`${type} JWKS JSON in lines`, JSON.stringify({ keys: [jwk] }, null, '\t')] as const,
    ]),
  ])
}

/** The spellings that do not: DER, and base64 of it. */
export function inOctets(): Spelling[] {
  const ders = [
    ...TYPES.map((type) => [`RSA ${type}`, derOf(type).der] as const),
    ['EC SPKI', ec.export({ format: 'der', type: 'spki' })] as const,
  ]
  return spell(
    ders.flatMap(([type, der]) => [
      [`DER ${type}`, der],
      [`base64 DER ${type}`, der.toString('base64')],
      [`base64 DER ${type} in lines`, inLines(der.toString('base64')).join('\n')],
      [`base64url DER ${type}`, der.toString('base64url')],
    ]),
  )
}

const spell = (entries: readonly (readonly [string, string | Buffer])[]): Spelling[] =>
  entries.map(([what, key]) => ({ what, octets: Buffer.from(key as string) }))

// RFC 4716 §3.
function sshBlock(blob: Buffer): string {
  const [begin, end] = ['BEGIN', 'END'].map((word) => `---- ${word} SSH2 PUBLIC KEY ----`)
  return [begin, ...inLines(blob.toString('base64')), end, ''].join('\n')
}

const BEFORE = { 'a space': ' ', 'a BOM': '\ufeff', 'a NUL': '\0', 'an empty line': '\r\n', 'a comment': '# the key\n' }
const AFTER = { 'a line feed': '\n', 'an empty line': '\r\n\r\n', 'a NUL': '\0', 'a comment': '\n# the key\n' }

/** The spelling with something before or after it, or with the line ends of Windows. */
export function dress({ what, octets }: Spelling): Spelling[] {
  return [
    ...Object.entries(BEFORE).map(([dress, text]) => ({
      what: `${what} after ${dress}`,
      octets: Buffer.concat([Buffer.from(text), octets]),
    })),
    ...Object.entries(AFTER).map(([dress, text]) => ({
      what: `${what} before ${dress}`,
      octets: Buffer.concat([octets, Buffer.from(text)]),
    })),
    ...(isText(octets)
      ? [{ what: `${what} with the lines of Windows`, octets: Buffer.from(String(octets).replaceAll('\n', '\r\n')) }]
      : []),
  ]
}

/** Tells octets that are UTF-8 text. */
export const isText = (octets: Buffer): boolean => Buffer.from(String(octets)).equals(octets)
