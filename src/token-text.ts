// A token as people paste it.

/** A part of a token, or what stands between and behind the parts. */
export interface Segment {
  readonly part: 'header' | 'payload' | 'signature' | 'other'
  readonly text: string
}

/** The token in a pasted text: no words of its header before it, and no line breaks of a terminal or a mail within. */
export function toToken(text: string): string {
  return text.replace(/^\s*(?:Authorization:\s*)?Bearer\s+/i, '').replace(/\s+/g, '')
}

const PARTS = ['other', 'header', 'other', 'payload', 'other', 'signature', 'other'] as const
const PATTERN = /^(\s*(?:Authorization:\s*)?Bearer\s+)?([^.]*)(\.?)([^.]*)(\.?)([^.]*)([^]*)$/i

/** The text in pieces that, in a row, are the whole text again. */
export function segments(text: string): readonly Segment[] {
  const groups = PATTERN.exec(text)!.slice(1)
  return PARTS.map((part, i) => ({ part, text: groups[i] ?? '' })).filter((segment) => segment.text !== '')
}
