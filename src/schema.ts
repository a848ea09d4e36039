// Claims by a schema of the caller's: Standard Schema v1, which zod, valibot, arktype and others offer; taken by structure.
import type { ClaimFailure } from './claims.ts'
import type { JsonObject } from './json.ts'

/** A schema by the Standard Schema specification, version 1. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

/** What a schema finds wrong. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Refuses, as a TypeError, what is no such schema. */
export function assertSchema(schema: unknown): asserts schema is StandardSchema {
  const able = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  const standard = able ? (schema as Partial<StandardSchema>)['~standard'] : undefined
  if (standard?.version !== 1 || typeof standard.validate !== 'function') {
    throw new TypeError(
      'policy.schema must be a Standard Schema of version 1, as those of zod, valibot and arktype are',
    )
  }
}

/** What became of the claims: their value as the schema puts it out, and what it refuses. */
export interface Applied<Output> {
  readonly value?: Output
  readonly failures: readonly ClaimFailure[]
}

/** Applies a schema. Its words are not passed on, for they may quote values. */
export function applySchema<Output>(schema: StandardSchema<Output>, claims: JsonObject): Applied<Output> {
  const result = schema['~standard'].validate(claims)
  if ('then' in result) {
    result.catch(() => {})
    throw new TypeError(
      'policy.schema answers by a promise, but claims are validated at once; look things up after verify()',
    )
  }
  if (result.issues === undefined) return { value: result.value, failures: [] }
  const paths = result.issues.length > 0 ? result.issues.map(({ path }) => path) : [undefined]
  return { failures: paths.map(toFailure) }
}

function toFailure([first]: SchemaIssue['path'] & {} = []): ClaimFailure {
  const claim = typeof first === 'object' ? first.key : first
  if (typeof claim !== 'string') return { code: 'ERR_CLAIM_VALUE', message: 'the claims do not fit the schema' }
  return { code: 'ERR_CLAIM_VALUE', claim, message: 'a claim does not fit the schema' }
}
