import { AsyncLocalStorage } from 'node:async_hooks';

/** What a client promised about a write with its `Idempotency-Key`. */
interface IdempotentRequest {
  readonly key: string;
  /** SHA-256 of method, path and parsed body: the same key with another one is refused. */
  readonly fingerprint: string;
}

/** What is known of the HTTP request that is being answered; made once when it arrives. */
export interface RequestContext {
  readonly requestId: string;
  readonly language: 'ko' | 'en';
  /** Set on routes that accept a key, when the client sent one. */
  idempotency?: IdempotentRequest;
  /** Set when the answer is a stored one: the id of the request that was answered first. */
  replayOf?: string;
}

/** The request of the running call; empty in jobs and operator commands. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
