import { describe, expect, test } from 'vitest'
import type { StandardSchema } from 'tittle'
import { readSchema } from '../src/schema.ts'
import type { SchemaIssue, SchemaResult } from '../src/schema.ts'
import { polluted } from './setup/pollution.ts'
import { expectSilence, expectTypeError } from './setup/silence.ts'

type Validate = (value: unknown) => SchemaResult<unknown> | Promise<SchemaResult<unknown>>

const standard = (validate: Validate) => ({ version: 1, vendor: 'test', validate }) as const

/** As zod and valibot make them. */
const objectSchema = (validate: Validate): StandardSchema => ({ '~standard': standard(validate) })

/** As arktype makes them. */
const functionSchema = (validate: Validate): StandardSchema =>
  Object.assign(() => {}, { '~standard': standard(validate) })

/** As a library with classes makes them. */
class ClassSchema implements StandardSchema {
  readonly #validate: Validate

  constructor(validate: Validate) {
    this.#validate = validate
  }

  get '~standard'() {
    return standard(this.#validate)
  }
}

const kinds: readonly [name: string, make: (validate: Validate) => StandardSchema][] = [
  ['an object', objectSchema],
  ['a function', functionSchema],
  ['an instance of a class', (validate) => new ClassSchema(validate)],
]

describe.each(kinds)('a schema that is %s', (_, make) => {
  test('is given the claims, and its output is the value', () => {
    const claims = { sub: 'alice' }
    const apply = readSchema(make((value) => ({ value: { seen: value } })))
    const { value, failures } = apply(claims)
    expect(value).toEqual({ seen: claims })
    expect((value as { seen: unknown }).seen).toBe(claims)
    expect(failures).toEqual([])
  })

  test('refuses by its issues', () => {
    const { value, failures } = readSchema(make(() => ({ issues: [{ message: 'no', path: ['role'] }] })))({})
    expect(value).toBeUndefined()
    expect(failures).toMatchObject([{ code: 'ERR_CLAIM_VALUE', claim: 'role' }])
  })

  test('must not answer by a promise', () => {
    const apply = readSchema(make(async () => ({ value: 1 })))
    expectTypeError(() => apply({}), 'policy.schema answers by a promise')
  })
})

describe('a schema', () => {
  test('is asked for its functions once', () => {
    let asked = 0
    const schema = {
      get '~standard'() {
        return standard(asked++ === 0 ? () => ({ issues: [{ message: 'no' }] }) : () => ({ value: 'anything' }))
      },
    }
    const apply = readSchema(schema)
    expect([apply({}), apply({})]).toMatchObject([{ failures: [{}] }, { failures: [{}] }])
    expect(asked).toBe(1)
  })

  test('validates as the method that it is', () => {
    const schema = { '~standard': { ...standard(() => ({ value: 1 })), validate, output: 'mine' } }
    function validate(this: { output: string }) {
      return { value: this.output }
    }
    expect(readSchema(schema)({}).value).toBe('mine')
  })

  test('may answer with an instance of a class', () => {
    class Success {
      get value() {
        return 'mine'
      }
    }
    class Failure {
      get issues() {
        return [{ message: 'no', path: ['role'] }]
      }
    }
    expect(readSchema(objectSchema(() => new Success()))({})).toEqual({ value: 'mine', failures: [] })
    expect(readSchema(objectSchema(() => new Failure()))({}).failures).toMatchObject([{ claim: 'role' }])
  })

  test.each<[string, object]>([
    ['undefined', { value: 1, issues: undefined }],
    ['null', { value: 1, issues: null }],
    ['not there', { value: 1 }],
  ])('accepts where its issues are %s', (_, result) => {
    expect(readSchema(objectSchema(() => result as SchemaResult<unknown>))({})).toEqual({ value: 1, failures: [] })
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['text', 'value'],
    ['an object without either', {}],
    ['a function without either', () => {}],
  ])('that answers with %s is a mistake of the program', (_, result) => {
    const apply = readSchema(objectSchema(() => result as SchemaResult<unknown>))
    expectTypeError(() => apply({}), 'policy.schema answers with neither a value nor issues')
  })

  test('may answer with a function that has a value', () => {
    const result = Object.assign(() => {}, { value: 1 })
    expect(readSchema(objectSchema(() => result))({})).toEqual({ value: 1, failures: [] })
  })

  test('answers as it means to, whatever Object.prototype has', () => {
    const accept = readSchema(objectSchema(() => ({ value: 1 })))
    const refuse = readSchema(objectSchema(() => ({ issues: [{ message: 'no' }] })))
    const pollution = { issues: [{ message: 'no' }], value: 2, path: ['sub'] }
    expect(polluted(pollution, () => accept({}))).toEqual({ value: 1, failures: [] })
    const { value, failures } = polluted(pollution, () => refuse({}))
    expect(value).toBeUndefined()
    expect(failures).toMatchObject([{ code: 'ERR_CLAIM_VALUE', claim: undefined }])
  })
})

describe('no schema is', () => {
  const validate = () => ({ value: 1 })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'received-value'],
    ['a number', 12345],
    ['true', true],
    ['an empty object', {}],
    ['a function', () => ({ value: 1 })],
    ['an object with a validate of its own', { validate }],
    ['a "~standard" that is null', { '~standard': null }],
    ['a "~standard" that is a string', { '~standard': 'received-value' }],
    ['one without a version', { '~standard': { vendor: 'test', validate } }],
    ['one of version 2', { '~standard': { version: 2, vendor: 'test', validate } }],
    ['one of version "1"', { '~standard': { version: '1', vendor: 'test', validate } }],
    ['one without validate', { '~standard': { version: 1, vendor: 'test' } }],
    ['one whose validate is no function', { '~standard': { version: 1, vendor: 'test', validate: {} } }],
  ])('%s', (_, schema) => {
    expectTypeError(() => readSchema(schema), 'policy.schema must be a Standard Schema', schema)
  })
})

describe('issues', () => {
  const apply = (issues: readonly SchemaIssue[]) =>
    readSchema(objectSchema(() => ({ issues })))({ role: 'received-value' }).failures

  test.each<[string, SchemaIssue, string | undefined]>([
    ['a path of a name', { message: '', path: ['role'] }, 'role'],
    ['a path of several names', { message: '', path: ['address', 'street'] }, 'address'],
    ['a path of a segment', { message: '', path: [{ key: 'role' }] }, 'role'],
    ['a path of a segment and a name', { message: '', path: [{ key: 'roles' }, 0] }, 'roles'],
    ['a path of a name that every object has', { message: '', path: ['toString'] }, 'toString'],
    ['no path', { message: '' }, undefined],
    ['an undefined path', { message: '', path: undefined }, undefined],
    ['an empty path', { message: '', path: [] }, undefined],
    ['a path of a number', { message: '', path: [0] }, undefined],
    ['a path of a symbol', { message: '', path: [Symbol('a')] }, undefined],
    ['a path of a segment of a number', { message: '', path: [{ key: 0 }] }, undefined],
  ])('with %s name their claim, if there is one', (_, issue, claim) => {
    const [failure, ...others] = apply([issue])
    expect(others).toEqual([])
    expect(failure?.code).toBe('ERR_CLAIM_VALUE')
    expect(failure?.claim).toBe(claim)
  })

  test('become one failure each, in their order', () => {
    const failures = apply([
      { message: 'a', path: ['a'] },
      { message: 'b' },
      { message: 'c', path: ['c'] },
      { message: 'c again', path: ['c'] },
    ])
    expect(failures.map(({ claim }) => claim)).toEqual(['a', undefined, 'c', 'c'])
  })

  test('that are an empty list refuse all the same', () => {
    expect(apply([])).toMatchObject([{ code: 'ERR_CLAIM_VALUE' }])
  })

  test('do not pass on their words, which may quote a value', () => {
    const issue = { message: 'expected admin, got received-value', path: ['role'] }
    for (const { message } of apply([issue, { message: issue.message }])) {
      expect(message).not.toBe('')
      expectSilence(message, ['received-value', issue.message])
    }
  })
})

describe('a promise', () => {
  test('that is rejected is nobody else’s rejection', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    try {
      const apply = readSchema(objectSchema(() => Promise.reject(new Error('received-value'))))
      expectTypeError(() => apply({}), 'policy.schema', 'received-value')
      // Node tells of a rejection when the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', listen)
    }
    expect(unhandled).toEqual([])
  })
})
