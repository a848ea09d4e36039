// Brings the tests of a mutated file before all others: most mutants do not live to see the second file.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = resolve(import.meta.dirname, '../..')
const fileOf = new Map<string, string>()

for (const path of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.ts')) continue
  for (const [, id = ''] of readFileSync(join(root, 'src', path), 'utf8').matchAll(/stryMutAct_\w+\("(\d+)"\)/g)) {
    fileOf.set(id, path.replace(/\.ts$/, '.test.ts'))
  }
}

export class OwnTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { activeMutant } = this.ctx.getProvidedContext() as { readonly activeMutant?: string }
    const own = fileOf.get(String(activeMutant))
    return files.sort((a, b) => rank(a, own) - rank(b, own))
  }
}

function rank({ moduleId }: TestSpecification, own: string | undefined): number {
  const path = relative(join(root, 'test'), moduleId)
  if (path === own) return 0
  return /^(attacks|properties|formats|keys|lint|decode)/.test(path) ? 2 : 1
}
