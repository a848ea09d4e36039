// All classes of attacks, by chapters.
import type { AttackClass } from './attack.ts'
import { algorithms } from './algorithms.ts'
import { chosenKeys } from './chosen-keys.ts'
import { claims } from './claims.ts'
import { confusion } from './confusion.ts'
import { encoding } from './encoding.ts'
import { header } from './header.ts'
import { keySets } from './key-sets.ts'
import { leaks } from './leaks.ts'
import { none } from './none.ts'
import { parsing } from './parsing.ts'
import { pollution } from './pollution.ts'
import { signatures } from './signatures.ts'
import { weakKeys } from './weak-keys.ts'
import { work } from './work.ts'

export const chapters: { readonly [chapter: string]: readonly AttackClass[] } = {
  'tokens without a signature': none,
  'confusion of algorithms and keys': confusion,
  'all algorithms against all others': algorithms,
  'keys that the attacker chooses': chosenKeys,
  'sets of keys': keySets,
  'signatures as numbers': signatures,
  'spellings of a token': encoding,
  'weak keys': weakKeys,
  'header parameters': header,
  claims,
  'parsing and resources': parsing,
  'work that a token orders': work,
  'objects that answer for others': pollution,
  'leaks and memory': leaks,
}
