// Every suite that needs the public API alone.
import { attacks } from './attacks.ts'
import { claims } from './claims.ts'
import { interop } from './interop.ts'
import { keys } from './keys.ts'
import { vectors } from './vectors.ts'

export const suites = { vectors, attacks, claims, keys, interop }
