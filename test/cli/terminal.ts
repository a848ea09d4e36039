// A terminal for the tests: what the command is given, and all that it writes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { exportJwk, importPrivateKey, sign, type SignOptions } from 'tittle'
import { main } from '../../src/cli/main.ts'
import type { Environment, ExitStatus, Terminal } from '../../src/cli/terminal.ts'
import { es256, NOW, rs256 } from '../setup/tokens.ts'

export { NOW }

/** What may be different from a pipe with nothing in it. */
export interface Surroundings {
  readonly stdin?: string | Uint8Array
  /** Whether a person sits in front of it. */
  readonly isTTY?: boolean
  readonly env?: Environment
  readonly page?: URL
  readonly stop?: AbortSignal
  /** Is told each line that goes to standard output. */
  readonly onOut?: (text: string) => void
}

/** What a command left behind. */
export interface Result {
  readonly status: ExitStatus
  readonly out: string
  readonly err: string
  /** Standard output, octet by octet. */
  readonly bytes: Buffer
}

/** A terminal, and what was written to it. */
export function openTerminal(args: readonly string[], around: Surroundings = {}) {
  const { stdin, isTTY = false, env = {}, onOut } = around
  const written: Record<'out' | 'err', Buffer[]> = { out: [], err: [] }
  const output = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string | Uint8Array): void => {
      written[name].push(Buffer.from(text))
      if (name === 'out') onOut?.(Buffer.from(text).toString())
    },
  })
  const terminal: Terminal = {
    args,
    env,
    stdin: Object.assign(piped(stdin), { isTTY: isTTY && stdin === undefined }),
    out: output('out'),
    err: output('err'),
    clock: () => NOW,
    version: '1.2.3',
    page: around.page ?? new URL('file:///nowhere/inspector.html'),
    stop: around.stop ?? new AbortController().signal,
  }
  return { terminal, written }
}

async function* piped(content: string | Uint8Array = ''): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  // In two pieces, of which the first may end within a character.
  yield bytes.subarray(0, bytes.length / 2)
  yield bytes.subarray(bytes.length / 2)
}

/** Runs the command in this process. */
export async function run(args: readonly string[], around?: Surroundings): Promise<Result> {
  const { terminal, written } = openTerminal(args, around)
  const status = await main(terminal)
  const bytes = Buffer.concat(written.out)
  return { status, out: bytes.toString(), err: Buffer.concat(written.err).toString(), bytes }
}

/** Makes a folder with these files until the test has finished, and says where they are. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'tittle-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return (name) => join(folder, name)
}

export const ISSUER = 'https://issuer.example'

/** The private JWK of ES256, under a name. */
export const privateJwk = JSON.stringify({ ...(await exportJwk(es256.privateKey)), kid: 'one' })

export const publicJwk = JSON.stringify({ ...(await exportJwk(es256.publicKey)), kid: 'one' })

/** A JWK that fits six algorithms, and names none. */
export const rsaJwk = JSON.stringify({ ...(await exportJwk(rs256.privateKey)), alg: undefined })

const signer = importPrivateKey(JSON.parse(privateJwk), 'ES256')

/** A token that its policy accepts for a quarter of an hour. */
export function tokenOf(claims: object = {}, options: Partial<SignOptions> = {}): Promise<string> {
  const usual = { issuer: ISSUER, audience: 'api', subject: 'alice', expiresIn: '15m', now: () => NOW } as const
  return sign(claims, signer, { ...usual, ...options, expiresIn: options.expiresIn ?? usual.expiresIn })
}

/** What refuses nothing of such a token but by its signature and its dates. */
export const LENIENT = ['--any-issuer', '--any-audience']
