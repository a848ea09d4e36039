import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { importSecret } from 'tittle'
import { signJws, signJwsSync, verifyJws, verifyJwsSync, type SignJwsOptions, type VerifyJwsOptions } from 'tittle/jws'
import { polluted } from './setup/pollution.ts'
import {
  answersAtOnce,
  base64url,
  forge,
  headerOf,
  hs256,
  kinds,
  otherHs256,
  rs256,
  SECRET,
  segment,
  signatureOf,
  thrownBy,
  verdictOf,
} from './setup/tokens.ts'

const accepts = { algorithms: ['HS256'] } as const
const unencoded = { b64: false, crit: ['b64'] } as const
const verifiers = answersAtOnce ? { verifyJws, verifyJwsSync } : { verifyJws }
const signers = answersAtOnce ? { signJws, signJwsSync } : { signJws }

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

/** What both functions say of a token: they must agree. */
async function verdict(token: string, options: object = accepts): Promise<string> {
  const verdicts = new Set<string>()
  for (const verifier of Object.values(verifiers)) {
    verdicts.add(await verdictOf(() => verifier(token, hs256, options as VerifyJwsOptions)))
  }
  return [...verdicts].join(' or ')
}

/** Asserts that both functions answer a mistake by a TypeError: by a rejection, and by throwing. */
async function expectTypeError(
  functions: Record<string, (...given: never[]) => unknown>,
  given: unknown[],
  message: RegExp,
) {
  for (const [name, run] of Object.entries(functions)) {
    const error = await thrownBy(() => run(...(given as never[])))
    expect(error, name).toBeInstanceOf(TypeError)
    expect(error, name).toHaveProperty('message', expect.stringMatching(message))
  }
}

describe('what is signed is verified', () => {
  const everyOctet = Uint8Array.from({ length: 256 }, (_, octet) => octet)
  const payloads: readonly (readonly [string, string | Uint8Array])[] = [
    ['no text', ''],
    ['text', 'any octets'],
    ['text that is not ASCII', 'Prüfung \u{1f701} \u0000'],
    ['text with dots', '...'],
    ['no octets', new Uint8Array()],
    ['every octet', everyOctet],
    ['a Buffer', Buffer.from(everyOctet)],
    ['a part of a larger buffer', everyOctet.subarray(100, 105)],
    ['octets of another realm', runInNewContext('Uint8Array.of(1, 2, 255)')],
  ]

  describe.each(kinds)('by $alg', ({ alg, signer, verifier, stranger }) => {
    test.each(payloads)('%s', async (_, payload) => {
      for (const [name, sign] of Object.entries(signers)) {
        const token = await sign(payload, signer)
        for (const verify of Object.values(verifiers)) {
          const verified = await verify(token, verifier, { algorithms: [alg] })
          expect(verified.header, name).toEqual({ alg })
          expect(verified.key).toBe(verifier)
          expect(verified.payload).toBeInstanceOf(Uint8Array)
          expect([...verified.payload]).toEqual([...Buffer.from(payload)])
        }
      }
    })

    test('and refused by another key, or once it is changed', async () => {
      const token = await signJws('any octets', signer)
      for (const verify of Object.values(verifiers)) {
        const options = { algorithms: [alg] }
        expect(await verdictOf(() => verify(token, stranger, options))).toBe('ERR_SIGNATURE')
        expect(await verdictOf(() => verify(token.replace('.', '.AAAA'), verifier, options))).toBe('ERR_SIGNATURE')
      }
    })
  })

  test('whatever octets and header it has', async () => {
    const ours = ['alg', 'kid', 'typ', 'cty', 'crit', 'enc', 'b64']
    const name = fc.string({ minLength: 1 }).filter((text) => !ours.includes(text))
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array(),
        fc.dictionary(name, fc.jsonValue(), { maxKeys: 4 }),
        async (payload, header) => {
          const verified = await verifyJws(await signJws(payload, hs256, { header }), hs256, accepts)
          // JSON has no -0.
          expect(verified.header).toEqual(JSON.parse(JSON.stringify({ alg: 'HS256', ...header })))
          expect([...verified.payload]).toEqual([...payload])
        },
      ),
    )
  })

  test('in results that are nobody else’s', async () => {
    const token = await signJws('any octets', hs256)
    const first = await verifyJws(token, hs256, accepts)
    first.payload.fill(0)
    expect(text((await verifyJws(token, hs256, accepts)).payload)).toBe('any octets')
  })
})

describe('the header', () => {
  const named = importSecret(SECRET, 'HS256', { kid: 'a' })
  const headers: readonly (readonly [string, typeof hs256, SignJwsOptions, Record<string, unknown>])[] = [
    ['has an alg alone by default', hs256, {}, { alg: 'HS256' }],
    ['has the kid of the key', named, {}, { alg: 'HS256', kid: 'a' }],
    ['has the kid that is given instead', named, { header: { kid: 'b' } }, { alg: 'HS256', kid: 'b' }],
    ['has a typ and a cty as given', hs256, { header: { typ: 'x', cty: 'y' } }, { alg: 'HS256', typ: 'x', cty: 'y' }],
    ['has any other member', hs256, { header: { x: [{}] } }, { alg: 'HS256', x: [{}] }],
    ['has critical members', hs256, { header: { crit: ['x'], x: 1 } }, { alg: 'HS256', crit: ['x'], x: 1 }],
    ['may be empty', hs256, { header: {} }, { alg: 'HS256' }],
    ['may be left out', hs256, { header: undefined, detached: undefined }, { alg: 'HS256' }],
    ['may have no prototype', hs256, { header: Object.assign(Object.create(null), { x: 1 }) }, { alg: 'HS256', x: 1 }],
  ]

  test.each(headers)('%s', async (_, key, options, header) => {
    for (const sign of Object.values(signers)) expect(headerOf(await sign('', key, options))).toEqual(header)
  })

  const mistakes: readonly (readonly [string, unknown, RegExp])[] = [
    ['null', null, /^signJws: the options must be a plain object/],
    ['an array', [], /^signJws: the options must be a plain object/],
    ['an instance', new (class Options {})(), /^signJws: the options must be a plain object/],
    ['a member that does not exist', { headers: {} }, /there is no option "headers"; there are header, detached/],
    ['an alg', { header: { alg: 'HS256' } }, /must not have an "alg"/],
    ['an alg none', { header: { alg: 'none' } }, /must not have an "alg"/],
    ['a kid that is no string', { header: { kid: 5 } }, /"kid"/],
    ['a crit that is not there', { header: { crit: ['x'] } }, /"crit"/],
    ['a b64 that is not critical', { header: { b64: false } }, /"b64"/],
    ['a b64 that is no boolean', { header: { b64: 'false', crit: ['b64'] } }, /"b64"/],
    ['a member that JSON drops', { header: { x: undefined } }, /^header\.x cannot be said in JSON/],
    ['a member that JSON changes', { header: { x: { y: [NaN] } } }, /^header\.x\.y\[0\] cannot be said in JSON/],
    ['a header that is null', { header: null }, /header must be a plain object/],
    ['a header that is text', { header: 'kid' }, /header must be a plain object/],
    ['a header that is a number', { header: 5 }, /header must be a plain object/],
    ['a header that is an array', { header: ['x'] }, /header must be a plain object/],
    ['a header that is a Map', { header: new Map([['kid', 'a']]) }, /header must be a plain object/],
    ['a detached that is no boolean', { detached: 'no' }, /detached must be/],
  ]

  test.each(mistakes)('is a TypeError where it is wrong: %s', async (_, options, message) => {
    await expectTypeError({ signJws, signJwsSync }, ['', hs256, options], message)
  })
})

describe('what cannot be signed is a TypeError', () => {
  const payloads: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', { sub: 'alice' }],
    ['an array of octets', [1, 2]],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['a DataView', new DataView(new ArrayBuffer(2))],
    ['a Uint16Array', Uint16Array.of(256)],
    ['a Uint8ClampedArray', Uint8ClampedArray.of(1)],
    ['a String object', Object('text')],
    ['text that ends within a character', 'text\ud83c'],
    ['text that begins within one', '\udf01text'],
    ['text with its halves in the wrong order', '\udf01\ud83c'],
  ]

  test.each(payloads)('a payload that is %s', async (_, payload) => {
    await expectTypeError(
      { signJws, signJwsSync },
      [payload, hs256],
      /^signJws: payload must be a string of whole characters, or a Uint8Array$/,
    )
  })

  const keys: readonly (readonly [string, unknown, RegExp])[] = [
    ['undefined', undefined, /^the key must be a key of this library/],
    ['null', null, /^the key must be a key of this library/],
    ['a secret as text', SECRET.toString('latin1'), /^the key must be a key of this library/],
    ['an object', {}, /^the key must be a key of this library/],
    ['an object with an alg', { alg: 'HS256' }, /^the key must be a key of this library/],
    ['a public key', rs256.publicKey, /^the key is a public key that does not sign/],
  ]

  test.each(keys)('a key that is %s', async (_, key, message) => {
    await expectTypeError({ signJws, signJwsSync }, ['', key], message)
    await expectTypeError({ signJws, signJwsSync }, ['', key, { header: { alg: 'HS256' } }], message)
  })
})

describe('mistakes in verifying are a TypeError', () => {
  const mistakes: readonly (readonly [string, unknown, RegExp])[] = [
    ['options left out', undefined, /^verifyJws: the options must be a plain object/],
    ['null', null, /^verifyJws: the options must be a plain object/],
    ['an array', ['HS256'], /^verifyJws: the options must be a plain object/],
    [
      'an instance',
      new (class {
        algorithms = ['HS256']
      })(),
      /^verifyJws: the options must be a plain object/,
    ],
    ['algorithms left out', {}, /^policy\.algorithms must be/],
    ['a claim', { ...accepts, issuer: null }, /there is no option "issuer"; there are algorithms, crit, payload/],
    ['a registered crit', { ...accepts, crit: ['exp', 'alg'] }, /^policy\.crit must name extensions/],
    ['no length', { ...accepts, maxTokenLength: 0 }, /^policy\.maxTokenLength/],
    [
      'a payload that is an object',
      { ...accepts, payload: {} },
      /^verifyJws: payload must be a string of whole characters, or a Uint8Array$/,
    ],
    [
      'a payload of half a character',
      { ...accepts, payload: '\ud800' },
      /^verifyJws: payload must be a string of whole/,
    ],
    [
      'a payload that is null',
      { ...accepts, payload: null },
      /^verifyJws: payload must be a string of whole characters, or a Uint8Array$/,
    ],
  ]

  test.each(mistakes)('%s', async (_, options, message) => {
    await expectTypeError({ verifyJws, verifyJwsSync }, ['', hs256, options], message)
  })

  test('a wrong key', async () => {
    await expectTypeError({ verifyJws, verifyJwsSync }, ['', [], accepts], /keys must not be an empty array/)
    await expectTypeError({ verifyJws, verifyJwsSync }, ['', rs256.privateKey, accepts], /does not verify/)
    await expectTypeError({ verifyJws, verifyJwsSync }, ['', rs256.publicKey, accepts], /policy\.algorithms/)
  })
})

describe('a payload may be detached, and may be unencoded (RFC 7515 appendix F, RFC 7797)', () => {
  const plain = { crit: [], header: {} }
  const encoded = { crit: ['b64'], header: { b64: true, crit: ['b64'] } }
  const raw = { crit: ['b64'], header: unencoded }
  const payloads = ['', 'text', '$.02', 'ü', 'a\nb', '\u007f', '{"a":"b c"}']
  // RFC 7797 §5.2: what would break the token, or not survive in it, can only be detached.
  const isAttachable = (payload: string): boolean => /^[ -~]*$/.test(payload) && !payload.includes('.')

  const cases = [
    { form: 'encoded', ...plain },
    { form: 'encoded, in writing', ...encoded },
    { form: 'unencoded', ...raw },
  ].flatMap((form) =>
    [false, true].map((detached) => ({ ...form, detached, place: detached ? 'detached' : 'attached' })),
  )

  test.each(cases)('$form and $place', async ({ header, crit, detached }) => {
    for (const payload of payloads) {
      const isRaw = 'b64' in header && !header.b64
      if (isRaw && !detached && !isAttachable(payload)) {
        await expectTypeError({ signJws, signJwsSync }, [payload, hs256, { header, detached }], /RFC 7797 §5\.2/)
        continue
      }
      for (const sign of Object.values(signers)) {
        const token = await sign(payload, hs256, { header, detached })
        const content = isRaw ? payload : base64url(payload)
        const input = `${segment({ alg: 'HS256', ...header })}.${content}`
        expect(token).toBe(`${detached ? token.slice(0, token.indexOf('.') + 1) : input}.${signatureOf(input)}`)

        const options = { ...accepts, ...(crit.length > 0 && { crit }), ...(detached && { payload }) }
        for (const verify of Object.values(verifiers)) {
          expect(text((await verify(token, hs256, options)).payload)).toBe(payload)
          expect(await verdictOf(() => verify(token, otherHs256, options))).toBe('ERR_SIGNATURE')
        }
        if (detached) {
          expect(await verdict(token, { ...options, payload: Buffer.from(payload) })).toBe('accepted')
          expect(await verdict(token, { ...options, payload: `${payload}!` })).toBe('ERR_SIGNATURE')
          const attached = token.replace('..', '.AA.')
          expect(await verdict(attached, { ...options, payload: '\0' })).toBe('ERR_TOKEN_MALFORMED')
        }
        if (payload !== '') {
          const { payload: _, ...without } = { payload: undefined, ...options }
          const found = await verdict(token, detached ? without : { ...without, payload })
          expect(found).toBe(detached ? 'ERR_SIGNATURE' : 'ERR_TOKEN_MALFORMED')
        }
        if (crit.length > 0) expect(await verdict(token, { ...options, crit: ['x'] })).toBe('ERR_HEADER_CRITICAL')
      }
    }
  })

  const b64 = { ...accepts, crit: ['b64'] }

  test.each([
    ['not critical', { alg: 'HS256', b64: false }, 'ERR_HEADER_CRITICAL'],
    ['true and not critical', { alg: 'HS256', b64: true }, 'ERR_HEADER_CRITICAL'],
    ['critical and not there', { alg: 'HS256', crit: ['b64'] }, 'ERR_HEADER_CRITICAL'],
    ['no boolean', { alg: 'HS256', crit: ['b64'], b64: 0 }, 'ERR_HEADER_INVALID'],
    ['null', { alg: 'HS256', crit: ['b64'], b64: null }, 'ERR_HEADER_INVALID'],
    ['beside what nobody handles', { alg: 'HS256', crit: ['b64', 'x'], b64: false, x: 1 }, 'ERR_HEADER_CRITICAL'],
  ])('a b64 that is %s is refused', async (_, header, code) => {
    expect(await verdict(forge(header, 'AA'), b64)).toBe(code)
  })

  test('other extensions may stand beside b64', async () => {
    const header = { alg: 'HS256', crit: ['x', 'b64'], b64: false, x: 1 }
    expect(await verdict(forge(header, 'a b'), { ...b64, crit: ['b64', 'x'] })).toBe('accepted')
  })

  describe('an unencoded payload has one spelling', () => {
    const header = segment({ alg: 'HS256', ...unencoded })
    const input = `${header}.A`

    test('control: this one', async () => {
      expect(await verdict(`${input}.${signatureOf(input)}`, b64)).toBe('accepted')
    })

    test.each([
      ['a letter with the same lower eight bits', '\u0141'],
      ['another letter', 'B'],
      ['white space behind', 'A '],
      ['a NUL behind', 'A\0'],
      ['a surrogate behind', 'A\ud800'],
    ])('and not %s', async (_, payload) => {
      expect(await verdict(`${header}.${payload}.${signatureOf(input)}`, b64)).toMatch(/^ERR_/)
    })

    // What signJws refuses to attach, verifyJws must not read: there is no telling which octets it stands for.
    test.each([
      ['a control character', 'a\nb'],
      ['a letter of Latin-1, signed as one octet', 'ü'],
      ['a DEL', '\u007f'],
    ])('nor is one with %s verified, however it is signed', async (_, payload) => {
      for (const encoding of ['latin1', 'utf8'] as const) {
        const octets = Buffer.from(payload, encoding).toString('latin1')
        const attached = `${header}.${payload}`
        const signed = await signJws(Buffer.from(octets, 'latin1'), hs256, { header: unencoded, detached: true })
        expect(await verdict(`${attached}.${signed.slice(signed.lastIndexOf('.') + 1)}`, b64)).toMatch(/^ERR_/)
      }
    })
  })
})

describe('other extensions of the header', () => {
  const token = forge({ alg: 'HS256', crit: ['x', 'urn:y'], x: 1, 'urn:y': null }, 'AA')

  test('are refused where the caller does not handle all of them', async () => {
    expect(await verdict(token)).toBe('ERR_HEADER_CRITICAL')
    expect(await verdict(token, { ...accepts, crit: ['x'] })).toBe('ERR_HEADER_CRITICAL')
  })

  test('are handed to the caller who handles them', async () => {
    const { header } = await verifyJws(token, hs256, { ...accepts, crit: ['x', 'urn:y', 'z'] })
    expect(header).toEqual({ alg: 'HS256', crit: ['x', 'urn:y'], x: 1, 'urn:y': null })
  })

  test('any typ will do, for whose meaning the caller answers', async () => {
    expect(await verdict(forge({ alg: 'HS256', typ: 'at+jwt' }, 'AA'))).toBe('accepted')
    expect(await verdict(forge({ alg: 'HS256', typ: '' }, 'AA'))).toBe('accepted')
  })
})

describe('the key that a header brings or points to is not used (RFC 7515 §4.1.2 to §4.1.8)', () => {
  const foreign = importSecret('the secret of somebody else, in the header', 'HS256')
  const k = base64url('the secret of somebody else, in the header')
  const parameters: readonly (readonly [string, object])[] = [
    ['jwk', { jwk: { kty: 'oct', k, alg: 'HS256' } }],
    ['jku', { jku: 'https://127.0.0.1:1/jwks.json' }],
    ['x5u', { x5u: 'https://127.0.0.1:1/chain.pem' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['x5t', { x5t: base64url('digest') }],
    ['x5t#S256', { 'x5t#S256': base64url('digest') }],
    ['jwk and jku of wrong types', { jwk: 'none', jku: null }],
    ['x5u, x5c and x5t of wrong types', { x5u: 5, x5c: {}, x5t: [] }],
  ]

  test.each(parameters)('%s', async (_, header) => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    onTestFinished(() => fetched.mockRestore())
    expect(await verdict(await signJws('', foreign, { header: { ...header } }))).toBe('ERR_SIGNATURE')
    expect(await verdict(await signJws('', hs256, { header: { ...header } }))).toBe('accepted')
    expect(fetched).not.toHaveBeenCalled()
  })

  test('control: that key would do', async () => {
    expect(await verdictOf(async () => verifyJws(await signJws('', foreign), foreign, accepts))).toBe('accepted')
  })
})

describe('a payload is not looked at', () => {
  test('so that one which is no JSON passes, and one which is no base64url does not', async () => {
    expect(await verdict(forge({ alg: 'HS256' }, base64url('{"exp":1}')))).toBe('accepted')
    expect(await verdict(forge({ alg: 'HS256' }, base64url('not JSON')))).toBe('accepted')
    expect(await verdict(forge({ alg: 'HS256' }, 'AA=='))).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdict(forge({ alg: 'HS256' }, 'AB'))).toBe('ERR_TOKEN_MALFORMED')
  })

  test('and is not opened before the signature is right', async () => {
    const wrong = `${segment({ alg: 'HS256' })}.AB.${signatureOf('another')}`
    expect(await verdict(wrong)).toBe('ERR_SIGNATURE')
  })
})

describe('a polluted Object.prototype has no effect', () => {
  const good = forge({ alg: 'HS256' }, 'AA')
  const critical = forge({ alg: 'HS256', crit: ['x'], x: 1 }, 'AA')
  const detached = `${segment({ alg: 'HS256' })}..${signatureOf(`${segment({ alg: 'HS256' })}.${base64url('text')}`)}`
  const verified = (token: string, options: object = accepts) =>
    verdictOf(() => verifyJws(token, hs256, options as VerifyJwsOptions))

  const pollutions: readonly (readonly [string, Record<string, unknown>, () => Promise<unknown>, unknown])[] = [
    ['crit on verifying', { crit: ['x'] }, () => verified(critical), 'ERR_HEADER_CRITICAL'],
    ['crit that is no array', { crit: 5 }, () => verified(good), 'accepted'],
    ['maxTokenLength', { maxTokenLength: 1 }, () => verified(good), 'accepted'],
    ['a larger maxTokenLength', { maxTokenLength: 1e9 }, () => verified('A'.repeat(20_000)), 'ERR_TOKEN_TOO_LONG'],
    ['payload', { payload: 'text' }, () => verified(detached), 'ERR_SIGNATURE'],
    ['typ', { typ: ['x'] }, () => verified(good), 'accepted'],
    ['kid', { kid: 'x' }, () => verified(good), 'accepted'],
    ['b64', { b64: false }, () => verified(good), 'accepted'],
    ['enc', { enc: 'A128GCM' }, () => verified(good), 'accepted'],
    ['alg', { alg: 'HS256' }, () => verified(forge({}, 'AA')), 'ERR_HEADER_INVALID'],
    [
      'members on signing',
      { header: { x: 1 }, detached: true, typ: ['x'], kid: 'x', crit: ['x'], b64: false, alg: 'none' },
      () => signJws('\0', hs256),
      good,
    ],
  ]

  test.each(pollutions)('%s', async (_, members, run, expected) => {
    expect(await run()).toBe(expected)
    expect(await polluted(members, run)).toBe(expected)
  })

  test('algorithms', async () => {
    const run = () => thrownBy(() => verifyJws(good, hs256, {} as VerifyJwsOptions))
    expect(await polluted({ algorithms: ['HS256'] }, run)).toBeInstanceOf(TypeError)
  })
})

if (!answersAtOnce) {
  test('the functions that answer at once say on WebCrypto what to do', async () => {
    for (const { alg, signer, verifier } of kinds) {
      const token = await signJws('', signer)
      const advice = /use the function without "Sync" in its name, and await it/
      await expectTypeError({ signJwsSync }, ['', signer], advice)
      await expectTypeError({ verifyJwsSync }, [token, verifier, { algorithms: [alg] }], advice)
    }
  })
}
