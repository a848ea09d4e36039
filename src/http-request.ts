// The requests that tittle/http takes: those of fetch and those of Node, by structure.

/** Headers as fetch has them. */
export interface FetchHeaders {
  get(name: string): string | null
}

/** Headers as node:http has them. */
export interface NodeHeaders {
  readonly [name: string]: string | readonly string[] | undefined
}

/** A Request of fetch, or an IncomingMessage of Node and of what is built on it, as far as it is looked at. */
export interface HttpRequest {
  readonly headers: FetchHeaders | NodeHeaders
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly socket?: { readonly encrypted?: unknown; readonly remoteAddress?: string | undefined } | undefined
  /** Of Node, which drops a second `Authorization` from `headers`. */
  readonly headersDistinct?: { readonly [name: string]: readonly string[] | undefined } | undefined
}

/** A request, or the Headers of one. */
export type RequestOrHeaders = HttpRequest | FetchHeaders

/** A header by its name in small letters; what came more than once is joined with commas, as fetch does. */
export function headerOf(request: RequestOrHeaders, name: string): string | undefined {
  const headers = memberOf(request as HttpRequest, 'headers') ?? (request as FetchHeaders)
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined
  const value = memberOf(headers, name)
  const all = memberOf(memberOf(request as HttpRequest, 'headersDistinct') ?? {}, name) ?? []
  // What Node has of both is what middleware may have changed, unless Node has dropped something of it.
  const values = value !== undefined && all.length > 1 ? all : [value ?? []].flat()
  return values.length === 0 ? undefined : values.join(name === 'cookie' ? '; ' : ', ')
}

/** A member of a request, its own or its class's; not what every object inherits after an attack on Object.prototype. */
export function memberOf<T extends object, N extends keyof T>(owner: T, name: N): T[N] | undefined {
  let holder: object | null = owner
  while (holder !== null && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder)
  return holder === Object.prototype ? undefined : owner[name]
}

function isFetchHeaders(headers: FetchHeaders | NodeHeaders): headers is FetchHeaders {
  return typeof memberOf(headers as FetchHeaders, 'get') === 'function'
}
