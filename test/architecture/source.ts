import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

/** One file of src/, read and parsed. */
export interface Source {
  /** Relative to src/, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text with every comment blanked out, line for line. */
  readonly code: string
  readonly ast: ts.SourceFile
  readonly imports: readonly Import[]
}

interface Import {
  readonly specifier: string
  /** The file of src/ it names; undefined for anything that is not a relative path. */
  readonly target: string | undefined
  readonly line: number
}

/** A rule of the house. `broken` holds sources that break it: a check that no test makes fail is no check. */
export interface Rule {
  readonly name: string
  readonly check: (sources: readonly Source[]) => string[]
  readonly broken: readonly Readonly<Record<string, string>>[]
}

export function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => parse(path, readFileSync(join(folder, path), 'utf8')))
}

export function parse(path: string, text: string): Source {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const code = withoutComments(ast)
  // Type-only imports, re-exports, import() and import types are all in this list.
  const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    target: fileName.startsWith('.') ? posix.join(posix.dirname(path), fileName) : undefined,
    line: lineOf(ast, pos),
  }))
  return { path, text, code, ast, imports }
}

export function finding(source: Source, line: number, message: string): string {
  return `src/${source.path}:${line} ${message}`
}

export function lineOf(ast: ts.SourceFile, position: number): number {
  return ast.getLineAndCharacterOfPosition(position).line + 1
}

export function* descendants(node: ts.Node): Generator<ts.Node> {
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => void children.push(child))
  for (const child of children) {
    yield child
    yield* descendants(child)
  }
}

function withoutComments(ast: ts.SourceFile): string {
  let code = ast.text
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return
    const around = [
      ...(ts.getLeadingCommentRanges(ast.text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(ast.text, node.getEnd()) ?? []),
    ]
    for (const { pos, end } of around) {
      code = code.slice(0, pos) + code.slice(pos, end).replaceAll(/[^\n]/g, ' ') + code.slice(end)
    }
    for (const child of node.getChildren(ast)) visit(child)
  }
  visit(ast)
  return code
}
