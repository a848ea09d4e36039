// Which tests there are: vitest is asked, for names that are made of data can be read nowhere else.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '../..')
const vitest = resolve(root, 'node_modules/vitest/vitest.mjs')

/** The tests that a platform has, of the files that the table names: file > describe > name. Skipped ones are none. */
export async function testsOf({ requirements }, platform) {
  const files = [...new Set(requirements.flatMap(({ proof = [] }) => proof.map((test) => test.split(' > ', 1)[0])))]
  const folder = await mkdtemp(join(tmpdir(), 'tittle-'))
  try {
    const list = join(folder, 'tests.json')
    const projects = ['--project', platform, '--project', 'project']
    // Nothing is run, so that files need no process of their own.
    const fast = ['--no-isolate', '--pool', 'threads']
    const config = ['--config', resolve(root, 'test/vitest.config.ts'), `--json=${list}`]
    await promisify(execFile)(process.execPath, [vitest, 'list', ...config, ...projects, ...fast, ...files], {
      cwd: root,
      env: outside(),
    })
    const tests = JSON.parse(await readFile(list, 'utf8'))
    return new Set(tests.map(({ file, name }) => `${relative(root, file).split(sep).join('/')} > ${name}`))
  } finally {
    await rm(folder, { recursive: true })
  }
}

// What a test of vitest has in its environment is not for another vitest.
function outside() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name)))
}
