import ts from 'typescript'
import { descendants, finding, lineOf, type Rule, type Source } from './source.ts'

const entries = [
  'index.ts',
  'jws.ts',
  'jwks.ts',
  'decode.ts',
  'http.ts',
  'lint.ts',
  'session/index.ts',
  'session/sqlite.ts',
  'session/postgres.ts',
  'session/redis.ts',
  'session/conformance.ts',
]
const longestFile = 300
const longestFunction = 60

export const limitRules: readonly Rule[] = [
  {
    name: `no file is over ${longestFile} lines`,
    broken: [{ 'json.ts': 'let a\n'.repeat(longestFile + 1) }],
    check: each((source) => {
      const lines = source.text.trimEnd().split('\n').length
      return lines > longestFile ? [finding(source, lines, `has ${lines} lines`)] : []
    }),
  },
  {
    name: `no function is over ${longestFunction} lines`,
    broken: [
      { 'json.ts': `function long() {\n${'step()\n'.repeat(longestFunction)}}` },
      { 'json.ts': `const long = { step: () => [\n${'1,\n'.repeat(longestFunction)}] }` },
    ],
    check: each((source) =>
      nodesOf(source, (node) => {
        if (!ts.isFunctionLike(node)) return undefined
        const lines = lineOf(source.ast, node.getEnd()) - lineOf(source.ast, node.getStart()) + 1
        return lines > longestFunction ? `has a function of ${lines} lines` : undefined
      }),
    ),
  },
  {
    name: 'there are no more lines of comment than of code',
    broken: [{ 'json.ts': '// one\n/* two\n   three */\nlet a // code\nlet b' }],
    check: each((source) => {
      const filled = (text: string): number => text.split('\n').filter((line) => line.trim() !== '').length
      const code = filled(source.code)
      const comments = filled(source.text) - code
      return comments > code ? [finding(source, 1, `has ${comments} lines of comment over ${code} of code`)] : []
    }),
  },
  {
    name: 'nothing is any',
    broken: [{ 'json.ts': 'let a: any' }, { 'json.ts': 'const a = f<Map<string, any>>()' }],
    check: each((source) =>
      nodesOf(source, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'says any' : undefined)),
    ),
  },
  {
    name: 'nothing is cast through unknown',
    broken: [{ 'json.ts': 'const a = 1 as unknown as string' }, { 'json.ts': 'const a = (1 as unknown) as string' }],
    check: each((source) =>
      nodesOf(source, (node) => {
        if (!ts.isAsExpression(node)) return undefined
        let inner = node.expression
        while (ts.isParenthesizedExpression(inner)) inner = inner.expression
        const throughUnknown = ts.isAsExpression(inner) && inner.type.kind === ts.SyntaxKind.UnknownKeyword
        return throughUnknown ? 'casts through unknown' : undefined
      }),
    ),
  },
  {
    name: 'no check is suppressed',
    broken: [
      '@ts-ignore',
      '@ts-expect-error',
      '@ts-nocheck',
      'eslint-disable',
      'biome-ignore',
      'v8 ignore',
      'c8 ignore',
      'istanbul ignore',
    ].map((words) => ({ 'json.ts': `let a /* ${words} next */` })),
    check: each((source) =>
      [
        ...source.text.matchAll(
          /@ts-(?:ignore|expect-error|nocheck)|(?:eslint|oxlint)-disable|(?:biome|prettier)-ignore|(?:v8|c8|istanbul|node:coverage) ignore/g,
        ),
      ].map(({ 0: match, index }) => finding(source, lineOf(source.ast, index), `says ${match}`)),
    ),
  },
  {
    name: 'there are no default exports, enums and namespaces',
    broken: [
      { 'json.ts': 'export default 1' },
      { 'json.ts': 'export default function f() {}' },
      { 'json.ts': 'const a = 1\nexport { a as default }' },
      { 'json.ts': 'enum A { B }' },
      { 'json.ts': 'namespace A {}' },
    ],
    check: each((source) =>
      nodesOf(source, (node) => {
        const isDefault =
          ts.isExportAssignment(node) ||
          node.kind === ts.SyntaxKind.DefaultKeyword ||
          (ts.isExportSpecifier(node) && node.name.text === 'default')
        const inSwitch = node.parent.kind === ts.SyntaxKind.DefaultClause
        if (isDefault && !inSwitch) return 'has a default export'
        if (ts.isEnumDeclaration(node)) return 'has an enum'
        return ts.isModuleDeclaration(node) ? 'has a namespace' : undefined
      }),
    ),
  },
  {
    name: 'every export that an entry reaches has a docstring',
    broken: [
      { 'jws.ts': 'export const a = 1' },
      { 'jws.ts': '// a plain comment\nexport function a(): void {}' },
      { 'index.ts': `export { a } from './json.ts'`, 'json.ts': 'const a = 1\nexport { a }' },
      {
        'decode.ts': `import { b } from './time.ts'`,
        'time.ts': `import './json.ts'`,
        'json.ts': 'export interface A {}',
      },
    ],
    check: (sources) => reachable(sources).flatMap(undocumentedExports),
  },
]

function each(check: (source: Source) => string[]): Rule['check'] {
  return (sources) => sources.flatMap(check)
}

function nodesOf(source: Source, complaint: (node: ts.Node) => string | undefined): string[] {
  return [...descendants(source.ast)].flatMap((node) => {
    const message = complaint(node)
    return message === undefined ? [] : [finding(source, lineOf(source.ast, node.getStart()), message)]
  })
}

function reachable(sources: readonly Source[]): Source[] {
  const paths = new Set(entries)
  for (const path of paths) {
    for (const { target } of sources.find((source) => source.path === path)?.imports ?? []) {
      if (target !== undefined) paths.add(target)
    }
  }
  return sources.filter(({ path }) => paths.has(path))
}

/** The overloads of a function, and a type and a value of one name, need one docstring between them. */
function undocumentedExports(source: Source): string[] {
  const listed = new Set(
    [...descendants(source.ast)].flatMap((node) =>
      ts.isExportSpecifier(node) && !node.parent.parent.moduleSpecifier ? [(node.propertyName ?? node.name).text] : [],
    ),
  )
  const lines = new Map<string, number>()
  const documented = new Set<string>()
  for (const statement of source.ast.statements) {
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    for (const name of declaredNames(statement)) {
      if (!exported && !listed.has(name)) continue
      if (ts.getJSDocCommentsAndTags(statement).some(ts.isJSDoc)) documented.add(name)
      else lines.set(name, lineOf(source.ast, statement.getStart()))
    }
  }
  return [...lines]
    .filter(([name]) => !documented.has(name))
    .map(([name, line]) => finding(source, line, `exports ${name} without a docstring`))
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  return named && statement.name ? [statement.name.text] : []
}
