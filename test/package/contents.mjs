// What the package holds, and what the linters of packages say about it.
import { checkPackage, Package } from '@arethetypeswrong/core'
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import {
  append,
  consumer,
  editManifest,
  filesIn,
  installed,
  manifest,
  read,
  remove,
  root,
  write,
} from './installed.mjs'

const ts = createRequire(join(root, 'package.json'))('typescript')

export const contents = [
  {
    name: 'the tarball holds LICENSE, README.md, dist and package.json, and nothing else',
    holds: () => assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']),
    faults: {
      'a file beside them': [() => write('.env', ''), /\.env/],
      'no licence': [() => remove('LICENSE'), /LICENSE/],
    },
  },
  {
    name: 'dist holds JavaScript, types and the page of the inspector only',
    holds: () =>
      none(filesIn(join(installed, 'dist')).filter((path) => !/\.c?js$|\.d\.c?ts$|^inspector\.html$/.test(path))),
    faults: { 'a source map': [() => write('dist/session/redis.js.map', '{}'), /redis\.js\.map/] },
  },
  {
    name: 'every file that package.json names is there',
    holds: () => none(namedFiles().filter((path) => !existsSync(join(installed, path)))),
    faults: { 'one is not': [() => remove('dist/session/redis.d.cts'), /session\/redis\.d\.cts/] },
  },
  {
    name: 'there are no dependencies, and npm runs nothing when it installs the package',
    holds: () => none(needs()),
    faults: {
      'a dependency': [() => editManifest((it) => (it.dependencies = { jose: '6' })), /^dependencies$/],
      'a peer': [() => editManifest((it) => (it.peerDependencies = { redis: '5' })), /^peerDependencies$/],
      'an optional one': [
        () => editManifest((it) => (it.optionalDependencies = { pg: '8' })),
        /^optionalDependencies$/,
      ],
      'a bundled one': [() => editManifest((it) => (it.bundleDependencies = ['pg'])), /^bundleDependencies$/],
      'a script': [() => editManifest((it) => (it.scripts.postinstall = 'node .')), /^postinstall$/],
    },
  },
  {
    name: 'scripts and types import nothing but each other; the command alone imports modules of Node',
    holds: () =>
      none(
        filesIn(join(installed, 'dist'))
          .filter((path) => path !== 'inspector.html')
          .flatMap(strangers),
      ),
    faults: {
      'a package': [() => append('dist/jws.js', "import 'jose'"), /^dist\/jws\.js: jose$/],
      'a package, required': [() => append('dist/jws.cjs', "() => require('jose')"), /^dist\/jws\.cjs: jose$/],
      'a package, imported late': [() => append('dist/jws.js', "() => import('jose')"), /^dist\/jws\.js: jose$/],
      'a module of Node': [() => append('dist/jws.js', "import 'node:fs'"), /^dist\/jws\.js: node:fs$/],
      'a package by a computed name': [
        () => append('dist/jws.cjs', '(name) => require(name)'),
        /^dist\/jws\.cjs: name$/,
      ],
      'a file that is not there': [() => append('dist/jws.cjs', "require('./gone.cjs')"), /^dist\/jws\.cjs: \.\/gone/],
      'types of a package': [
        () => append('dist/jws.d.cts', "export type K = import('jose').JWK"),
        /^dist\/jws\.d\.cts: jose$/,
      ],
      'types of Node': [
        () => write('dist/jws.d.ts', `/// <reference types="node" />\n${read('dist/jws.d.ts')}`),
        /^dist\/jws\.d\.ts: node$/,
      ],
      'a package in the command': [() => append('dist/cli.js', "import 'jose'"), /^dist\/cli\.js: jose$/],
    },
  },
  {
    name: 'each project that tries the package uses every entry',
    holds: () => none(projects.flatMap(entriesUnused)),
    faults: {
      'one more': [() => editManifest((it) => (it.exports['./jwe'] = './dist/jwe.js')), /use\.ts: tittle\/jwe/],
    },
  },
  {
    name: 'publint has nothing to say, not even a suggestion',
    holds: async () => none(await publintMessages()),
    faults: {
      'types after the script': [
        () =>
          editManifest(({ exports }) => {
            const { types, default: script } = exports['./jws'].import
            exports['./jws'].import = { default: script, types }
          }),
        /types should be the first/,
      ],
      'ESM in a .cjs': [() => write('dist/jws.cjs', 'export const jws = 1'), /jws\.cjs .*written in ESM/],
      'a licence that only a file names': [() => editManifest((it) => delete it.license), /license/],
    },
  },
  {
    name: 'arethetypeswrong finds no problem in any entry, under node10, node16 (from CJS and ESM) and bundler',
    holds: async () => none(await wrongTypes()),
    faults: {
      'types of the other kind': [
        () => editManifest((it) => (it.exports['./jws'].require.types = './dist/jws.d.ts')),
        /^FalseESM/m,
      ],
      'no way for node10': [() => editManifest((it) => delete it.typesVersions), /^NoResolution.*node10/m],
      'no types': [() => ['d.ts', 'd.cts'].forEach((end) => remove(`dist/http.${end}`)), /^UntypedResolution/m],
      'an entry left out': [() => editManifest((it) => (it.exports['./jwe'] = null)), /\.\/jwe/],
    },
  },
]

function namedFiles() {
  const { main, module, types, exports, typesVersions, bin } = manifest()
  const bins = Object.values(bin).map((path) => `./${path}`)
  return JSON.stringify([main, module, types, exports, typesVersions, bins]).match(/\.\/dist\/[\w./-]+/g)
}

function needs() {
  const { scripts, ...rest } = manifest()
  const dependencies = Object.keys(rest).filter((key) => /dependencies$/i.test(key) && key !== 'devDependencies')
  return [...dependencies, ...['preinstall', 'install', 'postinstall'].filter((name) => name in scripts)]
}

function strangers(path) {
  const file = `dist/${path}`
  // Types name the script that they describe.
  const target = (specifier) => (/\.d\.c?ts$/.test(path) ? specifier.replace(/\.(c?)js$/, '.d.$1ts') : specifier)
  const isOwn = (specifier) =>
    /^\.\.?\//.test(specifier) && existsSync(join(installed, 'dist', dirname(path), target(specifier)))
  const isAllowed = (specifier) => isOwn(specifier) || (path === 'cli.js' && specifier.startsWith('node:'))
  return importsOf(file).flatMap((specifier) => (isAllowed(specifier) ? [] : `${file}: ${specifier}`))
}

/** What a file imports, in every spelling: import, export from, import(), require(), types and references. */
function importsOf(file) {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest)
  const references = [...source.referencedFiles, ...source.typeReferenceDirectives].map(({ fileName }) => fileName)
  const imports = []
  visit(source)
  return [...references, ...imports]

  function visit(node) {
    const specifier = specifierOf(node)
    if (specifier) imports.push(specifier.text ?? 'what it computes')
    ts.forEachChild(node, visit)
  }
}

function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isImportTypeNode(node)) return node.argument.literal
  const imports = ts.isCallExpression(node) && /^(?:import|require)$/.test(calleeOf(node))
  return imports ? node.arguments[0] : undefined
}

function calleeOf({ expression }) {
  return expression.kind === ts.SyntaxKind.ImportKeyword ? 'import' : expression.text
}

const projects = ['esm.mjs', 'cjs.cjs', 'entries.test.js', 'use.ts']
const entries = () => Object.keys(manifest().exports).filter((subpath) => subpath !== './package.json')

function entriesUnused(project) {
  const text = readFileSync(join(consumer, project), 'utf8')
  const names = entries().map((subpath) => subpath.replace('.', 'tittle'))
  return names.filter((name) => !text.includes(`'${name}'`)).map((name) => `${project}: ${name}`)
}

async function publintMessages() {
  const { messages } = await publint({ pkgDir: installed, pack: false, level: 'suggestion', strict: true })
  return messages.map((message) => formatMessage(message, manifest(), { color: false }))
}

async function wrongTypes() {
  const { name, version, exports } = manifest()
  const files = filesIn(installed).map((path) => [`/node_modules/${name}/${path}`, readFileSync(join(installed, path))])
  const { problems, entrypoints } = await checkPackage(new Package(Object.fromEntries(files), name, version))
  // No problem is no news of an entry that was not looked at.
  const unseen = Object.keys(exports).filter((subpath) => !(subpath in entrypoints))
  return [...problems.map(({ kind, ...where }) => `${kind} ${JSON.stringify(where)}`), ...unseen]
}

function none(found) {
  if (found.length > 0) throw new Error(found.join('\n'))
}
