// Every `console` block of the README, typed into a shell: what the command answers must be what the README shows.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { commandNames, openShell } from './shell.mjs'

const readme = resolve(import.meta.dirname, '../../README.md')

/** The commands of the blocks with what they print; one block after the other in the same folder. */
function readTranscripts(text) {
  return [...text.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((entry) => {
        const [line, ...output] = entry.trimEnd().split('\n')
        return { line, output: output.join('\n') }
      }),
  )
}

/** Tells whether output is the expected one, in which `…` stands for anything. */
export function fits(expected, seen) {
  const literal = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${expected.split('…').map(literal).join('[^]*')}$`).test(seen.trimEnd())
}

export function transcriptChecks({ check }) {
  const shell = openShell()
  const transcripts = readTranscripts(readFileSync(readme, 'utf8'))
  check('the README has transcripts', () => assert.ok(transcripts.length >= 10, `it has ${transcripts.length}`))
  check('a transcript that is wrong is found', () => {
    assert.equal(fits('OK …\nend', 'OK ES256\nend\n'), true)
    assert.equal(fits('OK …\nend', 'REFUSED\nend\n'), false)
  })
  for (const { line, output } of transcripts) {
    check(`README: $ ${line}`, () => {
      // What runs until it is interrupted is interrupted.
      const until = line.endsWith('# until Ctrl-C') ? 'timeout --signal=INT --kill-after=5 2 ' : ''
      const { stdout } = shell.run(`{ ${until}${line}\n} 2>&1`)
      assert.ok(fits(output, stdout), `it printed:\n${stdout}`)
    })
  }
  check('the transcripts show every command', () => {
    const commands = commandNames(shell)
    const shown = transcripts.map(({ line }) => line).join('\n')
    assert.ok(commands.length >= 10)
    assert.deepEqual(
      commands.filter((name) => !new RegExp(`\\btittle ${name}\\b`).test(shown)),
      [],
    )
  })
  shell.close()
}
