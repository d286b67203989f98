/** Why a signed request is in the table of the quarantine. */
export const QUARANTINE_REASONS = {
  empty: 'the body is empty',
  content_encoding: 'the body is compressed, and its bytes are no JSON as they are',
  not_utf8: 'the body is not valid UTF-8',
  not_json: 'the body is not JSON',
  array: 'the body is an array; an event is one object per request',
  not_object: 'the body is JSON but no object',
  event_id: '`event_id` is no text of 1 to 256 characters',
  object_type: '`object_type` is no text of 1 to 256 characters',
  metric: '`metric` is no text of 1 to 256 characters',
  timestamp: '`timestamp` is no number of seconds',
  timestamp_range: '`timestamp` is outside what the table takes',
  data: '`data` is no object',
  too_large: 'the body is above 8 MB, or has so many parts that reading it takes too much memory',
  unreadable: 'reading it failed here; the log has the error',
} as const satisfies Record<string, string>;
export type QuarantineReason = keyof typeof QUARANTINE_REASONS;
