import type { Json } from '../operation-fault.ts';
import { BoundedMap } from './bounded-map.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { PREFERENCES_CHANGED } from './webhook-kinds.ts';

/** A message to one person, as far as webhooks and reconciliation are concerned. */
export interface Delivery {
  readonly id: string;
  /** Rises with each delivery; for cursors. */
  readonly number: number;
  /** email, sms, push, … as in webhooks. */
  readonly type: string;
  /** What its events have in common: who, from where, to which address. */
  readonly common: Json;
  /** When each metric was first reached, seconds since 1970. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly created: number;
  readonly failureMessage: string | null;
}

/** What later events of a delivery take over from its first (contract, section 7.1). */
const COMMON: readonly string[] = [
  'customer_id',
  'identifiers',
  'delivery_id',
  'campaign_id',
  'broadcast_id',
  'trigger_id',
  'newsletter_id',
  'transactional_message_id',
  'action_id',
  'parent_action_id',
  'content_id',
  'journey_id',
  'trigger_event_id',
  'template_id',
  'subject',
  'recipient',
];
const BYTES = 64_000_000;

const commonOf = (data: Json): Json =>
  Object.fromEntries(Object.entries(data).filter(([name]) => COMMON.includes(name)));

/** The App API's name of a channel: its SMS are `twilio` (customerio-node's MetricType). */
export const messageType = (type: string): string => (type === 'sms' ? 'twilio' : type);

/** The deliveries of a workspace; the oldest are forgotten above a number of them. */
export class Deliveries {
  readonly #kept: BoundedMap<Delivery>;
  #next = 1;

  constructor(most: number) {
    this.#kept = new BoundedMap({ entries: most, bytes: BYTES });
  }

  /** Oldest first. */
  get list(): readonly Delivery[] {
    return this.#kept.values;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(id: string): Delivery | undefined {
    return this.#kept.get(id);
  }

  /** Notes an event of a delivery; true when the delivery had this metric before. Events without a delivery are none. */
  note({ object_type: type, metric, timestamp, data }: WebhookEvent): boolean {
    const id = data['delivery_id'];
    if (typeof id !== 'string' || id === '') return false;
    const before = this.#kept.get(id);
    const isRepeat = before !== undefined && Object.hasOwn(before.metrics, metric);
    // A change of preferences is caused by a delivery, but is none of its metrics.
    const metrics = metric === PREFERENCES_CHANGED ? {} : { [metric]: timestamp };
    this.put({ id, type, data, metrics, created: timestamp });
    return isRepeat;
  }

  /** Makes a delivery, or adds metrics to it that it does not have yet. */
  put(delivery: {
    readonly id: string;
    readonly type: string;
    readonly data: Json;
    readonly metrics: Readonly<Record<string, number>>;
    readonly created: number;
  }): Delivery {
    const { id, type, data, metrics, created } = delivery;
    const before = this.#kept.get(id);
    const failure = data['failure_message'];
    const kept: Delivery = {
      id,
      type: before?.type ?? type,
      number: before?.number ?? this.#next,
      common: { ...before?.common, ...commonOf(data) },
      metrics: { ...metrics, ...before?.metrics },
      created: before?.created ?? created,
      failureMessage: typeof failure === 'string' ? failure : (before?.failureMessage ?? null),
    };
    if (before === undefined) this.#next += 1;
    this.#kept.set(id, kept, Buffer.byteLength(JSON.stringify(kept)));
    return kept;
  }

  clear(): void {
    this.#kept.clear();
    this.#next = 1;
  }
}

/** A delivery as `GET /messages` shows it (contract, section 5.3; keys as in Customer.io's own example of getMessage). */
export const messageOf = ({ id, type, common, metrics, created, failureMessage }: Delivery): Json => ({
  id,
  deduplicate_id: `${id}:${created}`,
  type: messageType(type),
  msg_template_id: common['template_id'] ?? 1,
  action_id: common['action_id'] ?? null,
  parent_action_id: common['parent_action_id'] ?? null,
  customer_id: common['customer_id'] ?? null,
  customer_identifiers: common['identifiers'] ?? null,
  recipient: common['recipient'] ?? null,
  subject: common['subject'] ?? null,
  metrics,
  created,
  failure_message: failureMessage,
  campaign_id: common['campaign_id'] ?? null,
  broadcast_id: common['broadcast_id'] ?? null,
  trigger_id: common['trigger_id'] ?? null,
  newsletter_id: common['newsletter_id'] ?? null,
  content_id: common['content_id'] ?? null,
  transactional_message_id: common['transactional_message_id'] ?? null,
  trigger_event_id: common['trigger_event_id'] ?? null,
  forgotten: false,
});
