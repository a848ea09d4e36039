// The library, with keys of node:crypto made real before it sees them.
import * as tittle from 'tittle'
import { KeyToBe, toKeyObject } from './node-crypto.ts'

export * from 'tittle'

const real =
  <F extends (source: never, ...others: never[]) => unknown>(take: F) =>
  (source: unknown, ...others: unknown[]) =>
    take((source instanceof KeyToBe ? toKeyObject(source) : source) as never, ...(others as never[]))

export const importSecret = real(tittle.importSecret) as typeof tittle.importSecret
export const importPublicKey = real(tittle.importPublicKey) as typeof tittle.importPublicKey
export const importPrivateKey = real(tittle.importPrivateKey) as typeof tittle.importPrivateKey
