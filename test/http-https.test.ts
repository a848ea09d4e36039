import { createServer as createTlsServer } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { requireHttps, type HttpRequest, type HttpsOptions } from 'tittle/http'
import { nodeRequest, received } from './setup/http.ts'
import { keys } from './setup/keys.ts'
import { polluted } from './setup/pollution.ts'
import { expectTypeError } from './setup/silence.ts'
import { verdictOf } from './setup/tokens.ts'

/** A request by a proxy of this address, which says how the client has spoken to it. */
const from = (remoteAddress: string | undefined, proto: string | string[] | undefined = 'https'): HttpRequest =>
  nodeRequest({ 'x-forwarded-proto': proto }, { url: '/', socket: { remoteAddress } })

const verdictFor = (request: HttpRequest, options?: HttpsOptions) => verdictOf(() => requireHttps(request, options))

const trusting = async (trustedProxies: string | readonly string[], address: string): Promise<boolean> =>
  (await verdictFor(from(address), { trustedProxies })) === 'accepted'

describe('a request over TLS passes', () => {
  test.each<[string, HttpRequest]>([
    ['as a Request', new Request('https://api.example/orders')],
    ['as a Request in capitals', new Request('HTTPS://api.example/orders')],
    ['on a socket of TLS', nodeRequest({}, { socket: { encrypted: true, remoteAddress: '192.0.2.1' }, url: '/' })],
  ])('%s', async (_, request) => {
    expect(await verdictFor(request)).toBe('accepted')
    expect(await verdictFor(request, { trustedProxies: '10.0.0.0/8' })).toBe('accepted')
    expect(await verdictFor(request, { trustedProxies: [] })).toBe('accepted')
    expect(await verdictFor(request, { trustedProxies: undefined, remoteAddress: undefined })).toBe('accepted')
  })

  test('as node:https has received it', async () => {
    const server = createTlsServer({ key: keys.rsa.privatePem, cert: keys.others.rsaCertificate })
    const dial = (port: number) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    expect(await received([], (request) => verdictFor(request), { server, dial })).toBe('accepted')
    const lines = ['X-Forwarded-Proto: http']
    expect(await received(lines, (request) => verdictFor(request), { server, dial })).toBe('accepted')
  })
})

describe('a request without TLS is refused', () => {
  test.each<[string, HttpRequest]>([
    ['as a Request', new Request('http://api.example/')],
    ['as a Request to what looks like https', new Request('http://https//')],
    ['on a socket', nodeRequest({}, { socket: { remoteAddress: '192.0.2.1' }, url: '/' })],
    ['on a socket that nearly is one of TLS', nodeRequest({}, { socket: { encrypted: 'true' } })],
    ['on a socket of no address', nodeRequest({ 'x-forwarded-proto': 'https' }, { socket: {} })],
    ['of which nothing is known', nodeRequest({})],
    ['of which the url is relative', nodeRequest({}, { url: '/https://api.example/' })],
    ['with the word of nobody', from('192.0.2.1')],
    ['with the word of nobody on loopback', from('127.0.0.1')],
    ['with other words', nodeRequest({ forwarded: 'proto=https', 'x-forwarded-ssl': 'on', 'front-end-https': 'on' })],
  ])('%s', async (_, request) => {
    const error = await verdictFor(request)
    expect(error).toBe('ERR_HTTPS_REQUIRED')
    expect(await verdictFor(request, { trustedProxies: ['10.0.0.0/8', 'fd00::/8'] })).toBe('ERR_HTTPS_REQUIRED')
  })

  test('in words that say what to do', () => {
    expect(() => requireHttps(new Request('http://api.example/'))).toThrow(
      'the request has not come over https; send it there, and renew the token',
    )
  })

  test('where the url says https, and Node does not (RFC 9112 §3.2.2)', async () => {
    const line = 'GET https://api.example/orders HTTP/1.1'
    const seen = await received([], async (request) => [request.url, await verdictFor(request)], { line })
    expect(seen).toEqual(['https://api.example/orders', 'ERR_HTTPS_REQUIRED'])
  })

  test('as node:http has received it, unless a trusted proxy says otherwise', async () => {
    const proxied = (...lines: string[]) =>
      received(lines, async (request) => [
        await verdictFor(request),
        await verdictFor(request, { trustedProxies: '127.0.0.1' }),
      ])
    const refused = 'ERR_HTTPS_REQUIRED'
    expect(await proxied()).toEqual([refused, refused])
    expect(await proxied('X-Forwarded-Proto: https')).toEqual([refused, 'accepted'])
    expect(await proxied('X-Forwarded-Proto: http')).toEqual([refused, refused])
    expect(await proxied('X-Forwarded-Proto: https', 'X-Forwarded-Proto: http')).toEqual([refused, refused])
    expect(await proxied('X-Forwarded-Proto: https', 'X-Forwarded-Proto: https')).toEqual([refused, 'accepted'])
  })
})

describe('the word of a trusted proxy', () => {
  const options = { trustedProxies: '10.0.0.1' }

  test.each(['https', 'HTTPS', ' https ', 'https, https', 'https,https', ['https', 'https']])(
    'may be %j',
    async (proto) => {
      expect(await verdictFor(from('10.0.0.1', proto), options)).toBe('accepted')
    },
  )

  test.each([
    undefined,
    '',
    'http',
    'https, http',
    'http, https',
    ['https', 'http'],
    'https,',
    ',https',
    'https;q=1',
    'https http',
    'httpss',
    'wss',
    'on',
    '"https"',
  ])('is not %j', async (proto) => {
    const request = nodeRequest({ 'x-forwarded-proto': proto }, { socket: { remoteAddress: '10.0.0.1' } })
    expect(await verdictFor(request, options)).toBe('ERR_HTTPS_REQUIRED')
    expect(await verdictFor(from('10.0.0.1'), options)).toBe('accepted')
  })

  test('counts more than its own TLS, for it knows how the client spoke to it', async () => {
    const relayed = (proto: string | undefined, remoteAddress = '10.0.0.1') =>
      verdictFor(nodeRequest({ 'x-forwarded-proto': proto }, { socket: { encrypted: true, remoteAddress } }), options)
    expect(await relayed('http')).toBe('ERR_HTTPS_REQUIRED')
    expect(await relayed('https')).toBe('accepted')
    expect(await relayed(undefined)).toBe('ERR_HTTPS_REQUIRED')
    expect(await relayed(undefined, '192.0.2.1')).toBe('accepted')
    expect(await relayed('http', '192.0.2.1')).toBe('accepted')
  })

  test('is taken by its address, where the request does not tell it', async () => {
    const request = new Request('http://api.internal/', { headers: { 'x-forwarded-proto': 'https' } })
    expect(await verdictFor(request, { ...options, remoteAddress: '10.0.0.1' })).toBe('accepted')
    expect(await verdictFor(request, { ...options, remoteAddress: '10.0.0.2' })).toBe('ERR_HTTPS_REQUIRED')
    expect(await verdictFor(request, options)).toBe('ERR_HTTPS_REQUIRED')
    expect(await verdictFor(from('10.0.0.1'), { ...options, remoteAddress: '10.0.0.2' })).toBe('ERR_HTTPS_REQUIRED')
  })
})

describe('a trusted proxy', () => {
  test.each<[string | readonly string[], string]>([
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['10.0.0.1', '::FFFF:a00:1'],
    ['10.0.0.1', '0:0:0:0:0:ffff:a00:1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.0/104', '10.255.255.255'],
    ['10.0.0.1/32', '10.0.0.1'],
    ['10.0.0.1/8', '10.255.255.255'],
    ['10.0.0.0/8', '10.0.0.0'],
    ['10.0.0.0/8', '::ffff:10.1.2.3'],
    ['10.0.0.0/31', '10.0.0.1'],
    ['10.0.0.2/31', '10.0.0.3'],
    ['172.16.0.0/12', '172.31.255.255'],
    ['192.168.1.128/25', '192.168.1.255'],
    ['0.0.0.0/0', '203.0.113.9'],
    ['0.0.0.0/0', '::ffff:203.0.113.9'],
    ['0.0.0.0/1', '127.255.255.255'],
    ['255.255.255.255/32', '255.255.255.255'],
    ['::1', '::1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['::', '::'],
    ['::/0', '2001:db8::1'],
    ['::/0', '203.0.113.9'],
    ['fd00::/8', 'fd12:3456::1'],
    ['fd00::/8', 'FD12:3456::1'],
    ['2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['2001:db8::/127', '2001:db8::1'],
    ['fe80::1', 'fe80::1%eth0'],
    ['fe80::1%eth0', 'fe80::1%eth1'],
    ['fe80::/10', 'febf::1%2'],
    [['192.0.2.1', '10.0.0.0/8'], '10.0.0.9'],
    [['192.0.2.1', '::1'], '::1'],
  ])('by %j is %s', async (range, address) => {
    expect(await trusting(range, address)).toBe(true)
    expect(await verdictFor(from(address))).toBe('ERR_HTTPS_REQUIRED')
  })

  test.each<[string | readonly string[], string]>([
    ['10.0.0.1', '10.0.0.2'],
    ['10.0.0.1', '10.0.0.10'],
    ['10.0.0.1', '110.0.0.1'],
    ['10.0.0.1', '::10.0.0.1'],
    ['10.0.0.1', '::ffff:0:10.0.0.1'],
    ['10.0.0.1', '64:ff9b::10.0.0.1'],
    ['10.0.0.0/8', '11.0.0.0'],
    ['10.0.0.0/8', '9.255.255.255'],
    ['10.0.0.0/31', '10.0.0.2'],
    ['10.0.0.1/32', '10.0.0.0'],
    ['172.16.0.0/12', '172.32.0.0'],
    ['192.168.1.128/25', '192.168.1.127'],
    ['0.0.0.0/0', '::1'],
    ['0.0.0.0/0', '2001:db8::1'],
    ['0.0.0.0/1', '128.0.0.0'],
    ['::1', '127.0.0.1'],
    ['::1', '::2'],
    ['::1', '::ffff:0.0.0.1'],
    ['fd00::/8', 'fc00::1'],
    ['fd00::/8', 'fe00::1'],
    ['2001:db8::/127', '2001:db8::2'],
    ['2001:db8::1/128', '2001:db8::'],
    ['fe80::/10', 'fec0::1'],
    ['10.0.0.1', ''],
    ['10.0.0.1', '10.0.0.1:443'],
    ['10.0.0.1', '10.0.0.1, 192.0.2.1'],
    ['10.0.0.1', ' 10.0.0.1'],
    ['10.0.0.1', '10.0.0.1\n'],
    ['10.0.0.1', '10.0.0.01'],
    ['10.0.0.1', '10.1'],
    ['10.0.0.1', '0xa.0.0.1'],
    ['10.0.0.1', '167772161'],
    ['10.0.0.1', 'a00:1'],
    ['::1', '[::1]'],
    ['::1', '::1]:80'],
    ['::1', '::1]/x'],
    ['::1', '::1]@[::2'],
    ['::2', '::1]@[::2'],
    ['::1', '1::'],
    ['::', '%'],
    ['0.0.0.0/0', 'localhost'],
    ['0.0.0.0/0', 'cafe'],
    ['0.0.0.0/0', '_/'],
    [[], '10.0.0.1'],
  ])('by %j is not %j', async (range, address) => {
    expect(await trusting(range, address)).toBe(false)
  })

  test.each([
    'localhost',
    'loopback',
    'proxy.example',
    '*',
    'true',
    '10',
    'cafe',
    '10/8',
    '10.0.0',
    '10.0.0/8',
    '10.0.0.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.1:80',
    '10.0.0.0-10.0.0.9',
    '10.0.0.*',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/128',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/8.0',
    '10.0.0.0/0x8',
    '10.0.0.0/ 8',
    '10.0.0.0/1e1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '/8',
    '/',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1,10.0.0.2',
    '::/129',
    '::/1000',
    ':::',
    ':',
    '.',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::g',
    '::12345',
    '[::1]',
    '::1]',
    '::1]:80/8',
    '%eth0',
    '::ffff:10.0.0',
  ])('is not %j, which is a mistake of the program', (range) => {
    const words = "requireHttps: trustedProxies must be IP addresses, or ranges as '10.0.0.0/8'"
    const request = new Request('https://api.example/')
    expectTypeError(() => requireHttps(request, { trustedProxies: range }), words)
    expectTypeError(() => requireHttps(request, { trustedProxies: ['10.0.0.1', range] }), words)
  })

  test.each<[string, unknown, string]>([
    ['a number', { trustedProxies: 1 }, 'requireHttps: trustedProxies must be a non-empty string'],
    ['true', { trustedProxies: true }, 'requireHttps: trustedProxies must be a non-empty string'],
    ['a function', { trustedProxies: (_: unknown) => true }, 'requireHttps: trustedProxies must be'],
    ['an array with an empty text', { trustedProxies: [''] }, 'requireHttps: trustedProxies must be a non-empty array'],
    ['the same twice', { trustedProxies: ['::1', '::1'] }, 'requireHttps: trustedProxies must be'],
    ['an option that there is not', { trustProxy: true }, 'requireHttps: there is no option "trustProxy"'],
    ['options that are none', null, 'requireHttps: the options must be a plain object'],
  ])('is not told by %s', (_, options, words) => {
    expectTypeError(() => requireHttps(new Request('https://api.example/'), options as HttpsOptions), words)
  })

  test('is nobody where the list is empty', async () => {
    expect(await trusting('', '10.0.0.1')).toBe(false)
  })
})

test('what every object inherits makes no TLS and trusts nobody', async () => {
  const planted = {
    encrypted: true,
    socket: { encrypted: true },
    url: 'https://api.example/',
    trustedProxies: '0.0.0.0/0',
    remoteAddress: '10.0.0.1',
    'x-forwarded-proto': 'https',
    headers: { 'x-forwarded-proto': 'https' },
  }
  const options = { trustedProxies: ['10.0.0.1'] }
  const requests = [
    new Request('http://api.example/', { headers: { 'x-forwarded-proto': 'https' } }),
    nodeRequest({ 'x-forwarded-proto': 'https' }, { socket: {} }),
    nodeRequest({}, { socket: { remoteAddress: '10.0.0.1' } }),
    nodeRequest({ 'x-forwarded-proto': 'https' }),
    nodeRequest({}, {}),
  ]
  for (const [name, value] of Object.entries(planted)) {
    for (const request of requests) {
      const verdicts = polluted({ [name]: value }, () => verdictsOf(request))
      expect(await Promise.all(verdicts), name).toEqual(['ERR_HTTPS_REQUIRED', 'ERR_HTTPS_REQUIRED'])
    }
    const over = new Request('https://api.example/')
    expect(await polluted({ [name]: value }, () => verdictFor(over, options)), name).toBe('accepted')
  }
  const verdicts = await received([], (request) =>
    Promise.all(
      Object.entries(planted).flatMap(([name, value]) => polluted({ [name]: value }, () => verdictsOf(request))),
    ),
  )
  expect(new Set(verdicts)).toEqual(new Set(['ERR_HTTPS_REQUIRED']))

  function verdictsOf(request: HttpRequest) {
    return [verdictFor(request), verdictFor(request, options)]
  }
})
