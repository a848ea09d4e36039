// An algorithm that is not the key's, and keys that are not the algorithm's.
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { createSigner, createVerifier, importPrivateKey, importPublicKey, importSecret } from 'tittle'
import { verifyJws } from 'tittle/jws'
import { accepted, each, expecting, product, type Attempt, type AttackClass } from './attack.ts'
import {
  base64url,
  CLAIMS,
  es,
  es256,
  forge,
  hs,
  hs256,
  issue,
  material,
  open,
  openWith,
  parties,
  POLICY,
  policyFor,
  privateOf,
  publicJwk,
  publicOf,
  rs,
  webKeyOf,
} from './forge.ts'
import { derOf, dress, inOctets, inWords, isText, type Spelling } from './spellings.ts'

/** Tries octets as a secret in every form that a secret may have. */
function* asSecret(what: string, octets: Buffer, outcome: 'accepted' | 'TypeError'): Generator<Attempt> {
  const sources = {
    'a Uint8Array': [Uint8Array.from(octets)],
    'a Buffer': [octets],
    'a KeyObject': [createSecretKey(octets)],
    'a JWK': [{ kty: 'oct', k: base64url(octets) }],
    'base64url text': [base64url(octets), { encoding: 'base64url' }],
    'base64 text': [Buffer.from(octets).toString('base64'), { encoding: 'base64' }],
    'hex text': [Buffer.from(octets).toString('hex'), { encoding: 'hex' }],
    ...(isText(octets) && { text: [String(octets)] as const }),
  } as const
  for (const [form, [source, options]] of Object.entries(sources)) {
    yield [`${what} as a secret, by ${form}`, outcome, () => importSecret(source, 'HS256', options)]
  }
}

/** Tries spellings as secrets: bare in every form, dressed in one. */
function* publicKeysAsSecrets(spellings: readonly Spelling[]): Generator<Attempt> {
  for (const spelling of spellings) {
    yield* asSecret(spelling.what, spelling.octets, 'TypeError')
    for (const { what, octets } of dress(spelling)) {
      const source = isText(octets) ? String(octets) : octets
      yield [`${what} as a secret`, 'TypeError', () => importSecret(source, 'HS256')]
    }
  }
}

const honestSecrets = (): Attempt[] =>
  Object.entries(HONEST_SECRETS).flatMap(([what, secret]) => [...asSecret(what, Buffer.from(secret), 'accepted')])

const HONEST_SECRETS = {
  'a passphrase': 'correct horse battery staple, twice over',
  'a passphrase with a colon': '"key": begin public key, ssh and AAAA are words',
  'text of base64': 'p1Zq8JmQ2cV7sT0yW5uX9aBdEfGhIjKlMnOpQrStUvWxYz01+/',
  'octets of zero and one': Buffer.alloc(32, 1),
  'octets that begin as DER does': Buffer.concat([Buffer.from('3082', 'hex'), Buffer.alloc(46, 7)]),
}

// Neither text nor getters of what passes for a key may be asked for.
const alarm = (): never => {
  throw new Error('the object was asked for more than its kind')
}

const HOSTILE: { readonly [what: string]: () => object } = {
  'an object with toString': () => ({ toString: alarm, valueOf: alarm, toJSON: alarm, [Symbol.toPrimitive]: alarm }),
  'an object that prints as a PEM': () => ({ toString: () => derOf('SPKI').pem, length: 400 }),
  'a String object': () => Object(material.secret),
  'an array of text': () => [material.secret],
  'an array of octets': () => [...Buffer.alloc(32, 1)],
  'an object of octets': () => ({ ...Buffer.alloc(32, 1), length: 32 }),
  'an ArrayBuffer': () => new ArrayBuffer(32),
  'a DataView': () => new DataView(new ArrayBuffer(32)),
  'a Buffer as JSON': () => Buffer.alloc(32, 1).toJSON(),
  'an object with getters': () => Object.defineProperties({}, { export: { get: alarm }, key: { get: alarm } }),
  'a Proxy': () =>
    new Proxy({}, { ownKeys: alarm, get: (_, name) => (typeof name === 'string' ? alarm() : undefined) }),
  'an object in the likeness of a Key': () => ({
    alg: 'HS256',
    kid: undefined,
    role: 'secret',
    handle: {},
    usages: ['verify'],
  }),
  'a Key that was copied': () => ({ ...hs.key }),
  'a Key that was cloned': () => structuredClone(hs.key),
  'a Key as JSON': () => JSON.parse(JSON.stringify(hs.key)),
  'an object tagged as a Key': () => ({ [Symbol.toStringTag]: 'Key' }),
  'an object tagged as a CryptoKey': () => ({ [Symbol.toStringTag]: 'CryptoKey', type: 'secret' }),
  'a promise of a Key': () => Promise.resolve(hs.key),
  'a key pair': () => ({ publicKey: rs.key, privateKey: rs.key }),
  'a date': () => new Date(0),
  'a regular expression': () => /.*/,
}

const NOT_ALGORITHMS = [
  undefined,
  null,
  '',
  'HS256',
  'XHS256X',
  'HS256,RS256',
  new Set(['HS256']),
  { 0: 'HS256', length: 1 },
  { HS256: true },
  [],
  [''],
  ['none'],
  ['HS256', 'none'],
  ['XHS256X'],
  ['hs256'],
  ['HS256 '],
  ['HS256', 'HS256'],
  ['HS256', undefined],
  ['*'],
  [/.*/],
  [['HS256']],
  [Object('HS256')],
  ['__proto__'],
  ['HS256', 'RS256'],
  ['ES256', 'HS256'],
  true,
  () => ['HS256'],
]

const CURVES = { 'P-384': material.p384, 'P-521': material.p521, secp256k1: material.secp256k1 }

/** Every form of the halves of a pair, imported as keys for ES256 and used. */
function* asEs256(crv: string, jwk: JsonWebKey, outcome: 'accepted' | 'TypeError'): Generator<Attempt> {
  const token = issue({ ...es, sign: es256(privateOf(jwk)) })
  const keys = { public: publicOf(jwk), private: privateOf(jwk) }
  const forms = (key: KeyObject) => ({
    'a PEM': () => key.export({ format: 'pem', type: key.type === 'public' ? 'spki' : 'pkcs8' }),
    'a JWK': () => key.export({ format: 'jwk' }),
    'a JWK that says P-256': () => ({ ...key.export({ format: 'jwk' }), crv: 'P-256' }),
    'a KeyObject': () => key,
    'a CryptoKey': () => webKeyOf(key.export({ format: 'jwk' }), [key.type === 'public' ? 'verify' : 'sign']),
  })
  for (const [form, make] of Object.entries(forms(keys.public))) {
    if (crv === 'secp256k1' && form === 'a CryptoKey') continue
    yield [
      `${crv}, ${form} that verifies`,
      outcome,
      async () => openWith(token, importPublicKey((await make()) as never, 'ES256'), policyFor(es)),
    ]
  }
  for (const [form, make] of Object.entries(forms(keys.private))) {
    if (crv === 'secp256k1' && form === 'a CryptoKey') continue
    yield [
      `${crv}, ${form} that signs`,
      outcome,
      async () => createSigner(importPrivateKey((await make()) as never, 'ES256'), { expiresIn: 60 }).sign({}),
    ]
  }
}

const rsaPss = () => {
  const key = { key: Buffer.from(material.rsaPss, 'base64'), format: 'der', type: 'pkcs8' } as const
  return { publicKey: createPublicKey(createPrivateKey(key)), privateKey: createPrivateKey(key) }
}

const otherKinds = () => ({
  'RSA-PSS': rsaPss(),
  Ed25519: generateKeyPairSync('ed25519'),
  X25519: generateKeyPairSync('x25519'),
  'P-224': generateKeyPairSync('ec', { namedCurve: 'P-224' }),
  brainpoolP256r1: generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }),
})

const BOTH = { ...POLICY, algorithms: ['ES256', 'RS256'] }

const rsaJwk = publicJwk(material.rsa)
const ecJwk = publicJwk(material.p256)
const octJwk = { kty: 'oct', k: base64url(material.secret) }

export const confusion: readonly AttackClass[] = [
  {
    name: 'a MAC made with a public key, however it is spelled, is no signature of its pair (CVE-2015-9235, CVE-2016-5431, CVE-2016-10555, CVE-2017-11424, CVE-2024-33663, CVE-2024-37568, CVE-2024-54150)',
    attempts: () => [
      ...each('an honest token of', parties, 'accepted', (party) => open(issue(party), party)),
      ...[...product([...inWords(), ...inOctets()], [rs, es])].map(([{ what, octets }, party]): Attempt => [
        `a MAC with ${what} under a key for ${party.alg}`,
        'ERR_ALGORITHM',
        () => open(issue({ ...hs, sign: hs256(octets) }), party),
      ]),
    ],
  },
  {
    name: 'a public key as PEM, JWK or SSH key is no secret, whatever stands around it (CVE-2022-29217, CVE-2023-48223, CVE-2026-34950, GHSA-ww5h-9m49-7xx4, GHSA-g3jj-5cmm-3hxx)',
    attempts: () => [...honestSecrets(), ...publicKeysAsSecrets(inWords())],
  },
  {
    name: 'a public key as DER or its base64 is no secret, whatever stands around it (CVE-2022-29217, CVE-2023-48223)',
    attempts: () => [...honestSecrets(), ...publicKeysAsSecrets(inOctets())],
  },
  {
    name: 'the algorithm of a token is that of the key, in every pair of them (CVE-2022-23539, CVE-2022-23541, CVE-2016-1000223, CVE-2021-46743, CVE-2023-48238)',
    attempts: () =>
      [...product(product(parties, parties), parties)].map(([[named, signer], verifier]) => {
        const what = `a token that says ${named.alg}, signed with ${signer.alg}, under a key for ${verifier.alg}`
        const outcome = named !== verifier ? 'ERR_ALGORITHM' : signer !== verifier ? 'ERR_SIGNATURE' : 'accepted'
        return [what, outcome, () => open(issue({ ...named, sign: signer.sign }), verifier)]
      }),
  },
  {
    name: 'an allowlist and a key that do not fit are refused before there is a token (CVE-2020-15084, CVE-2026-48523)',
    attempts: () => [
      ...[...product(parties, parties)].map(([key, { alg }]): Attempt => [
        `a key for ${key.alg} with the allowlist ${alg}`,
        key.alg === alg ? 'accepted' : 'TypeError',
        () => createVerifier(key.key as never, { ...POLICY, algorithms: [alg] } as never),
      ]),
      ...each('an allowlist that lacks one of two keys, under', [rs, es], 'TypeError', ({ alg }) =>
        createVerifier([rs.key, es.key], { ...POLICY, algorithms: [alg] }),
      ),
      ...each('a key of a key function for', [rs, hs], 'ERR_ALGORITHM', ({ key }) =>
        openWith(issue(es), () => key, BOTH),
      ),
      ...accepted({
        'a key function whose key is that of the header': () => openWith(issue(es), () => es.key, BOTH),
      }),
      ...[...product([rs, es], [rs, es])].map(([named, party]): Attempt => [
        `a token that says ${named.alg}, signed by the one key, which is for ${party.alg}, where both are allowed`,
        named === party ? 'accepted' : 'ERR_ALGORITHM',
        () => openWith(issue({ ...named, sign: party.sign }), party.key, BOTH),
      ]),
      ...[...product([rs, es], [rs, es])].map(([named, party]): Attempt => [
        `a token that says ${named.alg}, signed by the key for ${party.alg} of two`,
        named === party ? 'accepted' : 'ERR_SIGNATURE',
        () => openWith(issue({ ...named, sign: party.sign }), [rs.key, es.key], BOTH),
      ]),
      ...expecting('ERR_ALGORITHM', {
        'a key function whose key widens the allowlist': () =>
          openWith(issue(es), () => es.key, { ...POLICY, algorithms: ['RS256'] }),
      }),
    ],
  },
  {
    name: 'an allowlist that is missing, mixed or not a list of names is refused (CVE-2020-15084, CVE-2026-48526, GHSA-8wpc-h4q6-8fxv)',
    attempts: () => [
      ...accepted({
        'the name HS256': () => createVerifier(hs.key, { ...POLICY, algorithms: ['HS256'] }),
        'two asymmetric names': () => createVerifier(rs.key, { ...POLICY, algorithms: ['RS256', 'ES256'] }),
      }),
      ...each('the algorithms of verify', NOT_ALGORITHMS, 'TypeError', (algorithms) =>
        openWith(issue(hs), hs.key, { ...POLICY, algorithms }),
      ),
      ...each('the algorithms of verifyJws', NOT_ALGORITHMS, 'TypeError', (algorithms) =>
        verifyJws(issue(hs), hs.key, { algorithms } as never),
      ),
    ],
  },
  {
    name: 'an object that acts as a key is refused, and not asked for its text (CVE-2022-23529)',
    attempts: () => [
      ...parties.map((party): Attempt => [`a key for ${party.alg}`, 'accepted', () => open(issue(party), party)]),
      ...Object.entries(HOSTILE).flatMap(([what, make]) => [
        ...expecting('TypeError', {
          [`a verifier of ${what}`]: () => createVerifier(make() as never, policyFor(hs) as never),
          [`a verifier of a list with ${what}`]: () =>
            createVerifier([hs.key, make()] as never, policyFor(hs) as never),
          [`a signer of ${what}`]: () => createSigner(make() as never, { expiresIn: 60 }),
          [`a secret of ${what}`]: () => importSecret(make() as never, 'HS256'),
          [`a public key of ${what}`]: () => importPublicKey(make() as never, 'RS256'),
          [`a private key of ${what}`]: () => importPrivateKey(make() as never, 'ES256'),
        }),
      ]),
    ],
  },
  {
    name: 'a JWK is a key of its own type only, and one without alg waits for the caller to name it (CVE-2026-22817, CVE-2026-22818, CVE-2026-44699, CVE-2026-48526)',
    attempts: () => [
      ...accepted({
        'an RSA key that the caller names': () => openWith(issue(rs), importPublicKey(rsaJwk, 'RS256'), policyFor(rs)),
        'an EC key that names itself': () =>
          openWith(issue(es), importPublicKey({ ...ecJwk, alg: 'ES256' }), policyFor(es)),
        'an oct key that names itself': () =>
          openWith(issue(hs), importSecret({ ...octJwk, alg: 'HS256' }), policyFor(hs)),
      }),
      ...expecting('ERR_ALGORITHM', {
        'a MAC with the modulus under an RSA key without alg': () =>
          open(issue({ ...hs, sign: hs256(Buffer.from(material.rsa.n, 'base64url')) }), rs),
        'a MAC with nothing under an RSA key without alg': () => open(issue({ ...hs, sign: hs256('') }), rs),
      }),
      ...expecting('TypeError', {
        'an RSA key that nobody names': () => importPublicKey(rsaJwk),
        'an oct key that nobody names': () => importSecret(octJwk),
        'an RSA key as a secret': () => importSecret(rsaJwk, 'HS256'),
        'an EC key as a secret': () => importSecret(ecJwk, 'HS256'),
        'an RSA key with a "k" as a secret': () => importSecret({ ...rsaJwk, k: octJwk.k }, 'HS256'),
        'an RSA key that says HS256': () => importSecret({ ...rsaJwk, alg: 'HS256' }),
        'an oct key as a public key': () => importPublicKey(octJwk, 'RS256'),
        'an oct key as a public key for HS256': () => importPublicKey(octJwk, 'HS256' as 'RS256'),
        'an oct key that says RS256': () => importPublicKey({ ...octJwk, alg: 'RS256' }),
        'an EC key as an RSA key': () => importPublicKey(ecJwk, 'RS256'),
        'an RSA key as an EC key': () => importPublicKey(rsaJwk, 'ES256'),
        'an RSA key for ES256 by its own word': () => importPublicKey({ ...rsaJwk, alg: 'ES256' }),
        'a secret for RS256': () => importSecret(material.secret, 'RS256' as 'HS256'),
        'an RSA KeyObject for ES256': () =>
          openWith(issue(es), importPublicKey(publicOf(material.rsa), 'ES256'), policyFor(es)),
        'an EC KeyObject for RS256': () =>
          openWith(issue(rs), importPublicKey(publicOf(material.p256), 'RS256'), policyFor(rs)),
        'an RSA KeyObject as a secret': () => importSecret(publicOf(material.rsa), 'HS256'),
        'a secret KeyObject as a public key': () => importPublicKey(createSecretKey(Buffer.alloc(32, 1)), 'RS256'),
      }),
    ],
  },
  {
    name: 'ES256 is P-256, and no other curve (CVE-2024-48949, fast-jwt, aws-jwt-verify)',
    attempts: () => [
      ...asEs256('P-256', material.p256, 'accepted'),
      ...Object.entries(CURVES).flatMap(([crv, jwk]) => [...asEs256(crv, jwk, 'TypeError')]),
      ...each('a signature on', Object.keys(CURVES) as (keyof typeof CURVES)[], 'ERR_SIGNATURE', (crv) =>
        open(issue({ ...es, sign: es256(privateOf(CURVES[crv])) }), es),
      ),
    ],
  },
  {
    name: 'a native key of another kind than the algorithm wants is refused (CVE-2022-23539)',
    attempts: () => [
      ...accepted({
        'an RSA KeyObject': () => openWith(issue(rs), importPublicKey(publicOf(material.rsa), 'RS256'), policyFor(rs)),
        'an EC KeyObject': () => openWith(issue(es), importPublicKey(publicOf(material.p256), 'ES256'), policyFor(es)),
      }),
      ...[...product(Object.entries(otherKinds()), [rs, es])].flatMap(([[kind, { publicKey, privateKey }], party]) => {
        const alg = party.alg as 'RS256' | 'ES256'
        return expecting('TypeError', {
          [`${kind} as a public key for ${alg}`]: () =>
            openWith(issue(party), importPublicKey(publicKey, alg), policyFor(party)),
          [`${kind} as a private key for ${alg}`]: () =>
            createSigner(importPrivateKey(privateKey, alg), { expiresIn: 60 }).sign({}),
          [`${kind} as a secret`]: () => importSecret(publicKey, 'HS256'),
        })
      }),
    ],
  },
  {
    name: 'what is encrypted is not signed (CVE-2022-3102, CVE-2023-51774, CVE-2026-29000)',
    attempts: () =>
      parties.flatMap((party) => {
        const inner = `${base64url({ alg: 'none' })}.${base64url(CLAIMS)}.`
        return [
          ...accepted({ [`a signed token for ${party.alg}`]: () => open(issue(party), party) }),
          ...each('an "enc" of', ['A128GCM', 'A256CBC-HS512', '', null, {}], 'ERR_HEADER_INVALID', (enc) =>
            open(issue(party, {}, { enc }), party),
          ),
          ...each('the alg', ['dir', 'RSA-OAEP', 'A128KW', 'ECDH-ES', 'PBES2-HS256+A128KW'], 'ERR_ALGORITHM', (alg) =>
            open(issue(party, {}, { alg }), party),
          ),
          ...expecting('ERR_TOKEN_MALFORMED', {
            'five segments': () => open(`${issue(party)}.AAAA.AAAA`, party),
            'five segments of which three are empty': () =>
              open(`${base64url({ alg: 'dir', enc: 'A128GCM' })}....`, party),
            'an unsigned token inside a signed one': () =>
              open(forge({ alg: party.alg, cty: 'JWT' }, inner, party.sign), party),
            'a signed token inside a signed one': () =>
              open(forge({ alg: party.alg, cty: 'JWT' }, issue(party), party.sign), party),
          }),
        ]
      }),
  },
]
