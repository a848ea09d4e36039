// Runs the cases in a page, and leaves the report where the test looks for it.
import { run } from './cases.mjs'

globalThis.report = run().then((report) => ({ runtime: navigator.userAgent, ...report }))
