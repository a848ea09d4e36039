// Completion for shells, made from the descriptions of the commands.
import type { AnyOption, Command, Text } from './command.ts'

/** What makes the script of each shell. */
export const completionScripts: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish }

/** What an operand may be: the words of a command, or the names of all for its help. */
function wordsOf({ name, words = [] }: Command, commands: readonly Command[]): readonly string[] {
  return name === 'help' ? commands.map((command) => command.name) : words
}

const takesOperands = ({ operands: [, most] }: Command): boolean => most > 0

const optionsOf = ({ options }: Command): readonly (readonly [string, AnyOption])[] => [
  ...Object.entries(options),
  ['help', { help: 'shows the options of the command' }],
]

const choicesOf = (option: AnyOption): readonly string[] => ('value' in option ? (option.choices ?? []) : [])

const isPath = (option: Text): boolean => /FILE|DIR/.test(option.value)

// Where nothing is offered, bash completes the names of files.
function bash(commands: readonly Command[]): string {
  const cases = commands.flatMap((command) => {
    const options = optionsOf(command)
    const values = options.flatMap(([name, option]) =>
      'value' in option ? [`    '${command.name} --${name}') words='${choicesOf(option).join(' ')}' ;;`] : [],
    )
    const names = options.map(([name]) => `--${name}`).join(' ')
    const words = wordsOf(command, commands).join(' ')
    return [...values, `    '${command.name} '*) words='${words}'; [[ $current == -* ]] && words='${names}' ;;`]
  })
  return `# bash completion of tittle
_tittle() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" words=''
  # --alg=E is three words, and --alg= two.
  [[ $previous == = ]] && previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  [[ $current == = ]] && current=''
  case "\${COMP_WORDS[1]} $previous" in
${cases.join('\n')}
  esac
  ((COMP_CWORD > 1)) || words='${commands.map(({ name }) => name).join(' ')} --help --version'
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tittle tittle`
}

function zsh(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')
  const value = (option: Text): string => {
    const choices = choicesOf(option)
    if (choices.length > 0) return `:${option.value}:(${choices.join(' ')})`
    return `:${plain(option.value)}:${isPath(option) ? '_files' : ' '}`
  }
  const cases = commands.map((command) => {
    const options = optionsOf(command).map(([name, option]) =>
      quote(
        `${'multiple' in option ? '*' : ''}--${name}[${plain(option.help)}]${'value' in option ? value(option) : ''}`,
      ),
    )
    const words = wordsOf(command, commands)
    const operand = words.length > 0 ? `1:word:(${words.join(' ')})` : '1:file:_files'
    const operands = takesOperands(command) ? [quote(operand), quote('*:file:_files')] : []
    return `    ${command.name}) _arguments ${[...options, ...operands].join(' ')} ;;`
  })
  const names = commands.map(({ name, summary }) => quote(`${name}:${plain(summary)}`)).join(' ')
  return `#compdef tittle
_tittle() {
  local -a commands=(${names})
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
compdef _tittle tittle
if [[ $funcstack[1] == _tittle ]]; then _tittle; fi`
}

function fish(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`
  const lines = commands.flatMap((command) => {
    const when = `complete -c tittle -n '__fish_seen_subcommand_from ${command.name}'`
    const words = wordsOf(command, commands)
    const operand = words.length > 0 ? [`${when} -a ${quote(words.join(' '))}`] : []
    const files = takesOperands(command) && words.length === 0 ? [`${when} -F`] : []
    const options = optionsOf(command).map(([name, option]) => {
      const choices = choicesOf(option)
      const value = 'value' in option ? (isPath(option) ? ' -r -F' : ' -x') : ''
      return `${when} -l ${name}${value}${choices.length > 0 ? ` -a ${quote(choices.join(' '))}` : ''} -d ${quote(option.help)}`
    })
    const name = `complete -c tittle -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`
    return [name, ...operand, ...files, ...options]
  })
  return ['complete -c tittle -f', ...lines].join('\n')
}
