import type { QuarantineReason } from '../contract/quarantine-reasons.ts';
import type { RowOf } from '../contract/warehouse.ts';

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What is known of a request beside its body. */
export interface RequestFacts {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly correlationId: string;
  /** `X-CIO-Timestamp`. */
  readonly timestampHeader: string;
  readonly contentEncoding?: string | undefined;
}

/** One reporting webhook. It may come again: recognise it by `eventId`. */
export interface WebhookEvent {
  readonly eventId: string;
  /** Channel, or `customer`; one that is not documented yet is passed on too. */
  readonly objectType: string;
  readonly metric: string;
  /** Milliseconds since 1970, to the second. */
  readonly timestamp: number;
  /** As sent: any field may be absent or of another type than documented. */
  readonly data: JsonObject;
  /** The exact text of the request. */
  readonly raw: string;
  readonly receivedAt: number;
  readonly correlationId: string;
}

/** A signed request as it is to be stored: nothing of it is lost in either form. */
export type Reading =
  | {
      readonly kind: 'rows';
      readonly event: WebhookEvent;
      readonly rows: readonly [RowOf<'delivery_events'>, ...RowOf<'delivery_events'>[]];
    }
  | {
      readonly kind: 'quarantine';
      readonly row: RowOf<'quarantine'>;
      readonly reason: QuarantineReason;
    };
