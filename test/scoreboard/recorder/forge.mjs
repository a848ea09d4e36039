// Stands for the forge of the fixtures: what would be verified is asked of every library instead.
import { policyFor } from '../../attacks/forge.ts'
import { Asked } from './given.mjs'

export * from '../../attacks/forge.ts'

export async function openWith(token, key, policy) {
  throw new Asked(token, key, policy)
}

export const open = (token, party, policy = {}) => openWith(token, party.key, { ...policyFor(party), ...policy })
