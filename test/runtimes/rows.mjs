// The runtimes: what each is, and how the cases come to run there.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, resolve } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { chromium } from 'playwright-core'
import { build as buildWithVite } from 'vite'
import { importMap } from './stage.mjs'

const packages = join(import.meta.dirname, 'node_modules')
const windows = process.platform === 'win32' ? '.exe' : ''
const run = promisify(execFile)

/** What a runtime that hangs is given, in milliseconds; the slowest takes half a minute. */
const TIMEOUT = 300_000

const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Whether this machine has the browser, which is no package of npm. */
export const hasChromium = existsSync(chromiumPath)

/** Runs script.mjs of the project by a command. */
async function runScript(folder, platform, command, args = []) {
  const { stdout } = await run(command, [...args, 'script.mjs', platform], {
    cwd: folder,
    maxBuffer: 2 ** 28,
    timeout: TIMEOUT,
    // What a runtime caches stays in the project, which is removed.
    env: { ...process.env, DENO_DIR: join(folder, '.deno'), NODE_OPTIONS: '', NO_COLOR: '1' },
  })
  return JSON.parse(stdout)
}

// Node calls some algorithms of WebCrypto experimental at their first use, and its inspect asks for all of node:crypto.
const nodeOptions = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0093']

/** The Node at hand, which is asked what the forgeries are. */
export const record = (folder) => runScript(folder, 'node:crypto', process.execPath, nodeOptions)

const platforms = ['node:crypto', 'WebCrypto']

// What a runtime may lack; whatever else a case did not find there has failed.
const ML_DSA = /^ML-DSA-\d\d$/
const ML_DSA_FORMS = /^ML-DSA-\d\d keys in every form of PKCS #8$/
const KEY_OBJECTS = /^a KeyObject, as there is no node:crypto$/
const KEY_OBJECT_KINDS = /^a KeyObject of such a kind: /
const SIZES = /^the size of the CryptoKey, which its WebCrypto rounds up$/

const nodeRows = Object.entries({ 20: [ML_DSA], 22: [ML_DSA], 24: [], 26: [] }).flatMap(([line, mayLack]) =>
  platforms.map((platform) => ({
    name: `Node ${line}`,
    platform,
    mayLack,
    isIt: (runtime) => runtime.startsWith(`node ${line}.`),
    run: (folder) => runScript(folder, platform, join(packages, `node${line}/bin/node${windows}`), nodeOptions),
  })),
)

const bun = {
  name: 'Bun',
  platform: 'node:crypto',
  mayLack: [ML_DSA_FORMS, KEY_OBJECT_KINDS, SIZES],
  isIt: (runtime) => runtime.startsWith('bun '),
  run: (folder) => runScript(folder, 'node:crypto', join(packages, `bun/bin/bun.exe`)),
}

const denoOptions = ['--node-modules-dir=manual', '--no-prompt', '--allow-read', '--allow-env', '--quiet']

const deno = {
  name: 'Deno',
  platform: 'node:crypto',
  mayLack: [ML_DSA, KEY_OBJECT_KINDS, SIZES],
  isIt: (runtime) => runtime.startsWith('deno '),
  run: (folder) => runScript(folder, 'node:crypto', join(packages, `deno/deno${windows}`), ['run', ...denoOptions]),
}

const workerdRows = [
  { name: 'workerd', flags: [], mayLack: [ML_DSA, KEY_OBJECTS, SIZES] },
  { name: 'workerd, nodejs_compat', flags: ['nodejs_compat'], mayLack: [ML_DSA, KEY_OBJECT_KINDS, SIZES] },
].map(({ name, flags, mayLack }) => ({
  name,
  platform: 'WebCrypto',
  mayLack,
  isIt: (runtime) => runtime.startsWith('Cloudflare-Workers'),
  run: (folder) => runWorker(folder, flags),
}))

async function runWorker(folder, flags) {
  const own = join(folder, ['worker', ...flags].join('-'))
  mkdirSync(own)
  await esbuild.build({
    entryPoints: [join(folder, 'worker.mjs')],
    outfile: join(own, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker'],
    logLevel: 'error',
  })
  const config = join(own, 'workerd.capnp')
  writeFileSync(
    config,
    readFileSync(join(folder, 'workerd.capnp'), 'utf8').replace('FLAGS', flags.map((flag) => `"${flag}"`).join(', ')),
  )
  const workerd = join(packages, `workerd/bin/workerd${windows}`)
  const child = spawn(workerd, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  // It logs what its WebCrypto refuses; that matters only where it does not serve.
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text))
  try {
    const port = await new Promise((found, failed) => {
      child.once('exit', (code) => failed(new Error(`workerd ended with ${code}: ${log}`)))
      createInterface(child.stdio[3]).on('line', (line) => found(JSON.parse(line).port))
    })
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(TIMEOUT) })
    if (!response.ok) throw new Error(`the worker answered ${response.status}`)
    const { version } = JSON.parse(readFileSync(join(packages, 'workerd/package.json'), 'utf8'))
    const report = await response.json()
    return { ...report, runtime: `${report.runtime} ${version}` }
  } finally {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

const chromiumRows = Object.entries({
  'Chromium, ESM': async () => 'page.mjs',
  'Chromium, esbuild': async (folder) => {
    await esbuild.build({
      entryPoints: [join(folder, 'page.mjs')],
      outfile: join(folder, 'esbuild/page.js'),
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    })
    return 'esbuild/page.js'
  },
  'Chromium, Vite': async (folder) => {
    await buildWithVite({
      root: folder,
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: 'vite',
        emptyOutDir: false,
        rolldownOptions: { input: join(folder, 'page.mjs'), output: { entryFileNames: 'page.js' } },
      },
    })
    return 'vite/page.js'
  },
}).map(([name, bundle]) => ({
  name,
  platform: 'WebCrypto',
  mayLack: [KEY_OBJECTS, ML_DSA_FORMS],
  isIt: (runtime) => /^Chromium \d/.test(runtime),
  run: async (folder) => runPage(folder, await bundle(folder), name === 'Chromium, ESM'),
}))

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript' }

/** Opens a page with the script, which may be a bundle or import what it needs from the project as it is. */
async function runPage(folder, script, needsMap) {
  const map = needsMap ? `<script type="importmap">${JSON.stringify(importMap(folder))}</script>` : ''
  const html = `<!doctype html><title>cases</title>${map}<script type="module" src="/${script}"></script>`
  const server = createServer(({ url }, response) => {
    const path = resolve(folder, `.${url}`)
    const type = TYPES[extname(path)]
    if (url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    else if (type && path.startsWith(folder) && existsSync(path)) {
      response.writeHead(200, { 'content-type': type }).end(readFileSync(path))
    } else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const late = setTimeout(() => void browser.close(), TIMEOUT)
  try {
    const page = await browser.newPage()
    const errors = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: 'load' })
    const report = await page.evaluate(() => globalThis.report)
    if (!report) throw new Error(`the page made no report: ${errors.join(', ')}`)
    return { ...report, runtime: `Chromium ${browser.version()}` }
  } finally {
    clearTimeout(late)
    await browser.close()
    server.close()
  }
}

/** What a machine without the browser misses. */
export const chromiumNames = chromiumRows.map(({ name }) => name)

export const rows = [...nodeRows, bun, deno, ...workerdRows, ...(hasChromium ? chromiumRows : [])]
