// The goals, each of one or more parts; a part holds if the worst of its figures does.
import { pairs } from './material.mjs'
import { number } from './report.mjs'
import { pairFigures } from './sections/sync.mjs'

const operations = (names, label) => names.flatMap((name) => ['verify', 'sign'].map((each) => label(`${name} ${each}`)))

const atMost = (limit, unit, figures) => ({ limit, unit, figures: [figures].flat(), isCeiling: true })
const atLeast = (limit, unit, figures) => ({ limit, unit, figures: [figures].flat(), isCeiling: false })

// What is as fast as another cannot be told from it to the last hundredth.
const NOT_BEHIND = 0.99

const REFUSALS = ['expired', 'wrong audience', 'tampered signature', 'tampered payload', 'garbage']

const goals = {
  'HS256 verifySync': [
    atMost(1.25, '× bare', 'HS256 verify / bare'),
    atLeast(1.4, '× fast-jwt', 'HS256 verify, fast-jwt / tittle'),
    atLeast(1.8, '× jsonwebtoken', 'HS256 verify, jsonwebtoken / tittle'),
  ],
  'HS256 one-shot verifySync': [atMost(1.3, '× the prepared verifier', 'HS256 one-shot / prepared')],
  'HS256 signSync': [
    atMost(1.25, '× bare', 'HS256 sign / bare'),
    atLeast(1.2, '× fast-jwt', 'HS256 sign, fast-jwt / tittle'),
    atLeast(1.5, '× jsonwebtoken', 'HS256 sign, jsonwebtoken / tittle'),
  ],
  [`${pairs.join(', ')}, sync`]: [
    atMost(1.05, '× bare', pairFigures.bare),
    atLeast(NOT_BEHIND, '× the fastest peer', pairFigures.peers),
  ],
  'async HS256': [
    atLeast(
      20,
      '× jose',
      operations(['HS256'], (label) => `${label} one by one, jose / tittle`),
    ),
    atMost(
      1.15,
      '× our own sync',
      operations(['HS256'], (label) => `${label} one by one, tittle / own sync`),
    ),
  ],
  'async asymmetric, 32 in flight': [
    atLeast(
      2,
      "× jose's throughput",
      operations(pairs, (label) => `${label} in flight, jose / tittle`),
    ),
    atMost(
      1 / 3,
      "× jose's loop time",
      operations(pairs, (label) => `${label} in flight, loop: tittle / jose`),
    ),
  ],
  'async asymmetric, one by one': [
    atLeast(
      NOT_BEHIND,
      '× jose',
      operations(pairs, (label) => `${label} one by one, jose / tittle`),
    ),
  ],
  'memo hit, ES256': [atLeast(1.4, "× fast-jwt's cache", 'memo hit, fast-jwt / tittle')],
  'refusals by check': [
    atMost(
      1.1,
      '× an acceptance',
      REFUSALS.map((kind) => `${kind}, check / acceptance`),
    ),
    atMost(20, 'µs for 5 MB of garbage', '5 MB of garbage, µs'),
  ],
  'cost by token size': [
    atMost(1.1, '× the cost by character of 4 KB at 16 KB', 'cost by character, 16 KB / 4 KB'),
    atLeast(100, 'MB/s at 16 KB', '16 KB, MB/s'),
  ],
  'cost by key set': [
    atMost(1.5, '× 10 keys with 10,000', [
      'candidates(header), 10,000 keys / 10',
      'ES256 verifySync, 10,000 keys / 10',
    ]),
  ],
  decode: [
    atLeast(8, '× jwt-decode', 'decode, jwt-decode / tittle'),
    atLeast(NOT_BEHIND, "× jose's decodeJwt", 'decode, jose / tittle'),
  ],
  'cold start': [
    atMost(0.5, '× jsonwebtoken', 'cold start, tittle / jsonwebtoken'),
    atMost(0.5, '× jose', 'cold start, tittle / jose'),
  ],
  memory: [atMost(100, 'KB of growth over all verifications', 'heap growth, KB')],
  'bundles, gzip': [
    atMost(800, 'bytes, decode', 'decode, tittle/decode, bytes'),
    atMost(5300, 'bytes, verify and importPublicKey', 'verify with a public key, tittle, bytes'),
  ],
}

/** Each goal with its verdict, by the figures of the sections that have run; those of the others are left out. */
export function judge(figures) {
  return Object.entries(goals).flatMap(([goal, parts]) => {
    const judged = parts.map((part) => judgePart(part, figures)).filter(Boolean)
    return judged.length === 0 ? [] : [{ goal, verdict: verdictOf(judged), parts: judged.map(({ text }) => text) }]
  })
}

function verdictOf(judged) {
  return judged.every(({ isMet }) => isMet) ? 'met' : 'MISSED'
}

function judgePart({ limit, unit, figures: names, isCeiling }, figures) {
  const known = names.filter((name) => name in figures)
  if (known.length === 0) return undefined
  const wanted = `${isCeiling ? '≤' : '≥'} ${number(limit)}`
  const badness = (name) => (isCeiling ? figures[name] : -figures[name])
  const worst = known.reduce((a, b) => (badness(b) > badness(a) ? b : a))
  const value = figures[worst]
  const isMet = isCeiling ? value <= limit : value >= limit
  const where = known.length > 1 ? `: ${worst.replace(/( one by one| in flight| \/ ).*$/, '')}` : ''
  return { isMet, text: `${number(value)} ${unit}${where} (${wanted}${isMet ? '' : ', MISSED'})` }
}
