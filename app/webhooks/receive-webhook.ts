import type { IncomingMessage } from 'node:http';
import type { CustomerIOWebhooks } from './customerio-webhooks.ts';
import type { Outcome, SignatureFault } from './outcome.ts';
import { quarantined } from './quarantine-row.ts';
import { readBody } from './read-body.ts';
import { readEvent } from './read-event.ts';
import type { Reading, RequestFacts } from './reading.ts';
import { errorOf } from './settle-within.ts';
import {
  isUsableKey,
  type Signature,
  signatureHeaders,
  signatureOf,
  verifySignature,
} from './verify-signature.ts';

/** What receiving a webhook needs. */
export interface ReceiveOptions {
  /** The signing keys of now, asked for at each request; undefined, none, or only the placeholder: requests are held. */
  readonly keys: () => readonly string[] | undefined;
  readonly webhooks: CustomerIOWebhooks;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How many seconds `X-CIO-Timestamp` may be from now. @default any age */
  readonly freshSeconds?: number;
  /** Bytes of a body. @default 1,000,000 */
  readonly bodyBytes?: number;
  /** Milliseconds until a body must have come. @default 3,000 */
  readonly bodyMs?: number;
  /** Told of an error in reading a body, which is then kept in the quarantine. */
  readonly onUnreadable: (error: Error, facts: RequestFacts) => void;
}

const BODY_BYTES = 1_000_000;
const BODY_MS = 3_000;

const isTaken = (request: IncomingMessage): boolean =>
  request.readableDidRead || ('body' in request && request.body !== undefined);

const badSignature = (
  request: IncomingMessage,
  given: Signature | undefined,
  keys: readonly string[],
  now: number,
): Outcome => {
  const behindSeconds = given && Math.round(now / 1000 - Number(given.timestamp));
  const headers = signatureHeaders(request.headers);
  const fault: SignatureFault = { headers, behindSeconds, keys: keys.filter(isUsableKey).length };
  return { kind: 'bad_signature', fault };
};

/** A fault of ours in reading must not hold back every later webhook: such a body is kept instead. */
const read = (body: Buffer, facts: RequestFacts, options: ReceiveOptions): Reading => {
  try {
    return readEvent(body, facts);
  } catch (error) {
    options.onUnreadable(errorOf(error), facts);
    return quarantined(body, facts, 'unreadable');
  }
};

const store = async (
  body: Buffer,
  facts: RequestFacts,
  keyIndex: number,
  options: ReceiveOptions,
): Promise<Outcome> => {
  const reading = read(body, facts, options);
  const result = await options.webhooks.handle(reading);
  const signed = { keyIndex, bytes: body.length };
  if (!result.stored) return { kind: 'not_stored', ...signed, error: result.error };
  if (reading.kind === 'quarantine') {
    return { kind: 'quarantined', ...signed, reason: reading.reason, eventId: reading.row.event_id };
  }
  const { event, rows } = reading;
  return { kind: 'stored', ...signed, event, rows: rows.length, faults: result.faults };
};

/**
 * Takes one request: checks that it is signed, reads it and has it stored. Whether the headers can be a signature at all is
 * looked at before the body is read.
 *
 * @returns what became of it; every failure is one of the outcomes
 */
export const receiveWebhook = async (
  request: IncomingMessage,
  correlationId: string,
  options: ReceiveOptions,
): Promise<Outcome> => {
  if (isTaken(request)) return { kind: 'body_taken' };
  const { bodyBytes = BODY_BYTES, bodyMs = BODY_MS, freshSeconds } = options;
  const limits = { bytes: bodyBytes, withinMs: bodyMs };
  const keys = options.keys();
  if (!keys?.some(isUsableKey)) {
    // An answer in the middle of a body may reach its sender as a reset, which costs an hour of silence.
    await readBody(request, limits);
    return { kind: 'no_key' };
  }
  const receivedAt = options.now();
  const given = signatureOf(request.headers);
  if (given === undefined) return badSignature(request, given, keys, receivedAt);
  const body = await readBody(request, limits);
  if (body.kind !== 'read') return { kind: body.kind };
  const freshness = freshSeconds === undefined ? undefined : { withinSeconds: freshSeconds, now: receivedAt };
  const keyIndex = verifySignature(given, body.bytes, keys, freshness);
  if (keyIndex === undefined) return badSignature(request, given, keys, receivedAt);
  const facts = {
    receivedAt,
    correlationId,
    timestampHeader: given.timestamp,
    contentEncoding: request.headers['content-encoding'],
  };
  return store(body.bytes, facts, keyIndex, options);
};
