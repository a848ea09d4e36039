// What happens to sessions, told to whoever keeps watch.
import type { Session } from './session.ts'

/** What happens to a session, or to the store. No event carries a token. */
export type SessionEvent =
  | { readonly type: 'started'; readonly session: Session }
  | { readonly type: 'refreshed'; readonly session: Session }
  /** The token before the current one came again within the grace: a retry, or a second tab. */
  | { readonly type: 'replayed'; readonly session: Session }
  /** An old token came again: it was stolen, or its successor was. The session has been revoked. */
  | { readonly type: 'reused'; readonly session: Session; readonly generation: number }
  | { readonly type: 'ended'; readonly session: Session }
  /** The store, `tokenVersion` or `claims` failed or was late. */
  | { readonly type: 'store-failed'; readonly error: unknown }

/** Makes a function that tells of events, and that neither what it throws nor what it takes can hold up. */
export function emitter(
  onEvent: ((event: SessionEvent) => void | Promise<void>) | undefined,
): (event: SessionEvent) => void {
  if (!onEvent) return () => {}
  return (event) => {
    // In a promise, whose failures are dropped, be they thrown or promised.
    void new Promise((resolve) => resolve(onEvent(event))).catch(() => {})
  }
}
