import { METRIC_COLUMNS, type RowOf } from '../contract/warehouse.ts';
import type { AppMessage } from '../customerio/app-port.ts';
import type { ExpectedEvent } from './expected-events.ts';

type Row = RowOf<'delivery_events'>;

/** An event in the form in which the receiver of webhooks makes rows of it. */
export interface RefilledEvent {
  readonly eventId: string;
  readonly objectType: string;
  readonly metric: string;
  /** Milliseconds since 1970, to the second. */
  readonly timestamp: number;
  /** What a webhook would tell of the delivery. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The delivery as the App API lists it, JSON text. */
  readonly raw: string;
  /** When it was fetched, milliseconds since 1970. */
  readonly receivedAt: number;
  readonly correlationId: string;
}

/** Makes the rows of an event: given from outside, so that refilled rows are made as received ones are. */
export type ToRows = (
  event: RefilledEvent,
  envelope: Readonly<Record<string, unknown>>,
) => readonly [Row, ...Row[]];

/** Where a refilled row came from, in the place of a request's id. */
const CORRELATION = 'reconcile';

const hasFailure = ({ objectType, metric }: ExpectedEvent): boolean => {
  const columns: Readonly<Record<string, readonly string[]>> =
    METRIC_COLUMNS[objectType as keyof typeof METRIC_COLUMNS];
  return columns[metric]?.includes('failure_message') === true;
};

/**
 * The row of an event whose webhook never came, from what the App API tells of its delivery. Its `event_id` is derived from the
 * delivery and the metric, since the webhook's own is not known: a refill that runs twice makes the same id, and duplicates are
 * removed as usual. `refilled` is true, `raw` is the delivery as the App API lists it. Links, devices and contents are not listed
 * there: those columns stay null, and a push has one row instead of one per recipient.
 *
 * @param receivedAt when it was fetched, milliseconds since 1970
 * @param toRows makes the row
 * @example refilledRow(message, event, Date.now(), toRows).event_id // 'refill-d1-sent'
 */
export const refilledRow = (
  message: AppMessage,
  event: ExpectedEvent,
  receivedAt: number,
  toRows: ToRows,
): Row => {
  const { deliveryId, objectType, metric, timestamp } = event;
  const eventId = `refill-${deliveryId}-${metric}`;
  const data = {
    ...message,
    delivery_id: deliveryId,
    identifiers: message['customer_identifiers'] ?? { id: message['customer_id'] },
    template_id: message['template_id'] ?? message['msg_template_id'],
    failure_message: hasFailure(event) ? message['failure_message'] : undefined,
    recipients: undefined,
  };
  const webhook = {
    eventId,
    objectType,
    metric,
    timestamp: timestamp * 1000,
    data,
    raw: JSON.stringify(message),
    receivedAt,
    correlationId: CORRELATION,
  };
  const [row] = toRows(webhook, { event_id: eventId, object_type: objectType, metric });
  return { ...row, refilled: true };
};
