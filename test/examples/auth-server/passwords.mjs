// Passwords, kept as scrypt makes them; every check costs the same, whether or not there is such a user.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(scrypt)
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 }

const hash = (password, salt) => derive(password.normalize('NFKC'), salt, 32, cost)

/** What to keep of a password. */
export async function keepPassword(password) {
  const salt = randomBytes(16)
  return { salt, hash: await hash(password, salt) }
}

const nobody = await keepPassword(randomBytes(16).toString('hex'))

/** Tells whether the password is the one that was kept; with nothing kept it works as long, and says no. */
export async function isPassword(password, kept) {
  const { salt, hash: wanted } = kept ?? nobody
  const same = timingSafeEqual(await hash(password, salt), wanted)
  return same && kept !== undefined
}
