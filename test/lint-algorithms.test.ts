import { describe, expect, test } from 'vitest'
import { algorithms } from 'tittle'
import { algorithmRules } from '../src/lint-algorithms.ts'
import { applyRules } from '../src/lint-rule.ts'

const rules = algorithmRules((names: readonly unknown[]) => names.map((alg, i) => ({ of: `name ${i}`, alg })))

const find = (...names: readonly unknown[]): string[] =>
  applyRules(rules, names).map(({ rule, message }) => `${rule}: ${message}`)

test.each(algorithms.filter((alg) => alg !== 'EdDSA'))('%s is good', (alg) => {
  expect(find(alg)).toEqual([])
})

describe('a name has one finding', () => {
  test.each([
    ['EdDSA', 'alg-eddsa: name 0 names the algorithm EdDSA, whose name is deprecated'],
    ...['none', 'None', 'NONE', 'nOnE'].map((alg) => [alg, 'alg-none: name 0 names the algorithm none']),
    ...['HS1', 'RS1', 'rs1', 'RSA1_5', 'HS256/64'].map((alg) => [
      alg,
      'alg-deprecated: name 0 names an algorithm that is deprecated',
    ]),
    ...[
      ...[
        'eddsa',
        'ED25519',
        'es256',
        'hs256',
        'ES256K',
        'Ed448',
        'RSA-OAEP',
        'none ',
        ' none',
        'RS1 ',
        'HS10',
        'XRS1',
      ],
      ...['', undefined, null, 5, true, {}, ['ES256'], { toString: 1 }, Symbol('ES256'), 5n],
    ].map((alg) => [alg, 'alg-unknown: name 0 names no signature algorithm that this library knows']),
  ])('%o', (alg, finding) => {
    expect(find(alg)).toEqual([finding])
  })
})

test('each name is found where it stands', () => {
  expect(find('none', 'ES256', 'RS1', 'none')).toEqual([
    'alg-none: name 0 names the algorithm none',
    'alg-none: name 3 names the algorithm none',
    'alg-deprecated: name 2 names an algorithm that is deprecated',
  ])
  expect(find()).toEqual([])
})

test('the advice for an unknown name lists those that are known', () => {
  const [finding] = applyRules(rules, ['unknown'])
  for (const alg of algorithms) expect(finding?.fix).toContain(alg)
})
