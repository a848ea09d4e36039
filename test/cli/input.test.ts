import { mkdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fileError, Input, readObject } from '../../src/cli/input.ts'
import { folderOf, openTerminal, type Surroundings } from './terminal.ts'

const inputOf = (around?: Surroundings) => new Input(openTerminal([], around).terminal.stdin)

describe('a source is read', () => {
  test('from a file, from standard input, and as text', async () => {
    const path = folderOf({ octets: Uint8Array.of(0, 255), text: '\u{feff}ä\n' })
    expect([...(await inputOf().bytes('--key', path('octets')))]).toEqual([0, 255])
    expect([...(await inputOf({ stdin: Uint8Array.of(1, 254) }).bytes('--key', '-'))]).toEqual([1, 254])
    expect(await inputOf().text('--key', path('text'))).toBe('ä\n')
    expect(await inputOf({ stdin: 'ä' }).text('--key', '-')).toBe('ä')
  })

  test('up to 1 MiB', async () => {
    const path = folderOf({ full: 'x'.repeat(1_048_576), over: 'x'.repeat(1_048_577) })
    expect(await inputOf().bytes('--key', path('full'))).toHaveLength(1_048_576)
    await expect(inputOf().bytes('--key', path('over'))).rejects.toThrow('--key has more than 1 MiB; ')
    await expect(inputOf({ stdin: 'x'.repeat(1_048_577) }).bytes('--key', '-')).rejects.toThrow('more than 1 MiB')
  })

  test('or the reason is told, without its name', async () => {
    const path = folderOf({ latin1: Uint8Array.of(0xe4) })
    mkdirSync(path('folder'))
    for (const [name, message] of [
      ['hunter2', '--key cannot be read; there is no file of that name'],
      ['folder', '--key cannot be read; it is a directory; name a file'],
      ['latin1/x', '--key cannot be read; there is a file where a directory is wanted'],
      ['latin1', '--key is not UTF-8 text; give it a text file'],
    ] as const) {
      await expect(inputOf().text('--key', path(name))).rejects.toThrow(expect.objectContaining({ message }))
    }
  })

  test('once, where it is standard input', async () => {
    const input = inputOf({ stdin: 'token' })
    await input.token('-')
    await expect(input.bytes('--key', '-')).rejects.toThrow(
      'the token and --key both want standard input; give one of them as a file',
    )
  })

  test.each([
    [Object.assign(new Error(), { code: 'EACCES' }), 'x; its permissions do not allow it'],
    [Object.assign(new Error(), { code: 'EMFILE' }), 'x; the system says EMFILE'],
    [undefined, 'x; the system says unknown'],
  ])('failures of the system have words', (error, message) => {
    expect(fileError('x', error).message).toBe(message)
  })
})

describe('a token comes', () => {
  const token = 'aa.bb.cc'
  test.each<[string, string | undefined, Surroundings]>([
    ['as an argument', token, {}],
    ['from standard input, by -', '-', { stdin: `${token}\n` }],
    ['from a pipe', undefined, { stdin: ` \r\n${token}` }],
    ['from a pipe, with a word of its header', undefined, { stdin: `Bearer ${token}\n` }],
    ['with another spelling of it', `bearer  ${token}`, {}],
    ['with its whole header', `Authorization: Bearer ${token}`, {}],
    ['in lines of a terminal', undefined, { stdin: 'aa.b\n  b.\r\ncc\n' }],
  ])('%s', async (_, operand, around) => {
    expect(await inputOf(around).token(operand)).toBe(token)
  })

  test('from a file, whatever it is called', async () => {
    const path = folderOf({ 'token.jwt': `${token}\n`, 'a.b.c': `Bearer ${token}` })
    for (const name of ['token.jwt', 'a.b.c']) expect(await inputOf().token(path(name))).toBe(token)
  })

  test.each<[string | undefined, Surroundings, string]>([
    [undefined, { isTTY: true }, 'the token is missing; type it, a file that holds it, or - for standard input'],
    [undefined, {}, 'the token is empty; give one'],
    ['-', { stdin: ' \n' }, 'the token is empty; give one'],
    ['missing.jwt', {}, 'the token cannot be read; there is no file of that name'],
    ['no/such/file', {}, 'the token cannot be read; there is no file of that name'],
  ])('or is asked for: %j', async (operand, around, message) => {
    await expect(inputOf(around).token(operand)).rejects.toThrow(expect.objectContaining({ message }))
  })

  test('and no folder is taken for one', async () => {
    expect(await inputOf().token('.')).toBe('.')
    expect(await inputOf().token('x'.repeat(20_000))).toHaveLength(20_000)
  })
})

describe('a JSON object is strict', () => {
  test('and read as it is', () => {
    expect(readObject('--claims', '{"a":{"b":[1,"ä"]}}')).toEqual({ a: { b: [1, 'ä'] } })
    expect(Object.keys(readObject('--claims', '{"__proto__":1}'))).toEqual(['__proto__'])
  })

  test.each(['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '{', '{}{}', '{"a":1e999}', '{"a":01}'])('%s is none', (json) => {
    expect(() => readObject('--claims', json)).toThrow('--claims is not one strict JSON object; type it as ')
  })

  test.each(['[]', '"text"', 'null', 'claims'])('%s is not even one', (json) => {
    expect(() => readObject('--claims', json)).toThrow(
      '--claims is neither JSON nor a file; see whether the file is there',
    )
  })
})
