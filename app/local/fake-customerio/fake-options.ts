import type { SendingSettings } from './reporting/sending-settings.ts';
import type { PreconfiguredWebhook } from './reporting/webhook-set.ts';

/** One request as the journal keeps it. `items` is the number of operations; `at` is RFC 3339;
 * `status` is 0 when the connection broke before an answer had left. */
export interface JournalEntry {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly items: number;
}

/**
 * Settings of the fake. What Customer.io leaves open (contract, section 10) is a setting with the contract's default.
 */
export interface FakeCustomerIoOptions {
  /** @default 'local' */
  readonly siteId?: string;
  /** @default 'local' */
  readonly apiKey?: string;
  /** @default 'us' */
  readonly region?: 'us' | 'eu';
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** From 0 to 1; decides scripted faults with a rate. @default Math.random */
  readonly random?: () => number;
  /** Hears of every request to the API. */
  readonly onRequest?: (entry: JournalEntry) => void;
  /** What becomes of an event id that is no ULID. @default 'reject' */
  readonly nonUlid?: 'reject' | 'ignore';
  /** The status of an oversize v2 request. @default 413 */
  readonly oversizeStatus?: 400 | 413;
  /** Most API requests in a window; more are answered 429 with Retry-After. @default none */
  readonly rateLimit?: { readonly requests: number; readonly windowMs: number };
  /** The bearer key of the App API. @default 'local' */
  readonly appKey?: string;
  /** The App API's limit; false for none. @default 10 requests per second (contract, section 0) */
  readonly appRateLimit?: { readonly requests: number; readonly windowMs: number } | false;
  /** Reporting webhooks that are there from the start and survive a reset. @default none */
  readonly webhooks?: readonly PreconfiguredWebhook[];
  /** Signs the webhooks that the App API creates. @default 'local-signing-key' */
  readonly webhookSigningKey?: string;
  /** Time-out, signature of retries, order and queue sizes of webhooks. @default those of SENDING_DEFAULTS */
  readonly webhookSending?: Partial<SendingSettings>;
  /** How many seconds pass in one, for retries of webhooks. @default 1 */
  readonly timeScale?: number;
  /** Deliveries that are kept. @default 10000 */
  readonly deliveriesSize?: number;
  /** Requests the journal keeps. @default 10000 */
  readonly journalSize?: number;
  /** Events kept for each person. @default 10000 */
  readonly eventsPerPerson?: number;
}

/** {@link FakeCustomerIoOptions} with every default in place. */
export type FakeSettings = Required<Omit<FakeCustomerIoOptions, 'rateLimit'>> &
  Pick<FakeCustomerIoOptions, 'rateLimit'>;

/** Fills the defaults in. */
export const settingsOf = (options: FakeCustomerIoOptions): FakeSettings => ({
  siteId: 'local',
  apiKey: 'local',
  region: 'us',
  now: Date.now,
  random: Math.random,
  onRequest: () => undefined,
  nonUlid: 'reject',
  oversizeStatus: 413,
  journalSize: 10_000,
  eventsPerPerson: 10_000,
  appKey: 'local',
  appRateLimit: { requests: 10, windowMs: 1000 },
  webhooks: [],
  webhookSigningKey: 'local-signing-key',
  webhookSending: {},
  timeScale: 1,
  deliveriesSize: 10_000,
  ...options,
});

/** The Track API's limits, bytes of UTF-8 (contract, section 1). */
export const FAKE_LIMITS = {
  itemBytes: 32_000,
  batchBytes: 500_000,
  v1DataBytes: 100_000,
  nameBytes: 100,
  idBytes: 150,
  attributeNameBytes: 150,
  attributeValueBytes: 1000,
  attributes: 300,
} as const;
