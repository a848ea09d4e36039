import { expectTypeOf, test } from 'vitest'
import type { VerifyPolicy } from 'tittle'
import { explain, type ExplainPolicy } from '../../src/explain.ts'

declare const policy: VerifyPolicy

test('a policy to explain is that of verify with anything left out, but without a schema', () => {
  expectTypeOf({}).toExtend<ExplainPolicy>()
  expectTypeOf<keyof ExplainPolicy>().toEqualTypeOf<Exclude<keyof VerifyPolicy, 'schema'>>()
  const { schema, ...explained } = policy
  void explain('', undefined, explained)
  // @ts-expect-error -- The claims that are explained are those of the token, not what a schema makes of them.
  void explain('', undefined, { schema })
})
