// Claims by a schema of the caller's: Standard Schema v1, which zod, valibot, arktype and others offer; taken by structure.
import type { ClaimFailure } from './claims.ts'
import { settled } from './crypto/provider.ts'
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

/** What became of the claims: their value as the schema puts it out, and what it refuses. */
export interface Applied<Output> {
  readonly value: Output
  readonly failures: readonly ClaimFailure[]
}

/** Reads a schema, once, as a function that applies it; a TypeError where it is none. */
export function readSchema<Output>(schema: unknown): (claims: JsonObject) => Applied<Output> {
  const able = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  const standard = able ? (schema as Partial<StandardSchema<Output>>)['~standard'] : undefined
  const validate = standard?.validate
  if (standard?.version !== 1 || typeof validate !== 'function') {
    throw new TypeError(
      'policy.schema must be a Standard Schema of version 1, as those of zod, valibot and arktype are',
    )
  }
  return (claims) => {
    const result = settled(
      validate.call(standard, claims),
      'policy.schema answers by a promise, but claims are validated at once; look things up after verify()',
    )
    const able = typeof result === 'object' || typeof result === 'function'
    if (!able || result === null || !('issues' in result || 'value' in result)) {
      throw new TypeError('policy.schema answers with neither a value nor issues')
    }
    const issues = memberOf(result, 'issues') as readonly SchemaIssue[] | null | undefined
    if (!issues) return { value: memberOf(result, 'value') as Output, failures: [] }
    const failures = issues.map(toFailure)
    // A schema that refuses and does not say why refuses all the same.
    return { value: undefined as Output, failures: failures.length > 0 ? failures : [toFailure({ message: '' })] }
  }
}

// The schema's own words are not passed on, for they may quote values.
function toFailure(issue: SchemaIssue): ClaimFailure {
  const [first] = (memberOf(issue, 'path') ?? []) as SchemaIssue['path'] & {}
  const claim = typeof first === 'object' ? first.key : first
  if (typeof claim !== 'string')
    return { code: 'ERR_CLAIM_VALUE', claim: undefined, message: 'the claims do not fit the schema' }
  return { code: 'ERR_CLAIM_VALUE', claim, message: 'a claim does not fit the schema' }
}

// A member, be it inherited from a class of the schema's, but not one of a polluted Object.prototype.
function memberOf(object: object, name: string): unknown {
  return Object.hasOwn(object, name) || !(name in Object.prototype) ? (object as JsonObject)[name] : undefined
}
