// Whether every advisory has its fixture, and every fixture its advisory.
import type { AttackClass } from './attack.ts'
import type { Advisory } from './cves.ts'

/** The sentence of a class's name, without the advisories behind it. */
export const sentenceOf = (name: string): string => name.replace(/ \([^()]*(?:\(\)[^()]*)?\)$/, '')

const idsIn = (text: string): string[] => text.match(/\b(?:CVE-\d{4}-\d+|GHSA(?:-\w{4})+|WS-\d{4}-\d+)\b/g) ?? []

/** What is wrong with a table of advisories over classes; nothing where each holds the other. */
export function gapsIn(
  advisories: readonly Advisory[],
  fixtures: { readonly [name: string]: string },
  classes: readonly AttackClass[],
): string[] {
  const gaps: string[] = []
  const names = new Map(classes.map(({ name }) => [sentenceOf(name), name]))
  const proofs = new Map(advisories.map(([id, , , ...proof]) => [id, proof.map((name) => fixtures[name])]))
  if (names.size !== classes.length) gaps.push('two classes have one name')
  if (proofs.size !== advisories.length) gaps.push('an advisory is there twice')
  for (const [fixture, sentence] of Object.entries(fixtures)) {
    if (!names.has(sentence)) gaps.push(`${fixture} is no class of attacks`)
  }
  for (const [id, proof] of proofs) {
    if (proof.length === 0) gaps.push(`${id} has no fixture`)
    if (proof.some((sentence) => sentence === undefined)) gaps.push(`${id} has a fixture that does not exist`)
  }
  for (const [sentence, name] of names) {
    for (const id of idsIn(name))
      if (!proofs.get(id)?.includes(sentence)) gaps.push(`${id} is not held by "${sentence}"`)
  }
  return gaps
}
