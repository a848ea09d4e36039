// tittle thumbprint: the name that a key gives itself.
import { thumbprint as thumbprintOf, thumbprintUri, type Hash } from '../../index.ts'
import { define, flag, text, type Command } from '../command.ts'
import { anyKey, fileOptions } from '../key-files.ts'

const HASHES = ['SHA-256', 'SHA-384', 'SHA-512'] as const satisfies readonly Hash[]

export const thumbprint: Command = define({
  name: 'thumbprint',
  summary: 'prints the thumbprint of a key (RFC 7638)',
  usage: 'FILE|- [options]',
  operands: [1, 1],
  options: {
    hash: text('HASH', `${HASHES.join(', ')}; by default the first`, HASHES),
    uri: flag('prints it as a URI (RFC 9278)'),
    ...fileOptions,
  },
  examples: [
    ['tittle thumbprint public.pem', 'Prints the thumbprint of a key; both halves of a pair have the same.'],
    ['tittle thumbprint private.jwk --uri --hash SHA-512', 'Prints it as a URI, by another hash.'],
  ],
  async run(context) {
    const key = await anyKey(context, 'the key', context.operands[0] ?? '-')
    const hash = (context.values.hash ?? 'SHA-256') as Hash
    context.print(await (context.values.uri ? thumbprintUri(key, hash) : thumbprintOf(key, hash)))
    return 0
  },
})
