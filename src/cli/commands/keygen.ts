// tittle keygen: new keys, on standard output or in files of their owner's.
import { join } from 'node:path'
import { algorithms, exportJwk, exportPem, generateKeyPair, generateSecret } from '../../index.ts'
import type { AsymmetricAlgorithm, HmacAlgorithm, KeyPair, PrivateKey, PublicKey, SecretKey } from '../../index.ts'
import { define, flag, text, type Command } from '../command.ts'
import { fileName, writeNew, type NewFile } from '../files.ts'
import { jsonText } from '../style.ts'
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
    out: text('DIR', 'writes both halves into files of mode 0600, and prints their names'),
  },
  examples: [
    ['tittle keygen ES256 --kid thumbprint', 'Prints a private JWK that is named by its thumbprint.'],
    ['tittle keygen RS256 --pem --out keys', 'Writes keys/RS256.private.pem and keys/RS256.public.pem.'],
  ],
  async run({ operands, values, print }) {
    if (values.jwk && values.pem) throw new UsageError('--jwk and --pem are both given', 'give one of them')
    const alg = operands[0] as HmacAlgorithm | AsymmetricAlgorithm
    const { kid, out, pem } = values
    const format = pem ? 'pem' : 'jwk'
    if (isHmac(alg) && pem) throw new UsageError('a secret has no PEM form', `type tittle keygen ${alg} --jwk`)
    const halves = await generate(alg, kid)
    const spelled = await Promise.all(halves.map(async (key) => ({ key, content: await spell(key, pem) })))
    if (out === undefined) print(spelled[0]?.content.trimEnd() ?? '')
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

type AnyKey = SecretKey | PrivateKey | PublicKey

const isHmac = (alg: string): alg is HmacAlgorithm => alg.startsWith('HS')

// The half that signs comes first.
async function generate(alg: HmacAlgorithm | AsymmetricAlgorithm, kid: string | undefined): Promise<readonly AnyKey[]> {
  if (isHmac(alg)) return [generateSecret(alg, { kid })]
  const { privateKey, publicKey }: KeyPair = await generateKeyPair(alg, { kid })
  return [privateKey, publicKey]
}

async function spell(key: AnyKey, pem: boolean): Promise<string> {
  return pem ? exportPem(key as PrivateKey | PublicKey) : `${jsonText(await exportJwk(key))}\n`
}
