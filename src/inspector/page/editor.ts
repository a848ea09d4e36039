// The editor: claims and a key in, a signed token out.
import { algorithms, type Algorithm, type Duration } from '../../index.ts'
import { makeKey, signDraft, toAlgorithm, type Signed } from '../signing.ts'
import type { Decoded } from './decoded.ts'
import { area, byId, choice, copy, el, foreign, onPress, part } from './dom.ts'

const EMPTY: Decoded = {
  header: { typ: 'JWT' },
  claims: { iss: 'https://login.example.com', aud: 'https://api.example.com', sub: 'alice' },
}

/** Makes the editor work; `decoded` is what it begins with, and `onSigned` is told what comes of it. */
export function startEditor(decoded: () => Decoded | undefined, onSigned: (signed: Signed) => void): void {
  const toggle = byId('edit', HTMLButtonElement)
  const key = area('sign-key')
  choice('sign-algorithm').append(...algorithms.map((alg) => new Option(alg)))

  onPress('edit', () => {
    const open = part('editor').hidden
    part('editor').hidden = !open
    toggle.setAttribute('aria-expanded', String(open))
    if (!open) return
    fill(decoded() ?? EMPTY)
    area('sign-claims').focus()
  })
  onPress('generate', () =>
    saying('The key is new, and nowhere but on this page.', async () => {
      key.value = await makeKey(chosen())
    }),
  )
  onPress('copy-key', () => copy(key, part('sign-said')))
  onPress('sign', () =>
    saying('Signed: the token is above, and what verifies it is in the field of the key.', async () => {
      const lifetime = choice('lifetime').value as Duration | ''
      onSigned(
        await signDraft({
          algorithm: chosen(),
          header: area('sign-header').value,
          claims: area('sign-claims').value,
          key: key.value,
          expiresIn: lifetime || null,
        }),
      )
    }),
  )
}

const chosen = (): Algorithm => toAlgorithm(choice('sign-algorithm').value) ?? 'ES256'

function fill({ header, claims }: Decoded): void {
  const { alg, ...others } = header
  choice('sign-algorithm').value = toAlgorithm(alg) ?? 'ES256'
  choice('lifetime').value = '5m'
  area('sign-header').value = JSON.stringify(others, undefined, 2)
  area('sign-claims').value = JSON.stringify(claims, undefined, 2)
}

async function saying(done: string, action: () => Promise<void>): Promise<void> {
  const said = part('sign-said')
  try {
    await action()
    said.className = 'quiet'
    said.textContent = done
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    said.className = 'wrong'
    said.replaceChildren(el('strong', '', 'Not done: '), ...foreign(error.message))
  }
}
