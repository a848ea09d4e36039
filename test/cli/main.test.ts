import { describe, expect, test, vi } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { main } from '../../src/cli/main.ts'
import { openTerminal, run } from './terminal.ts'

test.each([['--version'], ['-v']])('%s is the version', async (arg) => {
  expect(await run([arg])).toMatchObject({ status: 0, out: '1.2.3\n', err: '' })
})

test.each([['--help'], ['-h'], ['help']])('%s lists the commands', async (arg) => {
  const { status, out, err } = await run([arg])
  expect({ status, err }).toEqual({ status: 0, err: '' })
  for (const { name } of commands) expect(out).toContain(`  ${name} `)
})

test('without a command, it lists them as an error', async () => {
  const { status, out, err } = await run([])
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toBe((await run(['help'])).out)
})

test.each(
  commands.flatMap(({ name }) => [
    [name, '--help'],
    [name, 'x', 'y', '-h'],
    ['help', name],
  ]),
)('%s %s is the help of a command', async (...args) => {
  const { status, out } = await run(args)
  const [name] = args.filter((arg) => commands.some((command) => command.name === arg)).slice(-1)
  expect(status).toBe(0)
  expect(out).toMatch(new RegExp(`^tittle ${name}: `))
})

describe('whoever mistypes is told in one line what to type', () => {
  test.each([
    [['verif'], 'tittle: there is no such command; did you mean verify?'],
    [['nonsense'], 'tittle: there is no such command; type tittle help'],
    [['help', 'verif'], 'tittle help: there is no such command; did you mean verify?'],
    [['eyJhbGciOiJFUzI1NiJ9.e30.c2ln'], 'tittle: a token is no command; type tittle decode TOKEN'],
    [['decode', '--jsn'], 'tittle decode: there is no option --jsn; did you mean --json?'],
    [
      ['decode', '--x\x1b[31m\u202e'],
      'tittle decode: there is no option --x\\u001b[31m\\u202e; type tittle decode --help',
    ],
    [['keygen', 'rs256'], 'tittle keygen: there is no such ALG; did you mean RS256?'],
  ])('%j', async (args, line) => {
    expect(await run(args)).toMatchObject({ status: 2, out: '', err: `${line}\n` })
  })
})

test('a refused token is an exit status of 1, and one line', async () => {
  expect(await run(['decode', 'a.b'])).toMatchObject({
    status: 1,
    out: '',
    err: expect.stringMatching(/^tittle decode: ERR_TOKEN_MALFORMED: not a strict JWT\. Copy [^\n]+\n$/),
  })
})

test.each([
  [new RangeError('a\nb'), 'a\\u000ab'],
  ['text', 'something unexpected was thrown'],
])('the unexpected is one line without a stack: %s', async (thrown, words) => {
  const { terminal, written } = openTerminal(['help'])
  const write = vi.spyOn(terminal.out, 'write').mockImplementation(() => {
    throw thrown
  })
  expect(await main(terminal)).toBe(2)
  expect(Buffer.concat(written.err).toString()).toBe(`tittle help: ${words}\n`)
  expect(write).toHaveBeenCalledOnce()
})

test('there are colours on a terminal, on either output by itself', async () => {
  expect((await run(['help'], { isTTY: true })).out).toContain('\x1b[1mUsage\x1b[0m')
  expect((await run([], { isTTY: true })).err).toContain('\x1b[1mUsage\x1b[0m')
  expect((await run(['help'], { isTTY: true, env: { NO_COLOR: '1' } })).out).not.toContain('\x1b')
})
