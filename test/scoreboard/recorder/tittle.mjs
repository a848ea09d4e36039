// Stands for the library in the fixtures: keys stay as they were given, so that a weak one reaches the others too.
import * as tittle from 'tittle'
import { Given } from './given.mjs'

export * from 'tittle'

export const importSecret = (...given) => new Given('secret', ...given)
export const importPublicKey = (...given) => new Given('public', ...given)
export const importPrivateKey = (...given) => new Given('private', ...given)

/** The library's own import of a key. */
export function importGiven(key) {
  if (Array.isArray(key)) return key.map(importGiven)
  if (!(key instanceof Given)) return key
  const { role, source, alg, options } = key
  if (role === 'secret') return tittle.importSecret(source, alg, options)
  return role === 'public'
    ? tittle.importPublicKey(source, alg, options)
    : tittle.importPrivateKey(source, alg, options)
}

export const createVerifier = (keys, policy) => tittle.createVerifier(importGiven(keys), policy)
export const createSigner = (key, options) => tittle.createSigner(importGiven(key), options)
