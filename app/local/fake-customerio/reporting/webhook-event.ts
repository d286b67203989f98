import type { Json } from '../operation-fault.ts';

/** One reporting webhook event as Customer.io posts it (contract, section 7). */
export interface WebhookEvent {
  /** A ULID; the same over retries and re-deliveries. */
  readonly event_id: string;
  readonly object_type: string;
  readonly metric: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly data: Json;
}

/** What happened, before it has an id and its data are complete. */
export interface Happening {
  readonly object_type: string;
  readonly metric: string;
  /** A person's id, e-mail address or cio_id; without one that of the delivery. */
  readonly person?: string;
  /** Goes over what would be filled in. */
  readonly data?: Json;
  /** Seconds since 1970. @default now */
  readonly timestamp?: number;
}

/**
 * The JSON of an event for one webhook; without content it lacks `content` and `headers` (contract, sections 7.2 and 9).
 */
export const bodyOf = (event: WebhookEvent, withContent: boolean): string => {
  if (withContent) return JSON.stringify(event);
  const { content: _content, headers: _headers, ...data } = event.data;
  return JSON.stringify({ ...event, data });
};
