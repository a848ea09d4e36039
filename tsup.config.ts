import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { defineConfig } from 'tsup'

// esbuild is a dependency of tsup; one of our own could be another version.
const { build } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild')

/** The inspector: one file that holds its script and its style, and a policy that lets it run these and nothing else. */
export async function buildInspector(file = 'dist/inspector.html'): Promise<void> {
  const [script, style] = await Promise.all(['page.ts', 'page.css'].map(bundle))
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    // No text can become markup, whatever a later version of the script would do with it.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  const page = await readFile('src/inspector/page/page.html', 'utf8')
  const whole = page
    .replaceAll(/\n\s*/g, '\n')
    .replace('content=""', () => `content="${policy.join('; ')}"`)
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`)
  await writeFile(file, whole)
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`src/inspector/page/${name}`],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0].text.trim()
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      jws: 'src/jws.ts',
      decode: 'src/decode.ts',
      jwks: 'src/jwks.ts',
      http: 'src/http.ts',
      lint: 'src/lint.ts',
      session: 'src/session/index.ts',
      'session/sqlite': 'src/session/sqlite.ts',
      'session/postgres': 'src/session/postgres.ts',
      'session/redis': 'src/session/redis.ts',
      'session/conformance': 'src/session/conformance.ts',
    },
    format: ['esm', 'cjs'],
    target: 'es2022',
    // Without splitting, each CommonJS entry would carry a copy of JwtError of its own.
    splitting: true,
    treeshake: true,
    // All but what the other builds write at the same time.
    clean: ['!cli.js', '!inspector.html'],
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    onSuccess: () => buildInspector(),
  },
  {
    // The command: one file of its own, with all that it needs of the library.
    entry: { cli: 'src/cli/index.ts' },
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    splitting: false,
    treeshake: true,
    clean: false,
    dts: false,
    removeNodeProtocol: false,
  },
])
