// The inspector's page: what is typed goes to the library, and what it answers is shown. Nothing is sent, nothing kept.
import { datesOf } from '../../dates.ts'
import { algorithms, type SecretEncoding } from '../../index.ts'
import { systemClock } from '../../time.ts'
import { segments, toToken } from '../../token-text.ts'
import { makeExample, toAlgorithm, type Signed } from '../signing.ts'
import { isSecret, judge } from '../verification.ts'
import { read, showDecoded, showTime, type Decoded } from './decoded.ts'
import { area, byId, choice, copy, el, onPress, part } from './dom.ts'
import { startEditor } from './editor.ts'
import { mark, showVerdict } from './verdict.ts'

// Beyond it no token is verified, and colours would slow the field down.
const MAX_COLOURED = 16_384

const field = area('token')
const key = area('key')

let decoded: Decoded | undefined
let asked = 0
let checkedAt = 0

function update(): void {
  const token = toToken(field.value)
  decoded = read(token)
  paint()
  showDecoded(token, decoded)
  void verify()
}

// The text lies, in colours, beneath the field, whose own is transparent.
function paint(): void {
  const coloured = field.value.length <= MAX_COLOURED
  const spans = coloured ? segments(field.value).map(({ part: name, text }) => el('span', name, text)) : []
  // What ends with a line break has one more line.
  part('colours').replaceChildren(...spans, '\n')
  field.classList.toggle('plain', !coloured)
}

async function verify(): Promise<void> {
  const turn = ++asked
  const token = toToken(field.value)
  checkedAt = systemClock()
  part('encoding-field').hidden = !isSecret(key.value)
  mark(false)
  const verdict = token
    ? await judge({
        token,
        key: key.value,
        encoding: choice('encoding').value as SecretEncoding,
        algorithm: toAlgorithm(choice('algorithm').value) ?? '',
        issuer: textOf('issuer'),
        audience: textOf('audience'),
        typ: textOf('typ'),
      })
    : undefined
  // Somebody may have typed on.
  if (turn === asked) showVerdict(verdict)
}

const textOf = (id: string): string => byId(id, HTMLInputElement).value.trim()

function tick(): void {
  if (!decoded) return
  const now = systemClock()
  showTime(decoded.claims)
  if (datesOf(decoded.claims).some(({ at }) => at > checkedAt && at <= now)) void verify()
}

function fill({ token, key: verifying }: Signed): void {
  field.value = token
  key.value = verifying
  choice('algorithm').value = ''
  update()
}

choice('algorithm').append(...algorithms.map((alg) => new Option(alg)))
field.addEventListener('input', update)
for (const id of ['key', 'encoding', 'algorithm', 'issuer', 'audience', 'typ']) {
  part(id).addEventListener('input', () => void verify())
}
onPress('example', async () => fill(await makeExample()))
onPress('copy-token', () => copy(field, part('said')))
onPress('clear', () => {
  fill({ token: '', key: '' })
  field.focus()
})
startEditor(() => decoded, fill)
setInterval(tick, 1000)
// `tittle inspect` may have put a token into the field.
update()
