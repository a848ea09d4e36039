// One process of the memory section; it needs --expose-gc.
import { createVerifier as createFastVerifier } from 'fast-jwt'
import { createSigner, createVerifier } from 'tittle'
import { claims, issuer, audience, materialOf } from './material.mjs'
import { tittleKeys } from './peers.mjs'

const [task, count] = process.argv.slice(2)
const tasks = { verifications, entries }
console.log(JSON.stringify(await tasks[task](Number(count))))

/** As many headers as an issuer with a thousand keys has, and a signature of each ten that is wrong. */
async function verifications(number) {
  const { verifying } = tittleKeys(await materialOf('HS256'))
  const { verifySync } = createVerifier(verifying, { algorithms: ['HS256'], issuer, audience })
  const tokens = Array.from({ length: 1000 }, (_, i) => {
    const token = createSigner(verifying, { kid: `key-${i}` }).signSync(claims)
    return i % 10 ? token : `${token.slice(0, -12)}AAAAAAAAAAAA`
  })
  // The first calls compile the code, which has its place on the heap.
  verifyAll(verifySync, tokens, number / 5)
  const before = usedHeap()
  verifyAll(verifySync, tokens, number)
  return { growth: usedHeap() - before }
}

function verifyAll(verifySync, tokens, number) {
  for (let i = 0; i < number; i++) {
    try {
      verifySync(tokens[i % tokens.length])
    } catch {
      // One in ten.
    }
  }
}

async function entries(number) {
  const material = await materialOf('ES256')
  const { alg, publicPem } = material
  const policy = { algorithms: [alg], issuer, audience }
  const { verifying } = tittleKeys(material)
  const fast = { key: publicPem, algorithms: [alg], allowedIss: issuer, allowedAud: audience, cache: number }
  // Text in one piece, as that of a request.
  const token = (i) => Buffer.from(material.sign({ ...claims, jti: `id-${i}` })).toString('latin1')
  return {
    tittle: bytesOfEach(
      () => createVerifier(verifying, { ...policy, memo: { max: number } }).verifySync,
      token,
      number,
    ),
    fastJwt: bytesOfEach(() => createFastVerifier(fast), token, number),
  }
}

function bytesOfEach(make, token, number) {
  make()(token(0))
  const before = usedHeap()
  const verify = make()
  for (let i = 0; i < number; i++) verify(token(i))
  const after = usedHeap()
  // A last use, lest the verifier be collected with all that it holds.
  verify(token(0))
  return (after - before) / number
}

// What is not on V8's heap, as the octets of Buffers, counts too.
function usedHeap() {
  for (let i = 0; i < 4; i++) global.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
