import { expect, test } from 'vitest'
import glossary from '../fixtures/glossary.json' with { type: 'json' }
import { claimMeaning, parameterMeaning } from '../../src/inspector/glossary.ts'

test.each(Object.entries(glossary.claims))('the claim %s is that of %s', (name, reference) => {
  expect(claimMeaning(name)).toEqual({ reference, meaning: expect.stringMatching(/^[A-Z].*\.$/) })
})

test.each(Object.entries(glossary.parameters))('the parameter %s is that of %s', (name, reference) => {
  expect(parameterMeaning(name)).toEqual({ reference, meaning: expect.stringMatching(/^[A-Z].*\.$/) })
})

test.each(['', 'role', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%j is not registered', (name) => {
  expect(claimMeaning(name)).toBeUndefined()
  expect(parameterMeaning(name)).toBeUndefined()
})

test('a name may be a claim and a parameter, and mean different things', () => {
  expect(claimMeaning('nonce')).not.toEqual(parameterMeaning('nonce'))
})
