// The table of requirements as Markdown.
import { levels, stateOf } from './rules.mjs'

const states = ['proved', 'shared', 'without the feature', 'the application’s', 'departed from', 'unproved']

const head = `# Requirements

What RFC 7515, 7517, 7518, 7519, 7638, 8037, 8725 and the successor of RFC 8725 require, as far as it can bear on a library for JWS, and what proves it. \`npm run requirements -- --write\` makes this page of [requirements.json](requirements.json), which has the names of the tests; a test fails where one of them does not exist.

- **proved**: by the tests, on node:crypto and on WebCrypto.
- **shared**: the tests prove what the library does; the rest is the application's, as it says.
- **without the feature**: the requirement is about what the library does not have, and the tests prove that it has not.
- **the application's**: the library cannot know.
- **departed from**: the library does something else, for the reason given, as the tests prove.

What stands beside a MUST NOT or a SHOULD NOT is what must not or should not be.
`

/** The whole page. */
export function toMarkdown({ documents, requirements }) {
  const sections = documents.map(({ id, title, url, note }) => {
    const rows = requirements.filter(({ document }) => document === id)
    const lines = rows.map((row) =>
      line([
        `[${row.section}](${url}#section-${row.section})`,
        row.level,
        row.requirement,
        evidenceOf(row),
        `\`${row.id}\``,
      ]),
    )
    return [
      `## [${id}](${url}): ${title}\n`,
      ...(note ? [`${note}\n`] : []),
      ...header(['§', 'level', 'requirement', 'proof', 'id']),
      ...lines,
      '',
    ].join('\n')
  })
  return [head, ...summary(documents, requirements), '', ...sections].join('\n')
}

/** How many rows there are by document and level, and how they are met. */
export function summary(documents, requirements) {
  const used = levels.filter((level) => requirements.some((row) => row.level === level))
  const columns = [...used, ...states]
  const counts = (rows) => [
    ...columns.map((column) => String(rows.filter((row) => row.level === column || stateOf(row) === column).length)),
    String(rows.length),
  ]
  return [
    ...header(['', ...columns, 'all']),
    ...documents.map(({ id }) => line([id, ...counts(requirements.filter(({ document }) => document === id))])),
    line(['**all**', ...counts(requirements)]),
  ]
}

function evidenceOf(row) {
  const files = (row.proof ?? []).map((test) => test.split(' > ', 1)[0].replace(/^test\//, ''))
  const proof = [...new Set(files)].map(
    (file) => `[${file}](../test/${file})${times(files.filter((other) => other === file).length)}`,
  )
  const reason = {
    'departed from': `**departed from**: ${row.deviation}`,
    'without the feature': `without ${row.without}`,
    shared: `the application’s part: ${row.application}`,
    'the application’s': `the application’s: ${row.application}`,
    unproved: '**unproved**',
  }[stateOf(row)]
  return [proof.join(', '), reason].filter(Boolean).join('<br>')
}

const times = (count) => (count > 1 ? ` ×${count}` : '')
const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
const header = (cells) => [line(cells), `|${' --- |'.repeat(cells.length)}`]
