// The help of every command, and the completion of the shells that are installed.
import assert from 'node:assert/strict'
import { commandNames, expectStatus, openShell } from './shell.mjs'

export function helpChecks({ check }) {
  const shell = openShell()
  for (const name of commandNames(shell)) {
    check(`tittle ${name} --help has two examples`, () => {
      const { stdout } = expectStatus(shell, 0, `tittle ${name} --help`)
      assert.ok((stdout.match(new RegExp(`\\btittle ${name}\\b`, 'g')) ?? []).length >= 3, stdout)
    })
  }
  check('the completion of bash completes commands and options', () => {
    const complete = (words) =>
      `source <(tittle completion bash); COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); ` +
      `COMP_LINE="${words}"; COMP_POINT=\${#COMP_LINE}; ` +
      `$(complete -p tittle | sed 's/.*-F \\([^ ]*\\).*/\\1/') tittle "\${COMP_WORDS[COMP_CWORD]}"; echo "\${COMPREPLY[@]}"`
    assert.match(expectStatus(shell, 0, complete('tittle ver')).stdout, /^verify\s*$/)
    assert.match(expectStatus(shell, 0, complete('tittle verify --aud')).stdout, /^--audience\s*$/)
    assert.match(expectStatus(shell, 0, complete('tittle keygen ES2')).stdout, /^ES256\s*$/)
  })
  for (const [name, line, completed] of [
    [
      'zsh',
      'zsh -fc "autoload -U compinit; compinit -u; source completion; whence -w _tittle"',
      /^_tittle: function$/m,
    ],
    ['fish', 'fish -c \'source completion; complete -C "tittle ver"\'', /^verify\b/m],
    ['fish', 'fish -c \'source completion; complete -C "tittle verify --aud"\'', /^--audience\b/m],
  ]) {
    if (shell.run(`command -v ${name}`).status !== 0) {
      console.log(`skipped: the completion of ${name}, which is not installed`)
      continue
    }
    check(`the completion of ${name} is taken by it: ${completed}`, () => {
      const { stdout, stderr } = expectStatus(shell, 0, `tittle completion ${name} > completion; ${line}`)
      assert.match(stdout, completed)
      assert.equal(stderr, '')
    })
  }
  shell.close()
}
