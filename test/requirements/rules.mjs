// What is wrong with the table of requirements, vectors/requirements.json.

/** The requirement levels of RFC 2119, as the table counts them. */
export const levels = [
  'MUST',
  'MUST NOT',
  'REQUIRED',
  'SHALL',
  'SHALL NOT',
  'SHOULD',
  'SHOULD NOT',
  'RECOMMENDED',
  'NOT RECOMMENDED',
]

const wanted = ['id', 'document', 'section', 'level', 'requirement']
const reasons = ['without', 'deviation', 'application']
const known = new Set([...wanted, 'proof', ...reasons])

const isLine = (value) => typeof value === 'string' && value.trim() === value && /^.{1,300}$/u.test(value)
const isProof = (value) => Array.isArray(value) && value.length > 0 && value.every(isLine)
const repeated = (list) => list.filter((item, i) => list.indexOf(item) !== i)

// A row that fails one of these is not asked the rest.
const shapes = [
  (row) => wanted.filter((name) => row[name] === undefined).map((name) => `has no "${name}"`),
  (row) =>
    wanted
      .filter((name) => row[name] !== undefined && !isLine(row[name]))
      .map((name) => `has a "${name}" that is no line of text`),
  (row) =>
    Object.keys(row)
      .filter((name) => !known.has(name))
      .map((name) => `has a "${name}", which is no member of a row`),
  (row) => (row.proof === undefined || isProof(row.proof) ? [] : ['has a "proof" that is no list of tests']),
  (row) =>
    reasons
      .filter((name) => name in row && !isLine(row[name]))
      .map((name) => `has a "${name}" that is no line of text`),
]

const rules = [
  (row) => (row.proof || row.application ? [] : ['has neither a proof nor a reason']),
  (row) => (row.proof || !(row.without || row.deviation) ? [] : ['has no test that shows what is done instead']),
  (row) => (reasons.filter((name) => name in row).length > 1 ? ['has several reasons'] : []),
  (row) => repeated(row.proof ?? []).map((test) => `names a test twice: ${test}`),
  (row, { tests }) =>
    (row.proof ?? []).filter((test) => !tests.has(test)).map((test) => `names a test that there is not: ${test}`),
  (row) => (levels.includes(row.level) ? [] : [`has a level that RFC 2119 does not know: ${row.level}`]),
  (row) => (/^\d+(\.\d+)*$/.test(row.section) ? [] : [`has a section that is no number: ${row.section}`]),
  (row) =>
    row.id.startsWith(prefixOf(row)) && /^[\w.-]+$/.test(row.id)
      ? []
      : [`has an id that does not begin with ${prefixOf(row)}`],
  (row, { documents }) =>
    documents.includes(row.document) ? [] : [`is of a document that is not listed: ${row.document}`],
]

const prefixOf = ({ document, section }) => `${document.replace(/^RFC |^draft-.*-rfc(?=\d)/, '')}-${section}-`

/** Everything that is wrong, each with the id of its row; `tests` are the names of those that there are. */
export function problemsOf({ documents, requirements }, tests) {
  const context = { documents: documents.map(({ id }) => id), tests: new Set(tests) }
  const check = (list) =>
    requirements.flatMap((row, i) =>
      list.flatMap((rule) => rule(row, context)).map((problem) => `${row.id ?? `row ${i + 1}`} ${problem}`),
    )
  const misshapen = check(shapes)
  return misshapen.length > 0 ? misshapen : [...check(rules), ...problemsOfOrder(requirements, context.documents)]
}

function problemsOfOrder(rows, documents) {
  const problems = repeated(rows.map(({ id }) => id)).map((id) => `${id} is there twice`)
  for (const id of documents) if (!rows.some(({ document }) => document === id)) problems.push(`${id} has no row`)
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1]
    if (before && compare(before, row, documents) > 0) problems.push(`${row.id} stands behind ${before.id}`)
  }
  return problems
}

// By document as listed, and then by the numbers of the section.
function compare(a, b, documents) {
  const keyOf = ({ document, section }) => [documents.indexOf(document), ...section.split('.').map(Number)]
  const [left, right] = [keyOf(a), keyOf(b)]
  const at = left.findIndex((number, i) => number !== right[i])
  return at < 0 ? left.length - right.length : left[at] - (right[at] ?? -1)
}

/** How a row is met: the library proves it, alone or with the application, has no such feature, departs from it, or leaves it. */
export function stateOf({ proof, without, deviation, application }) {
  if (deviation) return 'departed from'
  if (without) return 'without the feature'
  if (proof) return application ? 'shared' : 'proved'
  return application ? 'the application’s' : 'unproved'
}
