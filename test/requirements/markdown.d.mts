import type { Document, Row, Table } from './rules.mjs'

export function toMarkdown(table: Table): string
export function summary(documents: readonly Document[], requirements: readonly Row[]): string[]
