import process from 'node:process'

// Without it src/crypto/index.ts cannot find node:crypto, as in a browser, and takes WebCrypto.
Object.defineProperty(process, 'getBuiltinModule', { value: undefined, configurable: true })
