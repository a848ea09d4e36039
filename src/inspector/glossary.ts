// What the names in a token mean, by the registries of IANA: JSON Web Token Claims, and JOSE Header Parameters.

/** What a name means, and who says so. */
export interface Entry {
  readonly meaning: string
  readonly reference: string
}

type Row = readonly [name: string, meaning: string, section: string]

/** What a claim means, if it is a registered one. */
export const claimMeaning = (name: string): Entry | undefined => claims.get(name)

/** What a header parameter means, if it is a registered one. */
export const parameterMeaning = (name: string): Entry | undefined => parameters.get(name)

// Maps, in which a claim of the name "__proto__" finds nothing that nobody put there.
const claims = toEntries({
  'RFC 7519': [
    ['iss', 'Issuer: who made the token and signed it.', '4.1.1'],
    ['sub', 'Subject: whom the token is about, unique with this issuer.', '4.1.2'],
    ['aud', 'Audience: whom the token is for. All others must refuse it.', '4.1.3'],
    ['exp', 'Expiry: from then on the token is refused.', '4.1.4'],
    ['nbf', 'Not before: until then the token is refused.', '4.1.5'],
    ['iat', 'Issued at: when the token was made.', '4.1.6'],
    ['jti', 'Id of the token, which no other one has. Replays are known by it.', '4.1.7'],
  ],
  'OIDC Core': [
    ['azp', 'Authorized party: the client that the ID token was issued to.', '2'],
    ['nonce', 'What the client sent with its request, so that an answer cannot be replayed to it.', '2'],
    ['auth_time', 'When the user logged in.', '2'],
    ['acr', 'How well the user was authenticated: a class that issuer and client have agreed on.', '2'],
    ['amr', 'How the user was authenticated: password, one-time code, face.', '2'],
    ['at_hash', 'Half of the hash of the access token that came with this ID token.', '3.1.3.6'],
    ['c_hash', 'Half of the hash of the authorization code that came with this ID token.', '3.3.2.11'],
    ['sub_jwk', 'The key of a self-issued ID token.', '7.4'],
    ['name', 'Full name of the user.', '5.1'],
    ['given_name', 'Given names.', '5.1'],
    ['family_name', 'Family names.', '5.1'],
    ['middle_name', 'Middle names.', '5.1'],
    ['nickname', 'Casual name.', '5.1'],
    ['preferred_username', 'The name that the user likes to go by. It may change, and is not unique.', '5.1'],
    ['profile', 'URL of the profile page.', '5.1'],
    ['picture', 'URL of the picture.', '5.1'],
    ['website', 'URL of the web site.', '5.1'],
    ['email', 'E-mail address. It may change, and must not be taken for the identity.', '5.1'],
    ['email_verified', 'Whether the issuer has made sure that the address is the user’s.', '5.1'],
    ['gender', 'Gender.', '5.1'],
    ['birthdate', 'Birthday, as YYYY-MM-DD.', '5.1'],
    ['zoneinfo', 'Time zone, as Europe/Paris.', '5.1'],
    ['locale', 'Language and region, as en-GB.', '5.1'],
    ['phone_number', 'Telephone number.', '5.1'],
    ['phone_number_verified', 'Whether the issuer has made sure that the number is the user’s.', '5.1'],
    ['address', 'Postal address.', '5.1.1'],
    ['updated_at', 'When what is told of the user last changed.', '5.1'],
  ],
  'OIDC Front-Channel Logout': [
    ['sid', 'Session: the log-in that the token belongs to, and that a log-out ends.', '3'],
  ],
  'RFC 7800': [
    ['cnf', 'Confirmation: the key that the bearer must prove to hold. Without it the token is of no use.', '3.1'],
  ],
  'RFC 8225': [
    ['orig', 'The identity that calls.', '5.2.1'],
    ['dest', 'The identity that is called.', '5.2.1'],
    ['mky', 'Fingerprint of the key that protects the media.', '5.2.2'],
  ],
  'RFC 8417': [
    ['events', 'What has happened, by the URIs of the events. Such a token tells, and grants nothing.', '2.2'],
    ['toe', 'When the event happened.', '2.2'],
    ['txn', 'Id of the transaction that this token and others belong to.', '2.2'],
  ],
  'RFC 8485': [
    ['vot', 'Vector of trust: how far the identity was proved, and how.', '3'],
    ['vtm', 'URL that says how to read the vector of trust.', '3'],
  ],
  'RFC 8693': [
    ['act', 'Actor: who acts on behalf of the subject.', '4.1'],
    ['scope', 'What the token allows: names with spaces between them.', '4.2'],
    ['client_id', 'The OAuth client that asked for the token.', '4.3'],
    ['may_act', 'Who may act on behalf of the subject.', '4.4'],
  ],
  'RFC 9068': [
    ['roles', 'Roles of the subject.', '2.2.3.1'],
    ['groups', 'Groups that the subject is in.', '2.2.3.1'],
    ['entitlements', 'What the subject is entitled to.', '2.2.3.1'],
  ],
  'RFC 9396': [['authorization_details', 'What the token allows, in detail: type, place, action, data.', '9.1']],
  'RFC 9449': [
    ['htm', 'Method of the one request that this proof is for.', '4.2'],
    ['htu', 'URL of the one request that this proof is for.', '4.2'],
    ['ath', 'Hash of the access token that goes with this proof.', '4.2'],
  ],
  'RFC 9701': [['token_introspection', 'What the authorization server tells of another token.', '5']],
  'RFC 9901': [
    ['_sd', 'Digests of claims that the holder may disclose or keep.', '4.2.4.1'],
    ['_sd_alg', 'Hash that the digests are made with.', '4.1.1'],
    ['sd_hash', 'Digest of what was disclosed.', '4.3'],
  ],
})

const parameters = toEntries({
  'RFC 7515': [
    [
      'alg',
      'Algorithm of the signature. Whoever made the token chose it: never verify by it, but by what you expect.',
      '4.1.1',
    ],
    ['jku', 'URL of the key set. Loading what a token names lets its maker choose the key.', '4.1.2'],
    ['jwk', 'The public key itself. Anybody can put a key of his own here.', '4.1.3'],
    ['kid', 'Key id: which of the issuer’s keys signed it.', '4.1.4'],
    ['x5u', 'URL of a certificate. Loading what a token names lets its maker choose the key.', '4.1.5'],
    ['x5c', 'Certificate chain of the key. It proves nothing until the chain is verified.', '4.1.6'],
    ['x5t', 'SHA-1 thumbprint of the certificate.', '4.1.7'],
    ['x5t#S256', 'SHA-256 thumbprint of the certificate.', '4.1.8'],
    ['typ', 'Kind of the token: JWT, at+jwt for an access token, logout+jwt. It keeps kinds apart.', '4.1.9'],
    ['cty', 'Kind of the payload: JWT where another token is inside.', '4.1.10'],
    ['crit', 'Extensions that the verifier must understand, or refuse the token.', '4.1.11'],
  ],
  'RFC 7516': [
    ['enc', 'Encryption of the content: the token is a JWE.', '4.1.2'],
    ['zip', 'Compression of the content, before it was encrypted.', '4.1.3'],
  ],
  'RFC 7518': [
    ['epk', 'Ephemeral key of the agreement.', '4.6.1.1'],
    ['apu', 'Who made the agreement.', '4.6.1.2'],
    ['apv', 'Whom the agreement is with.', '4.6.1.3'],
    ['iv', 'Initialization vector of the encrypted key.', '4.7.1.1'],
    ['tag', 'Authentication tag of the encrypted key.', '4.7.1.2'],
    ['p2s', 'Salt of the password.', '4.8.1.1'],
    ['p2c', 'Iterations over the password.', '4.8.1.2'],
  ],
  'RFC 7519': [
    ['iss', 'Issuer, repeated in the open where the claims are encrypted.', '5.3'],
    ['sub', 'Subject, repeated in the open where the claims are encrypted.', '5.3'],
    ['aud', 'Audience, repeated in the open where the claims are encrypted.', '5.3'],
  ],
  'RFC 7797': [['b64', 'Whether the payload is spelled in base64url. In a JWT it always is.', '3']],
  'RFC 8225': [['ppt', 'Extension of the caller’s passport.', '8.1']],
  'RFC 8555': [
    ['nonce', 'What the ACME server gave, so that no request can be replayed to it.', '6.5.2'],
    ['url', 'The URL that the ACME request is sent to.', '6.4.1'],
  ],
})

function toEntries(rows: Readonly<Record<string, readonly Row[]>>): ReadonlyMap<string, Entry> {
  return new Map(
    Object.entries(rows).flatMap(([source, list]) =>
      list.map(([name, meaning, section]) => [name, { meaning, reference: `${source} §${section}` }] as const),
    ),
  )
}
