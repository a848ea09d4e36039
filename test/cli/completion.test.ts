import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { define, flag, list, text, type Command } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands.ts'
import { completionScripts } from '../../src/cli/completion.ts'
import { folderOf } from './terminal.ts'

const scriptOf = (shell: string, of: readonly Command[] = commands): string => completionScripts[shell]?.(of) ?? ''

test('there is a script for three shells', () => {
  expect(Object.keys(completionScripts)).toEqual(['bash', 'zsh', 'fish'])
})

test.each(Object.keys(completionScripts))('the script of %s names every command and every option', (shell) => {
  const script = scriptOf(shell)
  for (const { name, options } of commands) {
    expect(script).toMatch(new RegExp(`\\b${name}\\b`))
    for (const option of Object.keys(options)) expect(script).toMatch(new RegExp(`(--|-l )${option}\\b`))
  }
})

const odd = define({
  name: 'odd',
  summary: `it's odd: [a]\\b`,
  usage: '',
  operands: [0, 0],
  options: {
    flag: flag(`a 'flag' [with] marks: \\`),
    url: text('URL:PORT', 'no file'),
    dir: text('DIR', 'a directory'),
    alg: list('ALG', 'one of two', ['ES256', 'RS256']),
  },
  examples: [
    ['', ''],
    ['', ''],
  ],
  run: async () => 0,
})

test('zsh is told of kinds of options in its own marks', () => {
  expect(scriptOf('zsh', [odd])).toContain(`local -a commands=('odd:it'\\''s odd\\: \\[a\\]\\\\b')`)
  expect(scriptOf('zsh', [odd])).toContain(
    [
      `    odd) _arguments '--flag[a '\\''flag'\\'' \\[with\\] marks\\: \\\\]'`,
      `'--url[no file]:URL\\:PORT: '`,
      `'--dir[a directory]:DIR:_files'`,
      `'*--alg[one of two]:ALG:(ES256 RS256)'`,
      `'--help[shows the options of the command]' ;;`,
    ].join(' '),
  )
})

test('fish is told of kinds of options in its own marks', () => {
  const when = `complete -c tittle -n '__fish_seen_subcommand_from odd'`
  expect(scriptOf('fish', [odd]).split('\n')).toEqual([
    'complete -c tittle -f',
    `complete -c tittle -n __fish_use_subcommand -a odd -d 'it\\'s odd: [a]\\\\b'`,
    `${when} -l flag -d 'a \\'flag\\' [with] marks: \\\\'`,
    `${when} -l url -x -d 'no file'`,
    `${when} -l dir -r -F -d 'a directory'`,
    `${when} -l alg -x -a 'ES256 RS256' -d 'one of two'`,
    `${when} -l help -d 'shows the options of the command'`,
  ])
  const lines = scriptOf('fish').split('\n')
  expect(lines).toContain(`complete -c tittle -n '__fish_seen_subcommand_from decode' -F`)
  expect(lines).toContain(`complete -c tittle -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`)
})

describe.skipIf(spawnSync('bash', ['-c', 'true']).status !== 0)('bash, asked itself,', () => {
  test.each([
    ['ver', 'verify'],
    ['de', 'decode'],
    ['--v', '--version'],
    ['verify x --aud', '--audience'],
    ['verify x --alg HS', 'HS256 HS384 HS512'],
    ['verify x --alg = HS5', 'HS512'],
    ['convert x --to =', 'pem jwk der'],
    ['verify x --key = p', ''],
    ['verify x --hel', '--help'],
    ['keygen ES2', 'ES256'],
    ['keygen --o', '--out'],
    ['help dec', 'decode'],
    ['completion ', 'bash zsh fish'],
    ['jwks ', 'public'],
    // Where nothing is offered, it completes names of files.
    ['verify --key p', ''],
    ['decode p', ''],
    ['nonsense ', ''],
  ])('completes %j as %j', (line, expected) => {
    const words = ['tittle', ...line.split(' ')].map((word) => `'${word}'`).join(' ')
    const path = folderOf({ script: scriptOf('bash') })
    const asking = `source '${path('script')}'; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _tittle; echo "\${COMPREPLY[*]}"`
    expect(execFileSync('bash', ['-c', asking], { encoding: 'utf8' }).trim()).toBe(expected)
  })
})
