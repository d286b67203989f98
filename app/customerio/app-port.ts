/** What is set of a reporting webhook. Source: contract, section 5.3. */
export interface WebhookFields {
  readonly name: string;
  /** Where it sends to. */
  readonly endpoint: string;
  /** At least one name such as `email_sent`. */
  readonly events: readonly string[];
  readonly disabled: boolean;
  /** False: of opens and clicks only the first of each delivery. */
  readonly full_resolution: boolean;
  /** True: with `content` and `headers`, and with the preferences of a change of preferences. */
  readonly with_content: boolean;
}

/** A reporting webhook as Customer.io has it. */
export interface Webhook extends WebhookFields {
  readonly id: number;
}

/** What is asked of `GET /messages`. */
export interface MessagesQuery {
  /** The `next` of the page before. */
  readonly start?: string;
  readonly limit: number;
  /** Only messages that were made then or later: seconds since 1970. */
  readonly start_ts: number;
  /** Only messages that were made then or before: seconds since 1970. */
  readonly end_ts: number;
}

/** A delivery as Customer.io lists it; other fields are as they come. */
export interface AppMessage {
  /** The delivery's id. */
  readonly id: string;
  /** The channel; an SMS is `twilio`. */
  readonly type: string;
  /** When each metric was reached, by its name: seconds since 1970. Anything else than an object is no metrics. */
  readonly metrics?: unknown;
  readonly [field: string]: unknown;
}

/** A page of messages, and where the next begins if there is one. */
export interface MessagesPage {
  readonly messages: readonly AppMessage[];
  readonly next: string | undefined;
}

/** The App API as the platform uses it. Every call may throw an AppApiError. */
export interface AppApi {
  /** The reporting webhooks of the workspace. */
  webhooks(): Promise<readonly Webhook[]>;
  createWebhook(fields: WebhookFields): Promise<Webhook>;
  updateWebhook(id: number, fields: WebhookFields): Promise<Webhook>;
  /** A page of the workspace's messages, newest first; drafts are left out. */
  messages(query: MessagesQuery): Promise<MessagesPage>;
}
