import { expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'
import { completionScripts } from '../../../src/cli/completion.ts'
import { run } from '../terminal.ts'

test.each(Object.entries(completionScripts))('the script for %s is printed', async (shell, script) => {
  expect(await run(['completion', shell])).toMatchObject({ status: 0, out: `${script(commands)}\n`, err: '' })
})

test('there is none for other shells', async () => {
  expect(await run(['completion', 'powershell'])).toMatchObject({
    status: 2,
    err: 'tittle completion: there is no such argument; type one of bash, zsh, fish\n',
  })
})
