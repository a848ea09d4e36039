// What has gone wrong in JWT libraries, as far as it is known, and the fixtures that would fail if it did here.
import { advisoriesOfKeys } from './cves-of-keys.ts'
import { advisoriesOfTokens } from './cves-of-tokens.ts'
import type { fixtures } from './fixtures.ts'

/** An advisory, or the name of a fault that has none; whose it was or is; what it does; the classes of attacks that show it. */
export type Advisory = readonly [id: string, library: string, fault: string, ...fixtures: (keyof typeof fixtures)[]]

export const advisories: readonly Advisory[] = [...advisoriesOfKeys, ...advisoriesOfTokens]
