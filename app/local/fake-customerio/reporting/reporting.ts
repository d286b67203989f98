import type { FakeSettings } from '../fake-options.ts';
import type { Json } from '../operation-fault.ts';
import type { Workspace } from '../workspace.ts';
import { BoundedMap } from './bounded-map.ts';
import { Deliveries, type Delivery } from './deliveries.ts';
import { newDeliveryId, newUlid } from './new-ulid.ts';
import { ScaledClock } from './scaled-clock.ts';
import { SENDING_DEFAULTS, type SendingSettings } from './sending-settings.ts';
import { dataOf } from './webhook-data.ts';
import { bodyOf, type Happening, type WebhookEvent } from './webhook-event.ts';
import { WebhookSet } from './webhook-set.ts';

/** Counts of webhooks since the fake's start or reset, over all endpoints. */
export interface ReportingStats {
  readonly deliveries: number;
  /** Events, whether or not a webhook was configured for them. */
  readonly webhooksEmitted: number;
  readonly webhooksSent: number;
  /** Failed attempts. */
  readonly webhooksFailed: number;
  /** Given up after seven days, not kept because too many waited, or discarded by a webhook that was disabled. */
  readonly webhooksDropped: number;
}

/** A delivery that a control makes. */
export interface NewDelivery {
  readonly type: string;
  readonly person?: string;
  readonly delivery_id?: string;
  /** Seconds since 1970 of each metric. @default sent now */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly data?: Json;
}

const REMEMBERED = { entries: 10_000, bytes: 32_000_000 };

/** Everything that Customer.io reports: deliveries, webhook events, and the webhooks that send them. */
export class Reporting {
  readonly clock: ScaledClock;
  readonly webhooks: WebhookSet;
  readonly deliveries: Deliveries;
  readonly #settings: FakeSettings;
  readonly #events = new BoundedMap<WebhookEvent>(REMEMBERED);
  readonly #sending: { -readonly [Name in keyof SendingSettings]: SendingSettings[Name] };
  #emitted = 0;

  constructor(settings: FakeSettings) {
    this.#settings = settings;
    this.#sending = { ...SENDING_DEFAULTS, ...settings.webhookSending };
    this.clock = new ScaledClock(settings.timeScale);
    this.deliveries = new Deliveries(settings.deliveriesSize);
    this.webhooks = new WebhookSet({
      clock: this.clock,
      settings: this.#sending,
      now: settings.now,
      preconfigured: settings.webhooks,
      signingKey: settings.webhookSigningKey,
    });
  }

  get sending(): SendingSettings {
    return this.#sending;
  }

  /** Changes how webhooks are sent from now on. */
  adjust(changes: Partial<SendingSettings>): void {
    Object.assign(this.#sending, changes);
  }

  /**
   * Makes an event of something that happened, notes it with its delivery, and queues it for the webhooks that want it.
   *
   * @param lose true: it is noted, but no webhook is sent, as if it had been lost
   */
  emit(happening: Happening, workspace: Workspace, lose = false): WebhookEvent {
    const now = this.#settings.now();
    const { object_type, metric, timestamp = Math.floor(now / 1000) } = happening;
    const deliveryId = happening.data?.['delivery_id'];
    const delivery = typeof deliveryId === 'string' ? this.deliveries.get(deliveryId) : undefined;
    const data = dataOf(happening, workspace, delivery, now);
    const event = { event_id: newUlid(now), object_type, metric, timestamp, data };
    const isRepeat = this.deliveries.note(event);
    this.#emitted += 1;
    this.#events.set(event.event_id, event, Buffer.byteLength(bodyOf(event, true)));
    if (!lose) this.webhooks.queue(event, isRepeat);
    return event;
  }

  /** Emits a metric of a delivery that is known; false when it is not. */
  emitFor(deliveryId: string, metric: string, workspace: Workspace, more: Partial<Happening> = {}): boolean {
    const delivery = this.deliveries.get(deliveryId);
    if (delivery === undefined) return false;
    const data = { ...more.data, delivery_id: deliveryId };
    this.emit({ object_type: delivery.type, metric, ...more, data }, workspace);
    return true;
  }

  /** Queues an event once more; the number of its webhooks, or undefined when it is not remembered. */
  redeliver(eventId: string): number | undefined {
    const event = this.#events.get(eventId);
    return event && this.webhooks.queue(event, false);
  }

  /** Makes a delivery of which no webhook was ever sent. */
  deliver(made: NewDelivery, workspace: Workspace): Delivery {
    const now = this.#settings.now();
    const { type, person, delivery_id: id = newDeliveryId(), data: given = {} } = made;
    const metrics = made.metrics ?? { sent: Math.floor(now / 1000) };
    const happening: Happening = {
      object_type: type,
      metric: 'sent',
      ...(person !== undefined && { person }),
      data: { ...given, delivery_id: id },
    };
    const data = dataOf(happening, workspace, this.deliveries.get(id), now);
    const created = Math.min(Math.floor(now / 1000), ...Object.values(metrics));
    return this.deliveries.put({ id, type, data, metrics, created });
  }

  get stats(): ReportingStats {
    const { sent, failed, expired, overflowed, discarded } = this.webhooks.counts;
    return {
      deliveries: this.deliveries.size,
      webhooksEmitted: this.#emitted,
      webhooksSent: sent,
      webhooksFailed: failed,
      webhooksDropped: expired + overflowed + discarded,
    };
  }

  /** Forgets deliveries and events, and sets webhooks and time back to how they started. */
  reset(): void {
    this.webhooks.reset();
    this.deliveries.clear();
    this.#events.clear();
    this.#emitted = 0;
    this.clock.scale = this.#settings.timeScale;
    this.adjust({ ...SENDING_DEFAULTS, ...this.#settings.webhookSending });
  }
}
