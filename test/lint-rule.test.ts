import { describe, expect, test } from 'vitest'
import { applyRules, snapshot, when, type Rule } from '../src/lint-rule.ts'
import { polluted } from './setup/pollution.ts'

const rule = (finds: Rule<number>['finds'], name: Rule<number>['rule'] = 'no-exp'): Rule<number> => ({
  rule: name,
  severity: 'error',
  fix: 'let it expire',
  reference: 'RFC 7519 §4.1.4',
  finds,
})

describe('applyRules', () => {
  test('gives a finding for each message, in the order of the rules', () => {
    const rules = [
      rule((count) => Array.from({ length: count }, (_, i) => `message ${i}`)),
      rule(() => []),
      rule((count) => [`all ${count}`], 'no-aud'),
    ]
    const rest = { severity: 'error', fix: 'let it expire', reference: 'RFC 7519 §4.1.4' }
    expect(applyRules(rules, 2)).toEqual([
      { rule: 'no-exp', message: 'message 0', ...rest },
      { rule: 'no-exp', message: 'message 1', ...rest },
      { rule: 'no-aud', message: 'all 2', ...rest },
    ])
  })

  test('gives findings that hold nothing else of their rule', () => {
    const [finding] = applyRules([rule(() => ['a'])], 0)
    expect(Object.keys(finding ?? {}).sort()).toEqual(['fix', 'message', 'reference', 'rule', 'severity'])
  })
})

test('when gives a message where the condition holds', () => {
  expect(when(true, 'a')).toEqual(['a'])
  expect(when(false, 'a')).toEqual([])
})

describe('snapshot', () => {
  test('reads own members, each once', () => {
    let reads = 0
    const members = snapshot({
      get a() {
        return ++reads
      },
    })
    expect([members?.['a'], members?.['a'], reads]).toEqual([1, 1, 1])
  })

  test('keeps a member named __proto__ from doing anything', () => {
    const members = snapshot(JSON.parse('{"__proto__":{"a":1}}'))
    expect(members && Object.getPrototypeOf(members)).toBe(null)
    expect(members?.['a']).toBe(undefined)
  })

  test('inherits nothing', () => {
    expect(polluted({ a: 1 }, () => snapshot({})?.['a'])).toBe(undefined)
  })

  test.each([[undefined], [null], [5], ['text'], [[]], [new Map()], [() => ({})]])('has nothing of %j', (subject) => {
    expect(snapshot(subject)).toBe(undefined)
  })

  test('has nothing of what will not be read', () => {
    const trap = {
      get a(): never {
        throw new Error('a trap')
      },
    }
    expect(snapshot(trap)).toBe(undefined)
  })
})
