// 6. Reading without verifying.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { jwtDecode } from 'jwt-decode'
import { decode } from 'tittle/decode'
import { claims, materialOf } from '../material.mjs'
import { measure } from '../measure.mjs'
import { micros, ratio } from '../report.mjs'

export const title = 'Decode'

export async function run(scale) {
  const { token, sign } = await materialOf('HS256')
  const result = await measure(subjects(token), scale)
  const foreign = await measure(subjects(sign({ ...claims, name: 'Zoë Müller' })), scale)
  const row = (name) => [name, ...[result, foreign].map((one) => cell(one, name))]
  return {
    notes: ['Multiples of tittle, which reads header and claims, and refuses what is not strict.'],
    tables: [[['', 'token of the other tables', 'with a name that is not ASCII'], ...result.names.map(row)]],
    figures: {
      'decode, jwt-decode / tittle': result.ratio('jwt-decode, claims', TITTLE).median,
      'decode, jose / tittle': result.ratio('jose, claims', TITTLE).median,
    },
  }
}

const TITTLE = 'tittle, header and claims'

function subjects(token) {
  return {
    [TITTLE]: () => decode(token),
    'jwt-decode, claims': () => jwtDecode(token),
    'jwt-decode, header and claims': () => [jwtDecode(token, { header: true }), jwtDecode(token)],
    'jose, claims': () => decodeJwt(token),
    'jose, header and claims': () => [decodeProtectedHeader(token), decodeJwt(token)],
  }
}

const cell = (result, name) => (name === TITTLE ? micros(result.median(name)) : ratio(result.ratio(name, TITTLE)))
