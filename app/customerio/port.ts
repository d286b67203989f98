import type { AnonymousEvent, DeliveryReport, Operation } from '../contract/operations.ts';

/** What an API answered, or why there is no answer. Read by the judge; never by message text. */
export interface ApiAnswer {
  /** HTTP status; absent when the connection failed or timed out. */
  readonly status?: number;
  /** The parsed body when it was JSON (an empty body is `{}`). */
  readonly json?: unknown;
  /** What the server asked to wait, in milliseconds, from `Retry-After` in seconds or as a date. */
  readonly retryAfterMs?: number;
  /** What failed below HTTP, such as ECONNREFUSED or TimeoutError. */
  readonly fault?: string;
}

/** The Track API as the platform uses it: each call is one request, never retried here, and never throws for an answer. */
export interface TrackApi {
  batch(operations: readonly Operation[]): Promise<ApiAnswer>;
  entity(operation: Operation): Promise<ApiAnswer>;
  trackAnonymous(anonymousId: string, event: AnonymousEvent): Promise<ApiAnswer>;
  reportMetric(report: DeliveryReport): Promise<ApiAnswer>;
}

/** What the delivery engine sends through: the Track API, told which attempt it is. */
export interface TrackSender {
  batch(operations: readonly Operation[], attempt?: number): Promise<ApiAnswer>;
  anonymous(anonymousId: string, event: AnonymousEvent, attempt?: number): Promise<ApiAnswer>;
  report(report: DeliveryReport, attempt?: number): Promise<ApiAnswer>;
}
