// tittle jwks: a JWK Set, which is public.
import { algorithms, exportJwk, publicKeyOf, type Jwk, type Key, type PrivateKey } from '../../index.ts'
import { define, text, type Command } from '../command.ts'
import { fileOptions, ownKeys } from '../key-files.ts'
import { jsonText } from '../style.ts'
import { UsageError } from '../usage.ts'

export const jwks: Command = define({
  name: 'jwks',
  summary: 'makes a JWK Set of the public halves of keys',
  usage: 'public FILE… [options]',
  operands: [2, Infinity],
  words: ['public'],
  options: {
    alg: text('ALG', 'the algorithm, where a key does not fix it', algorithms),
    kid: text('NAME', 'the key id; thumbprint for that of each key'),
    ...fileOptions,
  },
  examples: [
    ['tittle jwks public private.jwk other.jwk', 'Prints a JWK Set of the public halves of two keys.'],
    [
      'tittle keygen ES256 --kid thumbprint | tittle jwks public -',
      'Makes a key and prints what may be published of it.',
    ],
  ],
  async run(context) {
    const keys: Jwk[] = []
    for (const [i, path] of context.operands.slice(1).entries()) {
      const label = `key file ${i + 1}`
      for (const key of await ownKeys(context, label, path, context.values.alg)) keys.push(await publicJwk(key, label))
    }
    const kids = keys.flatMap(({ kid }) => kid ?? [])
    if (new Set(kids).size < kids.length) {
      throw new UsageError('two of the keys have the same kid', 'leave one out, or type --kid thumbprint')
    }
    context.print(jsonText({ keys }))
    return 0
  },
})

async function publicJwk(key: Key, label: string): Promise<Jwk> {
  if (key.role === 'secret') {
    throw new UsageError(
      `${label} holds a secret, and whoever could read it in a JWK Set could sign`,
      'publish key pairs only: tittle keygen ES256',
    )
  }
  return exportJwk(key.role === 'private' ? await publicKeyOf(key as PrivateKey) : key)
}
