// The promises of `rotate`: each outcome with its edges, and many rotations at once.
import { atOnce, GRACE, IDLE, keep, rotateAt, sampleRow, tally, want, type Checks } from './conformance-sample.ts'
import { isOver, rotatedRow, type RotationOutcome, type SessionRow, type SessionStore } from './store.ts'

/** A rotation of a generation, at a time in seconds since the session was created, and what has to become of it. */
type Step = readonly [
  wanted: RotationOutcome,
  generation: number,
  at: number,
  rules?: { idle?: number; grace?: number },
]

// The clock of these may run backwards: a step that is too late for an earlier one shows that it wrote nothing.
const WALKS: Readonly<Record<string, readonly Step[]>> = {
  'the current generation is rotated, again and again': [
    ['rotated', 0, 1],
    ['rotated', 1, 2],
    ['rotated', 2, 50],
  ],
  'the idle time begins anew, as long as the rotation says': [
    ['rotated', 0, 90],
    ['rotated', 1, 180, { idle: 20 }],
    ['rotated', 2, 199.875, { idle: 5 }],
    ['expired', 3, 204.875],
  ],
  'the idle time ends no later than the session': [
    ['rotated', 0, 90],
    ['rotated', 1, 180],
    ['rotated', 2, 249.875],
  ],
  'a session expires at the very end of its idle time, and nothing is written': [
    ['expired', 0, IDLE],
    ['expired', 0, 110],
    ['rotated', 0, 99.875],
  ],
  'the generation before is repeated within the grace, as often as it asks, and nothing is written': [
    ['rotated', 0, 5],
    ['repeated', 0, 5],
    ['repeated', 0, 14.875],
    ['repeated', 0, 4],
    ['rotated', 1, 14],
    ['repeated', 1, 23.875],
  ],
  'the generation before is reused at the very end of the grace, and kills the session': [
    ['rotated', 0, 5],
    ['reused', 0, 15],
    ['revoked', 0, 5],
    ['revoked', 1, 16],
    ['revoked', 2, 17],
    ['revoked', 1, IDLE + 5],
  ],
  'without a grace, every repeat is reuse': [
    ['rotated', 0, 5],
    ['reused', 0, 5, { grace: 0 }],
  ],
  'an older generation is reused, even within the grace': [
    ['rotated', 0, 5],
    ['rotated', 1, 5],
    ['reused', 0, 5],
    ['revoked', 2, 5],
  ],
  'reuse is told although the session has idled too long': [
    ['rotated', 0, 5],
    ['reused', 0, IDLE + 5],
    ['revoked', 1, IDLE + 5],
  ],
  'a repeat within the grace expires with the session': [
    ['rotated', 0, 5, { idle: 5 }],
    ['repeated', 0, 9.875],
    ['expired', 0, 10],
    ['expired', 1, 10],
    ['repeated', 0, 9.875],
  ],
  'a generation ahead of the row counts as the current one': [
    ['expired', 4, IDLE],
    ['rotated', 4, 5],
    ['repeated', 4, 6],
    ['rotated', 5, 7],
    ['reused', 0, 8],
  ],
}

async function walk(store: SessionStore, steps: readonly Step[]): Promise<void> {
  let row = await keep(store)
  for (const [wanted, generation, at, rules] of steps) {
    const now = row.createdAt + at
    const rotation = { sid: row.sid, generation, idle: IDLE, grace: GRACE, ...rules }
    const seen = await store.rotate(rotation, now)
    if (wanted === 'rotated') row = rotatedRow(row, rotation, now)
    if (wanted === 'reused') row = { ...row, revokedAt: now }
    const what = `generation ${generation} after ${at} s`
    want(`${what}: the outcome`, seen.outcome, wanted)
    want(`${what}: its row`, seen.row, row)
    want(`${what}: the row found then`, await store.find(row.sid), row)
    want(`${what}: the sessions listed then`, await store.list(row.subject, now), isOver(row, now) ? [] : [row])
  }
}

/** Ends a session between its concurrent rotations, earlier among them and later, and looks what is left. */
async function endAmidRotations(store: SessionStore, end: (row: SessionRow) => Promise<unknown>): Promise<void> {
  for (let place = 0; place < 20; place += 2) {
    const row = await keep(store)
    const outcomes = await atOnce(20, async (index) => {
      if (index !== place) return (await rotateAt(store, row, 0, 1)).outcome
      await end(row)
      return 'ended'
    })
    const left = await store.find(row.sid)
    want('revokedAt of the row found then', left?.revokedAt, row.createdAt + 1)
    want('its generation', left?.generation, outcomes.includes('rotated') ? 1 : 0)
    want('the outcome of a rotation then', (await rotateAt(store, row, 1, 1)).outcome, 'revoked')
    want('the sessions listed then', await store.list(row.subject, row.createdAt + 1), [])
  }
}

/** The checks of `rotate`. */
export const ROTATION: Checks = {
  ...Object.fromEntries(
    Object.entries(WALKS).map(([name, steps]) => [`rotate: ${name}`, (store: SessionStore) => walk(store, steps)]),
  ),

  'rotate: a session has expired at its very end, or is forgotten by then': async (store) => {
    for (const idle of [50, 60]) {
      const { createdAt: now } = sampleRow()
      const row = await keep(store, { createdAt: now, idleExpiresAt: now + idle, expiresAt: now + 50 })
      const { outcome } = await rotateAt(store, row, 0, 50)
      if (outcome !== 'unknown') want('the outcome', outcome, 'expired')
      want('the sessions listed then', await store.list(row.subject, now + 50), [])
    }
  },

  'rotate: of 200 at once one rotates, and 199 repeat it': async (store) => {
    const { sid } = await keep(store)
    const rotation = { sid, generation: 0, idle: IDLE, grace: GRACE }
    const seen = await atOnce(200, () => store.rotate(rotation))
    want('the outcomes', tally(seen.map(({ outcome }) => outcome)), '1 rotated, 199 repeated')
    const row = await store.find(sid)
    want('the generation of the row found then', row?.generation, 1)
    for (const rotated of seen) want('the row of each', rotated.row, row)
  },

  'rotate: a reuse amid rotations kills the session, whichever comes first': async (store) => {
    const row = await keep(store, { generation: 2 })
    const outcomes = await atOnce(40, async (index) => {
      const generation = index % 2 === 0 ? 2 : 0
      return `${(await rotateAt(store, row, generation, 20)).outcome} ${generation}`
    })
    const left = await store.find(row.sid)
    want('how often reuse is told', outcomes.filter((each) => each === 'reused 0').length, 1)
    want('how often the others are refused', outcomes.filter((each) => each === 'revoked 0').length, 19)
    want('revokedAt of the row found then', left?.revokedAt, row.createdAt + 20)
    want('its generation', left?.generation, outcomes.includes('rotated 2') ? 3 : 2)
  },

  'rotate: a session that is revoked amid rotations stays revoked': (store) =>
    endAmidRotations(store, ({ sid, createdAt }) => store.revoke(sid, createdAt + 1)),

  'rotate: a session stays revoked when all of its subject are revoked amid rotations': (store) =>
    endAmidRotations(store, ({ subject, createdAt }) => store.revokeAll(subject, createdAt + 1)),
}
