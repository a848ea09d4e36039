import { expect, test } from 'vitest'
import * as entry from 'tittle/jwks'

test('the entry gives these functions and nothing else', () => {
  expect(Object.keys(entry).sort()).toEqual([
    'createKeyRing',
    'createKeySet',
    'createRemoteKeySet',
    'discoverKeySet',
    'importKeyRing',
  ])
  for (const value of Object.values(entry)) expect(value).toBeTypeOf('function')
})
