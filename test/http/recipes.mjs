// Runs the recipes of the README as they stand there, each on its framework, and asks them over loopback.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import ts from 'typescript'
import { Tally } from '../interop/tally.mjs'
import { sessions, state, tokens } from './sessions.mjs'

const root = resolve(import.meta.dirname, '../..')
const kitchen = join(import.meta.dirname, 'node_modules/.recipes')
const LONGEST = 12

/** For each framework the `app` that a recipe imports, its type, and how what the recipe makes comes to listen. */
const frameworks = {
  express: {
    app: `import express from 'express'\nexport const app = express()`,
    type: `import('express').Express`,
    listen: async ({ app }) => listening(createServer(app)),
  },
  fastify: {
    app: `import { fastify } from 'fastify'\nexport const app = fastify()`,
    type: `import('fastify').FastifyInstance`,
    listen: async ({ app }) => {
      await app.listen({ host: '127.0.0.1', port: 0 })
      return app.server
    },
  },
  hono: {
    app: `import { Hono } from 'hono'\nexport const app = new Hono()`,
    type: `import('hono').Hono`,
    listen: async ({ app }) => listening(createAdaptorServer(app)),
  },
  node: { app: '', type: 'undefined', listen: async ({ server }) => listening(server) },
}

async function listening(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}

const recipesIn = (file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```ts recipe=(\w+)\n(.*?)^```$/gms)].map(([, name, code]) => ({
    name,
    code,
  }))

const recipes = recipesIn('README.md')

/** Writes a recipe and the `app.js` that it imports, for Node and for the compiler; gives the folder. */
function prepare({ name, code }) {
  const folder = join(kitchen, name)
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  const { app, type } = frameworks[name]
  const files = {
    'app.js': `${app}\nexport { sessions } from '../../../sessions.mjs'\n`,
    'app.d.ts': `export declare const app: ${type}\nexport declare const sessions: import('tittle/session').Sessions\n`,
    'recipe.ts': code,
    'recipe.js': ts.transpileModule(code, { compilerOptions }).outputText,
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content)
  return folder
}

/** What the compiler, in strict mode, has to say of a recipe. */
function complaintsOf(folder) {
  const program = ts.createProgram([join(folder, 'recipe.ts')], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  })
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

/** Asks for /orders; headers may come several times. */
async function ask(port, headers, { path = '/orders', agent = false } = {}) {
  const outgoing = request({ host: '127.0.0.1', port, path, headers, agent }).end()
  const [response] = await once(outgoing, 'response')
  const { statusCode: status, headers: received } = response
  return {
    status,
    authenticate: received['www-authenticate'],
    retry: received['retry-after'],
    body: await text(response),
  }
}

const bearer = (token) => ({ authorization: `Bearer ${token}` })

/** A refusal: its status, its challenge with this error or with none, and a body without details. */
function assertRefused({ status, authenticate, body }, wanted, error) {
  assert.equal(status, wanted)
  if (wanted === 503) assert.equal(authenticate, undefined)
  else
    assert.match(
      authenticate ?? '',
      error ? new RegExp(`^Bearer (.+, )?error="${error}"$`) : /^Bearer( scope="[^"]*")?$/,
    )
  assert.deepEqual(Object.keys(JSON.parse(body)), ['error'])
  for (const detail of [...Object.values(tokens), 'ERR_', 'alice', 'database']) assert.ok(!body.includes(detail))
}

const assertPassed = ({ status, body }) => assert.deepEqual([status, JSON.parse(body)], [200, { user: 'alice' }])

async function withHealth(health, action) {
  state.health = health
  try {
    await action()
  } finally {
    state.health = 'well'
  }
}

/** Each check by its name. */
const checks = (port) => {
  const refused = (headers, status, error, more) => async () =>
    assertRefused(await ask(port, headers, more), status, error)
  const valid = bearer(tokens.valid)
  const invalid = Object.keys(tokens).filter((name) => !['valid', 'another scope', 'no scope'].includes(name))
  const inQuery = { path: `/orders?access_token=${tokens.valid}&authorization=Bearer%20${tokens.valid}` }
  return {
    'a valid token': async () => assertPassed(await ask(port, valid)),
    'a valid token, the scheme in small letters': async () =>
      assertPassed(await ask(port, { authorization: `bearer ${tokens.valid}` })),
    'no token': refused({}, 401),
    'another scheme': refused({ authorization: 'Basic YTpi' }, 401),
    'a token in the query string': refused({}, 401, undefined, inQuery),
    'a token in a cookie': refused({ cookie: `__Host-access=${tokens.valid}; access_token=${tokens.valid}` }, 401),
    ...Object.fromEntries(invalid.map((name) => [name, refused(bearer(tokens[name]), 401, 'invalid_token')])),
    'another scope': refused(bearer(tokens['another scope']), 403, 'insufficient_scope'),
    'no scope': refused(bearer(tokens['no scope']), 403, 'insufficient_scope'),
    'two tokens in one header': refused(bearer(`${tokens.valid}, Bearer ${tokens.valid}`), 400, 'invalid_request'),
    'two headers': refused({ authorization: [valid.authorization, 'Bearer a.b.c'] }, 400, 'invalid_request'),
    'a store that is down': () =>
      withHealth('down', async () => {
        const answer = await ask(port, valid)
        assertRefused(answer, 503)
        assert.equal(answer.retry, '1')
      }),
    'no token, while the store is down': () => withHealth('down', refused({}, 401)),
    'a mistake of the program': () =>
      withHealth('broken', async () => {
        const { status, authenticate, body } = await ask(port, valid)
        assert.deepEqual([status, authenticate], [500, undefined])
        assert.ok(!body.includes(tokens.valid))
      }),
    'a valid token, after all of it': async () => assertPassed(await ask(port, valid)),
  }
}

async function run(recipe, tally) {
  const folder = prepare(recipe)
  await tally.check(`at most ${LONGEST} lines`, () => assert.ok(recipe.code.trimEnd().split('\n').length <= LONGEST))
  await tally.check('compiles in strict mode', () => assert.deepEqual(complaintsOf(folder), []))
  await tally.attempt('runs', async () => {
    const exports = await import(pathToFileURL(join(folder, 'recipe.js')))
    const { app } = await import(pathToFileURL(join(folder, 'app.js')))
    const server = await frameworks[recipe.name].listen({ app, ...exports })
    for (const [name, check] of Object.entries(checks(server.address().port))) await tally.check(name, check)
    server.close()
    server.closeAllConnections()
  })
}

// Express and Hono print a mistake of the program, which is asked for here.
const { error: printError } = console
const versionOf = (name) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `node_modules/${name}/package.json`))).version
let passed = 0
let failed = 0

mkdirSync(kitchen, { recursive: true })
writeFileSync(join(kitchen, 'package.json'), JSON.stringify({ type: 'module' }))
for (const name of Object.keys(frameworks)) {
  const tally = new Tally()
  const found = recipes.filter((recipe) => recipe.name === name)
  await tally.check('there is one recipe', () => assert.equal(found.length, 1))
  console.error = () => {}
  if (found[0]) await run(found[0], tally)
  console.error = printError
  const version = name === 'node' ? process.version : versionOf(name)
  console.log(`${name} ${version}: ${tally.passed} passed, ${tally.failures.length} failed`)
  for (const failure of tally.failures) console.log(`  FAILED  ${failure}`)
  passed += tally.passed
  failed += tally.failures.length
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
