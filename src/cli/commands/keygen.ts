// tittle keygen: new keys, on standard output or in files of their owner's.
import { join } from 'node:path'
import { isHmac } from '../../algorithms.ts'
import { algorithms, generateKeyPair, generateSecret, type Algorithm, type Key } from '../../index.ts'
import { define, flag, text, type Command } from '../command.ts'
import { fileName, refuseDash, writeNew, type NewFile } from '../files.ts'
import { spell } from '../key-files.ts'
import { UsageError } from '../usage.ts'

export const keygen: Command = define({
  name: 'keygen',
  summary: 'makes a key pair or a secret',
  usage: 'ALG [options]',
  operands: [1, 1],
  words: algorithms,
  options: {
    jwk: flag('makes a JWK, as it does by default'),
    pem: flag('makes a PEM'),
    kid: text('NAME', 'the key id of a JWK; thumbprint for that of the key'),
    out: text('DIR', 'writes files of mode 0600, and prints their names; > obeys the umask instead'),
  },
  examples: [
    ['tittle keygen ES256 --kid thumbprint', 'Prints a private JWK that is named by its thumbprint.'],
    ['tittle keygen RS256 --pem --out keys', 'Writes keys/RS256.private.pem and keys/RS256.public.pem.'],
  ],
  async run({ operands, values, print }) {
    if (values.jwk && values.pem) throw new UsageError('--jwk and --pem are both given', 'give one of them')
    const alg = operands[0] as Algorithm
    const { kid, out, pem } = values
    const format = pem ? 'pem' : 'jwk'
    if (isHmac(alg) && pem) throw new UsageError('a secret has no PEM form', `type tittle keygen ${alg} --jwk`)
    if (pem && kid !== undefined && out === undefined) {
      throw new UsageError('a PEM has no place for --kid', 'type --jwk, or --out for files of that name')
    }
    refuseDash(out)
    const halves = await generate(alg, kid)
    const spelled = await Promise.all(halves.map(async (key) => ({ key, content: await spell(key, format) })))
    if (out === undefined) print(String(spelled[0]?.content).trimEnd())
    else {
      const files = spelled.map(({ key, content }): NewFile => {
        const name = `${fileName(key.kid ?? alg)}.${key.role}.${format}`
        return { path: join(out, name), content }
      })
      await writeNew(files)
      for (const { path } of files) print(path)
    }
    return 0
  },
})

// The half that signs comes first.
async function generate(alg: Algorithm, kid: string | undefined): Promise<readonly Key[]> {
  if (isHmac(alg)) return [generateSecret(alg, { kid })]
  const { privateKey, publicKey } = await generateKeyPair(alg, { kid })
  return [privateKey, publicKey]
}
