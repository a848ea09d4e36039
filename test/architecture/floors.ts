import { finding, type Rule, type Source } from './source.ts'

interface Place {
  readonly floor: number
  /** The highest floor it may import from, where that is lower than the one below it. */
  readonly reach?: number
}

/** The law: imports go to strictly lower floors. A name that ends in `*` stands for all that begin so. */
const floors: Readonly<Record<string, Place>> = {
  'errors.ts': { floor: 0 },
  'base64url.ts': { floor: 0 },
  'options.ts': { floor: 0 },
  'json.ts': { floor: 1 },
  'time.ts': { floor: 1 },
  'algorithms.ts': { floor: 2 },
  'header.ts': { floor: 3 },
  'claims.ts': { floor: 3 },
  'jwk.ts': { floor: 3 },
  'pem.ts': { floor: 3 },
  'secret.ts': { floor: 3 },
  'der.ts': { floor: 2 },
  'schema.ts': { floor: 5 },
  'crypto/provider.ts': { floor: 4 },
  'crypto/node-hmac.ts': { floor: 4 },
  'crypto/ecdsa.ts': { floor: 4 },
  'crypto/node.ts': { floor: 5 },
  'crypto/web.ts': { floor: 5 },
  'crypto/index.ts': { floor: 6 },
  'key.ts': { floor: 7 },
  'key-export.ts': { floor: 8 },
  'keys.ts': { floor: 9 },
  'candidates.ts': { floor: 8 },
  'memo.ts': { floor: 8 },
  'compact.ts': { floor: 9 },
  'jws.ts': { floor: 10 },
  'jwt.ts': { floor: 10 },
  'sign.ts': { floor: 10 },
  'index.ts': { floor: 11 },
  'decode.ts': { floor: 10, reach: 1 },
  'jwks-fetch.ts': { floor: 10 },
  'jwks-local.ts': { floor: 10 },
  'jwks-settings.ts': { floor: 11 },
  'jwks-remote.ts': { floor: 12 },
  'jwks-ring.ts': { floor: 11 },
  'jwks-discovery.ts': { floor: 13 },
  'jwks.ts': { floor: 14 },
  'session/store.ts': { floor: 15 },
  'session/hygiene.ts': { floor: 15 },
  'session/session.ts': { floor: 16 },
  'session/memory.ts': { floor: 16 },
  'session/sqlite.ts': { floor: 16 },
  'session/postgres.ts': { floor: 16 },
  'session/redis.ts': { floor: 16 },
  'session/conformance-sample.ts': { floor: 16 },
  'session/conformance-rotation.ts': { floor: 17 },
  'session/conformance.ts': { floor: 18 },
  'session/events.ts': { floor: 17 },
  'session/settings.ts': { floor: 18 },
  'session/tokens.ts': { floor: 19 },
  'session/outside.ts': { floor: 19 },
  'session/access.ts': { floor: 20 },
  'session/lifecycle.ts': { floor: 20 },
  'session/sessions.ts': { floor: 21 },
  'session/index.ts': { floor: 22 },
  'http-request.ts': { floor: 15 },
  'http-bearer.ts': { floor: 16 },
  'http-cookies.ts': { floor: 16 },
  'http-csrf.ts': { floor: 17 },
  'http-https.ts': { floor: 16 },
  'http-challenge.ts': { floor: 16 },
  'http-authenticate.ts': { floor: 18 },
  'http.ts': { floor: 19 },
  'advice.ts': { floor: 1 },
  'hidden.ts': { floor: 0 },
  'dates.ts': { floor: 2 },
  'key-text.ts': { floor: 11 },
  'explain.ts': { floor: 11 },
  'lint-rule.ts': { floor: 11 },
  'lint-algorithms.ts': { floor: 12 },
  'lint-secret.ts': { floor: 11 },
  'lint-cookie.ts': { floor: 12 },
  'lint-jwks.ts': { floor: 13 },
  'lint-policy.ts': { floor: 13 },
  'lint-token.ts': { floor: 16 },
  'lint.ts': { floor: 17 },
  'cli/terminal.ts': { floor: 23 },
  'cli/usage.ts': { floor: 23 },
  'cli/style.ts': { floor: 24 },
  'cli/input.ts': { floor: 24 },
  'cli/secrets.ts': { floor: 24 },
  'cli/files.ts': { floor: 25 },
  'cli/command.ts': { floor: 25 },
  'cli/show.ts': { floor: 25 },
  'cli/arguments.ts': { floor: 26 },
  'cli/help.ts': { floor: 26 },
  'cli/completion.ts': { floor: 26 },
  'cli/key-files.ts': { floor: 26 },
  'cli/policy.ts': { floor: 26 },
  'cli/keys.ts': { floor: 27 },
  'cli/commands/*': { floor: 28 },
  'cli/commands.ts': { floor: 29 },
  'cli/main.ts': { floor: 30 },
  'cli/index.ts': { floor: 31 },
  'relative-time.ts': { floor: 1 },
  'token-text.ts': { floor: 0 },
  'inspector/glossary.ts': { floor: 23 },
  'inspector/json-fault.ts': { floor: 23 },
  'inspector/verification.ts': { floor: 23 },
  'inspector/signing.ts': { floor: 24 },
  'inspector/timeline.ts': { floor: 24 },
  'inspector/page/dom.ts': { floor: 24 },
  'inspector/page/decoded.ts': { floor: 25 },
  'inspector/page/verdict.ts': { floor: 25 },
  'inspector/page/editor.ts': { floor: 26 },
  'inspector/page/page.ts': { floor: 27 },
}

export const floorRules: readonly Rule[] = [
  {
    name: 'every file has a floor',
    check: (sources) =>
      sources.filter(({ path }) => !placeOf(path)).map((source) => finding(source, 1, 'is on no floor')),
    broken: [{ 'utils.ts': '' }, { 'crypto/helpers.ts': '' }],
  },
  {
    name: 'imports go to lower floors only',
    check: (sources) => sources.flatMap(climbs),
    broken: [
      { 'errors.ts': `import type { Key } from './keys.ts'` },
      { 'crypto/node.ts': `import { web } from './web.ts'` },
      { 'json.ts': `export * from './errands.ts'` },
      { 'keys.ts': `type Policy = import('./jwt.ts').Policy` },
      { 'decode.ts': `import { parseHeader } from './header.ts'` },
      { 'jwt.ts': `const { decode } = await import('./decode.ts')` },
    ],
  },
  {
    name: 'imports make no cycle',
    check: (sources) =>
      sources.flatMap((source) => {
        const cycle = cycleFrom(source.path, new Map(sources.map(({ path, imports }) => [path, imports])))
        return cycle ? [finding(source, 1, `imports itself: ${cycle.join(' -> ')}`)] : []
      }),
    broken: [
      { 'json.ts': `import './json.ts'` },
      {
        'keys.ts': `import './header.ts'`,
        'header.ts': `import './crypto/node.ts'`,
        'crypto/node.ts': `import type {} from '../keys.ts'`,
      },
    ],
  },
]

function placeOf(path: string): Place | undefined {
  const family = Object.keys(floors).find((name) => name.endsWith('*') && path.startsWith(name.slice(0, -1)))
  return floors[path] ?? (family ? floors[family] : undefined)
}

function climbs(source: Source): string[] {
  const from = placeOf(source.path)
  if (!from) return []
  const highest = from.reach ?? from.floor - 1
  return source.imports.flatMap(({ specifier, target, line }) => {
    if (target === undefined) return []
    const floor = placeOf(target)?.floor
    if (floor !== undefined && floor <= highest) return []
    const where = floor === undefined ? 'no floor' : `floor ${floor}`
    return [finding(source, line, `imports '${specifier}' on ${where}; it may reach floors 0 to ${highest}`)]
  })
}

function cycleFrom(start: string, imports: ReadonlyMap<string, Source['imports']>): string[] | undefined {
  const seen = new Set<string>()
  const walk = (path: string, trail: string[]): string[] | undefined => {
    for (const { target } of imports.get(path) ?? []) {
      if (target === start) return [...trail, start]
      if (target === undefined || seen.has(target)) continue
      seen.add(target)
      const cycle = walk(target, [...trail, target])
      if (cycle) return cycle
    }
    return undefined
  }
  return walk(start, [start])
}
