import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { summary, toMarkdown } from './requirements/markdown.mjs'
import { testsOf } from './requirements/names.mjs'
import { problemsOf, stateOf, type Row, type Table } from './requirements/rules.mjs'

const folder = resolve(import.meta.dirname, '../vectors')
const table: Table = JSON.parse(readFileSync(resolve(folder, 'requirements.json'), 'utf8'))
const { documents, requirements } = table

// Of one platform; npm run requirements looks at both.
let tests: ReadonlySet<string>
beforeAll(async () => {
  tests = await testsOf(table, 'node:crypto')
}, 120_000)

describe('the table of requirements', () => {
  test('is whole, in order, and names tests that there are', () => {
    expect(problemsOf(table, tests)).toEqual([])
    expect(tests.size).toBeGreaterThan(requirements.length)
  })

  test('proves or explains every row, and departs from few', () => {
    expect(requirements.filter((row) => stateOf(row) === 'unproved')).toEqual([])
    expect(requirements.filter(({ deviation }) => deviation).map(({ id }) => id)).toEqual([
      '7517-5-missing-members',
      '7517-5-out-of-range',
      '7519-8-none',
      '8725-3.2-deterministic-ecdsa',
      '8725bis-3.2-deterministic-ecdsa',
    ])
  })

  test('is what REQUIREMENTS.md says; npm run requirements -- --write writes it', () => {
    expect(readFileSync(resolve(folder, 'REQUIREMENTS.md'), 'utf8')).toBe(toMarkdown(table))
  })
})

test('a test is known by the name with which it runs, and one that is not there is told', () => {
  expect(tests).toContain('test/architecture.test.ts > src/ has files to judge')
  const proof = ['test/architecture.test.ts > a file that was never there']
  expect(problemsOf(tableOf({ proof }), tests)).toEqual([`7515-1-a names a test that there is not: ${proof[0]}`])
})

function row(change: object = {}): Row {
  const { proof = ['test/a.test.ts > a'], ...rest } = change as Partial<Row>
  return { id: '7515-1-a', document: 'RFC 7515', section: '1', level: 'MUST', requirement: 'It is so', proof, ...rest }
}

function tableOf(...changes: readonly object[]): Table {
  const rows = changes.map((change) =>
    Object.fromEntries(Object.entries(row(change)).filter(([, value]) => value !== undefined)),
  )
  return { documents: [{ id: 'RFC 7515', title: 'JWS', url: 'https://rfc.example' }], requirements: rows as never }
}

describe('a table with a mistake is told', () => {
  const judge = (...changes: readonly object[]) => problemsOf(tableOf(...changes), ['test/a.test.ts > a', 'b'])
  const none = { proof: [] as string[] }
  const without = (name: string) => ({ ...row(), [name]: undefined })
  const withoutProof = (change: object = {}): Table => {
    const { proof: _, ...rest } = row(change)
    return { ...tableOf({}), requirements: [rest] }
  }

  test('control: without one, nothing is', () => {
    expect(judge({})).toEqual([])
    expect(judge({}, { id: '7515-1.9-b', section: '1.9' }, { id: '7515-1.10-c', section: '1.10' })).toEqual([])
    expect(judge({ id: '7515-1-x', application: 'the name' }, { id: '7515-2-x', section: '2', without: 'it' })).toEqual(
      [],
    )
    expect(problemsOf(withoutProof({ application: 'the name' }), [])).toEqual([])
  })

  const rows: readonly (readonly [string, readonly object[], string])[] = [
    ['a test that there is not', [{ proof: ['test/a.test.ts > c'] }], '7515-1-a names a test that there is not'],
    ['a test beside one that there is', [{ proof: ['b', 'c'] }], 'names a test that there is not: c'],
    ['a test twice', [{ proof: ['b', 'b'] }], 'names a test twice: b'],
    ['an empty proof', [none], 'has a "proof" that is no list of tests'],
    ['a proof that is text', [{ proof: 'b' }], 'has a "proof" that is no list of tests'],
    ['a proof with a hole', [{ proof: ['b', ''] }], 'has a "proof" that is no list of tests'],
    ['no id', [without('id')], 'row 1 has no "id"'],
    ['no document', [without('document')], 'has no "document"'],
    ['no section', [without('section')], 'has no "section"'],
    ['no level', [without('level')], 'has no "level"'],
    ['no requirement', [without('requirement')], 'has no "requirement"'],
    ['an empty requirement', [{ requirement: ' ' }], 'has a "requirement" that is no line of text'],
    ['a requirement of two lines', [{ requirement: 'It\nis' }], 'has a "requirement" that is no line of text'],
    ['an empty reason', [{ application: '' }], 'has a "application" that is no line of text'],
    ['a member that is none', [{ note: 'x' }], 'has a "note", which is no member of a row'],
    ['two reasons', [{ application: 'a', without: 'b' }], 'has several reasons'],
    ['another level', [{ level: 'MAY' }], 'has a level that RFC 2119 does not know: MAY'],
    ['a level in small letters', [{ level: 'must' }], 'has a level that RFC 2119 does not know: must'],
    ['another section', [{ id: '7515-A-a', section: 'A' }], 'has a section that is no number: A'],
    ['another document', [{ id: '1-1-a', document: 'RFC 1' }], 'is of a document that is not listed: RFC 1'],
    ['the id of another section', [{ id: '7515-2-a' }], 'has an id that does not begin with 7515-1-'],
    ['an id twice', [{}, {}], '7515-1-a is there twice'],
    [
      'sections out of order',
      [
        { id: '7515-1.10-b', section: '1.10' },
        { id: '7515-1.9-b', section: '1.9' },
      ],
      '7515-1.9-b stands behind 7515-1.10-b',
    ],
    ['a section behind its own parts', [{ id: '7515-1.1-b', section: '1.1' }, {}], '7515-1-a stands behind 7515-1.1-b'],
    ['no row', [], 'RFC 7515 has no row'],
  ]

  test.each(rows)('%s', (_, changes, problem) => {
    expect(judge(...changes).join('\n')).toContain(problem)
  })

  test('neither a proof nor a reason', () => {
    expect(problemsOf(withoutProof(), [])).toEqual(['7515-1-a has neither a proof nor a reason'])
    expect(stateOf({ ...withoutProof().requirements[0] } as Row)).toBe('unproved')
  })

  test.each(['without', 'deviation'])('a %s that no test shows', (name) => {
    const problems = problemsOf(withoutProof({ [name]: 'it' }), [])
    expect(problems).toContain('7515-1-a has no test that shows what is done instead')
  })

  test('documents out of order', () => {
    const both = [...tableOf({}).documents, { id: 'RFC 1', title: '', url: '' }]
    const other = row({ id: '1-1-a', document: 'RFC 1' })
    expect(problemsOf({ documents: both, requirements: [other, row()] }, row().proof ?? [])).toEqual([
      '7515-1-a stands behind 1-1-a',
    ])
  })
})

test('the summary counts every row by its level and by how it is met', () => {
  const [titles = [], , ...lines] = summary(documents, requirements).map((line) => line.split(' | ').slice(1))
  const total = (lines.at(-1) ?? []).map((cell) => Number.parseInt(cell, 10))
  expect(total.at(-1)).toBe(requirements.length)
  const levels = total.filter((_, i) => /^[A-Z ]+$/.test(titles[i] ?? ''))
  expect(levels.reduce((sum, count) => sum + count, 0)).toBe(requirements.length)
  expect(total.slice(levels.length, -1).reduce((sum, count) => sum + count, 0)).toBe(requirements.length)
})
