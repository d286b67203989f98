import { isUtf8 } from 'node:buffer';
import type { QuarantineReason } from '../contract/quarantine-reasons.ts';
import { EVENT_WINDOW_DAYS, PREFERENCES_CHANGED } from '../contract/warehouse.ts';
import { weighJson } from '../runtime/weigh-json.ts';
import { isObject } from './column-value.ts';
import { quarantined } from './quarantine-row.ts';
import type { JsonObject, Reading, RequestFacts } from './reading.ts';
import { toRows } from './to-rows.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NAME_CHARACTERS = 256;
const BYTE_ORDER_MARK = '\ufeff';
/** Only a body above this can become more than the next once it is parsed. */
const WEIGHED_BYTES = 1_000_000;
/** Memory that one body may take once it is parsed, in bytes: the heap of the smallest container has twice as much. */
const MOST_PARSED_BYTES = 150_000_000;
const SECONDS = /^\d{1,15}$/;

type Fault = { readonly reason: QuarantineReason };
const fault = (reason: QuarantineReason): Fault => ({ reason });

const textIn = (object: JsonObject, field: string): string | undefined => {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  const isName =
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= NAME_CHARACTERS &&
    value.isWellFormed() &&
    !value.includes('\u0000');
  return isName ? value : undefined;
};

/**
 * The channel. Of a change of preferences it is the one that caused it, or `customer`, and its key may be spelt
 * `object_type_type` or be absent. Source: contract, section 7.2.
 */
const objectTypeOf = (envelope: JsonObject, metric: string): string | undefined => {
  const objectType = textIn(envelope, 'object_type');
  if (objectType !== undefined || metric !== PREFERENCES_CHANGED) return objectType;
  return textIn(envelope, 'object_type_type') ?? 'customer';
};

/** Milliseconds since 1970; seconds as a number, with a fraction or not, or as digits. */
const timeOf = (value: unknown): number | undefined => {
  const seconds = typeof value === 'string' && SECONDS.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.floor(seconds * 1000) : undefined;
};

const isInWindow = (time: number, now: number): boolean =>
  time >= now - EVENT_WINDOW_DAYS.past * DAY_MS && time <= now + EVENT_WINDOW_DAYS.future * DAY_MS;

const parse = (text: string): { readonly value: unknown } | Fault => {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return fault('not_json');
  }
};

const isEncoded = (encoding: string | undefined): boolean =>
  encoding !== undefined && encoding.trim() !== '' && encoding.trim().toLowerCase() !== 'identity';

const envelopeOf = (body: Buffer, facts: RequestFacts): { envelope: JsonObject; raw: string } | Fault => {
  if (body.length === 0) return fault('empty');
  if (body.length > WEIGHED_BYTES && weighJson(body) > MOST_PARSED_BYTES) return fault('too_large');
  const raw = isUtf8(body) ? body.toString('utf8') : undefined;
  const parsed = raw === undefined ? fault('not_utf8') : parse(raw);
  if ('reason' in parsed) return isEncoded(facts.contentEncoding) ? fault('content_encoding') : parsed;
  if (Array.isArray(parsed.value)) return fault('array');
  return isObject(parsed.value) && raw !== undefined ? { envelope: parsed.value, raw } : fault('not_object');
};

const rowsOf = (envelope: JsonObject, raw: string, facts: RequestFacts): Reading | Fault => {
  const eventId = textIn(envelope, 'event_id');
  if (eventId === undefined) return fault('event_id');
  const metric = textIn(envelope, 'metric');
  if (metric === undefined) return fault('metric');
  const objectType = objectTypeOf(envelope, metric);
  if (objectType === undefined) return fault('object_type');
  const timestamp = timeOf(envelope['timestamp']);
  if (timestamp === undefined) return fault('timestamp');
  if (!isInWindow(timestamp, facts.receivedAt)) return fault('timestamp_range');
  const data = envelope['data'];
  if (!Object.hasOwn(envelope, 'data') || !isObject(data)) return fault('data');
  const { receivedAt, correlationId } = facts;
  const event = { eventId, objectType, metric, timestamp, data, raw, receivedAt, correlationId };
  return { kind: 'rows', event, rows: toRows(event, envelope) };
};

/**
 * Reads the body of a signed request into what is stored of it. Never throws for any bytes, and loses none: they stand in
 * the first row's `raw`, or in base64 in a row of the quarantine; of what fits into no row its length and SHA-256 are kept. A pair of object type and metric that is not documented
 * yet is an event like the others; a byte order mark is allowed; an array is not split, for an event is one object per
 * request. Source: contract, section 7.
 *
 * @example readEvent(Buffer.from('[]'), facts) // { kind: 'quarantine', reason: 'array', row: { body_base64: 'W10=', … } }
 */
export const readEvent = (body: Buffer, facts: RequestFacts): Reading => {
  const read = envelopeOf(body, facts);
  if ('reason' in read) return quarantined(body, facts, read.reason);
  const reading = rowsOf(read.envelope, read.raw, facts);
  if ('kind' in reading) return reading;
  return quarantined(body, facts, reading.reason, textIn(read.envelope, 'event_id'));
};
