// The libraries with the keys of one algorithm, of which each has shown first that it does what it is measured for.
import { algorithms, claims, materialOf } from './material.mjs'
import { peers } from './peers.mjs'

/** `{ [library]: { sync, async, claimsOf } }`, without those that lack the algorithm. */
export async function setUp(name) {
  const material = await materialOf(name)
  const entries = Object.entries(peers).map(([library, make]) => [library, make(material)])
  return Object.fromEntries(entries.filter(([, { sync, async }]) => sync || async))
}

/** Throws where a library signs or verifies otherwise than all the others, or leaves issuer or audience unchecked. */
export async function assertFair() {
  for (const name of algorithms) {
    const material = await materialOf(name)
    const libraries = await setUp(name)
    const refused = [
      material.sign({ ...claims, iss: 'https://other.example' }),
      material.sign({ ...claims, aud: 'https://other.example' }),
      material.sign({ ...claims, exp: claims.iat }),
      material.token.slice(0, -12) + 'AAAAAAAAAAAA',
    ]
    for (const [library, { sync, async, claimsOf = (claims) => claims }] of Object.entries(libraries)) {
      for (const { sign, verify } of [sync, async].filter(Boolean)) {
        const where = `${library}, ${name}`
        assertSame(claimsOf(await verify(material.token)), where)
        assertSame(claimsOf(await verify(await sign(claims))), where)
        if (library === 'bare') continue
        for (const token of refused) if (await accepts(verify, token)) throw new Error(`${where}: accepts a bad token`)
      }
    }
  }
}

function assertSame(payload, where) {
  const [given, wanted] = [payload, claims].map((object) => JSON.stringify(Object.entries(object).sort()))
  if (given !== wanted) throw new Error(`${where}: ${given}`)
}

async function accepts(verify, token) {
  try {
    await verify(token)
    return true
  } catch {
    return false
  }
}
