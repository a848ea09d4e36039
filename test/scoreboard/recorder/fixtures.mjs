// The chapters of test/attacks that are about one token under one key and policy.
import { algorithms } from '../../attacks/algorithms.ts'
import { chosenKeys } from '../../attacks/chosen-keys.ts'
import { claims } from '../../attacks/claims.ts'
import { confusion } from '../../attacks/confusion.ts'
import { encoding } from '../../attacks/encoding.ts'
import { header } from '../../attacks/header.ts'
import { none } from '../../attacks/none.ts'
import { parsing } from '../../attacks/parsing.ts'
import { signatures } from '../../attacks/signatures.ts'
import { weakKeys } from '../../attacks/weak-keys.ts'
import { work } from '../../attacks/work.ts'

export { fixtures } from '../../attacks/fixtures.ts'
export { sentenceOf } from '../../attacks/proofs.ts'
export { hs256, hs, issue, policyFor } from '../../attacks/forge.ts'
export { Asked, Given } from './given.mjs'
export { importGiven } from './tittle.mjs'

export const chapters = {
  'tokens without a signature': none,
  'confusion of algorithms and keys': confusion,
  'all algorithms against all others': algorithms,
  'keys that the attacker chooses': chosenKeys,
  'signatures as numbers': signatures,
  'spellings of a token': encoding,
  'weak keys': weakKeys,
  'header parameters': header,
  claims,
  'parsing and resources': parsing,
  'work that a token orders': work,
}
