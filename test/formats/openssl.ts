// Keys in every format that the command line of openssl writes.
import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One key pair, each half in every format that it has: JWK, or PEM. */
export interface FormatPair {
  readonly public: { readonly jwk: JsonWebKey; readonly [format: string]: string | JsonWebKey }
  readonly private: { readonly jwk: JsonWebKey; readonly [format: string]: string | JsonWebKey }
}

/** The passphrase of what is encrypted. */
export const passphrase = 'test'

const curve = (name: string): readonly string[] => ['EC', '-pkeyopt', `ec_paramgen_curve:${name}`]

/** The kinds of key that openssl makes, with what it must be told for each. */
export const opensslKinds: Readonly<Record<string, readonly string[]>> = {
  rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  p256: curve('P-256'),
  p384: curve('P-384'),
  p521: curve('P-521'),
  ed25519: ['ED25519'],
}

/** Makes a new pair. */
export function opensslPair(kind: string): FormatPair {
  const [algorithm = '', ...options] = opensslKinds[kind] ?? []
  const pkcs8 = openssl(['genpkey', '-algorithm', algorithm, ...options])
  const convert = (...command: readonly string[]): string => openssl(command, pkcs8)
  return {
    public: {
      jwk: createPublicKey(pkcs8).export({ format: 'jwk' }),
      spki: convert('pkey', '-pubout'),
      ...(kind === 'rsa' && { pkcs1: convert('rsa', '-RSAPublicKey_out') }),
      certificate: selfSigned(pkcs8),
    },
    private: {
      jwk: createPrivateKey(pkcs8).export({ format: 'jwk' }),
      pkcs8,
      ...(kind === 'rsa' && { pkcs1: convert('rsa', '-traditional') }),
      ...(algorithm === 'EC' && { sec1: convert('ec') }),
      encrypted: convert('pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${passphrase}`),
    },
  }
}

// openssl reads the key of a certificate from a file alone.
function selfSigned(pkcs8: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-'))
  try {
    const path = join(folder, 'key.pem')
    writeFileSync(path, pkcs8)
    return openssl(['req', '-x509', '-new', '-key', path, '-subj', '/CN=test', '-days', '1'])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs openssl; its answer. */
export function openssl(command: readonly string[], input = ''): string {
  return execFileSync('openssl', [...command], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Whether openssl is on this machine. */
export function hasOpenssl(): boolean {
  try {
    return openssl(['version']).startsWith('OpenSSL 3')
  } catch {
    return false
  }
}
