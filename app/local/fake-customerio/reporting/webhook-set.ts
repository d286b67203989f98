import type { ReportingWebhook, WebhookFields } from './reporting-webhook.ts';
import { bodyOf, type WebhookEvent } from './webhook-event.ts';
import { configName, FIRST_ONLY, WEBHOOK_EVENTS } from './webhook-kinds.ts';
import { type QueueCounts, type QueueSurroundings, WebhookQueue } from './webhook-queue.ts';

/** A reporting webhook that is there from the start. */
export interface PreconfiguredWebhook {
  /** A URL, or what gives it at each attempt, where its port is not known yet. */
  readonly endpoint: string | (() => string);
  readonly signingKey: string;
  /** Names such as `email_opened`. @default all, and pairs that Customer.io does not offer */
  readonly events?: readonly string[];
  /** @default false */
  readonly with_content?: boolean;
  /** @default false */
  readonly full_resolution?: boolean;
}

interface Entry {
  webhook: ReportingWebhook;
  readonly queue: WebhookQueue;
  /** Sends every pair there is. */
  takesAll: boolean;
  endpoint: () => string;
}

/** What a set of webhooks is made with. */
export interface WebhookSetOptions extends QueueSurroundings {
  readonly preconfigured: readonly PreconfiguredWebhook[];
  /** Of the webhooks that the App API creates. */
  readonly signingKey: string;
}

const MOST_WEBHOOKS = 20;
/** The name that the platform gives its webhook, so that it is found by it; the others have a number more. */
const NAME = 'customerio-platform';
const EMPTY: QueueCounts = { sent: 0, failed: 0, expired: 0, overflowed: 0, discarded: 0 };

const shown = ({ webhook, endpoint }: Entry): ReportingWebhook => ({ ...webhook, endpoint: endpoint() });

/** The reporting webhooks of a workspace, each with the queue of its own endpoint. */
export class WebhookSet {
  readonly #options: WebhookSetOptions;
  readonly #entries = new Map<number, Entry>();
  #nextId = 1;
  #closed = false;

  constructor(options: WebhookSetOptions) {
    this.#options = options;
    this.#preconfigure();
  }

  get list(): readonly ReportingWebhook[] {
    return [...this.#entries.values()].map(shown);
  }

  get(id: number): ReportingWebhook | undefined {
    const entry = this.#entries.get(id);
    return entry && shown(entry);
  }

  /** Adds a webhook; undefined when there are 20 already. */
  create(fields: WebhookFields): ReportingWebhook | undefined {
    if (this.#entries.size >= MOST_WEBHOOKS) return undefined;
    return this.#add(fields, this.#options.signingKey, () => fields.endpoint, false);
  }

  /** Changes a webhook; what waits goes to its new endpoint, or is discarded when it is now disabled. */
  update(id: number, fields: WebhookFields): ReportingWebhook | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (fields.endpoint !== entry.endpoint()) entry.endpoint = () => fields.endpoint;
    entry.takesAll = false;
    entry.webhook = { ...fields, id, type: 'webhook' };
    if (fields.disabled) entry.queue.clear();
    return entry.webhook;
  }

  /** Removes a webhook with all that waits for it; false when there is none. */
  remove(id: number): boolean {
    this.#entries.get(id)?.queue.clear();
    return this.#entries.delete(id);
  }

  /**
   * Queues an event for every webhook that is configured for it.
   *
   * @param isRepeat whether its delivery has had this metric before
   * @returns how many
   */
  queue(event: WebhookEvent, isRepeat: boolean): number {
    if (this.#closed) return 0;
    const takers = [...this.#entries.values()].filter((entry) => this.#takes(entry, event, isRepeat));
    return takers.filter(({ webhook, queue }) =>
      queue.push(event.event_id, bodyOf(event, webhook.with_content)),
    ).length;
  }

  /** The counts of all endpoints together. */
  get counts(): QueueCounts {
    const sum = { ...EMPTY };
    for (const { queue } of this.#entries.values())
      for (const name of Object.keys(sum) as (keyof QueueCounts)[]) sum[name] += queue.counts[name];
    return sum;
  }

  /** The state of each endpoint, for the controls. */
  get view(): readonly object[] {
    return [...this.#entries.values()].map((entry) => ({ ...shown(entry), ...entry.queue.view() }));
  }

  /** Forgets what waits and what the App API created or changed. */
  reset(): void {
    for (const { queue } of this.#entries.values()) queue.clear();
    this.#entries.clear();
    this.#nextId = 1;
    this.#preconfigure();
  }

  /** Ends every timer and call; takes no events any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#entries.values()].map(({ queue }) => queue.close()));
  }

  #takes({ webhook, takesAll }: Entry, event: WebhookEvent, isRepeat: boolean): boolean {
    if (webhook.disabled) return false;
    if (isRepeat && !webhook.full_resolution && FIRST_ONLY.includes(event.metric)) return false;
    return takesAll || webhook.events.includes(configName(event.object_type, event.metric));
  }

  #preconfigure(): void {
    for (const [index, one] of this.#options.preconfigured.entries()) {
      const { endpoint, signingKey, events, with_content, full_resolution } = one;
      const ask = typeof endpoint === 'string' ? () => endpoint : endpoint;
      const fields: WebhookFields = {
        name: index === 0 ? NAME : `${NAME}-${index + 1}`,
        endpoint: typeof endpoint === 'string' ? endpoint : '',
        events: events ?? WEBHOOK_EVENTS,
        disabled: false,
        full_resolution: full_resolution ?? false,
        with_content: with_content ?? false,
      };
      this.#add(fields, signingKey, ask, events === undefined);
    }
  }

  #add(
    fields: WebhookFields,
    signingKey: string,
    endpoint: () => string,
    takesAll: boolean,
  ): ReportingWebhook {
    const id = this.#nextId;
    this.#nextId += 1;
    const target = (): { endpoint: string; signingKey: string } => ({
      endpoint: entry.endpoint(),
      signingKey,
    });
    const queue = new WebhookQueue(target, this.#options);
    const entry: Entry = { webhook: { ...fields, id, type: 'webhook' }, queue, takesAll, endpoint };
    this.#entries.set(id, entry);
    return entry.webhook;
  }
}
