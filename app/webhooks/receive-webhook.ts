import type { IncomingMessage } from 'node:http';
import { BodyBudget } from '../runtime/http/body-budget.ts';
import { type BodyLimits, readBody } from '../runtime/http/read-body.ts';
import type { CustomerIOWebhooks } from './customerio-webhooks.ts';
import type { Outcome, SignatureFault } from './outcome.ts';
import { quarantined } from './quarantine-row.ts';
import { readEvent } from './read-event.ts';
import type { Reading, RequestFacts } from './reading.ts';
import { errorOf, settleWithin } from './settle-within.ts';
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
  /** Reads the keys again, for a signature that none of them verifies: one may have been added a moment ago. @default never */
  readonly refreshKeys?: () => Promise<void>;
  readonly webhooks: CustomerIOWebhooks;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How many seconds `X-CIO-Timestamp` may be from now. @default any age */
  readonly freshSeconds?: number;
  /** Bytes of a body. @default 1,000,000 */
  readonly bodyBytes?: number;
  /** Milliseconds until a body must have come. @default 3,000 */
  readonly bodyMs?: number;
  /** Milliseconds until a request must be answered. @default 3,600 */
  readonly totalMs?: number;
  /** Bytes of the bodies of all requests. @default 64,000,000 */
  readonly budget?: BodyBudget;
  /** Told of an error in reading a body, which is then kept in the quarantine. */
  readonly onUnreadable: (error: Error, facts: RequestFacts) => void;
}

const BODY_BYTES = 1_000_000;
const BODY_MS = 3_000;
/** Customer.io gives up after 4 s (contract, section 7); the rest is for the way there and back. */
const TOTAL_MS = 3_600;
const REFRESH_MS = 500;
/** Keeps nothing of any body. */
const NO_BUDGET = new BodyBudget(0);
const BUDGET = new BodyBudget(64_000_000);

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

interface Received {
  readonly request: IncomingMessage;
  readonly correlationId: string;
  readonly given: Signature;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** When it must be answered, by `performance.now`. */
  readonly deadline: number;
}

/** The place of the key that signed it, among the keys of now or, where none did, among those read again. */
const keyOf = (
  body: Buffer,
  { given, receivedAt }: Received,
  { keys, refreshKeys, freshSeconds }: ReceiveOptions,
): number | undefined | Promise<number | undefined> => {
  const freshness = freshSeconds === undefined ? undefined : { withinSeconds: freshSeconds, now: receivedAt };
  const verify = (): number | undefined => verifySignature(given, body, keys() ?? [], freshness);
  const found = verify();
  if (found !== undefined || refreshKeys === undefined) return found;
  // Where they cannot be read again, the answer is the one that the known keys give.
  return settleWithin(refreshKeys, REFRESH_MS, 'reading the keys again').then(verify);
};

const store = async (body: Buffer, received: Received, options: ReceiveOptions): Promise<Outcome> => {
  const { request, correlationId, given, receivedAt, deadline } = received;
  const keyIndex = await keyOf(body, received, options);
  if (keyIndex === undefined) return badSignature(request, given, options.keys() ?? [], receivedAt);
  const facts = {
    receivedAt,
    correlationId,
    timestampHeader: given.timestamp,
    contentEncoding: request.headers['content-encoding'],
  };
  const reading = read(body, facts, options);
  const result = await options.webhooks.handle(reading, deadline);
  const bytes = body.length;
  if (!result.stored) return { kind: 'not_stored', keyIndex, bytes, error: result.error };
  if (reading.kind === 'quarantine') {
    return { kind: 'quarantined', keyIndex, bytes, reason: reading.reason, eventId: reading.row.event_id };
  }
  const { event, rows } = reading;
  return { kind: 'stored', keyIndex, bytes, event, rows: rows.length, faults: result.faults };
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
  if (request.method !== 'POST') return { kind: 'method_not_allowed' };
  if (isTaken(request)) return { kind: 'body_taken' };
  const { bodyBytes = BODY_BYTES, bodyMs = BODY_MS, totalMs = TOTAL_MS, budget = BUDGET } = options;
  const limits: BodyLimits = { bytes: bodyBytes, withinMs: () => bodyMs, budget };
  const deadline = performance.now() + totalMs;
  const keys = options.keys();
  if (!keys?.some(isUsableKey)) {
    // An answer in the middle of a body may reach its sender as a reset, which costs an hour of silence.
    await readBody(request, { ...limits, budget: NO_BUDGET });
    return { kind: 'no_key' };
  }
  const receivedAt = options.now();
  const given = signatureOf(request.headers);
  if (given === undefined) return badSignature(request, given, keys, receivedAt);
  const body = await readBody(request, limits);
  if (body.kind !== 'read') return { kind: body.kind };
  try {
    return await store(body.bytes, { request, correlationId, given, receivedAt, deadline }, options);
  } finally {
    budget.give(body.held);
  }
};
