import type { IncomingMessage } from 'node:http';
import { BodyBudget } from '../runtime/http/body-budget.ts';
import { Gathered, type ReadBody } from '../runtime/http/gathered.ts';
import { takeBody } from '../runtime/http/take-body.ts';
import type { CustomerIOWebhooks } from './customerio-webhooks.ts';
import type { HashedBody } from './hashed-body.ts';
import { LargeTurn } from './large-turn.ts';
import type { Outcome, SignatureFault } from './outcome.ts';
import { quarantined } from './quarantine-row.ts';
import { readEvent } from './read-event.ts';
import type { Reading, RequestFacts } from './reading.ts';
import { errorOf, settleWithin } from './settle-within.ts';
import {
  type Freshness,
  isUsableKey,
  type Signature,
  signatureHeaders,
  signatureOf,
  verifySignature,
} from './verify-signature.ts';
import { WebhookBody } from './webhook-body.ts';

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
  /** Bytes above which one body is read at a time. @default 1,000,000 */
  readonly largeBytes?: number;
  /** Bytes of a body that is read. @default 8,000,000 */
  readonly bodyBytes?: number;
  /** Bytes of a longer body: it is only hashed, and its beginning is kept. @default 32,000,000 */
  readonly hashedBytes?: number;
  /** Milliseconds until a body must have come. @default 3,000 */
  readonly bodyMs?: number;
  /** Milliseconds until a request must be answered. @default 3,600 */
  readonly totalMs?: number;
  /** Bytes of the bodies of all requests. @default 64,000,000 */
  readonly budget?: BodyBudget;
  /** Told of an error in reading a body, which is then kept in the quarantine. */
  readonly onUnreadable: (error: Error, facts: RequestFacts) => void;
}

const LARGE_BYTES = 1_000_000;
const BODY_BYTES = 8_000_000;
const HASHED_BYTES = 32_000_000;
/** How much more than that is still taken of a body that is refused. */
const DISCARDED = 2;
const BODY_MS = 3_000;
/** Customer.io gives up after 4 s (contract, section 7); the rest is for the way there and back. */
const TOTAL_MS = 3_600;
const REFRESH_MS = 500;
/** Keeps nothing of any body. */
const NO_BUDGET = new BodyBudget(0);
const BUDGET = new BodyBudget(64_000_000);
const TURN = new LargeTurn();

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

const freshnessOf = ({ receivedAt }: Received, { freshSeconds }: ReceiveOptions): Freshness | undefined =>
  freshSeconds === undefined ? undefined : { withinSeconds: freshSeconds, now: receivedAt };

/** Where they cannot be read again, the answer is the one that the known keys give. */
const refreshed = async ({ refreshKeys }: ReceiveOptions): Promise<void> => {
  if (refreshKeys !== undefined) await settleWithin(refreshKeys, REFRESH_MS, 'reading the keys again');
};

/** The place of the key that signed it, among the keys of now or, where none did, among those read again. */
const keyOf = (
  body: Buffer,
  received: Received,
  options: ReceiveOptions,
): number | undefined | Promise<number | undefined> => {
  const freshness = freshnessOf(received, options);
  const verify = (): number | undefined =>
    verifySignature(received.given, body, options.keys() ?? [], freshness);
  const found = verify();
  if (found !== undefined || options.refreshKeys === undefined) return found;
  return refreshed(options).then(verify);
};

const factsOf = ({ request, correlationId, given, receivedAt }: Received): RequestFacts => ({
  receivedAt,
  correlationId,
  timestampHeader: given.timestamp,
  contentEncoding: request.headers['content-encoding'],
});

/** A signed request: as what it is read, which key signed it, and how long its body is. */
interface SignedReading {
  readonly reading: Reading;
  readonly keyIndex: number;
  readonly bytes: number;
}

const refused = ({ request, given, receivedAt }: Received, { keys }: ReceiveOptions): Outcome =>
  badSignature(request, given, keys() ?? [], receivedAt);

const readWhole = async (
  body: Buffer,
  received: Received,
  options: ReceiveOptions,
): Promise<SignedReading | Outcome> => {
  const keyIndex = await keyOf(body, received, options);
  if (keyIndex === undefined) return refused(received, options);
  return { reading: read(body, factsOf(received), options), keyIndex, bytes: body.length };
};

/** Its bytes are gone: with a key that is read only now it cannot be checked, and must be sent again. */
const readHashed = async (
  { part, keys, keyIndex }: HashedBody,
  received: Received,
  options: ReceiveOptions,
): Promise<SignedReading | Outcome> => {
  if (keyIndex === undefined) {
    await refreshed(options);
    const isNew = options.keys()?.some((key) => isUsableKey(key) && !keys.includes(key)) === true;
    return isNew ? { kind: 'keys_changed' } : refused(received, options);
  }
  const reading = quarantined(part, factsOf(received), 'too_large');
  return { reading, keyIndex, bytes: part.bytes };
};

const store = async (
  body: ReadBody | HashedBody,
  received: Received,
  options: ReceiveOptions,
): Promise<Outcome> => {
  const signed =
    body.kind === 'read'
      ? await readWhole(body.bytes, received, options)
      : await readHashed(body, received, options);
  if ('kind' in signed) return signed;
  const { reading, keyIndex, bytes } = signed;
  const result = await options.webhooks.handle(reading, received.deadline);
  if (!result.stored) return { kind: 'not_stored', keyIndex, bytes, error: result.error };
  if (reading.kind === 'quarantine') {
    return { kind: 'quarantined', keyIndex, bytes, reason: reading.reason, eventId: reading.row.event_id };
  }
  const { event, rows } = reading;
  return { kind: 'stored', keyIndex, bytes, event, rows: rows.length, faults: result.faults };
};

const lengthOf = ({ headers }: IncomingMessage): number | undefined => {
  const text = headers['content-length'];
  return text === undefined ? undefined : Number(text);
};

/** Takes the body and has it stored; what it holds is given back afterwards. */
const takeAndStore = async (received: Received, options: ReceiveOptions): Promise<Outcome> => {
  const { bodyMs = BODY_MS, totalMs = TOTAL_MS, budget = BUDGET } = options;
  const { largeBytes = LARGE_BYTES, bodyBytes = BODY_BYTES, hashedBytes = HASHED_BYTES } = options;
  const { request, given } = received;
  const sink = new WebhookBody({
    ...{ largeBytes, bodyBytes, hashedBytes, bodyMs, totalMs, budget, given, turn: TURN },
    keys: options.keys() ?? [],
    freshness: freshnessOf(received, options),
    announced: lengthOf(request),
  });
  try {
    const limits = { withinMs: sink.withinMs, mostBytes: DISCARDED * hashedBytes };
    const body = await takeBody(request, sink, limits);
    if (body.kind === 'read' || body.kind === 'hashed') return await store(body, received, options);
    return { kind: body.kind === 'slow' && sink.isCutShort ? 'full' : body.kind };
  } finally {
    sink.drop();
  }
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
  const { bodyMs = BODY_MS, totalMs = TOTAL_MS, hashedBytes = HASHED_BYTES } = options;
  const deadline = performance.now() + totalMs;
  const keys = options.keys();
  if (!keys?.some(isUsableKey)) {
    // An answer in the middle of a body may reach its sender as a reset, which costs an hour of silence.
    const nothing = new Gathered({ bytes: 0, budget: NO_BUDGET });
    await takeBody(request, nothing, { withinMs: () => bodyMs, mostBytes: DISCARDED * hashedBytes });
    return { kind: 'no_key' };
  }
  const receivedAt = options.now();
  const given = signatureOf(request.headers);
  if (given === undefined) return badSignature(request, given, keys, receivedAt);
  return takeAndStore({ request, correlationId, given, receivedAt, deadline }, options);
};
