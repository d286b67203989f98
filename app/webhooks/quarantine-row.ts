import { LIMITS } from '../contract/limits.ts';
import type { QuarantineReason } from '../contract/quarantine-reasons.ts';
import type { RowOf } from '../contract/warehouse.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { type BodyPart, partOf } from './body-part.ts';
import type { Reading, RequestFacts } from './reading.ts';

/** Most bytes of a body that fits into a row in base64, with room for the other columns. */
const MOST_WHOLE_BYTES = Math.floor((LIMITS.rowBytes - 100_000) / 4) * 3;

const bodyColumns = (body: Buffer | BodyPart): Partial<RowOf<'quarantine'>> => {
  if (Buffer.isBuffer(body)) {
    if (body.length > MOST_WHOLE_BYTES) return bodyColumns(partOf(body));
    return { body_base64: body.toString('base64') };
  }
  const { head, bytes, sha256 } = body;
  return { body_base64: head.toString('base64'), body_bytes: bytes, body_sha256: sha256 };
};

/**
 * Keeps a body with the reason why it is no row of delivery_events: as it is where that fits into a row, else its beginning, its
 * length and its SHA-256.
 *
 * @param body its bytes, or what is left of a body that is too large
 * @param eventId the event's id, where one could be read
 */
export const quarantined = (
  body: Buffer | BodyPart,
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
    ...bodyColumns(body),
    timestamp_header: facts.timestampHeader,
    ...(facts.contentEncoding !== undefined && { content_encoding: facts.contentEncoding }),
    correlation_id: facts.correlationId,
  },
});
