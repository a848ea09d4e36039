import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { helpOf, overview } from '../../src/cli/help.ts'

const plain = (_: string, text: string): string => text
const lines = (text: string): string[] => text.split('\n')

test('the overview has every command with its summary', () => {
  const text = overview(plain, commands)
  for (const { name, summary } of commands) {
    expect(lines(text).filter((line) => line.startsWith(`  ${name} `) && line.endsWith(`  ${summary}`))).toHaveLength(1)
  }
  expect(text).toContain('  -v, --version  shows the version')
})

describe.each(commands.map((command) => [command.name, command] as const))('the help of %s', (name, command) => {
  const text = helpOf(plain, command)

  test('has its usage, each option and two examples', () => {
    expect(text).toContain(`\nUsage\n  tittle ${name}`)
    for (const [option, { help }] of Object.entries(command.options)) {
      expect(
        lines(text).filter((line) => line.startsWith(`  --${option} `) && line.endsWith(`  ${help}`)),
      ).toHaveLength(1)
    }
    for (const [line, effect] of command.examples) expect(text).toContain(`\n  ${line}\n      ${effect}`)
  })

  test('says which words there are', () => {
    for (const word of command.words ?? []) expect(text).toContain(word)
  })

  test('fits a window of 100 columns', () => {
    expect(lines(text).filter((line) => line.length > 100)).toEqual([])
  })

  test('is coloured where colours are wanted', () => {
    const coloured = helpOf((colour, words) => `<${colour}>${words}</>`, command)
    expect(coloured).toContain('<bold>Usage</>')
    expect(coloured.replaceAll(/<[a-z]*>|<\/>/g, '')).toBe(text)
  })
})
