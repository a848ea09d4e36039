// The core's public names, in the order of the floors.
export { isJwtError, JwtError, type JwtErrorCode } from './errors.ts'
export type { Clock, Duration } from './time.ts'
export { algorithms, type Algorithm, type AsymmetricAlgorithm, type Hash, type HmacAlgorithm } from './algorithms.ts'
export type { JwsHeader, UnverifiedHeader } from './header.ts'
export type { ClaimsPolicy, JwtClaims, RegisteredClaims } from './claims.ts'
export type { Jwk, KeyRole } from './jwk.ts'
export type { SecretEncoding } from './secret.ts'
export type { SchemaIssue, SchemaResult, StandardSchema } from './schema.ts'
export type { Key, PrivateKey, PublicKey, SecretKey, SigningKey, VerificationKey } from './key.ts'
export { exportJwk, exportPem, publicKeyOf, thumbprint, thumbprintUri } from './key-export.ts'
export {
  generateKeyPair,
  generateSecret,
  importPrivateKey,
  importPublicKey,
  importSecret,
  type AlgorithmOf,
  type KeyOptions,
  type KeyPair,
  type NativeKey,
  type PrivateKeyOptions,
  type SecretOptions,
} from './keys.ts'
export type { KeyFunction, KeySet, VerificationKeys } from './candidates.ts'
export { createSigner, sign, signSync, type ExpiryOption, type Signer, type SignOptions } from './sign.ts'
export {
  createVerifier,
  verify,
  verifySync,
  type CheckResult,
  type Expiry,
  type Fitting,
  type MemoFor,
  type VerifiedClaims,
  type VerifiedJwt,
  type Verifier,
  type VerifierPolicy,
  type VerifyPolicy,
} from './jwt.ts'
export type { MemoOptions } from './memo.ts'
