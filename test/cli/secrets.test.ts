import { expect, test } from 'vitest'
import { generateKeyPair, exportPem } from 'tittle'
import { refuseSecrets } from '../../src/cli/secrets.ts'
import { ISSUER, privateJwk, publicJwk, run, tokenOf } from './terminal.ts'

const pem = await exportPem((await generateKeyPair('ES256')).privateKey)
const secretJwk = JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' })

test.each([
  ['--secret', ['sign', '--secret', 'hunter2'], 'a secret', '--secret-env NAME'],
  ['--secret=', ['verify', '--secret=hunter2'], 'a secret', '--secret-file FILE'],
  ['another spelling', ['sign', '--hmac-secret', 'hunter2'], 'a secret', '--secret-env NAME'],
  ['another still', ['sign', '--TOKEN_SECRET=hunter2'], 'a secret', '--secret-env NAME'],
  ['one run together', ['sign', '--secretkey', 'hunter2'], 'a secret', '--secret-env NAME'],
  ['--key-passphrase', ['sign', '--key-passphrase', 'hunter2'], 'a passphrase', '--passphrase-env NAME'],
  ['--password', ['sign', '--password', 'hunter2'], 'a passphrase', '--passphrase-env NAME'],
  ['--passphrase', ['sign', '--passphrase=hunter2'], 'a passphrase', '--passphrase-env NAME'],
  ['a PEM', ['sign', '--key', pem], 'a private key', '--key FILE'],
  ['a PEM in one line', ['thumbprint', pem.replaceAll('\n', ' ')], 'a private key', '--key FILE'],
  ['an encrypted PEM', ['thumbprint', `x${pem.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')}`], 'a private key', '--key'],
  ['a private JWK', ['sign', `--key=${privateJwk}`], 'a private or secret JWK', 'a file that holds it'],
  ['a secret JWK', ['verify', secretJwk], 'a private or secret JWK', '- for standard input'],
  ['a JWK in lines', ['sign', JSON.stringify(JSON.parse(privateJwk), null, 2)], 'a private or secret JWK', 'a file'],
  ['a JWK with its type last', ['lint', '{"d": "hunter2", "kty" : "EC"}'], 'a private or secret JWK', 'a file'],
  ['a JWK Set', ['lint', JSON.stringify({ keys: [JSON.parse(privateJwk)] })], 'a private or secret JWK', 'a file'],
])('%s among the arguments is refused, with the reason', async (_, args, what, instead) => {
  const { status, out, err } = await run(args)
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toMatch(/^tittle: [^\n]*\n$/)
  expect(err).toContain(`${what} among the arguments stays in the shell's history and in the list of processes`)
  expect(err).toContain(instead)
  expect(err).not.toMatch(/hunter2|c2VjcmV0|BEGIN/)
})

test.each([
  [['verify', await tokenOf(), '--secret-env', 'NAME', '--secret-file=FILE', '--passphrase-env', 'NAME']],
  [['lint', publicJwk]],
  [['sign', '--claims', '{"d":"1","k":"2"}', '--issuer', ISSUER]],
  [
    [
      '--secret-env',
      'A',
      '--secret_env=A',
      '--Secret-File',
      'a',
      '--passphrase_env',
      'A',
      '--require',
      'client_secret',
    ],
  ],
  [['x'.repeat(100_000), `${'{"kty":'.repeat(20_000)}`, '-----BEGIN PUBLIC KEY-----']],
])('other arguments are let through', (args) => {
  expect(() => refuseSecrets(args)).not.toThrow()
})
