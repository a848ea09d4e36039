// The text of the token's field, as people paste it.

/** A part of a token, or what stands between and behind the parts. */
export interface Segment {
  readonly part: 'header' | 'payload' | 'signature' | 'other'
  readonly text: string
}

/** The token in a pasted text: no `Bearer` before it, and no line breaks of a terminal or a mail within. */
export function toToken(text: string): string {
  return text.replace(/^\s*Bearer\s+/i, '').replace(/\s+/g, '')
}

const PARTS = ['other', 'header', 'other', 'payload', 'other', 'signature', 'other'] as const
const PATTERN = /^(\s*Bearer\s+)?([^.]*)(\.?)([^.]*)(\.?)([^.]*)([^]*)$/i

/** The text in pieces that, in a row, are the whole text again. */
export function segments(text: string): readonly Segment[] {
  const groups = PATTERN.exec(text)!.slice(1)
  return PARTS.map((part, i) => ({ part, text: groups[i] ?? '' })).filter((segment) => segment.text !== '')
}

/** The token that a URL's fragment hands over, as `#token=…`. */
export function handedOver(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? undefined
}
