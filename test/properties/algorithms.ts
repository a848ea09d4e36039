// Every algorithm that this runtime has, with keys that sign and verify by it.
import {
  algorithms,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  importSecret,
  type Algorithm,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
  type Jwk,
  type SigningKey,
  type VerificationKey,
} from 'tittle'
import { cases, formats } from '../formats/formats.ts'
import { hmac, secret } from '../setup/keys.ts'

export interface Row {
  readonly alg: Algorithm
  readonly signer: SigningKey
  readonly verifier: VerificationKey
  /** Of a pair. */
  readonly publicJwk: Jwk | undefined
  /** How many runs a property is worth: RSA signs in the time of a hundred HMACs. */
  readonly runs: number
}

// Node has it since 24.7; npm run test:mldsa brings one.
const hasMlDsa = await generateKeyPair('ML-DSA-44').then(
  () => true,
  () => false,
)

const isHmac = (alg: Algorithm): alg is HmacAlgorithm => hmac.some((one) => one === alg)

function secretRow(alg: HmacAlgorithm): Row {
  const key = importSecret(secret, alg)
  return { alg, signer: key, verifier: key, publicJwk: undefined, runs: 100 }
}

function pairRow(alg: AsymmetricAlgorithm): Row {
  const pair = formats.keys[cases[alg].kind]
  const [publicJwk, privateJwk] = [pair.public.jwk, pair.private.jwk] as Jwk[] as [Jwk, Jwk]
  const runs = alg.startsWith('E') ? 40 : 20
  return { alg, signer: importPrivateKey(privateJwk, alg), verifier: importPublicKey(publicJwk, alg), publicJwk, runs }
}

export const rows: readonly Row[] = algorithms
  .filter((alg) => hasMlDsa || !alg.startsWith('ML-DSA'))
  .map((alg) => (isHmac(alg) ? secretRow(alg) : pairRow(alg)))
