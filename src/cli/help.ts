// The help of a command, made from its description.
import type { AnyOption, Command } from './command.ts'
import type { Paint } from './style.ts'

/** The list of the commands. */
export function overview(paint: Paint, commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return [
    'tittle: JSON Web Tokens, signed, verified and taken apart on your own machine',
    section(paint, 'Usage', ['  tittle COMMAND [arguments] [options]']),
    section(paint, 'Commands', columns(paint, rows)),
    section(paint, 'Everywhere', columns(paint, [HELP, ['-v, --version', 'shows the version']])),
    'Exit status: 0 done or accepted, 1 refused or something found, 2 misused.',
  ].join('\n\n')
}

const HELP = ['-h, --help', 'shows the options of a command, with two examples'] as const

/** The options of a command, and its two examples. */
export function helpOf(paint: Paint, { name, summary, usage, words = [], options, examples }: Command): string {
  const unsaid = inLines(words.filter((word) => !usage.includes(word)))
  const rows = Object.entries(options).map(([option, about]) => [optionText(option, about), about.help] as const)
  return [
    `tittle ${name}: ${summary}`,
    section(paint, 'Usage', [`  tittle ${name} ${usage}`, ...unsaid.map((line) => `    ${line}`)]),
    section(paint, 'Options', columns(paint, [...rows, HELP])),
    section(
      paint,
      'Examples',
      examples.flatMap(([line, effect]) => [`  ${paint('cyan', line)}`, `      ${effect}`]),
    ),
  ].join('\n\n')
}

const WORDS_IN_LINE = 9

function inLines(words: readonly string[]): readonly string[] {
  const [first, rest] = [words.slice(0, WORDS_IN_LINE), words.slice(WORDS_IN_LINE)]
  return first.length === 0 ? [] : [first.join(' '), ...inLines(rest)]
}

function optionText(name: string, option: AnyOption): string {
  const value = 'value' in option ? ` ${option.value}` : ''
  return `--${name}${value}${'multiple' in option ? ' …' : ''}`
}

function section(paint: Paint, title: string, lines: readonly string[]): string {
  return [paint('bold', title), ...lines].join('\n')
}

function columns(paint: Paint, rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${paint('cyan', left.padEnd(width))}  ${right}`)
}
