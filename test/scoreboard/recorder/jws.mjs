// Stands for the functions that verify any payload, where what they are given is a token after all.
import { POLICY } from '../../attacks/forge.ts'
import { Asked } from './given.mjs'

export async function verifyJws(token, key, { algorithms }) {
  throw new Asked(token, key, { ...POLICY, algorithms })
}
