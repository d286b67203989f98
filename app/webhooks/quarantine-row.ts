import type { QuarantineReason } from '../contract/quarantine-reasons.ts';
import { isoTime } from '../runtime/iso-time.ts';
import type { Reading, RequestFacts } from './reading.ts';

/**
 * Keeps a body as it is, with the reason why it is no row of delivery_events.
 *
 * @param eventId the event's id, where one could be read
 */
export const quarantined = (
  body: Buffer,
  facts: RequestFacts,
  reason: QuarantineReason,
  eventId?: string,
): Reading => ({
  kind: 'quarantine',
  reason,
  row: {
    ...(eventId !== undefined && { event_id: eventId }),
    received_at: isoTime(facts.receivedAt),
    reason,
    body_base64: body.toString('base64'),
    timestamp_header: facts.timestampHeader,
    ...(facts.contentEncoding !== undefined && { content_encoding: facts.contentEncoding }),
    correlation_id: facts.correlationId,
  },
});
