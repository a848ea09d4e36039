// Runs the cases in a worker, when it is asked.
import { run } from './cases.mjs'

const builtin = (name) => globalThis.process?.getBuiltinModule?.(name)

export default {
  async fetch() {
    const crypto = builtin('node:crypto')
    const util = builtin('node:util')
    const report = await run({ ...(crypto && { crypto }), ...(util && { util }) })
    return Response.json({ runtime: navigator.userAgent, ...report })
  },
}
