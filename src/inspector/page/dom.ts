// The page's elements. Text goes in as text, never as markup.
import { pieces } from '../../hidden.ts'

/** Makes an element with a class, if any, and what is in it. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

/** Makes an element of a drawing. */
export function shape(
  tag: keyof SVGElementTagNameMap,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}

/** Text of somebody else's, in which what nobody would see is shown by its name. */
export function foreign(text: string): readonly (Node | string)[] {
  return pieces(text).map((piece) => (piece.hidden ? el('span', 'hidden-character', piece.text) : piece.text))
}

/** A message, as a sentence of its own; a name that it begins with stays as it is. */
export const sentence = (message: string): string =>
  `${message.replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1))}.`

/** An element of the page, of a kind. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new TypeError(`the page has no ${kind.name} with the id ${id}`)
}

export const area = (id: string): HTMLTextAreaElement => byId(id, HTMLTextAreaElement)

export const choice = (id: string): HTMLSelectElement => byId(id, HTMLSelectElement)

export const part = (id: string): HTMLElement => byId(id, HTMLElement)

/** Does something whenever a button is pressed. */
export function onPress(id: string, action: () => void | Promise<void>): void {
  byId(id, HTMLButtonElement).addEventListener('click', () => void action())
}

/** Puts a text on the clipboard, and where that is not allowed selects it for the keyboard. */
export async function copy(field: HTMLTextAreaElement, status: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value)
    status.textContent = 'Copied.'
  } catch {
    field.select()
    status.textContent = 'The clipboard is closed to this page; the text is selected, so that you can copy it.'
  }
}
