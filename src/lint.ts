// A linter for tokens, key sets, policies and cookies: pure functions that look, and trust nothing.
export type { LintFinding, LintRule, LintSeverity } from './lint-rule.ts'
export { lintToken } from './lint-token.ts'
export { lintKeySet } from './lint-jwks.ts'
export { lintPolicy } from './lint-policy.ts'
export { lintCookie } from './lint-cookie.ts'
