// The key set of an issuer, by its published configuration.
import { JwtError } from './errors.ts'
import { checkUrl, fetchJson } from './jwks-fetch.ts'
import { ownMember } from './json.ts'
import { makeRemote, type RemoteKeySet } from './jwks-remote.ts'
import { readSettings, type RemoteKeySetOptions } from './jwks-settings.ts'

/**
 * Makes a remote key set of an issuer's, by its OpenID configuration (OpenID Connect Discovery 1.0 §4).
 *
 * The document is fetched with the first set, and anew after a failure. Its `issuer` must equal the one that was asked for.
 *
 * @throws TypeError where the issuer is not an https URL (or http on loopback) without a query, or an option is wrong
 * @example
 * import { discoverKeySet } from 'tittle/jwks'
 *
 * const keySet = discoverKeySet('https://issuer.example')
 */
export function discoverKeySet(issuer: string, options: RemoteKeySetOptions = {}): RemoteKeySet {
  const base = checkUrl('discoverKeySet: the issuer', issuer)
  if (typeof issuer !== 'string' || /[?#]/.test(issuer)) {
    throw new TypeError('discoverKeySet: the issuer must be a string without a query or a fragment')
  }
  const settings = readSettings('discoverKeySet', options)
  const url = `${base.replace(/\/$/, '')}/.well-known/openid-configuration`
  let found: string | undefined
  return makeRemote(async (anew) => {
    if (found !== undefined && !anew) return found
    const { document = {} } = await fetchJson(settings.fetch, url, settings.timeout)
    if (ownMember(document, 'issuer') !== issuer) {
      throw new JwtError(
        'ERR_KEYSET_INVALID',
        'the configuration is that of another issuer than the one that was asked for',
      )
    }
    try {
      const uri = ownMember(document, 'jwks_uri')
      found = checkUrl('the "jwks_uri" of the configuration', typeof uri === 'string' ? uri : '')
      if (url.startsWith('https:') && !found.startsWith('https:'))
        throw new TypeError('the "jwks_uri" must be an https URL')
      return found
    } catch (error) {
      throw new JwtError('ERR_KEYSET_INVALID', (error as TypeError).message)
    }
  }, settings)
}
