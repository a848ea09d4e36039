// Many strings for one token.
import { verifyJws } from 'tittle/jws'
import { decode } from 'tittle/decode'
import { accepted, each, expecting, type Attempt, type AttackClass } from './attack.ts'
import { base64url, CLAIMS, es, forge, hs, issue, open, openJws, parties, seal, type Party } from './forge.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const STRAY = [' ', '\n', '\r', '\t', '\0', '=', '+', '/', '.', '%', '\x7f', '\xa0', 'é', 'А', '𝐀', '\u200b', '\ufeff']

/** A text with something in place of each of its characters, and before it. */
function* strewn(text: string, stray: (character: string) => string): Generator<[what: string, text: string]> {
  for (const [index, character] of [...text].entries()) {
    const [before, after] = [text.slice(0, index), text.slice(index + 1)]
    const other = stray(character)
    yield [`${JSON.stringify(other)} for the character ${index}`, before + other + after]
    yield [`${JSON.stringify(other)} before the character ${index}`, before + other + character + after]
  }
}

/** The segments of a base64url text that decode to the same octets in a forgiving decoder. */
function respelled(segment: string): { readonly [how: string]: string } {
  const bits = { 0: 0, 2: 4, 3: 2 }[segment.length % 4] ?? 0
  const last = ALPHABET.indexOf(segment.at(-1) ?? '')
  const trailing = [...Array(2 ** bits).keys()].slice(1)
  const standard = segment.replaceAll('-', '+').replaceAll('_', '/')
  return {
    ...Object.fromEntries(
      trailing.map((tail) => [`with the trailing bits ${tail}`, segment.slice(0, -1) + ALPHABET[last + tail]]),
    ),
    'with one sign of padding': `${segment}=`,
    'with two signs of padding': `${segment}==`,
    'with three signs of padding': `${segment}===`,
    'with padding in percents': `${segment}%3D`,
    'with a line feed behind it': `${segment}\n`,
    'with a space before it': ` ${segment}`,
    'in lines': `${segment.slice(0, 4)}\r\n${segment.slice(4)}`,
    'with a NUL behind it': `${segment}\0`,
    ...(segment.length % 4 === 0 && { 'with six bits more': `${segment}A` }),
    ...(standard !== segment && { 'in the alphabet of plain base64': standard }),
  }
}

const PLACES = ['header', 'payload', 'signature']

/** A token of which one segment is put in other words. */
function withSegment(token: string, place: number, segment: string): string {
  return token
    .split('.')
    .map((original, index) => (index === place ? segment : original))
    .join('.')
}

// Segments of all lengths that base64url may have, and with the characters in which its alphabet differs.
const variants = (party: Party): string[] =>
  ['', '~', '~~'].map((filler) => issue(party, { filler: `?>~${filler}` }, { kid: `?>~${filler}` }))

function* respelledAttempts(party: Party): Generator<Attempt> {
  for (const token of variants(party)) {
    yield [`a token of ${token.length} characters`, 'accepted', () => open(token, party)]
    for (const [place, original] of token.split('.').entries()) {
      for (const [how, segment] of Object.entries(respelled(original))) {
        const other = withSegment(token, place, segment)
        yield [`the ${PLACES[place]} ${how}`, 'refused', () => open(other, party)]
        yield [`the ${PLACES[place]} ${how}, as a JWS`, 'refused', () => openJws(other, party)]
        if (place === 2) continue
        const [header, payload] = other.split('.')
        const signed = seal(`${header}.${payload}`, party.sign)
        yield [`the ${PLACES[place]} ${how}, signed so`, 'refused', () => open(signed, party)]
        yield [`the ${PLACES[place]} ${how}, signed so, as a JWS`, 'refused', () => openJws(signed, party)]
      }
    }
  }
}

function* strewnAttempts(party: Party, stray: (character: string) => string): Generator<Attempt> {
  const token = issue(party)
  yield [`a token for ${party.alg}`, 'accepted', () => open(token, party)]
  const { alg } = party
  for (const [place, original] of token.split('.').entries()) {
    for (const [what, segment] of strewn(original, stray)) {
      const other = withSegment(token, place, segment)
      yield [`in the ${PLACES[place]} ${what}`, 'refused', () => verifyJws(other, party.key, { algorithms: [alg] })]
    }
  }
}

// The octets of a token are its characters; who cuts a character down to eight bits reads these as the same.
const sameLowByte = (character: string): string => String.fromCharCode(character.charCodeAt(0) + 0x100)
const fullWidth = (character: string): string => String.fromCharCode(character.charCodeAt(0) + 0xfee0)

const UNENCODED = { alg: 'HS256', b64: false, crit: ['b64'] }

export const encoding: readonly AttackClass[] = [
  {
    name: 'no stray character passes at any place of any segment (CVE-2022-25898)',
    attempts: () => [
      ...STRAY.flatMap((stray) => [...strewnAttempts(hs, () => stray)]),
      ...[sameLowByte, fullWidth].flatMap((stray) => [...strewnAttempts(hs, stray)]),
      ...[sameLowByte, fullWidth].flatMap((stray) => [...strewnAttempts(es, stray)]),
    ],
  },
  {
    name: 'a token has one spelling: base64url without padding, white space or spare bits (CVE-2022-25898, RFC 8725bis §3.14)',
    attempts: () => parties.flatMap((party) => [...respelledAttempts(party)]),
  },
  {
    name: 'a token that is not the whole string is none (CVE-2022-39227)',
    attempts: () =>
      parties.flatMap((party) => {
        const token = issue(party)
        const around = [
          ' ',
          '\n',
          '\r\n',
          '\t',
          '\0',
          '"',
          "'",
          'Bearer ',
          '\ufeff',
          ';',
          ',',
          '.',
          '..',
          `${token},`,
          `${token} `,
        ]
        return [
          ...accepted({ [`a token for ${party.alg}`]: () => open(token, party) }),
          ...each('a token after', around, 'refused', (before) => open(before + token, party)),
          ...each('a token before', around, 'refused', (after) => open(token + after, party)),
        ]
      }),
  },
  {
    name: 'an unencoded payload has one spelling too (RFC 7797 §5.2)',
    attempts: () => {
      const sealed = (payload: string, signed = payload) => {
        const header = base64url(UNENCODED)
        return `${header}.${payload}.${base64url(hs.sign(`${header}.${signed}`))}`
      }
      const read = (token: string) => openJws(token, hs, { crit: ['b64'] })
      return [
        ...accepted({ 'printable ASCII': () => read(sealed('$02 ~ {"a":1}')) }),
        ...expecting('ERR_TOKEN_MALFORMED', {
          'characters of the same low byte': () => read(sealed([...'abc'].map(sameLowByte).join(''), 'abc')),
          'a dot': () => read(sealed('$.02')),
          'a line feed': () => read(sealed('a\n')),
          'a NUL': () => read(sealed('a\0')),
          'a letter with an accent': () => read(sealed('\xe9')),
        }),
        ...expecting('ERR_SIGNATURE', { 'another payload': () => read(sealed('abd', 'abc')) }),
      ]
    },
  },
  {
    name: 'what is read without trust is spelled as strictly (jwt-decode)',
    attempts: () => {
      const token = forge({ alg: 'HS256', kid: '?>~' }, { ...CLAIMS, filler: '?>~~' }, hs.sign)
      return [
        ...accepted({ 'a token': () => decode(token) }),
        ...token
          .split('.')
          .flatMap((original, place) =>
            Object.entries(respelled(original)).map(([how, segment]): Attempt => [
              `the ${PLACES[place]} ${how}`,
              'ERR_TOKEN_MALFORMED',
              () => decode(withSegment(token, place, segment)),
            ]),
          ),
      ]
    },
  },
]
