// Tokens over HTTP: bearer headers, cookies, CSRF, challenges.
export {
  authenticate,
  type AuthenticateOptions,
  type PlatformResponse,
  type TokenVerifier,
} from './http-authenticate.ts'
export { bearerToken, requireScope } from './http-bearer.ts'
export { challenge, type Challenge, type ChallengeOptions } from './http-challenge.ts'
export {
  accessCookie,
  clearCookies,
  cookieNames,
  csrfCookie,
  readCookies,
  refreshCookie,
  type CookieOptions,
  type CsrfCookieOptions,
  type RefreshCookieOptions,
} from './http-cookies.ts'
export { checkCsrf, csrfToken, type CsrfOptions } from './http-csrf.ts'
export { requireHttps, type HttpsOptions } from './http-https.ts'
export type { FetchHeaders, HttpRequest, NodeHeaders, RequestOrHeaders } from './http-request.ts'
