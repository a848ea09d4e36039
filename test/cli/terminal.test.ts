import process from 'node:process'
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import type { ExitStatus, Output, Stdin, Terminal } from '../../src/cli/terminal.ts'
import manifest from '../../package.json' with { type: 'json' }

test('a process has what a terminal is made of', () => {
  expectTypeOf(process.stdout).toExtend<Output>()
  expectTypeOf(process.stdin).toExtend<Stdin>()
  expectTypeOf<ExitStatus>().toExtend<typeof process.exitCode>()
  expect(typeof process.stdout.write).toBe('function')
})

describe('the bin', () => {
  const { argv, exitCode } = process
  type Listener = (error?: Error) => void
  const emitters: readonly [emitter: NodeJS.EventEmitter, event: string][] = [
    [process.stdout, 'error'],
    [process, 'SIGINT'],
  ]
  const before = new Set(emitters.flatMap(([emitter, event]) => emitter.listeners(event)))
  const added = (event: string): Listener[] =>
    emitters
      .filter((each) => each[1] === event)
      .flatMap(([emitter]) => emitter.listeners(event) as Listener[])
      .filter((listener) => !before.has(listener))

  beforeEach(() => {
    vi.resetModules()
    process.argv = ['node', 'tittle', 'decode', '--json']
  })

  afterEach(() => {
    vi.doUnmock('../../src/cli/main.ts')
    process.argv = argv
    process.exitCode = exitCode
    for (const [emitter, event] of emitters) {
      for (const listener of added(event)) emitter.removeListener(event, listener)
    }
  })

  /** Starts it, and takes what it gives to `main`. */
  async function start(status: ExitStatus): Promise<Terminal> {
    const main = vi.fn(async (_: Terminal) => status)
    vi.doMock('../../src/cli/main.ts', () => ({ main }))
    await import('../../src/cli/index.ts')
    return main.mock.calls[0]?.[0] as Terminal
  }

  test('is the process, and ends with the status of the command', async () => {
    const terminal = await start(2)
    expect(process.exitCode).toBe(2)
    expect(terminal).toMatchObject({ args: ['decode', '--json'], version: manifest.version })
    expect([terminal.env, terminal.stdin, terminal.out, terminal.err]).toEqual(
      expect.arrayContaining([process.env, process.stdin, process.stdout, process.stderr]),
    )
    expect(terminal.page.pathname).toMatch(/\/inspector\.html$/)
    expect(Math.abs(terminal.clock() - Date.now() / 1000)).toBeLessThan(60)
  })

  test('leaves Ctrl-C to the process, unless a command asks for it', async () => {
    const terminal = await start(0)
    expect(added('SIGINT')).toHaveLength(0)
    const { stop } = terminal
    const [interrupt] = added('SIGINT')
    expect(stop.aborted).toBe(false)
    interrupt?.()
    expect(stop.aborted).toBe(true)
  })

  test('ends without a word when nobody reads on', async () => {
    await start(0)
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    const [hangUp] = added('error')
    hangUp?.(Object.assign(new Error(), { code: 'EPIPE' }))
    expect(exit).toHaveBeenCalledExactlyOnceWith()
    exit.mockRestore()
  })

  test('ends in one line when nothing can be written', async () => {
    await start(0)
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const [fail] = added('error')
    fail?.(Object.assign(new Error('disk'), { code: 'ENOSPC' }))
    expect(write.mock.calls).toEqual([['tittle: standard output cannot be written; the system says ENOSPC\n']])
    expect(exit).toHaveBeenCalledExactlyOnceWith(2)
    write.mockRestore()
    exit.mockRestore()
  })
})
