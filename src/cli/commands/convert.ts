// tittle convert: the same key in another format.
import { algorithms, publicKeyOf, type PrivateKey } from '../../index.ts'
import { define, flag, text, type Command } from '../command.ts'
import { refuseDash, writeNew } from '../files.ts'
import { anyKey, fileKey, fileOptions, spell } from '../key-files.ts'
import { UsageError } from '../usage.ts'

const FORMATS = ['pem', 'jwk', 'der']

export const convert: Command = define({
  name: 'convert',
  summary: 'turns a key into PEM, JWK or DER',
  usage: 'FILE|- --to FORMAT [options]',
  operands: [1, 1],
  options: {
    to: text('FORMAT', FORMATS.join(', '), FORMATS),
    alg: text('ALG', 'the algorithm of the JWK, where the key does not fix it', algorithms),
    kid: text('NAME', 'the key id of the JWK; thumbprint for that of the key'),
    public: flag('takes the public half'),
    out: text('FILE', 'writes a new file of mode 0600'),
    ...fileOptions,
  },
  examples: [
    ['tittle convert rsa.pem --to jwk --alg RS256 --kid thumbprint', 'Prints a PEM as a JWK for RS256.'],
    ['tittle convert private.jwk --to der --public --out public.der', 'Writes the public half as DER.'],
  ],
  async run(context) {
    const { values, operands, terminal, print } = context
    const { to, out } = values
    if (to === undefined) throw new UsageError('--to is missing', `type --to with one of ${FORMATS.join(', ')}`)
    refuseDash(out)
    if (to === 'der' && out === undefined && terminal.out.isTTY) {
      throw new UsageError('DER is not for a terminal', 'type --out FILE, or send it through a pipe')
    }
    const stray = (['alg', 'kid'] as const).find((name) => to !== 'jwk' && values[name] !== undefined)
    if (stray) throw new UsageError(`--${stray} is for a JWK; ${to.toUpperCase()} has no place for it`, 'leave it out')
    const [path = '-'] = operands
    const key = await (to === 'jwk' ? fileKey(context, 'the key', path, values.alg) : anyKey(context, 'the key', path))
    if (key.role === 'secret' && (to !== 'jwk' || values.public)) {
      throw new UsageError(
        'the key is a secret, which has no public half and no form but a JWK',
        'type --to jwk, without --public',
      )
    }
    const half = values.public && key.role === 'private' ? await publicKeyOf(key as PrivateKey) : key
    const content = await spell(half, to)
    if (out !== undefined) await writeNew([{ path: out, content }])
    else if (typeof content === 'string') print(content.trimEnd())
    else terminal.out.write(content)
    return 0
  },
})
