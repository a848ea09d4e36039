import { describe, expect, test } from 'vitest'
import { isOver, rotatedRow, rotationOutcome, type RotationOutcome, type SessionRow } from 'tittle/session'

const row: SessionRow = {
  sid: 'sid',
  subject: 'alice',
  generation: 3,
  createdAt: 1000,
  rotatedAt: 2000,
  idleExpiresAt: 2100,
  expiresAt: 3000,
  revokedAt: null,
  data: '{}',
}
const rotation = { sid: 'sid', generation: 3, idle: 100, grace: 10 }

interface Case {
  readonly generation?: number
  readonly grace?: number
  readonly now?: number
  readonly row?: Partial<SessionRow>
}

const outcomes: readonly (readonly [wanted: RotationOutcome, what: string, given: Case])[] = [
  ['rotated', 'the current generation', {}],
  ['rotated', 'the current generation, before it was made, as another clock has it', { now: 1999 }],
  ['rotated', 'the current generation, in the last moment of its idle time', { now: 2099.999 }],
  ['expired', 'the current generation, at the end of its idle time', { now: 2100 }],
  [
    'rotated',
    'the current generation, in the last moment of the session',
    { now: 2999.999, row: { idleExpiresAt: 3000 } },
  ],
  ['expired', 'the current generation, at the end of the session', { now: 3000, row: { idleExpiresAt: 3100 } }],
  ['rotated', 'the first generation', { generation: 0, row: { generation: 0 } }],

  ['rotated', 'a generation that is ahead', { generation: 4 }],
  ['rotated', 'a generation that is far ahead', { generation: 1_000_000 }],
  ['expired', 'a generation that is ahead, at the end of its idle time', { generation: 4, now: 2100 }],

  ['repeated', 'the generation before', { generation: 2 }],
  [
    'repeated',
    'the generation before, earlier than its successor, as another clock has it',
    { generation: 2, now: 1990 },
  ],
  ['repeated', 'the generation before, in the last moment of the grace', { generation: 2, now: 2009.999 }],
  ['reused', 'the generation before, at the end of the grace', { generation: 2, now: 2010 }],
  ['reused', 'the generation before, without a grace', { generation: 2, grace: 0 }],
  [
    'expired',
    'the generation before, within the grace of a session that has idled too long',
    { generation: 2, grace: 200, now: 2100 },
  ],
  [
    'reused',
    'the generation before, at the end of the grace of a session that has idled too long',
    { generation: 2, now: 2100 },
  ],

  ['reused', 'an older generation', { generation: 1 }],
  ['reused', 'an older generation, with a long grace', { generation: 1, grace: 1000 }],
  ['reused', 'an older generation of a session that has expired', { generation: 1, now: 3000 }],
]

describe('a rotation', () => {
  test.each(outcomes)('is %s: %s', (wanted, _, { generation = 3, grace = 10, now = 2000, row: members }) => {
    expect(rotationOutcome({ ...row, ...members }, { ...rotation, generation, grace }, now)).toBe(wanted)
  })

  test.each([0, 2, 3, 4])('is revoked: generation %i of a session that was revoked', (generation) => {
    for (const now of [1000, 2000, 3000]) {
      expect(rotationOutcome({ ...row, revokedAt: 0 }, { ...rotation, generation }, now)).toBe('revoked')
    }
  })

  test('is unknown: any generation of no session', () => {
    expect(rotationOutcome(undefined, rotation, 2000)).toBe('unknown')
  })
})

describe('the row after a rotation', () => {
  test('has the next generation, the time, and an idle time that begins anew', () => {
    const before = { ...row }
    expect(rotatedRow(row, { ...rotation, idle: 50 }, 2050.5)).toEqual({
      ...row,
      generation: 4,
      rotatedAt: 2050.5,
      idleExpiresAt: 2100.5,
    })
    expect(row).toEqual(before)
  })

  test('counts on from the token, which may be ahead', () => {
    expect(rotatedRow(row, { ...rotation, generation: 7 }, 2000).generation).toBe(8)
  })

  test('idles no longer than the session lasts', () => {
    expect(rotatedRow(row, rotation, 2899.5).idleExpiresAt).toBe(2999.5)
    expect(rotatedRow(row, rotation, 2900.5).idleExpiresAt).toBe(3000)
  })
})

describe('a session is over', () => {
  test.each<[boolean, string, number, Partial<SessionRow>]>([
    [false, 'now', 2000, {}],
    [false, 'in the last moment of its idle time', 2099.999, {}],
    [true, 'at the end of its idle time', 2100, {}],
    [true, 'at its end', 2050, { expiresAt: 2050 }],
    [true, 'once it was revoked', 2000, { revokedAt: 1999 }],
    [true, 'once it was revoked, however early', 2000, { revokedAt: 0 }],
  ])('%s: %s', (wanted, _, now, members) => {
    expect(isOver({ ...row, ...members }, now)).toBe(wanted)
  })
})
