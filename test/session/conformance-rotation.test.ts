import { expect, test } from 'vitest'
import {
  rotatedRow,
  rotationOutcome,
  type Rotated,
  type Rotation,
  type RotationOutcome,
  type SessionRow,
  type SessionStore,
} from 'tittle/session'
import { ROTATION } from '../../src/session/conformance-rotation.ts'
import { failuresOf, tinyStore } from '../setup/stores.ts'

type Make = () => SessionStore
type OutcomeOf = typeof rotationOutcome

const judging =
  (outcomeOf: (row: SessionRow, rotation: Rotation, now: number, right: RotationOutcome) => RotationOutcome): Make =>
  () =>
    tinyStore({
      outcomeOf: (row, rotation, now) => {
        const right = rotationOutcome(row, rotation, now)
        return row ? outcomeOf(row, rotation, now, right) : right
      },
    })

const writing =
  (change: (after: SessionRow, rotation: Rotation, before: SessionRow) => Partial<SessionRow>): Make =>
  () =>
    tinyStore({
      rowAfter: (row, rotation, now) => {
        const after = rotatedRow(row, rotation, now)
        return { ...after, ...change(after, rotation, row) }
      },
    })

const answering =
  (change: (rotated: Rotated, before: SessionRow | undefined) => Partial<Rotated>): Make =>
  () => {
    const good = tinyStore()
    return {
      ...good,
      rotate: async (rotation, now) => {
        const before = await good.find(rotation.sid)
        const rotated = await good.rotate(rotation, now)
        return { ...rotated, ...change(rotated, before) }
      },
    }
  }

/** Reads the row, and writes it later, as programs do that have no transaction, or too short a one. */
const inTwoSteps =
  (slow: RotationOutcome): Make =>
  () => {
    const rows = new Map<string, SessionRow>()
    const good = tinyStore({ rows })
    return {
      ...good,
      rotate: async (rotation, now = Date.now() / 1000) => {
        const row = rows.get(rotation.sid)
        if (!row || rotationOutcome(row, rotation, now) !== slow) return good.rotate(rotation, now)
        await new Promise((resolve) => setImmediate(resolve))
        const after = slow === 'rotated' ? rotatedRow(row, rotation, now) : { ...row, revokedAt: now }
        rows.set(row.sid, after)
        return { outcome: slow, row: after }
      },
    }
  }

/** Writes something into the row where the outcome is this one. */
const scribbling =
  (on: RotationOutcome, change: (before: SessionRow) => SessionRow | undefined): Make =>
  () => {
    const rows = new Map<string, SessionRow>()
    const good = tinyStore({ rows })
    return {
      ...good,
      rotate: async (rotation, now) => {
        const before = rows.get(rotation.sid)
        const rotated = await good.rotate(rotation, now)
        if (!before || rotated.outcome !== on) return rotated
        const row = change(before)
        rows.delete(rotation.sid)
        if (row) rows.set(row.sid, row)
        return rotated
      },
    }
  }

const repeatingOnce: Make = () => {
  const repeated = new Set<string>()
  const outcomeOf: OutcomeOf = (row, rotation, now) => {
    const outcome = rotationOutcome(row, rotation, now)
    const name = `${rotation.sid} ${rotation.generation}`
    if (outcome !== 'repeated' || repeated.has(name)) return outcome === 'repeated' ? 'reused' : outcome
    repeated.add(name)
    return outcome
  }
  return tinyStore({ outcomeOf })
}

const REPEATED =
  'rotate: the generation before is repeated within the grace, as often as it asks, and nothing is written'
const REUSED = 'rotate: the generation before is reused at the very end of the grace, and kills the session'
const ROTATED = 'rotate: the current generation is rotated, again and again'
const ANEW = 'rotate: the idle time begins anew, as long as the rotation says'
const EXPIRED = 'rotate: a session expires at the very end of its idle time, and nothing is written'
const AHEAD = 'rotate: a generation ahead of the row counts as the current one'

const faults: readonly (readonly [fault: string, make: Make, caughtBy: string])[] = [
  ['answers the row as it was before', answering((_, before) => ({ row: before })), ROTATED],
  ['forgets when it rotated', writing((_, __, { rotatedAt }) => ({ rotatedAt })), ROTATED],
  ['keeps the idle time of the beginning', writing((_, __, { idleExpiresAt }) => ({ idleExpiresAt })), ANEW],
  ['has an idle time of its own', writing(({ rotatedAt }) => ({ idleExpiresAt: rotatedAt + 100 })), ANEW],
  [
    'lets the idle time go beyond the end of the session',
    writing(({ rotatedAt }, { idle }) => ({ idleExpiresAt: rotatedAt + idle })),
    'rotate: the idle time ends no later than the session',
  ],
  [
    'lets a session idle for its last moment too',
    judging((row, rotation, now) => rotationOutcome(row, rotation, now - 0.001)),
    EXPIRED,
  ],
  ['deletes a session that has idled too long', scribbling('expired', () => undefined), EXPIRED],
  ['revokes a session that has idled too long', scribbling('expired', (row) => ({ ...row, revokedAt: 1 })), EXPIRED],
  [
    'lets a session live on beyond its end',
    judging((row, rotation, now) => rotationOutcome({ ...row, expiresAt: Infinity }, rotation, now)),
    'rotate: a session has expired at its very end, or is forgotten by then',
  ],
  ['has no grace', judging((row, rotation, now) => rotationOutcome(row, { ...rotation, grace: 0 }, now)), REPEATED],
  ['repeats once only', repeatingOnce, REPEATED],
  ['rotates again for a repeat', judging((_, __, ___, right) => (right === 'repeated' ? 'rotated' : right)), REPEATED],
  [
    'answers no row for a repeat',
    answering(({ outcome }) => (outcome === 'repeated' ? { row: undefined } : {})),
    REPEATED,
  ],
  [
    'begins the grace anew with each repeat',
    scribbling('repeated', (row) => ({ ...row, rotatedAt: row.rotatedAt + 5 })),
    REPEATED,
  ],
  [
    'has a grace of one moment more',
    judging((row, rotation, now) => rotationOutcome(row, { ...rotation, grace: rotation.grace + 0.001 }, now)),
    REUSED,
  ],
  ['tells reuse, and lets the session live', scribbling('reused', (row) => row), REUSED],
  [
    'has a grace where none is wanted',
    judging((row, rotation, now) => rotationOutcome(row, { ...rotation, grace: rotation.grace || 1 }, now)),
    'rotate: without a grace, every repeat is reuse',
  ],
  [
    'repeats any generation within the grace',
    judging(({ rotatedAt }, { grace }, now, right) =>
      right === 'reused' && now < rotatedAt + grace ? 'repeated' : right,
    ),
    'rotate: an older generation is reused, even within the grace',
  ],
  [
    'looks at the time before it looks at the generation',
    judging(({ idleExpiresAt }, _, now, right) => (right === 'reused' && now >= idleExpiresAt ? 'expired' : right)),
    'rotate: reuse is told although the session has idled too long',
  ],
  [
    'repeats although the session has expired',
    judging((row, { generation }, _, right) =>
      right === 'expired' && generation < row.generation ? 'repeated' : right,
    ),
    'rotate: a repeat within the grace expires with the session',
  ],
  ['counts on from the row', writing((_, __, { generation }) => ({ generation: generation + 1 })), AHEAD],
  [
    'takes a generation ahead of the row for reuse',
    judging((row, { generation }, _, right) => (generation > row.generation ? 'reused' : right)),
    AHEAD,
  ],
  [
    'reads the row in one step and rotates it in another',
    inTwoSteps('rotated'),
    'rotate: of 200 at once one rotates, and 199 repeat it',
  ],
  [
    'rotates over a revocation, and brings the session back',
    inTwoSteps('rotated'),
    'rotate: a session that is revoked amid rotations stays revoked',
  ],
  [
    'rotates over the revocation of all',
    inTwoSteps('rotated'),
    'rotate: a session stays revoked when all of its subject are revoked amid rotations',
  ],
  [
    'tells one reuse twice',
    inTwoSteps('reused'),
    'rotate: a reuse amid rotations kills the session, whichever comes first',
  ],
]

test('a store that keeps its promises passes every test', async () => {
  expect(await failuresOf(() => tinyStore())).toEqual(new Map())
})

test.each(faults)('a store that %s is caught', async (_, make, caughtBy) => {
  const failure = (await failuresOf(make)).get(caughtBy)
  expect(failure).toBeInstanceOf(Error)
  expect((failure as Error).message).toMatch(/^.+: seen .+, wanted .+$/s)
})

test('every test of rotate is there to catch one', () => {
  expect([...new Set(faults.map(([, , caughtBy]) => caughtBy))].sort()).toEqual(Object.keys(ROTATION).sort())
})
