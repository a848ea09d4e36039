// What a person does about a refusal. The messages of the errors say what was seen; this says what comes next.
import type { JwtErrorCode } from './errors.ts'

/** What to do about each code, in one sentence. */
export const advice: Readonly<Record<JwtErrorCode, string>> = {
  ERR_TOKEN_MALFORMED: 'Copy the token again, whole: three segments of base64url without padding, with two dots.',
  ERR_TOKEN_TOO_LONG: 'Put fewer claims into the token; only the verifier can allow longer ones, if it expects them.',
  ERR_HEADER_INVALID: 'Ask the issuer for a JWS: a header with "alg", and with parameters of the types in RFC 7515.',
  ERR_HEADER_CRITICAL: 'Handle the extension that "crit" names and name it in the policy, or do without the token.',
  ERR_HEADER_TYPE: 'Use a token of the kind that is wanted here, or name the "typ" that you expect in the policy.',
  ERR_ALGORITHM:
    'Accept the algorithm only if it is what the issuer says it signs with, never because the token names it.',
  ERR_KEY_NOT_FOUND: 'Get the current key of the issuer: the "kid" of the header must be that of a key you have.',
  ERR_KEY_AMBIGUOUS: 'Give the keys and the tokens a "kid", so that one key is chosen.',
  ERR_SIGNATURE: 'Check that the key is that of the issuer, of the right environment; else the token was changed.',
  ERR_CLAIM_MISSING: 'Have the issuer put the claim into its tokens, or take it out of what the policy wants.',
  ERR_CLAIM_TYPE: 'Have the issuer give the claim the type that RFC 7519 §4.1 has for it.',
  ERR_CLAIM_VALUE: 'Compare the claim with what the policy expects: the token may be meant for somebody else.',
  ERR_EXPIRED: 'Get a new token; if it is new, compare the clocks of the issuer and of this machine.',
  ERR_NOT_YET_VALID:
    'Wait, or compare the clocks of the issuer and of this machine; a tolerance of up to 300 s may be allowed.',
  ERR_TOO_OLD: 'Get a new token: this one was issued longer ago than the policy allows.',
  ERR_KEYSET_UNAVAILABLE: 'Try again; if it stays so, see whether the key set can be reached from here.',
  ERR_KEYSET_INVALID: 'Look at what the address of the key set answers: it must be a JWK Set of public keys.',
  ERR_SESSION_REUSED: 'Log in again; the refresh token was used twice, so that somebody else may have it.',
  ERR_SESSION_REVOKED: 'Log in again: the session was ended.',
  ERR_SESSION_EXPIRED: 'Log in again: the time of the session is up.',
  ERR_STORE_UNAVAILABLE: 'Try again; if it stays so, see whether the store can be reached.',
  ERR_TOKEN_MISSING: 'Send the token in the header "Authorization: Bearer", or in the cookie that is wanted.',
  ERR_REQUEST_INVALID: 'Send one header "Authorization: Bearer" with one token, and nothing else in it.',
  ERR_HTTPS_REQUIRED: 'Use https; behind a proxy, name it in trustedProxies.',
  ERR_CSRF: 'Send the CSRF token of the session, from a page of an allowed origin.',
  ERR_SCOPE: 'Get a token with the scope that is wanted.',
}
