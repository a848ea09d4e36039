import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** A piece of documentation that claims to be code. */
interface Block {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly code: string
  /** What the opening of the block calls it, where it says ```ts recipe=express. */
  readonly recipe: string | undefined
}

const entries = {
  tittle: 'src/index.ts',
  'tittle/jws': 'src/jws.ts',
  'tittle/jwks': 'src/jwks.ts',
  'tittle/decode': 'src/decode.ts',
  'tittle/http': 'src/http.ts',
  'tittle/lint': 'src/lint.ts',
  'tittle/session': 'src/session/index.ts',
  'tittle/session/sqlite': 'src/session/sqlite.ts',
  'tittle/session/postgres': 'src/session/postgres.ts',
  'tittle/session/redis': 'src/session/redis.ts',
  'tittle/session/conformance': 'src/session/conformance.ts',
}
const prefix = 'virtual:doc/'

/** Every recipe of the README, which test/http runs on its framework. */
export function readRecipes(root: string): Block[] {
  return inFile(root, 'README.md', fences).filter(({ recipe }) => recipe !== undefined)
}

/** Every runnable block of the README, and every example of a docstring in src/. */
export function readBlocks(root: string): Block[] {
  const sources = existsSync(join(root, 'src')) ? readdirSync(join(root, 'src'), { recursive: true }) : []
  return [
    ...inFile(root, 'README.md', fences).filter(({ recipe }) => recipe === undefined),
    ...sources
      .map((path) => `src/${path}`.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .flatMap((path) => inFile(root, path, examples)),
  ]
}

/** Serves each block as a module, so that vite compiles it as it compiles a caller's file. */
export function docs(root: string): Plugin {
  return {
    name: 'docs',
    resolveId: (id) => (id.startsWith(prefix) ? id : undefined),
    load(id) {
      const block = id.startsWith(prefix) && readBlocks(root).find((block) => block.id === id)
      if (!block) return undefined
      const imports = block.file === 'README.md' ? '' : missingImports(block.code, exportedNames(root))
      // The blank lines make the line numbers of a stack trace those of the documented file.
      return imports + '\n'.repeat(block.line - 1) + block.code
    },
  }
}

type Piece = Pick<Block, 'line' | 'code' | 'recipe'> & { readonly language: string }

function inFile(root: string, file: string, pieces: (text: string) => Piece[]): Block[] {
  if (!existsSync(join(root, file))) return []
  return pieces(readFileSync(join(root, file), 'utf8')).map(({ line, code, recipe, language }) => {
    const extension = language.endsWith('js') ? 'mjs' : 'ts'
    return { id: `${prefix}${file}:${line}.${extension}`, file, line, code, recipe }
  })
}

function fences(text: string): Piece[] {
  return [...text.matchAll(/^( *```(ts|js|mjs|typescript)\b[^\n]*\n)(.*?)^ *```/gms)].map((match) => {
    const [, opening = '', language = '', code = ''] = match
    const [, recipe] = /\brecipe=(\w*)/.exec(opening) ?? []
    return { line: lineAt(text, match.index + opening.length), code, recipe, language }
  })
}

function examples(text: string): Piece[] {
  return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap((comment) => {
    const body = comment[0].replace(/ *\*\/$/, '').replace(/^ *(\/\*\*|\* ?)/gm, '')
    return [...body.matchAll(/^( *@example\b[^\n]*\n)(.*?)(?=^ *@\w|$(?![^]))/gms)].flatMap((match) => {
      const [, tag = '', example = ''] = match
      const before = lineAt(text, comment.index) + lineAt(body, match.index + tag.length) - 1
      const fenced = fences(example)
      const pieces = fenced.length > 0 ? fenced : [{ line: 1, code: example, recipe: undefined, language: 'ts' }]
      return pieces.map((piece) => ({ ...piece, line: before + piece.line - 1 }))
    })
  })
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

function exportedNames(root: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const [entry, file] of Object.entries(entries)) {
    if (!existsSync(join(root, file))) continue
    const text = readFileSync(join(root, file), 'utf8')
    const listed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = '']) => namesIn(list))
    const declared = [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)].map(
      ([, name = '']) => name,
    )
    for (const name of [...listed, ...declared]) if (!names.has(name)) names.set(name, entry)
  }
  return names
}

/** The names that `{ a, b as c, d: e, type F }` brings into being: a, c, e. */
function namesIn(list: string): string[] {
  const items = list
    .replaceAll(/\/\/.*/g, '')
    .split(',')
    .map((item) => item.replace(/=.*/s, '').trim())
  return items.filter((item) => !item.startsWith('type ')).flatMap((item) => /\w+$/.exec(item) ?? [])
}

function missingImports(code: string, exported: Map<string, string>): string {
  const own = new Set([
    ...[...code.matchAll(/\b(?:const|let|var|function|class) (\w+)/g)].map(([, name]) => name),
    ...[...code.matchAll(/\b(?:import|const|let|var) (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      namesIn(list),
    ),
  ])
  return [...exported]
    .filter(([name]) => !own.has(name) && new RegExp(`(?<![.\\w])${name}\\b`).test(code))
    .map(([name, entry]) => `import { ${name} } from '${entry}'; `)
    .join('')
}
