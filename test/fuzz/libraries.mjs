// The library on both platforms in one process.
import process from 'node:process'
import { build } from './build.mjs'

const { getBuiltinModule } = process
export const nodeSubject = {
  name: 'node:crypto',
  library: await build('src/index.ts', 'node'),
  ways: ['verify', 'verifySync', 'check', 'verify with a memo'],
}

// Without it the library cannot find node:crypto, as in a browser.
Object.defineProperty(process, 'getBuiltinModule', { value: undefined, configurable: true, writable: true })
export const webSubject = { name: 'WebCrypto', library: await build('src/index.ts', 'web'), ways: ['check'] }
process.getBuiltinModule = getBuiltinModule

// Else a platform would be compared with itself.
if (!answersAtOnce(nodeSubject.library) || answersAtOnce(webSubject.library)) {
  throw new Error('the two copies of the library are not on two platforms')
}

function answersAtOnce({ generateSecret, signSync }) {
  try {
    signSync({}, generateSecret('HS256'), { expiresIn: null })
    return true
  } catch {
    return false
  }
}
