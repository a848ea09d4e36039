// Text for a terminal. A token's words are hostile: nothing may drive the terminal but the colours that are put in here.
import { HIDDEN } from '../hidden.ts'
import type { Environment, Output } from './terminal.ts'

const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** The name of a colour, or of a weight. */
export type Colour = keyof typeof COLOURS

/** Colours text, where colours are wanted. */
export type Paint = (colour: Colour, text: string) => string

/** Colours for an output: on a terminal only, or by FORCE_COLOR; never with NO_COLOR. */
export function painter(env: Environment, output: Output): Paint {
  return isColourful(env, output) ? (colour, text) => `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : (_, text) => text
}

function isColourful(env: Environment, output: Output): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== '') return !['0', 'false'].includes(FORCE_COLOR)
  return output.isTTY === true && TERM !== 'dumb'
}

/** Text with every character spelled out that a terminal obeys, or hides, instead of showing it. */
export function visible(text: string): string {
  return text.replaceAll('\n', '\\u000a').replace(HIDDEN, escaped)
}

// As JSON has it: a character beyond the first 65536 is a pair.
const escaped = (character: string): string =>
  character
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

/** JSON in lines, which a terminal may show and a program may read. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(visible).join('\n')
}

const TOKENS = /("[^"\\]*(?:\\.[^"\\]*)*")(:?)|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g

/** The same in colours. */
export function colouredJson(paint: Paint, value: unknown): string {
  return jsonText(value).replace(TOKENS, (token, text: string | undefined, colon: string) => {
    if (text === undefined) return paint('yellow', token)
    return colon === '' ? paint('green', token) : `${paint('cyan', text)}:`
  })
}
