// Started by interop.mjs, once for each platform.
import process from 'node:process'

const [platform] = process.argv.slice(2)

// Without it the library finds no node:crypto, as in a browser, and takes WebCrypto; it looks when it is imported.
if (platform === 'WebCrypto') Object.defineProperty(process, 'getBuiltinModule', { value: undefined })

const { runAll } = await import('./checks.mjs')
process.send(await runAll(platform))
process.disconnect()
