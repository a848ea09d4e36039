import type { Table } from './rules.mjs'

export function testsOf(table: Pick<Table, 'requirements'>, platform: string): Promise<Set<string>>
