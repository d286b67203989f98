import { APIClient, RegionEU, RegionUS } from 'customerio-node';
import { appFault } from './app-error.ts';
import { pacer } from './app-pacer.ts';
import type { AppApi, AppMessage, MessagesPage, MessagesQuery, Webhook, WebhookFields } from './app-port.ts';
import { type Note, notingDispatcher, withNote } from './note-response.ts';
import { retryAfterMs } from './track-client.ts';

/** How to reach the App API. */
export interface AppClientOptions {
  readonly apiKey: string;
  readonly region: 'us' | 'eu';
  /** The API's root, ending in `/v1`, instead of the region's. */
  readonly url?: string | undefined;
  /** Milliseconds until a request is given up. @default 10,000 */
  readonly timeoutMs?: number;
  /** Waits some milliseconds. @default a timer */
  readonly wait?: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
}

/**
 * The App API takes 10 a second (contract, section 0). 11 requests have 10 gaps, of which a slow request may take one away: so nine
 * must be longer than a second, also where a timer is a little early. That is 8.5 requests a second.
 */
const GAP_MS = 118;
const TIMEOUT_MS = 10_000;
const WAITS_MS = [500, 1_000, 2_000] as const;
/** Longer than this nobody waits at a terminal: then the error says so. */
const LONGEST_WAIT_MS = 60_000;

const timer = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const webhookOf = (raw: unknown): Webhook | undefined => {
  if (!isObject(raw) || !Number.isSafeInteger(raw['id']) || typeof raw['endpoint'] !== 'string')
    return undefined;
  const events = Array.isArray(raw['events']) ? raw['events'] : [];
  return {
    id: raw['id'] as number,
    name: typeof raw['name'] === 'string' ? raw['name'] : '',
    endpoint: raw['endpoint'],
    events: events.filter((event) => typeof event === 'string'),
    disabled: raw['disabled'] === true,
    full_resolution: raw['full_resolution'] === true,
    with_content: raw['with_content'] === true,
  };
};

/** What else a delivery has, and lacks, is for its reader: one odd delivery must not stop a run over many. */
const isMessage = (raw: unknown): raw is AppMessage =>
  isObject(raw) && typeof raw['id'] === 'string' && typeof raw['type'] === 'string';

/** Whether the same call may be repeated: a change that was perhaps made is not, but one that was turned away is. */
const mayRepeat = (status: number | undefined, isRead: boolean): boolean =>
  status === 429 || (isRead && (status === undefined || status >= 500 || status === 408));

const waitFor = (note: Note, attempt: number): number | undefined => {
  const ms = WAITS_MS[attempt];
  const asked = retryAfterMs(note.retryAfter, Date.now());
  // A 429 without Retry-After is a daily quota (contract, section 1): waiting here would not help.
  if (ms === undefined || (note.status === 429 && asked === undefined)) return undefined;
  return asked === undefined || asked <= LONGEST_WAIT_MS ? Math.max(ms, asked ?? 0) : undefined;
};

/** Reads a part of an answer. @throws AppApiError when it is of another form */
const readAs = <T>(what: string, read: T | undefined): T => {
  if (read === undefined) throw appFault(what, { status: 200 }, undefined);
  return read;
};

const pageOf = (raw: Json): MessagesPage | undefined => {
  const { messages, next } = raw;
  if (!Array.isArray(messages) || !messages.every(isMessage)) return undefined;
  return { messages, next: typeof next === 'string' && next !== '' ? next : undefined };
};

const listOf = (raw: Json): readonly Webhook[] | undefined => {
  const list = raw['reporting_webhooks'];
  if (!Array.isArray(list)) return undefined;
  const webhooks = list.filter((one) => !isObject(one) || one['type'] !== 'js').map(webhookOf);
  return webhooks.every((webhook) => webhook !== undefined) ? webhooks : undefined;
};

/**
 * The App API by customerio-node, its own retries off: one request at a time, and never more than 10 in a second; 429 waits for as
 * long as `Retry-After` says, up to a minute; reads are tried four times in all when there is no answer, or a 5xx. Redirects are
 * not followed.
 * Source of the traps: contract, "customerio-node 5.2.0".
 *
 * @example await createAppClient({ apiKey, region: 'eu' }).webhooks() // [{ id: 1, name: 'customerio-platform', … }]
 */
export const createAppClient = (options: AppClientOptions): AppApi => {
  const { wait = timer, now = performance.now.bind(performance) } = options;
  const client = new APIClient(options.apiKey, {
    region: options.region === 'eu' ? RegionEU : RegionUS,
    ...(options.url !== undefined && { url: options.url }),
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    retry: { maxRetries: 0 },
    // The same class in two copies of its types.
    dispatcher: notingDispatcher(1) as unknown as NonNullable<RequestInit['dispatcher']>,
  });
  const paced = pacer(GAP_MS, { now, wait });
  const call = async (what: string, isRead: boolean, request: () => Promise<Json>): Promise<Json> => {
    for (let attempt = 0; ; attempt += 1) {
      // The SDK throws some faults synchronously: inside the async arrow they become rejections.
      const { note, result, error } = await paced(() => withNote(async () => request()));
      if (error === undefined && isObject(result)) return result;
      const ms = mayRepeat(note.status, isRead) ? waitFor(note, attempt) : undefined;
      if (ms === undefined) throw appFault(what, note, error);
      await wait(ms);
    }
  };
  const changed = (what: string, raw: Json): Webhook => readAs(what, webhookOf(raw));
  return {
    webhooks: async () => {
      const what = 'list the reporting webhooks';
      return readAs(what, listOf(await call(what, true, () => client.listReportingWebhooks())));
    },
    createWebhook: async (fields: WebhookFields) => {
      const what = 'make a reporting webhook';
      const body = { ...fields, events: [...fields.events] };
      return changed(what, await call(what, false, () => client.createReportingWebhook(body)));
    },
    updateWebhook: async (id: number, fields: WebhookFields) => {
      const what = `change the reporting webhook ${id}`;
      const body = { ...fields, events: [...fields.events] };
      return changed(what, await call(what, false, () => client.updateReportingWebhook(id, body)));
    },
    messages: async (query: MessagesQuery) => {
      const what = 'list the messages';
      return readAs(what, pageOf(await call(what, true, () => client.getMessages(query))));
    },
  };
};
