import { generateSecret, isJwtError, signSync, verifySync } from 'tittle'
import { decode } from 'tittle/decode'
import { verifyJwsSync } from 'tittle/jws'

const key = generateSecret('HS256')
const token: string = signSync({ sub: 'alice' }, key, { expiresIn: '15m' })
const { claims } = verifySync(token, key, { algorithms: ['HS256'], issuer: null, audience: null })
const subject: string | undefined = claims.sub
const { payload }: { payload: Uint8Array } = verifyJwsSync(token, key, { algorithms: ['HS256'] })
export const seen: readonly unknown[] = [subject, payload, decode(token).unverified, isJwtError(token)]

// @ts-expect-error a policy names its algorithms, its issuer and its audience
verifySync(token, key, {})
