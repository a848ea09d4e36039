// What the standards say of what is tried: whose acceptance breaks them, and whose is a choice that they leave.

/** By the names of test/attacks/fixtures.ts. */
export const notes = {
  emptyKey: 'RFC 7518 §3.2: a key of the size of the hash or larger MUST be used.',
  textAsSecret:
    'A choice: the application hands its public key over as the secret, and no RFC has a library look at what octets are.',
  derAsSecret: 'A choice, as above.',
  allowlist: 'A choice: the token is good and the policy a mistake, of which the library may make what it likes.',
  pairs:
    'RFC 7515 §5.1: the "alg" is that of the signature. A choice for EdDSA and Ed25519, two names of one (RFC 9864).',
  curve: 'RFC 7518 §3.4: ES256 is ECDSA on P-256.',
  curves: 'RFC 7518 §3.4: each algorithm has one curve.',
  encrypted:
    'A choice: RFC 7516 §9 tells a JWE by its "enc", RFC 7515 §4 has parameters ignored that are not understood.',
  private:
    'A choice: a private key holds the public one, which hono and jsonwebtoken derive; RFC 7517 §4 has other members ignored.',
  jwkUse:
    'RFC 7517 §4.2 to §4.4: "use", "key_ops" and "alg" say what a key is for, and are OPTIONAL to say and to hear.',
  stray: 'RFC 7515 §2: no line breaks, white space or other characters; padding is cut off.',
  oneSpelling:
    'RFC 7515 §2 as above, and RFC 8725bis §3.14. A choice for spare bits alone, which decoders MAY refuse (RFC 4648 §3.5).',
  wholeString: 'RFC 7515 §7.1: a token is three segments and nothing else.',
  secretLength:
    'RFC 7518 §3.2: a key of the size of the hash or larger MUST be used; jose leaves it to the application.',
  secretLengths: 'RFC 7518 §3.2, as above.',
  rsaLength: 'RFC 7518 §3.3: a key of 2048 bits or more MUST be used.',
  rsaNumbers: 'RFC 7518 §6.3.1 fixes the spelling; the numbers that are accepted are right.',
  onCurve: 'RFC 7518 §6.2.1 fixes the spelling; the points that are accepted are on the curve.',
  crit: 'RFC 7515 §4.1.11: what is in crit MUST be understood. A choice for a name twice, which recipients MAY refuse.',
  b64: 'RFC 7797 §6: with b64, crit MUST be there; who does not know b64 ignores it.',
  typ: 'A choice: RFC 8725 §3.11 has the application say which types it takes.',
  dates: 'RFC 7519 §2: a NumericDate is a JSON number. A choice for dates before 1970, after 9999 or in milliseconds.',
  toTheSecond: 'RFC 7519 §4.1.4: not on or after exp. A choice for an iat that is to come.',
  issuer: 'RFC 7519 §4.1.1: a string. A choice where nobody asks for it.',
  audience: 'RFC 7519 §4.1.3: a string or an array of strings. A choice where nobody asks for it.',
  expected: 'A choice: exp is OPTIONAL (RFC 7519 §4.1.4).',
  required: 'No RFC says it: the claim was asked for, and every object has one of that name.',
  strings: 'RFC 7519 §4.1.2 and §4.1.7: strings. A choice where nobody asks for them.',
  clock: 'A choice: the policy is a mistake, or a tolerance without limit.',
  tooLong: 'A choice: no RFC limits a token.',
  depth: 'A choice: RFC 8259 §9 lets a parser limit depth.',
  twice: 'RFC 7515 §4, RFC 7519 §4: names MUST be unique. A choice: parsers refuse them or take the last.',
  utf8: 'RFC 7515 §5.2: header and payload are UTF-8. A choice for the byte order mark (RFC 8259 §8.1).',
  primitive: 'A choice: jose and fast-jwt document that they take octets.',
}

/** What has no key above but its sentence. */
export const notesBySentence = {
  'a header parameter has its type, whether it is needed or not':
    'RFC 7515 §4.1: strings. A choice where nobody asks for them.',
}

/** Controls that a library refuses, and why that is no fault of the question. */
export const exceptions = [
  {
    library: 'jose',
    what: /^a JWK for ES256 with .*"key_ops":\["sign","verify"\]/,
    why: 'WebCrypto imports no public EC key whose key_ops say sign',
  },
]
