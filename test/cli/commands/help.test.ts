import { expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'
import { findCommand } from '../../../src/cli/commands/help.ts'
import { run } from '../terminal.ts'

test.each(commands.map(({ name }) => name))('the help of %s is the same both ways', async (name) => {
  const { status, out } = await run(['help', name])
  expect(status).toBe(0)
  expect(out).toBe((await run([name, '--help'])).out)
})

test('a command is found by its name', () => {
  for (const command of commands) expect(findCommand(command.name, commands)).toBe(command)
})

test.each([
  ['explian', 'there is no such command; did you mean explain?'],
  ['constructor', 'there is no such command; type tittle help'],
  ['eyJhbGciOiJub25lIn0.e30.', 'a token is no command; type tittle decode TOKEN'],
])('or not: %s', (name, message) => {
  expect(() => findCommand(name, commands)).toThrow(expect.objectContaining({ message }))
})
