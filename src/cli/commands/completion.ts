// tittle completion: scripts for shells.
import { define, type Command } from '../command.ts'
import { completionScripts } from '../completion.ts'

export const completion: Command = define({
  name: 'completion',
  summary: 'prints a script that completes commands and options in a shell',
  usage: Object.keys(completionScripts).join('|'),
  operands: [1, 1],
  words: Object.keys(completionScripts),
  options: {},
  examples: [
    [
      'eval "$(tittle completion bash)"',
      'Completes in this shell; put the line into ~/.bashrc, or into ~/.zshrc for zsh.',
    ],
    ['tittle completion fish > ~/.config/fish/completions/tittle.fish', 'Completes in every fish from now on.'],
  ],
  async run({ operands, commands, print }) {
    const [shell = ''] = operands
    print(completionScripts[shell]?.(commands) ?? '')
    return 0
  },
})
