import { finding, lineOf, type Rule, type Source } from './source.ts'

/** Words that may stand in some files only; comments may say anything. */
const words: readonly {
  readonly name: string
  readonly word: RegExp
  readonly except?: RegExp
  readonly only?: RegExp
  readonly broken: readonly Readonly<Record<string, string>>[]
}[] = [
  {
    // A passphrase is heavy work, and what an encrypted key serves shows only behind it: the command decrypts once, then asks.
    name: 'node:crypto is named only by crypto/node.ts and crypto/index.ts, and by cli/key-files.ts to decrypt',
    word: /node:crypto/,
    except: /^(crypto\/(node(-\w+)?|index)|cli\/key-files)\.ts$/,
    broken: [
      { 'keys.ts': `import type { KeyObject } from 'node:crypto'` },
      { 'crypto/web.ts': `load('node:crypto')` },
      { 'cli/keys.ts': `import 'node:crypto'` },
    ],
  },
  {
    name: 'other node: modules are named only in cli/',
    word: /\bnode:(?!crypto\b)/,
    except: /^cli\//,
    broken: [{ 'crypto/node.ts': `import { Buffer } from 'node:buffer'` }],
  },
  {
    name: 'crypto.subtle is named only by crypto/web.ts',
    word: /\bsubtle\b/,
    except: /^crypto\/web\.ts$/,
    broken: [{ 'keys.ts': 'const { subtle } = globalThis.crypto' }, { 'crypto/node.ts': 'crypto.subtle.sign()' }],
  },
  {
    name: 'fetch is named only by the remote key set',
    word: /(?<!-)\bfetch\b/,
    except: /^jwks-(fetch|remote|settings|discovery)\.ts$/,
    broken: [{ 'jwks.ts': 'const get = globalThis.fetch' }],
  },
  {
    name: 'the clock is read only by time.ts',
    word: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/,
    except: /^time\.ts$/,
    broken: [{ 'claims.ts': 'const now = Date.now' }, { 'jwt.ts': 'const now = +new Date()' }],
  },
  {
    name: 'the console is named only in cli/',
    word: /\bconsole\s*[.[]/,
    except: /^cli\//,
    broken: [{ 'jwt.ts': `// why\nconsole.log('x')` }],
  },
  {
    name: 'crypto/* never sees JSON',
    word: /\bJSON\b/,
    only: /^crypto\//,
    broken: [{ 'crypto/web.ts': 'JSON.stringify(jwk)' }],
  },
  {
    name: 'nothing is random but the providers',
    word: /\bMath\.random\b/,
    broken: [{ 'jwt.ts': 'const jti = Math.random()' }],
  },
]

/** Imports that a file must do without although its floor would allow them. */
const imports: readonly {
  readonly name: string
  readonly from: RegExp
  readonly never: RegExp
  readonly broken: readonly Readonly<Record<string, string>>[]
}[] = [
  {
    name: 'claims.ts never sees a token or a key',
    from: /^claims\.ts$/,
    never: /^(header|jwk|pem|keys|compact|jws|crypto\/.*)\.ts$/,
    broken: [{ 'claims.ts': `import type { Key } from './keys.ts'` }],
  },
  {
    name: 'jws.ts never sees a claim',
    from: /^(compact|jws)\.ts$/,
    never: /^(claims|jwt)\.ts$/,
    broken: [{ 'jws.ts': `import { accept } from './claims.ts'` }],
  },
  {
    name: 'session/ and http use only what an entry exports, and the readers of options and durations',
    from: /^(session\/.*|http(-\w+)?\.ts)$/,
    never: /^(?!(index|jws|jwks|decode|options|time)\.ts$|session\/|http-\w+\.ts$)/,
    broken: [{ 'session/index.ts': `import { importSecret } from '../keys.ts'` }],
  },
  {
    name: 'cli/ and inspector/ use the entries, and what is written for both of them',
    from: /^(cli|inspector)\//,
    never:
      /^(?!(index|decode|jwks|lint|algorithms|errors|json|options|time|advice|dates|explain|hidden|key-text|relative-time|token-text)\.ts$|cli\/|inspector\/)/,
    broken: [
      { 'cli/sign.ts': `import { seal } from '../compact.ts'` },
      { 'inspector/page.ts': `import { readJwk } from '../jwk.ts'` },
    ],
  },
  {
    name: 'cli/ never sees the inspector',
    from: /^cli\//,
    never: /^inspector\//,
    broken: [{ 'cli/inspect.ts': `import { page } from '../inspector/page.ts'` }],
  },
  {
    name: 'inspector/ never sees the command',
    from: /^inspector\//,
    never: /^cli\//,
    broken: [{ 'inspector/page.ts': `import { main } from '../cli/main.ts'` }],
  },
]

export const wallRules: readonly Rule[] = [
  ...words.map(({ name, word, except, only, broken }): Rule => ({
    name,
    broken,
    check: (sources) =>
      sources
        .filter(({ path }) => !except?.test(path) && (only?.test(path) ?? true))
        .flatMap((source) => occurrences(source, word)),
  })),
  ...imports.map(({ name, from, never, broken }): Rule => ({
    name,
    broken,
    check: (sources) =>
      sources
        .filter(({ path }) => from.test(path))
        .flatMap((source) =>
          source.imports
            .filter(({ target }) => target !== undefined && never.test(target))
            .map(({ specifier, line }) => finding(source, line, `imports '${specifier}'`)),
        ),
  })),
  {
    name: 'no package is imported',
    broken: [{ 'json.ts': `import { z } from 'zod'` }, { 'keys.ts': `import { createHmac } from 'crypto'` }],
    check: (sources) =>
      sources.flatMap((source) =>
        source.imports
          .filter(({ specifier }) => !/^(\.|node:)/.test(specifier))
          .map(({ specifier, line }) => finding(source, line, `imports '${specifier}'`)),
      ),
  },
]

function occurrences(source: Source, word: RegExp): string[] {
  return [...source.code.matchAll(new RegExp(word, 'g'))].map(({ 0: match, index }) =>
    finding(source, lineOf(source.ast, index), `says ${match}`),
  )
}
