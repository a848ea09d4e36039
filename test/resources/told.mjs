// What a policy costs that lets 10 MB in, and decode, which has no limit: each by a process, as those with an asterisk may end for want of memory.
import process from 'node:process'
import { load } from '../fuzz/build.mjs'
import { codeOf, inKiB, inMs, measure } from './measure.mjs'
import { encode, filler, flat, header, headerWith, MB, nested, NOW, SECRET, token } from './tokens.mjs'

const { createVerifier, decode, importSecret } = await load('test/resources/library.ts')
const policy = { algorithms: ['HS256'], issuer: null, audience: null, now: () => NOW, maxTokenLength: 10 * MB }
const { verify } = createVerifier(importSecret(SECRET, 'HS256'), policy)
const MOST_GROWTH = 256 * 1024

const repeated = (piece, size) => piece.repeat(Math.floor(size / piece.length))
const text = (i) => encode(`{"x":"${filler(3.7 * MB, i)}"}`)
const of5MB = (piece) => (i) => token(header, encode(`{"x":[${repeated(piece, 3.7 * MB)}0],"i":${i}}`))
const members = Array.from({ length: 100_000 }, (_, i) => `"m${i}":${i}`).join()
const many = Array.from({ length: 300_000 }, (_, i) => `"m${i}":1`).join()
const MALFORMED = 'ERR_TOKEN_MALFORMED'
const rows = [
  { name: 'a million dots', code: MALFORMED, run: verify, of: (i) => flat(`${i}`.padEnd(MB, '.')) },
  {
    name: 'a header nested a million deep *',
    code: MALFORMED,
    run: verify,
    of: (i) => token(headerWith(nested(MB), i)),
  },
  {
    name: 'a header of a million open brackets',
    code: MALFORMED,
    run: verify,
    of: () => token(encode('['.repeat(MB))),
  },
  {
    name: 'a payload nested a million deep',
    code: 'ERR_SIGNATURE',
    run: verify,
    of: (i) => token(header, encode(`{${nested(MB)},"i":${i}}`)),
  },
  {
    name: 'a header of 1 MB',
    code: 'ERR_SIGNATURE',
    run: verify,
    of: (i) => token(headerWith(`"x":"${'x'.repeat(MB)}"`, i)),
  },
  { name: 'a header of 100,000 members', code: 'ERR_SIGNATURE', run: verify, of: (i) => token(headerWith(members, i)) },
  { name: 'a payload of 5 MB', code: 'ERR_SIGNATURE', run: verify, of: (i) => token(header, text(i)) },
  { name: 'decode: a payload of 5 MB', code: 'accepted', run: decode, of: (i) => token(header, text(i)) },
  { name: 'decode: 5 MB of empty strings', code: 'accepted', run: decode, of: of5MB('"",') },
  { name: 'decode: 5 MB of escapes', code: 'accepted', run: decode, of: of5MB('"\\\\\\"\\n",') },
  { name: 'decode: 5 MB beyond ASCII', code: 'accepted', run: decode, of: of5MB('"\u00e9",') },
  { name: 'decode: 5 MB of objects', code: 'accepted', run: decode, of: of5MB('{"a":{}},') },
  { name: 'decode: 5 MB of members', code: 'accepted', run: decode, of: (i) => token(header, headerWith(many, i)) },
  { name: 'decode: 100,000 members', code: 'accepted', run: decode, of: (i) => token(header, headerWith(members, i)) },
  {
    name: 'decode: a payload nested a million deep *',
    code: MALFORMED,
    run: decode,
    of: (i) => token(header, encode(`{${nested(MB)},"i":${i}}`)),
  },
  { name: 'decode: a million dots', code: MALFORMED, run: decode, of: (i) => flat(`${i}`.padEnd(MB, '.')) },
]

const { name, code, run, of } = rows[Number(process.argv[2])] ?? {}
if (name) {
  console.log(`${name.padEnd(45)}`)
  const got = await codeOf(async () => run(of(0)))
  const { median, growth } = await measure(5, of, (one) => codeOf(async () => run(one)))
  console.log(`${inMs(median).padStart(9)} ms ${inKiB(growth).padStart(8)} KiB`)
  if (got !== code) console.log(`FAILED: ${got} instead of ${code}`)
  if (growth > MOST_GROWTH) console.log('FAILED: memory grows')
}
